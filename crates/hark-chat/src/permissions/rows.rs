use std::collections::BTreeMap;

use hark_store::{Error, Timestamp, Tx, View, params, statements};
use serde_json::{Value, json};

use super::{Permission, catalogue};

statements! {
    /// The whole of a small table.
    EVERY = "SELECT id, roles, updated_at FROM permission ORDER BY id";
    INSERT = "INSERT INTO permission (id, roles, updated_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";
    /// Primary key.
    GRANT = "UPDATE permission SET roles = $2, updated_at = $3 WHERE id = $1";
}

pub(crate) fn all(view: &mut View<'_>) -> Result<BTreeMap<String, Permission>, Error> {
    let rows = view.query(&EVERY, params![], |row| {
        let roles: Value = row.get(1)?;
        let roles = roles.as_array().into_iter().flatten();
        Ok(Permission {
            id: row.get(0)?,
            roles: roles.filter_map(Value::as_str).map(str::to_owned).collect(),
            updated_at: row.get(2)?,
        })
    })?;
    Ok(rows
        .into_iter()
        .map(|permission| (permission.id.clone(), permission))
        .collect())
}

pub(crate) fn add(
    tx: &mut Tx<'_>,
    now: Timestamp,
    permission: &catalogue::Permission,
) -> Result<u64, Error> {
    let roles = json!(permission.roles).to_string();
    tx.execute(&INSERT, params![permission.id, &roles, now])
}

pub(crate) fn grant(
    tx: &mut Tx<'_>,
    now: Timestamp,
    permission: &str,
    roles: &[String],
) -> Result<u64, Error> {
    let roles = json!(roles).to_string();
    tx.execute(&GRANT, params![permission, &roles, now])
}
