//! PostgreSQL: bounded threads with a connection each, the sequencer of the event log, and the
//! listener that hears of other nodes' events.
//!
//! Commands run under READ COMMITTED. Whatever a command decides on it locks or changes
//! conditionally, so that it means the same here as behind SQLite's single writer. Deadlocks and
//! lost connections before the commit are played again; a connection lost *during* the commit is
//! answered as an error, since nobody knows.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use postgres::config::{Host, SslMode};
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::ToSql;
use postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::job::{Ran, Read, Write};
use crate::sqlite::{Counters, Queues, raise, spawn};
use crate::tx::{Cells, Conn};
use crate::{Error, Ids, OpenError, Param, Row, Statement, Timestamp, Tx, View, migrate};

const CHANNEL: &str = "hark_event";
/// How often the threads look up from waiting: to end, and as the safety net under wake-ups.
const LOOK_AROUND: Duration = Duration::from_millis(500);
/// After a failed connection, how long commands are refused without trying again.
const REST: Duration = Duration::from_millis(250);
/// How long a thread that finds no place beside others waits before it knocks again.
const ASIDE: Duration = Duration::from_secs(1);
/// How often a command that lost a deadlock or its connection is played again.
const ROUNDS: usize = 5;

/// Where the database is and how to speak to it.
#[derive(Clone)]
pub(crate) struct Server {
    config: Config,
    tls: MakeRustlsConnect,
}

impl Server {
    pub(crate) fn new(url: &str) -> Result<Self, OpenError> {
        let mut config: Config = url
            .parse()
            .map_err(|error: postgres::Error| OpenError::Address(words(&error)))?;
        if config.get_hosts().is_empty() {
            return Err(OpenError::Address("it names no host".into()));
        }
        // A certificate for a loopback address is nobody's; asked for by name it is still used.
        if config.get_ssl_mode() == SslMode::Prefer && config.get_hosts().iter().all(is_local) {
            config.ssl_mode(SslMode::Disable);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        config.application_name("hark");
        // A machine that is gone without a word is noticed while an answer is waited for, too.
        config.tcp_user_timeout(Duration::from_secs(15));
        config.keepalives_idle(Duration::from_secs(10));
        config.keepalives_interval(Duration::from_secs(5));
        let mut roots = rustls::RootCertStore::empty();
        for certificate in rustls_native_certs::load_native_certs().certs {
            // One odd certificate in the system's store must not cost us the others.
            drop(roots.add(certificate));
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| OpenError::Address(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            config,
            tls: MakeRustlsConnect::new(tls),
        })
    }

    pub(crate) fn name(&self) -> String {
        let hosts = self.config.get_hosts().iter().map(|host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(path) => path.display().to_string(),
        });
        let ports = self.config.get_ports();
        let port = ports.first().copied().unwrap_or(5432);
        format!("{}:{port}", hosts.collect::<Vec<_>>().join(","))
    }

    /// The first connection, whose failure an operator reads.
    pub(crate) fn reach(&self) -> Result<Client, OpenError> {
        self.connect().map_err(|error| {
            let (host, why) = (self.name(), words(&error));
            match may_come_up(&error) {
                true => OpenError::Unreachable { host, why },
                false => OpenError::Refused { host, why },
            }
        })
    }

    pub(crate) fn connect(&self) -> Result<Client, postgres::Error> {
        let mut client = self.config.connect(self.tls.clone())?;
        client.batch_execute(
            "SET synchronous_commit = on; SET lock_timeout = '10s'; SET statement_timeout = '60s';
             SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = warning",
        )?;
        Ok(client)
    }
}

/// Nobody there yet, still starting or full; anything else is a refusal that will not change.
fn may_come_up(error: &postgres::Error) -> bool {
    match error.code() {
        Some(code) => ["08", "53", "55", "57"].contains(&code.code().get(..2).unwrap_or_default()),
        None => broke_off(error),
    }
}

/// The connection and not what was said over it.
fn broke_off(error: &postgres::Error) -> bool {
    error.is_closed()
        || std::error::Error::source(error)
            .is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse()
                    .is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
    }
}

/// Threads that share a queue, and what they know together of the server's door.
#[derive(Default)]
struct Crowd {
    connected: AtomicUsize,
    /// Who is connecting just now.
    knocking: AtomicUsize,
    /// After a failed connection, until when nobody knocks again.
    resting_until: Mutex<Option<Instant>>,
    /// The operator has been told that some of us are left outside.
    told: AtomicBool,
}

