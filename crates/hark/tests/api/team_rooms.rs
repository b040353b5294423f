//! The groups of those who work here.

use hark_testkit::{Client, Desk, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

on_both_engines! {
    fn a_group_is_seen_by_its_members_until_it_is_deleted(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let person = |name: &str| desk.admin.person(name, &["user"]);
        let (amy, ben, eve) = (person("amy"), person("ben"), person("eve"));
        let create = |body: Value| amy.post("groups.create", &body);
        create(json!({})).refused(400, "Body param \"name\" is required");
        create(json!({"name": "x", "members": "ben"})).refused(400, "Body param \"members\" must be an array if provided");
        assert_eq!(create(json!({"name": "a b"})).expect(400)["errorType"], "error-invalid-room-name");
        let group = create(json!({"name": "team", "members": ["ben", "nobody"]})).expect(200)["group"].clone();
        assert_eq!(group["t"], "p");
        assert_eq!((&group["name"], &group["usersCount"], &group["u"]["username"]), (&json!("team"), &json!(2), &json!("amy")));
        assert_eq!(create(json!({"name": "team"})).expect(400)["errorType"], "error-duplicate-channel-name");
        let id = text(&group, "/_id");
        let say = |client: &Client| {
            let message = json!({"message": {"rid": id, "msg": "hello"}});
            client.post("chat.sendMessage", &message)
        };
        say(&ben).expect(200);
        say(&eve).expect(400);
        let info = format!("rooms.info?roomId={id}");
        assert_eq!(ben.get(&info).expect(200)["room"]["name"], "team");
        eve.get(&info).expect(400);
        for found in [&id, "team"] {
            eve.get(&format!("channels.info?roomId={found}")).expect(400);
        }
        let unknown = "The required \"roomId\" or \"roomName\" param provided does not match any group";
        let delete = |client: &Client, body: Value| client.post("groups.delete", &body);
        delete(&eve, json!({"roomId": id})).refused_with_code(unknown, "error-room-not-found");
        delete(&ben, json!({"roomId": id})).refused(400, "error-not-allowed");
        delete(&amy, json!({"roomId": "GENERAL"})).refused_with_code(unknown, "error-room-not-found");
        assert_eq!(delete(&amy, json!({"roomName": "team"})).expect(200), json!({"success": true}));
        amy.get(&info).expect(400);
        create(json!({"name": "team"})).expect(200);
    }
}
