//! From JavaScript's syntax to that of the engines.

use std::iter::Peekable;
use std::str::Chars;

const DEEPEST: usize = 50;
const MOST_REPEATS: u32 = 1000;

const WORD: &str = "[0-9A-Za-z_]";
const LINE_ENDS: &str = r"\n\r\x{2028}\x{2029}";

pub(super) enum Rewritten {
    /// For the linear engine.
    Linear(String),
    /// For the one that goes back and forth, and for the linear one a pattern that finds something
    /// wherever this one does: what the linear engine does not know is left out of it.
    Backtracking { exact: String, wider: String },
}

pub(super) fn rewrite(text: &str) -> Result<Rewritten, String> {
    if needs_backtracking(text) {
        return Ok(Rewritten::Backtracking {
            exact: Rewriter::new(text, Engine::Backtracking).run()?,
            wider: Rewriter::new(text, Engine::Linear).run()?,
        });
    }
    Rewriter::new(text, Engine::Linear)
        .run()
        .map(Rewritten::Linear)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Engine {
    Linear,
    Backtracking,
}

/// Whether there is something of which the linear engine knows nothing. To say yes too often, as
/// for a `(?=` inside of a class, is slower and not wrong.
fn needs_backtracking(text: &str) -> bool {
    let mut escaped = false;
    let looks_around = ["(?=", "(?!", "(?<=", "(?<!"]
        .iter()
        .any(|opening| text.contains(opening));
    looks_around
        || text.chars().any(|character| {
            let found = escaped && matches!(character, '1'..='9' | 'k' | 'B');
            escaped = !escaped && character == '\\';
            found
        })
}

struct Rewriter<'t> {
    rest: Peekable<Chars<'t>>,
    out: String,
    engine: Engine,
    /// For each parenthesis that is open, from where on what it holds is left out again, if it is.
    open: Vec<Option<usize>>,
    /// Whether a `*` may follow.
    repeatable: bool,
}

impl<'t> Rewriter<'t> {
    fn new(text: &'t str, engine: Engine) -> Self {
        Self {
            rest: text.chars().peekable(),
            out: String::with_capacity(text.len() * 2),
            engine,
            open: Vec::new(),
            repeatable: false,
        }
    }

    fn run(mut self) -> Result<String, String> {
        while let Some(character) = self.rest.next() {
            match character {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '(' => self.open()?,
                ')' => {
                    let opened = self.open.pop();
                    let left_out = opened.ok_or("a parenthesis is closed that was not opened")?;
                    if let Some(from) = left_out {
                        self.out.truncate(from);
                        self.put("(?:)");
                    } else {
                        self.put(")");
                    }
                }
                '|' | '^' | '$' => {
                    self.out.push(character);
                    self.repeatable = false;
                }
                '.' => self.put(&format!("[^{LINE_ENDS}]")),
                '*' | '+' | '?' => self.repeat(&character.to_string())?,
                '{' => match self.counts()? {
                    Some(counts) => self.repeat(&counts)?,
                    None => self.literal('{'),
                },
                other => self.literal(other),
            }
        }
        if self.open.is_empty() {
            Ok(self.out)
        } else {
            Err("a parenthesis is not closed".into())
        }
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.repeatable = true;
    }

    fn literal(&mut self, character: char) {
        self.put(&quoted(character));
    }

    fn repeat(&mut self, quantifier: &str) -> Result<(), String> {
        if !self.repeatable {
            return Err(format!("there is nothing that {quantifier} could repeat"));
        }
        self.out.push_str(quantifier);
        if self.rest.next_if_eq(&'?').is_some() {
            self.out.push('?');
        }
        self.repeatable = false;
        Ok(())
    }

    /// `{2}`, `{2,}` or `{2,4}`; any other brace stands for itself.
    fn counts(&mut self) -> Result<Option<String>, String> {
        let ahead: String = self
            .rest
            .clone()
            .take(24)
            .take_while(|c| *c != '}')
            .collect();
        let closed = self.rest.clone().nth(ahead.chars().count()) == Some('}');
        let (low, high) = match ahead.split_once(',') {
            Some((low, high)) => (low, Some(high)),
            None => (ahead.as_str(), None),
        };
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !closed || !is_number(low) || !high.is_none_or(|high| high.is_empty() || is_number(high))
        {
            return Ok(None);
        }
        let counts = [Some(low), high.filter(|high| !high.is_empty())];
        for count in counts.into_iter().flatten() {
            if count
                .parse::<u32>()
                .is_ok_and(|count| count <= MOST_REPEATS)
            {
                continue;
            }
            return Err(format!(
                "{{{ahead}}} repeats more than {MOST_REPEATS} times"
            ));
        }
        self.rest.nth(ahead.chars().count());
        Ok(Some(format!("{{{ahead}}}")))
    }

    fn open(&mut self) -> Result<(), String> {
        if self.open.len() == DEEPEST {
            return Err(format!("parentheses are more than {DEEPEST} deep"));
        }
        self.open.push(None);
        self.repeatable = false;
        if self.rest.next_if_eq(&'?').is_none() {
            self.out.push('(');
            return Ok(());
        }
        let kind: String = match self.rest.next() {
            Some(kind @ (':' | '=' | '!')) => kind.to_string(),
            Some('<') => match self.rest.next_if(|c| matches!(c, '=' | '!')) {
                Some(kind) => format!("<{kind}"),
                None => format!("<{}>", self.name()?),
            },
            _ => return Err("after (? there has to be one of : = ! <= <! or <name>".into()),
        };
        let looks_around = matches!(kind.as_str(), "=" | "!" | "<=" | "<!");
        if looks_around && self.engine == Engine::Linear {
            self.open.pop();
            self.open.push(Some(self.out.len()));
        }
        self.out.push_str("(?");
        self.out.push_str(&kind);
        Ok(())
    }

