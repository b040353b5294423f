//! Contacts: the people behind visitors. A visitor is a browser, a telephone or a thread of mails; a contact has
//! those of one person, as far as that is proven, and keeps what agents know of them. Only where the settings say
//! so: visitors stand for themselves otherwise.
//!
//! What visitors say goes into their contact where nothing else is known. Where something is, it is a conflict,
//! which somebody who works here resolves.

mod rows;

pub(crate) use self::rows::{ALL, WRITES, lock};
pub use self::rows::{by_name, channels_of, find};
use hark_store::{Json, Result, Timestamp, json_columns, record};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::custom_fields::{self, CustomField, Scope};
use hark_model::accounts;
use hark_model::events::{ContactSnapshot, ContactUpdated, Event, Subject, record_event};
use hark_model::rooms::Room;
use hark_model::text::{check_size, is_email, key};
use hark_model::visitors::{self, Visitor};
use hark_model::{Context, Policy, Refusal, settings};

/// Of one contact.
pub const MOST_ADDRESSES: usize = 20;
pub const MOST_CONFLICTS: usize = 50;
/// Visitors of one contact that are looked at. Further ones stand for themselves.
pub const MOST_VISITORS: i64 = 100;
const LONGEST_NAME: usize = 1_000;
const LONGEST_VALUE: usize = 10_000;
const LONGEST_ADDRESS: usize = 254;

record! {
    #[derive(Debug, Clone, Default, PartialEq)]
    pub struct Contact from "contact" {
        pub id: String,
        pub name: String,
        pub emails: Vec<String>,
        pub phones: Vec<String>,
        /// The account of the agent who looks after them.
        pub manager: Option<String> = "contact.manager_id",
        /// Values of custom fields, by field.
        pub custom: Map<String, Value>,
        /// What somebody who works here has written, by the names of conflicts: it stays as it is, whatever
        /// visitors say.
        pub written: Vec<String>,
        pub conflicts: Vec<Conflict> = "contact.conflicts" => |Json(conflicts)| conflicts,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

/// What a visitor has said that is not what is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// `name`, `manager`, or `customFields.` and the id of a field.
    pub field: String,
    pub value: String,
}

/// Conflicts as they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Conflicts(Vec<Conflict>);

json_columns!(Conflicts);

record! {
    /// A way by which a contact has written.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Channel from "contact_channel" {
        pub contact: String = "contact_channel.contact_id",
        pub visitor: String = "contact_channel.visitor_id",
        /// What kind of way: `widget`, `email`, `sms`, …
        pub name: String,
        /// The source of its latest chat.
        pub details: Value,
        /// By what it is known to be theirs: `email` or `phone`, and which.
        pub field: Option<String>,
        pub value: Option<String>,
        pub verified_at: Option<Timestamp>,
        pub last_chat: String = "contact_channel.last_chat_id",
        pub last_chat_at: Timestamp,
    }
}

/// A contact as somebody who works here wants it. What is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub name: Option<String>,
    pub emails: Option<Vec<String>>,
    pub phones: Option<Vec<String>>,
    pub custom: Option<Map<String, Value>>,
    /// An account; empty: nobody.
    pub manager: Option<String>,
}

/// How a visitor has come, where that says something of who they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Arrival {
    /// By a page, where one types what one likes.
    #[default]
    Page,
    /// From a telephone: those who carry text messages know its number.
    Telephone,
    /// By mail. A sender can write any address there; answers go to its real owner.
    Mail,
}

impl Contact {
    /// Whether nothing is known by which to reach them.
    pub const fn is_unknown(&self) -> bool {
        self.emails.is_empty() && self.phones.is_empty()
    }

    /// Something else was said than what is known.
    fn dispute(&mut self, field: String, value: &str) {
        let conflict = Conflict {
            field,
            value: value.to_owned(),
        };
        if self.conflicts.len() < MOST_CONFLICTS && !self.conflicts.contains(&conflict) {
            self.conflicts.push(conflict);
        }
    }

