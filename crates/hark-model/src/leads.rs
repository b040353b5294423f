//! Leads: the addresses and telephone numbers in what a visitor says.

use crate::patterns::Pattern;
use crate::visitors::LONGEST_CONTACT;

/// In one message.
const MOST_FOUND: usize = 10;

/// What the settings take for an address and for a number, ready to look for.
#[derive(Debug)]
pub struct Leads {
    email: Option<Pattern>,
    phone: Option<Pattern>,
}

impl Leads {
    /// A pattern that is empty or wrong finds nothing; a wrong one was refused when it was set,
    /// unless the environment forces it.
    pub fn new(email: &str, phone: &str) -> Self {
        let compiled = |text: &str, ignore_case: bool| match text {
            "" => None,
            text => Pattern::compile(text, ignore_case).ok(),
        };
        Self {
            email: compiled(email, true),
            phone: compiled(phone, false),
        }
    }

    pub fn find(&self, text: &str) -> (Vec<String>, Vec<String>) {
        let found = |pattern: &Option<Pattern>| -> Vec<String> {
            let matches = pattern
                .as_ref()
                .map(|pattern| pattern.find_iter(text, MOST_FOUND));
            let matches = matches.into_iter().flatten();
            matches
                .filter(|one| !one.trim().is_empty() && one.len() <= LONGEST_CONTACT)
                .map(str::to_owned)
                .collect()
        };
        let has_digit = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
        // Without one there is no number, whatever the pattern finds.
        let mut phones = if has_digit(text) {
            found(&self.phone)
        } else {
            Vec::new()
        };
        phones.retain(|phone| has_digit(phone));
        (found(&self.email), phones)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(email: &str, phone: &str, text: &str) -> (Vec<String>, Vec<String>) {
        Leads::new(email, phone).find(text)
    }

    #[test]
    fn a_number_has_a_digit_and_an_address_has_letters() {
        let (emails, phones) = found(r"\S*@\S*", r"[0-9-]+", "a@b - 12-34 --");
        assert_eq!(emails, ["a@b"]);
        assert_eq!(phones, ["12-34"]);
    }

    #[test]
    fn a_pattern_that_is_empty_or_wrong_finds_nothing() {
        for pattern in ["", "(", "x*"] {
            let (emails, phones) = found(pattern, pattern, "a@b.co 99999-1234");
            assert!(emails.is_empty() && phones.is_empty(), "{pattern}");
        }
    }

    #[test]
    fn one_message_holds_only_so_many() {
        let (emails, phones) = found("a@b", "[0-9]", &"a@b 1 ".repeat(100));
        assert_eq!((emails.len(), phones.len()), (MOST_FOUND, MOST_FOUND));
    }
}
