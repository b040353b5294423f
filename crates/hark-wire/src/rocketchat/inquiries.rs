//! The queue, as agents and managers see it.

use std::sync::Arc;

use hark_chat::departments;
use hark_chat::inquiries::{self, Inquiry};
use hark_chat::messages::{self, Message};
use hark_chat::rooms::{self, Room};
use hark_store::{Error, View};
use serde_json::{Value, json};

use super::chat_documents;
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::paging;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

const AGENT: Access = Access::Permission("view-l-room");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/inquiries.queuedForUser", AGENT, "The chats that the caller may take", queued_for_user)
        .takes(LIST),
    &route!(GET "livechat/inquiries.queued", AGENT, "The chats that the caller may take", queued_for_user)
        .takes(LIST)
        .deprecated(),
    &route!(GET "livechat/inquiries.list", Access::Permission("view-livechat-manager"), "All chats that wait", list)
        .takes(LIST),
    &route!(POST "livechat/inquiries.take", AGENT, "Take a chat", take).takes(TAKE),
    &route!(GET "livechat/inquiries.getOne", AGENT, "The place of a chat in the queue", one).takes(ONE),
    &route!(GET "livechat/queue", AGENT, "How many chats each agent has", load).takes(LOAD),
];

const LIST: Shape = Shape::Object(&[
    Field::optional("department", Shape::Text),
    paging::COUNT,
    paging::OFFSET,
    paging::SORT,
    paging::FIELDS,
    paging::QUERY,
]);
const TAKE: Shape = Shape::Object(&[
    Field::required("inquiryId", Shape::Text),
    Field::optional("userId", Shape::Text),
]);
const ONE: Shape = Shape::Object(&[Field::required("roomId", Shape::Text)]);
const LOAD: Shape = Shape::Object(&[
    Field::optional("agentId", Shape::Text),
    Field::optional("departmentId", Shape::Text),
    Field::optional("includeOfflineAgents", Shape::Text),
    paging::COUNT,
    paging::OFFSET,
    paging::SORT,
    paging::FIELDS,
    paging::QUERY,
]);

/// An inquiry with what is shown beside it.
struct Shown {
    inquiry: Inquiry,
    room: Room,
    last: Option<Message>,
}

fn shown(view: &mut View<'_>, inquiry: Inquiry) -> Result<Option<Shown>, Error> {
    let Some(room) = rooms::find(view, &inquiry.room)? else {
        return Ok(None);
    };
    let last = match &room.last_message_id {
        Some(id) => messages::find(view, id)?,
        None => None,
    };
    Ok(Some(Shown {
        inquiry,
        room,
        last,
    }))
}

fn document(shown: &Shown) -> Value {
    let token = shown
        .room
        .visitor
        .as_ref()
        .map_or("", |visitor| &visitor.token);
    let document = chat_documents::inquiry(&shown.inquiry, &shown.room);
    chat_documents::with_last_message(document, shown.last.as_ref(), token)
}

/// Whether the caller wants the newest first.
fn newest_first(call: &Call, usually: bool) -> Result<bool, crate::answer::Failure> {
    let sort = paging::sort(call)?;
    let by_time = sort.iter().find(|(name, _)| name == "ts");
    Ok(by_time.map_or(usually, |(_, down)| *down))
}

async fn queued_for_user(call: Call) -> Answer {
    let page = paging::page(&call);
    let descending = newest_first(&call, false)?;
    let department = call.text("department").filter(|text| !text.is_empty());
    let department = department.map(str::to_owned);
    let (policy, agent) = (Arc::clone(&call.policy), call.account()?.id.clone());
    let (found, total) = call
        .look(move |view| {
            let department = department.as_deref();
            let (inquiries, total) =
                inquiries::queued_for(view, &policy, &agent, department, descending, page)?;
            let found: Result<Vec<_>, Error> = inquiries
                .into_iter()
                .map(|inquiry| shown(view, inquiry))
                .collect();
            Ok((found?, total))
        })
        .await?;
    let inquiries: Vec<Value> = found.iter().flatten().map(document).collect();
    Reply::object(json!({
        "count": inquiries.len(),
        "inquiries": inquiries,
        "offset": page.offset,
        "total": total,
    }))
}

