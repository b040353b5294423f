//! What a webhook costs from the visitor's message to the receiver: a message is accepted and on
//! disk, delivered, and its attempt is logged. Compared with a bare forwarder: the same HTTP
//! stack, nothing stored.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use clap::ValueEnum;
use hark_egress::{Allowed, Client, Request};
use hark_testkit::{Engine, Setup};
use http::{HeaderMap, Method, Response};
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rusqlite::Connection as Sqlite;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::chat::{Open, open_chats};
use crate::load::{self, Connection};
use crate::machine::{self, Meter};
use crate::place::{Place, name};
use crate::receiver::{Arrivals, Receiver};
use crate::sample::Sample;
use crate::staffed::{Desk, SENTENCES, Staffed};
use crate::table::{Table, figure};

const CONNECTIONS: [usize; 3] = [32, 256, 1_024];
const CHATS: usize = 1_024;
/// Deliveries that wait when the endpoint goes on.
const BACKLOG: usize = 20_000;
const WARM_UP: Duration = Duration::from_millis(500);
const PACES: [f64; 2] = [50.0, 500.0];
const BAD_ONES: usize = 100;
const HEALTHY_PACE: f64 = 200.0;
/// However slow it is, a row ends.
const PATIENCE: Duration = Duration::from_secs(120);

/// What can be measured alone.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    EndToEnd,
    Drain,
    Pace,
    Beside,
    Pending,
}

struct Bench<'p> {
    place: &'p Place,
    runtime: Runtime,
    span: Duration,
    keys: Vec<String>,
    forwarded: HashMap<usize, f64>,
}

/// What is said, each time with a number of its own.
struct Talk {
    desk: Arc<Desk>,
    open: Arc<Vec<Open>>,
    next: AtomicUsize,
}

impl Talk {
    fn words(&self, number: usize) -> String {
        let chat = &self.open[number % self.open.len()];
        let text = format!("{} #{number}#", SENTENCES[number % SENTENCES.len()]);
        self.desk.say_this(&chat.token, &chat.room, &text)
    }

    fn number(&self) -> usize {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}

pub fn run(place: &Place, span: Duration, pending: usize, only: Option<Section>) {
    let wanted = |section| only.is_none_or(|only| only == section);
    let mut bench = Bench {
        place,
        runtime: load::runtime(),
        span,
        keys: Vec::new(),
        forwarded: HashMap::new(),
    };
    if wanted(Section::EndToEnd) || wanted(Section::Drain) {
        bench.forwarder();
    }
    for engine in place.engines() {
        if wanted(Section::EndToEnd) {
            bench.end_to_end(engine);
        }
        if wanted(Section::Drain) {
            bench.drain(engine);
        }
        if wanted(Section::Pace) {
            bench.pace(engine);
        }
        if wanted(Section::Beside) {
            bench.beside_bad_ones(engine);
        }
    }
    if wanted(Section::Pending) {
        bench.pending(pending);
    }
    println!("\nwebhooks key figures: {}", bench.keys.join("; "));
}

impl Bench<'_> {
    fn staffed(&self, engine: Engine) -> (crate::place::Fresh, Staffed, Vec<u32>) {
        let fresh = self.place.fresh(engine);
        let staffed = Staffed::open(&reaching(self.place.server_on(&fresh)), 4);
        let mut beside = vec![staffed.server.pid()];
        beside.extend(fresh.postmaster());
        (fresh, staffed, beside)
    }

    fn talk(&self, staffed: &Staffed) -> Arc<Talk> {
        let open = self.runtime.block_on(open_chats(&staffed.desk, CHATS));
        Arc::new(Talk {
            desk: Arc::clone(&staffed.desk),
            open: Arc::new(open),
            next: AtomicUsize::new(0),
        })
    }

