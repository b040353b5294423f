//! Figures are what a recount of the rows says, whatever was summed up by then.

use std::collections::BTreeMap;

use hark_chat::figures::{self, Asked, Label, Totals, duty};
use hark_chat::visitors::Registration;
use hark_chat::{Info, messages};
use hark_model::accounts::{Account, Presence};
use hark_model::{Refusal, Who};
use hark_store::{Statement, Timestamp, log, params, statements};
use hark_testkit::Engine;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::world::{NOW, World, body_of, by, department, text};

/// Longer than any test takes.
pub const ALWAYS: (i64, i64) = (0, 4_000_000_000_000);

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

static ROOMS: Statement = Statement::new(
    "rooms",
    "SELECT coalesce(department_id, ''), coalesce(served_by, ''), open, on_hold, waiting_response, metrics, source, tags,
            created_at, (SELECT count(*) FROM message WHERE room_id = room.id AND kind IS NULL),
            (SELECT count(*) FROM message WHERE room_id = room.id AND kind = 'livechat_transfer_history')
        FROM room WHERE kind = 'l'",
    None,
);

statements! {
    ROOM_IDS = "SELECT id FROM room WHERE kind = 'l' ORDER BY id";
    VISITORS_WORDS = "SELECT id FROM message WHERE room_id = $1 AND kind IS NULL ORDER BY n";
}

/// A chat as its rows tell it.
struct Row {
    department: String,
    agent: String,
    open: bool,
    on_hold: bool,
    waiting: bool,
    metrics: Value,
    source: Value,
    tags: Vec<String>,
    at: i64,
    said: i64,
    transfers: i64,
}

fn rows(world: &World, (from, to): (i64, i64), department: Option<&str>) -> Vec<Row> {
    let all = world.read(|view| {
        view.query(&ROOMS, params![], |row| {
            Ok(Row {
                department: row.get(0)?,
                agent: row.get(1)?,
                open: row.get(2)?,
                on_hold: row.get(3)?,
                waiting: row.get(4)?,
                metrics: row.get(5)?,
                source: row.get(6)?,
                tags: row.get(7)?,
                at: row.get(8)?,
                said: row.get(9)?,
                transfers: row.get(10)?,
            })
        })
    });
    let mut rows = all;
    rows.retain(|row| {
        (from..to).contains(&row.at) && department.is_none_or(|wanted| wanted == row.department)
    });
    rows
}

/// One figure after the other, each in its own way.
fn counted(rows: &[&Row]) -> Value {
    let number = |row: &Row, name: &str| row.metrics[name].as_i64();
    let count = |is: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| is(row)).count();
    let sum = |of: &dyn Fn(&Row) -> Option<i64>| rows.iter().filter_map(|row| of(row)).sum::<i64>();
    let most =
        |of: &dyn Fn(&Row) -> Option<i64>| rows.iter().filter_map(|row| of(row)).max().unwrap_or(0);
    let ended = |name: &'static str| move |row: &Row| number(row, name).filter(|_| !row.open);
    let first = |row: &Row| number(row, "first_response");
    let reaction =
        |row: &Row| first(row).map(|first| number(row, "first_reaction").unwrap_or(first));
    let on_average = |row: &Row| {
        let total = number(row, "response_total").unwrap_or(0);
        first(row).map(|_| total / number(row, "responses").unwrap())
    };
    json!({
        "chats": rows.len(),
        "closed": count(&|row| !row.open),
        "queued": count(&|row| row.open && row.agent.is_empty() && !row.on_hold),
        "served": count(&|row| row.open && !row.agent.is_empty() && !row.on_hold),
        "held": count(&|row| row.on_hold),
        "waiting": count(&|row| row.waiting),
        "messages": sum(&|row| Some(row.said)),
        "tagged": count(&|row| !row.tags.is_empty()),
        "transferred": count(&|row| row.transfers > 0),
        "abandoned": count(&|row| row.metrics["abandoned"] == true),
        "duration": [sum(&ended("chat_duration")), most(&ended("chat_duration"))],
        "service": [count(&|row| ended("service_duration")(row).is_some()) as i64, sum(&ended("service_duration"))],
        "response": [count(&|row| first(row).is_some()) as i64, sum(&first), most(&first), sum(&on_average)],
        "best": rows.iter().filter_map(|row| first(row)).min(),
        "reaction": [sum(&reaction), most(&reaction)],
    })
}

