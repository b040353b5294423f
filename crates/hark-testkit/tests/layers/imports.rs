//! Which module of a crate names which other one, read from its sources as text: `use`, paths in
//! code and in macros, and what a module passes on from another. Code for tests is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

type ModulePath = Vec<String>;

#[derive(Default)]
struct Module {
    file: PathBuf,
    children: BTreeSet<String>,
    /// What a name stands for that `use` has brought in.
    imports: BTreeMap<String, Vec<String>>,
    /// Every path, and its line.
    paths: Vec<(Vec<String>, usize)>,
}

/// One module names another one.
#[derive(Debug, Clone)]
struct Arrow {
    from: String,
    to: String,
    place: String,
    path: String,
}

impl fmt::Display for Arrow {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, .. } = self;
        write!(out, "{from} -> {to}   {}   {}", self.place, self.path)
    }
}

/// Modules beside each other of which each leads to all others.
pub struct Circle {
    pub parent: String,
    pub members: BTreeSet<String>,
    arrows: Vec<Arrow>,
}

impl fmt::Display for Circle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Vec<&str> = self.members.iter().map(String::as_str).collect();
        let (count, parent) = (members.len(), &self.parent);
        let all = members.join(", ");
        writeln!(out, "{count} modules of {parent} lead to each other: {all}")?;
        writeln!(out, "  a shortest way round:")?;
        for arrow in self.shortest() {
            writeln!(out, "    {arrow}")?;
        }
        writeln!(
            out,
            "  every arrow, with the first place where it is drawn:"
        )?;
        let mut drawn = BTreeSet::new();
        let mut arrows = self.arrows.iter().collect::<Vec<_>>();
        arrows.sort_by_key(|arrow| (&arrow.from, &arrow.to));
        for arrow in arrows {
            if drawn.insert((&arrow.from, &arrow.to)) {
                writeln!(out, "    {arrow}")?;
            }
        }
        Ok(())
    }
}

impl Circle {
    /// The arrows of a shortest way from a module back to itself.
    fn shortest(&self) -> Vec<&Arrow> {
        let from_each = self.members.iter().filter_map(|start| self.way(start));
        from_each.min_by_key(Vec::len).unwrap_or_default()
    }

    fn way(&self, start: &str) -> Option<Vec<&Arrow>> {
        let mut ways: BTreeMap<&str, Vec<&Arrow>> = BTreeMap::from([(start, Vec::new())]);
        let mut left = std::collections::VecDeque::from([start]);
        while let Some(module) = left.pop_front() {
            for arrow in self.arrows.iter().filter(|arrow| arrow.from == module) {
                let mut way = ways[module].clone();
                way.push(arrow);
                if arrow.to == start {
                    return Some(way);
                }
                if !ways.contains_key(arrow.to.as_str()) {
                    ways.insert(&arrow.to, way);
                    left.push_back(&arrow.to);
                }
            }
        }
        None
    }
}

/// The circles of the crate that begins with this file. Modules that contain one another are free
/// to know each other.
pub fn circles(root: &Path, read: &dyn Fn(&Path) -> Option<String>) -> Vec<Circle> {
    let mut modules = BTreeMap::new();
    let source = read(root).unwrap();
    let folder = root.parent().unwrap().to_owned();
    let reader = Reader {
        read,
        root: &folder,
    };
    reader.module(&mut modules, &[], root, &folder, &tokens(&source));
    let mut levels: BTreeMap<ModulePath, Vec<Arrow>> = BTreeMap::new();
    for (from, module) in &modules {
        for (path, line) in &module.paths {
            for to in targets(&modules, from, path, 0) {
                let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
                if let (Some(one), Some(other)) = (from.get(shared), to.get(shared)) {
                    levels
                        .entry(from[..shared].to_vec())
                        .or_default()
                        .push(Arrow {
                            from: one.clone(),
                            to: other.clone(),
                            place: format!("{}:{line}", module.file.display()),
                            path: path.join("::"),
                        });
                }
            }
        }
    }
    levels
        .iter()
        .flat_map(|(parent, arrows)| circles_among(parent, arrows))
        .collect()
}

