//! A client of `/websocket` that holds little and costs little: thousands of them share the machine
//! with the server that they measure.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TEXT: u8 = 0x81;
const MASKED: u8 = 0x80;
/// What is sent is masked with zeros, and so goes out as it is.
const MASK: [u8; 4] = [0; 4];

pub struct Socket {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// How much of the buffer was answered already.
    read: usize,
    last: u64,
}

impl Socket {
    /// Connected, and greeted.
    pub async fn open(address: SocketAddr) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let request = format!(
            "GET /websocket HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut socket = Self {
            stream,
            buffer: Vec::with_capacity(1024),
            read: 0,
            last: 0,
        };
        let head = loop {
            let end = socket
                .buffer
                .windows(4)
                .position(|four| four == b"\r\n\r\n");
            match end {
                Some(end) => break end + 4,
                None => socket.more().await,
            }
        };
        assert!(
            socket.buffer.starts_with(b"HTTP/1.1 101"),
            "{}",
            String::from_utf8_lossy(&socket.buffer)
        );
        socket.read = head;
        let greeting = json!({"msg": "connect", "version": "1", "support": ["1"]});
        socket.send(&greeting).await;
        while socket.next().await["msg"] != "connected" {}
        socket
    }

    async fn more(&mut self) {
        let count = self.stream.read_buf(&mut self.buffer).await.unwrap();
        assert!(
            count > 0,
            "the server closed a socket: {}",
            String::from_utf8_lossy(&self.buffer)
        );
    }

    pub async fn send(&mut self, frame: &Value) {
        let text = frame.to_string();
        let mut bytes = vec![TEXT];
        match u8::try_from(text.len()) {
            Ok(length @ ..126) => bytes.push(MASKED | length),
            _ => {
                bytes.push(MASKED | 126);
                let length = u16::try_from(text.len()).unwrap();
                bytes.extend(length.to_be_bytes());
            }
        }
        bytes.extend(MASK);
        bytes.extend(text.as_bytes());
        self.stream.write_all(&bytes).await.unwrap();
    }

    /// The text of the next frame.
    pub async fn frame(&mut self) -> &[u8] {
        self.buffer.drain(..self.read);
        self.read = 0;
        let (head, length) = loop {
            if let Some((head, length)) = lengths(&self.buffer)
                && self.buffer.len() >= head + length
            {
                break (head, length);
            }
            self.more().await;
        };
        assert_eq!(self.buffer[0], TEXT, "a frame that is no whole text");
        self.read = head + length;
        &self.buffer[head..self.read]
    }

    pub async fn next(&mut self) -> Value {
        serde_json::from_slice(self.frame().await).unwrap()
    }

    /// What is heard by the right of a visitor's token, or of the log-in.
    pub async fn subscribe(&mut self, stream: &str, event: &str, token: Option<&str>) {
        self.last += 1;
        let id = self.last.to_string();
        let options =
            json!({"useCollection": false, "args": [{"token": token, "visitorToken": token}]});
        let frame = json!({"msg": "sub", "id": id, "name": stream, "params": [event, options]});
        self.send(&frame).await;
        while self.next().await != json!({"msg": "ready", "subs": [id]}) {}
    }

    pub async fn log_in(&mut self, token: &str) {
        let frame = json!({"msg": "method", "id": "login", "method": "login", "params": [{"resume": token}]});
        self.send(&frame).await;
        while self.next().await["msg"] != "updated" {}
    }
}

/// How long the head of a frame is and how long its text, once the head is there.
fn lengths(bytes: &[u8]) -> Option<(usize, usize)> {
    match *bytes.get(1)? {
        length @ ..126 => Some((2, length.into())),
        126 => {
            let length = bytes.get(2..4)?.try_into().ok()?;
            Some((4, u16::from_be_bytes(length).into()))
        }
        _ => {
            let length = bytes.get(2..10)?.try_into().ok()?;
            Some((10, u64::from_be_bytes(length) as usize))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_as_long_as_its_head_says() {
        assert_eq!(lengths(&[TEXT]), None);
        assert_eq!(lengths(&[TEXT, 5, b'h']), Some((2, 5)));
        assert_eq!(lengths(&[TEXT, 126, 1]), None);
        assert_eq!(lengths(&[TEXT, 126, 1, 2]), Some((4, 258)));
        assert_eq!(
            lengths(&[TEXT, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
            Some((10, 65_536))
        );
    }
}
