use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use postgres::SimpleQueryMessage;

use super::connection::{Asked, Connection, Failure};
use super::failure::{Interruption, failure};
use super::server::Server;
use crate::row::Cells;
use crate::{Error, Locked, Param, Row, Statement};

/// After a failed connection, how long commands are refused without trying again.
const BACK_OFF: Duration = Duration::from_millis(250);
/// How long a thread for which the server has no connection left waits before it tries again.
const RETRY: Duration = Duration::from_secs(1);

/// What the threads of one queue know together about their connections.
#[derive(Default)]
pub(crate) struct PoolState {
    connected: AtomicUsize,
    connecting: AtomicUsize,
    /// After a failed connection, until when none is tried.
    backs_off_until: Locked<Option<Instant>>,
    /// Whether the operator has been warned that some threads have no connection.
    warned: AtomicBool,
}

impl PoolState {
    fn others_may_be_connected(&self) -> bool {
        self.connecting.load(Ordering::Relaxed) > 0 || self.connected.load(Ordering::Relaxed) > 0
    }

    fn backs_off(&self) -> bool {
        self.connected.load(Ordering::Relaxed) == 0
            && self
                .backs_off_until
                .lock()
                .is_some_and(|until| Instant::now() < until)
    }

    fn back_off(&self) {
        *self.backs_off_until.lock() = Some(Instant::now() + BACK_OFF);
    }
}

/// How far the revisions of a transaction are known. What was last seen is taken for true until the
/// answer is there, so that nobody waits for it alone; if it was not true, the command is played again.
enum Revisions {
    /// The transaction has not begun.
    Unasked,
    Asked(Asked),
    Known,
}

/// Primary key of a table with a few rows.
static REVISIONS: Statement =
    Statement::new("revisions", "SELECT name, number FROM revision", None);

/// One thread's connection, made again when it breaks, with the statements it has prepared.
pub(crate) struct Session {
    server: Server,
    pool: Arc<PoolState>,
    connection: Option<Connection>,
    /// By their names.
    prepared: HashMap<&'static str, postgres::Statement>,
    /// As they were seen last.
    numbers: HashMap<String, i64>,
    /// What begins the transaction, until its first statement takes it along. One in which only revisions are
    /// wanted never begins.
    promised: Option<&'static str>,
    /// In the transaction that runs.
    revisions: Revisions,
    /// Those on which something was decided before they were known.
    assumed: Vec<&'static str>,
    pub(crate) interruption: Option<Interruption>,
}

impl Session {
    pub(crate) fn new(server: &Server, pool: &Arc<PoolState>) -> Self {
        Self {
            server: server.clone(),
            pool: Arc::clone(pool),
            connection: None,
            prepared: HashMap::new(),
            numbers: HashMap::new(),
            promised: None,
            revisions: Revisions::Known,
            assumed: Vec::new(),
            interruption: None,
        }
    }

