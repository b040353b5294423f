//! Canned responses: answers that agents have ready.

use hark_chat::canned_responses::{self, CannedResponse, Draft, Scope};
use hark_model::text::key;
use serde_json::{Value, json};

use super::documents::given;
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::paging;
use crate::params::{choices, filled, params};
use crate::route::{Access, Route, route};

const SEE: Access = Access::Permission("view-canned-responses");
const SAVE: Access = Access::Permission("save-canned-responses");
const REMOVE: Access = Access::Permission("remove-canned-responses");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "canned-responses.get", SEE, "The canned responses that somebody has ready", ready)
        .per_minute(OF_A_DESK),
    &route!(GET "canned-responses", SEE, "The canned responses that somebody may look up", list),
    &route!(POST "canned-responses", SAVE, "Make or change a canned response", save),
    &route!(DELETE "canned-responses", REMOVE, "Remove a canned response", remove),
    &route!(GET "canned-responses/{_id}", SEE, "One canned response", one),
];

choices! {
    Scope,
}

params! {
    struct Wanted {
        /// A part of a shortcut, in any case.
        shortcut: Option<String>,
        /// A part of a text, in any case.
        text: Option<String>,
        /// Who has it: `user`, `department` or `global`.
        scope: Option<String>,
        /// The id or the user name of who made it.
        created_by as "createdBy": Option<String>,
        department as "departmentId": Option<String>,
        /// Tags, one of which it has.
        tags: Option<Vec<String>>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Saved {
        /// The id of what is changed; without one, it is new.
        id as "_id": Option<String>,
        /// What is typed behind the slash.
        shortcut: String,
        /// The answer, with placeholders such as `{{contact.name}}`.
        text: String,
        /// Who has it.
        scope: Scope,
        /// The tags that it has.
        tags: Option<Vec<String>>,
        /// The department that has it, where the scope is that.
        department as "departmentId": Option<String>,
    }

    struct Named {
        /// The id of the canned response.
        id as "_id": String,
    }
}

pub(super) fn document(response: &CannedResponse) -> Value {
    given(json!({
        "_id": response.id,
        "shortcut": response.shortcut,
        "text": response.text,
        "scope": response.scope.as_str(),
        "tags": response.tags,
        "userId": response.owner,
        "departmentId": response.department,
        "createdBy": {"_id": response.created_by, "username": response.created_by_username},
        // Which is ours: what is said most often is offered first.
        "uses": response.uses,
        "_createdAt": Value::from(response.created_at),
        "_updatedAt": Value::from(response.updated_at),
    }))
}

async fn ready(call: Call) -> Answer {
    let found = call.query(|call, view| {
        let account = call.account()?;
        Ok(canned_responses::ready(view, &call.policy, account)?)
    });
    let responses: Vec<Value> = found.await?.iter().map(document).collect();
    Reply::object(json!({"responses": responses}))
}

impl Wanted {
    fn fits(&self, response: &CannedResponse) -> bool {
        let part =
            |text: &str, of: Option<&String>| of.is_none_or(|of| key(text).contains(&key(of)));
        let is = |text: Option<&str>, wanted: Option<&String>| {
            wanted.is_none_or(|wanted| wanted.is_empty() || text == Some(wanted.as_str()))
        };
        let tags = self.tags.as_deref().unwrap_or_default();
        part(&response.shortcut, self.shortcut.as_ref())
            && (part(&response.shortcut, self.text.as_ref())
                || part(&response.text, self.text.as_ref()))
            && is(Some(response.scope.as_str()), self.scope.as_ref())
            && (is(Some(&response.created_by), self.created_by.as_ref())
                || is(
                    Some(&response.created_by_username),
                    self.created_by.as_ref(),
                ))
            && is(response.department.as_deref(), self.department.as_ref())
            && (tags.is_empty() || tags.iter().any(|tag| response.tags.contains(tag)))
    }
}

async fn list(call: Call, wanted: Wanted) -> Answer {
    let found = call.query(|call, view| {
        let account = call.account()?;
        Ok(canned_responses::list(view, &call.policy, account)?)
    });
    let found = found.await?;
    let found = found.iter().filter(|response| wanted.fits(response));
    let found = found.map(document).collect();
    paging::small_list(&call, "cannedResponses", found)
}

async fn one(call: Call) -> Answer {
    let found = call.query(|call, view| {
        let account = call.account()?;
        Ok(canned_responses::look_up(
            view,
            &call.policy,
            account,
            call.path(0),
        )?)
    });
    let found = found.await?;
    Reply::object(json!({"cannedResponse": found.as_ref().map(document)}))
}

async fn save(call: Call, saved: Saved) -> Answer {
    let named = filled(saved.id);
    let draft = Draft {
        shortcut: saved.shortcut,
        text: saved.text,
        scope: saved.scope,
        department: filled(saved.department),
        tags: saved.tags.unwrap_or_default(),
    };
    call.done(move |_, cx| canned_responses::save(cx, named.as_deref(), &draft))
        .await
}

async fn remove(call: Call, named: Named) -> Answer {
    call.done(move |_, cx| canned_responses::remove(cx, &named.id))
        .await
}
