use std::path::PathBuf;

/// Why the store could not do what it was asked. Each variant says what the caller can do.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// Too many commands are waiting. Nothing was done; try again in a moment.
    #[error("the store has more work waiting than it accepts")]
    Busy,
    /// The engine cannot be reached, or went away. Whether a command that was just being
    /// committed took effect is not known; it was not acknowledged.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// Nothing can be written until there is room again.
    #[error("the disk that holds the database is full")]
    Full,
    #[error("the database cannot be written: {0}")]
    ReadOnly(String),
    #[error("the database file is damaged: {0}")]
    Corrupt(String),
    /// A mistake in this program: wrong SQL, or a row that the code does not expect.
    #[error("statement {statement}: {detail}")]
    Broken {
        statement: &'static str,
        detail: String,
    },
    #[error("a command panicked: {0}")]
    Panicked(String),
}

impl Error {
    /// Whether the same request may succeed later without anyone mending the program.
    pub const fn passes(&self) -> bool {
        match self {
            Self::Busy | Self::Unavailable(_) | Self::Full | Self::ReadOnly(_) => true,
            Self::Corrupt(_) | Self::Broken { .. } | Self::Panicked(_) => false,
        }
    }
}

/// Why a store could not be opened: what the operator reads before the process ends.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{} cannot be used as a data folder: {why}", path.display())]
    Folder { path: PathBuf, why: String },
    #[error(
        "the data folder {} is in use by another process{}; stop it first, or choose another folder with --data",
        path.display(),
        pid.as_ref().map(|pid| format!(" (process {pid})")).unwrap_or_default()
    )]
    Locked { path: PathBuf, pid: Option<String> },
    #[error("{} is not a Hark database; move it away, or choose another folder with --data", path.display())]
    Foreign { path: PathBuf },
    #[error(
        "{} is damaged ({why}); restore a backup with `hark admin restore`, or ask `hark doctor`",
        path.display()
    )]
    Corrupt { path: PathBuf, why: String },
    #[error(
        "the database was written by a newer Hark (its schema is {found}, this program knows up to {known}); install that version or a later one"
    )]
    TooNew { found: i64, known: i64 },
    #[error(
        "the database is of an older Hark (its schema is {found}, this program's is {known}); stop the old server and run `hark serve` of this version once, which brings it up to date"
    )]
    TooOld { found: i64, known: i64 },
    #[error(
        "the address of the database is not usable: {0}; it should look like postgres://user:password@host:5432/name"
    )]
    Address(String),
    #[error("PostgreSQL at {host} does not answer: {why}")]
    Unreachable { host: String, why: String },
    #[error(
        "PostgreSQL at {host} does not let us in: {why}; check the user, the password and the name of the database"
    )]
    Refused { host: String, why: String },
    #[error("the database could not be brought up to date: {0}")]
    Migration(String),
    #[error(
        "the database at {host} has a Hark in it already; make an empty one (createdb), and move there"
    )]
    NotEmpty { host: String },
    #[error("the move broke off: {0}; nothing was changed, here or there")]
    Moving(String),
    #[error(transparent)]
    Store(#[from] Error),
}
