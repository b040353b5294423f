//! Visitors: who writes from a web site. There is no log-in; the token that a visitor's browser
//! has chosen is his key, and opens nothing but what is his.

pub(crate) mod rows;

use hark_store::{Error, Timestamp, Tx, View};
use serde_json::{Map, Value, json};

use crate::accounts::Page;
use crate::custom_fields::{self, CustomField, Scope};
use crate::rooms::Room;
use crate::{Actor, Policy, Refusal, departments, rooms, settings, tally};

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Visitor {
    pub id: String,
    pub token: String,
    pub username: String,
    pub name: Option<String>,
    pub status: String,
    pub department: Option<String>,
    /// Values of custom fields, by field.
    pub custom: Map<String, Value>,
    pub emails: Vec<String>,
    pub phones: Vec<String>,
    pub last_chat: Option<LastChat>,
    pub last_agent: Option<LastAgent>,
    pub contact_manager: Option<String>,
    /// The months in which an agent has answered him: `2026-11`.
    pub activity: Vec<String>,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub host: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq)]
pub struct LastChat {
    pub room: String,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq)]
pub struct LastAgent {
    pub id: String,
    pub username: String,
    pub at: Timestamp,
}

impl Visitor {
    /// By what an agent sees him called.
    pub fn shown_name(&self) -> &str {
        match self.name.as_deref() {
            Some(name) if !name.is_empty() => name,
            _ => &self.username,
        }
    }
}

/// What a browser tells of its visitor.
#[derive(Debug, Clone, Default)]
pub struct Registration {
    pub token: String,
    pub username: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// An id or a name.
    pub department: Option<String>,
    pub custom: Vec<CustomValue>,
    /// Kept only where the settings allow it, and only when the visitor is new.
    pub traces: Traces,
}

#[derive(Debug, Clone, Default)]
pub struct Traces {
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub host: Option<String>,
}

/// A value for a custom field, as a browser or script gives it.
#[derive(Debug, Clone)]
pub struct CustomValue {
    pub key: String,
    pub value: String,
    pub overwrite: bool,
}

/// Bounds of what a visitor may say of himself.
pub(crate) const LONGEST_TOKEN: usize = 256;
const LONGEST_NAME: usize = 1_000;
const LONGEST_VALUE: usize = 10_000;

