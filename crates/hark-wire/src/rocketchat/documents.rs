//! The documents of this wire: an account, a role, a permission, a setting as clients know them.

use hark_model::accounts::Account;
use hark_model::permissions::Permission;
use hark_model::policy::Policy;
use hark_model::roles::Role;
use hark_model::settings::catalogue::{Kind, Preset, Setting};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// What shows instead of a secret that is set.
pub(super) const MASK: &str = "••••••••";

/// A document without the members that are `null`.
pub(super) fn given(mut document: Value) -> Value {
    if let Value::Object(members) = &mut document {
        members.retain(|_, value| !value.is_null());
    }
    document
}

/// `null` in place of a list or an object with nothing in it.
pub(super) fn unless_empty(value: impl Serialize) -> Value {
    let value = json!(value);
    let is_empty =
        value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty);
    if is_empty { Value::Null } else { value }
}

/// Some members of a document, where it has them.
pub(super) fn only(whole: &Value, names: &[&str]) -> Value {
    let known = names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), whole.get(name)?.clone())));
    Value::Object(known.collect())
}

pub(super) fn extend(document: &mut Value, more: Value) {
    if let (Value::Object(members), Value::Object(more)) = (document, more) {
        members.extend(more);
    }
}

/// What anyone who is logged in may know of someone.
pub(super) fn person(account: &Account) -> Value {
    given(json!({
        "_id": account.id,
        "type": account.kind,
        "status": account.status,
        "active": account.active,
        "name": account.name,
        "username": account.username,
        "utcOffset": 0,
        "statusText": account.status_text,
        "roles": account.roles,
        "nickname": account.nickname,
        "bio": account.bio,
        "statusLivechat": account.available.map(status_livechat),
        "avatarETag": account.picture_id,
    }))
}

/// All that is shown of someone, to themselves and to those who may see it.
pub(super) fn person_in_full(account: &Account) -> Value {
    let mut document = person(account);
    let more = json!({
        "emails": emails(account),
        "statusDefault": account.status_default,
        "statusConnection": account.status,
        "createdAt": Value::from(account.created_at),
        "lastLogin": account.last_login_at.map(Value::from),
        "language": account.language,
        "customFields": account.custom_fields,
        "requirePasswordChange": account.require_password_change,
        "_updatedAt": Value::from(account.updated_at),
    });
    extend(&mut document, given(more));
    document
}

pub(super) fn emails(account: &Account) -> Value {
    let each = account
        .emails
        .iter()
        .map(|email| json!({"address": email.address, "verified": email.verified}));
    Value::Array(each.collect())
}

/// `me`, also inside the answer of a log-in. `open_hours` are those of an agent, where hours are kept.
pub(super) fn me(account: &Account, open_hours: Option<&[String]>, site_url: &str) -> Value {
    let verified = account.emails.iter().find(|email| email.verified);
    let mut document = person_in_full(account);
    let more = json!({
        "settings": {"profile": {}, "preferences": preferences(account)},
        "openBusinessHours": open_hours,
        "email": verified.map(|email| &email.address),
        "avatarUrl": format!("{site_url}/avatar/{}", account.username),
        "isOAuthUser": false,
        "services": {
            "password": {"exists": account.has_password},
            "totp": {"enabled": account.two_factor},
        },
    });
    extend(&mut document, given(more));
    document
}

pub(super) const fn status_livechat(available: bool) -> &'static str {
    if available {
        "available"
    } else {
        "not-available"
    }
}

/// What nobody has chosen otherwise.
pub(super) fn preferences(account: &Account) -> Value {
    let mut all = json!({
        "enableAutoAway": true,
        "idleTimeLimit": 300,
        "desktopNotifications": "all",
        "pushNotifications": "all",
        "unreadAlert": true,
        "useEmojis": true,
        "convertAsciiEmoji": true,
        "autoImageLoad": true,
        "saveMobileBandwidth": true,
        "collapseMediaByDefault": false,
        "hideUsernames": false,
        "hideRoles": false,
        "hideFlexTab": false,
        "displayAvatars": true,
        "sidebarGroupByType": true,
        "sidebarViewMode": "medium",
        "sidebarDisplayAvatar": true,
        "sidebarShowUnread": false,
        "sidebarSortby": "activity",
        "sidebarShowFavorites": true,
        "sendOnEnter": "normal",
        "emailNotificationMode": "mentions",
        "newRoomNotification": "door",
        "newMessageNotification": "chime",
        "muteFocusedConversations": true,
        "notificationsSoundVolume": 100,
        "omnichannelTranscriptEmail": false,
        "omnichannelTranscriptPDF": false,
    });
    extend(&mut all, account.preferences.clone());
    all
}

pub(super) fn presence(account: &Account) -> Value {
    json!({
        "_id": account.id,
        "username": account.username,
        "name": account.name,
        "status": account.status,
        "utcOffset": 0,
        "statusText": account.status_text,
        "avatarETag": account.picture_id.as_deref().unwrap_or_default(),
    })
}

pub(super) fn role(role: &Role) -> Value {
    json!({
        "_id": role.id,
        "name": role.name,
        "scope": role.scope,
        "description": role.description,
        "protected": role.protected,
        "mandatory2fa": role.mandatory2fa,
        "_updatedAt": Value::from(role.updated_at),
    })
}

pub(super) fn permission(permission: &Permission) -> Value {
    json!({
        "_id": permission.id,
        "roles": permission.roles,
        "_updatedAt": Value::from(permission.updated_at),
    })
}

/// The short form, as a list shows it.
pub(super) fn setting_in_short(setting: &Setting, policy: &Policy) -> Value {
    json!({
        "_id": setting.id,
        "value": shown_value(setting, policy),
        "enterprise": setting.premium,
    })
}

/// A secret is shown once, when it is made; after that only that there is one.
pub(crate) fn shown_value(setting: &Setting, policy: &Policy) -> Value {
    match policy.value(setting) {
        Value::String(text) if setting.secret && !text.is_empty() => json!(MASK),
        value => value,
    }
}

pub(super) fn setting(setting: &Setting, position: usize, policy: &Policy) -> Value {
    let stored = policy.stored(setting.id);
    let made = stored.map_or(policy.founded_at, |stored| stored.created_at);
    let changed = stored.map_or(policy.founded_at, |stored| stored.updated_at);
    let forced = policy.is_forced(setting.id);
    let mut document = json!({
        "_id": setting.id,
        "type": setting.kind.wire_name(),
        "value": shown_value(setting, policy),
        "packageValue": setting.preset.to_json(),
        "valueSource": if forced { "processEnvValue" } else { "packageValue" },
        "hidden": false,
        "blocked": forced,
        "secret": setting.secret,
        "i18nLabel": setting.label,
        "i18nDescription": format!("{}_Description", setting.id),
        "sorter": position,
        "group": setting.group,
        "section": setting.section,
        "public": setting.public,
        "enterprise": setting.premium,
        "requiredOnWizard": false,
        "autocomplete": true,
        "env": false,
        "ts": Value::from(made),
        "createdAt": Value::from(made),
        "_updatedAt": Value::from(changed),
    });
    if let Kind::Select(choices) | Kind::MultiSelect(choices) = setting.kind {
        let values = choices
            .iter()
            .map(|choice| json!({"key": choice, "i18nLabel": choice}));
        document["values"] = Value::Array(values.collect());
    }
    if setting.premium {
        document["invalidValue"] = match setting.preset {
            Preset::Bool(_) => json!(false),
            other => other.to_json(),
        };
        document["modules"] = json!(["livechat-enterprise"]);
    }
    document
}
