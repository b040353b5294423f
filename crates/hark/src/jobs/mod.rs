//! The jobs of a server: work that nobody asks for. Each is here, or in the crate whose business it is;
//! [`hark_jobs`] says how they live.

mod chat_worker;
mod clock;
mod email_answers;
mod email_inboxes;
mod figures;
mod files;
mod hours;
mod housekeeping;
mod mailer;
mod pdf_transcripts;
mod quiet;
mod text_messages;
mod web_push;
mod words;

use std::sync::Arc;

pub(crate) use self::email_inboxes::{
    MOST_A_MINUTE as MOST_MAILS_A_MINUTE, MOST_AT_ONCE as MOST_MAILS_AT_ONCE,
};
pub(crate) use self::housekeeping::KEEP_DUTY;

use hark_egress::Client;
use hark_files::Files;
use hark_jobs::{Job, JobError};
use hark_model::Refusal;
use hark_store::Store;
use hark_wire::Wire;

/// What they work with.
pub(crate) struct Parts<'a> {
    pub(crate) store: &'a Store,
    pub(crate) wire: &'a Arc<Wire>,
    pub(crate) files: &'a Arc<Files>,
    pub(crate) egress: &'a Client,
    pub(crate) webhooks: &'a hark_webhooks::Parts,
    pub(crate) site_url: &'a str,
    pub(crate) keep_days: u32,
    /// Whether anything is sent from here.
    pub(crate) delivers: bool,
}

/// All of them. What is not in this list does not run.
pub(crate) fn all(parts: &Parts<'_>) -> Vec<Job> {
    let (store, wire) = (parts.store, parts.wire);
    let mut jobs = vec![
        clock::job(store),
        housekeeping::job(store, wire, parts.keep_days),
        hours::job(store, wire),
        chat_worker::job(store, wire),
        figures::job(store),
        words::job(store),
    ];
    jobs.extend(files::jobs(store, parts.files));
    jobs.push(pdf_transcripts::job(
        store,
        wire,
        parts.files,
        parts.site_url,
    ));
    // Where nothing is sent, nobody holds a lease that another node could have.
    if parts.delivers {
        let mut sending = vec![
            mailer::job(store, wire, parts.site_url, parts.egress, parts.files),
            text_messages::job(store, wire, parts.egress),
            email_inboxes::job(store, wire, parts.egress, parts.files),
            web_push::job(store, wire, parts.egress, parts.site_url),
        ];
        sending.extend(hark_webhooks::jobs(parts.webhooks));
        let sending = sending.into_iter();
        jobs.extend(sending.map(|job| quiet::unless_quiet(job, store)));
    }
    jobs.extend(hark_wire::jobs(wire));
    jobs
}

/// What a command declines, it may take the next time; what the store cannot do, it says itself.
fn refused(refusal: Refusal) -> JobError {
    match refusal {
        Refusal::Store(error) => error.into(),
        other => JobError::Passing(other.to_string()),
    }
}