pub fn find_by_token(view: &mut View<'_>, token: &str) -> Result<Option<Visitor>, Error> {
    if token.is_empty() {
        return Ok(None);
    }
    rows::find_by_token(view, token)
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Visitor>, Error> {
    rows::find(view, id)
}

/// The visitor of a token, or the refusal of everyone who shows a wrong one.
pub fn known(view: &mut View<'_>, token: &str) -> Result<Visitor, Refusal> {
    find_by_token(view, token)?.ok_or(Refusal::InvalidToken)
}

/// Makes a visitor, or brings up to date the one who is found by his token, his telephone number
/// (and keeps his token) or his address (and takes the new token).
pub fn register(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    told: &Registration,
) -> Result<Visitor, Refusal> {
    if told.token.trim().is_empty() {
        return Err(Refusal::EmptyToken);
    }
    check_size("token", &told.token, LONGEST_TOKEN)?;
    let department = match told.department.as_deref().filter(|text| !text.is_empty()) {
        Some(named) => {
            let found = departments::find_by_id_or_name(tx, named)?;
            Some(found.ok_or(Refusal::InvalidDepartment)?.id)
        }
        None => None,
    };
    let email = match told.email.as_deref().map(str::trim) {
        Some(text) if !text.is_empty() => Some(valid_email(text)?),
        _ => None,
    };
    let phone = told.phone.as_deref().filter(|text| !text.is_empty());
    for (field, text) in [
        ("name", told.name.as_deref()),
        ("username", told.username.as_deref()),
        ("phone", phone),
    ] {
        check_size(field, text.unwrap_or_default(), LONGEST_NAME)?;
    }
    let fields = match told.custom.is_empty() {
        true => Vec::new(),
        false => custom_fields::all(tx)?,
    };
    let (known, takes_token) = recognise(tx, &told.token, phone, email.as_deref())?;
    let Some(known) = known else {
        return create(tx, now, policy, told, department, email, &fields);
    };
    let room = rooms::lock_open_of(tx, &known.id)?;
    let Some(mut visitor) = rows::lock(tx, &known.id)? else {
        return Err(Refusal::InvalidToken);
    };
    let before = visitor.clone();
    if takes_token {
        visitor.token.clone_from(&told.token);
    }
    if let Some(name) = told.name.as_deref().filter(|name| !name.is_empty()) {
        visitor.name = Some(name.to_owned());
    }
    if let Some(email) = email {
        visitor.emails = vec![email];
    }
    if let Some(phone) = phone {
        visitor.phones = vec![phone.to_owned()];
    }
    if department.is_some() {
        visitor.department = department;
    }
    "online".clone_into(&mut visitor.status);
    lay_over(&mut visitor, &fields, &told.custom);
    let contacts = before.emails != visitor.emails || before.phones != visitor.phones;
    if visitor != before {
        rows::save(tx, now, &visitor, contacts)?;
        visitor.updated_at = now;
    }
    if let Some(room) = room {
        rooms::call_it(tx, now, &room, visitor.shown_name())?;
        if visitor != before {
            tell(tx, now, &visitor, room)?;
        }
    }
    Ok(visitor)
}

/// Those who look at his chat see him as he is now.
fn tell(tx: &mut Tx<'_>, now: Timestamp, visitor: &Visitor, mut room: Room) -> Result<(), Error> {
    room.visitor = Some(visitor.clone());
    visitor.shown_name().clone_into(&mut room.name);
    let by = Actor::visitor(visitor);
    rooms::story::tell(tx, now, "visitor.changed", &room, &by, json!({})).map(drop)
}

/// Whom a registration means, and whether he takes its token.
fn recognise(
    view: &mut View<'_>,
    token: &str,
    phone: Option<&str>,
    email: Option<&str>,
) -> Result<(Option<Visitor>, bool), Error> {
    if let Some(visitor) = rows::find_by_token(view, token)? {
        return Ok((Some(visitor), false));
    }
    if let Some(phone) = phone
        && let Some(visitor) = rows::find_by_contact(view, "phone", phone)?
    {
        return Ok((Some(visitor), false));
    }
    if let Some(email) = email
        && let Some(visitor) = rows::find_by_contact(view, "email", email)?
    {
        return Ok((Some(visitor), true));
    }
    Ok((None, false))
}

fn create(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    told: &Registration,
    department: Option<String>,
    email: Option<String>,
    fields: &[CustomField],
) -> Result<Visitor, Refusal> {
    let username = match told
        .username
        .as_deref()
        .filter(|name| !name.trim().is_empty())
    {
        Some(username) => username.to_owned(),
        None => format!("guest-{}", rows::next_guest(tx)?),
    };
    let keeps_traces = policy.flag("Livechat_Allow_collect_and_store_HTTP_header_informations");
    let traces = match keeps_traces {
        true => told.traces.clone(),
        false => Traces::default(),
    };
    let mut visitor = Visitor {
        id: tx.ids().id24_at(now),
        token: told.token.clone(),
        username,
        name: told.name.clone().filter(|name| !name.is_empty()),
        status: "online".to_owned(),
        department,
        emails: email.into_iter().collect(),
        phones: told
            .phone
            .iter()
            .filter(|text| !text.is_empty())
            .cloned()
            .collect(),
        ip: traces.ip,
        user_agent: traces.user_agent,
        host: traces.host,
        created_at: now,
        updated_at: now,
        ..Visitor::default()
    };
    if rows::insert(tx, now, &visitor)? == 0 {
        // Another request of the same browser was first.
        return known(tx, &told.token);
    }
    tally::add(tx, &visitor.id, &mut [tally::VISITORS.to_owned()], 1)?;
    if !told.custom.is_empty() {
        lay_over(&mut visitor, fields, &told.custom);
        rows::save(tx, now, &visitor, false)?;
    }
    Ok(visitor)
}

/// Values that are meant for a visitor, for fields that there are; others mean nothing.
fn lay_over(visitor: &mut Visitor, fields: &[CustomField], values: &[CustomValue]) {
    for given in values {
        let field = fields
            .iter()
            .find(|field| field.id == given.key && field.scope == Scope::Visitor);
        if field.is_none() || given.value.chars().nth(LONGEST_VALUE).is_some() {
            continue;
        }
        let custom = &mut visitor.custom;
        if given.overwrite || !custom.contains_key(&given.key) {
            custom.insert(given.key.clone(), json!(given.value));
        }
    }
}

/// Sets one value of a custom field, of the visitor or of his open room, as the field says.
/// False: nothing is different now.
pub fn set_custom(
    tx: &mut Tx<'_>,
    now: Timestamp,
    token: &str,
    given: &CustomValue,
) -> Result<bool, Refusal> {
    let seen = known(tx, token)?;
    let fields = custom_fields::all(tx)?;
    let field = fields
        .iter()
        .find(|field| field.id == given.key)
        .ok_or(Refusal::InvalidCustomField)?;
    check_size("value", &given.value, LONGEST_VALUE)?;
    if !field.admits(&given.value) {
        return Err(Refusal::CustomValue(given.key.clone()));
    }
    let room = rooms::lock_open_of(tx, &seen.id)?;
    let new = json!(given.value);
    if field.scope == Scope::Room {
        let Some(mut room) = room else {
            return Ok(false);
        };
        let present = room.custom.get(&given.key);
        if present.is_some_and(|value| !given.overwrite || *value == new) {
            return Ok(false);
        }
        room.custom.insert(given.key.clone(), new);
        rooms::keep_custom(tx, now, &room)?;
        return Ok(true);
    }
    let mut visitor = rows::lock(tx, &seen.id)?.ok_or(Refusal::InvalidToken)?;
    let present = visitor.custom.get(&given.key);
    if present.is_some_and(|value| !given.overwrite || *value == new) {
        return Ok(false);
    }
    visitor.custom.insert(given.key.clone(), new);
    rows::save(tx, now, &visitor, false)?;
    if let Some(room) = room {
        tell(tx, now, &visitor, room)?;
    }
    Ok(true)
}

/// What an agent writes down about a visitor, and a script about a contact. What is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    pub name: Option<String>,
    pub email: Option<Vec<String>>,
    pub phone: Option<Vec<String>>,
    pub custom: Option<Map<String, Value>>,
}

