use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use hark_store::lease::{self, Taken};
use hark_store::{Error, Locked, Store, Timestamp, Tx};
use tokio::time::{Instant, sleep, timeout, timeout_at};

/// At the end nothing waits for a database that says nothing.
const LONGEST_RELEASE: Duration = Duration::from_secs(1);

/// Where leases are written.
pub(crate) trait Leases: Send + Sync {
    /// `abandoned`: what another's lease says for longer than it may without a renewal.
    fn take<'a>(
        &'a self,
        lease: &'a Lease,
        abandoned: Option<Timestamp>,
    ) -> BoxFuture<'a, Result<Taken, Error>>;

    fn give_up<'a>(&'a self, lease: &'a Lease) -> BoxFuture<'a, Result<(), Error>>;

    /// Whether nobody else can ever ask for one: then it needs no renewal.
    fn are_all_ours(&self) -> bool;
}

impl Leases for Store {
    fn take<'a>(
        &'a self,
        lease: &'a Lease,
        abandoned: Option<Timestamp>,
    ) -> BoxFuture<'a, Result<Taken, Error>> {
        let (now, name, owner) = (self.clock().now(), lease.name, Arc::clone(&lease.owner));
        let until = if self.are_all_ours() {
            Timestamp::MAX
        } else {
            now.plus(lease.held)
        };
        let take = move |tx: &mut Tx<'_>| lease::take(tx, now, name, &owner, until, abandoned);
        self.write(take).boxed()
    }

    fn give_up<'a>(&'a self, lease: &'a Lease) -> BoxFuture<'a, Result<(), Error>> {
        let (name, owner) = (lease.name, Arc::clone(&lease.owner));
        self.write(move |tx: &mut Tx<'_>| lease::give_up(tx, name, &owner))
            .boxed()
    }

    /// The data folder of the embedded database is locked by one process.
    fn are_all_ours(&self) -> bool {
        self.engine() == "sqlite"
    }
}

/// The right to do a job, of one node at a time.
pub(crate) struct Lease {
    pub(crate) name: &'static str,
    pub(crate) owner: Arc<str>,
    pub(crate) held: Duration,
    /// When what was given last was asked for.
    pub(crate) asked: Arc<Locked<Option<Instant>>>,
    pub(crate) leases: Arc<dyn Leases>,
}

impl Lease {
    /// How often it is renewed, and how often another node looks whether it is free.
    pub(crate) fn rhythm(&self) -> Duration {
        self.held / 3
    }

    /// Without a renewal for so long another node may have it soon, and nothing more is done.
    pub(crate) fn trusted(&self) -> Duration {
        self.held * 5 / 6
    }

    pub(crate) async fn take(&self, watched: &mut Watched) -> Result<bool, Error> {
        match self.leases.take(self, watched.abandoned(self.held)).await? {
            Taken::Mine => Ok(true),
            Taken::Until(until) => {
                watched.see(until);
                Ok(false)
            }
        }
    }

    /// Keeps what was asked for at a moment, until it cannot be kept; answers why.
    pub(crate) async fn keep(&self, mut asked: Instant) -> String {
        if self.leases.are_all_ours() {
            return std::future::pending().await;
        }
        loop {
            sleep(self.rhythm()).await;
            let again = Instant::now();
            let renewed = timeout_at(asked + self.trusted(), self.leases.take(self, None)).await;
            match renewed {
                Ok(Ok(Taken::Mine)) => {
                    asked = again;
                    *self.asked.lock() = Some(asked);
                }
                Ok(Ok(Taken::Until(_))) => return "another node does it now".to_owned(),
                Ok(Err(error)) => {
                    tracing::debug!(job = self.name, error = %error, "the lease could not be renewed yet");
                }
                Err(_) => {}
            }
            if asked.elapsed() >= self.trusted() {
                return "its lease could not be renewed in time".to_owned();
            }
        }
    }

    /// The next node, or the next start of this one, need not wait.
    pub(crate) async fn release(&self) {
        if !matches!(
            timeout(LONGEST_RELEASE, self.leases.give_up(self)).await,
            Ok(Ok(()))
        ) {
            tracing::debug!(job = self.name, "the lease runs out by itself");
        }
    }
}

/// Whether the lease of a job is held still by the time that has passed: a process that was stopped
/// learns that it was only after some of its work has gone on.
#[derive(Clone, Default)]
pub struct Holding(Option<(Arc<Locked<Option<Instant>>>, Duration)>);

impl Holding {
    pub(crate) fn of(lease: &Lease) -> Self {
        if lease.leases.are_all_ours() {
            return Self::default();
        }
        Self(Some((Arc::clone(&lease.asked), lease.trusted())))
    }

    /// To be asked before each thing that another node must not do as well.
    pub fn is_good(&self) -> bool {
        self.0.as_ref().is_none_or(|(asked, trusted)| {
            let asked = *asked.lock();
            asked.is_some_and(|at| at.elapsed() < *trusted)
        })
    }
}

/// Since when another's lease has said the same. One that is not renewed belongs to nobody any more,
/// also if its holder's clock was years ahead.
#[derive(Default)]
pub(crate) struct Watched(Option<(Timestamp, Instant)>);

impl Watched {
    fn see(&mut self, until: Timestamp) {
        if self.0.is_none_or(|(before, _)| before != until) {
            self.0 = Some((until, Instant::now()));
        }
    }

    fn abandoned(&self, held: Duration) -> Option<Timestamp> {
        let (until, since) = self.0?;
        (since.elapsed() > held).then_some(until)
    }
}
