//! Direct rooms of people who work here.

use hark_chat::accounts;
use hark_chat::rooms::{self, Kind, Room};
use hark_chat::{Policy, Refusal, messages};
use hark_store::{Timestamp, View};
use serde_json::{Value, json};

use super::chat::{asking, shown};
use super::chat_documents;
use super::chat_methods::not_loaded;
use super::team_rooms::{MOST_ROOMS, with_last};
use super::visitor_rooms::hidden_kinds;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::paging;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "im.create", Access::Permission("create-d"), "The room of some people", create).takes(CREATE),
    &route!(GET "im.list", Access::User, "The caller's direct rooms", list).takes(paging::LIST),
    &route!(GET "im.history", Access::User, "What was said in a direct room between two moments", history)
        .takes(HISTORY),
    &route!(GET "im.messages", Access::User, "What was said in a direct room", said).takes(MESSAGES),
];

const CREATE: Shape = Shape::Either(&[
    Shape::Object(&[
        Field::required("username", Shape::NonEmpty),
        Field::optional("excludeSelf", Shape::Flag),
    ]),
    Shape::Object(&[
        Field::required("usernames", Shape::NonEmpty),
        Field::optional("excludeSelf", Shape::Flag),
    ]),
]);
const HISTORY: Shape = Shape::Object(&[
    Field::required("roomId", Shape::NonEmpty),
    Field::optional("latest", Shape::Text),
    Field::optional("oldest", Shape::Text),
    Field::optional("inclusive", Shape::Flag),
    Field::optional("unreads", Shape::Flag),
    Field::optional("showThreadMessages", Shape::Text),
    paging::COUNT,
    paging::OFFSET,
    paging::SORT,
]);
const MESSAGES: Shape = Shape::Object(&[
    Field::optional("roomId", Shape::NonEmpty),
    Field::optional("username", Shape::NonEmpty),
    paging::COUNT,
    paging::OFFSET,
    paging::SORT,
    paging::FIELDS,
    paging::QUERY,
]);

async fn create(call: Call) -> Answer {
    let names = call.text("username").or_else(|| call.text("usernames"));
    let names: Vec<String> = names
        .unwrap_or_default()
        .split(',')
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .take(rooms::MOST_PEOPLE + 1)
        .collect();
    let without_caller = call.flag("excludeSelf") == Some(true);
    let (now, _, account) = asking(&call)?;
    let room = call
        .write(move |tx| {
            let mut people = Vec::new();
            if !without_caller {
                people.push(account.clone());
            }
            for name in &names {
                let person = accounts::find_by_username(tx, name)?;
                people.push(person.ok_or(Refusal::NoSuchAccount)?);
            }
            match people.is_empty() {
                true => Err(Refusal::NoSuchAccount),
                false => rooms::direct(tx, now, &people),
            }
        })
        .await?;
    let mut document = chat_documents::room(&room);
    document["rid"] = json!(room.id);
    Reply::object(json!({"room": document}))
}

async fn list(call: Call) -> Answer {
    let (_, policy, account) = asking(&call)?;
    let found = call
        .look(move |view| {
            let rooms = rooms::of_account(view, &account.id, None, MOST_ROOMS)?;
            let direct = rooms.iter().filter(|room| room.kind == Kind::Direct);
            let documents: Result<Vec<Value>, _> =
                direct.map(|room| with_last(view, &policy, room)).collect();
            Ok(documents?)
        })
        .await?;
    paging::small_list(&call, "ims", found)
}

/// A direct room that the caller is in.
fn own(
    view: &mut View<'_>,
    account: &accounts::Account,
    policy: &Policy,
    rid: &str,
) -> Result<Option<Room>, Refusal> {
    let found = rooms::find(view, rid)?.filter(|room| room.kind == Kind::Direct);
    match found {
        Some(room) if !rooms::may_see(view, policy, account, &room)? => Err(Refusal::NotAllowed),
        found => Ok(found),
    }
}

fn unknown() -> Failure {
    Failure::coded(
        "The required \"roomId\" or \"username\" param provided does not match any direct message",
        "error-room-not-found",
    )
}

async fn history(call: Call) -> Answer {
    let rid = call.text("roomId").unwrap_or_default().to_owned();
    let moment = |name: &str| call.text(name).filter(|text| !text.is_empty());
    let moment = |name: &'static str| match moment(name).map(Timestamp::parse) {
        Some(None) => Err(Failure::coded(
            format!("The \"{name}\" query parameter must be a valid date."),
            "invalid-params",
        )),
        given => Ok(given.flatten()),
    };
    let (latest, oldest) = (moment("latest")?, moment("oldest")?);
    let inclusive = call.flag("inclusive") == Some(true);
    let unreads = call.flag("unreads") == Some(true);
    let page = paging::page(&call);
    let hidden = hidden_kinds(&call.policy);
    let (_, policy, account) = asking(&call)?;
    let told = call
        .look(move |view| {
            let Some(room) = own(view, &account, &policy, &rid)? else {
                return Ok(None);
            };
            // Without a latest moment everything up to now is meant, its own millisecond too.
            let before = latest.map(|at| at.plus_millis(i64::from(inclusive)));
            let mut found = messages::history(view, &room.id, before, &hidden, page)?;
            if let Some(oldest) = oldest {
                found.retain(|one| one.at > oldest || inclusive && one.at == oldest);
            }
            let mut told = json!({});
            if unreads {
                let earliest = found.last().map(|one| one.at);
                let (first, unread) = not_loaded(view, &room.id, oldest, earliest, &hidden)?;
                told["unreadNotLoaded"] = json!(unread);
                if let Some(first) = first {
                    told["firstUnread"] = shown(&first, &room);
                }
            }
            told["messages"] = found.iter().map(|one| shown(one, &room)).collect();
            Ok(Some(told))
        })
        .await?;
    Reply::object(told.ok_or_else(unknown)?)
}

async fn said(call: Call) -> Answer {
    let (rid, username) = (call.text("roomId"), call.text("username"));
    if rid.is_none() && username.is_none() {
        return Err(Failure::coded(
            "Query param \"roomId\" or \"username\" is required",
            "error-room-param-not-provided",
        ));
    }
    let (rid, username) = (rid.map(str::to_owned), username.map(str::to_owned));
    paging::sort(&call)?;
    let page = paging::page(&call);
    let hidden = hidden_kinds(&call.policy);
    let (_, policy, account) = asking(&call)?;
    let told = call
        .look(move |view| {
            let room = match (&rid, &username) {
                (Some(rid), _) => own(view, &account, &policy, rid)?,
                (None, Some(username)) => with(view, &account, username)?,
                (None, None) => None,
            };
            let Some(room) = room else {
                return Ok(None);
            };
            let found = messages::history(view, &room.id, None, &hidden, page)?;
            let all = Timestamp::from_millis(i64::MIN);
            let ever = Timestamp::from_millis(i64::MAX);
            let total = messages::count_between(view, &room.id, all, ever)?;
            let found: Vec<Value> = found.iter().map(|one| shown(one, &room)).collect();
            Ok(Some((found, total)))
        })
        .await?;
    let (found, total) = told.ok_or_else(unknown)?;
    Reply::object(json!({
        "count": found.len(),
        "messages": found,
        "offset": page.offset,
        "total": total,
    }))
}

/// The room of the caller and one other.
fn with(
    view: &mut View<'_>,
    account: &accounts::Account,
    username: &str,
) -> Result<Option<Room>, Refusal> {
    let Some(other) = accounts::find_by_username(view, username)? else {
        return Ok(None);
    };
    rooms::direct_of(view, &[account.clone(), other])
}
