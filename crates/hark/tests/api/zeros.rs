//! A zero character reaches no statement, whichever way it comes in: one of the engines would fail,
//! and the other keep it.

use hark_testkit::{Client, Desk, Socket, on_both_engines, text};
use hark_wire::{Route, Shape, table};
use serde_json::{Map, Value, json};

use crate::HARK;

/// A text with a zero, which without it is one that is known where there is such a one.
fn with_zero(name: &str, known: &Value) -> Value {
    let text = known[name].as_str().unwrap_or("x");
    json!(format!("{text}\0"))
}

/// All members, also those that may be missing; each text holds a zero.
fn filled(shape: &Shape, name: &str, known: &Value) -> Value {
    match shape {
        Shape::Anything | Shape::Open => known
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| (name.clone(), with_zero(name, known)))
            .collect::<Map<_, _>>()
            .into(),
        Shape::Maybe(of) => filled(of, name, known),
        Shape::Scalar | Shape::Text | Shape::NonEmpty => with_zero(name, known),
        Shape::Number | Shape::Integer | Shape::Between(..) | Shape::Clamped(..) => json!(1),
        Shape::Flag => json!(true),
        Shape::Only(position) => json!(position),
        Shape::OneOf(choices) => json!(choices[0]),
        Shape::List(of) | Shape::SomeOf(of) => json!([filled(of, name, known)]),
        Shape::Object(fields) | Shape::MeteorMatch(fields) | Shape::OpenObject(fields) => {
            let member = |field: &hark_wire::Field| filled(&field.shape, field.name, known);
            let members = fields
                .iter()
                .map(|field| (field.name.to_owned(), member(field)));
            members.collect::<Map<_, _>>().into()
        }
        Shape::Either(shapes) => filled(&shapes[0], name, known),
    }
}

fn call(client: &Client, route: &Route, known: &Value) -> (u16, String) {
    let params = filled(&route.params, "", known);
    let path = route.url(|name| format!("{}%00", known[name].as_str().unwrap_or("x")));
    let answer = if route.method == "GET" {
        let pairs = params.as_object().into_iter().flatten();
        let pairs = pairs.map(|(name, value)| {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            format!(
                "{name}%00={}",
                value.replace('\0', "%00").replace('"', "%22")
            )
        });
        client.get(&format!("{path}?{}", pairs.collect::<Vec<_>>().join("&")))
    } else {
        client.json(route.method.as_str(), &path, &params)
    };
    (answer.status, answer.text())
}

