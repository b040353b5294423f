//! Chats, as agents work on them.

use hark_chat::access;
use hark_chat::departments::{self, Filter as Departments};
use hark_chat::messages::{self, System};
use hark_chat::{Close, Forward, Info, pdf_transcripts};
use hark_model::rooms::{self, ANY_TIME, Filter, Room, RoomSort, State};
use hark_model::{Refusal, accounts};
use hark_store::{Timestamp, View};
use regex::Regex;
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

use super::chat::{as_shown, may_see};
use super::chat_documents;
use crate::answer::{Answer, Failure, Reply};
use crate::body::elsewhere;
use crate::call::Call;
use crate::json::Unreadable;
use crate::limits::OF_A_DESK;
use crate::paging;
use crate::params::{Only, either, filled, params};
use crate::query;
use crate::route::{Access, Route, route};

const AGENT: Access = Access::Permission("view-l-room");
const SEES_ALL: &str = "view-livechat-rooms";

/// Who may end chats, and how often.
pub(super) static CLOSE: Route = route!(POST "livechat/room.closeByUser", Access::Permission("close-livechat-room"), "End a chat", close)
    .per_minute(OF_A_DESK);

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/rooms", Access::User, "Chats that answer to a filter", list).per_minute(OF_A_DESK),
    &route!(GET "livechat/rooms/filters", AGENT, "Where chats have come from", sources),
    &route!(GET "livechat/{rid}/messages", AGENT, "What was said in a chat", said),
    &CLOSE,
    &route!(POST "livechat/room.forward", Access::AllOf(&["view-l-room", "transfer-livechat-guest"]), "Pass a chat on", forward).per_minute(OF_A_DESK),
    &route!(GET "livechat/room.join", AGENT, "Come into a chat", join).per_minute(OF_A_DESK),
    &route!(POST "livechat/room.saveInfo", AGENT, "Write down what is known of a chat and its visitor", save_info).per_minute(OF_A_DESK),
    &route!(PUT "livechat/room.visitor", Access::Permission("change-livechat-room-visitor"), "Give a chat to another visitor", change_visitor)
        .deprecated(),
    &route!(GET "livechat/transfer.history/{rid}", Access::Permission(SEES_ALL), "Through whose hands a chat went", transfers),
];

