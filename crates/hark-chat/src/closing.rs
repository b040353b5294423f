//! The end of a chat.

use hark_store::{Result, Tx};
use serde_json::{Value, json};

use crate::departments::{self, Department};
use crate::messages::{self, Author, Notice, System};
use crate::{access, figures, inquiries, subscriptions, tags, transcripts};
use hark_model::accounts::Account;
use hark_model::events::{Closed, Event, Feedback, QueuePlace, record_in_room};
use hark_model::rooms::{self, Closing, Person, Room, lock_live};
use hark_model::{Context, Refusal, Who, settings, tally};

/// How a chat ends.
#[derive(Debug, Clone, Default)]
pub struct Close {
    pub comment: String,
    pub tags: Vec<String>,
    /// The address and subject of a transcript that the closer asks for.
    pub transcript: Option<(String, String)>,
}

pub fn close(cx: &mut Context<'_, '_>, room: &str, close: &Close) -> Result<Room, Refusal> {
    let mut room = lock_live(cx.tx, room)?;
    if let Some(account) = cx.who.account() {
        check_closer(cx, account, &room)?;
    }
    if !room.open {
        // What an interrupted close of old may have left behind.
        return match subscriptions::remove_all(cx.tx, &room.id)? {
            0 => Err(Refusal::RoomClosedAlready),
            _ => Ok(room),
        };
    }
    messages::check_text(cx.policy, &close.comment)?;
    let wants_comment = cx
        .policy
        .flag(settings::Livechat_request_comment_when_closing_conversation);
    if wants_comment && close.comment.trim().is_empty() {
        return Err(Refusal::CommentRequired);
    }
    let department = match &room.department {
        Some(id) => departments::find(cx.tx, id)?,
        None => None,
    };
    check_tags(cx.who, &room, close, department.as_ref())?;
    end(cx, &mut room, close, department.as_ref())?;
    Ok(room)
}

/// Ends an open chat of someone whose account was switched off, in their name. Nobody is there to be
/// asked for a comment or for tags.
pub(super) fn switched_off(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    comment: &str,
) -> Result<(), Refusal> {
    let ending = Close {
        comment: comment.to_owned(),
        ..Close::default()
    };
    let department = match &room.department {
        Some(id) => departments::find(cx.tx, id)?,
        None => None,
    };
    end(cx, room, &ending, department.as_ref())
}

/// The one who serves it or is in it may end it; others need a permission for that.
fn check_closer(cx: &mut Context<'_, '_>, account: &Account, room: &Room) -> Result<(), Refusal> {
    if !room.open
        || room.is_served_by(&account.id)
        || access::holds(cx, room, "close-others-livechat-room")?
        || subscriptions::find(cx.tx, &room.id, &account.id)?.is_some()
    {
        return Ok(());
    }
    Err(Refusal::NotAuthorized)
}

/// Whether the tags that a chat is closed with are enough.
fn check_tags(
    who: &Who,
    room: &Room,
    close: &Close,
    department: Option<&Department>,
) -> Result<(), Refusal> {
    tags::check(&close.tags)?;
    if let Some(department) = department.filter(|department| department.tag_before_closing) {
        let has_own = !close.tags.is_empty() || !room.tags.is_empty();
        let lacks = match who {
            Who::Account(_) => !has_own || department.closing_tags.is_empty(),
            Who::Visitor(_) | Who::Anonymous => department.closing_tags.is_empty(),
            // What Hark ends is not held up by a slip in a department's record.
            Who::System => false,
        };
        if lacks {
            return Err(Refusal::TagsRequired);
        }
    }
    Ok(())
}

