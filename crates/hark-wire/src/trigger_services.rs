//! Another program says what a trigger says: it is asked for the widget, and nothing that it answers is trusted.

use std::time::Duration;

use axum::http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use hark_egress::{Client, Failure, Request};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::zeros;

/// Visitors whose programs are asked at once.
pub const MOST_AT_ONCE: usize = 32;
/// For all of it, the wait for a turn included, whatever the trigger says: a visitor waits for it.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Where the trigger says no time.
const USUAL: Duration = Duration::from_secs(1);
/// What one answer may have said.
pub const MOST_SAID: usize = 20;
/// In letters.
pub const LONGEST_SAID: usize = 5_000;

const SECRET: HeaderName = HeaderName::from_static("x-rocketchat-livechat-token");

pub(crate) struct TriggerServices {
    egress: Client,
    turns: Semaphore,
}

pub(crate) struct Question {
    pub(crate) url: String,
    /// In milliseconds.
    pub(crate) timeout: f64,
    pub(crate) secret: String,
    pub(crate) body: Value,
}

/// Why nothing came of it.
pub(crate) enum Wrong {
    Late(String),
    Answer(String),
}

impl Wrong {
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Late(_) => "error-timeout",
            Self::Answer(_) => "error-invalid-external-service-response",
        }
    }

    /// For those who set it up.
    pub(crate) fn words(&self) -> &str {
        match self {
            Self::Late(words) | Self::Answer(words) => words,
        }
    }

    pub(crate) fn answer(words: impl Into<String>) -> Self {
        Self::Answer(words.into())
    }
}

impl TriggerServices {
    pub(crate) fn new(egress: Client) -> Self {
        Self {
            egress,
            turns: Semaphore::new(MOST_AT_ONCE),
        }
    }

    /// What is to be said, each with its place in the order.
    pub(crate) async fn ask(&self, question: Question) -> Result<Value, Wrong> {
        let headers = headers(&question.secret)
            .ok_or_else(|| Wrong::answer("the secret holds what no header can"))?;
        let timeout = patience(question.timeout);
        let asking = async {
            // Closed only with the process.
            let _turn = self.turns.acquire().await;
            let request = Request {
                method: Method::POST,
                url: question.url,
                headers,
                body: question.body.to_string().into(),
                timeout,
            };
            self.egress.send(request).await.outcome
        };
        let Ok(outcome) = tokio::time::timeout(timeout, asking).await else {
            return Err(Wrong::Late("the time was over".to_owned()));
        };
        let answer = outcome.map_err(|failure| match failure {
            Failure::Timeout(_) => Wrong::Late(failure.to_string()),
            other => Wrong::answer(other.to_string()),
        })?;
        if answer.status != 200 {
            return Err(Wrong::answer(format!(
                "it answered with status {}",
                answer.status
            )));
        }
        if answer.truncated {
            return Err(Wrong::answer("its answer is too long"));
        }
        said(&answer.body)
    }
}

fn patience(millis: f64) -> Duration {
    if millis >= 1.0 {
        // A number too large for it becomes the largest.
        Duration::from_millis(millis as u64).min(PATIENCE)
    } else {
        USUAL
    }
}

/// Nothing, if no header can hold the secret.
fn headers(secret: &str) -> Option<HeaderMap> {
    let json = HeaderValue::from_static("application/json");
    let mut headers = HeaderMap::new();
    headers.insert(SECRET, hark_egress::header_value(secret)?);
    headers.insert(CONTENT_TYPE, json.clone());
    headers.insert(ACCEPT, json);
    headers.insert(USER_AGENT, HeaderValue::from_static("Hark"));
    Some(headers)
}

/// `{"contents": [{"msg": …, "order": …}]}`, and nothing else of it.
fn said(body: &[u8]) -> Result<Value, Wrong> {
    let answer: Option<Value> = serde_json::from_slice(body).ok();
    let contents = answer
        .as_ref()
        .and_then(|answer| answer["contents"].as_array());
    let contents = contents
        .ok_or_else(|| Wrong::answer("its answer is not {\"contents\": [{\"msg\", \"order\"}]}"))?;
    if contents.len() > MOST_SAID {
        return Err(Wrong::answer(format!(
            "it says more than {MOST_SAID} things"
        )));
    }
    let said = contents.iter().map(|one| {
        let words = one["msg"].as_str();
        let words =
            words.ok_or_else(|| Wrong::answer("something that it says has no text in msg"))?;
        if words.chars().count() > LONGEST_SAID {
            return Err(Wrong::answer(format!(
                "something that it says has more than {LONGEST_SAID} letters"
            )));
        }
        let order = one["order"].as_f64().unwrap_or_default();
        Ok(json!({"msg": zeros::without(words), "order": whole(order)}))
    });
    said.collect()
}

/// As it is usually written.
fn whole(order: f64) -> Value {
    if order.fract() == 0.0 {
        json!(order as i64)
    } else {
        json!(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_says_how_long_it_waits_within_reason() {
        for (millis, waits) in [
            (0.0, USUAL),
            (-5.0, USUAL),
            (f64::NAN, USUAL),
            (250.0, Duration::from_millis(250)),
            (1e12, PATIENCE),
        ] {
            assert_eq!(patience(millis), waits, "{millis}");
        }
    }

    #[test]
    fn only_texts_and_their_order_are_taken_from_an_answer() {
        let taken = said(br#"{"contents": [{"msg": "a\u0000b", "order": 2.0, "script": "x"}, {"msg": "c"}], "more": 1}"#);
        let taken = taken.map_err(|wrong| wrong.words().to_owned());
        assert_eq!(
            taken,
            Ok(json!([{"msg": "ab", "order": 2}, {"msg": "c", "order": 0}]))
        );
        let long = json!({"contents": [{"msg": "x".repeat(LONGEST_SAID + 1)}]}).to_string();
        let many = json!({"contents": vec![json!({"msg": "x"}); MOST_SAID + 1]}).to_string();
        for wrong in [
            "",
            "[]",
            r#"{"contents": {}}"#,
            r#"{"contents": [{"msg": 7}]}"#,
            &long,
            &many,
        ] {
            assert!(said(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
