//! Bodies that do what a row is for, as the API documents show them. A test sends each.

use serde_json::Value;

use crate::route::Route;
use crate::surface::Surface;

/// By surface, method and path.
const EXAMPLES: &[(Surface, &str, &str, &str)] = &[
    (
        Surface::Hark,
        "POST",
        "endpoints",
        r#"{"name": "CRM", "url": "https://hooks.example.org/hark", "events": ["chat.*", "message.visitor"]}"#,
    ),
    (
        Surface::Hark,
        "PATCH",
        "endpoints/{id}",
        r#"{"events": ["*"], "policy": {"timeoutMs": 5000, "concurrency": 4}}"#,
    ),
    (
        Surface::Hark,
        "POST",
        "endpoints/{id}:rotate-secret",
        r#"{"overlapSeconds": 3600}"#,
    ),
    (
        Surface::Hark,
        "POST",
        "endpoints/{id}:replay",
        r#"{"from": "2026-01-31T00:00:00Z", "failedOnly": true, "dryRun": true}"#,
    ),
    (
        Surface::Hark,
        "PATCH",
        "business-hours/{id}",
        r#"{"otherDays": [{"from": "2026-12-25", "until": "2026-12-27", "name": "Christmas", "hours": []}]}"#,
    ),
    (
        Surface::Hark,
        "POST",
        "views",
        r#"{"name": "Waiting", "filter": {"state": "queued"}}"#,
    ),
    (
        Surface::Hark,
        "POST",
        "sites",
        r#"{"name": "www.example.org"}"#,
    ),
    (
        Surface::Hark,
        "POST",
        "patterns/try",
        r#"{"pattern": "\\bORD-\\d{6}\\b", "text": "Where is ORD-123456?"}"#,
    ),
    (
        Surface::RocketChat,
        "POST",
        "livechat/visitor",
        r#"{"visitor": {"token": "a-long-random-text", "name": "Ann", "email": "ann@example.org"}}"#,
    ),
    (
        Surface::RocketChat,
        "POST",
        "livechat/department",
        r#"{"department": {"enabled": true, "name": "Support", "email": "support@example.org", "showOnRegistration": true, "showOnOfflineForm": true}}"#,
    ),
    (
        Surface::RocketChat,
        "POST",
        "livechat/sla",
        r#"{"name": "Gold", "description": "Within ten minutes", "dueTimeInMinutes": 10}"#,
    ),
    (
        Surface::RocketChat,
        "POST",
        "livechat/triggers",
        r#"{"name": "Hello", "description": "After half a minute", "enabled": true, "runOnce": true, "conditions": [{"name": "time-on-site", "value": "30"}], "actions": [{"name": "send-message", "params": {"sender": "custom", "name": "Ann", "msg": "May I help?"}}]}"#,
    ),
    (
        Surface::RocketChat,
        "POST",
        "canned-responses",
        r#"{"shortcut": "hello", "text": "Good day, {{contact.name}}!", "scope": "global"}"#,
    ),
    (
        Surface::RocketChat,
        "POST",
        "omnichannel/integrations",
        r#"{"LivechatWebhookUrl": "https://hooks.example.org/rocketchat", "LivechatSecretToken": "a-word-of-ours", "LivechatWebhookOnStart": true, "LivechatWebhookOnClose": true}"#,
    ),
    (
        Surface::RocketChat,
        "POST",
        "settings/{_id}",
        r#"{"value": "Help"}"#,
    ),
    (
        Surface::RocketChat,
        "POST",
        "users.create",
        r#"{"username": "ben", "name": "Ben", "email": "ben@example.org", "password": "long-and-only-his", "roles": ["livechat-agent"]}"#,
    ),
    (
        Surface::RocketChat,
        "POST",
        "users.generatePersonalAccessToken",
        r#"{"tokenName": "reports", "bypassTwoFactor": true}"#,
    ),
    (
        Surface::RocketChat,
        "POST",
        "users.setStatus",
        r#"{"status": "online", "message": "At my desk"}"#,
    ),
];

pub(super) fn of(route: &Route) -> Option<Value> {
    let (.., text) = EXAMPLES.iter().find(|(surface, method, path, _)| {
        *surface == route.surface && *method == route.method.as_str() && *path == route.path
    })?;
    // They are part of the program, and a test sends them.
    serde_json::from_str(text).ok()
}
