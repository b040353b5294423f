//! The log-in. It has three steps, because checking a password takes longer than a transaction may:
//! [`candidate`] looks up who it would be and whether they are held back, the caller checks the
//! password, and [`fail`] or [`begin`] writes down how it went.

use hark_store::{Result, Timestamp, View};

use super::{last_part, rows};
use crate::agents;
use hark_model::accounts::{self, Account};
use hark_model::settings::{self, Number};
use hark_model::text::key;
use hark_model::{Context, Policy, Refusal, keys, network};

/// How someone names themselves at the log-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    Username(String),
    Email(String),
}

impl Login {
    pub(super) fn subject(&self) -> String {
        match self {
            Self::Username(name) | Self::Email(name) => {
                format!("user:{}", key(name))
            }
        }
    }
}

/// The network of an address, where it is one.
fn network_of(address: &str) -> String {
    match address.parse() {
        Ok(address) => network::of(address).to_string(),
        Err(_) => address.to_owned(),
    }
}

/// From how many places an account is known at once. The one seen longest ago gives way.
pub const MOST_PLACES: i64 = 10;

/// A user name at the network of an address, as it is kept: it tells neither.
fn place(login: &Login, address: &str) -> String {
    keys::hash(&format!("{} {}", login.subject(), network_of(address)))
}

/// Under what an attempt is counted.
struct Subjects {
    name: String,
    address: String,
    /// Whether the owner of the name has logged in from there before. Attempts from such a place are
    /// counted apart, and what others try there under other names does not hold them back: neither
    /// strangers elsewhere nor those behind the same address keep the owner out.
    is_known: bool,
}

impl Subjects {
    fn of(view: &mut View<'_>, login: &Login, address: &str) -> Result<Self> {
        let name = login.subject();
        let place = place(login, address);
        let is_known = rows::is_known(view, &place)?;
        Ok(Self {
            name: if is_known {
                format!("{name} {place}")
            } else {
                name
            },
            address: format!("{OF_ADDRESS}{}", network_of(address)),
            is_known,
        })
    }
}

/// How the subjects begin under which the attempts from an address are counted.
const OF_ADDRESS: &str = "ip:";

/// Who would be logged in, with what is needed to check that it is they.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub account: Account,
    pub password: Option<String>,
}

impl Candidate {
    /// The name under which attempts are counted, whichever of their names was given.
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
) -> Result<(Option<Candidate>, Option<Held>)> {
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
    let subjects = Subjects::of(view, &login, address)?;
    let held = held(view, policy, now, &subjects)?;
    Ok((candidate, held))
}

fn held(
    view: &mut View<'_>,
    policy: &Policy,
    now: Timestamp,
    subjects: &Subjects,
) -> Result<Option<Held>> {
    if !policy.flag(settings::Block_Multiple_Failed_Logins_Enabled) {
        return Ok(None);
    }
    let mut over = |subject: &str, attempts: Number, minutes: Number| -> Result<bool> {
        let Some(failures) = rows::failures(view, subject)? else {
            return Ok(false);
        };
        // What failed later by more than that was written down by a clock that was ahead.
        let since = now.millis_since(failures.last_at).abs();
        let is_near = since < policy.number(minutes).saturating_mul(60_000);
        Ok(failures.count >= policy.number(attempts) && is_near)
    };
    if policy.flag(settings::Block_Multiple_Failed_Logins_By_User)
        && over(
            &subjects.name,
            settings::Block_Multiple_Failed_Logins_Attempts_Until_Block_by_User,
            settings::Block_Multiple_Failed_Logins_Time_To_Unblock_By_User_In_Minutes,
        )?
    {
        return Ok(Some(Held::User));
    }
    if policy.flag(settings::Block_Multiple_Failed_Logins_By_Ip)
        && !subjects.is_known
        && over(
            &subjects.address,
            settings::Block_Multiple_Failed_Logins_Attempts_Until_Block_By_Ip,
            settings::Block_Multiple_Failed_Logins_Time_To_Unblock_By_Ip_In_Minutes,
        )?
    {
        return Ok(Some(Held::Address));
    }
    Ok(None)
}

