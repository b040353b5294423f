//! A command on its way to a thread of the store and its outcome on the way back.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use tokio::sync::oneshot;

use crate::{Error, Tx, View};

/// What became of one run of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ran {
    /// To be committed.
    Done,
    /// The command declined and had changed nothing.
    Declined,
    /// The command declined after it had changed something: that has to be undone.
    Undo,
}

/// A command without its types. `run` may be called again after a rollback; `settle` ends it.
pub(crate) trait Write: Send {
    /// The conversation of which alone it changes something.
    fn conversation(&self) -> Option<&str>;
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<Ran, Error>;
    fn settle(self: Box<Self>, committed: Result<(), Error>);
}

pub(crate) trait Read: Send {
    /// Since when it waits.
    fn since(&self) -> Instant;
    /// Looks once; an error of the engine itself comes back, so that the caller may try again.
    fn run(&mut self, view: &mut View<'_>) -> Result<(), Error>;
    fn settle(self: Box<Self>, looked: Result<(), Error>);
}

pub(crate) struct Job<F, T, E> {
    body: F,
    conversation: Option<String>,
    since: Instant,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Job<F, T, E> {
    pub(crate) fn new(
        conversation: Option<String>,
        body: F,
    ) -> (Box<Self>, oneshot::Receiver<Result<T, E>>) {
        let (reply, outcome) = oneshot::channel();
        let job = Self {
            body,
            conversation,
            since: Instant::now(),
            outcome: None,
            reply,
        };
        (Box::new(job), outcome)
    }
}

impl<F, T, E> Job<F, T, E>
where
    E: From<Error>,
{
    fn answer(self, engine: Result<(), Error>) {
        let outcome = match (engine, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            // Also for a refusal: what it was decided on may have been rolled back with the group.
            (Err(error), _) => Err(error.into()),
            (Ok(()), None) => Err(Error::Busy.into()),
        };
        // The caller may have given up; the work is done all the same.
        drop(self.reply.send(outcome));
    }
}

impl<F, T, E> Write for Job<F, T, E>
where
    F: Fn(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn conversation(&self) -> Option<&str> {
        self.conversation.as_deref()
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Result<Ran, Error> {
        let before = tx.writes();
        let outcome = guarded(|| (self.body)(tx))?;
        if let Some(fault) = tx.take_fault() {
            return Err(fault);
        }
        let ran = match &outcome {
            Ok(_) => Ran::Done,
            Err(_) if tx.writes() == before => Ran::Declined,
            Err(_) => Ran::Undo,
        };
        self.outcome = Some(outcome);
        Ok(ran)
    }

    fn settle(self: Box<Self>, committed: Result<(), Error>) {
        self.answer(committed);
    }
}

impl<F, T, E> Read for Job<F, T, E>
where
    F: Fn(&mut View<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn since(&self) -> Instant {
        self.since
    }

    fn run(&mut self, view: &mut View<'_>) -> Result<(), Error> {
        let outcome = guarded(|| (self.body)(view))?;
        if let Some(fault) = view.take_fault() {
            return Err(fault);
        }
        self.outcome = Some(outcome);
        Ok(())
    }

    fn settle(self: Box<Self>, looked: Result<(), Error>) {
        self.answer(looked);
    }
}

/// One command's panic must not take the thread, and with it everyone else's commands.
fn guarded<R>(body: impl FnOnce() -> R) -> Result<R, Error> {
    catch_unwind(AssertUnwindSafe(body)).map_err(|panic| Error::Panicked(describe(panic.as_ref())))
}

fn describe(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a word".to_owned())
}
