//! What a message costs, from the visitor's request to the receiver's: accepted and on disk, delivered,
//! its attempt logged. In chats as unkind as real ones, with all processes counted.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hark_testkit::Engine;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::load;
use crate::machine::{self, Meter};
use crate::place::{Fresh, Place, name};
use crate::plot::{self, Bar, Group};
use crate::receiver::Receiver;
use crate::sample::median;
use crate::staffed::{Desk, SENTENCES, Staffed, text};
use crate::table::{Table, figure};
use crate::webhooks::{assert_all, forward_to, reaching};

const CONNECTIONS: [usize; 2] = [32, 256];
const ROUNDS: usize = 3;
const CHATS: usize = 300;
/// Of a visitor who gives more numbers than that, no more are kept: what counts is the rest of the day.
const MOST_NUMBERS: usize = 20;
/// A long message has so many bytes.
const LONG: usize = 1_200;
const WARM_UP: Duration = Duration::from_millis(500);
/// However slow it is, a row ends.
const PATIENCE: Duration = Duration::from_secs(300);
/// When the memory is looked at again.
const LATER: Duration = Duration::from_secs(60);

/// Into which chats what is said, and who else might want to hear it.
#[derive(Clone, Copy)]
struct Talk {
    name: &'static str,
    is_served: bool,
    is_long: bool,
    /// Each message has a telephone number that the visitor did not give before.
    has_numbers: bool,
    /// Endpoints that want nothing of it.
    others: usize,
}

/// The hardest; the others differ from it in one thing.
const HARD: Talk = Talk {
    name: "chats that wait, 1,200 bytes",
    is_served: false,
    is_long: true,
    has_numbers: false,
    others: 0,
};

const VARIANTS: [Talk; 6] = [
    HARD,
    Talk {
        name: "short",
        is_long: false,
        ..HARD
    },
    Talk {
        name: "served",
        is_served: true,
        ..HARD
    },
    Talk {
        name: "new numbers all day",
        has_numbers: true,
        ..HARD
    },
    Talk {
        name: "20 endpoints beside",
        others: 20,
        ..HARD
    },
    Talk {
        name: "2,000 endpoints beside",
        others: 2_000,
        ..HARD
    },
];

pub fn run(place: &Place, span: Duration, picture: Option<&Path>) {
    let mut bench = Bench {
        place,
        runtime: load::runtime(),
        span,
        forwarded: HashMap::new(),
        keys: Vec::new(),
        rates: Vec::new(),
        cpu: Vec::new(),
    };
    bench.forwarder();
    for engine in place.engines() {
        bench.table(engine);
        bench.variants(engine);
    }
    if let Some(file) = picture {
        bench.draw(file);
    }
    println!("\nmessage key figures: {}", bench.keys.join("; "));
}

struct Bench<'p> {
    place: &'p Place,
    runtime: Runtime,
    span: Duration,
    forwarded: HashMap<usize, f64>,
    keys: Vec<String>,
    rates: Vec<Bar>,
    cpu: Vec<Bar>,
}

/// A server in which people talk.
struct Scene {
    _fresh: Fresh,
    staffed: Staffed,
    processes: Vec<u32>,
    receiver: Receiver,
    talk: Talk,
    /// The token and the room of each chat.
    chats: Arc<Vec<(String, String)>>,
    next: Arc<AtomicUsize>,
}

#[derive(Clone, Copy)]
struct Cost {
    rate: f64,
    cpu: f64,
    statements: f64,
    round_trips: f64,
    memory: f64,
}

