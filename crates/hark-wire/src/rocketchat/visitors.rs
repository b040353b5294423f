//! Visitors, as their browsers speak: who they are, what they say of themselves.

use hark_chat::contacts::Arrival;
use hark_chat::visitors::{CustomValue, Registration, Traces};
use hark_model::Refusal;
use hark_model::visitors::{self, Visitor};
use serde_json::{Value, json};

use super::chat_documents;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::params::params;
use crate::route::{Access, Route, route};

/// What is registered is counted, whichever way it comes.
pub(super) static REGISTER: Route = route!(POST "livechat/visitor", Access::Visitor, "Register a visitor, or bring them up to date", register)
    .per_minute(5);

pub(crate) static ROUTES: &[&Route] = &[
    &REGISTER,
    &route!(GET "livechat/visitor/{token}", Access::Visitor, "What is known of a visitor", read),
    &route!(DELETE "livechat/visitor/{token}", Access::Visitor, "Forget a visitor", remove),
    &route!(POST "livechat/visitor.status", Access::Visitor, "Whether the visitor is there", set_status),
    &route!(POST "livechat/custom.field", Access::Visitor, "Set the value of a custom field", set_field),
    &route!(POST "livechat/custom.fields", Access::Visitor, "Set the values of custom fields", set_fields),
];

params! {
    struct Register: MeteorMatch {
        /// What is known of the visitor.
        visitor: Registering,
    }

    /// Clients keep members of their own beside these.
    pub(super) struct Registering: OpenObject {
        token: String,
        /// Their name.
        name: Option<Option<String>>,
        /// Their address.
        email: Option<Option<String>>,
        /// The department that they want, by id or name.
        department: Option<Option<String>>,
        /// Their number.
        phone: Option<Option<String>>,
        /// Their user name; without one, one is made.
        username: Option<Option<String>>,
        /// Values of custom fields.
        custom_fields as "customFields": Option<Option<Vec<RegisteredField>>>,
    }

    pub(super) struct RegisteredField: OpenObject {
        /// The id of the custom field.
        key: String,
        /// What it is to hold.
        value: String,
        /// Whether it takes the place of what it holds.
        overwrite: bool,
    }

    struct Status: MeteorMatch {
        token: String,
        /// `online`, `away`, `busy` or `offline`.
        status: String,
    }

    struct FieldOfVisitor {
        token: String,
        /// The id of the custom field.
        key: String,
        /// What it is to hold.
        value: String,
        /// Whether it takes the place of what it holds.
        overwrite: bool,
    }

    struct FieldsOfVisitor {
        token: String,
        /// Values of custom fields.
        custom_fields as "customFields": Vec<OneField>,
    }

    struct OneField {
        /// The id of the custom field.
        key: String,
        /// What it is to hold.
        value: String,
        /// Whether it takes the place of what it holds.
        overwrite: bool,
    }
}
const MOST_FIELDS: usize = 200;

/// On these routes a wrong token is said in brackets.
pub(super) fn in_brackets(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::InvalidToken => Failure::coded("[invalid-token]"),
        other => other.into(),
    }
}

async fn register(call: Call, register: Register) -> Answer {
    let registration = registration(&call, register.visitor);
    let visitor = registered(&call, registration).await?;
    Reply::object(json!({"visitor": chat_documents::visitor(&visitor)}))
}

pub(super) async fn registered(
    call: &Call,
    registration: Registration,
) -> Result<Visitor, Refusal> {
    call.command(move |_, cx| hark_chat::visitors::register(cx, &registration))
        .await
}

pub(super) fn registration(call: &Call, visitor: Registering) -> Registration {
    let custom = visitor.custom_fields.flatten().unwrap_or_default();
    let custom = custom.into_iter().take(MOST_FIELDS);
    Registration {
        token: visitor.token,
        username: visitor.username.flatten(),
        name: visitor.name.flatten(),
        email: visitor.email.flatten(),
        phone: visitor.phone.flatten(),
        department: visitor.department.flatten(),
        custom: custom
            .map(|field| CustomValue {
                key: field.key,
                value: field.value,
                overwrite: field.overwrite,
            })
            .collect(),
        traces: traces(call),
        arrival: Arrival::Page,
    }
}

/// Where somebody comes from.
pub(crate) fn traces(call: &Call) -> Traces {
    Traces {
        ip: Some(call.address.to_string()),
        user_agent: header(call, "user-agent"),
        host: header(call, "host"),
    }
}

fn header(call: &Call, name: &str) -> Option<String> {
    const LONGEST: usize = 500;
    call.header(name)
        .map(|text| text.chars().take(LONGEST).collect())
}

async fn read(call: Call) -> Answer {
    let found = call.query(|call, view| visitors::known(view, call.path(0)));
    let visitor = found.await.map_err(in_brackets)?;
    Reply::object(json!({"visitor": chat_documents::visitor(&visitor)}))
}

async fn remove(call: Call) -> Answer {
    let removed = call.command(|call, cx| hark_chat::visitors::remove(cx, call.path(0)));
    let id = removed.await.map_err(in_brackets)?;
    Reply::object(json!({"visitor": {"_id": id, "ts": Value::from(call.now)}}))
}

async fn set_status(call: Call, status: Status) -> Answer {
    let (token, wanted) = (status.token.clone(), status.status.clone());
    let set = call.command(move |_, cx| hark_chat::visitors::set_status(cx, &token, &wanted));
    set.await.map_err(in_brackets)?;
    Reply::object(json!({"token": status.token, "status": status.status}))
}

async fn set_field(call: Call, field: FieldOfVisitor) -> Answer {
    let given = CustomValue {
        key: field.key,
        value: field.value,
        overwrite: field.overwrite,
    };
    let shown = given.clone();
    let changed =
        call.command(move |_, cx| hark_chat::visitors::set_custom(cx, &field.token, &given));
    if !changed.await? {
        return Err(Failure::Silent);
    }
    Reply::object(json!({
        "field": {"key": shown.key, "value": shown.value, "overwrite": shown.overwrite},
    }))
}

async fn set_fields(call: Call, given: FieldsOfVisitor) -> Answer {
    let token = given.token;
    let given = given.custom_fields.into_iter().take(MOST_FIELDS);
    let given = given.map(|field| CustomValue {
        key: field.key,
        value: field.value,
        overwrite: field.overwrite,
    });
    let given: Vec<CustomValue> = given.collect();
    let shown = given.clone();
    let changed = call
        .command(move |_, cx| {
            visitors::known(cx.tx, &token)?;
            for value in &given {
                if !hark_chat::visitors::set_custom(cx, &token, value)? {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await?;
    if !changed {
        return Err(Failure::plain("error-setting-custom-field"));
    }
    // The capital letter is the original's.
    let fields = shown
        .iter()
        .map(|value| json!({"Key": value.key, "value": value.value, "overwrite": value.overwrite}));
    Reply::object(json!({"fields": fields.collect::<Vec<_>>()}))
}
