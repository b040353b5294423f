//! What visitors do and what is done with them: they register, say who they are, and are forgotten.

use hark_store::{Result, View};
use serde_json::{Map, Value, json};

use super::removal::remove_all_of;
use crate::access;
use crate::contacts::{self, Arrival};
use crate::custom_fields::{self, CustomField, Scope};
use crate::departments;
use hark_model::events::{Event, Subject, VisitorErased, record_event, record_in_room};
use hark_model::rooms::{self, Room};
use hark_model::text::{check_size, is_email, key};
use hark_model::visitors::{self, LONGEST_TOKEN, Order, Visitor, known};
use hark_model::{Actor, Context, Page, Refusal, audit, settings, tally};

/// What a browser says of its visitor.
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
    pub arrival: Arrival,
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

const LONGEST_NAME: usize = 1_000;
const LONGEST_VALUE: usize = 10_000;

/// Makes a visitor, or brings up to date the one of the token. Where the settings say so, as
/// Rocket.Chat does it, also the one who is found by a telephone number (and keeps their token) or
/// an address (and takes the new token).
pub fn register(cx: &mut Context<'_, '_>, registration: &Registration) -> Result<Visitor, Refusal> {
    if registration.token.trim().is_empty() {
        return Err(Refusal::EmptyToken);
    }
    check_size("token", &registration.token, LONGEST_TOKEN)?;
    let department = match registration
        .department
        .as_deref()
        .filter(|text| !text.is_empty())
    {
        Some(named) => {
            let found = departments::find_by_id_or_name(cx.tx, named)?;
            Some(found.ok_or(Refusal::InvalidDepartment)?.id)
        }
        None => None,
    };
    let email = match registration.email.as_deref().map(str::trim) {
        Some(text) if !text.is_empty() => Some(valid_email(text)?),
        _ => None,
    };
    let phone = registration
        .phone
        .as_deref()
        .filter(|text| !text.is_empty());
    for (field, text) in [
        ("name", registration.name.as_deref()),
        ("username", registration.username.as_deref()),
        ("phone", phone),
    ] {
        check_size(field, text.unwrap_or_default(), LONGEST_NAME)?;
    }
    let fields = if registration.custom.is_empty() {
        Vec::new()
    } else {
        custom_fields::all(cx.tx)?
    };
    let (known, takes_token) = recognise(cx, &registration.token, phone, email.as_deref())?;
    let Some(known) = known else {
        return create(cx, registration, department, email, &fields);
    };
    let name = registration.name.as_deref().filter(|name| !name.is_empty());
    change(cx, &known.id, registration.arrival, |visitor| {
        if takes_token {
            visitor.token.clone_from(&registration.token);
        }
        // What a site has vouched for is not what somebody types.
        let is_vouched = visitor.identity.is_some();
        if let Some(name) = name
            && !(is_vouched && visitor.name.is_some())
        {
            visitor.name = Some(name.to_owned());
        }
        if let Some(email) = email
            && !is_vouched
        {
            visitor.emails = vec![email];
        }
        if let Some(phone) = phone {
            visitor.phones = vec![phone.to_owned()];
        }
        if department.is_some() {
            visitor.department = department;
        }
        "online".clone_into(&mut visitor.status);
        lay_over(visitor, &fields, &registration.custom);
    })
}

/// Changes a visitor, and what their open chat shows of them.
pub(crate) fn change(
    cx: &mut Context<'_, '_>,
    id: &str,
    arrival: Arrival,
    change: impl FnOnce(&mut Visitor),
) -> Result<Visitor, Refusal> {
    let room = rooms::lock_open_of(cx.tx, id)?;
    let Some(mut visitor) = visitors::lock(cx.tx, id)? else {
        return Err(Refusal::InvalidToken);
    };
    let before = visitor.clone();
    change(&mut visitor);
    contacts::follow(cx, Some(&before), &mut visitor, arrival)?;
    let contacts = before.emails != visitor.emails || before.phones != visitor.phones;
    if visitor != before {
        visitors::save(cx.tx, cx.now, &visitor, contacts)?;
        visitor.updated_at = cx.now;
    }
    if let Some(room) = room {
        rooms::rename(cx.tx, cx.now, &room, visitor.shown_name())?;
        if visitor != before {
            record_change(cx, &visitor, room)?;
        }
    }
    Ok(visitor)
}

/// Those who look at their chat see them as they are now.
fn record_change(cx: &mut Context<'_, '_>, visitor: &Visitor, mut room: Room) -> Result<()> {
    room.visitor = Some(visitor.clone());
    visitor.shown_name().clone_into(&mut room.name);
    let by = Actor::visitor(visitor);
    record_in_room(cx.tx, cx.now, &room, by, Event::VisitorChanged, ()).map(drop)
}

