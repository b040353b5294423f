//! Commands in any order. After each of them everything is counted anew; one that declines, or
//! that says that it did nothing, has changed nothing.

use std::collections::{BTreeMap, BTreeSet};

use hark_chat::custom_fields::{self, CustomField, Scope};
use hark_chat::departments::{self, Draft as DepartmentDraft, Placement};
use hark_chat::messages::{self, Message, Visit};
use hark_chat::subscriptions;
use hark_chat::visitors::{CustomValue, Registration};
use hark_chat::{Forward, Info};
use hark_model::accounts::{Account, Presence};
use hark_model::rooms::Room;
use hark_model::visitors;
use hark_model::{Refusal, Who};
use hark_store::{Statement, Timestamp, params};
use hark_testkit::Engine;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::world::{NOW, World, by, department, named, text};
use crate::{recount, story};

#[derive(Debug, Clone)]
enum Step {
    Register {
        email: Option<u8>,
        phone: Option<u8>,
        department: Option<Index>,
    },
    Open {
        agent: Option<Index>,
    },
    Say {
        id: Option<u8>,
        text: &'static str,
    },
    Reply {
        id: Option<u8>,
        text: &'static str,
    },
    Take,
    Join,
    ToAgent {
        agent: Index,
    },
    ToDepartment {
        department: Index,
        agent: Option<Index>,
    },
    ByVisitorToDepartment {
        department: Index,
    },
    Return {
        department: Option<Index>,
    },
    CloseByVisitor,
    CloseByAgent {
        comment: &'static str,
        tag: bool,
    },
    CloseBySystem,
    Hold,
    Resume,
    SaveInfo {
        name: &'static str,
    },
    Rate {
        stars: &'static str,
    },
    Delegate,
    PassOn,
    EditOwn {
        message: Index,
    },
    Edit {
        message: Index,
    },
    RemoveOwn {
        message: Index,
    },
    Remove {
        message: Index,
    },
    React {
        message: Index,
    },
    Visit {
        in_room: bool,
    },
    Read,
    Unread {
        message: Option<Index>,
    },
    SetCustom {
        key: &'static str,
        value: &'static str,
    },
    SetStatus,
    RemoveVisitor,
    Available {
        available: bool,
    },
    Presence {
        presence: Presence,
    },
    Set {
        setting: usize,
    },
    Enable {
        department: Index,
        enabled: bool,
    },
    Archive {
        department: Index,
        archived: bool,
    },
    RemoveDepartment {
        department: Index,
    },
    Place {
        department: Index,
    },
    Displace {
        department: Index,
    },
    Weigh,
    Wait {
        millis: i64,
    },
}

/// A step, and on whose and which chat's behalf.
#[derive(Debug, Clone)]
struct Turn {
    step: Step,
    visitor: Index,
    account: Index,
    room: Index,
}

const SETTINGS: &[(&str, &str)] = &[
    ("Livechat_Routing_Method", "\"Manual_Selection\""),
    ("Livechat_Routing_Method", "\"Auto_Selection\""),
    ("Livechat_Routing_Method", "\"Load_Balancing\""),
    ("Livechat_Routing_Method", "\"Load_Rotation\""),
    ("Livechat_Routing_Method", "\"External\""),
    ("Livechat_Routing_Method", "\"Manual_Selection\""),
    ("Livechat_accept_chats_with_no_agents", "true"),
    ("Livechat_accept_chats_with_no_agents", "false"),
    ("Livechat_assign_new_conversation_to_bot", "true"),
    ("Livechat_assign_new_conversation_to_bot", "false"),
    ("Livechat_enabled_when_agent_idle", "true"),
    ("Livechat_enabled_when_agent_idle", "false"),
    ("Livechat_enabled", "true"),
    ("Omnichannel_sorting_mechanism", "\"Timestamp\""),
    ("Omnichannel_sorting_mechanism", "\"Priority\""),
    ("Omnichannel_sorting_mechanism", "\"SLAs\""),
    ("Message_ShowDeletedStatus", "true"),
    ("Message_ShowDeletedStatus", "false"),
    ("Message_AllowEditing", "false"),
    ("Message_AllowEditing", "true"),
    ("Livechat_enable_transcript", "true"),
    ("Livechat_Visitor_navigation_as_a_message", "true"),
    ("Livechat_Visitor_navigation_as_a_message", "false"),
    (
        "Livechat_Allow_collect_and_store_HTTP_header_informations",
        "true",
    ),
    (
        "Livechat_Allow_collect_and_store_HTTP_header_informations",
        "false",
    ),
];

