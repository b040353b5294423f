//! Priorities, and which one a chat has.

use hark_chat::priorities::{self, Priority};
use hark_model::text::key;
use serde_json::{Value, json};

use super::agent_rooms::to_agents;
use super::documents::given;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::paging;
use crate::params::{Only, either, params};
use crate::route::{Access, Route, route};

const SEE: Access = Access::AnyOf(&["manage-livechat-priorities", "view-l-room"]);
const MANAGE: Access = Access::Permission("manage-livechat-priorities");
const AGENT: Access = Access::Permission("view-l-room");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/priorities", SEE, "The priorities that chats can have", list),
    &route!(GET "livechat/priorities/{priorityId}", SEE, "One priority", one),
    &route!(PUT "livechat/priorities/{priorityId}", MANAGE, "Call a priority something else, or as it came", call_it),
    &route!(GET "livechat/priorities.reset", MANAGE, "Whether a priority is called something else", is_renamed),
    &route!(POST "livechat/priorities.reset", MANAGE, "Call all priorities as they came", reset_all),
    &route!(POST "livechat/room/{rid}/priority", AGENT, "Give a chat a priority", set)
        .per_minute(OF_A_DESK),
    &route!(DELETE "livechat/room/{rid}/priority", AGENT, "Take a chat's priority away", unset)
        .per_minute(OF_A_DESK),
];

params! {
    struct Wanted {
        /// A part of a name, in any case.
        text: Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Renaming {
        /// What it is called from now on.
        name: String,
    }

    struct Resetting {
        /// The name of before comes back.
        _reset as "reset": Only<true>,
    }

    struct Choice {
        priority_id as "priorityId": String,
    }
}

either!(
    enum Called {
        Name(Renaming),
        AsItCame(Resetting),
    }
);

fn document(priority: &Priority) -> Value {
    given(json!({
        "_id": priority.id,
        "i18n": priority.label,
        "name": priority.name,
        "sortItem": priority.weight,
        "dirty": priority.name.is_some(),
    }))
}

async fn list(call: Call, wanted: Wanted) -> Answer {
    let text = key(wanted.text.as_deref().unwrap_or_default());
    let all = call.query(|_, view| Ok(priorities::all(view)?)).await?;
    let is_wanted = |priority: &&Priority| {
        let name = priority.name.as_ref().unwrap_or(&priority.label);
        key(name).contains(&text)
    };
    let wanted = all.iter().filter(is_wanted).map(document).collect();
    paging::small_list(&call, "priorities", wanted)
}

async fn one(call: Call) -> Answer {
    let found = call.query(|call, view| Ok(priorities::find(view, call.path(0))?));
    match found.await? {
        Some(priority) => Reply::object(document(&priority)),
        None => {
            let words = format!("Priority with id {} not found", call.path(0));
            Err(Failure::NotFound(words.into()))
        }
    }
}

async fn call_it(call: Call, called: Called) -> Answer {
    call.done(move |call, cx| match &called {
        Called::Name(renaming) => priorities::rename(cx, call.path(0), &renaming.name),
        Called::AsItCame(_) => priorities::reset(cx, call.path(0)),
    })
    .await
}

async fn is_renamed(call: Call) -> Answer {
    let all = call.query(|_, view| Ok(priorities::all(view)?)).await?;
    let is_renamed = all.iter().any(|priority| priority.name.is_some());
    Reply::object(json!({"reset": is_renamed}))
}

async fn reset_all(call: Call) -> Answer {
    call.done(|_, cx| priorities::reset_all(cx)).await
}

async fn set(call: Call, choice: Choice) -> Answer {
    put(call, Some(choice.priority_id)).await
}

async fn unset(call: Call) -> Answer {
    put(call, None).await
}

async fn put(call: Call, priority: Option<String>) -> Answer {
    call.command(move |call, cx| hark_chat::set_priority(cx, call.path(0), priority.as_deref()))
        .await
        .map_err(to_agents)?;
    Reply::done()
}
