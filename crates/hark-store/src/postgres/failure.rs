use postgres::error::SqlState;

use crate::Error;

/// Why a transaction ended before its time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interruption {
    /// The connection is gone.
    Lost,
    /// The transaction lost a race and may be played again.
    Again,
}

/// Whether the connection broke, and not what was sent over it.
pub(super) fn broke_off(error: &postgres::Error) -> bool {
    error.is_closed()
        || std::error::Error::source(error)
            .is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// The error's own text and the server's, without the statement's parameters.
pub(crate) fn describe(error: &postgres::Error) -> String {
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
) -> (Error, Option<Interruption>) {
    let broken = || Error::Broken {
        statement,
        detail: describe(error),
    };
    let unavailable = || Error::Unavailable(describe(error));
    let Some(code) = error.code() else {
        return if broke_off(error) {
            (unavailable(), Some(Interruption::Lost))
        } else {
            (broken(), None)
        };
    };
    match code.code().get(..2).unwrap_or_default() {
        _ if *code == SqlState::T_R_DEADLOCK_DETECTED
            || *code == SqlState::T_R_SERIALIZATION_FAILURE =>
        {
            (Error::Busy, Some(Interruption::Again))
        }
        // A statement that took too long would take as long again.
        _ if *code == SqlState::QUERY_CANCELED => (unavailable(), None),
        "53" if *code == SqlState::DISK_FULL => (Error::Full, None),
        // connection exceptions, operator intervention, too many connections
        "08" | "57" | "53" => (unavailable(), Some(Interruption::Lost)),
        "55" => (Error::Busy, None),
        "25" if *code == SqlState::READ_ONLY_SQL_TRANSACTION => {
            (Error::ReadOnly(describe(error)), None)
        }
        "58" | "XX" => (Error::Corrupt(describe(error)), None),
        _ => (broken(), None),
    }
}
