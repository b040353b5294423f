//! The embedded engine: one writer thread with group commit, readers beside it, and a
//! maintenance thread that moves the write-ahead log into the file off the hot path.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::watch;

use crate::job::{Ran, Read, Write};
use crate::tx::{Cells, Conn};
use crate::{Error, Ids, OpenError, Param, Row, Statement, Tx, View, migrate};

/// "Hark", so that a database of another program is not taken for ours.
pub(crate) const APPLICATION_ID: i64 = 0x4861_726b;
/// Commands that may share a commit. More would make the first of them wait without a gain.
const GROUP: usize = 1024;
/// Groups after which the log is worth moving into the file.
const GROUPS_PER_CHECKPOINT: u64 = 64;
/// Above this size the log is made to start again.
const LOG_TOO_LONG: u64 = 256 << 20;
const RESTART_PATIENCE: Duration = Duration::from_millis(300);
/// How long a lock of another process (`hark admin`) is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often the maintenance thread looks for events of another process (`hark admin`).
const LOOK_AROUND: Duration = Duration::from_secs(1);

pub(crate) struct Threads {
    pub(crate) handles: Vec<JoinHandle<()>>,
}

pub(crate) struct Counters {
    pub(crate) groups: AtomicU64,
    pub(crate) commands: AtomicU64,
    pub(crate) position: watch::Sender<i64>,
}

pub(crate) struct Queues {
    pub(crate) writes: Receiver<Box<dyn Write>>,
    pub(crate) reads: Receiver<Box<dyn Read>>,
}

/// Opens the file, brings it up to date and starts the threads.
pub(crate) fn start(
    path: &Path,
    readers: usize,
    ids: Ids,
    queues: Queues,
    counters: &Arc<Counters>,
    now: crate::Timestamp,
    migrates: bool,
) -> Result<Threads, OpenError> {
    make_private(path)?;
    let mut writer = open(path, true)?;
    migrate::sqlite(&mut writer, path, now, migrates)?;
    let head = last_position(&writer)?;
    counters.position.send_replace(head);

    let mut handles = Vec::new();
    let (nudge, nudges) = bounded(1);
    for number in 0..readers {
        let connection = open(path, false)?;
        let queue = queues.reads.clone();
        handles.push(spawn(format!("store-read-{number}"), move || {
            read_loop(&connection, &queue);
        })?);
    }
    let watcher = open(path, false)?;
    let checkpointer = open(path, true)?;
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
        head,
        log,
        restart_above: LOG_TOO_LONG,
    };
    handles.push(spawn("store-write".into(), move || {
        writer.run(&queues.writes);
    })?);
    Ok(Threads { handles })
}

/// Made by us first where it is not there: the engine would let others read it, and gives the
/// files that it puts beside it the same mode.
fn make_private(path: &Path) -> Result<(), OpenError> {
    let made = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path);
    made.map(drop).map_err(|error| cannot_write(path, &error))
}

pub(crate) fn spawn(
    name: String,
    body: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, OpenError> {
    std::thread::Builder::new()
        .name(name)
        .spawn(body)
        .map_err(|error| OpenError::Store(Error::Unavailable(error.to_string())))
}

/// A connection with the settings that every one of ours has.
pub(crate) fn open(path: &Path, writes: bool) -> Result<Connection, OpenError> {
    let mut flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags |= if writes {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    } else {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    };
    let refuse = |error: rusqlite::Error| refuse(path, &error);
    let connection = Connection::open_with_flags(path, flags).map_err(refuse)?;
    connection.busy_timeout(PATIENCE).map_err(refuse)?;
    if writes && !is_ours(&connection).map_err(refuse)? {
        return Err(OpenError::Foreign { path: path.into() });
    }
    let settle = || {
        if writes {
            // Only a new file takes the page size; 8 KB suits rows of about one.
            connection.pragma_update(None, "page_size", 8192)?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "wal_autocheckpoint", 0)?;
            connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
        }
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.pragma_update(None, "cache_size", if writes { -8192 } else { -2048 })?;
        connection.set_prepared_statement_cache_capacity(256);
        // Without it a kept statement is compiled again whenever certain parameters change, a
        // LIMIT among them: half of the server's work.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        Ok(())
    };
    settle().map_err(refuse)?;
    Ok(connection)
}

/// A new file, or one that carries our mark: looked at before anything in it is changed.
fn is_ours(connection: &Connection) -> rusqlite::Result<bool> {
    let number = |text| connection.query_row(text, [], |row| row.get::<_, i64>(0));
    let mark = number("PRAGMA application_id")?;
    Ok(mark == APPLICATION_ID || mark == 0 && number("SELECT count(*) FROM sqlite_schema")? == 0)
}

/// What an error at opening means to the operator.
pub(crate) fn refuse(path: &Path, error: &rusqlite::Error) -> OpenError {
    let path = PathBuf::from(path);
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => OpenError::Foreign { path },
        Some(ErrorCode::DatabaseCorrupt) => OpenError::Corrupt {
            path,
            why: error.to_string(),
        },
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            cannot_write(&path, error)
        }
        _ => OpenError::Store(failure("open", error)),
    }
}

fn cannot_write(path: &Path, error: &dyn std::error::Error) -> OpenError {
    OpenError::Folder {
        path: path.into(),
        why: format!(
            "its database cannot be opened for writing ({error}); check the owner and mode of the folder and that its file system is not read-only"
        ),
    }
}

