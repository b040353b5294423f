//! Everything of an embedded database, put into an empty PostgreSQL in one transaction there. The rows are the same in
//! both; the two engines differ in how numbers are given out, and that is set right at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;

use ::postgres::{Client, Transaction};
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::postgres::{Server, describe};
use crate::{OpenError, Timestamp, migrate, sqlite, store};

/// What belongs to one database and not to what it holds, and what the other engine has no table for.
const LEFT: [&str; 3] = ["migration", "lease", "guest_number"];
/// The words of messages, which each engine keeps in its own way: they are gathered there anew.
const GATHERED: &str = "message_words";
/// One of these is in a database that has been used.
const USED: &str = "SELECT EXISTS (SELECT 1 FROM account) OR EXISTS (SELECT 1 FROM event)
    OR EXISTS (SELECT 1 FROM event_staged) OR EXISTS (SELECT 1 FROM room) OR EXISTS (SELECT 1 FROM visitor)";

/// Nobody else may use the folder meanwhile. `progress` hears rows done and rows in all; answers how many there were.
/// The database in the folder stays as it is, but for a note that it is a copy from now on.
pub fn sqlite_to_postgres(
    folder: &Path,
    url: &str,
    now: Timestamp,
    mut progress: impl FnMut(u64, u64),
) -> Result<u64, OpenError> {
    let path = store::database_file(folder);
    let _alone = store::lock_folder(folder)?;
    let refuse = |error: rusqlite::Error| sqlite::refuse(&path, &error);
    let mut source = sqlite::open(&path, true)?;
    migrate::sqlite(&mut source, &path, now, true)?;
    let server = Server::new(url)?;
    let mut client = server.reach()?;
    migrate::postgres(&mut client, now, true)?;
    let tables = tables(&source).map_err(refuse)?;
    let mut all = 0;
    for table in &tables {
        all += number(&source, &format!("SELECT count(*) FROM {table}")).map_err(refuse)?;
    }
    let mut target = begin(&mut client).map_err(broke_off)?;
    let used: bool = target.query_one(USED, &[]).map_err(broke_off)?.get(0);
    if used {
        return Err(OpenError::NotEmpty {
            host: server.name(),
        });
    }
    let mut done = 0;
    let all = u64::try_from(all).unwrap_or(0);
    for table in in_order(&mut target, tables).map_err(broke_off)? {
        copy(&source, &path, &mut target, &table, &mut |rows| {
            done += rows;
            progress(done, all);
        })?;
    }
    let last_guest =
        number(&source, "SELECT coalesce(max(last), 0) FROM guest_number").map_err(refuse)?;
    set_numbers(&mut target, last_guest).map_err(broke_off)?;
    target.commit().map_err(broke_off)?;
    drop(source);
    crate::restored_sqlite(&path, now)?;
    Ok(done)
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn broke_off(error: ::postgres::Error) -> OpenError {
    OpenError::Moving(describe(&error))
}

/// However long a table takes.
fn begin(client: &mut Client) -> Result<Transaction<'_>, ::postgres::Error> {
    let mut target = client.transaction()?;
    target.batch_execute(
        "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0",
    )?;
    Ok(target)
}

fn number(source: &Connection, text: &str) -> rusqlite::Result<i64> {
    source.query_row(text, [], |row| row.get(0))
}

fn tables(source: &Connection) -> rusqlite::Result<BTreeSet<String>> {
    let mut found = source.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
    )?;
    let names = found.query_map([], |row| row.get::<_, String>(0))?;
    let names: rusqlite::Result<BTreeSet<String>> = names.collect();
    Ok(names?
        .into_iter()
        .filter(|name| !LEFT.contains(&name.as_str()) && !name.starts_with(GATHERED))
        .collect())
}

/// Each behind those that it refers to.
fn in_order(
    target: &mut Transaction<'_>,
    mut tables: BTreeSet<String>,
) -> Result<Vec<String>, ::postgres::Error> {
    let references = target.query(
        "SELECT one.relname::TEXT, other.relname::TEXT FROM pg_constraint
            JOIN pg_class one ON one.oid = conrelid JOIN pg_class other ON other.oid = confrelid
            WHERE contype = 'f' AND conrelid <> confrelid AND one.relnamespace = current_schema()::regnamespace",
        &[],
    )?;
    let mut needs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in references {
        needs.entry(row.get(0)).or_default().push(row.get(1));
    }
    let mut ordered = Vec::new();
    while !tables.is_empty() {
        let waits = |table: &&String| {
            let needed = needs.get(*table).into_iter().flatten();
            needed.into_iter().any(|other| tables.contains(other))
        };
        let (later, ready): (Vec<&String>, Vec<&String>) = tables.iter().partition(waits);
        // A circle would come as it is, and PostgreSQL would say which row lacks another.
        let ready = if ready.is_empty() { later } else { ready };
        let ready: Vec<String> = ready.into_iter().cloned().collect();
        tables.retain(|table| !ready.contains(table));
        ordered.extend(ready);
    }
    Ok(ordered)
}

