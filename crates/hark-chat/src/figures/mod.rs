//! Figures of chats, for reports. What a closed chat was changes no more, so it is summed up once, at
//! the moment at which the chat began: for each day and agent, and for each hour. Chats that are open,
//! or closed and not summed up yet, are few: reports add them as they are. So each figure is true at each
//! moment, and a report over a year reads some thousand rows.
//!
//! A chat is summed up soon after it was closed, by a job that runs on one node ([`count_some`]). When
//! something of it is to change after all, it is taken out of the sums first ([`changes`], [`goes`]).

mod calendar;
pub mod duty;
pub(crate) mod names;
pub mod now;
mod reports;
mod rows;
pub mod spreads;

use std::collections::BTreeMap;

use hark_store::{Result, Timestamp, Tx, View, record};
use serde_json::Value;

use hark_model::events::Feedback;
use hark_model::rooms::{self, Metrics, Room};

pub use self::calendar::{Calendar, day};
pub use self::names::{Person, departments, people, visitors};
pub use self::reports::{
    Key, Label, Totals, Wait, by_hour, by_hour_of_some, by_place, labels, waits,
};
pub(crate) use self::rows::ALL;

pub const HOUR: i64 = 3_600_000;
pub const DAY: i64 = 24 * HOUR;

/// How long a stretch of time may be: a year, and some days that people take for one.
pub const LONGEST_DAYS: i64 = 369;
/// Chats that are summed up in one transaction.
const AT_ONCE: i64 = 200;

record! {
    /// A chat, as far as figures are made of it.
    #[derive(Debug, Clone)]
    pub(crate) struct Chat from "room" {
        id: String,
        department: Option<String> = "room.department_id",
        agent: Option<String> = "room.served_by",
        open: bool,
        on_hold: bool,
        waiting: bool = "room.waiting_response",
        source: Value,
        tags: Vec<String>,
        survey: Option<Value>,
        said: i64,
        transfers: i64,
        metrics: Metrics,
        created_at: Timestamp,
    }
}

record! {
    /// Sums of chats. Times are milliseconds.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub struct Sums from "figure" {
        pub chats: i64 = "CAST(coalesce(sum(figure.chats), 0) AS BIGINT)",
        /// What visitors and agents said.
        pub messages: i64 = "CAST(coalesce(sum(figure.messages), 0) AS BIGINT)",
        /// Those that have a tag.
        pub tagged: i64 = "CAST(coalesce(sum(figure.tagged), 0) AS BIGINT)",
        pub transferred: i64 = "CAST(coalesce(sum(figure.transferred), 0) AS BIGINT)",
        pub abandoned: i64 = "CAST(coalesce(sum(figure.abandoned), 0) AS BIGINT)",
        /// From the beginning to the end.
        pub duration: i64 = "CAST(coalesce(sum(figure.duration), 0) AS BIGINT)",
        pub longest_duration: i64 = "coalesce(max(figure.longest_duration), 0)",
        /// Those that an agent served until the end, and for how long.
        pub served: i64 = "CAST(coalesce(sum(figure.served), 0) AS BIGINT)",
        pub service: i64 = "CAST(coalesce(sum(figure.service), 0) AS BIGINT)",
        /// Those in which an agent answered; how long the first answer took, and each on average.
        pub answered: i64 = "CAST(coalesce(sum(figure.answered), 0) AS BIGINT)",
        pub first_response: i64 = "CAST(coalesce(sum(figure.first_response), 0) AS BIGINT)",
        pub best_response: Option<i64> = "min(figure.best_response)",
        pub longest_response: i64 = "coalesce(max(figure.longest_response), 0)",
        pub response: i64 = "CAST(coalesce(sum(figure.response), 0) AS BIGINT)",
        /// From when the agent had it to their first answer.
        pub reaction: i64 = "CAST(coalesce(sum(figure.reaction), 0) AS BIGINT)",
        pub longest_reaction: i64 = "coalesce(max(figure.longest_reaction), 0)",
    }
}

