//! How our own API writes what there is.

use hark_store::Timestamp;
use hark_webhooks::deliveries::lists::{Delivery, Record, Stats};
use hark_webhooks::endpoints::{Endpoint, Origin};
use hark_webhooks::replays::{Count, Replay, State};
use hark_webhooks::signing::{Scheme, Secret};
use serde_json::{Value, json};

/// A moment; those of the beginning of time are of what was always there.
fn moment(at: Timestamp) -> Value {
    match at.millis() {
        0 => Value::Null,
        _ => at.into(),
    }
}

fn maybe(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, Value::from)
}

pub(crate) fn endpoint(endpoint: &Endpoint, now: Timestamp) -> Value {
    let good = endpoint.secrets.iter();
    let good: Vec<&Secret> = good.filter(|secret| secret.is_good_at(now)).collect();
    let secrets = good.iter().map(|secret| {
        json!({
            "scheme": secret.scheme.as_str(),
            "hint": format!("…{}", secret.hint()),
            "until": maybe(secret.until),
        })
    });
    let asymmetric = good.iter().filter(|one| one.scheme == Scheme::Ed25519);
    let public_keys: Vec<String> = asymmetric.filter_map(|one| one.public_key()).collect();
    let schedule = &endpoint.schedule;
    let millis = |duration: &std::time::Duration| duration.as_millis() as u64;
    json!({
        "id": endpoint.id,
        "origin": endpoint.origin.as_str(),
        "name": endpoint.name,
        "dialect": endpoint.dialect.as_str(),
        "url": endpoint.shown_url(),
        "events": endpoint.events,
        "state": endpoint.state.as_str(),
        "reason": endpoint.reason,
        "stateSince": moment(endpoint.state_since),
        "complaint": endpoint.complaint(),
        "secrets": secrets.collect::<Vec<_>>(),
        "publicKeys": public_keys,
        // The workspace's receiver knows us by a word of the settings.
        "hasToken": endpoint.origin == Origin::Workspace && !endpoint.token.is_empty(),
        "policy": endpoint.wishes,
        "schedule": {
            "success": schedule.success,
            "timeoutMs": millis(&schedule.timeout),
            "delaysMs": schedule.delays.iter().map(millis).collect::<Vec<_>>(),
            "jitter": schedule.jitter,
            "heedsReceiver": schedule.heeds_receiver,
            "concurrency": schedule.concurrency,
        },
        "sinceEvent": endpoint.since,
        "createdAt": moment(endpoint.created_at),
        "updatedAt": moment(endpoint.updated_at),
    })
}

pub(crate) fn stats(stats: &Stats) -> Value {
    let tally = &stats.tally;
    let settled = tally.delivered + tally.given_up;
    let share = (settled > 0).then(|| tally.delivered as f64 / settled as f64);
    json!({
        "backlog": tally.backlog(),
        "oldestPendingAt": maybe(stats.oldest_pending),
        "made": tally.made,
        "delivered": tally.delivered,
        "givenUp": tally.given_up,
        "successShare": share,
        "attempts": tally.attempts,
        "failedAttempts": tally.failed_attempts,
        "lastSuccessAt": maybe(tally.last_success_at),
        "lastFailureAt": maybe(tally.last_failure_at),
        "failingSince": maybe(tally.failing_since),
        "latencyMs": {
            "attempts": stats.latencies.len(),
            "p50": stats.latency(0.5).map(millis),
            "p95": stats.latency(0.95).map(millis),
            "max": stats.latency(1.0).map(millis),
        },
    })
}

pub(crate) fn delivery(delivery: &Delivery, endpoint: Option<&Endpoint>) -> Value {
    json!({
        "id": delivery.id(),
        "endpoint": endpoint.map(|endpoint| json!({
            "id": endpoint.id,
            "name": endpoint.name,
            "dialect": endpoint.dialect.as_str(),
        })),
        "eventId": delivery.position,
        "kind": delivery.kind,
        "conversation": delivery.conversation(),
        "sequence": delivery.seq,
        "happenedAt": Value::from(delivery.at),
        "state": delivery.state.as_str(),
        "attempts": delivery.attempts,
        "attemptsBefore": delivery.attempts_before,
        "nextAttemptAt": maybe(delivery.next_at),
        "settledAt": maybe(delivery.settled_at),
        "status": delivery.status,
        "error": delivery.error,
    })
}

pub(crate) fn attempt(record: &Record) -> Value {
    json!({
        "number": record.number,
        "at": Value::from(record.at),
        "url": record.url,
        "requestHeaders": headers(&record.request_headers),
        "status": record.status,
        "responseHeaders": record.response_headers.as_deref().map(headers),
        "response": record.response,
        "responseTruncated": record.truncated,
        "error": record.error,
        "detail": record.detail,
        "address": record.address,
        "reusedConnection": record.reused,
        "phasesMs": {
            "dns": record.dns.map(millis),
            "connect": record.connect.map(millis),
            "tls": record.tls.map(millis),
            "firstByte": record.first_byte.map(millis),
            "total": millis(record.total),
        },
    })
}

/// Of microseconds.
fn millis(micros: i64) -> f64 {
    micros as f64 / 1000.0
}

fn headers(lines: &str) -> Vec<Value> {
    let pairs = lines.lines().filter_map(|line| line.split_once(": "));
    pairs
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect()
}

pub(crate) fn replay(replay: &Replay, endpoint: Option<&str>) -> Value {
    let stretch = replay.until - replay.after;
    let progress = match (replay.state, stretch) {
        (State::Done, _) | (_, 0) => 1.0,
        _ => (replay.reached - replay.after) as f64 / stretch as f64,
    };
    json!({
        "id": replay.id,
        "endpoint": endpoint,
        "state": replay.state.as_str(),
        "afterEvent": replay.after,
        "untilEvent": replay.until,
        "failedOnly": replay.failed_only,
        "progress": progress,
        "reachedEvent": replay.reached,
        "events": replay.events,
        "queued": replay.queued,
        "createdAt": Value::from(replay.created_at),
        "finishedAt": maybe(replay.finished_at),
    })
}

pub(crate) fn count(count: &Count, after: i64, until: i64) -> Value {
    json!({
        "dryRun": true,
        "afterEvent": after,
        "untilEvent": until,
        "events": count.events,
        "queued": count.queued,
        "isPartial": count.is_partial,
    })
}
