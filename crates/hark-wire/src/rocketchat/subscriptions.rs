//! Someone's places in rooms, and what he has not read there.

use hark_chat::accounts::Account;
use hark_chat::{rooms, subscriptions};
use hark_store::{Error, Timestamp, View};
use serde_json::{Value, json};

use super::chat::asking;
use super::chat_documents;
use super::team_rooms::{MOST_ROOMS, since};
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "subscriptions.get", Access::User, "The caller's places in rooms", list),
    &route!(GET "subscriptions.getOne", Access::User, "The caller's place in one room", one)
        .takes(ONE),
    &route!(POST "subscriptions.read", Access::User, "Everything in a room is read", read)
        .takes(READ),
    &route!(POST "subscriptions.unread", Access::User, "A room is unread again", unread)
        .takes(UNREAD),
];

const ONE: Shape = Shape::Object(&[Field::required("roomId", Shape::Text)]);
const READ: Shape = Shape::Either(&[
    Shape::Object(&[
        Field::required("rid", Shape::Text),
        Field::optional("readThreads", Shape::Flag),
    ]),
    Shape::Object(&[
        Field::required("roomId", Shape::Text),
        Field::optional("readThreads", Shape::Flag),
    ]),
]);
const UNREAD: Shape = Shape::Either(&[
    Shape::Object(&[Field::required("roomId", Shape::Text)]),
    Shape::Object(&[Field::required(
        "firstUnreadMessage",
        Shape::Loosely(&[Field::required("_id", Shape::Text)]),
    )]),
]);

/// The subscriptions of an account that changed after a moment.
pub(super) fn of_account(
    view: &mut View<'_>,
    account: &Account,
    after: Option<Timestamp>,
) -> Result<Vec<Value>, Error> {
    let found = subscriptions::of_account(view, &account.id, after, MOST_ROOMS)?;
    let rooms = rooms::of_account(view, &account.id, after, MOST_ROOMS)?;
    let each = found.iter().zip(&rooms);
    Ok(each
        .map(|(subscription, room)| chat_documents::subscription(subscription, room, account))
        .collect())
}

async fn list(call: Call) -> Answer {
    let after = since(
        &call,
        "The \"lastUpdate\" query parameter must be a valid date.",
        "error-roomId-param-invalid",
    )?;
    let account = call.account()?.clone();
    let update = call
        .read(move |view| of_account(view, &account, after))
        .await?;
    // Clients learn of places that are gone from the real-time API.
    Reply::object(json!({"update": update, "remove": []}))
}

async fn one(call: Call) -> Answer {
    let rid = call.text("roomId").unwrap_or_default().to_owned();
    let account = call.account()?.clone();
    let subscription = call
        .read(move |view| {
            let Some(found) = subscriptions::find(view, &rid, &account.id)? else {
                return Ok(Value::Null);
            };
            let room = rooms::find(view, &rid)?;
            Ok(room.map_or(Value::Null, |room| {
                chat_documents::subscription(&found, &room, &account)
            }))
        })
        .await?;
    Reply::object(json!({"subscription": subscription}))
}

async fn read(call: Call) -> Answer {
    let rid = call.text("rid").or_else(|| call.text("roomId"));
    let rid = rid.unwrap_or_default().to_owned();
    let (now, _, account) = asking(&call)?;
    call.write(move |tx| subscriptions::read(tx, now, &account, &rid))
        .await?;
    Reply::done()
}

async fn unread(call: Call) -> Answer {
    let room = call.text("roomId").map(str::to_owned);
    let first = call.inner("firstUnreadMessage", "_id").map(str::to_owned);
    let (now, _, account) = asking(&call)?;
    call.write(move |tx| {
        subscriptions::unread(tx, now, &account, room.as_deref(), first.as_deref())
    })
    .await?;
    Reply::done()
}
