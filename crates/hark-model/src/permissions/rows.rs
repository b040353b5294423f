use std::collections::BTreeMap;

use hark_store::{Param, Record, Result, Timestamp, Tx, View, params, sql, statements};

use super::{Permission, catalogue};

statements! {
    /// The whole of a small table.
    EVERY = sql!("SELECT ", Permission::COLUMNS, " FROM permission ORDER BY id");
    INSERT = "INSERT INTO permission (id, roles, updated_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";
    /// Primary key.
    GRANT = "UPDATE permission SET roles = $2, updated_at = $3 WHERE id = $1";
}

pub fn all(view: &mut View<'_>) -> Result<BTreeMap<String, Permission>> {
    let rows: Vec<Permission> = view.records(&EVERY, params![])?;
    Ok(rows
        .into_iter()
        .map(|permission| (permission.id.clone(), permission))
        .collect())
}

pub fn add(tx: &mut Tx<'_>, now: Timestamp, permission: &catalogue::Permission) -> Result<u64> {
    tx.changed(
        &INSERT,
        params![permission.id, Param::json(permission.roles), now],
    )
}

pub fn grant(tx: &mut Tx<'_>, now: Timestamp, permission: &str, roles: &[String]) -> Result<()> {
    tx.execute(&GRANT, params![permission, Param::json(roles), now])
}
