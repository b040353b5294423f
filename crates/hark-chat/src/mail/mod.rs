//! Mail on its way out. What causes a mail puts it into the outbox in its own transaction; a worker
//! of the program claims what is due, hands it to the SMTP server and says how that went.
//!
//! A claim moves the next try of a mail ahead by [`HOLD_SECONDS`], so that it has one sender at a
//! time, however many nodes there are. Nothing loses a mail. A node that dies after the SMTP server
//! took one and before [`sent`] is committed sends it once more when the hold is over.

mod letter;
mod rows;

pub use self::rows::delete;
pub(crate) use self::rows::{ALL, WRITES};
pub use self::rows::{errors_of, next_due, outbox};
use hark_store::{Result, Timestamp, Tx, record};
use serde_json::Value;

pub use self::letter::Body;
pub use self::letter::{Said, text, transcript};
pub use self::letter::{note, one_line};

use hark_model::text::is_email;
use hark_model::{Context, Policy, Refusal, settings};

/// Mails that wait at the same time. Anyone who writes one more is refused, or does without it and says
/// so in the log; what waits already is not touched.
pub const MOST_WAITING: i64 = 10_000;
/// How long a claimed mail is left to its sender.
pub const HOLD_SECONDS: i64 = 90;
/// By so much the clock of another node, or its look at it, may be ahead.
const AHEAD_SECONDS: i64 = 30;
/// After this many days a mail that was given up is forgotten.
const KEEP_GIVEN_UP_DAYS: i64 = 14;
/// Seconds from each failed try to the next one: a little more than a day in all.
const PAUSES: [i64; 11] = [
    10, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 21_600, 21_600,
];
const LONGEST_ERROR: usize = 500;
/// What an address may be long, by the rules of SMTP.
const LONGEST_ADDRESS: usize = 320;

record! {
    /// A mail in the outbox, claimed.
    #[derive(Debug, Clone)]
    pub struct Mail from "mail" {
        pub id: String,
        /// One address, or several separated by commas.
        pub recipient: String,
        pub reply_to: Option<String>,
        pub subject: String,
        pub content: Content = record,
        pub answer: Option<Answer> = record,
        /// How often it was claimed.
        pub attempts: i64,
    }
}

record! {
    /// That a mail is an agent's answer, and goes out by the inbox of its thread.
    #[derive(Debug, Clone)]
    pub struct Answer from "mail" {
        pub inbox: String = "mail.inbox_id",
        /// Who wrote it.
        pub account: String = "mail.account_id",
        pub message_id: String,
        pub in_reply_to: Option<String>,
        pub references: Vec<String> = "mail.mail_references",
        /// A file that goes with it.
        pub upload: Option<String> = "mail.upload_id",
    }
}

/// How it goes with the outbox.
#[derive(Debug, Clone)]
pub struct Outbox {
    pub waiting: i64,
    pub oldest: Option<Timestamp>,
    /// Why the mail could not be sent that was tried most.
    pub error: Option<String>,
}

/// What a mail says.
#[derive(Debug, Clone)]
pub enum Content {
    Written(Body),
    /// Written when it is sent, so that no transaction of the chat carries the whole conversation.
    Transcript {
        room: String,
        up_to_seq: i64,
        notice: Value,
    },
}

/// A mail that is written already.
pub struct NewMail<'a> {
    pub recipient: &'a str,
    pub reply_to: Option<&'a str>,
    pub subject: &'a str,
    pub body: Body,
}

/// What an agent writes to somebody's mailbox.
pub(crate) struct NewAnswer<'a> {
    pub inbox: &'a str,
    pub account: &'a str,
    pub recipient: &'a str,
    pub subject: &'a str,
    pub words: &'a str,
    pub message_id: &'a str,
    pub in_reply_to: Option<&'a str>,
    pub references: &'a Vec<String>,
    pub upload: Option<&'a str>,
}

/// What was said in a conversation, up to one of its events.
pub(crate) struct NewTranscript<'a> {
    pub recipient: &'a str,
    pub subject: &'a str,
    pub room: &'a str,
    pub up_to_seq: i64,
    /// What the conversation says when the mail is on its way.
    pub notice: Value,
}

/// Whether there is a server that takes mail at all.
pub fn is_configured(policy: &Policy) -> bool {
    !policy.text(settings::SMTP_Host).trim().is_empty()
}

/// Whether mail can be sent to this one address.
pub fn is_address(text: &str) -> bool {
    text.len() <= LONGEST_ADDRESS && is_email(text)
}

// === into the outbox ===

