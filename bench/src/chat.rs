//! What a chat costs from its beginning to its end, and a message in it, over HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hark_testkit::Engine;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::disk::Disk;
use crate::load::{self, Connection, Measured, gather};
use crate::pace;
use crate::place::{Place, name};
use crate::sample::Sample;
use crate::staffed::{Desk, Staffed, text};
use crate::table::{Table, figure};

const CONNECTIONS: [usize; 3] = [1, 16, 64];
const AGENTS: usize = 20;
/// Chats that are open while messages are counted.
const OPEN: usize = 256;
const MESSAGES_EACH_WAY: usize = 3;
/// Registering, opening, the messages both ways, closing: each changes something, and is on disk
/// when it is answered.
const REQUESTS_OF_A_CHAT: usize = 3 + 2 * MESSAGES_EACH_WAY;
const WARM_UP: Duration = Duration::from_millis(500);
const BASELINE: Duration = Duration::from_secs(1);
const PART_OF_THE_MOST: f64 = 0.5;

/// What is compared with: the bare HTTP stack of the same server, and the disk.
struct Base {
    healthz: f64,
    healthz_cpu: f64,
    syncs: f64,
}

struct Row {
    label: String,
    full: Measured,
    base: Base,
}

struct Bench<'p> {
    runtime: Runtime,
    disk: Disk,
    place: &'p Place,
    span: Duration,
}

/// A chat that is open, and how it goes on.
pub struct Open {
    pub token: String,
    pub room: String,
    /// Who answers in it.
    pub agent: String,
}

pub fn run(place: &Place, span: Duration) {
    let engines = place.engines();
    let mut bench = Bench {
        runtime: load::runtime(),
        disk: Disk::new(place.folder()),
        place,
        span,
    };
    let (mut chats, mut messages, mut steady) = (Vec::new(), Vec::new(), Vec::new());
    for engine in engines {
        let fresh = bench.place.fresh(engine);
        let staffed = Staffed::open(&bench.place.server_on(&fresh), AGENTS);
        let mut beside = vec![staffed.server.pid()];
        beside.extend(fresh.postmaster());
        for connections in CONNECTIONS {
            chats.push(bench.row(engine, &staffed, &beside, connections, whole_chats));
        }
        let open = Arc::new(bench.runtime.block_on(open_chats(&staffed.desk, OPEN)));
        let mut most = 0.0;
        for connections in CONNECTIONS {
            let say = |runtime: &Runtime, desk: &Arc<Desk>, connections, until| {
                messages_only(runtime, desk, &open, connections, until)
            };
            let row = bench.row(engine, &staffed, &beside, connections, say);
            most = row.full.answers.per_second(span);
            messages.push(row);
        }
        let rate = most * PART_OF_THE_MOST;
        let measured = Measured::of(&beside, span, |span| {
            at_a_pace(&bench.runtime, &staffed.desk, &open, rate, span)
        });
        steady.push((name(engine), rate, measured));
    }
    let mut keys = Vec::new();
    speed(
        &format!(
            "chat: whole chats ({REQUESTS_OF_A_CHAT} requests: register, open, {MESSAGES_EACH_WAY} messages each way, close)"
        ),
        "chats/s",
        REQUESTS_OF_A_CHAT,
        span,
        &mut chats,
        &mut keys,
    );
    speed(
        &format!("chat: messages of visitors into {OPEN} open chats"),
        "messages/s",
        1,
        span,
        &mut messages,
        &mut keys,
    );
    cost(&chats, &messages);
    pace(span, &mut steady, &mut keys);
    println!("\nchat key figures: {}", keys.join("; "));
}

