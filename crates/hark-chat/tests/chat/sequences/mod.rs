//! Commands in any order. After each of them everything is counted anew; one that declines, or
//! that says that it did nothing, has changed nothing.

mod commands;
mod steps;

use std::collections::{BTreeMap, BTreeSet};

use hark_chat::custom_fields::{self, CustomField, Scope};
use hark_chat::departments::Draft as DepartmentDraft;
use hark_chat::messages::{self, Message};
use hark_model::Refusal;
use hark_model::accounts::Account;
use hark_model::rooms::Room;
use hark_store::{Statement, Timestamp, params};
use hark_testkit::Engine;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use self::steps::{Step, Turn, turn};
use crate::world::{NOW, World, department, named};
use crate::{figures, recount, story};

/// What a step says that it did.
#[derive(Debug)]
enum Outcome {
    Done,
    Nothing,
}

/// What was in a conversation at one of its events.
struct Snapshot {
    room: String,
    seq: i64,
    messages: Vec<Value>,
}

struct Play {
    world: World,
    now: Timestamp,
    people: Vec<Account>,
    departments: Vec<String>,
    rooms: Vec<String>,
    /// Messages that were said and not removed.
    said: BTreeMap<String, BTreeSet<String>>,
    unread: BTreeMap<(String, String), i64>,
    snapshots: Vec<Snapshot>,
}

const TOKENS: [&str; 3] = ["t-ann", "t-bob", "t-cat"];

static SUBSCRIPTIONS: Statement = Statement::new(
    "subscriptions",
    "SELECT room_id, account_id, unread FROM subscription JOIN room ON room.id = room_id WHERE kind = 'l'",
    None,
);
static SAID: Statement = Statement::new(
    "said",
    "SELECT room_id, id FROM message WHERE kind IS NULL AND room_id IS NOT NULL",
    None,
);
static GIVEN: Statement = Statement::new(
    "given",
    "SELECT CAST((SELECT sum(assigned) FROM agent) + (SELECT coalesce(sum(assigned), 0) FROM department_agent) AS BIGINT)",
    None,
);
static LAST_SEQ: Statement = Statement::new(
    "last_seq",
    "SELECT coalesce((SELECT last_seq FROM room WHERE id = $1), 0)",
    None,
);

impl Play {
    fn new(engine: Engine) -> Self {
        let world = World::new(engine);
        let people = vec![
            world.agent("amy"),
            world.agent("ben"),
            world.agent("cho"),
            world.person("mia", &["user", "livechat-agent", "livechat-manager"]),
            world.person("cog", &["bot", "livechat-agent"]),
            world.person("ned", &["user"]),
        ];
        let sales = world.department(department("sales"), &[&people[0], &people[1]]);
        let draft = DepartmentDraft {
            fallback: Some(sales.id.clone()),
            receive_forward_offline: Some(true),
            ..department("support")
        };
        let support = world.department(draft, &[&people[1], &people[3]]);
        let draft = DepartmentDraft {
            tag_before_closing: Some(true),
            closing_tags: Some(vec!["tagged".into()]),
            fallback: Some(support.id.clone()),
            ..department("empty")
        };
        let empty = world.department(draft, &[]);
        for (id, scope) in [("colour", Scope::Visitor), ("order", Scope::Room)] {
            let draft = CustomField {
                id: id.to_owned(),
                label: id.to_owned(),
                scope,
                visibility: "visible".into(),
                pattern: None,
                searchable: false,
                kind: "input".into(),
                required: false,
                preset: None,
                options: None,
                public: true,
                updated_at: NOW,
            };
            world
                .command(move |cx| custom_fields::save(cx, None, &draft).map(drop))
                .unwrap();
        }
        world.set("Livechat_accept_chats_with_no_agents", json!(true));
        world.set("Livechat_allow_manual_on_hold", json!(true));
        for token in TOKENS {
            world.visitor(token);
        }
        Self {
            world,
            now: NOW,
            people,
            departments: vec![sales.id, support.id, empty.id],
            rooms: Vec::new(),
            said: BTreeMap::new(),
            unread: BTreeMap::new(),
            snapshots: Vec::new(),
        }
    }

