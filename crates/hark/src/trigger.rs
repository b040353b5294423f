//! `hark trigger`: a sample goes to webhooks as any event does.

use std::sync::Arc;

use hark_model::Actor;
use hark_store::Tx;
use hark_webhooks::{Refusal, trigger as samples};

use crate::cli::Trigger;
use crate::installation::{open_beside, wait};
use crate::{CliError, config};

pub(crate) fn trigger(given: Trigger) -> Result<(), CliError> {
    let installation = open_beside(&config::location(&given.location)?)?;
    let (now, policies) = (
        installation.store.clock().now(),
        Arc::clone(&installation.policies),
    );
    let (kind, chosen) = (given.kind.clone(), given.endpoint);
    let command = move |tx: &mut Tx<'_>| -> Result<_, Refusal> {
        let policy = policies.at(tx)?;
        let asked = samples::Sample {
            kind: &kind,
            endpoint: chosen.as_deref(),
        };
        samples::send(tx, &Actor::System, now, policies.keys(), &policy, &asked)
    };
    let sent = wait(installation.store.write(command));
    installation.store.close();
    for endpoint in sent? {
        println!(
            "A sample of {} goes to {} ({}, {}).",
            given.kind,
            endpoint.shown_url(),
            endpoint.id,
            endpoint.state.as_str()
        );
    }
    Ok(())
}
