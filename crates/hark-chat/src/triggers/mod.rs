//! Triggers: when the widget speaks first, and what it says. The widget decides by itself; the
//! house keeps them and hands them out.

pub(crate) mod rows;

use hark_store::{Error, NewEvent, Timestamp, Tx, View, log};
use serde_json::{Value, json};

use crate::{Actor, Refusal};

/// Each visitor's widget is handed all of them.
pub const MOST: usize = 100;
const LONGEST_TEXT: usize = 1000;
/// In bytes, of conditions and actions together.
const LARGEST: usize = 65_536;

#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
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

/// By name.
pub fn all(view: &mut View<'_>) -> Result<Vec<Trigger>, Error> {
    rows::all(view)
}

/// Those that the widget is told of.
pub fn enabled(view: &mut View<'_>) -> Result<Vec<Trigger>, Error> {
    let mut triggers = rows::all(view)?;
    triggers.retain(|trigger| trigger.enabled);
    Ok(triggers)
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Trigger>, Error> {
    rows::find(view, id)
}

/// Makes a trigger, or changes the one that is named. One that is gone meanwhile stays gone.
pub fn save(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    named: Option<&str>,
    draft: &Draft,
) -> Result<(), Refusal> {
    check(draft)?;
    let is_new = named.is_none();
    if is_new && rows::all(tx)?.len() >= MOST {
        return Err(Refusal::TooMany {
            what: "triggers",
            most: MOST,
        });
    }
    let trigger = Trigger {
        id: match named {
            Some(id) => id.to_owned(),
            None => tx.ids().id24(),
        },
        name: draft.name.clone(),
        description: draft.description.clone(),
        enabled: draft.enabled,
        run_once: draft.run_once,
        conditions: draft.conditions.clone(),
        actions: draft.actions.clone(),
        updated_at: now,
    };
    let changed = match is_new {
        true => rows::add(tx, &trigger)?,
        false => rows::change(tx, &trigger)?,
    };
    if changed > 0 {
        tell(tx, who, now, "trigger.saved", &trigger.id)?;
    }
    Ok(())
}

/// Removes a trigger, if it is there.
pub fn remove(tx: &mut Tx<'_>, who: &Actor, now: Timestamp, id: &str) -> Result<(), Refusal> {
    if rows::remove(tx, id)? > 0 {
        tell(tx, who, now, "trigger.removed", id)?;
    }
    Ok(())
}

fn check(draft: &Draft) -> Result<(), Refusal> {
    for (field, text) in [("Name", &draft.name), ("Description", &draft.description)] {
        if text.chars().nth(LONGEST_TEXT).is_some() {
            return Err(Refusal::TooLong {
                field,
                most: LONGEST_TEXT,
            });
        }
    }
    if draft.conditions.to_string().len() + draft.actions.to_string().len() > LARGEST {
        return Err(Refusal::TooLong {
            field: "Conditions and actions",
            most: LARGEST,
        });
    }
    Ok(())
}

fn tell(tx: &mut Tx<'_>, who: &Actor, now: Timestamp, kind: &str, id: &str) -> Result<(), Error> {
    let body = json!({"trigger": id, "by": who.to_json()});
    log::append(tx, now, &NewEvent::plain(kind, body)).map(drop)
}
