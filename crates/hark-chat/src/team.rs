//! Rooms of those who work here: the channel that all are in, groups, and direct messages.

use hark_store::{Result, View};

use crate::messages::{self, Draft, System};
use crate::{removal, subscriptions};
use hark_model::accounts::{self, Account, SortKey};
use hark_model::events::Event;
use hark_model::rooms::{self, Kind, Room};
use hark_model::{Context, Page, Refusal, Who};

/// The channel that every account is in.
pub const GENERAL: &str = "GENERAL";
const GENERAL_NAME: &str = "general";
/// In one direct room.
pub const MOST_PEOPLE: usize = 20;
/// Into a group, as it is made.
const MOST_INVITED: usize = 500;
const LONGEST_NAME: usize = 100;
/// Letters of what was not sent.
const LONGEST_QUOTE: usize = 80;

/// Makes the channel, unless there is one, for all who are here already.
pub fn make_general(cx: &mut Context<'_, '_>) -> Result<()> {
    let room = Room::blank(GENERAL.to_owned(), Kind::Channel, GENERAL_NAME, cx.now);
    if !rooms::insert(cx.tx, &room)? {
        return Ok(());
    }
    let (everyone, _) = accounts::list(cx.tx, SortKey::Username, false, Page::ALL)?;
    for account in everyone {
        join_general(cx, &account.id)?;
    }
    Ok(())
}

pub fn join_general(cx: &mut Context<'_, '_>, account: &str) -> Result<()> {
    if subscriptions::join(cx, GENERAL, account)? {
        rooms::count_people(cx.tx, GENERAL, 1)?;
    }
    Ok(())
}

/// Makes a group, which only those see who are in it: who makes it, unless they stay out, and the
/// accounts of these names. Names that nobody has are passed over.
pub fn found_group(
    cx: &mut Context<'_, '_>,
    name: &str,
    usernames: &[String],
    without_founder: bool,
) -> Result<Room, Refusal> {
    let founder = cx.account()?.clone();
    if !is_group_name(name) {
        return Err(Refusal::GroupName(
            name.chars().take(LONGEST_NAME).collect(),
        ));
    }
    if usernames.len() > MOST_INVITED {
        return Err(Refusal::TooMany {
            what: "people invited at once",
            most: MOST_INVITED,
        });
    }
    let mut members: Vec<String> = Vec::new();
    if !without_founder {
        members.push(founder.id.clone());
    }
    for username in usernames {
        if let Some(account) = accounts::find_by_username(cx.tx, username)?
            && !members.contains(&account.id)
        {
            members.push(account.id);
        }
    }
    let id = cx.tx.ids().id17_at(cx.now);
    let mut room = Room::blank(id, Kind::Group, name, cx.now);
    room.owner = Some(founder.id);
    room.people_count = members.len() as i64;
    if !rooms::insert(cx.tx, &room)? {
        return Err(Refusal::GroupTaken(name.to_owned()));
    }
    for member in members {
        subscriptions::join(cx, &room.id, &member)?;
    }
    Ok(room)
}

/// Removes a group with what was said there, by who has made it, or by anyone in it who may.
pub fn remove_group(cx: &mut Context<'_, '_>, named: &str) -> Result<(), Refusal> {
    let account = cx.account()?;
    let found = rooms::find_by_id_or_name(cx.tx, named)?.ok_or(Refusal::NoSuchRoom)?;
    let room = rooms::lock(cx.tx, &found.id)?.ok_or(Refusal::NoSuchRoom)?;
    let owns = room.owner.as_deref() == Some(account.id.as_str());
    let sees = owns || subscriptions::find(cx.tx, &room.id, &account.id)?.is_some();
    if room.kind != Kind::Group || !sees {
        return Err(Refusal::NoSuchRoom);
    }
    if !owns && !cx.may("delete-p") {
        return Err(Refusal::NotAllowed);
    }
    removal::remove(cx, &room)
}

fn is_group_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(fits)
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
    match rooms::direct(view, &company)? {
        Some(id) => Ok(rooms::find(view, &id)?),
        None => Ok(None),
    }
}

