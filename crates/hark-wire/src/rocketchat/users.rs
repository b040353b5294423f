//! Accounts as managers keep them: `users.create`, `users.update`, `users.delete`, lists.

use std::sync::Arc;

use hark_chat::accounts::{self, Account, Change, NewAccount, Page, SortKey};
use hark_chat::{Refusal, rooms};
use serde_json::{Map, Value, json};

use super::{documents, may_assign, named, named_or_refuse};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::paging;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "users.info", Access::User, "One account", info).takes(NAMED),
    &route!(GET "users.list", Access::Permission("view-d-room"), "All accounts, by page", list).takes(paging::LIST),
    &route!(POST "users.create", Access::Permission("create-user"), "Make an account", create).takes(CREATE),
    &route!(POST "users.update", Access::Permission("edit-other-user-info"), "Change an account", update)
        .takes(UPDATE)
        .with_second_factor(),
    &route!(POST "users.delete", Access::Permission("delete-user"), "Delete an account", delete)
        .takes(DELETE)
        .curt(),
    &route!(POST "users.setActiveStatus", Access::Permission("edit-other-user-active-status"), "Let an account in, or keep it out", set_active).takes(SET_ACTIVE),
    &route!(POST "users.updateOwnBasicInfo", Access::User, "Change one's own name or password", update_own).takes(UPDATE_OWN),
];

pub(super) const NAMED: Shape = Shape::Either(&[
    Shape::Object(&[
        Field::required("userId", Shape::Text),
        Field::optional("includeUserRooms", Shape::Text),
        paging::FIELDS,
    ]),
    Shape::Object(&[
        Field::required("username", Shape::Text),
        Field::optional("includeUserRooms", Shape::Text),
        paging::FIELDS,
    ]),
]);
const CREATE: Shape = Shape::Object(&[
    Field::required("email", Shape::Text),
    Field::required("name", Shape::Text),
    Field::required("password", Shape::Text),
    Field::required("username", Shape::Text),
    Field::optional("active", Shape::Flag),
    Field::optional("bio", Shape::Text),
    Field::optional("nickname", Shape::Text),
    Field::optional("statusText", Shape::Text),
    Field::optional("roles", Shape::List(&Shape::Text)),
    Field::optional("joinDefaultChannels", Shape::Flag),
    Field::optional("requirePasswordChange", Shape::Flag),
    Field::optional("setRandomPassword", Shape::Flag),
    Field::optional("sendWelcomeEmail", Shape::Flag),
    Field::optional("verified", Shape::Flag),
    Field::optional("customFields", Shape::Open),
]);
const UPDATE: Shape = Shape::Object(&[
    Field::required("userId", Shape::Text),
    Field::required(
        "data",
        Shape::Object(&[
            Field::optional("email", Shape::Text),
            Field::optional("name", Shape::Text),
            Field::optional("password", Shape::Text),
            Field::optional("username", Shape::Text),
            Field::optional("bio", Shape::Text),
            Field::optional("nickname", Shape::Text),
            Field::optional("statusText", Shape::Text),
            Field::optional("language", Shape::Text),
            Field::optional("active", Shape::Flag),
            Field::optional("roles", Shape::List(&Shape::Text)),
            Field::optional("joinDefaultChannels", Shape::Flag),
            Field::optional("requirePasswordChange", Shape::Flag),
            Field::optional("sendWelcomeEmail", Shape::Flag),
            Field::optional("verified", Shape::Flag),
            Field::optional("customFields", Shape::Open),
        ]),
    ),
    Field::optional("confirmRelinquish", Shape::Flag),
]);
const DELETE: Shape = Shape::Either(&[
    Shape::Object(&[
        Field::required("userId", Shape::Text),
        Field::optional("confirmRelinquish", Shape::Flag),
    ]),
    Shape::Object(&[
        Field::required("username", Shape::Text),
        Field::optional("confirmRelinquish", Shape::Flag),
    ]),
]);
const SET_ACTIVE: Shape = Shape::Object(&[
    Field::required("userId", Shape::Text),
    Field::required("activeStatus", Shape::Flag),
    Field::optional("confirmRelinquish", Shape::Flag),
]);
const UPDATE_OWN: Shape = Shape::Object(&[
    Field::required(
        "data",
        Shape::Object(&[
            Field::optional("name", Shape::Text),
            Field::optional("username", Shape::Text),
            Field::optional("nickname", Shape::Text),
            Field::optional("bio", Shape::Text),
            Field::optional("statusText", Shape::Text),
            Field::optional("currentPassword", Shape::Text),
            Field::optional("newPassword", Shape::Text),
        ]),
    ),
    Field::optional("customFields", Shape::Open),
]);

