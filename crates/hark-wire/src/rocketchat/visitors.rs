//! Visitors, as their browsers speak: who they are, what they tell of themselves.

use std::sync::Arc;

use hark_chat::Refusal;
use hark_chat::visitors::{self, CustomValue, Registration, Traces};
use serde_json::{Value, json};

use super::chat_documents;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "livechat/visitor", Access::Visitor, "Register a visitor, or bring him up to date", register)
        .takes(REGISTER)
        .per_minute(5),
    &route!(GET "livechat/visitor/{token}", Access::Visitor, "What is known of a visitor", read),
    &route!(DELETE "livechat/visitor/{token}", Access::Visitor, "Forget a visitor", remove),
    &route!(POST "livechat/visitor.status", Access::Visitor, "Whether the visitor is there", set_status).takes(STATUS),
    &route!(POST "livechat/custom.field", Access::Visitor, "Set the value of a custom field", set_field).takes(FIELD),
    &route!(POST "livechat/custom.fields", Access::Visitor, "Set the values of custom fields", set_fields).takes(FIELDS),
];

const REGISTER: Shape = Shape::Matched(&[Field::required(
    "visitor",
    Shape::Loosely(&[
        Field::required("token", Shape::Text),
        Field::optional("name", Shape::Maybe(&Shape::Text)),
        Field::optional("email", Shape::Maybe(&Shape::Text)),
        Field::optional("department", Shape::Maybe(&Shape::Text)),
        Field::optional("phone", Shape::Maybe(&Shape::Text)),
        Field::optional("username", Shape::Maybe(&Shape::Text)),
        Field::optional(
            "customFields",
            Shape::Maybe(&Shape::List(&Shape::Loosely(&[
                Field::required("key", Shape::Text),
                Field::required("value", Shape::Text),
                Field::required("overwrite", Shape::Flag),
            ]))),
        ),
    ]),
)]);
const STATUS: Shape = Shape::Matched(&[
    Field::required("token", Shape::Text),
    Field::required("status", Shape::Text),
]);
const FIELD: Shape = Shape::Object(&[
    Field::required("token", Shape::Text),
    Field::required("key", Shape::Text),
    Field::required("value", Shape::Text),
    Field::required("overwrite", Shape::Flag),
]);
const FIELDS: Shape = Shape::Object(&[
    Field::required("token", Shape::Text),
    Field::required(
        "customFields",
        Shape::List(&Shape::Object(&[
            Field::required("key", Shape::Text),
            Field::required("value", Shape::Text),
            Field::required("overwrite", Shape::Flag),
        ])),
    ),
]);
const MOST_FIELDS: usize = 200;

/// On these routes a wrong token is told in brackets.
pub(super) fn in_brackets(refusal: Failure) -> Failure {
    match refusal {
        Failure::Plain(text) if text == "invalid-token" => Failure::coded("", "invalid-token"),
        other => other,
    }
}

async fn register(call: Call) -> Answer {
    let text = |name: &str| call.inner("visitor", name).map(str::to_owned);
    let custom = call.params["visitor"]["customFields"].as_array();
    let told = Registration {
        token: text("token").unwrap_or_default(),
        username: text("username"),
        name: text("name"),
        email: text("email"),
        phone: text("phone"),
        department: text("department"),
        custom: custom_values(custom.map_or(&[][..], Vec::as_slice)),
        traces: Traces {
            ip: Some(call.address.to_string()),
            user_agent: header(&call, "user-agent"),
            host: header(&call, "host"),
        },
    };
    let (now, policy) = (call.now, Arc::clone(&call.policy));
    let visitor = call
        .write(move |tx| visitors::register(tx, now, &policy, &told))
        .await?;
    Reply::object(json!({"visitor": chat_documents::visitor(&visitor)}))
}

fn header(call: &Call, name: &str) -> Option<String> {
    const LONGEST: usize = 500;
    call.header(name)
        .map(|text| text.chars().take(LONGEST).collect())
}

fn custom_values(given: &[Value]) -> Vec<CustomValue> {
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    given
        .iter()
        .take(MOST_FIELDS)
        .map(|value| CustomValue {
            key: text(value, "key"),
            value: text(value, "value"),
            overwrite: value["overwrite"].as_bool().unwrap_or(true),
        })
        .collect()
}

async fn read(call: Call) -> Answer {
    let token = call.path(0).to_owned();
    let found = call
        .read(move |view| visitors::find_by_token(view, &token))
        .await?;
    let visitor = found.ok_or_else(|| Failure::coded("", "invalid-token"))?;
    Reply::object(json!({"visitor": chat_documents::visitor(&visitor)}))
}

async fn remove(call: Call) -> Answer {
    let token = call.path(0).to_owned();
    let (now, policy) = (call.now, Arc::clone(&call.policy));
    let id = call
        .write(move |tx| visitors::remove(tx, now, &policy, &token))
        .await
        .map_err(in_brackets)?;
    Reply::object(json!({"visitor": {"_id": id, "ts": Value::from(now)}}))
}

async fn set_status(call: Call) -> Answer {
    let token = call.text("token").unwrap_or_default().to_owned();
    let status = call.text("status").unwrap_or_default().to_owned();
    let now = call.now;
    let (shown_token, shown) = (token.clone(), status.clone());
    call.write(move |tx| visitors::set_status(tx, now, &token, &status))
        .await
        .map_err(in_brackets)?;
    Reply::object(json!({"token": shown_token, "status": shown}))
}

async fn set_field(call: Call) -> Answer {
    let text = |name: &str| call.text(name).unwrap_or_default().to_owned();
    let given = CustomValue {
        key: text("key"),
        value: text("value"),
        overwrite: call.flag("overwrite").unwrap_or(true),
    };
    let (token, now, told) = (text("token"), call.now, given.clone());
    let changed = call
        .write(move |tx| visitors::set_custom(tx, now, &token, &given))
        .await?;
    match changed {
        true => Reply::object(json!({
            "field": {"key": told.key, "value": told.value, "overwrite": told.overwrite},
        })),
        false => Err(Failure::Silent),
    }
}

async fn set_fields(call: Call) -> Answer {
    let given = call.params["customFields"].as_array();
    let given = custom_values(given.map_or(&[][..], Vec::as_slice));
    let token = call.text("token").unwrap_or_default().to_owned();
    let (now, told) = (call.now, given.clone());
    let changed = call
        .write(move |tx| {
            visitors::known(tx, &token)?;
            for value in &given {
                if !visitors::set_custom(tx, now, &token, value)? {
                    return Ok(false);
                }
            }
            Ok::<bool, Refusal>(true)
        })
        .await?;
    if !changed {
        return Err(Failure::plain("error-setting-custom-field"));
    }
    // The capital letter is the original's.
    let fields = told
        .iter()
        .map(|value| json!({"Key": value.key, "value": value.value, "overwrite": value.overwrite}));
    Reply::object(json!({"fields": fields.collect::<Vec<_>>()}))
}
