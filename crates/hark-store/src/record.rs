//! Rows as records: struct, columns and reader of a table from one declaration.

use crate::{Columns, Error, Param, Row, Statement, View};

/// What can be read from a row. [`record!`] implements it.
pub trait Record: Sized {
    /// For a `SELECT`, in the order in which they are read.
    const COLUMNS: &'static str;
    const WIDTH: usize;
    fn read_from(columns: &mut Columns<'_, '_>) -> Result<Self, Error>;

    fn read(row: &Row<'_>) -> Result<Self, Error> {
        Self::read_from(&mut row.columns_from(0))
    }
}

/// A joined table may have no row: then the first column of its record is `NULL`.
impl<R: Record> Record for Option<R> {
    const COLUMNS: &'static str = R::COLUMNS;
    const WIDTH: usize = R::WIDTH;

    fn read_from(columns: &mut Columns<'_, '_>) -> Result<Self, Error> {
        if columns.is_null()? {
            columns.skip(R::WIDTH);
            return Ok(None);
        }
        R::read_from(columns).map(Some)
    }
}

impl View<'_> {
    /// All rows of the answer as records.
    pub fn records<R: Record>(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<Vec<R>, Error> {
        self.query(statement, params, R::read)
    }

    /// The first row as a record, if there is one.
    pub fn record<R: Record>(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<Option<R>, Error> {
        self.one(statement, params, R::read)
    }
}

/// Declares a struct and how it is read from a row:
///
/// ```ignore
/// record! {
///     #[derive(Debug, Clone)]
///     pub struct Room from "room" {
///         pub id: String,                                          // room.id
///         pub department: Option<String> = "room.department_id",   // any SQL
///         pub visitor: Option<Visitor> = record,                   // all columns of another record
///         pub roles: Vec<String> = "(SELECT …)" => split,          // changed by a function
///     }
/// }
/// ```
///
/// Each field's type is a [`Column`](crate::Column), or a [`Record`] where it says `record`.
#[macro_export]
macro_rules! record {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident from $table:literal {
            $(#[$first_meta:meta])*
            $first_vis:vis $first:ident: $first_type:ty $(= $first_from:tt)? $(=> $first_with:expr)?
            $(,
                $(#[$field_meta:meta])*
                $field_vis:vis $field:ident: $type:ty $(= $from:tt)? $(=> $with:expr)?
            )* $(,)?
        }
    ) => {
        $(#[$meta])*
        $vis struct $name {
            $(#[$first_meta])* $first_vis $first: $first_type,
            $($(#[$field_meta])* $field_vis $field: $type,)*
        }

        impl $crate::Record for $name {
            const COLUMNS: &'static str = $crate::sql!(
                $crate::record!(@column $table $first ($first_type) $($first_from)?)
                $(, ", ", $crate::record!(@column $table $field ($type) $($from)?))*
            );
            const WIDTH: usize = $crate::record!(@width ($first_type) $($first_from)?)
                $(+ $crate::record!(@width ($type) $($from)?))*;

            fn read_from(
                columns: &mut $crate::Columns<'_, '_>,
            ) -> ::std::result::Result<Self, $crate::Error> {
                ::std::result::Result::Ok(Self {
                    $first: $crate::record!(@read columns ($($first_from)?) $($first_with)?),
                    $($field: $crate::record!(@read columns ($($from)?) $($with)?),)*
                })
            }
        }
    };
    (@column $table:literal $field:ident ($type:ty)) => { concat!($table, ".", stringify!($field)) };
    (@column $table:literal $field:ident ($type:ty) record) => { <$type as $crate::Record>::COLUMNS };
    (@column $table:literal $field:ident ($type:ty) $sql:literal) => { $sql };
    (@width ($type:ty) record) => { <$type as $crate::Record>::WIDTH };
    (@width ($type:ty) $($sql:literal)?) => { 1 };
    (@read $columns:ident (record)) => { $crate::Record::read_from($columns)? };
    (@read $columns:ident ($($sql:literal)?)) => { $columns.next()? };
    (@read $columns:ident ($($sql:literal)?) $with:expr) => { $with($columns.next()?) };
}

/// Joins texts that are known when the program is built, such as the columns of a [`Record`].
#[macro_export]
macro_rules! sql {
    ($($part:expr),+ $(,)?) => {{
        const PARTS: &[&str] = &[$($part),+];
        const BYTES: [u8; $crate::joined::length(PARTS)] = $crate::joined::bytes(PARTS);
        $crate::joined::text(&BYTES)
    }};
}

/// What [`sql!`] expands to.
#[doc(hidden)]
pub mod joined {
    pub const fn length(parts: &[&str]) -> usize {
        let (mut length, mut next) = (0, 0);
        while next < parts.len() {
            length += parts[next].len();
            next += 1;
        }
        length
    }

    pub const fn bytes<const N: usize>(parts: &[&str]) -> [u8; N] {
        let mut bytes = [0; N];
        let mut rest: &mut [u8] = &mut bytes;
        let mut next = 0;
        while next < parts.len() {
            let (here, behind) = rest.split_at_mut(parts[next].len());
            here.copy_from_slice(parts[next].as_bytes());
            rest = behind;
            next += 1;
        }
        bytes
    }

    pub const fn text(bytes: &[u8]) -> &str {
        match std::str::from_utf8(bytes) {
            Ok(text) => text,
            // Texts one after the other are a text; this is decided when the program is built.
            Err(_) => panic!("not UTF-8"),
        }
    }
}

/// Declares functions that write a row, each column with its value beside it, and lists their
/// statements in `WRITES`:
///
/// ```ignore
/// writes! {
///     /// Primary key.
///     pub(super) fn save(room: &Room, now: Timestamp) update room {
///         id = &room.id,
///         name = &room.name,
///         updated_at = now,
///     };
///     fn add(hour: &Hour) insert hour { id = &hour.id, … } "ON CONFLICT DO NOTHING", update change;
/// }
/// ```
///
/// `insert` adds a row, `update` changes the one that the first column names, `put` does either.
/// Behind an `insert` may stand what becomes of a row that is there, and the name of a function that
/// changes the same columns: these two answer whether they wrote a row. The others do not wait for it, such as
/// a second `insert` of the same columns, for a row that is surely not there. `=> batched` behind either is
/// [`Statement::batched`](crate::Statement::batched).
#[macro_export]
macro_rules! writes {
    ($(
        $(#[$doc:meta])*
        $vis:vis fn $name:ident $given:tt $verb:ident $table:ident $values:tt
            $($rest:literal)? $(=> $how:ident)?
            $(, update $change:ident)? $(, insert $surely:ident $(=> $surely_how:ident)?)?;
    )+) => {
        $(
            $crate::writes!(@function [$(#[$doc])*] $vis $name $given $verb $table $values $($rest)? $(=> $how)?);
            $($crate::writes!(@function [] $vis $change $given update $table $values "");)?
            $($crate::writes!(@function [] $vis $surely $given insert $table $values $(=> $surely_how)?);)?
        )+
        pub(crate) static WRITES: &[&$crate::Statement] =
            &[$(&$name::STATEMENT, $(&$change::STATEMENT,)? $(&$surely::STATEMENT,)?)+];
    };
    (
        @function [$($doc:tt)*] $vis:vis $name:ident ($($given:ident: $type:ty),* $(,)?)
        $verb:ident $table:ident { $($column:ident = $value:expr),* $(,)? } $($rest:literal)? $(=> $how:ident)?
    ) => {
        mod $name {
            pub(super) static STATEMENT: $crate::Statement = $crate::Statement::writing(
                module_path!(),
                $crate::writes!(@$verb $table [$(stringify!($column)),*] $($rest)?),
            )$(.$how())?;
        }

        $($doc)*
        $vis fn $name(
            tx: &mut $crate::Tx<'_>,
            $($given: $type),*
        ) -> ::std::result::Result<$crate::writes!(@answer $($rest)?), $crate::Error> {
            $crate::writes!(@run tx, &$name::STATEMENT, $crate::params![$($value),*], $($rest)?)
        }
    };
    (@answer) => { () };
    (@answer $rest:literal) => { bool };
    (@run $tx:ident, $statement:expr, $params:expr,) => {
        $tx.execute($statement, $params)
    };
    (@run $tx:ident, $statement:expr, $params:expr, $rest:literal) => {
        $tx.changed($statement, $params).map(|rows| rows > 0)
    };
    (@insert $table:ident [$($column:expr),*] $($rest:literal)?) => {
        $crate::Text::Insert {
            table: stringify!($table),
            columns: &[$($column),*],
            rest: concat!($($rest)?),
        }
    };
    (@update $table:ident [$($column:expr),*] $($rest:literal)?) => {
        $crate::Text::Update { table: stringify!($table), columns: &[$($column),*] }
    };
    (@put $table:ident [$($column:expr),*]) => {
        $crate::Text::Put { table: stringify!($table), columns: &[$($column),*] }
    };
}
