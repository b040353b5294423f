//! Many at once, on one store and on two beside each other: of those who want the same thing one
//! gets it, nothing is lost or there twice, and everything adds up in the end.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, mpsc};

use hark_chat::accounts::{self, Account};
use hark_chat::departments::{self, Draft as DepartmentDraft, Placement};
use hark_chat::messages::{self, Visit};
use hark_chat::rooms::{self, Close, Closer, Forward, Hand, Info, Opening, Room};
use hark_chat::visitors::{self, Registration, Visitor};
use hark_chat::{Actor, Policy, Refusal, agents, inquiries, subscriptions};
use hark_store::{Statement, Store, Tx, log, params};
use hark_testkit::{Engine, eventually, on_both_engines};
use serde_json::json;
use tokio::task::JoinSet;

use crate::house::{House, NOW, department, named, text};
use crate::recount;

type Command<T> = Box<dyn Fn(&mut Tx<'_>) -> Result<T, Refusal> + Send>;

impl House {
    /// On PostgreSQL, two programs; on SQLite, where there is one, the same twice.
    fn stores(&self) -> [Store; 2] {
        let other = match self.store.engine() {
            "sqlite" => self.store.clone(),
            _ => self.another_store(),
        };
        [self.store.clone(), other]
    }

    /// Hands in all commands before the first one is answered.
    fn at_once<T: Send + 'static>(&self, commands: Vec<Command<T>>) -> Vec<Result<T, Refusal>> {
        let stores = self.stores();
        self.runtime.block_on(async {
            let mut all = JoinSet::new();
            for (number, command) in commands.into_iter().enumerate() {
                let store = stores[number % 2].clone();
                all.spawn(async move { (number, store.write(command).await) });
            }
            let mut outcomes = all.join_all().await;
            outcomes.sort_by_key(|(number, _)| *number);
            outcomes.into_iter().map(|(_, outcome)| outcome).collect()
        })
    }
}

fn close_as(policy: &Arc<Policy>, room: &str, by: Closer) -> Command<Room> {
    let (policy, room) = (Arc::clone(policy), room.to_owned());
    let close = Close {
        by,
        comment: "done".into(),
        tags: Vec::new(),
        transcript: None,
    };
    Box::new(move |tx| rooms::close(tx, NOW, &policy, &room, &close))
}

fn open_as(policy: &Arc<Policy>, token: &str) -> Command<Room> {
    let (policy, token) = (Arc::clone(policy), token.to_owned());
    let opening = Opening {
        agent: None,
        source: json!({"type": "widget"}),
        suggested: None,
    };
    Box::new(move |tx| Ok(rooms::open(tx, NOW, &policy, &token, &opening)?.room))
}

fn one_wins<T>(outcomes: &[Result<T, Refusal>], others: impl Fn(&Refusal) -> bool) {
    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(won, 1, "exactly one wins");
    for refusal in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert!(others(refusal), "{refusal:?}");
    }
}

