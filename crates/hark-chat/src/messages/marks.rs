//! Marks on a message: reactions, stars, pins.

use serde_json::{Value, json};

use super::{Message, rows};
use crate::{access, subscriptions};
use hark_model::{Context, Page, Refusal, rooms};
use hark_store::Timestamp;

const MOST_KINDS: usize = 50;
const MOST_PEOPLE: usize = 500;

/// Puts a reaction under a message, or takes one's own away. None: whichever it is not now.
pub fn react(
    cx: &mut Context<'_, '_>,
    id: &str,
    emoji: &str,
    wanted: Option<bool>,
) -> Result<(), Refusal> {
    let account = cx.account()?;
    let mut message = seen(cx, id)?;
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
    keep(cx, &message)
}

/// Everyone has stars of their own.
pub fn star(cx: &mut Context<'_, '_>, id: &str, starred: bool) -> Result<(), Refusal> {
    let account = cx.account()?;
    let mut message = seen(cx, id)?;
    let stars = part(&mut message, "starred", json!([]));
    if let Value::Array(stars) = stars {
        stars.retain(|star| star["_id"] != json!(account.id));
        if starred && stars.len() < MOST_PEOPLE {
            stars.push(json!({"_id": account.id}));
        }
    }
    keep(cx, &message)
}

pub fn pin(cx: &mut Context<'_, '_>, id: &str, pinned: bool) -> Result<Message, Refusal> {
    let account = cx.account()?;
    let mut message = seen(cx, id)?;
    if !cx.may("pin-message") {
        return Err(Refusal::ActionNotAllowed);
    }
    *part(&mut message, "pinned", json!(false)) = json!(pinned);
    if pinned {
        *part(&mut message, "pinnedAt", Value::Null) = Value::from(cx.now);
        let by = json!({"_id": account.id, "username": account.username});
        *part(&mut message, "pinnedBy", Value::Null) = by;
    }
    message.updated_at = cx.now;
    keep(cx, &message)?;
    Ok(message)
}

/// A message that an account may see, its room locked.
fn seen(cx: &mut Context<'_, '_>, id: &str) -> Result<Message, Refusal> {
    let account = cx.account()?;
    let unknown = || Refusal::NoSuchMessage(id.to_owned());
    let room = rows::find(cx.tx, id)?.and_then(|message| message.room);
    let room = rooms::lock(cx.tx, &room.ok_or_else(unknown)?)?.ok_or_else(unknown)?;
    if !access::may_see(cx.tx, cx.policy, account, &room)? {
        return Err(Refusal::NotAllowed);
    }
    rows::find(cx.tx, id)?.ok_or_else(unknown)
}

fn part<'m>(message: &'m mut Message, name: &str, empty: Value) -> &'m mut Value {
    let extra = message.extra.get_or_insert_with(|| json!({}));
    if extra.get(name).is_none() {
        extra[name] = empty;
    }
    &mut extra[name]
}

fn keep(cx: &mut Context<'_, '_>, message: &Message) -> Result<(), Refusal> {
    rows::keep_extra(cx.tx, cx.now, message)?;
    Ok(())
}

/// Unread again, from a message on; without one, from the last one that someone else wrote.
pub fn mark_unread(
    cx: &mut Context<'_, '_>,
    room: Option<&str>,
    first: Option<&str>,
) -> Result<(), Refusal> {
    let account = cx.account()?;
    let first = match (first, room) {
        (Some(id), _) => rows::find(cx.tx, id)?,
        (None, Some(room)) => {
            let page = Page {
                offset: 0,
                limit: 50,
            };
            let latest = Timestamp::from_millis(i64::MAX);
            let recent = rows::history(cx.tx, room, latest, &[], page)?;
            recent
                .into_iter()
                .find(|message| message.author.id != account.id)
        }
        (None, None) => None,
    };
    let first = first.ok_or(Refusal::NothingToUnread)?;
    let room = first.room.clone().ok_or(Refusal::NothingToUnread)?;
    let subscription =
        subscriptions::find(cx.tx, &room, &account.id)?.ok_or(Refusal::NotSubscribed)?;
    if first.author.id == account.id {
        return Err(Refusal::OwnMessage);
    }
    let before = first.at.plus_millis(-1);
    let latest = Timestamp::from_millis(i64::MAX);
    let unread = rows::count_between(cx.tx, &room, before, latest)?;
    let unread = unread.max(subscription.unread);
    subscriptions::unread_from(cx.tx, cx.now, &room, &account.id, unread, before)?;
    Ok(subscriptions::record(cx, account, &room)?)
}
