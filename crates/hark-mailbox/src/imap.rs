//! A mailbox as an IMAP server has it. It is looked at and never changed: what is read stays unread for
//! others. The words of a server are parsed by `imap-proto`; what is held of them is bounded here.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hark_egress::Client;
use imap_proto::{
    AttributeValue, Capability, MailboxDatum, Outcome, Response, ResponseCode, Status,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::{Encryption, Failure, Server};

/// For each answer to a command.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// For a whole mail.
pub const PATIENCE_FOR_A_MAIL: Duration = Duration::from_secs(120);
/// What is held of a server's answer besides a mail.
pub const LARGEST_ANSWER: usize = 1 << 20;
/// What is read of one mail.
pub const LARGEST_MAIL: usize = 32 << 20;
/// Mails whose moments are looked at together.
const MOST_LISTED: usize = 100_000;
const CHUNK: usize = 32 << 10;

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// A mailbox that is open.
pub struct Session {
    stream: Box<dyn Duplex>,
    /// What has come and was not understood yet.
    buffer: Vec<u8>,
    tag: u32,
    capabilities: Capabilities,
}

#[derive(Clone, Copy, Default)]
struct Capabilities {
    start_tls: bool,
    plain: bool,
    idle: bool,
}

/// By what its mails are known. Both grow only; with another validity all uids are others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mailbox {
    pub uid_validity: u32,
}

/// Which mails are looked for.
#[derive(Debug, Clone, Copy)]
pub enum Search<'a> {
    /// With a uid above this one.
    After(u32),
    /// That came on this day or later, as IMAP writes it: `1-Feb-2024`.
    Since(&'a str),
}

/// A mail as it lies there.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// As much of it as is read.
    pub bytes: Vec<u8>,
    /// How large it is.
    pub size: u64,
}

impl Session {
    /// Connects, and logs in.
    pub async fn open(client: &Client, server: &Server) -> Result<Self, Failure> {
        Self::open_with(client, server, server.encryption()).await
    }

    /// The same with an encryption that was decided elsewhere.
    pub async fn open_with(
        client: &Client,
        server: &Server,
        encryption: Encryption,
    ) -> Result<Self, Failure> {
        let dialling = async {
            let stream = client.connect(&server.host, server.port).await?;
            Ok::<Box<dyn Duplex>, Failure>(match encryption {
                Encryption::Wrapped => Box::new(client.secure(&server.host, stream).await?),
                Encryption::StartTls | Encryption::None => Box::new(stream),
            })
        };
        let mut session = Self {
            stream: timeout(PATIENCE, dialling)
                .await
                .map_err(|_| Failure::Slow("to connect"))??,
            buffer: Vec::new(),
            tag: 0,
            capabilities: Capabilities::default(),
        };
        session.greeting().await?;
        session.look_what_it_can().await?;
        if encryption == Encryption::StartTls {
            if !session.capabilities.start_tls {
                return Err(Failure::NoTls);
            }
            session.run("STARTTLS", |_| ()).await?;
            // Whatever was said before it is encrypted might be anybody's.
            session.buffer.clear();
            let plain = std::mem::replace(&mut session.stream, Box::new(tokio::io::empty()));
            let securing = client.secure(&server.host, plain);
            let secure = timeout(PATIENCE, securing).await;
            session.stream = Box::new(secure.map_err(|_| Failure::Slow("to begin TLS"))??);
            session.look_what_it_can().await?;
        }
        session.log_in(server).await?;
        session.look_what_it_can().await?;
        Ok(session)
    }

    async fn greeting(&mut self) -> Result<(), Failure> {
        let greeting = self.until(LARGEST_ANSWER, |response| match response {
            Response::Data {
                status: Status::Ok | Status::PreAuth,
                ..
            } => Ok(Some(())),
            Response::Data { outcome, .. } => Err(refused(outcome)),
            _ => Ok(None),
        });
        within(PATIENCE, "to greet", greeting).await
    }

