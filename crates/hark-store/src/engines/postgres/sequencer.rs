use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::{EVENTS, LOOK_AROUND};
use crate::Error;
use crate::engines::Counters;
use crate::postgres::Session;

/// Moves committed events into the log, in one order for all readers and nodes, and notifies the
/// nodes once for each batch. The node that holds the lock on the head moves the events of all; what
/// a dead node left behind is found the next time that one looks around.
pub(super) fn sequence_loop(session: &mut Session, nudges: &Receiver<()>, counters: &Counters) {
    let mut last_error = String::new();
    loop {
        match nudges.recv_timeout(LOOK_AROUND) {
            Ok(()) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                // The last commits of this node are still to be placed.
                drop(sequence(session, counters));
                return;
            }
        }
        let placed = loop {
            match sequence(session, counters) {
                Ok(true) => {}
                placed => break placed,
            }
        };
        session.interruption = None;
        let said = placed.err().map(|error| error.to_string());
        if let Some(said) = said.as_ref().filter(|said| **said != last_error) {
            // That the server is away is said by the one who listens.
            tracing::debug!(error = %said, "events could not be placed in the log; trying again");
        }
        last_error = said.unwrap_or_default();
    }
}

/// Whether there may be more to move.
fn sequence(session: &mut Session, counters: &Counters) -> Result<bool, Error> {
    const BATCH: i64 = 5_000;
    session.connect()?;
    let waiting = session.client()?.query_one(
        "SELECT EXISTS (SELECT 1 FROM event_staged), (SELECT position FROM event_head)",
        &[],
    );
    let waiting = waiting.map_err(|error| session.fail("sequence", &error))?;
    if !waiting.get::<_, bool>(0) {
        counters.advance(waiting.get(1));
        return Ok(false);
    }
    let moved = (|| -> Result<(i64, i64), postgres::Error> {
        let Some(client) = session.client.as_mut() else {
            return Ok((0, 0));
        };
        let mut tx = client.transaction()?;
        let head: i64 = tx
            .query_one("SELECT position FROM event_head FOR UPDATE", &[])?
            .get(0);
        let position: i64 = tx.query_one(SEQUENCE, &[&head, &BATCH])?.get(0);
        if position > head {
            tx.execute(
                "SELECT pg_notify($1, $2)",
                &[&EVENTS, &position.to_string()],
            )?;
        }
        tx.commit()?;
        Ok((head, position))
    })();
    let (head, position) = moved.map_err(|error| session.fail("sequence", &error))?;
    counters.advance(position);
    Ok(position - head == BATCH)
}

const SEQUENCE: &str = "
    WITH moved AS (
        DELETE FROM event_staged
        WHERE id IN (SELECT id FROM event_staged ORDER BY id LIMIT $2)
        RETURNING *
    ), placed AS (
        INSERT INTO event (position, at, kind, conversation, seq, visitor, agent, department, body)
        SELECT $1 + row_number() OVER (ORDER BY id), at, kind, conversation, seq, visitor, agent, department, body
        FROM moved
        RETURNING position
    )
    UPDATE event_head SET position = $1 + (SELECT count(*) FROM placed) RETURNING position";
