use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Result, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::eventually;

/// A web server of a test that keeps what it is sent, and answers as the test wants.
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    answer: Mutex<Arc<Answer>>,
    next: Mutex<VecDeque<Reply>>,
    log: Mutex<Log>,
}

type Answer = dyn Fn(&Received) -> Reply + Send + Sync;

#[derive(Default)]
struct Log {
    received: Vec<Received>,
    /// One for each connection that was ever made.
    connections: Vec<TcpStream>,
    ended: usize,
    closed: bool,
}

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub struct Received {
    /// When its last byte had come.
    pub at: Instant,
    /// `POST /hook?x=1 HTTP/1.1`
    pub line: String,
    /// In their order, spelled as they came.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Which connection it came by, counted from 0.
    pub connection: usize,
}

/// What is answered: head, body, and manners.
#[derive(Clone, Debug)]
pub struct Reply {
    head: Vec<u8>,
    body: Vec<u8>,
    manner: Manner,
    after: Duration,
    /// Whether the connection ends with it.
    closes: bool,
}

#[derive(Clone, Copy, Debug)]
enum Manner {
    Whole,
    /// The body a byte at a time.
    Drips(Duration),
    /// The body again and again, for as long as somebody reads.
    Endless,
    /// Nothing, until the other side hangs up.
    Hangs,
}

impl Receiver {
    /// Listens on a free port of this machine, and answers 200 with an empty body.
    pub fn open() -> Self {
        Self::answering(|_| Reply::status(200))
    }

    /// Each connection has a thread of its own, so `answer` may wait for something.
    pub fn answering(answer: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        Self::listen(TcpListener::bind("127.0.0.1:0").unwrap(), Arc::new(answer))
    }

    /// Listens where another one did before.
    pub fn open_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        Self::listen(listener, Arc::new(|_| Reply::status(200)))
    }

    fn listen(listener: TcpListener, answer: Arc<Answer>) -> Self {
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            answer: Mutex::new(answer),
            next: Mutex::new(VecDeque::new()),
            log: Mutex::new(Log::default()),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let mut log = lock(&serving.log);
                if log.closed {
                    return;
                }
                let connection = log.connections.len();
                log.connections.push(stream.try_clone().unwrap());
                drop(log);
                let shared = Arc::clone(&serving);
                std::thread::spawn(move || {
                    // A client that hangs up is no failure of the receiver.
                    drop(serve(&stream, connection, &shared));
                    drop(stream.shutdown(Shutdown::Both));
                    lock(&shared.log).ended += 1;
                });
            }
        });
        Self { address, shared }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Of a path that begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Answers from now on.
    pub fn answer(&self, answer: impl Fn(&Received) -> Reply + Send + Sync + 'static) {
        *lock(&self.shared.answer) = Arc::new(answer);
    }

    /// Answers the next request, after those that were said before, whatever else it answers.
    pub fn answer_next(&self, reply: Reply) {
        lock(&self.shared.next).push_back(reply);
    }

    /// What has come so far, in the order of arrival.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.shared.log).received.clone()
    }

    /// Waits until so many requests have come in all, and gives what has come.
    pub fn wait(&self, requests: usize) -> Vec<Received> {
        eventually(&format!("{requests} requests at the receiver"), || {
            let log = lock(&self.shared.log);
            (log.received.len() >= requests).then(|| log.received.clone())
        })
    }

    /// How many connections were ever made.
    pub fn connections(&self) -> usize {
        lock(&self.shared.log).connections.len()
    }

    /// How many of them are over.
    pub fn ended(&self) -> usize {
        lock(&self.shared.log).ended
    }
}

impl Drop for Receiver {
    /// As if the machine were switched off: the port is free, and connections are cut.
    fn drop(&mut self) {
        let mut log = lock(&self.shared.log);
        log.closed = true;
        for stream in &log.connections {
            drop(stream.shutdown(Shutdown::Both));
        }
        drop(log);
        // Wakes the listener, which then sees that it is over.
        drop(TcpStream::connect(self.address));
    }
}

impl Received {
    pub fn method(&self) -> &str {
        self.line.split(' ').next().unwrap_or_default()
    }

