use hark_store::{Record, Result, Timestamp, Tx, View, params, sql, statements, writes};
use serde_json::{Value, json};

use super::{LastAgent, Order, Visitor};
use crate::Page;
use crate::text::{escape, key};

/// Those who answer to a term.
macro_rules! search {
    ($by:literal) => {
        sql!("SELECT ", Visitor::COLUMNS, " FROM visitor
        WHERE token IS NOT NULL AND ($1 = '' OR lower(name) LIKE $2 ESCAPE '\\' OR lower(username) LIKE $2 ESCAPE '\\'
            OR id IN (SELECT visitor_id FROM visitor_contact WHERE kind IN ('email', 'phone') AND value_key = $1)
            OR lower(custom) LIKE $3 ESCAPE '\\')
        ORDER BY ", $by, " LIMIT $4 OFFSET $5")
    };
}

statements! {
    /// visitor_by_token.
    FIND_BY_TOKEN = sql!("SELECT ", Visitor::COLUMNS, " FROM visitor WHERE token = $1");
    /// Primary key.
    FIND = sql!("SELECT ", Visitor::COLUMNS, " FROM visitor WHERE id = $1 AND NOT removed");
    /// visitor_by_identity.
    FIND_BY_IDENTITY = sql!("SELECT ", Visitor::COLUMNS, " FROM visitor WHERE identity = $1");
    /// Primary key. Anyone who changes a visitor and their room locks the room first.
    LOCK = sql!("SELECT ", Visitor::COLUMNS, " FROM visitor WHERE id = $1 AND NOT removed"),
        postgres = sql!("SELECT ", Visitor::COLUMNS, " FROM visitor WHERE id = $1 AND NOT removed FOR UPDATE");
    /// Primary key of visitor_contact, then of visitor. The one who was here first.
    FIND_BY_CONTACT = sql!("SELECT ", Visitor::COLUMNS, " FROM visitor
        WHERE id = (SELECT min(visitor_id) FROM visitor_contact WHERE kind = $1 AND value_key = $2)");
    /// visitor_by_contact.
    OF_CONTACT = sql!("SELECT ", Visitor::COLUMNS, " FROM visitor WHERE contact_id = $1 ORDER BY id LIMIT $2");
    NEXT_GUEST = "UPDATE guest_number SET last = last + 1 RETURNING last",
        postgres = "SELECT nextval('guest_number')";
    /// Primary key.
    NOTE_CHAT = "UPDATE visitor SET last_chat_id = $2, last_chat_at = $3, updated_at = $3 WHERE id = $1";
    NOTE_AGENT = "UPDATE visitor SET last_agent = $2, updated_at = $3 WHERE id = $1";
    NOTE_ACTIVITY = "UPDATE visitor SET activity = $2 WHERE id = $1";
    /// Primary key: what is left of someone who was removed.
    REMOVE = "UPDATE visitor SET token = NULL, username = NULL, name = NULL, status = NULL,
            department_id = NULL, custom = '{}', activity = '[]', emails = '[]', phones = '[]',
            last_chat_id = NULL, last_chat_at = NULL, last_agent = NULL, contact_manager = NULL, contact_id = NULL,
            identity = NULL, ip = NULL, user_agent = NULL, host = NULL, created_at = NULL, removed = $3, updated_at = $2
        WHERE id = $1";
    /// Primary key.
    KEEP_CONTACTS = "UPDATE visitor SET emails = $2, phones = $3, updated_at = $4 WHERE id = $1";
    ADD_CONTACT = "INSERT INTO visitor_contact (kind, value_key, visitor_id) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";
    /// visitor_contact_by_visitor.
    REMOVE_CONTACTS = "DELETE FROM visitor_contact WHERE visitor_id = $1";
    /// visitor_by_created, backwards: the newest first, until the page is full.
    SEARCH = search!("created_at DESC, id DESC");
    /// visitor_by_last_chat, in its order or backwards.
    SEARCH_LATEST_CHAT_FIRST = search!("last_chat_at DESC NULLS LAST, id DESC");
    SEARCH_LATEST_CHAT_LAST = search!("last_chat_at NULLS FIRST, id");
    /// visitor_by_created. Only for a search that has a term: the rest is counted by the tally.
    COUNT_FOUND = "SELECT count(*) FROM visitor
        WHERE token IS NOT NULL AND ($1 = '' OR lower(name) LIKE $2 ESCAPE '\\' OR lower(username) LIKE $2 ESCAPE '\\'
            OR id IN (SELECT visitor_id FROM visitor_contact WHERE kind IN ('email', 'phone') AND value_key = $1)
            OR lower(custom) LIKE $3 ESCAPE '\\')";
    /// visitor_by_created, backwards, until there are enough.
    BEGINNING_WITH = sql!("SELECT ", Visitor::COLUMNS, " FROM visitor
        WHERE token IS NOT NULL AND lower(name) LIKE $1 ESCAPE '\\'
        ORDER BY created_at DESC, id DESC LIMIT $2");
    /// visitor_by_created, until one is found.
    FIND_BY_CUSTOM = sql!("SELECT ", Visitor::COLUMNS, " FROM visitor
        WHERE token IS NOT NULL AND lower(custom) LIKE $1 ESCAPE '\\'
        ORDER BY created_at DESC, id DESC LIMIT $2");
}

writes! {
    fn insert_row(now: Timestamp, visitor: &Visitor) insert visitor {
        id = &visitor.id,
        token = &visitor.token,
        username = &visitor.username,
        name = &visitor.name,
        status = "online",
        department_id = &visitor.department,
        custom = "{}",
        activity = "[]",
        emails = &visitor.emails,
        phones = &visitor.phones,
        ip = &visitor.ip,
        user_agent = &visitor.user_agent,
        host = &visitor.host,
        removed = false,
        created_at = now,
        updated_at = now,
    } "ON CONFLICT DO NOTHING";
    /// Primary key.
    fn update_row(now: Timestamp, visitor: &Visitor) update visitor {
        id = &visitor.id,
        token = &visitor.token,
        username = &visitor.username,
        name = &visitor.name,
        status = &visitor.status,
        department_id = &visitor.department,
        custom = &visitor.custom,
        emails = &visitor.emails,
        phones = &visitor.phones,
        contact_manager = &visitor.contact_manager,
        contact_id = &visitor.contact,
        identity = &visitor.identity,
        updated_at = now,
    };
}

pub fn find_by_token(view: &mut View<'_>, token: &str) -> Result<Option<Visitor>> {
    view.record(&FIND_BY_TOKEN, params![token])
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Visitor>> {
    view.record(&FIND, params![id])
}

pub fn find_by_identity(view: &mut View<'_>, identity: &str) -> Result<Option<Visitor>> {
    view.record(&FIND_BY_IDENTITY, params![identity])
}

pub fn lock(tx: &mut Tx<'_>, id: &str) -> Result<Option<Visitor>> {
    tx.record(&LOCK, params![id])
}

pub fn find_by_contact(view: &mut View<'_>, kind: &str, value: &str) -> Result<Option<Visitor>> {
    view.record(&FIND_BY_CONTACT, params![kind, &key(value)])
}

/// The visitors of a contact.
pub fn of_contact(view: &mut View<'_>, contact: &str, most: i64) -> Result<Vec<Visitor>> {
    view.records(&OF_CONTACT, params![contact, most])
}

pub fn next_guest(tx: &mut Tx<'_>) -> Result<i64> {
    let number = tx.change(&NEXT_GUEST, params![], |row| row.get(0))?;
    Ok(number.into_iter().next().unwrap_or(0))
}

pub fn insert(tx: &mut Tx<'_>, now: Timestamp, visitor: &Visitor) -> Result<bool> {
    let made = insert_row(tx, now, visitor)?;
    if made {
        find_by(tx, &visitor.id, &visitor.emails, &visitor.phones)?;
    }
    Ok(made)
}

/// In bytes. An index has a bound for its entries.
pub(crate) const LONGEST_CONTACT: usize = 320;

/// Writes what can change of a visitor, and how they are found by it.
pub fn save(
    tx: &mut Tx<'_>,
    now: Timestamp,
    visitor: &Visitor,
    contacts_changed: bool,
) -> Result<()> {
    update_row(tx, now, visitor)?;
    if contacts_changed {
        tx.execute(&REMOVE_CONTACTS, params![&visitor.id])?;
        find_by(tx, &visitor.id, &visitor.emails, &visitor.phones)?;
    }
    Ok(())
}

/// Writes addresses and numbers that were added to those of a visitor.
pub fn add_contacts(
    tx: &mut Tx<'_>,
    now: Timestamp,
    visitor: &Visitor,
    emails: &[String],
    phones: &[String],
) -> Result<()> {
    tx.execute(
        &KEEP_CONTACTS,
        params![&visitor.id, &visitor.emails, &visitor.phones, now],
    )?;
    find_by(tx, &visitor.id, emails, phones)
}

/// From now on these lead to the visitor.
fn find_by(tx: &mut Tx<'_>, visitor: &str, emails: &[String], phones: &[String]) -> Result<()> {
    let emails = emails.iter().map(|value| ("email", value));
    let phones = phones.iter().map(|value| ("phone", value));
    for (kind, value) in emails.chain(phones) {
        // Longer than any address: kept as it was given, and found by nobody.
        if value.len() > LONGEST_CONTACT {
            continue;
        }
        tx.execute(&ADD_CONTACT, params![kind, &key(value), visitor])?;
    }
    Ok(())
}

pub fn note_chat(tx: &mut Tx<'_>, now: Timestamp, visitor: &str, room: &str) -> Result<()> {
    tx.execute(&NOTE_CHAT, params![visitor, room, now])
}

pub fn note_agent(
    tx: &mut Tx<'_>,
    now: Timestamp,
    visitor: &str,
    agent: &LastAgent,
) -> Result<u64> {
    let last_agent = json!({"id": agent.id, "username": agent.username, "at": agent.at.millis()});
    tx.changed(&NOTE_AGENT, params![visitor, &last_agent.to_string(), now])
}

pub fn note_activity(tx: &mut Tx<'_>, visitor: &str, months: &[String]) -> Result<u64> {
    tx.changed(&NOTE_ACTIVITY, params![visitor, &json!(months).to_string()])
}

pub fn remove(tx: &mut Tx<'_>, now: Timestamp, visitor: &str) -> Result<()> {
    tx.execute(&REMOVE_CONTACTS, params![visitor])?;
    tx.execute(&REMOVE, params![visitor, now, true])
}

/// How a search's term is compared: all of an address or number, a part of a name, and a part of
/// the custom values that may be searched.
pub fn search(
    view: &mut View<'_>,
    term: &str,
    in_custom: bool,
    order: Order,
    page: Page,
) -> Result<Vec<Visitor>> {
    let term = key(term);
    let part = format!("%{}%", escape(&term));
    let custom = if in_custom && !term.is_empty() {
        &part
    } else {
        ""
    };
    let statement = match order {
        Order::Newest => &SEARCH,
        Order::LatestChat { first: true } => &SEARCH_LATEST_CHAT_FIRST,
        Order::LatestChat { first: false } => &SEARCH_LATEST_CHAT_LAST,
    };
    view.records(
        statement,
        params![&term, &part, custom, page.limit, page.offset],
    )
}

pub fn count_found(view: &mut View<'_>, term: &str, in_custom: bool) -> Result<i64> {
    let term = key(term);
    let part = format!("%{}%", escape(&term));
    let custom = if in_custom && !term.is_empty() {
        &part
    } else {
        ""
    };
    view.number(&COUNT_FOUND, params![&term, &part, custom])
}

pub(crate) fn beginning_with(view: &mut View<'_>, term: &str, limit: i64) -> Result<Vec<Visitor>> {
    let part = format!("{}%", escape(&key(term)));
    view.records(&BEGINNING_WITH, params![&part, limit])
}

/// Those whose custom values contain a text, to be looked at more closely.
pub(crate) fn with_custom(view: &mut View<'_>, value: &str, limit: i64) -> Result<Vec<Visitor>> {
    // Inside of a JSON text, as the column holds it.
    let written = Value::from(value).to_string().to_lowercase();
    let part = format!("%{}%", escape(&written));
    view.records(&FIND_BY_CUSTOM, params![&part, limit])
}

/// A text that is none of ours counts as nobody.
pub(super) fn last_agent(agent: Option<Value>) -> Option<LastAgent> {
    let agent = agent?;
    Some(LastAgent {
        id: agent.get("id")?.as_str()?.to_owned(),
        username: agent.get("username")?.as_str()?.to_owned(),
        at: Timestamp::from_millis(agent.get("at")?.as_i64()?),
    })
}