fn reported(totals: &Totals) -> Value {
    let sums = &totals.sums;
    json!({
        "chats": sums.chats,
        "closed": totals.closed(),
        "queued": totals.queued,
        "served": totals.served,
        "held": totals.held,
        "waiting": totals.waiting,
        "messages": sums.messages,
        "tagged": sums.tagged,
        "transferred": sums.transferred,
        "abandoned": sums.abandoned,
        "duration": [sums.duration, sums.longest_duration],
        "service": [sums.served, sums.service],
        "response": [sums.answered, sums.first_response, sums.longest_response, sums.response],
        "best": sums.best_response,
        "reaction": [sums.reaction, sums.longest_reaction],
    })
}

fn grouped<K: Ord>(rows: &[Row], key: impl Fn(&Row) -> K) -> BTreeMap<K, Value> {
    let mut groups: BTreeMap<K, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        groups.entry(key(row)).or_default().push(row);
    }
    let groups = groups.into_iter();
    groups.map(|(key, rows)| (key, counted(&rows))).collect()
}

/// Compares all figures of a stretch of time with the rows.
pub fn check(world: &World, (from, to): (i64, i64), department: Option<&str>) {
    let rows = rows(world, (from, to), department);
    let owned = department.map(str::to_owned);
    let (by_place, by_hour, sources, tags) = world.read(move |view| {
        let asked = Asked {
            from,
            to,
            department: owned.as_deref(),
            monitor: None,
        };
        let by_place = figures::by_place(view, &asked)?;
        let by_hour = figures::by_hour(view, &asked)?;
        let sources = figures::labels(view, &asked, Label::Source)?;
        let tags = figures::labels(view, &asked, Label::Tag)?;
        Ok((by_place, by_hour, sources, tags))
    });
    let by_place: BTreeMap<_, _> = by_place
        .iter()
        .map(|((department, agent), totals)| {
            let key = (
                department.clone().unwrap_or_default(),
                agent.clone().unwrap_or_default(),
            );
            (key, reported(totals))
        })
        .collect();
    assert_eq!(
        by_place,
        grouped(&rows, |row| (row.department.clone(), row.agent.clone()))
    );
    let by_hour: BTreeMap<_, _> = by_hour
        .iter()
        .map(|(hour, totals)| (*hour, reported(totals)))
        .collect();
    assert_eq!(by_hour, grouped(&rows, |row| row.at - row.at % HOUR));
    let (mut from_where, mut tagged) = (BTreeMap::new(), BTreeMap::new());
    for row in &rows {
        *from_where
            .entry(row.source["type"].as_str().unwrap().to_owned())
            .or_insert(0) += 1;
        for tag in &row.tags {
            *tagged.entry(tag.clone()).or_insert(0) += 1;
        }
    }
    assert_eq!((sources, tags), (from_where, tagged));
}

/// Compares for how long each agent was on duty with what the log tells of them.
fn check_duty(world: &World, (from, to): (i64, i64), now: Timestamp) {
    let events = world.read(|view| log::after(view, 0, 100_000));
    let mut began: BTreeMap<String, i64> = BTreeMap::new();
    let mut stretches: Vec<(String, i64, i64)> = Vec::new();
    for event in events.iter().filter(|event| event.kind == "agent.status") {
        let body = body_of(event);
        let Some(available) = body["available"].as_bool() else {
            continue;
        };
        let (agent, at) = (event.agent.clone().unwrap(), event.at.millis());
        if available && body["status"] != "offline" {
            began.entry(agent).or_insert(at);
        } else if let Some(since) = began.remove(&agent) {
            stretches.push((agent, since, at));
        }
    }
    let here = began.into_iter();
    stretches.extend(here.map(|(agent, since)| (agent, since, now.millis())));
    let mut expected: BTreeMap<String, i64> = BTreeMap::new();
    for (agent, since, until) in stretches {
        let time = until.min(to) - since.max(from);
        if time > 0 {
            *expected.entry(agent).or_default() += time;
        }
    }
    let mut found = world.read(move |view| {
        let asked = Asked {
            from,
            to,
            department: None,
            monitor: None,
        };
        duty::time(view, now, &asked)
    });
    found.retain(|_, time| *time > 0);
    assert_eq!(found, expected);
}

/// Sums up what was closed.
pub fn sum_up(world: &World) {
    while world.write(|tx| Ok(figures::count_some(tx)?)).unwrap() {}
}

