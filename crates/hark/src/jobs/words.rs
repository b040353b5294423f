//! Feeds the index of words, by which chats are found: on one node, within a second or two of what was said. What
//! was said before there was an index is read beside that, and goes on after a restart where it was.

use std::time::{Duration, Instant};

use hark_chat::words;
use hark_jobs::{Job, JobError, Rest, Turn, Work};
use hark_store::Store;
use tokio::sync::watch;

const HELD: Duration = Duration::from_secs(10);
/// However much happens, it looks once a second at most.
const SHORTEST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(60);
/// While chats have much to say, it rests so many times as long as it works.
const RESTS_OF_MANY: u32 = 9;
/// So many messages of before are read between one line of the log and the next.
const SAID_AFTER: i64 = 100_000;

pub(super) fn job(store: &Store) -> Job {
    let words = Words {
        moved: store.moved(),
        store: store.clone(),
        said_at: None,
    };
    Job::new("words", words).on_one_node(HELD)
}

#[derive(Clone)]
struct Words {
    store: Store,
    moved: watch::Receiver<i64>,
    /// How many messages of before were left when that was logged last.
    said_at: Option<i64>,
}

impl Words {
    /// Says how far the messages of before are read.
    fn tell(&mut self, left: i64) {
        match self.said_at {
            _ if left == 0 => {
                if self.said_at.take().is_some() {
                    tracing::info!("all messages are found by their words");
                }
            }
            Some(said) if said - left < SAID_AFTER => {}
            _ => {
                tracing::info!(
                    messages = left,
                    "earlier messages are read to be found by their words"
                );
                self.said_at = Some(left);
            }
        }
    }
}

impl Work for Words {
    async fn turn(&mut self, _: &Turn) -> Result<Rest, JobError> {
        // Registered before looking: what is committed between the two wakes us.
        self.moved.borrow_and_update();
        loop {
            let began = Instant::now();
            let batch = self.store.read(words::look).await?;
            if batch.is_empty() {
                return Ok(Rest::For(LONGEST_REST));
            }
            let now = self.store.clock().now();
            let (is_full, leaves_more) = (batch.is_full, batch.leaves_more());
            let kept = self.store.write(move |tx| {
                words::keep(tx, now, &batch)?;
                words::lag(tx)
            });
            self.tell(kept.await?.messages);
            if !leaves_more {
                return Ok(Rest::For(LONGEST_REST));
            }
            // However much there is to read, chats go on beside it; those that wait for words can wait longer.
            let rests = if is_full { RESTS_OF_MANY } else { 1 };
            tokio::time::sleep(began.elapsed() * rests).await;
        }
    }

    async fn woken(&mut self) {
        tokio::time::sleep(SHORTEST_REST).await;
        if self.moved.changed().await.is_err() {
            // The store is closed.
            std::future::pending::<()>().await;
        }
    }
}