fn last_position(connection: &Connection) -> Result<i64, Error> {
    connection
        .query_row("SELECT coalesce(max(position), 0) FROM event", [], |row| {
            row.get(0)
        })
        .map_err(|error| failure("last position", &error))
}

struct Writer {
    connection: Connection,
    ids: Ids,
    nudge: Sender<()>,
    counters: Arc<Counters>,
    head: i64,
    /// The write-ahead log, and the size above which it is made to start again.
    log: PathBuf,
    restart_above: u64,
}

impl Writer {
    /// Takes what waits, commits it together, answers all. A lone command commits at once:
    /// groups come from load, not from a timer.
    fn run(&mut self, queue: &Receiver<Box<dyn Write>>) {
        while let Ok(first) = queue.recv() {
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
                // A full channel means that the thread has been told already.
                let _told_already = self.nudge.try_send(());
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
            self.connection.busy_timeout(PATIENCE)?;
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
                tracing::error!(error = %error, commands = group.len(), "a group of commands was not committed");
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
        let mut appended = 0;
        let mut wrote = false;
        for job in group.iter_mut() {
            if savepoints {
                self.sql("SAVEPOINT command")?;
            }
            let mut tx = Tx::new(Conn::Sqlite(&self.connection), &mut self.ids);
            let ran = job.run(&mut tx);
            let (events, writes) = (tx.appended(), tx.writes());
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
                appended += events;
                wrote |= writes > 0;
            }
            outcomes.push(ran.map(drop));
        }
        if !wrote {
            self.sql("ROLLBACK")?;
            return Ok(Some(outcomes));
        }
        self.sql("COMMIT")?;
        if appended > 0 {
            self.publish();
        }
        Ok(Some(outcomes))
    }

    fn publish(&mut self) {
        match last_position(&self.connection) {
            Ok(position) => {
                self.head = position;
                raise(&self.counters.position, position);
            }
            // The slow look-around of the maintenance thread will find it.
            Err(error) => tracing::warn!(error = %error, "the position of the log was not read"),
        }
    }

    fn sql(&self, text: &'static str) -> Result<(), Error> {
        self.connection
            .prepare_cached(text)
            .and_then(|mut statement| statement.execute([]))
            .map(drop)
            .map_err(|error| failure(text, &error))
    }
}

/// Positions only grow, whoever reports them first.
pub(crate) fn raise(head: &watch::Sender<i64>, position: i64) {
    head.send_if_modified(|known| {
        let newer = position > *known;
        if newer {
            *known = position;
        }
        newer
    });
}

fn read_loop(connection: &Connection, queue: &Receiver<Box<dyn Read>>) {
    while let Ok(mut job) = queue.recv() {
        let looked = look(connection, job.as_mut());
        job.settle(looked);
    }
}

/// One view, one moment: the queries of a job see a single snapshot.
fn look(connection: &Connection, job: &mut dyn Read) -> Result<(), Error> {
    let sql = |text: &'static str| {
        connection
            .prepare_cached(text)
            .and_then(|mut statement| statement.execute([]))
            .map_err(|error| failure(text, &error))
    };
    sql("BEGIN")?;
    let looked = job.run(&mut View::new(Conn::Sqlite(connection)));
    if !connection.is_autocommit() {
        sql("COMMIT")?;
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
        && let Ok(position) = last_position(watcher)
    {
        *seen = version;
        raise(&counters.position, position);
    }
}

pub(crate) fn query<T>(
    connection: &Connection,
    statement: &'static Statement,
    params: &[Param<'_>],
    read: &mut impl FnMut(&Row<'_>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let refuse = |error| failure(statement.name(), &error);
    let mut prepared = connection
        .prepare_cached(statement.sqlite())
        .map_err(refuse)?;
    let mut rows = prepared
        .query(rusqlite::params_from_iter(params))
        .map_err(refuse)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(refuse)? {
        found.push(read(&Row {
            statement: statement.name(),
            cells: Cells::Sqlite(row),
        })?);
    }
    Ok(found)
}

pub(crate) fn execute(
    connection: &Connection,
    statement: &'static Statement,
    params: &[Param<'_>],
) -> Result<u64, Error> {
    connection
        .prepare_cached(statement.sqlite())
        .and_then(|mut prepared| prepared.execute(rusqlite::params_from_iter(params)))
        .map(|changed| changed as u64)
        .map_err(|error| failure(statement.name(), &error))
}

pub(crate) fn explain(
    connection: &Connection,
    statement: &Statement,
) -> Result<Vec<String>, Error> {
    let text = format!("EXPLAIN QUERY PLAN {}", statement.sqlite());
    let lines = connection.prepare(&text).and_then(|mut prepared| {
        prepared
            .raw_query()
            .mapped(|row| row.get::<_, String>(3))
            .collect()
    });
    lines.map_err(|error| failure(statement.name(), &error))
}

pub(crate) fn failure(statement: &'static str, error: &rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Error::Full,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Busy,
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            Error::ReadOnly(error.to_string())
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            Error::Corrupt(error.to_string())
        }
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::OutOfMemory) => {
            Error::Unavailable(error.to_string())
        }
        _ => Error::Broken {
            statement,
            detail: error.to_string(),
        },
    }
}
