//! Sessions: who is logged in, by password or by a personal access token, and the second factor.
//!
//! A log-in has three steps, because checking a password takes longer than a transaction may:
//! [`candidate`] looks up who it would be and whether he is held back, the caller checks the
//! password, and [`fail`] or [`begin`] writes down how it went.

pub(crate) mod rows;

use hark_store::{Error, NewEvent, Timestamp, Tx, View, log};
use serde_json::{Value, json};

use crate::accounts::{self, Account};
use crate::keys::{self, Keyring};
use crate::{Policy, Refusal, agents, totp};

/// A caller who has shown a valid token.
#[derive(Debug, Clone)]
pub struct Session {
    pub account: Account,
    pub hash: String,
    pub personal: bool,
    pub bypass_two_factor: bool,
    pub verified_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    /// Given to a program, which makes nobody present.
    pub for_program: bool,
}

/// How someone names himself at the log-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    Username(String),
    Email(String),
}

impl Login {
    fn subject(&self) -> String {
        match self {
            Self::Username(name) | Self::Email(name) => {
                format!("user:{}", accounts::rows::key(name))
            }
        }
    }
}

fn address_subject(address: &str) -> String {
    format!("ip:{address}")
}

/// Who would be logged in, with what is needed to check that it is he.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub account: Account,
    pub password: Option<String>,
}

