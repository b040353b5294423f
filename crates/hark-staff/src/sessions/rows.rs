use hark_store::{Record, Result, Timestamp, Tx, View, params, record, sql, statements, writes};
use serde_json::Value;

use super::{LogIn, PersonalToken, Session};

statements! {
    /// Primary keys of session and account.
    FIND = sql!("SELECT ", Session::COLUMNS, " FROM session JOIN account ON account.id = session.account_id
        WHERE session.hash = $1");
    /// Primary key.
    END = "DELETE FROM session WHERE hash = $1 RETURNING account_id, personal_name IS NULL AND NOT for_program";
    /// session_by_account.
    END_LOG_INS = "DELETE FROM session WHERE account_id = $1 AND personal_name IS NULL";
    /// session_by_personal_name.
    END_PERSONAL = "DELETE FROM session WHERE account_id = $1 AND personal_name IS NOT NULL";
    /// Primary key.
    VERIFIED = "UPDATE session SET verified_at = $2 WHERE hash = $1";
    /// session_by_expiry.
    REMOVE_EXPIRED = "DELETE FROM session WHERE hash IN
        (SELECT hash FROM session WHERE expires_at IS NOT NULL AND expires_at <= $1 ORDER BY expires_at LIMIT $2)
        RETURNING account_id, for_program";
    INSERT_REFRESH = "INSERT INTO refresh_token (hash, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";
    /// Primary key.
    USE_REFRESH = "DELETE FROM refresh_token WHERE hash = $1 RETURNING account_id, expires_at";
    /// refresh_token_by_account.
    END_REFRESH = "DELETE FROM refresh_token WHERE account_id = $1";
    /// refresh_token_by_account, for both.
    OUTGROWN_REFRESH = "DELETE FROM refresh_token WHERE account_id = $1 AND hash IN
        (SELECT hash FROM refresh_token WHERE account_id = $1 ORDER BY created_at DESC LIMIT 1000 OFFSET $2)";
    /// refresh_token_by_expiry.
    REMOVE_EXPIRED_REFRESH = "DELETE FROM refresh_token WHERE hash IN
        (SELECT hash FROM refresh_token WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
    /// session_by_personal_name.
    PERSONAL_TOKENS = sql!("SELECT ", PersonalToken::COLUMNS, " FROM session
        WHERE account_id = $1 AND personal_name IS NOT NULL ORDER BY personal_name");
    /// session_by_account.
    LOG_INS = sql!("SELECT ", LogIn::COLUMNS, " FROM session
        WHERE account_id = $1 AND personal_name IS NULL AND NOT for_program ORDER BY created_at DESC, hash LIMIT $2");
    /// session_by_personal_name.
    REMOVE_PERSONAL_TOKEN = "DELETE FROM session WHERE account_id = $1 AND personal_name = $2";

    /// Primary key.
    PASSWORD = "SELECT password FROM account WHERE id = $1";
    NOTE_LOGIN = "UPDATE account SET last_login_at = $2 WHERE id = $1";

    /// Primary key.
    FAILURES = sql!("SELECT ", Failures::COLUMNS, " FROM login_failure WHERE subject = $1");
    ENTER = "INSERT INTO login_failure (subject, failures, first_at, last_at) VALUES ($1, 0, $2, $2)
        ON CONFLICT (subject) DO UPDATE SET first_at = login_failure.first_at";
    COUNT_FAILURE = "INSERT INTO login_failure (subject, failures, first_at, last_at) VALUES ($1, 1, $2, $2)
        ON CONFLICT (subject) DO UPDATE SET
            failures = CASE WHEN login_failure.last_at < $3 OR login_failure.failures >= $4 THEN 1
                ELSE login_failure.failures + 1 END,
            first_at = CASE WHEN login_failure.last_at < $3 OR login_failure.failures >= $4 THEN $2
                ELSE login_failure.first_at END,
            last_at = $2";
    FORGET_FAILURES = "DELETE FROM login_failure WHERE subject = $1";
    /// Primary key: a subject, and those that begin with it and a space.
    FORGET_ALL_FAILURES = "DELETE FROM login_failure WHERE subject = $1 OR (subject >= $2 AND subject < $3)";
    /// Primary key, a range.
    FORGET_FAILURES_FROM = "DELETE FROM login_failure WHERE subject >= $1 AND subject < $2";
    /// Primary key.
    IS_KNOWN = "SELECT count(*) FROM known_place WHERE place = $1";
    KNOW = "INSERT INTO known_place (place, account_id, seen_at) VALUES ($1, $2, $3)
        ON CONFLICT (place) DO UPDATE SET account_id = $2, seen_at = $3";
    /// known_place_by_account, for both.
    OUTGROWN_PLACES = "DELETE FROM known_place WHERE account_id = $1 AND place IN
        (SELECT place FROM known_place WHERE account_id = $1 ORDER BY seen_at DESC LIMIT 1000 OFFSET $2)";
    /// login_failure_by_age.
    REMOVE_OLD_FAILURES = "DELETE FROM login_failure WHERE subject IN
        (SELECT subject FROM login_failure WHERE last_at < $1 ORDER BY last_at LIMIT $2)";

    /// Primary key, as the rest.
    TOTP = sql!("SELECT ", Totp::COLUMNS, " FROM account WHERE id = $1 AND totp_secret IS NOT NULL");
    PENDING_TOTP = "SELECT totp_pending FROM account WHERE id = $1";
    OFFER_TOTP = "UPDATE account SET totp_pending = $2 WHERE id = $1";
    CONFIRM_TOTP = "UPDATE account SET totp_secret = totp_pending, totp_pending = NULL,
        totp_last_step = $2, totp_codes = $3 WHERE id = $1";
    USE_STEP = "UPDATE account SET totp_last_step = $2 WHERE id = $1 AND totp_last_step < $2";
    SET_CODES = "UPDATE account SET totp_codes = $2 WHERE id = $1";
    SWITCH_TOTP_OFF = "UPDATE account SET totp_secret = NULL, totp_pending = NULL, totp_codes = '[]' WHERE id = $1";
}

writes! {
    pub(super) fn insert(new: &New<'_>) insert session {
        hash = new.hash,
        account_id = new.account,
        personal_name = new.personal_name,
        last_part = new.last_part,
        bypass_two_factor = new.bypass_two_factor,
        verified_at = new.verified_at,
        created_at = new.created_at,
        expires_at = new.expires_at,
        for_program = new.for_program,
        user_agent = new.user_agent,
    } "ON CONFLICT DO NOTHING";
}

pub(super) struct New<'a> {
    pub(super) hash: &'a str,
    pub(super) account: &'a str,
    pub(super) personal_name: Option<&'a str>,
    pub(super) last_part: &'a str,
    pub(super) bypass_two_factor: bool,
    pub(super) verified_at: Option<Timestamp>,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) for_program: bool,
    pub(super) user_agent: Option<&'a str>,
}

pub(super) fn find(view: &mut View<'_>, hash: &str) -> Result<Option<Session>> {
    view.record(&FIND, params![hash])
}

/// Whose session it was, and whether it was a log-in.
pub(super) fn end(tx: &mut Tx<'_>, hash: &str) -> Result<Option<(String, bool)>> {
    let ended = tx.change(&END, params![hash], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(ended.into_iter().next())
}

/// Personal access tokens stay.
pub(super) fn end_log_ins(tx: &mut Tx<'_>, account: &str) -> Result<u64> {
    tx.changed(&END_LOG_INS, params![account])
}

pub(super) fn end_personal(tx: &mut Tx<'_>, account: &str) -> Result<()> {
    tx.execute(&END_PERSONAL, params![account])
}

pub(super) fn verified(tx: &mut Tx<'_>, now: Timestamp, hash: &str) -> Result<u64> {
    tx.changed(&VERIFIED, params![hash, now])
}

/// Whose sessions they were, one for each, and whether it was a program's.
pub(super) fn remove_expired(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(String, bool)>> {
    tx.change(&REMOVE_EXPIRED, params![now, limit], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

/// Keeps so many of an account, the newest.
pub(super) fn insert_refresh(
    tx: &mut Tx<'_>,
    hash: &str,
    account: &str,
    (created_at, expires_at): (Timestamp, Timestamp),
    most: i64,
) -> Result<()> {
    tx.execute(
        &INSERT_REFRESH,
        params![hash, account, created_at, expires_at],
    )?;
    tx.execute(&OUTGROWN_REFRESH, params![account, most])
}

/// Whose it was, and how long it was good.
pub(super) fn use_refresh(tx: &mut Tx<'_>, hash: &str) -> Result<Option<(String, Timestamp)>> {
    let used = tx.change(&USE_REFRESH, params![hash], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(used.into_iter().next())
}

pub(super) fn end_refresh(tx: &mut Tx<'_>, account: &str) -> Result<u64> {
    tx.changed(&END_REFRESH, params![account])
}

pub(super) fn remove_expired_refresh(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<u64> {
    tx.changed(&REMOVE_EXPIRED_REFRESH, params![now, limit])
}

pub fn personal_tokens(view: &mut View<'_>, account: &str) -> Result<Vec<PersonalToken>> {
    view.records(&PERSONAL_TOKENS, params![account])
}

pub(super) fn log_ins(view: &mut View<'_>, account: &str, most: i64) -> Result<Vec<LogIn>> {
    view.records(&LOG_INS, params![account, most])
}

pub(super) fn remove_personal_token(tx: &mut Tx<'_>, account: &str, name: &str) -> Result<u64> {
    tx.changed(&REMOVE_PERSONAL_TOKEN, params![account, name])
}

/// The stored password of an account, to check one that is offered.
pub fn password(view: &mut View<'_>, account: &str) -> Result<Option<String>> {
    let password = view.one(&PASSWORD, params![account], |row| row.get(0))?;
    Ok(password.flatten())
}

pub(super) fn note_login(tx: &mut Tx<'_>, now: Timestamp, account: &str) -> Result<()> {
    tx.execute(&NOTE_LOGIN, params![account, now])
}

record! {
    pub(crate) struct Failures from "login_failure" {
        pub(crate) count: i64 = "login_failure.failures",
        pub(crate) last_at: Timestamp,
    }
}

pub(crate) fn failures(view: &mut View<'_>, subject: &str) -> Result<Option<Failures>> {
    view.record(&FAILURES, params![subject])
}

/// Locks the row of a subject, which is there from now on.
pub(crate) fn enter(tx: &mut Tx<'_>, now: Timestamp, subject: &str) -> Result<()> {
    tx.execute(&ENTER, params![subject, now])
}

/// One more; but the first of a new count where the old one has held somebody back, which is over.
pub(crate) fn count_failure(
    tx: &mut Tx<'_>,
    now: Timestamp,
    subject: &str,
    most: i64,
) -> Result<()> {
    let of_yesterday = now.plus_days(-1);
    tx.execute(&COUNT_FAILURE, params![subject, now, of_yesterday, most])
}

/// Also those that are counted apart.
pub(super) fn forget_all_failures(tx: &mut Tx<'_>, subject: &str) -> Result<u64> {
    let (from, below) = (format!("{subject} "), format!("{subject}!"));
    tx.changed(&FORGET_ALL_FAILURES, params![subject, &from, &below])
}

/// Of all subjects that begin so.
pub(super) fn forget_failures_that_begin_with(tx: &mut Tx<'_>, beginning: &str) -> Result<u64> {
    let below = format!("{beginning}\u{10ffff}");
    tx.changed(&FORGET_FAILURES_FROM, params![beginning, &below])
}

pub(super) fn is_known(view: &mut View<'_>, place: &str) -> Result<bool> {
    Ok(view.number(&IS_KNOWN, params![place])? > 0)
}

/// Keeps so many of an account, those that were seen last.
pub(super) fn know(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &str,
    place: &str,
    most: i64,
) -> Result<()> {
    tx.execute(&KNOW, params![place, account, now])?;
    tx.execute(&OUTGROWN_PLACES, params![account, most])
}

pub(crate) fn forget_failures(tx: &mut Tx<'_>, subject: &str) -> Result<()> {
    tx.execute(&FORGET_FAILURES, params![subject])
}

pub(super) fn remove_old_failures(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<u64> {
    tx.changed(&REMOVE_OLD_FAILURES, params![before, limit])
}

record! {
    pub(super) struct Totp from "account" {
        pub(super) secret: Vec<u8> = "account.totp_secret",
        pub(super) codes: Vec<String> = "account.totp_codes",
    }
}

pub(super) fn totp(view: &mut View<'_>, account: &str) -> Result<Option<Totp>> {
    view.record(&TOTP, params![account])
}

pub(super) fn pending_totp(view: &mut View<'_>, account: &str) -> Result<Option<Vec<u8>>> {
    let pending = view.one(&PENDING_TOTP, params![account], |row| row.get(0))?;
    Ok(pending.flatten())
}

pub(super) fn offer_totp(tx: &mut Tx<'_>, account: &str, sealed: &[u8]) -> Result<()> {
    tx.execute(&OFFER_TOTP, params![account, sealed])
}

pub(super) fn confirm_totp(tx: &mut Tx<'_>, account: &str, step: i64, codes: &Value) -> Result<()> {
    tx.execute(&CONFIRM_TOTP, params![account, step, &codes.to_string()])
}

pub(super) fn use_step(tx: &mut Tx<'_>, account: &str, step: i64) -> Result<u64> {
    tx.changed(&USE_STEP, params![account, step])
}

pub(super) fn set_codes(tx: &mut Tx<'_>, account: &str, codes: &Value) -> Result<()> {
    tx.execute(&SET_CODES, params![account, &codes.to_string()])
}

pub(super) fn switch_totp_off(tx: &mut Tx<'_>, account: &str) -> Result<()> {
    tx.execute(&SWITCH_TOTP_OFF, params![account])
}