pub fn note(tx: &mut Tx<'_>, now: Timestamp, id: &str, notes: &Notes) -> Result<Visitor, Refusal> {
    let mut visitor = rows::lock(tx, id)?.ok_or(Refusal::InvalidVisitor)?;
    if let Some(name) = &notes.name {
        visitor.name = Some(name.clone()).filter(|name| !name.is_empty());
    }
    if let Some(emails) = &notes.email {
        visitor.emails.clone_from(emails);
    }
    if let Some(phones) = &notes.phone {
        visitor.phones.clone_from(phones);
    }
    if let Some(custom) = &notes.custom {
        visitor.custom.clone_from(custom);
    }
    rows::save(tx, now, &visitor, true)?;
    Ok(visitor)
}

/// A contact as `omnichannel/contact` writes it: found by token, then by address, else made.
#[derive(Debug, Clone, Default)]
pub struct Contact {
    pub token: String,
    pub name: String,
    pub username: Option<String>,
    pub email: Option<String>,
    /// Absent: stays. Empty: none.
    pub phone: Option<String>,
    pub custom: Map<String, Value>,
    /// The user name of an agent.
    pub manager: Option<String>,
}

pub fn save_contact(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    contact: &Contact,
) -> Result<String, Refusal> {
    if let Some(manager) = &contact.manager {
        let found = crate::accounts::find_by_username(tx, manager)?
            .ok_or_else(|| Refusal::NoSuchContactManager(manager.clone()))?;
        if !found.roles.iter().any(|role| role == "livechat-agent") {
            return Err(Refusal::ContactManagerIsNoAgent);
        }
    }
    let fields = custom_fields::all(tx)?;
    let mut custom = Map::new();
    for field in fields.iter().filter(|field| field.scope == Scope::Visitor) {
        let given = contact.custom.get(&field.id).and_then(Value::as_str);
        match given.map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) if !field.admits(text) => {
                return Err(Refusal::ContactField(field.label.clone()));
            }
            Some(text) => drop(custom.insert(field.id.clone(), json!(text))),
            None if field.required => {
                return Err(Refusal::ContactField(field.label.clone()));
            }
            None => {}
        }
    }
    let told = Registration {
        token: contact.token.clone(),
        username: contact.username.clone(),
        name: Some(contact.name.clone()),
        email: contact.email.clone(),
        ..Registration::default()
    };
    let mut visitor = register(tx, now, policy, &told)?;
    visitor.custom = custom;
    if contact
        .email
        .as_deref()
        .is_none_or(|text| text.trim().is_empty())
    {
        visitor.emails.clear();
    }
    if let Some(phone) = &contact.phone {
        visitor.phones = Some(phone.trim().to_owned())
            .filter(|phone| !phone.is_empty())
            .into_iter()
            .collect();
    }
    visitor.contact_manager.clone_from(&contact.manager);
    rows::save(tx, now, &visitor, true)?;
    Ok(visitor.id)
}

