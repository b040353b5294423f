//! Reads the e-mail inboxes, on one node, each over a connection of its own that stays open: a mail becomes a message
//! of a chat.
//!
//! How far an inbox was read is written down after a mail and its files are in their chat, and each mail is known by
//! its id: whenever this breaks off, nothing is lost and nothing is said twice.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hark_chat::email_inboxes::{self, EmailInbox, LOOK_BACK_DAYS};
use hark_chat::emailing::{self, Incoming, Received};
use hark_chat::messages::Draft;
use hark_chat::routing::Method;
use hark_chat::uploads::{self, NewUpload, Picture, media, quota};
use hark_egress::Client;
use hark_files::Files;
use hark_jobs::{Job, JobError, Rest, Turn, Work};
use hark_mailbox::imap::{Fetched, Mailbox, Search, Session};
use hark_mailbox::mail::{self, File, Read};
use hark_model::{Policy, Refusal, Who, keys, settings};
use hark_store::{Store, Timestamp, View};
use hark_wire::{Wire, mail_servers};
use jiff::fmt::strtime;
use tokio::sync::{Semaphore, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep, sleep_until};

/// How long the lease is held without a sign of life.
const HELD: Duration = Duration::from_secs(6);
/// However much happens, it is looked four times a second at most whether an inbox has changed.
const SHORTEST_REST: Duration = Duration::from_millis(250);
const LONGEST_REST: Duration = Duration::from_secs(60);
/// What broke off begins anew after that.
const AFTER_PANIC: Duration = Duration::from_secs(5);
/// So long a server may say nothing, before it is asked whether it is still there.
const IDLE: Duration = Duration::from_secs(240);
/// How often one is asked that does not say by itself what comes.
const POLL: Duration = Duration::from_secs(30);
/// After a failure, and twice as long after each that follows.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// After more failures in a row than somebody wants.
const RARELY: Duration = Duration::from_secs(3_600);
/// Failures in a row where an inbox does not say.
const USUAL_RETRIES: i64 = 10;
/// Mails of one inbox that become messages.
pub(crate) const MOST_A_MINUTE: usize = 60;
const MINUTE: Duration = Duration::from_secs(60);
/// Mails that are held at once, of all inboxes.
pub(crate) const MOST_AT_ONCE: usize = 4;
/// Mails that came so long before an inbox was set up are taken: not all clocks are right.
const SLACK_SECONDS: i64 = 60;
const DAY_SECONDS: i64 = 86_400;
/// What the key is for with which visitors' tokens are made of threads.
const TOKENS: &str = "tokens of e-mail threads";

pub(super) fn job(store: &Store, wire: &Arc<Wire>, egress: &Client, files: &Arc<Files>) -> Job {
    let reader = Reader {
        moved: store.moved(),
        store: store.clone(),
        wire: Arc::clone(wire),
        egress: egress.clone(),
        files: Arc::clone(files),
        turns: Arc::new(Semaphore::new(MOST_AT_ONCE)),
    };
    Job::new("email inboxes", reader).on_one_node(HELD)
}

#[derive(Clone)]
struct Reader {
    store: Store,
    wire: Arc<Wire>,
    egress: Client,
    files: Arc<Files>,
    moved: watch::Receiver<i64>,
    turns: Arc<Semaphore>,
}

