//! Many at once, on one store and on two beside each other: of those who want the same thing one
//! gets it, nothing is lost or there twice, and everything adds up in the end.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, mpsc};

use hark_chat::departments::{self, Draft as DepartmentDraft, Placement};
use hark_chat::messages::{self, Visit};
use hark_chat::visitors::Registration;
use hark_chat::{Close, Forward, Info, Opening};
use hark_chat::{inquiries, subscriptions};
use hark_model::accounts::{self, Account};
use hark_model::rooms::{self, Room};
use hark_model::visitors::{self, Visitor};
use hark_model::{Context, Policy, Refusal, Who, settings};
use hark_staff::{agents, hours};
use hark_store::{Error, Statement, Store, Tx, log, params};
use hark_testkit::{Engine, eventually, on_both_engines};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::recount;
use crate::world::{NOW, World, body_of, by, department, named, text};

type Command<T> = Box<dyn Fn(&mut Tx<'_>) -> Result<T, Refusal> + Send>;

static WAITING: Statement = Statement::new(
    "WAITING",
    "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE NOT pg_locks.granted AND datname = current_database()",
    None,
);

impl World {
    /// On PostgreSQL, two programs; on SQLite, where there is one, the same twice.
    fn stores(&self) -> [Store; 2] {
        let other = match self.store.engine() {
            "sqlite" => self.store.clone(),
            _ => self.another_store(),
        };
        [self.store.clone(), other]
    }

    fn prepared<T>(
        &self,
        who: Who,
        command: impl Fn(&mut Context<'_, '_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Command<T> {
        let policies = Arc::clone(&self.policies);
        Box::new(move |tx| policies.command(tx, NOW, &who, &command))
    }

    /// The second command begins when the first is done and not committed yet. On PostgreSQL it has
    /// to wait for the first.
    fn overlapping<A: Send + 'static, B: Send + 'static>(
        &self,
        first: Command<A>,
        second: Command<B>,
    ) -> (Result<A, Refusal>, Result<B, Refusal>) {
        let (done, is_done) = mpsc::channel();
        let (go_on, may_commit) = mpsc::channel::<()>();
        let may_commit = Mutex::new(may_commit);
        let first = move |tx: &mut Tx<'_>| {
            let outcome = first(tx);
            if matches!(outcome, Err(Refusal::Store(Error::Busy))) {
                // It went by a policy that has changed, and is played again.
                return outcome;
            }
            done.send(()).unwrap();
            may_commit.lock().unwrap().recv().unwrap();
            outcome
        };
        let [one, other] = self.stores();
        std::thread::scope(|scope| {
            let first = scope.spawn(move || runtime().block_on(one.write(first)));
            is_done.recv().unwrap();
            let second = scope.spawn(move || runtime().block_on(other.write(second)));
            if self.store.engine() != "sqlite" {
                eventually("the second to wait for the first", || {
                    (self.number(&WAITING) > 0).then_some(())
                });
            }
            go_on.send(()).unwrap();
            (first.join().unwrap(), second.join().unwrap())
        })
    }

    fn setting(&self, id: &'static str, value: Value) -> Command<()> {
        let keys = Arc::clone(&self.keys);
        self.prepared(Who::System, move |cx| {
            hark_staff::change_setting(cx, &keys, id, &value)
        })
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

fn close() -> Close {
    Close {
        comment: "done".into(),
        ..Close::default()
    }
}

fn close_as(world: &World, room: &str, who: Who) -> Command<Room> {
    let room = room.to_owned();
    world.prepared(who, move |cx| hark_chat::close(cx, &room, &close()))
}

fn open_as(world: &World, token: &str) -> Command<Room> {
    let token = token.to_owned();
    let opening = Opening {
        agent: None,
        source: json!({"type": "widget"}),
        suggested: None,
        ..Opening::default()
    };
    world.prepared(Who::Anonymous, move |cx| {
        Ok(hark_chat::open(cx, &token, &opening)?.room)
    })
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
        let world = World::new(engine);
        world.set("Livechat_Routing_Method", json!("Manual_Selection"));
        let agents: Vec<Account> = ["amy", "ben", "cho", "dan"].map(|name| world.agent(name)).into();
        for chat in ["a", "b", "c", "d"] {
            world.visitor(chat);
            world.set("Livechat_accept_chats_with_no_agents", json!(true));
            let (_, inquiry) = world.queued(chat);
            let takes = agents.iter().map(|agent| -> Command<Room> {
                let (inquiry, id) = (inquiry.id.clone(), agent.id.clone());
                world.prepared(by(agent), move |cx| hark_chat::take(cx, &inquiry, &id))
            });
            let outcomes = world.at_once(takes.collect());
            one_wins(&outcomes, |refusal| matches!(refusal, Refusal::InquiryTaken));
        }
        recount::check(&world);
    }

    fn of_those_who_close_a_chat_at_once_one_does(engine: Engine) {
        let world = World::new(engine);
        world.set("Livechat_Routing_Method", json!("Manual_Selection"));
        let amy = world.agent("amy");
        for chat in ["a", "b", "c"] {
            let room = world.served(chat, &amy);
            let visitor = room.visitor.clone().unwrap();
            let closes = [
                Who::Visitor(visitor.clone()),
                by(&amy),
                Who::System,
                by(&amy),
            ];
            let closes = closes.map(|who| close_as(&world, &room.id, who));
            one_wins(&world.at_once(closes.into()), |refusal| {
                matches!(refusal, Refusal::RoomClosedAlready)
            });
        }
        recount::check(&world);
    }

    fn a_visitor_who_opens_twice_at_once_has_one_chat(engine: Engine) {
        let world = World::new(engine);
        for method in ["Manual_Selection", "Auto_Selection"] {
            world.set("Livechat_Routing_Method", json!(method));
            if method == "Manual_Selection" {
                world.agent("amy");
                world.agent("ben");
            }
            let token = format!("of-{method}");
            world.visitor(&token);
            let outcomes = world.at_once((0..8).map(|_| open_as(&world, &token)).collect());
            let rooms: BTreeSet<String> = outcomes.into_iter().map(|room| room.unwrap().id).collect();
            assert_eq!(rooms.len(), 1);
        }
        recount::check(&world);
    }

    fn a_browser_that_registers_twice_at_once_is_one_visitor(engine: Engine) {
        let world = World::new(engine);
        let registration = |email: Option<&str>| Registration {
            token: "t".into(),
            email: email.map(str::to_owned),
            ..Registration::default()
        };
        let registers = (0..8).map(|number| -> Command<Visitor> {
            let visitor = registration((number % 2 == 0).then_some("a@example.org"));
            world.prepared(Who::Anonymous, move |cx| hark_chat::visitors::register(cx, &visitor))
        });
        let outcomes = world.at_once(registers.collect());
        let ids: BTreeSet<String> = outcomes.into_iter().map(|visitor| visitor.unwrap().id).collect();
        assert_eq!(ids.len(), 1);
        recount::check(&world);
    }

    fn a_visitor_is_forgotten_once(engine: Engine) {
        let world = World::new(engine);
        world.set("Livechat_accept_chats_with_no_agents", json!(true));
        world.set("Livechat_Allow_collect_and_store_HTTP_header_informations", json!(true));
        for token in ["a", "b", "c"] {
            world.visitor(token);
            world.open(token, None, NOW).unwrap();
            let mut commands: Vec<Command<()>> = Vec::new();
            for _ in 0..3 {
                let opens = open_as(&world, token);
                commands.push(world.prepared(Who::Anonymous, move |cx| hark_chat::visitors::remove(cx, token).map(drop)));
                commands.push(Box::new(move |tx| opens(tx).map(drop)));
            }
            let outcomes = world.at_once(commands);
            for refusal in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
                let fits = matches!(refusal, Refusal::InvalidToken | Refusal::VisitorHasOpenRooms);
                assert!(fits, "{refusal:?}");
            }
            recount::check(&world);
        }
    }

    fn whatever_happens_at_once_everything_adds_up(engine: Engine) {
        let more = std::env::var("HARK_TEST_CASES").ok();
        let few = if engine == Engine::Sqlite { 2 } else { 1 };
        let rounds = more.and_then(|text| text.parse().ok()).unwrap_or(few);
        for round in 0..rounds {
            storm(&World::new(engine), round);
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

fn storm(world: &World, seed: u64) {
    world.set("Livechat_accept_chats_with_no_agents", json!(true));
    let cast = Cast {
        people: vec![
            world.agent("amy"),
            world.agent("ben"),
            world.person("mia", &["user", "livechat-agent", "livechat-manager"]),
        ],
        departments: Vec::new(),
        policies: Vec::new(),
    };
    let sales = world.department(department("sales"), &[&cast.people[0], &cast.people[1]]);
    let draft = DepartmentDraft {
        fallback: Some(sales.id.clone()),
        ..department("support")
    };
    let support = world.department(draft, &[&cast.people[1], &cast.people[2]]);
    let policies = ["Manual_Selection", "Auto_Selection"].map(|method| {
        world.set("Livechat_Routing_Method", json!(method));
        world.policy()
    });
    let cast = Arc::new(Cast {
        departments: vec![sales.id, support.id],
        policies: policies.into(),
        ..cast
    });
    for token in TOKENS {
        world.visitor(token);
    }
    let stores = world.stores();
    let said = world.runtime.block_on(async {
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
                    let (people, own) = (Arc::clone(&cast), id.clone());
                    let outcome = store
                        .write(move |tx| act(tx, &people, which, &mut Dice(seed), &own))
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
    recount::check(world);
    check_said(world, &said.into_iter().flatten().collect());
}

static MESSAGES: Statement = Statement::new(
    "messages",
    "SELECT id FROM message WHERE kind IS NULL AND room_id IS NOT NULL",
    None,
);

/// Every message that was accepted has its event, and is there unless its removal was.
fn check_said(world: &World, said: &BTreeSet<String>) {
    let present = world.read(|view| view.query(&MESSAGES, params![], |row| row.get::<String>(0)));
    let present: BTreeSet<String> = present.into_iter().collect();
    let mut logged = BTreeSet::new();
    let mut there = BTreeSet::new();
    for (room, events) in crate::story::events(world) {
        let mut here = BTreeSet::new();
        for event in events {
            let id = body_of(&event)["message"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            match event.kind.as_str() {
                "message.visitor" | "message.agent" => {
                    logged.insert(id.clone());
                    here.insert(id);
                }
                "message.deleted" => drop(here.remove(&id)),
                _ => {}
            }
        }
        if world.room(&room).is_some() {
            there.extend(here);
        }
    }
    assert_eq!(
        said.difference(&logged).next(),
        None,
        "said, and not in the log"
    );
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
    let mut visiting = Context {
        tx,
        now: NOW,
        policy,
        who: &Who::Anonymous,
    };
    let cx = &mut visiting;
    let opening = Opening {
        agent: None,
        source: json!({"type": "widget"}),
        suggested: None,
        ..Opening::default()
    };
    let registration = Registration {
        token: token.to_owned(),
        email: (dice.roll(4) == 0).then(|| format!("{token}@example.org")),
        department: (dice.roll(3) == 0).then(|| department.clone()),
        ..Registration::default()
    };
    let Some(visitor) = visitors::find_by_token(cx.tx, token)? else {
        hark_chat::visitors::register(cx, &registration)?;
        return Ok(false);
    };
    let Some(room) = rooms::open_of(cx.tx, &visitor.id)? else {
        hark_chat::open(cx, token, &opening)?;
        return Ok(false);
    };
    let room = room.id;
    let forward = |agent: Option<&String>, department: Option<&String>| Forward {
        agent: agent.cloned(),
        department: department.cloned(),
        comment: None,
        suggested: None,
    };
    let as_visitor = Who::Visitor(visitor.clone());
    let as_account = by(&who);
    let cx = &mut match which {
        18 => cx.by(&as_visitor),
        7..=17 | 19..=21 | 27 => cx.by(&as_account),
        22 | 23 | 28 => cx.by(&Who::System),
        _ if which > 28 => cx.by(&as_account),
        _ => cx.by(&Who::Anonymous),
    };
    match which {
        0 => hark_chat::visitors::register(cx, &registration).map(drop)?,
        1 => hark_chat::open(cx, token, &opening).map(drop)?,
        2..=6 => {
            let draft = named(id, "mail bob@example.com or call 51 3333-4444");
            messages::post_as_visitor(cx, token, &room, &draft)?;
            return Ok(true);
        }
        7..=9 => {
            messages::post(cx, &room, &named(id, "how can I help"))?;
            return Ok(true);
        }
        10 | 11 => {
            let inquiry = inquiries::of_room(cx.tx, &room)?.ok_or(Refusal::NoSuchInquiry)?;
            hark_chat::take(cx, &inquiry.id, &who.id)?;
        }
        12 | 13 => hark_chat::forward(cx, &room, &forward(Some(other), None)).map(drop)?,
        14 | 15 => {
            hark_chat::forward(cx, &room, &forward(None, Some(department))).map(drop)?;
        }
        16 => drop(hark_chat::return_to_queue(cx, &room, None)?),
        17 => drop(hark_chat::return_to_queue(cx, &room, Some(department))?),
        18 | 19 => hark_chat::close(cx, &room, &close()).map(drop)?,
        20 => hark_chat::join(cx, &room)?,
        21 => match dice.roll(2) {
            0 => hark_chat::put_on_hold(cx, &room)?,
            _ => hark_chat::resume(cx, &room)?,
        },
        22 => drop(hark_chat::delegate_waiting(cx, &room, None)?),
        23 => drop(hark_chat::pass_on(cx, &room, None, None)?),
        24 | 25 => {
            let said = messages::up_to(cx.tx, &room, i64::MAX, 1_000)?;
            let own = said
                .iter()
                .find(|message| message.author.id == visitor.id && message.system.is_none());
            let own = own.ok_or(Refusal::InvalidMessage)?.id.clone();
            match which {
                24 => messages::change_as_visitor(cx, token, &room, &own, "new").map(drop)?,
                _ => messages::remove_as_visitor(cx, token, &room, &own).map(drop)?,
            }
        }
        26 => {
            let visit = Visit {
                title: "Prices".into(),
                change: "url".into(),
                address: "https://shop.example/prices".into(),
            };
            messages::visited(cx, token, Some(&room), &visit).map(drop)?;
        }
        27 => {
            let info = Info {
                visitor: visitor.id,
                name: Some("Zoe".into()),
                ..Info::default()
            };
            hark_chat::save_info(cx, &room, &info)?;
            subscriptions::read(cx, &room)?;
        }
        28 => {
            let placed = [Placement::of(who.id.clone())];
            departments::set_agents(cx, department, &placed, &[])?;
            agents::set_available(cx, &who.id, dice.roll(4) > 0)?;
        }
        _ => match dice.roll(3) {
            0 => hark_chat::visitors::remove(cx, token).map(drop)?,
            1 => {
                messages::post(cx, &room, &text("without an id"))?;
            }
            _ => hark_chat::visitors::set_status(cx, token, "away")?,
        },
    }
    Ok(false)
}

/// On PostgreSQL a command waits for a room's row inside its first look at it. What it finds behind
/// the wait has to be of that moment, the agent's name too.
#[test]
fn who_waited_for_a_chat_sees_who_has_it_by_then_on_postgres() {
    let world = World::new(Engine::Postgres);
    let amy = world.agent("amy");
    world.set("Livechat_Routing_Method", json!("Manual_Selection"));
    let (room, inquiry) = world.queued("v");
    let take = world.prepared(by(&amy), move |cx| {
        hark_chat::take(cx, &inquiry.id, &amy.id)
    });
    let said_in = room.id.clone();
    let say = world.prepared(Who::Anonymous, move |cx| {
        messages::post_as_visitor(cx, "v", &said_in, &text("hello"))
    });
    let (taken, said) = world.overlapping(take, say);
    taken.unwrap();
    said.unwrap();
    let said = eventually("the message's event", || {
        let id = room.id.clone();
        let events = world.read(move |view| log::of_conversation(view, &id, 0, 100));
        events
            .into_iter()
            .find(|event| event.kind == "message.visitor")
    });
    let agent = &body_of(&said)["agent"];
    assert_eq!(agent["username"], "amy");
    assert_eq!(agent["email"], "amy@example.org");
}

on_both_engines! {
    fn an_administrator_who_sets_what_was_there_before_another_one_has_set_it(engine: Engine) {
        let world = World::new(engine);
        world.set("Livechat_title", json!("one"));
        let set = |value: &str| world.setting("Livechat_title", json!(value));
        let (first, second) = world.overlapping(set("two"), set("one"));
        first.unwrap();
        second.unwrap();
        assert_eq!(world.policy().text(settings::Livechat_title), "one");
    }

    fn hours_follow_two_settings_that_are_set_at_once(engine: Engine) {
        let world = World::new(engine);
        // it is the afternoon of a Tuesday there
        world.command(|cx| hours::ensure_default(cx, "America/Los_Angeles")).unwrap();
        let (first, second) = world.overlapping(
            world.setting("Livechat_enable_business_hours", json!(true)),
            world.setting("Livechat_business_hour_type", json!("Multiple")),
        );
        first.unwrap();
        second.unwrap();
        assert!(world.read(hours::the_default).unwrap().is_open);
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
