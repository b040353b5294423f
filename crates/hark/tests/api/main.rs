//! The server as visitors, agents and programs call it: REST, real time, pages, mail.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../inside/mod.rs"]
mod inside;

use inside::HARK;

mod access;
mod accounts;
mod agents;
mod borders;
mod business_hours;
mod chat;
mod clients;
mod clock;
mod console;
mod cost;
mod departments;
mod documents;
mod external_routing;
mod fields;
mod files;
mod fuzz;
mod hark_api;
mod identity;
mod inbox;
mod jobs;
mod mail;
mod presence;
mod realtime;
mod second_factor;
mod settings;
mod statements;
mod subscriptions;
mod visitor;
mod widget;
mod wire;
mod zeros;

/// The program, for the few tests that need a process.
const BINARY: &str = env!("CARGO_BIN_EXE_hark");
