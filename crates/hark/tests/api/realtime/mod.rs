//! The real-time API: connections, what is heard of chats, and several nodes.

mod chats;
mod connections;
mod nodes;
mod typing;

use hark_testkit::{Agent, Desk, Socket};
use serde_json::{Value, json};

const MESSAGES: &str = "stream-room-messages";
const NOTICES: &str = "stream-notify-room";
const CHAT: &str = "stream-livechat-room";
const ROOM: &str = "stream-room-data";
const OWN: &str = "stream-notify-user";
const QUEUE: &str = "stream-livechat-inquiry-queue-observer";

fn shown(token: &str) -> Value {
    json!({"token": token, "visitorToken": token})
}

fn is_ready(answer: &Value) -> bool {
    answer["msg"] == "ready"
}

/// The widget's connection, with what it subscribes to.
fn window(desk: &Desk, token: &str, rid: &str) -> Socket {
    let mut socket = Socket::greeted(&desk.server);
    let streams = [
        (MESSAGES, rid.to_owned()),
        (NOTICES, format!("{rid}/user-activity")),
        (NOTICES, format!("{rid}/deleteMessage")),
        (CHAT, rid.to_owned()),
        (CHAT, rid.to_owned()),
        (CHAT, rid.to_owned()),
    ];
    for (stream, event) in streams {
        assert!(is_ready(&socket.subscribe(stream, &event, &shown(token))));
    }
    socket
}

/// An agent's connection, with what concerns themselves and the queue.
fn console(desk: &Desk, agent: &Agent) -> Socket {
    let mut socket = Socket::of(&desk.server, &agent.client);
    for event in [
        "subscriptions-changed",
        "rooms-changed",
        "notification",
        "userData",
    ] {
        let event = format!("{}/{event}", agent.id);
        assert!(is_ready(&socket.subscribe(OWN, &event, &Value::Null)));
    }
    assert!(is_ready(&socket.subscribe(QUEUE, "public", &Value::Null)));
    socket
}

/// A push in short.
fn short(frame: &Value) -> String {
    let fields = &frame["fields"];
    let first = &fields["args"][0];
    let event = fields["eventName"].as_str().unwrap();
    match frame["collection"].as_str().unwrap() {
        MESSAGES => match first["t"].as_str() {
            Some(kind) => format!("message {kind}"),
            None => format!("message {}", first["msg"].as_str().unwrap()),
        },
        OWN => {
            let event = event.split_once('/').unwrap().1;
            format!("{event} {}", first.as_str().unwrap_or_default())
                .trim_end()
                .to_owned()
        }
        QUEUE => {
            let status = first["status"].as_str().unwrap_or_default();
            format!("queue {} {status}", first["type"].as_str().unwrap())
                .trim_end()
                .to_owned()
        }
        CHAT if first["type"] == "queueData" => format!("place {}", first["data"]["spot"]),
        CHAT => format!(
            "{} {}",
            first["type"].as_str().unwrap(),
            first["data"]["username"]
        ),
        ROOM => "room".to_owned(),
        other => format!("{other} {event}"),
    }
}

/// Hears exactly this next, in this order.
#[track_caller]
fn hears(socket: &mut Socket, wanted: &[&str]) -> Vec<Value> {
    let mut frames = Vec::new();
    while frames.len() < wanted.len() {
        let frame = socket.frame();
        if frame["msg"] == "changed" {
            frames.push(frame);
        }
    }
    let heard: Vec<String> = frames.iter().map(short).collect();
    assert_eq!(heard, wanted);
    frames
}

/// Hears this sooner or later.
#[track_caller]
fn awaits(socket: &mut Socket, wanted: &str) {
    socket.wait_for(wanted, |frame| {
        frame["msg"] == "changed" && short(frame) == wanted
    });
}

/// All that was heard while something else was waited for.
fn kept(socket: &Socket) -> Vec<String> {
    let pushes = socket
        .kept()
        .iter()
        .filter(|frame| frame["msg"] == "changed");
    pushes.map(short).collect()
}
