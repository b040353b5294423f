//! What callers can make the server read, parse, hold and store before anybody knows who they are, and
//! after: the figures that `docs/security.md` lists, by the place that keeps each. A test compares both.

use std::time::Duration;

use hark_chat::{
    canned_responses, email_inboxes, emailing, figures, mail, messages, pdf_transcripts, sites,
    sla, sms, tags, texting, units, widget_sites, words,
};
use hark_model::identity;
use hark_model::settings::catalogue::{self, Preset};
use hark_staff::hours::other_days;
use hark_staff::{forgotten, push_subscriptions, sessions};

use crate::hark::{figures as own_figures, sums};
use crate::rocketchat::{ddp, pictures, reports, sms as sms_routes, transcripts};
use crate::welcome;
use crate::{
    body, comm100_answer, dispatch, form, limits, pace, paging, query, quotas, sightings,
    trigger_services, typists, wire,
};

/// A place that keeps a bound, and the bound: a number, bytes, or seconds.
pub type Figure = (&'static str, u64);

const fn seconds(duration: Duration) -> u64 {
    duration.as_secs()
}

const fn count(number: usize) -> u64 {
    number as u64
}

macro_rules! figures {
    ($($place:ident :: $name:ident $(. $part:ident)?),+ $(,)?) => {
        vec![$((
            concat!(stringify!($place), "::", stringify!($name) $(, ".", stringify!($part))?),
            count($place::$name $(. $part)?),
        )),+]
    };
}

/// The bounds of this crate and those below it.
pub fn figures() -> Vec<Figure> {
    let mut all = figures![
        body::OF_STRANGERS.bytes,
        body::OF_STRANGERS.values,
        body::OF_ACCOUNTS.bytes,
        body::OF_ACCOUNTS.values,
        body::OF_A_MESSAGE.bytes,
        body::OF_A_MESSAGE.values,
        body::OF_AN_IMPORT.bytes,
        body::OF_AN_IMPORT.values,
        body::DEEPEST,
        body::INSIDE.values,
        body::EACH_VALUE,
        body::MOST_PARAMETERS,
        body::MOST_PARTS,
        body::MOST_DRAINED,
        comm100_answer::LARGEST_BODY.bytes,
        paging::LONGEST,
        paging::BOUNDS.values,
        paging::BOUNDS.depth,
        paging::MOST_TO_SORT_BY,
        query::MOST_PATTERNS,
        query::LONGEST_PATTERN,
        query::LARGEST_PATTERN,
        form::MOST_BEFORE,
        form::MOST_PARTS,
        form::LONGEST_TEXT,
        wire::MOST_SOCKETS,
        wire::MOST_SOCKETS_AT_AN_ADDRESS,
        wire::MOST_UPLOADS,
        wire::MOST_UPLOADS_AT_AN_ADDRESS,
        wire::MOST_DOWNLOADS_AT_AN_ADDRESS,
        wire::MEMORY,
        wire::MEMORY_OF_AN_ADDRESS,
        wire::MEMORY_OF_STRANGERS,
        wire::MEMORY_OF_STRANGERS_AT_AN_ADDRESS,
        wire::MOST_PARSED,
        wire::MOST_COMPRESSED,
        wire::MOST_HASHED,
        wire::MOST_WAITING_TO_HASH,
        wire::MOST_STREAMS,
        ddp::LARGEST_FRAME,
        ddp::OF_STRANGERS.bytes,
        ddp::OF_STRANGERS.values,
        ddp::FRAME,
        ddp::MOST_TOPICS,
        ddp::MOST_TOPICS_LOGGED_IN,
        ddp::MOST_UNFINISHED,
        limits::MOST_ADDRESSES,
        limits::MOST_VISITORS,
        quotas::MOST_COUNTED,
        quotas::ENTRY,
        trigger_services::MOST_AT_ONCE,
        trigger_services::MOST_SAID,
        trigger_services::LONGEST_SAID,
        welcome::MOST_FACES,
        welcome::MOST_STARTS,
        widget_sites::MOST,
        sightings::MOST_NEW,
        sightings::MOST_REMEMBERED,
        messages::LONGEST_FROM_VISITORS,
        messages::MOST_LEADS,
        texting::MOST_LINKS,
        email_inboxes::MOST,
        emailing::LONGEST_TEXT,
    ];
    all.extend([
        ("body::PATIENCE", seconds(body::PATIENCE)),
        ("form::SILENCE", seconds(form::SILENCE)),
        ("form::PATIENCE", seconds(form::PATIENCE)),
        ("form::MOST_DRAINED", form::MOST_DRAINED),
        ("pictures::LARGEST", pictures::LARGEST),
        ("form::MOST_DRAINED_UNREAD", form::MOST_DRAINED_UNREAD),
        ("ddp::OF_A_SOCKET.at_once", ddp::OF_A_SOCKET.at_once as u64),
        (
            "ddp::OF_A_SOCKET.each_second",
            ddp::OF_A_SOCKET.each_second as u64,
        ),
        (
            "pace::OF_AN_ADDRESS.at_once",
            pace::OF_AN_ADDRESS.at_once as u64,
        ),
        (
            "pace::OF_AN_ADDRESS.each_second",
            pace::OF_AN_ADDRESS.each_second as u64,
        ),
        ("ddp::SLOWEST", seconds(ddp::SLOWEST)),
        (
            "dispatch::MOST_BODIES",
            dispatch::MOST_BODIES.unsigned_abs(),
        ),
        (
            "limits::VISITORS_AT_AN_ADDRESS",
            limits::VISITORS_AT_AN_ADDRESS.unsigned_abs(),
        ),
        ("limits::OF_A_DESK", limits::OF_A_DESK.unsigned_abs()),
        (
            "hark_realtime::MOST_WAITING",
            count(hark_realtime::hub::MOST_WAITING),
        ),
        (
            "hark_realtime::MOST_WAITING_BYTES",
            count(hark_realtime::hub::MOST_WAITING_BYTES),
        ),
        ("hark_files::MOST_READ", count(hark_files::MOST_READ)),
        (
            "transcripts::AT_AN_ADDRESS",
            transcripts::AT_AN_ADDRESS.unsigned_abs(),
        ),
        ("welcome::KEPT", seconds(welcome::KEPT)),
        ("sightings::EVERY", seconds(sightings::EVERY)),
        (
            "trigger_services::PATIENCE",
            seconds(trigger_services::PATIENCE),
        ),
        ("identity::LONGEST", count(identity::LONGEST)),
        ("sites::MOST", count(sites::MOST)),
        ("push_subscriptions::MOST", count(push_subscriptions::MOST)),
        (
            "push_subscriptions::MOST_HEARERS",
            count(push_subscriptions::MOST_HEARERS),
        ),
        ("sla::MOST", count(sla::MOST)),
        (
            "figures::LONGEST_DAYS",
            figures::LONGEST_DAYS.unsigned_abs(),
        ),
        ("figures::MOST_AGENTS", count(own_figures::MOST_AGENTS)),
        ("figures::MOST_WAITS", count(own_figures::MOST_WAITS)),
        (
            "figures::MOST_QUEUED",
            own_figures::MOST_QUEUED.unsigned_abs(),
        ),
        ("sums::MOST_DAYS_OF_HOURS", count(sums::MOST_DAYS_OF_HOURS)),
        ("reports::MOST_SHOWN", count(reports::MOST_SHOWN)),
        ("reports::MOST_DUTIES", reports::MOST_DUTIES.unsigned_abs()),
        ("tags::MOST", count(tags::MOST)),
        ("words::LONGEST_SEARCH", count(words::LONGEST_SEARCH)),
        ("words::MOST_LOOKED_FOR", count(words::MOST_LOOKED_FOR)),
        ("words::MOST_SIGNS", count(words::MOST_SIGNS)),
        ("words::MOST_FOUND", count(words::MOST_FOUND)),
        ("words::MOST_LOOKED_AT", count(words::MOST_LOOKED_AT)),
        ("words::MOST_WORDS", count(words::MOST_WORDS)),
        ("other_days::MOST", count(other_days::MOST)),
        ("other_days::MOST_SPANS", count(other_days::MOST_SPANS)),
        ("typists::MOST_ROOMS", count(typists::MOST_ROOMS)),
        ("typists::MOST_IN_ROOM", count(typists::MOST_IN_ROOM)),
        ("units::MOST", count(units::MOST)),
        ("units::MOST_MONITORS", count(units::MOST_MONITORS)),
        ("units::MOST_DEPARTMENTS", count(units::MOST_DEPARTMENTS)),
        ("canned_responses::MOST", count(canned_responses::MOST)),
        (
            "canned_responses::MOST_OF_ONE",
            count(canned_responses::MOST_OF_ONE),
        ),
        ("mail::MOST_WAITING", mail::MOST_WAITING.unsigned_abs()),
        ("sms::MOST_WAITING", sms::MOST_WAITING.unsigned_abs()),
        (
            "sms_routes::IN_A_MINUTE",
            sms_routes::IN_A_MINUTE.unsigned_abs(),
        ),
        (
            "pdf_transcripts::MOST_WAITING",
            pdf_transcripts::MOST_WAITING.unsigned_abs(),
        ),
        (
            "forgotten::MOST_LETTERS",
            forgotten::MOST_LETTERS.unsigned_abs(),
        ),
        (
            "forgotten::LINK_SECONDS",
            forgotten::LINK_SECONDS.unsigned_abs(),
        ),
        (
            "sessions::MOST_PLACES",
            sessions::MOST_PLACES.unsigned_abs(),
        ),
    ]);
    all.extend(
        SETTINGS
            .iter()
            .filter_map(|id| match catalogue::find(id)?.preset {
                Preset::Int(preset) => Some((*id, preset.unsigned_abs())),
                _ => None,
            }),
    );
    all
}

/// Bounds that are settings, with their first values.
const SETTINGS: &[&str] = &[
    "API_Enable_Rate_Limiter_Limit_Calls_Default",
    "FileUpload_MaxFileSize",
    "FileUpload_MaxBytes_Visitor_Day",
    "FileUpload_MaxBytes_Chat_Day",
    "FileUpload_MaxBytes_Address_Day",
    "FileUpload_MaxBytes_Day",
    "FileUpload_Disk_Reserve",
    "Block_Multiple_Failed_Logins_Attempts_Until_Block_by_User",
    "Block_Multiple_Failed_Logins_Attempts_Until_Block_By_Ip",
    "Livechat_visitor_entries_per_day",
    "Livechat_address_entries_per_day",
];
