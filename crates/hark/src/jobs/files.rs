//! Files that nobody wants are removed: what has not arrived whole, on each node; what no message came
//! for, and what was erased, by one.

use std::sync::Arc;
use std::time::Duration;

use hark_chat::uploads;
use hark_files::Files;
use hark_jobs::{Job, JobError, Rest, Turn, Work};
use hark_store::{Error, Store, Timestamp, Tx, View};

/// Anyone who has a visitor erased expects their files to be gone soon.
const EVERY: Duration = Duration::from_secs(5);
const HELD: Duration = Duration::from_secs(60);
const AT_ONCE: usize = 100;
/// Longer than a file waits for its message, or for the rest of itself.
const LONGEST_WAIT: Duration = Duration::from_secs(2 * 86_400);

pub(super) fn jobs(store: &Store, files: &Arc<Files>) -> [Job; 2] {
    let incoming = Incoming(Arc::clone(files));
    let tidier = Tidier {
        store: store.clone(),
        files: Arc::clone(files),
    };
    [
        Job::new("incoming files", incoming),
        Job::new("files", tidier).on_one_node(HELD),
    ]
}

#[derive(Clone)]
struct Tidier {
    store: Store,
    files: Arc<Files>,
}

/// What is on its way to this node, and has been for too long.
#[derive(Clone)]
struct Incoming(Arc<Files>);

impl Work for Incoming {
    async fn turn(&mut self, turn: &Turn) -> Result<Rest, JobError> {
        let tidied = self.0.tidy(turn.now_for(LONGEST_WAIT)).await;
        tidied.map_err(|error| passing(&error))?;
        Ok(Rest::For(EVERY))
    }
}

impl Work for Tidier {
    async fn turn(&mut self, turn: &Turn) -> Result<Rest, JobError> {
        let now = turn.now_for(LONGEST_WAIT);
        let is_untidy = self.store.read(move |view| uploads::is_untidy(view, now));
        if is_untidy.await? {
            while self.sweep(now).await? >= AT_ONCE as u64 {}
            self.clear().await?;
        }
        Ok(Rest::For(EVERY))
    }
}

/// A disk that is full or a bucket that does not answer will be better some day.
fn passing(error: &hark_files::Error) -> JobError {
    JobError::Passing(error.to_string())
}

impl Tidier {
    /// Gives up what nobody sent.
    async fn sweep(&self, now: Timestamp) -> Result<u64, Error> {
        let sweep = move |tx: &mut Tx<'_>| uploads::sweep(tx, now, AT_ONCE);
        self.store.write(sweep).await
    }

    /// The bytes first, then the note that they have to go: an end in between only means once more.
    async fn clear(&self) -> Result<(), JobError> {
        let mut after = String::new();
        let mut failed = None;
        loop {
            let from = after.clone();
            let garbage = move |view: &mut View<'_>| uploads::garbage(view, &from, AT_ONCE);
            let page: Vec<String> = self.store.read(garbage).await?;
            let Some(last) = page.last() else { break };
            last.clone_into(&mut after);
            let mut gone = Vec::new();
            for id in page {
                match self.files.remove(&id, self.store.clock().now()).await {
                    Ok(()) => gone.push(id),
                    Err(error) => failed = Some(error),
                }
            }
            let clear = move |tx: &mut Tx<'_>| uploads::cleared(tx, &gone);
            self.store.write(clear).await?;
        }
        failed.map_or(Ok(()), |error| Err(passing(&error)))
    }
}
