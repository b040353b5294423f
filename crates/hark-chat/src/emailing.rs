//! Chats by e-mail: what becomes of a mail that has come, and what is said when an answer does not arrive.
//!
//! Who a mail is from proves nothing. So each thread of an address is a visitor of its own, whose token nobody can
//! make up: a stranger who writes in somebody's name reaches none of their other chats, and gets no answer.

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hark_store::{Result, Tx, View};
use serde_json::{Value, json};

use crate::contacts::Arrival;
use crate::email_inboxes::{self, EmailInbox};
use crate::mail::{Answer, Mail, is_address, one_line};
use crate::messages::{self, Draft, Message};
use crate::opening::{self, Opening};
use crate::visitors::{self, Registration};
use crate::{departments, team};
use hark_model::rooms::{self, EmailThread};
use hark_model::{Context, Policy, Refusal};

/// Of a mail's words, in letters.
pub const LONGEST_TEXT: usize = 20_000;
const LONGEST_SUBJECT: usize = 200;

/// A mail that has come.
#[derive(Debug, Clone, Default)]
pub struct Incoming {
    pub id: String,
    /// Those that it answers, the nearest last.
    pub references: Vec<String>,
    pub from: String,
    pub name: Option<String>,
    pub subject: String,
    pub text: String,
    /// Whether files come with it.
    pub has_files: bool,
}

/// The chat that a mail is in.
#[derive(Debug, Clone)]
pub struct Received {
    pub room: String,
    /// Of its visitor.
    pub token: String,
    /// The message that it is; its files are messages whose ids begin like it.
    pub message: String,
}

/// Where a mail belongs.
#[derive(Debug, Clone)]
pub struct Place {
    /// Of its visitor.
    pub token: String,
    pub opening: Opening,
}