fn circles_among(parent: &[String], arrows: &[Arrow]) -> Vec<Circle> {
    let reach = |start: &str| {
        let mut found = BTreeSet::new();
        let mut left = vec![start.to_owned()];
        while let Some(module) = left.pop() {
            let next = arrows.iter().filter(|arrow| arrow.from == module);
            left.extend(
                next.map(|arrow| arrow.to.clone())
                    .filter(|to| found.insert(to.clone())),
            );
        }
        found
    };
    let starts: BTreeSet<&str> = arrows.iter().map(|arrow| arrow.from.as_str()).collect();
    let reached: BTreeMap<&str, BTreeSet<String>> =
        starts.iter().map(|start| (*start, reach(start))).collect();
    let mut seen = BTreeSet::new();
    let mut circles = Vec::new();
    for start in starts
        .iter()
        .filter(|start| reached[**start].contains(**start))
    {
        let back = |module: &&String| {
            reached
                .get(module.as_str())
                .is_some_and(|all| all.contains(*start))
        };
        let members: BTreeSet<String> = reached[start].iter().filter(back).cloned().collect();
        if seen.insert(members.clone()) {
            let inside =
                |arrow: &&Arrow| members.contains(&arrow.from) && members.contains(&arrow.to);
            circles.push(Circle {
                parent: [&["crate".to_owned()], parent].concat().join("::"),
                arrows: arrows.iter().filter(inside).cloned().collect(),
                members,
            });
        }
    }
    circles
}

/// The modules that a path leads to: where the thing is defined, and on the way each module that
/// only passes it on. None outside of the crate.
fn targets(
    modules: &BTreeMap<ModulePath, Module>,
    from: &[String],
    path: &[String],
    depth: usize,
) -> Vec<ModulePath> {
    let mut here = from.to_vec();
    let mut passed_on = Vec::new();
    for (index, name) in path.iter().enumerate() {
        let module = &modules[&here];
        match name.as_str() {
            "crate" => here.clear(),
            "self" => {}
            "super" => drop(here.pop()),
            _ if module.children.contains(name) => here.push(name.clone()),
            _ => {
                let Some(import) = module.imports.get(name).filter(|_| depth < 16) else {
                    // The thing itself; a name that stands alone is of another crate, or local.
                    if index > 0 {
                        passed_on.push(here);
                    }
                    return passed_on;
                };
                if index > 0 {
                    passed_on.push(here.clone());
                }
                let rest = [import, &path[index + 1..]].concat();
                // `use` looks up what is beside it, not what it brings in itself.
                if import.first() == Some(name) && !module.children.contains(name) {
                    return passed_on;
                }
                passed_on.extend(targets(modules, &here, &rest, depth + 1));
                return passed_on;
            }
        }
    }
    passed_on.push(here);
    passed_on
}

struct Reader<'a> {
    read: &'a dyn Fn(&Path) -> Option<String>,
    root: &'a Path,
}

impl Reader<'_> {
    fn module(
        &self,
        modules: &mut BTreeMap<ModulePath, Module>,
        path: &[String],
        file: &Path,
        folder: &Path,
        tokens: &[Token],
    ) {
        let mut module = Module {
            file: file.strip_prefix(self.root).unwrap_or(file).to_owned(),
            ..Module::default()
        };
        let mut at = 0;
        while at < tokens.len() {
            let text = |ahead: usize| {
                tokens
                    .get(at + ahead)
                    .map_or("", |token| token.text.as_str())
            };
            if text(0) == "#" && text(1) == "[" {
                let end = closing(tokens, at + 1);
                let names: Vec<&str> = tokens[at..end]
                    .iter()
                    .map(|token| token.text.as_str())
                    .collect();
                let is_test =
                    names.contains(&"cfg") && names.contains(&"test") && !names.contains(&"not");
                at = if is_test {
                    item_end(tokens, end + 1)
                } else {
                    end + 1
                };
            } else if text(0) == "mod" && text(2) == ";" {
                let child = [path, &[text(1).to_owned()]].concat();
                let flat = folder.join(format!("{}.rs", text(1)));
                let folder = folder.join(text(1));
                let nested = folder.join("mod.rs");
                let (file, source) = match (self.read)(&flat) {
                    Some(source) => (flat, source),
                    None => (nested.clone(), (self.read)(&nested).unwrap_or_default()),
                };
                self.module(modules, &child, &file, &folder, &self::tokens(&source));
                module.children.insert(text(1).to_owned());
                at += 3;
            } else if text(0) == "mod" && text(2) == "{" {
                let child = [path, &[text(1).to_owned()]].concat();
                let end = closing(tokens, at + 2);
                self.module(
                    modules,
                    &child,
                    file,
                    &folder.join(text(1)),
                    &tokens[at + 3..end],
                );
                module.children.insert(text(1).to_owned());
                at = end + 1;
            } else if text(0) == "use" && text(1) != "<" {
                at = module.import(tokens, at + 1, &[]) + 1;
            } else if tokens[at].is_name() && !matches!(before(tokens, at), "." | "::") {
                let names = path_at(tokens, at);
                if names.len() > 1 {
                    module.paths.push((names.clone(), tokens[at].line));
                }
                at += 2 * names.len() - 1;
            } else {
                at += 1;
            }
        }
        modules.insert(path.to_vec(), module);
    }
}

