//! What becomes slower when a database has a past: the same things done in one that is small and
//! in one with a million chats behind it, in turn.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hark_store::Clock;
use hark_testkit::Engine;
use serde_json::{Value, json};

use crate::load::{self, Connection};
use crate::machine::{Meter, Usage};
use crate::past::{Ended, Past};
use crate::place::{Fresh, Place, name};
use crate::sample::Sample;
use crate::staffed::{Desk, Staffed, text};
use crate::table::{Table, figure};

/// Chats behind the small one.
const SMALL: usize = 1_000;
const AGENTS: usize = 20;
const DEPARTMENTS: usize = 10;
/// Chats of today, in both: half of them wait, half are served.
const OPEN: usize = 200;
/// Chats of the past that are looked at, one after the other.
const EXAMPLES: usize = 200;
const ROUNDS: u32 = 3;
/// More than this is grown.
const AIM: f64 = 1.3;

pub fn run(place: &Place, span: Duration, rooms: usize, messages: usize) {
    let engines = place.engines();
    let messages_each = (messages / rooms).max(4);
    let runtime = load::runtime();
    let mut keys = Vec::new();
    for engine in engines {
        let small = Side::new(place, engine, SMALL, messages_each);
        let big = Side::new(place, engine, rooms, messages_each);
        let sides = [small, big];
        let table = Table::new(
            &format!(
                "growth, {}: {} chats and {} messages in the past (big) against {} and {} (small); p50 of one connection, in turn",
                name(engine),
                figure(rooms as f64),
                figure((rooms * messages_each) as f64),
                figure(SMALL as f64),
                figure((SMALL * messages_each) as f64),
            ),
            &[
                "what",
                "small ms",
                "big ms",
                "ratio",
                "small p99",
                "big p99",
                "CPU ratio",
                "others",
            ],
        );
        let mut grown = Vec::new();
        let mut guests = runtime.block_on(Guests::new(&sides));
        let today = runtime.block_on(guests.come(&sides, OPEN));
        let [small, big] = &sides;
        let processes = [small.processes(), big.processes()];
        let pids = processes.concat();
        let desks = [small.desk(), big.desk()];
        let things: Vec<_> = small
            .things(&today[0])
            .into_iter()
            .zip(big.things(&today[1]))
            .collect();
        let mut compared: Vec<Compared> = Vec::new();
        compared.resize_with(things.len() + STEPS.len(), Compared::default);
        // Round after round, so that a busy minute of the machine is not all that one row saw.
        for _ in 0..ROUNDS {
            for (thing, (one, other)) in things.iter().enumerate() {
                let meter = Meter::start(&pids);
                let samples = in_turn(desks, [&one.1, &other.1], span / ROUNDS);
                let samples = runtime.block_on(samples);
                compared[thing].join(samples, &meter.stop(), processes[0].len());
            }
            let meter = Meter::start(&pids);
            let steps = runtime.block_on(guests.come_and_go(&sides, span * 2 / ROUNDS));
            let usage = meter.stop();
            for (compared, samples) in compared[things.len()..].iter_mut().zip(steps) {
                compared.join(samples, &usage, processes[0].len());
            }
        }
        let names = things.iter().map(|(one, _)| one.0).chain(STEPS);
        for (what, mut compared) in names.zip(compared) {
            let ratio = compared.row(&table, what);
            if ratio > AIM {
                grown.push(format!("{what} {}", figure(ratio)));
            }
        }
        let grown = if grown.is_empty() {
            "nothing".to_owned()
        } else {
            grown.join(", ")
        };
        keys.push(format!("{}: beyond {AIM}: {grown}", name(engine)));
        for side in sides {
            side.staffed.server.stop();
        }
    }
    println!("\ngrowth key figures: {}", keys.join("; "));
}

/// A database with a past, and its server.
struct Side {
    staffed: Staffed,
    departments: Vec<String>,
    past: Vec<Ended>,
    /// Goes last: the server is on it.
    fresh: Fresh,
}

impl Side {
    fn new(place: &Place, engine: Engine, rooms: usize, messages_each: usize) -> Self {
        println!("\n{}: writing {} chats", name(engine), figure(rooms as f64));
        let fresh = place.fresh(engine);
        let setup = place.server_on(&fresh);
        let Staffed { server, desk } = Staffed::open(&setup, AGENTS);
        desk.set("Livechat_Routing_Method", &json!("Manual_Selection"));
        let departments: Vec<String> = (0..DEPARTMENTS)
            .map(|number| desk.department(&format!("Department {number}")))
            .collect();
        server.stop();
        let past = Past {
            rooms,
            messages_each,
            agents: &desk.agents,
            departments: &departments,
        };
        let past = past.write(&fresh, EXAMPLES);
        let began = Instant::now();
        let admin = ["admin", "rebuild-figures"];
        setup.command_line(&admin, "").assert_done();
        println!("  figures: counted in {} s", began.elapsed().as_secs());
        let server = setup.start();
        let desk = Arc::new(desk.at(server.address()));
        Self {
            staffed: Staffed { server, desk },
            departments,
            past,
            fresh,
        }
    }

