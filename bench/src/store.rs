//! Durable commands per second. A command is a whole one: it advances the conversation's counter
//! and appends an event of about 1 KB, and its writer waits until it is on disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use hark_store::{Error, Event, NewEvent, Options, Statement, Store, log, params};
use serde_json::json;
use tokio::task::JoinSet;

use crate::disk::Disk;
use crate::load::{self, gather};
use crate::machine::{Meter, Usage};
use crate::place::{Fresh, Place, name};
use crate::sample::Sample;
use crate::table::{Table, figure};

/// Writers and readers at once.
const ROWS: [(usize, usize); 4] = [(1, 0), (16, 0), (256, 0), (256, 4)];
/// Chats that are open at once, with their last numbers.
const CONVERSATIONS: usize = 300;
/// A look at a chat shows this many of its last events.
const PAGE: i64 = 30;
const READER_RESTS: Duration = Duration::from_millis(10);
const WARM_UP: Duration = Duration::from_millis(500);
const BASELINE: Duration = Duration::from_secs(1);

pub fn run(place: &Place, span: Duration) {
    let engines = place.engines();
    let speed = Table::new(
        "store: commands that are durable when they are answered; baseline: one thread, append 4 KB + fdatasync",
        &[
            "engine, writers",
            "commands/s",
            "syncs/s",
            "ratio",
            "p50 ms",
            "p99 ms",
            "worst ms",
            "others",
        ],
    );
    let mut disk = Disk::new(place.folder());
    let mut rows = Vec::new();
    for engine in engines {
        let mut before = disk.syncs_per_second(BASELINE);
        for (writers, readers) in ROWS {
            let mut row = measure(&place.fresh(engine), writers, readers, span);
            let after = disk.syncs_per_second(BASELINE);
            // The disk of a shared machine changes from second to second: it is asked on both
            // sides of a row.
            let syncs = f64::midpoint(before, after);
            before = after;
            let rate = row.writes.per_second(span);
            let reading = if readers > 0 { " + reads" } else { "" };
            let label = format!("{}, {writers}{reading}", name(engine));
            let (p50, p99) = (row.writes.quantile(0.5), row.writes.quantile(0.99));
            let worst = row.writes.quantile(1.0);
            let cells = [
                rate,
                syncs,
                rate / syncs,
                p50,
                p99,
                worst,
                row.usage.strangers,
            ];
            speed.row(&label, cells.map(figure));
            let key = format!("{label}: {} ({}x)", figure(rate), figure(rate / syncs));
            rows.push((label, key, row));
        }
    }
    let cost = Table::new(
        "store: what 10,000 of those commands cost, and how far they were put together",
        &[
            "engine, writers",
            "CPU s",
            "server's CPU s",
            "commands a sync",
            "write-ahead MB",
            "log behind ms",
        ],
    );
    for (label, _, row) in &rows {
        let ten_thousands = row.writes.count() as f64 / 10_000.0;
        let server = row.usage.theirs.first().copied().unwrap_or(f64::NAN);
        let cells = [
            row.usage.own / ten_thousands,
            server / ten_thousands,
            row.per_sync,
            row.ahead,
            row.caught_up.as_secs_f64() * 1000.0,
        ];
        cost.row(label, cells.map(figure));
    }
    let looks = Table::new(
        &format!("store: reads of {PAGE} events of one conversation beside 256 writers"),
        &["engine, writers", "reads/s", "p50 ms", "p99 ms", "worst ms"],
    );
    let mut keys = Vec::new();
    for (label, key, mut row) in rows {
        keys.push(key);
        if row.reads.count() == 0 {
            continue;
        }
        let (p50, p99) = (row.reads.quantile(0.5), row.reads.quantile(0.99));
        let cells = [
            row.reads.per_second(span),
            p50,
            p99,
            row.reads.quantile(1.0),
        ];
        looks.row(&label, cells.map(figure));
        keys.push(format!("a read then p99 {} ms", figure(p99)));
    }
    println!("\nstore key figures, commands/s: {}", keys.join("; "));
}

struct Measured {
    writes: Sample,
    reads: Sample,
    usage: Usage,
    /// How many commands shared one sync of the disk.
    per_sync: f64,
    /// Size of SQLite's write-ahead log at the end, in MB.
    ahead: f64,
    /// From the last answer until a reader of the log can have the last event.
    caught_up: Duration,
}

#[derive(Clone, Copy)]
struct Window {
    from: Instant,
    to: Instant,
}

impl Window {
    fn holds(&self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }
}

fn measure(fresh: &Fresh, writers: usize, readers: usize, span: Duration) -> Measured {
    let engine = match fresh.postgres() {
        Some(database) => hark_store::Engine::Postgres(database.url().unwrap().to_owned()),
        None => hark_store::Engine::Sqlite,
    };
    let store = Store::open(&Options::new(engine, fresh.folder())).unwrap();
    let beside: Vec<u32> = fresh.postmaster().into_iter().collect();
    let chats = Arc::new(Chats::new());
    let body: Arc<str> = body().into();
    let runtime = load::runtime();
    let from = Instant::now() + WARM_UP;
    let window = Window {
        from,
        to: from + span,
    };
    let mut writing = JoinSet::new();
    for number in 0..writers {
        let writer = write(
            store.clone(),
            Arc::clone(&chats),
            Arc::clone(&body),
            window,
            number,
        );
        writing.spawn_on(writer, runtime.handle());
    }
    let mut reading = JoinSet::new();
    for number in 0..readers {
        let reader = read(store.clone(), Arc::clone(&chats), window, number);
        reading.spawn_on(reader, runtime.handle());
    }
    // What follows blocks, as PostgreSQL's client here does, so it stays outside of the runtime.
    let wait =
        |until: Instant| runtime.block_on(async { tokio::time::sleep_until(until.into()).await });
    wait(window.from);
    let (meter, before) = (Meter::start(&beside), counted(&store, fresh));
    wait(window.to);
    let (usage, after) = (meter.stop(), counted(&store, fresh));
    let writes = runtime.block_on(gather(writing));
    let answered = Instant::now();
    let mut last = store.follow(chats.events() - 1);
    runtime.block_on(last.next(1)).unwrap();
    let caught_up = answered.elapsed();
    let reads = runtime.block_on(gather(reading));
    let ahead = std::fs::metadata(fresh.folder().join("hark.db-wal"));
    drop(last);
    store.close();
    Measured {
        writes,
        reads,
        usage,
        per_sync: (after.0 - before.0) / (after.1 - before.1),
        ahead: ahead.map_or(f64::NAN, |file| file.len() as f64 / 1e6),
        caught_up,
    }
}