    /// Somebody who works here has said what holds.
    fn settle(&mut self, field: &str) {
        self.conflicts.retain(|conflict| conflict.field != field);
        if !self.written.iter().any(|written| written == field) {
            self.written.push(field.to_owned());
        }
    }

    fn is_written(&self, field: &str) -> bool {
        self.written.iter().any(|written| written == field)
    }
}

pub fn are_kept(policy: &Policy) -> bool {
    policy.flag(settings::Livechat_contacts_enabled)
}

/// A contact that nobody has written as yet.
pub fn create(cx: &mut Context<'_, '_>, draft: &Draft) -> Result<Contact, Refusal> {
    let mut contact = Contact {
        id: cx.tx.ids().id24_at(cx.now),
        created_at: cx.now,
        updated_at: cx.now,
        ..Contact::default()
    };
    let before = snapshot(cx, &contact)?;
    // Fields that have to be there are missing where none are given.
    let draft = Draft {
        custom: Some(draft.custom.clone().unwrap_or_default()),
        ..draft.clone()
    };
    apply(cx, &mut contact, &draft)?;
    rows::insert(cx.tx, &contact)?;
    rows::found_by(cx.tx, &contact, |_, _| true)?;
    tell(cx, &before, &contact)?;
    Ok(contact)
}

/// Changes what is known of a contact, and answers how it was before.
pub(crate) fn change(
    cx: &mut Context<'_, '_>,
    contact: &mut Contact,
    draft: &Draft,
) -> Result<(), Refusal> {
    let before = snapshot(cx, contact)?;
    apply(cx, contact, draft)?;
    save(cx, contact)?;
    // Who lists addresses vouches for them; one that somebody else has typed is not sure for another change.
    rows::found_by(cx.tx, contact, |kind, _| match kind {
        "email" => draft.emails.is_some(),
        _ => draft.phones.is_some(),
    })?;
    tell(cx, &before, contact)
}

/// Says what holds where visitors have said something else, and forgets that they did; of all fields, if that is
/// wanted.
pub(crate) fn resolve(
    cx: &mut Context<'_, '_>,
    contact: &mut Contact,
    draft: &Draft,
    all: bool,
) -> Result<(), Refusal> {
    for field in draft.custom.iter().flat_map(Map::keys) {
        contact.settle(&in_custom(field));
    }
    if all {
        contact.conflicts.clear();
    }
    // The other values of custom fields stay.
    let mut draft = draft.clone();
    if let Some(wanted) = draft.custom.take() {
        let mut custom = contact.custom.clone();
        custom.extend(wanted);
        draft.custom = Some(custom);
    }
    change(cx, contact, &draft)
}

fn save(cx: &mut Context<'_, '_>, contact: &mut Contact) -> Result<()> {
    contact.updated_at = cx.now;
    rows::update(cx.tx, contact)
}

fn apply(cx: &mut Context<'_, '_>, contact: &mut Contact, draft: &Draft) -> Result<(), Refusal> {
    if let Some(name) = &draft.name {
        check_size("name", name, LONGEST_NAME)?;
        if name.trim().is_empty() {
            return Err(Refusal::Required("name"));
        }
        name.trim().clone_into(&mut contact.name);
        contact.settle("name");
    }
    if let Some(emails) = &draft.emails {
        contact.emails = addresses("emails", emails)?;
        if let Some(wrong) = contact.emails.iter().find(|email| !is_email(email)) {
            return Err(Refusal::Invalid {
                field: "Email",
                value: wrong.clone(),
            });
        }
    }
    if let Some(phones) = &draft.phones {
        contact.phones = addresses("phones", phones)?;
    }
    if let Some(manager) = &draft.manager {
        contact.manager = match manager.as_str() {
            "" => None,
            id => Some(manager_of(cx, id)?),
        };
        contact.settle("manager");
    }
    if let Some(custom) = &draft.custom {
        let wanted = checked(&custom_fields::all(cx.tx)?, custom)?;
        let was = std::mem::replace(&mut contact.custom, wanted.clone());
        for field in was.keys().chain(wanted.keys()) {
            if was.get(field) != wanted.get(field) {
                contact.settle(&in_custom(field));
            }
        }
    }
    Ok(())
}

