//! How many chats an agent has, and may have.

use hark_chat::routing;

use super::answers::Capacity;
use super::{Nothing, POLLED};
use crate::answer::Failure;
use crate::call::Call;
use crate::handler::Done;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "capacity", Access::Permission("view-l-room"), "How many chats the caller has, and how many they may have at once; a department may say less of its own", capacity)
        .per_minute(POLLED),
];

async fn capacity(call: Call, _: Nothing) -> Result<Done<Capacity>, Failure> {
    let capacity = call.query(|call, view| {
        let account = call.account()?;
        Ok(routing::capacity(view, &call.policy, &account.id)?)
    });
    Ok(Done(Capacity::of(&capacity.await?)))
}