    /// The baseline: what comes in is sent on, and answered when that was.
    fn forwarder(&mut self) {
        let table = Table::new(
            "webhooks: the bare forwarder (same HTTP stack, nothing stored)",
            &["connections", "forwarded/s", "p50 ms", "p99 ms"],
        );
        let body = json!({"text": format!("{} #1#", SENTENCES[2])});
        for connections in CONNECTIONS {
            let (receiver, address) = self.runtime.block_on(async {
                let receiver = Receiver::open(true).await;
                let address = forward_to(receiver.url("/")).await;
                (receiver, address)
            });
            let request = load::post("/", &address.to_string(), &[], &body);
            let ask = |span| {
                load::run(
                    &self.runtime,
                    &address.to_string(),
                    &request,
                    connections,
                    span,
                )
            };
            ask(WARM_UP);
            receiver.arrivals.take();
            let mut sample = ask(self.span);
            let rate = sample.per_second(self.span);
            self.forwarded.insert(connections, rate);
            let cells = [rate, sample.quantile(0.5), sample.quantile(0.99)];
            table.row(&connections.to_string(), cells.map(figure));
            self.keys
                .push(format!("forwarder {connections}: {}/s", figure(rate)));
        }
    }

    /// Messages as fast as they are taken, until the last one has arrived.
    fn end_to_end(&mut self, engine: Engine) {
        let table = Table::new(
            &format!(
                "webhooks, {}: from the message to the receiver, as fast as it goes",
                name(engine)
            ),
            &[
                "connections",
                "accepted/s",
                "delivered/s",
                "of forwarder",
                "CPU s/10,000",
                "PostgreSQL",
                "MB/10,000",
            ],
        );
        for connections in CONNECTIONS {
            let (_fresh, staffed, beside) = self.staffed(engine);
            let receiver = self.runtime.block_on(Receiver::open(true));
            staffed.desk.endpoint(&receiver.url("/"), connections);
            let talk = self.talk(&staffed);
            self.speak(&talk, connections, WARM_UP);
            self.arrived(&receiver.arrivals, talk.next.load(Ordering::Relaxed));
            receiver.arrivals.take();
            let before = talk.next.load(Ordering::Relaxed);
            let written = machine::written(staffed.server.pid());
            let meter = Meter::start(&beside);
            let began = Instant::now();
            self.speak(&talk, connections, self.span);
            let said = began.elapsed();
            let count = talk.next.load(Ordering::Relaxed) - before;
            self.arrived(&receiver.arrivals, count);
            let took = began.elapsed();
            let usage = meter.stop();
            let written = machine::written(staffed.server.pid()) - written;
            assert_all(&receiver.arrivals, before, count);
            let rate = count as f64 / took.as_secs_f64();
            let each = 10_000.0 / count as f64;
            let cells = [
                count as f64 / said.as_secs_f64(),
                rate,
                rate / self.forwarded[&connections],
                usage.theirs[0] * each,
                usage.theirs.get(1).map_or(f64::NAN, |spent| spent * each),
                written * each,
            ];
            table.row(&connections.to_string(), cells.map(figure));
            self.keys.push(format!(
                "{} {connections}: {}/s end to end",
                name(engine),
                figure(rate)
            ));
        }
    }

