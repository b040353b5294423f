use hark_store::{Record, Result, Tx, View, params, sql, statements, writes};

use super::{Channel, Conflicts, Contact, MOST_VISITORS};
use hark_model::text::{escape, key};
use hark_model::{Page, tally};

/// In bytes. An index has a bound for its entries.
const LONGEST_KEY: usize = 320;

statements! {
    /// Primary key.
    FIND = sql!("SELECT ", Contact::COLUMNS, " FROM contact WHERE id = $1");
    /// Primary key. A command that changes a contact and its visitor locks the visitor first.
    LOCK = sql!("SELECT ", Contact::COLUMNS, " FROM contact WHERE id = $1"),
        postgres = sql!("SELECT ", Contact::COLUMNS, " FROM contact WHERE id = $1 FOR UPDATE");
    /// contact_by_name, until the page is full.
    BY_NAME = sql!("SELECT ", Contact::COLUMNS, " FROM contact
        WHERE ($1 = '' OR name_key LIKE $2 ESCAPE '\\'
            OR id IN (SELECT contact_id FROM contact_address WHERE kind IN ('email', 'phone') AND value_key = $1))
        ORDER BY name_key, id LIMIT $3 OFFSET $4");
    /// contact_by_name, all of it. Only for a search that has a term: the rest is counted by the tally.
    COUNT = "SELECT count(*) FROM contact
        WHERE (name_key LIKE $2 ESCAPE '\\'
            OR id IN (SELECT contact_id FROM contact_address WHERE kind IN ('email', 'phone') AND value_key = $1))";
    /// Primary key of contact_address. The one who was here first.
    BY_ADDRESS = "SELECT min(contact_id) FROM contact_address WHERE kind = $1 AND value_key = $2 AND sure";
    /// Primary key.
    ADD_ADDRESS = "INSERT INTO contact_address (kind, value_key, contact_id, sure) VALUES ($1, $2, $3, $4)
        ON CONFLICT (kind, value_key, contact_id) DO UPDATE SET sure = contact_address.sure OR excluded.sure";
    /// contact_address_by_contact.
    ADDRESSES = "SELECT kind, value_key FROM contact_address WHERE contact_id = $1";
    /// Primary key.
    REMOVE_ADDRESS = "DELETE FROM contact_address WHERE kind = $1 AND value_key = $2 AND contact_id = $3";
    /// visitor_by_contact.
    COUNT_VISITORS = "SELECT count(*) FROM visitor WHERE contact_id = $1";
    /// Primary key.
    REMOVE = "DELETE FROM contact WHERE id = $1";
    /// Primary key, a range.
    CHANNELS = sql!("SELECT ", Channel::COLUMNS, " FROM contact_channel WHERE contact_id = $1
        ORDER BY last_chat_at DESC, visitor_id, name LIMIT $2");
    /// Primary key, a range.
    FORGET_CHANNELS = "DELETE FROM contact_channel WHERE contact_id = $1 AND visitor_id = $2";
    /// Primary key.
    NOTE_CHANNEL = "INSERT INTO contact_channel
            (contact_id, visitor_id, name, details, field, value, verified_at, last_chat_id, last_chat_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (contact_id, visitor_id, name) DO UPDATE SET details = excluded.details,
            field = excluded.field, value = excluded.value,
            verified_at = coalesce(contact_channel.verified_at, excluded.verified_at),
            last_chat_id = excluded.last_chat_id, last_chat_at = excluded.last_chat_at";
}

writes! {
    fn insert_row(contact: &Contact, name_key: &str, conflicts: &Conflicts) insert contact {
        id = &contact.id,
        name = &contact.name,
        name_key = name_key,
        emails = &contact.emails,
        phones = &contact.phones,
        manager_id = &contact.manager,
        custom = &contact.custom,
        written = &contact.written,
        conflicts = conflicts,
        created_at = contact.created_at,
        updated_at = contact.updated_at,
    }, update update_row;
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Contact>> {
    view.record(&FIND, params![id])
}

pub(crate) fn lock(tx: &mut Tx<'_>, id: &str) -> Result<Option<Contact>> {
    tx.record(&LOCK, params![id])
}

pub(super) fn insert(tx: &mut Tx<'_>, contact: &Contact) -> Result<()> {
    let conflicts = Conflicts(contact.conflicts.clone());
    insert_row(tx, contact, &name_key(contact), &conflicts)?;
    tally::add(tx, &contact.id, &mut [tally::CONTACTS.to_owned()], 1)
}

pub(super) fn update(tx: &mut Tx<'_>, contact: &Contact) -> Result<()> {
    let conflicts = Conflicts(contact.conflicts.clone());
    update_row(tx, contact, &name_key(contact), &conflicts).map(drop)
}

fn name_key(contact: &Contact) -> String {
    let mut name_key = key(&contact.name);
    let mut end = LONGEST_KEY.min(name_key.len());
    while !name_key.is_char_boundary(end) {
        end -= 1;
    }
    name_key.truncate(end);
    name_key
}

/// A page of those whose name has a term in it, or whose address or number it is, and how many there are.
pub fn by_name(view: &mut View<'_>, term: &str, page: Page) -> Result<(Vec<Contact>, i64)> {
    let term = key(term);
    let part = format!("%{}%", escape(&term));
    let found = view.records(&BY_NAME, params![&term, &part, page.limit, page.offset])?;
    let total = match &*term {
        "" => tally::total(view, tally::CONTACTS)?,
        term => view.number(&COUNT, params![term, &part])?,
    };
    Ok((found, total))
}

/// The contact that is known to have an address or a number.
pub(super) fn by_address(view: &mut View<'_>, kind: &str, value: &str) -> Result<Option<String>> {
    let found = view.one(&BY_ADDRESS, params![kind, &key(value)], |row| row.get(0))?;
    Ok(found.flatten())
}

/// From now on these lead to the contact and no others do. `is_sure` is asked with kind and key; those that were sure
/// stay so.
pub(super) fn found_by(
    tx: &mut Tx<'_>,
    contact: &Contact,
    is_sure: impl Fn(&str, &str) -> bool,
) -> Result<()> {
    let emails = contact.emails.iter().map(|email| ("email", key(email)));
    let phones = contact.phones.iter().map(|phone| ("phone", key(phone)));
    let wanted = emails.chain(phones);
    // Longer than any address: kept as it was given, and found by nobody.
    let wanted: Vec<(&str, String)> = wanted.filter(|(_, key)| key.len() <= LONGEST_KEY).collect();
    let known: Vec<(String, String)> = tx.query(&ADDRESSES, params![&contact.id], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    for (kind, key) in &known {
        if !wanted
            .iter()
            .any(|(other, wanted)| other == kind && wanted == key)
        {
            tx.execute(&REMOVE_ADDRESS, params![kind, key, &contact.id])?;
        }
    }
    for (kind, key) in &wanted {
        let sure = is_sure(kind, key);
        tx.execute(&ADD_ADDRESS, params![*kind, key, &contact.id, sure])?;
    }
    Ok(())
}

pub(super) fn count_visitors(view: &mut View<'_>, contact: &str) -> Result<i64> {
    view.number(&COUNT_VISITORS, params![contact])
}

pub(super) fn remove(tx: &mut Tx<'_>, contact: &str) -> Result<()> {
    tx.execute(&REMOVE, params![contact])?;
    tally::add(tx, contact, &mut [tally::CONTACTS.to_owned()], -1)
}

/// The latest first.
pub fn channels_of(view: &mut View<'_>, contact: &str) -> Result<Vec<Channel>> {
    view.records(&CHANNELS, params![contact, MOST_VISITORS])
}

pub(super) fn note_channel(tx: &mut Tx<'_>, channel: &Channel) -> Result<()> {
    tx.execute(
        &NOTE_CHANNEL,
        params![
            &channel.contact,
            &channel.visitor,
            &channel.name,
            &channel.details,
            &channel.field,
            &channel.value,
            channel.verified_at,
            &channel.last_chat,
            channel.last_chat_at,
        ],
    )
}

pub(super) fn forget_channels(tx: &mut Tx<'_>, contact: &str, visitor: &str) -> Result<()> {
    tx.execute(&FORGET_CHANNELS, params![contact, visitor])
}
