//! What tests share: a database of their own on each engine, a server, and an HTTP
//! client that shows every header as it came.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that cannot be set up has failed, and shows what the server logged"
)]

mod bucket;
mod database;
mod desk;
pub mod form;
mod http;
mod imap;
mod log;
mod mail;
mod mount;
mod proxy;
mod receiver;
mod server;
mod socket;
mod stable;
mod statements;
mod verifier;

pub use bucket::{Bucket, Exchange};
pub use database::{Database, Engine, Tablespace, cut_transactions};
pub use desk::{Agent, Desk, each, names, text};
pub use http::{Client, Connection, Response};
pub use imap::ImapServer;
pub use log::Log;
pub use mail::{Mail, Mailbox, Mood};
pub use mount::Mount;
pub use proxy::Proxy;
pub use receiver::{Received, Receiver, Reply};
pub use server::{Inside, Launched, Outcome, Program, Server, Setup};
pub use socket::Socket;
pub use stable::Stable;
pub use statements::Statements;
pub use verifier::{Verifier, faults_of_openapi};

/// Waits until something is true, looking often; fails loudly with what was waited for.
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = std::time::Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            start.elapsed() < std::time::Duration::from_secs(20),
            "waited 20 seconds for {what}"
        );
        std::thread::park_timeout(std::time::Duration::from_millis(5));
    }
}

/// Makes of `fn name(engine: Engine)` one test for each engine.
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$doc:meta])* fn $name:ident($engine:ident: Engine) $body:block)+) => {$(
        mod $name {
            use super::*;

            fn check($engine: $crate::Engine) $body

            #[test]
            fn sqlite() {
                check($crate::Engine::Sqlite);
            }

            #[test]
            fn postgres() {
                check($crate::Engine::Postgres);
            }
        }
    )+};
}
