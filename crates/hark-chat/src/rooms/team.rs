//! Rooms of those who work here: the channel that all are in, and direct messages.

use hark_store::{Error, Timestamp, Tx, View};
use serde_json::json;

use super::story;
use super::{Kind, Room, rows};
use crate::accounts::{self, Account, Page, SortKey};
use crate::messages::{self, Author, Notice, System};
use crate::{Policy, Refusal, subscriptions};

/// The channel that every account is in.
pub const GENERAL: &str = "GENERAL";
const GENERAL_NAME: &str = "general";
/// In one direct room.
pub const MOST_PEOPLE: usize = 20;

/// Makes the channel, unless there is one, for all who are here already.
pub fn found_general(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), Error> {
    let room = Room::blank(GENERAL.to_owned(), Kind::Channel, GENERAL_NAME, now);
    if rows::insert(tx, &room)? == 0 {
        return Ok(());
    }
    let (everyone, _) = accounts::list(tx, SortKey::Username, false, Page::ALL)?;
    for account in everyone {
        join_general(tx, now, &account.id)?;
    }
    Ok(())
}

pub fn join_general(tx: &mut Tx<'_>, now: Timestamp, account: &str) -> Result<(), Error> {
    if subscriptions::join(tx, now, GENERAL, account)? {
        rows::count_people(tx, GENERAL, 1)?;
    }
    Ok(())
}

/// The people of a room in the order in which it knows them, each once, and its key.
fn company(people: &[Account]) -> Result<(Vec<&Account>, String), Refusal> {
    let mut people: Vec<&Account> = people.iter().collect();
    people.sort_by(|one, other| one.id.cmp(&other.id));
    people.dedup_by(|one, other| one.id == other.id);
    if people.len() > MOST_PEOPLE {
        return Err(Refusal::TooMany {
            what: "people in one direct room",
            most: MOST_PEOPLE,
        });
    }
    let ids: Vec<&str> = people.iter().map(|account| account.id.as_str()).collect();
    let key = ids.join(",");
    Ok((people, key))
}

/// The room of some people, if there is one.
pub fn direct_of(view: &mut View<'_>, people: &[Account]) -> Result<Option<Room>, Refusal> {
    let (_, company) = company(people)?;
    match rows::direct(view, &company)? {
        Some(id) => Ok(rows::find(view, &id)?),
        None => Ok(None),
    }
}

/// The room of some people, made when there is none.
pub fn direct(tx: &mut Tx<'_>, now: Timestamp, people: &[Account]) -> Result<Room, Refusal> {
    if let Some(room) = direct_of(tx, people)? {
        return Ok(room);
    }
    let (people, company) = company(people)?;
    let names: Vec<&str> = people
        .iter()
        .map(|account| account.username.as_str())
        .collect();
    let id = tx.ids().id17_at(now);
    let mut room = Room::blank(id, Kind::Direct, &names.join(","), now);
    room.people = Some(company.clone());
    room.people_count = people.len() as i64;
    if rows::insert(tx, &room)? == 0 {
        let id = rows::direct(tx, &company)?.ok_or(Refusal::NoSuchRoom)?;
        return rows::find(tx, &id)?.ok_or(Refusal::NoSuchRoom);
    }
    for account in people {
        subscriptions::join(tx, now, &room.id, &account.id)?;
    }
    Ok(room)
}

/// The id of the room that someone means by `#channel`, `@person`, a room's id or a name alone. To
/// speak to a person makes a room for the two.
pub fn addressed(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    account: &Account,
    address: &str,
) -> Result<String, Refusal> {
    if let Some(name) = address.strip_prefix('#') {
        let room = super::find_by_id_or_name(tx, name)?;
        return room.map(|room| room.id).ok_or(Refusal::NoSuchChannel);
    }
    let name = match address.strip_prefix('@') {
        Some(name) => name,
        None => match super::find_by_id_or_name(tx, address)? {
            Some(room) => return Ok(room.id),
            None => address,
        },
    };
    let other = match accounts::find_by_username(tx, name)? {
        None => accounts::find(tx, name)?,
        found => found,
    };
    let other = other.ok_or(Refusal::NoSuchChannel)?;
    if !policy.grants(&account.roles, "create-d") {
        return Err(Refusal::NotAllowed);
    }
    Ok(direct(tx, now, &[account.clone(), other])?.id)
}

/// Someone goes out of a channel. A live chat is closed instead, and a direct room stays.
pub fn leave(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    account: &Account,
    room: &str,
) -> Result<(), Refusal> {
    let mut room = rows::lock(tx, room)?.ok_or(Refusal::NoSuchRoom)?;
    match room.kind {
        Kind::Live => return Err(Refusal::LiveChatIsClosed),
        Kind::Channel if policy.grants(&account.roles, "leave-c") => {}
        Kind::Channel | Kind::Direct => return Err(Refusal::NotAllowed),
    }
    if subscriptions::rows::remove(tx, &room.id, &account.id)? == 0 {
        return Err(Refusal::NotInRoom);
    }
    rows::count_people(tx, &room.id, -1)?;
    room.people_count -= 1;
    let more = json!({"person": {"id": account.id, "username": account.username}});
    let seq = story::tell(tx, now, "room.left", &room, &account.actor(), more)?;
    let left = Notice::new(System::Left, Author::account(account)).saying(&account.username);
    messages::notify(tx, now, &mut room, seq, vec![left])?;
    Ok(())
}
