use postgres::error::SqlState;

use super::session::Trouble;
use crate::Error;

/// The connection and not what was said over it.
pub(super) fn broke_off(error: &postgres::Error) -> bool {
    error.is_closed()
        || std::error::Error::source(error)
            .is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// The error's own words and the server's, without the statement's parameters.
pub(crate) fn words(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(answer) => format!("{} ({})", answer.message(), answer.code().code()),
        None => {
            let mut text = error.to_string();
            let mut cause = std::error::Error::source(error);
            while let Some(inner) = cause {
                let inner_text = inner.to_string();
                if !text.contains(&inner_text) {
                    text = format!("{text}: {inner_text}");
                }
                cause = inner.source();
            }
            text
        }
    }
}

pub(super) fn failure(
    statement: &'static str,
    error: &postgres::Error,
) -> (Error, Option<Trouble>) {
    let Some(code) = error.code() else {
        return match broke_off(error) {
            true => (Error::Unavailable(words(error)), Some(Trouble::Lost)),
            false => (
                Error::Broken {
                    statement,
                    detail: words(error),
                },
                None,
            ),
        };
    };
    let class = code.code().get(..2).unwrap_or_default();
    if [
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
    ]
    .contains(code)
    {
        return (Error::Busy, Some(Trouble::Again));
    }
    // A statement that took too long would take as long again.
    if *code == SqlState::QUERY_CANCELED {
        return (Error::Unavailable(words(error)), None);
    }
    match class {
        // connection exceptions, operator intervention, too many connections
        "08" | "57" => (Error::Unavailable(words(error)), Some(Trouble::Lost)),
        "53" if *code == SqlState::DISK_FULL => (Error::Full, None),
        "53" => (Error::Unavailable(words(error)), Some(Trouble::Lost)),
        "55" => (Error::Busy, None),
        "25" if *code == SqlState::READ_ONLY_SQL_TRANSACTION => {
            (Error::ReadOnly(words(error)), None)
        }
        "58" | "XX" => (Error::Corrupt(words(error)), None),
        _ => (
            Error::Broken {
                statement,
                detail: words(error),
            },
            None,
        ),
    }
}