on_both_engines! {
    fn a_zero_character_reaches_no_statement(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let rid = desk.new_chat("t");
        let message = text(&desk.say("t", &rid, "hello"), "/_id");
        let guest = text(&desk.anyone().get("livechat/visitor/t").expect(200), "/visitor/_id");
        let known = json!({
            "token": "t", "rid": rid, "roomId": rid, "msg": "said", "msgId": message, "messageId": message, "visitorId": guest, "contactId": guest,
            "agentId": amy.id, "username": "amy", "user": "amy", "password": "x", "text": "said", "searchText": "said", "message": "said", "name": "some-name",
            "email": "some@x.test", "sort": "", "fields": "", "query": "", "count": "1", "offset": "0", "department": "", "channel": "GENERAL", "lastUpdate": "2020-01-01T00:00:00Z",
            "updatedSince": "2020-01-01T00:00:00Z", "type": "x",
        });
        for route in table().into_iter().filter(|route| !route.endless) {
            // as visitors and programs who are nobody, and as one who may do everything
            let nobody = desk.anyone().with("Cookie", "rc_token=%00t; rc_rid=%00x; rc_room_type=l");
            let admin = desk.admin.login("admin", "secret-of-admin");
            let callers: &[&Client] = if route.access.wants_login() { &[&admin] } else { &[&nobody, &admin] };
            for client in callers {
                let (status, body) = call(client, route, &known);
                assert!(status < 500, "{} {}: {status} {body}", route.method, route.path);
                assert!(!body.contains("\\u0000") && !body.contains('\0'), "{} {}: {body}", route.method, route.path);
            }
        }
        // what is no row of the table
        let cookies = desk.anyone().with("Cookie", "rc_token=%00x; rc_rid=%00; rc_room_type=l; rc_uid=%00");
        for path in ["/file-upload/%00/x", "/file-upload/x%00/%00", "/file-upload/x/y?rc_token=%00&rc_rid=%00&rc_room_type=l", "/file-upload/x/y?rc_uid=%00&rc_token=%00&token=%00", "/avatar/%00", "/livechat/%00", "/%00"] {
            for client in [&desk.anyone(), &cookies] {
                let status = client.get(path).status;
                assert!(status < 500, "{path}: {status}");
            }
        }
        let form = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''a%00b.txt\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\na\0b\r\n--b--\r\n";
        let headers = [("Content-Type", "multipart/form-data; boundary=b"), ("x-visitor-token", "t")];
        let sent = desk.anyone().send("POST", &format!("livechat/upload/{rid}"), &headers, form);
        assert!(sent.status < 500, "{}", sent.text());
    }

    fn nor_over_the_real_time_api(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let rid = desk.new_chat("t");
        let zero = "a\0b";
        let methods = [
            ("login", json!([{"resume": zero}])), ("login", json!([{"user": {"username": zero}, "password": zero}])),
            ("livechat:setUpConnection", json!([{"token": zero}])), ("livechat:loginByToken", json!([zero])),
            ("stream-notify-room", json!([format!("{zero}/user-activity"), zero, [zero], {"token": zero}])),
            ("sendMessage", json!([{"_id": zero, "rid": zero, "msg": zero}])),
            ("updateMessage", json!([{"_id": zero, "rid": zero, "msg": zero}])), ("deleteMessage", json!([{"_id": zero}])),
            ("loadHistory", json!([zero, null, 50, null])), ("loadSurroundingMessages", json!([{"_id": zero, "rid": zero}, 50])),
            ("readMessages", json!([zero])), ("getRoomByTypeAndName", json!(["l", zero])), ("livechat:takeInquiry", json!([zero])),
            ("livechat:returnAsInquiry", json!([zero, zero])), ("livechat:sendTranscript", json!([zero, zero, zero, zero])),
            ("livechat:removeRoom", json!([zero])), ("livechat:saveAgentInfo", json!([zero, {}, [zero]])),
            ("livechat:saveDepartment", json!([zero, {"name": zero}, [], null])), ("livechat:removeCustomField", json!([zero])),
            ("livechat:saveCustomField", json!([zero, {"field": zero, "label": zero, "scope": "visitor", "visibility": "visible"}])),
            ("livechat:removeBusinessHour", json!([zero, "custom"])), ("2fa:validateTempToken", json!([zero])), (zero, json!([zero])),
        ];
        let mut socket = Socket::of(&desk.server, &desk.admin);
        for (method, params) in &methods {
            let said = socket.call(method, params);
            assert!(said["error"]["error"] != 500 && !said.to_string().contains("\\u0000"), "{method}: {said}");
            if !method.contains('\0') && !["login", "stream-notify-room", "livechat:setUpConnection", "livechat:loginByToken"].contains(method) {
                let said = desk.admin.method(method, params).to_string();
                assert!(!said.contains("\\u0000") && !said.contains("Internal"), "{method}: {said}");
            }
        }
        for stream in ["stream-room-messages", "stream-notify-room", "stream-livechat-room", "stream-room-data", "stream-notify-user", "stream-livechat-inquiry-queue-observer", "stream-notify-logged", "stream-notify-all", "stream-user-presence"] {
            for event in [zero.to_owned(), format!("{zero}/user-activity"), format!("department/{zero}")] {
                let said = socket.subscribe(stream, &event, &json!({"token": zero, "visitorToken": zero}));
                assert!(said["error"]["error"] != 500, "{stream} {event:?}: {said}");
            }
        }
        // what is stored holds none
        let mut socket = Socket::of(&desk.server, &amy.client);
        let said = socket.call("sendMessage", &json!([{"_id": "i\0d", "rid": format!("{rid}\0"), "msg": "one\0two"}]));
        assert_eq!((&said["result"]["_id"], &said["result"]["msg"]), (&json!("id"), &json!("onetwo")), "{said}");
        let kept = desk.history("t", &rid);
        assert!(kept.iter().any(|message| message["msg"] == "onetwo" && message["_id"] == "id"));
    }
}
