//! Whether webhooks can go where they are to go.

use std::sync::Arc;
use std::time::Duration;

use hark_chat::{Policies, settings};
use hark_egress::{Allowed, Client, Request};
use hark_store::Error;
use hark_webhooks::endpoints::{self, Endpoint, State};
use hyper::{HeaderMap, Method};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::Findings;
use crate::house::{House, wait};
use crate::{Sentence, config};

/// How long one may take to answer, and how many are asked at once.
const PATIENCE: Duration = Duration::from_secs(5);
const AT_ONCE: usize = 32;

/// What is found out about an endpoint.
enum Finding {
    Good(String),
    Note(String),
    Bad(String),
}

pub(super) fn look(found: &mut Findings, house: &House, allowed: Allowed) {
    match looked(house, allowed) {
        Ok(findings) => {
            for finding in findings {
                match finding {
                    Finding::Good(words) => found.good(&words),
                    Finding::Note(words) => found.note(&words),
                    Finding::Bad(words) => found.bad(&words),
                }
            }
        }
        Err(error) => found.bad(&format!("the webhooks cannot be looked at: {error}")),
    }
}

fn looked(house: &House, allowed: Allowed) -> Result<Vec<Finding>, Sentence> {
    let forced = settings::from_environment(config::variables())?.forced;
    let policies = Arc::new(Policies::new(Arc::clone(&house.keys), forced));
    let known = house.read(move |view| {
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
    let name = match endpoint.name.is_empty() {
        true => endpoint.id.as_str(),
        false => endpoint.name.as_str(),
    };
    let what = format!("webhook “{name}” ({})", endpoint.shown_url());
    if let Some(complaint) = endpoint.complaint() {
        return Finding::Bad(format!("{what}: {complaint}; correct its URL"));
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
        Ok(_) => Finding::Good(format!(
            "{what} answers, after {} ms",
            exchange.phases.total.as_millis()
        )),
        Err(failure) => Finding::Bad(format!("{what} cannot be reached: {failure}")),
    }
}
