use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// An SMTP server that keeps what it is sent, or misbehaves as a test wants.
pub struct Mailbox {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    mood: Mutex<Mood>,
    caught: Mutex<Vec<Mail>>,
    /// How often a client said that it has a mail.
    begun: Mutex<usize>,
    ended: AtomicBool,
}

/// What becomes of a mail that is brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Takes,
    /// With this reply to the recipient, such as `450 later` or `550 unknown`.
    Refuses(&'static str),
    /// Takes the mail and does not say so until the mood is another.
    Hesitates,
    /// Hangs up in the middle of the mail.
    Drops,
}

/// A mail as it came over the wire.
#[derive(Clone, Debug)]
pub struct Mail {
    pub sender: String,
    pub recipients: Vec<String>,
    /// Head and body, with `\n` at the end of lines.
    pub text: String,
}

impl Mailbox {
    /// Listens on a free port of this machine.
    pub fn open() -> Self {
        Self::listen(TcpListener::bind("127.0.0.1:0").unwrap(), None)
    }

    /// The same, over TLS from the first byte on.
    pub fn open_secure(certificate: Vec<u8>, key: Vec<u8>) -> Self {
        let chain = vec![CertificateDer::from(certificate)];
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self::listen(listener, Some(Arc::new(tls)))
    }

    /// Listens where another one did before.
    pub fn open_at(port: u16) -> Self {
        Self::listen(TcpListener::bind(("127.0.0.1", port)).unwrap(), None)
    }

    fn listen(listener: TcpListener, tls: Option<Arc<ServerConfig>>) -> Self {
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            mood: Mutex::new(Mood::Takes),
            caught: Mutex::new(Vec::new()),
            begun: Mutex::new(0),
            ended: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if serving.ended.load(Ordering::SeqCst) {
                    return;
                }
                let (shared, tls) = (Arc::clone(&serving), tls.clone());
                if let Ok(stream) = stream {
                    // A client that hangs up is no failure of the server.
                    std::thread::spawn(move || drop(answer(stream, tls, &shared)));
                }
            }
        });
        Self { port, shared }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn set_mood(&self, mood: Mood) {
        *lock(&self.shared.mood) = mood;
    }

    /// What was taken so far.
    pub fn caught(&self) -> Vec<Mail> {
        lock(&self.shared.caught).clone()
    }

    /// How many mails were brought, taken or not.
    pub fn begun(&self) -> usize {
        *lock(&self.shared.begun)
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees that it has ended.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(
    stream: TcpStream,
    tls: Option<Arc<ServerConfig>>,
    shared: &Shared,
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    match tls {
        Some(tls) => {
            let connection = ServerConnection::new(tls).map_err(std::io::Error::other)?;
            serve(StreamOwned::new(connection, stream), shared)
        }
        None => serve(stream, shared),
    }
}

/// The next line, without its end; nothing when the client has hung up.
fn next_line(stream: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut line = String::new();
    let read = stream.read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
}

fn serve(stream: impl Read + Write, shared: &Shared) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut mail = Mail {
        sender: String::new(),
        recipients: Vec::new(),
        text: String::new(),
    };
    stream.get_mut().write_all(b"220 mailbox of a test\r\n")?;
    while let Some(line) = next_line(&mut stream)? {
        let verb = line.get(..4).unwrap_or(&line).to_ascii_uppercase();
        let reply = match verb.as_str() {
            "EHLO" => "250-mailbox\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "MAIL" => {
                *lock(&shared.begun) += 1;
                mail.sender = bracketed(&line);
                "250 ok"
            }
            "RCPT" => {
                let mood = *lock(&shared.mood);
                match mood {
                    Mood::Refuses(reply) => reply,
                    _ => {
                        mail.recipients.push(bracketed(&line));
                        "250 ok"
                    }
                }
            }
            "DATA" => {
                if *lock(&shared.mood) == Mood::Drops {
                    return Ok(());
                }
                stream.get_mut().write_all(b"354 go on\r\n")?;
                while let Some(line) = next_line(&mut stream)? {
                    if line == "." {
                        break;
                    }
                    mail.text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.text.push('\n');
                }
                while *lock(&shared.mood) == Mood::Hesitates {
                    std::thread::park_timeout(Duration::from_millis(5));
                }
                lock(&shared.caught).push(mail.clone());
                "250 taken"
            }
            "QUIT" => {
                return stream.get_mut().write_all(b"221 bye\r\n");
            }
            "RSET" | "NOOP" => {
                mail.recipients.clear();
                "250 ok"
            }
            _ => "502 unknown",
        };
        stream.get_mut().write_all(reply.as_bytes())?;
        stream.get_mut().write_all(b"\r\n")?;
        stream.get_mut().flush()?;
    }
    Ok(())
}

fn bracketed(line: &str) -> String {
    let inner = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(String::new, |(address, _)| address.to_owned())
}

impl Mail {
    /// The head, without folds.
    pub fn head(&self) -> String {
        let head = self.text.split("\n\n").next().unwrap_or_default();
        head.replace("\n ", " ").replace("\n\t", " ")
    }

    /// A line of the head, as it came.
    pub fn header(&self, name: &str) -> Option<String> {
        let start = format!("{name}: ").to_ascii_lowercase();
        let head = self.head();
        let line = head
            .lines()
            .find(|line| line.to_ascii_lowercase().starts_with(&start))?;
        Some(line[start.len()..].to_owned())
    }

    /// The part of a media type, decoded.
    pub fn part(&self, media_type: &str) -> String {
        let (_, boundary) = self
            .head()
            .split_once("boundary=\"")
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        let boundary = format!("--{}", boundary.split('"').next().unwrap());
        let wanted = format!("content-type: {media_type}");
        let parts = self.text.split(&boundary);
        let (head, body) = parts
            .filter_map(|part| part.split_once("\n\n"))
            .find(|(head, _)| head.to_ascii_lowercase().contains(&wanted))
            .unwrap_or_else(|| panic!("no {media_type} in {}", self.text));
        let head = head.to_ascii_lowercase();
        let body = body.strip_suffix('\n').unwrap_or(body);
        if head.contains("quoted-printable") {
            unquoted(body)
        } else if head.contains("base64") {
            String::from_utf8(from_base64(body)).unwrap()
        } else {
            body.to_owned()
        }
    }
}

fn unquoted(text: &str) -> String {
    let joined = text.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (first, rest) {
            (b'=', [high, low, after @ ..]) => {
                let digits = String::from_utf8(vec![*high, *low]).unwrap();
                bytes.push(u8::from_str_radix(&digits, 16).unwrap());
                rest = after;
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn from_base64(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.bytes() {
        let Some(value) = LETTERS.iter().position(|letter| *letter == byte) else {
            continue;
        };
        bits = (bits << 6) | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    bytes
}
