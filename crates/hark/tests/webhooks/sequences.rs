//! Which requests come, and in which order.

use hark_testkit::{Agent, Engine, on_both_engines, text};
use serde_json::{Value, json};

use crate::crm::Crm;

const START: &str = "LivechatSessionStart";
const QUEUED: &str = "LivechatSessionQueued";
const TAKEN: &str = "LivechatSessionTaken";
const FORWARDED: &str = "LivechatSessionForwarded";
const CLOSED: &str = "LivechatSession";
const EDITED: &str = "LivechatEdit";
const MESSAGE: &str = "Message";
const LEAD: &str = "LeadCapture";
const OFFLINE: &str = "LivechatOfflineMessage";

fn away(agent: &Agent) {
    let status = json!({"status": "not-available"});
    agent
        .client
        .post("livechat/agent.status", &status)
        .expect(200);
}

on_both_engines! {
    fn where_routing_assigns_chats(engine: Engine) {
        let crm = Crm::open(engine);
        let (amy, ben) = (crm.agent("amy"), crm.agent("ben"));
        let sales = crm.department("Sales", &[&ben], &json!({"showOnRegistration": false}));

        let rid = crm.new_chat("first");
        crm.hears(&[START, TAKEN]);
        crm.say("first", &rid, "Hi");
        crm.answer(&amy, &rid, "Good morning");
        crm.hears(&[MESSAGE, MESSAGE]);
        // To an agent: they take it, then it was forwarded.
        crm.forward(&rid, &json!({"userId": ben.id}));
        let to_agent = crm.hears(&[TAKEN, FORWARDED]);
        let body = to_agent[1].json();
        assert_eq!(body["servedBy"]["username"], "ben");
        assert_eq!(body["oldServedBy"]["username"], "amy");
        assert_eq!((body.get("departmentId"), body.get("oldDepartmentId")), (None, None));
        assert_eq!(body["agent"]["username"], "ben");
        crm.forward(&rid, &json!({"userId": amy.id}));
        crm.hears(&[TAKEN, FORWARDED]);
        // To a department that gives it out: taken while it is where it was.
        crm.forward(&rid, &json!({"departmentId": sales}));
        let to_sales = crm.hears(&[TAKEN, FORWARDED]);
        let (taken, body) = (to_sales[0].json(), to_sales[1].json());
        assert_eq!((taken.get("departmentId"), &taken["servedBy"]["username"]), (None, &json!("ben")));
        assert_eq!((&body["departmentId"], &body["servedBy"]["username"]), (&json!(sales), &json!("ben")));
        assert_eq!((body.get("oldDepartmentId"), body.get("oldServedBy")), (None, None));
        // Nothing of what has no word there.
        let mia = crm.admin.agent_with("mia", &["livechat-manager"]);
        mia.client.get(&format!("livechat/room.join?roomId={rid}")).expect(200);
        crm.answer(&ben, &rid, "One moment");
        let said = crm.answer(&ben, &rid, "Or two");
        let gone = json!({"roomId": rid, "msgId": said["_id"]});
        ben.client.post("chat.delete", &gone).expect(200);
        let rating = json!({"token": "first", "rid": rid, "data": [{"name": "satisfaction", "value": "5"}]});
        crm.anyone().post("livechat/room.survey", &rating).expect(200);
        crm.note(&rid, "while it is open");
        crm.hears(&[MESSAGE, MESSAGE]);
        crm.close(&ben, &rid, "Solved");
        crm.note(&rid, "after it was closed");
        crm.note(&rid, "and once more");
        let end = crm.hears(&[CLOSED, EDITED, EDITED]);
        assert_eq!(end[0].json()["closer"], "user");
        assert_eq!(end[0].json()["topic"], "while it is open");
        assert_eq!(end[2].json()["topic"], "and once more");

        // Back into the queue: somebody else will have it.
        let rid = crm.new_chat("second");
        crm.hears(&[START, TAKEN]);
        let server = text(&crm.room(&rid), "/servedBy/username");
        let server = if server == "amy" { &amy } else { &ben };
        server.client.method("livechat:returnAsInquiry", &json!([rid]));
        let body = crm.hears_one(QUEUED);
        assert_eq!(body.get("agent"), None);
        crm.close_as_visitor("second", &rid);
        let body = crm.hears_one(CLOSED);
        assert_eq!((&body["closer"], body.get("servedBy")), (&json!("visitor"), None));

        // The account of an agent is switched off.
        away(&ben);
        let rid = crm.new_chat("third");
        crm.hears(&[START, TAKEN]);
        let off = json!({"userId": amy.id, "activeStatus": false});
        crm.admin.post("users.setActiveStatus", &off).expect(200);
        let body = crm.hears_one(CLOSED);
        assert_eq!(body["messages"][0]["msg"], "Agent was deactivated");
        crm.note(&rid, "later");
        crm.hears(&[EDITED]);

        // Nobody is there, and that is no obstacle.
        crm.set("Livechat_accept_chats_with_no_agents", true);
        let rid = crm.new_chat("fourth");
        crm.hears(&[START]);
        crm.say("fourth", &rid, "Anyone?");
        crm.close_as_visitor("fourth", &rid);
        crm.hears(&[MESSAGE, CLOSED]);
    }

    fn where_agents_choose_their_chats(engine: Engine) {
        let crm = Crm::open(engine);
        crm.set("Livechat_Routing_Method", "Manual_Selection");
        let (amy, ben) = (crm.agent("amy"), crm.agent("ben"));
        let sales = crm.department("Sales", &[&ben], &json!({}));
        let care = crm.department("Care", &[&amy, &ben], &json!({}));

        crm.visitor("first", &json!({"department": care}));
        let rid = text(&crm.chat("first"), "/_id");
        let begun = crm.hears(&[START, QUEUED]);
        assert_eq!(begun[0].json()["departmentId"], care);
        assert_eq!((begun[1].json().get("agent"), &begun[1].json()["departmentId"]), (None, &json!(care)));
        crm.say("first", &rid, "Hi");
        crm.take(&amy, &rid).expect(200);
        let taken = crm.hears(&[MESSAGE, TAKEN]);
        let body = taken[1].json();
        assert_eq!(body["messages"].as_array().unwrap().len(), 1, "{body}");
        assert_eq!((&body["servedBy"]["_id"], &body["agent"]["_id"]), (&json!(amy.id), &json!(amy.id)));

        crm.forward(&rid, &json!({"userId": ben.id}));
        let body = crm.hears(&[TAKEN, FORWARDED])[1].json();
        assert_eq!((&body["departmentId"], body.get("oldDepartmentId")), (&json!(care), None));
        assert_eq!((&body["servedBy"]["username"], &body["oldServedBy"]["username"]), (&json!("ben"), &json!("amy")));
        // To a department, whose queue it joins: the one who had it is named as the one who has it.
        crm.forward(&rid, &json!({"departmentId": sales}));
        let moved = crm.hears(&[FORWARDED, QUEUED]);
        let body = moved[0].json();
        assert_eq!((&body["departmentId"], &body["oldDepartmentId"]), (&json!(sales), &json!(care)));
        assert_eq!((&body["servedBy"]["username"], body.get("oldServedBy")), (&json!("ben"), None));
        assert_eq!(moved[1].json().get("agent"), None);
        crm.take(&ben, &rid).expect(200);
        crm.hears(&[TAKEN]);
        // Back into the queue, of the same department and of another.
        ben.client.method("livechat:returnAsInquiry", &json!([rid]));
        crm.hears(&[QUEUED]);
        crm.take(&ben, &rid).expect(200);
        ben.client.method("livechat:returnAsInquiry", &json!([rid, care]));
        let moved = crm.hears(&[TAKEN, FORWARDED, QUEUED]);
        let body = moved[1].json();
        assert_eq!((&body["departmentId"], &body["oldDepartmentId"]), (&json!(care), &json!(sales)));
        assert_eq!(moved[2].json()["departmentId"], care);
        crm.take(&amy, &rid).expect(200);
        crm.close(&amy, &rid, "Bye");
        crm.note(&rid, "noted");
        let end = crm.hears(&[TAKEN, CLOSED, EDITED]);
        // Nothing that the server itself said on the way is in the history.
        let said: Vec<Value> = end[1].json()["messages"].as_array().unwrap().iter().map(|one| one["msg"].clone()).collect();
        assert_eq!(said, ["Hi", "Bye"]);

        // A bot does not wait in the queue.
        let bot = crm.admin.agent_with("robby", &["bot", "livechat-agent"]);
        crm.set("Livechat_assign_new_conversation_to_bot", true);
        let rid = crm.new_chat("second");
        let body = crm.hears(&[START, TAKEN])[1].json();
        assert_eq!(body["agent"]["username"], "robby");
        crm.answer(&bot, &rid, "Beep");
        let body = crm.hears_one(MESSAGE);
        assert_eq!(body["messages"][0]["agentId"], bot.id);
        crm.close_as_visitor("second", &rid);
        crm.hears(&[CLOSED]);
    }

    fn what_is_said_left_and_looked_at(engine: Engine) {
        let crm = Crm::open(engine);
        crm.set("Livechat_webhook_on_capture", true);
        let amy = crm.agent("amy");
        let rid = crm.new_chat("ana");
        crm.hears(&[START, TAKEN]);

        // What changes is said again, by the one who said it.
        let mine = crm.say("ana", &rid, "Helo");
        let change = json!({"token": "ana", "rid": rid, "msg": "Hello"});
        crm.anyone().put(&format!("livechat/message/{}", text(&mine, "/_id")), &change).expect(200);
        let theirs = crm.answer(&amy, &rid, "Good mornin");
        let change = json!({"roomId": rid, "msgId": theirs["_id"], "text": "Good morning"});
        amy.client.post("chat.update", &change).expect(200);
        let said = crm.hears(&[MESSAGE; 4]);
        for (index, words, by_agent, edited) in [(0, "Helo", false, false), (1, "Hello", false, true), (2, "Good mornin", true, false), (3, "Good morning", true, true)] {
            let body = said[index].json()["messages"].clone();
            assert_eq!(body.as_array().unwrap().len(), 1);
            let body = &body[0];
            assert_eq!(body["msg"], words);
            assert_eq!((body.get("agentId").is_some(), body.get("editedAt").is_some()), (by_agent, edited), "{body}");
        }
        assert_eq!(said[0].json()["messages"][0]["_id"], said[1].json()["messages"][0]["_id"]);
        // Each kind has its switch, and what changes goes by the one who said it.
        crm.integrate(&json!({"LivechatWebhookOnAgentMessage": false}));
        crm.answer(&amy, &rid, "unheard");
        amy.client.post("chat.update", &change).expect(200);
        crm.say("ana", &rid, "heard");
        assert_eq!(crm.hears_one(MESSAGE)["messages"][0]["msg"], "heard");
        crm.integrate(&json!({"LivechatWebhookOnAgentMessage": true, "LivechatWebhookOnVisitorMessage": false}));
        crm.say("ana", &rid, "unheard");
        crm.answer(&amy, &rid, "heard");
        assert_eq!(crm.hears_one(MESSAGE)["messages"][0]["msg"], "heard");
        crm.integrate(&json!({"LivechatWebhookOnVisitorMessage": true}));

        // A lead comes after the words that hold it, once, and never from an agent.
        crm.say("ana", &rid, "mail me at Bob.Smith+x@Mail.example.com, or 99999-1234");
        crm.say("ana", &rid, "that is bob.smith+x@mail.example.com");
        crm.answer(&amy, &rid, "mine is amy@example.org");
        let body = crm.hears(&[MESSAGE, LEAD, MESSAGE, MESSAGE]);
        let (before, lead) = (body[0].json(), body[1].json());
        assert_eq!((before["visitor"].get("email"), &before["visitor"]["phone"]), (None, &Value::Null));
        assert_eq!(lead["visitor"]["email"], json!([{"address": "Bob.Smith+x@Mail.example.com"}]));
        assert_eq!(lead["visitor"]["phone"], json!([{"phoneNumber": "99999-1234"}]));
        assert_eq!(lead["messages"], json!([]));
        crm.set("Livechat_webhook_on_capture", false);
        crm.say("ana", &rid, "or carl@example.org");
        crm.say("ana", &rid, "hm");
        crm.hears(&[MESSAGE, MESSAGE]);

        // Pages: with both settings a request of its own and a part of the history.
        crm.visit("ana", Some(&rid), "unseen");
        crm.set("Send_visitor_navigation_history_livechat_webhook_request", true);
        crm.visit("ana", Some(&rid), "unseen");
        crm.set("Livechat_Visitor_navigation_as_a_message", true);
        crm.visit("ben", None, "before");
        crm.visit("ana", Some(&rid), "shoes");
        let body = crm.hears_one(MESSAGE);
        let page = &body["messages"][0];
        let wanted = json!({
            "page": {"title": "shoes", "change": "url", "location": {"href": "https://shop.example.org/shoes"}},
            "token": "ana",
        });
        assert_eq!((&page["navigation"], &page["msg"], &page["agentId"]), (&wanted, &json!("shoes - https://shop.example.org/shoes"), &json!("rocket.cat")));
        crm.close(&amy, &rid, "Bye");
        let end = crm.hears_one(CLOSED);
        let pages: Vec<&Value> = end["messages"].as_array().unwrap().iter().filter(|one| one.get("navigation").is_some()).collect();
        assert_eq!(pages, [page], "those that nobody was to see are not in it");
        crm.set("Livechat_Visitor_navigation_as_a_message", false);
        crm.note(&rid, "noted");
        let body = crm.hears_one(EDITED);
        assert!(!body.to_string().contains("navigation"));
        crm.set("Livechat_Visitor_navigation_as_a_message", true);
        // What was looked at before the chat is in its history alone.
        crm.visitor("ben", &json!({}));
        crm.chat("ben");
        let begun = crm.hears(&[START, TAKEN]);
        assert_eq!(begun[0].json()["messages"], json!([]));
        assert_eq!(begun[1].json()["messages"][0]["navigation"]["page"]["title"], "before");

        // A message is left whether or not there is mail.
        let form = json!({"name": "Eve ", "email": "Eve@Example.org", "message": "Call me", "department": "x", "host": "y"});
        crm.anyone().post("livechat/offline.message", &form).expect(200);
        let left = crm.hears_one(OFFLINE);
        let wanted = json!({
            "type": "LivechatOfflineMessage", "sentAt": left["sentAt"],
            "visitor": {"name": "Eve ", "email": "Eve@Example.org"}, "message": "Call me",
        });
        assert_eq!(left.to_string(), wanted.to_string());
    }
}

