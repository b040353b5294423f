//! The program as an operator has it: a process that is started, stopped, killed and asked by its
//! command line.
#![expect(clippy::unwrap_used, reason = "tests")]

mod backup;
mod bounds;
mod clock;
mod commands;
mod demo;
mod doctor;
mod faults;
mod first_webhook;
mod lifecycle;
mod listen;
mod moving;
mod quiet;
mod starting;
mod stopped;
mod stopping;
mod walk;
mod watching;
mod webhook_faults;
mod widget_looks;
mod words;

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

/// The status with which a log-in is answered.
fn log_in(client: &hark_testkit::Client, user: &str, password: &str) -> u16 {
    let body = serde_json::json!({"user": user, "password": password});
    client.post("login", &body).status
}
