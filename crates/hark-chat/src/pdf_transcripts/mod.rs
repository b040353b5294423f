//! Transcripts of closed chats as documents: who wants one, and what became of it. A job writes them; the
//! document belongs to the chat, and the person who asked for it gets a message with a link to it.

mod rows;

pub use self::rows::next_due;
pub(crate) use self::rows::{ALL, WRITES};
use hark_store::{Result, Timestamp, Tx, record};
use serde_json::json;

use crate::messages::Draft;
use crate::uploads::{self, Upload, links};
use crate::{access, team};
use hark_model::events::{Event, InRoom, record_in_room};
use hark_model::rooms::{self, Room};
use hark_model::{Context, Refusal};

/// Those that wait to be written.
pub const MOST_WAITING: i64 = 1_000;
/// Until somebody else may write one that was begun.
const HOLD_SECONDS: i64 = 600;
/// Seconds between tries.
const PAUSES: [i64; 3] = [5, 30, 120];

pub const PERMISSION: &str = "request-pdf-transcript";

record! {
    /// One that is wanted.
    #[derive(Debug, Clone)]
    pub struct Wanted from "pdf_transcript" {
        pub room: String = "pdf_transcript.room_id",
        /// Who asked.
        pub account: String = "pdf_transcript.account_id",
        /// The event with which it ends.
        pub up_to_seq: i64,
        /// How often it was claimed.
        pub attempts: i64,
    }
}

/// A colleague wants the transcript of a chat that is over. Asked for again before it is there, it is the same one.
pub fn request(cx: &mut Context<'_, '_>, room: &str) -> Result<(), Refusal> {
    let account = cx.account()?;
    let mut room = rooms::lock_live(cx.tx, room)?;
    if !access::may_see(cx.tx, cx.policy, account, &room)? {
        return Err(Refusal::NoSuchRoom);
    }
    if room.open {
        return Err(Refusal::RoomStillOpen);
    }
    if room.pdf_wanted {
        return Ok(());
    }
    want(cx, &mut room)
}

/// Somebody who may closes a chat and wants it with that. A chat ends whether or not there is a document.
pub fn request_at_close(cx: &mut Context<'_, '_>, room: &mut Room) -> Result<()> {
    if !cx.may(PERMISSION) || room.pdf_wanted {
        return Ok(());
    }
    match want(cx, room) {
        Ok(()) => Ok(()),
        Err(Refusal::Store(error)) => Err(error),
        Err(refusal) => {
            tracing::warn!(room = room.id, "a transcript is not written: {refusal}");
            Ok(())
        }
    }
}

/// The room is locked.
fn want(cx: &mut Context<'_, '_>, room: &mut Room) -> Result<(), Refusal> {
    if rows::has_waiting(cx.tx, MOST_WAITING)? {
        return Err(Refusal::TooMany {
            what: "transcripts that wait to be written",
            most: MOST_WAITING as usize,
        });
    }
    let account = cx.account()?.id.clone();
    let seq = record(cx, room, Event::TranscriptPdfRequested)?;
    rows::add(cx.tx, cx.now, &room.id, &account, seq)?;
    room.pdf_wanted = true;
    rooms::note_pdf(cx.tx, cx.now, room)?;
    Ok(())
}

fn record(cx: &mut Context<'_, '_>, room: &Room, event: fn(InRoom) -> Event) -> Result<i64> {
    record_in_room(cx.tx, cx.now, room, cx.who.actor(), event, ())
}

/// One whose time has come; it is the caller's for a while.
pub fn claim(tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<Wanted>> {
    rows::claim(tx, now, now.plus_seconds(HOLD_SECONDS))
}

/// It is written, and its bytes are kept. Answers whether anybody still wanted it; else it is discarded.
pub fn written(
    cx: &mut Context<'_, '_>,
    wanted: &Wanted,
    upload: &Upload,
    site: &str,
) -> Result<bool, Refusal> {
    let room = rooms::lock(cx.tx, &wanted.room)?;
    let is_wanted = rows::remove(cx.tx, wanted)? > 0;
    let Some(mut room) = room.filter(|_| is_wanted) else {
        uploads::discard(cx, &upload.id)?;
        return Ok(false);
    };
    uploads::attach(cx, upload)?;
    if let Some(before) = room.pdf_file.replace(upload.id.clone()) {
        uploads::discard(cx, &before)?;
    }
    room.pdf_wanted = false;
    rooms::note_pdf(cx.tx, cx.now, &room)?;
    record(cx, &room, Event::TranscriptPdfWritten)?;
    let path = links::path(upload);
    let text = format!(
        "The transcript of your conversation with {} is ready: {site}{path}",
        room.name
    );
    let attachment = json!({
        "title": upload.name, "type": "file", "format": "pdf", "title_link": path,
        "title_link_download": true, "size": upload.size,
    });
    let draft = Draft {
        text,
        extra: Some(json!({"attachments": [attachment]})),
        ..Draft::default()
    };
    team::tell(cx, &wanted.account, &draft)?;
    Ok(true)
}

/// It could not be written. Answers when it is tried again; nothing when it is given up, which is said.
pub fn failed(cx: &mut Context<'_, '_>, wanted: &Wanted) -> Result<Option<Timestamp>, Refusal> {
    let index = usize::try_from(wanted.attempts - 1).unwrap_or_default();
    if let Some(pause) = PAUSES.get(index) {
        let next = cx.now.plus_seconds(*pause);
        rows::set_next(cx.tx, wanted, next)?;
        return Ok(Some(next));
    }
    let room = rooms::lock(cx.tx, &wanted.room)?;
    let is_wanted = rows::remove(cx.tx, wanted)? > 0;
    if let Some(mut room) = room.filter(|_| is_wanted) {
        room.pdf_wanted = false;
        rooms::note_pdf(cx.tx, cx.now, &room)?;
        record(cx, &room, Event::TranscriptPdfFailed)?;
        let draft = Draft {
            text: format!(
                "The transcript of your conversation with {} could not be written. You may ask for it again.",
                room.name
            ),
            ..Draft::default()
        };
        team::tell(cx, &wanted.account, &draft)?;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::PAUSES;

    #[test]
    fn a_document_is_tried_a_few_times_within_minutes() {
        assert!(PAUSES.is_sorted());
        assert!(PAUSES.iter().sum::<i64>() < 300);
    }
}
