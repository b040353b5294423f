use hark_store::{Columns, Error, Timestamp, Tx, View, params, statements};
use serde_json::{Map, Value, json};

use super::{LastAgent, LastChat, Visitor};
use crate::accounts::Page;

/// The columns that [`read`] reads.
macro_rules! visitor_columns {
    () => {
        "visitor.id, visitor.token, visitor.username, visitor.name, visitor.status,
        visitor.department_id, visitor.custom, visitor.emails, visitor.phones,
        visitor.last_chat_id, visitor.last_chat_at, visitor.last_agent, visitor.contact_manager,
        visitor.activity, visitor.ip, visitor.user_agent, visitor.host, visitor.created_at,
        visitor.updated_at"
    };
}
pub(crate) use visitor_columns;
/// How many columns those are, to step over when there is no visitor.
const VISITOR_COLUMNS: usize = 19;

statements! {
    /// visitor_by_token.
    FIND_BY_TOKEN = concat!("SELECT ", visitor_columns!(), " FROM visitor WHERE token = $1");
    /// Primary key.
    FIND = concat!("SELECT ", visitor_columns!(), " FROM visitor WHERE id = $1 AND NOT removed");
    /// Primary key. Whoever changes a visitor and his room locks the room first.
    LOCK = concat!("SELECT ", visitor_columns!(), " FROM visitor WHERE id = $1 AND NOT removed"),
        postgres = concat!("SELECT ", visitor_columns!(), " FROM visitor WHERE id = $1 AND NOT removed FOR UPDATE");
    /// Primary key of visitor_contact, then of visitor. The one who was here first.
    FIND_BY_CONTACT = concat!("SELECT ", visitor_columns!(), " FROM visitor
        WHERE id = (SELECT min(visitor_id) FROM visitor_contact WHERE kind = $1 AND value_key = $2)");
    NEXT_GUEST = "UPDATE guest_number SET last = last + 1 RETURNING last",
        postgres = "SELECT nextval('guest_number')";
    INSERT = "INSERT INTO visitor (id, token, username, name, status, department_id, custom, activity,
            emails, phones, ip, user_agent, host, removed, created_at, updated_at)
        VALUES ($1, $2, $3, $4, 'online', $5, '{}', '[]', $6, $7, $8, $9, $10, $12, $11, $11)
        ON CONFLICT DO NOTHING";
    /// Primary key.
    UPDATE = "UPDATE visitor SET token = $2, name = $3, status = $4, department_id = $5, custom = $6,
            emails = $7, phones = $8, contact_manager = $9, username = $10, updated_at = $11
        WHERE id = $1";
    NOTE_CHAT = "UPDATE visitor SET last_chat_id = $2, last_chat_at = $3, updated_at = $3 WHERE id = $1";
    NOTE_AGENT = "UPDATE visitor SET last_agent = $2, updated_at = $3 WHERE id = $1";
    NOTE_ACTIVITY = "UPDATE visitor SET activity = $2 WHERE id = $1";
    /// Primary key: what is left of someone who was removed.
    REMOVE = "UPDATE visitor SET token = NULL, username = NULL, name = NULL, status = NULL,
            department_id = NULL, custom = '{}', activity = '[]', emails = '[]', phones = '[]',
            last_chat_id = NULL, last_chat_at = NULL, last_agent = NULL, contact_manager = NULL,
            ip = NULL, user_agent = NULL, host = NULL, created_at = NULL, removed = $3, updated_at = $2
        WHERE id = $1";
    ADD_CONTACT = "INSERT INTO visitor_contact (kind, value_key, visitor_id) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";
    /// visitor_contact_by_visitor.
    REMOVE_CONTACTS = "DELETE FROM visitor_contact WHERE visitor_id = $1";
    /// visitor_by_created, backwards: the newest first, until the page is full.
    SEARCH = concat!("SELECT ", visitor_columns!(), " FROM visitor
        WHERE token IS NOT NULL AND ($1 = '' OR lower(name) LIKE $2 ESCAPE '\\' OR lower(username) LIKE $2 ESCAPE '\\'
            OR id IN (SELECT visitor_id FROM visitor_contact WHERE kind IN ('email', 'phone') AND value_key = $1)
            OR lower(custom) LIKE $3 ESCAPE '\\')
        ORDER BY created_at DESC, id DESC LIMIT $4 OFFSET $5");
    /// visitor_by_created. Only for a search that has a term: the rest is counted by the tally.
    COUNT_FOUND = "SELECT count(*) FROM visitor
        WHERE token IS NOT NULL AND ($1 = '' OR lower(name) LIKE $2 ESCAPE '\\' OR lower(username) LIKE $2 ESCAPE '\\'
            OR id IN (SELECT visitor_id FROM visitor_contact WHERE kind IN ('email', 'phone') AND value_key = $1)
            OR lower(custom) LIKE $3 ESCAPE '\\')";
    /// visitor_by_created, backwards, until there are enough.
    BEGINNING_WITH = concat!("SELECT ", visitor_columns!(), " FROM visitor
        WHERE token IS NOT NULL AND lower(name) LIKE $1 ESCAPE '\\'
        ORDER BY created_at DESC, id DESC LIMIT $2");
    /// visitor_by_created, until one is found.
    FIND_BY_CUSTOM = concat!("SELECT ", visitor_columns!(), " FROM visitor
        WHERE token IS NOT NULL AND lower(custom) LIKE $1 ESCAPE '\\'
        ORDER BY created_at DESC, id DESC LIMIT $2");
}

pub(crate) fn find_by_token(view: &mut View<'_>, token: &str) -> Result<Option<Visitor>, Error> {
    view.one(&FIND_BY_TOKEN, params![token], |row| {
        read(&mut row.columns_from(0))
    })
}

pub(crate) fn find(view: &mut View<'_>, id: &str) -> Result<Option<Visitor>, Error> {
    view.one(&FIND, params![id], |row| read(&mut row.columns_from(0)))
}

pub(crate) fn lock(tx: &mut Tx<'_>, id: &str) -> Result<Option<Visitor>, Error> {
    tx.one(&LOCK, params![id], |row| read(&mut row.columns_from(0)))
}

pub(crate) fn find_by_contact(
    view: &mut View<'_>,
    kind: &str,
    value: &str,
) -> Result<Option<Visitor>, Error> {
    view.one(&FIND_BY_CONTACT, params![kind, &key(value)], |row| {
        read(&mut row.columns_from(0))
    })
}

pub(crate) fn next_guest(tx: &mut Tx<'_>) -> Result<i64, Error> {
    let number = tx.change(&NEXT_GUEST, params![], |row| row.get(0))?;
    Ok(number.into_iter().next().unwrap_or(0))
}

pub(crate) fn insert(tx: &mut Tx<'_>, now: Timestamp, visitor: &Visitor) -> Result<u64, Error> {
    let made = tx.execute(
        &INSERT,
        params![
            &visitor.id,
            &visitor.token,
            &visitor.username,
            visitor.name.as_deref(),
            visitor.department.as_deref(),
            &json!(visitor.emails).to_string(),
            &json!(visitor.phones).to_string(),
            visitor.ip.as_deref(),
            visitor.user_agent.as_deref(),
            visitor.host.as_deref(),
            now,
            false,
        ],
    )?;
    if made == 1 {
        add_contacts(tx, visitor)?;
    }
    Ok(made)
}

/// In bytes. An index has a bound for its entries.
pub(crate) const LONGEST_CONTACT: usize = 320;

/// Writes what can change of a visitor, and how he is found by it.
pub(crate) fn save(
    tx: &mut Tx<'_>,
    now: Timestamp,
    visitor: &Visitor,
    contacts_changed: bool,
) -> Result<(), Error> {
    tx.execute(
        &UPDATE,
        params![
            &visitor.id,
            &visitor.token,
            visitor.name.as_deref(),
            &visitor.status,
            visitor.department.as_deref(),
            &json!(visitor.custom).to_string(),
            &json!(visitor.emails).to_string(),
            &json!(visitor.phones).to_string(),
            visitor.contact_manager.as_deref(),
            &visitor.username,
            now,
        ],
    )?;
    if contacts_changed {
        tx.execute(&REMOVE_CONTACTS, params![&visitor.id])?;
        add_contacts(tx, visitor)?;
    }
    Ok(())
}

fn add_contacts(tx: &mut Tx<'_>, visitor: &Visitor) -> Result<(), Error> {
    let emails = visitor.emails.iter().map(|value| ("email", value));
    let phones = visitor.phones.iter().map(|value| ("phone", value));
    for (kind, value) in emails.chain(phones) {
        // Longer than any address: kept as it was told, and found by nobody.
        if value.len() > LONGEST_CONTACT {
            continue;
        }
        tx.execute(&ADD_CONTACT, params![kind, &key(value), &visitor.id])?;
    }
    Ok(())
}

pub(crate) fn note_chat(
    tx: &mut Tx<'_>,
    now: Timestamp,
    visitor: &str,
    room: &str,
) -> Result<u64, Error> {
    tx.execute(&NOTE_CHAT, params![visitor, room, now])
}

pub(crate) fn note_agent(
    tx: &mut Tx<'_>,
    now: Timestamp,
    visitor: &str,
    agent: &LastAgent,
) -> Result<u64, Error> {
    let told = json!({"id": agent.id, "username": agent.username, "at": agent.at.millis()});
    tx.execute(&NOTE_AGENT, params![visitor, &told.to_string(), now])
}

pub(crate) fn note_activity(
    tx: &mut Tx<'_>,
    visitor: &str,
    months: &[String],
) -> Result<u64, Error> {
    tx.execute(&NOTE_ACTIVITY, params![visitor, &json!(months).to_string()])
}

pub(crate) fn remove(tx: &mut Tx<'_>, now: Timestamp, visitor: &str) -> Result<(), Error> {
    tx.execute(&REMOVE_CONTACTS, params![visitor])?;
    tx.execute(&REMOVE, params![visitor, now, true]).map(drop)
}

/// How a search's term is compared: all of an address or number, a part of a name, and a part of
/// the custom values that may be searched.
pub(crate) fn search(
    view: &mut View<'_>,
    term: &str,
    in_custom: bool,
    page: Page,
) -> Result<Vec<Visitor>, Error> {
    let term = key(term);
    let part = format!("%{}%", escape(&term));
    let custom = if in_custom && !term.is_empty() {
        &part
    } else {
        ""
    };
    view.query(
        &SEARCH,
        params![&term, &part, custom, page.limit, page.offset],
        |row| read(&mut row.columns_from(0)),
    )
}

pub(crate) fn count_found(view: &mut View<'_>, term: &str, in_custom: bool) -> Result<i64, Error> {
    let term = key(term);
    let part = format!("%{}%", escape(&term));
    let custom = if in_custom && !term.is_empty() {
        &part
    } else {
        ""
    };
    view.number(&COUNT_FOUND, params![&term, &part, custom])
}

pub(crate) fn beginning_with(
    view: &mut View<'_>,
    term: &str,
    limit: i64,
) -> Result<Vec<Visitor>, Error> {
    let part = format!("{}%", escape(&key(term)));
    view.query(&BEGINNING_WITH, params![&part, limit], |row| {
        read(&mut row.columns_from(0))
    })
}

/// Those whose custom values contain a text, to be looked at more closely.
pub(crate) fn with_custom(
    view: &mut View<'_>,
    value: &str,
    limit: i64,
) -> Result<Vec<Visitor>, Error> {
    // Inside of a JSON text, as the column holds it.
    let written = Value::from(value).to_string().to_lowercase();
    let part = format!("%{}%", escape(&written));
    view.query(&FIND_BY_CUSTOM, params![&part, limit], |row| {
        read(&mut row.columns_from(0))
    })
}

/// Addresses and names are compared without regard to case.
pub(crate) fn key(text: &str) -> String {
    text.trim().to_lowercase()
}

/// A text that stands for itself in `LIKE … ESCAPE '\'`.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

pub(crate) fn read(columns: &mut Columns<'_, '_>) -> Result<Visitor, Error> {
    let id = columns.next()?;
    let found: Option<Visitor> = read_if(columns, Some(id))?;
    Ok(found.unwrap_or_default())
}

/// The visitor of a row that may have none.
pub(crate) fn read_optional(columns: &mut Columns<'_, '_>) -> Result<Option<Visitor>, Error> {
    let id: Option<String> = columns.next()?;
    read_if(columns, id)
}

fn read_if(columns: &mut Columns<'_, '_>, id: Option<String>) -> Result<Option<Visitor>, Error> {
    let Some(id) = id else {
        columns.skip(VISITOR_COLUMNS - 1);
        return Ok(None);
    };
    let token: Option<String> = columns.next()?;
    let username: Option<String> = columns.next()?;
    let name = columns.next()?;
    let status: Option<String> = columns.next()?;
    let department = columns.next()?;
    let custom = members(columns.next()?);
    let emails: Value = columns.next()?;
    let phones: Value = columns.next()?;
    let last_chat: Option<String> = columns.next()?;
    let last_chat_at: Option<Timestamp> = columns.next()?;
    let last_agent: Option<Value> = columns.next()?;
    let contact_manager = columns.next()?;
    let activity: Value = columns.next()?;
    Ok(Some(Visitor {
        id,
        token: token.unwrap_or_default(),
        username: username.unwrap_or_default(),
        name,
        status: status.unwrap_or_default(),
        department,
        custom,
        emails: texts(&emails),
        phones: texts(&phones),
        last_chat: last_chat
            .zip(last_chat_at)
            .map(|(room, at)| LastChat { room, at }),
        last_agent: last_agent.and_then(|agent| {
            Some(LastAgent {
                id: agent.get("id")?.as_str()?.to_owned(),
                username: agent.get("username")?.as_str()?.to_owned(),
                at: Timestamp::from_millis(agent.get("at")?.as_i64()?),
            })
        }),
        contact_manager,
        activity: texts(&activity),
        ip: columns.next()?,
        user_agent: columns.next()?,
        host: columns.next()?,
        created_at: columns.next::<Option<Timestamp>>()?.unwrap_or_default(),
        updated_at: columns.next()?,
    }))
}

/// The texts of a list that a column holds.
pub(crate) fn texts(list: &Value) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The members of a document that a column holds.
pub(crate) fn members(document: Value) -> Map<String, Value> {
    match document {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
