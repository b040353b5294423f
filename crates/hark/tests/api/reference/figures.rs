//! Figures of a running server: what it measures, what it allows, how long it keeps things.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use hark_model::settings::catalogue;
use hark_testkit::{Desk, Engine, Receiver, Reply, eventually};
use hark_webhooks::dialects::Dialect;
use hark_webhooks::moment;
use hark_webhooks::schedule::Success;
use serde_json::json;

use super::{cell, keep, preset};
use crate::HARK;

/// What the text of the metrics says of one family.
#[derive(Default)]
struct Family {
    kind: String,
    unit: String,
    help: String,
    labels: BTreeSet<String>,
}

/// By name; those whose samples have labels need samples.
fn families(text: &str) -> BTreeMap<String, Family> {
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    for line in text.lines() {
        if let Some(said) = line.strip_prefix("# ") {
            let mut words = said.splitn(3, ' ');
            let (what, name) = (words.next(), words.next().unwrap_or_default());
            let said = words.next().unwrap_or_default().to_owned();
            match what {
                Some("HELP") => families.entry(name.to_owned()).or_default().help = said,
                Some("TYPE") => families.entry(name.to_owned()).or_default().kind = said,
                Some("UNIT") => families.entry(name.to_owned()).or_default().unit = said,
                _ => {}
            }
        } else if let Some((name, rest)) = line.split_once('{') {
            let family = families
                .iter_mut()
                .rev()
                .find(|(family, _)| name.starts_with(family.as_str()));
            let labels = rest.split('}').next().unwrap_or_default().split("\",");
            let labels = labels.filter_map(|label| Some(label.split_once('=')?.0.to_owned()));
            if let Some((_, family)) = family {
                family.labels.extend(labels.filter(|label| label != "le"));
            }
        }
    }
    families
}

#[test]
fn every_metric() {
    let desk = Desk::open_with(HARK, Engine::Sqlite, |setup| {
        setup.env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
    });
    // something of everything, so that each label is there
    let receiver = Receiver::answering(|_| Reply::status(500));
    let endpoint = json!({"url": receiver.url("/hook"), "events": ["*"]});
    desk.admin
        .post("/api/hark/v1/endpoints", &endpoint)
        .expect(201);
    desk.agent("amy");
    desk.visitor("ann", &json!({}));
    desk.chat("ann");
    let metrics = desk
        .anyone()
        .with("Accept", "application/openmetrics-text; version=1.0.0");
    let text = eventually("every job has run, and an attempt has failed", || {
        let text = metrics.get("/metrics").text();
        let is_whole = text.contains("hark_webhook_attempts_total{")
            && text.contains("hark_webhook_backlog{")
            && text.contains("hark_job_last_success_timestamp_seconds{");
        is_whole.then_some(text)
    });
    let mut page = "# Metrics

What `/metrics` says, for Prometheus and whatever reads its format: OpenMetrics for those who ask for it (`Accept:
application/openmetrics-text`), else the classic one. A counter's samples end with `_total`, those of a histogram with `_bucket`, `_count` and `_sum`.
Names and labels stay; more may come. Whoever must not read them is kept out by what stands in front ([operating](../operating.md)).

| metric | what it says | kind | labels |
| --- | --- | --- | --- |
"
    .to_owned();
    for (name, family) in families(&text) {
        let labels: Vec<String> = family
            .labels
            .iter()
            .map(|label| format!("`{label}`"))
            .collect();
        let unit = match family.unit.as_str() {
            "" => String::new(),
            unit => format!(", in {unit}"),
        };
        assert!(!family.help.is_empty(), "{name}");
        writeln!(
            page,
            "| `{name}` | {} | {}{unit} | {} |",
            cell(family.help.trim_end_matches('.')),
            family.kind,
            labels.join(", ")
        )
        .unwrap();
    }
    keep("metrics.md", &page);
}