#[test]
fn what_the_server_does_by_itself() {
    let crm = Crm::open(Engine::Sqlite);
    crm.set("Omnichannel_queue_delay_timeout", 1);
    crm.set("Livechat_accept_chats_with_no_agents", true);
    let rid = crm.new_chat("ana");
    crm.hears(&[START]);
    // Somebody comes, and gets what has waited.
    let amy = crm.agent("amy");
    crm.hears(&[TAKEN]);
    // She goes, and another has it.
    let ben = crm.agent("ben");
    crm.set("Livechat_agent_leave_action_timeout", 1);
    crm.set("Livechat_agent_leave_action", "forward");
    let leave = |agent: &Agent| {
        let offline = json!({"status": "offline", "message": ""});
        agent.client.post("users.setStatus", &offline).expect(200);
    };
    leave(&amy);
    let body = crm.hears(&[TAKEN, FORWARDED])[1].json();
    assert_eq!(
        (
            &body["servedBy"]["username"],
            &body["oldServedBy"]["username"]
        ),
        (&json!("ben"), &json!("amy"))
    );
    crm.set("Livechat_agent_leave_comment", "nobody is here");
    crm.set("Livechat_agent_leave_action", "close");
    leave(&ben);
    let body = crm.hears_one(CLOSED);
    assert_eq!(
        (&body["closer"], &body["closedBy"]["username"]),
        (&json!("user"), &json!("rocket.cat"))
    );
    assert_eq!(body["messages"][0]["msg"], "nobody is here");
    crm.note(&rid, "noted");
    crm.hears(&[EDITED]);
}

