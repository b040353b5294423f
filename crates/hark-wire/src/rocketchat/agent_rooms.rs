//! Chats, as agents work on them.

use std::sync::Arc;

use hark_chat::accounts;
use hark_chat::departments::{self, Filter as Departments};
use hark_chat::messages::{self, System};
use hark_chat::patterns::Pattern;
use hark_chat::rooms::{
    self, ANY_TIME, Close, Closer, Filter, Forward, Hand, Info, Room, RoomSort, State,
};
use hark_chat::{Policy, Refusal};
use hark_store::{Timestamp, View};
use serde_json::{Map, Value, json};

use super::chat_documents;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::paging;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

const AGENT: Access = Access::Permission("view-l-room");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/rooms", Access::User, "Chats that answer to a filter", list).takes(LIST),
    &route!(GET "livechat/rooms/filters", AGENT, "Where chats have come from", sources),
    &route!(GET "livechat/{rid}/messages", AGENT, "What was said in a chat", said).takes(SAID),
    &route!(POST "livechat/room.closeByUser", Access::Permission("close-livechat-room"), "End a chat", close).takes(CLOSE),
    &route!(POST "livechat/room.forward", Access::AllOf(&["view-l-room", "transfer-livechat-guest"]), "Pass a chat on", forward)
        .takes(FORWARD),
    &route!(GET "livechat/room.join", AGENT, "Come into a chat", join).takes(JOIN),
    &route!(POST "livechat/room.saveInfo", AGENT, "Write down what is known of a chat and its visitor", save_info)
        .takes(SAVE_INFO),
    &route!(GET "livechat/transfer.history/{rid}", Access::Permission("view-livechat-rooms"), "Through whose hands a chat went", transfers)
        .takes(paging::LIST),
];

const LIST: Shape = Shape::Object(&[
    Field::optional("agents", Shape::List(&Shape::Text)),
    Field::optional("roomName", Shape::Text),
    Field::optional("departmentId", Shape::Text),
    Field::optional("open", Shape::Text),
    Field::optional("onhold", Shape::Text),
    Field::optional("queued", Shape::Text),
    Field::optional("tags", Shape::List(&Shape::Text)),
    Field::optional("createdAt", Shape::Text),
    Field::optional("closedAt", Shape::Text),
    Field::optional("customFields", Shape::Text),
    paging::COUNT,
    paging::OFFSET,
    paging::SORT,
    paging::FIELDS,
    paging::QUERY,
]);
const SAID: Shape = Shape::Object(&[
    Field::optional("searchTerm", Shape::Text),
    paging::COUNT,
    paging::OFFSET,
    paging::SORT,
    paging::FIELDS,
    paging::QUERY,
]);
const CLOSE: Shape = Shape::Object(&[
    Field::required("rid", Shape::Text),
    Field::optional("comment", Shape::Text),
    Field::optional("tags", Shape::List(&Shape::Text)),
    Field::optional("generateTranscriptPdf", Shape::Flag),
    Field::optional(
        "transcriptEmail",
        Shape::Either(&[
            Shape::Object(&[Field::required("sendToVisitor", Shape::Only(false))]),
            Shape::Object(&[
                Field::required("sendToVisitor", Shape::Only(true)),
                Field::required(
                    "requestData",
                    Shape::Object(&[
                        Field::required("email", Shape::Text),
                        Field::required("subject", Shape::Text),
                    ]),
                ),
            ]),
        ]),
    ),
]);
const FORWARD: Shape = Shape::Object(&[
    Field::required("roomId", Shape::Text),
    Field::optional("userId", Shape::Text),
    Field::optional("departmentId", Shape::Text),
    Field::optional("comment", Shape::Text),
    Field::optional("clientAction", Shape::Flag),
]);
const JOIN: Shape = Shape::Object(&[Field::required("roomId", Shape::Text)]);
const SAVE_INFO: Shape = Shape::Object(&[
    Field::required(
        "guestData",
        Shape::Object(&[
            Field::required("_id", Shape::Text),
            Field::optional("name", Shape::Text),
            Field::optional("email", Shape::Text),
            Field::optional("phone", Shape::Text),
            Field::optional("livechatData", Shape::Open),
        ]),
    ),
    Field::required(
        "roomData",
        Shape::Object(&[
            Field::required("_id", Shape::Text),
            Field::optional("topic", Shape::Text),
            Field::optional("tags", Shape::List(&Shape::Text)),
            Field::optional("livechatData", Shape::Open),
            Field::optional("priorityId", Shape::Text),
            Field::optional("slaId", Shape::Text),
        ]),
    ),
]);

fn text(call: &Call, name: &str) -> Option<String> {
    let text = call.text(name).filter(|text| !text.is_empty());
    text.map(str::to_owned)
}

/// To agents a wrong room is said in other words than to visitors.
pub(super) fn to_agents(failure: Failure) -> Failure {
    match failure {
        Failure::Plain(text) if text == "invalid-room" => Failure::plain("error-invalid-room"),
        other => other,
    }
}

