//! The life of a chat: a visitor opens it, it waits in the queue, is taken by an agent, goes from
//! one to the next and is closed; what is said in it and sent with it, and where its chats come to
//! (departments, routing). A command is a plain function that is given a [`hark_model::Context`]. It
//! changes rows and records the events that say so, or declines with a [`hark_model::Refusal`]. No
//! HTTP, no clock, no global.
//!
//! What happens to a chat has a file for each thing (`opening`, `taking`, …), what it consists of a
//! folder for each aggregate: rules in `mod.rs`, SQL in `rows.rs`. `team` is for the rooms of the
//! people who work here.

mod abandonment;
pub mod access;
mod agent_gone;
mod calls;
pub mod canned_responses;
mod closing;
mod contact_change;
pub mod contacts;
pub mod custom_fields;
pub mod departments;
pub mod email_inboxes;
pub mod emailing;
pub mod figures;
mod holding;
pub mod identity;
mod info;
pub mod inquiries;
pub mod mail;
pub mod messages;
pub mod notes;
pub mod offline;
mod opening;
pub mod patience;
pub mod pdf_transcripts;
pub mod priorities;
pub mod reading;
mod removal;
pub mod routing;
pub mod sites;
pub mod sla;
pub mod sms;
pub mod subscriptions;
pub mod tags;
mod taking;
mod team;
pub mod texting;
pub mod transcripts;
mod transfer;
pub mod triggers;
pub mod units;
pub mod uploads;
mod urgency;
pub mod views;
mod visitor_change;
pub mod visitors;
pub mod widget_sites;
pub mod words;

pub use self::abandonment::{foretell, settle_abandoned};
pub use self::agent_gone::{OpenChats, agent_gone};
pub use self::calls::{call, set_call_status, set_call_status_as_visitor};
pub use self::closing::{Close, close};
pub use self::contact_change::{change_contact, resolve_conflicts};
pub use self::holding::{put_on_hold, resume};
pub use self::info::{Info, rate, save_info};
pub use self::opening::{Opened, Opening, delegate_waiting, open, question, question_of};
pub use self::removal::{removable, remove, remove_all_of, remove_closed, remove_some_closed};
pub use self::taking::{join, take};
pub use self::team::{
    GENERAL, MOST_PEOPLE, addressed, direct, direct_of, found_group, join_general, leave,
    make_general, remove_group,
};
pub use self::transfer::{Forward, forward, pass_on, pass_on_unanswered, return_to_queue};
pub use self::urgency::{set_priority, set_sla, tell_overdue};
pub use self::visitor_change::change_visitor;

/// Every statement of this crate, for the test that prepares and explains them on both engines.
pub fn all_statements() -> Vec<&'static hark_store::Statement> {
    [
        canned_responses::ALL,
        canned_responses::WRITES,
        contacts::ALL,
        contacts::WRITES,
        custom_fields::ALL,
        custom_fields::WRITES,
        departments::ALL,
        departments::WRITES,
        figures::ALL,
        figures::duty::ALL,
        figures::names::ALL,
        figures::now::ALL,
        mail::ALL,
        mail::WRITES,
        offline::ALL,
        inquiries::ALL,
        inquiries::WRITES,
        messages::ALL,
        messages::WRITES,
        notes::ALL,
        notes::WRITES,
        pdf_transcripts::ALL,
        pdf_transcripts::WRITES,
        views::ALL,
        views::WRITES,
        widget_sites::ALL,
        widget_sites::WRITES,
        priorities::ALL,
        reading::ALL,
        reading::WRITES,
        routing::ALL,
        sites::ALL,
        sites::WRITES,
        sla::ALL,
        sla::WRITES,
        email_inboxes::ALL,
        email_inboxes::WRITES,
        sms::ALL,
        sms::WRITES,
        subscriptions::ALL,
        subscriptions::WRITES,
        tags::ALL,
        tags::WRITES,
        uploads::ALL,
        uploads::WRITES,
        uploads::quota::STATEMENTS,
        triggers::ALL,
        triggers::WRITES,
        units::ALL,
        units::WRITES,
        words::ALL,
    ]
    .concat()
}
