//! Accounts made, changed, switched off and removed, and what that means for roles, log-ins and
//! chats.

use hark_store::{Result, Tx, View};
use serde_json::{Map, Value, json};

use super::roles::{follow_roles, keep_an_administrator};
use crate::status::{Was, record_status};
use crate::{agents, giving, sessions};
use hark_chat::OpenChats;
use hark_model::accounts::{self, Account, Change, NewAccount, Presence};
use hark_model::events::{AccountChanged, AccountSnapshot, Event, Subject, record_event};
use hark_model::text::{check_size, is_email};
use hark_model::{Context, Refusal, audit, roles, settings};

pub fn create(cx: &mut Context<'_, '_>, new: &NewAccount) -> Result<Account, Refusal> {
    check_name(&new.name)?;
    check_username(&new.username)?;
    if accounts::find_by_username(cx.tx, &new.username)?.is_some() {
        return Err(taken("username", &new.username));
    }
    if let Some(address) = &new.email {
        check_email(cx.tx, address, None)?;
    }
    let role_ids = resolve_roles(cx.tx, &new.roles)?;
    role_ids
        .iter()
        .try_for_each(|role| giving::may_give(cx, role))?;
    let id = new.id.clone().unwrap_or_else(|| cx.tx.ids().id17());
    if !accounts::insert(cx.tx, cx.now, &id, new)? {
        return Err(taken("username", &new.username));
    }
    if let Some(address) = &new.email
        && accounts::add_email(cx.tx, &id, address, new.email_verified)? == 0
    {
        return Err(taken("email", address));
    }
    for role in &role_ids {
        roles::give(cx.tx, &id, role)?;
    }
    if new.joins_channel {
        hark_chat::join_general(cx, &id)?;
    }
    let mut account = accounts::find(cx.tx, &id)?.ok_or(Refusal::NoSuchAccount)?;
    differs(cx.tx, None, Some(&account), false);
    record(cx, Event::AccountCreated, &account)?;
    if agents::has_role(&account) {
        let is_here = account.status != "offline";
        account.available = Some(agents::appointed(cx, &account, is_here)?);
    }
    Ok(account)
}

pub fn change(cx: &mut Context<'_, '_>, id: &str, change: &Change) -> Result<Account, Refusal> {
    let before = locked(cx, id)?;
    if change.password.is_some() || change.email.is_some() {
        giving::may_stand_for(cx, &before)?;
    }
    let mut account = before.clone();
    if let Some(username) = &change.username {
        check_username(username)?;
        let holder = accounts::find_by_username(cx.tx, username)?;
        if holder.is_some_and(|holder| holder.id != id) {
            return Err(taken("username", username));
        }
        account.username.clone_from(username);
        agents::renamed(cx.tx, cx.now, &account, &before.username)?;
    }
    if let Some(name) = &change.name {
        check_name(name)?;
        account.name.clone_from(name);
    }
    for (field, text, most) in [
        ("Bio", &change.bio, 260),
        ("Nickname", &change.nickname, 120),
        ("Language", &change.language, 35),
    ] {
        check_size(field, text.as_deref().unwrap_or_default(), most)?;
    }
    let set = |field: &mut Option<String>, value: &Option<String>| {
        if let Some(value) = value {
            *field = (!value.is_empty()).then(|| value.clone());
        }
    };
    set(&mut account.bio, &change.bio);
    set(&mut account.nickname, &change.nickname);
    set(&mut account.language, &change.language);
    if let Some(text) = &change.status_text {
        account.status_text = status_text(text);
    }
    if let Some(fields) = &change.custom_fields {
        account.custom_fields = fields.clone();
    }
    if let Some(must) = change.require_password_change {
        account.require_password_change = must;
    }
    accounts::update(cx.tx, cx.now, &account)?;
    if change.email.is_some() || change.email_verified.is_some() {
        change_email(cx.tx, &account, change)?;
    }
    if let Some(password) = &change.password {
        accounts::set_password(cx.tx, cx.now, id, password)?;
        // Anyone who knew the old password is to be out, and what was tried against it counts for
        // nothing.
        sessions::end_all(cx, id)?;
        sessions::forgive(cx, &before)?;
    }
    if let Some(wanted) = &change.roles {
        change_roles(cx, &account, wanted)?;
    }
    if let Some(active) = change.active {
        switch(cx, id, active)?;
    }
    let account = accounts::find(cx.tx, id)?.ok_or(Refusal::NoSuchAccount)?;
    differs(
        cx.tx,
        Some(&before),
        Some(&account),
        change.password.is_some(),
    );
    record(cx, Event::AccountChanged, &account)?;
    let_go(cx, &before, &account)?;
    Ok(account)
}