/// One table. What the migrations have put there comes from the source, too.
fn copy(
    source: &Connection,
    path: &Path,
    target: &mut Transaction<'_>,
    table: &str,
    progress: &mut impl FnMut(u64),
) -> Result<(), OpenError> {
    const ROWS: u64 = 5_000;
    let refuse = |error: rusqlite::Error| sqlite::refuse(path, &error);
    let columns = target
        .query(
            "SELECT column_name::TEXT FROM information_schema.columns
                WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position",
            &[&table],
        )
        .map_err(broke_off)?;
    let columns: Vec<String> = columns.iter().map(|row| row.get(0)).collect();
    let columns = columns.join(", ");
    target
        .batch_execute(&format!("DELETE FROM {table}"))
        .map_err(broke_off)?;
    let mut out = target
        .copy_in(&format!("COPY {table} ({columns}) FROM STDIN"))
        .map_err(broke_off)?;
    let mut read = source
        .prepare(&format!("SELECT {columns} FROM {table}"))
        .map_err(refuse)?;
    let width = read.column_count();
    let mut rows = read.query([]).map_err(refuse)?;
    let mut line = Vec::new();
    let mut unsaid = 0;
    while let Some(row) = rows.next().map_err(refuse)? {
        line.clear();
        for column in 0..width {
            if column > 0 {
                line.push(b'\t');
            }
            write(row.get_ref(column).map_err(refuse)?, &mut line);
        }
        line.push(b'\n');
        out.write_all(&line)
            .map_err(|error| OpenError::Moving(error.to_string()))?;
        unsaid += 1;
        if unsaid == ROWS {
            progress(unsaid);
            unsaid = 0;
        }
    }
    out.finish().map_err(broke_off)?;
    progress(unsaid);
    Ok(())
}

/// A value as `COPY` reads it from text. A switch is a number on the one engine, and the other reads 0 and 1 as one.
fn write(value: ValueRef<'_>, out: &mut Vec<u8>) {
    match value {
        ValueRef::Null => out.extend(b"\\N"),
        ValueRef::Integer(number) => out.extend(number.to_string().as_bytes()),
        ValueRef::Real(number) => out.extend(number.to_string().as_bytes()),
        ValueRef::Text(text) => {
            for byte in text {
                match byte {
                    b'\\' => out.extend(b"\\\\"),
                    b'\n' => out.extend(b"\\n"),
                    b'\r' => out.extend(b"\\r"),
                    b'\t' => out.extend(b"\\t"),
                    byte => out.push(*byte),
                }
            }
        }
        ValueRef::Blob(bytes) => {
            out.extend(b"\\\\x");
            for byte in bytes {
                out.extend(format!("{byte:02x}").as_bytes());
            }
        }
    }
}

/// What is given out next goes on behind what is there.
fn set_numbers(target: &mut Transaction<'_>, last_guest: i64) -> Result<(), ::postgres::Error> {
    target.batch_execute(
        "UPDATE event_head SET position = greatest(
            (SELECT coalesce(max(position), 0) FROM event),
            (SELECT coalesce(max(position), 0) FROM event_reader))",
    )?;
    if last_guest > 0 {
        target.execute("SELECT setval('guest_number', $1)", &[&last_guest])?;
    }
    let numbered = target.query(
        "SELECT table_name::TEXT, column_name::TEXT FROM information_schema.columns
            WHERE table_schema = current_schema() AND is_identity = 'YES'",
        &[],
    )?;
    for row in numbered {
        let (table, column): (String, String) = (row.get(0), row.get(1));
        target.batch_execute(&format!(
            "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), coalesce(max({column}), 0) + 1, false) FROM {table}"
        ))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_postgresql_reads_them() {
        let written = |value| {
            let mut out = Vec::new();
            write(value, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written(ValueRef::Null), "\\N");
        assert_eq!(written(ValueRef::Integer(-7)), "-7");
        assert_eq!(
            written(ValueRef::Text("a\tb\\n\r\né".as_bytes())),
            "a\\tb\\\\n\\r\\né"
        );
        assert_eq!(written(ValueRef::Text(b"\\N")), "\\\\N");
        assert_eq!(written(ValueRef::Blob(&[0, 255])), "\\\\x00ff");
    }
}