impl Work for Reader {
    /// Goes on until it is dropped; then all that is read for it breaks off.
    async fn turn(&mut self, _turn: &Turn) -> Result<Rest, JobError> {
        let mut tasks = JoinSet::new();
        let mut watched: HashMap<String, (Timestamp, AbortHandle)> = HashMap::new();
        loop {
            // Registered before looking: what is written between the two wakes us.
            self.moved.borrow_and_update();
            let mut inboxes = self.store.read(email_inboxes::all).await?;
            inboxes.retain(|inbox| inbox.active);
            watched.retain(|id, (version, task)| {
                let stays = inboxes
                    .iter()
                    .any(|inbox| inbox.id == *id && inbox.updated_at == *version);
                if !stays {
                    task.abort();
                }
                stays && !task.is_finished()
            });
            for inbox in inboxes {
                if !watched.contains_key(&inbox.id) {
                    let (id, version) = (inbox.id.clone(), inbox.updated_at);
                    let task = tasks.spawn(self.clone().watch(inbox));
                    watched.insert(id, (version, task));
                }
            }
            tokio::select! {
                moved = self.moved.changed() => {
                    if moved.is_err() {
                        // The store is closed.
                        std::future::pending::<()>().await;
                    }
                    sleep(SHORTEST_REST).await;
                }
                Some(ended) = tasks.join_next() => {
                    if let Err(error) = ended && error.is_panic() {
                        tracing::error!("reading an e-mail inbox broke off; it begins anew");
                        sleep(AFTER_PANIC).await;
                    }
                }
                () = sleep(LONGEST_REST) => {}
            }
        }
    }
}

/// Why an inbox is not read on, in words for whoever looks after it.
struct Trouble(String);

impl<E: std::fmt::Display> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// How many mails were taken in this minute.
struct Pace {
    began: Instant,
    taken: usize,
}

impl Pace {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            taken: 0,
        }
    }

    async fn count(&mut self) {
        if self.began.elapsed() >= MINUTE {
            *self = Self::new();
        }
        self.taken += 1;
        if self.taken >= MOST_A_MINUTE {
            sleep_until(self.began + MINUTE).await;
            *self = Self::new();
        }
    }
}

impl Reader {
    /// Reads one inbox as it is set up now, for ever.
    async fn watch(self, inbox: EmailInbox) {
        let mut failures = 0_i64;
        loop {
            let Err(Trouble(why)) = self.read(&inbox, &mut failures).await;
            failures += 1;
            if failures == 1 {
                // Why, its list says: a server may name somebody in it.
                tracing::warn!(inbox = inbox.id, "an e-mail inbox cannot be read");
            }
            let (of, now) = (inbox.clone(), self.store.clock().now());
            let noted = self
                .store
                .write(move |tx| email_inboxes::failed(tx, now, &of, &why));
            if let Err(error) = noted.await {
                tracing::debug!(inbox = inbox.id, error = %error, "its trouble could not be written down");
            }
            sleep(pause(failures, inbox.imap.max_retries)).await;
        }
    }

    async fn read(&self, inbox: &EmailInbox, failures: &mut i64) -> Result<Infallible, Trouble> {
        let server = mail_servers::imap(inbox, self.wire.policies.keys());
        let server =
            server.ok_or_else(|| Trouble("its password cannot be opened; save it again".into()))?;
        let mut session = Session::open(&self.egress, &server).await?;
        let mailbox = session.examine().await?;
        let mut pace = Pace::new();
        loop {
            let id = inbox.id.clone();
            let known = self.store.read(move |view| email_inboxes::find(view, &id));
            let known = known.await?.ok_or_else(|| Trouble("it is gone".into()))?;
            let validity = i64::from(mailbox.uid_validity);
            let uids = if known.uid_validity == validity {
                let last = u32::try_from(known.last_uid).unwrap_or(u32::MAX);
                session.search(Search::After(last)).await?
            } else {
                let uids = self.all_since(&mut session, inbox).await?;
                if uids.is_empty() {
                    self.progress(inbox, mailbox, 0).await?;
                }
                uids
            };
            for uid in uids {
                let turn = self.turns.acquire().await?;
                let taken = match session.fetch(uid).await? {
                    Some(fetched) => self.take(inbox, fetched).await?,
                    None => false,
                };
                self.progress(inbox, mailbox, uid).await?;
                drop(turn);
                if taken {
                    pace.count().await;
                }
            }
            *failures = 0;
            let of = inbox.clone();
            self.store
                .write(move |tx| email_inboxes::well(tx, &of))
                .await?;
            session.wait(IDLE, POLL).await?;
        }
    }

