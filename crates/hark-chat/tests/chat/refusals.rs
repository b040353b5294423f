//! Refusals, in the order in which clients know them: of several reasons the first one is said.

use hark_chat::accounts::{Account, Change, Presence, change};
use hark_chat::departments::Draft as DepartmentDraft;
use hark_chat::messages::System;
use hark_chat::rooms::{self, Closer, Opening, Room};
use hark_chat::visitors::{CustomValue, Registration};
use hark_chat::{Actor, Refusal};
use hark_store::{Statement, Timestamp};
use hark_testkit::Engine;
use serde_json::json;

use crate::house::{House, NOW, department, named, text};
use crate::{recount, story};

macro_rules! refused {
    ($outcome:expr, $refusal:pat) => {{
        let outcome = $outcome;
        assert!(matches!(&outcome, Err($refusal)), "{:?}", outcome.err());
    }};
}

const MINUTE_LATER: Timestamp = NOW.plus_seconds(60);

fn house() -> House {
    let house = House::new(Engine::Sqlite);
    house.set("Livechat_Routing_Method", json!("Manual_Selection"));
    house
}

fn assigning() -> House {
    House::new(Engine::Sqlite)
}

fn by(account: &Account) -> Closer {
    Closer::Account(account.clone())
}

fn sees(house: &House, account: &Account, room: &Room) -> bool {
    let (policy, account, room) = (
        house.policy(),
        account.clone(),
        house.room(&room.id).unwrap(),
    );
    house.read(move |view| rooms::may_see(view, &policy, &account, &room))
}

#[test]
fn a_visitor_is_recognised_by_token_then_number_then_address() {
    let house = house();
    let told = |token: &str, email: Option<&str>, phone: Option<&str>| Registration {
        token: token.to_owned(),
        email: email.map(str::to_owned),
        phone: phone.map(str::to_owned),
        ..Registration::default()
    };
    let register = |told: &Registration| house.register(told, NOW);

    // The department is looked at before the address.
    let wrong = Registration {
        department: Some("nowhere".into()),
        ..told("t", Some("nobody"), None)
    };
    refused!(register(&told(" ", None, None)), Refusal::EmptyToken);
    refused!(register(&wrong), Refusal::InvalidDepartment);
    refused!(
        register(&told("t", Some("nobody"), None)),
        Refusal::Invalid { field: "Email", .. }
    );

    let sales = house.department(department("sales"), &[]);
    let ann = Registration {
        name: Some("Ann".into()),
        department: Some("sales".into()),
        ..told("t-ann", Some(" Ann@Example.org "), Some("555-1"))
    };
    let ann = register(&ann).unwrap();
    assert_eq!(ann.department.as_deref(), Some(sales.id.as_str()));
    assert_eq!(
        (ann.emails, ann.username),
        (vec!["ann@example.org".to_owned()], "guest-1".to_owned())
    );

    // By number she keeps her token, by address she takes the new one; a token is stronger.
    let again = register(&told("t-new", Some("other@example.org"), Some("555-1"))).unwrap();
    assert_eq!(
        (again.id, again.token),
        (ann.id.clone(), "t-ann".to_owned())
    );
    assert_eq!(
        (again.emails, again.name),
        (vec!["other@example.org".to_owned()], Some("Ann".to_owned()))
    );
    let again = register(&told("t-new", Some("OTHER@example.org"), None)).unwrap();
    assert_eq!((&again.id, again.token.as_str()), (&ann.id, "t-new"));
    let bob = register(&told("t-bob", None, None)).unwrap();
    let taken = register(&told("t-bob", Some("other@example.org"), None)).unwrap();
    assert_eq!(taken.id, bob.id);

    // What is meant for no field of a visitor means nothing.
    let custom = Registration {
        custom: vec![CustomValue {
            key: "nothing".into(),
            value: "x".into(),
            overwrite: true,
        }],
        ..told("t-bob", None, None)
    };
    assert!(register(&custom).unwrap().custom.is_empty());
    recount::check(&house);
}

