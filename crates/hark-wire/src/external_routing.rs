//! Another program says who gets a chat. It is asked before the command that gives it, so that no
//! transaction waits for it; whom it names is looked at again inside.

use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{ACCEPT, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use hark_chat::routing::{self, Question};
use hark_egress::{Client, Request};
use hark_model::{Policy, settings};
use hark_store::{Error, Store};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::zeros;

/// How often it is asked at once: each answer may name somebody else.
const ASKED: usize = 10;
/// For all of it, the wait for a turn included. A visitor waits for it.
const PATIENCE: Duration = Duration::from_secs(5);
/// Chats that are asked about at once.
const AT_ONCE: usize = 32;

const TOKEN: HeaderName = HeaderName::from_static("x-rocketchat-secret-token");

pub(crate) struct ExternalRouting {
    egress: Client,
    turns: Semaphore,
}

impl ExternalRouting {
    pub(crate) fn new(egress: Client) -> Self {
        Self {
            egress,
            turns: Semaphore::new(AT_ONCE),
        }
    }

    /// The first agent it names who is there. Nobody, if it names none in time.
    pub(crate) async fn ask(
        &self,
        store: &Store,
        policy: &Arc<Policy>,
        question: &Question,
    ) -> Result<Option<String>, Error> {
        let Some(url) = url(policy.text(settings::Livechat_External_Queue_URL), question) else {
            tracing::warn!(
                "chats are routed by another program, and Livechat_External_Queue_URL is empty"
            );
            return Ok(None);
        };
        let asking = async {
            // Closed only with the process.
            let _turn = self.turns.acquire().await.map_err(|_| Error::Busy)?;
            self.first_online(store, policy, &url).await
        };
        match tokio::time::timeout(PATIENCE, asking).await {
            Ok(found) => found,
            Err(_) => {
                tracing::warn!("the program that routes chats has named nobody in time");
                Ok(None)
            }
        }
    }

    async fn first_online(
        &self,
        store: &Store,
        policy: &Arc<Policy>,
        url: &str,
    ) -> Result<Option<String>, Error> {
        let Some(headers) = headers(policy.text(settings::Livechat_External_Queue_Token)) else {
            tracing::warn!("Livechat_External_Queue_Token holds what no header can");
            return Ok(None);
        };
        let mut answers: FuturesUnordered<_> = (0..ASKED)
            .map(|_| self.name(url, headers.clone()))
            .collect();
        let mut wrong = None;
        while let Some(answer) = answers.next().await {
            let username = match answer {
                Ok(username) => username,
                Err(why) => {
                    wrong = Some(why);
                    continue;
                }
            };
            let rules = Arc::clone(policy);
            let online = store
                .read(move |view| routing::online_by_name(view, &rules, &username))
                .await?;
            if online.is_some() {
                return Ok(online);
            }
        }
        if let Some(why) = wrong {
            tracing::warn!(why, "the program that routes chats has named nobody");
        }
        Ok(None)
    }

    async fn name(&self, url: &str, headers: HeaderMap) -> Result<String, String> {
        let request = Request {
            method: Method::GET,
            url: url.to_owned(),
            headers,
            body: Bytes::new(),
            timeout: PATIENCE,
        };
        let answer = self.egress.send(request).await.outcome;
        let answer = answer.map_err(|failure| failure.to_string())?;
        if !(200..300).contains(&answer.status) {
            return Err(format!("it answered with status {}", answer.status));
        }
        let said: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let username = said.as_ref().and_then(|said| said["username"].as_str());
        let username = username.filter(|username| !username.is_empty());
        username
            .map(zeros::without)
            .ok_or_else(|| "its answer holds no username".to_owned())
    }
}

/// Nothing, where there is nobody to ask.
fn url(base: &str, question: &Question) -> Option<String> {
    let base = base.trim();
    let base = base.split_once('#').map_or(base, |(before, _)| before);
    if base.is_empty() {
        return None;
    }
    let written = |value: &Option<String>| {
        let value = value.as_deref().unwrap_or_default();
        utf8_percent_encode(value, NON_ALPHANUMERIC).to_string()
    };
    let joint = if base.contains('?') { '&' } else { '?' };
    Some(format!(
        "{base}{joint}departmentId={}&ignoreAgentId={}",
        written(&question.department),
        written(&question.instead_of)
    ))
}

/// Nothing, if no header can hold the token.
fn headers(token: &str) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static("Hark"));
    headers.insert(TOKEN, hark_egress::header_value(token)?);
    Some(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_is_added_to_the_url_as_it_is() {
        let of_sales = Question {
            department: Some("sales & co".to_owned()),
            instead_of: Some("amy17".to_owned()),
        };
        for (base, question, asked) in [
            (
                "http://a.example/next",
                Question::default(),
                "http://a.example/next?departmentId=&ignoreAgentId=",
            ),
            (
                " https://a.example/?x=1#y ",
                of_sales,
                "https://a.example/?x=1&departmentId=sales%20%26%20co&ignoreAgentId=amy17",
            ),
        ] {
            assert_eq!(url(base, &question).as_deref(), Some(asked));
        }
        assert_eq!(url("  ", &Question::default()), None);
    }
}
