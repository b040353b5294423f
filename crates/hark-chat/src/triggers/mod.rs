//! Triggers: when the widget speaks first, and what it says. The widget decides by itself; the
//! server keeps them and hands them out.

mod rows;

pub(crate) use self::rows::{ALL, WRITES};
pub use self::rows::{all, find};
use hark_store::{Result, Timestamp, View, record};
use serde_json::{Value, json};

use hark_model::events::{Event, Subject, TriggerChanged, record_event};
use hark_model::text::check_size;
use hark_model::{Context, Refusal, audit};

/// Each visitor's widget is handed all of them.
pub const MOST: usize = 100;
const LONGEST_TEXT: usize = 1000;
/// In bytes, of conditions and actions together.
const LARGEST: usize = 65_536;

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct Trigger from "chat_trigger" {
        pub id: String,
        pub name: String,
        pub description: String,
        pub enabled: bool,
        pub run_once: bool,
        /// `[{name, value}]`
        pub conditions: Value,
        /// `[{name, params}]`
        pub actions: Value,
        pub updated_at: Timestamp,
    }
}

/// A trigger as someone wants it.
#[derive(Debug, Clone)]
pub struct Draft {
    pub name: String,
    pub description: String,
    pub enabled: bool,
    pub run_once: bool,
    pub conditions: Value,
    pub actions: Value,
}

/// Those that the widget gets.
pub fn enabled(view: &mut View<'_>) -> Result<Vec<Trigger>> {
    let mut triggers = all(view)?;
    triggers.retain(|trigger| trigger.enabled);
    Ok(triggers)
}

/// Makes a trigger, or changes the one that is named. One that is gone meanwhile stays gone.
pub fn save(cx: &mut Context<'_, '_>, named: Option<&str>, draft: &Draft) -> Result<(), Refusal> {
    check(draft)?;
    let is_new = named.is_none();
    if is_new && all(cx.tx)?.len() >= MOST {
        return Err(Refusal::TooMany {
            what: "triggers",
            most: MOST,
        });
    }
    let trigger = Trigger {
        id: match named {
            Some(id) => id.to_owned(),
            None => cx.tx.ids().id24(),
        },
        name: draft.name.clone(),
        description: draft.description.clone(),
        enabled: draft.enabled,
        run_once: draft.run_once,
        conditions: draft.conditions.clone(),
        actions: draft.actions.clone(),
        updated_at: cx.now,
    };
    let before = match named {
        Some(id) => find(cx.tx, id)?,
        None => None,
    };
    let from = before.as_ref().map(Trigger::shown);
    audit::differs(
        cx.tx,
        &trigger.id,
        Some(&trigger.name),
        from,
        Some(trigger.shown()),
    );
    let is_saved = if is_new {
        rows::add(cx.tx, &trigger)?;
        true
    } else {
        rows::change(cx.tx, &trigger)?
    };
    if is_saved {
        record(cx, Event::TriggerSaved, &trigger.id)?;
    }
    Ok(())
}

/// Removes a trigger, if it is there.
pub fn remove(cx: &mut Context<'_, '_>, id: &str) -> Result<(), Refusal> {
    if let Some(before) = find(cx.tx, id)? {
        audit::differs(cx.tx, id, Some(&before.name), Some(before.shown()), None);
    }
    if rows::remove(cx.tx, id)? > 0 {
        record(cx, Event::TriggerRemoved, id)?;
    }
    Ok(())
}

impl Trigger {
    /// For the audit.
    fn shown(&self) -> Value {
        json!({
            "name": self.name,
            "description": self.description,
            "enabled": self.enabled,
            "runOnce": self.run_once,
            "conditions": self.conditions,
            "actions": self.actions,
        })
    }
}

fn check(draft: &Draft) -> Result<(), Refusal> {
    for (field, text) in [("Name", &draft.name), ("Description", &draft.description)] {
        check_size(field, text, LONGEST_TEXT)?;
    }
    if draft.conditions.to_string().len() + draft.actions.to_string().len() > LARGEST {
        return Err(Refusal::TooLong {
            field: "Conditions and actions",
            most: LARGEST,
        });
    }
    Ok(())
}

fn record(cx: &mut Context<'_, '_>, event: fn(TriggerChanged) -> Event, id: &str) -> Result<()> {
    let changed = TriggerChanged {
        trigger: id.to_owned(),
        by: cx.who.actor(),
    };
    record_event(cx.tx, cx.now, Subject::NONE, &event(changed))
}
