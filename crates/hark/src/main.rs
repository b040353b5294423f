//! The binary: command line, configuration, start and stop.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks to the one who typed it"
)]

mod admin;
mod attendant;
mod backup;
mod cli;
mod config;
mod demo;
mod doctor;
mod files;
mod hours;
mod house;
mod housekeeping;
mod listen;
mod listener;
mod logging;
mod mailing;
mod password;
mod serve;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::cli::{Cli, Command};

/// `0.1.0 (3f2a…)`, as `--version` says it.
pub(crate) const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("HARK_COMMIT"), ")");

/// Why a command did not do its work: a plain sentence for the one who typed it.
pub(crate) type Sentence = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(given) => serve::serve(&given),
        Command::Admin(given) => admin::admin(given),
        Command::Doctor(given) => doctor::doctor(&given),
        Command::Listen(given) => listen::listen(&given),
        Command::Demo(given) => demo::demo(&given),
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut Cli::command(),
                "hark",
                &mut std::io::stdout().lock(),
            );
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("hark: {sentence}");
            ExitCode::FAILURE
        }
    }
}