impl Module {
    /// A tree of `use`. Answers where the token behind it is.
    fn import(&mut self, tokens: &[Token], mut at: usize, prefix: &[String]) -> usize {
        let mut path = prefix.to_vec();
        let line = tokens[at].line;
        loop {
            match tokens[at].text.as_str() {
                "::" if path.is_empty() => {
                    path.push("::".to_owned());
                    at += 1;
                }
                "::" => at += 1,
                "{" => {
                    at += 1;
                    while tokens[at].text != "}" {
                        at = self.import(tokens, at, &path);
                        if tokens[at].text == "," {
                            at += 1;
                        }
                    }
                    return at + 1;
                }
                "*" => {
                    self.paths.push((path, line));
                    return at + 1;
                }
                "as" => {
                    let alias = tokens[at + 1].text.clone();
                    self.paths.push((path.clone(), line));
                    self.imports.insert(alias, path);
                    return at + 2;
                }
                "," | "}" | ";" => {
                    if path.last().is_some_and(|name| name == "self") {
                        path.pop();
                    }
                    self.paths.push((path.clone(), line));
                    if let Some(name) = path.last().cloned() {
                        self.imports.insert(name, path);
                    }
                    return at;
                }
                name => {
                    path.push(name.to_owned());
                    at += 1;
                }
            }
        }
    }
}

/// The names of the path that begins here, as far as it has no arguments.
fn path_at(tokens: &[Token], mut at: usize) -> Vec<String> {
    let mut names = vec![tokens[at].text.clone()];
    while let [separator, name, ..] = &tokens[at + 1..]
        && separator.text == "::"
        && name.is_name()
    {
        names.push(name.text.clone());
        at += 2;
    }
    names
}

fn before(tokens: &[Token], at: usize) -> &str {
    at.checked_sub(1)
        .map_or("", |before| tokens[before].text.as_str())
}

/// The bracket that ends what the one at this place begins.
fn closing(tokens: &[Token], from: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len()
}

/// Behind the item that begins here.
fn item_end(tokens: &[Token], mut at: usize) -> usize {
    let mut ends_with_semicolon = false;
    while at < tokens.len() {
        match tokens[at].text.as_str() {
            ";" => return at + 1,
            "use" | "const" | "static" | "type" | "=" => ends_with_semicolon = true,
            "fn" | "struct" | "mod" | "impl" => ends_with_semicolon = false,
            "{" if !ends_with_semicolon => return closing(tokens, at) + 1,
            "(" | "[" | "{" => at = closing(tokens, at),
            _ => {}
        }
        at += 1;
    }
    at
}

struct Token {
    text: String,
    line: usize,
}

impl Token {
    fn is_name(&self) -> bool {
        self.text
            .starts_with(|first: char| first.is_alphabetic() || first == '_')
    }
}

/// The source without comments, texts and lifetimes.
fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = source;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let word = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = text_length(rest) {
            length
        } else if word > 0 || rest.starts_with("::") {
            let length = word.max(1 + usize::from(word == 0));
            let text = rest[..length].to_owned();
            tokens.push(Token { text, line });
            length
        } else {
            if !first.is_whitespace() {
                let text = first.to_string();
                tokens.push(Token { text, line });
            }
            first.len_utf8()
        };
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

/// How long the text, the letter or the lifetime is that begins here.
fn text_length(source: &str) -> Option<usize> {
    if !source.starts_with(['"', '\'', 'b', 'c', 'r']) {
        return None;
    }
    let prefix = ["br", "cr", "b", "c", "r"].into_iter().find(|prefix| {
        let rest = source.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.trim_start_matches('#').starts_with('"'))
    });
    let prefix = prefix.unwrap_or("");
    let rest = &source[prefix.len()..];
    if prefix.ends_with('r') {
        let hashes = rest.find('"')?;
        let end = format!("\"{}", &rest[..hashes]);
        let inside = &rest[hashes + 1..];
        let length = inside.find(&end).map_or(inside.len(), |at| at + end.len());
        return Some(prefix.len() + hashes + 1 + length);
    }
    let escaped = |quote: char| {
        let mut is_escaped = false;
        let end = rest[1..].find(|letter| {
            let ends = letter == quote && !is_escaped;
            is_escaped = letter == '\\' && !is_escaped;
            ends
        });
        prefix.len() + 1 + end.map_or(rest.len() - 1, |end| end + 1)
    };
    match rest.chars().next()? {
        '"' => Some(escaped('"')),
        '\'' if rest[1..].starts_with('\\') || rest.chars().nth(2) == Some('\'') => {
            Some(escaped('\''))
        }
        '\'' => Some(1),
        _ => None,
    }
}
