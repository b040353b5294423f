//! The log of events: read by cursor, and followed as a stream.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use hark_store::Timestamp;
use hark_testkit::{Client, eventually, on_both_engines, text};
use hark_webhooks::signing::{Secret, signature};
use serde_json::{Value, json};

use super::{API, ask, desk, items, problem};

on_both_engines! {
    fn what_happened_in_a_day_is_counted_by_its_kind(engine: Engine) {
        let desk = desk(engine);
        let rid = desk.new_chat("ann");
        desk.say("ann", &rid, "hello");
        desk.say("ann", &rid, "again");
        desk.set("Livechat_webhook_on_start", true);
        // what is committed stands in the log a moment later
        let counts = eventually("all are counted", || {
            let counts = ask(&desk.admin, "events/counts").expect(200);
            (counts["kinds"]["message.visitor"] == 2).then_some(counts)
        });
        assert_eq!(counts["kinds"]["chat.started"], 1);
        assert_eq!(counts["whole"], true);
        // Of what no webhook is told of nothing is said here either.
        assert_eq!(counts["kinds"]["setting.changed"], Value::Null);
    }

    fn the_log_is_read_by_cursor_and_has_only_what_is_public(engine: Engine) {
        let desk = desk(engine);
        desk.set("Livechat_title", "not for everyone");
        let rid = desk.new_chat("ann");
        for number in 0..5 {
            desk.say("ann", &rid, &format!("words {number}"));
        }
        // what is committed stands in the log a moment later
        let all = eventually("all stand in the log", || {
            let all = ask(&desk.admin, "events").expect(200);
            let said = items(&all).iter().filter(|event| event["type"] == "message.visitor").count();
            (said == 5).then_some(all)
        });
        let events = items(&all);
        assert!(events.iter().all(|event| event["type"] != "setting.changed"), "{events:#?}");
        assert_eq!(all["hasMore"], false);
        let said = items(&ask(&desk.admin, "events?kinds=message.visitor").expect(200));
        let words: Vec<String> = said.iter().map(|event| text(event, "/data/message/text")).collect();
        assert_eq!(words, ["words 0", "words 1", "words 2", "words 3", "words 4"]);
        let (mut after, mut seen) = (0, Vec::new());
        loop {
            let page = ask(&desk.admin, &format!("events?kinds=chat.*,message.visitor&limit=2&after={after}")).expect(200);
            after = page["after"].as_i64().unwrap();
            seen.extend(items(&page));
            if page["hasMore"] == false {
                break;
            }
        }
        let wanted: Vec<Value> = events.into_iter().filter(|event| event["type"].as_str().unwrap().starts_with("chat.") || event["type"] == "message.visitor").collect();
        assert_eq!(seen, wanted);
        let nothing = ask(&desk.admin, &format!("events?after={after}")).expect(200);
        assert_eq!((items(&nothing).len(), &nothing["after"]), (0, &json!(after)));
    }

    fn the_stream_says_what_happens_and_ends_with_the_token(engine: Engine) {
        let desk = desk(engine);
        let max = desk.admin.person("max", &["livechat-manager"]);
        let mut stream = Stream::open(desk.server.address(), &max, "events/stream?kinds=message.visitor", &[]);
        let rid = desk.new_chat("ann");
        desk.say("ann", &rid, "first");
        let (first, event) = stream.event().unwrap();
        assert_eq!((&event["type"], &event["data"]["message"]["text"]), (&json!("message.visitor"), &json!("first")));
        assert_eq!(event["data"]["eventId"], first);
        desk.say("ann", &rid, "second");
        let (_, event) = stream.event().unwrap();
        assert_eq!(event["data"]["message"]["text"], "second");
        // someone who comes back goes on where they were
        let first = first.to_string();
        let mut back = Stream::open(desk.server.address(), &max, "events/stream?kinds=message.visitor", &[("Last-Event-ID", &first)]);
        assert_eq!(back.event().unwrap().1["data"]["message"]["text"], "second");
        // and someone who is logged out hears no more
        max.post("logout", &json!({})).expect(200);
        assert_eq!(stream.event(), None);
        assert_eq!(back.event(), None);
        let admin = desk.server.admin();
        let mut last = Stream::open(desk.server.address(), &admin, "events/stream", &[]);
        // a stream does not hold up the end
        assert_eq!(desk.server.stop(), Some(0));
        assert_eq!(last.event(), None);
    }

    fn the_stream_is_signed_with_the_secret_that_its_reader_brings(engine: Engine) {
        let desk = desk(engine);
        let secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let path = "events/stream?kinds=chat.started";
        let mut stream = Stream::open(desk.server.address(), &desk.admin, path, &[("webhook-secret", secret)]);
        desk.new_chat("ann");
        let mut fields = HashMap::new();
        while !fields.contains_key("data") {
            let line = stream.line().unwrap();
            if let Some((name, value)) = line.split_once(": ") {
                fields.insert(name.to_owned(), value.to_owned());
            }
        }
        let seconds: i64 = fields["webhook-timestamp"].parse().unwrap();
        let now = Timestamp::from_millis(seconds * 1000);
        assert_eq!(fields["webhook-id"], format!("event_{}", fields["id"]));
        let secrets = [Secret::parse(secret).unwrap()];
        let by_us = signature(&secrets, now, &fields["webhook-id"], seconds, fields["data"].as_bytes());
        assert_eq!(by_us.as_ref(), Some(&fields["webhook-signature"]));
        let mut refused = Stream::begin(desk.server.address(), &desk.admin, path, &[("webhook-secret", "whsec_short")]);
        assert!(refused.line().unwrap().contains(" 400 "));
    }

    fn only_so_many_follow_the_log_at_once(engine: Engine) {
        let desk = desk(engine);
        let open = || Stream::open(desk.server.address(), &desk.admin, "events/stream", &[]);
        let mut held: Vec<Stream> = (0..200).map(|_| open()).collect();
        let refused = ask(&desk.admin, "events/stream");
        problem(&refused, 503, "unavailable");
        assert_eq!(refused.header("retry-after"), Some("2"));
        // all of them hear of what happens
        desk.new_chat("ann");
        for stream in &mut held {
            assert_eq!(stream.event().unwrap().1["type"], "chat.started");
        }
        // and one that goes makes room
        held.truncate(199);
        eventually("there is room again", || {
            let mut stream = Stream::begin(desk.server.address(), &desk.admin, "events/stream", &[]);
            stream.line().filter(|line| line.contains(" 200 "))
        });
    }
}