    /// With the query.
    pub fn path(&self) -> &str {
        self.line.split(' ').nth(1).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(given, _)| given.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Reply {
    pub fn status(status: u16) -> Self {
        Self::saying(format!("HTTP/1.1 {status} Said\r\n").into(), Manner::Whole)
    }

    /// Exactly these bytes, whatever they are, and the end of the connection.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        let mut reply = Self::saying(Vec::new(), Manner::Whole);
        reply.body = bytes.into();
        reply.closes = true;
        reply
    }

    /// Nothing at all until the other side has enough.
    pub fn silence() -> Self {
        Self::saying(Vec::new(), Manner::Hangs)
    }

    fn saying(head: Vec<u8>, manner: Manner) -> Self {
        Self {
            head,
            body: Vec::new(),
            manner,
            after: Duration::ZERO,
            closes: false,
        }
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.head.extend(format!("{name}: {value}\r\n").bytes());
        self
    }

    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    #[must_use]
    pub fn json(self, body: &serde_json::Value) -> Self {
        self.header("Content-Type", "application/json")
            .body(body.to_string())
    }

    /// After a while.
    #[must_use]
    pub fn after(mut self, while_: Duration) -> Self {
        self.after = while_;
        self
    }

    /// A byte of the body at a time, with this long between.
    #[must_use]
    pub fn dripping(mut self, between: Duration) -> Self {
        self.manner = Manner::Drips(between);
        self
    }

    /// The body again and again.
    #[must_use]
    pub fn endless(mut self) -> Self {
        self.manner = Manner::Endless;
        self
    }

    /// And hangs up.
    #[must_use]
    pub fn closing(mut self) -> Self {
        self.closes = true;
        self
    }

    fn say(&self, mut to: &TcpStream) -> Result<()> {
        if !self.after.is_zero() {
            rest(self.after);
        }
        let mut head = self.head.clone();
        if !head.is_empty() {
            let length = match self.manner {
                Manner::Endless => 10_000_000_000,
                _ => self.body.len(),
            };
            let named = head.to_ascii_lowercase();
            let named = |name: &[u8]| named.windows(name.len()).any(|part| part == name);
            if !named(b"\r\ncontent-length:") && !named(b"\r\ntransfer-encoding:") {
                head.extend(format!("Content-Length: {length}\r\n").bytes());
            }
            head.extend(b"\r\n");
        }
        match self.manner {
            Manner::Whole => {
                head.extend(&self.body);
                to.write_all(&head)
            }
            Manner::Drips(between) => {
                to.write_all(&head)?;
                for byte in &self.body {
                    rest(between);
                    to.write_all(&[*byte])?;
                }
                Ok(())
            }
            Manner::Endless => {
                to.write_all(&head)?;
                let piece = self.body.repeat(8192 / self.body.len().max(1) + 1);
                loop {
                    to.write_all(&piece)?;
                }
            }
            Manner::Hangs => {
                while to.read(&mut [0; 1024])? > 0 {}
                Ok(())
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn rest(time: Duration) {
    let end = Instant::now() + time;
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        std::thread::park_timeout(left);
    }
}

fn serve(stream: &TcpStream, connection: usize, shared: &Shared) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut from = BufReader::new(stream);
    while let Some(received) = read(&mut from, connection)? {
        // Before the test can see the request, and say how the next one is answered.
        let next = lock(&shared.next).pop_front();
        lock(&shared.log).received.push(received.clone());
        let reply = next.unwrap_or_else(|| {
            let answer = Arc::clone(&lock(&shared.answer));
            answer(&received)
        });
        reply.say(stream)?;
        if reply.closes {
            break;
        }
    }
    Ok(())
}

fn read(from: &mut impl BufRead, connection: usize) -> Result<Option<Received>> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        from.read_line(&mut header)?;
        let header = header.trim_end_matches(['\r', '\n']);
        let Some((name, value)) = header.split_once(':') else {
            break;
        };
        headers.push((name.to_owned(), value.trim_start().to_owned()));
    }
    let mut received = Received {
        at: Instant::now(),
        line: line.trim_end_matches(['\r', '\n']).to_owned(),
        headers,
        body: Vec::new(),
        connection,
    };
    let length = received.header("content-length").map(str::parse);
    received.body = vec![0; length.map_or(0, std::result::Result::unwrap)];
    from.read_exact(&mut received.body)?;
    received.at = Instant::now();
    Ok(Some(received))
}
