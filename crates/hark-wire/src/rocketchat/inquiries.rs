//! The queue, as agents and managers see it.

use hark_chat::access;
use hark_chat::inquiries::{self, Inquiry};
use hark_chat::messages::{self, Message};
use hark_model::rooms::{self, Room};
use hark_store::{Error, View};
use serde_json::{Value, json};

use super::chat_documents;
use super::documents::given;
use super::widget::department;
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::paging;
use crate::params::{filled, params};
use crate::route::{Access, Route, route};

const AGENT: Access = Access::Permission("view-l-room");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/inquiries.queuedForUser", AGENT, "The chats that the caller may take", queued_for_user).per_minute(OF_A_DESK),
    &route!(GET "livechat/inquiries.queued", AGENT, "The chats that the caller may take", queued_for_user)
        .deprecated(),
    &route!(GET "livechat/inquiries.list", Access::Permission("view-livechat-manager"), "All chats that wait", list).per_minute(OF_A_DESK),
    &route!(POST "livechat/inquiries.take", AGENT, "Take a chat", take),
    &route!(GET "livechat/inquiries.getOne", AGENT, "The place of a chat in the queue", one),
    &route!(GET "livechat/queue", AGENT, "How many chats each agent has", load),
];

params! {
    struct Queued {
        department: Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Take {
        /// The id of the inquiry, which is a chat's place in the queue.
        inquiry_id as "inquiryId": String,
        /// The id of the agent who is to have it; without one, the caller.
        user_id as "userId": Option<String>,
    }

    struct One {
        room_id as "roomId": String,
    }

    struct OfAgents {
        agent_id as "agentId": Option<String>,
        department_id as "departmentId": Option<String>,
        /// `true`: with agents who are offline.
        include_offline as "includeOfflineAgents": Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }
}

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
    let last = room.last_message_id.as_ref();
    let last = last.map_or(Ok(None), |id| messages::find(view, id))?;
    Ok(Some(Shown {
        inquiry,
        room,
        last,
    }))
}

fn all_shown(view: &mut View<'_>, inquiries: Vec<Inquiry>) -> Result<Vec<Shown>, Error> {
    let found = inquiries.into_iter();
    found
        .filter_map(|inquiry| shown(view, inquiry).transpose())
        .collect()
}

fn document(shown: &Shown) -> Value {
    let mut document = chat_documents::inquiry(&shown.inquiry, &shown.room);
    if let Some(last) = &shown.last {
        document["lastMessage"] = chat_documents::last_message(last);
    }
    document
}

fn newest_first(call: &Call, usually: bool) -> Result<bool, crate::answer::Failure> {
    let sort = paging::sort(call)?;
    let by_time = sort.iter().find(|(name, _)| name == "ts");
    Ok(by_time.map_or(usually, |(_, down)| *down))
}

async fn queued_for_user(call: Call, queued: Queued) -> Answer {
    let department = filled(queued.department);
    let page = paging::page(&call);
    let descending = newest_first(&call, false)?;
    let (found, total) = call
        .query(move |call, view| {
            let (policy, account) = (&call.policy, call.account()?);
            let (inquiries, total) = inquiries::queued_for(
                view,
                policy,
                account,
                department.as_deref(),
                descending,
                page,
            )?;
            Ok((all_shown(view, inquiries)?, total))
        })
        .await?;
    let inquiries = found.iter().map(document).collect();
    paging::listed("inquiries", inquiries, page, total)
}

async fn list(call: Call, queued: Queued) -> Answer {
    let named = filled(queued.department);
    let page = paging::page(&call);
    let descending = newest_first(&call, true)?;
    let monitor = call.bound("view-livechat-manager");
    let (found, total) = call
        .query(move |_, view| {
            let department = department(view, named.as_deref())?;
            let (department, monitor) = (department.as_deref(), monitor.as_deref());
            let (inquiries, total) =
                inquiries::queued(view, department, monitor, descending, page)?;
            Ok((all_shown(view, inquiries)?, total))
        })
        .await?;
    let inquiries = found.iter().map(|shown| {
        given(json!({
            "_id": shown.inquiry.id,
            "rid": shown.inquiry.room,
            "name": shown.room.name,
            "ts": Value::from(shown.inquiry.created_at),
            "status": shown.inquiry.status.as_str(),
            "department": shown.inquiry.department,
        }))
    });
    paging::listed("inquiries", inquiries.collect(), page, total)
}

async fn take(call: Call, take: Take) -> Answer {
    let named = filled(take.user_id);
    call.done(move |_, cx| {
        let agent = match &named {
            Some(id) => id,
            None => &cx.account()?.id,
        };
        hark_chat::take(cx, &take.inquiry_id, agent)
    })
    .await
}

async fn one(call: Call, one: One) -> Answer {
    let found = call.query(move |call, view| {
        let Some(inquiry) = inquiries::of_room(view, &one.room_id)? else {
            return Ok(None);
        };
        let Some(shown) = shown(view, inquiry)? else {
            return Ok(None);
        };
        let account = call.account()?;
        let may = access::may_take(view, &call.policy, account, &shown.room, &shown.inquiry)?;
        Ok(may.then_some(shown))
    });
    let found = found.await?;
    Reply::object(json!({"inquiry": found.as_ref().map(document)}))
}

async fn load(call: Call, wanted: OfAgents) -> Answer {
    let page = paging::page(&call);
    let (agent, department) = (filled(wanted.agent_id), filled(wanted.department_id));
    let with_offline = wanted.include_offline.as_deref() == Some("true");
    let monitor = call.bound("view-l-room");
    let loads = call.query(move |_, view| Ok(rooms::loads(view, monitor.as_deref())?));
    let loads = loads.await?;
    let chosen: Vec<&rooms::Load> = loads
        .iter()
        .filter(|load| agent.as_ref().is_none_or(|agent| *agent == load.agent))
        .filter(|load| department.is_none() || department == load.department)
        .filter(|load| with_offline || load.status != "offline")
        .collect();
    let total = chosen.len() as i64;
    let queue = paging::cut(chosen, page).map(|load| {
        json!({
            "user": {"_id": load.agent, "username": load.username, "status": load.status},
            "department": given(json!({"_id": load.department, "name": load.department_name})),
            "chats": load.chats,
        })
    });
    paging::listed("queue", queue.collect(), page, total)
}