/// Whom a registration means, and whether they take its token. What somebody types proves nothing,
/// so an address or a number of another counts only where the operator wants it nevertheless, and
/// never for one whom a site has vouched for.
fn recognise(
    cx: &mut Context<'_, '_>,
    token: &str,
    phone: Option<&str>,
    email: Option<&str>,
) -> Result<(Option<Visitor>, bool)> {
    if let Some(visitor) = visitors::find_by_token(cx.tx, token)? {
        return Ok((Some(visitor), false));
    }
    if !cx
        .policy
        .flag(settings::Livechat_recognise_visitors_by_contact)
    {
        return Ok((None, false));
    }
    if let Some(phone) = phone
        && let Some(visitor) = visitors::find_by_contact(cx.tx, "phone", phone)?
        && visitor.identity.is_none()
    {
        return Ok((Some(visitor), false));
    }
    if let Some(email) = email
        && let Some(visitor) = visitors::find_by_contact(cx.tx, "email", email)?
        && visitor.identity.is_none()
    {
        return Ok((Some(visitor), true));
    }
    Ok((None, false))
}

pub(crate) fn create(
    cx: &mut Context<'_, '_>,
    registration: &Registration,
    department: Option<String>,
    email: Option<String>,
    fields: &[CustomField],
) -> Result<Visitor, Refusal> {
    let username = match registration
        .username
        .as_deref()
        .filter(|name| !name.trim().is_empty())
    {
        Some(username) => username.to_owned(),
        None => format!("guest-{}", visitors::next_guest(cx.tx)?),
    };
    let keeps_traces = cx
        .policy
        .flag(settings::Livechat_Allow_collect_and_store_HTTP_header_informations);
    let traces = if keeps_traces {
        registration.traces.clone()
    } else {
        Traces::default()
    };
    let mut visitor = Visitor {
        id: cx.tx.ids().id24_at(cx.now),
        token: registration.token.clone(),
        username,
        name: registration.name.clone().filter(|name| !name.is_empty()),
        status: "online".to_owned(),
        department,
        emails: email.into_iter().collect(),
        phones: registration
            .phone
            .iter()
            .filter(|text| !text.is_empty())
            .cloned()
            .collect(),
        ip: traces.ip,
        user_agent: traces.user_agent,
        host: traces.host,
        created_at: cx.now,
        updated_at: cx.now,
        ..Visitor::default()
    };
    if !visitors::insert(cx.tx, cx.now, &visitor)? {
        // Another request of the same browser was first.
        return known(cx.tx, &registration.token);
    }
    tally::add(cx.tx, &visitor.id, &mut [tally::VISITORS.to_owned()], 1)?;
    lay_over(&mut visitor, fields, &registration.custom);
    let has_contact = contacts::follow(cx, None, &mut visitor, registration.arrival)?;
    if has_contact || !registration.custom.is_empty() {
        visitors::save(cx.tx, cx.now, &visitor, false)?;
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

/// Sets one value of a custom field, of the visitor or of their open room, as the field says.
/// False: nothing is different now.
pub fn set_custom(
    cx: &mut Context<'_, '_>,
    token: &str,
    given: &CustomValue,
) -> Result<bool, Refusal> {
    let seen = known(cx.tx, token)?;
    let fields = custom_fields::all(cx.tx)?;
    let field = fields
        .iter()
        .find(|field| field.id == given.key)
        .ok_or(Refusal::InvalidCustomField)?;
    check_size("value", &given.value, LONGEST_VALUE)?;
    if !field.admits(&given.value) {
        return Err(Refusal::CustomValue(given.key.clone()));
    }
    let room = rooms::lock_open_of(cx.tx, &seen.id)?;
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
        rooms::save_custom_fields(cx.tx, cx.now, &room)?;
        return Ok(true);
    }
    let mut visitor = visitors::lock(cx.tx, &seen.id)?.ok_or(Refusal::InvalidToken)?;
    let present = visitor.custom.get(&given.key);
    if present.is_some_and(|value| !given.overwrite || *value == new) {
        return Ok(false);
    }
    let before = visitor.clone();
    visitor.custom.insert(given.key.clone(), new);
    contacts::follow(cx, Some(&before), &mut visitor, Arrival::Page)?;
    visitors::save(cx.tx, cx.now, &visitor, false)?;
    if let Some(room) = room {
        record_change(cx, &visitor, room)?;
    }
    Ok(true)
}

/// What an agent writes down about a visitor. What is absent stays, what is empty goes.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub custom: Option<Map<String, Value>>,
}

