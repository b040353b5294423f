//! SQLite: the database file of the embedded engine, and how statements run on it.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::row::Cells;
use crate::{Error, OpenError, Param, Row, Statement};

/// "Hark", so that a database of another program is not taken for ours.
pub(crate) const APPLICATION_ID: i64 = 0x4861_726b;
/// How long a lock of another process (`hark admin`) is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Creates the file if there is none: SQLite would let other users read it. The files that SQLite
/// puts beside it get the same mode.
pub(crate) fn make_private(path: &Path) -> Result<(), OpenError> {
    let made = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path);
    made.map(drop).map_err(|error| cannot_write(path, &error))
}

/// A connection with the settings that all of ours have.
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
            connection.pragma_update(None, "journal_size_limit", 128 << 20)?;
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

pub(crate) fn last_position(connection: &Connection) -> Result<i64, Error> {
    connection
        .query_row("SELECT coalesce(max(position), 0) FROM event", [], |row| {
            row.get(0)
        })
        .map_err(|error| failure("last position", &error))
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

/// A statement without parameters that begins or ends something.
pub(crate) fn sql(connection: &Connection, text: &'static str) -> Result<(), Error> {
    connection
        .prepare_cached(text)
        .and_then(|mut prepared| prepared.execute([]))
        .map(drop)
        .map_err(|error| failure(text, &error))
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
