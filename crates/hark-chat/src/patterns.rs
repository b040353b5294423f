//! Regular expressions that people type, in JavaScript's syntax, as it is without its flag `u`.
//!
//! A pattern is rewritten for the engine that can run it: one that is linear in the text, or,
//! for look-around and references back, one that goes back and forth a bounded number of times.

use std::iter::Peekable;
use std::str::Chars;

/// In bytes, of the pattern.
const LONGEST_PATTERN: usize = 10_000;
const DEEPEST: usize = 50;
const MOST_REPEATS: u32 = 1000;
/// In bytes; of a longer text the beginning is looked at.
const LONGEST_TEXT: usize = 16_384;
/// Some milliseconds of work.
const MOST_STEPS: usize = 200_000;
const LARGEST_PROGRAM: usize = 1 << 20;

const WORD: &str = "[0-9A-Za-z_]";
const LINE_ENDS: &str = r"\n\r\x{2028}\x{2029}";

/// A compiled pattern.
#[derive(Debug)]
pub struct Pattern(Engine);

#[derive(Debug)]
enum Engine {
    Linear(regex::Regex),
    Backtracking(fancy_regex::Regex),
}

impl Pattern {
    /// Answers why not, in words for the person who typed it.
    pub fn compile(text: &str, ignore_case: bool) -> Result<Self, String> {
        if text.len() > LONGEST_PATTERN {
            return Err(format!("it is longer than {LONGEST_PATTERN} bytes"));
        }
        let Rewritten { text, backtracks } = rewrite(text)?;
        let engine = if backtracks {
            fancy_regex::RegexBuilder::new(&text)
                .case_insensitive(ignore_case)
                .backtrack_limit(MOST_STEPS)
                .delegate_size_limit(LARGEST_PROGRAM)
                .build()
                .map(Engine::Backtracking)
                .map_err(|error| in_one_line(&error))
        } else {
            regex::RegexBuilder::new(&text)
                .case_insensitive(ignore_case)
                .size_limit(LARGEST_PROGRAM)
                .build()
                .map(Engine::Linear)
                .map_err(|error| in_one_line(&error))
        };
        engine.map(Self)
    }

    /// Whether the pattern is found anywhere; not, when that takes longer than it may.
    pub fn is_match(&self, text: &str) -> bool {
        let text = beginning(text);
        match &self.0 {
            Engine::Linear(pattern) => pattern.is_match(text),
            Engine::Backtracking(pattern) => pattern.is_match(text).unwrap_or(false),
        }
    }

    /// What is found, one after the other, without what is empty. The end comes early when
    /// looking takes longer than it may.
    pub fn find_iter<'t>(&self, text: &'t str, most: usize) -> Vec<&'t str> {
        let text = beginning(text);
        match &self.0 {
            Engine::Linear(pattern) => {
                full(pattern.find_iter(text).map(|found| found.as_str()), most)
            }
            Engine::Backtracking(pattern) => {
                let found = pattern.find_iter(text).map_while(Result::ok);
                full(found.map(|found| found.as_str()), most)
            }
        }
    }
}

/// What an expression is wrong with, if anything.
pub fn check(text: &str) -> Result<(), String> {
    Pattern::compile(text, false).map(drop)
}

fn full<'t>(found: impl Iterator<Item = &'t str>, most: usize) -> Vec<&'t str> {
    found.filter(|text| !text.is_empty()).take(most).collect()
}

fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_TEXT)]
}

