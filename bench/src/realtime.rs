//! What a socket costs while nothing is said in it, and how soon what is said on one side is heard
//! on the other, beside sockets that hear nothing.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hark_testkit::Engine;
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::chat::{Open, open_chats};
use crate::load::{self, Connection};
use crate::machine::{self, Meter};
use crate::pace::{Asked, at_a_pace};
use crate::place::{Place, name};
use crate::receiver::{Arrivals, marked};
use crate::sample::Sample;
use crate::socket::Socket;
use crate::staffed::{Agent, Desk, SENTENCES, Staffed};
use crate::table::{Table, figure};

const AGENTS: usize = 4;
/// Chats in which something is said.
const TALKING: usize = 64;
const CONNECTIONS: usize = 32;
const PACES: [f64; 2] = [50.0, 500.0];
/// Sockets that are opened at once.
const AT_ONCE: usize = 32;
/// What a process has open besides its sockets.
const OTHER_FILES: usize = 500;
const PATIENCE: Duration = Duration::from_secs(120);
const KB: f64 = 1024.0;

const MESSAGES: &str = "stream-room-messages";
const NOTICES: &str = "stream-notify-room";
const CHAT: &str = "stream-livechat-room";
const OWN: &str = "stream-notify-user";

struct Bench<'p> {
    place: &'p Place,
    runtime: Runtime,
    span: Duration,
    keys: Vec<String>,
}

/// What the sockets of this process have heard, and how often they were asked for a sign of life.
#[derive(Default)]
struct Heard {
    words: Arrivals,
    asked: AtomicUsize,
}

pub fn run(place: &Place, span: Duration, idle: usize) {
    let idle = idle.min(machine::most_open_files().saturating_sub(OTHER_FILES));
    let mut bench = Bench {
        place,
        runtime: load::runtime(),
        span,
        keys: Vec::new(),
    };
    let bare = bench.bare_connections(idle);
    for engine in place.engines() {
        bench.row(engine, idle, bare);
    }
    println!("\nrealtime key figures: {}", bench.keys.join("; "));
}

