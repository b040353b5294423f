//! Video calls of a chat. What is seen and said in one goes between the browsers; what is known here is
//! whether it rings, goes on or is over.

use serde_json::{Value, json};

use crate::access;
use crate::messages::{self, Author, Message, Notice, System};
use hark_model::events::{Edited, Event, record_in_room};
use hark_model::rooms::{self, Room, lock_live};
use hark_model::{Context, Policy, Refusal, Who, settings, visitors};

const RINGING: &str = "ringing";
const IN_PROGRESS: &str = "inProgress";
const OVER: [&str; 2] = ["ended", "declined"];
/// The choice of the setting that says who carries calls.
const BY_BROWSERS: &str = "WebRTC";

fn are_on(policy: &Policy) -> bool {
    policy.flag(settings::WebRTC_Enabled)
        && policy.text(settings::Omnichannel_call_provider) == BY_BROWSERS
}

/// An agent calls the visitor. A call that rings or goes on is the same one.
pub fn call(cx: &mut Context<'_, '_>, room: &str) -> Result<Room, Refusal> {
    let mut room = seen(cx, room)?;
    if !are_on(cx.policy) {
        return Err(Refusal::CallsAreOff);
    }
    if let Some(RINGING | IN_PROGRESS) = room.call_status.as_deref() {
        return Ok(room);
    }
    set(cx, &mut room, RINGING)?;
    let by = cx.who.actor();
    let edited = Edited::default();
    let seq = record_in_room(cx.tx, cx.now, &room, by, Event::ChatEdited, edited)?;
    let called = Notice::new(System::Called, Author::of(cx.who))
        .saying("Join my room to start the video call")
        .with(json!({"actionLinks": []}));
    messages::notify(cx, &mut room, seq, vec![called])?;
    Ok(room)
}

/// An agent says how the call of a message goes.
pub fn set_call_status(
    cx: &mut Context<'_, '_>,
    room: &str,
    call: &str,
    status: &str,
) -> Result<(), Refusal> {
    let mut room = seen(cx, room)?;
    let message = message_of(cx, &room, call)?.ok_or(Refusal::NoSuchCall)?;
    go_on(cx, &mut room, Some(message), status)
}

/// The visitor says how the call in their open chat goes.
pub fn set_call_status_as_visitor(
    cx: &mut Context<'_, '_>,
    token: &str,
    room: &str,
    call: &str,
    status: &str,
) -> Result<(), Refusal> {
    let visitor = visitors::known(cx.tx, token)?;
    let mut room = lock_live(cx.tx, room)?;
    if !room.open || !room.is_of(&visitor) {
        return Err(Refusal::InvalidRoom);
    }
    let message = message_of(cx, &room, call)?;
    go_on(
        &mut cx.by(&Who::Visitor(visitor)),
        &mut room,
        message,
        status,
    )
}

/// An open chat that the caller may see, locked.
fn seen(cx: &mut Context<'_, '_>, room: &str) -> Result<Room, Refusal> {
    let account = cx.account()?;
    let room = lock_live(cx.tx, room)?;
    if room.open && access::may_see(cx.tx, cx.policy, account, &room)? {
        Ok(room)
    } else {
        Err(Refusal::InvalidRoom)
    }
}

fn message_of(
    cx: &mut Context<'_, '_>,
    room: &Room,
    call: &str,
) -> Result<Option<Message>, Refusal> {
    let message = messages::find(cx.tx, call)?;
    Ok(message.filter(|message| {
        message.room.as_deref() == Some(&room.id) && message.system == Some(System::Called)
    }))
}

fn go_on(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    message: Option<Message>,
    status: &str,
) -> Result<(), Refusal> {
    let is_over = OVER.contains(&status);
    if !is_over && ![RINGING, IN_PROGRESS].contains(&status) {
        return Err(Refusal::InvalidData);
    }
    if room.call_status.as_deref() == Some(status) {
        return Ok(());
    }
    set(cx, room, status)?;
    if let Some(message) = message.filter(|_| is_over) {
        let end = json!({"actionLinks": [], "webRtcCallEndTs": Value::from(cx.now)});
        return messages::end_call(cx, room, message, status, end).map(drop);
    }
    let by = cx.who.actor();
    let edited = Edited::default();
    record_in_room(cx.tx, cx.now, room, by, Event::ChatEdited, edited)?;
    Ok(())
}

fn set(cx: &mut Context<'_, '_>, room: &mut Room, status: &str) -> Result<(), Refusal> {
    room.call_status = Some(status.to_owned());
    rooms::set_call_status(cx.tx, cx.now, room)?;
    Ok(())
}
