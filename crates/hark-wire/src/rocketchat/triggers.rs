//! Triggers of the widget.

use hark_chat::triggers::{self, Draft, Trigger};
use hark_model::settings;
use serde_json::{Value, json};

use super::documents::given;
use super::methods::{Method, Outcome, match_failed, method};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::paging;
use crate::params::{Parameter, filled, params};
use crate::quiet::Quiet;
use crate::route::{Access, Route, route};
use crate::second_factor;
use crate::shape::{Field, Shape};
use crate::trigger_services::{Question, Wrong};

const MANAGE: Access = Access::Permission("view-livechat-manager");
/// What is sent carries the secret of the workspace's webhook.
const SEND: Access = Access::AllOf(&["view-livechat-manager", second_factor::SENDS_ELSEWHERE]);

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/triggers", MANAGE, "The triggers of the widget", list),
    &route!(POST "livechat/triggers", MANAGE, "Make or change a trigger", save),
    &route!(GET "livechat/triggers/{_id}", MANAGE, "One trigger", one),
    &route!(DELETE "livechat/triggers/{_id}", MANAGE, "Remove a trigger", remove),
    &route!(POST "livechat/triggers/external-service/test", SEND, "What a program answers that a trigger would ask", try_service)
        .with_second_factor(),
    &route!(POST "livechat/triggers/{_id}/external-service/call", Access::Anyone, "What the program says that a trigger asks", ask_service)
        .each_visitor()
        .per_minute(10),
];

pub(crate) static METHODS: &[Method] = &[method!("livechat:saveTrigger", MANAGE, save_by_method)];

params! {
    struct Wanted {
        /// What it is called.
        name: String,
        /// What it is for.
        description: String,
        /// Whether it fires.
        enabled: bool,
        /// Whether it fires only once for a visitor.
        run_once as "runOnce": bool,
        /// When it fires.
        conditions: Value = Shape::SomeOf(&CONDITION),
        /// What it does.
        actions: Value = Shape::SomeOf(&ACTION),
        /// The id of what is changed; without one, it is new.
        id as "_id": Option<String>,
    }

    struct Trial {
        /// The service that is asked.
        url as "webhookUrl": String,
        /// How long it may take, in milliseconds.
        timeout: f64,
        /// What is said when it does not answer.
        fallback as "fallbackMessage": String,
        /// What the service is told besides.
        extra as "extraData": Option<Vec<Pair>>,
    }

    struct Asking {
        token: String,
        /// What the service is told besides.
        extra as "extraData": Option<Vec<Pair>>,
    }

    struct Pair {
        /// The name of what is told.
        key: String,
        /// What is told.
        value: String,
    }
}

/// A text of an action that is asked elsewhere.
const SERVICE_URL: &str = "serviceUrl";
const USES_SERVICE: &str = "use-external-service";

