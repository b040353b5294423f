use hark_store::{Record, Result, Timestamp, Tx, View, params, sql, statements, writes};

use super::Upload;

statements! {
    /// Primary key.
    FIND = sql!("SELECT ", Upload::COLUMNS, " FROM upload WHERE id = $1");
    /// Primary key.
    ATTACH = "UPDATE upload SET attached = true WHERE id = $1 AND NOT attached";
    /// Primary key.
    REMOVE = "DELETE FROM upload WHERE id = $1";
    /// upload_unattached.
    FORGOTTEN = "SELECT id FROM upload WHERE NOT attached AND created_at < $1 ORDER BY created_at LIMIT $2";
    DISCARD = "INSERT INTO upload_garbage (id, since) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
    /// Primary key, in order.
    GARBAGE = "SELECT id FROM upload_garbage WHERE id > $1 ORDER BY id LIMIT $2";
    /// Primary key.
    CLEARED = "DELETE FROM upload_garbage WHERE id = $1";
}

writes! {
    pub fn add(upload: &Upload) insert upload {
        id = &upload.id,
        room_id = &upload.room_id,
        account_id = &upload.account_id,
        name = &upload.name,
        media_type = &upload.media_type,
        size = upload.size,
        sha256 = &upload.sha256,
        picture = upload.picture.as_ref(),
        attached = upload.attached,
        created_at = upload.created_at,
    };
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Upload>> {
    view.record(&FIND, params![id])
}

pub(crate) fn attach(tx: &mut Tx<'_>, id: &str) -> Result<u64> {
    tx.changed(&ATTACH, params![id])
}

pub fn forgotten(view: &mut View<'_>, before: Timestamp, limit: usize) -> Result<Vec<String>> {
    view.query(&FORGOTTEN, params![before, limit as i64], |row| row.get(0))
}

/// The row goes, and its bytes become garbage.
pub(crate) fn discard(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<()> {
    tx.execute(&REMOVE, params![id])?;
    tx.execute(&DISCARD, params![id, now])
}

/// Files whose bytes have to go, in order after one of them.
pub fn garbage(view: &mut View<'_>, after: &str, limit: usize) -> Result<Vec<String>> {
    view.query(&GARBAGE, params![after, limit as i64], |row| row.get(0))
}

pub(crate) fn cleared(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    tx.execute(&CLEARED, params![id])
}