/// A body says what was true when it happened, also when it is sent much later.
#[test]
fn what_comes_late_shows_its_own_time() {
    let crm = Crm::open(Engine::Sqlite);
    crm.set("Livechat_Routing_Method", "Manual_Selection");
    let amy = crm.agent("amy");
    let rid = crm.new_chat("ana");
    crm.hears(&[START, QUEUED]);
    // The receiver is slow, so that all that follows waits for the first message.
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    crm.receiver.answer(move |_| {
        assert!(held.lock().unwrap().recv().is_err());
        hark_testkit::Reply::status(200)
    });
    let first = crm.say("ana", &rid, "first");
    crm.receiver.wait(3);
    let second = crm.say("ana", &rid, "secnd");
    crm.take(&amy, &rid).expect(200);
    let change = json!({"token": "ana", "rid": rid, "msg": "second"});
    crm.anyone()
        .put(
            &format!("livechat/message/{}", text(&second, "/_id")),
            &change,
        )
        .expect(200);
    let gone = json!({"token": "ana", "rid": rid});
    crm.anyone()
        .delete(&format!("livechat/message/{}", text(&first, "/_id")), &gone)
        .expect(200);
    crm.close(&amy, &rid, "Bye");
    drop(release);
    let body: Vec<Value> = crm
        .hears(&[MESSAGE, MESSAGE, TAKEN, MESSAGE, CLOSED])
        .iter()
        .map(hark_testkit::Received::json)
        .collect();
    let words = |body: &Value| -> Vec<String> {
        let all = body["messages"].as_array().unwrap().iter();
        all.map(|one| text(one, "/msg")).collect()
    };
    assert_eq!(words(&body[0]), ["first"]);
    assert_eq!(words(&body[1]), ["secnd"]);
    assert_eq!(words(&body[2]), ["first", "secnd"]);
    assert_eq!(words(&body[3]), ["second"]);
    assert_eq!(words(&body[4]), ["second", "Bye"]);
    assert_eq!(
        (body[1].get("agent"), body[2].get("agent").is_some()),
        (None, true)
    );
}

