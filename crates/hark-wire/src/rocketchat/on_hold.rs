//! Chats that are put on hold, and go on.

use super::agent_rooms::to_agents;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::params::params;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "livechat/room.onHold", Access::Permission("on-hold-livechat-room"), "Put a chat on hold", hold).per_minute(OF_A_DESK),
    &route!(POST "livechat/room.resumeOnHold", Access::Permission("view-l-room"), "Let a chat that is on hold go on", resume)
        .per_minute(OF_A_DESK),
];

params! {
    struct OfRoom {
        room_id as "roomId": String,
    }
}

async fn hold(call: Call, of: OfRoom) -> Answer {
    call.command(move |_, cx| hark_chat::put_on_hold(cx, &of.room_id))
        .await
        .map_err(to_agents)?;
    Reply::done()
}

async fn resume(call: Call, of: OfRoom) -> Answer {
    if of.room_id.trim().is_empty() {
        return Err(Failure::plain("invalid-param"));
    }
    call.command(move |_, cx| hark_chat::resume(cx, &of.room_id))
        .await
        .map_err(to_agents)?;
    Reply::done()
}