impl Bench<'_> {
    fn forwarder(&mut self) {
        let table = Table::new(
            "message: the bare forwarder (same HTTP stack, nothing stored)",
            &["connections", "forwarded/s", "lowest", "highest"],
        );
        let body = json!({"token": "t".repeat(17), "rid": "r".repeat(17), "msg": words(HARD, 1)});
        for connections in CONNECTIONS {
            let (receiver, address) = self.runtime.block_on(async {
                let receiver = Receiver::open(true).await;
                let address = forward_to(receiver.url("/")).await;
                (receiver, address)
            });
            let address = address.to_string();
            let request = load::post("/", &address, &[], &body);
            let ask = |span| load::run(&self.runtime, &address, &request, connections, span);
            ask(WARM_UP);
            let rates: Vec<f64> = (0..ROUNDS)
                .map(|_| {
                    receiver.arrivals.take();
                    ask(self.span).per_second(self.span)
                })
                .collect();
            let rate = median(&rates);
            self.forwarded.insert(connections, rate);
            let cells = [rate, least(&rates), most(&rates)];
            table.row(&connections.to_string(), cells.map(figure));
            self.keys
                .push(format!("forwarder {connections}: {}/s", figure(rate)));
        }
    }

    /// The median of some rounds, each on a server of its own.
    fn table(&mut self, engine: Engine) {
        let table = Table::new(
            &format!(
                "message, {}: {} ({CHATS}), one endpoint, medians of {ROUNDS} rounds",
                name(engine),
                HARD.name
            ),
            &[
                "connections",
                "delivered/s",
                "lowest",
                "highest",
                "of forwarder",
                "CPU s/10,000",
                "statements",
                "round trips",
                "memory MB",
                "a minute on",
            ],
        );
        for connections in CONNECTIONS {
            let mut costs = Vec::new();
            let mut later = f64::NAN;
            for round in 1..=ROUNDS {
                let scene = self.scene(engine, HARD, connections);
                costs.push(self.measure(&scene, connections));
                if round == ROUNDS {
                    self.runtime
                        .block_on(async { tokio::time::sleep(LATER).await });
                    later = machine::proportional(&scene.processes);
                }
            }
            let of = |part: fn(&Cost) -> f64| costs.iter().map(part).collect::<Vec<f64>>();
            let rates = of(|cost| cost.rate);
            let rate = median(&rates);
            let share = rate / self.forwarded[&connections];
            let cpu = median(&of(|cost| cost.cpu));
            let memory = median(&of(|cost| cost.memory));
            let label = format!("{}, {connections} connections", name(engine));
            self.rates.push(Bar {
                label: label.clone(),
                value: share,
                figure: format!("{} ({}/s)", figure(share), figure(rate)),
            });
            self.cpu.push(Bar {
                label,
                value: cpu,
                figure: figure(cpu),
            });
            let cells = [
                rate,
                least(&rates),
                most(&rates),
                share,
                cpu,
                median(&of(|cost| cost.statements)),
                median(&of(|cost| cost.round_trips)),
                memory,
                later,
            ];
            table.row(&connections.to_string(), cells.map(figure));
            self.keys.push(format!(
                "{} {connections}: {}/s, {} of the forwarder, {} CPU s/10,000, {} MB, then {}",
                name(engine),
                figure(rate),
                figure(share),
                figure(cpu),
                figure(memory),
                figure(later)
            ));
        }
    }

    fn draw(&mut self, file: &Path) {
        let rates = Group {
            heading: "Messages delivered, as a share of a bare forwarder of the same run"
                .to_owned(),
            bars: std::mem::take(&mut self.rates),
            aim: Some((0.3, "aim on SQLite".to_owned())),
        };
        let cpu = Group {
            heading: "CPU seconds of all processes for 10,000 messages".to_owned(),
            bars: std::mem::take(&mut self.cpu),
            aim: Some((5.0, "aim on PostgreSQL".to_owned())),
        };
        plot::write(file, &[rates, cpu]);
    }

    /// What it depends on, over 32 connections.
    fn variants(&mut self, engine: Engine) {
        let table = Table::new(
            &format!("message, {}: what it depends on", name(engine)),
            &[
                "",
                "delivered/s",
                "of the first",
                "CPU s/10,000",
                "statements",
            ],
        );
        let mut first = f64::NAN;
        for talk in VARIANTS {
            let scene = self.scene(engine, talk, CONNECTIONS[0]);
            let cost = self.measure(&scene, CONNECTIONS[0]);
            first = if first.is_nan() { cost.rate } else { first };
            let cells = [cost.rate, cost.rate / first, cost.cpu, cost.statements];
            table.row(talk.name, cells.map(figure));
            self.keys.push(format!(
                "{} {}: {}x",
                name(engine),
                talk.name,
                figure(cost.rate / first)
            ));
        }
    }

    fn scene(&self, engine: Engine, talk: Talk, connections: usize) -> Scene {
        let fresh = self.place.fresh(engine);
        let staffed = Staffed::open(&reaching(self.place.server_on(&fresh)), 4);
        let mut processes = vec![staffed.server.pid()];
        processes.extend(fresh.postmaster());
        let desk = &staffed.desk;
        if !talk.is_served {
            desk.set("Livechat_Routing_Method", &json!("Manual_Selection"));
        }
        let receiver = self.runtime.block_on(Receiver::open(true));
        desk.endpoint(&receiver.url("/"), connections);
        for number in 0..talk.others {
            desk.endpoint_for(&receiver.url(&format!("/{number}")), "feedback.submitted");
        }
        let chats = self.runtime.block_on(chats(desk));
        Scene {
            _fresh: fresh,
            processes,
            receiver,
            talk,
            chats: Arc::new(chats),
            next: Arc::default(),
            staffed,
        }
    }

    /// Messages as fast as they are taken, until the last one has arrived and nothing is behind.
    fn measure(&self, scene: &Scene, connections: usize) -> Cost {
        self.speak(scene, connections, WARM_UP);
        while scene.talk.has_numbers && scene.next.load(Ordering::Relaxed) < CHATS * MOST_NUMBERS {
            self.speak(scene, connections, WARM_UP);
        }
        self.arrived(scene, scene.next.load(Ordering::Relaxed));
        scene.receiver.arrivals.take();
        let before = scene.next.load(Ordering::Relaxed);
        let asked = scene.asked();
        let meter = Meter::start(&scene.processes);
        let began = Instant::now();
        self.speak(scene, connections, self.span);
        let memory = machine::proportional(&scene.processes);
        let count = scene.next.load(Ordering::Relaxed) - before;
        self.arrived(scene, count);
        let took = began.elapsed();
        let usage = meter.stop();
        assert_all(&scene.receiver.arrivals, before, count);
        let (statements, round_trips) = scene.asked();
        let count = count as f64;
        Cost {
            rate: count / took.as_secs_f64(),
            cpu: usage.theirs.iter().sum::<f64>() / count * 10_000.0,
            statements: (statements - asked.0) / count,
            round_trips: (round_trips - asked.1) / count,
            memory,
        }
    }

    fn arrived(&self, scene: &Scene, count: usize) {
        let arrivals = &scene.receiver.arrivals;
        let waiting = async { tokio::time::timeout(PATIENCE, arrivals.wait(count)).await };
        let all = self.runtime.block_on(waiting);
        assert!(all.is_ok(), "{} of {count} arrived", arrivals.count());
    }

    /// Each connection speaks as soon as it was answered.
    fn speak(&self, scene: &Scene, connections: usize, span: Duration) {
        let until = Instant::now() + span;
        let mut tasks = JoinSet::new();
        for _ in 0..connections {
            let desk = Arc::clone(&scene.staffed.desk);
            let (chats, next, talk) = (
                Arc::clone(&scene.chats),
                Arc::clone(&scene.next),
                scene.talk,
            );
            let speak = async move {
                let mut line = desk.connect().await;
                while Instant::now() < until {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let (token, room) = &chats[number % chats.len()];
                    let said = desk.say_this(token, room, &words(talk, number));
                    line.ask(&said).await;
                }
            };
            tasks.spawn_on(speak, self.runtime.handle());
        }
        self.runtime.block_on(tasks.join_all());
    }
}