#[test]
fn what_is_switched_off_does_not_come() {
    let crm = Crm::silent(Engine::Sqlite);
    crm.point_to(&crm.receiver.url("/hook"));
    let (amy, ben) = (crm.agent("amy"), crm.agent("ben"));
    let life = |token: &str| {
        let rid = crm.new_chat(token);
        let served = text(&crm.room(&rid), "/servedBy/username");
        let to = if served == "amy" { &ben } else { &amy };
        crm.say(token, &rid, "mail@example.org");
        crm.visit(token, Some(&rid), "page");
        crm.forward(&rid, &json!({"userId": to.id}));
        crm.answer(to, &rid, "Hi");
        to.client.method("livechat:returnAsInquiry", &json!([rid]));
        crm.close_as_visitor(token, &rid);
        crm.note(&rid, "noted");
    };
    // The change of a closed chat alone has no switch.
    let form = json!({"name": "Eve", "email": "eve@example.org", "message": "Call me"});
    crm.anyone()
        .post("livechat/offline.message", &form)
        .expect(200);
    life("all-off");
    crm.hears(&[EDITED]);
    for (switch, wanted) in [
        ("Livechat_webhook_on_start", &[START][..]),
        ("Livechat_webhook_on_chat_taken", &[TAKEN, TAKEN]),
        ("Livechat_webhook_on_forward", &[FORWARDED]),
        ("Livechat_webhook_on_chat_queued", &[QUEUED]),
        ("Livechat_webhook_on_visitor_message", &[MESSAGE]),
        ("Livechat_webhook_on_agent_message", &[MESSAGE]),
        ("Livechat_webhook_on_capture", &[LEAD]),
        ("Livechat_webhook_on_close", &[CLOSED]),
        ("Livechat_webhook_on_offline_msg", &[]),
    ] {
        crm.set(switch, true);
        life(switch);
        crm.hears(&[wanted, &[EDITED]].concat());
        crm.set(switch, false);
    }
}
