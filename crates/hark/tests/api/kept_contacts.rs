//! Contacts, where they are kept: which visitors they have, what agents know of them and what visitors say
//! otherwise.

use hark_testkit::{Client, Desk, Engine, each, names, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

fn desk(engine: Engine) -> Desk {
    Desk::open_with(HARK, engine, |setup| {
        setup
            .env("Livechat_contacts_enabled", "true")
            .env("Livechat_Routing_Method", "Manual_Selection")
            .env("SMS_Enabled", "true")
            .env("SMS_Service", "mobex")
            .env("SMS_Incoming_Secret", "known-to-two")
    })
}

fn contact_of(desk: &Desk, visitor: &str) -> String {
    let path = format!("livechat/visitors.info?visitorId={visitor}");
    text(&desk.admin.get(&path).expect(200), "/visitor/contactId")
}

fn get(client: &Client, id: &str) -> Value {
    let path = format!("omnichannel/contacts.get?contactId={id}");
    client.get(&path).expect(200)["contact"].clone()
}

/// What the log says was changed of contacts, with who did it.
fn told(desk: &Desk) -> Vec<(Value, Value)> {
    let events = desk.database.events().into_iter();
    let updated = events.filter(|(_, kind, _)| kind == "contact.updated");
    let each =
        updated.map(|(_, _, body)| (body["changed"].clone(), body["by"]["username"].clone()));
    each.collect()
}

/// A text message from a telephone.
fn text_message(desk: &Desk, from: &str, id: &str) {
    let body = json!({"from": from, "to": "+4915550100", "content": "hello", "id": id});
    let path = "livechat/sms-incoming/mobex?secret=known-to-two";
    let answer = desk.anyone().post(path, &body);
    assert_eq!(answer.status, 200, "{answer:?}");
}

on_both_engines! {
    fn contacts_are_made_changed_found_and_checked(engine: Engine) {
        let desk = desk(engine);
        let amy = desk.agent("amy");
        desk.field("plan", "visitor", &json!({"required": true, "regexp": "^(gold|tin)$"}));
        desk.field("order", "room", &json!({}));
        let path = "omnichannel/contacts";
        amy.client.post(path, &json!({})).refused_by_schema("must have required property 'name'");
        amy.client.post(path, &json!({"name": "Ada", "emails": [], "phones": [], "x": 1}))
            .refused_by_schema("must NOT have additional properties");
        let with = |custom: Value| json!({"name": "Ada Moreau", "emails": ["ada@example.org", "ADA@example.org "],
            "phones": ["+4711"], "customFields": custom, "contactManager": amy.id});
        let wrong = ("Invalid value for The plan field", "error-invalid-custom-field-value");
        amy.client.post(path, &with(json!({}))).refused_with_code(wrong.0, wrong.1);
        amy.client.post(path, &with(json!({"plan": "lead"}))).refused_with_code(wrong.0, wrong.1);
        amy.client.post(path, &with(json!({"plan": "tin", "order": "1"})))
            .refused_with_code("Custom field order is not allowed", "error-custom-field-not-allowed");
        let mut strange = with(json!({"plan": "tin"}));
        strange["contactManager"] = json!("nobody");
        amy.client.post(path, &strange).refused(400, "error-contact-manager-not-found");
        strange["contactManager"] = json!(amy.id);
        strange["emails"] = json!(["no address"]);
        amy.client.post(path, &strange).refused_with_code("Invalid email no address", "error-invalid-email");

        let made = amy.client.post(path, &with(json!({"plan": "gold"}))).expect(200);
        let id = text(&made, "/contactId");
        assert_eq!(id.len(), 24);
        let contact = get(&amy.client, &id);
        assert_eq!(names(&contact), ["_id", "_updatedAt", "channels", "conflictingFields", "contactManager",
            "createdAt", "customFields", "emails", "hasConflict", "name", "phones", "unknown"]);
        assert_eq!(contact["emails"], json!([{"address": "ada@example.org"}]));
        assert_eq!(contact["phones"], json!([{"phoneNumber": "+4711"}]));
        assert_eq!(contact["customFields"], json!({"plan": "gold"}));
        assert_eq!((&contact["contactManager"], &contact["unknown"]), (&json!(amy.id), &json!(false)));
        assert_eq!(get(&amy.client, "none"), Value::Null);

        let change = json!({"contactId": id, "name": "Ada M.", "emails": [], "phones": ["+4712"]});
        let changed = amy.client.post("omnichannel/contacts.update", &change).expect(200)["contact"].clone();
        assert_eq!((&changed["name"], &changed["emails"]), (&json!("Ada M."), &json!([])));
        let nobody = json!({"contactId": "none", "name": "Ada"});
        amy.client.post("omnichannel/contacts.update", &nobody).refused(400, "error-contact-not-found");
        let by_amy = json!("amy");
        assert_eq!(told(&desk), [
            (json!(["name", "emails", "phones", "customFields", "contactManager"]), by_amy.clone()),
            (json!(["name", "emails", "phones"]), by_amy),
        ]);

        for (name, email) in [("Bo", "bo@example.org"), ("Ada", "a@example.org")] {
            let body = json!({"name": name, "emails": [email], "phones": [], "customFields": {"plan": "tin"}});
            amy.client.post(path, &body).expect(200);
        }
        let search = |query: &str| {
            let found = amy.client.get(&format!("omnichannel/contacts.search?{query}")).expect(200);
            let names = each(&found["contacts"], "name");
            (names.into_iter().map(str::to_owned).collect::<Vec<_>>(), found["total"].clone())
        };
        assert_eq!(search("").0, ["Ada", "Ada M.", "Bo"]);
        assert_eq!(search("searchText=ADA&count=1&offset=1"), (vec!["Ada M.".to_owned()], json!(2)));
        assert_eq!(search("searchText=bo@example.org").0, ["Bo"]);
        assert_eq!(search("searchText=%2B4712").0, ["Ada M."]);
        // By what it had before nobody finds it.
        assert_eq!(search("searchText=%2B4711").1, json!(0));
        assert_eq!(search("searchText=%25").1, json!(0));
    }

    fn proven_visitors_are_one_contact_and_others_are_not(engine: Engine) {
        let desk = desk(engine);
        let amy = desk.agent("amy");
        let body = json!({"name": "Ada", "emails": ["ada@example.org"], "phones": ["+4915550199"]});
        let made = amy.client.post("omnichannel/contacts", &body).expect(200);
        let ada = text(&made, "/contactId");
        // Whoever types her address is somebody else, and takes nothing with them.
        let stranger = desk.visitor("stranger", &json!({"name": "Mallory", "email": "ada@example.org"}));
        let strange = contact_of(&desk, &text(&stranger, "/_id"));
        assert_ne!(strange, ada);
        assert_eq!(get(&amy.client, &strange)["emails"], json!([{"address": "ada@example.org"}]));
        // An agent who calls them something else does not vouch for what they typed.
        let thief = desk.visitor("thief", &json!({"name": "Eve", "phone": "+4915550400"}));
        let thief = contact_of(&desk, &text(&thief, "/_id"));
        let change = json!({"contactId": thief, "name": "Eve the second"});
        desk.admin.post("omnichannel/contacts.update", &change).expect(200);
        text_message(&desk, "+4915550400", "sms-0");
        assert_eq!(get(&amy.client, &thief)["channels"], json!([]));
        let found = amy.client.get("omnichannel/contacts.search?searchText=%2B4915550400").expect(200);
        assert_eq!(found["total"], 2);
        // Her telephone is hers, in each of her chats.
        text_message(&desk, "+4915550199", "sms-1");
        let contact = get(&amy.client, &ada);
        let channels = contact["channels"].as_array().unwrap();
        assert_eq!(channels.len(), 1, "{contact}");
        let channel = &channels[0];
        assert_eq!((&channel["name"], &channel["verified"]), (&json!("sms"), &json!(true)));
        assert_eq!((&channel["field"], &channel["value"]), (&json!("phone"), &json!("+4915550199")));
        assert_eq!(channel["details"]["type"], "sms");
        let path = format!("omnichannel/contacts.channels?contactId={ada}");
        assert_eq!(amy.client.get(&path).expect(200)["channels"], contact["channels"]);
        // A telephone that nobody knows yet brings a contact of its own.
        text_message(&desk, "+4915550300", "sms-2");
        let found = amy.client.get("omnichannel/contacts.search?searchText=%2B4915550300").expect(200);
        assert_eq!(found["total"], 1);

        let chat = text(&channel["lastChat"], "/_id");
        assert_eq!(desk.take(&amy, &chat).status, 200);
        let history = |client: &Client, query: &str| {
            let path = format!("omnichannel/contacts.history?contactId={ada}{query}");
            client.get(&path).expect(200)
        };
        assert_eq!(history(&amy.client, "")["total"], 0);
        amy.client.post("livechat/room.closeByUser", &json!({"rid": chat, "comment": "bye"})).expect(200);
        assert_eq!(each(&history(&amy.client, "")["history"], "_id"), [&chat]);
        assert_eq!(history(&amy.client, "&source=sms")["total"], 1);
        assert_eq!(history(&amy.client, "&source=widget")["total"], 0);
        // Others see that there was a chat.
        let bob = desk.agent("bob");
        assert_eq!(history(&bob.client, "")["history"][0]["v"]["token"], Value::Null);

        // The only visitor of a contact takes it along when they are forgotten.
        let gone = text(&stranger, "/_id");
        desk.anyone().delete("livechat/visitor/stranger", &json!({})).expect(200);
        assert_eq!(get(&amy.client, &strange), Value::Null);
        assert!(!desk.database.events().iter().any(|(_, kind, body)| kind == "visitor.erased"
            && body.to_string().contains("ada@example.org")));
        assert!(desk.database.events().iter().any(|(_, kind, body)| kind == "visitor.erased" && body["visitor"] == gone));
    }

    fn what_a_visitor_says_otherwise_is_a_conflict(engine: Engine) {
        let desk = desk(engine);
        let amy = desk.agent("amy");
        desk.field("plan", "visitor", &json!({}));
        let visitor = desk.visitor("ada", &json!({"name": "Ada"}));
        let chat = text(&desk.chat("ada"), "/_id");
        let contact = contact_of(&desk, &text(&visitor, "/_id"));
        let plan = |value: &str| {
            let body = json!({"token": "ada", "key": "plan", "value": value, "overwrite": true});
            desk.anyone().post("livechat/custom.field", &body).expect(200);
        };
        // What nobody has written follows what they say.
        plan("tin");
        plan("gold");
        desk.visitor("ada", &json!({"name": "Ada Moreau"}));
        let known = get(&amy.client, &contact);
        assert_eq!((&known["name"], &known["customFields"]), (&json!("Ada Moreau"), &json!({"plan": "gold"})));
        assert_eq!((&known["hasConflict"], &known["conflictingFields"]), (&json!(false), &json!([])));
        // What an agent has written stays. The visitor is called by it, too.
        let change = json!({"contactId": contact, "name": "A. Moreau", "customFields": {"plan": "tin"}});
        desk.admin.post("omnichannel/contacts.update", &change).expect(200);
        assert_eq!(desk.room(&chat)["fname"], "A. Moreau");
        desk.visitor("ada", &json!({"name": "Queen of Sweden"}));
        plan("platinum");
        let known = get(&amy.client, &contact);
        assert_eq!((&known["name"], &known["customFields"]), (&json!("A. Moreau"), &json!({"plan": "tin"})));
        assert_eq!(known["hasConflict"], true);
        // Behind a border they change nothing.
        assert_eq!(desk.take(&amy, &chat).status, 200);
        let bob = desk.agent("bob");
        let resolve = json!({"contactId": contact, "customFields": {"plan": "platinum"}});
        bob.client.post("omnichannel/contacts.conflicts", &resolve).refused(400, "error-contact-not-found");
        let resolved = desk.admin.post("omnichannel/contacts.conflicts", &resolve).expect(200)["contact"].clone();
        assert_eq!(resolved["customFields"], json!({"plan": "platinum"}));
        assert_eq!(resolved["conflictingFields"], json!([{"field": "name", "value": "Queen of Sweden"}]));
        let wipe = json!({"contactId": contact, "wipeConflicts": true});
        let wiped = desk.admin.post("omnichannel/contacts.conflicts", &wipe).expect(200)["contact"].clone();
        assert_eq!((&wiped["hasConflict"], &wiped["name"]), (&json!(false), &json!("A. Moreau")));
        // Agents who write down something of the visitor write it down of the contact.
        let info = json!({"guestData": {"_id": visitor["_id"], "email": "ada@example.org"}, "roomData": {"_id": chat}});
        amy.client.post("livechat/room.saveInfo", &info).expect(200);
        assert_eq!(get(&amy.client, &contact)["emails"], json!([{"address": "ada@example.org"}]));
        let by_amy = (json!(["emails"]), json!("amy"));
        hark_testkit::eventually("what an agent wrote down, in the log", || {
            (told(&desk).last() == Some(&by_amy)).then_some(())
        });
    }

    fn the_manager_of_a_contact_gets_its_chats(engine: Engine) {
        let desk = desk(engine);
        desk.set("Livechat_Routing_Method", "Auto_Selection");
        let amy = desk.agent("amy");
        let bob = desk.agent("bob");
        let visitor = desk.visitor("ada", &json!({}));
        let contact = contact_of(&desk, &text(&visitor, "/_id"));
        for agent in [&bob, &amy, &bob] {
            let change = json!({"contactId": contact, "contactManager": agent.id});
            desk.admin.post("omnichannel/contacts.update", &change).expect(200);
            let chat = desk.chat("ada");
            assert_eq!(chat["servedBy"]["_id"], json!(agent.id));
            agent.client.post("livechat/room.closeByUser", &json!({"rid": chat["_id"], "comment": "bye"})).expect(200);
        }
        // One who is no agent any more looks after nobody.
        desk.admin.delete(&format!("livechat/users/agent/{}", bob.id), &json!({})).expect(200);
        assert_eq!(get(&desk.admin, &contact)["contactManager"], Value::Null);
    }

    fn monitors_are_shown_no_chats_of_contacts_elsewhere(engine: Engine) {
        let desk = desk(engine);
        let amy = desk.agent("amy");
        let mona = desk.admin.person("mona", &["user", "livechat-monitor"]);
        let visitor = desk.visitor("ada", &json!({}));
        let chat = text(&desk.chat("ada"), "/_id");
        let contact = contact_of(&desk, &text(&visitor, "/_id"));
        assert_eq!(get(&amy.client, &contact)["lastChat"]["_id"], json!(chat));
        let seen = get(&mona, &contact);
        assert_eq!((&seen["lastChat"], &seen["channels"][0]["lastChat"]), (&Value::Null, &Value::Null));
        assert_eq!(desk.take(&amy, &chat).status, 200);
        amy.client.post("livechat/room.closeByUser", &json!({"rid": chat, "comment": "bye"})).expect(200);
        let path = format!("omnichannel/contacts.history?contactId={contact}");
        assert_eq!(desk.admin.get(&path).expect(200)["total"], 1);
        assert_eq!(mona.get(&path).expect(200)["total"], 0);
        let change = json!({"contactId": contact, "name": "Mona's"});
        mona.post("omnichannel/contacts.update", &change).refused(400, "error-contact-not-found");
    }
}