/// The engines draw pictures over several lines; the last one has the reason.
fn in_one_line(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default().trim();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

struct Rewritten {
    text: String,
    backtracks: bool,
}

fn rewrite(text: &str) -> Result<Rewritten, String> {
    let backtracks = needs_backtracking(text);
    let mut rewriter = Rewriter {
        rest: text.chars().peekable(),
        out: String::with_capacity(text.len() * 2),
        backtracks,
        depth: 0,
        repeatable: false,
    };
    rewriter.run()?;
    Ok(Rewritten {
        text: rewriter.out,
        backtracks,
    })
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
    backtracks: bool,
    depth: usize,
    /// Whether a `*` may follow.
    repeatable: bool,
}

impl Rewriter<'_> {
    fn run(&mut self) -> Result<(), String> {
        while let Some(character) = self.rest.next() {
            match character {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '(' => self.open()?,
                ')' => {
                    self.depth = self
                        .depth
                        .checked_sub(1)
                        .ok_or("a parenthesis is closed that was not opened")?;
                    self.put(")");
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
        if self.depth > 0 {
            return Err("a parenthesis is not closed".into());
        }
        Ok(())
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
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("parentheses are more than {DEEPEST} deep"));
        }
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
                let boundary = if self.backtracks {
                    format!("(?:(?<={WORD})(?!{WORD})|(?<!{WORD})(?={WORD}))")
                } else {
                    r"(?-u:\b)".to_owned()
                };
                self.out.push_str(&boundary);
                self.repeatable = false;
            }
            Some('B') => {
                let inside = format!("(?:(?<={WORD})(?={WORD})|(?<!{WORD})(?!{WORD}))");
                self.out.push_str(&inside);
                self.repeatable = false;
            }
            Some(digit @ '1'..='9') => {
                let mut number = digit.to_string();
                while let Some(more) = self.rest.next_if(char::is_ascii_digit) {
                    number.push(more);
                }
                self.put(&format!("(?:\\{number})"));
            }
            Some('k') if self.rest.next_if_eq(&'<').is_some() => {
                let name = self.name()?;
                self.put(&format!("\\k<{name}>"));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::catalogue::{self, Preset};

    fn preset(id: &str) -> &'static str {
        match catalogue::find(id).unwrap().preset {
            Preset::Text(text) => text,
            _ => panic!("{id} is no text"),
        }
    }

    fn found(pattern: &str, ignore_case: bool, text: &str) -> Vec<String> {
        let pattern = Pattern::compile(pattern, ignore_case).unwrap();
        let found = pattern.find_iter(text, 20).into_iter();
        found.map(str::to_owned).collect()
    }

    #[test]
    fn addresses_are_found_as_the_original_finds_them() {
        let find = |text| found(preset("Livechat_lead_email_regex"), true, text);
        assert_eq!(
            find("mail me at Bob.Smith+x@Mail.example.com, thanks"),
            ["Bob.Smith+x@Mail.example.com"]
        );
        assert_eq!(find("x@y.co z@w.io"), ["x@y.co", "z@w.io"]);
        assert!(find("a@b.online").is_empty());
        assert!(find("foo@bar.c").is_empty());
        // JavaScript's words are made of ASCII.
        assert_eq!(find("müller@example.org"), ["ller@example.org"]);
    }

    #[test]
    fn phone_numbers_are_found_as_the_original_finds_them() {
        let find = |text| found(preset("Livechat_lead_phone_regex"), false, text);
        for whole in [
            "(51) 99999-1234",
            "51 3333-4444",
            "99999-1234",
            "2125551234",
        ] {
            assert_eq!(find(whole), [whole]);
        }
        assert_eq!(find("order 12345678"), ["12345678"]);
        assert_eq!(find("1234-5678 and 9876 5432"), ["1234-5678", "9876 5432"]);
        for none in [
            "call 555-123-4567",
            "+1 (555) 123-4567",
            "+49 30 1234567",
            "12345",
        ] {
            assert!(find(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn javascript_is_understood() {
        for (pattern, text, wanted) in [
            (r"^\d{2,4}$", "123", true),
            (r"^\d$", "٣", false),
            (r"^\w+$", "ü", false),
            (r"^[^]$", "\n", true),
            ("[]", "x", false),
            ("^.$", "\r", false),
            (r"^[[&&~~]+$", "[&~", true),
            (r"^[+--]+$", "+,-", true),
            (r"^[\w-]+$", "a-b", true),
            (r"^[a-\d]+$", "a-7", true),
            (r"^a{,2}$", "a{,2}", true),
            (r"^\/\@\_\a\u0041\x41$", "/@_aAA", true),
            (r"(.)\1", "hello", true),
            (r"(?<c>.)\k<c>", "hello", true),
            (r"(?<=\$)\d+", "$12", true),
            (r"(?<!\$)\b\d+", "$12", false),
            (r"\Bo", "hello", true),
            (r"^a\s+b$", "a\u{feff}b", true),
            ("", "", true),
        ] {
            let compiled = Pattern::compile(pattern, false);
            let compiled = compiled.unwrap_or_else(|why| panic!("{pattern}: {why}"));
            assert_eq!(compiled.is_match(text), wanted, "{pattern} in {text:?}");
        }
        assert!(Pattern::compile("^[a-z]+$", true).unwrap().is_match("ABC"));
        assert!(found("x*", false, "aaa").is_empty());
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (pattern, reason) in [
            ("(", "not closed"),
            (")", "not opened"),
            ("[a", "not closed"),
            ("a**", "repeat"),
            ("*", "repeat"),
            ("a++", "repeat"),
            ("(?i)a", "after (?"),
            ("(?>a)", "after (?"),
            ("[b-a]", "out of order"),
            ("a{5000}", "more than 1000"),
            ("a{3,2}", ""),
            (r"a\", "backslash"),
            ("(?<1>a)", "name of a group"),
            (r"(a)\7", ""),
        ] {
            let why = check(pattern).expect_err(pattern);
            assert!(why.contains(reason), "{pattern}: {why}");
            assert!(!why.contains('\n'), "{pattern}: {why}");
        }
        assert!(check(&"(".repeat(60)).is_err());
        assert!(check(&"a".repeat(10_001)).is_err());
        assert!(check("(?:(?:a{1000}){1000}){1000}").is_err());
    }

    #[test]
    fn a_pattern_that_never_ends_is_ended() {
        let text = "a".repeat(20_000);
        for pattern in [r"^(a+)+(?=b)$", r"(?:a|aa)+(?!a)b", r"(a*)*\1b"] {
            let compiled = Pattern::compile(pattern, false).unwrap();
            assert!(!compiled.is_match(&text), "{pattern}");
            assert!(compiled.find_iter(&text, 3).len() <= 3, "{pattern}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_pattern_and_no_text_breaks_anything(pattern in r"[a-c0-9\\\[\](){}?*+^$.|:=!<>,\-bdwsku]{0,24}", text in ".{0,40}") {
            if let Ok(compiled) = Pattern::compile(&pattern, true) {
                let _found = compiled.is_match(&text);
                proptest::prop_assert!(compiled.find_iter(&text, 5).len() <= 5);
            }
        }
    }
}
