use std::any::Any;
use std::ops::{Deref, DerefMut};

use crate::{Error, Ids, Param, Row, Statement, postgres, sqlite};

/// Reads rows. All queries of one view see the same moment.
pub struct View<'c> {
    pub(crate) engine: Conn<'c>,
    /// Whether a revision was raised by what is not committed yet.
    pub(crate) raised: bool,
    pub(crate) statements: u64,
    /// The first complaint of the engine. A command that swallowed it is still not committed.
    fault: Option<Error>,
}

pub(crate) enum Conn<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c mut postgres::Session),
}

impl<'c> View<'c> {
    pub(crate) const fn new(engine: Conn<'c>) -> Self {
        Self {
            engine,
            raised: false,
            statements: 0,
            fault: None,
        }
    }

    pub(crate) const fn take_fault(&mut self) -> Option<Error> {
        self.fault.take()
    }

    /// All rows of the answer.
    pub fn query<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.note(statement);
        let rows = match &mut self.engine {
            Conn::Sqlite(connection) => sqlite::query(connection, statement, params, &mut read),
            Conn::Postgres(session) => session.query(statement, params, &mut read),
        };
        self.remember(rows)
    }

    /// The first row, if there is one.
    pub fn one<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let rows = self.query(statement, params, read)?;
        Ok(rows.into_iter().next())
    }

    /// The first column of the first row of a statement that always has one, such as a count.
    pub fn number(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<i64, Error> {
        let number = self.one(statement, params, |row| row.get(0))?;
        number.ok_or_else(|| Error::Broken {
            statement: statement.name(),
            detail: "answered no row".into(),
        })
    }

    pub(crate) fn explain(&mut self, statement: &'static Statement) -> Result<Vec<String>, Error> {
        let lines = match &mut self.engine {
            Conn::Sqlite(connection) => sqlite::explain(connection, statement),
            Conn::Postgres(session) => session.explain(statement),
        };
        self.remember(lines)
    }

    /// For those who ask what something costs. What it is run with is nobody's business.
    fn note(&mut self, statement: &Statement) {
        self.statements += 1;
        tracing::trace!(target: "hark_store::statements", statement = statement.name(), "a statement");
    }

    pub(crate) fn remember<T>(&mut self, outcome: Result<T, Error>) -> Result<T, Error> {
        if let (Err(error), None) = (&outcome, &self.fault) {
            self.fault = Some(error.clone());
        }
        outcome
    }
}

/// Changes rows and appends events, all of it or nothing. Reads as a [`View`] does.
pub struct Tx<'c> {
    view: View<'c>,
    ids: &'c mut Ids,
    writes: u64,
    appended: u64,
    /// Where the last of them stands, on SQLite.
    pub(crate) last_event: Option<i64>,
    /// What the command keeps for its own end.
    kept: Vec<Box<dyn Any + Send>>,
}

impl<'c> Tx<'c> {
    /// `raised`: another command of the same transaction has raised a revision.
    pub(crate) const fn new(engine: Conn<'c>, ids: &'c mut Ids, raised: bool) -> Self {
        let mut view = View::new(engine);
        view.raised = raised;
        Self {
            view,
            ids,
            writes: 0,
            appended: 0,
            last_event: None,
            kept: Vec::new(),
        }
    }

    /// On PostgreSQL this does not wait: it goes out with the next statement that is waited for, and
    /// what is wrong with it comes back there, or with the end of the command.
    pub fn execute(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<(), Error> {
        self.writes += 1;
        self.view.note(statement);
        let done = match &mut self.view.engine {
            Conn::Sqlite(connection) => sqlite::execute(connection, statement, params).map(drop),
            Conn::Postgres(session) => session.execute(statement, params),
        };
        self.view.remember(done)
    }

    /// Locks what a statement selects, for what is read next; nothing is waited for here. SQLite has one
    /// writer, and nothing to lock.
    pub fn lock(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<(), Error> {
        let Conn::Postgres(session) = &mut self.view.engine else {
            return Ok(());
        };
        let sent = session.lock(statement, params);
        self.view.note(statement);
        self.view.remember(sent)
    }

    /// Answers how many rows were changed, for those who want to know.
    pub fn changed(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<u64, Error> {
        self.view.note(statement);
        let changed = match &mut self.view.engine {
            Conn::Sqlite(connection) => sqlite::execute(connection, statement, params),
            Conn::Postgres(session) => session.changed(statement, params),
        };
        // A command that changed no row has nothing to undo when it declines.
        self.writes += u64::from(!matches!(changed, Ok(0)));
        self.view.remember(changed)
    }

    /// A change that answers rows (`RETURNING`).
    pub fn change<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.writes += 1;
        if let Conn::Postgres(session) = &mut self.view.engine {
            let ready = session.will_change();
            self.view.remember(ready)?;
        }
        self.view.query(statement, params, read)
    }

    /// Keeps something for those who look at the command when it has done its work. It goes when the
    /// command does.
    pub fn keep<T: Any + Send>(&mut self, thing: T) {
        self.kept.push(Box::new(thing));
    }

    /// All of a type that was kept, in the order in which it came.
    pub fn take_kept<T: Any + Send>(&mut self) -> Vec<T> {
        let (taken, kept) = std::mem::take(&mut self.kept)
            .into_iter()
            .partition(|thing| thing.is::<T>());
        self.kept = kept;
        let taken: Vec<Box<dyn Any + Send>> = taken;
        let taken = taken
            .into_iter()
            .filter_map(|thing| thing.downcast::<T>().ok());
        taken.map(|thing| *thing).collect()
    }

    pub const fn ids(&mut self) -> &mut Ids {
        self.ids
    }

    /// Belongs right behind the statement that appends it.
    pub(crate) fn note_event(&mut self) {
        self.appended += 1;
        // On PostgreSQL it gets its position after the commit.
        if let Conn::Sqlite(connection) = &self.view.engine {
            self.last_event = Some(connection.last_insert_rowid());
        }
    }

    pub(crate) const fn appended(&self) -> u64 {
        self.appended
    }

    pub(crate) const fn writes(&self) -> u64 {
        self.writes
    }
}

impl<'c> Deref for Tx<'c> {
    type Target = View<'c>;

    fn deref(&self) -> &Self::Target {
        &self.view
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.view
    }
}