/// Commands and syncs until now. The store counts its groups on SQLite; PostgreSQL puts the
/// commits of its connections together itself, and counts in its own statistics.
fn counted(store: &Store, fresh: &Fresh) -> (f64, f64) {
    let stats = store.stats();
    let syncs = match fresh.postgres() {
        None => stats.groups as f64,
        Some(database) => {
            let asked = database
                .postgres()
                .query_one("SELECT wal_sync FROM pg_stat_wal", &[]);
            // Newer servers count elsewhere: then there is no figure.
            asked.map_or(f64::NAN, |row| row.get::<_, i64>(0) as f64)
        }
    };
    (stats.commands as f64, syncs)
}

struct Chats {
    names: Vec<String>,
    last: Vec<AtomicI64>,
}

impl Chats {
    fn new() -> Self {
        Self {
            // As long as the ids that Hark makes.
            names: (0..CONVERSATIONS)
                .map(|number| format!("conversation{number:05}"))
                .collect(),
            last: (0..CONVERSATIONS).map(|_| AtomicI64::new(0)).collect(),
        }
    }

    fn events(&self) -> i64 {
        self.last
            .iter()
            .map(|last| last.load(Ordering::Relaxed))
            .sum()
    }
}

/// Counts an event of a room, which is made with the first, and answers its number.
static COUNT: Statement = Statement::new(
    "count an event",
    "INSERT INTO room (id, kind, name, open, on_hold, waiting_response, source, tags, custom, metrics, priority_weight,
            estimated_wait, messages, people_count, last_message_at, created_at, updated_at, last_seq)
        VALUES ($1, 'l', '', TRUE, FALSE, TRUE, '', '', '', '', 0, 0, 0, 0, 0, 0, 0, 1)
        ON CONFLICT (id) DO UPDATE SET last_seq = room.last_seq + 1 RETURNING last_seq",
    None,
);

/// Any conversation, the same ones in every run.
struct Choice(u64);

impl Choice {
    fn of(number: usize) -> Self {
        Self(number as u64 + 1)
    }

    fn next(&mut self) -> usize {
        // Knuth's linear congruential generator; its upper bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % CONVERSATIONS
    }
}

async fn write(
    store: Store,
    chats: Arc<Chats>,
    body: Arc<str>,
    window: Window,
    number: usize,
) -> Sample {
    let mut sample = Sample::default();
    let mut choice = Choice::of(number);
    loop {
        let chat = choice.next();
        let asked = Instant::now();
        if asked >= window.to {
            return sample;
        }
        let (names, body, now) = (Arc::clone(&chats), Arc::clone(&body), store.clock().now());
        let seq = store
            .write(move |tx| -> Result<i64, Error> {
                let name = &names.names[chat];
                let seq = tx.change(&COUNT, params![name], |row| row.get(0))?[0];
                let event = NewEvent {
                    visitor: Some("visitor-0000000001"),
                    agent: Some("agent-000000000001"),
                    department: Some("department-0000001"),
                    ..NewEvent::in_conversation("message", name, seq, String::from(&*body))
                };
                log::append(tx, now, &event)?;
                Ok(seq)
            })
            .await
            .unwrap();
        let answered = Instant::now();
        chats.last[chat].fetch_max(seq, Ordering::Relaxed);
        if window.holds(answered) {
            sample.add(answered - asked);
        }
    }
}

async fn read(store: Store, chats: Arc<Chats>, window: Window, number: usize) -> Sample {
    let mut sample = Sample::default();
    let mut choice = Choice::of(number);
    loop {
        tokio::time::sleep(READER_RESTS).await;
        let chat = choice.next();
        let after = chats.last[chat].load(Ordering::Relaxed) - PAGE;
        let names = Arc::clone(&chats);
        let asked = Instant::now();
        if asked >= window.to {
            return sample;
        }
        let events = store
            .read(move |view| log::of_conversation(view, &names.names[chat], after, PAGE as usize))
            .await;
        let _events: Vec<Event> = events.unwrap();
        let answered = Instant::now();
        if window.holds(answered) {
            sample.add(answered - asked);
        }
    }
}

/// About 1 KB, of the shape that a message of a chat has: who, where, and some sentences.
fn body() -> String {
    let text = "Hello, I ordered two weeks ago and the parcel has still not arrived. ".repeat(9);
    json!({
        "message": {"id": "message-0000000001", "text": text, "from": "visitor", "edited": false},
        "room": {"id": "conversation00001", "opened": 1_700_000_000_000_i64, "channel": "widget"},
        "visitor": {"id": "visitor-0000000001", "name": "Vera Visitor", "language": "en"},
        "agent": {"id": "agent-000000000001", "username": "ada", "name": "Ada Agent"},
    })
    .to_string()
}
