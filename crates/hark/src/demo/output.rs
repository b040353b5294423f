//! What the one who started the demo reads: a line for each thing that happens.

use std::fmt;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hark_store::Clock;
use jiff::tz::TimeZone;
use tokio::sync::watch;

/// So much of a text is shown.
const LONGEST: usize = 90;

pub(super) struct Output {
    pub quiet: bool,
    clock: Clock,
    /// Set when nobody reads any more.
    stop: watch::Sender<bool>,
    counts: [AtomicUsize; 6],
    /// How long it has been said that the server lets the demo wait.
    waits_until: Mutex<Option<Instant>>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Count {
    Opened,
    Taken,
    Forwarded,
    Closed,
    Rated,
    Broken,
}

impl Output {
    pub(super) fn new(quiet: bool, stop: watch::Sender<bool>) -> Self {
        Self {
            quiet,
            clock: Clock::system(),
            stop,
            counts: Default::default(),
            waits_until: Mutex::default(),
        }
    }

    /// The server answers nobody for a while. Said once, however many wait for it.
    pub(super) fn waits(&self, pause: Duration) {
        let now = Instant::now();
        let mut until = self
            .waits_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if until.is_none_or(|until| until < now) {
            *until = Some(now + pause);
            self.say(format_args!(
                "(the server asks callers to slow down; going on in {} seconds)",
                pause.as_secs()
            ));
        }
    }

    pub(super) fn count(&self, what: Count) {
        self.counts[what as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn counted(&self, what: Count) -> usize {
        self.counts[what as usize].load(Ordering::Relaxed)
    }

    /// A line that is always shown.
    pub(super) fn say(&self, line: impl fmt::Display) {
        if writeln!(std::io::stdout().lock(), "{line}").is_err() {
            self.stop.send_replace(true);
        }
    }

    /// Someone says something to someone.
    pub(super) fn said(&self, who: &str, to: &str, text: &str) {
        self.line(who, format_args!("to {to}: {}", shortened(text)));
    }

    /// Someone does something.
    pub(super) fn did(&self, who: &str, what: impl fmt::Display) {
        self.line(who, format_args!("* {what}"));
    }

    fn line(&self, who: &str, what: fmt::Arguments<'_>) {
        if self.quiet {
            return;
        }
        let now = jiff::Timestamp::from_millisecond(self.clock.now().millis());
        let now = now.unwrap_or_default().to_zoned(TimeZone::system());
        self.say(format_args!(
            "{}  {who:<17} {what}",
            now.strftime("%H:%M:%S")
        ));
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_letters() {
        assert_eq!(shortened("مرحبا"), "مرحبا");
        let long = "ö".repeat(LONGEST + 1);
        assert_eq!(shortened(&long).chars().count(), LONGEST + 1);
        assert!(shortened(&long).ends_with('…'));
    }
}
