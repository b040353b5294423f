//! A lane: the deliveries of one endpoint on their way. Each endpoint has its own, so that none
//! waits for another; inside of it each conversation keeps its order, and conversations do not wait
//! for each other. What is to be done is decided in [`window`]; here it is done.

mod intake;
mod memory;
mod window;

use std::pin::Pin;
use std::sync::Arc;

use hark_egress::Failure;
use hark_jobs::Holding;
use hark_model::Who;
use hark_store::{Error, Ids, MonotonicClock, Position, Result, Timestamp, Tx, View, lease};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

pub(crate) use self::intake::{Handed, Intake, Intakes};
pub(crate) use self::memory::Memory;
pub(crate) use self::window::Orders;
use self::window::{Done, RETRY_PAUSE, StateChange, Task, Window};
use crate::deliveries::{self, Item, Written};
use crate::endpoints::Endpoint;
use crate::endpoints::trouble::{self, Turned};
use crate::parts::Parts;
use crate::request::{self, Outcome};
use crate::{LEASE, Refusal};

/// What a lane needs besides its own endpoint.
pub(crate) struct Context {
    pub(crate) with: Parts,
    pub(crate) owner: Arc<str>,
    pub(crate) holding: Holding,
    pub(crate) clock: MonotonicClock,
    pub(crate) memory: Memory,
    pub(crate) writing: Semaphore,
    /// Some lane takes more than it did.
    pub(crate) takes_more: watch::Sender<()>,
}

/// How many lanes write at the same time: when many endpoints fail in one moment, what is said in chats
/// does not wait until all of that is written down.
pub(crate) const WRITING_AT_ONCE: usize = 4;

impl Context {
    /// The body of a delivery in memory counts from now on.
    fn hold(&self, item: &mut Item) {
        item.body = item.body.take().map(|body| self.memory.hold(body));
    }
}

/// Until the orders say so, or it is dropped.
pub(crate) async fn run(
    context: Arc<Context>,
    mut orders: watch::Receiver<Orders>,
    intake: Arc<Intake>,
) {
    let first = orders.borrow_and_update().clone();
    let cursor = cursor(&context, &first.endpoint).await;
    let mut window = Window::new(first, cursor, Ids::from_system(), context.clock.now());
    let mut attempts: JoinSet<(Item, Option<Outcome>)> = JoinSet::new();
    let mut task: Option<Pin<Box<dyn Future<Output = Done> + Send>>> = None;
    let mut look = Look::default();
    loop {
        let now = context.clock.now();
        if window.can_take_in() {
            let handed = intake.take_handed();
            // What they were made after is known to the window before they are.
            if orders.has_changed().unwrap_or_default() {
                let changed = orders.borrow_and_update().clone();
                window.apply_orders(changed, now);
            }
            for deliveries in handed {
                window.take_in(deliveries, now);
            }
        }
        look.follow(&context, &window.endpoint().url);
        window.doubt_time(context.with.store.clock().doubt().is_some());
        while let Some(item) = window.next_to_send(now) {
            let (context, endpoint) = (Arc::clone(&context), Arc::clone(window.endpoint()));
            attempts.spawn(attempt(context, endpoint, item));
        }
        if let Some(next) = window.next_task(now) {
            let (context, endpoint) = (Arc::clone(&context), Arc::clone(window.endpoint()));
            task = Some(Box::pin(perform(context, endpoint, next, now)));
        }
        if window.is_over() {
            return;
        }
        if intake.note(window.loaded_to(), window.takes_more(now)) {
            context.takes_more.send_replace(());
        }
        tokio::select! {
            biased;
            done = async { match &mut task { Some(task) => task.await, None => std::future::pending().await } } => {
                task = None;
                window.on_task_done(done, context.clock.now());
                if let Some(deliveries) = window.given_up(now) {
                    let Endpoint { id, name, .. } = &**window.endpoint();
                    tracing::warn!(endpoint = id, name, deliveries, "deliveries were given up; a replay sends them again");
                }
            }
            objection = look.done() => {
                let objection = objection.map(|failure| (failure.class(), failure.to_string()));
                window.on_look(objection, context.clock.now());
            }
            Some(ended) = attempts.join_next() => match ended {
                Ok((item, outcome)) => {
                    if let Some(outcome) = &outcome {
                        context.with.metrics.attempted(window.endpoint(), outcome);
                    }
                    window.on_attempt_done(item, outcome, context.clock.now());
                }
                Err(error) => {
                    // The delivery is fresh or due on disk still; only memory forgot it.
                    let endpoint = &window.endpoint().id;
                    tracing::error!(endpoint, error = %error, "an attempt broke off; the lane begins anew");
                    return;
                }
            },
            changed = orders.changed() => {
                if changed.is_err() {
                    return;
                }
                let changed = orders.borrow_and_update().clone();
                window.apply_orders(changed, context.clock.now());
            }
            () = tokio::time::sleep(window.wake_after(now)) => {}
        }
    }
}