    async fn look_what_it_can(&mut self) -> Result<(), Failure> {
        let mut found = Capabilities::default();
        self.run("CAPABILITY", |response| {
            if let Response::Capabilities(all) = response {
                for one in all {
                    match one {
                        Capability::Auth(way) if way.eq_ignore_ascii_case("PLAIN") => {
                            found.plain = true;
                        }
                        Capability::Atom(name) if name.eq_ignore_ascii_case("STARTTLS") => {
                            found.start_tls = true;
                        }
                        Capability::Atom(name) if name.eq_ignore_ascii_case("IDLE") => {
                            found.idle = true;
                        }
                        _ => {}
                    }
                }
            }
        })
        .await?;
        self.capabilities = found;
        Ok(())
    }

    async fn log_in(&mut self, server: &Server) -> Result<(), Failure> {
        let logged_in = if self.capabilities.plain {
            self.authenticate(server).await
        } else {
            let (name, password) = (quoted(&server.username)?, quoted(&server.password)?);
            self.run(&format!("LOGIN {name} {password}"), |_| ()).await
        };
        logged_in.map_err(|failure| match failure {
            Failure::Refused(words, _) => Failure::LogIn(words),
            other => other,
        })
    }

    async fn authenticate(&mut self, server: &Server) -> Result<(), Failure> {
        let shown = format!("\0{}\0{}", server.username, server.password);
        let tag = self.send("AUTHENTICATE PLAIN").await?;
        let authenticating = async {
            self.continues(&tag).await?;
            self.write(&format!("{}\r\n", BASE64_STANDARD.encode(shown)))
                .await?;
            self.ends(&tag, LARGEST_ANSWER, |_| ()).await
        };
        within(PATIENCE, "to log in", authenticating).await
    }

    /// Opens the inbox for looking.
    pub async fn examine(&mut self) -> Result<Mailbox, Failure> {
        let mut validity = None;
        self.run("EXAMINE INBOX", |response| {
            if let Response::Data { outcome, .. } = response
                && let Some(ResponseCode::UidValidity(found)) = outcome.code
            {
                validity = Some(found);
            }
        })
        .await?;
        let uid_validity = validity.ok_or_else(|| {
            let words = "its mails have no numbers that last (UIDVALIDITY)".to_owned();
            Failure::Refused(words, None)
        })?;
        Ok(Mailbox { uid_validity })
    }

    /// The uids of mails, in their order.
    pub async fn search(&mut self, search: Search<'_>) -> Result<Vec<u32>, Failure> {
        let (command, above) = match search {
            Search::After(uid) => (format!("UID SEARCH UID {}:*", uid.saturating_add(1)), uid),
            Search::Since(day) => (format!("UID SEARCH SINCE {day}"), 0),
        };
        let mut found = Vec::new();
        self.run(&command, |response| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = response {
                found.extend_from_slice(uids);
            }
        })
        .await?;
        // `*` is the last mail, whatever its uid.
        found.retain(|uid| *uid > above);
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// When the mails of these uids came there, as IMAP writes it: `17-Jul-1996 02:44:25 -0700`.
    pub async fn came_at(
        &mut self,
        first: u32,
        last: u32,
    ) -> Result<HashMap<u32, String>, Failure> {
        let mut found = HashMap::new();
        let command = format!("UID FETCH {first}:{last} (UID INTERNALDATE)");
        self.run(&command, |response| {
            let Response::Fetch(_, attributes) = response else {
                return;
            };
            let (mut uid, mut came) = (None, None);
            for attribute in attributes {
                match attribute {
                    AttributeValue::Uid(of) => uid = Some(*of),
                    AttributeValue::InternalDate(at) => came = Some(at.trim().to_owned()),
                    _ => {}
                }
            }
            if let (Some(uid), Some(came)) = (uid, came)
                && found.len() < MOST_LISTED
            {
                found.insert(uid, came);
            }
        })
        .await?;
        Ok(found)
    }

