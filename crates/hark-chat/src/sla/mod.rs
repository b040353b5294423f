//! SLA policies: what a chat that waits is promised. Which one a chat has stands in its room, and what
//! it says of the time with it, so that the queue can go by it.

mod rows;

pub(crate) use self::rows::{ALL, WRITES, hold};
pub use self::rows::{all, find};
use hark_store::{Timestamp, record};

use hark_model::events::{Event, SlaChanged, Subject, record_event};
use hark_model::text::check_size;
use hark_model::{Context, Refusal, audit};
use serde_json::{Value, json};

/// Each agent's client is shown all of them.
pub const MOST: usize = 200;
/// A year.
pub const LONGEST: i64 = 525_600;
const LONGEST_NAME: usize = 200;
const LONGEST_DESCRIPTION: usize = 1_000;

record! {
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Sla from "sla" {
        pub id: String,
        pub name: String,
        pub description: Option<String>,
        /// Within how many of them an agent has the chat.
        pub minutes: i64,
        pub updated_at: Timestamp,
    }
}

impl Sla {
    /// For the audit.
    fn shown(&self) -> Value {
        json!({
            "name": self.name,
            "description": self.description,
            "dueTimeInMinutes": self.minutes,
        })
    }
}

/// A policy as someone wants it.
#[derive(Debug, Clone)]
pub struct Draft {
    pub name: String,
    pub description: Option<String>,
    pub minutes: i64,
}

/// Makes a policy, or changes the one that is named, for the chats that have it as well.
pub fn save(cx: &mut Context<'_, '_>, named: Option<&str>, draft: &Draft) -> Result<Sla, Refusal> {
    check_size("Name", &draft.name, LONGEST_NAME)?;
    let description = draft.description.as_deref().unwrap_or_default();
    check_size("Description", description, LONGEST_DESCRIPTION)?;
    let name = draft.name.trim();
    if name.is_empty() {
        return Err(Refusal::Required("name"));
    }
    let sla = Sla {
        id: match named {
            Some(id) => id.to_owned(),
            None => cx.tx.ids().id24(),
        },
        name: name.to_owned(),
        description: draft.description.clone(),
        minutes: draft.minutes,
        updated_at: cx.now,
    };
    if named.is_none() {
        if all(cx.tx)?.len() >= MOST {
            return Err(Refusal::TooMany {
                what: "SLA policies",
                most: MOST,
            });
        }
        rows::add(cx.tx, &sla)?;
        audit::differs(cx.tx, &sla.id, Some(&sla.name), None, Some(sla.shown()));
    } else {
        rows::lock_rooms(cx.tx, &sla.id)?;
        let before = find(cx.tx, &sla.id)?.ok_or(Refusal::InvalidSla)?;
        if !rows::change(cx.tx, &sla)? {
            return Err(Refusal::InvalidSla);
        }
        let (from, to) = (Some(before.shown()), Some(sla.shown()));
        audit::differs(cx.tx, &sla.id, Some(&sla.name), from, to);
        if before.minutes != sla.minutes {
            rows::promise(cx.tx, cx.now, &sla.id, Some(sla.minutes))?;
        }
    }
    record(cx, Event::SlaSaved, &sla.id)?;
    Ok(sla)
}

/// Chats that had it are promised nothing any more.
pub fn remove(cx: &mut Context<'_, '_>, id: &str) -> Result<(), Refusal> {
    rows::lock_rooms(cx.tx, id)?;
    if let Some(before) = find(cx.tx, id)? {
        audit::differs(cx.tx, id, Some(&before.name), Some(before.shown()), None);
    }
    if rows::remove(cx.tx, id)? == 0 {
        return Err(Refusal::InvalidSla);
    }
    rows::promise(cx.tx, cx.now, id, None)?;
    record(cx, Event::SlaRemoved, id)
}

fn record(
    cx: &mut Context<'_, '_>,
    event: fn(SlaChanged) -> Event,
    id: &str,
) -> Result<(), Refusal> {
    let changed = SlaChanged {
        sla: id.to_owned(),
        by: cx.who.actor(),
    };
    record_event(cx.tx, cx.now, Subject::NONE, &event(changed))?;
    Ok(())
}
