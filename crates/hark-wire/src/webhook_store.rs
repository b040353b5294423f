//! How the surfaces that keep webhooks reach the store: Comm100's and our own.

use std::sync::Arc;

use hark_model::{Actor, audit};
use hark_store::{Error, Tx, View};
use hark_webhooks::Refusal;
use hark_webhooks::endpoints::{self as known, Endpoint};

use crate::call::Call;

/// Looks at one moment of the store.
pub async fn query<T: Send + 'static>(
    call: &Call,
    query: impl Fn(&Call, &mut View<'_>) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let (call, store) = (call.clone(), &call.wire.store);
    store.read(move |view| query(&call, view)).await
}

/// Runs a command for the one who calls, and answers when it is durable.
pub async fn command<T: Send + 'static>(
    call: &Call,
    command: impl Fn(&Call, &mut Tx<'_>, &Actor) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let (call, who, store) = (call.clone(), call.who.actor(), &call.wire.store);
    let done = store.write(move |tx| {
        let done = command(&call, tx, &who)?;
        audit::write(tx, call.now, || who.clone())?;
        Ok(done)
    });
    done.await
}

pub fn endpoint(call: &Call, view: &mut View<'_>, id: &str) -> Result<Endpoint, Refusal> {
    known::find(view, call.wire.policies.keys(), &call.policy, id)
}

pub fn endpoints(call: &Call, view: &mut View<'_>) -> Result<Vec<Arc<Endpoint>>, Error> {
    known::all(view, call.wire.policies.keys(), &call.policy)
}
