//! As many requests as a number of kept connections can carry, over plain sockets, so that the
//! client costs little beside the server that it measures.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::machine::Meter;
use crate::sample::Sample;

/// Its threads are called `bench`, so that a profile shows which ones are Hark's.
pub fn runtime() -> Runtime {
    let mut threads = tokio::runtime::Builder::new_multi_thread();
    threads.thread_name("bench").enable_all().build().unwrap()
}

pub fn get(path: &str, address: &str, headers: &[(&str, &str)]) -> String {
    let mut text = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text
}

/// Logged in with these headers, or nobody without any.
pub fn post(path: &str, address: &str, headers: &[(&str, &str)], body: &Value) -> String {
    let body = body.to_string();
    let mut text = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(&body);
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
    runtime.block_on(gather(tasks))
}

pub async fn gather(mut tasks: JoinSet<Sample>) -> Sample {
    let mut all = Sample::default();
    while let Some(sample) = tasks.join_next().await {
        all.join(sample.unwrap());
    }
    all
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

/// A connection that is kept; each request waits for the answer to the one before.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            buffer: vec![0; 64 << 10],
        }
    }

    /// The body of an answer that has to be a good one.
    pub async fn ask(&mut self, request: &str) -> &[u8] {
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let mut filled = 0;
        let mut parts = None;
        while parts.is_none_or(|(head, body)| filled < head + body) {
            if filled == self.buffer.len() {
                self.buffer.resize(filled * 2, 0);
            }
            let rest = &mut self.buffer[filled..];
            let read = self.stream.read(rest).await.unwrap();
            assert!(read > 0, "the server closed a connection");
            filled += read;
            parts = parts.or_else(|| lengths(&self.buffer[..filled]));
        }
        let (head, body) = parts.unwrap();
        assert_eq!(filled, head + body, "more came than was asked for");
        let answer = &self.buffer[head..filled];
        assert!(
            self.buffer.starts_with(b"HTTP/1.1 200"),
            "{request}\n\n{}",
            String::from_utf8_lossy(answer)
        );
        answer
    }

    pub async fn ask_for(&mut self, request: &str) -> Value {
        serde_json::from_slice(self.ask(request).await).unwrap()
    }
}

/// How long the head of an answer is and how long its body, once the head is there.
fn lengths(bytes: &[u8]) -> Option<(usize, usize)> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&bytes[..head]).unwrap();
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().unwrap())
    });
    Some((head + 4, length.unwrap()))
}

/// Answers, and who used the CPU meanwhile.
pub struct Measured {
    pub answers: Sample,
    theirs: Vec<f64>,
    pub strangers: f64,
}

impl Measured {
    pub fn of(beside: &[u32], span: Duration, ask: impl FnOnce(Duration) -> Sample) -> Self {
        let meter = Meter::start(beside);
        let answers = ask(span);
        let usage = meter.stop();
        Self {
            answers,
            theirs: usage.theirs,
            strangers: usage.strangers,
        }
    }

    pub fn join(&mut self, other: Self) {
        self.answers.join(other.answers);
        for (sum, more) in self.theirs.iter_mut().zip(other.theirs) {
            *sum += more;
        }
    }

    /// CPU seconds of one of the processes for 10,000 answers.
    pub fn cpu(&self, process: usize) -> f64 {
        let spent = self.theirs.get(process).copied().unwrap_or(f64::NAN);
        spent / self.answers.count() as f64 * 10_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_as_long_as_its_head_says() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        assert_eq!(lengths(text), Some((text.len() - 5, 5)));
        assert_eq!(lengths(&text[..30]), None);
    }
}
