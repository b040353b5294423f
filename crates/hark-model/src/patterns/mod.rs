//! Regular expressions that people type, in JavaScript's syntax, as it is without its flag `u`.
//!
//! A pattern is rewritten for the engine that can run it: one that is linear in the text, or,
//! for look-around and references back, one that goes back and forth a bounded number of times.

mod rewrite;

use self::rewrite::{Rewritten, rewrite};

/// In bytes, of the pattern.
pub const LONGEST_PATTERN: usize = 1000;
/// In bytes; of a longer text the backtracking engine sees the beginning. It holds a message of
/// the usual bound, and keeps the work that is not a step back, which grows with the square of
/// the length, below a second.
const LONGEST_TEXT: usize = 5120;
/// Steps back: less than a tenth of a second.
const MOST_STEPS: usize = 1_000_000;
const LARGEST_PROGRAM: usize = 1 << 20;
/// Of each part that the backtracking engine hands on; there may be many.
const LARGEST_PART: usize = 1 << 18;

/// A compiled pattern.
#[derive(Debug)]
pub struct Pattern(Engine);

#[derive(Debug)]
enum Engine {
    Linear(regex::Regex),
    Backtracking(Backtracking),
}

/// A pattern that is slow to look for, and one that is quick and finds something at each place where
/// that one does, and perhaps at others: most texts hold nothing, and are not looked through slowly.
#[derive(Debug)]
struct Backtracking {
    exact: fancy_regex::Regex,
    /// Nothing: it would be too large.
    wider: Option<regex::Regex>,
}

impl Pattern {
    /// Answers why not, in words for the person who typed it.
    pub fn compile(text: &str, ignore_case: bool) -> Result<Self, String> {
        if text.len() > LONGEST_PATTERN {
            return Err(format!("it is longer than {LONGEST_PATTERN} bytes"));
        }
        let linear = |text: &str| {
            regex::RegexBuilder::new(text)
                .case_insensitive(ignore_case)
                .size_limit(LARGEST_PROGRAM)
                .build()
        };
        let engine = match rewrite(text)? {
            Rewritten::Linear(text) => linear(&text)
                .map(Engine::Linear)
                .map_err(|error| in_one_line(&error)),
            Rewritten::Backtracking { exact, wider } => fancy_regex::RegexBuilder::new(&exact)
                .case_insensitive(ignore_case)
                .backtrack_limit(MOST_STEPS)
                .delegate_size_limit(LARGEST_PART)
                .build()
                .map(|exact| {
                    let wider = linear(&wider).ok();
                    Engine::Backtracking(Backtracking { exact, wider })
                })
                .map_err(|error| in_one_line(&error)),
        };
        engine.map(Self)
    }

    /// Whether the pattern is found anywhere; not, when that takes longer than it may.
    pub fn is_match(&self, text: &str) -> bool {
        match &self.0 {
            Engine::Linear(pattern) => pattern.is_match(text),
            Engine::Backtracking(pattern) => pattern.find_from(beginning(text), 0).is_some(),
        }
    }

    /// What is found, one after the other, without what is empty. The end comes early when
    /// looking takes longer than it may.
    pub fn find_iter<'t>(&self, text: &'t str, most: usize) -> Vec<&'t str> {
        match &self.0 {
            Engine::Linear(pattern) => {
                full(pattern.find_iter(text).map(|found| found.as_str()), most)
            }
            Engine::Backtracking(pattern) => full(pattern.find_iter(beginning(text)), most),
        }
    }
}

impl Backtracking {
    /// The first that begins at a place or behind it; none where looking takes too long.
    fn find_from<'t>(&self, text: &'t str, from: usize) -> Option<fancy_regex::Match<'t>> {
        let from = match &self.wider {
            Some(wider) => wider.find_at(text, from)?.start(),
            None => from,
        };
        self.exact.find_from_pos(text, from).ok().flatten()
    }

    fn find_iter<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> {
        let mut next = Some(0);
        std::iter::from_fn(move || {
            let found = self.find_from(text, next?)?;
            next = if found.as_str().is_empty() {
                // It would be found again.
                let letter = text[found.end()..].chars().next();
                letter.map(|letter| found.end() + letter.len_utf8())
            } else {
                Some(found.end())
            };
            Some(found.as_str())
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{catalogue, catalogue::Preset};

    fn preset(id: &str) -> &'static str {
        match catalogue::find(id).unwrap().preset {
            Preset::Text(text) => text,
            _ => panic!("{id} is no text"),
        }
    }

    /// Patterns are made of these.
    const PARTS: &[&str] = &[
        "a",
        "B",
        "0",
        ".",
        "[ab]",
        "[^a]",
        r"\d",
        r"\s",
        "(a|0)",
        "(?:b|)",
        "(?=a)",
        "(?!b)",
        "(?<=a)",
        "(?<!0)",
        "(?=(a)b)",
        r"(?!\b)",
        r"\b",
        r"\B",
        r"\1",
        "(?<c>b)",
        r"\k<c>",
        "a*",
        "b+?",
        "0?",
        "|",
        "^",
        "$",
        "(?:a(?=b)|0(?!0))+",
    ];

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
        let behind_much = "12345 ".repeat(800) + "call 99999-1234";
        assert_eq!(find(&behind_much), ["99999-1234"]);
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
            ("(?:0(?!1))+a*(?:0(?!1))+", "0", false),
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
        assert_eq!(check(&r"(?=\w{900})".repeat(90)), Ok(()));
        assert_eq!(check("(?:(?:(?:(?=a)a|b){1000}){1000}){1000}"), Ok(()));
        assert!(check(&"a".repeat(1001)).is_err());
        assert!(check("(?:(?:a{1000}){1000}){1000}").is_err());
        assert!(check("(?=(?:(?:a{1000}){1000}){1000})").is_err());
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

    #[test]
    fn what_is_quick_to_see_is_not_looked_for_slowly() {
        let phone = Pattern::compile(preset("Livechat_lead_phone_regex"), false).unwrap();
        let Engine::Backtracking(phone) = phone.0 else {
            panic!("it looks ahead");
        };
        let wider = phone.wider.unwrap();
        for none in ["order 12345 of 2024-11-03", "call 555-123-4567", "11-22-33"] {
            assert!(!wider.is_match(none), "{none}");
        }
        assert_eq!(wider.find("call 99999-1234x").unwrap().start(), 5);
    }

    proptest::proptest! {
        #[test]
        fn the_wider_pattern_hides_nothing(
            parts in proptest::collection::vec(proptest::sample::select(PARTS), 1..7),
            text in "[ab0 \n\u{e9}]{0,12}",
        ) {
            let Ok(Pattern(Engine::Backtracking(both))) = Pattern::compile(&parts.concat(), true) else {
                return Ok(());
            };
            proptest::prop_assert!(both.wider.is_some() || parts.contains(&"(?<c>b)"));
            let alone = both.exact.find_iter(&text).map_while(Result::ok);
            let alone = full(alone.map(|found| found.as_str()), 50);
            proptest::prop_assert_eq!(full(both.find_iter(&text), 50), alone);
        }

        #[test]
        fn no_pattern_and_no_text_breaks_anything(pattern in r"[a-c0-9\\\[\](){}?*+^$.|:=!<>,\-bdwsku]{0,24}", text in ".{0,40}") {
            if let Ok(compiled) = Pattern::compile(&pattern, true) {
                let _found = compiled.is_match(&text);
                proptest::prop_assert!(compiled.find_iter(&text, 5).len() <= 5);
            }
        }
    }
}
