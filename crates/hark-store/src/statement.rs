use std::sync::OnceLock;

use ::postgres::types::Type;

/// One SQL statement, written once for both engines: `$1` parameters, the common subset. Where an
/// engine gains much from its own words, that text stands beside the common one.
#[derive(Debug)]
pub struct Statement {
    name: &'static str,
    common: Text,
    postgres: Option<&'static str>,
    batched: bool,
    for_sqlite: OnceLock<String>,
    for_postgres: OnceLock<String>,
    for_batches: OnceLock<String>,
}

/// What both engines understand.
#[derive(Debug)]
pub enum Text {
    Written(&'static str),
    /// Adds a row. What stands behind the values is `rest`.
    Insert {
        table: &'static str,
        columns: &'static [&'static str],
        rest: &'static str,
    },
    /// Changes the row that the first column names.
    Update {
        table: &'static str,
        columns: &'static [&'static str],
    },
    /// Adds the row that the first column names, or changes it.
    Put {
        table: &'static str,
        columns: &'static [&'static str],
    },
}

impl Text {
    fn render(&self) -> String {
        let insert = |table: &str, columns: &[&str]| {
            let values: Vec<String> = (1..=columns.len()).map(|n| format!("${n}")).collect();
            let (columns, values) = (columns.join(", "), values.join(", "));
            format!("INSERT INTO {table} ({columns}) VALUES ({values})")
        };
        let set = |columns: &[&str]| {
            let behind_key = columns.iter().zip(1..).skip(1);
            let set: Vec<String> = behind_key
                .map(|(name, n)| format!("{name} = ${n}"))
                .collect();
            set.join(", ")
        };
        match *self {
            Self::Written(text) => text.to_owned(),
            Self::Insert {
                table,
                columns,
                rest,
            } => format!("{} {rest}", insert(table, columns)),
            Self::Update { table, columns } => {
                format!(
                    "UPDATE {table} SET {} WHERE {} = $1",
                    set(columns),
                    columns[0]
                )
            }
            Self::Put { table, columns } => format!(
                "{} ON CONFLICT ({}) DO UPDATE SET {}",
                insert(table, columns),
                columns[0],
                set(columns)
            ),
        }
    }
}

impl Statement {
    pub const fn new(
        name: &'static str,
        common: &'static str,
        postgres: Option<&'static str>,
    ) -> Self {
        let mut statement = Self::writing(name, Text::Written(common));
        statement.postgres = postgres;
        statement
    }

    pub const fn writing(name: &'static str, text: Text) -> Self {
        Self {
            name,
            common: text,
            postgres: None,
            batched: false,
            for_sqlite: OnceLock::new(),
            for_postgres: OnceLock::new(),
            for_batches: OnceLock::new(),
        }
    }

    /// On PostgreSQL, commands that share a commit run it once for all of them. It is about one conversation: it adds
    /// something to it (`INSERT … VALUES (…)`), or the conversation is `$1`: of an `UPDATE` in its `WHERE`, of a `SELECT`
    /// in `= $1`, and then it is also the first column of what is read.
    #[must_use]
    pub const fn batched(mut self) -> Self {
        self.batched = true;
        self
    }

    pub(crate) const fn is_batched(&self) -> bool {
        self.batched
    }

    pub const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn postgres(&'static self) -> &'static str {
        self.postgres
            .unwrap_or_else(|| self.for_postgres.get_or_init(|| self.common.render()))
    }

    pub(crate) fn inserts(&'static self) -> bool {
        self.postgres().starts_with("INSERT")
    }

    /// The same for many: each parameter is an array, with a place for each time that it would be run.
    pub(crate) fn postgres_batch(&'static self, types: &[Type]) -> &'static str {
        self.for_batches
            .get_or_init(|| for_many(self.postgres(), types))
    }

    /// SQLite counts `$1` as a name and numbers names as they first appear; `?1` is a number.
    pub(crate) fn sqlite(&self) -> &str {
        self.for_sqlite
            .get_or_init(|| self.common.render().replace('$', "?"))
    }
}

/// A statement over arrays of these types.
fn for_many(text: &str, types: &[Type]) -> String {
    let arrays: Vec<String> = types
        .iter()
        .zip(1..)
        .map(|(kind, n)| format!("${n}::{}[]", kind.name()))
        .collect();
    let arrays = arrays.join(", ");
    if let Some((insert, values)) = text.split_once(" VALUES (") {
        let rest = values.split_once(')').map_or("", |(_, rest)| rest);
        return format!("{insert} SELECT * FROM unnest({arrays}){rest}");
    }
    if !text.starts_with("UPDATE") {
        return text.replace("= $1", "= ANY($1)");
    }
    // From the last on: `$1` is the beginning of `$10`.
    let of_given = (1..=types.len()).rev().fold(text.to_owned(), |text, n| {
        text.replace(&format!("${n}"), &format!("given.p{n}"))
    });
    let names: Vec<String> = (1..=types.len()).map(|n| format!("p{n}")).collect();
    let given = format!("FROM unnest({arrays}) AS given({})", names.join(", "));
    of_given.replacen("WHERE", &format!("{given} WHERE"), 1)
}

/// Declares an aggregate's statements and lists them in `ALL`:
///
/// ```ignore
/// statements! {
///     /// Primary key.
///     FIND = "SELECT name FROM role WHERE id = $1";
///     ADD = "INSERT INTO role (id, name) VALUES ($1, $2)" => batched;
/// }
/// ```
#[macro_export]
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $common:expr $(, postgres = $postgres:expr)? $(=> $how:ident)?;)+) => {
        $($(#[$doc])* pub(crate) static $name: $crate::Statement = $crate::Statement::new(
            concat!(module_path!(), "::", stringify!($name)),
            $common,
            $crate::statements!(@own $($postgres)?),
        )$(.$how())?;)+
        pub(crate) static ALL: &[&$crate::Statement] = &[$(&$name),+];
    };
    (@own) => { None };
    (@own $postgres:expr) => { Some($postgres) };
}

/// The parameters of a statement, in order.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::Param::from($value)),*] };
}

#[cfg(test)]
mod tests {
    use postgres::types::Type;

    use super::for_many;

    #[test]
    fn a_statement_of_one_row_is_said_for_many() {
        let said = |text, types: &[Type]| for_many(text, types);
        assert_eq!(
            said(
                "INSERT INTO word (id, said) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
                &[Type::TEXT, Type::BOOL]
            ),
            "INSERT INTO word (id, said) SELECT * FROM unnest($1::text[], $2::bool[]) ON CONFLICT (id) DO NOTHING"
        );
        assert_eq!(
            said(
                "SELECT id FROM room WHERE id = $1 ORDER BY id FOR UPDATE",
                &[Type::TEXT]
            ),
            "SELECT id FROM room WHERE id = ANY($1) ORDER BY id FOR UPDATE"
        );
        assert_eq!(
            said(
                "UPDATE room SET n = n + $2, said = coalesce($3, said) WHERE id = $1 AND n <> $2",
                &[Type::TEXT, Type::INT8, Type::TEXT],
            ),
            "UPDATE room SET n = n + given.p2, said = coalesce(given.p3, said) \
                FROM unnest($1::text[], $2::int8[], $3::text[]) AS given(p1, p2, p3) \
                WHERE id = given.p1 AND n <> given.p2"
        );
        let many = said(
            "UPDATE t SET a = $10, b = $1 WHERE id = $1",
            &vec![Type::INT8; 10],
        );
        assert!(
            many.starts_with("UPDATE t SET a = given.p10, b = given.p1 FROM"),
            "{many}"
        );
    }
}
