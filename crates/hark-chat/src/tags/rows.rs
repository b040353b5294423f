use hark_store::{Record, Result, Tx, View, params, sql, statements, writes};

use super::{MOST, Tag};

statements! {
    /// The whole of a small table.
    EVERY = sql!("SELECT ", Tag::COLUMNS, " FROM tag ORDER BY name, id LIMIT $1");
    /// Primary key.
    FIND = sql!("SELECT ", Tag::COLUMNS, " FROM tag WHERE id = $1");
    /// Primary key.
    REMOVE = "DELETE FROM tag WHERE id = $1";
}

writes! {
    pub fn add(tag: &Tag) insert tag {
        id = &tag.id,
        name = &tag.name,
        description = &tag.description,
        departments = &tag.departments,
        updated_at = tag.updated_at,
    }, update change;
}

/// By name.
pub(super) fn all(view: &mut View<'_>) -> Result<Vec<Tag>> {
    view.records(&EVERY, params![MOST as i64])
}

pub(super) fn find(view: &mut View<'_>, id: &str) -> Result<Option<Tag>> {
    view.record(&FIND, params![id])
}

pub(super) fn remove(tx: &mut Tx<'_>, id: &str) -> Result<u64> {
    tx.changed(&REMOVE, params![id])
}
