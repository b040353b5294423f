//! Those who work here and what they may do: accounts, roles, permissions and settings, log-ins and
//! sessions, agents with their opening hours and whether they can be reached; each command with all
//! that follows from it, also for chats. `bootstrap` is the first start.

pub mod accounts;
pub mod agents;
pub mod bootstrap;
pub mod circular;
pub mod connections;
pub mod forgotten;
mod giving;
pub mod hours;
pub mod passwords;
mod permissions;
pub mod pictures;
pub mod push_subscriptions;
mod roles;
pub mod sessions;
mod settings;
mod status;
pub mod totp;

pub use self::permissions::grant as grant_permissions;
pub use self::roles::{appoint, dismiss, give_role, take_role};
pub use self::settings::{change_setting, preset_setting};

/// Every statement of this crate, for the test that prepares and explains them on both engines.
pub fn all_statements() -> Vec<&'static hark_store::Statement> {
    [
        agents::ALL,
        connections::ALL,
        hours::ALL,
        hours::WRITES,
        hours::other_days::ALL,
        hours::other_days::WRITES,
        push_subscriptions::ALL,
        push_subscriptions::WRITES,
        sessions::ALL,
        sessions::WRITES,
    ]
    .concat()
}