    /// What waits is sent as fast as it goes, with nobody talking.
    fn drain(&mut self, engine: Engine) {
        let table = Table::new(
            &format!(
                "webhooks, {}: {BACKLOG} events that have waited, with nobody talking",
                name(engine)
            ),
            &[
                "endpoints x connections",
                "delivered/s",
                "of forwarder",
                "CPU s/10,000",
                "PostgreSQL",
                "MB/10,000",
            ],
        );
        for (endpoints, connections) in [(1, 32), (1, 256), (1, 1_024), (10, 32)] {
            let (_fresh, staffed, beside) = self.staffed(engine);
            let receiver = self.runtime.block_on(Receiver::open(true));
            let ids: Vec<String> = (0..endpoints)
                .map(|number| {
                    staffed
                        .desk
                        .endpoint(&receiver.url(&format!("/{number}")), connections)
                })
                .collect();
            for id in &ids {
                staffed.desk.switch_endpoint(id, "pause");
            }
            let talk = self.talk(&staffed);
            self.say(&talk, 64, BACKLOG);
            let count = BACKLOG * endpoints;
            let written = machine::written(staffed.server.pid());
            let meter = Meter::start(&beside);
            let began = Instant::now();
            for id in &ids {
                staffed.desk.switch_endpoint(id, "resume");
            }
            self.arrived(&receiver.arrivals, count);
            let took = began.elapsed();
            let usage = meter.stop();
            let written = machine::written(staffed.server.pid()) - written;
            let rate = count as f64 / took.as_secs_f64();
            let each = 10_000.0 / count as f64;
            let cells = [
                rate,
                rate / self.forwarded[&connections],
                usage.theirs[0] * each,
                usage.theirs.get(1).map_or(f64::NAN, |spent| spent * each),
                written * each,
            ];
            let label = format!("{endpoints} x {connections}");
            table.row(&label, cells.map(figure));
            self.keys.push(format!(
                "{} drain {label}: {}/s",
                name(engine),
                figure(rate)
            ));
        }
    }

    /// How long it takes when there is time.
    fn pace(&mut self, engine: Engine) {
        let table = Table::new(
            &format!(
                "webhooks, {}: from sending a message to its arrival at the receiver",
                name(engine)
            ),
            &["messages/s", "p50 ms", "p99 ms", "worst ms"],
        );
        let (_fresh, staffed, _) = self.staffed(engine);
        let receiver = self.runtime.block_on(Receiver::open(true));
        staffed.desk.endpoint(&receiver.url("/"), 32);
        let talk = self.talk(&staffed);
        for pace in PACES {
            let mut sample = self.at_a_pace(&talk, &receiver.arrivals, pace);
            let cells = [0.5, 0.99, 1.0].map(|part| sample.quantile(part));
            table.row(&figure(pace), cells.map(figure));
            self.keys.push(format!(
                "{} at {pace}/s p99 {} ms",
                name(engine),
                figure(cells[1])
            ));
        }
    }

    /// A good endpoint alone, and beside many that never answer, or are not there.
    fn beside_bad_ones(&mut self, engine: Engine) {
        let table = Table::new(
            &format!(
                "webhooks, {}: a good endpoint at {HEALTHY_PACE} messages/s",
                name(engine)
            ),
            &["beside", "p50 ms", "p99 ms", "worst ms"],
        );
        let hanging = self.runtime.block_on(Receiver::open(false));
        let nobody = format!("http://{}", self.runtime.block_on(closed()));
        for (bad, url) in [("that hang", hanging.url("")), ("that are down", nobody)] {
            let (_fresh, staffed, _) = self.staffed(engine);
            let receiver = self.runtime.block_on(Receiver::open(true));
            staffed.desk.endpoint(&receiver.url("/"), 32);
            let talk = self.talk(&staffed);
            let row = |label: &str| {
                let mut sample = self.at_a_pace(&talk, &receiver.arrivals, HEALTHY_PACE);
                let cells = [0.5, 0.99, 1.0].map(|part| sample.quantile(part));
                table.row(label, cells.map(figure));
                cells[1]
            };
            let alone = row("nobody");
            for number in 0..BAD_ONES {
                staffed.desk.endpoint(&format!("{url}/{number}"), 32);
            }
            // Until all of them have as much as they get.
            for _ in 0..2 {
                self.at_a_pace(&talk, &receiver.arrivals, HEALTHY_PACE);
            }
            let beside = row(&format!("{BAD_ONES} {bad}"));
            self.keys.push(format!(
                "{} healthy p99 beside {BAD_ONES} {bad} {}x",
                name(engine),
                figure(beside / alone)
            ));
        }
    }