/// How an account was and is, for the audit. Of a password it says that it is another.
fn differs(tx: &mut Tx<'_>, before: Option<&Account>, after: Option<&Account>, password: bool) {
    let Some(account) = after.or(before) else {
        return;
    };
    let shown = |account: &Account| {
        let emails: Vec<&String> = account.emails.iter().map(|email| &email.address).collect();
        json!({
            "username": account.username,
            "name": account.name,
            "emails": emails,
            "active": account.active,
            "roles": account.roles,
        })
    };
    let mut to = after.map(shown);
    if let (true, Some(to)) = (password, &mut to) {
        to["password"] = json!("another");
    }
    audit::differs(tx, &account.id, None, before.map(shown), to);
}

fn change_email(tx: &mut Tx<'_>, account: &Account, change: &Change) -> Result<(), Refusal> {
    let current = account.emails.first();
    let address = match (&change.email, current) {
        (Some(address), _) => address.clone(),
        (None, Some(email)) => email.address.clone(),
        (None, None) => return Ok(()),
    };
    check_email(tx, &address, Some(&account.id))?;
    // A new address has to be verified again, unless the one who sets it vouches for it.
    let same = current.filter(|email| email.address == address);
    let verified = change
        .email_verified
        .unwrap_or_else(|| same.is_some_and(|email| email.verified));
    accounts::remove_emails(tx, &account.id)?;
    if accounts::add_email(tx, &account.id, &address, verified)? == 0 {
        return Err(taken("email", &address));
    }
    Ok(())
}

fn change_roles(
    cx: &mut Context<'_, '_>,
    account: &Account,
    wanted: &[String],
) -> Result<(), Refusal> {
    let wanted = resolve_roles(cx.tx, wanted)?;
    let mut given = wanted.iter().filter(|role| !account.roles.contains(role));
    given.try_for_each(|role| giving::may_give(cx, role))?;
    if !wanted.iter().any(|role| role == "admin") {
        keep_an_administrator(cx.tx, account)?;
    }
    roles::take_all(cx.tx, &account.id)?;
    for role in &wanted {
        roles::give(cx.tx, &account.id, role)?;
    }
    follow_roles(cx, account, &wanted)?;
    Ok(())
}

/// Someone who is not active cannot log in, and is logged out.
pub fn set_active(cx: &mut Context<'_, '_>, id: &str, active: bool) -> Result<Account, Refusal> {
    let before = locked(cx, id)?;
    let account = switch(cx, id, active)?;
    let_go(cx, &before, &account)?;
    Ok(account)
}

/// The account is locked.
fn switch(cx: &mut Context<'_, '_>, id: &str, active: bool) -> Result<Account, Refusal> {
    let mut account = accounts::find(cx.tx, id)?.ok_or(Refusal::NoSuchAccount)?;
    if account.active == active {
        return Ok(account);
    }
    if !active {
        keep_an_administrator(cx.tx, &account)?;
    }
    accounts::set_active(cx.tx, cx.now, id, active)?;
    account.active = active;
    account.updated_at = cx.now;
    if !active {
        // Sessions before the agent, as at a log-out: so neither waits for the other.
        sessions::end_all(cx, id)?;
    }
    agents::switched(cx, &account)?;
    let before = Account {
        active: !active,
        ..account.clone()
    };
    differs(cx.tx, Some(&before), Some(&account), false);
    record(cx, Event::AccountChanged, &account)?;
    Ok(account)
}

/// Their open chats go back into the queue.
pub fn delete(cx: &mut Context<'_, '_>, id: &str) -> Result<(), Refusal> {
    let account = locked(cx, id)?;
    keep_an_administrator(cx.tx, &account)?;
    hark_chat::agent_gone(cx, &account, OpenChats::Requeue)?;
    if agents::has_role(&account) {
        agents::dismissed(cx, &account)?;
    }
    if let Some(picture) = &account.picture_id {
        hark_chat::uploads::discard(cx, picture)?;
    }
    accounts::delete(cx.tx, id)?;
    differs(cx.tx, Some(&account), None, false);
    record(cx, Event::AccountRemoved, &account)?;
    Ok(())
}

/// A new password of one's own or of someone whom an operator helps. `must_change` asks for
/// another one at the next log-in.
pub fn set_password(
    cx: &mut Context<'_, '_>,
    id: &str,
    hash: &str,
    must_change: bool,
) -> Result<(), Refusal> {
    let wanted = Change {
        password: Some(hash.to_owned()),
        require_password_change: Some(must_change),
        ..Change::default()
    };
    change(cx, id, &wanted).map(drop)
}

