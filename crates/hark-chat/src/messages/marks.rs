//! Marks on a message: reactions, stars, pins.

use hark_store::{Timestamp, Tx};
use serde_json::{Value, json};

use super::{Message, rows};
use crate::accounts::Account;
use crate::{Policy, Refusal, rooms};

const MOST_KINDS: usize = 50;
const MOST_PEOPLE: usize = 500;

/// Puts a reaction under a message, or takes one's own away. None: whichever it is not now.
pub fn react(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    account: &Account,
    id: &str,
    emoji: &str,
    wanted: Option<bool>,
) -> Result<(), Refusal> {
    let mut message = seen(tx, policy, account, id)?;
    let emoji = format!(":{}:", emoji.trim_matches(':'));
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "_-+:".contains(letter);
    if emoji.len() > 64 || emoji.len() < 3 || !emoji.chars().all(fits) {
        return Err(Refusal::NotAnEmoji);
    }
    let reactions = part(&mut message, "reactions", json!({}));
    let mut people: Vec<String> = reactions
        .get(&emoji)
        .and_then(|reaction| serde_json::from_value(reaction["usernames"].clone()).ok())
        .unwrap_or_default();
    let has = people.contains(&account.username);
    if wanted.unwrap_or(!has) == has {
        return Ok(());
    }
    people.retain(|username| *username != account.username);
    if !has && people.len() < MOST_PEOPLE {
        people.push(account.username.clone());
    }
    if let Value::Object(reactions) = reactions {
        if people.is_empty() {
            reactions.shift_remove(&emoji);
        } else if reactions.len() < MOST_KINDS || reactions.contains_key(&emoji) {
            reactions.insert(emoji, json!({"usernames": people}));
        }
    }
    keep(tx, now, &message)
}

/// Everyone has stars of his own.
pub fn star(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    account: &Account,
    id: &str,
    starred: bool,
) -> Result<(), Refusal> {
    let mut message = seen(tx, policy, account, id)?;
    let stars = part(&mut message, "starred", json!([]));
    if let Value::Array(stars) = stars {
        stars.retain(|star| star["_id"] != json!(account.id));
        if starred && stars.len() < MOST_PEOPLE {
            stars.push(json!({"_id": account.id}));
        }
    }
    keep(tx, now, &message)
}

pub fn pin(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    account: &Account,
    id: &str,
    pinned: bool,
) -> Result<Message, Refusal> {
    let mut message = seen(tx, policy, account, id)?;
    if !policy.grants(&account.roles, "pin-message") {
        return Err(Refusal::ActionNotAllowed);
    }
    *part(&mut message, "pinned", json!(false)) = json!(pinned);
    if pinned {
        *part(&mut message, "pinnedAt", Value::Null) = Value::from(now);
        let by = json!({"_id": account.id, "username": account.username});
        *part(&mut message, "pinnedBy", Value::Null) = by;
    }
    message.updated_at = now;
    keep(tx, now, &message)?;
    Ok(message)
}

/// A message that an account may see, its room locked.
fn seen(tx: &mut Tx<'_>, policy: &Policy, account: &Account, id: &str) -> Result<Message, Refusal> {
    let unknown = || Refusal::NoSuchMessage(id.to_owned());
    let room = rows::find(tx, id)?.and_then(|message| message.room);
    let room = rooms::rows::lock(tx, &room.ok_or_else(unknown)?)?.ok_or_else(unknown)?;
    if !rooms::may_see(tx, policy, account, &room)? {
        return Err(Refusal::NotAllowed);
    }
    rows::find(tx, id)?.ok_or_else(unknown)
}

fn part<'m>(message: &'m mut Message, name: &str, empty: Value) -> &'m mut Value {
    let extra = message.extra.get_or_insert_with(|| json!({}));
    if extra.get(name).is_none() {
        extra[name] = empty;
    }
    &mut extra[name]
}

fn keep(tx: &mut Tx<'_>, now: Timestamp, message: &Message) -> Result<(), Refusal> {
    rows::keep_extra(tx, now, message)?;
    Ok(())
}
