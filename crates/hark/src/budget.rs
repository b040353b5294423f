//! The bounds on what callers can make a server read, hold and store, by the place that keeps each.

pub use hark_wire::budget::Figure;

use hark_mailbox::{imap, mail};

use crate::{jobs, listener};

/// For how many days reports can say when agents were there.
pub const DUTY_DAYS: u32 = jobs::KEEP_DUTY;

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
        ("hark_pdf::MOST_PAGES", hark_pdf::MOST_PAGES as u64),
        ("imap::LARGEST_MAIL", imap::LARGEST_MAIL as u64),
        ("imap::PATIENCE", imap::PATIENCE.as_secs()),
        (
            "imap::PATIENCE_FOR_A_MAIL",
            imap::PATIENCE_FOR_A_MAIL.as_secs(),
        ),
        ("mailbox_mail::MOST_FILES", mail::MOST_FILES as u64),
        (
            "email_inboxes::MOST_A_MINUTE",
            jobs::MOST_MAILS_A_MINUTE as u64,
        ),
        (
            "email_inboxes::MOST_AT_ONCE",
            jobs::MOST_MAILS_AT_ONCE as u64,
        ),
    ];
    all.extend(hark_wire::budget::figures());
    all
}
