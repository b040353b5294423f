//! What is longer, or further away, than it has any business to be.

use hark_testkit::{Desk, Engine, Socket, eventually, on_both_engines, text};
use rustix::process::{Resource, getrlimit, setrlimit};
use serde_json::json;

use crate::HARK;

on_both_engines! {
    fn long_words_of_strangers_are_kept_or_refused_and_break_nothing(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let anyone = desk.anyone();
        let visited = |token: &str| {
            let page = json!({"title": "Home", "change": "url", "location": {"href": "https://shop.example/"}});
            anyone.post("livechat/page.visited", &json!({"token": token, "pageInfo": page})).expect(200)
        };
        assert!(visited("short")["page"].is_object());
        // longer than any visitor's token can be
        assert_eq!(visited(&"t".repeat(5_000)), json!({"success": true}));

        let register = json!({"visitor": {"token": "v", "name": "Vera"}});
        anyone.post("livechat/visitor", &register).expect(200);
        let room = anyone.get("livechat/room?token=v").expect(200);
        let rid = text(&room, "/room/_id");
        let words: String = (0..4_000).map(|place| char::from(b'a' + (place * 7 % 26) as u8)).collect();
        let said = json!({"token": "v", "rid": rid, "msg": format!("{words}@example.com and vera@example.com")});
        anyone.post("livechat/message", &said).expect(200);
        let known = anyone.get("livechat/visitor/v").expect(200);
        assert_eq!(known["visitor"]["visitorEmails"], json!([{"address": "vera@example.com"}]));

        let close = |comment: &str, tags: &[&str]| {
            amy.client.post("livechat/room.closeByUser", &json!({"rid": rid, "comment": comment, "tags": tags}))
        };
        let refused = close(&"c".repeat(6_000), &[]).expect(400);
        assert_eq!(refused["errorType"], "error-message-size-exceeded");
        close("done", &[&"t".repeat(300)]).expect(400);
        close("done", &["short"]).expect(200);

        let many: Vec<String> = (0..40).map(|number| format!("nobody{number}")).collect();
        amy.client.post("im.create", &json!({"usernames": many.join(",")})).expect(400);
    }

    fn one_room_opens_the_record_of_its_own_visitor_only(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let visitors: Vec<(String, String)> = ["one", "two"].into_iter().map(|token| {
            let register = json!({"visitor": {"token": token, "name": token}});
            let visitor = desk.anyone().post("livechat/visitor", &register).expect(200);
            let room = desk.anyone().get(&format!("livechat/room?token={token}")).expect(200);
            (text(&visitor, "/visitor/_id"), text(&room, "/room/_id"))
        }).collect();
        let [(one, first), (two, _)] = &visitors[..] else { unreachable!() };
        let of = |route: &str, visitor: &str| amy.client.get(&format!("livechat/visitors.{route}/room/{first}/visitor/{visitor}"));
        for route in ["chatHistory", "searchChats"] {
            assert_eq!(of(route, one).expect(200)["total"], 1);
        }
        assert_eq!(of("chatHistory", two).expect(400)["error"], "invalid-room");
        // as the original answers
        assert_eq!(of("searchChats", two).expect(200)["total"], 0);
        let body = json!({"guestData": {"_id": two, "name": "Mallory"}, "roomData": {"_id": first}});
        amy.client.post("livechat/room.saveInfo", &body).expect(400);
        let kept = desk.anyone().get("livechat/visitor/two").expect(200);
        assert_eq!(kept["visitor"]["name"], "two");
        // nobody else learns that there is a chat
        let stranger = desk.admin.person("stranger", &["user"]);
        let hidden = stranger.get(&format!("channels.info?roomId={first}")).expect(400);
        assert_eq!(hidden["errorType"], "error-room-not-found");
    }
}

/// One address cannot take all the places of `/websocket`; what it has given up it may have again.
#[test]
fn an_address_has_so_many_sockets() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).expect("a test may have as many files as its parent");
    let rationed = Desk::open_with(HARK, Engine::Sqlite, |setup| {
        setup.env("HARK_RATE_LIMIT", "on")
    });
    let mut sockets = Vec::new();
    let refused = loop {
        match Socket::try_open(&rationed.server) {
            Ok(socket) => sockets.push(socket),
            Err(status) => break status,
        }
        assert!(sockets.len() <= 1_000, "nobody counts");
    };
    assert_eq!((refused, sockets.len()), (429, 1_000));
    eventually("a line that names --proxies", || {
        let log = rationed.server.log();
        log.iter()
            .any(|line| line.contains("--proxies"))
            .then_some(())
    });
    sockets.pop();
    eventually("the place to be free", || {
        Socket::try_open(&rationed.server).ok()
    });

    sockets.clear();
    // where nobody is held back, this does not hold anybody either
    let open = Desk::open(HARK, Engine::Sqlite);
    for _ in 0..=1_000 {
        sockets.push(Socket::open(&open.server));
    }
}
