//! Custom fields: read by routes, written by methods.

use hark_chat::custom_fields::{self, CustomField, Scope};
use hark_model::Refusal;
use serde_json::{Value, json};

use super::documents::given;
use super::methods::{Method, Outcome, match_failed, method};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::paging;
use crate::params::{filled, params};
use crate::route::{Access, Route, route};

const READ: Access = Access::Permission("view-l-room");
const MANAGE: Access = Access::Permission("view-livechat-manager");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/custom-fields", READ, "The custom fields", list).per_minute(OF_A_DESK),
    &route!(GET "livechat/custom-fields/{_id}", READ, "One custom field", one),
];

pub(crate) static METHODS: &[Method] = &[
    method!("livechat:saveCustomField", MANAGE, save),
    method!("livechat:removeCustomField", MANAGE, remove),
];

params! {
    struct Filter {
        /// A part of an id or a label, in any case.
        text: Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT,
    }

    struct Wanted: OpenObject {
        /// The id of the field: letters, digits, `-` and `_`.
        field: String,
        /// What people see.
        label: String,
        /// Whose it is: `visitor` or `room`.
        scope: String,
        /// `visible`, or `hidden`.
        visibility: String,
        /// A regular expression that values have to match.
        pattern as "regexp": Option<String>,
        /// Whether contacts are found by it.
        searchable: Option<bool>,
        /// `input`, or `select`.
        kind as "type": Option<String>,
        /// Whether visitors have to fill it in.
        required: Option<bool>,
        /// What it holds at first.
        preset as "defaultValue": Option<String>,
        /// The choices of a `select`, with commas between.
        options: Option<String>,
        /// Whether visitors see it in the form.
        public: Option<bool>,
    }
}

fn document(field: &CustomField) -> Value {
    given(json!({
        "_id": field.id,
        "label": field.label,
        "scope": field.scope.as_str(),
        "visibility": field.visibility,
        "searchable": field.searchable,
        "type": field.kind,
        "required": field.required,
        "public": field.public,
        "_updatedAt": Value::from(field.updated_at),
        "regexp": field.pattern,
        "defaultValue": field.preset,
        "options": field.options,
    }))
}

async fn list(call: Call, filter: Filter) -> Answer {
    let wanted = filter.text.unwrap_or_default().to_lowercase();
    let fields = call.query(|_, view| Ok(custom_fields::all(view)?)).await?;
    let fits = |text: &str| text.to_lowercase().contains(&wanted);
    let found = fields
        .iter()
        .filter(|field| fits(&field.label) || fits(&field.id));
    let found = found.map(document).collect();
    paging::small_list(&call, "customFields", found)
}

async fn one(call: Call) -> Answer {
    let field = call
        .query(|call, view| Ok(custom_fields::find(view, call.path(0))?))
        .await?;
    Reply::object(json!({"customField": field.as_ref().map(document)}))
}

async fn save(call: &Call, (named, wanted): (Option<String>, Wanted)) -> Outcome {
    let field = field(wanted).ok_or_else(match_failed)?;
    let saved = call
        .command(move |_, cx| custom_fields::save(cx, named.as_deref(), &field))
        .await?;
    Ok(document(&saved))
}

/// Absent when a word is none of those that are known.
fn field(wanted: Wanted) -> Option<CustomField> {
    let kind = filled(wanted.kind).unwrap_or_else(|| "input".to_owned());
    Some(CustomField {
        id: wanted.field,
        label: wanted.label,
        scope: Scope::parse(&wanted.scope)?,
        visibility: wanted.visibility,
        pattern: filled(wanted.pattern),
        searchable: wanted.searchable.unwrap_or(false),
        kind: Some(kind).filter(|kind| matches!(kind.as_str(), "input" | "select"))?,
        required: wanted.required.unwrap_or(false),
        preset: filled(wanted.preset),
        options: filled(wanted.options),
        public: wanted.public.unwrap_or(false),
        updated_at: hark_store::Timestamp::from_millis(0),
    })
}

async fn remove(call: &Call, (id,): (String,)) -> Outcome {
    match call
        .command(move |_, cx| custom_fields::remove(cx, &id))
        .await
    {
        Ok(()) => Ok(json!({"acknowledged": true, "deletedCount": 1})),
        Err(Refusal::NoSuchCustomField) => Err(Failure::coded(
            "Custom field not found [error-invalid-custom-field]",
        )),
        Err(refusal) => Err(refusal.into()),
    }
}
