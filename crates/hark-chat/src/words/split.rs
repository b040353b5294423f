//! What a word is. Chats are found by whole words, in any case and without the marks above letters, on both engines
//! by the same rule: a database's own idea of a word is asked nowhere.

use std::collections::HashSet;

use unicode_normalization::char::decompose_canonical;

/// What is longer counts by its beginning.
pub(super) const LONGEST_WORD: usize = 64;
/// Different words of one message that it is found by.
pub const MOST_WORDS: usize = 1_000;

/// A word, and where it stands: characters from the beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub text: String,
    pub start: usize,
    pub end: usize,
}

/// Marks above and below letters.
const fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

/// Writings without blanks between words: each sign is a word of its own.
const fn stands_alone(letter: char) -> bool {
    matches!(
        letter,
        '\u{e00}'..='\u{eff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{17ff}'
            | '\u{3040}'..='\u{30ff}'
            | '\u{31f0}'..='\u{31ff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}'
    )
}

/// A letter as it is compared: small, and without marks.
fn plain(letter: char, into: &mut String) {
    if letter.is_ascii() {
        into.push(letter.to_ascii_lowercase());
        return;
    }
    for small in letter.to_lowercase() {
        let mut parts = Vec::with_capacity(2);
        decompose_canonical(small, |part| parts.push(part));
        match parts.split_first() {
            Some((base, marks)) if marks.iter().copied().all(is_mark) => {
                if !is_mark(*base) {
                    into.push(*base);
                }
            }
            _ => into.push(small),
        }
    }
}

/// Each word of a text, in their order, with where it begins and ends.
fn each_word(text: &str, mut found: impl FnMut(&str, usize, usize)) {
    let mut word = String::new();
    let (mut start, mut end) = (0, 0);
    // Whether the last word may go on.
    let mut goes_on = false;
    let mut finish = |word: &mut String, start, end| {
        if !word.is_empty() {
            found(word, start, end);
            word.clear();
        }
    };
    for (at, letter) in text.chars().enumerate() {
        let continues = is_mark(letter) && goes_on;
        if !letter.is_alphanumeric() && !continues {
            goes_on = false;
            continue;
        }
        let is_alone = stands_alone(letter);
        if !goes_on || is_alone {
            finish(&mut word, start, end);
            start = at;
        }
        if word.len() < LONGEST_WORD || word.chars().nth(LONGEST_WORD - 1).is_none() {
            plain(letter, &mut word);
        }
        end = at + 1;
        goes_on = !is_alone;
    }
    finish(&mut word, start, end);
}

/// The words of a text, in their order.
pub(super) fn split(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    each_word(text, |word, start, end| {
        words.push(Word {
            text: word.to_owned(),
            start,
            end,
        });
    });
    words
}

/// The different words of some texts, as the index takes them.
pub(super) fn gathered<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut all = String::new();
    for text in texts {
        each_word(text, |word, _, _| {
            all.push_str(word);
            all.push(' ');
        });
    }
    let mut words: Vec<&str> = all.split_terminator(' ').collect();
    if words.len() > MOST_WORDS {
        let mut first = HashSet::new();
        words.retain(|word| first.len() < MOST_WORDS && first.insert(*word));
    }
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_WORD, gathered, split};

    fn words(text: &str) -> Vec<(String, usize, usize)> {
        let found = split(text).into_iter();
        found
            .map(|word| (word.text, word.start, word.end))
            .collect()
    }

    #[test]
    fn words_are_small_and_without_marks_and_know_where_they_stand() {
        assert_eq!(
            words("Où est Müller?"),
            [
                ("ou".to_owned(), 0, 2),
                ("est".to_owned(), 3, 6),
                ("muller".to_owned(), 7, 13),
            ]
        );
        // A mark that is a character of its own belongs to its letter.
        assert_eq!(words("cafe\u{301}!"), [("cafe".to_owned(), 0, 5)]);
        assert_eq!(
            words("ann@example.org"),
            [
                ("ann".to_owned(), 0, 3),
                ("example".to_owned(), 4, 11),
                ("org".to_owned(), 12, 15),
            ]
        );
        assert_eq!(
            words("NEAR \"a\" OR b*"),
            [
                ("near".to_owned(), 0, 4),
                ("a".to_owned(), 6, 7),
                ("or".to_owned(), 9, 11),
                ("b".to_owned(), 12, 13),
            ]
        );
        assert_eq!(words("... !? \u{301}"), []);
    }

    #[test]
    fn signs_without_blanks_between_them_are_words_of_their_own() {
        assert_eq!(
            words("東京 bag"),
            [
                ("東".to_owned(), 0, 1),
                ("京".to_owned(), 1, 2),
                ("bag".to_owned(), 3, 6),
            ]
        );
        assert_eq!(
            words("iPhoneを買う"),
            [
                ("iphone".to_owned(), 0, 6),
                ("を".to_owned(), 6, 7),
                ("買".to_owned(), 7, 8),
                ("う".to_owned(), 8, 9),
            ]
        );
    }

    #[test]
    fn what_is_gathered_is_bounded() {
        assert_eq!(gathered(["b a", "A c"]), "a b c");
        assert_eq!(gathered([&*"x".repeat(300)]), "x".repeat(LONGEST_WORD));
        let many: Vec<String> = (0..5_000).map(|number| number.to_string()).collect();
        assert_eq!(
            gathered([&*many.join(" ")]).split(' ').count(),
            super::MOST_WORDS
        );
    }
}
