//! Refusals, in the order in which clients know them: of several reasons the first one is said.

use hark_chat::Opening;
use hark_chat::access;
use hark_chat::departments::Draft as DepartmentDraft;
use hark_chat::messages::System;
use hark_chat::visitors::{CustomValue, Registration};
use hark_model::accounts::{Account, Change, Presence};
use hark_model::rooms::{self, Room};
use hark_model::{Refusal, Who};
use hark_store::{Statement, Timestamp};
use hark_testkit::Engine;
use serde_json::json;

use crate::world::{NOW, World, by, department, named, text};
use crate::{recount, story};

macro_rules! refused {
    ($outcome:expr, $refusal:pat) => {{
        let outcome = $outcome;
        assert!(matches!(&outcome, Err($refusal)), "{:?}", outcome.err());
    }};
}

const MINUTE_LATER: Timestamp = NOW.plus_seconds(60);

fn with_manual_selection() -> World {
    let world = World::new(Engine::Sqlite);
    world.set("Livechat_Routing_Method", json!("Manual_Selection"));
    world
}

fn sees(world: &World, account: &Account, room: &Room) -> bool {
    let (policy, account, room) = (
        world.policy(),
        account.clone(),
        world.room(&room.id).unwrap(),
    );
    world.read(move |view| access::may_see(view, &policy, &account, &room))
}

#[test]
fn a_visitor_is_recognised_by_token_then_number_then_address() {
    let world = with_manual_selection();
    let registration = |token: &str, email: Option<&str>, phone: Option<&str>| Registration {
        token: token.to_owned(),
        email: email.map(str::to_owned),
        phone: phone.map(str::to_owned),
        ..Registration::default()
    };
    let register = |visitor: &Registration| world.register(visitor, NOW);

    // The department is looked at before the address.
    let wrong = Registration {
        department: Some("nowhere".into()),
        ..registration("t", Some("nobody"), None)
    };
    refused!(
        register(&registration(" ", None, None)),
        Refusal::EmptyToken
    );
    refused!(register(&wrong), Refusal::InvalidDepartment);
    refused!(
        register(&registration("t", Some("nobody"), None)),
        Refusal::Invalid { field: "Email", .. }
    );

    let sales = world.department(department("sales"), &[]);
    let ann = Registration {
        name: Some("Ann".into()),
        department: Some("sales".into()),
        ..registration("t-ann", Some(" Ann@Example.org "), Some("555-1"))
    };
    let ann = register(&ann).unwrap();
    assert_eq!(ann.department.as_deref(), Some(sales.id.as_str()));
    assert_eq!(
        (&ann.emails, ann.username.as_str()),
        (&vec!["ann@example.org".to_owned()], "guest-1")
    );

    // What somebody types proves nothing.
    let eve = registration("t-eve", Some("ann@example.org"), Some("555-1"));
    let eve = world.register(&eve, MINUTE_LATER).unwrap();
    assert!(eve.id != ann.id && eve.token == "t-eve");
    let still = world.read(|view| hark_model::visitors::find_by_token(view, "t-ann"));
    assert_eq!(still.unwrap(), ann);

    // Where the operator wants it: by number they keep their token, by address they take the new
    // one, and of two the first is meant; a token is stronger.
    world.set("Livechat_recognise_visitors_by_contact", json!(true));
    let again = register(&registration(
        "t-new",
        Some("other@example.org"),
        Some("555-1"),
    ))
    .unwrap();
    assert_eq!(
        (again.id, again.token),
        (ann.id.clone(), "t-ann".to_owned())
    );
    assert_eq!(
        (again.emails, again.name),
        (vec!["other@example.org".to_owned()], Some("Ann".to_owned()))
    );
    let again = register(&registration("t-new", Some("OTHER@example.org"), None)).unwrap();
    assert_eq!((&again.id, again.token.as_str()), (&ann.id, "t-new"));
    let bob = register(&registration("t-bob", None, None)).unwrap();
    let taken = register(&registration("t-bob", Some("other@example.org"), None)).unwrap();
    assert_eq!(taken.id, bob.id);

    // What is meant for no field of a visitor means nothing.
    let custom = Registration {
        custom: vec![CustomValue {
            key: "nothing".into(),
            value: "x".into(),
            overwrite: true,
        }],
        ..registration("t-bob", None, None)
    };
    assert!(register(&custom).unwrap().custom.is_empty());
    recount::check(&world);
}