    /// The mails that came since the inbox was set up, and not too long ago, where their numbers say nothing.
    async fn all_since(
        &self,
        session: &mut Session,
        inbox: &EmailInbox,
    ) -> Result<Vec<u32>, Trouble> {
        let now = self.store.clock().now();
        let since = inbox.created_at.max(now.plus_days(-LOOK_BACK_DAYS));
        let since = since.millis() / 1_000 - SLACK_SECONDS;
        // Days are those of the server's zone.
        let day = jiff::Timestamp::from_second(since - DAY_SECONDS)?;
        let day = strtime::format("%-d-%b-%Y", &day.to_zoned(jiff::tz::TimeZone::UTC))?;
        let mut uids = session.search(Search::Since(&day)).await?;
        if let (Some(first), Some(last)) = (uids.first(), uids.last()) {
            let came = session.came_at(*first, *last).await?;
            uids.retain(|uid| {
                let at = came.get(uid).and_then(|text| second_of(text));
                at.is_none_or(|at| at >= since)
            });
        }
        Ok(uids)
    }

    async fn progress(
        &self,
        inbox: &EmailInbox,
        mailbox: Mailbox,
        uid: u32,
    ) -> Result<(), Trouble> {
        let of = inbox.clone();
        let noted = self
            .store
            .write(move |tx| emailing::progress(tx, &of, mailbox.uid_validity, uid));
        Ok(noted.await?)
    }

    /// Puts a mail into its chat. False: nothing comes of it.
    async fn take(&self, inbox: &EmailInbox, fetched: Fetched) -> Result<bool, Trouble> {
        let size = fetched.size;
        let bytes = Arc::new(fetched.bytes);
        let parsed = Arc::clone(&bytes);
        let reading = tokio::task::spawn_blocking(move || mail::read(&parsed));
        let read = match reading.await {
            Ok(Some(read)) => read,
            Ok(None) => Read::default(),
            Err(_) => {
                tracing::error!(
                    inbox = inbox.id,
                    "a mail cannot be read; it is left in its mailbox"
                );
                Read::default()
            }
        };
        let id = read.id.clone().unwrap_or_else(|| {
            let digest = keys::hex_digest(&String::from_utf8_lossy(&bytes));
            format!("{digest}@without.id")
        });
        let is_cut = size > bytes.len() as u64;
        drop(bytes);
        let from = read.from.clone();
        let objection = self
            .store
            .read(move |view| emailing::objection(view, from.as_deref()));
        if let Some(why) = read.automatic.or(objection.await?) {
            tracing::debug!(inbox = inbox.id, why, "nothing comes of a mail");
            self.leave(inbox, id).await?;
            return Ok(false);
        }
        let incoming = Incoming {
            id: id.clone(),
            references: read.references.clone(),
            from: read.from.clone().unwrap_or_default(),
            name: read.name.clone(),
            subject: read.subject.clone(),
            text: read.text.clone(),
            has_files: !read.files.is_empty(),
        };
        match self.receive(inbox, incoming).await {
            Ok(Some(received)) => {
                self.say_files(inbox, &received, read, size, is_cut).await?;
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(refusal) if is_passing(&refusal) => Err(refusal.into()),
            Err(refusal) => {
                tracing::warn!(inbox = inbox.id, error = %refusal, "a mail cannot be a chat; it is left in its mailbox");
                self.leave(inbox, id).await?;
                Ok(false)
            }
        }
    }

    async fn leave(&self, inbox: &EmailInbox, id: String) -> Result<(), Trouble> {
        let of = inbox.clone();
        let left = self
            .wire
            .command(Who::System, move |cx| emailing::leave(cx, &of, &id));
        Ok(left.await?)
    }

    async fn receive(
        &self,
        inbox: &EmailInbox,
        incoming: Incoming,
    ) -> Result<Option<Received>, Refusal> {
        let key = self.wire.policies.keys().derive(TOKENS);
        let (wire, of, mail) = (Arc::clone(&self.wire), inbox.clone(), incoming.clone());
        let look = move |view: &mut View<'_>| -> Result<_, Refusal> {
            let policy = wire.policies.at(view)?;
            let place = emailing::place(view, &key, &of, &mail)?;
            let question = if Method::of(&policy) == Method::External {
                hark_chat::question(view, &policy, &place.token, &place.opening)?
            } else {
                None
            };
            Ok((policy, place, question))
        };
        let (policy, mut place, question) = self.store.read(look).await?;
        if let Some(question) = question {
            place.opening.suggested = self.wire.suggested(&policy, &question).await?;
        }
        let of = inbox.clone();
        let received = self.wire.command(Who::System, move |cx| {
            emailing::receive(cx, &of, &incoming, &place)
        });
        received.await
    }