/// A stream of Server-Sent Events.
struct Stream(BufReader<TcpStream>);

impl Stream {
    fn begin(address: &str, client: &Client, path: &str, headers: &[(&str, &str)]) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let mut head = format!("GET {API}{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
        let own = ["X-User-Id", "X-Auth-Token"].map(|name| (name, client.header(name).unwrap()));
        for (name, value) in own.iter().chain(headers) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        Self(BufReader::new(stream))
    }

    fn open(address: &str, client: &Client, path: &str, headers: &[(&str, &str)]) -> Self {
        let mut opened = Self::begin(address, client, path, headers);
        let line = opened.line().unwrap();
        assert!(line.contains(" 200 "), "{line}");
        // the first sign of life says that the log is watched
        while opened.line().is_some_and(|line| !line.starts_with(':')) {}
        opened
    }

    /// Nothing when it has ended.
    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.0.read_line(&mut line).ok()?;
        (read > 0).then(|| line.trim_end().to_owned())
    }

    /// The next event, with its id.
    fn event(&mut self) -> Option<(i64, Value)> {
        let mut id = 0;
        loop {
            let line = self.line()?;
            if let Some(text) = line.strip_prefix("id: ") {
                id = text.parse().unwrap();
            }
            if let Some(text) = line.strip_prefix("data: ") {
                return Some((id, serde_json::from_str(text).unwrap()));
            }
        }
    }
}
