//! Who writes in a chat just now, for those whom no socket tells: they say it of themselves, and hear it of others.

use hark_model::Refusal;
use hark_model::rooms;

use super::POLLED;
use super::answers::Typing;
use super::conversations::named;
use crate::answer::Failure;
use crate::call::Call;
use crate::handler::Done;
use crate::params::{NonEmpty, params};
use crate::rocketchat::ddp::typing;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark POST "conversations/{rid}/typing", Access::Permission("view-l-room"), "Say whether one writes in a conversation, where no socket does it, and hear who else does", as_staff)
        .leaves_nothing_more()
        .per_minute(POLLED),
    &route!(Hark POST "widget/typing", Access::Visitor, "The visitor says whether they write, where no socket does it, and hears who else does", as_visitor)
        .leaves_nothing_more()
        .per_minute(POLLED),
];

params! {
    struct Said {
        /// Whether one writes; without it one only asks.
        typing: Option<bool>,
    }

    struct SaidByVisitor {
        token: NonEmpty,
        rid: NonEmpty,
        /// Whether they write; without it they only ask.
        typing: Option<bool>,
    }
}

async fn as_staff(call: Call, said: Said) -> Result<Done<Typing>, Failure> {
    let look = call.query(named);
    let room = look.await?;
    let username = call.account()?.username.clone();
    let others = typing::without_socket(&call, room, username, said.typing).await?;
    Ok(Done(Typing { usernames: others }))
}

async fn as_visitor(call: Call, said: SaidByVisitor) -> Result<Done<Typing>, Failure> {
    let look = call.query(move |_, view| {
        let room = rooms::find(view, &said.rid)?.filter(|room| room.open);
        let visitor = room.as_ref().and_then(|room| room.visitor.as_ref());
        let username = visitor.filter(|visitor| visitor.token == said.token.0);
        let username = username.map(|visitor| visitor.username.clone());
        room.zip(username).ok_or(Refusal::InvalidRoom)
    });
    let (room, username) = look.await?;
    let others = typing::without_socket(&call, room, username, said.typing).await?;
    Ok(Done(Typing { usernames: others }))
}
