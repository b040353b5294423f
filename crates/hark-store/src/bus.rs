//! The bus between nodes, for what lasts only a moment, such as that someone is typing. Nobody keeps
//! its lines: they are in no table and no log, and a node that misses one has missed nothing that it
//! could look up.

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use tokio::sync::broadcast;

/// Lines that wait to be sent. Beyond that they are dropped.
const MOST_WAITING: usize = 1_000;
/// Lines that were heard and that nobody has read yet. Beyond that the oldest are dropped.
const MOST_HEARD: usize = 1_000;
/// The longest line: PostgreSQL carries 8,000 bytes at once, and many are sent together.
const LONGEST: usize = 2_000;

/// Lines to the other nodes, and lines from them.
pub(crate) struct Bus {
    out: Sender<Arc<str>>,
    heard: broadcast::Sender<Arc<str>>,
}

/// The other ends of both. They are dropped where there are no other nodes.
#[derive(Clone)]
pub(crate) struct Ends {
    pub(crate) waiting: Receiver<Arc<str>>,
    pub(crate) heard: broadcast::Sender<Arc<str>>,
}

impl Bus {
    pub(crate) fn new() -> (Self, Ends) {
        let (out, waiting) = bounded(MOST_WAITING);
        let heard = broadcast::Sender::new(MOST_HEARD);
        let ends = Ends {
            waiting,
            heard: heard.clone(),
        };
        (Self { out, heard }, ends)
    }

    pub(crate) fn send(&self, line: &str) {
        let fits = line.len() <= LONGEST && !line.contains('\n');
        if !fits || self.out.try_send(line.into()).is_err() {
            tracing::trace!(bytes = line.len(), "a line to the other nodes is dropped");
        }
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<str>> {
        self.heard.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_is_dropped() {
        let (bus, ends) = Bus::new();
        bus.send(&"x".repeat(LONGEST + 1));
        bus.send("two\nlines");
        for number in 0..=MOST_WAITING {
            bus.send(&number.to_string());
        }
        let waiting: Vec<Arc<str>> = ends.waiting.try_iter().collect();
        assert_eq!((waiting.len(), &*waiting[0]), (MOST_WAITING, "0"));
        // Without other nodes nothing waits.
        drop(ends);
        bus.send("alone");
    }

    #[test]
    fn a_slow_listener_hears_the_latest() {
        let (bus, ends) = Bus::new();
        let mut slow = bus.subscribe();
        for number in 0..2 * MOST_HEARD {
            ends.heard.send(number.to_string().into()).unwrap();
        }
        assert!(slow.try_recv().is_err());
        assert_ne!(&*slow.try_recv().unwrap(), "0");
    }
}
