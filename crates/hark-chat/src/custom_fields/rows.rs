use hark_store::{Error, Row, Tx, View, params, statements};

use super::{CustomField, MOST, Scope};

macro_rules! columns {
    () => {
        "id, label, scope, visible, pattern, searchable, kind, required, preset, options, public, updated_at"
    };
}

statements! {
    /// The whole of a small table.
    EVERY = concat!("SELECT ", columns!(), " FROM custom_field ORDER BY label, id LIMIT $1");
    /// Primary key.
    FIND = concat!("SELECT ", columns!(), " FROM custom_field WHERE id = $1");
    ADD = concat!("INSERT INTO custom_field (", columns!(), ")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING");
    /// Primary key.
    CHANGE = "UPDATE custom_field SET label = $2, scope = $3, visible = $4, pattern = $5,
        searchable = $6, kind = $7, required = $8, preset = $9, options = $10, public = $11,
        updated_at = $12 WHERE id = $1";
    /// Primary key.
    REMOVE = "DELETE FROM custom_field WHERE id = $1";
}

pub(crate) fn all(view: &mut View<'_>) -> Result<Vec<CustomField>, Error> {
    view.query(&EVERY, params![MOST as i64], read)
}

pub(crate) fn find(view: &mut View<'_>, id: &str) -> Result<Option<CustomField>, Error> {
    view.one(&FIND, params![id], read)
}

pub(crate) fn add(tx: &mut Tx<'_>, field: &CustomField) -> Result<u64, Error> {
    write(tx, &ADD, field)
}

pub(crate) fn change(tx: &mut Tx<'_>, field: &CustomField) -> Result<u64, Error> {
    write(tx, &CHANGE, field)
}

fn write(
    tx: &mut Tx<'_>,
    statement: &'static hark_store::Statement,
    field: &CustomField,
) -> Result<u64, Error> {
    tx.execute(
        statement,
        params![
            &field.id,
            &field.label,
            field.scope.name(),
            field.visible,
            field.pattern.as_deref(),
            field.searchable,
            &field.kind,
            field.required,
            field.preset.as_deref(),
            field.options.as_deref(),
            field.public,
            field.updated_at,
        ],
    )
}

pub(crate) fn remove(tx: &mut Tx<'_>, id: &str) -> Result<u64, Error> {
    tx.execute(&REMOVE, params![id])
}

fn read(row: &Row<'_>) -> Result<CustomField, Error> {
    let mut columns = row.columns_from(0);
    Ok(CustomField {
        id: columns.next()?,
        label: columns.next()?,
        scope: Scope::parse(&columns.next::<String>()?).unwrap_or(Scope::Visitor),
        visible: columns.next()?,
        pattern: columns.next()?,
        searchable: columns.next()?,
        kind: columns.next()?,
        required: columns.next()?,
        preset: columns.next()?,
        options: columns.next()?,
        public: columns.next()?,
        updated_at: columns.next()?,
    })
}
