//! Tags: which ones agents are offered, and who hears of those that a chat gets.

use hark_testkit::{Agent, Client, Desk, Engine, each, names, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

const TAGS: &str = "livechat/tags";

/// Makes a tag for some departments, or for all; answers its id.
fn tag(desk: &Desk, name: &str, departments: &[&str]) -> String {
    let tag = json!([null, {"name": name, "description": format!("About {name}")}, departments]);
    let saved = desk.admin.method("livechat:saveTag", &tag);
    text(&saved, "/result/_id")
}

/// The names of those that somebody is offered.
fn offered(client: &Client, query: &str) -> Vec<String> {
    let found = client.get(&format!("{TAGS}?{query}")).expect(200);
    let found = each(&found["tags"], "name");
    found.into_iter().map(str::to_owned).collect()
}

/// What the log says of the tags of a chat: which came, and which went.
fn told(desk: &Desk, rid: &str) -> Vec<(Value, Value)> {
    let events = desk.database.events().into_iter();
    let tagged =
        events.filter(|(_, kind, body)| kind == "chat.tagged" && body["room"]["id"] == rid);
    let each = tagged.map(|(_, _, body)| (body["added"].clone(), body["removed"].clone()));
    each.collect()
}

fn save(agent: &Agent, room: &Value, tags: &[&str]) {
    let body = json!({
        "guestData": {"_id": room["v"]["_id"]}, "roomData": {"_id": room["_id"], "tags": tags},
    });
    agent
        .client
        .post("livechat/room.saveInfo", &body)
        .expect(200);
}

on_both_engines! {
    fn tags_are_made_changed_and_removed(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let ursula = desk.admin.person("ursula", &["user"]);
        let words = "User does not have the permissions required for this action [error-unauthorized]";
        ursula.get(&format!("{TAGS}?text=")).refused(403, words);
        amy.client.get(TAGS).refused_by_schema("must have required property 'text'");
        let wanted = json!([null, {"name": " Parcel ", "description": "Where is it?"}, []]);
        for stranger in [&ursula, &amy.client] {
            let refused = stranger.method("livechat:saveTag", &wanted);
            assert_eq!(refused["error"]["error"], "error-not-allowed");
        }
        let made = desk.admin.method("livechat:saveTag", &wanted)["result"].clone();
        assert_eq!(names(&made), ["_id", "_updatedAt", "departments", "description", "name", "numDepartments"]);
        assert_eq!((&made["name"], &made["description"]), (&json!("Parcel"), &json!("Where is it?")));
        assert_eq!((&made["numDepartments"], &made["departments"]), (&json!(0), &json!([])));
        let id = text(&made, "/_id");
        assert_eq!(id.len(), 24);
        let answer = amy.client.get(&format!("{TAGS}?text=")).expect(200);
        assert_eq!((&answer["count"], &answer["offset"], &answer["total"]), (&json!(1), &json!(0), &json!(1)));
        let alone = amy.client.get(&format!("{TAGS}/{id}")).expect(200);
        assert_eq!((&alone["success"], &alone["name"]), (&json!(true), &json!("Parcel")));
        amy.client.get(&format!("{TAGS}/none")).refused(404, "Tag with id none not found");

        tag(&desk, "Bill", &[]);
        assert_eq!(offered(&amy.client, "text="), ["Bill", "Parcel"]);
        assert_eq!(offered(&amy.client, "text=&sort={\"name\":-1}&count=1"), ["Parcel"]);
        // a part of the name or of the description
        assert_eq!(offered(&amy.client, "text=PARC"), ["Parcel"]);
        assert_eq!(offered(&amy.client, "text=about"), ["Bill"]);

        let change = |id: &str, name: &str| {
            desk.admin.method("livechat:saveTag", &json!([id, {"name": name}, []]))
        };
        assert_eq!(change(&id, "Lost")["result"]["description"], "");
        assert_eq!(offered(&amy.client, "text="), ["Bill", "Lost"]);
        for (answer, error) in [
            (change("none", "Lost"), "tag-not-found"),
            (change(&id, " "), "error-the-field-is-required"),
            (change(&id, &"x".repeat(257)), "error-input-is-not-a-valid-field"),
            (desk.admin.method("livechat:removeTag", &json!(["none"])), "tag-not-found"),
            (amy.client.method("livechat:removeTag", &json!([id])), "error-not-allowed"),
        ] {
            assert_eq!(answer["error"]["error"], error, "{answer}");
        }
        let removed = desk.admin.method("livechat:removeTag", &json!([id]));
        assert_eq!(removed["result"]["deletedCount"], 1);
        assert_eq!(offered(&amy.client, "text="), ["Bill"]);
    }

    fn agents_are_offered_what_is_for_their_departments(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let mia = desk.admin.person("mia", &["user", "livechat-manager"]);
        let sales = desk.department("Sales", &[&amy], &json!({}));
        let help = desk.department("Help", &[&amy, &ben], &json!({}));
        tag(&desk, "All", &[]);
        let sold = tag(&desk, "Sold", &[&sales]);
        tag(&desk, "Solved", &[&help, &help]);
        assert_eq!(offered(&amy.client, "text="), ["All", "Sold", "Solved"]);
        assert_eq!(offered(&amy.client, &format!("text=&department={sales}")), ["All", "Sold"]);
        // what is for others is not shown, however it is asked for
        for query in ["text=".to_owned(), "text=&viewAll=true".to_owned(), format!("text=&department={help}")] {
            assert_eq!(offered(&ben.client, &query), ["All", "Solved"], "{query}");
        }
        assert_eq!(offered(&ben.client, &format!("text=&department={sales}")), ["All"]);
        let words = format!("Tag with id {sold} not found");
        ben.client.get(&format!("{TAGS}/{sold}")).refused(404, &words);
        // those who manage tags see each
        assert_eq!(offered(&mia, "text="), ["All"]);
        assert_eq!(offered(&mia, "text=&viewAll=true"), ["All", "Sold", "Solved"]);
        assert_eq!(offered(&mia, &format!("text=&department={sales}")), ["All", "Sold"]);
        let solved = mia.get(&format!("{TAGS}?text=Solved&viewAll=true")).expect(200);
        assert_eq!((&solved["tags"][0]["departments"], &solved["tags"][0]["numDepartments"]), (&json!([help]), &json!(1)));
        // what was for a department that is gone is not for everybody now
        desk.admin.delete(&format!("livechat/department/{sales}"), &json!({})).expect(200);
        assert_eq!(offered(&amy.client, "text="), ["All", "Solved"]);
    }

    fn that_a_chat_has_other_tags_is_told_once(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let sales = desk.department("Sales", &[&amy], &json!({"showOnRegistration": false, "chatClosingTags": ["closing"]}));
        desk.visitor("ann", &json!({"department": sales}));
        let room = desk.chat("ann");
        let rid = text(&room, "/_id");
        save(&amy, &room, &["vip", "late", "vip"]);
        save(&amy, &room, &["late", "vip"]);
        save(&amy, &room, &["late"]);
        let end = json!({"rid": rid, "comment": "bye", "tags": ["late", "sold"]});
        amy.client.post("livechat/room.closeByUser", &end).expect(200);
        let told = told(&desk, &rid);
        assert_eq!(told, [
            (json!(["vip", "late"]), json!([])),
            (json!([]), json!(["vip"])),
            (json!(["sold", "closing"]), json!([])),
        ]);
        assert_eq!(desk.room(&rid)["tags"], json!(["late", "sold", "closing"]));
        // one that ends without any has nothing to say of them
        let plain = desk.new_chat("bob");
        let end = json!({"rid": plain, "comment": "bye"});
        desk.admin.post("livechat/room.closeByUser", &end).expect(200);
        assert_eq!(self::told(&desk, &plain), []);
    }
}

#[test]
fn there_are_not_more_tags_than_that() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
        INSERT INTO tag (id, name, description, departments, updated_at) SELECT 't' || i, 'T', '', '[]', 0 FROM n";
    assert_eq!(desk.database.execute(rows), 999);
    tag(&desk, "The last", &[]);
    let more = desk
        .admin
        .method("livechat:saveTag", &json!([null, {"name": "More"}, []]));
    assert_eq!(more["error"]["error"], "error-too-many");
}
