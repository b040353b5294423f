use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::{EVENTS, LOOK_AROUND};
use crate::engines::Counters;
use crate::postgres::Session;
use crate::{Error, Position, Statement, params};

/// Moves committed events into the log, in one order for all readers and nodes, and notifies the
/// nodes once for each batch. The node that holds the lock on the head moves the events of all; what
/// a dead node left behind is found the next time that one looks around.
pub(super) fn sequence_loop(session: &mut Session, nudges: &Receiver<()>, counters: &Counters) {
    let mut last_error = String::new();
    loop {
        let nudged = nudges.recv_timeout(LOOK_AROUND);
        let began = Instant::now();
        let placed = match nudged {
            Ok(()) => place_all(session, counters),
            Err(RecvTimeoutError::Timeout) => look_around(session, counters),
            Err(RecvTimeoutError::Disconnected) => {
                // The last commits of this node are still to be placed.
                drop(place_all(session, counters));
                return;
            }
        };
        if placed.is_err() {
            session.abandon();
        }
        rest(began.elapsed());
        session.interruption = None;
        let said = placed.err().map(|error| error.to_string());
        if let Some(said) = said.as_ref().filter(|said| **said != last_error) {
            // That the server is away is said by the one who listens.
            tracing::debug!(error = %said, "events could not be placed in the log; trying again");
        }
        last_error = said.unwrap_or_default();
    }
}

/// Each batch wakes all readers of the log. The more there is to do, the longer a batch takes, and the more
/// events gather for the next one meanwhile. One that comes alone does not wait.
#[expect(
    clippy::disallowed_methods,
    reason = "nothing is waited for: it is the pause in which events gather"
)]
fn rest(worked: Duration) {
    std::thread::sleep(worked.min(LONGEST_REST));
}

fn look_around(session: &mut Session, counters: &Counters) -> Result<(), Error> {
    session.connect()?;
    let found = session.query(&LOOK, &[], &mut |row| Ok((row.get(0)?, row.get(1)?)))?;
    match found.first() {
        Some((true, _)) => place_all(session, counters),
        Some((false, position)) => {
            counters.advance(*position);
            Ok(())
        }
        None => Ok(()),
    }
}

fn place_all(session: &mut Session, counters: &Counters) -> Result<(), Error> {
    while place(session, counters)? == BATCH {}
    Ok(())
}

/// Answers how many were placed.
fn place(session: &mut Session, counters: &Counters) -> Result<i64, Error> {
    session.connect()?;
    session.send_text(BEGIN)?;
    session.execute(&LOCK, &[])?;
    let placed = session.query(&PLACE, params![BATCH, EVENTS], &mut |row| {
        Ok((row.get::<i64>(0)?, row.get::<Position>(1)?))
    })?;
    session.commit()?;
    let Some((count, position)) = placed.first() else {
        return Ok(0);
    };
    counters.advance(*position);
    Ok(*count)
}

/// Nobody waits for the disk. Whatever is on it later has taken the batch along; if nothing is, a crash leaves the
/// events staged, and they are placed anew (decision 1).
const BEGIN: &str = "BEGIN; SET LOCAL synchronous_commit = off";
const LONGEST_REST: Duration = Duration::from_millis(5);
/// So many are placed at once.
const BATCH: i64 = 5_000;

static LOOK: Statement = Statement::new(
    "look for events to be placed",
    "SELECT EXISTS (SELECT 1 FROM event_staged), (SELECT position FROM event_head)",
    None,
);

/// One node places at a time: what it takes from the staged is what was committed before it had the lock.
static LOCK: Statement = Statement::new(
    "lock the head of the log",
    "SELECT position FROM event_head FOR UPDATE",
    None,
);

static PLACE: Statement = Statement::new(
    "place events in the log",
    "WITH moved AS (
        DELETE FROM event_staged
        WHERE id IN (SELECT id FROM event_staged ORDER BY id LIMIT $1)
        RETURNING *
    ), placed AS (
        INSERT INTO event (position, at, kind, conversation, seq, visitor, agent, department, body)
        SELECT (SELECT position FROM event_head) + row_number() OVER (ORDER BY id),
            at, kind, conversation, seq, visitor, agent, department, body
        FROM moved
        RETURNING position
    )
    UPDATE event_head SET position = position + (SELECT count(*) FROM placed)
    WHERE EXISTS (SELECT 1 FROM placed)
    RETURNING (SELECT count(*) FROM placed), position, pg_notify($2, position::text)",
    None,
);