    /// A start with very many deliveries that wait.
    fn pending(&mut self, pending: usize) {
        let table = Table::new(
            &format!("webhooks, SQLite: a start with {pending} deliveries that wait"),
            &[
                "",
                "ready ms",
                "first sent ms",
                "resident MB",
                "peak MB",
                "delivered/s",
            ],
        );
        let (fresh, staffed, _) = self.staffed(Engine::Sqlite);
        let receiver = self.runtime.block_on(Receiver::open(true));
        staffed.desk.endpoint(&receiver.url("/"), 256);
        let folder = fresh.folder().to_owned();
        staffed.server.stop();
        let base = bodies_waiting(&folder.join("hark.db"), pending);
        let began = Instant::now();
        let server = reaching(self.place.server_in(&folder)).start();
        let ready = began.elapsed();
        self.runtime.block_on(receiver.arrivals.wait(1));
        let first = began.elapsed();
        let some = pending.min(100_000);
        self.arrived(&receiver.arrivals, some);
        let took = began.elapsed() - first;
        let (resident, _) = machine::resident(server.pid());
        let cells = [
            ready.as_secs_f64() * 1000.0,
            first.as_secs_f64() * 1000.0,
            resident,
            machine::peak(server.pid()),
            some as f64 / took.as_secs_f64(),
        ];
        table.row(&format!("{base} MB of database"), cells.map(figure));
        self.keys.push(format!(
            "{pending} waiting: first sent {} ms after the start, {} MB resident",
            figure(cells[1]),
            figure(resident)
        ));
        server.stop();
    }

    fn arrived(&self, arrivals: &Arrivals, count: usize) {
        let waiting = async { tokio::time::timeout(PATIENCE, arrivals.wait(count)).await };
        let all = self.runtime.block_on(waiting);
        assert!(
            all.is_ok(),
            "{} of {count} arrived in time",
            arrivals.count()
        );
    }

    /// Each connection speaks as soon as it was answered.
    fn speak(&self, talk: &Arc<Talk>, connections: usize, span: Duration) {
        let until = Instant::now() + span;
        self.each(talk, connections, move |_| Instant::now() < until);
    }

    fn say(&self, talk: &Arc<Talk>, connections: usize, count: usize) {
        let left = AtomicUsize::new(count);
        let take = move |_: usize| {
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            })
            .is_ok()
        };
        self.each(talk, connections, take);
    }

    fn each(
        &self,
        talk: &Arc<Talk>,
        connections: usize,
        goes_on: impl Fn(usize) -> bool + Send + Sync + 'static,
    ) {
        let goes_on = Arc::new(goes_on);
        let mut tasks = JoinSet::new();
        for connection in 0..connections {
            let (talk, goes_on) = (Arc::clone(talk), Arc::clone(&goes_on));
            let connect = talk.desk.connect();
            let speak = async move {
                let mut line: Connection = connect.await;
                while goes_on(connection) {
                    line.ask(&talk.words(talk.number())).await;
                }
            };
            tasks.spawn_on(speak, self.runtime.handle());
        }
        self.runtime.block_on(tasks.join_all());
    }

    /// Messages that come when they come. The sample: from sending to arrival.
    fn at_a_pace(&self, talk: &Arc<Talk>, arrivals: &Arc<Arrivals>, pace: f64) -> Sample {
        arrivals.take();
        let count = (pace * self.span.as_secs_f64()).max(50.0) as usize;
        let sent = self.runtime.block_on(async {
            let mut tasks = JoinSet::new();
            let began = tokio::time::Instant::now();
            for at in 0..count {
                let talk = Arc::clone(talk);
                let moment = began + Duration::from_secs_f64(at as f64 / pace);
                let connect = talk.desk.connect();
                tokio::time::sleep_until(moment).await;
                tasks.spawn(async move {
                    let number = talk.number();
                    let words = talk.words(number);
                    let mut line = connect.await;
                    let sent = Instant::now();
                    line.ask(&words).await;
                    (number, sent)
                });
            }
            tasks.join_all().await
        });
        self.arrived(arrivals, count);
        let sent: HashMap<usize, Instant> = sent.into_iter().collect();
        let mut sample = Sample::default();
        for (number, at) in arrivals.take() {
            if let Some(sent) = sent.get(&number) {
                sample.add(at.saturating_duration_since(*sent));
            }
        }
        sample
    }
}