#[test]
fn whom_another_program_named_is_looked_at_again() {
    let house = assigning();
    house.set("Livechat_Routing_Method", json!("External"));
    house.visitor("t");
    let (amy, ben) = (house.agent("amy"), house.agent("ben"));
    let open = |suggested: &Account| {
        let (policy, suggested) = (house.policy(), suggested.id.clone());
        let opening = Opening {
            agent: None,
            source: json!({"type": "widget"}),
            suggested: Some(suggested),
        };
        house.write(move |tx| Ok(rooms::open(tx, NOW, &policy, "t", &opening)?.room))
    };
    // He has gone since he was named; that somebody else is there changes nothing.
    house.show(&amy, Presence::Offline, NOW).unwrap();
    refused!(open(&amy), Refusal::NobodyOnline);
    refused!(house.open("t", None, NOW), Refusal::NobodyOnline);
    house.set("Livechat_accept_chats_with_no_agents", json!(true));
    let room = open(&amy).unwrap();
    assert!(room.served_by.is_none());
    let delegate = |suggested: &Account| {
        let (policy, suggested, room) = (house.policy(), suggested.id.clone(), room.id.clone());
        house.write(move |tx| rooms::delegate_waiting(tx, NOW, &policy, &room, Some(&suggested)))
    };
    assert!(!delegate(&amy).unwrap());
    assert!(delegate(&ben).unwrap());
    // It has an agent, and is not given out again.
    assert!(!delegate(&ben).unwrap());
    recount::check(&house);
}

#[test]
fn a_chat_is_opened_where_somebody_is() {
    let house = assigning();
    refused!(house.open("t", None, NOW), Refusal::InvalidToken);
    house.visitor("t");
    house.set("Livechat_enabled", json!(false));
    refused!(house.open("t", None, NOW), Refusal::ChatIsOff);
    house.set("Livechat_enabled", json!(true));
    refused!(house.open("t", None, NOW), Refusal::NobodyOnline);

    // Whoever has a chat gets it, whatever has changed since.
    let amy = house.agent("amy");
    let room = house.open("t", None, NOW).unwrap();
    house.set("Livechat_enabled", json!(false));
    assert_eq!(house.open("t", None, NOW).unwrap().id, room.id);
    house.set("Livechat_enabled", json!(true));

    // The agent who was asked for is not there.
    house.show(&amy, Presence::Offline, NOW).unwrap();
    let ben = house.agent("ben");
    house.visitor("u");
    refused!(house.open("u", Some(&amy.id), NOW), Refusal::NobodyOnline);
    assert!(
        house
            .open("u", Some(&ben.id), NOW)
            .unwrap()
            .is_served_by(&ben.id)
    );

    // Another department stands in: for the room, not for the queue.
    let sales = house.department(department("sales"), &[&ben]);
    let draft = DepartmentDraft {
        fallback: Some(sales.id.clone()),
        show_on_registration: false,
        ..department("empty")
    };
    let empty = house.department(draft, &[&amy]);
    let told = Registration {
        token: "v".into(),
        department: Some(empty.id.clone()),
        ..Registration::default()
    };
    house.set("Livechat_enabled_when_agent_idle", json!(false));
    house.register(&told, NOW).unwrap();
    let room = house.open("v", None, NOW).unwrap();
    assert_eq!(room.department.as_deref(), Some(sales.id.as_str()));
    assert!(room.is_served_by(&ben.id));
    let inquiry = house.inquiry(&room).unwrap();
    assert_eq!(inquiry.department.as_deref(), Some(empty.id.as_str()));

    // Nobody at all, and yet accepted: it is told that it began, and nothing else.
    house.show(&ben, Presence::Offline, NOW).unwrap();
    house.set("Livechat_accept_chats_with_no_agents", json!(true));
    house.visitor("w");
    let room = house.open("w", None, NOW).unwrap();
    assert_eq!(story::kinds(&house, &room.id), ["chat.started"]);
    recount::check(&house);
}

