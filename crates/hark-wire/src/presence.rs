//! Who has a window open at this node, and that the database knows of it.
//!
//! Connections only count here. One task writes what has changed since the database was told, many in
//! one command, and says now and then that this node lives. So a server to which everybody comes back
//! at once writes little, and a database that is away for a while is told when it is back.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hark_chat::connections;
use hark_store::{Error, Ids, lease};
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::wire::Wire;

const LEASE: &str = "presence";
/// How often a node says that it lives, and one of them looks for those who have gone.
const BEAT: Duration = Duration::from_secs(5);
/// Whoever looks late gives everybody a minute again, so one beat may be missed.
const HELD_FOR_SECONDS: i64 = 15;
/// People in one command.
const AT_ONCE: usize = 200;
/// Commands before it is time for something else.
const IN_A_TURN: usize = 20;
/// Before a store that does not answer is asked again.
const PAUSE: Duration = Duration::from_millis(500);
/// How long a log-in waits for the database to know of it.
const PATIENCE: Duration = Duration::from_secs(2);

/// The windows at this node.
pub(crate) struct Windows {
    node: String,
    /// How many each account has.
    open: Mutex<HashMap<Arc<str>, usize>>,
    /// How many each visitor has who says so, by his token.
    of_visitors: Mutex<HashMap<Arc<str>, usize>>,
    changed: Notify,
    told: watch::Sender<Told>,
}

