//! Permissions with what they let somebody do, for those who give them away.

use hark_model::permissions::catalogue::PERMISSIONS;

use super::answers::{Page, PermissionInWords};
use super::{Nothing, POLLED};
use crate::answer::Failure;
use crate::call::Call;
use crate::handler::Done;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "permissions", Access::Permission("access-permissions"), "Every permission, and what it lets somebody do", list)
        .per_minute(POLLED),
];

async fn list(_: Call, _: Nothing) -> Result<Done<Page<PermissionInWords>>, Failure> {
    Ok(Done(Page {
        items: PERMISSIONS.iter().map(PermissionInWords::of).collect(),
        next_cursor: None,
    }))
}