    /// A mail, or nothing when it is gone.
    pub async fn fetch(&mut self, uid: u32) -> Result<Option<Fetched>, Failure> {
        let command = format!("UID FETCH {uid} (UID RFC822.SIZE BODY.PEEK[]<0.{LARGEST_MAIL}>)");
        let mut found = None;
        let tag = self.send(&command).await?;
        let most = LARGEST_MAIL + LARGEST_ANSWER;
        let fetching = self.ends(&tag, most, |response| {
            let Response::Fetch(_, attributes) = response else {
                return;
            };
            let mut mail = Fetched {
                bytes: Vec::new(),
                size: 0,
            };
            let (mut is_it, mut has_body) = (false, false);
            for attribute in attributes {
                match attribute {
                    AttributeValue::Uid(of) => is_it = *of == uid,
                    AttributeValue::Rfc822Size(size) => mail.size = u64::from(*size),
                    AttributeValue::BodySection { data, .. } => {
                        has_body = true;
                        mail.bytes = data.as_deref().unwrap_or_default().to_vec();
                    }
                    _ => {}
                }
            }
            if is_it && has_body {
                found = Some(mail);
            }
        });
        within(PATIENCE_FOR_A_MAIL, "to hand over a mail", fetching).await?;
        Ok(found)
    }

    /// Waits until something has come, or that time is over.
    pub async fn wait(&mut self, longest: Duration, without_idle: Duration) -> Result<(), Failure> {
        if !self.capabilities.idle {
            tokio::time::sleep(without_idle).await;
            return self.run("NOOP", |_| ()).await;
        }
        let tag = self.send("IDLE").await?;
        within(PATIENCE, "to wait", self.continues(&tag)).await?;
        let news = self.until(LARGEST_ANSWER, |response| match response {
            Response::MailboxData(MailboxDatum::Exists(_) | MailboxDatum::Recent(_)) => {
                Ok(Some(()))
            }
            Response::Data {
                status: Status::Bye,
                outcome,
            } => Err(ended(outcome)),
            _ => Ok(None),
        });
        // Nothing that has come is lost when the time is over.
        if let Ok(heard) = timeout(longest, news).await {
            heard?;
        }
        self.write("DONE\r\n").await?;
        within(
            PATIENCE,
            "to go on",
            self.ends(&tag, LARGEST_ANSWER, |_| ()),
        )
        .await
    }

    /// A farewell, as far as the server hears it.
    pub async fn close(mut self) {
        let _gone = self.run("LOGOUT", |_| ()).await;
    }

