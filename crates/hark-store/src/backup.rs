use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::{OpenError, Timestamp, migrate, sqlite, store};

/// Copies the embedded database of a data folder while a server may be writing to it. The copy
/// is of one moment; `progress` hears pages done and pages in all.
pub fn copy_sqlite(
    folder: &Path,
    target: &Path,
    mut progress: impl FnMut(u64, u64),
) -> Result<(), OpenError> {
    const PAGES: i32 = 2_000;
    let path = store::database_file(folder);
    let source = sqlite::open(&path, false)?;
    let refuse = |error: rusqlite::Error| sqlite::refuse(&path, &error);
    // An open read transaction holds the moment: without it each write of the server would make
    // the copy start again.
    source
        .execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;")
        .map_err(refuse)?;
    let mut copy = Connection::open(target).map_err(refuse)?;
    let backup = Backup::new(&source, &mut copy).map_err(refuse)?;
    loop {
        let step = backup.step(PAGES).map_err(refuse)?;
        let pages = backup.progress();
        let all = u64::try_from(pages.pagecount).unwrap_or(0);
        let left = u64::try_from(pages.remaining).unwrap_or(0);
        progress(all.saturating_sub(left), all);
        match step {
            StepResult::Done => return Ok(()),
            StepResult::Busy | StepResult::Locked => {
                std::thread::park_timeout(Duration::from_millis(20));
            }
            _ => {}
        }
    }
}

/// The fact of a database that was restored, while nobody has said that it is the one that counts.
pub const COPY: &str = "restored_at";

/// Notes in a file that it is a copy, whatever the version of its schema.
pub fn restored_sqlite(path: &Path, now: Timestamp) -> Result<(), OpenError> {
    let connection = sqlite::open(path, true)?;
    let refuse = |error: rusqlite::Error| sqlite::refuse(path, &error);
    connection
        .execute(
            "INSERT INTO fact (name, value) VALUES (?1, ?2)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (COPY, now.millis().to_string()),
        )
        .map_err(refuse)?;
    // All of it is in the file itself when that gets its name.
    connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .map_err(refuse)
}

/// Whether a file is a whole Hark database that this program can open; answers its schema's
/// version.
pub fn inspect_sqlite(path: &Path) -> Result<i64, OpenError> {
    let connection = sqlite::open(path, false)?;
    let refuse = |error: rusqlite::Error| sqlite::refuse(path, &error);
    let application: i64 = connection
        .query_row("PRAGMA application_id", [], |row| row.get(0))
        .map_err(refuse)?;
    if application != sqlite::APPLICATION_ID {
        return Err(OpenError::Foreign { path: path.into() });
    }
    let found: i64 = connection
        .query_row("SELECT max(version) FROM migration", [], |row| row.get(0))
        .map_err(refuse)?;
    if found > migrate::LATEST {
        return Err(OpenError::TooNew {
            found,
            known: migrate::LATEST,
        });
    }
    let whole: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(refuse)?;
    if whole == "ok" {
        Ok(found)
    } else {
        Err(OpenError::Corrupt {
            path: path.into(),
            // A heading and a line break stand before the finding.
            why: whole.lines().last().unwrap_or_default().to_owned(),
        })
    }
}