impl Sums {
    fn of(chat: &Chat) -> Self {
        let metrics = &chat.metrics;
        let ended = |time: Option<i64>| time.filter(|_| !chat.open);
        let duration = ended(metrics.chat_duration).unwrap_or(0);
        let service = ended(metrics.service_duration);
        let first = metrics.first_response;
        let reaction = first.map(|first| metrics.first_reaction.unwrap_or(first));
        let reaction = reaction.unwrap_or(0);
        Self {
            chats: 1,
            messages: chat.said,
            tagged: i64::from(!chat.tags.is_empty()),
            transferred: i64::from(chat.transfers > 0),
            abandoned: i64::from(metrics.abandoned && !chat.open),
            duration,
            longest_duration: duration,
            served: i64::from(service.is_some()),
            service: service.unwrap_or(0),
            answered: i64::from(first.is_some()),
            first_response: first.unwrap_or(0),
            best_response: first,
            longest_response: first.unwrap_or(0),
            response: first.map_or(0, |_| metrics.response_total / metrics.responses.max(1)),
            reaction,
            longest_reaction: reaction,
        }
    }

    pub fn add(&mut self, other: &Self) {
        self.chats += other.chats;
        self.messages += other.messages;
        self.tagged += other.tagged;
        self.transferred += other.transferred;
        self.abandoned += other.abandoned;
        self.duration += other.duration;
        self.longest_duration = self.longest_duration.max(other.longest_duration);
        self.served += other.served;
        self.service += other.service;
        self.answered += other.answered;
        self.first_response += other.first_response;
        let best = self.best_response.into_iter().chain(other.best_response);
        self.best_response = best.min();
        self.longest_response = self.longest_response.max(other.longest_response);
        self.response += other.response;
        self.reaction += other.reaction;
        self.longest_reaction = self.longest_reaction.max(other.longest_reaction);
    }

    /// What takes these out of sums again. What is the longest or the best of the others is not said.
    const fn taken_out(&self) -> Self {
        Self {
            chats: -self.chats,
            messages: -self.messages,
            tagged: -self.tagged,
            transferred: -self.transferred,
            abandoned: -self.abandoned,
            duration: -self.duration,
            longest_duration: 0,
            served: -self.served,
            service: -self.service,
            answered: -self.answered,
            first_response: -self.first_response,
            best_response: None,
            longest_response: 0,
            response: -self.response,
            reaction: -self.reaction,
            longest_reaction: 0,
        }
    }

    /// Whether the longest or the best of these may be that of another.
    fn may_lead(&self, other: &Self) -> bool {
        self.longest_duration >= other.longest_duration
            || self.longest_response >= other.longest_response
            || self.longest_reaction >= other.longest_reaction
            || self.best_response <= other.best_response
    }
}

/// What stands in a row of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Span {
    Day,
    Hour,
}

impl Span {
    const ALL: [Self; 2] = [Self::Day, Self::Hour];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "d",
            Self::Hour => "h",
        }
    }

    const fn millis(self) -> i64 {
        match self {
            Self::Day => DAY,
            Self::Hour => HOUR,
        }
    }
}

/// A row of sums.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    span: Span,
    at: i64,
    /// Empty without one.
    department: String,
    /// Empty for nobody, and for all of an hour.
    agent: String,
}

impl Place {
    fn of(chat: &Chat, span: Span) -> Self {
        let agent = match span {
            Span::Day => chat.agent.clone().unwrap_or_default(),
            Span::Hour => String::new(),
        };
        Self {
            span,
            at: begin_of(chat.created_at.millis(), span.millis()),
            department: chat.department.clone().unwrap_or_default(),
            agent,
        }
    }
}

const fn begin_of(at: i64, length: i64) -> i64 {
    at - at.rem_euclid(length)
}

/// Chats that began in a stretch of time, of one department or of all, or of those of a monitor.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// In milliseconds.
    pub from: i64,
    /// The end, which is outside.
    pub to: i64,
    pub department: Option<&'a str>,
    /// Whose units bound what is counted.
    pub monitor: Option<&'a str>,
}

const SOURCE: &str = "s";
const TAG: &str = "t";
const RATING: &str = "r";
const FIRST_ANSWER: &str = "f";
const DURATION: &str = "d";
/// A chat may be opened by a program that says anything of where it came from.
const LONGEST_SOURCE: usize = 100;

