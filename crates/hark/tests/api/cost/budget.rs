//! The bounds that `docs/security.md` lists are those that are kept, each tried from both sides where
//! that is cheap.

use std::collections::BTreeMap;
use std::time::Duration;

use hark_testkit::{Client, Socket};
use serde_json::{Value, json};

use super::{JSON, without_limits};
use crate::rate_limits::with_limits;

/// A row of the budget in `docs/security.md`: the figure, and the place that keeps it.
fn budget() -> BTreeMap<String, u64> {
    let page = include_str!("../../../../../docs/security.md");
    let (_, table) = page.split_once("| what | whose | at most |").unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let mut budget = BTreeMap::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [_, _, most, _, place] = cells[..] else {
            panic!("{row} has {} cells", cells.len());
        };
        let place = place.trim_matches('`').to_owned();
        let known = budget.insert(place, number(most));
        assert_eq!(known, None, "{row} stands there twice");
    }
    budget
}

/// `64 KiB`, `20,000`, `30 min`.
fn number(text: &str) -> u64 {
    let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
    let number: u64 = number
        .replace(',', "")
        .parse()
        .unwrap_or_else(|_| panic!("{text}"));
    number
        * match unit {
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            "min" => 60,
            "" | "s" | "bytes" | "letters" => 1,
            other => panic!("{other} in {text}"),
        }
}

#[test]
fn the_budget_that_is_written_down_is_the_one_that_is_kept() {
    let (written, kept) = (budget(), hark::budget::figures());
    assert!(written.len() > 60, "{}", written.len());
    for (place, figure) in &kept {
        assert_eq!(
            written.get(*place),
            Some(figure),
            "{place} in docs/security.md"
        );
    }
    let kept: Vec<&str> = kept.iter().map(|(place, _)| *place).collect();
    for place in written.keys() {
        assert!(kept.contains(&place.as_str()), "nothing keeps {place}");
    }
}