/// Each once, without blanks around it.
fn addresses(field: &'static str, given: &[String]) -> Result<Vec<String>, Refusal> {
    let mut found: Vec<String> = Vec::new();
    for address in given.iter().map(|address| address.trim()) {
        check_size(field, address, LONGEST_ADDRESS)?;
        if !address.is_empty() && !found.iter().any(|known| key(known) == key(address)) {
            found.push(address.to_owned());
        }
    }
    if found.len() > MOST_ADDRESSES {
        return Err(Refusal::TooMany {
            what: field,
            most: MOST_ADDRESSES,
        });
    }
    Ok(found)
}

fn manager_of(cx: &mut Context<'_, '_>, id: &str) -> Result<String, Refusal> {
    let found = accounts::find(cx.tx, id)?;
    let found = found.filter(|found| found.roles.iter().any(|role| role == "livechat-agent"));
    Ok(found.ok_or(Refusal::NoContactManager)?.id)
}

/// Values of custom fields for visitors: no others, each as its field wants it, and those that have to be there.
fn checked(
    fields: &[CustomField],
    given: &Map<String, Value>,
) -> Result<Map<String, Value>, Refusal> {
    let of_visitors = || fields.iter().filter(|field| field.scope == Scope::Visitor);
    if let Some(other) = given
        .keys()
        .find(|id| !of_visitors().any(|field| field.id == **id))
    {
        return Err(Refusal::NoFieldOfContacts(other.clone()));
    }
    let mut custom = Map::new();
    for field in of_visitors() {
        let value = given.get(&field.id).and_then(Value::as_str);
        let value = value.map(str::trim).unwrap_or_default();
        match value {
            "" if field.required => return Err(Refusal::ContactField(field.label.clone())),
            "" => {}
            text if field.admits(text) && text.chars().nth(LONGEST_VALUE).is_none() => {
                custom.insert(field.id.clone(), json!(text));
            }
            _ => return Err(Refusal::ContactField(field.label.clone())),
        }
    }
    Ok(custom)
}

fn in_custom(field: &str) -> String {
    format!("customFields.{field}")
}

/// A visitor is another than before, or new: their contact hears of it, and is made where they have none.
/// Answers whether the visitor's record has to be written for that.
pub(crate) fn follow(
    cx: &mut Context<'_, '_>,
    before: Option<&Visitor>,
    visitor: &mut Visitor,
    arrival: Arrival,
) -> Result<bool, Refusal> {
    if !are_kept(cx.policy) {
        return Ok(false);
    }
    if let Some(id) = &visitor.contact
        && let Some(mut contact) = lock(cx.tx, id)?
    {
        hear(cx, &mut contact, before, visitor)?;
        return Ok(false);
    }
    let proof = proof(visitor, arrival);
    let known = match proof {
        Some((kind, value)) => rows::by_address(cx.tx, kind, value)?,
        None => None,
    };
    let contact = match known {
        Some(id) if rows::count_visitors(cx.tx, &id)? < MOST_VISITORS => lock(cx.tx, &id)?,
        _ => None,
    };
    let id = match contact {
        Some(mut contact) => {
            hear(cx, &mut contact, None, visitor)?;
            contact.id
        }
        None => begin(cx, visitor, proof)?,
    };
    visitor.contact = Some(id);
    Ok(true)
}

/// The address or number that a visitor is known to have.
fn proof(visitor: &Visitor, arrival: Arrival) -> Option<(&'static str, &str)> {
    let email = visitor
        .emails
        .first()
        .map(|email| ("email", email.as_str()));
    match arrival {
        _ if visitor.identity.is_some() => email,
        Arrival::Telephone => visitor
            .phones
            .first()
            .map(|phone| ("phone", phone.as_str())),
        Arrival::Mail => email,
        Arrival::Page => None,
    }
}