#[test]
fn whom_another_program_named_is_looked_at_again() {
    let world = World::new(Engine::Sqlite);
    world.set("Livechat_Routing_Method", json!("External"));
    world.visitor("t");
    let (amy, ben) = (world.agent("amy"), world.agent("ben"));
    let open = |suggested: &Account| {
        let opening = Opening {
            agent: None,
            source: json!({"type": "widget"}),
            suggested: Some(suggested.id.clone()),
            ..Opening::default()
        };
        world.command_as(Who::Anonymous, NOW, move |cx| {
            Ok(hark_chat::open(cx, "t", &opening)?.room)
        })
    };
    // Amy has gone since they were named; that somebody else is there changes nothing.
    world
        .set_status(&amy.username, Presence::Offline, NOW)
        .unwrap();
    refused!(open(&amy), Refusal::NobodyOnline);
    refused!(world.open("t", None, NOW), Refusal::NobodyOnline);
    world.set("Livechat_accept_chats_with_no_agents", json!(true));
    let room = open(&amy).unwrap();
    assert!(room.served_by.is_none());
    let delegate = |suggested: &Account| {
        let (suggested, room) = (suggested.id.clone(), room.id.clone());
        world.command(move |cx| hark_chat::delegate_waiting(cx, &room, Some(&suggested)))
    };
    assert!(!delegate(&amy).unwrap());
    assert!(delegate(&ben).unwrap());
    // It has an agent, waits no longer, and is not given out again.
    assert!(delegate(&amy).unwrap());
    let id = room.id.clone();
    let room = world.read(move |view| rooms::find(view, &id)).unwrap();
    assert!(room.is_served_by(&ben.id));
    recount::check(&world);
}

#[test]
fn a_chat_is_opened_where_somebody_is() {
    let world = World::new(Engine::Sqlite);
    refused!(world.open("t", None, NOW), Refusal::InvalidToken);
    world.visitor("t");
    world.set("Livechat_enabled", json!(false));
    refused!(world.open("t", None, NOW), Refusal::ChatIsOff);
    world.set("Livechat_enabled", json!(true));
    refused!(world.open("t", None, NOW), Refusal::NobodyOnline);

    // The one who has a chat gets it, whatever has changed since.
    let amy = world.agent("amy");
    let room = world.open("t", None, NOW).unwrap();
    world.set("Livechat_enabled", json!(false));
    assert_eq!(world.open("t", None, NOW).unwrap().id, room.id);
    world.set("Livechat_enabled", json!(true));

    // The agent who was asked for is not there.
    world
        .set_status(&amy.username, Presence::Offline, NOW)
        .unwrap();
    let ben = world.agent("ben");
    world.visitor("u");
    refused!(world.open("u", Some(&amy.id), NOW), Refusal::NobodyOnline);
    assert!(
        world
            .open("u", Some(&ben.id), NOW)
            .unwrap()
            .is_served_by(&ben.id)
    );

    // Another department stands in: for the room, not for the queue.
    let sales = world.department(department("sales"), &[&ben]);
    let draft = DepartmentDraft {
        fallback: Some(sales.id.clone()),
        show_on_registration: false,
        ..department("empty")
    };
    let empty = world.department(draft, &[&amy]);
    let visitor = Registration {
        token: "v".into(),
        department: Some(empty.id.clone()),
        ..Registration::default()
    };
    world.set("Livechat_enabled_when_agent_idle", json!(false));
    world.register(&visitor, NOW).unwrap();
    let room = world.open("v", None, NOW).unwrap();
    assert_eq!(room.department.as_deref(), Some(sales.id.as_str()));
    assert!(room.is_served_by(&ben.id));
    let inquiry = world.inquiry(&room).unwrap();
    assert_eq!(inquiry.department.as_deref(), Some(empty.id.as_str()));

    // Nobody at all, and yet accepted: its events are that it began, and nothing else.
    world
        .set_status(&ben.username, Presence::Offline, NOW)
        .unwrap();
    world.set("Livechat_accept_chats_with_no_agents", json!(true));
    world.visitor("w");
    let room = world.open("w", None, NOW).unwrap();
    assert_eq!(story::kinds(&world, &room.id), ["chat.started"]);
    recount::check(&world);
}

