//! The end of a chat.

use hark_store::{Error, Timestamp, Tx};
use serde_json::{Value, json};

use super::{Closing, Person, Room, lock_live, rows, story};
use crate::accounts::Account;
use crate::departments::Department;
use crate::messages::{self, Author, Notice, System};
use crate::visitors::Visitor;
use crate::{Actor, Policy, Refusal, departments, inquiries, mail, subscriptions, tally};

/// Who ends it.
#[derive(Debug, Clone)]
pub enum Closer {
    Visitor(Visitor),
    Account(Account),
    /// The house: nobody was there any more.
    House,
}

/// How a chat ends.
#[derive(Debug, Clone)]
pub struct Close {
    pub by: Closer,
    pub comment: String,
    pub tags: Vec<String>,
    /// The address and subject of a transcript that the closer asks for.
    pub transcript: Option<(String, String)>,
}

const MOST_TAGS: usize = 100;
const LONGEST_TAG: usize = 256;

impl Closer {
    fn author(&self) -> Author {
        // A closing message bears no full name but the one that product.md wants: the closer's own.
        match self {
            Self::Visitor(visitor) => Author::visitor(visitor),
            Self::Account(account) => Author::account(account),
            Self::House => Author::house(),
        }
    }

    fn actor(&self) -> Actor {
        match self {
            Self::Visitor(visitor) => Actor::visitor(visitor),
            Self::Account(account) => account.actor(),
            Self::House => Actor::System,
        }
    }

    const fn is_visitor(&self) -> bool {
        matches!(self, Self::Visitor(_))
    }
}

pub fn close(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &str,
    close: &Close,
) -> Result<Room, Refusal> {
    let mut room = lock_live(tx, room)?;
    if let Closer::Account(account) = &close.by {
        check_closer(tx, policy, account, &room)?;
    }
    if !room.open {
        // What an interrupted close of old may have left behind.
        return match subscriptions::rows::remove_all(tx, &room.id)? {
            0 => Err(Refusal::RoomClosedAlready),
            _ => Ok(room),
        };
    }
    messages::check_text(policy, &close.comment)?;
    let wants_comment = policy.flag("Livechat_request_comment_when_closing_conversation");
    if wants_comment && close.comment.trim().is_empty() {
        return Err(Refusal::CommentRequired);
    }
    let department = match &room.department {
        Some(id) => departments::find(tx, id)?,
        None => None,
    };
    room.tags = tags(&room, close, department.as_ref())?;
    end(tx, now, policy, &mut room, close, department.as_ref())?;
    Ok(room)
}

/// Ends an open chat because its agent's account was switched off. Nobody is there to be asked for a
/// comment or for tags.
pub(super) fn switched_off(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &mut Room,
    agent: &Account,
    comment: &str,
) -> Result<(), Refusal> {
    let ending = Close {
        by: Closer::Account(agent.clone()),
        comment: comment.to_owned(),
        tags: Vec::new(),
        transcript: None,
    };
    let department = match &room.department {
        Some(id) => departments::find(tx, id)?,
        None => None,
    };
    room.tags = all_tags(room, &ending, department.as_ref());
    end(tx, now, policy, room, &ending, department.as_ref())
}

/// The one who serves it or is in it may end it; others need a permission for that.
fn check_closer(
    tx: &mut Tx<'_>,
    policy: &Policy,
    account: &Account,
    room: &Room,
) -> Result<(), Refusal> {
    if !room.open
        || room.is_served_by(&account.id)
        || policy.grants(&account.roles, "close-others-livechat-room")
        || subscriptions::find(tx, &room.id, &account.id)?.is_some()
    {
        return Ok(());
    }
    Err(Refusal::NotAuthorized)
}

/// Tags that somebody typed.
pub(super) fn check_tags(tags: &[String]) -> Result<(), Refusal> {
    match tags
        .iter()
        .any(|tag| tag.chars().nth(LONGEST_TAG).is_some())
    {
        true => Err(Refusal::TooLong {
            field: "tags",
            most: LONGEST_TAG,
        }),
        false => Ok(()),
    }
}

