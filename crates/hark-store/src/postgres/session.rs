use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use postgres::types::ToSql;
use postgres::{Client, SimpleQueryMessage};

use super::failure::{Interruption, describe, failure};
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

/// One thread's connection, made again when it breaks, with the statements it has prepared.
pub(crate) struct Session {
    server: Server,
    pool: Arc<PoolState>,
    pub(crate) client: Option<Client>,
    prepared: HashMap<&'static str, postgres::Statement>,
    /// As they are in the transaction that runs.
    revisions: HashMap<String, i64>,
    pub(crate) interruption: Option<Interruption>,
}

impl Session {
    pub(crate) fn new(server: &Server, pool: &Arc<PoolState>) -> Self {
        Self {
            server: server.clone(),
            pool: Arc::clone(pool),
            client: None,
            prepared: HashMap::new(),
            revisions: HashMap::new(),
            interruption: None,
        }
    }

    /// Connects if need be. Only between transactions: what runs inside one must find its own
    /// connection or none.
    pub(crate) fn connect(&mut self) -> Result<(), Error> {
        if self
            .client
            .as_ref()
            .is_some_and(|client| !client.is_closed())
        {
            return Ok(());
        }
        self.disconnect();
        if self.pool.backs_off() {
            return Err(no_answer_from(&self.server));
        }
        self.pool.connecting.fetch_add(1, Ordering::Relaxed);
        let connected = self.server.connect();
        if connected.is_ok() {
            self.pool.connected.fetch_add(1, Ordering::Relaxed);
        }
        self.pool.connecting.fetch_sub(1, Ordering::Relaxed);
        match connected {
            Ok(client) => {
                self.client = Some(client);
                self.pool.warned.store(false, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => {
                self.pool.back_off();
                Err(Error::Unavailable(describe(&error)))
            }
        }
    }

    pub(crate) fn disconnect(&mut self) {
        self.prepared.clear();
        if self.client.take().is_some() {
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

    /// Begins a transaction, and gets the revisions in the same answer.
    pub(crate) fn begin(&mut self, mode: &'static str) -> Result<(), Error> {
        self.connect()?;
        let text = format!("BEGIN {mode}; SELECT name, number FROM revision");
        let begun = self.client()?.simple_query(&text);
        let begun = begun.map_err(|error| self.fail("BEGIN", &error))?;
        self.revisions.clear();
        for message in begun {
            if let SimpleQueryMessage::Row(row) = message
                && let (Some(name), Some(Ok(number))) = (row.get(0), row.get(1).map(str::parse))
            {
                self.revisions.insert(name.to_owned(), number);
            }
        }
        Ok(())
    }

    pub(crate) fn revision(&self, name: &str) -> Option<i64> {
        self.revisions.get(name).copied()
    }

    pub(crate) fn note_revision(&mut self, name: &str, number: i64) {
        self.revisions.insert(name.to_owned(), number);
    }

    pub(crate) fn client(&mut self) -> Result<&mut Client, Error> {
        match &mut self.client {
            Some(client) => Ok(client),
            None => {
                self.interruption = self.interruption.or(Some(Interruption::Lost));
                Err(no_answer_from(&self.server))
            }
        }
    }

    pub(crate) fn fail(&mut self, statement: &'static str, error: &postgres::Error) -> Error {
        let (failure, interruption) = failure(statement, error);
        if interruption == Some(Interruption::Lost) {
            self.disconnect();
        }
        self.interruption = self.interruption.or(interruption);
        failure
    }

    pub(crate) fn sql(&mut self, text: &'static str) -> Result<(), Error> {
        let done = self.client()?.batch_execute(text);
        done.map_err(|error| self.fail(text, &error))
    }

    pub(crate) fn statement(
        &mut self,
        statement: &'static Statement,
    ) -> Result<postgres::Statement, Error> {
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

    pub(crate) fn explain(&mut self, statement: &'static Statement) -> Result<Vec<String>, Error> {
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
        if self.client.is_some() && self.sql("ROLLBACK").is_err() {
            self.disconnect();
        }
        self.interruption = None;
    }
}

pub(crate) fn no_answer_from(server: &Server) -> Error {
    Error::Unavailable(format!("{} does not answer", server.name()))
}

pub(crate) fn bind<'a>(params: &'a [Param<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    params
        .iter()
        .map(|param| param as &(dyn ToSql + Sync))
        .collect()
}
