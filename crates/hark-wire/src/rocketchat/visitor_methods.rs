//! The methods of older widgets, which anyone may call who shows a visitor's token.

use hark_model::visitors;
use serde_json::{Value, json};

use super::chat_documents;
use super::chat_methods::{Since, Stretch};
use super::documents::only;
use super::methods::{Method, Outcome, count, leaving, match_failed, method};
use super::visitor_rooms::{HISTORY, own_room};
use super::visitors as visitor_routes;
use super::visitors::{REGISTER, Registering, registration};
use crate::answer::Failure;
use crate::call::Call;
use crate::params::{Lenient, Parameter, params};
use crate::route::Access;

pub(crate) static METHODS: &[Method] = &[
    method!("livechat:registerGuest", Access::Visitor, register),
    method!("livechat:loadHistory", Access::Visitor, load_history),
    method!("livechat:loginByToken", Access::Visitor, visitor_of),
];

params! {
    struct Wanted: OpenObject {
        token: String,
        rid: String,
        end: Since,
        limit: Lenient<f64>,
        last_seen as "ls": Since,
    }
}

/// `livechat:registerGuest({token, name, email, department, customFields})`. It counts as a registration
/// over REST.
async fn register(call: &Call, (given,): (Value,)) -> Outcome {
    if Registering::SHAPE.matches(&given).is_err() {
        return Err(match_failed());
    }
    let guest = Registering::read(&given).ok_or_else(match_failed)?;
    let token = given["token"].as_str();
    count(call, &REGISTER, token)?;
    let bytes = given.to_string().len();
    let registered = visitor_routes::registered(call, registration(call, guest));
    let visitor = leaving(call, &REGISTER, token, bytes, registered).await?;
    let shown = [
        "_id",
        "token",
        "name",
        "username",
        "visitorEmails",
        "department",
    ];
    let document = only(&chat_documents::visitor(&visitor), &shown);
    Ok(json!({"userId": visitor.id, "visitor": document}))
}

/// `livechat:loadHistory({token, rid, end, limit, ls})`: newest first.
async fn load_history(call: &Call, (wanted,): (Wanted,)) -> Outcome {
    count(call, &HISTORY, Some(&wanted.token))?;
    let stretch = Stretch::asked(&wanted.end, &wanted.limit, &wanted.last_seen);
    let found = call.query(move |call, view| {
        let room = own_room(view, &wanted.token, &wanted.rid)?;
        Ok(stretch.of(view, &room, &call.policy)?)
    });
    found.await.map_err(|refusal| match Failure::from(refusal) {
        Failure::Plain(code) if code == "invalid-token" => {
            Failure::coded("Invalid visitor [error-invalid-visitor]")
        }
        Failure::Plain(code) if code == "invalid-room" => {
            Failure::coded("Invalid room [error-invalid-room]")
        }
        other => other,
    })
}

/// `livechat:loginByToken(token)`: the visitor's id, if there is one.
async fn visitor_of(call: &Call, (token,): (String,)) -> Outcome {
    let visitor = call.query(move |_, view| Ok(visitors::find_by_token(view, &token)?));
    let visitor = visitor.await?;
    Ok(visitor.map_or(Value::Null, |visitor| json!({"_id": visitor.id})))
}
