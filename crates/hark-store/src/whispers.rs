//! What lasts only a moment: words between nodes that nobody keeps. They are in no table and no
//! log, and whoever does not hear one in time has missed nothing that he could look up.

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use tokio::sync::broadcast;

/// Words that wait to be sent. Beyond that they are dropped.
const MOST_WAITING: usize = 1_000;
/// Words that were heard and that nobody has taken yet. Beyond that the oldest are dropped.
const MOST_HEARD: usize = 1_000;
/// The longest word: PostgreSQL carries 8,000 bytes at once, and many are sent together.
const LONGEST: usize = 2_000;

/// Where words go out to the other nodes, and where theirs come in.
pub(crate) struct Whispers {
    out: Sender<Arc<str>>,
    heard: broadcast::Sender<Arc<str>>,
}

/// The other ends of both. Where they are dropped, there are no other nodes.
#[derive(Clone)]
pub(crate) struct Ends {
    pub(crate) waiting: Receiver<Arc<str>>,
    pub(crate) ear: broadcast::Sender<Arc<str>>,
}

impl Whispers {
    pub(crate) fn new() -> (Self, Ends) {
        let (out, waiting) = bounded(MOST_WAITING);
        let heard = broadcast::Sender::new(MOST_HEARD);
        let ear = heard.clone();
        (Self { out, heard }, Ends { waiting, ear })
    }

    pub(crate) fn say(&self, word: &str) {
        // A line each, when they are sent together.
        let fits = word.len() <= LONGEST && !word.contains('\n');
        if !fits || self.out.try_send(word.into()).is_err() {
            tracing::trace!(bytes = word.len(), "a word to the other nodes is dropped");
        }
    }

    pub(crate) fn hear(&self) -> broadcast::Receiver<Arc<str>> {
        self.heard.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_is_dropped() {
        let (whispers, ends) = Whispers::new();
        whispers.say(&"x".repeat(LONGEST + 1));
        whispers.say("two\nlines");
        for number in 0..=MOST_WAITING {
            whispers.say(&number.to_string());
        }
        let waiting: Vec<Arc<str>> = ends.waiting.try_iter().collect();
        assert_eq!((waiting.len(), &*waiting[0]), (MOST_WAITING, "0"));
        // Where nobody sends them, they wait for nobody.
        drop(ends);
        whispers.say("alone");
    }

    #[test]
    fn who_is_slow_hears_the_latest() {
        let (whispers, ends) = Whispers::new();
        let mut slow = whispers.hear();
        for number in 0..2 * MOST_HEARD {
            ends.ear.send(number.to_string().into()).unwrap();
        }
        assert!(slow.try_recv().is_err());
        assert_ne!(&*slow.try_recv().unwrap(), "0");
    }
}