impl Candidate {
    /// The name under which attempts are counted, whichever of his names was given.
    pub fn login(&self) -> Login {
        Login::Username(self.account.username.clone())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    User,
    Address,
}

/// Looks up the account, and whether too many attempts hold it or this address back.
pub fn candidate(
    view: &mut View<'_>,
    policy: &Policy,
    now: Timestamp,
    login: &Login,
    address: &str,
) -> Result<(Option<Candidate>, Option<Held>), Error> {
    let account = match login {
        Login::Username(name) => accounts::find_by_username(view, name)?,
        Login::Email(name) => accounts::find_by_email(view, name)?,
    };
    let candidate = match account {
        Some(account) => {
            let password = rows::password(view, &account.id)?;
            Some(Candidate { account, password })
        }
        None => None,
    };
    let login = candidate
        .as_ref()
        .map_or_else(|| login.clone(), Candidate::login);
    let held = held(view, policy, now, &login, address)?;
    Ok((candidate, held))
}

fn held(
    view: &mut View<'_>,
    policy: &Policy,
    now: Timestamp,
    login: &Login,
    address: &str,
) -> Result<Option<Held>, Error> {
    if !policy.flag("Block_Multiple_Failed_Logins_Enabled") {
        return Ok(None);
    }
    let mut over = |subject: &str, attempts: &str, minutes: &str| -> Result<bool, Error> {
        let Some(failures) = rows::failures(view, subject)? else {
            return Ok(false);
        };
        let until = failures.last_at.plus_seconds(60 * policy.int(minutes));
        Ok(failures.count >= policy.int(attempts) && now < until)
    };
    if policy.flag("Block_Multiple_Failed_Logins_By_User")
        && over(
            &login.subject(),
            "Block_Multiple_Failed_Logins_Attempts_Until_Block_by_User",
            "Block_Multiple_Failed_Logins_Time_To_Unblock_By_User_In_Minutes",
        )?
    {
        return Ok(Some(Held::User));
    }
    if policy.flag("Block_Multiple_Failed_Logins_By_Ip")
        && over(
            &address_subject(address),
            "Block_Multiple_Failed_Logins_Attempts_Until_Block_By_Ip",
            "Block_Multiple_Failed_Logins_Time_To_Unblock_By_Ip_In_Minutes",
        )?
    {
        return Ok(Some(Held::Address));
    }
    Ok(None)
}

/// Whether this attempt is held back, seen where it is decided: attempts that are made at once
/// take turns here, so that none of them slips past the count of the others.
pub fn turn(
    tx: &mut Tx<'_>,
    policy: &Policy,
    now: Timestamp,
    login: &Login,
    address: &str,
) -> Result<Option<Held>, Error> {
    rows::enter(tx, now, &login.subject())?;
    rows::enter(tx, now, &address_subject(address))?;
    held(tx, policy, now, login, address)
}

/// Counts a failed attempt, unless it is held back by now. A count that has rested for a day
/// starts again.
pub fn fail(
    tx: &mut Tx<'_>,
    policy: &Policy,
    now: Timestamp,
    login: &Login,
    address: &str,
) -> Result<Option<Held>, Error> {
    let held = turn(tx, policy, now, login, address)?;
    if held.is_none() {
        rows::count_failure(tx, now, &login.subject())?;
        rows::count_failure(tx, now, &address_subject(address))?;
    }
    Ok(held)
}

/// A token that was just made: shown once, kept as its hash.
pub struct Fresh {
    pub token: String,
}

impl Fresh {
    pub fn make() -> Result<Self, Refusal> {
        keys::token()
            .map(|token| Self { token })
            .map_err(|error| Refusal::Store(Error::Unavailable(error.to_string())))
    }
}

/// The log-in succeeded: forgets the failures of this name and begins a session. The password
/// has just been shown, so the session counts as verified.
pub fn begin(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    account: &Account,
    login: Option<&Login>,
    token: &str,
) -> Result<Timestamp, Error> {
    if let Some(login) = login {
        rows::forget_failures(tx, &login.subject())?;
    }
    let expires = now.plus_days(policy.int("Accounts_LoginExpiration").max(1));
    rows::insert(
        tx,
        &rows::New {
            hash: &keys::hash(token),
            account: &account.id,
            personal_name: None,
            last_part: last_part(token),
            bypass_two_factor: false,
            verified_at: Some(now),
            created_at: now,
            expires_at: Some(expires),
            for_program: false,
        },
    )?;
    rows::note_login(tx, now, &account.id)?;
    agents::logged_in(tx, now, policy, account)?;
    Ok(expires)
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
) -> Result<Option<Session>, Error> {
    let session = rows::find(view, &keys::hash(token))?;
    Ok(session.filter(|session| {
        session.account.id == account
            && session.account.active
            && session.expires_at.is_none_or(|until| now < until)
    }))
}

/// Who shows this token, without having said who he is (`login` with `resume`).
pub fn find_by_token(
    view: &mut View<'_>,
    now: Timestamp,
    token: &str,
) -> Result<Option<Session>, Error> {
    let session = rows::find(view, &keys::hash(token))?;
    Ok(session.filter(|session| {
        session.account.active && session.expires_at.is_none_or(|until| now < until)
    }))
}

/// Who shows this personal access token, having said who he is by his user name or an address.
pub fn find_by_key(
    view: &mut View<'_>,
    now: Timestamp,
    name: &str,
    token: &str,
) -> Result<Option<Session>, Error> {
    let name = accounts::rows::key(name);
    let session = find_by_token(view, now, token)?;
    Ok(session.filter(|session| {
        let account = &session.account;
        let mut names = account.emails.iter().map(|email| &email.address);
        session.personal
            && (accounts::rows::key(&account.username) == name
                || names.any(|address| accounts::rows::key(address) == name))
    }))
}

/// The stored password of an account, to check one that is offered.
pub fn password(view: &mut View<'_>, account: &str) -> Result<Option<String>, Error> {
    rows::password(view, account)
}

pub fn end(tx: &mut Tx<'_>, now: Timestamp, hash: &str) -> Result<(), Error> {
    match rows::end(tx, hash)? {
        Some((account, true)) => agents::logged_out(tx, now, &account),
        _ => Ok(()),
    }
}

/// Logs someone out wherever he is.
pub(crate) fn end_log_ins(tx: &mut Tx<'_>, now: Timestamp, account: &str) -> Result<(), Error> {
    let ended = rows::end_log_ins(tx, account)?;
    rows::end_refresh(tx, account)?;
    if ended > 0 {
        let event = NewEvent {
            agent: Some(account),
            ..NewEvent::plain("account.loggedout", json!({"account": {"id": account}}))
        };
        log::append(tx, now, &event)?;
    }
    agents::logged_out(tx, now, account)
}

/// A code was right just now: this session is not asked again for a while.
pub fn verified(tx: &mut Tx<'_>, now: Timestamp, hash: &str) -> Result<(), Error> {
    rows::verified(tx, now, hash).map(drop)
}

// === tokens for programs ===

/// How long a program's token is good, in seconds.
pub const PROGRAM_SECONDS: i64 = 43_199;
/// What renews the tokens of one account, at once. The oldest gives way.
const MOST_REFRESH_TOKENS: i64 = 100;

/// What a program gets: its token, and what renews it.
pub struct Pair {
    pub access: Fresh,
    pub refresh: Fresh,
}

impl Pair {
    pub fn make() -> Result<Self, Refusal> {
        let (access, refresh) = (Fresh::make()?, Fresh::make()?);
        Ok(Self { access, refresh })
    }
}

/// A program comes in with its owner's password, which makes nobody present: no chats come to an
/// agent because his script has asked for a list.
pub fn begin_for_program(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    account: &Account,
    login: &Login,
    pair: &Pair,
) -> Result<(), Error> {
    rows::forget_failures(tx, &login.subject())?;
    rows::note_login(tx, now, &account.id)?;
    give(tx, now, policy, &account.id, Some(now), pair)
}

/// Exchanges what renews for a new pair. Whose it is, or nobody: it was used, is too old, or its
/// owner may not come in.
pub fn renew_for_program(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    shown: &str,
    pair: &Pair,
) -> Result<Option<Account>, Error> {
    let Some((owner, good_until)) = rows::use_refresh(tx, &keys::hash(shown))? else {
        return Ok(None);
    };
    let owner = accounts::find(tx, &owner)?;
    let Some(account) = owner.filter(|account| account.active && now < good_until) else {
        return Ok(None);
    };
    give(tx, now, policy, &account.id, None, pair)?;
    Ok(Some(account))
}

fn give(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    account: &str,
    verified_at: Option<Timestamp>,
    pair: &Pair,
) -> Result<(), Error> {
    rows::insert(
        tx,
        &rows::New {
            hash: &keys::hash(&pair.access.token),
            account,
            personal_name: None,
            last_part: last_part(&pair.access.token),
            bypass_two_factor: false,
            verified_at,
            created_at: now,
            expires_at: Some(now.plus_seconds(PROGRAM_SECONDS)),
            for_program: true,
        },
    )?;
    let until = now.plus_days(policy.int("Accounts_LoginExpiration").max(1));
    let hash = keys::hash(&pair.refresh.token);
    rows::insert_refresh(tx, &hash, account, (now, until), MOST_REFRESH_TOKENS)
}

// === personal access tokens ===

#[derive(Debug, Clone)]
pub struct PersonalToken {
    pub name: String,
    pub last_part: String,
    pub bypass_two_factor: bool,
    pub created_at: Timestamp,
}

pub fn personal_tokens(view: &mut View<'_>, account: &str) -> Result<Vec<PersonalToken>, Error> {
    rows::personal_tokens(view, account)
}

pub fn add_personal_token(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &str,
    name: &str,
    bypass_two_factor: bool,
    token: &str,
) -> Result<(), Refusal> {
    if name.trim().is_empty() {
        return Err(Refusal::Required("tokenName"));
    }
    let made = rows::insert(
        tx,
        &rows::New {
            hash: &keys::hash(token),
            account,
            personal_name: Some(name),
            last_part: last_part(token),
            bypass_two_factor,
            verified_at: None,
            created_at: now,
            expires_at: None,
            for_program: false,
        },
    )?;
    match made {
        0 => Err(Refusal::TokenNameTaken),
        _ => Ok(()),
    }
}

/// The old token ends, a new one of the same name and rights begins.
pub fn renew_personal_token(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &str,
    name: &str,
    token: &str,
) -> Result<(), Refusal> {
    let known = rows::personal_tokens(tx, account)?;
    let old = known
        .iter()
        .find(|token| token.name == name)
        .ok_or(Refusal::NoSuchToken)?;
    rows::remove_personal_token(tx, account, name)?;
    add_personal_token(tx, now, account, name, old.bypass_two_factor, token)
}

pub fn remove_personal_token(tx: &mut Tx<'_>, account: &str, name: &str) -> Result<(), Refusal> {
    match rows::remove_personal_token(tx, account, name)? {
        0 => Err(Refusal::NoSuchToken),
        _ => Ok(()),
    }
}

// === the second factor ===

fn totp_place(account: &str) -> String {
    format!("totp:{account}")
}

fn sealed(error: &keys::KeyError) -> Refusal {
    Refusal::Store(Error::Unavailable(error.to_string()))
}

/// Begins to set it up: a new secret, not in force until a code shows that it arrived.
pub fn offer_totp(
    tx: &mut Tx<'_>,
    keys: &Keyring,
    account: &Account,
    secret: &[u8],
) -> Result<(), Refusal> {
    if account.two_factor {
        return Err(Refusal::TwoFactorOn);
    }
    let sealed = keys
        .seal(&totp_place(&account.id), secret)
        .map_err(|error| sealed(&error))?;
    rows::offer_totp(tx, &account.id, &sealed)?;
    Ok(())
}

/// The code shows that the secret arrived: from now on it is asked for.
pub fn confirm_totp(
    tx: &mut Tx<'_>,
    now: Timestamp,
    keys: &Keyring,
    policy: &Policy,
    account: &Account,
    code: &str,
    backup_codes: &[String],
) -> Result<(), Refusal> {
    let pending = rows::pending_totp(tx, &account.id)?.ok_or(Refusal::TwoFactorNotPending)?;
    let secret = keys
        .unseal(&totp_place(&account.id), &pending)
        .map_err(|error| sealed(&error))?;
    let step = totp::matching_step(&secret, code, now, slack(policy)).ok_or(Refusal::WrongCode)?;
    rows::confirm_totp(tx, &account.id, step, &hashed(backup_codes))?;
    Ok(())
}

fn slack(policy: &Policy) -> i64 {
    policy
        .int("Accounts_TwoFactorAuthentication_MaxDelta")
        .clamp(0, 20)
}

fn hashed(codes: &[String]) -> Value {
    json!(
        codes
            .iter()
            .map(|code| keys::hash(code))
            .collect::<Vec<_>>()
    )
}

/// What came of a code that someone sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    Right,
    Wrong,
    Held(Held),
}

