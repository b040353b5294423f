//! What a lane has taken in, and whether it takes more: by this the reader of the log knows for whom
//! deliveries are made at once, and for whom of those that are behind.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use hark_store::Position;

/// Of each endpoint's lane, by the number of the endpoint.
pub(crate) type Intakes = HashMap<i64, Arc<Intake>>;

#[derive(Default)]
pub(crate) struct Intake {
    loaded_to: AtomicI64,
    takes_more: AtomicBool,
}

impl Intake {
    /// Up to here it has loaded what is made.
    pub(crate) fn loaded_to(&self) -> Position {
        self.loaded_to.load(Ordering::Relaxed)
    }

    /// Whether it has loaded all that is made, and could do with more.
    pub(crate) fn takes_more(&self) -> bool {
        self.takes_more.load(Ordering::Relaxed)
    }

    /// Answers whether it takes more now, and did not before.
    pub(super) fn note(&self, loaded_to: Position, takes_more: bool) -> bool {
        self.loaded_to.store(loaded_to, Ordering::Relaxed);
        let did = self.takes_more.swap(takes_more, Ordering::Relaxed);
        takes_more && !did
    }
}
