//! SLA policies, and which one a chat that waits has.

use hark_chat::sla::{self, Draft, LONGEST, Sla};
use hark_model::text::key;
use serde_json::{Value, json};

use super::agent_rooms::to_agents;
use super::documents::given;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::paging;
use crate::params::{filled, params};
use crate::route::{Access, Route, route};
use crate::shape::Shape;

const SEE: Access = Access::AnyOf(&["manage-livechat-sla", "view-l-room"]);
const MANAGE: Access = Access::Permission("manage-livechat-sla");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/sla", SEE, "The SLA policies", list).per_minute(OF_A_DESK),
    &route!(POST "livechat/sla", MANAGE, "Make an SLA policy", make),
    &route!(GET "livechat/sla/{slaId}", SEE, "One SLA policy", one).per_minute(OF_A_DESK),
    &route!(PUT "livechat/sla/{slaId}", MANAGE, "Change an SLA policy", change),
    &route!(DELETE "livechat/sla/{slaId}", MANAGE, "Remove an SLA policy", remove),
    &route!(PUT "livechat/inquiry.setSLA", SEE, "Give a chat that waits an SLA policy, or take it away", set).per_minute(OF_A_DESK),
];

params! {
    struct Wanted {
        /// A part of a name, in any case.
        text: Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Policy {
        /// What it is called.
        name: String,
        /// What it is for.
        description: Option<String>,
        /// Within how many minutes a chat gets an agent.
        minutes as "dueTimeInMinutes": i64 = Shape::Between(1, LONGEST),
    }

    struct Choice {
        room_id as "roomId": Option<String>,
        /// The id of the SLA policy; without one, the chat has none.
        sla: Option<String>,
    }
}

fn document(sla: &Sla) -> Value {
    given(json!({
        "_id": sla.id,
        "name": sla.name,
        "description": sla.description,
        "dueTimeInMinutes": sla.minutes,
        "_updatedAt": Value::from(sla.updated_at),
    }))
}

async fn list(call: Call, wanted: Wanted) -> Answer {
    let text = key(wanted.text.as_deref().unwrap_or_default());
    let all = call.query(|_, view| Ok(sla::all(view)?)).await?;
    let is_wanted = |sla: &&Sla| {
        let description = sla.description.as_deref().unwrap_or_default();
        key(&sla.name).contains(&text) || key(description).contains(&text)
    };
    let wanted = all.iter().filter(is_wanted).map(document).collect();
    paging::small_list(&call, "sla", wanted)
}

async fn one(call: Call) -> Answer {
    let found = call.query(|call, view| Ok(sla::find(view, call.path(0))?));
    match found.await? {
        Some(sla) => Reply::object(document(&sla)),
        None => {
            let words = format!("SLA with id {} not found", call.path(0));
            Err(Failure::NotFound(words.into()))
        }
    }
}

async fn make(call: Call, policy: Policy) -> Answer {
    save(call, policy, false).await
}

async fn change(call: Call, policy: Policy) -> Answer {
    save(call, policy, true).await
}

async fn save(call: Call, policy: Policy, is_known: bool) -> Answer {
    let draft = Draft {
        name: policy.name,
        description: policy.description,
        minutes: policy.minutes,
    };
    let saved = call.command(move |call, cx| {
        let named = is_known.then(|| call.path(0));
        sla::save(cx, named, &draft)
    });
    Reply::object(json!({"sla": document(&saved.await?)}))
}

async fn remove(call: Call) -> Answer {
    call.done(|call, cx| sla::remove(cx, call.path(0))).await
}

async fn set(call: Call, choice: Choice) -> Answer {
    let Some(rid) = filled(choice.room_id) else {
        return Err(Failure::plain("The 'roomId' param is required"));
    };
    let sla = filled(choice.sla);
    call.command(move |_, cx| hark_chat::set_sla(cx, &rid, sla.as_deref()))
        .await
        .map_err(to_agents)?;
    Reply::done()
}