/// `{"start": …, "end": …}`, either of them or both.
fn period(call: &Call, name: &str) -> Result<Option<(Timestamp, Timestamp)>, Failure> {
    let Some(given) = text(call, name) else {
        return Ok(None);
    };
    let given: Value = serde_json::from_str(&given)
        .map_err(|error| Failure::plain(format!("Unexpected input in JSON: {error}")))?;
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

fn state(call: &Call) -> Option<State> {
    let says =
        |name: &str, words: &[&str]| call.text(name).is_some_and(|text| words.contains(&text));
    if says("onhold", &["t", "true", "1"]) {
        return Some(State::OnHold);
    }
    if says("queued", &["t", "true", "1"]) {
        return Some(State::Queued);
    }
    match call.text("open") {
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
        _ => RoomSort::Created,
    };
    Ok((sort, *down))
}

/// What a list may ask that no statement answers: looked at room by room.
struct Closely {
    tags: Vec<String>,
    custom: Vec<(String, Pattern)>,
}

/// So many rooms are looked at closely, the latest first; a filter by tag or custom value sees no
/// further back.
const LOOKED_AT: i64 = 20_000;

impl Closely {
    fn of(call: &Call) -> Result<Option<Self>, Failure> {
        let tags = call.texts("tags").unwrap_or_default();
        let custom = match text(call, "customFields") {
            Some(given) => custom_patterns(&given)?,
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

fn custom_patterns(given: &str) -> Result<Vec<(String, Pattern)>, Failure> {
    let wrong = || Failure::plain("The \"customFields\" query parameter must be a valid JSON.");
    let parsed: Value = serde_json::from_str(given).map_err(|_| wrong())?;
    let Value::Object(members) = parsed else {
        return Err(wrong());
    };
    let patterns = members.into_iter().take(50).map(|(key, value)| {
        let text = match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let pattern = Pattern::compile(&text, true).map_err(|_| wrong())?;
        Ok((key, pattern))
    });
    patterns.collect()
}

async fn list(call: Call) -> Answer {
    let page = paging::page(&call);
    let (sort, descending) = sorted(&call)?;
    let created = period(&call, "createdAt")?.unwrap_or(ANY_TIME);
    let closed = period(&call, "closedAt")?;
    let agents = call.texts("agents").unwrap_or_default();
    let own = call.account()?;
    let only_own = matches!(agents.as_slice(), [one] if *one == own.id);
    let may = call.may("view-livechat-rooms") || (call.may("view-l-room") && only_own);
    if !may {
        return Err(Failure::Unauthorized);
    }
    let closely = Closely::of(&call)?;
    let filter = Filter {
        state: state(&call),
        agents: Vec::new(),
        name: text(&call, "roomName").unwrap_or_default(),
        department: text(&call, "departmentId").filter(|id| id != "undefined"),
        created,
        closed,
        sort,
        descending,
    };
    let (rooms, total, departments) = call
        .read(move |view| {
            let departments = departments::list(view, &Departments::default())?;
            let mut filter = filter_for(view, &filter, &agents)?;
            let Some(filter) = &mut filter else {
                return Ok((Vec::new(), 0, departments));
            };
            let Some(closely) = &closely else {
                let (rooms, total) = rooms::list(view, filter, page)?;
                return Ok((rooms, total, departments));
            };
            let whole = accounts::Page {
                offset: 0,
                limit: LOOKED_AT,
            };
            let mut rooms = rooms::rooms_only(view, filter, whole)?;
            rooms.retain(|room| closely.admits(room));
            let total = rooms.len() as i64;
            let offset = usize::try_from(page.offset).unwrap_or(usize::MAX);
            let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
            let rooms = rooms.into_iter().skip(offset).take(limit).collect();
            Ok((rooms, total, departments))
        })
        .await?;
    let rooms: Vec<Value> = rooms
        .iter()
        .map(|room| chat_documents::room_in_list(room, &departments))
        .collect();
    Reply::object(json!({
        "count": rooms.len(),
        "rooms": rooms,
        "offset": page.offset,
        "total": total,
    }))
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
    let found = call.read(rooms::sources).await?;
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

async fn said(call: Call) -> Answer {
    let page = paging::page(&call);
    let (rid, term) = (
        call.path(0).to_owned(),
        text(&call, "searchTerm").unwrap_or_default(),
    );
    let (policy, account) = (Arc::clone(&call.policy), call.account()?.clone());
    let (room, messages, total) = call
        .look(move |view| {
            let room = rooms::find_live(view, &rid)?.ok_or(Refusal::InvalidRoom)?;
            if !rooms::may_see(view, &policy, &account, &room)? {
                return Err(Refusal::NotAllowed);
            }
            let (messages, total) = messages::said(view, &room.id, &term, page)?;
            Ok((room, messages, total))
        })
        .await
        .map_err(|failure| match failure {
            Failure::Plain(text) if text == "error-not-allowed" => Failure::plain("not-allowed"),
            other => other,
        })?;
    let token = room.visitor.as_ref().map_or("", |visitor| &visitor.token);
    let messages: Vec<Value> = messages
        .iter()
        .map(|message| chat_documents::message(message, token))
        .collect();
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

async fn close(call: Call) -> Answer {
    let rid = call.text("rid").unwrap_or_default().to_owned();
    let asked = &call.params["transcriptEmail"];
    let wants = asked["sendToVisitor"].as_bool().unwrap_or(false);
    let transcript = match (wants, &asked["requestData"]) {
        (true, Value::Object(data)) => {
            let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
            Some((text("email").to_owned(), text("subject").to_owned()))
        }
        _ => None,
    };
    let ending = Close {
        by: Closer::Account(call.account()?.clone()),
        comment: call.text("comment").unwrap_or_default().to_owned(),
        tags: call.texts("tags").unwrap_or_default(),
        transcript,
    };
    let (now, policy) = (call.now, Arc::clone(&call.policy));
    call.write(move |tx| rooms::close(tx, now, &policy, &rid, &ending))
        .await
        .map_err(to_agents)?;
    Reply::done()
}

async fn forward(call: Call) -> Answer {
    let rid = call.text("roomId").unwrap_or_default().to_owned();
    let mut order = Forward {
        by: Hand::Account(call.account()?.clone()),
        agent: text(&call, "userId"),
        department: text(&call, "departmentId"),
        comment: text(&call, "comment"),
        suggested: None,
    };
    if order.agent.is_none() && order.department.is_some() {
        let (chat, to) = (rid.clone(), order.department.clone());
        order.suggested = call
            .suggested(move |view| {
                let room = rooms::find_live(view, &chat)?;
                Ok(room.map(|room| rooms::question_of(&room, to.as_deref())))
            })
            .await?;
    }
    let (now, policy) = (call.now, Arc::clone(&call.policy));
    call.write(move |tx| rooms::forward(tx, now, &policy, &rid, &order))
        .await
        .map_err(to_agents)?;
    Reply::done()
}

async fn join(call: Call) -> Answer {
    let rid = call.text("roomId").unwrap_or_default().to_owned();
    let (now, policy, account) = (call.now, Arc::clone(&call.policy), call.account()?.clone());
    call.write(move |tx| rooms::join(tx, now, &policy, &account, &rid))
        .await?;
    Reply::done()
}

async fn save_info(call: Call) -> Answer {
    let (guest, room) = (&call.params["guestData"], &call.params["roomData"]);
    let text = |document: &Value, name: &str| document[name].as_str().map(str::to_owned);
    let values = |document: &Value| -> Option<Map<String, Value>> {
        document["livechatData"].as_object().cloned()
    };
    let tags = room["tags"].as_array().into_iter().flatten();
    let info = Info {
        visitor: text(guest, "_id").unwrap_or_default(),
        name: text(guest, "name"),
        email: text(guest, "email"),
        phone: text(guest, "phone"),
        visitor_custom: values(guest),
        topic: text(room, "topic"),
        tags: tags.filter_map(Value::as_str).map(str::to_owned).collect(),
        room_custom: values(room),
    };
    let rid = text(room, "_id").unwrap_or_default();
    let (now, policy, account) = (call.now, Arc::clone(&call.policy), call.account()?.clone());
    call.write(move |tx| rooms::save_info(tx, now, &policy, &account, &rid, &info))
        .await
        .map_err(to_agents)?;
    Reply::done()
}

async fn transfers(call: Call) -> Answer {
    let page = paging::page(&call);
    let sort = paging::sort(&call)?;
    let newest_first = sort.iter().any(|(name, down)| name == "ts" && *down);
    let rid = call.path(0).to_owned();
    let (found, total) = call
        .look(move |view| {
            let room = rooms::find_live(view, &rid)?.ok_or(Refusal::InvalidRoom)?;
            let kind = System::Transferred;
            Ok(messages::of_kind(
                view,
                &room.id,
                kind,
                !newest_first,
                page,
            )?)
        })
        .await?;
    let history: Vec<Value> = found
        .iter()
        .filter_map(|message| message.extra.as_ref()?.get("transferData").cloned())
        .collect();
    Reply::object(json!({
        "count": history.len(),
        "history": history,
        "offset": page.offset,
        "total": total,
    }))
}

/// Whether the caller may see a chat, for lists that hang on one.
pub(super) fn seen(
    view: &mut View<'_>,
    policy: &Policy,
    account: &accounts::Account,
    rid: &str,
) -> Result<Room, Refusal> {
    let room = rooms::find_live(view, rid)?.ok_or(Refusal::InvalidRoom)?;
    match rooms::may_see(view, policy, account, &room)? {
        true => Ok(room),
        false => Err(Refusal::NotAllowed),
    }
}
