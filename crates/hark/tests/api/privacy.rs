//! What is kept of a visitor, how they get it, and how it goes.

use hark_testkit::{Client, Desk, Engine, names, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

const API: &str = "/api/hark/v1/";

fn desk(engine: Engine) -> Desk {
    let desk = Desk::open(HARK, engine);
    desk.set("Livechat_Routing_Method", "Manual_Selection");
    desk
}

/// All pages of what is kept of a visitor.
fn export(client: &Client, visitor: &str, limit: usize) -> (Value, Vec<Value>) {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    for _ in 0..100 {
        let path = format!("{API}visitors/{visitor}/export?limit={limit}{cursor}");
        let page = client.get(&path).expect(200);
        assert_eq!(names(&page), ["items", "nextCursor", "visitor"]);
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (page["visitor"].clone(), items),
        }
    }
    panic!("it does not end");
}

on_both_engines! {
    fn all_that_is_kept_of_a_visitor_is_given_out(engine: Engine) {
        let desk = desk(engine);
        let amy = desk.agent("amy");
        let visitor = desk.visitor("ada", &json!({"name": "Ada", "email": "ada@example.org", "phone": "+4711"}));
        let id = text(&visitor, "/_id");
        let visit = json!({"token": "ada", "pageInfo": {"change": "url", "title": "Socks",
            "location": {"href": "https://shop.example.com/socks"}}});
        let mut said = Vec::new();
        for number in 0..3 {
            let rid = text(&desk.chat("ada"), "/_id");
            let mut visit = visit.clone();
            visit["rid"] = json!(rid);
            desk.anyone().post("livechat/page.visited", &visit).expect(200);
            for word in 0..5 {
                let words = format!("word {word} of chat {number}");
                desk.say("ada", &rid, &words);
                said.push(words);
            }
            assert_eq!(desk.take(&amy, &rid).status, 200);
            let note = json!({"text": "a secret of ours"});
            amy.client.post(&format!("{API}conversations/{rid}/notes"), &note).expect(201);
            amy.client.post("livechat/room.closeByUser", &json!({"rid": rid, "comment": "bye"})).expect(200);
        }
        desk.new_chat("somebody else");
        let manager = desk.admin.person("max", &["user", "livechat-manager"]);
        for limit in [1, 4, 200] {
            let (person, items) = export(&manager, &id, limit);
            assert_eq!((&person["id"], &person["name"]), (&json!(id), &json!("Ada")));
            assert_eq!((&person["emails"], &person["phones"]), (&json!(["ada@example.org"]), &json!(["+4711"])));
            let messages = items.iter().flat_map(|item| item["messages"].as_array().unwrap());
            let found: Vec<&str> = messages.filter(|message| message["byVisitor"] == true && message["notice"].is_null())
                .map(|message| message["text"].as_str().unwrap()).collect();
            let mut wanted: Vec<&str> = said.iter().map(String::as_str).collect();
            wanted.reverse();
            assert_eq!(found, wanted, "{limit} at once");
            let pages: usize = items.iter().map(|item| item["pages"].as_array().unwrap().len()).sum();
            assert_eq!(pages, 3);
            let all = json!(items).to_string();
            assert!(all.contains("Socks - https://shop.example.com/socks") && !all.contains("a secret of ours"));
            assert!(!all.contains("\"token\""), "{all}");
        }
        let path = format!("{API}visitors/{id}/export");
        assert_eq!(amy.client.get(&path).status, 403);
        assert_eq!(manager.get(&format!("{API}visitors/none/export")).status, 404);
        assert_eq!(manager.get(&format!("{path}?cursor=x")).status, 400);
        assert_eq!(manager.get(&format!("{path}?limit=201")).status, 400);
    }

    fn who_works_here_forgets_a_visitor(engine: Engine) {
        let desk = desk(engine);
        let amy = desk.agent("amy");
        let manager = desk.admin.person("max", &["user", "livechat-manager"]);
        desk.set("Livechat_Allow_collect_and_store_HTTP_header_informations", false);
        let visitor = desk.visitor("ada", &json!({"name": "Ada", "email": "ada@example.org"}));
        let id = text(&visitor, "/_id");
        let rid = text(&desk.chat("ada"), "/_id");
        desk.say("ada", &rid, "forget me");
        let path = format!("{API}visitors/{id}");
        assert_eq!(amy.client.delete(&path, &json!({})).status, 403);
        let open = manager.delete(&path, &json!({}));
        assert_eq!((open.status, open.value()["status"].clone()), (400, json!(400)), "{open:?}");
        assert_eq!(desk.take(&amy, &rid).status, 200);
        amy.client.post("livechat/room.closeByUser", &json!({"rid": rid, "comment": "bye"})).expect(200);
        assert_eq!(manager.delete(&path, &json!({})).status, 204);
        assert_eq!(manager.delete(&path, &json!({})).status, 404);
        assert_eq!(manager.get(&format!("{path}/export")).status, 404);
        assert_eq!(desk.anyone().get("livechat/visitor/ada").status, 400);
        let events = desk.database.events();
        let (_, _, erased) = events.iter().find(|(_, kind, _)| kind == "visitor.erased").unwrap();
        assert_eq!((&erased["visitor"], &erased["chats"]), (&json!(id), &json!(1)));
        assert_eq!(erased["by"]["username"], "max");
        assert!(!erased.to_string().contains("ada@example.org"));
        let audit = desk.admin.get(&format!("{API}audit?kind=visitor.erased")).expect(200);
        assert_eq!(audit["items"][0]["changes"][0]["subject"], json!(id));
    }

    fn what_agents_write_down_of_a_visitor_is_told(engine: Engine) {
        let desk = desk(engine);
        let amy = desk.agent("amy");
        let visitor = desk.visitor("ada", &json!({"name": "Ada"}));
        let rid = text(&desk.chat("ada"), "/_id");
        assert_eq!(desk.take(&amy, &rid).status, 200);
        let updated = || {
            let events = desk.database.events().into_iter();
            let updated = events.filter(|(_, kind, _)| kind == "contact.updated");
            updated.map(|(_, _, body)| body).collect::<Vec<_>>()
        };
        let info = json!({"guestData": {"_id": visitor["_id"], "name": "Ada Moreau", "phone": "+4711"},
            "roomData": {"_id": rid}});
        amy.client.post("livechat/room.saveInfo", &info).expect(200);
        // The same again is no change.
        amy.client.post("livechat/room.saveInfo", &info).expect(200);
        // What they say themselves is none by anyone who works here.
        desk.visitor("ada", &json!({"name": "Ada Moreau", "email": "ada@example.org"}));
        let [one] = &updated()[..] else { panic!("{:?}", updated()) };
        assert_eq!((&one["changed"], &one["by"]["username"]), (&json!(["name", "phones"]), &json!("amy")));
        assert_eq!((&one["contact"]["id"], &one["contact"]["name"]), (&visitor["_id"], &json!("Ada Moreau")));
        let contact = json!({"_id": visitor["_id"], "token": "ada", "name": "Ada M.", "email": "a@example.org",
            "contactManager": {"username": "amy"}});
        desk.admin.post("omnichannel/contact", &contact).expect(200);
        let last = updated().pop().unwrap();
        assert_eq!(last["changed"], json!(["name", "emails", "contactManager"]));
        assert_eq!((&last["contact"]["manager"], &last["contact"]["emails"]), (&json!("amy"), &json!(["a@example.org"])));
    }

    fn nothing_needs_a_licence(engine: Engine) {
        let desk = desk(engine);
        let amy = desk.agent("amy");
        let plain = amy.client.get("licenses.info").expect(200)["license"].clone();
        let modules = plain["activeModules"].as_array().unwrap();
        assert!(modules.contains(&json!("livechat-enterprise")) && modules.contains(&json!("canned-responses")));
        assert_eq!(plain["limits"]["monthlyActiveContacts"], json!({"max": -1}));
        // A visitor counts once in a month, when an agent has answered.
        let active = || {
            let info = amy.client.get("licenses.info?loadValues=true").expect(200);
            info["license"]["limits"]["monthlyActiveContacts"]["value"].clone()
        };
        assert_eq!(active(), 0);
        for token in ["ada", "bo"] {
            let rid = desk.new_chat(token);
            desk.say(token, &rid, "hello");
            assert_eq!(desk.take(&amy, &rid).status, 200);
            if token == "ada" {
                for words in ["hi", "what is it?"] {
                    let body = json!({"message": {"rid": rid, "msg": words}});
                    amy.client.post("chat.sendMessage", &body).expect(200);
                }
            }
        }
        assert_eq!(active(), 1);
        assert_eq!(desk.anyone().get("licenses.info").status, 401);
    }
}
