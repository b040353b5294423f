//! Conversations as somebody looks for them, and what they look for again and again.

use hark_chat::figures::{self, LONGEST_DAYS};
use hark_chat::messages;
use hark_chat::views::{self, Shown};
use hark_model::rooms::{self, Filter, Room, State};
use hark_model::text::key;
use hark_model::{Page, Refusal};
use hark_store::{Timestamp, View, text_enum};
use serde_json::{Value, json};

use super::answers::{self, Conversation, Page as Entries};
use super::conversations::sees;
use super::{LIMIT, Nothing, POLLED, in_order, limit, misfit, moment};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::handler::{Done, Made};
use crate::limits::OF_A_DESK;
use crate::params::{NonEmpty, choices, params};
use crate::route::{Access, Route, route};
use crate::shape::Shape;

const AGENT: Access = Access::Permission("view-l-room");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "conversations", AGENT, "Conversations that one may see, the one that began last first", list)
        .per_minute(POLLED),
    &route!(Hark GET "views", AGENT, "One's own saved views", saved)
        .per_minute(POLLED),
    &route!(Hark POST "views", AGENT, "Save what one looks for", save)
        .per_minute(OF_A_DESK),
    &route!(Hark PATCH "views/{id}", AGENT, "Change a saved view of one's own", change)
        .per_minute(OF_A_DESK),
    &route!(Hark DELETE "views/{id}", AGENT, "Remove a saved view of one's own", remove)
        .per_minute(OF_A_DESK),
];

/// Of how many days a report may be.
const DAYS: Shape = Shape::Between(1, LONGEST_DAYS);

text_enum! {
    /// What a report is about.
    enum ReportKind {
        Overview = "overview",
        Chats = "chats",
        Agents = "agents",
        Departments = "departments",
        Tags = "tags",
        Satisfaction = "satisfaction",
        Webhooks = "webhooks",
    }
}

text_enum! {
    /// What a report is compared with.
    enum Against {
        /// As many days before.
        Before = "before",
        /// The same days of the year before.
        Year = "year",
    }
}

choices!(ReportKind, Against);

params! {
    struct Wanted {
        /// Words that were said, or a name, in any case.
        text: Option<NonEmpty>,
        /// What the conversations are doing.
        state: Option<answers::ConversationState>,
        /// Who serves or served them, by id.
        agent: Option<NonEmpty>,
        /// The id of a department.
        department: Option<NonEmpty>,
        /// A tag that they have.
        tag: Option<NonEmpty>,
        /// The id of a visitor.
        visitor: Option<NonEmpty>,
        from: Option<NonEmpty>,
        to: Option<NonEmpty>,
        limit: Option<i64> = LIMIT,
        cursor: Option<NonEmpty>,
    }

    /// What a list of conversations takes.
    struct Looked {
        /// Words that were said, or a name, in any case.
        text: Option<NonEmpty>,
        /// What the conversations are doing.
        state: Option<answers::ConversationState>,
        /// Who serves or served them, by id.
        agent: Option<NonEmpty>,
        /// The id of a department.
        department: Option<NonEmpty>,
        /// A tag that they have.
        tag: Option<NonEmpty>,
        /// The id of a visitor.
        visitor: Option<NonEmpty>,
        from: Option<NonEmpty>,
        to: Option<NonEmpty>,
    }

    struct New {
        /// What the view is called.
        name: NonEmpty,
        /// Which conversations it shows.
        filter: Option<Looked>,
        /// Which report it shows instead.
        report: Option<Report>,
    }

    /// A report, and the stretch of time that it is of.
    struct Report {
        /// What it is about.
        kind: ReportKind,
        /// How many days until the day on which it is looked at.
        days: Option<i64> = DAYS,
        /// Its first day, if it is always of the same ones.
        from: Option<NonEmpty>,
        /// Its last day.
        until: Option<NonEmpty>,
        /// What it is compared with.
        against: Option<Against>,
        /// The id of a department.
        department: Option<NonEmpty>,
    }

    struct Changed {
        /// What it is called from now on.
        name: Option<NonEmpty>,
        /// Which conversations it shows from now on.
        filter: Option<Looked>,
        /// Which report it shows from now on instead.
        report: Option<Report>,
    }
}

/// Conversations that are looked at for one page, and at once. Of those that a text is looked for in, all that was
/// said is read.
const MOST_SCANNED: usize = 2_000;
const MOST_READ: usize = 200;
const READ_AT_ONCE: i64 = 100;
const LONGEST_WORD: usize = 200;

/// What no index speaks of.
struct Closer {
    text: Option<String>,
    tag: Option<String>,
}