    fn play(&mut self, turn: &Turn) {
        if self
            .rooms
            .iter()
            .filter_map(|id| self.world.room(id))
            .all(|room| !room.open)
        {
            let token = turn.visitor.get(&TOKENS);
            self.world.visitor(token);
            let _ = self.open(token, None);
            self.check_unread(&Step::Open { agent: None }, "a chat to begin with");
        }
        let before = recount::dump(&self.world);
        let given = self.world.number(&GIVEN);
        let heads = self.heads();
        let counted = turn.step.clone();
        let Some(outcome) = self.take_step(turn) else {
            return;
        };
        let context = format!("{turn:?} was {outcome:?}");
        match outcome {
            Ok(Outcome::Done) => {}
            Err(Refusal::Store(error)) => panic!("{context}: {error:?}"),
            Ok(Outcome::Nothing) | Err(_) => {
                let after = recount::dump(&self.world);
                let new = after
                    .lines()
                    .find(|line| !before.lines().any(|old| old == *line));
                assert!(after == before, "{context}: {new:?}");
            }
        }
        recount::check(&self.world);
        if turn.room.index(2) == 0 {
            figures::sum_up(&self.world);
        }
        self.check_said(&context);
        self.check_unread(&counted, &context);
        self.check_given(&counted, given, &heads, &context);
        self.remember(&heads);
    }

    fn open(&mut self, token: &str, agent: Option<&str>) -> Result<(), Refusal> {
        let room = self.world.open(token, agent, self.now)?;
        if !self.rooms.contains(&room.id) {
            self.rooms.push(room.id);
        }
        Ok(())
    }

    /// The last event of each conversation.
    fn heads(&self) -> BTreeMap<String, i64> {
        let rooms = self.rooms.clone();
        self.world.read(move |view| {
            let mut heads = BTreeMap::new();
            for room in &rooms {
                heads.insert(room.clone(), view.number(&LAST_SEQ, params![room])?);
            }
            Ok(heads)
        })
    }

    /// Nothing that was said is lost, and nothing is there twice.
    fn check_said(&mut self, context: &str) {
        self.said.retain(|room, _| self.world.room(room).is_some());
        self.said.retain(|_, said| !said.is_empty());
        let rows = self.world.read(|view| {
            view.query(&SAID, params![], |row| {
                Ok((row.get::<String>(0)?, row.get::<String>(1)?))
            })
        });
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (room, id) in rows {
            assert!(found.entry(room).or_default().insert(id), "{context}");
        }
        assert_eq!(found, self.said, "{context}");
    }

    fn subscriptions(&self) -> BTreeMap<(String, String), i64> {
        let rows = self.world.read(|view| {
            view.query(&SUBSCRIPTIONS, params![], |row| {
                let place = (row.get::<String>(0)?, row.get::<String>(1)?);
                Ok((place, row.get::<i64>(2)?))
            })
        });
        rows.into_iter().collect()
    }

    /// Someone who was given a chat has one thing to read, someone who came by themselves has none, and each
    /// message of someone else is one more.
    fn check_unread(&mut self, step: &Step, context: &str) {
        let now = self.subscriptions();
        self.unread.retain(|place, _| now.contains_key(place));
        for place in now.keys() {
            let at_first = i64::from(!matches!(step, Step::Join));
            self.unread.entry(place.clone()).or_insert(at_first);
        }
        assert_eq!(now, self.unread, "{context}");
    }

