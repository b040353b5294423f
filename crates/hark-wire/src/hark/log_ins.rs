//! Where the caller is logged in.

use hark_staff::sessions;

use super::answers::{LogIn, LogIns};
use super::{Nothing, POLLED};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::handler::Done;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "sessions", Access::User, "Where the caller is logged in, the latest first; tokens for programs are no part of it", list)
        .per_minute(POLLED),
    &route!(Hark DELETE "sessions/{id}", Access::User, "Log out in one of these places", end)
        .per_minute(60),
];

async fn list(call: Call, _: Nothing) -> Result<Done<LogIns>, Failure> {
    let own = call.session()?.hash.clone();
    let found = call.query(|call, view| {
        let account = call.account()?;
        Ok(sessions::log_ins(view, call.now, &account.id)?)
    });
    let items = found
        .await?
        .iter()
        .map(|one| LogIn::of(one, &own))
        .collect();
    Ok(Done(LogIns { items }))
}

async fn end(call: Call, _: Nothing) -> Answer {
    let ended = call.command(|call, cx| sessions::end_own(cx, call.path(0)));
    if !ended.await? {
        return Err(Failure::NotFound("There is no such session".into()));
    }
    call.wire.log_in_ended();
    Ok(Reply::Nothing)
}