params! {
    struct Wanted {
        /// Accounts of agents, by id or user name: chats that one of them serves.
        agents: Option<Vec<String>>,
        /// A part of what chats are called.
        room_name as "roomName": Option<String>,
        department_id as "departmentId": Option<String>,
        /// `true`: chats that are served; `false`: chats that are closed.
        open: Option<String>,
        /// `true`: only chats that are on hold.
        on_hold as "onhold": Option<String>,
        /// `true`: only chats that wait for an agent.
        queued: Option<String>,
        /// Tags, one of which a chat has.
        tags: Option<Vec<String>>,
        /// JSON text `{"start", "end"}`, either of them: chats that began in between.
        created_at as "createdAt": Option<String>,
        /// JSON text `{"start", "end"}`, either of them: chats that were closed in between.
        closed_at as "closedAt": Option<String>,
        /// JSON text: a regular expression for each custom field that is asked about.
        custom_fields as "customFields": Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Said {
        /// A text that was said, in any case.
        search_term as "searchTerm": Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Closing {
        rid: String,
        /// What is noted about the end.
        comment: Option<String>,
        /// The tags that the chat gets.
        tags: Option<Vec<String>>,
        /// Whether the agent gets the transcript as a PDF.
        pdf as "generateTranscriptPdf": Option<bool>,
        /// Whether the transcript is mailed, and to whom.
        transcript_email as "transcriptEmail": Option<TranscriptEmail>,
    }

    pub(super) struct NoTranscript {
        /// No transcript is mailed.
        _wanted as "sendToVisitor": Only<false>,
    }

    pub(super) struct TranscriptTo {
        /// The transcript is mailed.
        _wanted as "sendToVisitor": Only<true>,
        /// To whom it is mailed.
        request_data as "requestData": Letter,
    }

    pub(super) struct Letter {
        /// The address that the transcript is mailed to.
        email: String,
        /// The subject of the mail.
        subject: String,
    }

    struct Forwarding {
        room_id as "roomId": String,
        /// The id of the agent who is to have the chat.
        user_id as "userId": Option<String>,
        /// The id of the department that is to have it.
        department_id as "departmentId": Option<String>,
        /// What the next one should know.
        comment: Option<String>,
        _client_action as "clientAction": Option<bool>,
    }

    struct Joining {
        room_id as "roomId": String,
    }

    struct OtherVisitor {
        rid: String,
        /// The id of the visitor whose chat it is so far.
        old as "oldVisitorId": String,
        /// The id of the visitor whose chat it becomes.
        new as "newVisitorId": String,
    }

    struct Known {
        /// What is known of the visitor.
        guest_data as "guestData": KnownGuest,
        /// What is known of the chat.
        room_data as "roomData": KnownRoom,
    }

    struct KnownGuest {
        /// The id of the visitor.
        id as "_id": String,
        /// Their name.
        name: Option<String>,
        /// Their address.
        email: Option<String>,
        /// Their number.
        phone: Option<String>,
        /// Values of the visitor's custom fields, by the ids of the fields.
        custom as "livechatData": Option<Map<String, Value>>,
    }

    struct KnownRoom {
        /// The id of the chat.
        id as "_id": String,
        /// What the chat is about.
        topic: Option<String>,
        /// All the tags that it is to have.
        tags: Option<Vec<String>>,
        /// Values of the chat's custom fields, by the ids of the fields.
        custom as "livechatData": Option<Map<String, Value>>,
        /// The id of its priority; an empty text takes it away.
        priority_id as "priorityId": Option<String>,
        /// The id of its SLA policy; an empty text takes it away.
        sla_id as "slaId": Option<String>,
    }
}

either!(
    pub(super) enum TranscriptEmail {
        No(NoTranscript),
        Yes(TranscriptTo),
    }
);

/// To agents a wrong room is said in other words than to visitors.
pub(super) fn to_agents(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::InvalidRoom => Refusal::NoSuchRoom.into(),
        other => other.into(),
    }
}

/// `{"start": …, "end": …}`, either of them or both.
fn period(name: &str, given: Option<String>) -> Result<Option<(Timestamp, Timestamp)>, Failure> {
    let Some(given) = filled(given) else {
        return Ok(None);
    };
    let given = paging::json(&given)
        .map_err(|_| Failure::plain(format!("Unexpected input in JSON of \"{name}\"")))?;
    let side = |side: &str, otherwise: Timestamp| match &given[side] {
        Value::Null => Ok(otherwise),
        value => {
            let parsed = value.as_str().and_then(parse_date);
            parsed.ok_or_else(|| {
                Failure::plain(format!(
                    "The \"{name}.{side}\" query parameter must be a valid date."
                ))
            })
        }
    };
    Ok(Some((side("start", ANY_TIME.0)?, side("end", ANY_TIME.1)?)))
}

/// A moment, or the beginning of a day.
fn parse_date(text: &str) -> Option<Timestamp> {
    Timestamp::parse(text).or_else(|| Timestamp::parse(&format!("{text}T00:00:00Z")))
}

fn state(wanted: &Wanted) -> Option<State> {
    let says = |text: &Option<String>| matches!(text.as_deref(), Some("t" | "true" | "1"));
    if says(&wanted.on_hold) {
        return Some(State::OnHold);
    }
    if says(&wanted.queued) {
        return Some(State::Queued);
    }
    match wanted.open.as_deref() {
        Some("true" | "t" | "1") => Some(State::Served),
        Some("false" | "f" | "0") => Some(State::Closed),
        _ => None,
    }
}

fn sorted(call: &Call) -> Result<(RoomSort, bool), Failure> {
    let sort = paging::sort(call)?;
    let Some((name, down)) = sort.first() else {
        return Ok((RoomSort::Created, true));
    };
    let sort = match name.as_str() {
        "closedAt" => RoomSort::Closed,
        "fname" | "name" => RoomSort::Name,
        "servedBy" | "servedBy.username" => RoomSort::Agent,
        "departmentId" | "department" => RoomSort::Department,
        "lm" => RoomSort::LastMessage,
        "msgs" => RoomSort::Messages,
        "open" => RoomSort::Open,
        _ => RoomSort::Created,
    };
    Ok((sort, *down))
}

/// What a list may ask that no statement answers: looked at room by room.
struct Closely {
    tags: Vec<String>,
    custom: Vec<(String, Regex)>,
}

/// So many rooms are looked at closely, the latest first; a filter by tag or custom value sees no
/// further back.
const LOOKED_AT: i64 = 20_000;

impl Closely {
    /// The patterns are made ready away from the threads that serve everybody, in their turn.
    async fn of(
        tags: Option<Vec<String>>,
        custom: Option<String>,
        turns: &Semaphore,
    ) -> Result<Option<Self>, Failure> {
        let tags = tags.unwrap_or_default();
        let custom = match filled(custom) {
            Some(given) => elsewhere(turns, move || custom_patterns(&given)).await??,
            None => Vec::new(),
        };
        let asks = !tags.is_empty() || !custom.is_empty();
        Ok(asks.then_some(Self { tags, custom }))
    }

    fn admits(&self, room: &Room) -> bool {
        let tagged = self.tags.is_empty() || self.tags.iter().any(|tag| room.tags.contains(tag));
        tagged
            && self.custom.iter().all(|(key, pattern)| {
                let value = room.custom.get(key).and_then(Value::as_str);
                value.is_some_and(|value| pattern.is_match(value))
            })
    }
}

fn custom_patterns(given: &str) -> Result<Vec<(String, Regex)>, Failure> {
    let wrong = || Failure::plain("The \"customFields\" query parameter must be a valid JSON.");
    let too_much = || {
        Failure::plain(format!(
            "The \"customFields\" query parameter may have {} patterns of {} bytes at most, none of which takes more than {} bytes when it is made ready.",
            query::MOST_PATTERNS,
            query::LONGEST_PATTERN,
            query::LARGEST_PATTERN
        ))
    };
    let members = match paging::json(given) {
        Ok(Value::Object(members)) if members.len() > query::MOST_PATTERNS => {
            return Err(too_much());
        }
        Ok(Value::Object(members)) => members,
        Err(Unreadable::TooMuch) => return Err(too_much()),
        _ => return Err(wrong()),
    };
    let patterns = members.into_iter().map(|(key, value)| {
        let text = match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        match query::pattern(&text, true) {
            Ok(pattern) => Ok((key, pattern)),
            Err(regex::Error::CompiledTooBig(_)) => Err(too_much()),
            Err(_) => Err(wrong()),
        }
    });
    patterns.collect()
}

async fn list(call: Call, wanted: Wanted) -> Answer {
    let page = paging::page(&call);
    let (sort, descending) = sorted(&call)?;
    let state = state(&wanted);
    let created = period("createdAt", wanted.created_at)?.unwrap_or(ANY_TIME);
    let closed = period("closedAt", wanted.closed_at)?;
    let agents = wanted.agents.unwrap_or_default();
    let own = call.account()?;
    let only_own = matches!(agents.as_slice(), [one] if *one == own.id);
    let may = call.may(SEES_ALL) || (call.may("view-l-room") && only_own);
    if !may {
        return Err(Failure::Unauthorized);
    }
    let closely = Closely::of(wanted.tags, wanted.custom_fields, &call.wire.parsing).await?;
    let filter = Filter {
        state,
        agents: Vec::new(),
        name: wanted.room_name.unwrap_or_default(),
        department: filled(wanted.department_id).filter(|id| id != "undefined"),
        monitor: call.bound(SEES_ALL).filter(|_| !only_own),
        created,
        closed,
        sort,
        descending,
    };
    let (rooms, total, departments) = call
        .query(move |_, view| {
            let departments = departments::list(view, &Departments::default())?;
            let mut filter = filter_for(view, &filter, &agents)?;
            let Some(filter) = &mut filter else {
                return Ok((Vec::new(), 0, departments));
            };
            let Some(closely) = &closely else {
                let (rooms, total) = rooms::list(view, filter, page)?;
                return Ok((rooms, total, departments));
            };
            let whole = hark_model::Page {
                offset: 0,
                limit: LOOKED_AT,
            };
            let mut rooms = rooms::rooms_only(view, filter, whole)?;
            rooms.retain(|room| closely.admits(room));
            let total = rooms.len() as i64;
            let rooms = paging::cut(rooms, page).collect();
            Ok((rooms, total, departments))
        })
        .await?;
    let account = call.account()?;
    let rooms = rooms.into_iter().map(|room| {
        let room = access::as_shown(&call.policy, account, room);
        chat_documents::room_in_list(&room, &departments)
    });
    paging::listed("rooms", rooms.collect(), page, total)
}

/// Agents may be named by id or by user name. None: none of those who are named exists.
fn filter_for(
    view: &mut View<'_>,
    filter: &Filter,
    agents: &[String],
) -> Result<Option<Filter>, hark_store::Error> {
    const MOST: usize = 200;
    let mut ids = Vec::new();
    for named in agents.iter().take(MOST) {
        if let Some(account) = accounts::find(view, named)? {
            ids.push(account.id);
        } else if let Some(account) = accounts::find_by_username(view, named)? {
            ids.push(account.id);
        }
    }
    if ids.is_empty() && !agents.is_empty() {
        return Ok(None);
    }
    Ok(Some(Filter {
        agents: ids,
        ..filter.clone()
    }))
}

async fn sources(call: Call) -> Answer {
    let monitor = call.bound("view-l-room");
    let found = call.query(move |_, view| Ok(rooms::sources(view, monitor.as_deref())?));
    let found = found.await?;
    let mut filters: Vec<Value> = Vec::new();
    for source in found {
        let mut filter = json!({"type": source["type"]});
        if source["type"] == "app" {
            for name in ["id", "alias", "sidebarIcon", "defaultIcon"] {
                if !source[name].is_null() {
                    filter[name] = source[name].clone();
                }
            }
        }
        if !filters.contains(&filter) {
            filters.push(filter);
        }
    }
    Reply::object(json!({"filters": filters}))
}

async fn said(call: Call, said: Said) -> Answer {
    let page = paging::page(&call);
    let (room, messages, total) = call
        .query(move |call, view| {
            let room = seen(call, view, call.path(0))?;
            let term = said.search_term.as_deref().unwrap_or_default();
            let (messages, total) = messages::said(view, &room.id, term, page)?;
            Ok((room, messages, total))
        })
        .await
        .map_err(|refusal| match refusal {
            Refusal::NotAllowed => Failure::plain("not-allowed"),
            other => other.into(),
        })?;
    let messages = messages.iter();
    let messages = messages.map(|message| chat_documents::message_in(message, &room));
    let messages: Vec<Value> = messages.collect();
    // The count is what was asked for, as in the original; 0 stands for all.
    let count = if page.limit == i64::MAX {
        0
    } else {
        page.limit
    };
    Reply::object(json!({
        "messages": messages,
        "offset": page.offset,
        "count": count,
        "total": total,
    }))
}

impl TranscriptEmail {
    /// To whom, and under which subject.
    pub(super) fn wanted(self) -> Option<(String, String)> {
        match self {
            Self::Yes(to) => Some((to.request_data.email, to.request_data.subject)),
            Self::No(_) => None,
        }
    }
}

async fn close(call: Call, closing: Closing) -> Answer {
    let ending = Close {
        comment: closing.comment.unwrap_or_default(),
        tags: closing.tags.unwrap_or_default(),
        transcript: closing.transcript_email.and_then(TranscriptEmail::wanted),
    };
    end(&call, closing.rid, ending, closing.pdf.unwrap_or(false)).await?;
    Reply::done()
}

/// Ends a chat for an agent, whichever way they say so, and with that asks for a document of it.
pub(super) async fn end(
    call: &Call,
    rid: String,
    ending: Close,
    with_pdf: bool,
) -> Result<(), Failure> {
    let was_open = super::is_open(call, &rid).await?;
    let closed = call.command(move |_, cx| {
        let mut room = hark_chat::close(cx, &rid, &ending)?;
        if with_pdf {
            pdf_transcripts::request_at_close(cx, &mut room)?;
        }
        Ok(())
    });
    closed.await.map_err(|refusal| match refusal {
        Refusal::RoomClosedAlready if was_open => Refusal::RoomBeingClosed.into(),
        other => to_agents(other),
    })?;
    Ok(())
}

async fn forward(call: Call, to: Forwarding) -> Answer {
    let rid = to.room_id;
    let mut order = Forward {
        agent: filled(to.user_id),
        department: filled(to.department_id),
        comment: filled(to.comment),
        suggested: None,
    };
    if order.agent.is_none() && order.department.is_some() {
        let (rid, department) = (rid.clone(), order.department.clone());
        let question = call.suggested(move |_, view| {
            let room = rooms::find_live(view, &rid)?;
            Ok(room.map(|room| hark_chat::question_of(&room, department.as_deref())))
        });
        order.suggested = question.await?;
    }
    call.command(move |_, cx| hark_chat::forward(cx, &rid, &order))
        .await
        .map_err(to_agents)?;
    Reply::done()
}

async fn join(call: Call, joining: Joining) -> Answer {
    call.done(move |_, cx| hark_chat::join(cx, &joining.room_id))
        .await
}

async fn save_info(call: Call, known: Known) -> Answer {
    let (guest, room) = (known.guest_data, known.room_data);
    let info = Info {
        visitor: guest.id,
        name: guest.name,
        email: guest.email,
        phone: guest.phone,
        visitor_custom: guest.custom,
        topic: room.topic,
        tags: room.tags.unwrap_or_default(),
        room_custom: room.custom,
        priority: room.priority_id,
        sla: room.sla_id,
    };
    call.command(move |_, cx| hark_chat::save_info(cx, &room.id, &info))
        .await
        .map_err(to_agents)?;
    Reply::done()
}

async fn change_visitor(call: Call, change: OtherVisitor) -> Answer {
    let changed = call.command(move |call, cx| {
        // A chat that the caller may not see is none.
        if seen(call, cx.tx, &change.rid).is_err() {
            return Err(Refusal::InvalidRoom);
        }
        hark_chat::change_visitor(cx, &change.rid, &change.old, &change.new)
    });
    let room = changed.await.map_err(|refusal| match refusal {
        Refusal::InvalidVisitor => Failure::plain("visitor-not-found"),
        other => other.into(),
    })?;
    Reply::object(json!({"room": chat_documents::room(&as_shown(&call, room)?)}))
}

async fn transfers(call: Call, _: paging::List) -> Answer {
    let page = paging::page(&call);
    let sort = paging::sort(&call)?;
    let newest_first = sort.iter().any(|(name, down)| name == "ts" && *down);
    let (found, total) = call
        .query(move |call, view| {
            let room = rooms::find_live(view, call.path(0))?.ok_or(Refusal::InvalidRoom)?;
            if !may_see(call, view, &room)? {
                return Err(Refusal::InvalidRoom);
            }
            let (kind, oldest_first) = (System::Transferred, !newest_first);
            Ok(messages::of_kind(view, &room.id, kind, oldest_first, page)?)
        })
        .await?;
    let history = found.iter();
    let history = history.filter_map(|one| one.extra.as_ref()?.get("transferData").cloned());
    paging::listed("history", history.collect(), page, total)
}

/// A chat that the caller may see, for lists that hang on one.
pub(super) fn seen(call: &Call, view: &mut View<'_>, rid: &str) -> Result<Room, Refusal> {
    let room = rooms::find_live(view, rid)?.ok_or(Refusal::InvalidRoom)?;
    if may_see(call, view, &room)? {
        as_shown(call, room)
    } else {
        Err(Refusal::NotAllowed)
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn patterns_of_custom_fields_wait_for_their_turn() {
        let turns = Semaphore::new(0);
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(async {
            assert!(Closely::of(None, None, &turns).await.is_ok());
            let asked = Some(r#"{"plan": "^g"}"#.to_owned());
            let mut ready = std::pin::pin!(Closely::of(None, asked, &turns));
            let mut waiting = Context::from_waker(Waker::noop());
            assert!(ready.as_mut().poll(&mut waiting).is_pending());
            turns.add_permits(1);
            assert!(ready.await.is_ok_and(|closely| closely.is_some()));
        });
    }
}
