use hark_store::{Error, Row, Timestamp, Tx, View, params, statements};

use super::{Content, Mail, NewMail, NewTranscript};

statements! {
    /// Primary key.
    INSERT = "INSERT INTO mail (id, recipient, reply_to, subject, html, plain, attempts, next_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $7)";
    INSERT_TRANSCRIPT = "INSERT INTO mail (id, recipient, subject, room_id, up_to_seq, notice, attempts, next_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $7)";
    /// mail_due, not further than the bound that is asked about.
    HAS_WAITING = "SELECT 1 FROM mail WHERE next_at > 0 ORDER BY next_at LIMIT 1 OFFSET $1";
    /// mail_due. On PostgreSQL nodes that look at the same time find different mails.
    CLAIM = "UPDATE mail SET attempts = attempts + 1, next_at = $2
        WHERE id IN (SELECT id FROM mail WHERE next_at <= $1 ORDER BY next_at LIMIT $3)
        RETURNING id, recipient, reply_to, subject, html, plain, room_id, up_to_seq, notice, attempts",
        postgres = "UPDATE mail SET attempts = attempts + 1, next_at = $2
        WHERE id = ANY (ARRAY(
            SELECT id FROM mail WHERE next_at <= $1 ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED))
        RETURNING id, recipient, reply_to, subject, html, plain, room_id, up_to_seq, notice, attempts";
    /// mail_due, first entry.
    NEXT_DUE = "SELECT next_at FROM mail WHERE next_at > 0 ORDER BY next_at LIMIT 1";
    /// Primary key.
    DELETE = "DELETE FROM mail WHERE id = $1";
    /// Primary key; nothing when someone else has claimed it since.
    SET_NEXT = "UPDATE mail SET next_at = $3, last_error = $4 WHERE id = $1 AND attempts = $2";
    /// mail_due.
    HURRY = "UPDATE mail SET next_at = $1 WHERE next_at > $2";
    /// mail_given_up.
    PRUNE = "DELETE FROM mail WHERE id IN (
        SELECT id FROM mail WHERE next_at IS NULL AND created_at < $1 ORDER BY created_at LIMIT $2)";
}

pub(super) fn insert(tx: &mut Tx<'_>, now: Timestamp, mail: &NewMail<'_>) -> Result<u64, Error> {
    let id = tx.ids().id24_at(now);
    tx.execute(
        &INSERT,
        params![
            &id,
            mail.recipient,
            mail.reply_to,
            mail.subject,
            &mail.body.html,
            &mail.body.plain,
            now,
        ],
    )
}

pub(super) fn insert_transcript(
    tx: &mut Tx<'_>,
    now: Timestamp,
    transcript: &NewTranscript<'_>,
) -> Result<u64, Error> {
    let id = tx.ids().id24_at(now);
    let notice = transcript.notice.to_string();
    tx.execute(
        &INSERT_TRANSCRIPT,
        params![
            &id,
            transcript.recipient,
            transcript.subject,
            transcript.room,
            transcript.up_to_seq,
            &notice,
            now,
        ],
    )
}

/// Whether at least so many wait.
pub(super) fn has_waiting(view: &mut View<'_>, number: i64) -> Result<bool, Error> {
    let last = view.one(&HAS_WAITING, params![number - 1], |_| Ok(()))?;
    Ok(last.is_some())
}

pub(super) fn claim(
    tx: &mut Tx<'_>,
    now: Timestamp,
    until: Timestamp,
    most: i64,
) -> Result<Vec<Mail>, Error> {
    tx.change(&CLAIM, params![now, until, most], read)
}

pub(super) fn next_due(view: &mut View<'_>) -> Result<Option<Timestamp>, Error> {
    view.one(&NEXT_DUE, params![], |row| row.get(0))
}

pub(super) fn delete(tx: &mut Tx<'_>, id: &str) -> Result<u64, Error> {
    tx.execute(&DELETE, params![id])
}

pub(super) fn set_next(
    tx: &mut Tx<'_>,
    mail: &Mail,
    next: Option<Timestamp>,
    error: &str,
) -> Result<u64, Error> {
    tx.execute(&SET_NEXT, params![&mail.id, mail.attempts, next, error])
}

pub(super) fn hurry(tx: &mut Tx<'_>, now: Timestamp, later_than: Timestamp) -> Result<u64, Error> {
    tx.execute(&HURRY, params![now, later_than])
}

pub(super) fn prune(tx: &mut Tx<'_>, before: Timestamp, most: i64) -> Result<u64, Error> {
    tx.execute(&PRUNE, params![before, most])
}

fn read(row: &Row<'_>) -> Result<Mail, Error> {
    let mut columns = row.columns_from(0);
    let id = columns.next()?;
    let recipient = columns.next()?;
    let reply_to = columns.next()?;
    let subject = columns.next()?;
    let (html, plain): (Option<String>, Option<String>) = (columns.next()?, columns.next()?);
    let (room, up_to_seq): (Option<String>, Option<i64>) = (columns.next()?, columns.next()?);
    let notice: Option<serde_json::Value> = columns.next()?;
    let content = match (room, up_to_seq) {
        (Some(room), Some(up_to_seq)) => Content::Transcript {
            room,
            up_to_seq,
            notice: notice.unwrap_or_default(),
        },
        _ => Content::Written(super::Body {
            html: html.unwrap_or_default(),
            plain: plain.unwrap_or_default(),
        }),
    };
    Ok(Mail {
        id,
        recipient,
        reply_to,
        subject,
        content,
        attempts: columns.next()?,
    })
}
