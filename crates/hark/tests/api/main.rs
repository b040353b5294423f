//! The server as visitors, agents and programs call it: REST, real time, pages, mail.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../inside/mod.rs"]
mod inside;

use inside::HARK;

mod abandonment;
mod access;
mod accounts;
mod agents;
mod answer_examples;
mod audit;
mod borders;
mod business_hours;
mod calls;
mod canned_responses;
mod capacity;
mod chat;
mod clock;
mod console;
mod contract;
mod conversations;
mod cost;
mod dashboards;
mod departments;
mod described_answers;
mod documents;
mod email_inboxes;
mod external_routing;
mod familiar;
mod fields;
mod figures;
mod files;
mod fuzz;
mod giving;
mod hark_api;
mod health;
mod identity;
mod inbox;
mod jobs;
mod kept_contacts;
mod lists;
mod log_ins;
mod mail;
mod mailer;
mod methods;
mod monitors;
mod notes;
mod on_hold;
mod other_days;
mod passwords;
mod pdf_transcripts;
mod pictures;
mod presence;
mod priorities;
mod privacy;
mod push;
mod queue;
mod rate_limits;
mod reading;
mod realtime;
mod reference;
mod request_examples;
mod rooms;
mod search;
mod second_factor;
mod settings;
mod signals;
mod sla;
mod statements;
mod subscriptions;
mod tags;
mod team_rooms;
mod text_messages;
mod trigger_services;
mod unanswered;
mod units;
mod visitor;
mod widget;
mod wire;
mod zeros;

/// The program, for the few tests that need a process.
const BINARY: &str = env!("CARGO_BIN_EXE_hark");
