//! The bounds on what callers can make a server read, hold and store, by the place that keeps each.

pub use hark_wire::budget::Figure;

use crate::listener;

/// All of them, for the test that compares them with the table in `docs/security.md`.
pub fn figures() -> Vec<Figure> {
    let patience = listener::PATIENCE;
    let mut all = vec![
        (
            "listener::MOST_CONNECTIONS",
            listener::MOST_CONNECTIONS as u64,
        ),
        (
            "listener::MOST_AT_AN_ADDRESS",
            listener::MOST_AT_AN_ADDRESS as u64,
        ),
        ("listener::RESERVED_FILES", listener::RESERVED_FILES as u64),
        ("listener::LARGEST_HEAD", listener::LARGEST_HEAD as u64),
        ("listener::MOST_STREAMS", u64::from(listener::MOST_STREAMS)),
        ("listener::PATIENCE.first", patience.first.as_secs()),
        ("listener::PATIENCE.head", patience.head.as_secs()),
        ("listener::PATIENCE.writing", patience.writing.as_secs()),
    ];
    all.extend(hark_wire::budget::figures());
    all
}