impl Closer {
    fn admits(&self, view: &mut View<'_>, room: &Room) -> Result<bool, Refusal> {
        if self
            .tag
            .as_ref()
            .is_some_and(|tag| !room.tags.contains(tag))
        {
            return Ok(false);
        }
        let Some(text) = &self.text else {
            return Ok(true);
        };
        let topic = room.topic.as_deref().unwrap_or_default();
        let is_called = |name: &str| key(name).contains(text);
        if is_called(&room.name) || is_called(topic) || room.tags.iter().any(|tag| is_called(tag)) {
            return Ok(true);
        }
        let one = Page {
            offset: 0,
            limit: 1,
        };
        Ok(!messages::said(view, &room.id, text, one)?.0.is_empty())
    }
}

/// Rooms from a place on, the one that began last first: by the index of the narrowest thing that is asked for.
fn next(
    view: &mut View<'_>,
    visitor: Option<&str>,
    filter: &Filter,
    passed_over: usize,
) -> Result<Vec<Room>, Refusal> {
    let page = Page {
        offset: passed_over as i64,
        limit: READ_AT_ONCE,
    };
    match visitor {
        Some(visitor) => {
            let monitor = filter.monitor.as_deref();
            Ok(rooms::of_visitor(view, visitor, monitor, page)?.0)
        }
        None => Ok(rooms::rooms_only(view, filter, page)?),
    }
}

/// A page may be empty and go on: it ends after so many conversations that were looked at.
async fn list(call: Call, wanted: Wanted) -> Result<Done<Entries<Conversation>>, Failure> {
    let limit = limit(wanted.limit);
    let from = moment("from", wanted.from.as_ref())?;
    let to = moment("to", wanted.to.as_ref())?;
    in_order(("from", from), ("to", to))?;
    let text = wanted.text.map(|text| key(&text));
    if text
        .as_ref()
        .is_some_and(|text| text.chars().nth(LONGEST_WORD).is_some())
    {
        return Err(misfit("text", "may have 200 characters"));
    }
    let after = match &wanted.cursor {
        None => None,
        Some(cursor) => {
            let place = cursor.split_once('-');
            let place = place.and_then(|(at, id)| Some((at.parse().ok()?, id)));
            let (at, id) =
                place.ok_or_else(|| misfit("cursor", "has to be one that a page has given"))?;
            Some((Timestamp::from_millis(at), id.to_owned()))
        }
    };
    let begin = from.unwrap_or(rooms::ANY_TIME.0);
    let end = to.unwrap_or(rooms::ANY_TIME.1);
    let last = after.as_ref().map_or(end, |(at, _)| end.min(*at));
    let filter = Filter {
        state: wanted.state.map(answers::ConversationState::state),
        agents: wanted.agent.into_iter().map(|agent| agent.0).collect(),
        department: wanted.department.map(|department| department.0),
        monitor: call.bound("view-l-room"),
        created: (begin, last),
        ..Filter::default()
    };
    let most = if text.is_some() {
        MOST_READ
    } else {
        MOST_SCANNED
    };
    let closer = Closer {
        text,
        tag: wanted.tag.map(|tag| tag.0),
    };
    let visitor = wanted.visitor.map(|visitor| visitor.0);
    let look = call.query(move |call, view| {
        let (mut items, mut place, mut scanned) = (Vec::new(), after.clone(), 0);
        loop {
            let found = next(view, visitor.as_deref(), &filter, scanned)?;
            let is_last = (found.len() as i64) < READ_AT_ONCE;
            for room in &found {
                scanned += 1;
                let is_before = |(at, id): &(Timestamp, String)| {
                    (room.created_at, room.id.as_str()) < (*at, id.as_str())
                };
                if !place.as_ref().is_none_or(is_before) {
                    continue;
                }
                if items.len() == limit {
                    return Ok((items, place));
                }
                place = Some((room.created_at, room.id.clone()));
                // What the index of a visitor does not look at.
                let fits = visitor.is_none() || is_admitted(&filter, room);
                if fits && closer.admits(view, room)? && sees(call, view, room)? {
                    let last = messages::last(view, room)?;
                    items.push(Conversation::of(room, last.as_ref()));
                }
            }
            if is_last {
                return Ok((items, None));
            }
            if scanned >= most {
                return Ok((items, place));
            }
        }
    });
    let (items, next) = look.await?;
    let next_cursor = next.map(|(at, id)| format!("{}-{id}", at.millis()));
    Ok(Done(Entries { items, next_cursor }))
}

fn is_admitted(filter: &Filter, room: &Room) -> bool {
    let served_by = room.served_by.as_ref().map(|agent| &agent.id);
    let is_open = room.open && !room.is_on_hold();
    let has_state = filter.state.is_none_or(|state| match state {
        State::OnHold => room.is_on_hold(),
        State::Served => is_open && served_by.is_some(),
        State::Queued => is_open && served_by.is_none(),
        State::Closed => !room.open && !room.is_on_hold(),
    });
    has_state
        && (filter.created.0..=filter.created.1).contains(&room.created_at)
        && (filter.agents.is_empty() || served_by.is_some_and(|id| filter.agents.contains(id)))
        && (filter.department.is_none() || filter.department == room.department)
}