/// A contact of somebody who comes for the first time.
fn begin(
    cx: &mut Context<'_, '_>,
    visitor: &Visitor,
    proof: Option<(&str, &str)>,
) -> Result<String, Refusal> {
    let contact = Contact {
        id: cx.tx.ids().id24_at(cx.now),
        name: visitor.shown_name().to_owned(),
        emails: visitor
            .emails
            .iter()
            .take(MOST_ADDRESSES)
            .cloned()
            .collect(),
        phones: visitor
            .phones
            .iter()
            .take(MOST_ADDRESSES)
            .cloned()
            .collect(),
        manager: manager_by_name(cx, visitor)?,
        custom: visitor.custom.clone(),
        written: Vec::new(),
        conflicts: Vec::new(),
        created_at: cx.now,
        updated_at: cx.now,
    };
    rows::insert(cx.tx, &contact)?;
    let proven = proof.map(|(kind, value)| (kind, key(value)));
    rows::found_by(cx.tx, &contact, |kind, key| {
        proven
            .as_ref()
            .is_some_and(|proven| proven.0 == kind && proven.1 == key)
    })?;
    Ok(contact.id)
}

fn manager_by_name(cx: &mut Context<'_, '_>, visitor: &Visitor) -> Result<Option<String>, Refusal> {
    let Some(username) = &visitor.contact_manager else {
        return Ok(None);
    };
    Ok(accounts::find_by_username(cx.tx, username)?.map(|account| account.id))
}

/// What a visitor says goes where nothing was known, or where they themselves had said it before. Those who work
/// here know better: what they write of a visitor holds.
fn hear(
    cx: &mut Context<'_, '_>,
    contact: &mut Contact,
    before: Option<&Visitor>,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    let was = contact.clone();
    let was_known = snapshot(cx, contact)?;
    let by_staff = cx.who.account().is_some();
    let new = visitor.shown_name();
    if before.map(Visitor::shown_name) != Some(new) && contact.name != new {
        if by_staff {
            new.clone_into(&mut contact.name);
            contact.settle("name");
        } else if !contact.is_written("name") && visitors_are_one(cx, contact, visitor)? {
            new.clone_into(&mut contact.name);
        } else if visitor.name.is_some() {
            contact.dispute("name".to_owned(), new);
        }
    }
    for (field, value) in &visitor.custom {
        let old = before.and_then(|before| before.custom.get(field));
        let known = contact.custom.get(field);
        if old == Some(value) || known == Some(value) {
            continue;
        }
        let name = in_custom(field);
        if by_staff {
            contact.custom.insert(field.clone(), value.clone());
            contact.settle(&name);
        } else if known.is_none() || (known == old && !contact.is_written(&name)) {
            contact.custom.insert(field.clone(), value.clone());
        } else {
            contact.dispute(name, value.as_str().unwrap_or_default());
        }
    }
    merge(&mut contact.emails, &visitor.emails);
    merge(&mut contact.phones, &visitor.phones);
    let old = before.and_then(|before| before.contact_manager.as_ref());
    if visitor.contact_manager.as_ref() != old
        && let Some(manager) = manager_by_name(cx, visitor)?
        && contact.manager.as_ref() != Some(&manager)
    {
        if by_staff {
            contact.manager = Some(manager);
            contact.settle("manager");
        } else if contact.manager.is_none() {
            contact.manager = Some(manager);
        } else {
            contact.dispute("manager".to_owned(), &manager);
        }
    }
    if *contact != was {
        save(cx, contact)?;
        if contact.emails != was.emails || contact.phones != was.phones {
            let knew = |list: &[String], wanted: &str| list.iter().any(|one| key(one) == wanted);
            rows::found_by(cx.tx, contact, |kind, key| {
                let list = if kind == "email" {
                    &was.emails
                } else {
                    &was.phones
                };
                by_staff && !knew(list, key)
            })?;
        }
        if by_staff {
            tell(cx, &was_known, contact)?;
        }
    }
    Ok(())
}

/// Whether nobody else is this contact: what they call themselves is what it is called.
fn visitors_are_one(
    cx: &mut Context<'_, '_>,
    contact: &Contact,
    visitor: &Visitor,
) -> Result<bool> {
    let own = visitors::of_contact(cx.tx, &contact.id, 2)?;
    Ok(own.iter().all(|own| own.id == visitor.id))
}