#[test]
fn taking_is_refused_in_order() {
    let house = house();
    let (amy, ben) = (house.agent("amy"), house.agent("ben"));
    let ned = house.person("ned", &["user"]);
    let (_, inquiry) = house.queued("t");
    house.set_available(&ben, false, NOW).unwrap();

    refused!(house.take("nobody-knows", &ned, NOW), Refusal::MayNotTake);
    refused!(
        house.take("nobody-knows", &ben, NOW),
        Refusal::NoSuchInquiry
    );
    refused!(
        house.take(&inquiry.id, &ben, NOW),
        Refusal::AgentNotInService
    );
    house.take(&inquiry.id, &amy, NOW).unwrap();
    refused!(house.take(&inquiry.id, &ben, NOW), Refusal::InquiryTaken);
    refused!(house.take(&inquiry.id, &ned, NOW), Refusal::MayNotTake);

    // An idle agent may take, where idle agents work.
    let (_, inquiry) = house.queued("u");
    house.show(&amy, Presence::Offline, NOW).unwrap();
    house.set("Livechat_enabled_when_agent_idle", json!(false));
    refused!(
        house.take(&inquiry.id, &amy, NOW),
        Refusal::AgentNotInService
    );
    house.set("Livechat_enabled_when_agent_idle", json!(true));
    house.take(&inquiry.id, &amy, NOW).unwrap();

    // Whoever is switched off takes nothing.
    house.show(&amy, Presence::Online, NOW).unwrap();
    let (_, inquiry) = house.queued("v");
    let (id, off) = (
        amy.id.clone(),
        Change {
            active: Some(false),
            ..Change::default()
        },
    );
    house
        .write(move |tx| change(tx, &Actor::System, NOW, &id, &off).map(drop))
        .unwrap();
    refused!(
        house.take(&inquiry.id, &amy, NOW),
        Refusal::AgentNotInService
    );
}

#[test]
fn forwarding_to_an_agent_is_refused_in_order() {
    let house = house();
    let (amy, ben) = (house.agent("amy"), house.agent("ben"));
    let room = house.served("t", &amy);
    let to = |agent: &Account| house.forward(&amy, &room.id, Some(&agent.id), None, NOW);

    refused!(
        house.forward(&amy, "nowhere", Some(&ben.id), None, NOW),
        Refusal::InvalidRoom
    );
    refused!(
        house.forward(&amy, &room.id, None, None, NOW),
        Refusal::ForwardWhere
    );
    refused!(to(&amy), Refusal::SameAgent);
    house.show(&amy, Presence::Offline, NOW).unwrap();
    refused!(to(&amy), Refusal::AgentOffline);
    to(&ben).unwrap();
    let told = story::kinds(&house, &room.id);
    assert_eq!(told[told.len() - 2..], ["chat.taken", "chat.forwarded"]);
    let said: Vec<_> = house.up_to(&room.id, i64::MAX);
    let said: Vec<_> = said
        .iter()
        .rev()
        .take(4)
        .rev()
        .map(|one| one.system.unwrap().as_str())
        .collect();
    assert_eq!(said, ["command", "uj", "livechat_transfer_history", "ul"]);

    house.close(by(&ben), &room.id, NOW).unwrap();
    refused!(to(&ben), Refusal::ConversationClosed);
    recount::check(&house);
}