/// Custom fields are the caller's own documents; a bound keeps a row a row.
const LARGEST_CUSTOM_FIELDS: usize = 64 * 1024;

async fn info(call: Call) -> Answer {
    let account = named(&call)
        .await?
        .ok_or_else(|| Failure::plain("User not found."))?;
    let mut user = seen_by(&call, &account)?;
    user.insert(
        "canViewAllInfo".into(),
        json!(call.may("view-full-other-user-info")),
    );
    paging::project(&mut user, &paging::fields(&call)?);
    Reply::object(json!({"user": user}))
}

/// Everything for oneself and for those who may see it; the rest see what anyone may.
fn seen_by(call: &Call, account: &Account) -> Result<Map<String, Value>, Failure> {
    let own = call.account()?.id == account.id;
    Ok(if own || call.may("view-full-other-user-info") {
        documents::person_in_full(account)
    } else {
        documents::person(account)
    })
}

async fn list(call: Call) -> Answer {
    let page = paging::page(&call);
    let sort = paging::sort(&call)?;
    let fields = paging::fields(&call)?;
    let query = paging::query(&call)?;
    let askable = [
        "_id",
        "username",
        "name",
        "type",
        "status",
        "active",
        "roles",
        "emails.address",
    ];
    let askable = match call.may("view-full-other-user-info") {
        true => &askable[..],
        false => &askable[..7],
    };
    paging::only(&query, askable)?;
    let (accounts, total) = if query.is_empty() && sort.len() <= 1 {
        let (key, down) = sort_key(&sort);
        call.read(move |view| accounts::list(view, key, down, page))
            .await?
    } else {
        filtered(&call, &query, &sort, page).await?
    };
    let users = accounts.iter().map(|account| {
        let mut user = seen_by(&call, account)?;
        paging::project(&mut user, &fields);
        Ok(Value::Object(user))
    });
    let users = users.collect::<Result<Vec<_>, Failure>>()?;
    Reply::object(json!({
        "count": users.len(),
        "offset": page.offset,
        "total": total,
        "users": users,
    }))
}

/// One name to sort by has an index; a name that accounts do not have sorts nothing.
fn sort_key(sort: &[(String, bool)]) -> (SortKey, bool) {
    let Some((name, down)) = sort.first() else {
        return (SortKey::Username, false);
    };
    let key = match name.as_str() {
        "name" => SortKey::Name,
        "status" => SortKey::Status,
        "active" => SortKey::Active,
        "type" => SortKey::Kind,
        "lastLogin" => SortKey::LastLogin,
        "createdAt" => SortKey::CreatedAt,
        "_updatedAt" => SortKey::UpdatedAt,
        "username" => SortKey::Username,
        _ => return (SortKey::Username, false),
    };
    (key, *down)
}