/// Answers its id.
pub fn send(cx: &mut Context<'_, '_>, mail: &NewMail<'_>) -> Result<String, Refusal> {
    make_sure(cx.tx, cx.policy)?;
    let id = cx.tx.ids().id24_at(cx.now);
    rows::insert(cx.tx, cx.now, &id, mail)?;
    Ok(id)
}

pub(crate) fn send_transcript(
    cx: &mut Context<'_, '_>,
    transcript: &NewTranscript<'_>,
) -> Result<(), Refusal> {
    make_sure(cx.tx, cx.policy)?;
    let id = cx.tx.ids().id24_at(cx.now);
    rows::insert_transcript(cx.tx, cx.now, &id, transcript)?;
    Ok(())
}

/// Goes out by the server of its inbox, whatever the settings of mail are.
pub(crate) fn send_answer(cx: &mut Context<'_, '_>, answer: &NewAnswer<'_>) -> Result<(), Refusal> {
    make_sure_of_room(cx.tx)?;
    let id = cx.tx.ids().id24_at(cx.now);
    let body = letter::answer(answer.words);
    rows::insert_answer(cx.tx, cx.now, &id, answer, &body)?;
    Ok(())
}

/// That there is a server, and room in the outbox.
fn make_sure(tx: &mut Tx<'_>, policy: &Policy) -> Result<(), Refusal> {
    if !is_configured(policy) {
        return Err(Refusal::MailNotSetUp);
    }
    make_sure_of_room(tx)
}

fn make_sure_of_room(tx: &mut Tx<'_>) -> Result<(), Refusal> {
    if rows::has_waiting(tx, MOST_WAITING)? {
        return Err(Refusal::OutboxFull);
    }
    Ok(())
}

/// What happened goes on without the mail about it.
pub fn or_do_without<T>(sent: Result<T, Refusal>, what: &'static str) -> Result<bool> {
    match sent {
        Ok(_) => Ok(true),
        Err(Refusal::Store(error)) => Err(error),
        Err(refusal) => {
            tracing::warn!(mail = what, "not sent: {refusal}");
            Ok(false)
        }
    }
}

// === out of it ===

/// The mails whose time has come; they are the caller's for [`HOLD_SECONDS`].
pub fn claim(tx: &mut Tx<'_>, now: Timestamp, most: i64) -> Result<Vec<Mail>> {
    rows::claim(tx, now, now.plus_seconds(HOLD_SECONDS), most)
}

/// There is nobody any more whom it is about.
pub fn dropped(tx: &mut Tx<'_>, mail: &Mail) -> Result<()> {
    delete(tx, &mail.id).map(drop)
}

/// It could not be sent. Answers when it is tried again; nothing when it is given up.
pub fn failed(
    tx: &mut Tx<'_>,
    now: Timestamp,
    mail: &Mail,
    why: &str,
    hopeless: bool,
) -> Result<Option<Timestamp>> {
    let next = pause_after(mail.attempts)
        .filter(|_| !hopeless)
        .map(|seconds| now.plus_seconds(seconds));
    rows::set_next(tx, mail, next, &one_line(why, LONGEST_ERROR))?;
    Ok(next)
}

/// Seconds until the next try, after so many of them.
fn pause_after(attempts: i64) -> Option<i64> {
    let index = usize::try_from(attempts.checked_sub(1)?).ok()?;
    PAUSES.get(index).copied()
}

/// The way of sending is another now: what had failed is tried at once.
pub fn hurry(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64> {
    // What another node claims meanwhile is due before that, also by a clock that is ahead of ours.
    rows::hurry(tx, now, now.plus_seconds(HOLD_SECONDS + AHEAD_SECONDS))
}

/// Forgets what was given up long ago.
pub fn tidy(tx: &mut Tx<'_>, now: Timestamp, most: i64) -> Result<u64> {
    rows::prune(tx, now.plus_days(-KEEP_GIVEN_UP_DAYS), most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_tried_for_about_a_day_with_growing_pauses() {
        assert!(PAUSES.is_sorted());
        let hours = PAUSES.iter().sum::<i64>() / 3_600;
        assert!((24..=36).contains(&hours), "{hours}");
        assert_eq!(pause_after(1), Some(10));
        assert_eq!(pause_after(PAUSES.len() as i64 + 1), None);
        assert_eq!(pause_after(0), None);
        assert_eq!(pause_after(i64::MIN), None);
    }

    #[test]
    fn addresses_are_single_and_bounded() {
        assert!(is_address("ann@example.org"));
        for wrong in ["", "ann", "a@b, c@d", "a@b\r\nBcc: c@d", "a b@c.d"] {
            assert!(!is_address(wrong), "{wrong}");
        }
        assert!(!is_address(&format!("{}@example.org", "a".repeat(400))));
    }
}
