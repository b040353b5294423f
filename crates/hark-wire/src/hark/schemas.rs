//! What our own API answers, as JSON Schemas. Every member is always there; what there is none of
//! is `null`.

use serde_json::{Map, Value, json};

/// An object with exactly these members.
fn object(members: &[(&str, Value)]) -> Value {
    let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
    let members = members.iter().cloned();
    let properties: Map<String, Value> = members
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": names,
        "additionalProperties": false,
    })
}

/// All members of one, and some more.
fn with(base: &Value, more: &[(&str, Value)]) -> Value {
    let mut all: Vec<(&str, Value)> = Vec::new();
    let known = base["properties"].as_object().into_iter().flatten();
    all.extend(known.map(|(name, schema)| (name.as_str(), schema.clone())));
    all.extend(more.iter().cloned());
    object(&all)
}

fn named(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn list(of: &Value) -> Value {
    json!({"type": "array", "items": of})
}

fn one_of(choices: &[&str]) -> Value {
    json!({"type": "string", "enum": choices})
}

/// This or `null`.
fn maybe(of: &Value) -> Value {
    json!({"anyOf": [of, {"type": "null"}]})
}

fn text() -> Value {
    json!({"type": "string"})
}

fn integer() -> Value {
    json!({"type": "integer"})
}

fn number() -> Value {
    json!({"type": "number"})
}

fn flag() -> Value {
    json!({"type": "boolean"})
}

fn moment() -> Value {
    json!({"type": "string", "format": "date-time"})
}

fn page(of: &str) -> Value {
    object(&[("items", list(&named(of))), ("nextCursor", maybe(&text()))])
}

pub(super) fn all() -> Map<String, Value> {
    let endpoint = endpoint();
    let stats = stats();
    let delivery = delivery();
    let replay = replay();
    let schemas = [
        ("Problem", problem()),
        (
            "EndpointInFull",
            with(&endpoint, &[("stats", named("Stats"))]),
        ),
        (
            "EndpointWithSecret",
            with(&endpoint, &[("secret", maybe(&text()))]),
        ),
        ("EndpointPage", page("Endpoint")),
        ("Endpoint", endpoint),
        ("StatsPage", page("StatsOfEndpoint")),
        (
            "StatsOfEndpoint",
            with(
                &stats,
                &[("endpoint", text()), ("name", text()), ("state", text())],
            ),
        ),
        ("Stats", stats),
        (
            "Tested",
            object(&[
                ("kind", text()),
                ("succeeded", flag()),
                ("attempt", named("Attempt")),
            ]),
        ),
        ("DeliveryPage", page("Delivery")),
        (
            "DeliveryInFull",
            with(
                &delivery,
                &[
                    ("body", text()),
                    ("bodyBytes", integer()),
                    ("bodyTruncated", flag()),
                    ("attemptLog", list(&named("Attempt"))),
                ],
            ),
        ),
        ("Delivery", delivery),
        ("Attempt", attempt()),
        ("ReplayList", object(&[("items", list(&named("Replay")))])),
        ("Replay", replay),
        ("Count", count()),
        (
            "EventPage",
            object(&[
                ("items", list(&json!({"type": "object"}))),
                ("after", integer()),
                ("hasMore", flag()),
            ]),
        ),
        ("Catalogue", catalogue()),
        ("Launcher", launcher()),
    ];
    schemas
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect()
}

fn problem() -> Value {
    let error = object(&[("pointer", text()), ("detail", text())]);
    json!({
        "type": "object",
        "properties": {
            "type": text(),
            "title": text(),
            "status": integer(),
            "detail": text(),
            "errors": list(&error),
        },
        "required": ["type", "title", "status", "detail"],
    })
}

fn endpoint() -> Value {
    let secret = object(&[
        ("scheme", one_of(&["v1", "v1a"])),
        ("hint", text()),
        ("until", maybe(&moment())),
    ]);
    let schedule = object(&[
        ("success", one_of(&["200", "2xx"])),
        ("timeoutMs", integer()),
        ("delaysMs", list(&integer())),
        ("jitter", flag()),
        ("heedsReceiver", flag()),
        ("concurrency", integer()),
    ]);
    object(&[
        ("id", text()),
        ("origin", one_of(&["workspace", "comm100", "hark"])),
        ("name", text()),
        ("dialect", one_of(&["rocketchat", "comm100", "standard"])),
        ("url", text()),
        ("events", list(&text())),
        ("state", one_of(&["active", "paused", "disabled"])),
        ("reason", maybe(&text())),
        ("stateSince", maybe(&moment())),
        ("complaint", maybe(&text())),
        ("secrets", list(&secret)),
        ("publicKeys", list(&text())),
        ("hasToken", flag()),
        ("policy", json!({"type": "object"})),
        ("schedule", schedule),
        ("sinceEvent", integer()),
        ("createdAt", maybe(&moment())),
        ("updatedAt", maybe(&moment())),
    ])
}

fn stats() -> Value {
    let latency = object(&[
        ("attempts", integer()),
        ("p50", maybe(&number())),
        ("p95", maybe(&number())),
        ("max", maybe(&number())),
    ]);
    object(&[
        ("backlog", integer()),
        ("oldestPendingAt", maybe(&moment())),
        ("made", integer()),
        ("delivered", integer()),
        ("givenUp", integer()),
        ("successShare", maybe(&number())),
        ("attempts", integer()),
        ("failedAttempts", integer()),
        ("lastSuccessAt", maybe(&moment())),
        ("lastFailureAt", maybe(&moment())),
        ("failingSince", maybe(&moment())),
        ("latencyMs", latency),
    ])
}

fn delivery() -> Value {
    let endpoint = object(&[("id", text()), ("name", text()), ("dialect", text())]);
    object(&[
        ("id", text()),
        ("endpoint", maybe(&endpoint)),
        ("eventId", integer()),
        ("kind", text()),
        ("conversation", maybe(&text())),
        ("sequence", maybe(&integer())),
        ("happenedAt", moment()),
        ("state", one_of(&["pending", "delivered", "given-up"])),
        ("attempts", integer()),
        ("attemptsBefore", integer()),
        ("nextAttemptAt", maybe(&moment())),
        ("settledAt", maybe(&moment())),
        ("status", maybe(&integer())),
        ("error", maybe(&text())),
    ])
}

fn attempt() -> Value {
    let headers = list(&object(&[("name", text()), ("value", text())]));
    let phases = object(&[
        ("dns", maybe(&number())),
        ("connect", maybe(&number())),
        ("tls", maybe(&number())),
        ("firstByte", maybe(&number())),
        ("total", number()),
    ]);
    object(&[
        ("number", integer()),
        ("at", moment()),
        ("url", text()),
        ("requestHeaders", headers.clone()),
        ("status", maybe(&integer())),
        ("responseHeaders", maybe(&headers)),
        ("response", maybe(&text())),
        ("responseTruncated", flag()),
        ("error", maybe(&text())),
        ("detail", maybe(&text())),
        ("address", maybe(&text())),
        ("reusedConnection", flag()),
        ("phasesMs", phases),
    ])
}

fn replay() -> Value {
    object(&[
        ("id", text()),
        ("endpoint", maybe(&text())),
        ("state", one_of(&["running", "done", "cancelled"])),
        ("afterEvent", integer()),
        ("untilEvent", integer()),
        ("failedOnly", flag()),
        ("progress", number()),
        ("reachedEvent", integer()),
        ("events", integer()),
        ("queued", integer()),
        ("createdAt", moment()),
        ("finishedAt", maybe(&moment())),
    ])
}

fn count() -> Value {
    object(&[
        ("dryRun", flag()),
        ("afterEvent", integer()),
        ("untilEvent", integer()),
        ("events", integer()),
        ("queued", integer()),
        ("isPartial", flag()),
    ])
}

fn catalogue() -> Value {
    let told = object(&[
        ("schema", json!({"type": "object"})),
        ("example", json!({})),
    ]);
    let kind = object(&[
        ("name", text()),
        ("summary", text()),
        (
            "dialects",
            json!({"type": "object", "additionalProperties": told}),
        ),
    ]);
    object(&[("kinds", list(&kind))])
}

fn launcher() -> Value {
    let theme = object(&[
        ("title", text()),
        ("color", text()),
        ("offlineTitle", text()),
        ("offlineColor", text()),
        ("position", one_of(&["left", "right"])),
    ]);
    let condition = object(&[
        ("name", one_of(&["page-url", "time-on-site"])),
        ("value", json!({})),
    ]);
    let trigger = object(&[
        ("id", text()),
        ("runOnce", flag()),
        ("conditions", list(&condition)),
    ]);
    object(&[
        ("enabled", flag()),
        ("online", flag()),
        ("language", text()),
        ("theme", theme),
        ("triggers", list(&trigger)),
    ])
}
