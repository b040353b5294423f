use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use tokio::sync::broadcast;

use super::LOOK_AROUND;
use super::server::Server;
use super::words::words;

pub(super) const CHANNEL: &str = "hark_whisper";
/// How long the first of some words waits for others to go with it.
const GATHER: Duration = Duration::from_millis(5);
/// What is sent at once; PostgreSQL carries less than 8,000 bytes.
const MOST_BYTES: usize = 7_900;

/// Sends what this node says to the others. Its connection is made when somebody says something;
/// what cannot be sent is dropped.
pub(super) fn whisper_loop(server: &Server, node: &str, waiting: &Receiver<Arc<str>>) {
    let mut client = None;
    let mut held: Option<Arc<str>> = None;
    let mut last_words = String::new();
    loop {
        let first = match held.take() {
            Some(word) => word,
            None => match waiting.recv() {
                Ok(word) => word,
                Err(_) => return,
            },
        };
        let mut text = format!("{node}\n{first}");
        let until = Instant::now() + GATHER;
        loop {
            match waiting.recv_deadline(until) {
                Ok(word) if text.len() + 1 + word.len() <= MOST_BYTES => {
                    text.push('\n');
                    text.push_str(&word);
                }
                Ok(word) => {
                    held = Some(word);
                    break;
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        if let Err(error) = send(server, &mut client, &text) {
            client = None;
            let said = words(&error);
            if said != last_words {
                tracing::debug!(error = %said, "other nodes do not hear who writes here");
                last_words = said;
            }
            // Those that came meanwhile are old by the time it is tried again.
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
        .execute("SELECT pg_notify($1, $2)", &[&CHANNEL, &text])
        .map(drop)
}

/// Hands on what other nodes say.
pub(super) fn heard(node: &str, payload: &str, ear: &broadcast::Sender<Arc<str>>) {
    let mut lines = payload.split('\n');
    if lines.next() == Some(node) {
        return;
    }
    for word in lines {
        // Where nobody listens, nobody misses it.
        let _listeners = ear.send(word.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_does_not_hear_itself() {
        let (ear, mut heard_here) = broadcast::channel(10);
        heard("a", "a\none", &ear);
        heard("a", "b\ntwo\nthree", &ear);
        assert_eq!(&*heard_here.try_recv().unwrap(), "two");
        assert_eq!(&*heard_here.try_recv().unwrap(), "three");
        assert!(heard_here.try_recv().is_err());
    }
}
