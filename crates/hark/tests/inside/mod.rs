//! A server inside of the test's own process: the whole program but for its command line, its
//! signals and its standard streams, on threads of its own.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::Once;
use std::time::Duration;

use clap::Parser;
use hark::cli::{Cli, Command};
use hark::config;
use hark::server::{self, RunningServer};
use hark_jobs::Job;
use hark_store::Clock;
use hark_testkit::{Inside, Log, Program, Setup};
use tokio::runtime::{Builder, Runtime};
use tracing::Dispatch;
use tracing_subscriber::EnvFilter;

pub const HARK: Program = Program::Inside(start);

thread_local! {
    static CLOCK: RefCell<Clock> = const { RefCell::new(Clock::system()) };
}

/// The servers that this thread starts from now on go by this clock.
pub fn go_by(clock: &Clock) {
    CLOCK.set(clock.clone());
}

struct Server {
    runtime: Option<Runtime>,
    server: Option<RunningServer>,
}

fn start(setup: &Setup, log: Log) -> Box<dyn Inside> {
    start_with(setup, log, |job| job)
}

/// The same with other jobs in place of those that there are.
pub fn start_with(
    setup: &Setup,
    log: Log,
    change: impl Fn(Job) -> Job + Send + 'static,
) -> Box<dyn Inside> {
    let (options, rest): (Vec<_>, Vec<_>) = setup
        .environment()
        .iter()
        .map(|(name, value)| (name.to_str().unwrap(), value.to_str().unwrap()))
        .partition(|(name, _)| name.starts_with("HARK_"));
    let mut arguments = vec!["hark".to_owned()];
    arguments.extend_from_slice(setup.arguments());
    for (name, value) in options {
        // Each variable has a flag of the same name.
        let flag = name["HARK".len()..].to_lowercase().replace('_', "-");
        arguments.push(format!("-{flag}={value}"));
    }
    let Ok(Cli {
        command: Command::Serve(given),
    }) = Cli::try_parse_from(&arguments)
    else {
        panic!("these are no arguments of `hark serve`: {arguments:?}");
    };
    let filter = rest.iter().find(|(name, _)| *name == "RUST_LOG");
    let runtime = runtime(log, filter.map_or("info", |(_, value)| *value));
    let (mut config, _) = config::resolve(&given, rest.into_iter().collect()).unwrap();
    config.clock = CLOCK.with_borrow(Clone::clone);
    // On a thread of the runtime, where its log is.
    let started = runtime.block_on(runtime.spawn(server::start_with(config, change)));
    let server = started.unwrap().unwrap_or_else(|error| panic!("{error}"));
    Box::new(Server {
        runtime: Some(runtime),
        server: Some(server),
    })
}

/// What is logged on its threads is the log of this server, and nobody else's.
fn runtime(log: Log, filter: &str) -> Runtime {
    static PANICS_ARE_LOGGED: Once = Once::new();
    PANICS_ARE_LOGGED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            tracing::error!("{panic}");
            before(panic);
        }));
    });
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(move || Lines(log.clone()))
        .finish();
    let dispatch = Dispatch::new(subscriber);
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .on_thread_start(move || std::mem::forget(tracing::dispatcher::set_default(&dispatch)))
        .build()
        .unwrap()
}

/// Each event is written at once, as one line.
struct Lines(Log);

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0
            .push(String::from_utf8_lossy(line).trim_end().to_owned());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Inside for Server {
    fn address(&self) -> String {
        let server = self.server.as_ref();
        server.map(|server| server.address.to_string()).unwrap()
    }

    fn stop(mut self: Box<Self>) -> Result<(), String> {
        let server = self.server.take().unwrap();
        let runtime = self.runtime.take().unwrap();
        let stopped = runtime.block_on(runtime.spawn(server.stop()));
        runtime.shutdown_timeout(Duration::from_secs(1));
        stopped.unwrap().map_err(|error| error.to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(1));
        }
        if let Some(server) = self.server.take() {
            // The data folder is free again for the next one.
            server.store.close();
        }
    }
}