/// What people say of themselves: whether they are there, and a line about it.
pub fn set_status(
    cx: &mut Context<'_, '_>,
    id: &str,
    presence: Option<Presence>,
    text: Option<&str>,
) -> Result<Account, Refusal> {
    if text.is_some()
        && !cx
            .policy
            .flag(settings::Accounts_AllowUserStatusMessageChange)
    {
        return Err(Refusal::StatusTextForbidden);
    }
    if presence == Some(Presence::Offline)
        && !cx
            .policy
            .flag(settings::Accounts_AllowInvisibleStatusOption)
    {
        return Err(Refusal::InvisibleForbidden);
    }
    let mut account = locked(cx, id)?;
    let was = Was::of(&account);
    if let Some(presence) = presence {
        account.status_default = presence.as_str().to_owned();
        let before = std::mem::replace(&mut account.status, presence.as_str().to_owned());
        agents::seen(cx.tx, cx.now, &account, &before)?;
    }
    if let Some(text) = text {
        account.status_text = status_text(text);
    }
    accounts::set_status(cx.tx, cx.now, &account)?;
    record_status(cx.tx, &cx.who.actor(), cx.now, &account, &was)?;
    account.updated_at = cx.now;
    Ok(account)
}

/// Two who change one account take turns, and nobody gives it another chat meanwhile.
pub(super) fn locked(cx: &mut Context<'_, '_>, id: &str) -> Result<Account, Refusal> {
    accounts::lock(cx.tx, id)?;
    accounts::find(cx.tx, id)?.ok_or(Refusal::NoSuchAccount)
}

/// What becomes of the open chats of someone who is switched off, or answers visitors no longer.
fn let_go(cx: &mut Context<'_, '_>, before: &Account, after: &Account) -> Result<(), Refusal> {
    let chats = if before.active && !after.active {
        OpenChats::Close
    } else if agents::has_role(before) && !agents::has_role(after) {
        OpenChats::Requeue
    } else {
        return Ok(());
    };
    hark_chat::agent_gone(cx, after, chats)
}

pub(crate) fn record(
    cx: &mut Context<'_, '_>,
    event: fn(AccountChanged) -> Event,
    account: &Account,
) -> Result<()> {
    record_event(
        cx.tx,
        cx.now,
        Subject::agent(&account.id),
        &event(changed(cx, account)),
    )
}

pub(crate) fn changed(cx: &Context<'_, '_>, account: &Account) -> AccountChanged {
    AccountChanged {
        account: AccountSnapshot {
            id: account.id.clone(),
            username: account.username.clone(),
            name: account.name.clone(),
            active: account.active,
            roles: account.roles.clone(),
        },
        by: cx.who.actor(),
        picture: false,
    }
}

/// A line, cut where the original cuts it.
fn status_text(text: &str) -> String {
    text.trim().chars().take(120).collect()
}

fn resolve_roles(tx: &mut Tx<'_>, wanted: &[String]) -> Result<Vec<String>, Refusal> {
    let roles = wanted.iter().map(|name| {
        let found = roles::find(tx, name)?;
        found
            .map(|role| role.id)
            .ok_or_else(|| Refusal::NoSuchRole(name.clone()))
    });
    roles.collect()
}

fn check_name(name: &str) -> Result<(), Refusal> {
    if name.trim().is_empty() {
        return Err(Refusal::Required("Name"));
    }
    check_size("Name", name, 256)
}

/// The letters that Rocket.Chat's clients expect in a mention.
fn check_username(username: &str) -> Result<(), Refusal> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if username.is_empty() {
        return Err(Refusal::Required("Username"));
    }
    check_size("Username", username, 100)?;
    // These mean everyone in a message.
    let reserved = ["all", "here", "administrator", "system", "user"];
    if !username.chars().all(fits) || reserved.contains(&username.to_ascii_lowercase().as_str()) {
        return Err(invalid("Username", username));
    }
    Ok(())
}

fn check_email(view: &mut View<'_>, address: &str, owner: Option<&str>) -> Result<(), Refusal> {
    check_size("Email", address, 254)?;
    if !is_email(address) {
        return Err(invalid("Email", address));
    }
    let holder = accounts::find_by_email(view, address)?;
    if holder.is_some_and(|holder| Some(holder.id.as_str()) != owner) {
        return Err(taken("email", address));
    }
    Ok(())
}

fn invalid(field: &'static str, value: &str) -> Refusal {
    Refusal::Invalid {
        field,
        value: value.to_owned(),
    }
}

fn taken(field: &'static str, value: &str) -> Refusal {
    Refusal::Taken {
        field,
        value: value.to_owned(),
    }
}

/// Lays new preferences over those that were there.
pub fn set_preferences(
    cx: &mut Context<'_, '_>,
    id: &str,
    news: &Map<String, Value>,
) -> Result<Account, Refusal> {
    accounts::lock(cx.tx, id)?;
    let mut account = accounts::find(cx.tx, id)?.ok_or(Refusal::NoSuchAccount)?;
    if let Value::Object(preferences) = &mut account.preferences {
        preferences.extend(news.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    accounts::set_preferences(cx.tx, cx.now, id, &account.preferences)?;
    Ok(account)
}