    /// The files of a mail follow it, and a word about those that do not.
    async fn say_files(
        &self,
        inbox: &EmailInbox,
        received: &Received,
        mut read: Read,
        size: u64,
        is_cut: bool,
    ) -> Result<(), Trouble> {
        let mut left_out = Vec::new();
        if is_cut {
            let size = uploads::readable(size);
            left_out.push(format!(
                "[Only the beginning of this mail of {size} was read.]"
            ));
            // It breaks off somewhere.
            read.files.pop();
        }
        if read.files_left_out > 0 {
            let number = read.files_left_out;
            left_out.push(format!("[{number} more files of this mail were left out.]"));
        }
        for (file, number) in read.files.into_iter().zip(1..) {
            let name = file.name.clone();
            match self.say_file(received, file, number).await {
                Ok(()) => {}
                Err(NotKept::LeftOut(why)) => {
                    left_out.push(format!("[{name} was left out: {why}]"));
                }
                Err(NotKept::Over) => return Ok(()),
                Err(NotKept::Trouble(trouble)) => return Err(trouble),
            }
        }
        if left_out.is_empty() {
            return Ok(());
        }
        let draft = Draft {
            text: left_out.join("\n"),
            ..Draft::default()
        };
        let of = received.clone();
        let said = self.wire.command(Who::System, move |cx| {
            emailing::say_more(cx, &of, 0, draft.clone())
        });
        match said.await {
            Err(refusal) if is_passing(&refusal) => Err(refusal.into()),
            Err(refusal) => {
                tracing::debug!(inbox = inbox.id, error = %refusal, "its chat is over");
                Ok(())
            }
            Ok(_) => Ok(()),
        }
    }

    async fn say_file(
        &self,
        received: &Received,
        file: File,
        number: usize,
    ) -> Result<(), NotKept> {
        let (wire, of) = (Arc::clone(&self.wire), received.clone());
        let now = self.store.clock().now();
        let look = move |view: &mut View<'_>| -> Result<_, Refusal> {
            let policy = wire.policies.at(view)?;
            let left = quota::left(view, &policy, &of.room, None, now)?;
            Ok((policy, left, emailing::has_said(view, &of, number)?))
        };
        let (policy, left, is_said) = self.store.read(look).await.map_err(NotKept::of)?;
        if is_said {
            return Ok(());
        }
        let sniffed = admitted(&policy, &file, left)?;
        let reserve = policy.number(settings::FileUpload_Disk_Reserve);
        let mut incoming = self.files.receive(reserve.unsigned_abs()).await?;
        incoming.write(&file.bytes).await?;
        let kept = incoming.end().await?;
        let picture = self.files.picture(&kept, &sniffed).await;
        let new = NewUpload {
            room_id: received.room.clone(),
            account_id: None,
            network: None,
            name: file.name,
            media_type: sniffed,
            size: kept.size(),
            sha256: kept.sha256().to_owned(),
            picture: picture.map(|picture| Picture {
                width: picture.width,
                height: picture.height,
                preview: picture.preview,
            }),
        };
        // The row first, then the bytes: whatever ends in between leaves nothing that is not swept away.
        let expecting = self
            .wire
            .command(Who::System, move |cx| uploads::expect(cx, &new));
        let upload = expecting.await.map_err(NotKept::of)?;
        let now = self.store.clock().now();
        self.files.keep(&upload.id, kept, now).await?;
        let of = received.clone();
        let said = self.wire.command(Who::System, move |cx| {
            let draft = Draft {
                extra: Some(upload.in_message(None)),
                ..Draft::default()
            };
            emailing::say_more(cx, &of, number, draft)?;
            uploads::attach(cx, &upload)
        });
        said.await.map_err(NotKept::of)
    }
}