/// A bound is tried from both sides: what is allowed is not refused for its size, and one more is.
#[test]
fn the_budget_holds_where_it_is_cheap_to_try() {
    let budget = budget();
    let figure = |place: &str| usize::try_from(budget[place]).unwrap();
    let (server, _database) = without_limits();
    let (nobody, admin) = (server.client(), server.admin());
    let bytes = |client: &Client, path: &str, size: usize| {
        let around = br#"{"junk":""}"#.len();
        let body = format!(r#"{{"junk":"{}"}}"#, "x".repeat(size - around));
        client.send("POST", path, &JSON, body.as_bytes()).status
    };
    let values = |client: &Client, path: &str, number: usize| {
        let body = json!({"junk": vec![0; number - 2]}).to_string();
        client.send("POST", path, &JSON, body.as_bytes()).status
    };
    let (login, message) = ("/api/v1/login", "/api/v1/livechat/message");
    let (status, import) = ("/api/v1/users.setStatus", "/api/v1/livechat/messages");
    for (client, path, size) in [
        (&nobody, login, "OF_STRANGERS"),
        (&nobody, message, "OF_A_MESSAGE"),
        (&admin, status, "OF_ACCOUNTS"),
        (&admin, import, "OF_AN_IMPORT"),
    ] {
        let most = figure(&format!("body::{size}.bytes"));
        assert_ne!(bytes(client, path, most), 413, "{size}");
        assert_eq!(bytes(client, path, most + 1), 413, "{size}");
        let most = figure(&format!("body::{size}.values"));
        assert_ne!(values(client, path, most), 413, "{size}");
        assert_eq!(values(client, path, most + 1), 413, "{size}");
    }
    let most = figure("comm100_answer::LARGEST_BODY.bytes");
    assert_ne!(bytes(&nobody, "/oauth/token", most), 413);
    assert_eq!(bytes(&nobody, "/oauth/token", most + 1), 413);
    let nested = |depth: usize| {
        let text = format!(
            r#"{{"a":{}{}}}"#,
            "[".repeat(depth - 1),
            "]".repeat(depth - 1)
        );
        nobody.send("POST", login, &JSON, text.as_bytes()).status
    };
    let deepest = figure("body::DEEPEST");
    assert_eq!((nested(deepest), nested(deepest + 1)), (401, 413));
    let parameters = |number: usize| {
        let query = "count=1&".repeat(number);
        nobody.get(&format!("settings.public?{query}")).status
    };
    let most = figure("body::MOST_PARAMETERS");
    assert_eq!(nobody.get("settings.public?count=1").status, 200);
    assert_eq!(parameters(most + 1), 400);
    let query = |client: &Client, query: &Value| {
        let query = query.to_string().replace('"', "%22");
        let query = query
            .replace('{', "%7B")
            .replace('}', "%7D")
            .replace('^', "%5E");
        client.get(&format!("settings.public?query={query}")).status
    };
    let longest = figure("paging::LONGEST") - r#"{"_id":""}"#.len();
    assert_eq!(query(&nobody, &json!({"_id": "x".repeat(longest)})), 200);
    assert_eq!(
        query(&nobody, &json!({"_id": "x".repeat(longest + 1)})),
        400
    );
    let among = |number: usize| json!({"_id": {"$in": vec![1; number]}});
    let most = figure("paging::BOUNDS.values") - 3;
    assert_eq!(query(&nobody, &among(most)), 200);
    assert_eq!(query(&nobody, &among(most + 1)), 400);
    let patterns = |number: usize, length: usize| {
        let pattern = json!({"_id": {"$regex": "x".repeat(length)}});
        json!({"$or": vec![pattern; number]})
    };
    let (most, longest) = (
        figure("query::MOST_PATTERNS"),
        figure("query::LONGEST_PATTERN"),
    );
    assert_eq!(query(&admin, &patterns(most, longest)), 200);
    assert_eq!(query(&admin, &patterns(most + 1, longest)), 400);
    assert_eq!(query(&admin, &patterns(most, longest + 1)), 400);
}

#[test]
fn a_frame_before_a_log_in_is_small() {
    let (server, _database) = without_limits();
    let agent = server.admin().agent("amy");
    let budget = budget();
    let figure = |place: &str| usize::try_from(budget[place]).unwrap();
    let (bytes, values) = (
        figure("ddp::OF_STRANGERS.bytes"),
        figure("ddp::OF_STRANGERS.values"),
    );
    let of_bytes = |bytes: usize| {
        let around = json!({"msg": "ping", "junk": ""}).to_string().len();
        json!({"msg": "ping", "junk": "x".repeat(bytes - around)})
    };
    let of_values = |values: usize| json!({"msg": "ping", "junk": vec![0; values - 3]});
    let mut stranger = Socket::greeted(&server);
    for frame in [of_bytes(bytes), of_values(values)] {
        stranger.send(&frame);
        assert_eq!(stranger.frame(), json!({"msg": "pong"}));
    }
    for frame in [of_bytes(bytes + 1), of_values(values + 1)] {
        let mut stranger = Socket::greeted(&server);
        stranger.send(&frame);
        assert_eq!(stranger.closed().unwrap().0, 1009);
    }
    let (bytes, values) = (figure("ddp::LARGEST_FRAME"), figure("body::INSIDE.values"));
    let mut known = Socket::of(&server, &agent.client);
    for frame in [of_bytes(bytes), of_values(values)] {
        known.send(&frame);
        known.wait_for("pong", |frame| frame["msg"] == "pong");
    }
    known.send(&of_values(values + 1));
    assert_eq!(known.closed().unwrap().0, 1009);
}

#[test]
fn frames_of_all_sockets_at_an_address_have_one_pace() {
    let (server, _database) = with_limits();
    let budget = budget();
    let begun = std::time::Instant::now();
    let frame = json!({"msg": "ping", "junk": "x".repeat(16_000)});
    // 16 KiB count as 16 frames
    let (sockets, each) = (3, 290);
    for _ in 0..sockets {
        let mut socket = Socket::greeted(&server);
        for _ in 0..each {
            socket.send(&frame);
        }
        for _ in 0..each {
            assert_eq!(socket.frame(), json!({"msg": "pong"}));
        }
    }
    let beyond = sockets * each * 16 - budget["pace::OF_AN_ADDRESS.at_once"];
    let least = beyond / budget["pace::OF_AN_ADDRESS.each_second"];
    assert!(begun.elapsed() >= Duration::from_secs(least));
}

#[test]
fn a_filter_of_chats_is_small() {
    let (server, _database) = without_limits();
    let agent = server.admin().agent("amy");
    let budget = budget();
    let figure = |place: &str| usize::try_from(budget[place]).unwrap();
    let own = agent.id.as_str();
    let list = |name: &str, given: &Value| {
        let given = given.to_string();
        let escaped: String = given.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let path = format!("livechat/rooms?agents[]={own}&{name}={escaped}");
        agent.client.get(&path).status
    };
    let patterns = |number: usize, pattern: &str| {
        let members = (0..number).map(|number| (number.to_string(), json!(pattern)));
        list("customFields", &Value::Object(members.collect()))
    };
    let (most, longest) = (
        figure("query::MOST_PATTERNS"),
        figure("query::LONGEST_PATTERN"),
    );
    assert_eq!(patterns(most, &"x".repeat(longest)), 200);
    assert_eq!(patterns(most + 1, "x"), 400);
    assert_eq!(patterns(1, &"x".repeat(longest + 1)), 400);
    assert_eq!(patterns(1, "(x{100}){100}"), 400);
    let period = |values: usize| {
        list(
            "createdAt",
            &json!({"end": "2020-01-01", "junk": vec![0; values]}),
        )
    };
    let most = figure("paging::BOUNDS.values");
    assert_eq!((period(most - 3), period(most - 2)), (200, 400));
}