/// A look at whether anything may be sent to where the endpoint's address leads: when the lane begins, as
/// the operator may have opened a network or closed one, and when the address is another.
#[derive(Default)]
struct Look {
    url: Option<String>,
    running: Option<Pin<Box<dyn Future<Output = Option<Failure>> + Send>>>,
}

impl Look {
    fn follow(&mut self, context: &Context, url: &str) {
        if self.url.as_deref() == Some(url) {
            return;
        }
        self.url = Some(url.to_owned());
        let (client, url) = (context.with.client.clone(), url.to_owned());
        self.running = Some(Box::pin(async move {
            // Without an address nothing is sent, and nothing is wrong.
            if url.is_empty() {
                return None;
            }
            client.objection(&url).await
        }));
    }

    async fn done(&mut self) -> Option<Failure> {
        let Some(running) = &mut self.running else {
            return std::future::pending().await;
        };
        let objection = running.await;
        self.running = None;
        objection
    }
}

/// Up to where nothing is fresh on disk.
async fn cursor(context: &Context, endpoint: &Endpoint) -> Position {
    let number = endpoint.number;
    loop {
        let read = move |view: &mut View<'_>| deliveries::cursor(view, number);
        match context.with.store.read(read).await {
            Ok(cursor) => return cursor,
            Err(error) => {
                tracing::debug!(endpoint = endpoint.id, error = %error, "the deliveries of an endpoint could not be read yet");
                tokio::time::sleep(RETRY_PAUSE).await;
            }
        }
    }
}