/// Whether this attempt is held back, seen where it is decided: attempts that are made at once
/// take turns here, so that none of them slips past the count of the others.
pub fn turn(
    cx: &mut Context<'_, '_>,
    login: &Login,
    address: &str,
) -> Result<Option<Held>, Refusal> {
    let subjects = Subjects::of(cx.tx, login, address)?;
    take_turn(cx, &subjects)
}

fn take_turn(cx: &mut Context<'_, '_>, subjects: &Subjects) -> Result<Option<Held>, Refusal> {
    rows::enter(cx.tx, cx.now, &subjects.name)?;
    rows::enter(cx.tx, cx.now, &subjects.address)?;
    Ok(held(cx.tx, cx.policy, cx.now, subjects)?)
}

/// Counts a failed attempt, unless it is held back by now. A count that has rested for a day, or
/// has held somebody back, starts again.
pub fn fail(
    cx: &mut Context<'_, '_>,
    login: &Login,
    address: &str,
) -> Result<Option<Held>, Refusal> {
    let subjects = Subjects::of(cx.tx, login, address)?;
    let held = take_turn(cx, &subjects)?;
    if held.is_none() {
        let most = |attempts| cx.policy.number(attempts);
        let by_user = settings::Block_Multiple_Failed_Logins_Attempts_Until_Block_by_User;
        let by_address = settings::Block_Multiple_Failed_Logins_Attempts_Until_Block_By_Ip;
        rows::count_failure(cx.tx, cx.now, &subjects.name, most(by_user))?;
        rows::count_failure(cx.tx, cx.now, &subjects.address, most(by_address))?;
    }
    Ok(held)
}

/// How somebody came in, from which address, and with which program, as it names itself.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'e> {
    pub login: &'e Login,
    pub address: &'e str,
    pub user_agent: Option<&'e str>,
}

/// What is kept of a program's name.
const LONGEST_USER_AGENT: usize = 300;

/// Forgets the failures of this name here, and remembers that its owner comes in from here.
pub(super) fn entered(
    cx: &mut Context<'_, '_>,
    account: &Account,
    entry: Entry<'_>,
) -> Result<(), Refusal> {
    let Entry { login, address, .. } = entry;
    let subjects = Subjects::of(cx.tx, login, address)?;
    rows::forget_failures(cx.tx, &subjects.name)?;
    let place = place(login, address);
    rows::know(cx.tx, cx.now, &account.id, &place, MOST_PLACES)?;
    Ok(())
}

/// Nobody is held back any more who tries this name.
pub(crate) fn forgive(cx: &mut Context<'_, '_>, account: &Account) -> Result<(), Refusal> {
    let login = Login::Username(account.username.clone());
    rows::forget_all_failures(cx.tx, &login.subject())?;
    Ok(())
}

/// No address is held back any more. The operator may say so, who does not know at which one somebody
/// is kept out.
pub fn forgive_addresses(cx: &mut Context<'_, '_>) -> Result<(), Refusal> {
    rows::forget_failures_that_begin_with(cx.tx, OF_ADDRESS)?;
    Ok(())
}

/// The log-in succeeded: begins a session. The password has just been shown, so the session
/// counts as verified.
pub fn begin(
    cx: &mut Context<'_, '_>,
    account: &Account,
    entry: Option<Entry<'_>>,
    token: &str,
) -> Result<Timestamp, Refusal> {
    if let Some(entry) = entry {
        entered(cx, account, entry)?;
    }
    let expires = cx
        .now
        .plus_days(cx.policy.number(settings::Accounts_LoginExpiration).max(1));
    rows::insert(
        cx.tx,
        &rows::New {
            hash: &keys::hash(token),
            account: &account.id,
            personal_name: None,
            last_part: last_part(token),
            bypass_two_factor: false,
            verified_at: Some(cx.now),
            created_at: cx.now,
            expires_at: Some(expires),
            for_program: false,
            user_agent: entry
                .and_then(|entry| entry.user_agent)
                .filter(|name| name.len() <= LONGEST_USER_AGENT),
        },
    )?;
    rows::note_login(cx.tx, cx.now, &account.id)?;
    agents::logged_in(cx, account)?;
    Ok(expires)
}
