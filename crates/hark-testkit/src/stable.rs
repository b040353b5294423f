use std::collections::HashMap;

use serde_json::{Map, Value};

/// Documents as snapshots keep them. What chance has made is replaced by what it is, and numbered
/// in the order in which it comes, so that the same is still seen to be the same: `<id 1>`,
/// `<secret 1>`. Moments stay: the test stops the clock.
#[derive(Default)]
pub struct Stable {
    replaced: HashMap<String, String>,
    kinds: HashMap<&'static str, usize>,
}

impl Stable {
    pub fn document(&mut self, document: &Value) -> Value {
        match document {
            Value::Object(members) => {
                let members = members.iter();
                let members = members.map(|(name, value)| (name.clone(), self.member(name, value)));
                Value::Object(members.collect::<Map<_, _>>())
            }
            Value::Array(items) => items.iter().map(|item| self.document(item)).collect(),
            Value::String(text) => self.text(text).into(),
            other => other.clone(),
        }
    }

    /// An id in its own place is known for certain; elsewhere it has to look like one, or to have
    /// been seen in such a place before.
    fn member(&mut self, name: &str, value: &Value) -> Value {
        let is_id = ["_id", "rid", "department"].contains(&name) || name.ends_with("Id");
        match value {
            Value::String(text) if is_id && is_plain(text) => self.number("id", text).into(),
            _ => self.document(value),
        }
    }

    /// Word by word, for ids stand in paths and sentences too.
    fn text(&mut self, text: &str) -> String {
        let mut replaced = String::new();
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest
                .find(|letter| !is_of_word(letter))
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            let known = self.replaced.get(word).cloned();
            let known = known.or_else(|| Some(self.number(kind_of(word)?, word)));
            replaced.push_str(known.as_deref().unwrap_or(word));
            let between = after.chars().next().map_or(0, char::len_utf8);
            replaced.push_str(&after[..between]);
            rest = &after[between..];
        }
        replaced
    }

    fn number(&mut self, kind: &'static str, word: &str) -> String {
        let replaced = self.replaced.entry(word.to_owned()).or_insert_with(|| {
            let number = self.kinds.entry(kind).or_default();
            *number += 1;
            format!("<{kind} {number}>")
        });
        replaced.clone()
    }
}

fn is_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || letter == '-'
}

/// As ids and secrets are made.
fn kind_of(word: &str) -> Option<&'static str> {
    let is_mixed = word.contains(|letter: char| letter.is_ascii_digit())
        && word.contains(|letter: char| letter.is_ascii_alphabetic());
    match word.len() {
        _ if is_plain(word) && is_random(word) => Some("id"),
        24 if is_mixed && word.bytes().all(|byte| byte.is_ascii_hexdigit()) => Some("id"),
        36 if word.bytes().filter(|byte| *byte == b'-').count() == 4 => Some("id"),
        43 | 64 if is_mixed => Some("secret"),
        _ => None,
    }
}

/// Seventeen letters and digits that nobody takes for another.
fn is_plain(word: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() && !"01lIOUV".contains(letter);
    word.len() == 17 && word.chars().all(is_plain)
}

/// The case changes more often than in words that are put together of two.
fn is_random(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    let changes = letters.windows(2).filter(|pair| {
        pair[0].is_ascii_digit()
            || pair[1].is_ascii_digit()
            || pair[0].is_ascii_uppercase() != pair[1].is_ascii_uppercase()
    });
    changes.count() > 2
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_chance_has_made_is_numbered_and_all_else_stays() {
        let document = json!({
            "_id": "aB3dE5gH7jK9mN2pQ",
            "rid": "administrationxyz",
            "text": "administrationxyz administrationabc",
            "convertAsciiEmoji": true,
            "link": "/file-upload/aB3dE5gH7jK9mN2pQ/a.png?rc=1",
            "u": "mMYzvQWJMoBmQnRZX",
            "ts": "2026-11-29T20:41:07.123Z",
            "msg": "administration-xy, livechat-managers",
            "count": 7,
        });
        let kept = json!({
            "_id": "<id 1>",
            "rid": "<id 2>",
            "text": "<id 2> administrationabc",
            "convertAsciiEmoji": true,
            "link": "/file-upload/<id 1>/a.png?rc=1",
            "u": "<id 3>",
            "ts": "2026-11-29T20:41:07.123Z",
            "msg": "administration-xy, livechat-managers",
            "count": 7,
        });
        assert_eq!(Stable::default().document(&document), kept);
    }
}
