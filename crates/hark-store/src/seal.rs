//! What a database is sealed with, for a look that makes nothing.

use std::path::Path;

use postgres::error::SqlState;

use crate::postgres::{Server, describe};
use crate::store::database_file;
use crate::{Engine, Error, OpenError, sqlite};

const KEY: &str = "SELECT value FROM fact WHERE name = 'key'";

/// Whether a key has sealed the database already, so that another would be the wrong one. Where there are no
/// tables yet, none has.
pub fn is_sealed(engine: &Engine, folder: &Path) -> Result<bool, OpenError> {
    match engine {
        Engine::Sqlite => {
            let path = database_file(folder);
            let connection = sqlite::open(&path, false)?;
            let found = connection
                .prepare(KEY)
                .and_then(|mut statement| statement.exists([]));
            match found {
                Ok(found) => Ok(found),
                // No such table.
                Err(rusqlite::Error::SqliteFailure(error, _)) if error.extended_code == 1 => {
                    Ok(false)
                }
                Err(error) => Err(sqlite::refuse(&path, &error)),
            }
        }
        Engine::Postgres(url) => {
            let found = Server::new(url)?.reach()?.query_opt(KEY, &[]);
            match found {
                Ok(found) => Ok(found.is_some()),
                Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Ok(false),
                Err(error) => Err(OpenError::Store(Error::Unavailable(describe(&error)))),
            }
        }
    }
}
