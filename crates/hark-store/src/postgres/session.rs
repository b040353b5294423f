use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use postgres::Client;
use postgres::types::ToSql;

use super::server::Server;
use super::words::{failure, words};
use crate::tx::Cells;
use crate::{Error, Param, Row, Statement};

/// After a failed connection, how long commands are refused without trying again.
const REST: Duration = Duration::from_millis(250);
/// How long a thread that finds no place beside others waits before it knocks again.
const ASIDE: Duration = Duration::from_secs(1);

/// Threads that share a queue, and what they know together of the server's door.
#[derive(Default)]
pub(super) struct Crowd {
    connected: AtomicUsize,
    /// Who is connecting just now.
    knocking: AtomicUsize,
    /// After a failed connection, until when nobody knocks again.
    resting_until: Mutex<Option<Instant>>,
    /// The operator has been told that some of us are left outside.
    told: AtomicBool,
}

impl Crowd {
    pub(super) fn others_may_be_in(&self) -> bool {
        self.knocking.load(Ordering::Relaxed) > 0 || self.connected.load(Ordering::Relaxed) > 0
    }

    pub(super) fn rests(&self) -> bool {
        let until = self
            .resting_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        self.connected.load(Ordering::Relaxed) == 0
            && until.is_some_and(|until| Instant::now() < until)
    }

    pub(super) fn rest(&self) {
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
    pub(super) client: Option<Client>,
    prepared: HashMap<&'static str, postgres::Statement>,
    pub(super) trouble: Option<Trouble>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The connection is gone.
    Lost,
    /// The transaction lost a race and may be played again.
    Again,
}

impl Session {
    pub(super) fn new(server: &Server, crowd: &Arc<Crowd>) -> Self {
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
    pub(super) fn connect(&mut self) -> Result<(), Error> {
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

    pub(super) fn let_go(&mut self) {
        self.prepared.clear();
        if self.client.take().is_some() {
            self.crowd.connected.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Leaves the queue to those who are connected: one who is not would only refuse what they
    /// can do. False: it is over.
    pub(super) fn may_take_work(&mut self, closing: &Receiver<()>) -> bool {
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

    pub(super) fn begin(&mut self, text: &'static str) -> Result<(), Error> {
        self.connect()?;
        self.sql(text)
    }

    pub(super) fn client(&mut self) -> Result<&mut Client, Error> {
        match &mut self.client {
            Some(client) => Ok(client),
            None => {
                self.trouble = self.trouble.or(Some(Trouble::Lost));
                Err(nobody_at(&self.server))
            }
        }
    }

    pub(super) fn fail(&mut self, statement: &'static str, error: &postgres::Error) -> Error {
        let (failure, trouble) = failure(statement, error);
        if trouble == Some(Trouble::Lost) {
            self.let_go();
        }
        self.trouble = self.trouble.or(trouble);
        failure
    }

    pub(super) fn sql(&mut self, text: &'static str) -> Result<(), Error> {
        let done = self.client()?.batch_execute(text);
        done.map_err(|error| self.fail(text, &error))
    }

    pub(super) fn statement(
        &mut self,
        statement: &Statement,
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

    pub(super) const fn take_trouble(&mut self) -> Option<Trouble> {
        self.trouble.take()
    }

    /// Ends a transaction that is not to be kept; a broken connection ends it by itself.
    pub(super) fn abandon(&mut self) {
        if self.client.is_some() && self.sql("ROLLBACK").is_err() {
            self.let_go();
        }
        self.trouble = None;
    }
}

pub(super) fn nobody_at(server: &Server) -> Error {
    Error::Unavailable(format!("{} does not answer", server.name()))
}

pub(super) fn bind<'a>(params: &'a [Param<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    params
        .iter()
        .map(|param| param as &(dyn ToSql + Sync))
        .collect()
}
