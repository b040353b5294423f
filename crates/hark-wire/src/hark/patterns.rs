//! Patterns that are tried before somebody relies on them.

use std::time::Instant;

use hark_model::patterns::{LONGEST_PATTERN, Pattern};

use super::answers::Trial;
use super::misfit;
use crate::answer::Failure;
use crate::body::elsewhere;
use crate::call::Call;
use crate::handler::Done;
use crate::limits::OF_A_DESK;
use crate::params::{NonEmpty, params};
use crate::route::{Access, Route, route};

const SETS_PATTERNS: Access = Access::AnyOf(&[
    "view-livechat-webhooks",
    "view-livechat-customfields",
    "edit-privileged-setting",
]);

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark POST "patterns/try", SETS_PATTERNS, "What a regular expression finds in a text, and how long it takes", try_it)
        .per_minute(OF_A_DESK),
];

params! {
    struct Try {
        /// A regular expression, in JavaScript's syntax.
        pattern: NonEmpty,
        /// What it is tried on.
        text: String,
        /// Whether large and small letters are the same.
        ignore_case as "ignoreCase": Option<bool>,
    }
}

/// As much as a message may have, and as many as are shown.
pub(crate) const LONGEST_TEXT: usize = 5_120;
const MOST_FOUND: usize = 50;

/// Looked for where bodies are parsed, a few at a time, and no longer than a message is looked through.
async fn try_it(call: Call, trial: Try) -> Result<Done<Trial>, Failure> {
    if trial.pattern.len() > LONGEST_PATTERN {
        return Err(misfit("pattern", "may have 1000 bytes"));
    }
    if trial.text.len() > LONGEST_TEXT {
        return Err(misfit("text", "may have 5120 bytes"));
    }
    let ignore_case = trial.ignore_case.unwrap_or(false);
    let looked = elsewhere(&call.wire.parsing, move || {
        let pattern = Pattern::compile(&trial.pattern, ignore_case)?;
        let since = Instant::now();
        let found = pattern.find_iter(&trial.text, MOST_FOUND);
        let found = found.into_iter().map(str::to_owned).collect();
        let micros = i64::try_from(since.elapsed().as_micros()).unwrap_or(i64::MAX);
        Ok(Trial { found, micros })
    });
    let trial: Result<Trial, String> = looked.await?;
    trial.map(Done).map_err(|why| misfit("pattern", why))
}
