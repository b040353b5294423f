//! Canned responses, as they are said in a chat.

use hark_chat::canned_responses;
use hark_model::Refusal;

use super::Nothing;
use super::answers::FilledResponse;
use crate::answer::Failure;
use crate::call::Call;
use crate::handler::Done;
use crate::limits::OF_A_DESK;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark POST "conversations/{rid}/canned-responses/{id}:fill", Access::AllOf(&["view-l-room", "view-canned-responses"]), "A canned response with what is known of the chat in its places; counts that it was used", fill)
        .per_minute(OF_A_DESK),
];

async fn fill(call: Call, _: Nothing) -> Result<Done<FilledResponse>, Failure> {
    let filled = call.command(|call, cx| canned_responses::fill(cx, call.path(0), call.path(1)));
    let filled = filled.await.map_err(|refusal| match refusal {
        Refusal::InvalidRoom => Failure::NotFound("There is no such conversation".into()),
        Refusal::NoSuchCanned => Failure::NotFound("There is no such canned response".into()),
        other => other.into(),
    })?;
    Ok(Done(FilledResponse::of(&filled)))
}
