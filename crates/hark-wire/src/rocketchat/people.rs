//! People as colleagues see them: who is there, with what status and preferences.

use hark_model::accounts::{self, Presence};
use serde_json::{Map, Value, json};

use super::{Person, documents};
use crate::answer::{Answer, Failure, Reply};
use crate::body;
use crate::call::Call;
use crate::params::params;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "users.setStatus", Access::User, "Say whether one is there, and a line about it", set_status),
    &route!(GET "users.getStatus", Access::User, "Whether someone is there", get_status).reads(PERSON),
    &route!(GET "users.getPresence", Access::User, "Whether someone is there, as the sidebar asks", get_presence).reads(PERSON),
    &route!(GET "users.presence", Access::User, "Who of these is there", presence).reads(THESE),
    &route!(POST "users.setPreferences", Access::User, "Change preferences", set_preferences),
    &route!(GET "users.autocomplete", Access::Permission("view-outside-room"), "Accounts that begin with a text", autocomplete).reads(SELECTOR),
];

const PERSON: &[Field] = &[
    Field::optional("userId", Shape::Text)
        .about("The id of an account; without any of the three, the caller's"),
    Field::optional("username", Shape::Text),
    Field::optional("user", Shape::Text).about("The same as `username`"),
];
const THESE: &[Field] = &[Field::optional("ids", Shape::Text)
    .about("Ids of accounts with commas between; without it, everybody who is there")];
const SELECTOR: &[Field] = &[Field::required("selector", Shape::Text)
    .about("JSON text: `{\"term\": \"am\", \"exceptions\": [\"ben\"]}`")];

params! {
    struct SetStatus {
        /// `online`, `away`, `busy` or `offline`.
        status: Option<String>,
        /// What is said beside it.
        message: Option<String>,
        /// The id of the account; without one, the caller's.
        user_id as "userId": Option<String>,
        /// The user name of the account.
        username: Option<String>,
        /// The user name of the account.
        user: Option<String>,
    }

    struct SetPreferences {
        /// The id of the account; without one, the caller's.
        user_id as "userId": Option<String>,
        /// The preferences, by their names.
        data: Map<String, Value>,
    }
}
const LARGEST_PREFERENCES: usize = 64 * 1024;
const MOST_PEOPLE: usize = 1_000;

async fn set_status(call: Call, set: SetStatus) -> Answer {
    let person = Person::of(set.user_id, set.username.or(set.user));
    let target = known_or_self(&call, person).await?;
    if target.id != call.account()?.id && !call.may("edit-other-user-info") {
        return Err(Failure::Unauthorized);
    }
    let presence = set.status.as_deref().map(Presence::asked).transpose()?;
    call.done(move |_, cx| {
        hark_staff::accounts::set_status(cx, &target.id, presence, set.message.as_deref())
    })
    .await
}

async fn known_or_self(call: &Call, person: Option<Person>) -> Result<accounts::Account, Failure> {
    match person {
        Some(person) => person.known(call).await,
        None => Ok(call.account()?.clone()),
    }
}

async fn get_status(call: Call) -> Answer {
    let account = known_or_self(&call, Person::named(&call)).await?;
    Reply::object(json!({
        "_id": account.id,
        "message": account.status_text,
        "connectionStatus": account.status,
        "status": account.status,
    }))
}

async fn get_presence(call: Call) -> Answer {
    let account = known_or_self(&call, Person::named(&call)).await?;
    let mut answer = json!({"presence": account.status});
    if account.id == call.account()?.id {
        answer["connectionStatus"] = json!(account.status);
        if let Some(at) = account.last_login_at {
            answer["lastLogin"] = at.into();
        }
    }
    Reply::object(answer)
}

async fn presence(call: Call) -> Answer {
    let ids: Option<Vec<String>> = match call.params.get("ids") {
        Some(Value::String(text)) => Some(text.split(',').map(str::to_owned).collect()),
        Some(Value::Array(_)) => call.texts("ids"),
        _ => None,
    };
    let people = call
        .query(move |_, view| {
            Ok(match &ids {
                Some(ids) => accounts::find_many(view, &ids[..ids.len().min(MOST_PEOPLE)])?,
                None => accounts::present(view)?,
            })
        })
        .await?;
    let users: Vec<Value> = people.iter().map(documents::presence).collect();
    Reply::object(json!({"users": users, "full": true}))
}

async fn set_preferences(call: Call, set: SetPreferences) -> Answer {
    let own = call.account()?.id.clone();
    let id = set.user_id.unwrap_or_else(|| own.clone());
    if id != own && !call.may("edit-other-user-info") {
        return Err(Failure::coded(
            "Editing user is not allowed [error-action-not-allowed]",
        ));
    }
    let changed = set.data;
    if Value::Object(changed.clone()).to_string().len() > LARGEST_PREFERENCES {
        return Err(Failure::coded(
            "Preferences may take 64 KiB at most [invalid-params]",
        ));
    }
    let account = call
        .command(move |_, cx| hark_staff::accounts::set_preferences(cx, &id, &changed))
        .await?;
    Reply::object(json!({"user": {
        "_id": account.id,
        "settings": {"preferences": documents::preferences(&account)},
    }}))
}

async fn autocomplete(call: Call) -> Answer {
    let selector = call.text("selector").unwrap_or_default();
    let Some(Value::Object(selector)) = body::json(selector) else {
        return Err(Failure::plain("The 'selector' param is required"));
    };
    let term = selector
        .get("term")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let except: Vec<String> = selector
        .get("exceptions")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let found = call
        .query(move |_, view| Ok(accounts::beginning_with(view, &term, 10)?))
        .await?;
    let items = found
        .iter()
        .filter(|account| account.active && !except.contains(&account.username))
        .map(|account| {
            json!({
                "_id": account.id,
                "username": account.username,
                "name": account.name,
                "status": account.status,
            })
        });
    Reply::object(json!({"items": items.collect::<Vec<_>>()}))
}