const TEXTS: &[&str] = &[
    "hello",
    "mail me at bob@example.com",
    "call (51) 99999-1234 or x@y.co",
    "",
    "see https://chat.example/live/any?msg=other",
    "it's %_\\ ' \" \u{1f600}",
];

fn turn() -> impl Strategy<Value = Turn> {
    let id = || proptest::option::weighted(0.3, 0_u8..4);
    let maybe = || proptest::option::weighted(0.4, any::<Index>());
    let presence = select(vec![
        Presence::Online,
        Presence::Online,
        Presence::Away,
        Presence::Busy,
        Presence::Offline,
    ]);
    let step = prop_oneof![
        4 => (proptest::option::weighted(0.2, 0_u8..3), proptest::option::weighted(0.2, 0_u8..3), maybe())
            .prop_map(|(email, phone, department)| Step::Register { email, phone, department }),
        8 => proptest::option::weighted(0.2, any::<Index>()).prop_map(|agent| Step::Open { agent }),
        8 => (id(), select(TEXTS)).prop_map(|(id, text)| Step::Say { id, text }),
        8 => (id(), select(TEXTS)).prop_map(|(id, text)| Step::Reply { id, text }),
        8 => Just(Step::Take),
        3 => Just(Step::Join),
        4 => any::<Index>().prop_map(|agent| Step::ToAgent { agent }),
        4 => (any::<Index>(), maybe()).prop_map(|(department, agent)| Step::ToDepartment { department, agent }),
        1 => any::<Index>().prop_map(|department| Step::ByVisitorToDepartment { department }),
        3 => maybe().prop_map(|department| Step::Return { department }),
        1 => Just(Step::CloseByVisitor),
        3 => (select(vec!["done", " "]), any::<bool>()).prop_map(|(comment, tag)| Step::CloseByAgent { comment, tag }),
        1 => Just(Step::CloseBySystem),
        3 => Just(Step::Hold),
        2 => Just(Step::Resume),
        2 => select(vec!["", " ", "Zoe"]).prop_map(|name| Step::SaveInfo { name }),
        1 => select(vec!["5", "9"]).prop_map(|stars| Step::Rate { stars }),
        3 => Just(Step::Delegate),
        3 => Just(Step::PassOn),
        3 => any::<Index>().prop_map(|message| Step::EditOwn { message }),
        3 => any::<Index>().prop_map(|message| Step::Edit { message }),
        2 => any::<Index>().prop_map(|message| Step::RemoveOwn { message }),
        2 => any::<Index>().prop_map(|message| Step::Remove { message }),
        1 => any::<Index>().prop_map(|message| Step::React { message }),
        3 => any::<bool>().prop_map(|in_room| Step::Visit { in_room }),
        3 => Just(Step::Read),
        2 => maybe().prop_map(|message| Step::Unread { message }),
        1 => (select(vec!["colour", "order", "nothing"]), select(vec!["red", "blue"]))
            .prop_map(|(key, value)| Step::SetCustom { key, value }),
        1 => Just(Step::SetStatus),
        1 => Just(Step::RemoveVisitor),
        3 => any::<bool>().prop_map(|available| Step::Available { available }),
        3 => presence.prop_map(|presence| Step::Presence { presence }),
        4 => (0..SETTINGS.len()).prop_map(|setting| Step::Set { setting }),
        2 => (any::<Index>(), any::<bool>()).prop_map(|(department, enabled)| Step::Enable { department, enabled }),
        1 => (any::<Index>(), any::<bool>()).prop_map(|(department, archived)| Step::Archive { department, archived }),
        1 => any::<Index>().prop_map(|department| Step::RemoveDepartment { department }),
        2 => any::<Index>().prop_map(|department| Step::Place { department }),
        1 => any::<Index>().prop_map(|department| Step::Displace { department }),
        2 => Just(Step::Weigh),
        6 => select(vec![0, 1, 1_000, 60_000, -500]).prop_map(|millis| Step::Wait { millis }),
    ];
    let parts = (step, any::<Index>(), any::<Index>(), any::<Index>());
    parts.prop_map(|(step, visitor, account, room)| Turn {
        step,
        visitor,
        account,
        room,
    })
}

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

