//! The second factor by an app that shows codes.

use hark_store::{Result, Timestamp, View};
use serde_json::{Value, json};

use super::log_in::{Held, Login, fail, turn};
use super::rows;
use crate::totp;
use hark_model::accounts::Account;
use hark_model::keys::{self, Keyring};
use hark_model::{Context, Policy, Refusal, settings};

fn sealing_context(account: &str) -> String {
    format!("totp:{account}")
}

/// Begins to set it up: a new secret, not in force until a code shows that it arrived.
pub fn offer_totp(cx: &mut Context<'_, '_>, keys: &Keyring, secret: &[u8]) -> Result<(), Refusal> {
    let account = cx.account()?;
    if account.two_factor {
        return Err(Refusal::TwoFactorOn);
    }
    let sealed = keys.seal(&sealing_context(&account.id), secret)?;
    rows::offer_totp(cx.tx, &account.id, &sealed)?;
    Ok(())
}

/// The code shows that the secret arrived: from now on it is asked for.
pub fn confirm_totp(
    cx: &mut Context<'_, '_>,
    keys: &Keyring,
    code: &str,
    backup_codes: &[String],
    sure: Timestamp,
) -> Result<(), Refusal> {
    let account = cx.account()?;
    let pending = rows::pending_totp(cx.tx, &account.id)?.ok_or(Refusal::TwoFactorNotPending)?;
    let secret = keys.unseal(&sealing_context(&account.id), &pending)?;
    let step = matching_step(cx, &secret, code, sure).ok_or(Refusal::WrongCode)?;
    rows::confirm_totp(cx.tx, &account.id, step, &hashed(backup_codes))?;
    Ok(())
}

/// The step of a code by the time that has passed, or by what the clock says where it is not believed: the
/// clock of the app that shows codes is right by one of them.
fn matching_step(cx: &Context<'_, '_>, secret: &[u8], code: &str, sure: Timestamp) -> Option<i64> {
    let mut moments = vec![sure, cx.now];
    moments.dedup_by_key(|at| totp::step_of(*at));
    let slack = slack(cx.policy);
    moments
        .into_iter()
        .find_map(|at| totp::matching_step(secret, code, at, slack))
}

fn slack(policy: &Policy) -> i64 {
    policy
        .number(settings::Accounts_TwoFactorAuthentication_MaxDelta)
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

/// Tries a code. A wrong one counts as a failed log-in: six digits are soon guessed by anyone who may
/// try without end.
pub fn try_totp(
    cx: &mut Context<'_, '_>,
    keys: &Keyring,
    account: &Account,
    address: &str,
    code: &str,
    sure: Timestamp,
) -> Result<Tried, Refusal> {
    let login = Login::Username(account.username.clone());
    if let Some(held) = turn(cx, &login, address)? {
        return Ok(Tried::Held(held));
    }
    if use_totp(cx, keys, &account.id, code, sure)? {
        return Ok(Tried::Right);
    }
    fail(cx, &login, address)?;
    Ok(Tried::Wrong)
}

/// Whether a code is right. Each is good once: a code of the clock moves the last step on, a
/// backup code is struck off.
pub fn use_totp(
    cx: &mut Context<'_, '_>,
    keys: &Keyring,
    account: &str,
    code: &str,
    sure: Timestamp,
) -> Result<bool, Refusal> {
    let Some(factor) = rows::totp(cx.tx, account)? else {
        return Ok(false);
    };
    let secret = keys.unseal(&sealing_context(account), &factor.secret)?;
    if let Some(step) = matching_step(cx, &secret, code, sure) {
        return Ok(rows::use_step(cx.tx, account, step)? == 1);
    }
    let hash = keys::hash(code);
    let mut left: Vec<String> = factor.codes;
    let before = left.len();
    left.retain(|known| *known != hash);
    if left.len() == before {
        return Ok(false);
    }
    rows::set_codes(cx.tx, account, &json!(left))?;
    Ok(true)
}

pub fn renew_backup_codes(cx: &mut Context<'_, '_>, codes: &[String]) -> Result<(), Refusal> {
    rows::set_codes(cx.tx, &cx.account()?.id, &hashed(codes))?;
    Ok(())
}

pub fn backup_codes_left(view: &mut View<'_>, account: &str) -> Result<usize> {
    let factor = rows::totp(view, account)?;
    Ok(factor.map_or(0, |factor| factor.codes.len()))
}

pub fn switch_totp_off(cx: &mut Context<'_, '_>, account: &str) -> Result<(), Refusal> {
    rows::switch_totp_off(cx.tx, account)?;
    Ok(())
}
