//! The program as a library: what its `main` runs, and a server that can be started inside of
//! another process, such as a test.
//!
//! * [`cli`] and [`config`]: how it is configured, by flags, environment and file
//! * [`budget`]: what callers can make a server do, as `docs/security.md` lists it
//! * [`server`]: from the configuration to a server that is ready, and its end
//! * `jobs`: the work that nobody asks for
//! * `serve`, `admin`, `doctor`, `listen`, `demo`: what the commands do
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks to the one who typed it"
)]

mod admin;
mod backup;
pub mod budget;
pub mod cli;
pub mod config;
mod demo;
mod doctor;
mod files;
mod http_client;
mod installation;
mod jobs;
mod listen;
mod listener;
mod logging;
mod password;
mod serve;
pub mod server;
mod trigger;

use std::io::Write as _;

use clap::CommandFactory;

use crate::cli::{Cli, Command};

/// `0.1.0 (3f2a…)`, as `--version` says it.
pub(crate) const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("HARK_COMMIT"), ")");

/// Why a command did not do its work: a plain sentence for the one who typed it.
pub type CliError = Box<dyn std::error::Error + Send + Sync>;

/// Does what the command line asks for.
pub fn run(asked: Cli) -> Result<(), CliError> {
    match asked.command {
        Command::Serve(given) => serve::serve(&given),
        Command::Admin(given) => admin::admin(given),
        Command::Doctor(given) => doctor::doctor(&given),
        Command::Trigger(given) => trigger::trigger(given),
        Command::Listen(given) => listen::listen(&given),
        Command::Demo(given) => demo::demo(&given),
        Command::Completions { shell } => {
            // In memory first: what cannot be written must not panic.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "hark", &mut script);
            Ok(std::io::stdout().write_all(&script)?)
        }
    }
}