async fn list(call: Call) -> Answer {
    let page = paging::page(&call);
    let descending = newest_first(&call, true)?;
    let named = call.text("department").filter(|text| !text.is_empty());
    let named = named.map(str::to_owned);
    let (found, total) = call
        .read(move |view| {
            let department = match &named {
                Some(named) => departments::find_by_id_or_name(view, named)?.map(|found| found.id),
                None => None,
            };
            let (inquiries, total) =
                inquiries::queued(view, department.as_deref(), descending, page)?;
            let found: Result<Vec<_>, Error> = inquiries
                .into_iter()
                .map(|inquiry| shown(view, inquiry))
                .collect();
            Ok((found?, total))
        })
        .await?;
    let inquiries = found.iter().flatten().map(|shown| {
        let mut document = json!({
            "_id": shown.inquiry.id,
            "rid": shown.inquiry.room,
            "name": shown.room.name,
            "ts": Value::from(shown.inquiry.created_at),
            "status": shown.inquiry.status.as_str(),
        });
        if let Some(department) = &shown.inquiry.department {
            document["department"] = json!(department);
        }
        document
    });
    let inquiries: Vec<Value> = inquiries.collect();
    Reply::object(json!({
        "count": inquiries.len(),
        "inquiries": inquiries,
        "offset": page.offset,
        "total": total,
    }))
}

async fn take(call: Call) -> Answer {
    let inquiry = call.text("inquiryId").unwrap_or_default().to_owned();
    let agent = match call.text("userId").filter(|id| !id.is_empty()) {
        Some(id) => id.to_owned(),
        None => call.account()?.id.clone(),
    };
    let (now, policy, who) = (call.now, Arc::clone(&call.policy), call.actor()?);
    call.write(move |tx| rooms::take(tx, now, &policy, &who, &inquiry, &agent))
        .await?;
    Reply::done()
}

async fn one(call: Call) -> Answer {
    let room = call.text("roomId").unwrap_or_default().to_owned();
    let found = call
        .read(move |view| match inquiries::of_room(view, &room)? {
            Some(inquiry) => shown(view, inquiry),
            None => Ok(None),
        })
        .await?;
    Reply::object(json!({"inquiry": found.as_ref().map(document)}))
}

async fn load(call: Call) -> Answer {
    let page = paging::page(&call);
    let text = |name: &str| {
        let text = call.text(name).filter(|text| !text.is_empty());
        text.map(str::to_owned)
    };
    let (agent, department) = (text("agentId"), text("departmentId"));
    let with_offline = call.text("includeOfflineAgents") == Some("true");
    let loads = call.read(rooms::loads).await?;
    let chosen: Vec<&rooms::Load> = loads
        .iter()
        .filter(|load| agent.as_ref().is_none_or(|agent| *agent == load.agent))
        .filter(|load| department.is_none() || department == load.department)
        .filter(|load| with_offline || load.status != "offline")
        .collect();
    let offset = usize::try_from(page.offset).unwrap_or(usize::MAX);
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let queue = chosen.iter().skip(offset).take(limit).map(|load| {
        let mut department = json!({});
        if let Some(id) = &load.department {
            department["_id"] = json!(id);
        }
        if let Some(name) = &load.department_name {
            department["name"] = json!(name);
        }
        json!({
            "user": {"_id": load.agent, "username": load.username, "status": load.status},
            "department": department,
            "chats": load.chats,
        })
    });
    let queue: Vec<Value> = queue.collect();
    Reply::object(json!({
        "count": queue.len(),
        "queue": queue,
        "offset": page.offset,
        "total": chosen.len(),
    }))
}
