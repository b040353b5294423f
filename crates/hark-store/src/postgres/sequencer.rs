use std::sync::Arc;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use postgres::fallible_iterator::FallibleIterator;
use tokio::sync::broadcast;

use super::server::Server;
use super::session::Session;
use super::words::words;
use super::{LOOK_AROUND, whisper};
use crate::Error;
use crate::sqlite::{Counters, raise};

const CHANNEL: &str = "hark_event";

/// Moves committed events into the log, in one order for all readers and nodes, and tells them
/// once for each batch. Whoever holds the lock on the head moves for everyone; what a dead node
/// left is found by the next look-around.
pub(super) fn sequence_loop(session: &mut Session, nudges: &Receiver<()>, counters: &Counters) {
    let mut last_words = String::new();
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
        session.trouble = None;
        let said = placed.err().map(|error| error.to_string());
        if let Some(said) = said.as_ref().filter(|said| **said != last_words) {
            tracing::warn!(error = %said, "events could not be placed in the log; trying again");
        }
        last_words = said.unwrap_or_default();
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
        raise(&counters.position, waiting.get(1));
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
                &[&CHANNEL, &position.to_string()],
            )?;
        }
        tx.commit()?;
        Ok((head, position))
    })();
    let (head, position) = moved.map_err(|error| session.fail("sequence", &error))?;
    raise(&counters.position, position);
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

/// What the listener of a node hands on.
pub(super) struct Ears {
    pub(super) node: String,
    pub(super) counters: Arc<Counters>,
    pub(super) whispers: broadcast::Sender<Arc<str>>,
}

/// Hears where other nodes have moved the log to, and what they whisper.
pub(super) fn listen_loop(server: &Server, closing: &Receiver<()>, ears: &Ears) {
    let mut last_words = String::new();
    loop {
        let ended = listen(server, closing, ears);
        match ended {
            Ok(()) => return,
            Err(error) => {
                let said = words(&error);
                if said != last_words {
                    tracing::warn!(error = %said, "PostgreSQL went away; trying again until it is back");
                    last_words = said;
                }
            }
        }
        if closing.recv_timeout(LOOK_AROUND) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

fn listen(server: &Server, closing: &Receiver<()>, ears: &Ears) -> Result<(), postgres::Error> {
    let counters = &ears.counters;
    let mut client = server.connect()?;
    client.batch_execute(&format!("LISTEN {CHANNEL}; LISTEN {}", whisper::CHANNEL))?;
    loop {
        // Registered before looking, so that nothing falls between the two.
        let head = client.query_one("SELECT position FROM event_head", &[])?;
        raise(&counters.position, head.get(0));
        let mut heard = client.notifications();
        let mut news = heard.timeout_iter(LOOK_AROUND);
        while let Some(notification) = news.next()? {
            if notification.channel() == whisper::CHANNEL {
                whisper::heard(&ears.node, notification.payload(), &ears.whispers);
            } else if let Ok(position) = notification.payload().parse() {
                raise(&counters.position, position);
            }
        }
        if closing.try_recv() == Err(crossbeam_channel::TryRecvError::Disconnected) {
            return Ok(());
        }
    }
}
