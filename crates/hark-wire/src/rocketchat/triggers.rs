//! Triggers of the widget.

use hark_chat::triggers::{self, Draft, Trigger};
use serde_json::{Value, json};

use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::paging;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

const MANAGE: Access = Access::Permission("view-livechat-manager");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/triggers", MANAGE, "The triggers of the widget", list).takes(PAGE),
    &route!(POST "livechat/triggers", MANAGE, "Make or change a trigger", save).takes(DRAFT),
    &route!(GET "livechat/triggers/{_id}", MANAGE, "One trigger", one),
    &route!(DELETE "livechat/triggers/{_id}", MANAGE, "Remove a trigger", remove),
];

const PAGE: Shape = Shape::Object(&[paging::COUNT, paging::OFFSET, paging::SORT]);
const DRAFT: Shape = Shape::Object(&[
    Field::required("name", Shape::Text),
    Field::required("description", Shape::Text),
    Field::required("enabled", Shape::Flag),
    Field::required("runOnce", Shape::Flag),
    Field::required("conditions", Shape::SomeOf(&CONDITION)),
    Field::required("actions", Shape::SomeOf(&ACTION)),
    Field::optional("_id", Shape::Text),
]);
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
const SENDER: Field = Field::optional("sender", Shape::OneOf(&["queue", "custom"]));
const MESSAGE: Shape = Shape::Object(&[
    SENDER,
    Field::optional("msg", Shape::Text),
    Field::optional("name", Shape::Text),
]);
const SERVICE: Shape = Shape::Object(&[
    SENDER,
    Field::optional("name", Shape::Text),
    Field::required("serviceUrl", Shape::Text),
    Field::optional("serviceTimeout", Shape::Number),
    Field::optional("serviceFallbackMessage", Shape::Text),
    Field::optional("msg", Shape::Text),
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

async fn list(call: Call) -> Answer {
    let found = call.read(triggers::all).await?;
    paging::small_list(&call, "triggers", found.iter().map(document).collect())
}

async fn one(call: Call) -> Answer {
    let id = call.path(0).to_owned();
    let trigger = call.read(move |view| triggers::find(view, &id)).await?;
    Reply::object(json!({"trigger": trigger.as_ref().map(document)}))
}

async fn save(call: Call) -> Answer {
    let owned = |name: &str| call.text(name).unwrap_or_default().to_owned();
    let list = |name: &str| call.params.get(name).cloned().unwrap_or_else(|| json!([]));
    let draft = Draft {
        name: owned("name"),
        description: owned("description"),
        enabled: call.flag("enabled").unwrap_or(false),
        run_once: call.flag("runOnce").unwrap_or(false),
        conditions: list("conditions"),
        actions: list("actions"),
    };
    let named = call
        .text("_id")
        .filter(|id| !id.is_empty())
        .map(str::to_owned);
    let (who, now) = (call.actor()?, call.now);
    call.write(move |tx| triggers::save(tx, &who, now, named.as_deref(), &draft))
        .await?;
    Reply::done()
}

async fn remove(call: Call) -> Answer {
    let (who, now, id) = (call.actor()?, call.now, call.path(0).to_owned());
    call.write(move |tx| triggers::remove(tx, &who, now, &id))
        .await?;
    Reply::done()
}
