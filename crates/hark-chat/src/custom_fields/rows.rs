use hark_store::{Record, Result, Tx, View, params, sql, statements, writes};

use super::{CustomField, MOST};

statements! {
    /// The whole of a small table.
    EVERY = sql!("SELECT ", CustomField::COLUMNS, " FROM custom_field ORDER BY label, id LIMIT $1");
    /// Primary key.
    FIND = sql!("SELECT ", CustomField::COLUMNS, " FROM custom_field WHERE id = $1");
    /// Primary key.
    REMOVE = "DELETE FROM custom_field WHERE id = $1";
}

writes! {
    pub fn add(field: &CustomField) insert custom_field {
        id = &field.id,
        label = &field.label,
        scope = &field.scope,
        visibility = &field.visibility,
        pattern = &field.pattern,
        searchable = field.searchable,
        kind = &field.kind,
        required = field.required,
        preset = &field.preset,
        options = &field.options,
        public = field.public,
        updated_at = field.updated_at,
    } "ON CONFLICT (id) DO NOTHING", update change;
}

/// By label.
pub fn all(view: &mut View<'_>) -> Result<Vec<CustomField>> {
    view.records(&EVERY, params![MOST as i64])
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<CustomField>> {
    view.record(&FIND, params![id])
}

pub fn remove(tx: &mut Tx<'_>, id: &str) -> Result<u64> {
    tx.changed(&REMOVE, params![id])
}
