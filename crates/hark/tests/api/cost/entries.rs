//! What strangers and visitors leave behind in a day.

use hark_testkit::Socket;
use serde_json::json;

use crate::rate_limits::with_limits;

#[test]
fn what_visitors_leave_behind_in_a_day_is_bounded() {
    let (server, _database) = with_limits();
    let admin = server.admin();
    admin.agent("amy");
    admin.set("Livechat_visitor_entries_per_day", 6);
    // a registration and a chat
    let (one, room) = server.visitor("t1");
    let say = |words: &str| {
        one.post(
            "livechat/message",
            &json!({"token": "t1", "rid": room, "msg": words}),
        )
    };
    say("one").expect(200);
    // a long one counts as several
    say(&"long".repeat(1_200)).expect(200);
    say("five").expect(200);
    let refused = say("six").expect(400);
    assert_eq!(
        refused["error"],
        "One visitor may send 6 entries in a day, and they are used up [error-quota-exceeded]"
    );
    server.wait_for_log("a quota is used up");
    // what leaves nothing behind is answered, and the others go on
    one.get(&format!("livechat/messages.history/{room}?token=t1"))
        .expect(200);
    server.visitor("t2");
    admin.set("Livechat_address_entries_per_day", 8);
    let visit = json!({"visitor": {"token": "t3"}});
    server.client().post("livechat/visitor", &visit).expect(400);
    admin.set("Livechat_address_entries_per_day", -1);
    server.client().post("livechat/visitor", &visit).expect(200);
}

/// By whichever door it comes, and also without a token.
#[test]
fn what_strangers_leave_behind_by_methods_and_forms_is_counted_too() {
    let (server, _database) = with_limits();
    let admin = server.admin();
    let nobody = server.client();
    let used_up = "All visitors at one address together may send 3 entries in a day, and they are used up [error-quota-exceeded]";
    admin.set("Livechat_address_entries_per_day", 3);
    let mut socket = Socket::greeted(&server);
    let mut over_socket = |token: &str, email: &str| {
        let guest = json!([{"token": token, "email": email}]);
        socket.call("livechat:registerGuest", &guest)
    };
    let over_http = |token: &str| {
        let guest = json!([{"token": token}]);
        nobody.anonymous_method("livechat:registerGuest", &guest)
    };
    let offline = || {
        let left = json!({"name": "Ann", "email": "ann@example.org", "message": "Call me"});
        nobody.post("livechat/offline.message", &left)
    };
    // What is refused leaves nothing behind.
    for _ in 0..4 {
        assert_eq!(
            over_socket("t0", "nobody")["error"]["error"],
            "error-invalid-email"
        );
    }
    assert!(over_socket("t1", "ann@example.org")["error"].is_null());
    assert!(over_http("t2")["error"].is_null());
    offline().expect(200);
    assert_eq!(
        over_socket("t3", "ann@example.org")["error"]["message"],
        used_up
    );
    assert_eq!(over_http("t3")["error"]["message"], used_up);
    assert_eq!(offline().expect(400)["error"], used_up);
    admin.set("Livechat_address_entries_per_day", -1);
    assert!(over_socket("t3", "ann@example.org")["error"].is_null());
    offline().expect(200);
}

#[test]
fn made_up_tokens_use_up_nothing_and_a_chat_can_always_be_ended() {
    let (server, _database) = with_limits();
    let admin = server.admin();
    admin.agent("amy");
    // a registration and a chat
    let (one, room) = server.visitor("t1");
    admin.set("Livechat_address_entries_per_day", 3);
    for number in 0..20 {
        let token = format!("made up {number}");
        let message = json!({"token": token, "rid": room, "msg": "hello"});
        let refused = server.client().post("livechat/message", &message);
        let body = refused.expect(400);
        assert_ne!(body["errorType"], "error-quota-exceeded", "{body}");
    }
    let message = json!({"token": "t1", "rid": room, "msg": "hello"});
    one.post("livechat/message", &message).expect(200);
    // now they are used up, and what ends a chat leaves nothing more behind
    one.post("livechat/message", &message).expect(400);
    let close = json!({"token": "t1", "rid": room});
    one.post("livechat/room.close", &close).expect(200);
}
