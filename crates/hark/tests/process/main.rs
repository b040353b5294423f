//! The program as an operator has it: a process that is started, stopped, killed and asked by its
//! command line.
#![expect(clippy::unwrap_used, reason = "tests")]

mod bounds;
mod clock;
mod commands;
mod demo;
mod doctor;
mod faults;
mod lifecycle;
mod listen;
mod operations;
mod quiet;
mod stopped;
mod webhook_faults;

const HARK: &str = env!("CARGO_BIN_EXE_hark");

/// What `users.create` is asked for.
fn account(username: &str) -> serde_json::Value {
    serde_json::json!({
        "username": username,
        "name": username,
        "email": format!("{username}@example.org"),
        "password": "a-password-of-theirs",
    })
}