/// The deprecated `query`, and sorts by several names: over all accounts, which are the people
/// who work here, not the visitors.
async fn filtered(
    call: &Call,
    query: &Map<String, Value>,
    sort: &[(String, bool)],
    page: Page,
) -> Result<(Vec<Account>, i64), Failure> {
    let (key, down) = sort_key(sort);
    let (all, _) = call
        .read(move |view| accounts::list(view, key, down, Page::ALL))
        .await?;
    let mut found: Vec<(Value, Account)> = all
        .into_iter()
        .map(|account| (Value::Object(documents::person_in_full(&account)), account))
        .filter(|(document, _)| paging::matches(document, query))
        .collect();
    if sort.len() > 1 {
        found.sort_by(|(one, _), (other, _)| paging::compare(one, other, sort));
    }
    let total = found.len() as i64;
    let accounts = found
        .into_iter()
        .map(|(_, account)| account)
        .skip(usize::try_from(page.offset).unwrap_or(usize::MAX))
        .take(usize::try_from(page.limit).unwrap_or(usize::MAX));
    Ok((accounts.collect(), total))
}

async fn create(call: Call) -> Answer {
    let roles = call.texts("roles");
    if roles.is_some() && !call.may("assign-roles") {
        return Err(
            Failure::coded("Assigning roles is not allowed", "error-action-not-allowed")
                .with(json!({"action": "Assign_role"})),
        );
    }
    may_assign(&call, roles.as_deref().unwrap_or_default())?;
    let text = |name: &str| call.text(name).unwrap_or_default().to_owned();
    let custom_fields = custom_fields(call.params.get("customFields"))?;
    let new = NewAccount {
        email: Some(text("email")),
        email_verified: call.flag("verified").unwrap_or(false),
        password: Some(hashed(&call, text("password")).await?),
        roles: roles.unwrap_or_else(|| vec!["user".to_owned()]),
        active: call.flag("active").unwrap_or(true),
        require_password_change: call.flag("requirePasswordChange").unwrap_or(false),
        custom_fields: custom_fields.unwrap_or_else(|| json!({})),
        joins_channel: call.flag("joinDefaultChannels").unwrap_or(true),
        ..NewAccount::person(&text("username"), &text("name"))
    };
    let extras = Change {
        bio: call.text("bio").map(str::to_owned),
        nickname: call.text("nickname").map(str::to_owned),
        status_text: call.text("statusText").map(str::to_owned),
        ..Change::default()
    };
    let has_extras = ["bio", "nickname", "statusText"]
        .iter()
        .any(|name| call.text(name).is_some());
    let (who, now) = (call.actor()?, call.now);
    let account = call
        .write(move |tx| {
            let account = accounts::create(tx, &who, now, &new)?;
            if has_extras {
                return accounts::change(tx, &who, now, &account.id, &extras);
            }
            Ok(account)
        })
        .await?;
    Reply::object(json!({"user": documents::person_in_full(&account)}))
}

/// Off the transaction: hashing takes its time on purpose.
async fn hashed(call: &Call, password: String) -> Result<String, Failure> {
    let hashed = call
        .wire
        .hashing_work(move || accounts::hash_password(&password))
        .await?;
    Ok(hashed?)
}

fn custom_fields(given: Option<&Value>) -> Result<Option<Value>, Failure> {
    match given {
        Some(fields) if fields.to_string().len() > LARGEST_CUSTOM_FIELDS => Err(Failure::coded(
            "customFields may take 64 KiB at most",
            "invalid-params",
        )),
        given => Ok(given.cloned()),
    }
}

async fn update(call: Call) -> Answer {
    let data = call.params.get("data").cloned().unwrap_or_default();
    let text = |name: &str| data.get(name).and_then(Value::as_str).map(str::to_owned);
    let flag = |name: &str| data.get(name).and_then(Value::as_bool);
    let roles = data.get("roles").and_then(Value::as_array).map(|roles| {
        let names = roles.iter().filter_map(Value::as_str);
        names.map(str::to_owned).collect::<Vec<_>>()
    });
    for (asked, permission, action) in [
        (
            roles.is_some(),
            "assign-roles",
            "Assigning roles is not allowed",
        ),
        (
            text("password").is_some(),
            "edit-other-user-password",
            "Editing user password is not allowed",
        ),
        (
            flag("active").is_some(),
            "edit-other-user-active-status",
            "Editing the active status is not allowed",
        ),
    ] {
        if asked && !call.may(permission) {
            return Err(Failure::coded(action, "error-action-not-allowed"));
        }
    }
    may_assign(&call, roles.as_deref().unwrap_or_default())?;
    let password = match text("password") {
        Some(password) => Some(hashed(&call, password).await?),
        None => None,
    };
    let change = Change {
        username: text("username"),
        name: text("name"),
        email: text("email"),
        email_verified: flag("verified"),
        password,
        roles,
        active: flag("active"),
        require_password_change: flag("requirePasswordChange"),
        bio: text("bio"),
        nickname: text("nickname"),
        language: text("language"),
        status_text: text("statusText"),
        custom_fields: custom_fields(data.get("customFields"))?,
    };
    let id = call.text("userId").unwrap_or_default().to_owned();
    changed(&call, id, change).await
}

