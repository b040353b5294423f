//! Rooms of those who work here: the channel that all are in, and direct messages.

use hark_store::{Error, Timestamp, Tx};
use serde_json::{Map, Value};

use super::{Kind, Metrics, NO_PRIORITY, NO_PROMISE, Room, rows};
use crate::accounts::Account;
use crate::{Refusal, subscriptions};

/// The channel that every account is in.
pub const GENERAL: &str = "GENERAL";
const GENERAL_NAME: &str = "general";
const MOST_PEOPLE: usize = 20;

fn draft(id: String, kind: Kind, name: &str, now: Timestamp) -> Room {
    Room {
        id,
        kind,
        name: name.to_owned(),
        topic: None,
        people: None,
        visitor: None,
        visitor_status: None,
        department: None,
        open: true,
        on_hold: false,
        served_by: None,
        response_by: None,
        waiting_response: false,
        source: Value::Null,
        tags: Vec::new(),
        custom: Map::new(),
        metrics: Metrics::default(),
        priority: None,
        priority_weight: NO_PRIORITY,
        sla: None,
        estimated_wait: NO_PROMISE,
        transcript_request: None,
        survey: None,
        crm_data: None,
        messages: 0,
        people_count: 0,
        last_message_at: now,
        last_message_id: None,
        visitor_last_message_at: None,
        visitor_silent_since: None,
        queued_at: None,
        closing: None,
        created_at: now,
        updated_at: now,
    }
}

/// Makes the channel, unless there is one.
pub fn found_general(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), Error> {
    let room = draft(GENERAL.to_owned(), Kind::Channel, GENERAL_NAME, now);
    rows::insert(tx, &room).map(drop)
}

pub fn join_general(tx: &mut Tx<'_>, now: Timestamp, account: &str) -> Result<(), Error> {
    if subscriptions::join(tx, now, GENERAL, account)? {
        rows::count_people(tx, GENERAL, 1)?;
    }
    Ok(())
}

/// The room of some people, made when there is none.
pub fn direct(tx: &mut Tx<'_>, now: Timestamp, people: &[Account]) -> Result<Room, Refusal> {
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
    let company = ids.join(",");
    if let Some(id) = rows::direct(tx, &company)? {
        return rows::find(tx, &id)?.ok_or(Refusal::NoSuchRoom);
    }
    let names: Vec<&str> = people
        .iter()
        .map(|account| account.username.as_str())
        .collect();
    let id = tx.ids().id17_at(now);
    let mut room = draft(id, Kind::Direct, &names.join(","), now);
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