pub fn note(cx: &mut Context<'_, '_>, id: &str, notes: &Notes) -> Result<Visitor, Refusal> {
    let mut visitor = visitors::lock(cx.tx, id)?.ok_or(Refusal::InvalidVisitor)?;
    let before = visitor.clone();
    let is_vouched = visitor.identity.is_some();
    if is_vouched && contradicts(&visitor, notes.name.as_deref(), notes.email.as_deref()) {
        return Err(Refusal::ContactVouched);
    }
    let one_or_none = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    if let Some(name) = &notes.name {
        visitor.name = one_or_none(name);
    }
    // What the site says stays ahead of what was written down besides.
    if let Some(email) = &notes.email
        && !is_vouched
    {
        visitor.emails = one_or_none(email).into_iter().collect();
    }
    if let Some(phone) = &notes.phone {
        visitor.phones = one_or_none(phone).into_iter().collect();
    }
    if let Some(custom) = &notes.custom {
        visitor.custom.clone_from(custom);
    }
    contacts::follow(cx, Some(&before), &mut visitor, Arrival::Page)?;
    visitors::save(cx.tx, cx.now, &visitor, true)?;
    contacts::tell_of_visitor(cx, &before, &visitor)?;
    Ok(visitor)
}

/// A contact as `omnichannel/contact` writes it: found by its id where the token is nobody's, else as
/// a visitor who registers is, else made.
#[derive(Debug, Clone, Default)]
pub struct Contact {
    /// Which visitor is meant. Clients that were shown no token send a made-up one.
    pub id: Option<String>,
    pub token: String,
    pub name: String,
    pub username: Option<String>,
    pub email: Option<String>,
    /// Absent: stays. Empty: none.
    pub phone: Option<String>,
    /// The same for each value.
    pub custom: Map<String, Value>,
    /// The user name of an agent.
    pub manager: Option<String>,
}

/// Who may see none of a visitor's chats changes nothing of them: their transcripts go to the address
/// that stands there.
pub fn save_contact(cx: &mut Context<'_, '_>, contact: &Contact) -> Result<String, Refusal> {
    if let Some(manager) = &contact.manager {
        let found = hark_model::accounts::find_by_username(cx.tx, manager)?
            .ok_or_else(|| Refusal::NoSuchContactManager(manager.clone()))?;
        if !found.roles.iter().any(|role| role == "livechat-agent") {
            return Err(Refusal::ContactManagerIsNoAgent);
        }
    }
    let email = match contact.email.as_deref().map(str::trim) {
        Some(text) if !text.is_empty() => Some(valid_email(text)?),
        _ => None,
    };
    let known = meant(cx, contact, email.as_deref())?;
    if let Some(known) = &known {
        let account = cx.account()?;
        if !access::may_change(cx.tx, cx.policy, account, known)? {
            return Err(Refusal::InvalidVisitor);
        }
        let name = Some(&*contact.name).filter(|name| !name.is_empty());
        if known.identity.is_some() && contradicts(known, name, email.as_deref()) {
            return Err(Refusal::ContactVouched);
        }
    }
    let fields = custom_fields::all(cx.tx)?;
    let custom = known.as_ref().map(|known| known.custom.clone());
    let mut custom = custom.unwrap_or_default();
    for field in fields.iter().filter(|field| field.scope == Scope::Visitor) {
        if let Some(given) = contact.custom.get(&field.id) {
            match given.as_str().map(str::trim).unwrap_or_default() {
                "" => drop(custom.shift_remove(&field.id)),
                text if field.admits(text) => drop(custom.insert(field.id.clone(), json!(text))),
                _ => return Err(Refusal::ContactField(field.label.clone())),
            }
        }
        if field.required && !custom.contains_key(&field.id) {
            return Err(Refusal::ContactField(field.label.clone()));
        }
    }
    let token = match &known {
        Some(known) if contact.id.as_ref() == Some(&known.id) => known.token.clone(),
        _ => contact.token.clone(),
    };
    let registration = Registration {
        token,
        username: contact.username.clone(),
        name: Some(contact.name.clone()),
        email: email.clone(),
        ..Registration::default()
    };
    let mut visitor = register(cx, &registration)?;
    visitor.custom = custom;
    if email.is_none() && visitor.identity.is_none() {
        visitor.emails.clear();
    }
    if let Some(phone) = &contact.phone {
        visitor.phones = Some(phone.trim().to_owned())
            .filter(|phone| !phone.is_empty())
            .into_iter()
            .collect();
    }
    visitor.contact_manager.clone_from(&contact.manager);
    let before = known.unwrap_or_default();
    contacts::follow(cx, Some(&before), &mut visitor, Arrival::Page)?;
    visitors::save(cx.tx, cx.now, &visitor, true)?;
    contacts::tell_of_visitor(cx, &before, &visitor)?;
    Ok(visitor.id)
}

