//! Priorities: how urgent a chat can be. There are five, and nobody makes others; they may be called
//! something else.

mod rows;

pub(crate) use self::rows::ALL;
pub use self::rows::{all, find};
use hark_store::record;

use hark_model::events::{Event, PriorityRenamed, Subject, record_event};
use hark_model::text::{check_size, key};
use hark_model::{Context, Refusal, audit};
use serde_json::json;

const LONGEST_NAME: usize = 200;

record! {
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Priority from "priority" {
        pub id: String,
        /// What clients translate, as long as it has no name of its own.
        pub label: String,
        pub name: Option<String>,
        /// From 1, which comes first.
        pub weight: i64,
    }
}

pub fn rename(cx: &mut Context<'_, '_>, id: &str, name: &str) -> Result<(), Refusal> {
    check_size("Name", name, LONGEST_NAME)?;
    let name = name.trim();
    if name.is_empty() {
        return Err(Refusal::Required("name"));
    }
    let all = rows::lock_all(cx.tx)?;
    let is_called = |one: &Priority| one.name.as_deref().map(key) == Some(key(name));
    if all.iter().any(|other| other.id != id && is_called(other)) {
        return Err(Refusal::PriorityNameTaken);
    }
    call(cx, &all, id, Some(name))
}

/// Gives a priority the name back that it came with.
pub fn reset(cx: &mut Context<'_, '_>, id: &str) -> Result<(), Refusal> {
    let all = rows::lock_all(cx.tx)?;
    call(cx, &all, id, None)
}

/// The same for all of them.
pub fn reset_all(cx: &mut Context<'_, '_>) -> Result<(), Refusal> {
    let all = rows::lock_all(cx.tx)?;
    all.iter().try_for_each(|one| call(cx, &all, &one.id, None))
}

fn call(
    cx: &mut Context<'_, '_>,
    all: &[Priority],
    id: &str,
    name: Option<&str>,
) -> Result<(), Refusal> {
    let before = all.iter().find(|one| one.id == id);
    let before = before.ok_or(Refusal::InvalidPriority)?;
    if before.name.as_deref() == name {
        return Ok(());
    }
    let (from, to) = (json!(before.name), json!(name));
    audit::differs(cx.tx, id, Some(&before.label), Some(from), Some(to));
    rows::call(cx.tx, id, name)?;
    let renamed = Event::PriorityRenamed(PriorityRenamed {
        priority: id.to_owned(),
        name: name.map(str::to_owned),
        by: cx.who.actor(),
    });
    record_event(cx.tx, cx.now, Subject::NONE, &renamed)?;
    Ok(())
}
