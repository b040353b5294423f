use hark_store::{Error, Row, Statement, Tx, View, params, statements};

use super::{MOST, Trigger};

macro_rules! columns {
    () => {
        "id, name, description, enabled, run_once, conditions, actions, updated_at"
    };
}

statements! {
    /// The whole of a small table.
    EVERY = concat!("SELECT ", columns!(), " FROM chat_trigger ORDER BY name, id LIMIT $1");
    /// Primary key.
    FIND = concat!("SELECT ", columns!(), " FROM chat_trigger WHERE id = $1");
    ADD = concat!("INSERT INTO chat_trigger (", columns!(), ")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
    /// Primary key.
    CHANGE = "UPDATE chat_trigger SET name = $2, description = $3, enabled = $4, run_once = $5,
        conditions = $6, actions = $7, updated_at = $8 WHERE id = $1";
    /// Primary key.
    REMOVE = "DELETE FROM chat_trigger WHERE id = $1";
}

pub(crate) fn all(view: &mut View<'_>) -> Result<Vec<Trigger>, Error> {
    view.query(&EVERY, params![MOST as i64], read)
}

pub(crate) fn find(view: &mut View<'_>, id: &str) -> Result<Option<Trigger>, Error> {
    view.one(&FIND, params![id], read)
}

pub(crate) fn add(tx: &mut Tx<'_>, trigger: &Trigger) -> Result<u64, Error> {
    write(tx, &ADD, trigger)
}

pub(crate) fn change(tx: &mut Tx<'_>, trigger: &Trigger) -> Result<u64, Error> {
    write(tx, &CHANGE, trigger)
}

fn write(tx: &mut Tx<'_>, statement: &'static Statement, trigger: &Trigger) -> Result<u64, Error> {
    let (conditions, actions) = (trigger.conditions.to_string(), trigger.actions.to_string());
    tx.execute(
        statement,
        params![
            &trigger.id,
            &trigger.name,
            &trigger.description,
            trigger.enabled,
            trigger.run_once,
            &conditions,
            &actions,
            trigger.updated_at,
        ],
    )
}

pub(crate) fn remove(tx: &mut Tx<'_>, id: &str) -> Result<u64, Error> {
    tx.execute(&REMOVE, params![id])
}

fn read(row: &Row<'_>) -> Result<Trigger, Error> {
    let mut columns = row.columns_from(0);
    Ok(Trigger {
        id: columns.next()?,
        name: columns.next()?,
        description: columns.next()?,
        enabled: columns.next()?,
        run_once: columns.next()?,
        conditions: columns.next()?,
        actions: columns.next()?,
        updated_at: columns.next()?,
    })
}
