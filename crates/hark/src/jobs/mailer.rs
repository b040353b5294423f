//! Takes mail out of the outbox and hands it to the SMTP server of the settings. Each node does;
//! a mail is claimed by one of them.
//!
//! A mail may arrive twice when a node dies between the server's yes and the outbox's record of it.
//! Both carry the same `Message-ID`, by which mail programs show them as one.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use hark_chat::mail::{self, Body, Content, Mail};
use hark_chat::{emailing, transcripts};
use hark_egress::Client;
use hark_files::Files;
use hark_jobs::{Ending, Job, JobError, Rest, Turn, Work};
use hark_mailbox::Failure;
use hark_model::{Policy, Refusal, Who, settings};
use hark_store::{Error, Store, Timestamp, Tx, View};
use hark_wire::Wire;
use lettre::address::AddressError;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::email_answers::Answers;

/// Mails on their way at the same time.
const AT_ONCE: usize = 4;
/// From the connection to the server's yes. Together with writing down how it went it has to be
/// over before another node may claim the mail.
const LONGEST_TRY: Duration = Duration::from_secs(60);
/// How often the outcome of a try is written down before the mail is left to the next claim.
const MOST_RECORDS: usize = 5;
/// However much happens, the outbox is looked into four times a second at most.
const SHORTEST_REST: Duration = Duration::from_millis(250);
const LONGEST_REST: Duration = Duration::from_secs(60);

pub(super) fn job(
    store: &Store,
    wire: &Arc<Wire>,
    site_url: &str,
    egress: &Client,
    files: &Arc<Files>,
) -> Job {
    let mailer = Mailer {
        answers: Answers {
            store: store.clone(),
            wire: Arc::clone(wire),
            egress: egress.clone(),
            files: Arc::clone(files),
        },
        moved: store.moved(),
        store: store.clone(),
        wire: Arc::clone(wire),
        site_host: host_of(site_url).to_owned(),
        smtp: None,
    };
    Job::new("mail", mailer).ends(Ending::Finished)
}

#[derive(Clone)]
struct Mailer {
    store: Store,
    wire: Arc<Wire>,
    moved: watch::Receiver<i64>,
    site_host: String,
    /// Those go another way.
    answers: Answers,
    /// The settings with which mail was tried last.
    smtp: Option<SmtpSettings>,
}

impl Work for Mailer {
    async fn turn(&mut self, turn: &Turn) -> Result<Rest, JobError> {
        // Registered before looking: what is written between the two wakes us.
        self.moved.borrow_and_update();
        Ok(Rest::For(self.send_due(turn).await?))
    }