/// The visitor whom a contact means: that of its token, else of its id, else whom a registration would
/// find. None: it is a new one.
fn meant(
    cx: &mut Context<'_, '_>,
    contact: &Contact,
    email: Option<&str>,
) -> Result<Option<Visitor>, Refusal> {
    if let Some(id) = contact.id.as_deref().filter(|id| !id.is_empty())
        && visitors::find_by_token(cx.tx, &contact.token)?.is_none()
    {
        let found = visitors::find(cx.tx, id)?;
        let found = found.filter(|found| !found.token.is_empty());
        return Ok(Some(found.ok_or(Refusal::InvalidVisitor)?));
    }
    Ok(recognise(cx, &contact.token, None, email)?.0)
}

/// Whether somebody says something else of a visitor than the site that vouches for them.
fn contradicts(vouched: &Visitor, name: Option<&str>, email: Option<&str>) -> bool {
    let is_own = |email: &str| vouched.emails.iter().any(|own| key(own) == key(email));
    let own_name = vouched.name.as_deref();
    let is_other_name = own_name.is_some() && name.is_some() && own_name != name;
    is_other_name || email.is_some_and(|email| !is_own(email))
}

/// Whether the visitor's window is in front of them. Their record says what it said; their open room
/// shows it to the agents.
pub fn set_status(cx: &mut Context<'_, '_>, token: &str, status: &str) -> Result<(), Refusal> {
    let visitor = known(cx.tx, token)?;
    check_size("status", status, 50)?;
    if let Some(room) = rooms::lock_open_of(cx.tx, &visitor.id)? {
        rooms::set_visitor_status(cx.tx, cx.now, &room, status)?;
    }
    Ok(())
}

/// Forgets a visitor, as they ask for it.
pub fn remove(cx: &mut Context<'_, '_>, token: &str) -> Result<String, Refusal> {
    let visitor = known(cx.tx, token)?;
    erase(cx, &visitor)?;
    Ok(visitor.id)
}

/// Forgets a visitor, as somebody who works here does it.
pub fn remove_by_id(cx: &mut Context<'_, '_>, id: &str) -> Result<(), Refusal> {
    let visitor = visitors::find(cx.tx, id)?.ok_or(Refusal::NoSuchVisitor)?;
    erase(cx, &visitor)
}

/// Their rooms and all that was said in them are gone, and what is left of them says nothing.
fn erase(cx: &mut Context<'_, '_>, visitor: &Visitor) -> Result<(), Refusal> {
    let keeps_traces = cx
        .policy
        .flag(settings::Livechat_Allow_collect_and_store_HTTP_header_informations);
    if rooms::lock_open_of(cx.tx, &visitor.id)?.is_some() && !keeps_traces {
        return Err(Refusal::VisitorHasOpenRooms);
    }
    let chats = remove_all_of(cx, visitor)?;
    // Anyone who opens a chat or forgets them, too, takes turns here.
    visitors::lock(cx.tx, &visitor.id)?.ok_or(Refusal::InvalidToken)?;
    if rooms::open_of(cx.tx, &visitor.id)?.is_some() {
        return Err(Refusal::VisitorHasOpenRooms);
    }
    contacts::forget(cx, visitor)?;
    visitors::remove(cx.tx, cx.now, &visitor.id)?;
    tally::add(cx.tx, &visitor.id, &mut [tally::VISITORS.to_owned()], -1)?;
    let by = match cx.who.actor() {
        Actor::System => Actor::Visitor {
            id: visitor.id.clone(),
            username: String::new(),
        },
        by => by,
    };
    let erased = Event::VisitorErased(VisitorErased {
        visitor: visitor.id.clone(),
        chats,
        by,
    });
    let subject = Subject {
        visitor: Some(&visitor.id),
        ..Subject::NONE
    };
    if cx.who.account().is_some() {
        audit::also(cx.tx, &erased);
    }
    Ok(record_event(cx.tx, cx.now, subject, &erased)?)
}

/// Trimmed, in small letters, and an address.
fn valid_email(text: &str) -> Result<String, Refusal> {
    let address = text.trim().to_lowercase();
    if address.chars().nth(254).is_some() || !is_email(&address) {
        let value = text.chars().take(254).collect();
        return Err(Refusal::Invalid {
            field: "Email",
            value,
        });
    }
    Ok(address)
}

/// A page of those who answer to a term, and how many there are.
pub fn search(
    view: &mut View<'_>,
    term: &str,
    order: Order,
    page: Page,
) -> Result<(Vec<Visitor>, i64)> {
    let in_custom = custom_fields::all(view)?
        .iter()
        .any(|field| field.searchable && field.scope == Scope::Visitor);
    let found = visitors::search(view, term, in_custom, order, page)?;
    let total = match term.trim() {
        "" => tally::total(view, tally::VISITORS)?,
        term => visitors::count_found(view, term, in_custom)?,
    };
    Ok((found, total))
}