    /// The name of a group, with the `>` behind it.
    fn name(&mut self) -> Result<String, String> {
        let mut name = String::new();
        loop {
            match self.rest.next() {
                Some('>') if !name.is_empty() => return Ok(name),
                Some(c) if c == '_' || c.is_ascii_alphabetic() => name.push(c),
                Some(c) if c.is_ascii_digit() && !name.is_empty() => name.push(c),
                _ => return Err("the name of a group is letters and digits between < and >".into()),
            }
        }
    }

    fn escape(&mut self) -> Result<(), String> {
        match self.rest.next() {
            None => return Err("there is nothing behind the last backslash".into()),
            Some('b') => {
                let boundary = match self.engine {
                    Engine::Linear => r"(?-u:\b)".to_owned(),
                    Engine::Backtracking => {
                        format!("(?:(?<={WORD})(?!{WORD})|(?<!{WORD})(?={WORD}))")
                    }
                };
                self.out.push_str(&boundary);
                self.repeatable = false;
            }
            Some('B') => {
                if self.engine == Engine::Backtracking {
                    let inside = format!("(?:(?<={WORD})(?={WORD})|(?<!{WORD})(?!{WORD}))");
                    self.out.push_str(&inside);
                }
                self.repeatable = false;
            }
            Some(digit @ '1'..='9') => {
                let mut number = digit.to_string();
                while let Some(more) = self.rest.next_if(char::is_ascii_digit) {
                    number.push(more);
                }
                self.back_to(&format!("(?:\\{number})"));
            }
            Some('k') if self.rest.next_if_eq(&'<').is_some() => {
                let name = self.name()?;
                self.back_to(&format!("\\k<{name}>"));
            }
            Some(other) => {
                let set = set(other);
                match set {
                    Some(set) => self.put(&format!("[{set}]")),
                    None => {
                        let character = self.escaped(other);
                        self.literal(character);
                    }
                }
            }
        }
        Ok(())
    }

    /// What a group has found before: to the linear engine, anything.
    fn back_to(&mut self, group: &str) {
        match self.engine {
            Engine::Linear => self.put(r"(?:[\s\S]*)"),
            Engine::Backtracking => self.put(group),
        }
    }

    /// The one character that an escape stands for.
    fn escaped(&mut self, letter: char) -> char {
        match letter {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            'f' => '\u{c}',
            '0' => '\0',
            'x' => self.hexadecimal(2).unwrap_or('x'),
            'u' => self.hexadecimal(4).unwrap_or('u'),
            other => other,
        }
    }

    fn hexadecimal(&mut self, digits: usize) -> Option<char> {
        let text: String = self.rest.clone().take(digits).collect();
        if text.len() != digits || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let character = u32::from_str_radix(&text, 16)
            .ok()
            .and_then(char::from_u32)?;
        self.rest.nth(digits - 1);
        Some(character)
    }

    fn class(&mut self) -> Result<(), String> {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let mut members = String::new();
        loop {
            let Some(character) = self.rest.next() else {
                return Err("a square bracket is not closed".into());
            };
            if character == ']' {
                break;
            }
            let low = match self.member(character)? {
                Member::Set(set) => {
                    members.push_str(set);
                    continue;
                }
                Member::One(low) => low,
            };
            let mut ahead = self.rest.clone();
            let is_range = ahead.next() == Some('-') && ahead.next().is_some_and(|c| c != ']');
            members.push_str(&quoted(low));
            if !is_range {
                continue;
            }
            self.rest.next();
            let Some(character) = self.rest.next() else {
                return Err("a square bracket is not closed".into());
            };
            match self.member(character)? {
                // `[a-\d]` is an a, a dash and the digits.
                Member::Set(set) => {
                    members.push_str(r"\-");
                    members.push_str(set);
                }
                Member::One(high) if low <= high => {
                    members.push('-');
                    members.push_str(&quoted(high));
                }
                Member::One(high) => {
                    return Err(format!("the range {low}-{high} is out of order"));
                }
            }
        }
        match (members.is_empty(), negated) {
            (true, true) => self.put(r"[\s\S]"),
            (true, false) => self.put(r"[^\s\S]"),
            (false, true) => self.put(&format!("[^{members}]")),
            (false, false) => self.put(&format!("[{members}]")),
        }
        Ok(())
    }

    fn member(&mut self, character: char) -> Result<Member, String> {
        if character != '\\' {
            return Ok(Member::One(character));
        }
        match self.rest.next() {
            None => Err("there is nothing behind the last backslash".into()),
            Some('b') => Ok(Member::One('\u{8}')),
            Some(other) => Ok(match set(other) {
                Some(set) => Member::Set(set),
                None => Member::One(self.escaped(other)),
            }),
        }
    }
}

enum Member {
    One(char),
    Set(&'static str),
}

/// What stands for several characters, as the inside of a class.
const fn set(letter: char) -> Option<&'static str> {
    match letter {
        'd' => Some("0-9"),
        'D' => Some(r"\x{0}-/:-\x{10ffff}"),
        'w' => Some("0-9A-Za-z_"),
        'W' => Some(r"\x{0}-/:-@\x{5b}-\x{5e}`\x{7b}-\x{10ffff}"),
        's' => Some(r"\s\x{feff}"),
        'S' => Some(r"\S"),
        _ => None,
    }
}

/// A character that means itself, inside and outside of a class.
fn quoted(character: char) -> String {
    match character {
        '0'..='9' | 'A'..='Z' | 'a'..='z' | '_' | ' ' => character.to_string(),
        other if other.is_ascii() => format!("\\x{{{:x}}}", u32::from(other)),
        other => other.to_string(),
    }
}
