use hark_store::{Record, Result, Tx, View, params, sql, statements, writes};

use super::{MOST, Trigger};

statements! {
    /// The whole of a small table.
    EVERY = sql!("SELECT ", Trigger::COLUMNS, " FROM chat_trigger ORDER BY name, id LIMIT $1");
    /// Primary key.
    FIND = sql!("SELECT ", Trigger::COLUMNS, " FROM chat_trigger WHERE id = $1");
    /// Primary key.
    REMOVE = "DELETE FROM chat_trigger WHERE id = $1";
}

writes! {
    pub fn add(trigger: &Trigger) insert chat_trigger {
        id = &trigger.id,
        name = &trigger.name,
        description = &trigger.description,
        enabled = trigger.enabled,
        run_once = trigger.run_once,
        conditions = &trigger.conditions,
        actions = &trigger.actions,
        updated_at = trigger.updated_at,
    }, update change;
}

/// By name.
pub fn all(view: &mut View<'_>) -> Result<Vec<Trigger>> {
    view.records(&EVERY, params![MOST as i64])
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Trigger>> {
    view.record(&FIND, params![id])
}

pub fn remove(tx: &mut Tx<'_>, id: &str) -> Result<u64> {
    tx.changed(&REMOVE, params![id])
}
