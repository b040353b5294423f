//! The tags that agents are offered: read by routes, written by methods.

use hark_chat::tags::{self, Draft, Tag};
use hark_model::text::key;
use serde_json::{Value, json};

use super::methods::{Method, Outcome, method};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::paging;
use crate::params::{filled, params};
use crate::route::{Access, Route, route};

const SEE: Access = Access::AnyOf(&["view-l-room", "manage-livechat-tags"]);
const MANAGE: Access = Access::Permission("manage-livechat-tags");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/tags", SEE, "The tags that agents are offered", list)
        .per_minute(OF_A_DESK),
    &route!(GET "livechat/tags/{tagId}", SEE, "One tag", one),
];

pub(crate) static METHODS: &[Method] = &[
    method!("livechat:saveTag", MANAGE, save),
    method!("livechat:removeTag", MANAGE, remove),
];

params! {
    struct Wanted {
        /// A part of a name, in any case.
        text: String,
        /// `true`: everything, for those who manage it.
        view_all as "viewAll": Option<String>,
        department: Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Named: OpenObject {
        /// What it is called.
        name: String,
        /// What it is for.
        description: Option<String>,
    }
}

fn document(tag: &Tag) -> Value {
    json!({
        "_id": tag.id,
        "name": tag.name,
        "description": tag.description,
        "numDepartments": tag.departments.len(),
        "departments": tag.departments,
        "_updatedAt": Value::from(tag.updated_at),
    })
}

async fn list(call: Call, wanted: Wanted) -> Answer {
    let text = key(&wanted.text);
    let wanted = tags::Wanted {
        department: filled(wanted.department),
        all: wanted.view_all.as_deref() == Some("true"),
    };
    let found = call.query(move |call, view| {
        let account = call.account()?;
        Ok(tags::list(view, &call.policy, account, &wanted)?)
    });
    let found = found.await?;
    let fits = |tag: &&Tag| key(&tag.name).contains(&text) || key(&tag.description).contains(&text);
    let found = found.iter().filter(fits).map(document).collect();
    paging::small_list(&call, "tags", found)
}

async fn one(call: Call) -> Answer {
    let found = call.query(|call, view| {
        let account = call.account()?;
        Ok(tags::find(view, &call.policy, account, call.path(0))?)
    });
    match found.await? {
        Some(tag) => Reply::object(document(&tag)),
        None => {
            let words = format!("Tag with id {} not found", call.path(0));
            Err(Failure::NotFound(words.into()))
        }
    }
}

async fn save(
    call: &Call,
    (named, wanted, departments): (Option<String>, Named, Vec<String>),
) -> Outcome {
    let named = filled(named);
    let draft = Draft {
        name: wanted.name,
        description: wanted.description.unwrap_or_default(),
        departments,
    };
    let saved = call.command(move |_, cx| tags::save(cx, named.as_deref(), &draft));
    Ok(document(&saved.await?))
}

async fn remove(call: &Call, (id,): (String,)) -> Outcome {
    call.command(move |_, cx| tags::remove(cx, &id)).await?;
    Ok(json!({"acknowledged": true, "deletedCount": 1}))
}
