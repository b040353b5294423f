//! Hands text messages out of the outbox to whoever carries them, in the shape that each wants. Each node does;
//! one is claimed by one of them. It may arrive twice when a node dies between the yes and its record.

use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, Method};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hark_chat::sms::{self, Outgoing, Service};
use hark_chat::texting;
use hark_egress::{Client, Request};
use hark_jobs::{Ending, Job, JobError, Rest, Turn, Work};
use hark_model::{Policy, Who, settings};
use hark_store::{Error, Store, View};
use hark_wire::Wire;
use serde_json::json;
use tokio::sync::watch;
use url::form_urlencoded;

/// Together with writing down how it went it has to be over before another node may claim it.
const PATIENCE: Duration = Duration::from_secs(30);
/// However much happens, it is looked four times a second at most.
const SHORTEST_REST: Duration = Duration::from_millis(250);
const LONGEST_REST: Duration = Duration::from_secs(60);

pub(super) fn job(store: &Store, wire: &Arc<Wire>, egress: &Client) -> Job {
    let sender = Sender {
        moved: store.moved(),
        store: store.clone(),
        wire: Arc::clone(wire),
        egress: egress.clone(),
    };
    Job::new("text messages", sender).ends(Ending::Finished)
}

#[derive(Clone)]
struct Sender {
    store: Store,
    wire: Arc<Wire>,
    egress: Client,
    moved: watch::Receiver<i64>,
}

impl Work for Sender {
    async fn turn(&mut self, turn: &Turn) -> Result<Rest, JobError> {
        // Registered before looking: what is written between the two wakes us.
        self.moved.borrow_and_update();
        while !turn.is_stopping() {
            let wire = Arc::clone(&self.wire);
            let look = move |view: &mut View<'_>| -> Result<_, Error> {
                Ok((sms::next_due(view)?, wire.policies.at(view)?))
            };
            let (due, policy) = self.store.read(look).await?;
            let Some(due) = due else { break };
            let now = self.store.clock().now();
            let wait = due.millis_since(now);
            if wait > 0 {
                let wait = Duration::from_millis(wait.unsigned_abs());
                return Ok(Rest::For(wait.min(LONGEST_REST)));
            }
            let claimed = self.store.write(move |tx| sms::claim(tx, now)).await?;
            let Some(outgoing) = claimed else { break };
            self.send(&policy, outgoing).await?;
        }
        Ok(Rest::For(LONGEST_REST))
    }

    async fn woken(&mut self) {
        tokio::time::sleep(SHORTEST_REST).await;
        if self.moved.changed().await.is_err() {
            // The store is closed.
            std::future::pending::<()>().await;
        }
    }
}

/// Why one was not taken, and whether it never will be.
struct Refused {
    why: String,
    is_hopeless: bool,
}

impl Refused {
    fn for_now(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            is_hopeless: false,
        }
    }
}

impl Sender {
    async fn send(&self, policy: &Policy, outgoing: Outgoing) -> Result<(), JobError> {
        let id = outgoing.id.clone();
        let Err(refused) = self.hand_over(policy, &outgoing).await else {
            tracing::debug!(sms = id, "a text message was sent");
            self.store.write(move |tx| sms::sent(tx, &outgoing)).await?;
            return Ok(());
        };
        let (now, tries) = (self.store.clock().now(), outgoing.attempts);
        let why = refused.why.clone();
        let noted = self.wire.command(Who::System, move |cx| {
            let next = sms::failed(cx.tx, now, &outgoing, &refused.why, refused.is_hopeless)?;
            if next.is_none() {
                texting::given_up(cx, &outgoing, &refused.why)?;
            }
            Ok(next)
        });
        match noted.await.map_err(super::refused)? {
            Some(next) => {
                tracing::warn!(
                    sms = id,
                    tries,
                    error = why,
                    next = next.iso(),
                    "a text message could not be sent"
                );
            }
            None => {
                tracing::error!(
                    sms = id,
                    tries,
                    error = why,
                    "a text message could not be sent and is given up"
                );
            }
        }
        Ok(())
    }

