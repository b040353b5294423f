use std::ops::{Deref, DerefMut};

use ::postgres::types as pg;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};

use crate::clock::Timestamp;
use crate::ids::Ids;
use crate::{Error, Statement, postgres, sqlite};

/// Reads rows. All queries of one view see the same moment.
pub struct View<'c> {
    engine: Conn<'c>,
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

    pub(crate) fn explain(&mut self, statement: &Statement) -> Result<Vec<String>, Error> {
        let lines = match &mut self.engine {
            Conn::Sqlite(connection) => sqlite::explain(connection, statement),
            Conn::Postgres(session) => session.explain(statement),
        };
        self.remember(lines)
    }

    fn remember<T>(&mut self, outcome: Result<T, Error>) -> Result<T, Error> {
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
}

impl<'c> Tx<'c> {
    pub(crate) const fn new(engine: Conn<'c>, ids: &'c mut Ids) -> Self {
        Self {
            view: View::new(engine),
            ids,
            writes: 0,
            appended: 0,
        }
    }

    /// Answers how many rows were changed.
    pub fn execute(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<u64, Error> {
        self.writes += 1;
        let changed = match &mut self.view.engine {
            Conn::Sqlite(connection) => sqlite::execute(connection, statement, params),
            Conn::Postgres(session) => session.execute(statement, params),
        };
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
        self.view.query(statement, params, read)
    }

    pub const fn ids(&mut self) -> &mut Ids {
        self.ids
    }

    pub(crate) const fn note_event(&mut self) {
        self.appended += 1;
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

/// A value on its way into a statement.
#[derive(Clone, Copy, Debug)]
pub enum Param<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

macro_rules! param_from {
    ($($from:ty => |$value:ident| $param:expr;)+) => {$(
        impl<'a> From<$from> for Param<'a> {
            fn from($value: $from) -> Self {
                $param
            }
        }
    )+};
}

param_from! {
    bool => |value| Self::Bool(value);
    i64 => |value| Self::Int(value);
    Timestamp => |value| Self::Int(value.millis());
    &'a str => |value| Self::Text(value);
    &'a String => |value| Self::Text(value);
    &'a [u8] => |value| Self::Bytes(value);
    &'a Vec<u8> => |value| Self::Bytes(value);
}

impl<'a, T> From<Option<T>> for Param<'a>
where
    Param<'a>: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

impl rusqlite::ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match *self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Bool(flag) => ToSqlOutput::Owned(Value::Integer(i64::from(flag))),
            Self::Int(number) => ToSqlOutput::Owned(Value::Integer(number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

impl pg::ToSql for Param<'_> {
    fn to_sql(
        &self,
        ty: &pg::Type,
        out: &mut bytes::BytesMut,
    ) -> Result<pg::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match *self {
            Self::Null => Ok(pg::IsNull::Yes),
            Self::Bool(flag) => flag.to_sql_checked(ty, out),
            Self::Int(number) => number.to_sql_checked(ty, out),
            Self::Text(text) => text.to_sql_checked(ty, out),
            Self::Bytes(bytes) => bytes.to_sql_checked(ty, out),
        }
    }

    fn accepts(_: &pg::Type) -> bool {
        true
    }

    pg::to_sql_checked!();
}

/// A value on its way out of a row.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl<'a> pg::FromSql<'a> for Cell<'a> {
    fn from_sql(
        ty: &pg::Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match *ty {
            pg::Type::BOOL => Self::Int(i64::from(bool::from_sql(ty, raw)?)),
            pg::Type::INT4 => Self::Int(i64::from(i32::from_sql(ty, raw)?)),
            pg::Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            pg::Type::BYTEA => Self::Bytes(raw),
            _ => Self::Text(<&str>::from_sql(ty, raw)?),
        })
    }

    fn from_sql_null(_: &pg::Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(_: &pg::Type) -> bool {
        true
    }
}

pub struct Row<'a> {
    pub(crate) statement: &'static str,
    pub(crate) cells: Cells<'a>,
}

pub(crate) enum Cells<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a ::postgres::Row),
}

impl Row<'_> {
    pub fn get<T: Column>(&self, index: usize) -> Result<T, Error> {
        let cell = match self.cells {
            Cells::Sqlite(row) => row
                .get_ref(index)
                .map_err(|error| error.to_string())
                .and_then(|value| match value {
                    ValueRef::Null => Ok(Cell::Null),
                    ValueRef::Integer(number) => Ok(Cell::Int(number)),
                    ValueRef::Text(text) => std::str::from_utf8(text)
                        .map(Cell::Text)
                        .map_err(|error| error.to_string()),
                    ValueRef::Blob(bytes) => Ok(Cell::Bytes(bytes)),
                    ValueRef::Real(_) => Err("a fraction where none is stored".to_owned()),
                }),
            Cells::Postgres(row) => row.try_get(index).map_err(|error| error.to_string()),
        };
        cell.and_then(T::from_cell).map_err(|detail| Error::Broken {
            statement: self.statement,
            detail: format!("column {index}: {detail}"),
        })
    }
}

/// The columns of a row, one after the other, for rows that are too wide to number.
pub struct Columns<'r, 'a> {
    row: &'r Row<'a>,
    at: usize,
}

impl<'a> Row<'a> {
    /// From a column on, each call of [`Columns::next`] reads the next one.
    pub const fn columns_from(&self, at: usize) -> Columns<'_, 'a> {
        Columns { row: self, at }
    }
}

impl Columns<'_, '_> {
    #[expect(
        clippy::should_implement_trait,
        reason = "each call reads another type"
    )]
    pub fn next<T: Column>(&mut self) -> Result<T, Error> {
        self.at += 1;
        self.row.get(self.at - 1)
    }

    pub const fn skip(&mut self, columns: usize) {
        self.at += columns;
    }
}

/// A type that a column can be read as.
pub trait Column: Sized {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String>;
}

impl Column for i64 {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Int(number) => Ok(number),
            other => Err(format!("expected a number, found {other:?}")),
        }
    }
}

impl Column for bool {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        i64::from_cell(cell).map(|number| number != 0)
    }
}

impl Column for Timestamp {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        i64::from_cell(cell).map(Self::from_millis)
    }
}

impl Column for String {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Text(text) => Ok(text.to_owned()),
            other => Err(format!("expected text, found {other:?}")),
        }
    }
}

impl Column for Vec<u8> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Bytes(bytes) => Ok(bytes.to_vec()),
            other => Err(format!("expected bytes, found {other:?}")),
        }
    }
}

impl Column for serde_json::Value {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Text(text) => serde_json::from_str(text).map_err(|error| error.to_string()),
            other => Err(format!("expected a document, found {other:?}")),
        }
    }
}

impl<T: Column> Column for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Null => Ok(None),
            cell => T::from_cell(cell).map(Some),
        }
    }
}