/// What a chat is listed under: where it came from, its tags, what its visitor thought of it, and how long things took.
fn labels_of(chat: &Chat) -> Vec<(&'static str, String)> {
    let said = |name: &str| chat.source.get(name).and_then(Value::as_str);
    let source = said("alias").or_else(|| said("type"));
    let source = source.filter(|source| !source.is_empty());
    let source = source.map(|source| source.chars().take(LONGEST_SOURCE).collect());
    let source = source.map(|source| (SOURCE, source));
    let tags = chat.tags.iter().map(|tag| (TAG, tag.clone()));
    let rating = chat.survey.as_ref();
    let rating = rating.and_then(|survey| survey.get(Feedback::SATISFACTION)?.as_str());
    let rating = rating.map(|rating| (RATING, rating.to_owned()));
    let times = spreads::labels_of(&chat.metrics, chat.open);
    let labels = source.into_iter().chain(tags).chain(rating);
    labels.chain(times).collect()
}

/// A chat was closed; it is summed up soon.
pub(crate) fn closed(tx: &mut Tx<'_>, room: &Room) -> Result<()> {
    rows::make_due(tx, &room.id)
}

/// Something of a chat is about to change. What is summed up of it is taken out, and is summed up anew.
pub(crate) fn changes(tx: &mut Tx<'_>, room: &Room) -> Result<()> {
    if is_summed_up(room) {
        take_out(tx, room)?;
        rows::make_due(tx, &room.id)?;
    }
    Ok(())
}

/// A chat is about to be removed.
pub(crate) fn goes(tx: &mut Tx<'_>, room: &Room) -> Result<()> {
    if is_summed_up(room) {
        take_out(tx, room)?;
    }
    Ok(())
}

fn is_summed_up(room: &Room) -> bool {
    room.kind == rooms::Kind::Live && !room.open
}

/// The room is locked. One that is due was not summed up yet.
fn take_out(tx: &mut Tx<'_>, room: &Room) -> Result<()> {
    rows::wait_for_turn(tx)?;
    if rows::undo_due(tx, &room.id)? {
        return Ok(());
    }
    let Some(chat) = rows::chat(tx, &room.id)? else {
        return Ok(());
    };
    let own = Sums::of(&chat);
    for span in Span::ALL {
        subtract(tx, &Place::of(&chat, span), &own, &chat.id)?;
    }
    add_labels(tx, [&chat], -1)
}

/// `except`: a chat that still is where it is taken out.
fn subtract(tx: &mut Tx<'_>, place: &Place, own: &Sums, except: &str) -> Result<()> {
    let Some(before) = rows::at_place(tx, place)? else {
        return Ok(());
    };
    if before.chats <= own.chats {
        return rows::forget_place(tx, place);
    }
    rows::add(tx, place, &own.taken_out())?;
    if own.may_lead(&before) {
        let mut others = Sums::default();
        for chat in rows::others_at(tx, place, except)? {
            others.add(&Sums::of(&chat));
        }
        rows::lead(tx, place, &others)?;
    }
    Ok(())
}

/// Rooms have just left a department that is gone; so do their sums.
pub(crate) fn left_department(tx: &mut Tx<'_>, department: &str, rooms: &[String]) -> Result<()> {
    rows::wait_for_turn(tx)?;
    let chats = rows::summed_up_of(tx, rooms)?;
    for (place, sums) in sums_by_place(&chats) {
        let before = Place {
            department: department.to_owned(),
            ..place.clone()
        };
        subtract(tx, &before, &sums, "")?;
        rows::add(tx, &place, &sums)?;
    }
    add_department_labels(tx, chats.iter().map(|chat| (department, chat)), -1)
}

/// Sums up some of the chats that were closed, and answers whether there may be more.
pub fn count_some(tx: &mut Tx<'_>) -> Result<bool> {
    rows::wait_for_turn(tx)?;
    let due = rows::take_due(tx, AT_ONCE)?;
    let chats = rows::chats(tx, &due)?;
    sum_up(tx, &chats)?;
    Ok(due.len() as i64 == AT_ONCE)
}

