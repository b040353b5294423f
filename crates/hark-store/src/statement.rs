use std::sync::OnceLock;

/// One SQL statement, written once for both engines: `$1` parameters, the common subset. Where an
/// engine gains much from its own words, that text stands beside the common one.
#[derive(Debug)]
pub struct Statement {
    name: &'static str,
    common: Text,
    postgres: Option<&'static str>,
    for_sqlite: OnceLock<String>,
    for_postgres: OnceLock<String>,
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
            for_sqlite: OnceLock::new(),
            for_postgres: OnceLock::new(),
        }
    }

    pub const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn postgres(&'static self) -> &'static str {
        self.postgres
            .unwrap_or_else(|| self.for_postgres.get_or_init(|| self.common.render()))
    }

    /// SQLite counts `$1` as a name and numbers names as they first appear; `?1` is a number.
    pub(crate) fn sqlite(&self) -> &str {
        self.for_sqlite
            .get_or_init(|| self.common.render().replace('$', "?"))
    }
}

/// Declares an aggregate's statements and lists them in `ALL`:
///
/// ```ignore
/// statements! {
///     /// Primary key.
///     FIND = "SELECT name FROM role WHERE id = $1";
/// }
/// ```
#[macro_export]
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $common:expr $(, postgres = $postgres:expr)?;)+) => {
        $($(#[$doc])* pub(crate) static $name: $crate::Statement = $crate::Statement::new(
            concat!(module_path!(), "::", stringify!($name)),
            $common,
            $crate::statements!(@own $($postgres)?),
        );)+
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
