//! Sessions: who is logged in, by password or by a personal access token, and the second factor.

mod log_in;
mod program_tokens;
mod rows;
mod second_factor;

pub(crate) use self::rows::{ALL, WRITES, count_failure, enter, failures, forget_failures};
pub use self::rows::{password, personal_tokens};
use hark_store::{Result, Timestamp, Tx, View, record};

pub(crate) use self::log_in::forgive;
pub use self::log_in::{
    Candidate, Entry, Held, Login, MOST_PLACES, begin, candidate, fail, forgive_addresses, turn,
};
pub use self::program_tokens::{
    PROGRAM_SECONDS, Pair, add_personal_token, begin_for_program, remove_personal_token,
    renew_for_program, renew_personal_token,
};
pub use self::second_factor::{
    Tried, backup_codes_left, confirm_totp, offer_totp, renew_backup_codes, switch_totp_off,
    try_totp, use_totp,
};
use crate::agents;
use hark_model::accounts::Account;
use hark_model::events::{Event, LoggedOut, Subject, record_event};
use hark_model::text::key;
use hark_model::{Context, Refusal, keys, settings};

record! {
    /// A caller who has shown a valid token.
    #[derive(Debug, Clone)]
    pub struct Session from "session" {
        pub account: Account = record,
        pub hash: String,
        pub personal: bool = "session.personal_name IS NOT NULL",
        pub bypass_two_factor: bool,
        pub verified_at: Option<Timestamp>,
        pub expires_at: Option<Timestamp>,
        /// Given to a program, which makes nobody present.
        pub for_program: bool,
    }
}

record! {
    #[derive(Debug, Clone)]
    pub struct PersonalToken from "session" {
        pub name: String = "session.personal_name",
        pub last_part: String,
        pub bypass_two_factor: bool,
        pub created_at: Timestamp,
    }
}

record! {
    /// A place where somebody is logged in.
    #[derive(Debug, Clone)]
    pub struct LogIn from "session" {
        pub hash: String,
        pub created_at: Timestamp,
        pub expires_at: Option<Timestamp>,
        /// With which program, as it names itself.
        pub user_agent: Option<String>,
    }
}

impl LogIn {
    /// By which its owner names it. It says nothing of the token.
    pub fn id(&self) -> String {
        keys::hex_digest(&self.hash)[..24].to_owned()
    }
}

/// A token that was just made: shown once, kept as its hash.
pub struct Fresh {
    pub token: String,
}

impl Fresh {
    pub fn make() -> Result<Self, Refusal> {
        Ok(Self {
            token: keys::token()?,
        })
    }
}

fn last_part(token: &str) -> &str {
    token
        .get(token.len().saturating_sub(6)..)
        .unwrap_or_default()
}

/// Who shows this token, if it is valid and its owner may come in.
pub fn find(
    view: &mut View<'_>,
    now: Timestamp,
    account: &str,
    token: &str,
) -> Result<Option<Session>> {
    let session = rows::find(view, &keys::hash(token))?;
    Ok(session.filter(|session| {
        session.account.id == account
            && session.account.active
            && session.expires_at.is_none_or(|until| now < until)
    }))
}

/// Who shows this token, without having said who they are (`login` with `resume`).
pub fn find_by_token(view: &mut View<'_>, now: Timestamp, token: &str) -> Result<Option<Session>> {
    let session = rows::find(view, &keys::hash(token))?;
    Ok(session.filter(|session| {
        session.account.active && session.expires_at.is_none_or(|until| now < until)
    }))
}

/// Who shows this personal access token, having said who they are by their user name or an address.
pub fn find_by_key(
    view: &mut View<'_>,
    now: Timestamp,
    name: &str,
    token: &str,
) -> Result<Option<Session>> {
    let name = key(name);
    let session = find_by_token(view, now, token)?;
    Ok(session.filter(|session| {
        let account = &session.account;
        let mut names = account.emails.iter().map(|email| &email.address);
        session.personal
            && (key(&account.username) == name || names.any(|address| key(address) == name))
    }))
}

pub fn end(cx: &mut Context<'_, '_>, hash: &str) -> Result<(), Refusal> {
    if let Some((account, true)) = rows::end(cx.tx, hash)? {
        agents::logged_out(cx.tx, cx.now, &account)?;
    }
    Ok(())
}

/// So many of somebody's log-ins are listed, the latest.
pub const MOST_LISTED: i64 = 100;

/// Where somebody is logged in, the latest first.
pub fn log_ins(view: &mut View<'_>, now: Timestamp, account: &str) -> Result<Vec<LogIn>> {
    let mut found = rows::log_ins(view, account, MOST_LISTED)?;
    found.retain(|one| one.expires_at.is_none_or(|until| now < until));
    Ok(found)
}

/// Ends one of one's own; whether there was such a one.
pub fn end_own(cx: &mut Context<'_, '_>, id: &str) -> Result<bool, Refusal> {
    let account = cx.account()?;
    let mut found = log_ins(cx.tx, cx.now, &account.id)?.into_iter();
    match found.find(|one| one.id() == id) {
        Some(one) => end(cx, &one.hash).map(|()| true),
        None => Ok(false),
    }
}

/// Logs someone out wherever they are.
pub(crate) fn end_log_ins(cx: &mut Context<'_, '_>, account: &str) -> Result<()> {
    let ended = rows::end_log_ins(cx.tx, account)?;
    rows::end_refresh(cx.tx, account)?;
    if ended > 0 {
        let out = Event::AccountLoggedOut(LoggedOut::of(account));
        record_event(cx.tx, cx.now, Subject::agent(account), &out)?;
    }
    agents::logged_out(cx.tx, cx.now, account)
}

/// Everyone who has come in with what was good until now is out: their log-ins, and their programs unless
/// the settings let these stay.
pub(crate) fn end_all(cx: &mut Context<'_, '_>, account: &str) -> Result<()> {
    end_log_ins(cx, account)?;
    let stay = settings::Accounts_personal_tokens_outlive_password;
    if !cx.policy.flag(stay) {
        rows::end_personal(cx.tx, account)?;
    }
    Ok(())
}

/// A code was right just now: this session is not asked again for a while.
pub fn verified(cx: &mut Context<'_, '_>, hash: &str) -> Result<(), Refusal> {
    rows::verified(cx.tx, cx.now, hash)?;
    Ok(())
}

/// Removes what has run out: sessions, and counts of failures that nobody needs any more.
/// Answers how many rows went; bounded, so that the caller comes again while there is more.
pub fn tidy(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<u64> {
    let expired = rows::remove_expired(tx, now, limit)?;
    let sessions = expired.len() as u64 + rows::remove_expired_refresh(tx, now, limit)?;
    let log_ins = expired.into_iter().filter(|(_, for_program)| !for_program);
    let mut ended: Vec<String> = log_ins.map(|(account, _)| account).collect();
    ended.sort_unstable();
    ended.dedup();
    for account in &ended {
        agents::logged_out(tx, now, account)?;
    }
    let failures = rows::remove_old_failures(tx, now.plus_days(-7), limit)?;
    Ok(sessions + failures)
}
