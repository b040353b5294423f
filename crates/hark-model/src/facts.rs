//! What a database remembers of itself: when it was begun, and with which key it is sealed.

use hark_store::{Result, Timestamp, Tx, View, params, statements};

use crate::Keyring;

statements! {
    /// Primary key of a small table.
    FACT = "SELECT value FROM fact WHERE name = $1";
    REMEMBER = "INSERT INTO fact (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    SET = "INSERT INTO fact (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    FORGET = "DELETE FROM fact WHERE name = $1";
    /// Of the file, or of the database in PostgreSQL's cluster; no table is read.
    SIZE = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        postgres = "SELECT pg_database_size(current_database())";
}

/// Only the first time counts.
pub fn begun(tx: &mut Tx<'_>, now: Timestamp) -> Result<()> {
    let moment = now.millis().to_string();
    tx.execute(&REMEMBER, params!["founded_at", &moment])
}

pub(crate) fn begun_at(view: &mut View<'_>) -> Result<Timestamp> {
    Ok(moment(view, "founded_at")?.unwrap_or_default())
}

/// A moment that is kept as a fact.
fn moment(view: &mut View<'_>, name: &str) -> Result<Option<Timestamp>> {
    let millis = view.one(&FACT, params![name], |row| row.get::<String>(0))?;
    Ok(millis
        .and_then(|text| text.parse().ok())
        .map(Timestamp::from_millis))
}

/// The last time that is known to have been, by a clock that nobody doubts.
pub fn last_seen(view: &mut View<'_>) -> Result<Option<Timestamp>> {
    moment(view, "seen_at")
}

/// It is later than was known. Nodes whose clocks differ do not take it back.
pub fn saw(tx: &mut Tx<'_>, now: Timestamp) -> Result<()> {
    if last_seen(tx)?.is_none_or(|known| known < now) {
        tx.execute(&SET, params!["seen_at", &now.millis().to_string()])?;
    }
    Ok(())
}

/// How many bytes the database has.
pub fn size(view: &mut View<'_>) -> Result<i64> {
    let size = view.one(&SIZE, params![], |row| row.get(0))?;
    Ok(size.unwrap_or_default())
}

/// When the last backup was made that is known of: by `hark admin backup`.
pub fn backed_up_at(view: &mut View<'_>) -> Result<Option<Timestamp>> {
    moment(view, "backed_up_at")
}

/// A backup was made.
pub fn backed_up(tx: &mut Tx<'_>, now: Timestamp) -> Result<()> {
    tx.execute(&SET, params!["backed_up_at", &now.millis().to_string()])
}

/// When somebody said last that the system's clock is right.
pub fn believed_at(view: &mut View<'_>) -> Result<Option<Timestamp>> {
    moment(view, "believed_at")
}

/// Somebody says that the system's clock is right.
pub fn believe(tx: &mut Tx<'_>, now: Timestamp) -> Result<()> {
    for name in ["seen_at", "believed_at"] {
        tx.execute(&SET, params![name, &now.millis().to_string()])?;
    }
    Ok(())
}

/// Whether this database is a copy that sends nothing, because nobody has said yet that it is the one that
/// counts. [`hark_store::restored_sqlite`] makes it so.
pub fn is_copy(view: &mut View<'_>) -> Result<bool> {
    let mark = view.one(&FACT, params![hark_store::COPY], |_| Ok(()))?;
    Ok(mark.is_some())
}

/// It is the one that counts. False if it was so before.
pub fn counts(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx.changed(&FORGET, params![hark_store::COPY])? > 0)
}

/// Whether a key has sealed this database already, so that a new one would be the wrong one.
pub fn has_key(view: &mut View<'_>) -> Result<bool> {
    let known = view.one(&FACT, params!["key"], |_| Ok(()))?;
    Ok(known.is_some())
}

/// Remembers which key seals this database; false when it was another one.
pub fn same_key(tx: &mut Tx<'_>, keys: &Keyring) -> Result<bool> {
    tx.execute(&REMEMBER, params!["key", keys.fingerprint()])?;
    let known = tx.one(&FACT, params!["key"], |row| row.get::<String>(0))?;
    Ok(known.as_deref() == Some(keys.fingerprint()))
}
