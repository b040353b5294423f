//! What roles may do.

use crate::giving;
use hark_model::events::{Event, PermissionChanged, Subject, record_event};
use hark_model::{Context, Refusal, audit, permissions, policy, roles};
use serde_json::json;

/// Grants each permission to exactly the roles given with it. All are checked before one changes.
pub fn grant(cx: &mut Context<'_, '_>, grants: &[(String, Vec<String>)]) -> Result<(), Refusal> {
    let known = permissions::all(cx.tx)?;
    for (permission, _) in grants {
        if !known.contains_key(permission) {
            return Err(Refusal::NoSuchPermission(permission.clone()));
        }
    }
    for role in grants.iter().flat_map(|(_, roles)| roles) {
        if roles::find(cx.tx, role)?.is_none() {
            return Err(Refusal::NoSuchRole(role.clone()));
        }
    }
    for (permission, roles) in grants {
        let before = known.get(permission);
        let has = |role: &String| before.is_some_and(|known| known.roles.contains(role));
        if !roles.iter().all(has) {
            giving::may_grant(cx, permission)?;
        }
    }
    for (permission, roles) in grants {
        let before = known.get(permission).map(|known| json!(known.roles));
        audit::differs(cx.tx, permission, None, before, Some(json!(roles)));
        permissions::grant(cx.tx, cx.now, permission, roles)?;
        let changed = Event::PermissionChanged(PermissionChanged {
            permission: permission.clone(),
            roles: roles.clone(),
            by: cx.who.actor(),
        });
        record_event(cx.tx, cx.now, Subject::NONE, &changed)?;
    }
    policy::raise(cx.tx)?;
    Ok(())
}