fn end(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    close: &Close,
    department: Option<&Department>,
) -> Result<(), Refusal> {
    let author = Author::of(cx.who);
    room.metrics.abandoned = is_abandoned(cx, room);
    // The given ones, the room's own and those of its department.
    let of_department = department.map_or(&[][..], |department| &department.closing_tags);
    let given = close.tags.iter().chain(&room.tags).chain(of_department);
    let tags = tags::each_once(given);
    let before = std::mem::replace(&mut room.tags, tags);
    tags::tell(cx, room, &before)?;
    room.open = false;
    room.held_since = None;
    room.waiting_response = false;
    room.expect_nothing();
    room.unanswered_since = None;
    room.visitor_status = Some("offline".to_owned());
    room.queued_at = None;
    room.closing = Some(Closing {
        at: cx.now,
        closer: if cx.who.is_visitor() {
            "visitor"
        } else {
            "user"
        }
        .to_owned(),
        by: Person {
            id: author.id.clone(),
            username: author.username.clone(),
        },
    });
    room.metrics.chat_duration = Some(cx.now.millis_since(room.created_at).max(0));
    room.metrics.service_duration = room
        .served_by
        .as_ref()
        .map(|agent| cx.now.millis_since(agent.at).max(0));
    room.metrics.visitor_inactivity = room
        .visitor_last_message_at
        .map(|at| cx.now.millis_since(at).max(0));
    let inquiry = inquiries::of_room(cx.tx, &room.id)?;
    inquiries::remove_of_room(cx.tx, &room.id)?;
    let left = subscriptions::of_room(cx.tx, &room.id)?;
    let people = subscriptions::remove_all(cx.tx, &room.id)?;
    room.people_count -= people.cast_signed();
    rooms::save(cx.tx, cx.now, room)?;
    count(cx.tx, room, 1)?;
    figures::closed(cx.tx, room)?;
    let asked = close
        .transcript
        .clone()
        .map(|(email, subject)| transcripts::Wanted {
            email,
            subject,
            by: cx.who.account().map(Author::account),
        });
    let transcript = transcripts::wanted_at_close(cx.policy, room, asked);
    let survey = room.survey.as_ref().and_then(Value::as_object);
    let details = Closed {
        comment: close.comment.clone(),
        left: subscriptions::left(&left),
        inquiry: inquiry.map(|inquiry| QueuePlace {
            id: inquiry.id,
            department: inquiry.department,
        }),
        department_name: department.map(|department| department.name.clone()),
        feedback: survey.cloned().map(Feedback),
    };
    let by = cx.who.actor();
    let seq = record_in_room(cx.tx, cx.now, room, by, Event::ChatClosed, details)?;
    let closed = Notice::new(System::Closed, author.clone())
        .saying(&close.comment)
        .by_visitor(cx.who.is_visitor())
        .with(json!({"transcriptRequested": transcript.is_some()}));
    let mut notices = vec![closed];
    if cx.policy.flag(settings::Livechat_enable_transcript)
        && !cx.policy.flag(settings::Livechat_transcript_send_always)
    {
        let prompt = Notice::new(System::Command, author).saying("promptTranscript");
        notices.push(prompt);
    }
    messages::notify(cx, room, seq, notices)?;
    match transcript {
        Some(wanted) => Ok(transcripts::send_at_close(cx, room, seq, &wanted)?),
        None => Ok(()),
    }
}

/// Whether its visitor has owed an answer for so long that they count as gone.
fn is_abandoned(cx: &Context<'_, '_>, room: &Room) -> bool {
    let longest = cx
        .policy
        .number(settings::Livechat_visitor_inactivity_timeout);
    room.visitor_silent_since
        .is_some_and(|since| cx.now.millis_since(since) >= longest.saturating_mul(1_000))
}

/// One more closed room, or one less.
pub(super) fn count(tx: &mut Tx<'_>, room: &Room, number: i64) -> Result<()> {
    let mut scopes = vec![tally::CLOSED.to_owned()];
    if let Some(agent) = &room.served_by {
        scopes.push(tally::closed_of_agent(&agent.id));
    }
    if let Some(department) = &room.department {
        scopes.push(tally::closed_of_department(department));
    }
    tally::add(tx, &room.id, &mut scopes, number)
}
