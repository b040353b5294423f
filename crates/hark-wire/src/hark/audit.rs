//! The audit: what those who work here changed.

use hark_model::audit::{self, Change, Line, Search};
use hark_model::text::key;
use hark_store::Timestamp;
use serde_json::Value;

use super::answers::{AuditLine, Page};
use super::{LIMIT, Nothing, POLLED, in_order, limit, misfit, moment};
use crate::answer::Failure;
use crate::call::Call;
use crate::handler::Done;
use crate::params::{NonEmpty, params};
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "audit", Access::Permission("can-audit-log"), "Who changed what and when, latest first", list)
        .per_minute(POLLED),
    &route!(Hark GET "audit/{id}", Access::Permission("can-audit-log"), "One line of the audit", one)
        .per_minute(POLLED),
];

params! {
    struct Wanted {
        /// The id of the account that changed something.
        person: Option<NonEmpty>,
        /// The kind of change.
        kind: Option<NonEmpty>,
        /// The id of what was changed, as `subject` of a change has it.
        subject: Option<NonEmpty>,
        from: Option<NonEmpty>,
        to: Option<NonEmpty>,
        /// A part of the name of what was changed.
        text: Option<NonEmpty>,
        limit: Option<i64> = LIMIT,
        cursor: Option<NonEmpty>,
    }
}

/// Lines that are looked at for one page, and at once.
const MOST_SCANNED: usize = 5_000;
const READ_AT_ONCE: i64 = 250;

/// All that lines are to have: what they are looked for by is one part of it.
struct Filter {
    person: Option<String>,
    kind: Option<String>,
    text: Option<String>,
}

impl Filter {
    fn admits(&self, line: &Line) -> bool {
        let is_of_kind = |kind: &String| line.changes.iter().any(|change| change.kind == *kind);
        let has_text = |text: &String| {
            let by = line.by.iter().map(|by| by.username.to_lowercase());
            let mut words = by.chain(line.changes.iter().map(words));
            words.any(|words| words.contains(text))
        };
        let is_by = |person: &String| line.by.as_ref().is_some_and(|by| by.id == *person);
        self.kind.as_ref().is_none_or(is_of_kind)
            && self.text.as_ref().is_none_or(has_text)
            && self.person.as_ref().is_none_or(is_by)
    }
}

/// All that a change says, to look for a text in.
fn words(change: &Change) -> String {
    let written = |value: &Option<Value>| value.as_ref().map_or_else(String::new, Value::to_string);
    let all = [
        change.kind.clone(),
        change.subject.clone(),
        change.name.clone().unwrap_or_default(),
        written(&change.from),
        written(&change.to),
    ];
    all.join(" ").to_lowercase()
}

/// A page may be empty and go on: it ends after so many lines that were looked at.
async fn list(call: Call, wanted: Wanted) -> Result<Done<Page<AuditLine>>, Failure> {
    let limit = limit(wanted.limit);
    let from = moment("from", wanted.from.as_ref())?;
    let to = moment("to", wanted.to.as_ref())?;
    in_order(("from", from), ("to", to))?;
    let place = place(wanted.cursor.as_ref(), to)?;
    let search = Search {
        subject: wanted.subject.map(|subject| subject.0),
        person: wanted.person.map(|person| person.0),
        kind: wanted.kind.map(|kind| kind.0),
        from: from.unwrap_or(Timestamp::from_millis(0)),
    };
    // The index of a kind knows lines by the first of their changes.
    let is_by_kind = search.subject.is_none() && search.person.is_none();
    let filter = Filter {
        person: search.person.clone(),
        kind: search.kind.clone().filter(|_| !is_by_kind),
        text: wanted.text.map(|text| key(&text)),
    };
    lines(&call, search, filter, place, limit).await
}

async fn one(call: Call, _: Nothing) -> Result<Done<AuditLine>, Failure> {
    let found = call.query(|call, view| Ok(audit::find(view, call.path(0))?));
    let found = found.await?;
    let line =
        found.ok_or_else(|| Failure::NotFound("There is no such line, or not any more".into()))?;
    Ok(Done(AuditLine::of(&line)))
}

/// What was changed of one thing.
pub(super) async fn lines_of(
    call: &Call,
    subject: String,
    wanted: Option<i64>,
    cursor: Option<&NonEmpty>,
) -> Result<Done<Page<AuditLine>>, Failure> {
    let search = Search {
        subject: Some(subject),
        person: None,
        kind: None,
        from: Timestamp::from_millis(0),
    };
    let filter = Filter {
        person: None,
        kind: None,
        text: None,
    };
    lines(call, search, filter, place(cursor, None)?, limit(wanted)).await
}

/// A moment and, at that moment, an id.
type Place = (Timestamp, String);

/// Where a page begins.
fn place(cursor: Option<&NonEmpty>, to: Option<Timestamp>) -> Result<Place, Failure> {
    let Some(cursor) = cursor else {
        return Ok((
            to.unwrap_or(Timestamp::from_millis(i64::MAX)),
            String::new(),
        ));
    };
    let place = cursor.split_once('-');
    let place = place.and_then(|(at, id)| Some((at.parse().ok()?, id)));
    let (at, id) = place.ok_or_else(|| misfit("cursor", "has to be one that a page has given"))?;
    Ok((Timestamp::from_millis(at), id.to_owned()))
}

async fn lines(
    call: &Call,
    search: Search,
    filter: Filter,
    place: Place,
    limit: usize,
) -> Result<Done<Page<AuditLine>>, Failure> {
    let look = call.query(move |_, view| {
        let (mut items, mut place, mut scanned) = (Vec::new(), place.clone(), 0);
        loop {
            let lines = audit::latest(view, &search, (place.0, &place.1), READ_AT_ONCE)?;
            let is_last = (lines.len() as i64) < READ_AT_ONCE;
            scanned += lines.len();
            for line in &lines {
                if items.len() == limit {
                    return Ok((items, Some(place)));
                }
                place = (line.at, line.id.clone());
                if filter.admits(line) {
                    items.push(AuditLine::of(line));
                }
            }
            if is_last {
                return Ok((items, None));
            }
            if scanned >= MOST_SCANNED {
                return Ok((items, Some(place)));
            }
        }
    });
    let (items, next) = look.await?;
    let next_cursor = next.map(|(at, id)| format!("{}-{id}", at.millis()));
    Ok(Done(Page { items, next_cursor }))
}
