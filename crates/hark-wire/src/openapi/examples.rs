//! Bodies that do what a row is for, as the API documents show them. Those of our own API were sent in the story that also
//! gives the examples of answers; a test sends each of the others.

use std::sync::LazyLock;

use serde_json::Value;

use crate::route::Route;
use crate::surface::Surface;

/// What each row of our own API was sent once, by method and path. A test sends it again, and fails when that has another
/// shape.
static SENT: LazyLock<Value> = LazyLock::new(|| {
    // It is part of the program, and the test reads it.
    serde_json::from_str(include_str!("hark_requests.json")).unwrap_or_default()
});

/// By method and path.
const EXAMPLES: &[(&str, &str, &str)] = &[
    (
        "POST",
        "livechat/visitor",
        r#"{"visitor": {"token": "a-long-random-text", "name": "Ann", "email": "ann@example.org"}}"#,
    ),
    (
        "POST",
        "livechat/department",
        r#"{"department": {"enabled": true, "name": "Support", "email": "support@example.org", "showOnRegistration": true, "showOnOfflineForm": true}}"#,
    ),
    (
        "POST",
        "livechat/sla",
        r#"{"name": "Gold", "description": "Within ten minutes", "dueTimeInMinutes": 10}"#,
    ),
    (
        "POST",
        "livechat/triggers",
        r#"{"name": "Hello", "description": "After half a minute", "enabled": true, "runOnce": true, "conditions": [{"name": "time-on-site", "value": "30"}], "actions": [{"name": "send-message", "params": {"sender": "custom", "name": "Ann", "msg": "May I help?"}}]}"#,
    ),
    (
        "POST",
        "canned-responses",
        r#"{"shortcut": "hello", "text": "Good day, {{contact.name}}!", "scope": "global"}"#,
    ),
    (
        "POST",
        "omnichannel/integrations",
        r#"{"LivechatWebhookUrl": "https://hooks.example.org/rocketchat", "LivechatSecretToken": "a-word-of-ours", "LivechatWebhookOnStart": true, "LivechatWebhookOnClose": true}"#,
    ),
    ("POST", "settings/{_id}", r#"{"value": "Help"}"#),
    (
        "POST",
        "users.create",
        r#"{"username": "ben", "name": "Ben", "email": "ben@example.org", "password": "long-and-only-his", "roles": ["livechat-agent"]}"#,
    ),
    (
        "POST",
        "users.generatePersonalAccessToken",
        r#"{"tokenName": "reports", "bypassTwoFactor": true}"#,
    ),
    (
        "POST",
        "users.setStatus",
        r#"{"status": "online", "message": "At my desk"}"#,
    ),
];

pub(super) fn of(route: &Route) -> Option<Value> {
    if route.surface == Surface::Hark {
        let sent = SENT.get(format!("{} {}", route.method, route.path));
        return sent.cloned();
    }
    let is_of = |(method, path, _): &&(&str, &str, &str)| {
        *method == route.method.as_str() && *path == route.path
    };
    let (.., text) = EXAMPLES.iter().find(is_of)?;
    // They are part of the program, and a test sends them.
    serde_json::from_str(text).ok()
}
