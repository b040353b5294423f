//! Video calls of a chat, and how they go.

use serde_json::json;

use super::visitors::in_brackets;
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::params::params;
use crate::route::{Access, Route, route};

const AGENT: Access = Access::Permission("view-l-room");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/webrtc.call", AGENT, "Call the visitor of a chat", ring),
    &route!(PUT "livechat/webrtc.call/{callId}", AGENT, "Say how a call goes", set_status),
    &route!(POST "livechat/visitor.callStatus", Access::Visitor, "The visitor says how a call goes", set_status_as_visitor),
];

params! {
    struct Ring {
        rid: String,
    }

    struct Status {
        rid: String,
        /// What becomes of the call.
        status: String,
    }

    struct VisitorsStatus: MeteorMatch {
        token: String,
        /// What becomes of the call.
        call_status as "callStatus": String,
        rid: String,
        /// The id of the message that tells of the call.
        call_id as "callId": String,
    }
}

async fn ring(call: Call, ring: Ring) -> Answer {
    let rid = ring.rid.clone();
    let room = call.command(move |_, cx| hark_chat::call(cx, &rid)).await?;
    let status = room.call_status;
    Reply::object(json!({
        "videoCall": {"rid": ring.rid, "provider": "webrtc", "callStatus": status},
    }))
}

async fn set_status(call: Call, wanted: Status) -> Answer {
    let status = wanted.status.clone();
    call.command(move |call, cx| {
        hark_chat::set_call_status(cx, &wanted.rid, call.path(0), &wanted.status)
    })
    .await?;
    Reply::object(json!({"status": status}))
}

async fn set_status_as_visitor(call: Call, wanted: VisitorsStatus) -> Answer {
    let (token, status) = (wanted.token.clone(), wanted.call_status.clone());
    let set = call.command(move |_, cx| {
        let VisitorsStatus {
            token,
            call_status,
            rid,
            call_id,
        } = &wanted;
        hark_chat::set_call_status_as_visitor(cx, token, rid, call_id, call_status)
    });
    set.await.map_err(in_brackets)?;
    Reply::object(json!({"token": token, "callStatus": status}))
}