    /// All that work on it: the server, and PostgreSQL's for its connections.
    fn processes(&self) -> Vec<u32> {
        let mut processes = vec![self.staffed.server.pid()];
        processes.extend(self.fresh.backends());
        processes
    }

    fn desk(&self) -> &Desk {
        &self.staffed.desk
    }

    /// What is done again and again, and the requests for it.
    fn things(&self, today: &[Chat]) -> Vec<(&'static str, Vec<String>)> {
        let desk = self.desk();
        let agent = &desk.agents[0];
        let served = || today.iter().filter(|chat| chat.agent.is_some());
        let each = |path: &dyn Fn(&Ended) -> String| -> Vec<String> {
            self.past.iter().map(path).collect()
        };
        let admin = |path: &str| vec![desk.as_admin(path)];
        let rooms = |filter: &str| vec![desk.as_admin(&format!("livechat/rooms?{filter}"))];
        let now = Clock::system().now();
        let day = |ago: i64| now.plus_days(-ago).iso()[..10].to_owned();
        let year = |report: &str, from: &str, to: &str| {
            let stretch = format!("{from}={}&{to}={}", day(365), day(0));
            admin(&format!("livechat/analytics/{report}{stretch}"))
        };
        let of_agents = desk.agents.iter();
        let of_agents = of_agents
            .map(|agent| desk.as_admin(&format!("livechat/rooms?agents%5B%5D={}", agent.id)));
        let own = desk.agents.iter();
        let own = own.map(|agent| {
            desk.as_agent(
                agent,
                &format!("livechat/rooms?agents%5B%5D={}&open=false", agent.id),
            )
        });
        let of_departments = self.departments.iter();
        let of_departments =
            of_departments.map(|id| desk.as_admin(&format!("livechat/rooms?departmentId={id}")));
        let said = served().enumerate();
        let said = said.map(|(number, chat)| desk.say(&chat.token, &chat.room, number));
        let answered = served().enumerate();
        let answered = answered.map(|(number, chat)| {
            desk.answer(&desk.agents[chat.agent.unwrap()], &chat.room, number)
        });
        vec![
            ("visitor says something", said.collect()),
            ("agent says something", answered.collect()),
            (
                "inquiries.queuedForUser",
                vec![desk.as_agent(agent, "livechat/inquiries.queuedForUser")],
            ),
            ("inquiries.list", admin("livechat/inquiries.list")),
            ("rooms", rooms("")),
            ("rooms, open", rooms("open=true")),
            ("rooms, closed", rooms("open=false")),
            ("rooms, queued", rooms("queued=true")),
            (
                "rooms, by closing",
                rooms("open=false&sort=%7B%22closedAt%22%3A-1%7D"),
            ),
            ("rooms, of an agent", of_agents.collect()),
            ("rooms, closed, their own", own.collect()),
            ("rooms, of a department", of_departments.collect()),
            (
                "messages of a chat",
                each(&|ended| desk.as_admin(&format!("livechat/{}/messages", ended.room))),
            ),
            (
                "messages.history",
                each(&|ended| {
                    desk.get(
                        &format!(
                            "livechat/messages.history/{}?token={}",
                            ended.room, ended.token
                        ),
                        &[],
                    )
                }),
            ),
            (
                "a visitor, by token",
                each(&|ended| desk.get(&format!("livechat/visitor/{}", ended.token), &[])),
            ),
            ("visitors.search", admin("livechat/visitors.search?term=")),
            (
                "visitors.chatHistory",
                each(&|ended| {
                    desk.as_admin(&format!(
                        "livechat/visitors.chatHistory/room/{}/visitor/{}",
                        ended.room, ended.visitor
                    ))
                }),
            ),
            (
                "a year's overview",
                year("overview?name=Conversations&", "from", "to"),
            ),
            (
                "a year, agent by agent",
                year("agent-overview?name=Avg_response_time&", "from", "to"),
            ),
            (
                "a year's timings",
                year("dashboards/charts/timings?", "start", "end"),
            ),
            (
                "a year, by department",
                year("departments/average-chat-duration-time?", "start", "end"),
            ),
            (
                "a year's tags",
                year("dashboards/conversations-by-tags?", "start", "end"),
            ),
            ("department", admin("livechat/department")),
            ("users/agent", admin("livechat/users/agent")),
            ("users.list", admin("users.list")),
            (
                "subscriptions.get",
                vec![desk.as_agent(agent, "subscriptions.get")],
            ),
            ("rooms.get", vec![desk.as_agent(agent, "rooms.get")]),
        ]
    }
}

/// The same done on both sides.
#[derive(Default)]
struct Compared {
    samples: [Sample; 2],
    cpu: [f64; 2],
    strangers: f64,
}

