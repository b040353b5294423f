//! The outbox of text messages: answers of agents to a visitor's telephone. A job sends them; the agent gets a
//! message when one could not be sent.

mod rows;

pub use self::rows::next_due;
pub(crate) use self::rows::{ALL, WRITES};
use hark_store::{Result, Timestamp, Tx, record, text_enum};
use serde_json::{Value, json};

use crate::mail::one_line;
use hark_model::rooms::Room;
use hark_model::{Context, Policy, Refusal, settings};

text_enum! {
    /// Who carries them.
    #[derive(Hash)]
    pub enum Service {
        Twilio = "twilio",
        Voxtelesys = "voxtelesys",
        Mobex = "mobex",
    }
}

/// Those that wait to be sent.
pub const MOST_WAITING: i64 = 10_000;
/// Until somebody else may send one that was begun.
pub const HOLD_SECONDS: i64 = 120;
/// Seconds between tries, an hour in all: an answer that comes later than that is none.
const PAUSES: [i64; 6] = [5, 30, 120, 300, 900, 2_400];
/// How many letters one text message has at most. Carriers cut it into smaller ones themselves.
const LONGEST: usize = 1_500;
const LONGEST_ERROR: usize = 500;
const KEEP_GIVEN_UP_DAYS: i64 = 30;

record! {
    /// One that is to be sent, claimed.
    #[derive(Debug, Clone)]
    pub struct Outgoing from "sms" {
        pub id: String,
        /// Who wrote it.
        pub account: String = "sms.account_id",
        pub sender: String,
        pub recipient: String,
        pub text: String,
        /// How often it was claimed.
        pub attempts: i64,
    }
}

impl Service {
    /// The one of the settings, if text messages are switched on.
    pub fn of(policy: &Policy) -> Option<Self> {
        let is_on = policy.flag(settings::SMS_Enabled);
        Self::parse(policy.text(settings::SMS_Service)).filter(|_| is_on)
    }
}

/// Where a chat comes from that somebody has begun with a text message from their number to one of ours.
pub fn source(service: Service, theirs: &str, ours: &str) -> Value {
    json!({"type": "sms", "id": theirs, "alias": service.as_str(), "destination": ours})
}

/// The visitor's number and ours; nothing, if a chat does not come from a telephone.
pub fn numbers_of(source: &Value) -> Option<(&str, &str)> {
    if source["type"] != "sms" {
        return None;
    }
    Some((source["id"].as_str()?, source["destination"].as_str()?))
}

/// What an agent says goes to the visitor's telephone, if they write from one.
pub(crate) fn answer(cx: &mut Context<'_, '_>, room: &Room, text: &str) -> Result<(), Refusal> {
    let (Some((recipient, sender)), Some(account)) = (numbers_of(&room.source), cx.who.account())
    else {
        return Ok(());
    };
    if text.trim().is_empty() {
        return Ok(());
    }
    if rows::has_waiting(cx.tx, MOST_WAITING)? {
        return Err(Refusal::TooMany {
            what: "text messages that wait to be sent",
            most: MOST_WAITING as usize,
        });
    }
    let account = account.id.clone();
    let letters: Vec<char> = text.trim().chars().collect();
    for (part, later) in letters.chunks(LONGEST).zip(0..) {
        let outgoing = Outgoing {
            id: cx.tx.ids().id24_at(cx.now),
            account: account.clone(),
            sender: sender.to_owned(),
            recipient: recipient.to_owned(),
            text: part.iter().collect(),
            attempts: 0,
        };
        // In their order: ids of one moment have none.
        let due = Timestamp::from_millis(cx.now.millis() + later);
        rows::add(cx.tx, cx.now, due, &outgoing)?;
    }
    Ok(())
}

/// One whose time has come; it is the caller's for [`HOLD_SECONDS`].
pub fn claim(tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<Outgoing>> {
    rows::claim(tx, now, now.plus_seconds(HOLD_SECONDS))
}

pub fn sent(tx: &mut Tx<'_>, outgoing: &Outgoing) -> Result<()> {
    rows::remove(tx, &outgoing.id)
}

/// It could not be sent. Answers when it is tried again; nothing when it is given up.
pub fn failed(
    tx: &mut Tx<'_>,
    now: Timestamp,
    outgoing: &Outgoing,
    why: &str,
    hopeless: bool,
) -> Result<Option<Timestamp>> {
    let index = usize::try_from(outgoing.attempts - 1).unwrap_or_default();
    let pause = PAUSES.get(index).filter(|_| !hopeless);
    let next = pause.map(|seconds| now.plus_seconds(*seconds));
    rows::set_next(tx, outgoing, next, &one_line(why, LONGEST_ERROR))?;
    Ok(next)
}

/// Forgets what was given up long ago.
pub fn tidy(tx: &mut Tx<'_>, now: Timestamp, most: i64) -> Result<u64> {
    rows::prune(tx, now.plus_days(-KEEP_GIVEN_UP_DAYS), most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_message_is_tried_for_about_an_hour() {
        assert!(PAUSES.is_sorted());
        assert!((3_000..4_500).contains(&PAUSES.iter().sum::<i64>()));
    }

    #[test]
    fn only_chats_by_text_message_have_numbers() {
        let from_a_telephone = source(Service::Twilio, "+15550199", "+15550100");
        assert_eq!(
            numbers_of(&from_a_telephone),
            Some(("+15550199", "+15550100"))
        );
        for other in [
            json!({"type": "widget", "id": "1", "destination": "chat.example"}),
            json!({}),
            json!(null),
        ] {
            assert_eq!(numbers_of(&other), None);
        }
    }
}