/// Whether the visitor's window is in front of him. His record says what it said; his open room
/// shows it to the agents.
pub fn set_status(
    tx: &mut Tx<'_>,
    now: Timestamp,
    token: &str,
    status: &str,
) -> Result<(), Refusal> {
    let visitor = known(tx, token)?;
    check_size("status", status, 50)?;
    if let Some(room) = rooms::lock_open_of(tx, &visitor.id)? {
        rooms::show_visitor_as(tx, now, &room, status)?;
    }
    Ok(())
}

/// Forgets a visitor: his rooms and all that was said in them are gone, and what is left of him
/// tells nothing.
pub fn remove(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    token: &str,
) -> Result<String, Refusal> {
    let visitor = known(tx, token)?;
    let keeps_traces = policy.flag("Livechat_Allow_collect_and_store_HTTP_header_informations");
    if rooms::lock_open_of(tx, &visitor.id)?.is_some() && !keeps_traces {
        return Err(Refusal::VisitorHasOpenRooms);
    }
    rooms::remove_all_of(tx, now, &visitor)?;
    // Whoever opens a chat or forgets him, too, takes turns here.
    rows::lock(tx, &visitor.id)?.ok_or(Refusal::InvalidToken)?;
    if rooms::open_of(tx, &visitor.id)?.is_some() {
        return Err(Refusal::VisitorHasOpenRooms);
    }
    rows::remove(tx, now, &visitor.id)?;
    tally::add(tx, &visitor.id, &mut [tally::VISITORS.to_owned()], -1)?;
    Ok(visitor.id)
}

/// A page of those who answer to a term, newest first, and how many there are.
pub fn search(view: &mut View<'_>, term: &str, page: Page) -> Result<(Vec<Visitor>, i64), Error> {
    let in_custom = custom_fields::all(view)?
        .iter()
        .any(|field| field.searchable && field.scope == Scope::Visitor);
    let found = rows::search(view, term, in_custom, page)?;
    let total = match term.trim() {
        "" => tally::total(view, tally::VISITORS)?,
        term => rows::count_found(view, term, in_custom)?,
    };
    Ok((found, total))
}

/// Those whose name begins with a text, for a field that completes it.
pub fn beginning_with(
    view: &mut View<'_>,
    term: &str,
    without: &[String],
    limit: usize,
) -> Result<Vec<Visitor>, Error> {
    let more = (limit + without.len().min(1_000)) as i64;
    let mut found = rows::beginning_with(view, term, more)?;
    found.retain(|visitor| !without.contains(&visitor.id));
    found.truncate(limit);
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// The first one with all of these: an address, a number, values of custom fields.
pub fn matching(
    view: &mut View<'_>,
    email: Option<&str>,
    phone: Option<&str>,
    custom: &Map<String, Value>,
) -> Result<Option<Visitor>, Error> {
    let candidates = match (email, phone, custom.values().next()) {
        (Some(email), _, _) => rows::find_by_contact(view, "email", email)?
            .into_iter()
            .collect(),
        (None, Some(phone), _) => rows::find_by_contact(view, "phone", phone)?
            .into_iter()
            .collect(),
        (None, None, Some(Value::String(value))) => rows::with_custom(view, value, 1_000)?,
        _ => Vec::new(),
    };
    let has = |list: &[String], wanted: Option<&str>| {
        wanted.is_none_or(|wanted| list.iter().any(|one| rows::key(one) == rows::key(wanted)))
    };
    Ok(candidates.into_iter().find(|visitor| {
        has(&visitor.emails, email)
            && has(&visitor.phones, phone)
            && custom
                .iter()
                .all(|(key, value)| visitor.custom.get(key) == Some(value))
    }))
}

/// Trimmed, in small letters, and an address.
fn valid_email(text: &str) -> Result<String, Refusal> {
    let address = text.trim().to_lowercase();
    if address.chars().nth(254).is_some() || !settings::is_email(&address) {
        let value = text.chars().take(254).collect();
        return Err(Refusal::Invalid {
            field: "Email",
            value,
        });
    }
    Ok(address)
}

fn check_size(field: &'static str, text: &str, most: usize) -> Result<(), Refusal> {
    match text.chars().nth(most) {
        Some(_) => Err(Refusal::TooLong { field, most }),
        None => Ok(()),
    }
}
