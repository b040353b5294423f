use tokio::sync::watch;

use crate::{Error, Event, Position, Store, log};

/// Reads the log as it grows.
pub struct Follower {
    store: Store,
    moved: watch::Receiver<Position>,
    position: Position,
}

impl Store {
    /// Reads the log from a position on, as it grows.
    pub fn follow(&self, position: Position) -> Follower {
        Follower {
            store: self.clone(),
            moved: self.moved(),
            position,
        }
    }
}

impl Follower {
    pub const fn position(&self) -> Position {
        self.position
    }

    /// Waits until there is something after the position, and goes past it.
    pub async fn next(&mut self, limit: usize) -> Result<Vec<Event>, Error> {
        loop {
            // Registered before looking: what is committed between the two wakes us.
            self.moved.borrow_and_update();
            let position = self.position;
            let events: Vec<Event> = self
                .store
                .read(move |view| log::after(view, position, limit))
                .await?;
            if let Some(last) = events.last() {
                self.position = last.position;
                return Ok(events);
            }
            if self.moved.changed().await.is_err() {
                return Err(Error::Unavailable("the store is closed".into()));
            }
        }
    }
}
