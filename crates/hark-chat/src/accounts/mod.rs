//! Accounts: the people and programs that log in. Visitors are not among them.

pub(crate) mod rows;

use hark_store::{Error, NewEvent, Timestamp, Tx, View, log};
use serde_json::{Map, Value, json};

pub use self::rows::SortKey;
use crate::passwords::Offered;
use crate::{Actor, Policy, Refusal, agents, passwords, roles, rooms, sessions, settings};

#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    pub id: String,
    pub username: String,
    pub name: String,
    /// `user`, `bot` or `app`.
    pub kind: String,
    pub emails: Vec<Email>,
    pub roles: Vec<String>,
    pub active: bool,
    pub status: String,
    pub status_default: String,
    pub status_text: String,
    /// Of an agent: whether he takes chats.
    pub available: Option<bool>,
    pub require_password_change: bool,
    pub bio: Option<String>,
    pub nickname: Option<String>,
    pub language: Option<String>,
    pub preferences: Value,
    pub custom_fields: Value,
    pub has_password: bool,
    pub two_factor: bool,
    pub last_login_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    pub address: String,
    pub verified: bool,
}

impl Account {
    pub fn actor(&self) -> Actor {
        Actor::Account {
            id: self.id.clone(),
            username: self.username.clone(),
        }
    }

    fn tell(&self, tx: &mut Tx<'_>, who: &Actor, now: Timestamp, kind: &str) -> Result<(), Error> {
        let body = json!({
            "account": {
                "id": self.id,
                "username": self.username,
                "name": self.name,
                "active": self.active,
                "roles": self.roles,
            },
            "by": who.to_json(),
        });
        let event = NewEvent {
            agent: Some(&self.id),
            ..NewEvent::plain(kind, body)
        };
        log::append(tx, now, &event).map(drop)
    }
}

/// A part of a list.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    pub offset: i64,
    pub limit: i64,
}

impl Page {
    pub const ALL: Self = Self {
        offset: 0,
        limit: i64::MAX,
    };
}

#[derive(Debug, Clone)]
pub struct NewAccount {
    pub username: String,
    pub name: String,
    pub email: Option<String>,
    pub email_verified: bool,
    /// Hashed already: that takes too long for a transaction.
    pub password: Option<String>,
    pub roles: Vec<String>,
    pub active: bool,
    pub require_password_change: bool,
    pub custom_fields: Value,
    /// Whether he is in the channel of all from the start.
    pub joins_channel: bool,
    /// Only for the first administrator, whom the operator may name.
    pub id: Option<String>,
}

impl NewAccount {
    pub fn person(username: &str, name: &str) -> Self {
        Self {
            username: username.to_owned(),
            name: name.to_owned(),
            email: None,
            email_verified: false,
            password: None,
            roles: vec!["user".to_owned()],
            active: true,
            require_password_change: false,
            custom_fields: json!({}),
            joins_channel: true,
            id: None,
        }
    }
}

/// What may be changed of an account; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub username: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub email_verified: Option<bool>,
    pub password: Option<String>,
    pub roles: Option<Vec<String>>,
    pub active: Option<bool>,
    pub require_password_change: Option<bool>,
    pub bio: Option<String>,
    pub nickname: Option<String>,
    pub language: Option<String>,
    pub status_text: Option<String>,
    pub custom_fields: Option<Value>,
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Account>, Error> {
    rows::find(view, id)
}

pub fn find_by_username(view: &mut View<'_>, username: &str) -> Result<Option<Account>, Error> {
    rows::find_by_username(view, username)
}

pub fn find_by_email(view: &mut View<'_>, address: &str) -> Result<Option<Account>, Error> {
    rows::find_by_email(view, address)
}

/// A page of all accounts and how many there are.
pub fn list(
    view: &mut View<'_>,
    sort: SortKey,
    descending: bool,
    page: Page,
) -> Result<(Vec<Account>, i64), Error> {
    let accounts = rows::list(view, sort, descending, page)?;
    Ok((accounts, rows::count(view)?))
}

pub fn find_many(view: &mut View<'_>, ids: &[String]) -> Result<Vec<Account>, Error> {
    let found = ids.iter().map(|id| rows::find(view, id));
    Ok(found
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect())
}

/// Those who are not offline.
pub fn present(view: &mut View<'_>) -> Result<Vec<Account>, Error> {
    rows::present(view)
}

/// Accounts whose user name begins with a text, for a field that completes it.
pub fn beginning_with(view: &mut View<'_>, text: &str, limit: i64) -> Result<Vec<Account>, Error> {
    rows::beginning_with(view, text, limit)
}

