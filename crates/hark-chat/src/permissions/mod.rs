//! What a role may do. A permission is granted to roles; a caller needs one role that has it.

pub mod catalogue;
pub(crate) mod rows;

use hark_store::{NewEvent, Timestamp, Tx, log};
use serde_json::json;

use crate::{Actor, Refusal, policy, roles};

#[derive(Debug, Clone, PartialEq)]
pub struct Permission {
    pub id: String,
    pub roles: Vec<String>,
    pub updated_at: Timestamp,
}

/// Grants each permission to exactly the roles given with it. All are checked before one changes.
pub fn update(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    grants: &[(String, Vec<String>)],
) -> Result<(), Refusal> {
    let known = rows::all(tx)?;
    for (permission, _) in grants {
        if !known.contains_key(permission) {
            return Err(Refusal::NoSuchPermission(permission.clone()));
        }
    }
    for role in grants.iter().flat_map(|(_, roles)| roles) {
        if roles::rows::find(tx, role)?.is_none() {
            return Err(Refusal::NoSuchRole(role.clone()));
        }
    }
    for (permission, roles) in grants {
        rows::grant(tx, now, permission, roles)?;
        let body = json!({"permission": permission, "roles": roles, "by": who.to_json()});
        log::append(tx, now, &NewEvent::plain("permission.changed", body))?;
    }
    policy::raise(tx)?;
    Ok(())
}