const CONDITION: Shape = Shape::Object(&[
    Field::required(
        "name",
        Shape::OneOf(&[
            "time-on-site",
            "page-url",
            "chat-opened-by-visitor",
            "after-guest-registration",
        ]),
    )
    .about("What it waits for"),
    Field::required("value", Shape::Maybe(&Shape::Text))
        .about("The seconds, or the pattern of the address"),
]);
const ACTION: Shape = Shape::Either(&[
    Shape::Object(&[
        Field::required("name", Shape::OneOf(&["send-message"])).about("A text that stands here"),
        Field::optional("params", Shape::Maybe(&MESSAGE)).about("What is said, and by whom"),
    ]),
    Shape::Object(&[
        Field::required("name", Shape::OneOf(&[USES_SERVICE])).about("A text that a service gives"),
        Field::required("params", SERVICE).about("Which service is asked"),
    ]),
]);
const SENDER: Shape = Shape::OneOf(&["queue", "custom"]);
const MESSAGE: Shape = Shape::Object(&[
    Field::required("sender", SENDER).about("Who says it: the agent whose turn it is, or a name"),
    Field::required("msg", Shape::Text).about("What is said"),
    Field::optional("name", Shape::Maybe(&Shape::Text)).about("The name that says it"),
]);
const SERVICE: Shape = Shape::Object(&[
    Field::optional("sender", SENDER).about("Who says it: the agent whose turn it is, or a name"),
    Field::optional("name", Shape::Maybe(&Shape::Text)).about("The name that says it"),
    Field::required(SERVICE_URL, Shape::Text).about("The service that is asked"),
    Field::required("serviceTimeout", Shape::Number).about("How long it may take, in milliseconds"),
    Field::required("serviceFallbackMessage", Shape::Text)
        .about("What is said when it does not answer"),
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

async fn keep(call: &Call, wanted: Wanted) -> Result<(), Failure> {
    let named = filled(wanted.id);
    let asked = services(&wanted.actions);
    if !asked.is_empty() {
        let kept = match named.clone() {
            Some(id) => {
                call.query(move |_, view| Ok(triggers::find(view, &id)?))
                    .await?
            }
            None => None,
        };
        let known = kept
            .as_ref()
            .map_or_else(Vec::new, |kept| services(&kept.actions));
        if asked.iter().any(|url| !known.contains(url)) {
            second_factor::demand_for_address(call).await?;
        }
    }
    let draft = Draft {
        name: wanted.name,
        description: wanted.description,
        enabled: wanted.enabled,
        run_once: wanted.run_once,
        conditions: wanted.conditions,
        actions: wanted.actions,
    };
    call.command(move |_, cx| triggers::save(cx, named.as_deref(), &draft))
        .await?;
    Ok(())
}

/// Where its actions ask, in the order of the actions.
fn services(actions: &Value) -> Vec<&str> {
    let actions = actions.as_array().into_iter().flatten();
    let asking = actions.filter(|action| action["name"] == USES_SERVICE);
    asking
        .filter_map(|action| action["params"][SERVICE_URL].as_str())
        .collect()
}

/// As the widget gets it: where a program is asked, and for how long, is for those who set it up.
pub(super) fn for_visitors(trigger: &Trigger) -> Value {
    let mut actions = trigger.actions.clone();
    for action in actions.as_array_mut().into_iter().flatten() {
        if let Some(params) = action["params"].as_object_mut() {
            params.shift_remove(SERVICE_URL);
            params.shift_remove("serviceTimeout");
        }
    }
    json!({
        "_id": trigger.id,
        "conditions": trigger.conditions,
        "actions": actions,
        "runOnce": trigger.run_once,
    })
}

fn question(
    call: &Call,
    url: &str,
    timeout: f64,
    token: &str,
    extra: Option<Vec<Pair>>,
) -> Result<Question, Failure> {
    let secret = call.policy.text(settings::Livechat_secret_token);
    if secret.is_empty() {
        return Err(Failure::plain("Livechat secret token is not configured"));
    }
    let extra = extra.map(|pairs| {
        let pairs = pairs.into_iter();
        pairs
            .map(|pair| json!({"key": pair.key, "value": pair.value}))
            .collect::<Vec<_>>()
    });
    Ok(Question {
        url: url.to_owned(),
        timeout,
        secret: secret.to_owned(),
        body: given(json!({"metadata": extra, "visitorToken": token})),
    })
}

/// What the program has to say. A copy of a server asks nobody.
async fn said(call: &Call, question: Question) -> Result<Result<Value, Wrong>, Failure> {
    Ok(match Quiet::here(&call.wire).await? {
        Some(quiet) => Err(Wrong::answer(quiet.to_string())),
        None => call.wire.trigger_services.ask(question).await,
    })
}

/// What came of it, and what is said if nothing did.
fn outcome(id: &str, said: Result<Value, Wrong>, fallback: &str, explains: bool) -> Answer {
    match said {
        Ok(contents) => Reply::object(json!({
            "triggerId": id,
            "response": {"statusCode": 200, "contents": contents},
        })),
        Err(wrong) => {
            tracing::debug!(
                trigger = id,
                why = wrong.words(),
                "the program that a trigger asks has said nothing"
            );
            Err(Failure::Members(given(json!({
                "triggerId": id,
                "error": wrong.code(),
                "response": explains.then(|| wrong.words()),
                "fallbackMessage": fallback,
            }))))
        }
    }
}

async fn try_service(call: Call, trial: Trial) -> Answer {
    let question = question(
        &call,
        &trial.url,
        trial.timeout,
        "sample-token",
        trial.extra,
    )?;
    let said = said(&call, question).await?;
    outcome("test-trigger", said, &trial.fallback, true)
}

/// A trigger may go off before its visitor is known, so any token will do. Why a program has said nothing
/// is not for visitors.
async fn ask_service(call: Call, asking: Asking) -> Answer {
    let trigger = call
        .query(|call, view| Ok(triggers::find(view, call.path(0))?))
        .await?;
    let trigger = trigger.filter(|trigger| trigger.enabled);
    let trigger = trigger.ok_or_else(|| Failure::plain("Invalid trigger"))?;
    // The widget takes the first action alone.
    let action = &trigger.actions[0];
    if action["name"] != USES_SERVICE {
        return Err(Failure::plain(
            "Trigger is not configured to use an external service",
        ));
    }
    let params = &action["params"];
    let url = params[SERVICE_URL].as_str().unwrap_or_default();
    if url.is_empty() {
        return Err(Failure::plain("Invalid service URL"));
    }
    let timeout = params["serviceTimeout"].as_f64().unwrap_or_default();
    let question = question(&call, url, timeout, &asking.token, asking.extra)?;
    let said = said(&call, question).await?;
    let fallback = params["serviceFallbackMessage"]
        .as_str()
        .unwrap_or_default();
    outcome(&trigger.id, said, fallback, false)
}

async fn remove(call: Call) -> Answer {
    call.done(|call, cx| triggers::remove(cx, call.path(0)))
        .await
}
