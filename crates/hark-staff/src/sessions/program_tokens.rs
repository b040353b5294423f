//! Tokens of programs: pairs that they renew by themselves, and personal access tokens, with which
//! they act as a person.

use hark_store::{Result, Timestamp};

use super::log_in::{Entry, entered};
use super::{Fresh, last_part, rows};
use hark_model::accounts::{self, Account};
use hark_model::{Context, Refusal, keys, settings};

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
/// agent because their script has asked for a list.
pub fn begin_for_program(
    cx: &mut Context<'_, '_>,
    account: &Account,
    entry: Entry<'_>,
    pair: &Pair,
) -> Result<(), Refusal> {
    entered(cx, account, entry)?;
    rows::note_login(cx.tx, cx.now, &account.id)?;
    give(cx, &account.id, Some(cx.now), pair)
}

/// Exchanges what renews for a new pair. Whose it is, or nobody: it was used, is too old, or its
/// owner may not come in. `sure` is the present by which it is too old.
pub fn renew_for_program(
    cx: &mut Context<'_, '_>,
    shown: &str,
    pair: &Pair,
    sure: Timestamp,
) -> Result<Option<Account>, Refusal> {
    let Some((owner, good_until)) = rows::use_refresh(cx.tx, &keys::hash(shown))? else {
        return Ok(None);
    };
    let owner = accounts::find(cx.tx, &owner)?;
    let Some(account) = owner.filter(|account| account.active && sure < good_until) else {
        return Ok(None);
    };
    give(cx, &account.id, None, pair)?;
    Ok(Some(account))
}

fn give(
    cx: &mut Context<'_, '_>,
    account: &str,
    verified_at: Option<Timestamp>,
    pair: &Pair,
) -> Result<(), Refusal> {
    rows::insert(
        cx.tx,
        &rows::New {
            hash: &keys::hash(&pair.access.token),
            account,
            personal_name: None,
            last_part: last_part(&pair.access.token),
            bypass_two_factor: false,
            verified_at,
            created_at: cx.now,
            expires_at: Some(cx.now.plus_seconds(PROGRAM_SECONDS)),
            for_program: true,
            user_agent: None,
        },
    )?;
    let until = cx
        .now
        .plus_days(cx.policy.number(settings::Accounts_LoginExpiration).max(1));
    let hash = keys::hash(&pair.refresh.token);
    rows::insert_refresh(cx.tx, &hash, account, (cx.now, until), MOST_REFRESH_TOKENS)?;
    Ok(())
}

// === personal access tokens ===

pub fn add_personal_token(
    cx: &mut Context<'_, '_>,
    name: &str,
    bypass_two_factor: bool,
    token: &str,
) -> Result<(), Refusal> {
    if name.trim().is_empty() {
        return Err(Refusal::Required("tokenName"));
    }
    let made = rows::insert(
        cx.tx,
        &rows::New {
            hash: &keys::hash(token),
            account: &cx.account()?.id,
            personal_name: Some(name),
            last_part: last_part(token),
            bypass_two_factor,
            verified_at: None,
            created_at: cx.now,
            expires_at: None,
            for_program: false,
            user_agent: None,
        },
    )?;
    if made {
        Ok(())
    } else {
        Err(Refusal::TokenNameTaken)
    }
}

/// The old token ends, a new one of the same name and rights begins.
pub fn renew_personal_token(
    cx: &mut Context<'_, '_>,
    name: &str,
    token: &str,
) -> Result<(), Refusal> {
    let account = &cx.account()?.id;
    let known = rows::personal_tokens(cx.tx, account)?;
    let old = known
        .iter()
        .find(|token| token.name == name)
        .ok_or(Refusal::NoSuchToken)?;
    rows::remove_personal_token(cx.tx, account, name)?;
    add_personal_token(cx, name, old.bypass_two_factor, token)
}

pub fn remove_personal_token(cx: &mut Context<'_, '_>, name: &str) -> Result<(), Refusal> {
    match rows::remove_personal_token(cx.tx, &cx.account()?.id, name)? {
        0 => Err(Refusal::NoSuchToken),
        _ => Ok(()),
    }
}