/// Why a file of a mail is in no chat.
enum NotKept {
    LeftOut(String),
    /// Its chat has ended meanwhile.
    Over,
    Trouble(Trouble),
}

impl NotKept {
    fn of(refusal: Refusal) -> Self {
        match refusal {
            Refusal::RoomClosed | Refusal::InvalidRoom | Refusal::InvalidToken => Self::Over,
            Refusal::Store(error) if error.passes() => Self::Trouble(error.into()),
            other => Self::LeftOut(other.to_string()),
        }
    }
}

impl From<hark_files::Error> for NotKept {
    fn from(error: hark_files::Error) -> Self {
        Self::Trouble(error.into())
    }
}

/// What a file is, if it may come.
fn admitted(policy: &Policy, file: &File, left: Option<u64>) -> Result<String, NotKept> {
    let left_out = |why: &str| NotKept::LeftOut(why.to_owned());
    if !uploads::is_open_to_visitors(policy) {
        return Err(left_out("files of visitors are switched off"));
    }
    let size = file.bytes.len() as u64;
    if uploads::largest(policy).is_some_and(|largest| size > largest) {
        return Err(left_out("it is too large"));
    }
    if left.is_some_and(|left| size > left) {
        return Err(left_out("no more files can come today"));
    }
    let head = file
        .bytes
        .get(..file.bytes.len().min(4_096))
        .unwrap_or_default();
    let sniffed = media::sniff(head, &file.media_type);
    uploads::admit(policy, &file.media_type, &sniffed).map_err(NotKept::of)?;
    Ok(sniffed)
}

/// What the mail waits for. What else a command declines, it would decline again.
fn is_passing(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::Store(error) => error.passes(),
        Refusal::ChatIsOff | Refusal::NobodyOnline => true,
        _ => false,
    }
}

fn pause(failures: i64, wanted: Option<i64>) -> Duration {
    if failures > wanted.unwrap_or(USUAL_RETRIES) {
        return RARELY;
    }
    let doublings = u32::try_from(failures - 1).unwrap_or(0).min(16);
    (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE)
}

/// `17-Jul-1996 02:44:25 -0700`, in seconds since 1970.
fn second_of(text: &str) -> Option<i64> {
    let parsed = strtime::parse("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()?;
    Some(parsed.to_timestamp().ok()?.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inbox_that_fails_is_tried_less_and_less() {
        assert_eq!(pause(1, None), Duration::from_secs(2));
        assert_eq!(pause(2, None), Duration::from_secs(4));
        assert_eq!(pause(10, None), LONGEST_PAUSE);
        assert_eq!(pause(11, None), RARELY);
        assert_eq!(pause(11, Some(50)), LONGEST_PAUSE);
        assert_eq!(pause(1, Some(0)), RARELY);
    }

    #[test]
    fn moments_are_read_as_servers_write_them() {
        assert_eq!(second_of("17-Jul-1996 02:44:25 -0700"), Some(837_596_665));
        assert_eq!(second_of(" 1-Jan-1970 00:00:05 +0000"), Some(5));
        assert_eq!(second_of("yesterday"), None);
    }
}
