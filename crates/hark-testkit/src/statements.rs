use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Metadata, Subscriber};

/// The statements that a store runs, by their names: those of a store that is opened inside of
/// [`Statements::of`].
#[derive(Clone, Default)]
pub struct Statements(Arc<Mutex<Vec<String>>>);

impl Statements {
    pub fn of<T>(open: impl FnOnce() -> T) -> (T, Self) {
        let statements = Self::default();
        let dispatch = Dispatch::new(statements.clone());
        (
            tracing::dispatcher::with_default(&dispatch, open),
            statements,
        )
    }

    /// Those since the last time, in their order.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Subscriber for Statements {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "hark_store::statements"
    }

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Name(self));
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Name<'s>(&'s Statements);

impl Visit for Name<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "statement" {
            let mut names = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
            names.push(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
