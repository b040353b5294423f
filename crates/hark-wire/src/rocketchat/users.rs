//! Accounts as managers keep them: `users.create`, `users.update`, `users.delete`, lists.

use hark_model::accounts::{self, Account, Change, NewAccount, SortKey};
use hark_model::{Page, Refusal, settings};
use hark_staff::passwords;
use hark_staff::passwords::Offered;
use hark_staff::sessions::Tried;
use serde_json::{Map, Value, json};

use super::{Person, documents, may_assign};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::log_in::try_password;
use crate::paging;
use crate::params::{either, params};
use crate::query::Query;
use crate::route::{Access, Route, route};
use crate::second_factor;

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "users.info", Access::User, "One account", info).per_minute(OF_A_DESK),
    &route!(GET "users.list", Access::Permission("view-d-room"), "All accounts, by page", list).per_minute(OF_A_DESK),
    &route!(POST "users.create", Access::Permission("create-user"), "Make an account", create),
    &route!(POST "users.update", Access::Permission("edit-other-user-info"), "Change an account", update)
        .with_second_factor(),
    &route!(POST "users.delete", Access::Permission("delete-user"), "Delete an account", delete)
        .hides_permission(),
    &route!(POST "users.setActiveStatus", Access::Permission("edit-other-user-active-status"), "Let an account in, or keep it out", set_active),
    &route!(POST "users.updateOwnBasicInfo", Access::User, "Change one's own name or password", update_own),
];

params! {
    struct ById {
        user_id as "userId": String,
        _include_rooms as "includeUserRooms": Option<String>,
        ; paging::FIELDS,
    }

    struct ByUsername {
        username: String,
        _include_rooms as "includeUserRooms": Option<String>,
        ; paging::FIELDS,
    }

    struct Create {
        /// The address of the account.
        email: String,
        /// The name that others see.
        name: String,
        /// The password.
        password: String,
        username: String,
        /// Whether the account may log in.
        active: Option<bool>,
        /// What the person says of themselves.
        bio: Option<String>,
        /// A second name.
        nickname: Option<String>,
        /// What is said beside the status.
        status_text as "statusText": Option<String>,
        /// The ids of the roles, all of them.
        roles: Option<Vec<String>>,
        /// Whether the account is put into the rooms that all are in.
        join_channels as "joinDefaultChannels": Option<bool>,
        /// Whether the first thing after the log-in is a new password.
        require_password_change as "requirePasswordChange": Option<bool>,
        _random_password as "setRandomPassword": Option<bool>,
        _welcome as "sendWelcomeEmail": Option<bool>,
        /// Whether the address is taken for theirs.
        verified: Option<bool>,
        /// Members of your own, kept with the account.
        custom_fields as "customFields": Option<Map<String, Value>>,
    }

    struct Update {
        user_id as "userId": String,
        /// What is changed.
        data: UpdateData,
        _confirm as "confirmRelinquish": Option<bool>,
    }

    struct UpdateData {
        /// The address of the account.
        email: Option<String>,
        /// The name that others see.
        name: Option<String>,
        /// The password.
        password: Option<String>,
        username: Option<String>,
        /// What the person says of themselves.
        bio: Option<String>,
        /// A second name.
        nickname: Option<String>,
        /// What is said beside the status.
        status_text as "statusText": Option<String>,
        /// The language of the console, `en`.
        language: Option<String>,
        /// Whether the account may log in.
        active: Option<bool>,
        /// The ids of the roles, all of them.
        roles: Option<Vec<String>>,
        _join_channels as "joinDefaultChannels": Option<bool>,
        /// Whether the first thing after the log-in is a new password.
        require_password_change as "requirePasswordChange": Option<bool>,
        _welcome as "sendWelcomeEmail": Option<bool>,
        /// Whether the address is taken for theirs.
        verified: Option<bool>,
        /// Members of your own, kept with the account.
        custom_fields as "customFields": Option<Map<String, Value>>,
    }

    struct DeleteById {
        user_id as "userId": String,
        _confirm as "confirmRelinquish": Option<bool>,
    }

    struct DeleteByUsername {
        username: String,
        _confirm as "confirmRelinquish": Option<bool>,
    }

    struct SetActive {
        user_id as "userId": String,
        /// Whether the account may log in.
        active as "activeStatus": bool,
        _confirm as "confirmRelinquish": Option<bool>,
    }

    struct UpdateOwn {
        /// What is changed.
        data: OwnData,
        /// Members of your own, kept with the account.
        custom_fields as "customFields": Option<Map<String, Value>>,
    }

    struct OwnData {
        /// The name that others see.
        name: Option<String>,
        username: Option<String>,
        /// A second name.
        nickname: Option<String>,
        /// What the person says of themselves.
        bio: Option<String>,
        /// What is said beside the status.
        status_text as "statusText": Option<String>,
        /// The password of now, for what asks for it.
        current_password as "currentPassword": Option<String>,
        /// The new password.
        new_password as "newPassword": Option<String>,
    }
}

