//! Mentions: who is to see a note.

use std::collections::BTreeSet;

use hark_store::{Result, Timestamp};

use super::rows;
use crate::access;
use hark_model::accounts;
use hark_model::rooms::{Person, Room};
use hark_model::{Context, Refusal};

/// Names that are looked up for one note.
const MOST_MENTIONS: usize = 20;

/// Whom a text mentions of those who may see the chat, but for the one who writes.
pub(super) fn of(
    cx: &mut Context<'_, '_>,
    room: &Room,
    text: &str,
) -> Result<Vec<Person>, Refusal> {
    let author = cx.account()?.id.clone();
    let mut found: Vec<Person> = Vec::new();
    for name in names(text) {
        let account = accounts::find_by_username(cx.tx, &name)?;
        let Some(account) = account.filter(|account| account.active && account.id != author) else {
            continue;
        };
        let is_known = found.iter().any(|person| person.id == account.id);
        if !is_known && access::may_see(cx.tx, cx.policy, &account, room)? {
            found.push(Person::of(&account));
        }
    }
    Ok(found)
}

/// What stands behind an `@`, unless that is the middle of a word, as in an address.
fn names(text: &str) -> BTreeSet<String> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let mut names = BTreeSet::new();
    let mut before = None;
    for (at, letter) in text.char_indices() {
        if names.len() == MOST_MENTIONS {
            break;
        }
        if letter == '@' && !before.is_some_and(|one: char| one.is_alphanumeric() || one == '@') {
            let rest = &text[at + 1..];
            let end = rest.find(|one| !is_part(one)).unwrap_or(rest.len());
            // What ends a sentence belongs to no name.
            let name = rest[..end].trim_end_matches(['.', '-']);
            if !name.is_empty() {
                names.insert(name.to_lowercase());
            }
        }
        before = Some(letter);
    }
    names
}

pub(super) fn add(
    cx: &mut Context<'_, '_>,
    room: &Room,
    note: &str,
    people: &[Person],
) -> Result<()> {
    for person in people {
        rows::mention(cx.tx, cx.now, room, note, &person.id)?;
    }
    Ok(())
}

/// Someone has seen where they are mentioned, up to a moment.
pub fn read_mentions(cx: &mut Context<'_, '_>, up_to: Timestamp) -> Result<(), Refusal> {
    let account = cx.account()?;
    rows::read_mentions(cx.tx, cx.now, &account.id, up_to)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_behind_an_at_sign() {
        let found = |text: &str| names(text).into_iter().collect::<Vec<_>>();
        assert_eq!(
            found("@amy, see @Ben.Roe. (@zoe)"),
            ["amy", "ben.roe", "zoe"]
        );
        assert_eq!(found("write to ann@example.org, @@x, @ and é@y"), [""; 0]);
        assert_eq!(found("@amy @AMY"), ["amy"]);
        let many: String = (0..100).map(|n| format!("@n{n} ")).collect();
        assert_eq!(found(&many).len(), MOST_MENTIONS);
    }
}