static WEIGH: Statement = Statement::new(
    "weigh",
    "UPDATE inquiry SET priority_weight = length(id) + created_at % 7, estimated_wait = created_at % 5",
    None,
);
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
    "SELECT coalesce((SELECT last_seq FROM conversation WHERE id = $1), 0)",
    None,
);
static SINCE: Statement = Statement::new(
    "since",
    "SELECT count(*) FROM message WHERE NOT hidden AND room_id = $1 AND at >= $2",
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

    /// Mostly a chat that is open, and one for which the step is meant.
    fn room_of(&self, turn: &Turn) -> Option<Room> {
        let all = self.rooms.iter().filter_map(|id| self.world.room(id));
        let all: Vec<Room> = all.collect();
        let fits = |room: &&Room| match turn.step {
            Step::Take | Step::Delegate => room.open && room.served_by.is_none(),
            Step::Resume => room.on_hold,
            Step::Hold => room.open && !room.waiting_response && !room.on_hold,
            Step::ToAgent { .. } | Step::PassOn | Step::Return { .. } => {
                room.served_by.is_some() && room.open && !room.on_hold
            }
            _ => room.open,
        };
        let fitting: Vec<&Room> = all.iter().filter(fits).collect();
        match (fitting.is_empty(), all.is_empty()) {
            (_, true) => None,
            (false, _) if turn.room.index(10) > 0 => Some((*turn.room.get(&fitting)).clone()),
            _ => Some(turn.room.get(&all).clone()),
        }
    }

    /// What was said in a room, by id; in the end one that nobody knows.
    fn message(&self, room: &Room, index: &Index) -> String {
        let mut all = self.world.up_to(&room.id, i64::MAX);
        all.retain(|message| message.system.is_none() || index.index(3) == 0);
        if all.is_empty() {
            "nobody-knows".to_owned()
        } else {
            index.get(&all).id.clone()
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
            let new = events.iter().flat_map(|(room, of_room)| {
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

impl Play {
    /// None: there is nothing yet to take the step on.
    #[expect(clippy::too_many_lines, reason = "a step after the other")]
    fn take_step(&mut self, turn: &Turn) -> Option<Result<Outcome, Refusal>> {
        let now = self.now;
        let token = *turn.visitor.get(&TOKENS);
        let who = turn.account.get(&self.people).clone();
        let known = self
            .world
            .read(move |view| visitors::find_by_token(view, token));
        let department = |index: &Index| index.get(&self.departments).clone();
        let account = |index: &Index| index.get(&self.people).id.clone();
        let done = |result: Result<(), Refusal>| Some(result.map(|()| Outcome::Done));
        match &turn.step {
            Step::Register {
                email,
                phone,
                department: wanted,
            } => {
                let visitor = Registration {
                    token: token.to_owned(),
                    email: email.map(|number| format!("V{number}@Example.org")),
                    phone: phone.map(|number| format!("555-{number}")),
                    department: wanted.as_ref().map(department),
                    ..Registration::default()
                };
                return done(self.world.register(&visitor, now).map(drop));
            }
            Step::SetStatus => {
                return done(self.world.command_as(Who::Anonymous, now, move |cx| {
                    hark_chat::visitors::set_status(cx, token, "away")
                }));
            }
            Step::SetCustom { key, value } => {
                let given = CustomValue {
                    key: (*key).to_owned(),
                    value: (*value).to_owned(),
                    overwrite: true,
                };
                let set = self.world.command_as(Who::Anonymous, now, move |cx| {
                    hark_chat::visitors::set_custom(cx, token, &given)
                });
                return Some(set.map(|new| if new { Outcome::Done } else { Outcome::Nothing }));
            }
            Step::RemoveVisitor => {
                let removed = self.world.command_as(Who::Anonymous, now, move |cx| {
                    hark_chat::visitors::remove(cx, token).map(drop)
                });
                return done(removed);
            }
            Step::Open { agent } => {
                let agent = agent.as_ref().map(account);
                return done(self.open(token, agent.as_deref()));
            }
            Step::Visit { in_room } => {
                let room = match (in_room, &known) {
                    (true, Some(visitor)) => {
                        visitor.last_chat.as_ref().map(|chat| chat.room.clone())
                    }
                    _ => None,
                };
                let visit = Visit {
                    title: "Prices".into(),
                    change: "url".into(),
                    address: "https://shop.example/prices".into(),
                };
                let visited = self.world.command_as(Who::Anonymous, now, move |cx| {
                    messages::visited(cx, token, room.as_deref(), &visit).map(drop)
                });
                return done(visited);
            }
            Step::Available { available } => {
                return done(self.world.set_available(&who.username, *available, now));
            }
            Step::Presence { presence } => {
                return done(self.world.set_status(&who.username, *presence, now));
            }
            Step::Set { setting } => {
                let (id, value) = SETTINGS[*setting];
                self.world.set(id, serde_json::from_str(value).unwrap());
                return Some(Ok(Outcome::Done));
            }
            Step::Enable {
                department: index,
                enabled,
            } => {
                let (id, enabled) = (department(index), *enabled);
                let changed = self.world.command_at(now, move |cx| {
                    let found = departments::find(cx.tx, &id)?.ok_or(Refusal::NoSuchDepartment)?;
                    let draft = DepartmentDraft {
                        name: found.name,
                        email: found.email,
                        enabled,
                        show_on_registration: true,
                        fallback: found.fallback,
                        ..DepartmentDraft::default()
                    };
                    departments::save(cx, Some(&id), &draft, &[]).map(drop)
                });
                return done(changed);
            }
            Step::Archive {
                department: index,
                archived,
            } => {
                let (id, archived) = (department(index), *archived);
                return done(self.world.command_at(now, move |cx| {
                    if archived {
                        departments::archive(cx, &id)
                    } else {
                        departments::unarchive(cx, &id)
                    }
                }));
            }
            Step::RemoveDepartment { department: index } => {
                let id = department(index);
                let removed = self.world.command_at(now, move |cx| {
                    departments::remove(cx, &id)?;
                    departments::leave_rooms(cx, &id, 1_000)?;
                    Ok(())
                });
                return done(removed);
            }
            Step::Place { department: index } => {
                let (id, placed) = (department(index), Placement::of(who.id));
                return done(self.world.command_at(now, move |cx| {
                    departments::set_agents(cx, &id, std::slice::from_ref(&placed), &[])
                }));
            }
            Step::Displace { department: index } => {
                let (id, agent) = (department(index), who.id);
                return done(self.world.command_at(now, move |cx| {
                    let gone = std::slice::from_ref(&agent);
                    departments::set_agents(cx, &id, &[], gone)
                }));
            }
            Step::Weigh => {
                self.world.run(&WEIGH);
                return Some(Ok(Outcome::Done));
            }
            Step::Wait { millis } => {
                self.now = now.plus_millis(*millis);
                return Some(Ok(Outcome::Nothing));
            }
            _ => {}
        }
        let room = self.room_of(turn)?;
        let id = room.id.clone();
        // Mostly the one whose chat it is.
        let guest = room.visitor.clone()?;
        let token = match turn.visitor.index(6) {
            0 => token.to_owned(),
            _ => guest.token.clone(),
        };
        let who = match (&room.served_by, turn.account.index(5)) {
            (Some(agent), 0..3) => self.world.account(&agent.username),
            _ => self.world.account(&who.username),
        };
        match &turn.step {
            Step::Say {
                id: own,
                text: words,
            } => {
                let draft = match own {
                    Some(number) => named(&format!("own-{}-{number}", guest.id), words),
                    None => text(words),
                };
                let said = self.world.say(&token, &id, &draft, now);
                if let Ok(message) = &said {
                    self.heard(&room, message);
                }
                done(said.map(drop))
            }
            Step::Reply {
                id: own,
                text: words,
            } => {
                let draft = match own {
                    Some(number) => named(&format!("reply-{}-{number}", who.id), words),
                    None => text(words),
                };
                let said = self.world.reply(&who, &id, &draft, now);
                if let Ok(message) = &said {
                    self.heard(&room, message);
                }
                done(said.map(drop))
            }
            Step::Take => {
                let inquiry = self.world.inquiry(&room).map(|inquiry| inquiry.id);
                let taken = self.world.take(&inquiry.unwrap_or_default(), &who, now);
                done(taken.map(drop))
            }
            Step::Join => done(self.world.join(&who, &id, now)),
            Step::ToAgent { agent } => {
                let agent = account(agent);
                done(
                    self.world
                        .forward(&who, &id, Some(&agent), None, now)
                        .map(drop),
                )
            }
            Step::ToDepartment {
                department: index,
                agent,
            } => {
                let (department, agent) = (department(index), agent.as_ref().map(account));
                let forwarded =
                    self.world
                        .forward(&who, &id, agent.as_deref(), Some(&department), now);
                done(forwarded.map(drop))
            }
            Step::ByVisitorToDepartment { department: index } => {
                let forward = Forward {
                    department: Some(department(index)),
                    ..Forward::default()
                };
                let forwarded = self.world.command_as(Who::Visitor(guest), now, move |cx| {
                    hark_chat::forward(cx, &id, &forward).map(drop)
                });
                done(forwarded)
            }
            Step::Return { department: index } => {
                let department = index.as_ref().map(department);
                let returned = self
                    .world
                    .return_to_queue(&who, &id, department.as_deref(), now);
                Some(returned.map(|it| if it { Outcome::Done } else { Outcome::Nothing }))
            }
            Step::CloseByVisitor => done(self.world.close(Who::Visitor(guest), &id, now).map(drop)),
            Step::CloseByAgent { comment, tag } => {
                let tags: &[&str] = if *tag { &["solved"] } else { &[] };
                let closed = self.world.close_with(by(&who), &id, comment, tags, now);
                done(closed.map(drop))
            }
            Step::CloseBySystem => done(self.world.close(Who::System, &id, now).map(drop)),
            Step::Hold => done(self.world.command_as(by(&who), now, move |cx| {
                hark_chat::put_on_hold(cx, &id, "wait")
            })),
            Step::Resume => done(
                self.world
                    .command_as(by(&who), now, move |cx| hark_chat::resume(cx, &id, "on")),
            ),
            Step::SaveInfo { name } => {
                let info = Info {
                    visitor: guest.id,
                    name: Some((*name).to_owned()),
                    topic: Some("a topic".into()),
                    tags: vec!["one".into()],
                    ..Info::default()
                };
                let saved = self.world.command_as(by(&who), now, move |cx| {
                    hark_chat::save_info(cx, &id, &info)
                });
                done(saved)
            }
            Step::Rate { stars } => {
                let answers = [("satisfaction".to_owned(), (*stars).to_owned())];
                let rated = self.world.command_as(Who::Anonymous, now, move |cx| {
                    hark_chat::rate(cx, &guest.token, &id, &answers).map(drop)
                });
                done(rated)
            }
            Step::Delegate | Step::PassOn => {
                let delegates = matches!(turn.step, Step::Delegate);
                let moved = self.world.command_at(now, move |cx| {
                    if delegates {
                        hark_chat::delegate_waiting(cx, &id, None)
                    } else {
                        hark_chat::pass_on(cx, &id, Some("gone"), None)
                    }
                });
                Some(moved.map(|it| if it { Outcome::Done } else { Outcome::Nothing }))
            }
            Step::EditOwn { message } => {
                let message = self.message(&room, message);
                done(self.world.command_as(Who::Anonymous, now, move |cx| {
                    let new = "changed by its visitor";
                    messages::change_as_visitor(cx, &token, &id, &message, new).map(drop)
                }))
            }
            Step::Edit { message } => {
                let message = self.message(&room, message);
                done(self.world.command_as(by(&who), now, move |cx| {
                    messages::change(cx, &id, &message, "changed").map(drop)
                }))
            }
            Step::RemoveOwn { message } | Step::Remove { message } => {
                let own = matches!(turn.step, Step::RemoveOwn { .. });
                let message = self.message(&room, message);
                let gone = message.clone();
                let removed = self.world.command_as(by(&who), now, move |cx| {
                    if own {
                        messages::remove_as_visitor(cx, &token, &id, &message)
                    } else {
                        messages::remove(cx, &id, &message)
                    }
                });
                if removed.is_ok() {
                    assert!(self.said.get_mut(&room.id).unwrap().remove(&gone));
                }
                done(removed.map(drop))
            }
            Step::React { message } => {
                let message = self.message(&room, message);
                done(self.world.command_as(by(&who), now, move |cx| {
                    messages::react(cx, &message, "smile", None)
                }))
            }
            Step::Read => {
                let place = (id.clone(), who.id.clone());
                let read = self
                    .world
                    .command_as(by(&who), now, move |cx| subscriptions::read(cx, &id));
                if read.is_ok() {
                    self.unread.insert(place, 0);
                }
                done(read)
            }
            Step::Unread { message } => {
                let message = message.as_ref().map(|index| self.message(&room, index));
                let place = (id.clone(), who.id.clone());
                let first = match &message {
                    Some(id) => {
                        let id = id.clone();
                        self.world.read(move |view| messages::find(view, &id))
                    }
                    None => {
                        let all = self.world.up_to(&id, i64::MAX).into_iter().rev();
                        all.take(50).find(|message| message.author.id != who.id)
                    }
                };
                let unread = self.world.command_as(by(&who), now, move |cx| {
                    messages::mark_unread(cx, Some(&id), message.as_deref())
                });
                if unread.is_ok() {
                    let (room, at) = (room.id, first.unwrap().at);
                    let count = self
                        .world
                        .read(move |view| view.number(&SINCE, params![&room, at]));
                    let unread = self.unread.get_mut(&place).unwrap();
                    *unread = count.max(*unread);
                }
                done(unread)
            }
            other => unreachable!("{other:?}"),
        }
    }
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
