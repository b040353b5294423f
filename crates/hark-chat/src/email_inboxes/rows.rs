use hark_store::{
    Record as _, Result, Timestamp, Tx, View, params, record, sql, statements, writes,
};

use super::{EmailInbox, LONGEST_ERROR, MOST};
use crate::mail::one_line;

record! {
    /// A mail that has come, or gone.
    #[derive(Debug, Clone)]
    pub(crate) struct Known from "email_message" {
        pub(crate) message_id: String,
        /// The chat that it is in, if it is in one.
        pub(crate) room: Option<String> = "email_message.room_id",
    }
}

statements! {
    /// The whole of a small table.
    EVERY = sql!("SELECT ", EmailInbox::COLUMNS, " FROM email_inbox ORDER BY name, id LIMIT $1");
    COUNT = "SELECT count(*) FROM email_inbox";
    /// Primary key.
    FIND = sql!("SELECT ", EmailInbox::COLUMNS, " FROM email_inbox WHERE id = $1");
    /// The same. Two who read one, or change it, take turns.
    LOCK = "SELECT id FROM email_inbox WHERE id = $1",
        postgres = "SELECT id FROM email_inbox WHERE id = $1 FOR UPDATE";
    /// email_inbox_by_email.
    FIND_BY_EMAIL = sql!("SELECT ", EmailInbox::COLUMNS, " FROM email_inbox WHERE email = $1");
    /// Primary key.
    REMOVE = "DELETE FROM email_inbox WHERE id = $1";
    FAILED = "UPDATE email_inbox SET trouble = $2, trouble_since = coalesce(trouble_since, CAST($3 AS BIGINT))
        WHERE id = $1 AND updated_at = $4 AND trouble IS DISTINCT FROM $2";
    WELL = "UPDATE email_inbox SET trouble = NULL, trouble_since = NULL
        WHERE id = $1 AND updated_at = $2 AND trouble IS NOT NULL";
    /// Of mails that were read under the same numbers only what comes later counts.
    PROGRESS = "UPDATE email_inbox SET uid_validity = $2, last_uid = $3
        WHERE id = $1 AND updated_at = $4 AND (uid_validity <> $2 OR last_uid < $3)";
    KNOWN = sql!("SELECT ", Known::COLUMNS, " FROM email_message WHERE inbox_id = $1 AND message_id = $2");
    /// email_message_by_room, from the newest on.
    OF_ROOM = sql!("SELECT ", Known::COLUMNS, " FROM email_message WHERE room_id = $1 ORDER BY created_at DESC LIMIT $2");
    LAST_OF_VISITOR = "SELECT message_id FROM email_message WHERE room_id = $1 AND by_visitor ORDER BY created_at DESC LIMIT 1";
    FORGET_ROOM = "UPDATE email_message SET room_id = NULL WHERE room_id = $1";
    /// email_message_by_age.
    PRUNE = "DELETE FROM email_message WHERE (inbox_id, message_id) IN (
        SELECT inbox_id, message_id FROM email_message WHERE created_at < $1 ORDER BY created_at LIMIT $2)";
}

writes! {
    /// Primary key. Answers whether it is new.
    pub(crate) fn note(now: Timestamp, inbox: &str, id: &str, room: Option<&str>, by_visitor: bool) insert email_message {
        inbox_id = inbox,
        message_id = id,
        room_id = room,
        by_visitor = by_visitor,
        created_at = now,
    } "ON CONFLICT (inbox_id, message_id) DO NOTHING";
    pub(super) fn add(inbox: &EmailInbox) insert email_inbox {
        id = &inbox.id,
        active = inbox.active,
        name = &inbox.name,
        email = &inbox.email,
        description = &inbox.description,
        sender_info = &inbox.sender_info,
        department_id = &inbox.department,
        smtp = &inbox.smtp,
        imap = &inbox.imap,
        passwords = &inbox.passwords,
        created_by_id = &inbox.created_by,
        created_by_username = &inbox.created_by_username,
        uid_validity = inbox.uid_validity,
        last_uid = inbox.last_uid,
        trouble = &inbox.trouble,
        trouble_since = inbox.trouble_since,
        created_at = inbox.created_at,
        updated_at = inbox.updated_at,
    } "ON CONFLICT (email) DO NOTHING", update change;
}

/// By name.
pub fn all(view: &mut View<'_>) -> Result<Vec<EmailInbox>> {
    view.records(&EVERY, params![MOST as i64])
}

pub(super) fn count(view: &mut View<'_>) -> Result<i64> {
    view.number(&COUNT, params![])
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<EmailInbox>> {
    view.record(&FIND, params![id])
}

pub fn find_by_email(view: &mut View<'_>, email: &str) -> Result<Option<EmailInbox>> {
    view.record(&FIND_BY_EMAIL, params![email])
}

pub(super) fn lock(tx: &mut Tx<'_>, id: &str) -> Result<Option<EmailInbox>> {
    tx.lock(&LOCK, params![id])?;
    find(tx, id)
}

pub(super) fn remove(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    tx.execute(&REMOVE, params![id])
}

/// Why one could not be read, as it was set up. It counts from the first failure in a row.
pub fn failed(tx: &mut Tx<'_>, now: Timestamp, inbox: &EmailInbox, why: &str) -> Result<()> {
    let why = one_line(why, LONGEST_ERROR);
    tx.execute(&FAILED, params![&inbox.id, &why, now, inbox.updated_at])
}

/// It can be read.
pub fn well(tx: &mut Tx<'_>, inbox: &EmailInbox) -> Result<()> {
    tx.execute(&WELL, params![&inbox.id, inbox.updated_at])
}

/// All up to this mail was read. Another mailbox may stand there by now; then it says nothing.
pub fn progress(tx: &mut Tx<'_>, inbox: &EmailInbox, validity: i64, uid: i64) -> Result<()> {
    tx.execute(
        &PROGRESS,
        params![&inbox.id, validity, uid, inbox.updated_at],
    )
}

pub(crate) fn known(view: &mut View<'_>, inbox: &str, id: &str) -> Result<Option<Known>> {
    view.record(&KNOWN, params![inbox, id])
}

/// The newest mails of a chat, the newest first.
pub(super) fn of_room(view: &mut View<'_>, room: &str, most: i64) -> Result<Vec<Known>> {
    view.records(&OF_ROOM, params![room, most])
}

/// What the visitor has written last.
pub(super) fn last_of_visitor(view: &mut View<'_>, room: &str) -> Result<Option<String>> {
    view.one(&LAST_OF_VISITOR, params![room], |row| row.get(0))
}

pub(crate) fn forget_room(tx: &mut Tx<'_>, room: &str) -> Result<()> {
    tx.execute(&FORGET_ROOM, params![room])
}

pub(super) fn prune(tx: &mut Tx<'_>, before: Timestamp, most: i64) -> Result<u64> {
    tx.changed(&PRUNE, params![before, most])
}
