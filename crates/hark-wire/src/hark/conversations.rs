//! Conversations, for the agents who have them.

use std::collections::BTreeMap;

use hark_chat::{access, reading, subscriptions};
use hark_model::accounts;
use hark_model::rooms::{self, Kind, Room};
use hark_model::{Page, Refusal};
use hark_store::View;

use super::answers::{AgentReading, Page as Entries, Reading, RelatedChat, Shared, VisitorReading};
use super::{Nothing, POLLED};
use crate::answer::Failure;
use crate::call::Call;
use crate::handler::Done;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    // A console asks once for each chat that is looked at.
    &route!(Hark GET "conversations/{rid}/related", Access::Permission("view-l-room"), "Other chats of its visitor, and of those who have given the same address or number, which proves nothing; the latest", related)
        .per_minute(POLLED),
    &route!(Hark GET "conversations/{rid}/reading", Access::Permission("view-l-room"), "How far its visitor has read, and those of us who are in it", reading_of)
        .per_minute(POLLED),
];

/// So many chats are shown, and so many of each address or number looked at.
const SHOWN: usize = 50;
const LOOKED_AT: i64 = 100;
/// An agent may have noted down many; the first ones are looked for.
const CONTACTS: usize = 5;

/// A chat, and what its visitor has in common with the one of the chat that is asked about.
struct Related {
    room: Room,
    same: Vec<Shared>,
}

/// The conversation that a path names, if there is one that the caller may see.
pub(super) fn named(call: &Call, view: &mut View<'_>) -> Result<Room, Refusal> {
    let room = rooms::find(view, call.path(0))?.filter(|room| room.kind == Kind::Live);
    let room = room.ok_or(Refusal::NoSuchConversation)?;
    if sees(call, view, &room)? {
        Ok(room)
    } else {
        Err(Refusal::NoSuchConversation)
    }
}

async fn related(call: Call, _: Nothing) -> Result<Done<Entries<RelatedChat>>, Failure> {
    let found = call.query(|call, view| {
        let room = named(call, view)?;
        related_to(call, view, &room)
    });
    let found = found.await?;
    Ok(Done(Entries {
        items: found
            .iter()
            .map(|one| RelatedChat::of(&one.room, &one.same))
            .collect(),
        next_cursor: None,
    }))
}

async fn reading_of(call: Call, _: Nothing) -> Result<Done<Reading>, Failure> {
    let look = call.query(|call, view| {
        let room = named(call, view)?;
        let visitor = reading::of_visitor(view, &room.id)?;
        let places = subscriptions::of_room(view, &room.id)?;
        let ids: Vec<String> = places.iter().map(|place| place.account.clone()).collect();
        let people = accounts::find_many(view, &ids)?;
        let agents = places.iter().filter_map(|place| {
            let account = people.iter().find(|account| account.id == place.account)?;
            Some(AgentReading::of(account, place))
        });
        Ok(Reading {
            visitor: visitor.as_ref().map(VisitorReading::of),
            agents: agents.collect(),
        })
    });
    Ok(Done(look.await?))
}

pub(super) fn sees(call: &Call, view: &mut View<'_>, room: &Room) -> Result<bool, Refusal> {
    Ok(access::may_see(view, &call.policy, call.account()?, room)?)
}

/// Newest first. What the caller may not see is not among them.
fn related_to(call: &Call, view: &mut View<'_>, room: &Room) -> Result<Vec<Related>, Refusal> {
    let Some(visitor) = &room.visitor else {
        return Ok(Vec::new());
    };
    let mut found: BTreeMap<_, Related> = BTreeMap::new();
    let mut add = |rooms: Vec<Room>, shared: Shared| {
        for one in rooms {
            let entry = found.entry((one.created_at, one.id.clone()));
            let entry = entry.or_insert_with(|| Related {
                room: one,
                same: Vec::new(),
            });
            if !entry.same.contains(&shared) {
                entry.same.push(shared);
            }
        }
    };
    let latest = Page {
        offset: 0,
        limit: LOOKED_AT,
    };
    add(
        rooms::of_visitor(view, &visitor.id, None, latest)?.0,
        Shared::Visitor,
    );
    for email in visitor.emails.iter().take(CONTACTS) {
        add(
            rooms::of_contact(view, "email", email, LOOKED_AT)?,
            Shared::Email,
        );
    }
    for phone in visitor.phones.iter().take(CONTACTS) {
        add(
            rooms::of_contact(view, "phone", phone, LOOKED_AT)?,
            Shared::Phone,
        );
    }
    let mut shown = Vec::new();
    for one in found.into_values().rev() {
        if shown.len() == SHOWN {
            break;
        }
        if one.room.id != room.id && sees(call, view, &one.room)? {
            shown.push(one);
        }
    }
    Ok(shown)
}
