//! Roles, and who has them.

mod rows;

pub(crate) use self::rows::ALL;
pub use self::rows::{add, count, give, lock_administrators, take, take_all, with_role};
pub use self::rows::{all, find};
use hark_store::{Result, Timestamp, View, record};

use crate::Page;
use crate::accounts::Account;

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct Role from "role" {
        pub id: String,
        pub name: String,
        pub scope: String,
        pub description: String,
        pub protected: bool,
        pub mandatory2fa: bool,
        pub updated_at: Timestamp,
    }
}

/// Those who have a role, by user name, and how many they are.
pub fn members(view: &mut View<'_>, role: &str, page: Page) -> Result<(Vec<Account>, i64)> {
    let members = with_role(view, role, page)?;
    Ok((members, count(view, role)?))
}