impl Bench<'_> {
    /// The baseline: connections that have asked once and are kept. KB for each.
    fn bare_connections(&self, count: usize) -> f64 {
        let server = self
            .place
            .server_on(&self.place.fresh(Engine::Sqlite))
            .start();
        let address = server.address().parse().unwrap();
        let request = load::get("/healthz", server.address(), &[]);
        let before = memory(server.pid());
        let kept = self.runtime.block_on(async {
            let mut kept = Vec::new();
            for _ in 0..count {
                let mut connection = Connection::open(address).await;
                connection.ask(&request).await;
                kept.push(connection);
            }
            kept
        });
        let each = (memory(server.pid()) - before) / kept.len() as f64;
        server.stop();
        each
    }

    fn row(&mut self, engine: Engine, idle: usize, bare: f64) {
        let fresh = self.place.fresh(engine);
        let staffed = Staffed::open(&self.place.server_on(&fresh), AGENTS);
        let mut beside = vec![staffed.server.pid()];
        beside.extend(fresh.postmaster());
        let heard = Arc::new(Heard::default());
        let chats = self.runtime.block_on(open_chats(&staffed.desk, TALKING));
        let chats = Arc::new(chats);
        let talkers = self.listen(&staffed.desk, &chats, &heard);
        let table = Table::new(
            &format!(
                "realtime, {}: from the moment at which something is sent; baseline: a ping over a socket",
                name(engine)
            ),
            &[
                "",
                "heard p50",
                "heard p99",
                "worst ms",
                "answered p50",
                "answered p99",
                "ping p50",
                "ping p99",
                "CPU s/10,000",
                "others",
            ],
        );
        self.talk(&table, engine, &staffed, &beside, &chats, &heard, 0);

        let quiet = self.runtime.block_on(open_chats(&staffed.desk, idle));
        let before = memory(staffed.server.pid());
        let began = Instant::now();
        let mut sockets = self.connect(&staffed.desk, quiet, &heard);
        let took = began.elapsed();
        let connected = memory(staffed.server.pid());
        heard.asked.store(0, Ordering::Relaxed);
        self.until(|| heard.asked.load(Ordering::Relaxed) >= idle);
        let later = memory(staffed.server.pid());
        self.talk(&table, engine, &staffed, &beside, &chats, &heard, idle);

        let table = Table::new(
            &format!(
                "realtime, {}: memory of {idle} idle sockets with six subscriptions each; baseline: as many kept HTTP connections",
                name(engine)
            ),
            &["", "KB each", "HTTP KB", "ratio", "opened/s"],
        );
        for (label, memory) in [("connected", connected), ("after a sign of life", later)] {
            let each = (memory - before) / idle as f64;
            let cells = [each, bare, each / bare, idle as f64 / took.as_secs_f64()];
            table.row(label, cells.map(figure));
            self.keys.push(format!(
                "{} {label}: {} KB a socket",
                name(engine),
                figure(each)
            ));
        }
        sockets.push(talkers);
        for mut some in sockets {
            self.runtime.block_on(some.shutdown());
        }
        staffed.server.stop();
    }

    /// The windows of the visitors who talk, and of all agents.
    fn listen(&self, desk: &Arc<Desk>, chats: &Arc<Vec<Open>>, heard: &Arc<Heard>) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        self.runtime.block_on(async {
            for chat in chats.iter() {
                let socket = window(desk, chat).await;
                tasks.spawn(hear(socket, Arc::clone(heard), Some("agent")));
            }
            for agent in &desk.agents {
                let socket = console(desk, agent, chats).await;
                tasks.spawn(hear(socket, Arc::clone(heard), Some("visitor")));
            }
        });
        tasks
    }

    /// The windows of those who say nothing.
    fn connect(&self, desk: &Arc<Desk>, chats: Vec<Open>, heard: &Arc<Heard>) -> Vec<JoinSet<()>> {
        let left = Arc::new(Mutex::new(chats));
        let mut opening = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (desk, left, heard) = (Arc::clone(desk), Arc::clone(&left), Arc::clone(heard));
            let open = async move {
                let mut sockets = JoinSet::new();
                while let Some(chat) = { left.lock().unwrap().pop() } {
                    let socket = window(&desk, &chat).await;
                    sockets.spawn(hear(socket, Arc::clone(&heard), None));
                }
                sockets
            };
            opening.spawn_on(open, self.runtime.handle());
        }
        self.runtime.block_on(opening.join_all())
    }

    #[expect(clippy::too_many_arguments, reason = "one row of a table")]
    fn talk(
        &mut self,
        table: &Table,
        engine: Engine,
        staffed: &Staffed,
        beside: &[u32],
        chats: &Arc<Vec<Open>>,
        heard: &Arc<Heard>,
        idle: usize,
    ) {
        for pace in PACES {
            for way in ["visitor", "agent"] {
                let mut pings = self.runtime.block_on(pings(&staffed.desk, self.span / 4));
                let count = (pace * self.span.as_secs_f64()).max(50.0) as usize;
                let (desk, open) = (Arc::clone(&staffed.desk), Arc::clone(chats));
                let words =
                    move |number: usize| say(&desk, &open[number % open.len()], way, number);
                heard.words.take();
                let meter = Meter::start(beside);
                let asked = at_a_pace(
                    &self.runtime,
                    &staffed.desk,
                    CONNECTIONS,
                    pace,
                    count,
                    words,
                );
                self.until(|| heard.words.count() >= count);
                let usage = meter.stop();
                let (mut arrived, mut answered) = times(asked, heard.words.take());
                assert_eq!(
                    arrived.count(),
                    count,
                    "some were heard twice, or not at all"
                );
                let cells = [
                    arrived.quantile(0.5),
                    arrived.quantile(0.99),
                    arrived.quantile(1.0),
                    answered.quantile(0.5),
                    answered.quantile(0.99),
                    pings.quantile(0.5),
                    pings.quantile(0.99),
                    usage.theirs.iter().sum::<f64>() / count as f64 * 10_000.0,
                    usage.strangers,
                ];
                let label = format!("{way} {}/s, {idle} idle", figure(pace));
                table.row(&label, cells.map(figure));
                self.keys.push(format!(
                    "{} {label}: heard p99 {} ms",
                    name(engine),
                    figure(cells[1])
                ));
            }
        }
    }

    fn until(&self, is_so: impl Fn() -> bool) {
        let waiting = async {
            while !is_so() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let waiting = async { tokio::time::timeout(PATIENCE, waiting).await };
        let came = self.runtime.block_on(waiting);
        assert!(came.is_ok(), "what was waited for did not come");
    }
}