impl Scene {
    /// The statements and round trips of the server so far.
    fn asked(&self) -> (f64, f64) {
        let metrics = self.staffed.server.client().get("/metrics").text();
        let value = |name: &str| {
            let mut lines = metrics.lines();
            let line = lines.find_map(|line| line.strip_prefix(name));
            line.and_then(|rest| rest.trim().parse().ok())
                .unwrap_or(f64::NAN)
        };
        (
            value("hark_store_statements_total "),
            value("hark_store_round_trips_total "),
        )
    }
}

async fn chats(desk: &Desk) -> Vec<(String, String)> {
    let mut connection = desk.connect().await;
    let mut chats = Vec::new();
    for number in 0..CHATS {
        let token = format!("visitor-of-the-benchmark-{number}");
        connection.ask(&desk.register(&token, None)).await;
        let opened: Value = connection.ask_for(&desk.open_chat(&token)).await;
        chats.push((token, text(&opened["room"]["_id"])));
    }
    chats
}

/// What is said, each time with a number of its own between two `#`.
fn words(talk: Talk, number: usize) -> String {
    let mut text = format!("{} #{number}# ", SENTENCES[number % SENTENCES.len()]);
    if talk.has_numbers {
        text.push_str(&format!("Call me: {}. ", 20_000_000_000 + number));
    }
    let mut more = SENTENCES.iter().cycle();
    while talk.is_long && text.len() < LONG {
        text.extend(more.next().copied());
        text.push(' ');
    }
    if talk.is_long {
        text.truncate(LONG);
    }
    text
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn most(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}