async fn saved(call: Call, _: Nothing) -> Result<Done<Entries<answers::SavedView>>, Failure> {
    let look = call.query(|call, view| Ok(views::of_account(view, &call.account()?.id)?));
    let found = look.await?;
    Ok(Done(Entries {
        items: found.iter().map(answers::SavedView::of).collect(),
        next_cursor: None,
    }))
}

/// What is kept of a filter: what was given, with moments that can be read.
fn kept(filter: &Looked) -> Result<Value, Failure> {
    let from = moment("filter/from", filter.from.as_ref())?;
    let to = moment("filter/to", filter.to.as_ref())?;
    in_order(("filter/from", from), ("filter/to", to))?;
    let given = |given: &Option<NonEmpty>| given.as_ref().map(|text| text.0.clone());
    let mut kept = json!({
        "text": given(&filter.text),
        "state": filter.state.map(answers::ConversationState::as_str),
        "agent": given(&filter.agent),
        "department": given(&filter.department),
        "tag": given(&filter.tag),
        "visitor": given(&filter.visitor),
        "from": from.map(Timestamp::iso),
        "to": to.map(Timestamp::iso),
    });
    drop_what_is_missing("filter", &mut kept)?;
    Ok(kept)
}

/// What is not given is not kept, and no text is longer than names are.
fn drop_what_is_missing(of: &str, kept: &mut Value) -> Result<(), Failure> {
    let Value::Object(members) = kept else {
        return Ok(());
    };
    members.retain(|_, value| !value.is_null());
    let is_long = |value: &Value| {
        let text = value.as_str().unwrap_or_default();
        text.chars().nth(LONGEST_WORD).is_some()
    };
    match members.iter().find(|(_, value)| is_long(value)) {
        Some((name, _)) => Err(misfit(&format!("{of}/{name}"), "may have 200 characters")),
        None => Ok(()),
    }
}

fn day_of<'a>(name: &str, given: Option<&'a NonEmpty>) -> Result<Option<&'a str>, Failure> {
    let given = given.map(|text| text.0.as_str());
    if given.is_none_or(|text| figures::day(text).is_some()) {
        return Ok(given);
    }
    Err(misfit(
        &format!("report/{name}"),
        "has to be a day as 2026-11-30",
    ))
}

/// What is kept of a report: what was given, with days that there are.
fn kept_report(report: &Report) -> Result<Value, Failure> {
    let from = day_of("from", report.from.as_ref())?;
    let until = day_of("until", report.until.as_ref())?;
    if report.days.is_some() == (from.is_some() && until.is_some()) || from > until {
        return Err(misfit(
            "report",
            "needs days, or from and until in that order",
        ));
    }
    let mut kept = json!({
        "kind": report.kind.as_str(),
        "days": report.days,
        "from": from,
        "until": until,
        "against": report.against.map(Against::as_str),
        "department": report.department.as_ref().map(|id| id.0.as_str()),
    });
    drop_what_is_missing("report", &mut kept)?;
    Ok(kept)
}

/// One of the two; nothing of neither.
fn shown(filter: Option<&Looked>, report: Option<&Report>) -> Result<Option<Shown>, Failure> {
    match (filter, report) {
        (Some(filter), None) => Ok(Some(Shown::Conversations(kept(filter)?))),
        (None, Some(report)) => Ok(Some(Shown::Report(kept_report(report)?))),
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(misfit("report", "cannot be there beside filter")),
    }
}

async fn save(call: Call, new: New) -> Result<Made<answers::SavedView>, Failure> {
    let shown = shown(new.filter.as_ref(), new.report.as_ref())?;
    let shown = shown.ok_or_else(|| misfit("filter", "is required, or report"))?;
    let made = call.command(move |_, cx| views::add(cx, &new.name, shown.clone()));
    Ok(Made(answers::SavedView::of(&made.await?)))
}

async fn change(call: Call, changed: Changed) -> Result<Done<answers::SavedView>, Failure> {
    let shown = shown(changed.filter.as_ref(), changed.report.as_ref())?;
    let saved = call.command(move |call, cx| {
        views::change(cx, call.path(0), changed.name.as_deref(), shown.clone())
    });
    Ok(Done(answers::SavedView::of(&saved.await?)))
}

async fn remove(call: Call, _: Nothing) -> Answer {
    let removed = call.command(|call, cx| views::remove(cx, call.path(0)));
    removed.await?;
    Ok(Reply::Nothing)
}
