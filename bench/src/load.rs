//! As many requests as a number of kept connections can carry, over plain sockets, so that the
//! client costs little beside the server that it measures.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::sample::Sample;

pub fn get(path: &str, address: &str, headers: &[(&str, &str)]) -> String {
    let mut text = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text
}

/// Each connection asks again as soon as it is answered; only answers within the span count.
pub fn run(
    runtime: &Runtime,
    address: &str,
    request: &str,
    connections: usize,
    span: Duration,
) -> Sample {
    let address: SocketAddr = address.parse().unwrap();
    let until = Instant::now() + span;
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let request = request.to_owned();
        tasks.spawn_on(ask_until(address, request, until), runtime.handle());
    }
    runtime.block_on(async {
        let mut all = Sample::default();
        while let Some(sample) = tasks.join_next().await {
            all.join(sample.unwrap());
        }
        all
    })
}

/// A number of requests over a number of connections.
pub fn count(runtime: &Runtime, address: &str, request: &str, connections: usize, requests: usize) {
    let address: SocketAddr = address.parse().unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let request = request.to_owned();
        let each = requests / connections;
        let asking = async move {
            let mut connection = Connection::open(address).await;
            for _ in 0..each {
                connection.ask(&request).await;
            }
        };
        tasks.spawn_on(asking, runtime.handle());
    }
    runtime.block_on(tasks.join_all());
}

async fn ask_until(address: SocketAddr, request: String, until: Instant) -> Sample {
    let mut connection = Connection::open(address).await;
    let mut sample = Sample::default();
    loop {
        let asked = Instant::now();
        connection.ask(&request).await;
        let answered = Instant::now();
        if answered >= until {
            return sample;
        }
        sample.add(answered - asked);
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            buffer: vec![0; 64 << 10],
        }
    }

    async fn ask(&mut self, request: &str) {
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let mut filled = 0;
        let mut length = None;
        while length.is_none_or(|length| filled < length) {
            let rest = &mut self.buffer[filled..];
            let read = self.stream.read(rest).await.unwrap();
            assert!(read > 0, "the server closed a connection");
            filled += read;
            length = length.or_else(|| whole_length(&self.buffer[..filled]));
        }
        assert_eq!(length, Some(filled), "more came than was asked for");
    }
}

/// How long an answer is, once its head is there.
fn whole_length(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&bytes[..head]).unwrap();
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().unwrap())
    });
    Some(head + 4 + length.unwrap())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_as_long_as_its_head_says() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        assert_eq!(whole_length(text), Some(text.len()));
        assert_eq!(whole_length(&text[..30]), None);
    }
}
