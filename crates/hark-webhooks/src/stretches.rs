//! Stretches of the log that wait for an endpoint that takes nothing now: it is down, hangs, is paused,
//! or is slower than what happens. Of these events no deliveries are made until it can take them
//! (decision 17), and the log keeps them until then. Here is what is on disk.

use std::collections::BTreeMap;

use hark_store::{
    Param, Position, Record as _, Result, Timestamp, Tx, View, log, params, record, sql, statements,
};

/// The log keeps what comes after the position of this reader: the first that waits in a stretch.
const READER: &str = "webhooks.waiting";

record! {
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct Stretch from "stretch" {
        pub(crate) endpoint: i64,
        /// After this position it begins.
        pub(crate) began: Position,
        /// Up to here its deliveries are made.
        pub(crate) reached: Position,
        /// Nothing: it goes as far as the log was read.
        pub(crate) ended: Option<Position>,
        /// What the endpoint asked for then.
        pub(crate) events: Vec<String>,
        /// Up to here it is known how many wait.
        pub(crate) counted: Position,
    }
}

statements! {
    /// A small table, in the order of the primary key.
    ALL_OF_THEM = sql!("SELECT ", Stretch::COLUMNS, " FROM stretch ORDER BY endpoint, began");
    /// Primary key.
    REACHED = "SELECT min(reached) FROM stretch WHERE endpoint = $1";
    OPEN = "INSERT INTO stretch (endpoint, began, reached, events, waiting, counted) VALUES ($1, $2, $2, $3, 0, $2)";
    /// A small table. What is counted is handed in by endpoint.
    COUNT = "UPDATE stretch SET counted = $2,
            waiting = waiting + coalesce((SELECT value FROM json_each($1) AS given WHERE CAST(key AS BIGINT) = stretch.endpoint), 0)
        WHERE ended IS NULL",
        postgres = "UPDATE stretch SET counted = $2, waiting = waiting + coalesce((
            SELECT CAST(value AS BIGINT) FROM json_each_text(CAST(CAST($1 AS TEXT) AS JSON))
            WHERE CAST(key AS BIGINT) = stretch.endpoint), 0)
        WHERE ended IS NULL";
    /// Primary key.
    END = "UPDATE stretch SET ended = $2 WHERE endpoint = $1 AND ended IS NULL";
    /// Primary key; nothing when it has come further already.
    ADVANCE = "UPDATE stretch SET reached = $4, waiting = waiting - $5 WHERE endpoint = $1 AND began = $2 AND reached = $3";
    /// Primary key.
    FORGET = "DELETE FROM stretch WHERE endpoint = $1 AND began = $2";
    FORGET_ALL_OF = "DELETE FROM stretch WHERE endpoint = $1";
    /// A small table.
    FIRST = "SELECT min(reached) FROM stretch";
}

/// Of each endpoint, the oldest first.
pub(crate) fn all(view: &mut View<'_>) -> Result<BTreeMap<i64, Vec<Stretch>>> {
    let mut by_endpoint: BTreeMap<i64, Vec<Stretch>> = BTreeMap::new();
    for stretch in view.records::<Stretch>(&ALL_OF_THEM, params![])? {
        by_endpoint
            .entry(stretch.endpoint)
            .or_default()
            .push(stretch);
    }
    Ok(by_endpoint)
}

/// Up to here the deliveries of an endpoint are made, if something waits for it behind that.
pub(crate) fn reached(view: &mut View<'_>, endpoint: i64) -> Result<Option<Position>> {
    let reached = view.one(&REACHED, params![endpoint], |row| row.get(0))?;
    Ok(reached.flatten())
}

/// From here on an endpoint's events wait in the log.
pub(crate) fn open(
    tx: &mut Tx<'_>,
    endpoint: i64,
    began: Position,
    events: &Vec<String>,
) -> Result<()> {
    tx.execute(&OPEN, params![endpoint, began, events])
}

/// Of the stretches that go on: so many more wait for each endpoint, up to a position.
pub(crate) fn count(tx: &mut Tx<'_>, more: &BTreeMap<i64, i64>, upto: Position) -> Result<()> {
    tx.execute(&COUNT, params![Param::json(more), upto])
}

/// The endpoint asks for something else now: what comes next is another stretch.
pub(crate) fn end(tx: &mut Tx<'_>, endpoint: i64, at: Position) -> Result<()> {
    tx.execute(&END, params![endpoint, at])
}

/// Of so many more events it is settled what becomes of them. False: that was done already.
pub(crate) fn advance(
    tx: &mut Tx<'_>,
    stretch: &Stretch,
    reached: Position,
    settled: i64,
) -> Result<bool> {
    let Stretch {
        endpoint,
        began,
        reached: before,
        ..
    } = *stretch;
    let params = params![endpoint, began, before, reached, settled];
    Ok(tx.changed(&ADVANCE, params)? > 0)
}

/// Nothing of it waits any more.
pub(crate) fn forget(tx: &mut Tx<'_>, stretch: &Stretch) -> Result<()> {
    let params = params![stretch.endpoint, stretch.began];
    tx.execute(&FORGET, params)
}

pub(crate) fn forget_all_of(tx: &mut Tx<'_>, endpoint: i64) -> Result<()> {
    tx.execute(&FORGET_ALL_OF, params![endpoint])
}

/// Has the log keep what waits, and no more. Belongs behind every change of what waits first.
pub(crate) fn hold_log(tx: &mut Tx<'_>, now: Timestamp) -> Result<()> {
    let first = tx.one(&FIRST, params![], |row| row.get(0))?;
    match first.flatten() {
        Some(first) => log::move_reader(tx, now, READER, first),
        None => log::forget_reader(tx, READER),
    }
}