/// What a chat is closed with, if that is enough.
fn tags(
    room: &Room,
    close: &Close,
    department: Option<&Department>,
) -> Result<Vec<String>, Refusal> {
    check_tags(&close.tags)?;
    if let Some(department) = department.filter(|department| department.tag_before_closing) {
        let has_own = !close.tags.is_empty() || !room.tags.is_empty();
        let by_agent = matches!(close.by, Closer::Account(_));
        // What the house ends is not held up by a slip in a department's record.
        let by_house = matches!(close.by, Closer::House);
        if !by_house && (department.closing_tags.is_empty() || (by_agent && !has_own)) {
            return Err(Refusal::TagsRequired);
        }
    }
    Ok(all_tags(room, close, department))
}

/// The given ones, the room's own and those of its department, each once.
fn all_tags(room: &Room, close: &Close, department: Option<&Department>) -> Vec<String> {
    let of_department = department.map_or(&[][..], |department| &department.closing_tags);
    let mut tags: Vec<String> = Vec::new();
    for tag in close.tags.iter().chain(&room.tags).chain(of_department) {
        if !tags.contains(tag) && tags.len() < MOST_TAGS {
            tags.push(tag.clone());
        }
    }
    tags
}

fn end(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &mut Room,
    close: &Close,
    department: Option<&Department>,
) -> Result<(), Refusal> {
    let author = close.by.author();
    room.open = false;
    room.on_hold = false;
    room.waiting_response = false;
    room.visitor_silent_since = None;
    room.visitor_status = Some("offline".to_owned());
    room.queued_at = None;
    room.closing = Some(Closing {
        at: now,
        closer: if close.by.is_visitor() {
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
    room.metrics.chat_duration = Some(now.millis_since(room.created_at).max(0));
    room.metrics.service_duration = room
        .served_by
        .as_ref()
        .map(|agent| now.millis_since(agent.at).max(0));
    room.metrics.visitor_inactivity = room
        .visitor_last_message_at
        .map(|at| now.millis_since(at).max(0));
    let inquiry = inquiries::of_room(tx, &room.id)?;
    inquiries::rows::remove_of_room(tx, &room.id)?;
    let left = subscriptions::of_room(tx, &room.id)?;
    let people = subscriptions::rows::remove_all(tx, &room.id)?;
    room.people_count -= people.cast_signed();
    rows::save(tx, now, room)?;
    count(tx, room, 1)?;
    let asked = close
        .transcript
        .clone()
        .map(|(email, subject)| mail::Wanted {
            email,
            subject,
            by: matches!(close.by, Closer::Account(_)).then(|| author.clone()),
        });
    let transcript = mail::wanted_at_close(policy, room, asked);
    let mut more = json!({"comment": close.comment, "left": story::left(&left)});
    if let Some(inquiry) = inquiry {
        more["inquiry"] = json!({"id": inquiry.id, "department": inquiry.department});
    }
    if let Some(department) = department {
        more["departmentName"] = json!(department.name);
    }
    if let Some(survey) = &room.survey {
        more["feedback"] = survey.clone();
    }
    let seq = story::tell(tx, now, "chat.closed", room, &close.by.actor(), more)?;
    let mut notices = vec![closing_message(close, author.clone(), transcript.is_some())];
    if policy.flag("Livechat_enable_transcript") && !policy.flag("Livechat_transcript_send_always")
    {
        let prompt = Notice::new(System::Command, author).saying("promptTranscript");
        notices.push(prompt);
    }
    messages::notify(tx, now, room, seq, notices)?;
    match transcript {
        Some(wanted) => Ok(mail::send_at_close(tx, now, policy, room, seq, &wanted)?),
        None => Ok(()),
    }
}

fn closing_message(close: &Close, author: Author, transcript: bool) -> Notice {
    let extra: Value = json!({"transcriptRequested": transcript});
    Notice::new(System::Closed, author)
        .saying(&close.comment)
        .by_visitor(close.by.is_visitor())
        .with(extra)
}

/// One more closed room, or one less.
pub(super) fn count(tx: &mut Tx<'_>, room: &Room, number: i64) -> Result<(), Error> {
    let mut scopes = vec![tally::CLOSED.to_owned()];
    if let Some(agent) = &room.served_by {
        scopes.push(tally::closed_of_agent(&agent.id));
    }
    if let Some(department) = &room.department {
        scopes.push(tally::closed_of_department(department));
    }
    tally::add(tx, &room.id, &mut scopes, number)
}