/// KB that are the process's own and in memory.
fn memory(pid: u32) -> f64 {
    machine::resident(pid).1 * KB
}

/// From when they were due: until they were heard, and until they were answered.
fn times(asked: Vec<Asked>, heard: Vec<(usize, Instant)>) -> (Sample, Sample) {
    let (mut arrived, mut answered) = (Sample::default(), Sample::default());
    let mut due: HashMap<usize, Instant> = HashMap::new();
    for one in asked {
        answered.add(one.answered.saturating_duration_since(one.due));
        due.insert(one.number, one.due);
    }
    for (number, at) in heard {
        if let Some(due) = due.remove(&number) {
            arrived.add(at.saturating_duration_since(due));
        }
    }
    (arrived, answered)
}

/// The author is marked before the number, so that each side knows what it did not say itself.
fn say(desk: &Desk, chat: &Open, way: &str, number: usize) -> String {
    let text = format!(
        "{} from-{way} #{number}#",
        SENTENCES[number % SENTENCES.len()]
    );
    match way {
        "visitor" => desk.say_this(&chat.token, &chat.room, &text),
        _ => desk.answer_this(desk.by_name(&chat.agent), &chat.room, &text),
    }
}

/// A visitor's window, as the widget subscribes.
async fn window(desk: &Desk, chat: &Open) -> Socket {
    let mut socket = Socket::open(desk.address()).await;
    let room = &chat.room;
    let events = [
        (MESSAGES, room.clone()),
        (NOTICES, format!("{room}/user-activity")),
        (NOTICES, format!("{room}/deleteMessage")),
        (CHAT, room.clone()),
        (CHAT, room.clone()),
        (CHAT, room.clone()),
    ];
    for (stream, event) in events {
        socket.subscribe(stream, &event, Some(&chat.token)).await;
    }
    socket
}

/// An agent's, with their chats.
async fn console(desk: &Desk, agent: &Agent, chats: &[Open]) -> Socket {
    let mut socket = Socket::open(desk.address()).await;
    socket.log_in(agent.token()).await;
    for event in ["subscriptions-changed", "rooms-changed", "notification"] {
        let event = format!("{}/{event}", agent.id);
        socket.subscribe(OWN, &event, None).await;
    }
    let own = chats.iter().filter(|chat| chat.agent == agent.username);
    for chat in own {
        socket.subscribe(MESSAGES, &chat.room, None).await;
    }
    socket
}

/// Answers the server's pings, and writes down when words of one side come.
async fn hear(mut socket: Socket, heard: Arc<Heard>, of: Option<&'static str>) {
    let stream = format!("\"collection\":\"{MESSAGES}\"");
    let author = of.map(|of| format!("from-{of} #"));
    loop {
        let frame = socket.frame().await;
        if frame.starts_with(b"{\"msg\":\"ping\"") {
            heard.asked.fetch_add(1, Ordering::Relaxed);
            socket.send(&json!({"msg": "pong"})).await;
            continue;
        }
        let at = Instant::now();
        let text = str::from_utf8(frame).unwrap();
        if let Some(author) = &author
            && text.contains(&stream)
            && text.contains(author)
        {
            heard.words.add(marked(frame).unwrap(), at);
        }
    }
}

/// One ping after the other.
async fn pings(desk: &Desk, span: Duration) -> Sample {
    let mut socket = Socket::open(desk.address()).await;
    let until = Instant::now() + span;
    let mut sample = Sample::default();
    // Slower than a socket may send.
    let mut pace = tokio::time::interval(Duration::from_millis(40));
    while Instant::now() < until {
        pace.tick().await;
        let asked = Instant::now();
        socket.send(&json!({"msg": "ping"})).await;
        socket.frame().await;
        sample.add(asked.elapsed());
    }
    sample
}