impl Bench<'_> {
    /// A row, with its baselines on both sides of it.
    fn row(
        &mut self,
        engine: Engine,
        staffed: &Staffed,
        beside: &[u32],
        connections: usize,
        act: impl Fn(&Runtime, &Arc<Desk>, usize, Instant) -> Sample,
    ) -> Row {
        let half = BASELINE / 2;
        let healthz = load::get("/healthz", staffed.server.address(), &[]);
        let bare = |runtime: &Runtime| {
            Measured::of(beside, half, |span| {
                load::run(
                    runtime,
                    staffed.server.address(),
                    &healthz,
                    connections,
                    span,
                )
            })
        };
        act(
            &self.runtime,
            &staffed.desk,
            connections,
            Instant::now() + WARM_UP,
        );
        let mut syncs = self.disk.syncs_per_second(half);
        let mut empty = bare(&self.runtime);
        let full = Measured::of(beside, self.span, |span| {
            act(
                &self.runtime,
                &staffed.desk,
                connections,
                Instant::now() + span,
            )
        });
        empty.join(bare(&self.runtime));
        syncs = f64::midpoint(syncs, self.disk.syncs_per_second(half));
        Row {
            label: format!("{}, {connections}", name(engine)),
            full,
            base: Base {
                healthz: empty.answers.per_second(BASELINE),
                healthz_cpu: empty.cpu(0),
                syncs,
            },
        }
    }
}

fn speed(
    title: &str,
    rate_is: &str,
    requests: usize,
    span: Duration,
    rows: &mut [Row],
    keys: &mut Vec<String>,
) {
    let table = Table::new(
        &format!("{title}; baselines: GET /healthz, one thread that appends 4 KB + fdatasync"),
        &[
            "engine, connections",
            rate_is,
            "requests/s",
            "healthz/s",
            "ratio",
            "syncs/s",
            "ratio",
            "p50 ms",
            "p99 ms",
            "others",
        ],
    );
    for row in rows {
        let rate = row.full.answers.per_second(span);
        let asked = rate * requests as f64;
        let cells = [
            rate,
            asked,
            row.base.healthz,
            asked / row.base.healthz,
            row.base.syncs,
            asked / row.base.syncs,
            row.full.answers.quantile(0.5),
            row.full.answers.quantile(0.99),
            row.full.strangers,
        ];
        table.row(&row.label, cells.map(figure));
        keys.push(format!(
            "{}: {} {rate_is} ({}x of healthz, {}x of a sync)",
            row.label,
            figure(rate),
            figure(asked / row.base.healthz),
            figure(asked / row.base.syncs)
        ));
    }
}

fn cost(chats: &[Row], messages: &[Row]) {
    let table = Table::new(
        "chat: CPU seconds for 10,000",
        &[
            "engine, connections",
            "chats: hark",
            "PostgreSQL",
            "messages: hark",
            "PostgreSQL",
            "healthz: hark",
        ],
    );
    for (chat, message) in chats.iter().zip(messages) {
        let cells = [
            chat.full.cpu(0),
            chat.full.cpu(1),
            message.full.cpu(0),
            message.full.cpu(1),
            message.base.healthz_cpu,
        ];
        table.row(&chat.label, cells.map(figure));
    }
}

fn pace(span: Duration, rows: &mut [(&str, f64, Measured)], keys: &mut Vec<String>) {
    let connections = CONNECTIONS.last().unwrap();
    let table = Table::new(
        &format!(
            "chat: messages at half of the most, each at its moment, over {connections} connections; a wait counts from that moment on"
        ),
        &[
            "engine",
            "wanted/s",
            "answered/s",
            "p50 ms",
            "p99 ms",
            "worst ms",
            "others",
        ],
    );
    for (label, rate, measured) in rows {
        let p99 = measured.answers.quantile(0.99);
        let cells = [
            *rate,
            measured.answers.per_second(span),
            measured.answers.quantile(0.5),
            p99,
            measured.answers.quantile(1.0),
            measured.strangers,
        ];
        table.row(label, cells.map(figure));
        keys.push(format!("{label} at half load p99 {} ms", figure(p99)));
    }
}

