//! The documents of this wire: an account, a role, a permission, a setting as clients know them.

use hark_chat::accounts::Account;
use hark_chat::permissions::Permission;
use hark_chat::policy::Policy;
use hark_chat::roles::Role;
use hark_chat::settings::catalogue::{Kind, Preset, Setting};
use serde_json::{Map, Value, json};

/// What shows instead of a secret that is set.
pub(super) const MASK: &str = "••••••••";

/// What anyone who is logged in may know of someone.
pub(super) fn person(account: &Account) -> Map<String, Value> {
    let mut document = Map::new();
    let mut put = |name: &str, value: Value| document.insert(name.to_owned(), value);
    put("_id", json!(account.id));
    put("type", json!(account.kind));
    put("status", json!(account.status));
    put("active", json!(account.active));
    put("name", json!(account.name));
    put("username", json!(account.username));
    put("utcOffset", json!(0));
    put("statusText", json!(account.status_text));
    put("roles", json!(account.roles));
    if let Some(nickname) = &account.nickname {
        put("nickname", json!(nickname));
    }
    if let Some(bio) = &account.bio {
        put("bio", json!(bio));
    }
    document
}

/// All that is told of someone, to himself and to those who may see it.
pub(super) fn person_in_full(account: &Account) -> Map<String, Value> {
    let mut document = person(account);
    let mut put = |name: &str, value: Value| document.insert(name.to_owned(), value);
    put("emails", emails(account));
    put("statusDefault", json!(account.status_default));
    put("statusConnection", json!(account.status));
    put("createdAt", account.created_at.into());
    if let Some(at) = account.last_login_at {
        put("lastLogin", at.into());
    }
    if let Some(language) = &account.language {
        put("language", json!(language));
    }
    put("customFields", account.custom_fields.clone());
    put(
        "requirePasswordChange",
        json!(account.require_password_change),
    );
    put("_updatedAt", account.updated_at.into());
    document
}

pub(super) fn emails(account: &Account) -> Value {
    let each = account
        .emails
        .iter()
        .map(|email| json!({"address": email.address, "verified": email.verified}));
    Value::Array(each.collect())
}

/// `me`, also inside the answer of a log-in.
pub(super) fn me(account: &Account, site_url: &str) -> Map<String, Value> {
    let mut document = person_in_full(account);
    let mut put = |name: &str, value: Value| document.insert(name.to_owned(), value);
    put(
        "settings",
        json!({"profile": {}, "preferences": preferences(account)}),
    );
    if let Some(available) = account.available {
        put("statusLivechat", json!(status_livechat(available)));
    }
    if let Some(email) = account.emails.iter().find(|email| email.verified) {
        put("email", json!(email.address));
    }
    put(
        "avatarUrl",
        json!(format!("{site_url}/avatar/{}", account.username)),
    );
    put("isOAuthUser", json!(false));
    put(
        "services",
        json!({
            "password": {"exists": account.has_password},
            "totp": {"enabled": account.two_factor},
        }),
    );
    document
}

/// Whether an agent takes chats.
pub(super) const fn status_livechat(available: bool) -> &'static str {
    match available {
        true => "available",
        false => "not-available",
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
    if let (Value::Object(all), Value::Object(chosen)) = (&mut all, &account.preferences) {
        all.extend(chosen.clone());
    }
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
        "avatarETag": "",
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
pub(super) fn shown_value(setting: &Setting, policy: &Policy) -> Value {
    let value = policy.value(setting.id);
    match value {
        Value::String(text) if setting.secret && !text.is_empty() => json!(MASK),
        value => value,
    }
}

/// The whole document of a setting.
pub(super) fn setting(setting: &Setting, place: usize, policy: &Policy) -> Value {
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
        "sorter": place,
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
