//! Sums up chats that were closed, for reports: by one node, soon after. A report does not wait for it.

use std::time::Duration;

use hark_chat::figures;
use hark_jobs::{Job, JobError, Rest, Turn, Work};
use hark_store::Store;
use tokio::sync::watch;

const HELD: Duration = Duration::from_secs(20);
/// However much happens, it looks twice a second at most.
const SHORTEST_REST: Duration = Duration::from_millis(500);
const LONGEST_REST: Duration = Duration::from_secs(60);

pub(super) fn job(store: &Store) -> Job {
    let figures = Figures {
        moved: store.moved(),
        store: store.clone(),
    };
    Job::new("figures", figures).on_one_node(HELD)
}

#[derive(Clone)]
struct Figures {
    store: Store,
    moved: watch::Receiver<i64>,
}

impl Work for Figures {
    async fn turn(&mut self, _: &Turn) -> Result<Rest, JobError> {
        // Registered before looking: what is committed between the two wakes us.
        self.moved.borrow_and_update();
        while self.store.read(figures::is_due).await? {
            self.store.write(figures::count_some).await?;
        }
        // A day at a time, so that what was closed meanwhile does not wait for all of them.
        if self.store.read(figures::to_recount).await?.is_some() {
            self.store.write(figures::recount_one).await?;
            return Ok(Rest::For(SHORTEST_REST));
        }
        Ok(Rest::For(LONGEST_REST))
    }

    async fn woken(&mut self) {
        tokio::time::sleep(SHORTEST_REST).await;
        if self.moved.changed().await.is_err() {
            // The store is closed.
            std::future::pending::<()>().await;
        }
    }
}
