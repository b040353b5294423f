//! The rules of the house: who may do what, with which settings, and later the whole life of a
//! chat. A command is a plain function on a transaction, with the moment and the one who asks
//! handed in; it changes rows and appends the events that say so, or it declines with a
//! [`Refusal`]. No HTTP, no clock, no global.
//!
//! A folder for each aggregate: its rules in `mod.rs`, its SQL in `rows.rs`, and what is given
//! from the start in `catalogue.rs`.

pub mod accounts;
mod actor;
pub mod agents;
pub mod connections;
pub mod custom_fields;
pub mod departments;
pub mod founding;
pub mod hours;
pub mod inquiries;
pub mod keys;
pub mod mail;
pub mod messages;
pub mod offline;
pub mod passwords;
pub mod patterns;
pub mod permissions;
pub mod policy;
mod refusal;
pub mod roles;
pub mod rooms;
pub mod routing;
pub mod sessions;
pub mod settings;
pub mod subscriptions;
mod tally;
pub mod totp;
pub mod triggers;
pub mod uploads;
pub mod visitors;

pub use actor::Actor;
pub use keys::Keyring;
pub use policy::{Policies, Policy};
pub use refusal::Refusal;

/// Every statement of this crate, for the test that prepares and explains them on both engines.
pub fn all_statements() -> Vec<&'static hark_store::Statement> {
    [
        accounts::rows::ALL,
        accounts::rows::LISTS,
        custom_fields::rows::ALL,
        agents::rows::ALL,
        connections::rows::ALL,
        departments::rows::ALL,
        founding::ALL,
        mail::rows::ALL,
        offline::ALL,
        hours::rows::ALL,
        inquiries::rows::ALL,
        messages::rows::ALL,
        rooms::lists::ALL,
        rooms::rows::ALL,
        routing::rows::ALL,
        subscriptions::rows::ALL,
        tally::ALL,
        visitors::rows::ALL,
        permissions::rows::ALL,
        policy::ALL,
        roles::rows::ALL,
        sessions::rows::ALL,
        settings::rows::ALL,
        uploads::rows::ALL,
        triggers::rows::ALL,
    ]
    .concat()
}