    async fn woken(&mut self) {
        tokio::time::sleep(SHORTEST_REST).await;
        let moved = tokio::select! {
            moved = self.moved.changed() => moved,
            () = self.wire.mail_awaited.notified() => Ok(()),
        };
        if moved.is_err() {
            // The store is closed.
            std::future::pending::<()>().await;
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Sent,
    /// What it was about is gone.
    Pointless,
    Failed {
        why: String,
        hopeless: bool,
    },
}

impl Mailer {
    /// Sends what is due, until it is asked to stop; what is on its way then still arrives. Answers for
    /// how long nothing will be due.
    async fn send_due(&mut self, turn: &Turn) -> Result<Duration, Error> {
        while !turn.is_stopping() {
            let wire = Arc::clone(&self.wire);
            let look = move |view: &mut View<'_>| -> Result<_, Error> {
                Ok((mail::next_due(view)?, wire.policies.at(view)?))
            };
            let (due, policy) = self.store.read(look).await?;
            let Some(due) = due else {
                return Ok(LONGEST_REST);
            };
            if self.has_other_settings(&policy) {
                let now = self.store.clock().now();
                let hurry = move |tx: &mut Tx<'_>| mail::hurry(tx, now);
                self.store.write(hurry).await?;
                continue;
            }
            let wait = due.millis_since(self.store.clock().now());
            if wait > 0 {
                return Ok(Duration::from_millis(wait.unsigned_abs()).min(LONGEST_REST));
            }
            if !self.send_some(&policy).await? {
                return Ok(SHORTEST_REST);
            }
        }
        Ok(LONGEST_REST)
    }

    /// Whether the settings of mail are others than those with which it was tried last; then what
    /// had failed is worth another try. So it is after a start.
    fn has_other_settings(&mut self, policy: &Policy) -> bool {
        let smtp = SmtpSettings::of(policy, &self.site_host);
        if self.smtp.as_ref() == Some(&smtp) {
            return false;
        }
        self.smtp = Some(smtp);
        true
    }

    /// Claims a few mails and sees them off. False: there were none to be had.
    async fn send_some(&self, policy: &Arc<Policy>) -> Result<bool, Error> {
        let Some(smtp) = &self.smtp else {
            return Ok(false);
        };
        let now = self.store.clock().now();
        let claim = move |tx: &mut Tx<'_>| mail::claim(tx, now, AT_ONCE as i64);
        let claimed: Vec<Mail> = self.store.write(claim).await?;
        let any = !claimed.is_empty();
        let transport = smtp.transport();
        let mut sending = JoinSet::new();
        for claimed in claimed {
            let (store, policy) = (self.store.clone(), Arc::clone(policy));
            let wire = Arc::clone(&self.wire);
            let (smtp, transport) = (smtp.clone(), transport.clone());
            let answers = self.answers.clone();
            sending.spawn(async move {
                let outcome = match (&claimed.answer, &claimed.content) {
                    (Some(answer), Content::Written(body)) => {
                        of_answer(answers.send(&claimed, answer, body.clone()).await)
                    }
                    _ => attempt(&store, &policy, &smtp, transport, &claimed).await,
                };
                record(&store, &wire, &claimed, &outcome).await;
                wire.mail_tried.notify_waiters();
            });
        }
        while let Some(ended) = sending.join_next().await {
            if let Err(error) = ended {
                tracing::error!(error = %error, "sending a mail broke off; it is tried again");
            }
        }
        Ok(any)
    }
}

type Transport = AsyncSmtpTransport<Tokio1Executor>;

async fn attempt(
    store: &Store,
    policy: &Arc<Policy>,
    smtp: &SmtpSettings,
    transport: Result<Transport, String>,
    claimed: &Mail,
) -> Outcome {
    let failed = |why: String, hopeless| Outcome::Failed { why, hopeless };
    let transport = match transport {
        Ok(transport) => transport,
        Err(why) => return failed(why, false),
    };
    let (shown, rules) = (claimed.clone(), Arc::clone(policy));
    let body = store
        .read(move |view| transcripts::body(view, &rules, &shown))
        .await;
    let body = match body {
        Ok(Some(body)) => body,
        Ok(None) => return Outcome::Pointless,
        Err(error) => return failed(error.to_string(), false),
    };
    let letter = match letter(claimed, body, smtp, store.clock().now()) {
        Ok(letter) => letter,
        Err(why) => return failed(why, true),
    };
    match tokio::time::timeout(LONGEST_TRY, transport.send(letter)).await {
        Ok(Ok(_)) => Outcome::Sent,
        Ok(Err(error)) => {
            let hopeless = error
                .status()
                .is_some_and(|code| is_about_the_mail(code.into()));
            failed(error.to_string(), hopeless)
        }
        Err(_) => {
            let seconds = LONGEST_TRY.as_secs();
            failed(
                format!("the server took more than {seconds} seconds"),
                false,
            )
        }
    }
}

fn of_answer(sent: Result<(), Failure>) -> Outcome {
    let Err(failure) = sent else {
        return Outcome::Sent;
    };
    let hopeless = match &failure {
        Failure::Letter(_) => true,
        Failure::Refused(_, code) => code.is_some_and(is_about_the_mail),
        _ => false,
    };
    Outcome::Failed {
        why: failure.to_string(),
        hopeless,
    }
}

/// Whether a permanent refusal is one of this mail, and not of its sender: a wrong password is
/// corrected some day, and then the mail can go.
const fn is_about_the_mail(code: u16) -> bool {
    matches!(code, 541 | 550..=556)
}

/// Writes down how it went. If the store does not take it, the mail is claimed again later.
async fn record(store: &Store, wire: &Arc<Wire>, claimed: &Mail, outcome: &Outcome) {
    for _ in 0..MOST_RECORDS {
        let (now, mail, ended) = (store.clock().now(), claimed.clone(), outcome.clone());
        let wire = Arc::clone(wire);
        let noted = store
            .write(move |tx| match &ended {
                Outcome::Sent => {
                    let policies = &wire.policies;
                    policies.command(tx, now, &Who::System, |cx| transcripts::sent(cx, &mail))?;
                    Ok(None)
                }
                Outcome::Pointless => {
                    mail::dropped(tx, &mail)?;
                    Ok(None)
                }
                Outcome::Failed { why, hopeless } => {
                    let next = mail::failed(tx, now, &mail, why, *hopeless)?;
                    if let (None, Some(answer), Content::Written(body)) =
                        (next, &mail.answer, &mail.content)
                    {
                        wire.policies.command(tx, now, &Who::System, |cx| {
                            emailing::given_up(cx, &mail, answer, &body.plain, why)
                        })?;
                    }
                    Ok::<_, Refusal>(next)
                }
            })
            .await;
        match noted {
            Ok(next) => return log(claimed, outcome, next),
            Err(error) => {
                tracing::warn!(mail = claimed.id, error = %error, "how a mail went could not be written down yet");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

fn log(mail: &Mail, outcome: &Outcome, next: Option<Timestamp>) {
    match (outcome, next) {
        (Outcome::Sent, _) => tracing::debug!(mail = mail.id, "a mail was sent"),
        (Outcome::Pointless, _) => {
            tracing::info!(
                mail = mail.id,
                "a transcript was not sent: its conversation is gone"
            );
        }
        (Outcome::Failed { why, .. }, Some(next)) => {
            tracing::warn!(
                mail = mail.id,
                tries = mail.attempts,
                error = why,
                next = next.iso(),
                "a mail could not be sent"
            );
        }
        (Outcome::Failed { why, .. }, None) => {
            tracing::error!(
                mail = mail.id,
                tries = mail.attempts,
                error = why,
                "a mail could not be sent and is given up"
            );
        }
    }
}

/// How mail leaves this server.
#[derive(Clone, PartialEq, Eq)]
struct SmtpSettings {
    host: String,
    port: Option<u16>,
    is_wrapped: bool,
    username: String,
    password: String,
    /// As the settings have it; may be empty.
    from: String,
    site_host: String,
}

impl SmtpSettings {
    fn of(policy: &Policy, site_host: &str) -> Self {
        let trimmed = |setting| policy.text(setting).trim().to_owned();
        Self {
            host: trimmed(settings::SMTP_Host),
            port: trimmed(settings::SMTP_Port).parse().ok(),
            is_wrapped: policy.text(settings::SMTP_Protocol) == "smtps",
            username: trimmed(settings::SMTP_Username),
            password: policy.text(settings::SMTP_Password).to_owned(),
            from: trimmed(settings::From_Email),
            site_host: site_host.to_owned(),
        }
    }

    fn transport(&self) -> Result<Transport, String> {
        if self.host.is_empty() {
            return Err("no SMTP server is set up (SMTP_Host)".to_owned());
        }
        let preset = if self.is_wrapped { 465 } else { 587 };
        let mut builder = Transport::builder_dangerous(&self.host)
            .port(self.port.unwrap_or(preset))
            .tls(self.tls().map_err(|error| error.to_string())?)
            .hello_name(self.hello_name())
            .timeout(Some(LONGEST_TRY));
        if !self.username.is_empty() {
            let credentials = Credentials::new(self.username.clone(), self.password.clone());
            builder = builder.credentials(credentials);
        }
        Ok(builder.build())
    }

    /// A password leaves this machine encrypted or not at all. Without one, encryption is used
    /// where it is offered; a server on this machine needs none.
    fn tls(&self) -> Result<Tls, lettre::transport::smtp::Error> {
        let parameters = || TlsParameters::new(self.host.clone());
        Ok(match self.encryption() {
            Encryption::Wrapped => Tls::Wrapper(parameters()?),
            Encryption::None => Tls::None,
            Encryption::Required => Tls::Required(parameters()?),
            Encryption::IfOffered => Tls::Opportunistic(parameters()?),
        })
    }

    fn encryption(&self) -> Encryption {
        if self.is_wrapped {
            return Encryption::Wrapped;
        }
        if is_this_machine(&self.host) {
            return Encryption::None;
        }
        if self.username.is_empty() {
            Encryption::IfOffered
        } else {
            Encryption::Required
        }
    }

    fn hello_name(&self) -> ClientId {
        match self.site_host.parse() {
            Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
            Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
            Err(_) => ClientId::Domain(self.site_host.clone()),
        }
    }

    /// The site's host as addresses name it; one that has no name is this machine's.
    fn domain(&self) -> &str {
        match self.site_host.parse::<IpAddr>() {
            Ok(_) => "localhost",
            Err(_) => &self.site_host,
        }
    }

    /// Who a mail is from: as the settings say, or nobody in particular at the site's host.
    fn sender(&self) -> Result<Mailbox, String> {
        if !self.from.is_empty() {
            return mailbox(&self.from).map_err(|error| format!("From_Email: {error}"));
        }
        let address = Address::new("no-reply", self.domain());
        let address = address.map_err(|error| format!("no-reply at the site's host: {error}"))?;
        Ok(Mailbox::new(None, address))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    None,
    IfOffered,
    Required,
    Wrapped,
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

/// The host of the URL under which people reach this server.
fn host_of(site_url: &str) -> &str {
    let rest = site_url
        .split_once("://")
        .map_or(site_url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

/// `ann@example.org`, or `Ann <ann@example.org>`.
fn mailbox(text: &str) -> Result<Mailbox, AddressError> {
    match text
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once('<'))
    {
        Some((name, address)) => {
            let name = name.trim().trim_matches('"');
            let name = Some(name).filter(|name| !name.is_empty());
            Ok(Mailbox::new(name.map(str::to_owned), address.parse()?))
        }
        None => Ok(Mailbox::new(None, text.parse()?)),
    }
}

fn letter(mail: &Mail, body: Body, smtp: &SmtpSettings, now: Timestamp) -> Result<Message, String> {
    let moment = Duration::from_millis(now.millis().max(0).unsigned_abs());
    let mut builder = Message::builder()
        .date(SystemTime::UNIX_EPOCH + moment)
        .message_id(Some(format!("<{}@{}>", mail.id, smtp.domain())))
        .from(smtp.sender()?)
        .subject(mail.subject.as_str())
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
    for recipient in mail.recipient.split(',').map(str::trim) {
        let address = mailbox(recipient).map_err(|error| format!("the recipient: {error}"))?;
        builder = builder.to(address);
    }
    // The one who left it may have an address that no answer reaches; the mail itself still arrives.
    let reply_to = mail.reply_to.as_deref().and_then(|text| mailbox(text).ok());
    if let Some(reply_to) = reply_to {
        builder = builder.reply_to(reply_to);
    }
    builder
        .multipart(MultiPart::alternative_plain_html(body.plain, body.html))
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(host: &str, username: &str) -> SmtpSettings {
        SmtpSettings {
            host: host.into(),
            port: None,
            is_wrapped: false,
            username: username.into(),
            password: "secret".into(),
            from: String::new(),
            site_host: "chat.example.org".into(),
        }
    }

    #[test]
    fn a_password_does_not_leave_the_machine_in_the_open() {
        for (host, username, expected) in [
            ("mail.example.org", "hark", Encryption::Required),
            ("192.0.2.1", "hark", Encryption::Required),
            ("mail.example.org", "", Encryption::IfOffered),
            ("localhost", "hark", Encryption::None),
            ("127.0.0.1", "hark", Encryption::None),
            ("::1", "", Encryption::None),
        ] {
            assert_eq!(smtp(host, username).encryption(), expected, "{host}");
        }
        let mut wrapped = smtp("localhost", "hark");
        wrapped.is_wrapped = true;
        assert_eq!(wrapped.encryption(), Encryption::Wrapped);
        for host in ["mail.example.org", "::1", "192.0.2.1"] {
            assert!(smtp(host, "hark").transport().is_ok(), "{host}");
        }
        assert!(smtp("", "").transport().unwrap_err().contains("SMTP_Host"));
    }

    #[test]
    fn what_the_sender_can_correct_is_tried_again() {
        for code in [550, 551, 552, 553, 554, 556] {
            assert!(is_about_the_mail(code), "{code}");
        }
        for code in [421, 450, 451, 502, 503, 530, 534, 535, 538] {
            assert!(!is_about_the_mail(code), "{code}");
        }
    }

    #[test]
    fn mail_is_from_the_settings_or_from_the_site() {
        let from = |text: &str, host: &str| {
            let mut smtp = smtp("localhost", "");
            smtp.from = text.into();
            smtp.site_host = host.into();
            smtp.sender().unwrap().to_string()
        };
        let site = "chat.example.org";
        assert_eq!(from("", site), "no-reply@chat.example.org");
        assert_eq!(from("", "127.0.0.1"), "no-reply@localhost");
        assert_eq!(from("", "::1"), "no-reply@localhost");
        assert_eq!(from("help@example.org", site), "help@example.org");
        assert_eq!(
            from("\"The Team\" <help@example.org>", site),
            "The Team <help@example.org>"
        );
    }

    #[test]
    fn the_host_of_a_site_is_found_however_it_is_written() {
        for (url, host) in [
            ("http://127.0.0.1:3000", "127.0.0.1"),
            ("https://chat.example.org", "chat.example.org"),
            ("https://chat.example.org/chat", "chat.example.org"),
            ("http://[::1]:3000", "::1"),
        ] {
            assert_eq!(host_of(url), host);
        }
    }

    fn body() -> Body {
        Body {
            html: "<p>hello</p>".into(),
            plain: "hello".into(),
        }
    }

    fn mail(recipient: &str, reply_to: &str, subject: &str) -> Mail {
        Mail {
            id: "0123456789abcdef01234567".into(),
            recipient: recipient.into(),
            reply_to: Some(reply_to.into()),
            subject: subject.into(),
            content: Content::Written(body()),
            answer: None,
            attempts: 1,
        }
    }

    #[test]
    fn a_letter_has_the_head_that_it_is_given_and_no_other() {
        let smtp = smtp("localhost", "");
        let now = Timestamp::from_millis(1_732_144_685_123);
        let written = |mail: &Mail| {
            let letter = letter(mail, body(), &smtp, now).unwrap();
            String::from_utf8(letter.formatted()).unwrap()
        };
        let text = written(&mail("a@x.example, b@y.example", "no address", "Hello"));
        for line in [
            "Date: Wed, 20 Nov 2024 23:18:05 +0000\r\n",
            "From: no-reply@chat.example.org\r\n",
            "To: a@x.example, b@y.example\r\n",
            "Subject: Hello\r\n",
            "Content-Type: multipart/alternative;",
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
        assert!(!text.contains("Reply-To"));
        let hostile = "Hello\r\nBcc: x@y.z\r\n\r\nbody \u{202e}";
        let text = written(&mail("a@x.example", "ann@x.example", hostile));
        let head = text.split("\r\n\r\n").next().unwrap();
        assert!(!head.contains("\nBcc"), "{head}");
        assert!(head.contains("Reply-To: ann@x.example\r\n"));
        assert!(
            letter(
                &mail("a@x.example\r\nBcc: b@c.d", "", ""),
                body(),
                &smtp,
                now
            )
            .is_err()
        );
    }
}