    async fn run(
        &mut self,
        command: &str,
        heard: impl FnMut(&Response<'_>),
    ) -> Result<(), Failure> {
        let tag = self.send(command).await?;
        within(
            PATIENCE,
            "to answer",
            self.ends(&tag, LARGEST_ANSWER, heard),
        )
        .await
    }

    async fn send(&mut self, command: &str) -> Result<String, Failure> {
        self.tag += 1;
        let tag = format!("h{}", self.tag);
        self.write(&format!("{tag} {command}\r\n")).await?;
        Ok(tag)
    }

    async fn write(&mut self, text: &str) -> Result<(), Failure> {
        let writing = async {
            self.stream.write_all(text.as_bytes()).await?;
            self.stream.flush().await?;
            Ok(())
        };
        within(PATIENCE, "to listen", writing).await
    }

    /// The server asks for more of a command.
    async fn continues(&mut self, tag: &str) -> Result<(), Failure> {
        self.until(LARGEST_ANSWER, |response| match response {
            Response::Continue(_) => Ok(Some(())),
            Response::Done {
                tag: of, outcome, ..
            } if of.0 == tag => Err(refused(outcome)),
            _ => Ok(None),
        })
        .await
    }

    /// What is said until a command is done.
    async fn ends(
        &mut self,
        tag: &str,
        most: usize,
        mut heard: impl FnMut(&Response<'_>),
    ) -> Result<(), Failure> {
        self.until(most, |response| match response {
            Response::Done {
                tag: of,
                status,
                outcome,
            } if of.0 == tag => {
                if *status == Status::Ok {
                    Ok(Some(()))
                } else {
                    Err(refused(outcome))
                }
            }
            Response::Data {
                status: Status::Bye,
                outcome,
            } => Err(ended(outcome)),
            other => {
                heard(other);
                Ok(None)
            }
        })
        .await
    }

    /// Reads what the server says until something of it is the answer. May be dropped while it waits.
    async fn until<T>(
        &mut self,
        most: usize,
        mut heard: impl FnMut(&Response<'_>) -> Result<Option<T>, Failure>,
    ) -> Result<T, Failure> {
        loop {
            while !self.buffer.is_empty() {
                let (used, said) = match Response::parse(&self.buffer) {
                    Ok((rest, response)) => (self.buffer.len() - rest.len(), heard(&response)),
                    Err(error) if error.is_incomplete() => break,
                    // A line that is no word of IMAP's that we know: what follows it may be. Behind a line
                    // that ends like this one comes a text, which might be anybody's and say anything.
                    Err(_) => match line_end(&self.buffer) {
                        Some(end) if self.buffer[..end].ends_with(b"}\r\n") => {
                            return Err(Failure::Broken(
                                "the server was not understood".to_owned(),
                            ));
                        }
                        Some(end) => (end, Ok(None)),
                        None => break,
                    },
                };
                self.buffer.drain(..used);
                if let Some(answer) = said? {
                    return Ok(answer);
                }
            }
            if self.buffer.len() > most {
                return Err(Failure::TooMuch);
            }
            self.buffer.reserve(CHUNK);
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(Failure::Broken("the server hung up".to_owned()));
            }
        }
    }
}

async fn within<T>(
    patience: Duration,
    what: &'static str,
    doing: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let done = timeout(patience, doing).await;
    done.unwrap_or(Err(Failure::Slow(what)))
}

fn line_end(bytes: &[u8]) -> Option<usize> {
    let at = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    Some(at + 2)
}

fn words(outcome: &Outcome<'_>) -> String {
    outcome
        .information
        .as_deref()
        .unwrap_or("no word")
        .to_owned()
}

fn refused(outcome: &Outcome<'_>) -> Failure {
    Failure::Refused(words(outcome), None)
}

fn ended(outcome: &Outcome<'_>) -> Failure {
    Failure::Broken(words(outcome))
}

/// A text as a command carries it.
fn quoted(text: &str) -> Result<String, Failure> {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                let _infallible = write!(quoted, "\\{letter}");
            }
            ' '..='~' => quoted.push(letter),
            _ => {
                let words = "this server takes only plain letters in a user name and a password";
                return Err(Failure::LogIn(words.to_owned()));
            }
        }
    }
    quoted.push('"');
    Ok(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a search when the server answers it with these words.
    async fn searched(answer: &str) -> Result<Vec<u32>, Failure> {
        let (ours, mut theirs) = tokio::io::duplex(8 << 20);
        theirs.write_all(answer.as_bytes()).await.unwrap();
        let mut session = Session {
            stream: Box::new(ours),
            buffer: Vec::new(),
            tag: 0,
            capabilities: Capabilities::default(),
        };
        let found = session.search(Search::After(3)).await;
        drop(theirs);
        found
    }

    #[tokio::test]
    async fn only_what_the_server_says_itself_is_heard() {
        let found = searched("* STRANGE words\r\n* SEARCH 5 2 4\r\nh1 OK done\r\n").await;
        assert_eq!(found, Ok(vec![4, 5]));
        let inside = searched("* STRANGE {14}\r\n* SEARCH 9\r\nh1\r\nh1 OK done\r\n").await;
        assert!(matches!(inside, Err(Failure::Broken(_))), "{inside:?}");
        let refused = searched("h1 NO not now\r\n").await;
        assert_eq!(refused, Err(Failure::Refused("not now".to_owned(), None)));
        let gone = searched("* BYE see you\r\n").await;
        assert_eq!(gone, Err(Failure::Broken("see you".to_owned())));
        let endless = searched(&format!("* SEARCH {}", "1 ".repeat(LARGEST_ANSWER))).await;
        assert_eq!(endless, Err(Failure::TooMuch));
    }

    #[test]
    fn names_and_passwords_are_written_so_that_nothing_else_is_said() {
        assert_eq!(quoted("a\"b\\c").unwrap(), "\"a\\\"b\\\\c\"");
        for wrong in ["a\r\nb", "\0", "ä"] {
            assert!(quoted(wrong).is_err(), "{wrong:?}");
        }
    }
}