#[test]
fn taking_is_refused_in_order() {
    let world = with_manual_selection();
    let (amy, ben) = (world.agent("amy"), world.agent("ben"));
    let ned = world.person("ned", &["user"]);
    let (_, inquiry) = world.queued("t");
    world.set_available(&ben.username, false, NOW).unwrap();

    refused!(world.take("nobody-knows", &ned, NOW), Refusal::MayNotTake);
    refused!(
        world.take("nobody-knows", &ben, NOW),
        Refusal::NoSuchInquiry
    );
    refused!(
        world.take(&inquiry.id, &ben, NOW),
        Refusal::AgentNotInService
    );
    world.take(&inquiry.id, &amy, NOW).unwrap();
    refused!(world.take(&inquiry.id, &ben, NOW), Refusal::InquiryTaken);
    refused!(world.take(&inquiry.id, &ned, NOW), Refusal::MayNotTake);

    // An idle agent may take, where idle agents work.
    let (_, inquiry) = world.queued("u");
    world
        .set_status(&amy.username, Presence::Offline, NOW)
        .unwrap();
    world.set("Livechat_enabled_when_agent_idle", json!(false));
    refused!(
        world.take(&inquiry.id, &amy, NOW),
        Refusal::AgentNotInService
    );
    world.set("Livechat_enabled_when_agent_idle", json!(true));
    world.take(&inquiry.id, &amy, NOW).unwrap();

    // Someone who is switched off takes nothing.
    world
        .set_status(&amy.username, Presence::Online, NOW)
        .unwrap();
    let (_, inquiry) = world.queued("v");
    let (id, off) = (
        amy.id.clone(),
        Change {
            active: Some(false),
            ..Change::default()
        },
    );
    world
        .command(move |cx| hark_staff::accounts::change(cx, &id, &off).map(drop))
        .unwrap();
    refused!(
        world.take(&inquiry.id, &amy, NOW),
        Refusal::AgentNotInService
    );
}

#[test]
fn forwarding_to_an_agent_is_refused_in_order() {
    let world = with_manual_selection();
    let (amy, ben) = (world.agent("amy"), world.agent("ben"));
    let room = world.served("t", &amy);
    let to = |agent: &Account| world.forward(&amy, &room.id, Some(&agent.id), None, NOW);

    refused!(
        world.forward(&amy, "nowhere", Some(&ben.id), None, NOW),
        Refusal::InvalidRoom
    );
    refused!(
        world.forward(&amy, &room.id, None, None, NOW),
        Refusal::ForwardWhere
    );
    refused!(to(&amy), Refusal::SameAgent);
    world
        .set_status(&amy.username, Presence::Offline, NOW)
        .unwrap();
    refused!(to(&amy), Refusal::AgentOffline);
    to(&ben).unwrap();
    let kinds = story::kinds(&world, &room.id);
    assert_eq!(kinds[kinds.len() - 2..], ["chat.taken", "chat.forwarded"]);
    let said: Vec<_> = world.up_to(&room.id, i64::MAX);
    let said: Vec<_> = said
        .iter()
        .rev()
        .take(4)
        .rev()
        .map(|one| one.system.unwrap().as_str())
        .collect();
    assert_eq!(said, ["command", "uj", "livechat_transfer_history", "ul"]);

    world.close(by(&ben), &room.id, NOW).unwrap();
    let again = world.forward(&ben, &room.id, Some(&ben.id), None, NOW);
    refused!(again, Refusal::ConversationClosed);
    // those who may not see the chat do not learn that it was taken
    refused!(to(&ben), Refusal::InvalidRoom);
    recount::check(&world);
}

