//! The workspace's webhook: where it goes, what it tells, and whether somebody answers there.

use std::time::Duration;

use axum::http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use hark_chat::settings::catalogue::{Kind, Setting};
use hark_chat::settings::{self, catalogue};
use hark_egress::Request;
use hark_store::Timestamp;
use serde_json::{Value, json};

use super::appearance::{change, documents_of};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

const MANAGE: Access = Access::Permission("view-livechat-manager");
const TEST: Access = Access::Permission("view-livechat-webhooks");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/integrations.settings", MANAGE, "The workspace's webhook", integrations),
    &route!(POST "omnichannel/integrations", MANAGE, "Change the workspace's webhook", change_integrations)
        .takes(INTEGRATIONS),
    &route!(POST "livechat/webhook.test", TEST, "A sample goes to the workspace's webhook", test),
];

const TEXT: Shape = Shape::Maybe(&Shape::Text);
const FLAG: Shape = Shape::Maybe(&Shape::Flag);

const INTEGRATIONS: Shape = Shape::Object(&[
    Field::optional("LivechatWebhookUrl", TEXT),
    Field::optional("LivechatSecretToken", TEXT),
    Field::optional("LivechatHttpTimeout", Shape::Maybe(&Shape::Number)),
    Field::optional("LivechatWebhookOnStart", FLAG),
    Field::optional("LivechatWebhookOnClose", FLAG),
    Field::optional("LivechatWebhookOnChatTaken", FLAG),
    Field::optional("LivechatWebhookOnChatQueued", FLAG),
    Field::optional("LivechatWebhookOnForward", FLAG),
    Field::optional("LivechatWebhookOnOfflineMsg", FLAG),
    Field::optional("LivechatWebhookOnVisitorMessage", FLAG),
    Field::optional("LivechatWebhookOnAgentMessage", FLAG),
]);

/// The name of each in a body, and its setting.
const INTEGRATION_IDS: [(&str, &str); 11] = [
    ("LivechatWebhookUrl", "Livechat_webhookUrl"),
    ("LivechatSecretToken", "Livechat_secret_token"),
    ("LivechatHttpTimeout", "Livechat_http_timeout"),
    ("LivechatWebhookOnStart", "Livechat_webhook_on_start"),
    ("LivechatWebhookOnClose", "Livechat_webhook_on_close"),
    (
        "LivechatWebhookOnChatTaken",
        "Livechat_webhook_on_chat_taken",
    ),
    (
        "LivechatWebhookOnChatQueued",
        "Livechat_webhook_on_chat_queued",
    ),
    ("LivechatWebhookOnForward", "Livechat_webhook_on_forward"),
    (
        "LivechatWebhookOnOfflineMsg",
        "Livechat_webhook_on_offline_msg",
    ),
    (
        "LivechatWebhookOnVisitorMessage",
        "Livechat_webhook_on_visitor_message",
    ),
    (
        "LivechatWebhookOnAgentMessage",
        "Livechat_webhook_on_agent_message",
    ),
];
const TIMEOUT: &str = "Livechat_http_timeout";

/// How long the receiver of a sample may take, whatever the webhook's own limit is.
const PATIENCE: Duration = Duration::from_secs(20);
const SECRET: HeaderName = HeaderName::from_static("x-rocketchat-livechat-token");

async fn integrations(call: Call) -> Answer {
    let is_one = |setting: &Setting| INTEGRATION_IDS.iter().any(|(_, id)| *id == setting.id);
    let mut shown = documents_of(&call, is_one);
    for document in &mut shown {
        // Whoever gets in here may set the secret too, so it is shown as it is.
        document["value"] = call
            .policy
            .value(document["_id"].as_str().unwrap_or_default());
        document["enableQuery"] = json!(r#"{"_id":"Livechat_enabled","value":true}"#);
    }
    Reply::object(json!({"settings": shown}))
}

async fn change_integrations(call: Call) -> Answer {
    let mut changes = Vec::new();
    for (name, id) in INTEGRATION_IDS {
        let (Some(value), Some(setting)) = (call.params.get(name), catalogue::find(id)) else {
            continue;
        };
        let value = match (setting.kind, value) {
            (Kind::Boolean, Value::Null) => json!(false),
            (Kind::String, Value::Null) => json!(""),
            (Kind::String, Value::String(text)) => json!(text.trim()),
            _ => value.clone(),
        };
        if id == TIMEOUT && settings::accept(setting, &value).is_err() {
            let words = "LivechatHttpTimeout must be a whole number from 1 to 60000, or null";
            return Err(Failure::invalid_params(words));
        }
        changes.push((setting, value));
    }
    change(&call, changes).await
}

/// Whether a sample is answered with 200. What else is answered, and why not, is for the log alone:
/// whoever may test a webhook need not learn what stands behind its URL.
async fn test(call: Call) -> Answer {
    let url = call.policy.text("Livechat_webhookUrl");
    if url.is_empty() {
        return Err(Failure::plain("Webhook_URL_not_set"));
    }
    let wrong = match headers(&call.policy.text("Livechat_secret_token")) {
        None => "the secret holds what no header can".to_owned(),
        Some(headers) => {
            let request = Request {
                method: Method::POST,
                url,
                headers,
                body: sample(call.now).to_string().into(),
                timeout: PATIENCE,
            };
            match call.wire.egress.send(request).await.outcome {
                Ok(answer) if answer.status == 200 => return Reply::done(),
                Ok(answer) => format!("it answered with status {}", answer.status),
                Err(failure) => failure.to_string(),
            }
        }
    };
    tracing::warn!(
        why = wrong,
        "the test of the workspace's webhook has failed"
    );
    Err(Failure::plain("error-invalid-webhook-response"))
}

/// The secret is sent even if there is none. Nothing, if no header can hold it.
fn headers(secret: &str) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(SECRET, hark_egress::header_value(secret)?);
    let json = HeaderValue::from_static("application/json");
    headers.insert(CONTENT_TYPE, json.clone());
    headers.insert(ACCEPT, json);
    headers.insert(USER_AGENT, HeaderValue::from_static("Hark"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip,deflate"));
    Some(headers)
}

/// The same for everyone, as receivers know it.
fn sample(now: Timestamp) -> Value {
    let now = Value::from(now);
    json!({
        "type": "LivechatSession",
        "_id": "fasd6f5a4sd6f8a4sdf",
        "label": "title",
        "topic": "asiodojf",
        "createdAt": now,
        "lastMessageAt": now,
        "tags": ["tag1", "tag2", "tag3"],
        "customFields": {"productId": "123456"},
        "visitor": {
            "_id": "",
            "name": "visitor name",
            "username": "visitor-username",
            "department": "department",
            "email": "email@address.com",
            "phone": "192873192873",
            "ip": "123.456.7.89",
            "browser": "Chrome",
            "os": "Linux",
            "customFields": {"customerId": "123456"},
        },
        "agent": {
            "_id": "asdf89as6df8",
            "username": "agent.username",
            "name": "Agent Name",
            "email": "agent@email.com",
        },
        "messages": [
            {"username": "visitor-username", "msg": "message content", "ts": now},
            {
                "username": "agent.username",
                "agentId": "asdf89as6df8",
                "msg": "message content from agent",
                "ts": now,
            },
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_a_setting() {
        for (_, id) in INTEGRATION_IDS {
            assert!(catalogue::find(id).is_some(), "{id}");
        }
    }
}