/// What `hark admin rebuild-figures` does.
fn rebuild(world: &World) {
    let days = world.read(figures::days);
    let known = days.clone();
    world
        .write(move |tx| Ok(figures::forget_around(tx, &known)?))
        .unwrap();
    for day in days {
        world
            .write(move |tx| Ok(figures::recount(tx, day)?))
            .unwrap();
    }
}

#[derive(Debug, Clone)]
enum Step {
    Open {
        department: Option<Index>,
    },
    Say,
    Answer {
        agent: Index,
    },
    Take {
        agent: Index,
    },
    ToAgent {
        agent: Index,
    },
    ToDepartment {
        department: Index,
    },
    Return,
    Close {
        by_visitor: bool,
        tags: Vec<&'static str>,
    },
    Tag {
        tags: Vec<&'static str>,
    },
    Unsay {
        message: Index,
    },
    Remove,
    Available {
        agent: Index,
        available: bool,
    },
    Presence {
        agent: Index,
        presence: Presence,
    },
    Wait {
        millis: i64,
    },
    SumUp,
    Rebuild,
}

fn step() -> impl Strategy<Value = (Step, Index)> {
    let tags = || proptest::collection::vec(select(vec!["blue", "red", "refund"]), 0..3);
    let index = any::<Index>;
    let step = prop_oneof![
        6 => proptest::option::of(index()).prop_map(|department| Step::Open { department }),
        6 => Just(Step::Say),
        6 => index().prop_map(|agent| Step::Answer { agent }),
        6 => index().prop_map(|agent| Step::Take { agent }),
        2 => index().prop_map(|agent| Step::ToAgent { agent }),
        2 => index().prop_map(|department| Step::ToDepartment { department }),
        1 => Just(Step::Return),
        5 => (any::<bool>(), tags()).prop_map(|(by_visitor, tags)| Step::Close { by_visitor, tags }),
        2 => tags().prop_map(|tags| Step::Tag { tags }),
        2 => index().prop_map(|message| Step::Unsay { message }),
        1 => Just(Step::Remove),
        6 => select(vec![700, 20_000, 4 * MINUTE, 50 * MINUTE, 7 * HOUR, DAY, 3 * DAY])
            .prop_map(|millis| Step::Wait { millis }),
        3 => (index(), any::<bool>()).prop_map(|(agent, available)| Step::Available { agent, available }),
        3 => (index(), select(vec![Presence::Online, Presence::Away, Presence::Offline]))
            .prop_map(|(agent, presence)| Step::Presence { agent, presence }),
        4 => Just(Step::SumUp),
        1 => Just(Step::Rebuild),
    ];
    (step, index())
}

struct Play {
    world: World,
    now: Timestamp,
    agents: Vec<Account>,
    boss: Account,
    departments: Vec<String>,
    opened: usize,
}

impl Play {
    fn new(engine: Engine) -> Self {
        let world = World::new(engine);
        world.set("Livechat_Routing_Method", json!("Manual_Selection"));
        world.set("Livechat_visitor_inactivity_timeout", json!(600));
        let agents = vec![world.agent("amy"), world.agent("ben")];
        let boss = world.person("mia", &["admin", "livechat-agent", "livechat-manager"]);
        let everyone: Vec<&Account> = agents.iter().chain([&boss]).collect();
        let departments =
            ["sales", "support"].map(|name| world.department(department(name), &everyone).id);
        Self {
            agents,
            boss,
            departments: departments.into(),
            now: NOW,
            opened: 0,
            world,
        }
    }