    /// An agent whom routing chose counts as having been given one chat; nobody else does.
    fn check_given(&self, step: &Step, before: i64, heads: &BTreeMap<String, i64>, context: &str) {
        let taken = || {
            let events = story::events(&self.world);
            // Of a room that is gone nobody knows any more how many there were.
            let events = events
                .iter()
                .filter(|(room, _)| self.world.room(room).is_some());
            let new = events.flat_map(|(room, of_room)| {
                let head = heads.get(room).copied().unwrap_or(0);
                of_room.iter().skip(usize::try_from(head).unwrap())
            });
            new.filter(|event| event.kind == "chat.taken").count() as i64
        };
        let given = self.world.number(&GIVEN) - before;
        match step {
            Step::Open { .. }
            | Step::ToDepartment { .. }
            | Step::ByVisitorToDepartment { .. }
            | Step::Delegate => {
                assert!((0..=taken()).contains(&given), "{given} given: {context}");
            }
            Step::PassOn => assert_eq!(given, taken(), "{context}"),
            Step::RemoveDepartment { .. } | Step::Place { .. } | Step::Displace { .. } => {}
            _ => assert_eq!(given, 0, "{context}"),
        }
    }

    /// Keeps how each conversation is now that something new has happened there.
    fn remember(&mut self, heads: &BTreeMap<String, i64>) {
        for (room, seq) in self.heads() {
            if heads.get(&room) != Some(&seq) && seq > 0 {
                let messages = self.world.up_to(&room, i64::MAX);
                let messages = messages.iter().filter(|message| message.seq <= seq);
                self.snapshots.push(Snapshot {
                    messages: messages.map(visible).collect(),
                    room,
                    seq,
                });
            }
        }
    }

    /// Every conversation can be read as it was at each of its events.
    fn check_past(&self) {
        for snapshot in &self.snapshots {
            if self.world.room(&snapshot.room).is_none() {
                continue;
            }
            let then = self.world.up_to(&snapshot.room, snapshot.seq);
            let then: Vec<Value> = then.iter().map(visible).collect();
            assert_eq!(
                then, snapshot.messages,
                "{} at {}",
                snapshot.room, snapshot.seq
            );
        }
    }

    fn heard(&mut self, room: &Room, message: &Message) {
        // Sent again: it was heard before.
        if !self
            .said
            .entry(room.id.clone())
            .or_default()
            .insert(message.id.clone())
        {
            return;
        }
        for ((place, account), unread) in &mut self.unread {
            if *place == room.id && *account != message.author.id {
                *unread += 1;
            }
        }
    }
}

/// What receivers see of a message.
fn visible(message: &Message) -> Value {
    let extra = message.extra.as_ref();
    json!({
        "n": message.n,
        "id": message.id,
        "seq": message.seq,
        "kind": message.system.map(messages::System::as_str),
        "author": [message.author.id, message.author.username],
        "by visitor": message.by_visitor,
        "text": message.text,
        "attachments": extra.and_then(|extra| extra.get("attachments")),
        "edited": message.edited.as_ref().map(|edit| (edit.at.millis(), edit.by.id.clone())),
        "at": message.at.millis(),
    })
}

fn play(engine: Engine, turns: &[Turn]) {
    let mut play = Play::new(engine);
    for turn in turns {
        play.play(turn);
    }
    play.check_past();
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
    let turns = proptest::collection::vec(turn(), longest / 2..longest);
    let outcome = TestRunner::new(config).run(&turns, |turns| {
        play(engine, &turns);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

#[test]
fn whatever_happens_everything_adds_up_sqlite() {
    play_many(Engine::Sqlite, 4, 120);
}

#[test]
fn whatever_happens_everything_adds_up_postgres() {
    play_many(Engine::Postgres, 1, 60);
}

/// Found by a sequence: one who joins and answers before anybody has taken the chat.
#[test]
fn who_waits_for_an_agent_owes_no_answer_to_another() {
    let world = World::new(Engine::Sqlite);
    world.set("Livechat_Routing_Method", json!("Manual_Selection"));
    world.agent("amy");
    let (room, _) = world.queued("t");
    let boss = world.person("boss", &["admin"]);
    world.join(&boss, &room.id, NOW).unwrap();
    let draft = named("m", "somebody comes");
    world.reply(&boss, &room.id, &draft, NOW).unwrap();
    recount::check(&world);
}