/// An address at which nobody listens.
async fn closed() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// A server that may send to this machine.
pub fn reaching(setup: Setup) -> Setup {
    setup.env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
}

/// Every message arrived, and none twice.
pub fn assert_all(arrivals: &Arrivals, first: usize, count: usize) {
    let mut numbers: Vec<usize> = arrivals
        .take()
        .into_iter()
        .map(|(number, _)| number)
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), count, "some arrived twice, or not at all");
    assert_eq!(numbers.first(), Some(&first));
}

pub async fn forward_to(url: String) -> SocketAddr {
    let client = Client::new(Allowed::parse("127.0.0.0/8").unwrap()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            let (client, url) = (client.clone(), url.clone());
            let forward = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                let (client, url) = (client.clone(), url.clone());
                async move {
                    let body = request.into_body().collect().await.unwrap().to_bytes();
                    let request = Request {
                        method: Method::POST,
                        url,
                        headers: HeaderMap::new(),
                        body,
                        timeout: Duration::from_secs(10),
                    };
                    let exchange = client.send(request).await;
                    exchange.outcome.unwrap();
                    let mut answer = Response::new(Full::new(Bytes::new()));
                    let length = http::HeaderValue::from_static("0");
                    answer
                        .headers_mut()
                        .insert(http::header::CONTENT_LENGTH, length);
                    Ok::<_, Infallible>(answer)
                }
            });
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), forward);
            tokio::spawn(connection);
        }
    });
    address
}

/// Writes deliveries that wait into a database that nobody has open: what a long outage leaves.
/// Answers how big it is then, in MB.
fn bodies_waiting(file: &std::path::Path, pending: usize) -> u64 {
    let database = Sqlite::open(file).unwrap();
    let body = json!({"type": "message.visitor", "data": {"text": "x".repeat(700)}}).to_string();
    let number: i64 = database
        .query_row("SELECT max(number) FROM endpoint", [], |row| row.get(0))
        .unwrap();
    let statements = [
        format!("WITH RECURSIVE n(x) AS (SELECT 1000 UNION ALL SELECT x + 1 FROM n WHERE x < 999 + {pending})
            INSERT INTO delivery (endpoint, position, mark, kind, order_key, seq, at, state, attempts, attempts_before)
            SELECT {number}, x, 'm' || x, 'message.visitor', 'c' || (x % 50000), (x - 1000) / 50000 + 1, unixepoch() * 1000, 0, 0, 0 FROM n"),
        format!("WITH RECURSIVE n(x) AS (SELECT 1000 UNION ALL SELECT x + 1 FROM n WHERE x < 999 + {pending})
            INSERT INTO delivery_body (position, dialect, body) SELECT x, 'standard', CAST('{body}' AS BLOB) FROM n"),
        format!("INSERT INTO event (position, at, kind, body) VALUES (1000 + {pending}, 1, 'setting.changed', '{{}}')"),
        format!("UPDATE event_reader SET position = 999 + {pending} WHERE name = 'webhooks'"),
        format!("UPDATE lane SET cursor = 999, made = {pending} WHERE endpoint = {number}"),
        "PRAGMA wal_checkpoint(TRUNCATE)".to_owned(),
    ];
    for statement in statements {
        database.execute_batch(&statement).unwrap();
    }
    std::fs::metadata(file).unwrap().len() / 1_000_000
}