either!(
    enum Named {
        Id(ById),
        Username(ByUsername),
    }
);
either!(
    enum Delete {
        Id(DeleteById),
        Username(DeleteByUsername),
    }
);

/// Custom fields are the caller's own documents; a bound keeps a row a row.
const LARGEST_CUSTOM_FIELDS: usize = 64 * 1024;

async fn info(call: Call, named: Named) -> Answer {
    let person = match named {
        Named::Id(by) => Person::Id(by.user_id),
        Named::Username(by) => Person::Username(by.username),
    };
    let found = person.find(&call).await?;
    let account = found.ok_or_else(|| Failure::plain("User not found."))?;
    let mut user = seen_by(&call, &account)?;
    user["canViewAllInfo"] = json!(call.may("view-full-other-user-info"));
    let user = paging::projected(user, &paging::fields(&call)?);
    Reply::object(json!({"user": user}))
}

/// Everything for oneself and for those who may see it; the rest see what anyone may.
fn seen_by(call: &Call, account: &Account) -> Result<Value, Failure> {
    let own = call.account()?.id == account.id;
    Ok(if own || call.may("view-full-other-user-info") {
        documents::person_in_full(account)
    } else {
        documents::person(account)
    })
}

async fn list(call: Call, _: paging::List) -> Answer {
    let page = paging::page(&call);
    let mut sort = paging::sort(&call)?;
    let fields = paging::fields(&call)?;
    let mut askable = vec![
        "_id", "username", "name", "type", "status", "active", "roles",
    ];
    if call.may("view-full-other-user-info") {
        askable.push("emails.address");
    } else {
        // An order says what it goes by.
        sort.retain(|(name, _)| askable.contains(&name.as_str()));
    }
    let query = paging::query(&call, &askable, "view-full-other-user-info").await?;
    let (accounts, total) = if query.is_empty() && sort.len() <= 1 {
        let (key, down) = sort_key(&sort);
        call.query(move |_, view| Ok(accounts::list(view, key, down, page)?))
            .await?
    } else {
        filtered(&call, query, sort, page).await?
    };
    let users = accounts
        .iter()
        .map(|account| Ok(paging::projected(seen_by(&call, account)?, &fields)));
    let users = users.collect::<Result<Vec<_>, Failure>>()?;
    paging::listed_last("users", users, page, total)
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
    query: Query,
    sort: Vec<(String, bool)>,
    page: Page,
) -> Result<(Vec<Account>, i64), Failure> {
    let (key, down) = sort_key(&sort);
    // All of it where the store is read: it takes as long as there are accounts.
    let found = call.query(move |_, view| {
        let (all, _) = accounts::list(view, key, down, Page::ALL)?;
        let mut found: Vec<(Value, Account)> = all
            .into_iter()
            .map(|account| (documents::person_in_full(&account), account))
            .filter(|(document, _)| query.matches(document))
            .collect();
        if sort.len() > 1 {
            found.sort_by(|(one, _), (other, _)| paging::compare(one, other, &sort));
        }
        let total = found.len() as i64;
        let accounts = found.into_iter().map(|(_, account)| account);
        Ok((paging::cut(accounts, page).collect(), total))
    });
    Ok(found.await?)
}