/// Whether there is a chat to be summed up.
pub fn is_due(view: &mut View<'_>) -> Result<bool> {
    rows::is_due(view)
}

/// The latest of the days that are to be counted anew; all of them are no later.
pub fn to_recount(view: &mut View<'_>) -> Result<Option<i64>> {
    rows::to_recount(view)
}

fn sum_up(tx: &mut Tx<'_>, chats: &[Chat]) -> Result<()> {
    for (place, sums) in &sums_by_place(chats) {
        rows::add(tx, place, sums)?;
    }
    add_labels(tx, chats, 1)
}

fn sums_by_place(chats: &[Chat]) -> BTreeMap<Place, Sums> {
    let mut sums: BTreeMap<Place, Sums> = BTreeMap::new();
    for chat in chats {
        for span in Span::ALL {
            let place = sums.entry(Place::of(chat, span)).or_default();
            place.add(&Sums::of(chat));
        }
    }
    sums
}

fn add_labels<'c>(
    tx: &mut Tx<'_>,
    chats: impl IntoIterator<Item = &'c Chat>,
    number: i64,
) -> Result<()> {
    let chats: Vec<&Chat> = chats.into_iter().collect();
    let mut labels: BTreeMap<(i64, &str, String), i64> = BTreeMap::new();
    for chat in &chats {
        let day = begin_of(chat.created_at.millis(), DAY);
        for (kind, label) in labels_of(chat) {
            *labels.entry((day, kind, label)).or_default() += number;
        }
    }
    for ((day, kind, label), number) in &labels {
        rows::add_label(tx, *day, kind, label, *number)?;
    }
    let in_departments = chats
        .iter()
        .filter_map(|chat| Some((chat.department.as_deref()?, *chat)));
    add_department_labels(tx, in_departments, number)
}

/// The labels of chats, each in a department.
fn add_department_labels<'c>(
    tx: &mut Tx<'_>,
    chats: impl IntoIterator<Item = (&'c str, &'c Chat)>,
    number: i64,
) -> Result<()> {
    let mut labels: BTreeMap<(&str, i64, &str, String), i64> = BTreeMap::new();
    for (department, chat) in chats {
        let day = begin_of(chat.created_at.millis(), DAY);
        for (kind, label) in labels_of(chat) {
            *labels.entry((department, day, kind, label)).or_default() += number;
        }
    }
    for ((department, day, kind, label), number) in &labels {
        rows::add_department_label(tx, department, *day, kind, label, *number)?;
    }
    Ok(())
}

/// The days on which chats began that there are, from the first to the last.
pub fn days(view: &mut View<'_>) -> Result<Vec<i64>> {
    let Some((first, last)) = rows::ends(view)? else {
        return Ok(Vec::new());
    };
    let first = begin_of(first, DAY);
    let days = (first..=last).step_by(usize::try_from(DAY).unwrap_or(usize::MAX));
    Ok(days.collect())
}

/// Counts the chats of a day anew; the others stay as they are.
pub fn recount(tx: &mut Tx<'_>, day: i64) -> Result<()> {
    rows::wait_for_turn(tx)?;
    rows::forget(tx, day, day + DAY)?;
    let chats = rows::summed_up(tx, day, day + DAY)?;
    sum_up(tx, &chats)
}

/// Counts one of the days anew that were summed up before all was counted that is now. Answers whether there was one.
pub fn recount_one(tx: &mut Tx<'_>) -> Result<bool> {
    let Some(day) = rows::to_recount(tx)? else {
        return Ok(false);
    };
    recount(tx, day)?;
    rows::recounted(tx, day)?;
    Ok(true)
}

/// Forgets sums of times in which no chat began.
pub fn forget_around(tx: &mut Tx<'_>, days: &[i64]) -> Result<()> {
    rows::wait_for_turn(tx)?;
    let first = days.first().copied().unwrap_or(i64::MAX);
    let end = days.last().map_or(i64::MAX, |last| last + DAY);
    rows::forget(tx, i64::MIN, first)?;
    rows::forget(tx, end, i64::MAX)
}