/// `90 s`, `30 min`, `24 h`.
fn time(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds >= 3_600 && seconds % 3_600 == 0 => format!("{} h", seconds / 3_600),
        seconds if seconds >= 60 && seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

/// The rows of the budget in `docs/security.md` that are about these things. Another test compares each of its figures
/// with the program.
fn bounds(about: impl Fn(&str) -> bool) -> String {
    let page = include_str!("../../../../../docs/security.md");
    let (_, table) = page.split_once("| what | whose | at most |").unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let mut found = String::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        if about(cells[4].trim_matches('`')) {
            writeln!(found, "| {} |", cells[..4].join(" | ")).unwrap();
        }
    }
    assert!(!found.is_empty());
    found
}

fn kept_days(setting: &str) -> String {
    let setting = catalogue::find(setting).unwrap();
    format!(
        "{} days: the setting `{}`",
        preset(setting).trim_matches('`'),
        setting.id
    )
}

#[test]
fn every_limit_that_callers_meet() {
    let heading = "| what | whose | at most | beyond it |\n| --- | --- | --- | --- |\n";
    let mut page = format!(
        "# Limits, and how long things are kept

What callers and receivers meet. [Security](../security.md#the-budget) has every bound, with the place that keeps it.

## What a request may be

{heading}{}
## How often

While rate limits are on (`--rate-limit`). Settings are shown with their first values.

{heading}{}
## What is read and answered

| what | at most |
| --- | --- |
| entries of a page of a list of Hark's own API (`limit`) | 200 |
| bytes of a receiver's answer that are kept | {} KiB |
| messages of one chat that a body tells of | {}, or {} MB |
| days of a report | {} |

## When a delivery is tried again

| dialect | success | whole request | at once | tried again after |
| --- | --- | --- | --- | --- |
",
        bounds(|place| place.starts_with("body::OF_")
            || place.starts_with("comm100_answer::")
            || place.starts_with("messages::LONGEST")
            || place == "FileUpload_MaxFileSize"
            || place == "body::DEEPEST"),
        bounds(|place| place.starts_with("API_Enable")
            || place.starts_with("limits::OF")
            || place.starts_with("Block_")
            || place.ends_with("_per_day")
            || place == "wire::MOST_STREAMS"
            || place.starts_with("wire::MOST_SOCKETS")),
        hark_egress::KEPT / 1024,
        moment::LONGEST_HISTORY,
        moment::MOST_BYTES >> 20,
        hark_chat::figures::LONGEST_DAYS,
    );
    for dialect in Dialect::ALL {
        let schedule = dialect.schedule();
        let success = match schedule.success {
            Success::Exactly200 => "200",
            Success::Any2xx => "2xx",
        };
        let delays: Vec<String> = schedule.delays.iter().copied().map(time).collect();
        let jitter = if schedule.jitter {
            ", each a fifth longer or shorter by chance"
        } else {
            ""
        };
        writeln!(
            page,
            "| `{}` | {success} | {} | {} requests | {}{jitter} |",
            dialect.as_str(),
            time(schedule.timeout),
            schedule.concurrency,
            delays.join(", "),
        )
        .unwrap();
    }
    write!(
        page,
        "
## How long things are kept

| what | how long |
| --- | --- |
| events, and with them deliveries, their bodies and attempts | {} days: `--keep-events` |
| what waits for an endpoint that takes nothing | as long as events; then it is given up |
| how it went with an endpoint in each half hour | {} days |
| who changed what | {} |
| when agents were there, for reports | {} days |
| log-ins | {} |
| chats, messages, files, visitors | until somebody removes them |
",
        hark::config::KEEP_EVENTS,
        hark_webhooks::retention::HALF_HOURS_DAYS,
        kept_days("Audit_log_days"),
        hark::budget::DUTY_DAYS,
        kept_days("Accounts_LoginExpiration"),
    )
    .unwrap();
    keep("limits.md", &page);
}