    /// Connects if need be. Only between transactions: what runs inside one must find its own
    /// connection or none.
    pub(crate) fn connect(&mut self) -> Result<(), Error> {
        let known = self.connection.as_ref();
        if known.is_some_and(|connection| !connection.is_closed()) {
            return Ok(());
        }
        self.disconnect();
        if self.pool.backs_off() {
            return Err(no_answer_from(&self.server));
        }
        self.pool.connecting.fetch_add(1, Ordering::Relaxed);
        let connected = self.server.open();
        if connected.is_ok() {
            self.pool.connected.fetch_add(1, Ordering::Relaxed);
        }
        self.pool.connecting.fetch_sub(1, Ordering::Relaxed);
        match connected {
            Ok(connection) => {
                self.connection = Some(connection);
                self.pool.warned.store(false, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => {
                self.pool.back_off();
                Err(error)
            }
        }
    }

    pub(crate) fn disconnect(&mut self) {
        self.prepared.clear();
        self.revisions = Revisions::Known;
        if let Some(connection) = self.connection.take() {
            connection.close();
            self.pool.connected.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Waits for a connection while other threads have one: without it this thread would only refuse
    /// commands that they can run. False: the store is closing.
    pub(crate) fn may_take_work(&mut self, closing: &Receiver<()>) -> bool {
        while let Err(error) = self.connect()
            && self.pool.others_may_be_connected()
        {
            if !self.pool.warned.swap(true, Ordering::Relaxed) {
                tracing::warn!(error = %error, "PostgreSQL takes no further connection of ours; those that there are do the work");
            }
            if closing.recv_timeout(RETRY) != Err(RecvTimeoutError::Timeout) {
                return false;
            }
        }
        true
    }

    /// Begins a transaction. Nothing is sent yet: its first statement takes it along, and the revisions come with
    /// its answer.
    pub(crate) fn begin(&mut self, text: &'static str) -> Result<(), Error> {
        self.connect()?;
        self.promised = Some(text);
        self.revisions = Revisions::Unasked;
        self.assumed.clear();
        Ok(())
    }

    /// Before each statement of a transaction.
    fn begin_as_promised(&mut self) -> Result<(), Error> {
        let Some(text) = self.promised.take() else {
            return Ok(());
        };
        self.send_text(text)?;
        // Those that are known may not be those of its moment.
        self.ask_revisions()
    }

    fn ask_revisions(&mut self) -> Result<(), Error> {
        let revisions = self.statement(&REVISIONS)?;
        let asked = self.connection()?.ask(REVISIONS.name(), revisions);
        self.revisions = Revisions::Asked(asked);
        Ok(())
    }

    pub(crate) fn revision(&mut self, name: &'static str) -> Result<Option<i64>, Error> {
        let is_known = self.numbers.contains_key(name);
        if !is_known {
            if matches!(self.revisions, Revisions::Unasked) {
                self.ask_revisions()?;
            }
            self.see_revisions()?;
        }
        self.assumed.push(name);
        Ok(self.numbers.get(name).copied())
    }

    /// This transaction has raised one.
    pub(crate) fn note_revision(&mut self, name: &str, number: i64) {
        self.numbers.insert(name.to_owned(), number);
    }

    /// Reads the answer, which is there already when anything was waited for since. Where nothing but revisions
    /// was wanted, this is what asks for them.
    pub(crate) fn see_revisions(&mut self) -> Result<(), Error> {
        if matches!(self.revisions, Revisions::Unasked) && !self.assumed.is_empty() {
            self.ask_revisions()?;
        }
        let asked = match std::mem::replace(&mut self.revisions, Revisions::Known) {
            Revisions::Asked(asked) => asked,
            other => {
                self.revisions = other;
                return Ok(());
            }
        };
        let rows = self.on_connection(|connection| connection.rows_of(asked))?;
        let mut is_as_assumed = true;
        for row in rows {
            let (name, number): (String, i64) = (row.get(0), row.get(1));
            let is_new = self.numbers.get(&name) != Some(&number);
            is_as_assumed &= !(is_new && self.assumed.contains(&name.as_str()));
            self.numbers.insert(name, number);
        }
        if is_as_assumed {
            return Ok(());
        }
        self.interruption = self.interruption.or(Some(Interruption::Again));
        Err(Error::Busy)
    }

    /// Nobody waits for the answer: a failure of it is that of the next statement that is waited for.
    pub(crate) fn send_text(&mut self, text: &'static str) -> Result<(), Error> {
        self.on_connection(|connection| connection.send_text(text))
    }

    /// How often an answer was waited for since this was asked last.
    pub(crate) fn take_waits(&mut self) -> u64 {
        let connection = self.connection.as_mut();
        connection.map_or(0, Connection::take_waits)
    }

    /// What was sent without a wait leaves this machine now.
    pub(crate) fn flush(&self) {
        if let Some(connection) = &self.connection {
            connection.flush();
        }
    }

    fn connection(&mut self) -> Result<&mut Connection, Error> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            None => {
                self.interruption = self.interruption.or(Some(Interruption::Lost));
                Err(no_answer_from(&self.server))
            }
        }
    }

    fn on_connection<T>(
        &mut self,
        act: impl FnOnce(&mut Connection) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let (statement, error) = match act(self.connection()?) {
            Ok(done) => return Ok(done),
            Err(failure) => failure,
        };
        let (failure, interruption) = failure(statement, &error);
        if interruption == Some(Interruption::Lost) {
            self.disconnect();
        }
        // What failed may have been decided on a revision that has moved.
        if matches!(self.revisions, Revisions::Asked(_)) {
            self.see_revisions()?;
        }
        self.interruption = self.interruption.or(interruption);
        Err(failure)
    }

    /// Ends a transaction that is to be kept. An error after the end was sent says nothing of what became
    /// of it, unless the server says that something before it failed.
    pub(crate) fn commit(&mut self) -> Result<(), Error> {
        // Where nothing was waited for yet, this sees whether the connection is still there before the end
        // goes out, while the command may be played again.
        self.see_revisions()?;
        if self.promised.take().is_some() {
            return Ok(());
        }
        let committed = self.on_connection(|connection| connection.text("COMMIT"));
        if self.interruption == Some(Interruption::Lost) {
            self.interruption = None;
        }
        committed
    }

    /// Ends a transaction in which nothing was changed. Nobody waits for it.
    pub(crate) fn end_look(&mut self) -> Result<(), Error> {
        match self.promised.take() {
            Some(_) => Ok(()),
            None => self.send_text("COMMIT"),
        }
    }

    fn statement(&mut self, statement: &'static Statement) -> Result<postgres::Statement, Error> {
        let name = statement.name();
        if let Some(known) = self.prepared.get(name) {
            return Ok(known.clone());
        }
        let text = statement.postgres();
        let made = self.on_connection(|connection| connection.prepare(name, text))?;
        self.prepared.insert(name, made.clone());
        Ok(made)
    }

    pub(crate) fn query<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        read: &mut impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.begin_as_promised()?;
        let (name, prepared) = (statement.name(), self.statement(statement)?);
        let rows = self.on_connection(|connection| connection.query(name, &prepared, params))?;
        self.see_revisions()?;
        rows.iter()
            .map(|row| {
                read(&Row {
                    statement: name,
                    cells: Cells::Postgres(row),
                })
            })
            .collect()
    }

    /// Nobody waits for the answer: a failure of it is that of the next statement that is waited for.
    pub(crate) fn execute(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<(), Error> {
        self.begin_as_promised()?;
        let (name, prepared) = (statement.name(), self.statement(statement)?);
        self.on_connection(|connection| connection.send_statement(name, prepared, params))
    }

    /// Answers how many rows were changed.
    pub(crate) fn changed(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<u64, Error> {
        self.begin_as_promised()?;
        let (name, prepared) = (statement.name(), self.statement(statement)?);
        let changed =
            self.on_connection(|connection| connection.execute(name, &prepared, params))?;
        self.see_revisions()?;
        Ok(changed)
    }

    pub(crate) fn explain(&mut self, statement: &'static Statement) -> Result<Vec<String>, Error> {
        self.begin_as_promised()?;
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
        let name = statement.name();
        let answer = self.on_connection(|connection| connection.simple(name, &ask))?;
        let lines = answer.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        Ok(lines.collect())
    }

    pub(crate) const fn take_interruption(&mut self) -> Option<Interruption> {
        self.interruption.take()
    }

    /// Ends a transaction that is not to be kept; a broken connection ends it by itself.
    pub(crate) fn abandon(&mut self) {
        self.revisions = Revisions::Known;
        let has_begun = self.promised.take().is_none();
        if let Some(connection) = &mut self.connection {
            connection.forget();
            let rolled_back = if has_begun {
                self.on_connection(|connection| connection.text("ROLLBACK"))
            } else {
                Ok(())
            };
            if rolled_back.is_err() {
                self.disconnect();
            }
        }
        self.interruption = None;
    }
}

pub(crate) fn no_answer_from(server: &Server) -> Error {
    Error::Unavailable(format!("{} does not answer", server.name()))
}

impl Drop for Session {
    fn drop(&mut self) {
        self.disconnect();
    }
}
