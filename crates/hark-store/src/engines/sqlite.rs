//! The threads of the embedded engine: one writer with group commit, readers beside it, and one for
//! maintenance, which moves the write-ahead log into the file off the hot path.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use rusqlite::Connection;

use crate::engines::{Counters, Work, spawn};
use crate::job::{Ran, Read, Write};
use crate::tx::Conn;
use crate::{Error, Ids, OpenError, Tx, View, migrate, sqlite};

/// Commands that may share a commit. More would make the first of them wait without a gain.
const GROUP: usize = 1024;
/// Groups after which the log is worth moving into the file.
const GROUPS_PER_CHECKPOINT: u64 = 64;
/// Above this size the log is made to start again.
const LOG_TOO_LONG: u64 = 128 << 20;
const RESTART_PATIENCE: Duration = Duration::from_millis(300);
/// How long a thread without work keeps what it has read.
const IDLE: Duration = Duration::from_secs(10);
/// How often the maintenance thread looks for events of another process (`hark admin`).
const LOOK_AROUND: Duration = Duration::from_secs(1);

/// Opens the file, brings it up to date and starts the threads.
pub(crate) fn start(
    path: &Path,
    readers: usize,
    ids: Ids,
    work: Work,
    counters: &Arc<Counters>,
    now: crate::Timestamp,
    migrates: bool,
) -> Result<Vec<JoinHandle<()>>, OpenError> {
    sqlite::make_private(path)?;
    let mut writer = sqlite::open(path, true)?;
    migrate::sqlite(&mut writer, path, now, migrates)?;
    let head = sqlite::last_position(&writer)?;
    counters.position.send_replace(head);

    let mut handles = Vec::new();
    let (nudge, nudges) = bounded(1);
    for number in 0..readers {
        let connection = sqlite::open(path, false)?;
        let (queue, counters) = (work.reads.clone(), Arc::clone(counters));
        handles.push(spawn(format!("store-read-{number}"), move || {
            read_loop(&connection, &queue, &counters);
        })?);
    }
    let watcher = sqlite::open(path, false)?;
    let checkpointer = sqlite::open(path, true)?;
    let log = path.with_extension("db-wal");
    let shared = Arc::clone(counters);
    handles.push(spawn("store-keep".into(), move || {
        maintain(&checkpointer, &watcher, &nudges, &shared);
    })?);
    let mut writer = Writer {
        connection: writer,
        ids,
        nudge,
        counters: Arc::clone(counters),
        log,
        restart_above: LOG_TOO_LONG,
    };
    handles.push(spawn("store-write".into(), move || {
        writer.run(&work.writes);
    })?);
    Ok(handles)
}

struct Writer {
    connection: Connection,
    ids: Ids,
    nudge: Sender<()>,
    counters: Arc<Counters>,
    /// The write-ahead log, and the size above which it is made to start again.
    log: PathBuf,
    restart_above: u64,
}

impl Writer {
    /// Takes what waits, commits it together, answers all. A lone command commits at once:
    /// groups come from load, not from a timer.
    fn run(&mut self, queue: &Receiver<Box<dyn Write>>) {
        while let Some(first) = next_job(queue, &self.connection) {
            let mut group = vec![first];
            group.extend(queue.try_iter().take(GROUP - 1));
            let size = group.len() as u64;
            let outcomes = self.commit(&mut group);
            for (job, outcome) in group.into_iter().zip(outcomes) {
                job.settle(outcome);
            }
            self.counters.commands.fetch_add(size, Ordering::Relaxed);
            let groups = self.counters.groups.fetch_add(1, Ordering::Relaxed);
            if groups.is_multiple_of(GROUPS_PER_CHECKPOINT) {
                // First, while the other thread does not hold the log.
                self.bound_log();
                // A full channel means that the thread has been nudged already.
                let _full = self.nudge.try_send(());
            }
        }
    }

    /// Under steady load there is never a moment at which all of the log is in the file, so it
    /// would grow for ever: above a size the writer itself waits for that moment. A long reader,
    /// such as a backup, may hold it up; then it is tried again when the log has grown as much
    /// again, and not at every turn.
    fn bound_log(&mut self) {
        let length = std::fs::metadata(&self.log).map_or(0, |file| file.len());
        if length <= self.restart_above {
            return;
        }
        let restarted = self
            .connection
            .busy_timeout(RESTART_PATIENCE)
            .and_then(|()| {
                let text = "PRAGMA wal_checkpoint(RESTART)";
                self.connection
                    .query_row(text, [], |row| row.get::<_, i64>(0))
            });
        let restarted = restarted.and_then(|busy| {
            self.connection.busy_timeout(sqlite::PATIENCE)?;
            Ok(busy == 0)
        });
        self.restart_above = match restarted {
            Ok(true) => LOG_TOO_LONG,
            Ok(false) => length + LOG_TOO_LONG,
            Err(error) => {
                tracing::warn!(error = %error, log_bytes = length, "the write-ahead log could not be made to start again");
                length + LOG_TOO_LONG
            }
        };
    }

