#![expect(
    clippy::print_stderr,
    reason = "a command line talks to the one who typed it"
)]

use std::process::ExitCode;

use clap::Parser;
use hark::cli::Cli;
use tikv_jemallocator::Jemalloc;

#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    match hark::run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader has seen enough, as in `hark listen | head`.
        Err(error) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hark: {error}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