#[test]
fn forwarding_to_a_department_is_refused_in_order() {
    let world = World::new(Engine::Sqlite);
    let (amy, ben) = (world.agent("amy"), world.agent("ben"));
    let mia = world.person("mia", &["livechat-manager"]);
    world
        .set_status(&ben.username, Presence::Offline, NOW)
        .unwrap();
    let sales = world.department(department("sales"), &[&amy]);
    let support = world.department(department("support"), &[&ben]);
    world.visitor("t");
    let room = world.open("t", None, NOW).unwrap();
    assert_eq!(room.department.as_deref(), Some(sales.id.as_str()));
    let to = |department: &str, agent: Option<&str>| {
        world.forward(&mia, &room.id, agent, Some(department), NOW)
    };

    refused!(to("nowhere", Some("nobody")), Refusal::UnknownDepartment);
    refused!(to(&sales.id, Some("nobody")), Refusal::SameDepartment);
    refused!(to(&support.id, Some(&amy.id)), Refusal::NotInDepartment);
    refused!(to(&support.id, None), Refusal::NobodyInDepartment);

    // The one who has it is the only one there.
    let alone = world.department(department("alone"), &[&amy]);
    refused!(to(&alone.id, None), Refusal::NobodyInDepartment);
    assert_eq!(world.room(&room.id).unwrap().department, room.department);

    // A department that stands in for it gets the chat.
    let cho = world.agent("cho");
    let nearby = world.department(department("nearby"), &[&cho]);
    let draft = DepartmentDraft {
        fallback: Some(nearby.id.clone()),
        ..department("away")
    };
    let away = world.department(draft, &[&ben]);
    let moved = to(&away.id, None).unwrap();
    assert!(moved.is_served_by(&cho.id));
    assert_eq!(moved.department.as_deref(), Some(nearby.id.as_str()));
    assert_eq!(world.inquiry(&room).unwrap().department, moved.department);
    let kinds: Vec<_> = world.up_to(&room.id, i64::MAX);
    let kinds: Vec<_> = kinds
        .iter()
        .filter_map(|one| one.system)
        .map(System::as_str)
        .collect();
    assert!(
        kinds.contains(&"livechat_transfer_history_fallback"),
        "{kinds:?}"
    );

    // One that receives while nobody is there queues.
    let draft = DepartmentDraft {
        receive_forward_offline: Some(true),
        ..department("patient")
    };
    let patient = world.department(draft, &[&ben]);
    let waits = to(&patient.id, None).unwrap();
    assert_eq!(
        (waits.served_by.as_ref(), waits.queued_at),
        (None, Some(NOW))
    );
    let kinds = story::kinds(&world, &room.id);
    assert_eq!(kinds[kinds.len() - 2..], ["chat.forwarded", "chat.queued"]);
    recount::check(&world);
}

#[test]
fn giving_back_is_refused_in_order() {
    let world = with_manual_selection();
    let (amy, ben) = (world.agent("amy"), world.agent("ben"));
    let room = world.served("t", &amy);
    let back = |who: &Account, department: Option<&str>| {
        world.return_to_queue(who, &room.id, department, MINUTE_LATER)
    };

    refused!(
        world.return_to_queue(&amy, "nowhere", None, NOW),
        Refusal::InvalidRoom
    );
    refused!(back(&ben, None), Refusal::NotAllowed);
    refused!(back(&amy, Some("nowhere")), Refusal::UnknownDepartment);
    world
        .reply(&amy, &room.id, &text("one moment"), NOW)
        .unwrap();
    world.set("Livechat_allow_manual_on_hold", json!(true));
    let (who, id) = (amy.clone(), room.id.clone());
    world
        .command_as(by(&who), NOW, move |cx| hark_chat::put_on_hold(cx, &id))
        .unwrap();
    refused!(back(&ben, None), Refusal::RoomOnHold);
    refused!(
        world.forward(&amy, &room.id, Some(&ben.id), None, NOW),
        Refusal::RoomOnHold
    );
    let (who, id) = (amy.clone(), room.id.clone());
    world
        .command_as(by(&who), NOW, move |cx| hark_chat::resume(cx, &id))
        .unwrap();

    assert!(back(&amy, None).unwrap());
    assert_eq!(world.room(&room.id).unwrap().queued_at, Some(MINUTE_LATER));
    assert!(!back(&amy, None).unwrap(), "nobody has it");
    world.close(Who::System, &room.id, MINUTE_LATER).unwrap();
    refused!(back(&amy, None), Refusal::RoomClosed);
    recount::check(&world);
}

static LEFTOVER: Statement = Statement::new(
    "leftover",
    "INSERT INTO subscription (id, room_id, account_id, open, alert, unread, user_mentions, group_mentions, created_at, updated_at)
        SELECT 'left-over', room.id, account.id, TRUE, FALSE, 0, 0, 0, 0, 0 FROM room, account
        WHERE room.kind = 'l' AND NOT room.open AND account.username = 'amy'",
    None,
);

