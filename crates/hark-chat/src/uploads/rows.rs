use hark_store::{Error, Row, Timestamp, Tx, View, params, statements};
use serde_json::{Value, json};

use super::{Picture, Upload};

macro_rules! columns {
    () => {
        "id, room_id, account_id, name, media_type, size, sha256, picture, attached, created_at"
    };
}

statements! {
    /// Primary key.
    FIND = concat!("SELECT ", columns!(), " FROM upload WHERE id = $1");
    ADD = concat!("INSERT INTO upload (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
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

pub(crate) fn find(view: &mut View<'_>, id: &str) -> Result<Option<Upload>, Error> {
    view.one(&FIND, params![id], read)
}

pub(crate) fn add(tx: &mut Tx<'_>, upload: &Upload) -> Result<(), Error> {
    let picture = upload.picture.as_ref().map(picture_to_json);
    let picture = picture.map(|picture| picture.to_string());
    tx.execute(
        &ADD,
        params![
            &upload.id,
            &upload.room_id,
            upload.account_id.as_deref(),
            &upload.name,
            &upload.media_type,
            upload.size,
            &upload.sha256,
            picture.as_deref(),
            upload.attached,
            upload.created_at,
        ],
    )
    .map(drop)
}

pub(crate) fn attach(tx: &mut Tx<'_>, id: &str) -> Result<u64, Error> {
    tx.execute(&ATTACH, params![id])
}

pub(crate) fn forgotten(
    view: &mut View<'_>,
    before: Timestamp,
    limit: usize,
) -> Result<Vec<String>, Error> {
    view.query(&FORGOTTEN, params![before, limit as i64], |row| row.get(0))
}

/// The row goes, and its bytes become garbage.
pub(crate) fn discard(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<(), Error> {
    tx.execute(&REMOVE, params![id])?;
    tx.execute(&DISCARD, params![id, now]).map(drop)
}

pub(crate) fn garbage(
    view: &mut View<'_>,
    after: &str,
    limit: usize,
) -> Result<Vec<String>, Error> {
    view.query(&GARBAGE, params![after, limit as i64], |row| row.get(0))
}

pub(crate) fn cleared(tx: &mut Tx<'_>, id: &str) -> Result<(), Error> {
    tx.execute(&CLEARED, params![id]).map(drop)
}

fn picture_to_json(picture: &Picture) -> Value {
    json!({"width": picture.width, "height": picture.height, "preview": picture.preview})
}

fn picture_from_json(value: &Value) -> Option<Picture> {
    let side = |name: &str| u32::try_from(value[name].as_u64()?).ok();
    Some(Picture {
        width: side("width")?,
        height: side("height")?,
        preview: value["preview"].as_str().map(str::to_owned),
    })
}

fn read(row: &Row<'_>) -> Result<Upload, Error> {
    let mut columns = row.columns_from(0);
    Ok(Upload {
        id: columns.next()?,
        room_id: columns.next()?,
        account_id: columns.next()?,
        name: columns.next()?,
        media_type: columns.next()?,
        size: columns.next()?,
        sha256: columns.next()?,
        picture: columns
            .next::<Option<Value>>()?
            .and_then(|value| picture_from_json(&value)),
        attached: columns.next()?,
        created_at: columns.next()?,
    })
}
