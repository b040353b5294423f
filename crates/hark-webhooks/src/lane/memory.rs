//! How much the bodies that all lanes have in memory may be together.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

/// Beyond that a body is read when it is sent.
const MOST: usize = 64 * 1024 * 1024;
/// A longer one is never in memory before it is sent.
const LONGEST: usize = 8 * 1024;

/// How many bytes there are.
#[derive(Clone, Default)]
pub(crate) struct Memory(Arc<AtomicUsize>);

/// A body that counts as long as somebody has it.
struct Held {
    body: Bytes,
    memory: Memory,
}

impl Memory {
    /// How long a body may be that is loaded with its delivery.
    pub(crate) fn longest(&self) -> usize {
        if self.0.load(Ordering::Relaxed) < MOST {
            LONGEST
        } else {
            0
        }
    }

    pub(crate) fn hold(&self, body: Bytes) -> Bytes {
        self.0.fetch_add(body.len(), Ordering::Relaxed);
        let memory = self.clone();
        Bytes::from_owner(Held { body, memory })
    }
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.memory.0.fetch_sub(self.body.len(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_has_any_more_makes_room() {
        let memory = Memory::default();
        let half = || memory.hold(vec![0; MOST / 2].into());
        let (one, other) = (half(), half());
        assert_eq!(memory.longest(), 0);
        let sent = other.clone();
        drop(other);
        assert_eq!(memory.longest(), 0);
        drop(sent);
        assert_eq!(memory.longest(), LONGEST);
        drop(one);
        assert_eq!(memory.0.load(Ordering::Relaxed), 0);
    }
}
