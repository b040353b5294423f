//! How far a chat was read by its visitor. There is no event for it: it says nothing of the chat, and
//! comes again and again.

mod rows;

pub use self::rows::of_visitor;
pub(crate) use self::rows::{ALL, WRITES};
use hark_store::{Timestamp, record};

use crate::messages;
use hark_model::rooms::{self, Kind};
use hark_model::{Context, Refusal, visitors};

record! {
    /// The last message that the visitor of a chat had on their screen, and when.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct VisitorReading from "visitor_reading" {
        pub message: String = "visitor_reading.message_id",
        pub message_at: Timestamp,
        pub at: Timestamp,
    }
}

/// A visitor has read their chat up to a message. Answers how far they have come, and whether that is
/// further than before.
pub fn read_as_visitor(
    cx: &mut Context<'_, '_>,
    token: &str,
    room: &str,
    message: &str,
) -> Result<(VisitorReading, bool), Refusal> {
    let visitor = visitors::find_by_token(cx.tx, token)?.ok_or(Refusal::InvalidToken)?;
    let room = rooms::lock(cx.tx, room)?.filter(|room| room.kind == Kind::Live);
    let room = room.filter(|room| room.is_of(&visitor));
    let room = room.ok_or(Refusal::InvalidRoom)?;
    let message = messages::find(cx.tx, message)?;
    let is_shown =
        |message: &messages::Message| message.room.as_deref() == Some(&room.id) && !message.hidden;
    let message = message.filter(is_shown).ok_or(Refusal::InvalidMessage)?;
    let reading = VisitorReading {
        message: message.id,
        message_at: message.at,
        at: cx.now,
    };
    if rows::go_on(cx.tx, &room.id, &reading)? {
        return Ok((reading, true));
    }
    let before = of_visitor(cx.tx, &room.id)?;
    Ok((before.unwrap_or(reading), false))
}
