//! The workspace's webhook: where it goes, what it sends, and whether somebody answers there.

use std::time::Duration;

use axum::http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use hark_egress::Request;
use hark_model::settings::catalogue::{Kind, Setting};
use hark_model::settings::{self, catalogue};
use hark_store::Timestamp;
use serde_json::{Map, Value, json};

use super::appearance::{change, documents_of};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::params::Parameter;
use crate::quiet::Quiet;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

const SEE: Access = Access::Permission("view-livechat-manager");
const CHANGE: Access = Access::AllOf(&["view-livechat-manager", WEBHOOKS]);
/// Who sees the secret, and says where chats are sent.
const WEBHOOKS: &str = "view-livechat-webhooks";
const TEST: Access = Access::Permission(WEBHOOKS);

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/integrations.settings", SEE, "The workspace's webhook", integrations),
    &route!(POST "omnichannel/integrations", CHANGE, "Change the workspace's webhook", change_integrations)
        .with_second_factor(),
    &route!(POST "livechat/webhook.test", TEST, "A sample goes to the workspace's webhook", test),
];

const TEXT: Shape = Shape::Maybe(&Shape::Text);
const FLAG: Shape = Shape::Maybe(&Shape::Flag);
const NUMBER: Shape = Shape::Maybe(&Shape::Number);

macro_rules! integrations {
    ($($name:literal $setting:ident $shape:ident $about:literal,)+) => {
        [$(($name, settings::$setting.id, $shape, $about)),+]
    };
}

/// The name of each in a body, its setting, what it looks like, and what it means.
const INTEGRATIONS: [(&str, &str, Shape, &str); 11] = integrations! {
    "LivechatWebhookUrl" Livechat_webhookUrl TEXT
        "Where the workspace's webhook goes; an empty text switches it off",
    "LivechatSecretToken" Livechat_secret_token TEXT
        "What its requests carry in `X-RocketChat-Livechat-Token`",
    "LivechatHttpTimeout" Livechat_http_timeout NUMBER
        "How long a request may take, in milliseconds; `null` for the default",
    "LivechatWebhookOnStart" Livechat_webhook_on_start FLAG
        "Whether it hears of chats that begin",
    "LivechatWebhookOnClose" Livechat_webhook_on_close FLAG
        "Whether it hears of chats that end",
    "LivechatWebhookOnChatTaken" Livechat_webhook_on_chat_taken FLAG
        "Whether it hears of chats that an agent takes",
    "LivechatWebhookOnChatQueued" Livechat_webhook_on_chat_queued FLAG
        "Whether it hears of chats that wait",
    "LivechatWebhookOnForward" Livechat_webhook_on_forward FLAG
        "Whether it hears of chats that are forwarded",
    "LivechatWebhookOnOfflineMsg" Livechat_webhook_on_offline_msg FLAG
        "Whether it hears of messages that are left while nobody is there",
    "LivechatWebhookOnVisitorMessage" Livechat_webhook_on_visitor_message FLAG
        "Whether it hears of each message of a visitor",
    "LivechatWebhookOnAgentMessage" Livechat_webhook_on_agent_message FLAG
        "Whether it hears of each message of an agent",
};

/// Those that are to be changed.
struct Changes(Map<String, Value>);

const FIELDS: [Field; INTEGRATIONS.len()] = {
    let mut fields = [Field::optional("", Shape::Anything); INTEGRATIONS.len()];
    let mut at = 0;
    while at < fields.len() {
        let (name, _, shape, about) = INTEGRATIONS[at];
        fields[at] = Field::optional(name, shape).about(about);
        at += 1;
    }
    fields
};

impl Parameter for Changes {
    const SHAPE: Shape = Shape::Object(&FIELDS);

    fn read(value: &Value) -> Option<Self> {
        Map::read(value).map(Self)
    }
}

/// How long the receiver of a sample may take, whatever the webhook's own limit is.
const PATIENCE: Duration = Duration::from_secs(20);
const SECRET: HeaderName = HeaderName::from_static("x-rocketchat-livechat-token");

async fn integrations(call: Call) -> Answer {
    let is_one = |setting: &Setting| INTEGRATIONS.iter().any(|(_, id, ..)| *id == setting.id);
    let mut shown = documents_of(&call, is_one);
    for document in &mut shown {
        if call.may(WEBHOOKS) {
            // Anyone who may set the secret sees it as it is; to others it is masked.
            let setting = catalogue::find(document["_id"].as_str().unwrap_or_default());
            document["value"] = json!(setting.map(|setting| call.policy.value(setting)));
        }
        document["enableQuery"] = json!(r#"{"_id":"Livechat_enabled","value":true}"#);
    }
    Reply::object(json!({"settings": shown}))
}

async fn change_integrations(call: Call, wanted: Changes) -> Answer {
    let mut changes = Vec::new();
    for (name, id, ..) in INTEGRATIONS {
        let (Some(value), Some(setting)) = (wanted.0.get(name), catalogue::find(id)) else {
            continue;
        };
        let value = match (setting.kind, value) {
            (Kind::Boolean, Value::Null) => json!(false),
            (Kind::String, Value::Null) => json!(""),
            (Kind::String, Value::String(text)) => json!(text.trim()),
            _ => value.clone(),
        };
        if id == settings::Livechat_http_timeout.id && settings::accept(setting, &value).is_err() {
            let words = "LivechatHttpTimeout must be a whole number from 1 to 60000, or null";
            return Err(Failure::invalid_params(words));
        }
        changes.push((setting, value));
    }
    change(&call, changes).await
}

/// Whether a sample is answered with 200. What else is answered, and why not, is for the log alone:
/// anyone who may test a webhook need not learn what stands behind its URL.
async fn test(call: Call) -> Answer {
    let url = call.policy.text(settings::Livechat_webhookUrl);
    if url.is_empty() {
        return Err(Failure::plain("Webhook_URL_not_set"));
    }
    if let Some(quiet) = Quiet::here(&call.wire).await? {
        return Err(Failure::plain(quiet.to_string()));
    }
    let wrong = match headers(call.policy.text(settings::Livechat_secret_token)) {
        None => "the secret holds what no header can".to_owned(),
        Some(headers) => {
            let request = Request {
                method: Method::POST,
                url: url.to_owned(),
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
        for (_, id, ..) in INTEGRATIONS {
            assert!(catalogue::find(id).is_some(), "{id}");
        }
    }
}