async fn perform(
    context: Arc<Context>,
    endpoint: Arc<Endpoint>,
    task: Task,
    now: Timestamp,
) -> Done {
    let (number, dialect) = (endpoint.number, endpoint.dialect);
    let done = match task {
        Task::Write { steps, cursor } => {
            let steps = Arc::new(steps);
            let shared = Arc::clone(&steps);
            let (endpoint, policies) = (Arc::clone(&endpoint), Arc::clone(&context.with.policies));
            let write_down = move |tx: &mut Tx<'_>| {
                let written = deliveries::write_down(tx, now, number, cursor, &shared)?;
                let given_up = written.given_up(&shared);
                if !given_up.is_empty() {
                    policies.command(tx, now, &Who::System, |cx| {
                        trouble::give_up(cx, &endpoint, &given_up)
                    })?;
                }
                Ok(written)
            };
            let written: Result<Written> = write(&context, write_down).await;
            let steps = Arc::unwrap_or_clone(steps);
            match written {
                Ok(written) => Ok(Done::Written(steps, written)),
                Err(error) => Err((Task::Write { steps, cursor }, error)),
            }
        }
        Task::LoadFresh { after, upto, limit } => {
            let longest = context.memory.longest();
            let look = move |view: &mut View<'_>| {
                deliveries::fresh(view, number, dialect, longest, after, limit)
            };
            let mut found = context.with.store.read(look).await;
            let items = found.iter_mut().flatten().map(|(item, _)| item);
            items.for_each(|item| context.hold(item));
            found
                .map(|found| Done::Fresh { upto, limit, found })
                .map_err(|error| (task, error))
        }
        Task::LoadDue { limit } => {
            let longest = context.memory.longest();
            let look =
                move |view: &mut View<'_>| deliveries::due(view, number, dialect, longest, limit);
            let mut found = context.with.store.read(look).await;
            let items = found.iter_mut().flatten();
            items.for_each(|item| context.hold(item));
            found
                .map(|found| Done::Due { limit, found })
                .map_err(|error| (task, error))
        }
        Task::Change(change) => {
            let (id, wanted) = (endpoint.id.clone(), change.clone());
            let policies = Arc::clone(&context.with.policies);
            let command = move |tx: &mut Tx<'_>| {
                policies.command(tx, now, &Who::System, |cx| match &wanted {
                    StateChange::Disable(reason) => trouble::disable(cx, &id, reason),
                    StateChange::Fail(trouble) => trouble::begin(cx, &id, trouble),
                    StateChange::Recover { at_once } => trouble::end(cx, &id, *at_once),
                })
            };
            let changed: Result<Option<Turned>, Refusal> = write(&context, command).await;
            match changed {
                Ok(turned) => {
                    if let Some(turned) = turned {
                        turned.log(&endpoint);
                    }
                    Ok(Done::Changed)
                }
                // It was removed meanwhile.
                Err(Refusal::NotFound(_)) => Ok(Done::Changed),
                Err(refusal) => Err((
                    Task::Change(change),
                    Error::Unavailable(refusal.to_string()),
                )),
            }
        }
    };
    done.unwrap_or_else(|(task, error)| {
        // A store that is away, or full, says so itself, once for all lanes.
        if error.passes() {
            tracing::debug!(endpoint = endpoint.id, error = %error, "the deliveries of an endpoint could not be brought forward; it is tried again");
        } else {
            tracing::warn!(endpoint = endpoint.id, error = %error, "the deliveries of an endpoint could not be brought forward; it is tried again");
        }
        Done::Failed(task)
    })
}

/// Performs a command as long as this node is the one that delivers.
async fn write<T: Send + 'static, E: From<Error> + Send + 'static>(
    context: &Context,
    command: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    // Never closed.
    let _turn = context.writing.acquire().await;
    let owner = Arc::clone(&context.owner);
    // The lease was taken by the system's clock, which may have been set back since.
    let wall = context.with.store.clock().now();
    let guarded = move |tx: &mut Tx<'_>| {
        if !lease::holds(tx, wall, LEASE, &owner)? {
            return Err(Error::Unavailable("another node delivers now".into()).into());
        }
        command(tx)
    };
    context.with.store.write(guarded).await
}

async fn attempt(
    context: Arc<Context>,
    endpoint: Arc<Endpoint>,
    mut item: Item,
) -> (Item, Option<Outcome>) {
    // What is written down afterwards needs none, and one that is sent again later reads it again.
    let body = match item.body.take() {
        Some(body) => Ok(Some(body)),
        None => {
            let (position, dialect) = (item.position, endpoint.dialect);
            let read = move |view: &mut View<'_>| deliveries::body(view, position, dialect);
            context.with.store.read(read).await
        }
    };
    let now = context.with.store.clock().now();
    // A node that was stopped for longer than it may hold the lease has lost it, and what it was about
    // to send has been sent by another one, with what comes after.
    if !context.holding.is_good() {
        return (item, None);
    }
    let outcome = match body {
        Ok(Some(body)) => {
            Some(request::send(&context.with.client, &endpoint, &item, body, now).await)
        }
        Ok(None) => {
            let why = "its body is not there any more";
            Some(request::not_sent(&endpoint, &item, now, why.into()))
        }
        Err(_) => None,
    };
    (item, outcome)
}
