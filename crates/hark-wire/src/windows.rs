//! Who has a window open at this node. Connections only count here; [`crate::presence`] reports
//! to the database what has changed.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hark_store::Ids;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

/// People in one command.
const AT_ONCE: usize = 200;
/// How long a log-in waits for the database to know of it.
const PATIENCE: Duration = Duration::from_secs(2);

/// The windows at this node.
pub(crate) struct Windows {
    /// By which other nodes know this one.
    pub(crate) node: String,
    /// How many each account has.
    open: Mutex<HashMap<Arc<str>, usize>>,
    /// How many each visitor has, by token.
    of_visitors: Mutex<HashMap<Arc<str>, usize>>,
    /// There may be something to report.
    pub(crate) changed: Notify,
    reported: watch::Sender<Reported>,
}

/// What was reported to the database, as far as it is known here.
#[derive(Default)]
struct Reported {
    /// Those of whom it knows.
    known: HashSet<Arc<str>>,
    /// Those of whom it may know or not: what was said last may have been written, or not, and with it
    /// the answer got lost whether this node was on the list.
    unsure: HashSet<Arc<str>>,
}

/// One window of an account, until it is dropped.
pub(crate) struct Window {
    windows: Arc<Windows>,
    account: Arc<str>,
}

/// One window of a visitor, until it is dropped.
pub(crate) struct VisitorWindow {
    windows: Arc<Windows>,
    token: Arc<str>,
}

/// What has to be reported to the database.
#[derive(Default)]
pub(crate) struct Changes {
    pub(crate) came: Vec<Arc<str>>,
    pub(crate) went: Vec<Arc<str>>,
}

impl Windows {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            node: Ids::from_system().id17(),
            open: Mutex::default(),
            of_visitors: Mutex::default(),
            changed: Notify::new(),
            reported: watch::Sender::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Someone has opened a window. Answers when the database knows that they are here, or cannot be
    /// reached at the moment.
    pub(crate) async fn open(self: &Arc<Self>, account: &str) -> Window {
        let account: Arc<str> = account.into();
        let window = Window {
            windows: Arc::clone(self),
            account: Arc::clone(&account),
        };
        *self.lock().entry(Arc::clone(&account)).or_insert(0) += 1;
        self.changed.notify_one();
        let mut reported = self.reported.subscribe();
        let known = reported.wait_for(|reported| reported.known.contains(&account));
        // After that it is reported to the database a little later, and nobody waits for it.
        let _in_time = timeout(PATIENCE, known).await;
        window
    }

    fn lock_visitors(&self) -> MutexGuard<'_, HashMap<Arc<str>, usize>> {
        let counts = self.of_visitors.lock();
        counts.unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn open_for_visitor(self: &Arc<Self>, token: &str) -> VisitorWindow {
        let token: Arc<str> = token.into();
        let counts = &mut self.lock_visitors();
        *counts.entry(Arc::clone(&token)).or_insert(0) += 1;
        VisitorWindow {
            windows: Arc::clone(self),
            token,
        }
    }

    /// Whether a visitor has a window at this node.
    pub(crate) fn has_visitor(&self, token: &str) -> bool {
        self.lock_visitors().contains_key(token)
    }

    pub(crate) fn changes(&self) -> Changes {
        let open = self.lock();
        let reported = self.reported.borrow();
        let mut came: Vec<Arc<str>> = open
            .keys()
            .filter(|account| !reported.known.contains(*account))
            .take(AT_ONCE)
            .cloned()
            .collect();
        let mut went: Vec<Arc<str>> = reported
            .known
            .union(&reported.unsure)
            .filter(|account| !open.contains_key(*account))
            .take(AT_ONCE)
            .cloned()
            .collect();
        // In one order everywhere, so that two nodes do not wait for each other.
        came.sort_unstable();
        went.sort_unstable();
        Changes { came, went }
    }

    /// What was reported to the database, and whether it knew of this node before.
    pub(crate) fn note(&self, changes: &Changes, is_known: bool) {
        self.reported.send_modify(|reported| {
            if !is_known {
                *reported = Reported::default();
            }
            for account in changes.went.iter().chain(&changes.came) {
                reported.known.remove(account);
                reported.unsure.remove(account);
            }
            reported.known.extend(changes.came.iter().cloned());
        });
    }

    /// It was reported to the database, and what that answered is not known.
    pub(crate) fn doubt(&self, changes: &Changes) {
        self.reported.send_modify(|reported| {
            reported.unsure.extend(reported.known.drain());
            reported.unsure.extend(changes.came.iter().cloned());
        });
    }
}

impl Changes {
    pub(crate) fn is_empty(&self) -> bool {
        self.came.is_empty() && self.went.is_empty()
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        count_down(&mut self.windows.lock(), &self.account);
        self.windows.changed.notify_one();
    }
}

impl VisitorWindow {
    pub(crate) const fn token(&self) -> &Arc<str> {
        &self.token
    }
}

impl Drop for VisitorWindow {
    fn drop(&mut self) {
        count_down(&mut self.windows.lock_visitors(), &self.token);
    }
}

fn count_down(counts: &mut HashMap<Arc<str>, usize>, whose: &Arc<str>) {
    if let Some(count) = counts.get_mut(whose) {
        *count -= 1;
        if *count == 0 {
            counts.remove(whose);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(accounts: &[Arc<str>]) -> Vec<&str> {
        accounts.iter().map(AsRef::as_ref).collect()
    }

    /// A window, without waiting for the database to know of it.
    fn open(windows: &Arc<Windows>, account: &str) -> Window {
        *windows.lock().entry(account.into()).or_insert(0) += 1;
        Window {
            windows: Arc::clone(windows),
            account: account.into(),
        }
    }

    #[test]
    fn what_may_not_have_been_written_is_said_again() {
        let windows = Windows::new();
        let (amy, _ben) = (open(&windows, "amy"), open(&windows, "ben"));
        windows.note(&windows.changes(), false);
        assert!(windows.changes().is_empty());
        drop(amy);
        let went = windows.changes();
        assert_eq!(names(&went.went), ["amy"]);
        windows.doubt(&went);

        // back before it is said again that she went; whether the node was on the list is not known either
        let amy = open(&windows, "amy");
        let again = windows.changes();
        assert_eq!(names(&again.came), ["amy", "ben"]);
        assert!(again.went.is_empty());
        windows.note(&again, true);
        assert!(windows.changes().is_empty());

        // came, perhaps, and has gone before it is said again
        let cleo = open(&windows, "cleo");
        windows.doubt(&windows.changes());
        drop((amy, cleo));
        let again = windows.changes();
        assert_eq!(names(&again.came), ["ben"]);
        assert_eq!(names(&again.went), ["amy", "cleo"]);
        windows.note(&again, true);
        assert!(windows.changes().is_empty());
    }
}
