//! Leads: addresses and telephone numbers that a visitor mentions go into his record.

use hark_store::{Timestamp, Tx};
use serde_json::json;

use super::Message;
use crate::patterns::Pattern;
use crate::rooms::{Room, story};
use crate::visitors::rows::{LONGEST_CONTACT, key, lock, save};
use crate::{Actor, Policy, Refusal};

/// In one message, and in one record.
const MOST_FOUND: usize = 10;
const MOST_KEPT: usize = 50;

/// What the settings take for an address and for a number, ready to look for.
#[derive(Debug)]
pub struct Leads {
    email: Option<Pattern>,
    phone: Option<Pattern>,
}

impl Leads {
    /// A pattern that is empty or wrong finds nothing; a wrong one was refused when it was set,
    /// unless the environment forces it.
    pub(crate) fn new(email: &str, phone: &str) -> Self {
        let compiled = |text: &str, ignore_case: bool| match text {
            "" => None,
            text => Pattern::compile(text, ignore_case).ok(),
        };
        Self {
            email: compiled(email, true),
            phone: compiled(phone, false),
        }
    }

    fn find(&self, text: &str) -> (Vec<String>, Vec<String>) {
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
        // What people say has no digits mostly, and the search for numbers is a slow one.
        let mut phones = match has_digit(text) {
            true => found(&self.phone),
            false => Vec::new(),
        };
        phones.retain(|phone| has_digit(phone));
        (found(&self.email), phones)
    }
}

/// Adds to the visitor what his message holds and his record does not.
pub(super) fn capture(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &mut Room,
    message: &Message,
) -> Result<(), Refusal> {
    let (emails, phones) = policy.leads().find(&message.text);
    if emails.is_empty() && phones.is_empty() {
        return Ok(());
    }
    let Some(mut visitor) = lock(tx, &room.guest()?.id)? else {
        return Ok(());
    };
    let add = |kept: &mut Vec<String>, found: Vec<String>| {
        let mut news = Vec::new();
        for one in found {
            if kept.len() < MOST_KEPT && !kept.iter().any(|known| key(known) == key(&one)) {
                kept.push(one.clone());
                news.push(one);
            }
        }
        news
    };
    let emails = add(&mut visitor.emails, emails);
    let phones = add(&mut visitor.phones, phones);
    if emails.is_empty() && phones.is_empty() {
        return Ok(());
    }
    save(tx, now, &visitor, true)?;
    let by = Actor::visitor(&visitor);
    room.visitor = Some(visitor);
    let more = json!({"message": message.id, "emails": emails, "phones": phones});
    story::tell(tx, now, "lead.captured", room, &by, more)?;
    Ok(())
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