    /// What cannot be done then is left out.
    fn play(&mut self, step: &Step, room: &Index) -> Result<(), Refusal> {
        let rooms = self
            .world
            .read(|view| view.query(&ROOM_IDS, params![], |row| row.get::<String>(0)));
        let (world, now) = (&self.world, self.now);
        let boss = || by(&self.boss);
        match step {
            Step::Open { department } => {
                self.opened += 1;
                let token = format!("t{}", self.opened);
                let registration = Registration {
                    token: token.clone(),
                    department: department
                        .map(|department| department.get(&self.departments).clone()),
                    ..Registration::default()
                };
                self.world.register(&registration, now)?;
                return self.world.open(&token, None, now).map(drop);
            }
            Step::Wait { millis } => self.now = now.plus_millis(*millis),
            Step::Available { agent, available } => {
                let agent = &agent.get(&self.agents).username;
                return world.set_available(agent, *available, now);
            }
            Step::Presence { agent, presence } => {
                let agent = &agent.get(&self.agents).username;
                return world.set_status(agent, *presence, now);
            }
            Step::SumUp => sum_up(world),
            Step::Rebuild => rebuild(world),
            _ => {}
        }
        if rooms.is_empty() {
            return Ok(());
        }
        let world = &self.world;
        let room = world.room(room.get(rooms.as_slice()) as &String).unwrap();
        let guest = room.visitor.clone().unwrap();
        let id = room.id.clone();
        match step {
            Step::Say => world.say(&guest.token, &id, &text("well"), now).map(drop),
            Step::Answer { agent } => world
                .reply(agent.get(&self.agents), &id, &text("so"), now)
                .map(drop),
            Step::Take { agent } => match world.inquiry(&room) {
                Some(inquiry) => world
                    .take(&inquiry.id, agent.get(&self.agents), now)
                    .map(drop),
                None => Ok(()),
            },
            Step::ToAgent { agent } => world
                .forward(
                    &self.boss,
                    &id,
                    Some(&agent.get(&self.agents).id),
                    None,
                    now,
                )
                .map(drop),
            Step::ToDepartment { department } => {
                let department = department.get(&self.departments);
                world
                    .forward(&self.boss, &id, None, Some(department), now)
                    .map(drop)
            }
            Step::Return => world.return_to_queue(&self.boss, &id, None, now).map(drop),
            Step::Close {
                by_visitor: true, ..
            } => world.close(Who::Visitor(guest), &id, now).map(drop),
            Step::Close { tags, .. } => world.close_with(boss(), &id, "done", tags, now).map(drop),
            Step::Tag { tags } => {
                let info = Info {
                    visitor: guest.id,
                    tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
                    ..Info::default()
                };
                world.command_as(boss(), now, move |cx| hark_chat::save_info(cx, &id, &info))
            }
            Step::Unsay { message } => {
                let asked = id.clone();
                let said = world.read(move |view| {
                    view.query(&VISITORS_WORDS, params![&asked], |row| row.get::<String>(0))
                });
                if said.is_empty() {
                    return Ok(());
                }
                let message = message.get(&said).clone();
                world.command_as(boss(), now, move |cx| {
                    messages::remove(cx, &id, &message).map(drop)
                })
            }
            Step::Remove => {
                world.command_as(boss(), now, move |cx| hark_chat::remove_closed(cx, &id))
            }
            _ => Ok(()),
        }
    }
}

fn play(engine: Engine, steps: &[(Step, Index)], cuts: &[(i64, i64, Option<Index>)]) {
    let mut play = Play::new(engine);
    for (step, room) in steps {
        if let Err(Refusal::Store(error)) = play.play(step, room) {
            panic!("{step:?}: {error:?}");
        }
        check(&play.world, ALWAYS, None);
    }
    for (from, length, department) in cuts {
        let from = NOW.millis() + from;
        let department = department.map(|department| department.get(&play.departments).as_str());
        check(&play.world, (from, from + length), department);
        check_duty(&play.world, (from, from + length), play.now);
    }
    rebuild(&play.world);
    check(&play.world, ALWAYS, None);
    sum_up(&play.world);
    check(&play.world, ALWAYS, None);
}

/// More of them are tried with `HARK_TEST_CASES`.
fn play_many(engine: Engine, cases: u32, longest: usize) {
    let more = std::env::var("HARK_TEST_CASES").ok();
    let config = Config {
        cases: more.and_then(|text| text.parse().ok()).unwrap_or(cases),
        failure_persistence: None,
        max_shrink_iters: 100,
        ..Config::default()
    };
    let cut = (
        -DAY..20 * DAY,
        1..12 * DAY,
        proptest::option::of(any::<Index>()),
    );
    let history = (
        proptest::collection::vec(step(), longest / 2..longest),
        proptest::collection::vec(cut, 12),
    );
    let outcome = TestRunner::new(config).run(&history, |(steps, cuts)| {
        play(engine, &steps, &cuts);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

#[test]
fn whatever_happens_figures_are_those_of_a_recount_sqlite() {
    play_many(Engine::Sqlite, 6, 150);
}

#[test]
fn whatever_happens_figures_are_those_of_a_recount_postgres() {
    play_many(Engine::Postgres, 1, 80);
}