on_both_engines! {
    fn of_those_who_take_a_chat_at_once_one_gets_it(engine: Engine) {
        let house = House::new(engine);
        house.set("Livechat_Routing_Method", json!("Manual_Selection"));
        let agents: Vec<Account> = ["amy", "ben", "cho", "dan"].map(|name| house.agent(name)).into();
        let policy = house.policy();
        for chat in ["a", "b", "c", "d"] {
            house.visitor(chat);
            house.set("Livechat_accept_chats_with_no_agents", json!(true));
            let (_, inquiry) = house.queued(chat);
            let takes = agents.iter().map(|agent| -> Command<Room> {
                let (policy, inquiry, agent) = (Arc::clone(&policy), inquiry.id.clone(), agent.clone());
                Box::new(move |tx| rooms::take(tx, NOW, &policy, &agent.actor(), &inquiry, &agent.id))
            });
            let outcomes = house.at_once(takes.collect());
            one_wins(&outcomes, |refusal| matches!(refusal, Refusal::InquiryTaken));
        }
        recount::check(&house);
    }

    fn of_those_who_close_a_chat_at_once_one_does(engine: Engine) {
        let house = House::new(engine);
        house.set("Livechat_Routing_Method", json!("Manual_Selection"));
        let amy = house.agent("amy");
        let policy = house.policy();
        for chat in ["a", "b", "c"] {
            let room = house.served(chat, &amy);
            let visitor = room.visitor.clone().unwrap();
            let closes = [
                Closer::Visitor(visitor.clone()),
                Closer::Account(amy.clone()),
                Closer::House,
                Closer::Account(amy.clone()),
            ];
            let closes = closes.map(|by| close_as(&policy, &room.id, by));
            one_wins(&house.at_once(closes.into()), |refusal| {
                matches!(refusal, Refusal::RoomClosedAlready)
            });
        }
        recount::check(&house);
    }

    fn a_visitor_who_opens_twice_at_once_has_one_chat(engine: Engine) {
        let house = House::new(engine);
        for method in ["Manual_Selection", "Auto_Selection"] {
            house.set("Livechat_Routing_Method", json!(method));
            if method == "Manual_Selection" {
                house.agent("amy");
                house.agent("ben");
            }
            let policy = house.policy();
            let token = format!("of-{method}");
            house.visitor(&token);
            let outcomes = house.at_once((0..8).map(|_| open_as(&policy, &token)).collect());
            let rooms: BTreeSet<String> = outcomes.into_iter().map(|room| room.unwrap().id).collect();
            assert_eq!(rooms.len(), 1);
        }
        recount::check(&house);
    }

    fn a_browser_that_registers_twice_at_once_is_one_visitor(engine: Engine) {
        let house = House::new(engine);
        let policy = house.policy();
        let told = |email: Option<&str>| Registration {
            token: "t".into(),
            email: email.map(str::to_owned),
            ..Registration::default()
        };
        let registers = (0..8).map(|number| -> Command<Visitor> {
            let (policy, told) = (Arc::clone(&policy), told((number % 2 == 0).then_some("a@example.org")));
            Box::new(move |tx| visitors::register(tx, NOW, &policy, &told))
        });
        let outcomes = house.at_once(registers.collect());
        let ids: BTreeSet<String> = outcomes.into_iter().map(|visitor| visitor.unwrap().id).collect();
        assert_eq!(ids.len(), 1);
        recount::check(&house);
    }

    fn a_visitor_is_forgotten_once(engine: Engine) {
        let house = House::new(engine);
        house.set("Livechat_accept_chats_with_no_agents", json!(true));
        house.set("Livechat_Allow_collect_and_store_HTTP_header_informations", json!(true));
        let policy = house.policy();
        for token in ["a", "b", "c"] {
            house.visitor(token);
            house.open(token, None, NOW).unwrap();
            let mut commands: Vec<Command<()>> = Vec::new();
            for _ in 0..3 {
                let (removes, opens) = (Arc::clone(&policy), open_as(&policy, token));
                commands.push(Box::new(move |tx| visitors::remove(tx, NOW, &removes, token).map(drop)));
                commands.push(Box::new(move |tx| opens(tx).map(drop)));
            }
            let outcomes = house.at_once(commands);
            for refusal in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
                let fits = matches!(refusal, Refusal::InvalidToken | Refusal::VisitorHasOpenRooms);
                assert!(fits, "{refusal:?}");
            }
            recount::check(&house);
        }
    }

    fn whatever_happens_at_once_everything_adds_up(engine: Engine) {
        let more = std::env::var("HARK_TEST_CASES").ok();
        let few = if engine == Engine::Sqlite { 2 } else { 1 };
        let rounds = more.and_then(|text| text.parse().ok()).unwrap_or(few);
        for round in 0..rounds {
            storm(&House::new(engine), round);
        }
    }
}

/// Numbers that look like chance and are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % sides as u64).unwrap()
    }
}

/// What many people do at once to few chats.
struct Cast {
    people: Vec<Account>,
    departments: Vec<String>,
    policies: Vec<Arc<Policy>>,
}

const TOKENS: [&str; 4] = ["t-ann", "t-bob", "t-cat", "t-dee"];

fn storm(house: &House, seed: u64) {
    house.set("Livechat_accept_chats_with_no_agents", json!(true));
    let cast = Cast {
        people: vec![
            house.agent("amy"),
            house.agent("ben"),
            house.person("mia", &["user", "livechat-agent", "livechat-manager"]),
        ],
        departments: Vec::new(),
        policies: Vec::new(),
    };
    let sales = house.department(department("sales"), &[&cast.people[0], &cast.people[1]]);
    let draft = DepartmentDraft {
        fallback: Some(sales.id.clone()),
        ..department("support")
    };
    let support = house.department(draft, &[&cast.people[1], &cast.people[2]]);
    let policies = ["Manual_Selection", "Auto_Selection"].map(|method| {
        house.set("Livechat_Routing_Method", json!(method));
        house.policy()
    });
    let cast = Arc::new(Cast {
        departments: vec![sales.id, support.id],
        policies: policies.into(),
        ..cast
    });
    for token in TOKENS {
        house.visitor(token);
    }
    let stores = house.stores();
    let said = house.runtime.block_on(async {
        let mut all = JoinSet::new();
        for worker in 0..12_u64 {
            let (cast, store) = (Arc::clone(&cast), stores[worker as usize % 2].clone());
            all.spawn(async move {
                let mut dice = Dice(seed * 1_000 + worker);
                let mut said = Vec::new();
                for number in 0..30 {
                    let id = match dice.roll(4) {
                        // Two who send the same message.
                        0 => format!("shared-{}-{number}", worker / 2),
                        _ => format!("own-{worker}-{number}"),
                    };
                    let (which, seed) = (dice.roll(30), dice.0);
                    let (people, told) = (Arc::clone(&cast), id.clone());
                    let outcome = store
                        .write(move |tx| act(tx, &people, which, &mut Dice(seed), &told))
                        .await;
                    match outcome {
                        Err(Refusal::Store(error)) => panic!("{which}: {error:?}"),
                        Ok(true) => said.push(id),
                        Ok(false) | Err(_) => {}
                    }
                }
                said
            });
        }
        all.join_all().await
    });
    recount::check(house);
    check_said(house, &said.into_iter().flatten().collect());
}

