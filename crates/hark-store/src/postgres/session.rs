use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use postgres::SimpleQueryMessage;

use super::batch::Batch;
use super::connection::{Asked, Asks, Connection, Failure};
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
    /// Those for many at once.
    prepared_batches: HashMap<&'static str, postgres::Statement>,
    /// As they were seen last.
    numbers: HashMap<String, i64>,
    /// What begins the transaction, until its first statement takes it along. One in which only revisions are
    /// wanted never begins.
    promised: Option<&'static str>,
    /// In the transaction that runs.
    revisions: Revisions,
    /// Those on which something was decided before they were known.
    assumed: Vec<&'static str>,
    /// In a transaction that several commands share.
    batch: Option<Batch>,
    pub(crate) interruption: Option<Interruption>,
}

impl Session {
    pub(crate) fn new(server: &Server, pool: &Arc<PoolState>) -> Self {
        Self {
            server: server.clone(),
            pool: Arc::clone(pool),
            connection: None,
            prepared: HashMap::new(),
            prepared_batches: HashMap::new(),
            numbers: HashMap::new(),
            promised: None,
            revisions: Revisions::Known,
            assumed: Vec::new(),
            batch: None,
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
        self.prepared_batches.clear();
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
        self.batch = None;
        Ok(())
    }

    /// The transaction that has begun is that of commands of these conversations.
    pub(crate) fn share<'c>(&mut self, conversations: impl IntoIterator<Item = &'c str>) {
        self.batch = Some(Batch::new(conversations));
    }

