//! What our own API answers of opening hours.

use hark_staff::hours;
use hark_staff::hours::other_days;
use hark_webhooks::dialects::Iso;
use hark_webhooks::written;
use schemars::JsonSchema;
use serde::Serialize;

written! {
    [#[derive(Serialize, JsonSchema)] #[serde(rename_all = "camelCase")] #[schemars(deny_unknown_fields)]]

    /// Opening hours by their clocks, whether or not the settings let them hold.
    pub(crate) struct OpeningHours of(opening: &hours::Opening) {
        /// The id of the business hours, as Rocket.Chat's API knows them.
        id: String = opening.hour.id.clone(),
        /// What they are called; empty for those of everybody.
        name: String = opening.hour.name.clone(),
        /// Whether they are open now. Hours that are switched off are not.
        is_open: bool = opening.is_open,
        /// When that changes; `null` if it does not within a year.
        changes_at: Option<Iso> = opening.changes_at.map(Iso),
    }

    pub(crate) struct OpeningHoursInFull {
        #[serde(flatten)]
        hours: OpeningHours,
        /// The days on which other hours hold than those of the week, the first one first. Those that are over stay until
        /// somebody removes them.
        other_days: Vec<OtherDay>,
    }

    /// Days on which other hours hold, on the clocks of the business hours.
    pub(crate) struct OtherDay of(other: &other_days::OtherDay) {
        /// The first of the days, `2026-12-24`.
        from: String = other.first_day.clone(),
        /// The last of them.
        until: String = other.last_day.clone(),
        /// What they are called.
        name: String = other.name.clone(),
        /// From when until when it is open on each of them; nothing where it is closed.
        hours: Vec<SpanOfDay> = other.spans.iter().map(SpanOfDay::of).collect(),
    }

    pub(crate) struct SpanOfDay of(span: &other_days::Span) {
        /// When it opens, `HH:mm`.
        start: String = span.start.clone(),
        /// When it closes, `HH:mm`, at most `24:00`.
        finish: String = span.finish.clone(),
    }
}
