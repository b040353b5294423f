//! What Hark is about, and what commands are given: records and values, the events of the log, the
//! settings, permissions and roles with the policy that they make, and the [`Context`] of a command,
//! which is the transaction, the moment, that policy and who asks. Nothing here decides what
//! happens; that is for the crates above.
//!
//! A folder for each aggregate: its record and queries in `mod.rs`, its SQL in `rows.rs`, and what
//! is given from the start in `catalogue.rs`.

pub mod accounts;
pub mod audit;
mod context;
pub mod events;
pub mod facts;
pub mod identity;
pub mod jwt;
pub mod keys;
mod leads;
pub mod network;
mod page;
pub mod patterns;
pub mod permissions;
pub mod policy;
mod refusal;
pub mod roles;
pub mod rooms;
pub mod settings;
pub mod tally;
pub mod text;
pub mod units;
pub mod vapid;
pub mod visitors;
mod who;

pub use context::Context;
pub use events::Actor;
pub use keys::Keyring;
pub use page::Page;
pub use policy::{Policies, Policy};
pub use refusal::{IdentityFault, Refusal};
pub use who::Who;

/// Every statement of this crate, for the test that prepares and explains them on both engines.
pub fn all_statements() -> Vec<&'static hark_store::Statement> {
    [
        accounts::ALL,
        accounts::WRITES,
        accounts::LISTS,
        audit::ALL,
        audit::WRITES,
        facts::ALL,
        rooms::LISTS,
        rooms::ALL,
        rooms::WRITES,
        tally::ALL,
        visitors::ALL,
        visitors::WRITES,
        permissions::ALL,
        roles::ALL,
        settings::ALL,
    ]
    .concat()
}