async fn create(call: Call, create: Create) -> Answer {
    let roles = create.roles;
    if roles.is_some() && !call.may("assign-roles") {
        return Err(
            Failure::coded("Assigning roles is not allowed [error-action-not-allowed]")
                .with(json!({"action": "Assign_role"})),
        );
    }
    let given = roles.as_deref().unwrap_or_default();
    may_assign(&call, given)?;
    second_factor::demand_for_roles(&call, given).await?;
    let custom_fields = custom_fields(create.custom_fields)?;
    let new = NewAccount {
        email: Some(create.email),
        email_verified: create.verified.unwrap_or(false),
        password: Some(hashed(&call, create.password).await?),
        roles: roles.unwrap_or_else(|| vec!["user".to_owned()]),
        active: create.active.unwrap_or(true),
        require_password_change: create.require_password_change.unwrap_or(false),
        custom_fields: custom_fields.unwrap_or_else(|| json!({})),
        joins_channel: create.join_channels.unwrap_or(true),
        ..NewAccount::person(&create.username, &create.name)
    };
    let extras = Change {
        bio: create.bio,
        nickname: create.nickname,
        status_text: create.status_text,
        ..Change::default()
    };
    let has_extras =
        extras.bio.is_some() || extras.nickname.is_some() || extras.status_text.is_some();
    let account = call
        .command(move |_, cx| {
            let account = hark_staff::accounts::create(cx, &new)?;
            if has_extras {
                return hark_staff::accounts::change(cx, &account.id, &extras);
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
        .hashing_work(move || passwords::choose(&password))
        .await?;
    Ok(hashed?)
}

fn custom_fields(given: Option<Map<String, Value>>) -> Result<Option<Value>, Failure> {
    match given.map(Value::Object) {
        Some(fields) if fields.to_string().len() > LARGEST_CUSTOM_FIELDS => Err(Failure::coded(
            "customFields may take 64 KiB at most [invalid-params]",
        )),
        given => Ok(given),
    }
}

async fn update(call: Call, update: Update) -> Answer {
    let data = update.data;
    for (asked, permission, action) in [
        (
            data.roles.is_some(),
            "assign-roles",
            "Assigning roles is not allowed",
        ),
        (
            data.password.is_some(),
            "edit-other-user-password",
            "Editing user password is not allowed",
        ),
        (
            data.active.is_some(),
            "edit-other-user-active-status",
            "Editing the active status is not allowed",
        ),
    ] {
        if asked && !call.may(permission) {
            return Err(Failure::coded(format!(
                "{action} [error-action-not-allowed]"
            )));
        }
    }
    may_assign(&call, data.roles.as_deref().unwrap_or_default())?;
    let password = match data.password {
        Some(password) => Some(hashed(&call, password).await?),
        None => None,
    };
    let change = Change {
        username: data.username,
        name: data.name,
        email: data.email,
        email_verified: data.verified,
        password,
        roles: data.roles,
        active: data.active,
        require_password_change: data.require_password_change,
        bio: data.bio,
        nickname: data.nickname,
        language: data.language,
        status_text: data.status_text,
        custom_fields: custom_fields(data.custom_fields)?,
    };
    changed(&call, update.user_id, change).await
}

async fn changed(call: &Call, id: String, change: Change) -> Answer {
    let account = call
        .command(move |_, cx| hark_staff::accounts::change(cx, &id, &change))
        .await?;
    Reply::object(json!({"user": documents::person_in_full(&account)}))
}

async fn delete(call: Call, delete: Delete) -> Answer {
    let person = match delete {
        Delete::Id(by) => Person::Id(by.user_id),
        Delete::Username(by) => Person::Username(by.username),
    };
    let account = person.known(&call).await?;
    call.done(move |_, cx| hark_staff::accounts::delete(cx, &account.id))
        .await
}

async fn set_active(call: Call, set: SetActive) -> Answer {
    let account = Person::Id(set.user_id).known(&call).await?;
    let active = set.active;
    let account = call
        .command(move |_, cx| hark_staff::accounts::set_active(cx, &account.id, active))
        .await?;
    Reply::object(json!({"user": {"_id": account.id, "active": account.active}}))
}

async fn update_own(call: Call, update: UpdateOwn) -> Answer {
    let data = update.data;
    let account = call.account()?.clone();
    if data.status_text.is_some()
        && !call
            .policy
            .flag(settings::Accounts_AllowUserStatusMessageChange)
    {
        return Err(Refusal::StatusTextForbidden.into());
    }
    let password = match data.new_password {
        Some(new) => {
            check_own_password(&call, &account, data.current_password).await?;
            Some(hashed(&call, new).await?)
        }
        None => None,
    };
    let change = Change {
        username: data.username,
        name: data.name,
        bio: data.bio,
        nickname: data.nickname,
        status_text: data.status_text,
        require_password_change: password.is_some().then_some(false),
        password,
        custom_fields: custom_fields(update.custom_fields)?,
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
    let tried = match current {
        Some(current) => {
            let is_digest =
                current.len() == 64 && current.bytes().all(|byte| byte.is_ascii_hexdigit());
            let offered = if is_digest {
                Offered::Digest(current)
            } else {
                Offered::Plain(current)
            };
            try_password(call, account, offered).await?
        }
        None => Tried::Wrong,
    };
    match tried {
        Tried::Right => Ok(()),
        Tried::Wrong => Err(Failure::coded("Invalid password [error-invalid-password]")),
        Tried::Held(_) => Err(second_factor::held_back()),
    }
}