    /// First without savepoints, which cost a tenth and more; only a group in which a command
    /// has to be undone is played again with one around each command.
    fn commit(&mut self, group: &mut [Box<dyn Write>]) -> Vec<Result<(), Error>> {
        let attempt = self.transaction(group, false);
        let attempt = match attempt {
            Ok(None) => self.transaction(group, true),
            done => done,
        };
        if !self.connection.is_autocommit() {
            // What failed midway must not be in the way of the next group.
            drop(self.sql("ROLLBACK"));
        }
        match attempt {
            Ok(Some(outcomes)) => outcomes,
            Ok(None) => vec![Err(Error::Busy); group.len()],
            Err(error) => {
                if matches!(error, Error::Full | Error::ReadOnly(_)) {
                    self.counters.wrote(Err(&error));
                } else {
                    tracing::error!(error = %error, commands = group.len(), "a group of commands was not committed");
                }
                vec![Err(error); group.len()]
            }
        }
    }

    /// `Ok(None)`: something has to be undone, play the group again with savepoints.
    fn transaction(
        &mut self,
        group: &mut [Box<dyn Write>],
        savepoints: bool,
    ) -> Result<Option<Vec<Result<(), Error>>>, Error> {
        self.sql("BEGIN IMMEDIATE")?;
        let mut outcomes = Vec::with_capacity(group.len());
        let mut last_event = None;
        let (mut wrote, mut raised) = (false, false);
        for job in group.iter_mut() {
            if savepoints {
                self.sql("SAVEPOINT command")?;
            }
            let mut tx = Tx::new(Conn::Sqlite(&self.connection), &mut self.ids, raised);
            let ran = job.run(&mut tx);
            let (last, writes) = (tx.last_event, tx.writes());
            self.counters.asked(tx.statements, 0);
            raised = tx.raised;
            // A full disk or a broken read ends the transaction inside SQLite: nothing of the
            // group is left to commit.
            if self.connection.is_autocommit() {
                return Err(ran.err().unwrap_or(Error::Busy));
            }
            let keep = matches!(ran, Ok(Ran::Done | Ran::Declined));
            if !keep && !savepoints {
                self.sql("ROLLBACK")?;
                return Ok(None);
            }
            if savepoints {
                if !keep {
                    self.sql("ROLLBACK TO command")?;
                }
                self.sql("RELEASE command")?;
            }
            if keep {
                last_event = last.or(last_event);
                wrote |= writes > 0;
            }
            outcomes.push(ran.map(drop));
        }
        if !wrote {
            self.sql("ROLLBACK")?;
            return Ok(Some(outcomes));
        }
        self.sql("COMMIT")?;
        self.counters.wrote(Ok(()));
        if let Some(position) = last_event {
            self.counters.advance(position);
        }
        Ok(Some(outcomes))
    }

    fn sql(&self, text: &'static str) -> Result<(), Error> {
        sqlite::sql(&self.connection, text)
    }
}

/// What a connection has kept in memory of the file is given back when nobody has asked for a while.
fn next_job<J>(queue: &Receiver<J>, connection: &Connection) -> Option<J> {
    match queue.recv_timeout(IDLE) {
        Ok(job) => Some(job),
        Err(RecvTimeoutError::Disconnected) => None,
        Err(RecvTimeoutError::Timeout) => {
            if let Err(error) = connection.execute_batch("PRAGMA shrink_memory") {
                tracing::debug!(error = %error, "memory of the database was not given back");
            }
            queue.recv().ok()
        }
    }
}

fn read_loop(connection: &Connection, queue: &Receiver<Box<dyn Read>>, counters: &Counters) {
    while let Some(mut job) = next_job(queue, connection) {
        let looked = look(connection, job.as_mut(), counters);
        job.settle(looked);
    }
}

/// One view, one moment: the queries of a job see a single snapshot.
fn look(connection: &Connection, job: &mut dyn Read, counters: &Counters) -> Result<(), Error> {
    sqlite::sql(connection, "BEGIN")?;
    let mut view = View::new(Conn::Sqlite(connection));
    let looked = job.run(&mut view);
    counters.asked(view.statements, 0);
    if !connection.is_autocommit() {
        sqlite::sql(connection, "COMMIT")?;
    }
    looked
}

fn maintain(
    checkpointer: &Connection,
    watcher: &Connection,
    nudges: &Receiver<()>,
    counters: &Counters,
) {
    let mut seen = 0;
    loop {
        match nudges.recv_timeout(LOOK_AROUND) {
            Ok(()) => checkpoint(checkpointer),
            Err(RecvTimeoutError::Timeout) => look_around(watcher, &mut seen, counters),
            Err(RecvTimeoutError::Disconnected) => {
                checkpoint(checkpointer);
                return;
            }
        }
    }
}

fn checkpoint(connection: &Connection) {
    let text = "PRAGMA wal_checkpoint(PASSIVE)";
    let done = connection.query_row(text, [], |row| row.get::<_, i64>(0));
    if let Err(error) = done {
        tracing::warn!(error = %error, "the write-ahead log could not be moved into the database");
    }
}

/// Another process wrote: the version that SQLite keeps for each connection says so cheaply.
fn look_around(watcher: &Connection, seen: &mut i64, counters: &Counters) {
    let version = watcher.query_row("PRAGMA data_version", [], |row| row.get::<_, i64>(0));
    if let Ok(version) = version
        && *seen != version
        && let Ok(position) = sqlite::last_position(watcher)
    {
        *seen = version;
        counters.advance(position);
    }
}
