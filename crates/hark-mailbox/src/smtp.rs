//! Hands a mail to the SMTP server of a mailbox.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use hark_egress::Client;
use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use crate::{Encryption, Failure, Server};

/// From the connection to the server's yes.
pub const LONGEST_TRY: Duration = Duration::from_secs(60);

/// A mail of a mailbox.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Whose mailbox it is, for people.
    pub name: Option<String>,
    pub address: String,
    pub recipient: String,
    pub subject: String,
    pub plain: String,
    pub html: String,
    /// Of this mail, of the one that it answers, and of those before: without brackets.
    pub id: String,
    pub in_reply_to: Option<String>,
    pub references: Vec<String>,
    pub at: SystemTime,
    /// Whether no person has written it, so that nobody answers it by itself.
    pub is_automatic: bool,
    pub file: Option<File>,
}

#[derive(Debug, Clone)]
pub struct File {
    pub name: String,
    pub media_type: String,
    pub bytes: Vec<u8>,
}

/// Sends it.
pub async fn send(client: &Client, server: &Server, letter: &Letter) -> Result<(), Failure> {
    let message = letter.message()?;
    let here = letter.address.rsplit('@').next().unwrap_or("localhost");
    let hello = ClientId::Domain(here.to_owned());
    let sending = hand_over(
        client,
        server,
        &hello,
        message.envelope(),
        message.formatted(),
    );
    let sent = timeout(LONGEST_TRY, sending).await;
    sent.unwrap_or(Err(Failure::Slow("to take a mail")))
}

async fn hand_over(
    client: &Client,
    server: &Server,
    hello: &ClientId,
    envelope: &Envelope,
    bytes: Vec<u8>,
) -> Result<(), Failure> {
    let encryption = server.encryption();
    let stream = client.connect(&server.host, server.port).await?;
    let stream: Box<dyn AsyncTokioStream> = match encryption {
        Encryption::Wrapped => Box::new(Secured(client.secure(&server.host, stream).await?)),
        Encryption::StartTls | Encryption::None => Box::new(stream),
    };
    let mut connection = AsyncSmtpConnection::connect_with_transport(stream, hello)
        .await
        .map_err(|error| refused(&error))?;
    if encryption == Encryption::StartTls {
        if !connection.can_starttls() {
            connection.abort().await;
            return Err(Failure::NoTls);
        }
        let parameters =
            TlsParameters::new(server.host.clone()).map_err(|error| refused(&error))?;
        connection
            .starttls(parameters, hello)
            .await
            .map_err(|error| refused(&error))?;
    }
    if !server.username.is_empty() {
        let credentials = Credentials::new(server.username.clone(), server.password.clone());
        let ways = [Mechanism::Plain, Mechanism::Login];
        let logged_in = connection.auth(&ways, &credentials).await;
        logged_in.map_err(|error| match error.status() {
            Some(_) => Failure::LogIn(error.to_string()),
            None => refused(&error),
        })?;
    }
    connection
        .send(envelope, &bytes)
        .await
        .map_err(|error| refused(&error))?;
    // It has the mail, whatever it answers to a farewell.
    let _gone = connection.quit().await;
    Ok(())
}

fn refused(error: &lettre::transport::smtp::Error) -> Failure {
    let code = error.status().map(u16::from);
    let mut words = error.to_string();
    if let Some(cause) = std::error::Error::source(error) {
        let cause = cause.to_string();
        if !words.contains(&cause) {
            words = format!("{words}: {cause}");
        }
    }
    match code {
        Some(_) => Failure::Refused(words, code),
        None => Failure::Broken(words),
    }
}

impl Letter {
    fn message(&self) -> Result<Message, Failure> {
        let address = |text: &str| -> Result<Address, Failure> {
            let parsed = text.parse::<Address>();
            parsed.map_err(|error| Failure::Letter(format!("an address cannot be used: {error}")))
        };
        let mut builder = Message::builder()
            .date(self.at)
            .message_id(Some(bracketed(&self.id)))
            .from(Mailbox::new(self.name.clone(), address(&self.address)?))
            .to(Mailbox::new(None, address(&self.recipient)?))
            .subject(self.subject.as_str());
        if let Some(id) = &self.in_reply_to {
            builder = builder.in_reply_to(bracketed(id));
        }
        if !self.references.is_empty() {
            let all: Vec<String> = self.references.iter().map(|id| bracketed(id)).collect();
            builder = builder.references(all.join(" "));
        }
        if self.is_automatic {
            builder = builder.raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        }
        let words = MultiPart::alternative_plain_html(self.plain.clone(), self.html.clone());
        let whole = match &self.file {
            None => words,
            Some(file) => {
                let media_type = ContentType::parse(&file.media_type)
                    .or_else(|_| ContentType::parse("application/octet-stream"))
                    .map_err(|error| Failure::Letter(error.to_string()))?;
                let attached = Attachment::new(file.name.clone());
                MultiPart::mixed()
                    .multipart(words)
                    .singlepart(attached.body(file.bytes.clone(), media_type))
            }
        };
        let built = builder.multipart(whole);
        built.map_err(|error| Failure::Letter(error.to_string()))
    }
}

fn bracketed(id: &str) -> String {
    format!("<{id}>")
}

/// TLS that we have begun ourselves.
#[derive(Debug)]
struct Secured(TlsStream<TcpStream>);

impl AsyncTokioStream for Secured {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Secured {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Secured {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_has_the_head_of_an_answer_and_no_other() {
        let letter = Letter {
            name: Some("Help, Desk".to_owned()),
            address: "help@example.org".to_owned(),
            recipient: "ann@x.example".to_owned(),
            subject: "Re: Hello\r\nBcc: x@y.z".to_owned(),
            plain: "hi".to_owned(),
            html: "<p>hi</p>".to_owned(),
            id: "1@example.org".to_owned(),
            in_reply_to: Some("b@x.example".to_owned()),
            references: vec!["a@x.example".to_owned(), "b@x.example".to_owned()],
            at: SystemTime::UNIX_EPOCH,
            is_automatic: false,
            file: Some(File {
                name: "a b.txt".to_owned(),
                media_type: "text/plain".to_owned(),
                bytes: b"x".to_vec(),
            }),
        };
        let text = String::from_utf8(letter.message().unwrap().formatted()).unwrap();
        for line in [
            "From: =?utf-8?b?SGVscCwgRGVzaw==?= <help@example.org>\r\n",
            "To: ann@x.example\r\n",
            "Message-ID: <1@example.org>\r\n",
            "In-Reply-To: <b@x.example>\r\n",
            "References: <a@x.example> <b@x.example>\r\n",
            "Content-Disposition: attachment; filename=\"a b.txt\"\r\n",
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
        let head = text.split("\r\n\r\n").next().unwrap();
        assert!(
            !head.contains("\nBcc") && !head.contains("Auto-Submitted"),
            "{head}"
        );
        let wrong = Letter {
            recipient: "ann@x.example\r\nBcc: b@c.d".to_owned(),
            ..letter
        };
        assert!(wrong.message().is_err());
    }
}