impl Compared {
    /// The first so many of the processes are those of the small side.
    fn join(&mut self, samples: [Sample; 2], usage: &Usage, of_small: usize) {
        let (small, big) = usage.theirs.split_at(of_small);
        for (side, (sample, spent)) in samples.into_iter().zip([small, big]).enumerate() {
            self.samples[side].join(sample);
            self.cpu[side] += spent.iter().sum::<f64>();
        }
        self.strangers += usage.strangers / f64::from(ROUNDS);
    }

    fn row(&mut self, table: &Table, what: &str) -> f64 {
        let [small, big] = &mut self.samples;
        let ratio = big.quantile(0.5) / small.quantile(0.5);
        let cells = [
            small.quantile(0.5),
            big.quantile(0.5),
            ratio,
            small.quantile(0.99),
            big.quantile(0.99),
            self.cpu[1] / self.cpu[0],
            self.strangers,
        ];
        table.row(what, cells.map(figure));
        ratio
    }
}

/// One request here, one there, and again: what the machine does besides meets both.
async fn in_turn(desks: [&Desk; 2], requests: [&[String]; 2], span: Duration) -> [Sample; 2] {
    let mut connections = [desks[0].connect().await, desks[1].connect().await];
    let mut samples = <[Sample; 2]>::default();
    let began = Instant::now();
    let mut number = 0;
    while began.elapsed() < span {
        for (side, connection) in connections.iter_mut().enumerate() {
            let request = &requests[side][number % requests[side].len()];
            ask(connection, request, &mut samples[side]).await;
        }
        number += 1;
    }
    samples
}

async fn ask(connection: &mut Connection, request: &str, sample: &mut Sample) {
    let asked = Instant::now();
    connection.ask(request).await;
    sample.add(asked.elapsed());
}

/// A chat of today.
struct Chat {
    token: String,
    room: String,
    /// Whose it is.
    agent: Option<usize>,
}

/// Visitors of today, who come to both sides.
struct Guests {
    connections: [Connection; 2],
    number: usize,
    /// How long each step took, on each side.
    steps: [[Sample; 2]; 4],
}

const REGISTER: usize = 0;
const OPENING: usize = 1;
const TAKE: usize = 2;
const CLOSE: usize = 3;
const STEPS: [&str; 4] = [
    "a visitor registers",
    "opens a chat",
    "an agent takes it",
    "and closes it",
];

impl Guests {
    async fn new(sides: &[Side; 2]) -> Self {
        Self {
            connections: [
                sides[0].desk().connect().await,
                sides[1].desk().connect().await,
            ],
            number: 0,
            steps: <[[Sample; 2]; 4]>::default(),
        }
    }

    /// So many come, and every second one is taken.
    async fn come(&mut self, sides: &[Side; 2], count: usize) -> [Vec<Chat>; 2] {
        let mut today = <[Vec<Chat>; 2]>::default();
        for _ in 0..count {
            for (side, here) in sides.iter().enumerate() {
                let is_taken = self.number.is_multiple_of(2);
                today[side].push(self.comes(side, here, is_taken).await);
            }
            self.number += 1;
        }
        today
    }

    /// One after the other comes, is answered and goes.
    async fn come_and_go(&mut self, sides: &[Side; 2], span: Duration) -> [[Sample; 2]; 4] {
        self.steps = <[[Sample; 2]; 4]>::default();
        let began = Instant::now();
        while began.elapsed() < span {
            for (side, here) in sides.iter().enumerate() {
                let chat = self.comes(side, here, true).await;
                let agent = &here.desk().agents[chat.agent.unwrap()];
                let close = here.desk().close(agent, &chat.room);
                self.timed(CLOSE, side, &close).await;
            }
            self.number += 1;
        }
        std::mem::take(&mut self.steps)
    }

    async fn comes(&mut self, side: usize, here: &Side, is_taken: bool) -> Chat {
        let desk = here.desk();
        let token = format!("visitor-of-today-{}", self.number);
        let department = &here.departments[self.number % here.departments.len()];
        let register = desk.register(&token, Some(department));
        self.timed(REGISTER, side, &register).await;
        let opened = self.timed(OPENING, side, &desk.open_chat(&token)).await;
        let room = text(&opened["room"]["_id"]);
        let taker = self.number % desk.agents.len();
        if is_taken {
            let agent = &desk.agents[taker];
            let which = format!("livechat/inquiries.getOne?roomId={room}");
            let waits = self.connections[side]
                .ask_for(&desk.as_agent(agent, &which))
                .await;
            let take = desk.take(agent, &text(&waits["inquiry"]["_id"]));
            self.timed(TAKE, side, &take).await;
        }
        Chat {
            token,
            room,
            agent: is_taken.then_some(taker),
        }
    }

    async fn timed(&mut self, step: usize, side: usize, request: &str) -> Value {
        let asked = Instant::now();
        let answer = self.connections[side].ask(request).await;
        self.steps[step][side].add(asked.elapsed());
        serde_json::from_slice(answer).unwrap()
    }
}