/// Why nothing comes of a mail, if so: it is from nobody, or from one of the inboxes.
pub fn objection(view: &mut View<'_>, from: Option<&str>) -> Result<Option<&'static str>> {
    let Some(from) = from.filter(|from| is_address(from)) else {
        return Ok(Some("it is from nobody to whom an answer could go"));
    };
    let own = email_inboxes::find_by_email(view, from)?;
    Ok(own.map(|_| "it is from an inbox of ours"))
}

/// The thread of a mail, with the visitor who has written it and the chat that may have to be opened.
pub fn place(
    view: &mut View<'_>,
    key: &[u8],
    inbox: &EmailInbox,
    incoming: &Incoming,
) -> Result<Place> {
    let mut thread = incoming.id.clone();
    for id in incoming.references.iter().rev() {
        if let Some(known) = email_inboxes::known(view, &inbox.id, id)?
            && let Some(room) = known.room
            && let Some(room) = rooms::find_live(view, &room)?
            && let Some(email) = room.email
        {
            thread = email.thread;
            break;
        }
    }
    let opening = Opening {
        source: source(inbox),
        email: Some(EmailThread {
            thread: thread.clone(),
            reply_to: incoming.from.clone(),
            subject: one_line(&incoming.subject, LONGEST_SUBJECT),
        }),
        ..Opening::default()
    };
    Ok(Place {
        token: token(key, &inbox.id, &incoming.from, &thread),
        opening,
    })
}

fn source(inbox: &EmailInbox) -> Value {
    json!({"type": "email", "id": inbox.id, "alias": inbox.name, "destination": inbox.email})
}

/// A key of this installation is in it, so that it cannot be made up by somebody who knows the rest.
fn token(key: &[u8], inbox: &str, from: &str, thread: &str) -> String {
    let key = hmac::Key::new(HMAC_SHA256, key);
    let tag = hmac::sign(&key, json!([inbox, from, thread]).to_string().as_bytes());
    format!("email-{}", URL_SAFE_NO_PAD.encode(tag))
}

/// Says a mail in its chat, which it opens if there is none. One that has come before is not said again; nothing is
/// answered of it when its chat is over.
pub fn receive(
    cx: &mut Context<'_, '_>,
    inbox: &EmailInbox,
    incoming: &Incoming,
    place: &Place,
) -> Result<Option<Received>, Refusal> {
    if let Some(known) = email_inboxes::known(cx.tx, &inbox.id, &incoming.id)? {
        let Some(room) = known.room else {
            return Ok(None);
        };
        let room = rooms::find_live(cx.tx, &room)?.filter(|room| room.open);
        return Ok(room.and_then(|room| {
            Some(Received {
                message: message_id(inbox, incoming),
                token: room.visitor?.token,
                room: room.id,
            })
        }));
    }
    let registration = Registration {
        token: place.token.clone(),
        name: incoming.name.clone(),
        email: Some(incoming.from.clone()),
        arrival: Arrival::Mail,
        ..Registration::default()
    };
    let department = match &inbox.department {
        Some(id) => departments::find(cx.tx, id)?.map(|department| department.id),
        None => None,
    };
    if hark_model::visitors::find_by_token(cx.tx, &place.token)?.is_some() {
        let again = Registration {
            department,
            ..registration
        };
        visitors::register(cx, &again)?;
    } else {
        let email = registration.email.clone();
        visitors::create(cx, &registration, department, email, &[])?;
    }
    let opened = opening::open(cx, &place.token, &place.opening)?;
    let subject = incoming.subject.as_str();
    let text = if opened.new || (incoming.text.is_empty() && !incoming.has_files) {
        [subject, &incoming.text].map(str::trim).join("\n\n")
    } else {
        incoming.text.clone()
    };
    let draft = Draft {
        id: Some(message_id(inbox, incoming)),
        text: bounded(cx.policy, text.trim()),
        extra: None,
    };
    let room = opened.room.id;
    if !draft.text.is_empty() {
        messages::post_as_visitor(cx, &place.token, &room, &draft)?;
    }
    email_inboxes::note(cx.tx, cx.now, &inbox.id, &incoming.id, Some(&room), true)?;
    Ok(Some(Received {
        room,
        token: place.token.clone(),
        message: message_id(inbox, incoming),
    }))
}

/// Nothing comes of a mail; it is not looked at again.
pub fn leave(cx: &mut Context<'_, '_>, inbox: &EmailInbox, id: &str) -> Result<(), Refusal> {
    email_inboxes::note(cx.tx, cx.now, &inbox.id, id, None, true)?;
    Ok(())
}

/// One of the files that came with a mail, or why it is not there. What was said before is not said again.
pub fn say_more(
    cx: &mut Context<'_, '_>,
    received: &Received,
    number: usize,
    draft: Draft,
) -> Result<Message, Refusal> {
    let draft = Draft {
        id: Some(id_of_file(received, number)),
        ..draft
    };
    messages::post_as_visitor(cx, &received.token, &received.room, &draft)
}

/// Whether that was done already.
pub fn has_said(view: &mut View<'_>, received: &Received, number: usize) -> Result<bool> {
    Ok(messages::find(view, &id_of_file(received, number))?.is_some())
}

fn id_of_file(received: &Received, number: usize) -> String {
    format!("{}-{number}", received.message)
}

/// The same for a mail whenever it comes again.
fn message_id(inbox: &EmailInbox, incoming: &Incoming) -> String {
    let digest = hark_model::keys::hex_digest(&format!("{} {}", inbox.id, incoming.id));
    format!("email-{}", digest.get(..32).unwrap_or_default())
}

fn bounded(policy: &Policy, text: &str) -> String {
    let most =
        messages::character_limit(policy).map_or(LONGEST_TEXT, |most| most.min(LONGEST_TEXT));
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => {
            let kept = text.chars().take(most.saturating_sub(1));
            kept.chain(['…']).collect()
        }
    }
}

/// Tells the agent that their answer was not sent.
pub fn given_up(
    cx: &mut Context<'_, '_>,
    mail: &Mail,
    answer: &Answer,
    words: &str,
    why: &str,
) -> Result<(), Refusal> {
    let what = format!("e-mail to {}", mail.recipient);
    team::tell_unsent(cx, &answer.account, &what, words, why)
}

/// All up to this mail was read.
pub fn progress(tx: &mut Tx<'_>, inbox: &EmailInbox, validity: u32, uid: u32) -> Result<()> {
    email_inboxes::progress(tx, inbox, i64::from(validity), i64::from(uid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_has_one_token_that_others_cannot_make() {
        let of = |key: &str, inbox: &str, from: &str, thread: &str| {
            token(key.as_bytes(), inbox, from, thread)
        };
        let one = of("key", "i", "ann@x.example", "1@x");
        assert_eq!(one, of("key", "i", "ann@x.example", "1@x"));
        for other in [
            of("other", "i", "ann@x.example", "1@x"),
            of("key", "j", "ann@x.example", "1@x"),
            of("key", "i", "ben@x.example", "1@x"),
            of("key", "i", "ann@x.example", "2@x"),
        ] {
            assert_ne!(one, other);
        }
    }
}
