//! Whether webhooks can go where they are to go.

use std::sync::Arc;
use std::time::Duration;

use hark_egress::{Allowed, Client, Failure, Request};
use hark_model::Policies;
use hark_store::Error;
use hark_webhooks::endpoints::{self, Endpoint, State};
use hyper::{HeaderMap, Method};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::{Finding, Findings};
use crate::CliError;
use crate::config::Environment;
use crate::installation::{Installation, wait};

/// How long one may take to answer, and how many are asked at once.
const PATIENCE: Duration = Duration::from_secs(5);
const AT_ONCE: usize = 32;

pub(super) fn look(
    found: &mut Findings,
    installation: &Installation,
    environment: &Environment,
    allowed: Allowed,
) {
    match looked(installation, environment, allowed) {
        Ok(findings) => findings.iter().for_each(|finding| found.add(finding)),
        Err(error) => found.bad(&format!("the webhooks cannot be looked at: {error}")),
    }
}

fn looked(
    installation: &Installation,
    environment: &Environment,
    allowed: Allowed,
) -> Result<Vec<Finding>, CliError> {
    let forced = environment.settings()?.forced;
    let policies = Arc::new(Policies::new(
        Arc::clone(installation.policies.keys()),
        forced,
    ));
    let known = installation.read(move |view| {
        let policy = policies.at(view)?;
        endpoints::all(view, policies.keys(), &policy)
    })?;
    let used: Vec<Arc<Endpoint>> = known
        .into_iter()
        .filter(|endpoint| !endpoint.url.is_empty())
        .collect();
    if used.is_empty() {
        return Ok(vec![Finding::Note("no webhook has a URL".to_owned())]);
    }
    let client = Client::new(allowed)?;
    wait(async {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let mut asked = JoinSet::new();
        for (index, endpoint) in used.into_iter().enumerate() {
            let (client, places) = (client.clone(), Arc::clone(&places));
            asked.spawn(async move {
                // Closed only with the process.
                let _place = places.acquire_owned().await;
                (index, examine(&client, &endpoint).await)
            });
        }
        let mut findings = asked.join_all().await;
        findings.sort_by_key(|(index, _)| *index);
        let findings = findings.into_iter();
        Ok::<_, Error>(findings.map(|(_, finding)| finding).collect())
    })
}

async fn examine(client: &Client, endpoint: &Endpoint) -> Finding {
    let name = Some(&endpoint.name).filter(|name| !name.is_empty());
    let name = name.unwrap_or(&endpoint.id);
    let what = format!("webhook “{name}” ({})", endpoint.shown_url());
    match client.objection(&endpoint.url).await {
        Some(Failure::Url(why)) => {
            return Finding::Bad(format!(
                "{what}: nothing can be sent to it: {why}; correct its URL"
            ));
        }
        Some(closed) => {
            return Finding::Bad(format!("{what}: nothing is sent to it: {closed}"));
        }
        None => {}
    }
    let path = format!("POST /api/hark/v1/endpoints/{}:resume", endpoint.id);
    match endpoint.state {
        State::Paused => {
            return Finding::Note(format!("{what} is paused; {path} lets it go on"));
        }
        State::Disabled => {
            let reason = endpoint.reason.as_deref().unwrap_or("it failed too often");
            return Finding::Bad(format!(
                "{what} is disabled: {reason}; when its receiver is right again, {path} lets it go on"
            ));
        }
        State::Active | State::Removed => {}
    }
    let request = Request {
        // Asks for nothing, and changes nothing at a receiver that keeps to HTTP.
        method: Method::HEAD,
        url: endpoint.url.clone(),
        headers: HeaderMap::new(),
        body: bytes::Bytes::new(),
        timeout: PATIENCE,
    };
    let exchange = client.send(request).await;
    match exchange.outcome {
        Ok(answer) if (300..400).contains(&answer.status) => Finding::Bad(format!(
            "{what} answers with a redirect ({}), and none is followed; enter the address where it leads",
            answer.status
        )),
        // The server may have been started with other networks.
        Ok(_) => match endpoint.trouble.as_ref().filter(|one| !one.is_closed()) {
            Some(trouble) => Finding::Bad(format!(
                "{what} answers, but nothing has arrived since {}: {}",
                trouble.since.iso(),
                trouble.why
            )),
            None => Finding::Good(format!(
                "{what} answers, after {} ms",
                exchange.phases.total.as_millis()
            )),
        },
        Err(failure) => Finding::Bad(format!("{what} cannot be reached: {failure}")),
    }
}