    /// Where commands share a transaction: one of this conversation runs from here on.
    pub(crate) fn give_turn_to(&mut self, conversation: &str) {
        if let Some(batch) = &mut self.batch {
            batch.give_turn_to(conversation);
        }
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

    /// What was asked of the server since this was called last.
    pub(crate) fn take_asked(&mut self) -> Asks {
        let connection = self.connection.as_mut();
        connection.map_or_else(Asks::default, Connection::take_asked)
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
        self.send_batch()?;
        self.batch = None;
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

    fn statement_for_many(
        &mut self,
        statement: &'static Statement,
    ) -> Result<postgres::Statement, Error> {
        let name = statement.name();
        if let Some(known) = self.prepared_batches.get(name) {
            return Ok(known.clone());
        }
        let of_one = self.statement(statement)?;
        let text = statement.postgres_batch(of_one.params());
        let made = self.on_connection(|connection| connection.prepare(name, text))?;
        self.prepared_batches.insert(name, made.clone());
        Ok(made)
    }

    pub(crate) fn query<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        read: &mut impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let name = statement.name();
        let rows = match self.read_ahead(statement, params)? {
            Some(rows) => rows,
            None => {
                self.send_batch()?;
                self.begin_as_promised()?;
                let prepared = self.statement(statement)?;
                let rows =
                    self.on_connection(|connection| connection.query(name, &prepared, params))?;
                self.see_revisions()?;
                rows
            }
        };
        rows.iter()
            .map(|row| {
                read(&Row {
                    statement: name,
                    cells: Cells::Postgres(row),
                })
            })
            .collect()
    }

    /// What all commands of a batch ask of their conversations is asked with the first of them. Nothing: it has to be
    /// asked by itself.
    fn read_ahead(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<Option<Vec<postgres::Row>>, Error> {
        let batch = self.batch.as_ref();
        let Some(batch) = batch.filter(|batch| batch.may_ask(statement, params)) else {
            return Ok(None);
        };
        if batch.is_to_ask(statement) {
            let (name, conversations) = (statement.name(), batch.conversations());
            self.send_batch()?;
            self.begin_as_promised()?;
            let prepared = self.statement_for_many(statement)?;
            let rows = self.on_connection(|connection| {
                let rows = connection.query_batch(name, &prepared, &conversations)?;
                let each = rows.into_iter().map(|row| Ok((row.try_get(0)?, row)));
                each.collect::<Result<Vec<_>, _>>()
                    .map_err(|error| (name, error))
            })?;
            self.see_revisions()?;
            if let Some(batch) = &mut self.batch {
                batch.answered(statement, rows);
            }
        }
        let batch = self.batch.as_mut();
        Ok(batch.and_then(|batch| batch.take_found(statement)))
    }

    /// Sends what the commands of a batch have kept to be written.
    fn send_batch(&mut self) -> Result<(), Error> {
        let written = self.batch.as_mut().map(Batch::take_written);
        for written in written.into_iter().flatten() {
            self.begin_as_promised()?;
            let statement = written.statement;
            let (name, rows) = (statement.name(), written.rows());
            if let [row] = rows.as_slice() {
                let prepared = self.statement(statement)?;
                self.on_connection(|connection| connection.send_statement(name, prepared, row))?;
                continue;
            }
            let prepared = self.statement_for_many(statement)?;
            let mut columns: Vec<Vec<Param<'static>>> = Vec::new();
            columns.resize_with(prepared.params().len(), || Vec::with_capacity(rows.len()));
            for row in rows {
                for (column, value) in columns.iter_mut().zip(row) {
                    column.push(value);
                }
            }
            self.on_connection(|connection| connection.send_batch(name, prepared, columns))?;
        }
        Ok(())
    }

    /// Before something is changed of which nobody knows whose it is: what the commands of a batch have written is
    /// there first, and what was read ahead for them is no longer good.
    pub(crate) fn will_change(&mut self) -> Result<(), Error> {
        if let Some(batch) = &mut self.batch {
            batch.forget_all();
        }
        self.send_batch()
    }

    /// Nobody waits for the answer: a failure of it is that of the next statement that is waited for.
    pub(crate) fn execute(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<(), Error> {
        let batch = self.batch.as_mut();
        if let Some(batch) = batch.filter(|batch| batch.may_write(statement, params)) {
            if batch.keeps_for_current(Some(statement)) {
                self.send_batch()?;
            }
            if let Some(batch) = &mut self.batch {
                batch.forget_current();
                batch.write(statement, params);
            }
            return Ok(());
        }
        self.will_change()?;
        self.send(statement, params)
    }

    /// Locks what a statement selects. Nobody waits for the answer.
    pub(crate) fn lock(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<(), Error> {
        let batch = self.batch.as_mut();
        let Some(batch) = batch.filter(|batch| batch.may_ask(statement, params)) else {
            return self.send(statement, params);
        };
        if !batch.is_to_lock(statement) {
            return Ok(());
        }
        let keys = batch.conversations().into_iter();
        let keys = keys.map(|key| Param::Text(key.into())).collect();
        self.begin_as_promised()?;
        let (name, prepared) = (statement.name(), self.statement_for_many(statement)?);
        self.on_connection(|connection| connection.send_batch(name, prepared, vec![keys]))
    }

    fn send(&mut self, statement: &'static Statement, params: &[Param<'_>]) -> Result<(), Error> {
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
        let batch = self.batch.as_mut();
        match batch.filter(|batch| batch.may_write(statement, params)) {
            // What others have kept is not in its way.
            Some(batch) => {
                batch.forget_current();
                if batch.keeps_for_current(None) {
                    self.send_batch()?;
                }
            }
            None => self.will_change()?,
        }
        self.begin_as_promised()?;
        let (name, prepared) = (statement.name(), self.statement(statement)?);
        let changed =
            self.on_connection(|connection| connection.execute(name, &prepared, params))?;
        self.see_revisions()?;
        Ok(changed)
    }

    /// How the server means to run a statement, and how for many at once.
    pub(crate) fn explain(&mut self, statement: &'static Statement) -> Result<Vec<String>, Error> {
        self.begin_as_promised()?;
        let name = statement.name();
        let of_one = self.statement(statement)?;
        let blanks = vec!["NULL"; of_one.params().len()].join(", ");
        let arguments = if blanks.is_empty() {
            blanks
        } else {
            format!("({blanks})")
        };
        let for_many = statement
            .is_batched()
            .then(|| statement.postgres_batch(of_one.params()));
        let mut lines = Vec::new();
        for text in [Some(statement.postgres()), for_many].into_iter().flatten() {
            let ask = format!(
                "SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan;
                 PREPARE to_explain AS {text}; EXPLAIN EXECUTE to_explain{arguments}; DEALLOCATE to_explain"
            );
            let answer = self.on_connection(|connection| connection.simple(name, &ask))?;
            lines.extend(answer.iter().filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            }));
        }
        Ok(lines)
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