/// Tries a code. A wrong one counts as a failed log-in: six digits are soon guessed by whoever may
/// try without end.
pub fn try_totp(
    tx: &mut Tx<'_>,
    now: Timestamp,
    keys: &Keyring,
    policy: &Policy,
    account: &Account,
    address: &str,
    code: &str,
) -> Result<Tried, Refusal> {
    let login = Login::Username(account.username.clone());
    if let Some(held) = turn(tx, policy, now, &login, address)? {
        return Ok(Tried::Held(held));
    }
    if use_totp(tx, now, keys, policy, &account.id, code)? {
        return Ok(Tried::Right);
    }
    fail(tx, policy, now, &login, address)?;
    Ok(Tried::Wrong)
}

/// Whether a code is right. Each is good once: a code of the clock moves the last step on, a
/// backup code is struck off.
pub fn use_totp(
    tx: &mut Tx<'_>,
    now: Timestamp,
    keys: &Keyring,
    policy: &Policy,
    account: &str,
    code: &str,
) -> Result<bool, Refusal> {
    let Some(factor) = rows::totp(tx, account)? else {
        return Ok(false);
    };
    let secret = keys
        .unseal(&totp_place(account), &factor.secret)
        .map_err(|error| sealed(&error))?;
    if let Some(step) = totp::matching_step(&secret, code, now, slack(policy)) {
        return Ok(rows::use_step(tx, account, step)? == 1);
    }
    let hash = keys::hash(code);
    let mut left: Vec<String> = factor.codes;
    let before = left.len();
    left.retain(|known| *known != hash);
    if left.len() == before {
        return Ok(false);
    }
    rows::set_codes(tx, account, &json!(left))?;
    Ok(true)
}

pub fn renew_backup_codes(tx: &mut Tx<'_>, account: &str, codes: &[String]) -> Result<(), Error> {
    rows::set_codes(tx, account, &hashed(codes)).map(drop)
}

pub fn backup_codes_left(view: &mut View<'_>, account: &str) -> Result<usize, Error> {
    let factor = rows::totp(view, account)?;
    Ok(factor.map_or(0, |factor| factor.codes.len()))
}

pub fn switch_totp_off(tx: &mut Tx<'_>, account: &str) -> Result<(), Error> {
    rows::switch_totp_off(tx, account).map(drop)
}

/// Removes what has run out: sessions, and counts of failures that nobody needs any more.
/// Answers how many rows went; bounded, so that the caller comes again while there is more.
pub fn tidy(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<u64, Error> {
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