#[test]
fn forwarding_to_a_department_is_refused_in_order() {
    let house = assigning();
    let (amy, ben) = (house.agent("amy"), house.agent("ben"));
    house.show(&ben, Presence::Offline, NOW).unwrap();
    let sales = house.department(department("sales"), &[&amy]);
    let support = house.department(department("support"), &[&ben]);
    house.visitor("t");
    let room = house.open("t", None, NOW).unwrap();
    assert_eq!(room.department.as_deref(), Some(sales.id.as_str()));
    let to = |department: &str, agent: Option<&str>| {
        house.forward(&amy, &room.id, agent, Some(department), NOW)
    };

    refused!(to("nowhere", Some("nobody")), Refusal::UnknownDepartment);
    refused!(to(&sales.id, Some("nobody")), Refusal::SameDepartment);
    refused!(to(&support.id, Some(&amy.id)), Refusal::NotInDepartment);
    refused!(to(&support.id, None), Refusal::NobodyInDepartment);

    // The one who has it is the only one there.
    let alone = house.department(department("alone"), &[&amy]);
    refused!(to(&alone.id, None), Refusal::NobodyInDepartment);
    assert_eq!(house.room(&room.id).unwrap().department, room.department);

    // A department that stands in for it gets the chat.
    let cho = house.agent("cho");
    let nearby = house.department(department("nearby"), &[&cho]);
    let draft = DepartmentDraft {
        fallback: Some(nearby.id.clone()),
        ..department("away")
    };
    let away = house.department(draft, &[&ben]);
    let moved = to(&away.id, None).unwrap();
    assert!(moved.is_served_by(&cho.id));
    assert_eq!(moved.department.as_deref(), Some(nearby.id.as_str()));
    assert_eq!(house.inquiry(&room).unwrap().department, moved.department);
    let kinds: Vec<_> = house.up_to(&room.id, i64::MAX);
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
    let patient = house.department(draft, &[&ben]);
    let waits = to(&patient.id, None).unwrap();
    assert_eq!(
        (waits.served_by.as_ref(), waits.queued_at),
        (None, Some(NOW))
    );
    let told = story::kinds(&house, &room.id);
    assert_eq!(told[told.len() - 2..], ["chat.forwarded", "chat.queued"]);
    recount::check(&house);
}

#[test]
fn giving_back_is_refused_in_order() {
    let house = house();
    let (amy, ben) = (house.agent("amy"), house.agent("ben"));
    let room = house.served("t", &amy);
    let back = |who: &Account, department: Option<&str>| {
        house.return_to_queue(who, &room.id, department, MINUTE_LATER)
    };

    refused!(
        house.return_to_queue(&amy, "nowhere", None, NOW),
        Refusal::InvalidRoom
    );
    refused!(back(&ben, None), Refusal::NotAllowed);
    refused!(back(&amy, Some("nowhere")), Refusal::UnknownDepartment);
    house
        .reply(&amy, &room.id, &text("one moment"), NOW)
        .unwrap();
    let (who, id) = (amy.clone(), room.id.clone());
    house
        .write(move |tx| rooms::put_on_hold(tx, NOW, &who, &id, ""))
        .unwrap();
    refused!(back(&ben, None), Refusal::RoomOnHold);
    refused!(
        house.forward(&amy, &room.id, Some(&ben.id), None, NOW),
        Refusal::RoomOnHold
    );
    let (who, id) = (amy.clone(), room.id.clone());
    house
        .write(move |tx| rooms::resume(tx, NOW, &who, &id, ""))
        .unwrap();

    assert!(back(&amy, None).unwrap());
    assert_eq!(house.room(&room.id).unwrap().queued_at, Some(MINUTE_LATER));
    assert!(!back(&amy, None).unwrap(), "nobody has it");
    house.close(Closer::House, &room.id, MINUTE_LATER).unwrap();
    refused!(back(&amy, None), Refusal::RoomClosed);
    recount::check(&house);
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
    let house = house();
    let (amy, ben) = (house.agent("amy"), house.agent("ben"));
    let draft = DepartmentDraft {
        tag_before_closing: Some(true),
        closing_tags: Some(vec!["of the department".into()]),
        ..department("tagged")
    };
    house.department(draft, &[&amy, &ben]);
    let room = house.served("t", &amy);
    assert!(room.department.is_some());
    let close = |who: &Account, comment: &str, tags: &[&str]| {
        house.close_with(by(who), &room.id, comment, tags, NOW)
    };

    refused!(house.close(by(&amy), "nowhere", NOW), Refusal::InvalidRoom);
    refused!(close(&ben, " ", &[]), Refusal::NotAuthorized);
    refused!(close(&amy, " ", &[]), Refusal::CommentRequired);
    refused!(close(&amy, "done", &[]), Refusal::TagsRequired);
    let closed = close(&amy, "done", &["given", "given"]).unwrap();
    assert_eq!(closed.tags, ["given", "of the department"]);
    refused!(close(&ben, " ", &[]), Refusal::RoomClosedAlready);

    // What an interrupted close left behind is cleared away, once.
    house.run(&LEFTOVER);
    close(&amy, "", &[]).unwrap();
    refused!(close(&amy, "", &[]), Refusal::RoomClosedAlready);

    // A visitor need not give tags.
    let room = house.served("u", &amy);
    let visitor = room.visitor.unwrap();
    house
        .close(Closer::Visitor(visitor), &room.id, NOW)
        .unwrap();
    recount::check(&house);
}