/// A token that no visitor of this run has had.
fn new_token() -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    format!("visitor-{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// Each connection leads one chat after the other; only whole ones within the time count.
fn whole_chats(runtime: &Runtime, desk: &Arc<Desk>, connections: usize, until: Instant) -> Sample {
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let desk = Arc::clone(desk);
        let lead = async move {
            let mut connection = desk.connect().await;
            let mut sample = Sample::default();
            loop {
                let began = Instant::now();
                whole_chat(&mut connection, &desk).await;
                let ended = Instant::now();
                if ended >= until {
                    return sample;
                }
                sample.add(ended - began);
            }
        };
        tasks.spawn_on(lead, runtime.handle());
    }
    runtime.block_on(gather(tasks))
}

async fn whole_chat(connection: &mut Connection, desk: &Desk) {
    let token = new_token();
    connection.ask(&desk.register(&token, None)).await;
    let opened = connection.ask_for(&desk.open_chat(&token)).await;
    let room = text(&opened["room"]["_id"]);
    let agent = desk.by_name(opened["room"]["servedBy"]["username"].as_str().unwrap());
    for number in 0..MESSAGES_EACH_WAY {
        connection.ask(&desk.say(&token, &room, number)).await;
        connection.ask(&desk.answer(agent, &room, number)).await;
    }
    connection.ask(&desk.close(agent, &room)).await;
}

pub async fn open_chats(desk: &Desk, count: usize) -> Vec<Open> {
    let mut connection = desk.connect().await;
    let mut open = Vec::new();
    for _ in 0..count {
        let token = new_token();
        connection.ask(&desk.register(&token, None)).await;
        let opened = connection.ask_for(&desk.open_chat(&token)).await;
        let room = text(&opened["room"]["_id"]);
        let agent = text(&opened["room"]["servedBy"]["username"]);
        open.push(Open { token, room, agent });
    }
    open
}

/// Each connection speaks in chats of its own, in turn.
fn messages_only(
    runtime: &Runtime,
    desk: &Arc<Desk>,
    open: &Arc<Vec<Open>>,
    connections: usize,
    until: Instant,
) -> Sample {
    let mut tasks = JoinSet::new();
    for first in 0..connections {
        let words = Words::new(desk, open, first, connections);
        let connect = desk.connect();
        let speak = async move {
            let mut connection = connect.await;
            let mut sample = Sample::default();
            for words in words.0.iter().cycle() {
                let asked = Instant::now();
                connection.ask(words).await;
                let answered = Instant::now();
                if answered >= until {
                    break;
                }
                sample.add(answered - asked);
            }
            sample
        };
        tasks.spawn_on(speak, runtime.handle());
    }
    runtime.block_on(gather(tasks))
}

/// What one connection says, written beforehand: the client shares the machine.
struct Words(Vec<String>);

impl Words {
    fn new(desk: &Desk, open: &[Open], first: usize, connections: usize) -> Self {
        let own = open.iter().enumerate().skip(first).step_by(connections);
        let words = own.map(|(number, chat)| desk.say(&chat.token, &chat.room, number));
        Self(words.collect())
    }
}

/// Messages that come when they come; the wait of one counts from its moment on.
fn at_a_pace(
    runtime: &Runtime,
    desk: &Arc<Desk>,
    open: &Arc<Vec<Open>>,
    rate: f64,
    span: Duration,
) -> Sample {
    let connections = *CONNECTIONS.last().unwrap();
    let (speaker, chats) = (Arc::clone(desk), Arc::clone(open));
    let words = move |number: usize| {
        let chat = &chats[number % chats.len()];
        speaker.say(&chat.token, &chat.room, number)
    };
    let from = Instant::now() + WARM_UP;
    let count = (rate * (WARM_UP + span).as_secs_f64()) as usize;
    let mut sample = Sample::default();
    for asked in pace::at_a_pace(runtime, desk, connections, rate, count, words) {
        if asked.due >= from {
            sample.add(asked.answered.saturating_duration_since(asked.due));
        }
    }
    sample
}
