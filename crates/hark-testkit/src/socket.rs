use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::{Error, HandshakeError, Message, WebSocket};

use crate::{Client, Server, text};

/// How long a frame is waited for that has to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A client of the real-time API that shows every frame, one after the other.
pub struct Socket {
    socket: WebSocket<TcpStream>,
    /// What came while something else was waited for.
    waiting: Vec<Value>,
    last: u64,
}

impl Socket {
    /// Connected, and nothing said yet.
    pub fn open(server: &Server) -> Self {
        Self::try_open(server).unwrap_or_else(|status| panic!("answered {status}"))
    }

    /// Connected, or the status with which that was refused.
    pub fn try_open(server: &Server) -> Result<Self, u16> {
        let stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let url = format!("ws://{}/websocket", server.address());
        match tungstenite::client(url, stream) {
            Ok((socket, _)) => Ok(Self {
                socket,
                waiting: Vec::new(),
                last: 0,
            }),
            Err(HandshakeError::Failure(Error::Http(answer))) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Connected, and greeted.
    pub fn greeted(server: &Server) -> Self {
        let mut socket = Self::open(server);
        socket.send(&json!({"msg": "connect", "version": "1", "support": ["1", "pre2", "pre1"]}));
        socket.wait_for("connected", |frame| frame["msg"] == "connected");
        socket
    }

    /// Logged in as somebody who has a log-in over REST.
    pub fn of(server: &Server, client: &Client) -> Self {
        let mut socket = Self::greeted(server);
        let token = client.header("X-Auth-Token").unwrap();
        let entered = socket.call("login", &json!([{"resume": token}]));
        text(&entered, "/result/id");
        socket
    }

    pub fn send(&mut self, frame: &Value) {
        self.send_text(&frame.to_string());
    }

    pub fn send_text(&mut self, frame: &str) {
        self.socket.send(Message::text(frame)).unwrap();
    }

    /// False: the other side takes nothing any more.
    pub fn try_send(&mut self, frame: &Value) -> bool {
        self.socket.send(Message::text(frame.to_string())).is_ok()
    }

    pub fn send_bytes(&mut self, bytes: Vec<u8>) {
        self.socket.send(Message::binary(bytes)).unwrap();
    }

    /// The next frame, in the order in which they came.
    pub fn frame(&mut self) -> Value {
        if self.waiting.is_empty() {
            self.read()
        } else {
            self.waiting.remove(0)
        }
    }

    fn read(&mut self) -> Value {
        loop {
            match self.socket.read().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Close(close) => panic!("closed: {close:?}"),
                _ => {}
            }
        }
    }

    /// The first frame that is meant; those before it are kept for later.
    pub fn wait_for(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(place) = self.waiting.iter().position(&is_it) {
            return self.waiting.remove(place);
        }
        for _ in 0..10_000 {
            let frame = self.read();
            if is_it(&frame) {
                return frame;
            }
            self.waiting.push(frame);
        }
        panic!("no {what} among 10,000 frames");
    }

    /// All frames up to the first that is meant, with it, in their order.
    pub fn up_to(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut frames = Vec::new();
        while frames.len() < 10_000 {
            let frame = self.frame();
            let is_last = is_it(&frame);
            frames.push(frame);
            if is_last {
                return frames;
            }
        }
        panic!("no {what} among 10,000 frames");
    }

    fn next_id(&mut self) -> String {
        self.last += 1;
        format!("t{}", self.last)
    }

    /// Asks for a stream; answers `ready`, or the `nosub` that refuses it.
    pub fn subscribe(&mut self, stream: &str, event: &str, shown: &Value) -> Value {
        let id = self.next_id();
        let options = json!({"useCollection": false, "args": [shown]});
        self.send(&json!({"msg": "sub", "id": id, "name": stream, "params": [event, options]}));
        self.wait_for("answer to a sub", |frame| {
            frame["subs"] == json!([id]) || (frame["msg"] == "nosub" && frame["id"] == *id)
        })
    }

    /// What a method answers, once it says that all of it is done.
    pub fn call(&mut self, method: &str, params: &Value) -> Value {
        let id = self.next_id();
        self.send(&json!({"msg": "method", "id": id, "method": method, "params": params}));
        let result = self.wait_for("result", |frame| {
            frame["msg"] == "result" && frame["id"] == *id
        });
        self.wait_for("updated", |frame| frame["methods"] == json!([id]));
        result
    }

    /// The arguments of the next event of a stream.
    pub fn event(&mut self, stream: &str, event: &str) -> Value {
        let frame = self.wait_for(&format!("{stream} {event}"), |frame| {
            frame["collection"] == stream && frame["fields"]["eventName"] == event
        });
        assert_eq!(
            (&frame["msg"], &frame["id"]),
            (&json!("changed"), &json!("id"))
        );
        frame["fields"]["args"].clone()
    }

    /// What came while something else was waited for.
    pub fn kept(&self) -> &[Value] {
        &self.waiting
    }

    /// With which code and which words the other side closes.
    pub fn closed(&mut self) -> Option<(u16, String)> {
        loop {
            match self.socket.read() {
                Ok(Message::Close(close)) => {
                    return close
                        .map(|close| (close.code.into(), close.reason.as_str().to_owned()));
                }
                Ok(_) => {}
                Err(Error::ConnectionClosed | Error::AlreadyClosed | Error::Protocol(_)) => {
                    return None;
                }
                Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::ConnectionReset => {
                    return None;
                }
                Err(error) => panic!("broken off: {error}"),
            }
        }
    }
}
