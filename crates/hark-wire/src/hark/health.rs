//! How it goes with the server: what it is, what waits, what does its work, and what somebody should do.

use hark_chat::routing::Presence;
use hark_chat::{email_inboxes, inquiries, mail, routing, words};
use hark_jobs::{State, Status};
use hark_model::{facts, rooms};
use hark_store::Timestamp;
use hark_webhooks::dialects::Iso;
use hark_webhooks::endpoints;

use super::answers::{
    Finding, FindingKind, Health, HealthJob, HealthMail, HealthSearch, HealthWebhooks, JobState,
    Word,
};
use super::{Nothing, POLLED};
use crate::answer::Failure;
use crate::call::Call;
use crate::handler::Done;
use crate::quiet::Quiet;
use crate::route::{Access, Route, route};
use crate::wire::SPEAKS;

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "health", Access::Permission("view-statistics"), "How it goes with the server: version, database, what waits, its jobs, the last backup, and what should be done", health)
        .per_minute(POLLED),
];

/// Below this the disk is said to be nearly full, as `hark doctor` does.
const LITTLE_ROOM: i64 = 512 << 20;
/// A delivery that waits for longer is behind.
const BEHIND: i64 = 3_600_000;
/// A backup is old after a week.
const OLD_BACKUP: i64 = 7 * 86_400_000;

/// What is read of the database at one moment.
struct Known {
    bytes: i64,
    backed_up_at: Option<Timestamp>,
    waiting: Vec<endpoints::Waiting>,
    outbox: mail::Outbox,
    failing_inboxes: i64,
    open_chats: i64,
    queued_chats: i64,
    agents: i64,
    quiet: Option<Quiet>,
    words: words::Lag,
}

async fn health(call: Call, _: Nothing) -> Result<Done<Health>, Failure> {
    let known = call.query(|call, view| {
        Ok(Known {
            bytes: facts::size(view)?,
            backed_up_at: facts::backed_up_at(view)?,
            waiting: endpoints::waiting(view)?,
            outbox: mail::outbox(view)?,
            failing_inboxes: email_inboxes::in_trouble(view)?,
            open_chats: rooms::all_open(view)?,
            queued_chats: inquiries::queue(view, None, None)?.chats,
            agents: routing::online(view, &call.policy, None, Presence::There)?.len() as i64,
            quiet: Quiet::at(view, call.wire.options.delivers)?,
            words: words::lag(view)?,
        })
    });
    let known = known.await?;
    let wire = &call.wire;
    let stats = wire.store.stats();
    let jobs = wire.jobs.jobs();
    let free = hark_files::free_bytes(&wire.options.data_folder).ok();
    let disk_free_bytes = free.map(|free| i64::try_from(free).unwrap_or(i64::MAX));
    let findings = findings(&call, &known, &jobs, disk_free_bytes);
    let waiting = &known.waiting;
    Ok(Done(Health {
        version: wire.options.version,
        speaks: SPEAKS,
        engine: wire.store.engine(),
        begun_at: Iso(call.policy.founded_at),
        database_bytes: known.bytes,
        disk_free_bytes,
        backed_up_at: known.backed_up_at.map(Iso),
        events: stats.position,
        waiting_writes: stats.waiting_writes as i64,
        waiting_reads: stats.waiting_reads as i64,
        sockets: wire.hub.seats() as i64,
        open_chats: known.open_chats,
        queued_chats: known.queued_chats,
        agents: known.agents,
        webhooks: HealthWebhooks {
            waiting: waiting.iter().map(|one| one.deliveries).sum(),
            oldest_at: waiting.iter().filter_map(|one| one.oldest).min().map(Iso),
            given_up: waiting.iter().map(|one| one.given_up).sum(),
        },
        mail: HealthMail {
            waiting: known.outbox.waiting,
            oldest_at: known.outbox.oldest.map(Iso),
        },
        search: HealthSearch {
            events_behind: known.words.events,
            messages_left: known.words.messages,
        },
        jobs: jobs.iter().map(|job| described(job, call.now)).collect(),
        findings,
    }))
}

/// A moment that was so long ago.
fn ago(now: Timestamp, passed: std::time::Duration) -> Iso {
    let millis = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
    Iso(now.plus_millis(-millis))
}

fn described(job: &Status, now: Timestamp) -> HealthJob {
    let (state, since, error) = match &job.state {
        State::Working => (JobState::Working, None, None),
        State::Elsewhere => (JobState::Elsewhere, None, None),
        State::Failing { since, why } => {
            let since = ago(now, since.elapsed());
            (JobState::Failing, Some(since), Some(why.clone()))
        }
    };
    HealthJob {
        name: job.name,
        state: Word(state),
        failing_since: since,
        error,
        restarts: i64::try_from(job.restarts).unwrap_or(i64::MAX),
        succeeded_at: job.succeeded.map(|passed| ago(now, passed)),
    }
}

/// What somebody should look at, the worst first.
fn findings(call: &Call, known: &Known, jobs: &[Status], free: Option<i64>) -> Vec<Finding> {
    let (wire, now) = (&call.wire, call.now);
    let mut found = Vec::new();
    let mut add = |kind: FindingKind, subject: Option<&str>, detail: Option<String>| {
        found.push(Finding::of(kind, subject, detail));
    };
    if let Some(error) = wire.store.refuses_writes() {
        add(FindingKind::WritesRefused, None, Some(error.to_string()));
    }
    if free.is_some_and(|free| free < LITTLE_ROOM) {
        add(FindingKind::DiskNearlyFull, None, None);
    }
    if let Some(doubt) = wire.store.clock().doubt() {
        add(FindingKind::ClockInDoubt, None, Some(doubt.passed.iso()));
    }
    for job in jobs {
        if let State::Failing { why, .. } = &job.state {
            add(FindingKind::JobFailing, Some(job.name), Some(why.clone()));
        }
    }
    for endpoint in &known.waiting {
        let is_behind = endpoint
            .oldest
            .is_some_and(|oldest| now.millis_since(oldest) > BEHIND);
        if endpoint.is_disabled {
            add(
                FindingKind::EndpointDisabled,
                Some(&endpoint.endpoint),
                None,
            );
        } else if is_behind {
            add(FindingKind::EndpointBehind, Some(&endpoint.endpoint), None);
        }
    }
    if let Some(error) = &known.outbox.error {
        add(FindingKind::MailFailing, None, Some(error.clone()));
    }
    if known.failing_inboxes > 0 {
        add(FindingKind::MailboxFailing, None, None);
    }
    if let Some(quiet) = known.quiet {
        add(FindingKind::NothingSent, None, Some(quiet.to_string()));
    }
    // PostgreSQL's backups are made by its own programs, which leave no mark here.
    let is_known = wire.store.engine() == "sqlite";
    let is_old = |at: Timestamp| now.millis_since(at) > OLD_BACKUP;
    if is_known
        && known
            .backed_up_at
            .map_or_else(|| is_old(call.policy.founded_at), is_old)
    {
        add(FindingKind::NoBackup, None, None);
    }
    if !mail::is_configured(&call.policy) {
        add(FindingKind::MailNotSetUp, None, None);
    }
    found
}