#[test]
fn closing_is_refused_in_order() {
    let world = with_manual_selection();
    let (amy, ben) = (world.agent("amy"), world.agent("ben"));
    let draft = DepartmentDraft {
        tag_before_closing: Some(true),
        closing_tags: Some(vec!["of the department".into()]),
        ..department("tagged")
    };
    world.department(draft, &[&amy, &ben]);
    let room = world.served("t", &amy);
    assert!(room.department.is_some());
    let close = |who: &Account, comment: &str, tags: &[&str]| {
        world.close_with(by(who), &room.id, comment, tags, NOW)
    };

    refused!(world.close(by(&amy), "nowhere", NOW), Refusal::InvalidRoom);
    refused!(close(&ben, " ", &[]), Refusal::NotAuthorized);
    refused!(close(&amy, " ", &[]), Refusal::CommentRequired);
    refused!(close(&amy, "done", &[]), Refusal::TagsRequired);
    let closed = close(&amy, "done", &["given", "given"]).unwrap();
    assert_eq!(closed.tags, ["given", "of the department"]);
    refused!(close(&ben, " ", &[]), Refusal::RoomClosedAlready);

    // What an interrupted close left behind is cleared away, once.
    world.run(&LEFTOVER);
    close(&amy, "", &[]).unwrap();
    refused!(close(&amy, "", &[]), Refusal::RoomClosedAlready);

    // A visitor need not give tags.
    let room = world.served("u", &amy);
    let visitor = room.visitor.unwrap();
    world.close(Who::Visitor(visitor), &room.id, NOW).unwrap();
    recount::check(&world);
}

#[test]
fn who_may_see_a_chat() {
    let world = with_manual_selection();
    let (amy, ben) = (world.agent("amy"), world.agent("ben"));
    let mia = world.person("mia", &["user", "livechat-manager"]);
    let ned = world.person("ned", &["user"]);
    let sales = world.department(department("sales"), &[&amy]);

    // In the queue of a department: its agents and managers, where agents choose.
    let (room, inquiry) = world.queued("t");
    assert_eq!(room.department.as_deref(), Some(sales.id.as_str()));
    let seen_by = |room: &Room| [&amy, &ben, &mia, &ned].map(|one| sees(&world, one, room));
    assert_eq!(seen_by(&room), [true, false, true, false]);
    world.set("Livechat_Routing_Method", json!("Auto_Selection"));
    assert_eq!(seen_by(&room), [false, false, true, false]);
    world.set("Livechat_Routing_Method", json!("Manual_Selection"));
    refused!(world.join(&ben, &room.id, NOW), Refusal::NotAllowed);
    refused!(
        world.reply(&ben, &room.id, &text("hi"), NOW),
        Refusal::NotAllowed
    );

    // Served: the agent, and anyone who has come in.
    world.take(&inquiry.id, &amy, NOW).unwrap();
    assert_eq!(seen_by(&room), [true, false, true, false]);
    world.join(&mia, &room.id, NOW).unwrap();

    // Closed: the agent who had it, and those who may see such chats.
    world.close(by(&amy), &room.id, NOW).unwrap();
    let closed = seen_by(&room);
    assert_eq!((closed[0], closed[2], closed[3]), (true, true, false));
    refused!(
        world.reply(&amy, &room.id, &text("hi"), NOW),
        Refusal::RoomClosed
    );
    recount::check(&world);
}

#[test]
fn a_message_that_is_sent_again_is_said_once() {
    let world = with_manual_selection();
    let amy = world.agent("amy");
    let room = world.served("t", &amy);
    let said = world
        .say("t", &room.id, &named("m1", "hello"), NOW)
        .unwrap();
    let again = world
        .say("t", &room.id, &named("m1", "other words"), MINUTE_LATER)
        .unwrap();
    assert_eq!((again.at, again.text), (said.at, "hello".to_owned()));
    refused!(
        world.reply(&amy, &room.id, &named("m1", "mine"), NOW),
        Refusal::MessageIdTaken
    );
    refused!(
        world.say("nobody", &room.id, &text("hi"), NOW),
        Refusal::InvalidToken
    );
    world.visitor("u");
    refused!(
        world.say("u", &room.id, &text("hi"), NOW),
        Refusal::InvalidRoom
    );
    refused!(
        world.say("t", "nowhere", &text("hi"), NOW),
        Refusal::InvalidRoom
    );
    world.close(by(&amy), &room.id, NOW).unwrap();
    refused!(
        world.say("t", &room.id, &named("m1", "hello"), NOW),
        Refusal::RoomClosed
    );
    recount::check(&world);
}
