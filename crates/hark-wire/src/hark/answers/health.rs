//! What our own API answers of how it goes with the server.

use hark_store::text_enum;
use hark_webhooks::dialects::Iso;
use hark_webhooks::written;
use schemars::JsonSchema;
use serde::Serialize;

use super::Word;
use crate::params::choices;

choices! {
    FindingKind,
    JobState,
}

text_enum! {
    /// What a job is doing.
    pub(crate) enum JobState {
        Working = "working",
        /// Another node has the work.
        Elsewhere = "elsewhere",
        Failing = "failing",
    }
}

text_enum! {
    /// What somebody should look at.
    pub(crate) enum FindingKind {
        /// Nothing can be written to the database.
        WritesRefused = "writes-refused",
        /// Less than 512 MiB of the disk are free.
        DiskNearlyFull = "disk-nearly-full",
        /// The clock of the machine is ahead of the time that has passed.
        ClockInDoubt = "clock-in-doubt",
        /// Work that nobody asks for is not done.
        JobFailing = "job-failing",
        /// An endpoint gets nothing until somebody lets it go on.
        EndpointDisabled = "endpoint-disabled",
        /// A delivery has waited for more than an hour.
        EndpointBehind = "endpoint-behind",
        /// Mail could not be sent, and is tried again.
        MailFailing = "mail-failing",
        /// An e-mail inbox cannot be read.
        MailboxFailing = "mailbox-failing",
        /// This server sends no webhooks and no mail.
        NothingSent = "nothing-sent",
        /// There is no backup of the last week.
        NoBackup = "no-backup",
        /// No SMTP server is named in the settings.
        MailNotSetUp = "mail-not-set-up",
    }
}

written! {
    [#[derive(Serialize, JsonSchema)] #[serde(rename_all = "camelCase")] #[schemars(deny_unknown_fields)]]

    /// How it goes with the server.
    pub(crate) struct Health {
        /// The version of Hark, with the commit.
        version: &'static str,
        /// The version of Rocket.Chat whose API this is.
        speaks: &'static str,
        /// `sqlite` or `postgres`.
        engine: &'static str,
        /// When this database was begun.
        begun_at: Iso,
        /// How many bytes the database has.
        database_bytes: i64,
        /// How many bytes are free on the disk of the data folder; `null` where that cannot be found out.
        disk_free_bytes: Option<i64>,
        /// When `hark admin backup` made the last backup. Those of PostgreSQL are not known.
        backed_up_at: Option<Iso>,
        /// How many events there were since the beginning.
        events: i64,
        /// How many commands wait for the database at this moment.
        waiting_writes: i64,
        /// How many questions wait for the database at this moment.
        waiting_reads: i64,
        /// How many are connected to this node.
        sockets: i64,
        /// How many chats are open.
        open_chats: i64,
        /// How many of them wait for an agent.
        queued_chats: i64,
        /// How many agents are there for new chats.
        agents: i64,
        /// What waits for webhooks.
        webhooks: HealthWebhooks,
        /// What waits to be mailed.
        mail: HealthMail,
        /// What is not found by its words yet.
        search: HealthSearch,
        /// The work of this node that nobody asks for.
        jobs: Vec<HealthJob>,
        /// What somebody should look at, the worst first.
        findings: Vec<Finding>,
    }

    pub(crate) struct HealthWebhooks {
        /// How many deliveries wait.
        waiting: i64,
        /// Since when the oldest one of them waits.
        oldest_at: Option<Iso>,
        /// How many were given up, in all.
        given_up: i64,
    }

    pub(crate) struct HealthMail {
        /// How many mails wait.
        waiting: i64,
        /// Since when the oldest one of them waits.
        oldest_at: Option<Iso>,
    }

    pub(crate) struct HealthSearch {
        /// How many events were not looked at yet: some hundred in the second after they happened.
        events_behind: i64,
        /// How many messages of before the index was begun may be missing at most.
        messages_left: i64,
    }

    pub(crate) struct HealthJob {
        /// What it is called.
        name: &'static str,
        /// What it is doing.
        state: Word<JobState>,
        /// Since when it fails.
        failing_since: Option<Iso>,
        /// Why it fails.
        error: Option<String>,
        /// How often it has broken off since the start.
        restarts: i64,
        /// When it did its work last, on this node.
        succeeded_at: Option<Iso>,
    }

    #[schemars(rename = "HealthFinding")]
    pub(crate) struct Finding of(kind: FindingKind, subject: Option<&str>, detail: Option<String>) {
        /// What it is.
        kind: Word<FindingKind> = Word(kind),
        /// The name of the job, or the id of the endpoint, that it is about.
        subject: Option<String> = subject.map(str::to_owned),
        /// What is known of it besides.
        detail: Option<String> = detail,
    }
}
