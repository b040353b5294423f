use hark_store::{Record as _, Timestamp, sql, statements, writes};

use super::{Replay, State};

statements! {
    /// Primary key.
    FIND = sql!("SELECT ", Replay::COLUMNS, " FROM replay WHERE id = $1");
    /// replay_running.
    NEXT = sql!("SELECT ", Replay::COLUMNS, " FROM replay WHERE state = 'running' ORDER BY created_at LIMIT 1");
    COUNT_RUNNING = "SELECT count(*) FROM replay WHERE state = 'running'";
    /// replay_by_endpoint.
    OF_ENDPOINT = sql!("SELECT ", Replay::COLUMNS, " FROM replay WHERE endpoint = $1 ORDER BY created_at DESC, id DESC LIMIT $2");
    /// Primary key; nothing when someone has ended it meanwhile.
    ADVANCE = "UPDATE replay SET reached = $2, events = events + $3, queued = queued + $4, state = $5, finished_at = $6
        WHERE id = $1 AND state = 'running'";
    CANCEL = "UPDATE replay SET state = 'cancelled', finished_at = $2 WHERE id = $1 AND state = 'running'";
    /// A small table, by age.
    PRUNE = "DELETE FROM replay WHERE id IN (
        SELECT id FROM replay WHERE finished_at < $1 ORDER BY created_at LIMIT $2)";
}

writes! {
    pub(super) fn insert(now: Timestamp, replay: &Replay, asked_by: Option<&str>) insert replay {
        id = &replay.id,
        endpoint = replay.endpoint,
        after_position = replay.after,
        until_position = replay.until,
        failed_only = replay.failed_only,
        state = State::Running.as_str(),
        reached = replay.after,
        events = 0,
        queued = 0,
        asked_by = asked_by,
        created_at = now,
    };
}