async fn changed(call: &Call, id: String, change: Change) -> Answer {
    let (who, now, policy) = (call.actor()?, call.now, Arc::clone(&call.policy));
    let account = call
        .write(move |tx| {
            rooms::settling(tx, now, &policy, &id, |tx| {
                accounts::change(tx, &who, now, &id, &change)
            })
        })
        .await?;
    Reply::object(json!({"user": documents::person_in_full(&account)}))
}

async fn delete(call: Call) -> Answer {
    let account = named_or_refuse(&call).await?;
    let (who, now, policy) = (call.actor()?, call.now, Arc::clone(&call.policy));
    call.write(move |tx| {
        rooms::let_go_of_all(tx, now, &policy, &account.id)?;
        accounts::delete(tx, &who, now, &account.id)
    })
    .await?;
    Reply::done()
}

async fn set_active(call: Call) -> Answer {
    let account = named_or_refuse(&call).await?;
    let active = call.flag("activeStatus").unwrap_or(false);
    let (who, now, policy) = (call.actor()?, call.now, Arc::clone(&call.policy));
    let account = call
        .write(move |tx| {
            rooms::settling(tx, now, &policy, &account.id, |tx| {
                accounts::set_active(tx, &who, now, &account.id, active)
            })
        })
        .await?;
    Reply::object(json!({"user": {"_id": account.id, "active": account.active}}))
}

async fn update_own(call: Call) -> Answer {
    let data = call.params.get("data").cloned().unwrap_or_default();
    let text = |name: &str| data.get(name).and_then(Value::as_str).map(str::to_owned);
    let account = call.account()?.clone();
    if text("statusText").is_some() && !call.policy.flag("Accounts_AllowUserStatusMessageChange") {
        return Err(Refusal::StatusTextForbidden.into());
    }
    let password = match text("newPassword") {
        Some(new) => {
            check_own_password(&call, &account, text("currentPassword")).await?;
            Some(hashed(&call, new).await?)
        }
        None => None,
    };
    let change = Change {
        username: text("username"),
        name: text("name"),
        bio: text("bio"),
        nickname: text("nickname"),
        status_text: text("statusText"),
        require_password_change: password.is_some().then_some(false),
        password,
        custom_fields: custom_fields(call.params.get("customFields"))?,
        ..Change::default()
    };
    changed(&call, account.id, change).await
}

/// The current password as the client sends it: itself, or its SHA-256.
async fn check_own_password(
    call: &Call,
    account: &Account,
    current: Option<String>,
) -> Result<(), Failure> {
    use hark_chat::passwords::Offered;
    let id = account.id.clone();
    let stored = call
        .read(move |view| hark_chat::sessions::password(view, &id))
        .await?;
    let right = match (stored, current) {
        (Some(stored), Some(current)) => {
            let is_digest =
                current.len() == 64 && current.bytes().all(|byte| byte.is_ascii_hexdigit());
            let offered = match is_digest {
                true => Offered::Digest(current),
                false => Offered::Plain(current),
            };
            call.wire.verify_password(offered, stored).await?
        }
        _ => false,
    };
    match right {
        true => Ok(()),
        false => Err(Failure::coded("Invalid password", "error-invalid-password")),
    }
}