fn merge(known: &mut Vec<String>, said: &[String]) {
    for one in said {
        if known.len() < MOST_ADDRESSES && !known.iter().any(|other| key(other) == key(one)) {
            known.push(one.clone());
        }
    }
}

/// A visitor has opened a chat: their contact has written by this way.
pub(crate) fn note_channel(
    cx: &mut Context<'_, '_>,
    visitor: &mut Visitor,
    room: &Room,
) -> Result<(), Refusal> {
    if !are_kept(cx.policy) {
        return Ok(());
    }
    let name = room.source["type"].as_str().unwrap_or("api");
    let arrival = match name {
        "sms" => Arrival::Telephone,
        "email" => Arrival::Mail,
        _ => Arrival::Page,
    };
    // They were here before contacts were kept.
    if visitor.contact.is_none() && follow(cx, None, visitor, arrival)? {
        visitors::save(cx.tx, cx.now, visitor, false)?;
    }
    let Some(contact) = visitor.contact.clone() else {
        return Ok(());
    };
    let proof = proof(visitor, arrival);
    let is_sure = proof.is_some() && arrival != Arrival::Mail;
    let channel = Channel {
        contact,
        visitor: visitor.id.clone(),
        name: name.to_owned(),
        details: room.source.clone(),
        field: proof.map(|(kind, _)| kind.to_owned()),
        value: proof.map(|(_, value)| value.to_owned()),
        verified_at: is_sure.then_some(cx.now),
        last_chat: room.id.clone(),
        last_chat_at: cx.now,
    };
    Ok(rows::note_channel(cx.tx, &channel)?)
}

/// A visitor is forgotten; so is their contact, when it has no other.
pub(crate) fn forget(cx: &mut Context<'_, '_>, visitor: &Visitor) -> Result<()> {
    let Some(id) = &visitor.contact else {
        return Ok(());
    };
    rows::forget_channels(cx.tx, id, &visitor.id)?;
    let others = visitors::of_contact(cx.tx, id, MOST_VISITORS)?;
    if others.iter().all(|other| other.id == visitor.id) {
        rows::remove(cx.tx, id)?;
    }
    Ok(())
}

fn snapshot(cx: &mut Context<'_, '_>, contact: &Contact) -> Result<ContactSnapshot> {
    let manager = match &contact.manager {
        Some(id) => accounts::find(cx.tx, id)?.map(|account| account.username),
        None => None,
    };
    Ok(ContactSnapshot {
        id: contact.id.clone(),
        name: Some(contact.name.clone()).filter(|name| !name.is_empty()),
        emails: contact.emails.clone(),
        phones: contact.phones.clone(),
        custom: contact.custom.clone(),
        manager,
    })
}

/// That somebody who works here has changed what is known of a contact.
fn tell(
    cx: &mut Context<'_, '_>,
    before: &ContactSnapshot,
    contact: &Contact,
) -> Result<(), Refusal> {
    let after = snapshot(cx, contact)?;
    record(cx, before, after, None)
}

/// The same of a visitor who stands for themselves.
pub(crate) fn tell_of_visitor(
    cx: &mut Context<'_, '_>,
    before: &Visitor,
    after: &Visitor,
) -> Result<(), Refusal> {
    if after.contact.is_some() && are_kept(cx.policy) {
        return Ok(());
    }
    let was = ContactSnapshot::of_visitor(before);
    let is = ContactSnapshot::of_visitor(after);
    record(cx, &was, is, Some(&after.id))
}

fn record(
    cx: &mut Context<'_, '_>,
    before: &ContactSnapshot,
    contact: ContactSnapshot,
    visitor: Option<&str>,
) -> Result<(), Refusal> {
    let changed = before.differences(&contact);
    if changed.is_empty() {
        return Ok(());
    }
    let by = cx.who.actor();
    let updated = Event::ContactUpdated(ContactUpdated {
        contact,
        changed,
        by,
    });
    let subject = Subject {
        visitor,
        ..Subject::NONE
    };
    Ok(record_event(cx.tx, cx.now, subject, &updated)?)
}