pub fn create(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    new: &NewAccount,
) -> Result<Account, Refusal> {
    check_name(&new.name)?;
    check_username(&new.username)?;
    if rows::find_by_username(tx, &new.username)?.is_some() {
        return Err(taken("username", &new.username));
    }
    if let Some(address) = &new.email {
        check_email(tx, address, None)?;
    }
    let role_ids = resolve_roles(tx, &new.roles)?;
    let id = new.id.clone().unwrap_or_else(|| tx.ids().id17());
    if rows::insert(tx, now, &id, new)? == 0 {
        return Err(taken("username", &new.username));
    }
    if let Some(address) = &new.email
        && rows::add_email(tx, &id, address, new.email_verified)? == 0
    {
        return Err(taken("email", address));
    }
    for role in &role_ids {
        roles::rows::give(tx, &id, role)?;
    }
    if new.joins_channel {
        rooms::join_general(tx, now, &id)?;
    }
    let mut account = rows::find(tx, &id)?.ok_or(Refusal::NoSuchAccount)?;
    account.tell(tx, who, now, "account.created")?;
    if agents::has_role(&account) {
        let available = account.status != "offline";
        agents::appointed(tx, who, now, &account, available)?;
        account.available = Some(available);
    }
    Ok(account)
}

/// A program, which is always there.
pub(crate) fn make_bot(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<(), Error> {
    rows::make_bot(tx, now, id).map(drop)
}

pub fn change(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    id: &str,
    change: &Change,
) -> Result<Account, Refusal> {
    rows::lock(tx, id)?;
    let mut account = rows::find(tx, id)?.ok_or(Refusal::NoSuchAccount)?;
    if let Some(username) = &change.username {
        check_username(username)?;
        let holder = rows::find_by_username(tx, username)?;
        if holder.is_some_and(|holder| holder.id != id) {
            return Err(taken("username", username));
        }
        let before = std::mem::replace(&mut account.username, username.clone());
        agents::renamed(tx, now, &account, &before)?;
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
    rows::update(tx, now, &account)?;
    if change.email.is_some() || change.email_verified.is_some() {
        change_email(tx, &account, change)?;
    }
    if let Some(password) = &change.password {
        rows::set_password(tx, now, id, password)?;
        // Whoever knew the old password is to be out.
        sessions::end_log_ins(tx, now, id)?;
    }
    if let Some(wanted) = &change.roles {
        change_roles(tx, who, now, &account, wanted)?;
    }
    if let Some(active) = change.active {
        set_active(tx, who, now, id, active)?;
    }
    let account = rows::find(tx, id)?.ok_or(Refusal::NoSuchAccount)?;
    account.tell(tx, who, now, "account.changed")?;
    Ok(account)
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
    rows::remove_emails(tx, &account.id)?;
    if rows::add_email(tx, &account.id, &address, verified)? == 0 {
        return Err(taken("email", &address));
    }
    Ok(())
}

fn change_roles(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
    wanted: &[String],
) -> Result<(), Refusal> {
    let wanted = resolve_roles(tx, wanted)?;
    if !wanted.iter().any(|role| role == "admin") {
        keep_an_administrator(tx, account)?;
    }
    roles::rows::take_all(tx, &account.id)?;
    for role in &wanted {
        roles::rows::give(tx, &account.id, role)?;
    }
    agents::follow_roles(tx, who, now, account, &wanted)?;
    Ok(())
}

/// Someone has to be able to administrate when this account no longer does.
pub(crate) fn keep_an_administrator(tx: &mut Tx<'_>, account: &Account) -> Result<(), Refusal> {
    if !account.active || !account.roles.iter().any(|role| role == "admin") {
        return Ok(());
    }
    roles::rows::lock_administrators(tx)?;
    if rows::count_active_administrators(tx)? <= 1 {
        return Err(Refusal::LastAdministrator);
    }
    Ok(())
}

/// Someone who is not active cannot log in, and is logged out.
pub fn set_active(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    id: &str,
    active: bool,
) -> Result<Account, Refusal> {
    rows::lock(tx, id)?;
    let mut account = rows::find(tx, id)?.ok_or(Refusal::NoSuchAccount)?;
    if account.active == active {
        return Ok(account);
    }
    if !active {
        keep_an_administrator(tx, &account)?;
    }
    rows::set_active(tx, now, id, active)?;
    account.active = active;
    account.updated_at = now;
    if !active {
        // Sessions before the agent, as at a log-out: so neither waits for the other.
        sessions::end_log_ins(tx, now, id)?;
    }
    agents::switched(tx, who, now, &account)?;
    account.tell(tx, who, now, "account.changed")?;
    Ok(account)
}

pub fn delete(tx: &mut Tx<'_>, who: &Actor, now: Timestamp, id: &str) -> Result<(), Refusal> {
    rows::lock(tx, id)?;
    let account = rows::find(tx, id)?.ok_or(Refusal::NoSuchAccount)?;
    keep_an_administrator(tx, &account)?;
    if agents::has_role(&account) {
        agents::dismissed(tx, who, now, &account)?;
    }
    rows::delete(tx, id)?;
    account.tell(tx, who, now, "account.removed")?;
    Ok(())
}

/// A new password of one's own or of someone whom an operator helps. `must_change` asks for
/// another one at the next log-in.
pub fn set_password(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    id: &str,
    hash: &str,
    must_change: bool,
) -> Result<(), Refusal> {
    let wanted = Change {
        password: Some(hash.to_owned()),
        require_password_change: Some(must_change),
        ..Change::default()
    };
    change(tx, who, now, id, &wanted).map(drop)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Online,
    Away,
    Busy,
    Offline,
}

impl Presence {
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        match text {
            "online" => Ok(Self::Online),
            "away" => Ok(Self::Away),
            "busy" => Ok(Self::Busy),
            "offline" => Ok(Self::Offline),
            _ => Err(Refusal::NoSuchStatus),
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::Busy => "busy",
            Self::Offline => "offline",
        }
    }
}

/// What someone says of himself: whether he is there, and a line about it.
pub fn set_status(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    policy: &Policy,
    id: &str,
    presence: Option<Presence>,
    text: Option<&str>,
) -> Result<Account, Refusal> {
    if text.is_some() && !policy.flag("Accounts_AllowUserStatusMessageChange") {
        return Err(Refusal::StatusTextForbidden);
    }
    if presence == Some(Presence::Offline) && !policy.flag("Accounts_AllowInvisibleStatusOption") {
        return Err(Refusal::InvisibleForbidden);
    }
    rows::lock(tx, id)?;
    let mut account = rows::find(tx, id)?.ok_or(Refusal::NoSuchAccount)?;
    let was = Was::of(&account);
    if let Some(presence) = presence {
        account.status_default = presence.as_str().to_owned();
        let before = std::mem::replace(&mut account.status, presence.as_str().to_owned());
        agents::seen(tx, now, &account, &before)?;
    }
    if let Some(text) = text {
        account.status_text = status_text(text);
    }
    rows::set_status(tx, now, &account)?;
    tell_status(tx, who, now, &account, &was)?;
    account.updated_at = now;
    Ok(account)
}

/// How someone could be reached before.
pub(crate) struct Was {
    pub(crate) status: String,
    pub(crate) available: Option<bool>,
    /// Whether it changes because he came, or because he went.
    pub(crate) moved: Option<Moved>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moved {
    LoggedIn,
    LoggedOut,
}

impl Was {
    pub(crate) fn of(account: &Account) -> Self {
        Self {
            status: account.status.clone(),
            available: account.available,
            moved: None,
        }
    }
}

/// Says how someone can be reached, and of an agent whether he takes chats.
pub(crate) fn tell_status(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
    was: &Was,
) -> Result<(), Error> {
    let mut body = json!({
        "agent": {"id": account.id, "username": account.username, "name": account.name},
        "status": account.status,
        "text": account.status_text,
        "by": who.to_json(),
        "was": {"status": was.status},
    });
    if let Some(available) = account.available {
        body["available"] = json!(available);
    }
    if let Some(available) = was.available {
        body["was"]["available"] = json!(available);
    }
    if let Some(moved) = was.moved {
        body["because"] = json!(match moved {
            Moved::LoggedIn => "logged in",
            Moved::LoggedOut => "logged out",
        });
    }
    let event = NewEvent {
        agent: Some(&account.id),
        ..NewEvent::plain("agent.status", body)
    };
    log::append(tx, now, &event).map(drop)
}

/// A line, cut where the original cuts it.
fn status_text(text: &str) -> String {
    text.trim().chars().take(120).collect()
}

/// Lays new preferences over those that were there.
pub fn set_preferences(
    tx: &mut Tx<'_>,
    now: Timestamp,
    id: &str,
    news: &Map<String, Value>,
) -> Result<Account, Refusal> {
    rows::lock(tx, id)?;
    let mut account = rows::find(tx, id)?.ok_or(Refusal::NoSuchAccount)?;
    if let Value::Object(preferences) = &mut account.preferences {
        preferences.extend(news.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    rows::set_preferences(tx, now, id, &account.preferences)?;
    Ok(account)
}

/// Hashes a password that someone chose; an empty one is none.
pub fn hash_password(password: &str) -> Result<String, Refusal> {
    if password.trim().is_empty() {
        return Err(Refusal::Required("Password"));
    }
    passwords::hash(&Offered::Plain(password.to_owned())).map_err(|why| Refusal::Invalid {
        field: "Password",
        value: why,
    })
}

fn resolve_roles(tx: &mut Tx<'_>, wanted: &[String]) -> Result<Vec<String>, Refusal> {
    let roles = wanted.iter().map(|name| {
        let found = roles::rows::find(tx, name)?;
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

/// Before anything else that would repeat the text in a refusal.
pub(crate) fn check_size(field: &'static str, text: &str, most: usize) -> Result<(), Refusal> {
    match text.chars().nth(most) {
        Some(_) => Err(Refusal::TooLong { field, most }),
        None => Ok(()),
    }
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
    if !settings::is_email(address) {
        return Err(invalid("Email", address));
    }
    let holder = rows::find_by_email(view, address)?;
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
