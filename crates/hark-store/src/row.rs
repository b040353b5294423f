//! Values on their way into statements, and rows on their way out.

use std::borrow::Cow;

use postgres::types as pg;
use rusqlite::types::{ToSqlOutput, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{Error, Timestamp};

/// A value on its way into a statement.
#[derive(Clone, Debug)]
pub enum Param<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
}

impl Param<'_> {
    /// A document, as its column holds it.
    pub fn json<T: Serialize + ?Sized>(document: &T) -> Self {
        // Ours are structs, lists and maps with texts for keys: none of these can fail.
        #[expect(clippy::expect_used, reason = "a document of ours can be written")]
        let text = serde_json::to_string(document).expect("a document");
        Self::Text(text.into())
    }

    /// For a statement that is sent later than its caller waits.
    pub(crate) fn kept(&self) -> Param<'static> {
        match self {
            Self::Null => Param::Null,
            Self::Bool(flag) => Param::Bool(*flag),
            Self::Int(number) => Param::Int(*number),
            Self::Text(text) => Param::Text(Cow::Owned(text.clone().into_owned())),
            Self::Bytes(bytes) => Param::Bytes(Cow::Owned(bytes.clone().into_owned())),
        }
    }
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
    &'a str => |value| Self::Text(Cow::Borrowed(value));
    &'a String => |value| Self::Text(Cow::Borrowed(value));
    &'a [u8] => |value| Self::Bytes(Cow::Borrowed(value));
    &'a Vec<u8> => |value| Self::Bytes(Cow::Borrowed(value));
    &'a Value => |value| Self::json(value);
    &'a Map<String, Value> => |value| Self::json(value);
    &'a Vec<String> => |value| Self::json(value);
    &'a Option<String> => |value| value.as_ref().into();
    &'a Option<Value> => |value| value.as_ref().into();
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
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Bool(flag) => ValueRef::Integer(i64::from(*flag)),
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl pg::ToSql for Param<'_> {
    fn to_sql(
        &self,
        ty: &pg::Type,
        out: &mut bytes::BytesMut,
    ) -> Result<pg::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(pg::IsNull::Yes),
            Self::Bool(flag) => flag.to_sql_checked(ty, out),
            Self::Int(number) => number.to_sql_checked(ty, out),
            Self::Text(text) => text.as_ref().to_sql_checked(ty, out),
            Self::Bytes(bytes) => bytes.as_ref().to_sql_checked(ty, out),
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
    Postgres(&'a postgres::Row),
}

impl Row<'_> {
    pub fn get<T: Column>(&self, index: usize) -> Result<T, Error> {
        let read = self.cell(index).and_then(T::from_cell);
        read.map_err(|detail| Error::Broken {
            statement: self.statement,
            detail: format!("column {index}: {detail}"),
        })
    }

    fn cell(&self, index: usize) -> Result<Cell<'_>, String> {
        match self.cells {
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
        }
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

    /// Whether the next column is `NULL`.
    pub(crate) fn is_null(&self) -> Result<bool, Error> {
        self.row.get::<Null>(self.at).map(|Null(is_null)| is_null)
    }

    pub(crate) const fn skip(&mut self, columns: usize) {
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

struct Null(bool);

impl Column for Null {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        Ok(Self(matches!(cell, Cell::Null)))
    }
}

impl Column for Value {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        Json::from_cell(cell).map(|Json(value)| value)
    }
}

impl Column for Vec<String> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        Json::from_cell(cell).map(|Json(texts)| texts)
    }
}

impl Column for Map<String, Value> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        Json::from_cell(cell).map(|Json(members)| members)
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

/// What a document holds, for a type that is no column itself.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> Column for Json<T> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Text(text) => serde_json::from_str(text)
                .map(Self)
                .map_err(|error| error.to_string()),
            other => Err(format!("expected a document, found {other:?}")),
        }
    }
}

/// Types that are kept as a document: a column of each can be read and written.
#[macro_export]
macro_rules! json_columns {
    ($($type:ty),+ $(,)?) => {$(
        impl $crate::Column for $type {
            fn from_cell(cell: $crate::Cell<'_>) -> ::std::result::Result<Self, String> {
                <$crate::Json<$type> as $crate::Column>::from_cell(cell).map(|$crate::Json(value)| value)
            }
        }

        impl<'a> From<&'a $type> for $crate::Param<'a> {
            fn from(value: &'a $type) -> Self {
                Self::json(value)
            }
        }
    )+};
}