    async fn hand_over(&self, policy: &Policy, outgoing: &Outgoing) -> Result<(), Refused> {
        let service = Service::of(policy);
        let service = service.ok_or_else(|| Refused::for_now("text messages are switched off"))?;
        let request = match service {
            Service::Twilio => to_twilio(policy, outgoing),
            Service::Voxtelesys => to_voxtelesys(policy, outgoing),
            Service::Mobex => to_mobex(policy, outgoing),
        };
        let request = request
            .ok_or_else(|| Refused::for_now(format!("{} is not set up", service.as_str())))?;
        let answer = self.egress.send(request).await.outcome;
        let answer = answer.map_err(|failure| Refused::for_now(failure.to_string()))?;
        match answer.status {
            200..300 => Ok(()),
            status => Err(Refused {
                why: format!("{} answered with status {status}", service.as_str()),
                // It is about this message, and not about who sends it or how busy they are.
                is_hopeless: matches!(status, 400 | 413 | 422),
            }),
        }
    }
}

fn request(method: Method, url: String, kind: &'static str, body: String) -> Request {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static("Hark"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    Request {
        method,
        url,
        headers,
        body: body.into(),
        timeout: PATIENCE,
    }
}

fn authorized(mut request: Request, value: &str) -> Option<Request> {
    let mut value = hark_egress::header_value(value)?;
    value.set_sensitive(true);
    request.headers.insert(AUTHORIZATION, value);
    Some(request)
}

fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// Nothing where something is missing; so it is of the others.
fn to_twilio(policy: &Policy, outgoing: &Outgoing) -> Option<Request> {
    let account = policy.text(settings::SMS_Twilio_Account_SID).trim();
    let token = policy.text(settings::SMS_Twilio_authToken);
    let is_id = !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_id || token.is_empty() {
        return None;
    }
    let base = policy.text(settings::SMS_Twilio_URL).trim_end_matches('/');
    let url = format!("{base}/2010-04-01/Accounts/{account}/Messages.json");
    let body = form(&[
        ("To", outgoing.recipient.as_str()),
        ("From", outgoing.sender.as_str()),
        ("Body", outgoing.text.as_str()),
    ]);
    let request = request(Method::POST, url, "application/x-www-form-urlencoded", body);
    let pair = BASE64_STANDARD.encode(format!("{account}:{token}"));
    authorized(request, &format!("Basic {pair}"))
}

fn to_voxtelesys(policy: &Policy, outgoing: &Outgoing) -> Option<Request> {
    let token = policy.text(settings::SMS_Voxtelesys_authToken);
    let url = policy.text(settings::SMS_Voxtelesys_URL).to_owned();
    if token.is_empty() || url.is_empty() {
        return None;
    }
    let body = json!({"to": [outgoing.recipient], "from": outgoing.sender, "body": outgoing.text});
    let request = request(Method::POST, url, "application/json", body.to_string());
    authorized(request, &format!("Bearer {token}"))
}

fn to_mobex(policy: &Policy, outgoing: &Outgoing) -> Option<Request> {
    let base = policy
        .text(settings::SMS_Mobex_gateway_address)
        .trim_end_matches('/');
    if base.is_empty() {
        return None;
    }
    let digits: String = outgoing
        .recipient
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let preset = policy.text(settings::SMS_Mobex_from_number);
    let query = form(&[
        ("username", policy.text(settings::SMS_Mobex_username)),
        ("password", policy.text(settings::SMS_Mobex_password)),
        ("to", digits.as_str()),
        (
            "from",
            if preset.is_empty() {
                outgoing.sender.as_str()
            } else {
                preset
            },
        ),
        ("content", outgoing.text.as_str()),
    ]);
    Some(request(
        Method::GET,
        format!("{base}/send?{query}"),
        "text/plain",
        String::new(),
    ))
}