#[test]
fn who_may_see_a_chat() {
    let house = house();
    let (amy, ben) = (house.agent("amy"), house.agent("ben"));
    let mia = house.person("mia", &["user", "livechat-manager"]);
    let ned = house.person("ned", &["user"]);
    let sales = house.department(department("sales"), &[&amy]);

    // In the queue of a department: its agents and managers, where agents choose.
    let (room, inquiry) = house.queued("t");
    assert_eq!(room.department.as_deref(), Some(sales.id.as_str()));
    let seen_by = |room: &Room| [&amy, &ben, &mia, &ned].map(|one| sees(&house, one, room));
    assert_eq!(seen_by(&room), [true, false, true, false]);
    house.set("Livechat_Routing_Method", json!("Auto_Selection"));
    assert_eq!(seen_by(&room), [false, false, true, false]);
    house.set("Livechat_Routing_Method", json!("Manual_Selection"));
    refused!(house.join(&ben, &room.id, NOW), Refusal::NotAllowed);
    refused!(
        house.reply(&ben, &room.id, &text("hi"), NOW),
        Refusal::NotAllowed
    );

    // Served: the agent, and whoever has come in.
    house.take(&inquiry.id, &amy, NOW).unwrap();
    assert_eq!(seen_by(&room), [true, false, true, false]);
    house.join(&mia, &room.id, NOW).unwrap();

    // Closed: the agent who had it, and those who may see such chats.
    house.close(by(&amy), &room.id, NOW).unwrap();
    let closed = seen_by(&room);
    assert_eq!((closed[0], closed[2], closed[3]), (true, true, false));
    refused!(
        house.reply(&amy, &room.id, &text("hi"), NOW),
        Refusal::RoomClosed
    );
    recount::check(&house);
}

#[test]
fn a_message_that_is_sent_again_is_said_once() {
    let house = house();
    let amy = house.agent("amy");
    let room = house.served("t", &amy);
    let said = house
        .say("t", &room.id, &named("m1", "hello"), NOW)
        .unwrap();
    let again = house
        .say("t", &room.id, &named("m1", "other words"), MINUTE_LATER)
        .unwrap();
    assert_eq!((again.at, again.text), (said.at, "hello".to_owned()));
    refused!(
        house.reply(&amy, &room.id, &named("m1", "mine"), NOW),
        Refusal::MessageIdTaken
    );
    refused!(
        house.say("nobody", &room.id, &text("hi"), NOW),
        Refusal::InvalidToken
    );
    house.visitor("u");
    refused!(
        house.say("u", &room.id, &text("hi"), NOW),
        Refusal::InvalidRoom
    );
    refused!(
        house.say("t", "nowhere", &text("hi"), NOW),
        Refusal::InvalidRoom
    );
    house.close(by(&amy), &room.id, NOW).unwrap();
    refused!(
        house.say("t", &room.id, &named("m1", "hello"), NOW),
        Refusal::RoomClosed
    );
    recount::check(&house);
}
