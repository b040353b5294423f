//! Revisions: numbers that grow with every change of what everyone keeps a copy of, such as the
//! policy. A copy is good for as long as its number is the same.

use crate::tx::Conn;
use crate::{Error, Tx, View, params, statements};

statements! {
    /// Primary key of a table with a few rows.
    READ = "SELECT number FROM revision WHERE name = $1";
    /// Primary key. Only on PostgreSQL do two commands run at the same time.
    LOCK = "SELECT number FROM revision WHERE name = $1",
        postgres = "SELECT number FROM revision WHERE name = $1 FOR UPDATE";
    /// Primary key. The row's lock makes those who change the same thing take turns.
    RAISE = "UPDATE revision SET number = number + 1 WHERE name = $1 RETURNING number";
}

/// Whether a copy is as good as what this view sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision {
    pub number: i64,
    /// False if it was raised by what is not committed yet: then what is read now may never come
    /// to be, and must not be kept for others.
    pub committed: bool,
}

impl View<'_> {
    /// On PostgreSQL the numbers come with the answer to `BEGIN`, or alone where nothing else is read. Nobody waits for that: a number is
    /// taken to be what it was the last time, and a command for which that was wrong is played again. A
    /// command runs under READ COMMITTED there: another one may raise a number after that. It
    /// then decides as if it had come first, and locks the rows for which that would not do.
    pub fn revision(&mut self, name: &'static str) -> Result<Revision, Error> {
        let known = match &mut self.engine {
            Conn::Sqlite(_) => Ok(None),
            Conn::Postgres(session) => session.revision(name),
        };
        let number = match self.remember(known)? {
            Some(number) => number,
            None => self.number(&READ, params![name])?,
        };
        Ok(Revision {
            number,
            committed: !self.raised,
        })
    }
}

impl Tx<'_> {
    /// Those who change what this number stands for take turns from here on.
    pub fn lock_revision(&mut self, name: &'static str) -> Result<(), Error> {
        self.query(&LOCK, params![name], |_| Ok(())).map(drop)
    }

    /// Everyone who keeps a copy reads again. The number that this answers is nobody else's.
    pub fn raise_revision(&mut self, name: &'static str) -> Result<i64, Error> {
        let raised = self.change(&RAISE, params![name], |row| row.get(0))?;
        let number = raised.into_iter().next().ok_or_else(|| Error::Broken {
            statement: RAISE.name(),
            detail: format!("there is no revision {name}"),
        })?;
        self.raised = true;
        if let Conn::Postgres(session) = &mut self.engine {
            session.note_revision(name, number);
        }
        Ok(number)
    }
}