static MESSAGES: Statement = Statement::new(
    "messages",
    "SELECT id FROM message WHERE kind IS NULL AND room_id IS NOT NULL",
    None,
);

/// Whatever was answered as said was told of, and is there unless its removal was.
fn check_said(house: &House, said: &BTreeSet<String>) {
    let present = house.read(|view| view.query(&MESSAGES, params![], |row| row.get::<String>(0)));
    let present: BTreeSet<String> = present.into_iter().collect();
    let mut told = BTreeSet::new();
    let mut there = BTreeSet::new();
    for (room, events) in crate::story::events(house) {
        let mut here = BTreeSet::new();
        for event in events {
            let id = event.body["message"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            match event.kind.as_str() {
                "message.visitor" | "message.agent" => {
                    told.insert(id.clone());
                    here.insert(id);
                }
                "message.deleted" => drop(here.remove(&id)),
                _ => {}
            }
        }
        if house.room(&room).is_some() {
            there.extend(here);
        }
    }
    assert_eq!(said.difference(&told).next(), None, "said, and not told of");
    assert_eq!(present, there, "what is there");
}

/// True: a message was said.
#[expect(clippy::too_many_lines, reason = "one deed after the other")]
fn act(
    tx: &mut Tx<'_>,
    cast: &Cast,
    which: usize,
    dice: &mut Dice,
    id: &str,
) -> Result<bool, Refusal> {
    let token = TOKENS[dice.roll(TOKENS.len())];
    let who = cast.people[dice.roll(cast.people.len())].clone();
    let who = accounts::find(tx, &who.id)?.unwrap();
    let other = &cast.people[dice.roll(cast.people.len())].id;
    let department = &cast.departments[dice.roll(cast.departments.len())];
    let policy = &*cast.policies[dice.roll(cast.policies.len())];
    let opening = Opening {
        agent: None,
        source: json!({"type": "widget"}),
        suggested: None,
    };
    let told = Registration {
        token: token.to_owned(),
        email: (dice.roll(4) == 0).then(|| format!("{token}@example.org")),
        department: (dice.roll(3) == 0).then(|| department.clone()),
        ..Registration::default()
    };
    let Some(visitor) = visitors::find_by_token(tx, token)? else {
        visitors::register(tx, NOW, policy, &told)?;
        return Ok(false);
    };
    let Some(room) = rooms::open_of(tx, &visitor.id)? else {
        rooms::open(tx, NOW, policy, token, &opening)?;
        return Ok(false);
    };
    let room = room.id;
    let forward = |agent: Option<&String>, department: Option<&String>| Forward {
        by: Hand::Account(who.clone()),
        agent: agent.cloned(),
        department: department.cloned(),
        comment: None,
        suggested: None,
    };
    let close = |by| Close {
        by,
        comment: "done".into(),
        tags: Vec::new(),
        transcript: None,
    };
    match which {
        0 => visitors::register(tx, NOW, policy, &told).map(drop)?,
        1 => rooms::open(tx, NOW, policy, token, &opening).map(drop)?,
        2..=6 => {
            let draft = named(id, "mail bob@example.com or call 51 3333-4444");
            messages::post_as_visitor(tx, NOW, policy, token, &room, &draft)?;
            return Ok(true);
        }
        7..=9 => {
            messages::post(tx, NOW, policy, &who, &room, &named(id, "how can I help"))?;
            return Ok(true);
        }
        10 | 11 => {
            let inquiry = inquiries::of_room(tx, &room)?.ok_or(Refusal::NoSuchInquiry)?;
            rooms::take(tx, NOW, policy, &who.actor(), &inquiry.id, &who.id)?;
        }
        12 | 13 => rooms::forward(tx, NOW, policy, &room, &forward(Some(other), None)).map(drop)?,
        14 | 15 => {
            rooms::forward(tx, NOW, policy, &room, &forward(None, Some(department))).map(drop)?;
        }
        16 => drop(rooms::return_to_queue(tx, NOW, policy, &who, &room, None)?),
        17 => drop(rooms::return_to_queue(
            tx,
            NOW,
            policy,
            &who,
            &room,
            Some(department),
        )?),
        18 => rooms::close(tx, NOW, policy, &room, &close(Closer::Visitor(visitor))).map(drop)?,
        19 => rooms::close(tx, NOW, policy, &room, &close(Closer::Account(who))).map(drop)?,
        20 => rooms::join(tx, NOW, policy, &who, &room)?,
        21 => match dice.roll(2) {
            0 => rooms::put_on_hold(tx, NOW, &who, &room, "wait")?,
            _ => rooms::resume(tx, NOW, &who, &room, "on")?,
        },
        22 => drop(rooms::delegate_waiting(tx, NOW, policy, &room, None)?),
        23 => drop(rooms::pass_on(tx, NOW, policy, &room, None, None)?),
        24 | 25 => {
            let said = messages::up_to(tx, &room, i64::MAX, 1_000)?;
            let own = said
                .iter()
                .find(|message| message.author.id == visitor.id && message.system.is_none());
            let own = own.ok_or(Refusal::InvalidMessage)?.id.clone();
            match which {
                24 => messages::change_as_visitor(tx, NOW, policy, token, &room, &own, "new")
                    .map(drop)?,
                _ => messages::remove_as_visitor(tx, NOW, policy, token, &room, &own).map(drop)?,
            }
        }
        26 => {
            let visit = Visit {
                title: "Prices".into(),
                change: "url".into(),
                address: "https://shop.example/prices".into(),
            };
            messages::visited(tx, NOW, policy, token, Some(&room), &visit).map(drop)?;
        }
        27 => {
            let info = Info {
                visitor: visitor.id,
                name: Some("Zoe".into()),
                ..Info::default()
            };
            rooms::save_info(tx, NOW, policy, &who, &room, &info)?;
            subscriptions::read(tx, NOW, &who, &room)?;
        }
        28 => {
            let placed = [Placement::of(who.id.clone())];
            departments::set_agents(tx, &Actor::System, NOW, department, &placed, &[])?;
            agents::set_available(tx, &Actor::System, NOW, policy, &who.id, dice.roll(4) > 0)?;
        }
        _ => match dice.roll(3) {
            0 => visitors::remove(tx, NOW, policy, token).map(drop)?,
            1 => {
                messages::post(tx, NOW, policy, &who, &room, &text("without an id"))?;
            }
            _ => visitors::set_status(tx, NOW, token, "away")?,
        },
    }
    Ok(false)
}

/// On PostgreSQL a command waits for a room's row inside its first look at it. What it finds behind
/// the wait has to be of that moment, the agent's name too.
#[test]
fn who_waited_for_a_chat_sees_who_has_it_by_then() {
    static WAITING: Statement = Statement::new(
        "WAITING",
        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE NOT pg_locks.granted AND datname = current_database()",
        None,
    );
    let house = House::new(Engine::Postgres);
    let amy = house.agent("amy");
    house.set("Livechat_Routing_Method", json!("Manual_Selection"));
    let (room, inquiry) = house.queued("v");
    let policy = house.policy();
    let (taken, has_taken) = mpsc::channel();
    let (go_on, may_commit) = mpsc::channel::<()>();
    let may_commit = Mutex::new(may_commit);
    let take = {
        let policy = Arc::clone(&policy);
        move |tx: &mut Tx<'_>| {
            let room = rooms::take(tx, NOW, &policy, &amy.actor(), &inquiry.id, &amy.id)?;
            taken.send(()).unwrap();
            may_commit.lock().unwrap().recv().unwrap();
            Ok::<_, Refusal>(room)
        }
    };
    let say = {
        let (policy, room) = (Arc::clone(&policy), room.id.clone());
        let draft = messages::Draft {
            text: "hello".into(),
            ..messages::Draft::default()
        };
        move |tx: &mut Tx<'_>| messages::post_as_visitor(tx, NOW, &policy, "v", &room, &draft)
    };
    let [one, other] = house.stores();
    std::thread::scope(|scope| {
        let taking = scope.spawn(move || runtime().block_on(one.write(take)));
        has_taken.recv().unwrap();
        let saying = scope.spawn(move || runtime().block_on(other.write(say)));
        eventually("the message to wait for the room", || {
            (house.number(&WAITING) > 0).then_some(())
        });
        go_on.send(()).unwrap();
        taking.join().unwrap().unwrap();
        saying.join().unwrap().unwrap();
    });
    let said = eventually("the message's event", || {
        let id = room.id.clone();
        let events = house.read(move |view| log::of_conversation(view, &id, 0, 100));
        events
            .into_iter()
            .find(|event| event.kind == "message.visitor")
    });
    assert_eq!(said.body["agent"]["username"], "amy");
    assert_eq!(said.body["agent"]["email"], "amy@example.org");
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
