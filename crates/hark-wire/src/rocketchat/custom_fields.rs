//! Custom fields: read by routes, written by methods.

use hark_chat::custom_fields::{self, CustomField, Scope};
use serde_json::{Value, json};

use super::methods::{Method, Outcome, match_failed, method, text};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::paging;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

const READ: Access = Access::Permission("view-l-room");
const MANAGE: Access = Access::Permission("view-livechat-manager");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/custom-fields", READ, "The custom fields", list).takes(FILTER),
    &route!(GET "livechat/custom-fields/{_id}", READ, "One custom field", one),
];

pub(crate) static METHODS: &[Method] = &[
    method!("livechat:saveCustomField", MANAGE, save),
    method!("livechat:removeCustomField", MANAGE, remove),
];

const FILTER: Shape = Shape::Object(&[
    Field::optional("text", Shape::Text),
    paging::COUNT,
    paging::OFFSET,
    paging::SORT,
]);

fn document(field: &CustomField) -> Value {
    let mut document = json!({
        "_id": field.id,
        "label": field.label,
        "scope": field.scope.name(),
        "visibility": if field.visible { "visible" } else { "hidden" },
        "searchable": field.searchable,
        "type": field.kind,
        "required": field.required,
        "public": field.public,
        "_updatedAt": Value::from(field.updated_at),
    });
    for (name, text) in [
        ("regexp", &field.pattern),
        ("defaultValue", &field.preset),
        ("options", &field.options),
    ] {
        if let Some(text) = text {
            document[name] = json!(text);
        }
    }
    document
}

async fn list(call: Call) -> Answer {
    let wanted = call.text("text").unwrap_or_default().to_lowercase();
    let fields = call.read(custom_fields::all).await?;
    let fits = |text: &str| text.to_lowercase().contains(&wanted);
    let found = fields
        .iter()
        .filter(|field| fits(&field.label) || fits(&field.id));
    let found = found.map(document).collect();
    paging::small_list(&call, "customFields", found)
}

async fn one(call: Call) -> Answer {
    let id = call.path(0).to_owned();
    let field = call
        .read(move |view| custom_fields::find(view, &id))
        .await?;
    Reply::object(json!({"customField": field.as_ref().map(document)}))
}

async fn save(call: &Call, params: &[Value]) -> Outcome {
    let named = match params.first() {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(id.clone()),
        Some(_) => return Err(match_failed()),
    };
    let field = params.get(1).and_then(read).ok_or_else(match_failed)?;
    let (who, now) = (call.actor()?, call.now);
    let saved = call
        .write(move |tx| custom_fields::save(tx, &who, now, named.as_deref(), &field))
        .await?;
    Ok(document(&saved))
}

/// Absent when a member is of another type.
fn read(given: &Value) -> Option<CustomField> {
    let given = given.as_object()?;
    let optional = |name: &str| match given.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(text)) => Some(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(_) => None,
    };
    let needed = |name: &str| Some(given.get(name)?.as_str()?.to_owned());
    let flag = |name: &str| match given.get(name) {
        None | Some(Value::Null) => Some(false),
        Some(value) => value.as_bool(),
    };
    let kind = optional("type")?.unwrap_or_else(|| "input".to_owned());
    let visible = match needed("visibility")?.as_str() {
        "visible" => true,
        "hidden" => false,
        _ => return None,
    };
    Some(CustomField {
        id: needed("field")?,
        label: needed("label")?,
        scope: Scope::parse(&needed("scope")?)?,
        visible,
        pattern: optional("regexp")?,
        searchable: flag("searchable")?,
        kind: Some(kind).filter(|kind| matches!(kind.as_str(), "input" | "select"))?,
        required: flag("required")?,
        preset: optional("defaultValue")?,
        options: optional("options")?,
        public: flag("public")?,
        updated_at: hark_store::Timestamp::from_millis(0),
    })
}

async fn remove(call: &Call, params: &[Value]) -> Outcome {
    let id = text(params, 0).ok_or_else(match_failed)?.to_owned();
    let (who, now) = (call.actor()?, call.now);
    let removed = call
        .write(move |tx| custom_fields::remove(tx, &who, now, &id))
        .await;
    match removed {
        Ok(()) => Ok(json!({"acknowledged": true, "deletedCount": 1})),
        Err(Failure::Coded {
            code: code @ "error-invalid-custom-field",
            ..
        }) => Err(Failure::coded("Custom field not found", code)),
        Err(failure) => Err(failure),
    }
}
