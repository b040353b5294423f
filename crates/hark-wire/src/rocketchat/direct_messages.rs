//! Direct rooms of people who work here.

use hark_chat::messages;
use hark_model::rooms::{self, Kind, Room};
use hark_model::{Refusal, accounts};
use hark_store::{Timestamp, View};
use serde_json::{Value, json};

use super::chat::may_see;
use super::chat_documents::{self, message_in};
use super::chat_methods::not_loaded;
use super::date;
use super::team_rooms::{MOST_ROOMS, with_last};
use super::visitor_rooms::hidden_kinds;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::paging;
use crate::params::{NonEmpty, either, filled, params};
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "im.create", Access::Permission("create-d"), "The room of some people", create),
    &route!(GET "im.list", Access::User, "The caller's direct rooms", list),
    &route!(GET "im.history", Access::User, "What was said in a direct room between two moments", history),
    &route!(GET "im.messages", Access::User, "What was said in a direct room", said),
];

params! {
    struct WithOne {
        username: NonEmpty,
        /// Whether the caller is left out of the room.
        exclude_self as "excludeSelf": Option<bool>,
    }

    struct WithSome {
        /// User names, with commas between.
        usernames: NonEmpty,
        /// Whether the caller is left out of the room.
        exclude_self as "excludeSelf": Option<bool>,
    }

    struct Between {
        room_id as "roomId": NonEmpty,
        latest: Option<String>,
        oldest: Option<String>,
        /// Whether the two moments themselves belong to it.
        inclusive: Option<bool>,
        /// Whether unread messages are counted.
        unreads: Option<bool>,
        _threads as "showThreadMessages": Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT,
    }

    struct Said {
        room_id as "roomId": Option<NonEmpty>,
        username: Option<NonEmpty>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }
}

either!(
    enum Create {
        WithOne(WithOne),
        WithSome(WithSome),
    }
);

async fn create(call: Call, create: Create) -> Answer {
    let (names, without_caller) = match create {
        Create::WithOne(with) => (with.username, with.exclude_self),
        Create::WithSome(with) => (with.usernames, with.exclude_self),
    };
    let names: Vec<String> = names
        .split(',')
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .take(hark_chat::MOST_PEOPLE + 1)
        .collect();
    let without_caller = without_caller.unwrap_or(false);
    let room = call
        .command(move |_, cx| {
            let mut people = Vec::new();
            if !without_caller {
                people.push(cx.account()?.clone());
            }
            for name in &names {
                let person = accounts::find_by_username(cx.tx, name)?;
                people.push(person.ok_or(Refusal::NoSuchAccount)?);
            }
            if people.is_empty() {
                return Err(Refusal::NoSuchAccount);
            }
            hark_chat::direct(cx, &people)
        })
        .await?;
    let mut document = chat_documents::room(&room);
    document["rid"] = json!(room.id);
    Reply::object(json!({"room": document}))
}

async fn list(call: Call, _: paging::List) -> Answer {
    let found = call
        .query(|call, view| {
            let rooms = rooms::of_account(view, &call.account()?.id, None, MOST_ROOMS)?;
            let direct = rooms.iter().filter(|room| room.kind == Kind::Direct);
            let documents: Result<Vec<Value>, _> = direct
                .map(|room| with_last(view, &call.policy, room))
                .collect();
            Ok(documents?)
        })
        .await?;
    paging::small_list(&call, "ims", found)
}

/// A direct room that the caller is in.
fn own(call: &Call, view: &mut View<'_>, rid: &str) -> Result<Option<Room>, Refusal> {
    let found = rooms::find(view, rid)?.filter(|room| room.kind == Kind::Direct);
    match found {
        Some(room) if !may_see(call, view, &room)? => Err(Refusal::NotAllowed),
        found => Ok(found),
    }
}

fn unknown() -> Failure {
    Failure::coded(
        "The required \"roomId\" or \"username\" param provided does not match any direct message [error-room-not-found]",
    )
}

async fn history(call: Call, wanted: Between) -> Answer {
    let moment = |name, given: Option<String>| {
        let given = filled(given).map(|text| date(name, &text, "invalid-params"));
        given.transpose()
    };
    let latest = moment("latest", wanted.latest)?;
    let oldest = moment("oldest", wanted.oldest)?;
    let inclusive = wanted.inclusive.unwrap_or(false);
    let unreads = wanted.unreads.unwrap_or(false);
    let page = paging::page(&call);
    let found = call
        .query(move |call, view| {
            let Some(room) = own(call, view, &wanted.room_id)? else {
                return Ok(None);
            };
            let hidden = hidden_kinds(&call.policy);
            // Without a latest moment everything up to now is meant, its own millisecond too.
            let before = latest.map(|at| at.plus_millis(i64::from(inclusive)));
            let mut found = messages::history(view, &room.id, before, &hidden, page)?;
            if let Some(oldest) = oldest {
                found.retain(|one| one.at > oldest || inclusive && one.at == oldest);
            }
            let mut document = json!({});
            if unreads {
                let earliest = found.last().map(|one| one.at);
                let (first, unread) = not_loaded(view, &room.id, oldest, earliest, &hidden)?;
                document["unreadNotLoaded"] = json!(unread);
                if let Some(first) = first {
                    document["firstUnread"] = message_in(&first, &room);
                }
            }
            document["messages"] = found.iter().map(|one| message_in(one, &room)).collect();
            Ok(Some(document))
        })
        .await?;
    Reply::object(found.ok_or_else(unknown)?)
}

async fn said(call: Call, said: Said) -> Answer {
    if said.room_id.is_none() && said.username.is_none() {
        return Err(Failure::coded(
            "Query param \"roomId\" or \"username\" is required [error-room-param-not-provided]",
        ));
    }
    paging::sort(&call)?;
    let page = paging::page(&call);
    let found = call
        .query(move |call, view| {
            let room = match (&said.room_id, &said.username) {
                (Some(rid), _) => own(call, view, rid)?,
                (None, Some(username)) => with(call, view, username)?,
                (None, None) => None,
            };
            let Some(room) = room else {
                return Ok(None);
            };
            let hidden = hidden_kinds(&call.policy);
            let found = messages::history(view, &room.id, None, &hidden, page)?;
            let all = Timestamp::from_millis(i64::MIN);
            let ever = Timestamp::from_millis(i64::MAX);
            let total = messages::count_between(view, &room.id, all, ever)?;
            let found: Vec<Value> = found.iter().map(|one| message_in(one, &room)).collect();
            Ok(Some((found, total)))
        })
        .await?;
    let (found, total) = found.ok_or_else(unknown)?;
    paging::listed("messages", found, page, total)
}

/// The room of the caller and one other.
fn with(call: &Call, view: &mut View<'_>, username: &str) -> Result<Option<Room>, Refusal> {
    let Some(other) = accounts::find_by_username(view, username)? else {
        return Ok(None);
    };
    hark_chat::direct_of(view, &[call.account()?.clone(), other])
}