impl Crowd {
    fn others_may_be_in(&self) -> bool {
        self.knocking.load(Ordering::Relaxed) > 0 || self.connected.load(Ordering::Relaxed) > 0
    }

    fn rests(&self) -> bool {
        let until = self
            .resting_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        self.connected.load(Ordering::Relaxed) == 0
            && until.is_some_and(|until| Instant::now() < until)
    }

    fn rest(&self) {
        let mut until = self
            .resting_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *until = Some(Instant::now() + REST);
    }
}

/// One thread's connection, made again when it breaks, with the statements it has prepared.
pub(crate) struct Session {
    server: Server,
    crowd: Arc<Crowd>,
    client: Option<Client>,
    prepared: HashMap<&'static str, postgres::Statement>,
    trouble: Option<Trouble>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// The connection is gone.
    Lost,
    /// The transaction lost a race and may be played again.
    Again,
}

impl Session {
    fn new(server: &Server, crowd: &Arc<Crowd>) -> Self {
        Self {
            server: server.clone(),
            crowd: Arc::clone(crowd),
            client: None,
            prepared: HashMap::new(),
            trouble: None,
        }
    }

    /// Connects if need be. Only between transactions: what runs inside one must find its own
    /// connection or none.
    fn connect(&mut self) -> Result<(), Error> {
        if self
            .client
            .as_ref()
            .is_some_and(|client| !client.is_closed())
        {
            return Ok(());
        }
        self.let_go();
        if self.crowd.rests() {
            return Err(nobody_at(&self.server));
        }
        self.crowd.knocking.fetch_add(1, Ordering::Relaxed);
        let connected = self.server.connect();
        if connected.is_ok() {
            self.crowd.connected.fetch_add(1, Ordering::Relaxed);
        }
        self.crowd.knocking.fetch_sub(1, Ordering::Relaxed);
        match connected {
            Ok(client) => {
                self.client = Some(client);
                self.crowd.told.store(false, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => {
                self.crowd.rest();
                Err(Error::Unavailable(words(&error)))
            }
        }
    }

    fn let_go(&mut self) {
        self.prepared.clear();
        if self.client.take().is_some() {
            self.crowd.connected.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Leaves the queue to those who are connected: one who is not would only refuse what they
    /// can do. False: it is over.
    fn may_take_work(&mut self, closing: &Receiver<()>) -> bool {
        while let Err(error) = self.connect()
            && self.crowd.others_may_be_in()
        {
            if !self.crowd.told.swap(true, Ordering::Relaxed) {
                tracing::warn!(error = %error, "PostgreSQL takes no further connection of ours; those that there are do the work");
            }
            if closing.recv_timeout(ASIDE) != Err(RecvTimeoutError::Timeout) {
                return false;
            }
        }
        true
    }

    fn begin(&mut self, text: &'static str) -> Result<(), Error> {
        self.connect()?;
        self.sql(text)
    }

    fn client(&mut self) -> Result<&mut Client, Error> {
        match &mut self.client {
            Some(client) => Ok(client),
            None => {
                self.trouble = self.trouble.or(Some(Trouble::Lost));
                Err(nobody_at(&self.server))
            }
        }
    }

    fn fail(&mut self, statement: &'static str, error: &postgres::Error) -> Error {
        let (failure, trouble) = failure(statement, error);
        if trouble == Some(Trouble::Lost) {
            self.let_go();
        }
        self.trouble = self.trouble.or(trouble);
        failure
    }

    fn sql(&mut self, text: &'static str) -> Result<(), Error> {
        let done = self.client()?.batch_execute(text);
        done.map_err(|error| self.fail(text, &error))
    }

    fn statement(&mut self, statement: &Statement) -> Result<postgres::Statement, Error> {
        let key = statement.postgres();
        self.client()?;
        if let Some(known) = self.prepared.get(key) {
            return Ok(known.clone());
        }
        let made = self.client()?.prepare(key);
        let made = made.map_err(|error| self.fail(statement.name(), &error))?;
        self.prepared.insert(key, made.clone());
        Ok(made)
    }

    pub(crate) fn query<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        read: &mut impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let prepared = self.statement(statement)?;
        let rows = self.client()?.query(&prepared, &bind(params));
        let rows = rows.map_err(|error| self.fail(statement.name(), &error))?;
        rows.iter()
            .map(|row| {
                read(&Row {
                    statement: statement.name(),
                    cells: Cells::Postgres(row),
                })
            })
            .collect()
    }

    pub(crate) fn execute(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<u64, Error> {
        let prepared = self.statement(statement)?;
        let changed = self.client()?.execute(&prepared, &bind(params));
        changed.map_err(|error| self.fail(statement.name(), &error))
    }

    pub(crate) fn explain(&mut self, statement: &Statement) -> Result<Vec<String>, Error> {
        let prepared = self.statement(statement)?;
        let blanks = vec!["NULL"; prepared.params().len()].join(", ");
        let arguments = if blanks.is_empty() {
            blanks
        } else {
            format!("({blanks})")
        };
        let ask = format!(
            "SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan;
             PREPARE to_explain AS {}; EXPLAIN EXECUTE to_explain{arguments}; DEALLOCATE to_explain",
            statement.postgres()
        );
        let answer = self.client()?.simple_query(&ask);
        let answer = answer.map_err(|error| self.fail(statement.name(), &error))?;
        let lines = answer.iter().filter_map(|message| match message {
            postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        Ok(lines.collect())
    }

    const fn take_trouble(&mut self) -> Option<Trouble> {
        self.trouble.take()
    }

    /// Ends a transaction that is not to be kept; a broken connection ends it by itself.
    fn abandon(&mut self) {
        if self.client.is_some() && self.sql("ROLLBACK").is_err() {
            self.let_go();
        }
        self.trouble = None;
    }
}

fn nobody_at(server: &Server) -> Error {
    Error::Unavailable(format!("{} does not answer", server.name()))
}

fn bind<'a>(params: &'a [Param<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    params
        .iter()
        .map(|param| param as &(dyn ToSql + Sync))
        .collect()
}

/// The error's own words and the server's, without the statement's parameters.
pub(crate) fn words(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(answer) => format!("{} ({})", answer.message(), answer.code().code()),
        None => {
            let mut text = error.to_string();
            let mut cause = std::error::Error::source(error);
            while let Some(inner) = cause {
                let inner_text = inner.to_string();
                if !text.contains(&inner_text) {
                    text = format!("{text}: {inner_text}");
                }
                cause = inner.source();
            }
            text
        }
    }
}

fn failure(statement: &'static str, error: &postgres::Error) -> (Error, Option<Trouble>) {
    let Some(code) = error.code() else {
        return match broke_off(error) {
            true => (Error::Unavailable(words(error)), Some(Trouble::Lost)),
            false => (
                Error::Broken {
                    statement,
                    detail: words(error),
                },
                None,
            ),
        };
    };
    let class = code.code().get(..2).unwrap_or_default();
    if [
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
    ]
    .contains(code)
    {
        return (Error::Busy, Some(Trouble::Again));
    }
    // A statement that took too long would take as long again.
    if *code == SqlState::QUERY_CANCELED {
        return (Error::Unavailable(words(error)), None);
    }
    match class {
        // connection exceptions, operator intervention, too many connections
        "08" | "57" => (Error::Unavailable(words(error)), Some(Trouble::Lost)),
        "53" if *code == SqlState::DISK_FULL => (Error::Full, None),
        "53" => (Error::Unavailable(words(error)), Some(Trouble::Lost)),
        "55" => (Error::Busy, None),
        "25" if *code == SqlState::READ_ONLY_SQL_TRANSACTION => {
            (Error::ReadOnly(words(error)), None)
        }
        "58" | "XX" => (Error::Corrupt(words(error)), None),
        _ => (
            Error::Broken {
                statement,
                detail: words(error),
            },
            None,
        ),
    }
}

pub(crate) struct Crew {
    pub(crate) writers: usize,
    pub(crate) readers: usize,
}

pub(crate) fn start(
    server: &Server,
    crew: &Crew,
    ids: &mut dyn FnMut() -> Ids,
    queues: &Queues,
    closing: &Receiver<()>,
    counters: &Arc<Counters>,
    now: Timestamp,
) -> Result<Vec<JoinHandle<()>>, OpenError> {
    let unreachable = |error: postgres::Error| OpenError::Unreachable {
        host: server.name(),
        why: words(&error),
    };
    let mut client = server.reach()?;
    migrate::postgres(&mut client, now)?;
    let head: i64 = client
        .query_one("SELECT position FROM event_head", &[])
        .map_err(unreachable)?
        .get(0);
    drop(client);
    counters.position.send_replace(head);

    let mut handles = Vec::new();
    let (nudge, nudges) = bounded(1);
    let (writing, reading) = (Arc::default(), Arc::default());
    // The readers first: where connections are few, nobody does anything without reading.
    for number in 0..crew.readers {
        let mut session = Session::new(server, &reading);
        let (queue, closing) = (queues.reads.clone(), closing.clone());
        handles.push(spawn(format!("store-read-{number}"), move || {
            read_loop(&mut session, &queue, &closing);
        })?);
    }
    for number in 0..crew.writers {
        let mut writer = Writer {
            session: Session::new(server, &writing),
            ids: ids(),
            nudge: nudge.clone(),
            counters: Arc::clone(counters),
        };
        let (queue, closing) = (queues.writes.clone(), closing.clone());
        handles.push(spawn(format!("store-write-{number}"), move || {
            writer.run(&queue, &closing);
        })?);
    }
    let mut session = Session::new(server, &Arc::default());
    let shared = Arc::clone(counters);
    handles.push(spawn("store-sequence".into(), move || {
        sequence_loop(&mut session, &nudges, &shared);
    })?);
    let (server, shared, closing) = (server.clone(), Arc::clone(counters), closing.clone());
    // Not waited for at the end: it only hears, and looks up from that now and then.
    let _ends_by_itself = spawn("store-listen".into(), move || {
        listen_loop(&server, &closing, &shared);
    })?;
    Ok(handles)
}

struct Writer {
    session: Session,
    ids: Ids,
    nudge: Sender<()>,
    counters: Arc<Counters>,
}

impl Writer {
    fn run(&mut self, queue: &Receiver<Box<dyn Write>>, closing: &Receiver<()>) {
        while self.session.may_take_work(closing)
            && let Ok(mut job) = queue.recv()
        {
            let committed = self.commit(job.as_mut());
            job.settle(committed);
            self.counters.commands.fetch_add(1, Ordering::Relaxed);
            self.counters.groups.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn commit(&mut self, job: &mut dyn Write) -> Result<(), Error> {
        let mut last = Error::Busy;
        for _ in 0..ROUNDS {
            self.session.trouble = None;
            let ran = self.attempt(job);
            match ran {
                Ok(events) => {
                    if events > 0 {
                        // A full channel means that the sequencer has been told already.
                        let _told_already = self.nudge.try_send(());
                    }
                    return Ok(());
                }
                Err(error) => {
                    let trouble = self.session.take_trouble();
                    self.session.abandon();
                    last = error;
                    if trouble.is_none() {
                        break;
                    }
                }
            }
        }
        if !matches!(last, Error::Panicked(_)) {
            tracing::warn!(error = %last, "a command was not committed");
        }
        Err(last)
    }

    fn attempt(&mut self, job: &mut dyn Write) -> Result<u64, Error> {
        self.session.begin("BEGIN")?;
        let mut tx = Tx::new(Conn::Postgres(&mut self.session), &mut self.ids);
        let ran = job.run(&mut tx)?;
        let events = tx.appended();
        match ran {
            Ran::Done => {
                let committed = self.session.sql("COMMIT");
                if committed.is_err() {
                    // Unknown whether it took effect: not to be played again.
                    self.session.trouble = None;
                }
                committed.map(|()| events)
            }
            Ran::Declined | Ran::Undo => {
                self.session.abandon();
                Ok(0)
            }
        }
    }
}

fn read_loop(session: &mut Session, queue: &Receiver<Box<dyn Read>>, closing: &Receiver<()>) {
    while session.may_take_work(closing)
        && let Ok(mut job) = queue.recv()
    {
        let mut looked = look(session, job.as_mut());
        // A connection that broke while it was idle says so only now.
        if looked.is_err() && session.take_trouble() == Some(Trouble::Lost) {
            session.abandon();
            looked = look(session, job.as_mut());
        }
        if looked.is_err() {
            session.abandon();
        }
        job.settle(looked);
    }
}

fn look(session: &mut Session, job: &mut dyn Read) -> Result<(), Error> {
    session.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
    job.run(&mut View::new(Conn::Postgres(session)))?;
    session.sql("COMMIT")
}

/// Moves committed events into the log, in one order for all readers and nodes, and tells them
/// once for each batch. Whoever holds the lock on the head moves for everyone; what a dead node
/// left is found by the next look-around.
fn sequence_loop(session: &mut Session, nudges: &Receiver<()>, counters: &Counters) {
    let mut last_words = String::new();
    loop {
        match nudges.recv_timeout(LOOK_AROUND) {
            Ok(()) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                // The last commits of this node are still to be placed.
                drop(sequence(session, counters));
                return;
            }
        }
        let placed = loop {
            match sequence(session, counters) {
                Ok(true) => {}
                placed => break placed,
            }
        };
        session.trouble = None;
        let said = placed.err().map(|error| error.to_string());
        if let Some(said) = said.as_ref().filter(|said| **said != last_words) {
            tracing::warn!(error = %said, "events could not be placed in the log; trying again");
        }
        last_words = said.unwrap_or_default();
    }
}

/// Whether there may be more to move.
fn sequence(session: &mut Session, counters: &Counters) -> Result<bool, Error> {
    const BATCH: i64 = 5_000;
    session.connect()?;
    let waiting = session.client()?.query_one(
        "SELECT EXISTS (SELECT 1 FROM event_staged), (SELECT position FROM event_head)",
        &[],
    );
    let waiting = waiting.map_err(|error| session.fail("sequence", &error))?;
    if !waiting.get::<_, bool>(0) {
        raise(&counters.position, waiting.get(1));
        return Ok(false);
    }
    let moved = (|| -> Result<(i64, i64), postgres::Error> {
        let Some(client) = session.client.as_mut() else {
            return Ok((0, 0));
        };
        let mut tx = client.transaction()?;
        let head: i64 = tx
            .query_one("SELECT position FROM event_head FOR UPDATE", &[])?
            .get(0);
        let position: i64 = tx.query_one(SEQUENCE, &[&head, &BATCH])?.get(0);
        if position > head {
            tx.execute(
                "SELECT pg_notify($1, $2)",
                &[&CHANNEL, &position.to_string()],
            )?;
        }
        tx.commit()?;
        Ok((head, position))
    })();
    let (head, position) = moved.map_err(|error| session.fail("sequence", &error))?;
    raise(&counters.position, position);
    Ok(position - head == BATCH)
}

const SEQUENCE: &str = "
    WITH moved AS (
        DELETE FROM event_staged
        WHERE id IN (SELECT id FROM event_staged ORDER BY id LIMIT $2)
        RETURNING *
    ), placed AS (
        INSERT INTO event (position, at, kind, conversation, seq, visitor, agent, department, body)
        SELECT $1 + row_number() OVER (ORDER BY id), at, kind, conversation, seq, visitor, agent, department, body
        FROM moved
        RETURNING position
    )
    UPDATE event_head SET position = $1 + (SELECT count(*) FROM placed) RETURNING position";

/// Hears where other nodes have moved the log to.
fn listen_loop(server: &Server, closing: &Receiver<()>, counters: &Counters) {
    let mut last_words = String::new();
    loop {
        let ended = listen(server, closing, counters);
        match ended {
            Ok(()) => return,
            Err(error) => {
                let said = words(&error);
                if said != last_words {
                    tracing::warn!(error = %said, "PostgreSQL went away; trying again until it is back");
                    last_words = said;
                }
            }
        }
        if closing.recv_timeout(LOOK_AROUND) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

fn listen(
    server: &Server,
    closing: &Receiver<()>,
    counters: &Counters,
) -> Result<(), postgres::Error> {
    let mut client = server.connect()?;
    client.batch_execute(&format!("LISTEN {CHANNEL}"))?;
    loop {
        // Registered before looking, so that nothing falls between the two.
        let head = client.query_one("SELECT position FROM event_head", &[])?;
        raise(&counters.position, head.get(0));
        let mut heard = client.notifications();
        let mut news = heard.timeout_iter(LOOK_AROUND);
        while let Some(notification) = news.next()? {
            if let Ok(position) = notification.payload().parse() {
                raise(&counters.position, position);
            }
        }
        if closing.try_recv() == Err(crossbeam_channel::TryRecvError::Disconnected) {
            return Ok(());
        }
    }
}
