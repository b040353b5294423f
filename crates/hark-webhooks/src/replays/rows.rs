use hark_store::{Error, Position, Row, Timestamp, Tx, View, params, statements};

use super::{Replay, State};

macro_rules! columns {
    () => {
        "id, endpoint, after_position, until_position, failed_only, state, reached, events, queued, created_at, finished_at"
    };
}

statements! {
    INSERT = "INSERT INTO replay (id, endpoint, after_position, until_position, failed_only, state, reached, events, queued, asked_by, created_at)
        VALUES ($1, $2, $3, $4, $5, 'running', $3, 0, 0, $6, $7)";
    /// Primary key.
    FIND = concat!("SELECT ", columns!(), " FROM replay WHERE id = $1");
    /// replay_running.
    NEXT = concat!("SELECT ", columns!(), " FROM replay WHERE state = 'running' ORDER BY created_at LIMIT 1");
    COUNT_RUNNING = "SELECT count(*) FROM replay WHERE state = 'running'";
    /// replay_by_endpoint.
    OF_ENDPOINT = concat!("SELECT ", columns!(), " FROM replay WHERE endpoint = $1 ORDER BY created_at DESC, id DESC LIMIT $2");
    /// Primary key; nothing when someone has ended it meanwhile.
    ADVANCE = "UPDATE replay SET reached = $2, events = events + $3, queued = queued + $4, state = $5, finished_at = $6
        WHERE id = $1 AND state = 'running'";
    CANCEL = "UPDATE replay SET state = 'cancelled', finished_at = $2 WHERE id = $1 AND state = 'running'";
    /// A small table, by age.
    PRUNE = "DELETE FROM replay WHERE id IN (
        SELECT id FROM replay WHERE finished_at < $1 ORDER BY created_at LIMIT $2)";
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    now: Timestamp,
    replay: &Replay,
    asked_by: Option<&str>,
) -> Result<(), Error> {
    let params = params![
        &replay.id,
        replay.endpoint,
        replay.after,
        replay.until,
        replay.failed_only,
        asked_by,
        now,
    ];
    tx.execute(&INSERT, params).map(drop)
}

pub(super) fn find(view: &mut View<'_>, id: &str) -> Result<Option<Replay>, Error> {
    view.one(&FIND, params![id], read)
}

pub(super) fn next(view: &mut View<'_>) -> Result<Option<Replay>, Error> {
    view.one(&NEXT, params![], read)
}

pub(super) fn count_running(view: &mut View<'_>) -> Result<i64, Error> {
    view.number(&COUNT_RUNNING, params![])
}

pub(super) fn of_endpoint(
    view: &mut View<'_>,
    endpoint: i64,
    limit: i64,
) -> Result<Vec<Replay>, Error> {
    view.query(&OF_ENDPOINT, params![endpoint, limit], read)
}

pub(super) fn advance(
    tx: &mut Tx<'_>,
    id: &str,
    reached: Position,
    events: i64,
    queued: i64,
    finished_at: Option<Timestamp>,
) -> Result<u64, Error> {
    let state = match finished_at {
        Some(_) => State::Done,
        None => State::Running,
    };
    tx.execute(
        &ADVANCE,
        params![id, reached, events, queued, state.as_str(), finished_at],
    )
}

pub(super) fn cancel(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<u64, Error> {
    tx.execute(&CANCEL, params![id, now])
}

pub(super) fn prune(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<u64, Error> {
    tx.execute(&PRUNE, params![before, limit])
}

fn read(row: &Row<'_>) -> Result<Replay, Error> {
    let mut columns = row.columns_from(0);
    let id = columns.next()?;
    let endpoint = columns.next()?;
    let after = columns.next()?;
    let until = columns.next()?;
    let failed_only = columns.next()?;
    let state: String = columns.next()?;
    Ok(Replay {
        id,
        endpoint,
        after,
        until,
        failed_only,
        state: State::parse(&state),
        reached: columns.next()?,
        events: columns.next()?,
        queued: columns.next()?,
        created_at: columns.next()?,
        finished_at: columns.next()?,
    })
}
