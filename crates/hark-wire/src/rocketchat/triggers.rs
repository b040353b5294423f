//! Triggers of the widget.

use hark_chat::triggers::{self, Draft, Trigger};
use hark_model::Refusal;
use serde_json::{Value, json};

use super::methods::{Method, Outcome, match_failed, method};
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::paging;
use crate::params::{Parameter, filled, params};
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

const MANAGE: Access = Access::Permission("view-livechat-manager");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/triggers", MANAGE, "The triggers of the widget", list),
    &route!(POST "livechat/triggers", MANAGE, "Make or change a trigger", save),
    &route!(GET "livechat/triggers/{_id}", MANAGE, "One trigger", one),
    &route!(DELETE "livechat/triggers/{_id}", MANAGE, "Remove a trigger", remove),
];

pub(crate) static METHODS: &[Method] = &[method!("livechat:saveTrigger", MANAGE, save_by_method)];

params! {
    struct Wanted {
        name: String,
        description: String,
        enabled: bool,
        run_once as "runOnce": bool,
        conditions: Value = Shape::SomeOf(&CONDITION),
        actions: Value = Shape::SomeOf(&ACTION),
        id as "_id": Option<String>,
    }
}

const CONDITION: Shape = Shape::Object(&[
    Field::required(
        "name",
        Shape::OneOf(&[
            "time-on-site",
            "page-url",
            "chat-opened-by-visitor",
            "after-guest-registration",
        ]),
    ),
    Field::required("value", Shape::Maybe(&Shape::Text)),
]);
const ACTION: Shape = Shape::Either(&[
    Shape::Object(&[
        Field::required("name", Shape::OneOf(&["send-message"])),
        Field::optional("params", Shape::Maybe(&MESSAGE)),
    ]),
    Shape::Object(&[
        Field::required("name", Shape::OneOf(&["use-external-service"])),
        Field::required("params", SERVICE),
    ]),
]);
const SENDER: Shape = Shape::OneOf(&["queue", "custom"]);
const MESSAGE: Shape = Shape::Object(&[
    Field::required("sender", SENDER),
    Field::required("msg", Shape::Text),
    Field::optional("name", Shape::Maybe(&Shape::Text)),
]);
const SERVICE: Shape = Shape::Object(&[
    Field::optional("sender", SENDER),
    Field::optional("name", Shape::Maybe(&Shape::Text)),
    Field::required("serviceUrl", Shape::Text),
    Field::required("serviceTimeout", Shape::Number),
    Field::required("serviceFallbackMessage", Shape::Text),
]);

fn document(trigger: &Trigger) -> Value {
    json!({
        "_id": trigger.id,
        "name": trigger.name,
        "description": trigger.description,
        "enabled": trigger.enabled,
        "runOnce": trigger.run_once,
        "conditions": trigger.conditions,
        "actions": trigger.actions,
        "_updatedAt": Value::from(trigger.updated_at),
    })
}

async fn list(call: Call, _: paging::Sorted) -> Answer {
    let found = call.query(|_, view| Ok(triggers::all(view)?)).await?;
    paging::small_list(&call, "triggers", found.iter().map(document).collect())
}

async fn one(call: Call) -> Answer {
    let trigger = call
        .query(|call, view| Ok(triggers::find(view, call.path(0))?))
        .await?;
    Reply::object(json!({"trigger": trigger.as_ref().map(document)}))
}

async fn save(call: Call, wanted: Wanted) -> Answer {
    keep(&call, wanted).await?;
    Reply::done()
}

/// `livechat:saveTrigger(trigger)`: what it takes is checked as that of the route is.
async fn save_by_method(call: &Call, (mut given,): (Value,)) -> Outcome {
    if Wanted::SHAPE.fit(&mut given).is_err() {
        return Err(match_failed());
    }
    keep(call, Wanted::read(&given).ok_or_else(match_failed)?).await?;
    Ok(json!(true))
}

async fn keep(call: &Call, wanted: Wanted) -> Result<(), Refusal> {
    let named = filled(wanted.id);
    let draft = Draft {
        name: wanted.name,
        description: wanted.description,
        enabled: wanted.enabled,
        run_once: wanted.run_once,
        conditions: wanted.conditions,
        actions: wanted.actions,
    };
    call.command(move |_, cx| triggers::save(cx, named.as_deref(), &draft))
        .await
}

async fn remove(call: Call) -> Answer {
    call.done(|call, cx| triggers::remove(cx, call.path(0)))
        .await
}
