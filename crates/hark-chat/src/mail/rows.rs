use hark_store::{Columns, Record, Result, Timestamp, Tx, View, params, sql, statements, writes};
use serde_json::Value;

use super::{Body, Content, Mail, NewAnswer, NewMail, NewTranscript, Outbox};

statements! {
    /// mail_due, not further than the bound that is asked about.
    HAS_WAITING = "SELECT 1 FROM mail WHERE next_at > 0 ORDER BY next_at LIMIT 1 OFFSET $1";
    /// mail_due. On PostgreSQL nodes that look at the same time find different mails.
    CLAIM = sql!("UPDATE mail SET attempts = attempts + 1, next_at = $2
        WHERE id IN (SELECT id FROM mail WHERE next_at <= $1 ORDER BY next_at LIMIT $3)
        RETURNING ", Mail::COLUMNS),
        postgres = sql!("UPDATE mail SET attempts = attempts + 1, next_at = $2
        WHERE id = ANY (ARRAY(
            SELECT id FROM mail WHERE next_at <= $1 ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED))
        RETURNING ", Mail::COLUMNS);
    /// mail_due, first entry.
    NEXT_DUE = "SELECT next_at FROM mail WHERE next_at > 0 ORDER BY next_at LIMIT 1";
    /// mail_due: as many as may wait, at most.
    OUTBOX = "SELECT count(*), min(created_at) FROM mail WHERE next_at > 0";
    /// mail_due, backwards: the longest pause is that of the mail that was tried most.
    LAST_ERROR = "SELECT last_error FROM mail WHERE next_at > 0 ORDER BY next_at DESC LIMIT 1";
    /// Primary key.
    ERROR = "SELECT last_error FROM mail WHERE id = $1";
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

writes! {
    pub(super) fn insert(now: Timestamp, id: &str, mail: &NewMail<'_>) insert mail {
        id = id,
        recipient = mail.recipient,
        reply_to = mail.reply_to,
        subject = mail.subject,
        html = &mail.body.html,
        plain = &mail.body.plain,
        attempts = 0,
        next_at = now,
        created_at = now,
    };
    pub(super) fn insert_answer(
        now: Timestamp, id: &str, answer: &NewAnswer<'_>, body: &Body
    ) insert mail {
        id = id,
        recipient = answer.recipient,
        subject = answer.subject,
        html = &body.html,
        plain = &body.plain,
        inbox_id = answer.inbox,
        account_id = answer.account,
        message_id = answer.message_id,
        in_reply_to = answer.in_reply_to,
        mail_references = answer.references,
        upload_id = answer.upload,
        attempts = 0,
        next_at = now,
        created_at = now,
    };
    pub(super) fn insert_transcript(
        now: Timestamp, id: &str, transcript: &NewTranscript<'_>
    ) insert mail {
        id = id,
        recipient = transcript.recipient,
        subject = transcript.subject,
        room_id = transcript.room,
        up_to_seq = transcript.up_to_seq,
        notice = &transcript.notice,
        attempts = 0,
        next_at = now,
        created_at = now,
    };
}

/// Whether at least so many wait.
pub(super) fn has_waiting(view: &mut View<'_>, number: i64) -> Result<bool> {
    let last = view.one(&HAS_WAITING, params![number - 1], |_| Ok(()))?;
    Ok(last.is_some())
}

pub(super) fn claim(
    tx: &mut Tx<'_>,
    now: Timestamp,
    until: Timestamp,
    most: i64,
) -> Result<Vec<Mail>> {
    tx.change(&CLAIM, params![now, until, most], Mail::read)
}

/// When the next one is due.
pub fn next_due(view: &mut View<'_>) -> Result<Option<Timestamp>> {
    view.one(&NEXT_DUE, params![], |row| row.get(0))
}

/// What waits in the outbox.
pub fn outbox(view: &mut View<'_>) -> Result<Outbox> {
    let counted = view.one(&OUTBOX, params![], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (waiting, oldest) = counted.unwrap_or_default();
    let error = view.one(&LAST_ERROR, params![], |row| row.get::<Option<String>>(0))?;
    Ok(Outbox {
        waiting,
        oldest,
        error: error.flatten(),
    })
}

/// Why a mail could not be sent so far, once it was tried; nothing when it is not in the outbox any more.
pub fn errors_of(view: &mut View<'_>, id: &str) -> Result<Option<Option<String>>> {
    view.one(&ERROR, params![id], |row| row.get(0))
}

pub fn delete(tx: &mut Tx<'_>, id: &str) -> Result<u64> {
    tx.changed(&DELETE, params![id])
}

pub(super) fn set_next(
    tx: &mut Tx<'_>,
    mail: &Mail,
    next: Option<Timestamp>,
    error: &str,
) -> Result<()> {
    tx.execute(&SET_NEXT, params![&mail.id, mail.attempts, next, error])
}

pub(super) fn hurry(tx: &mut Tx<'_>, now: Timestamp, later_than: Timestamp) -> Result<u64> {
    tx.changed(&HURRY, params![now, later_than])
}

pub(super) fn prune(tx: &mut Tx<'_>, before: Timestamp, most: i64) -> Result<u64> {
    tx.changed(&PRUNE, params![before, most])
}

impl Record for Content {
    const COLUMNS: &'static str =
        "mail.html, mail.plain, mail.room_id, mail.up_to_seq, mail.notice";
    const WIDTH: usize = 5;

    fn read_from(columns: &mut Columns<'_, '_>) -> Result<Self> {
        let (html, plain): (Option<String>, Option<String>) = (columns.next()?, columns.next()?);
        let (room, up_to_seq): (Option<String>, Option<i64>) = (columns.next()?, columns.next()?);
        let notice: Option<Value> = columns.next()?;
        Ok(match (room, up_to_seq) {
            (Some(room), Some(up_to_seq)) => Self::Transcript {
                room,
                up_to_seq,
                notice: notice.unwrap_or_default(),
            },
            _ => Self::Written(Body {
                html: html.unwrap_or_default(),
                plain: plain.unwrap_or_default(),
            }),
        })
    }
}
