use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use tokio::sync::broadcast;

use super::{BUS, LOOK_AROUND};
use crate::postgres::{Server, describe};

/// How long the first of some lines waits for others to go with it.
const GATHER: Duration = Duration::from_millis(5);
/// What is sent at once; PostgreSQL carries less than 8,000 bytes.
const MOST_BYTES: usize = 7_900;

/// Sends this node's lines to the others. It connects when there is something to send; what cannot
/// be sent is dropped.
pub(super) fn send_loop(server: &Server, node: &str, waiting: &Receiver<Arc<str>>) {
    let mut client = None;
    let mut held: Option<Arc<str>> = None;
    let mut last_error = String::new();
    loop {
        let first = match held.take() {
            Some(line) => line,
            None => match waiting.recv() {
                Ok(line) => line,
                Err(_) => return,
            },
        };
        let mut text = format!("{node}\n{first}");
        let until = Instant::now() + GATHER;
        loop {
            match waiting.recv_deadline(until) {
                Ok(line) if text.len() + 1 + line.len() <= MOST_BYTES => {
                    text.push('\n');
                    text.push_str(&line);
                }
                Ok(line) => {
                    held = Some(line);
                    break;
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        if let Err(error) = send(server, &mut client, &text) {
            client = None;
            let said = describe(&error);
            if said != last_error {
                tracing::debug!(error = %said, "the other nodes do not get what is sent on the bus");
                last_error = said;
            }
            // Lines that came meanwhile are too old by the time that it is tried again.
            std::thread::park_timeout(LOOK_AROUND);
            while waiting.try_recv().is_ok() {}
        }
    }
}

fn send(
    server: &Server,
    client: &mut Option<postgres::Client>,
    text: &str,
) -> Result<(), postgres::Error> {
    let client = match client {
        Some(client) => client,
        None => {
            let mut fresh = server.connect()?;
            // A transaction that only notifies leaves a line in the write-ahead log. Nobody waits
            // for it to be on disk.
            fresh.batch_execute("SET synchronous_commit = off")?;
            client.insert(fresh)
        }
    };
    client
        .execute("SELECT pg_notify($1, $2)", &[&BUS, &text])
        .map(drop)
}

/// Hands on the lines of other nodes.
pub(super) fn receive(node: &str, payload: &str, heard: &broadcast::Sender<Arc<str>>) {
    let mut lines = payload.split('\n');
    if lines.next() == Some(node) {
        return;
    }
    for line in lines {
        // Without listeners nobody misses it.
        let _listeners = heard.send(line.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_does_not_hear_itself() {
        let (heard, mut heard_here) = broadcast::channel(10);
        receive("a", "a\none", &heard);
        receive("a", "b\ntwo\nthree", &heard);
        assert_eq!(&*heard_here.try_recv().unwrap(), "two");
        assert_eq!(&*heard_here.try_recv().unwrap(), "three");
        assert!(heard_here.try_recv().is_err());
    }
}