/// The room of some people, made when there is none.
pub fn direct(cx: &mut Context<'_, '_>, people: &[Account]) -> Result<Room, Refusal> {
    if let Some(room) = direct_of(cx.tx, people)? {
        return Ok(room);
    }
    let (people, company) = company(people)?;
    let names: Vec<&str> = people
        .iter()
        .map(|account| account.username.as_str())
        .collect();
    let id = cx.tx.ids().id17_at(cx.now);
    let mut room = Room::blank(id, Kind::Direct, &names.join(","), cx.now);
    room.people = Some(company.clone());
    room.people_count = people.len() as i64;
    if !rooms::insert(cx.tx, &room)? {
        let id = rooms::direct(cx.tx, &company)?.ok_or(Refusal::NoSuchRoom)?;
        return rooms::find(cx.tx, &id)?.ok_or(Refusal::NoSuchRoom);
    }
    for account in people {
        subscriptions::join(cx, &room.id, &account.id)?;
    }
    Ok(room)
}

/// The id of the room that someone means by `#channel`, `@person`, a room's id or a name alone. To
/// speak to a person makes a room for the two.
pub fn addressed(cx: &mut Context<'_, '_>, address: &str) -> Result<String, Refusal> {
    let account = cx.account()?;
    if let Some(name) = address.strip_prefix('#') {
        let room = rooms::find_by_id_or_name(cx.tx, name)?;
        return room.map(|room| room.id).ok_or(Refusal::NoSuchChannel);
    }
    let name = match address.strip_prefix('@') {
        Some(name) => name,
        None => match rooms::find_by_id_or_name(cx.tx, address)? {
            Some(room) => return Ok(room.id),
            None => address,
        },
    };
    let other = match accounts::find_by_username(cx.tx, name)? {
        None => accounts::find(cx.tx, name)?,
        found => found,
    };
    let other = other.ok_or(Refusal::NoSuchChannel)?;
    if !cx.may("create-d") {
        return Err(Refusal::NotAllowed);
    }
    Ok(direct(cx, &[account.clone(), other])?.id)
}

/// Hark tells somebody something, in a room of their own: it has no account that could be in it with them.
/// Accounts that were removed are left out.
pub(crate) fn tell(cx: &mut Context<'_, '_>, account: &str, draft: &Draft) -> Result<(), Refusal> {
    let Some(account) = accounts::find(cx.tx, account)? else {
        return Ok(());
    };
    let room = direct(cx, &[account])?;
    messages::tell(&mut cx.by(&Who::System), &room.id, draft)?;
    Ok(())
}

/// Tells an agent that something of theirs was not sent, with the beginning of what it said.
pub(crate) fn tell_unsent(
    cx: &mut Context<'_, '_>,
    account: &str,
    what: &str,
    words: &str,
    why: &str,
) -> Result<(), Refusal> {
    let quoted: String = words.chars().take(LONGEST_QUOTE).collect();
    let draft = Draft {
        text: format!("Your {what} was not sent: {why}\n> {quoted}"),
        ..Draft::default()
    };
    tell(cx, account, &draft)
}

/// Someone goes out of a channel. A live chat is closed instead, and a direct room stays.
pub fn leave(cx: &mut Context<'_, '_>, room: &str) -> Result<(), Refusal> {
    let account = cx.account()?;
    let mut room = rooms::lock(cx.tx, room)?.ok_or(Refusal::NoSuchRoom)?;
    match room.kind {
        Kind::Live => return Err(Refusal::LiveChatIsClosed),
        Kind::Channel if cx.may("leave-c") => {}
        Kind::Group if cx.may("leave-p") => {}
        Kind::Channel | Kind::Group | Kind::Direct => return Err(Refusal::NotAllowed),
    }
    if subscriptions::remove(cx.tx, &room.id, &account.id)? == 0 {
        return Err(Refusal::NotInRoom);
    }
    rooms::count_people(cx.tx, &room.id, -1)?;
    room.people_count -= 1;
    messages::record_person(cx, &mut room, account, Event::RoomLeft, System::Left)?;
    Ok(())
}
