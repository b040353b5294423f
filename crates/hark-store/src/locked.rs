use std::sync::{Mutex, MutexGuard, PoisonError};

/// A value behind a lock that a panic does not close. What is changed under it is never left half
/// changed: a few plain assignments each time.
#[derive(Debug, Default)]
pub struct Locked<T>(Mutex<T>);

impl<T> Locked<T> {
    pub const fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
