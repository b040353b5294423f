//! Measures Hark, each figure beside a baseline of the same run: on a machine that others use
//! too, the ratio says more than the figure. `bench/README.md` says what is measured and how.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot be set up has failed, and its output is its purpose"
)]

mod chat;
mod compile;
mod disk;
mod growth;
mod load;
mod machine;
mod me;
mod message;
mod pace;
mod past;
mod place;
mod plot;
mod realtime;
mod receiver;
mod sample;
mod socket;
mod staffed;
mod start;
mod store;
mod table;
mod webhooks;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

use place::Place;

#[derive(Parser)]
#[command(
    name = "hark-bench",
    about = "Measures Hark beside a baseline of the same run"
)]
struct Cli {
    #[command(subcommand)]
    what: What,
    /// Seconds for which each row is measured
    #[arg(long, global = true, default_value_t = 3.0)]
    seconds: f64,
    /// Where databases are put; it has to be on a real disk [default: target/bench-data]
    #[arg(long, global = true)]
    folder: Option<PathBuf>,
}

#[derive(Subcommand, Clone, PartialEq, Eq)]
enum What {
    /// Durable commands per second, against bare synced appends
    Store,
    /// GET /api/v1/me of a running server, against GET /healthz
    Me,
    /// Whole chats and messages over HTTP, against the bare HTTP stack and bare synced appends
    Chat,
    /// What a message costs until it is delivered, in unkind chats, against a bare forwarder
    Message {
        /// Draws the figures into this file
        #[arg(long)]
        plot: Option<PathBuf>,
    },
    /// Webhooks from the message to the receiver, against a bare forwarder
    Webhooks {
        /// Deliveries that wait when memory and the start are measured
        #[arg(long, default_value_t = 1_000_000)]
        pending: usize,
        /// One section alone, beside what it is compared with
        #[arg(long)]
        only: Option<webhooks::Section>,
    },
    /// What an idle socket holds, and how soon words arrive at the other side, against pings
    Realtime {
        /// Visitors who are connected and say nothing, as far as open files allow
        #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=19_000))]
        idle: u64,
    },
    /// What becomes slower with a past of a million chats, against a small one; slow, and not part
    /// of `all`
    Growth {
        /// Chats of the past in the big database
        #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1_000..))]
        rooms: u64,
        /// Messages in all of them together
        #[arg(long, default_value_t = 20_000_000)]
        messages: u64,
    },
    /// Time to ready, memory, size of the program
    Start,
    /// Time to build; slow, and not part of `all`
    Build,
    /// store, me, chat and start
    All,
}

fn main() {
    let cli = Cli::parse();
    let span = Duration::from_secs_f64(cli.seconds);
    let place = Place::new(cli.folder);
    println!("{}", machine::describe(place.folder()));
    let wanted = |what| cli.what == what || cli.what == What::All;
    if wanted(What::Store) {
        store::run(&place, span);
    }
    if wanted(What::Me) {
        me::run(&place, span);
    }
    if wanted(What::Chat) {
        chat::run(&place, span);
    }
    if wanted(What::Start) {
        start::run(&place);
    }
    if let What::Message { plot } = &cli.what {
        message::run(&place, span, plot.as_deref());
    }
    if let What::Webhooks { pending, only } = cli.what {
        webhooks::run(&place, span, pending, only);
    }
    if let What::Realtime { idle } = cli.what {
        realtime::run(&place, span, idle as usize);
    }
    if let What::Growth { rooms, messages } = cli.what {
        growth::run(&place, span, rooms as usize, messages as usize);
    }
    if cli.what == What::Build {
        compile::run(&place);
    }
}