/// What the database was told, as far as it is known here.
#[derive(Default)]
struct Told {
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

/// What the database has to be told.
#[derive(Default)]
struct News {
    came: Vec<Arc<str>>,
    went: Vec<Arc<str>>,
}

impl Windows {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            node: Ids::from_system().id17(),
            open: Mutex::default(),
            of_visitors: Mutex::default(),
            changed: Notify::new(),
            told: watch::Sender::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Someone has opened a window. Answers when the database knows that he is here, or cannot be told
    /// at the moment.
    pub(crate) async fn open(self: &Arc<Self>, account: &str) -> Window {
        let account: Arc<str> = account.into();
        let window = Window {
            windows: Arc::clone(self),
            account: Arc::clone(&account),
        };
        *self.lock().entry(Arc::clone(&account)).or_insert(0) += 1;
        self.changed.notify_one();
        let mut told = self.told.subscribe();
        let known = told.wait_for(|told| told.known.contains(&account));
        // Whoever is not waited for any more is told of a little later.
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

    fn news(&self) -> News {
        let open = self.lock();
        let told = self.told.borrow();
        let mut came: Vec<Arc<str>> = open
            .keys()
            .filter(|account| !told.known.contains(*account))
            .take(AT_ONCE)
            .cloned()
            .collect();
        let mut went: Vec<Arc<str>> = told
            .known
            .union(&told.unsure)
            .filter(|account| !open.contains_key(*account))
            .take(AT_ONCE)
            .cloned()
            .collect();
        // In one order everywhere, so that two nodes do not wait for each other.
        came.sort_unstable();
        went.sort_unstable();
        News { came, went }
    }

    /// What the database was told, and whether it knew of this node before.
    fn note(&self, news: &News, is_known: bool) {
        self.told.send_modify(|told| {
            if !is_known {
                *told = Told::default();
            }
            for account in news.went.iter().chain(&news.came) {
                told.known.remove(account);
                told.unsure.remove(account);
            }
            told.known.extend(news.came.iter().cloned());
        });
    }

    /// The database was told, and what it answered is not known.
    fn doubt(&self, news: &News) {
        self.told.send_modify(|told| {
            told.unsure.extend(told.known.drain());
            told.unsure.extend(news.came.iter().cloned());
        });
    }
}

impl News {
    fn is_empty(&self) -> bool {
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

/// Keeps the database's knowledge of who is connected, until it is dropped. At the end of this process
/// nothing is taken back: whoever was connected has time to come back, to the next one.
pub async fn keep(wire: Arc<Wire>) {
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let is_beat = tokio::select! {
            _ = beat.tick() => true,
            () = wire.windows.changed.notified() => false,
        };
        if let Err(error) = turn(&wire, is_beat).await {
            tracing::debug!(error = %error, "who is connected was not written down; trying again");
            sleep(PAUSE).await;
            wire.windows.changed.notify_one();
        }
    }
}

async fn turn(wire: &Arc<Wire>, is_beat: bool) -> Result<(), Error> {
    for round in 0..IN_A_TURN {
        let news = wire.windows.news();
        let is_due = is_beat && round == 0;
        if news.is_empty() && !is_due {
            break;
        }
        match report(wire, &news).await {
            Ok(is_known) => wire.windows.note(&news, is_known),
            // Nothing was done.
            Err(Error::Busy) => return Err(Error::Busy),
            Err(error) => {
                wire.windows.doubt(&news);
                return Err(error);
            }
        }
    }
    if !wire.windows.news().is_empty() {
        wire.windows.changed.notify_one();
    }
    match is_beat {
        true => look_for_the_gone(wire).await,
        false => Ok(()),
    }
}

async fn report(wire: &Arc<Wire>, news: &News) -> Result<bool, Error> {
    let (now, node) = (wire.store.clock().now(), wire.windows.node.clone());
    let texts = |accounts: &[Arc<str>]| -> Vec<String> {
        accounts.iter().map(ToString::to_string).collect()
    };
    let (came, went) = (texts(&news.came), texts(&news.went));
    let told = wire
        .store
        .write(move |tx| connections::report(tx, now, &node, &came, &went));
    told.await
}

/// One node does it for all.
async fn look_for_the_gone(wire: &Arc<Wire>) -> Result<(), Error> {
    let (now, node) = (wire.store.clock().now(), wire.windows.node.clone());
    let turn = wire.store.write(move |tx| {
        let until = now.plus_seconds(HELD_FOR_SECONDS);
        let was_mine = lease::holds(tx, now, LEASE, &node)?;
        let is_mine = lease::take(tx, now, LEASE, &node, until)?;
        if is_mine && !was_mine {
            connections::begin_to_look(tx, now)?;
        }
        if is_mine {
            connections::bury(tx, now)?;
        }
        Ok::<_, Error>(is_mine)
    });
    if !turn.await? {
        return Ok(());
    }
    let overdue = wire
        .store
        .read(move |view| connections::overdue(view, now, AT_ONCE as i64));
    for account in overdue.await? {
        let gone = account.clone();
        let lapse = wire
            .store
            .write(move |tx| connections::lapse(tx, now, &gone));
        match lapse.await {
            Ok(()) => {}
            // So will those of the others.
            Err(error) if error.passes() => return Err(error),
            Err(error) => {
                tracing::warn!(%account, %error, "someone has gone, and that could not be written down");
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(accounts: &[Arc<str>]) -> Vec<&str> {
        accounts.iter().map(AsRef::as_ref).collect()
    }

    /// Of the windows nobody waits to be told of here.
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
        windows.note(&windows.news(), false);
        assert!(windows.news().is_empty());
        drop(amy);
        let went = windows.news();
        assert_eq!(names(&went.went), ["amy"]);
        windows.doubt(&went);

        // back before it is said again that she went; whether the node was on the list is not known either
        let amy = open(&windows, "amy");
        let again = windows.news();
        assert_eq!(names(&again.came), ["amy", "ben"]);
        assert!(again.went.is_empty());
        windows.note(&again, true);
        assert!(windows.news().is_empty());

        // came, perhaps, and has gone before it is said again
        let cleo = open(&windows, "cleo");
        windows.doubt(&windows.news());
        drop((amy, cleo));
        let again = windows.news();
        assert_eq!(names(&again.came), ["ben"]);
        assert_eq!(names(&again.went), ["amy", "cleo"]);
        windows.note(&again, true);
        assert!(windows.news().is_empty());
    }
}
