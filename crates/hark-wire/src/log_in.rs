//! The steps of a log-in with a password, whichever contract asks for it: who it would be, whether
//! he is held back, whether the password is his, and the second factor.

use std::sync::Arc;

use hark_chat::accounts::Account;
use hark_chat::passwords::Offered;
use hark_chat::sessions::{self, Candidate, Held, Login, Tried};
use hark_chat::{Policy, Refusal};
use hark_store::{Error, Timestamp, Tx};

use crate::call::Call;

/// A stored password that nobody has: an unknown user takes as long as a wrong password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Zl9zJ6tqkHVUjn0T8kD2yqv2Qm9XPXaP7u4Vw8o1m1k";

/// Why someone does not come in.
pub enum Declined {
    /// There were too many attempts.
    Held(Held),
    /// There is no such account, or it has no password.
    Unknown,
    WrongPassword,
    NotActive,
    /// The password is right, and a code has to come with it.
    CodeWanted,
    WrongCode,
    Refused(Refusal),
}

impl Declined {
    /// For the metrics.
    const fn outcome(&self) -> &'static str {
        match self {
            Self::Held(_) => "held back",
            Self::Unknown | Self::WrongPassword | Self::WrongCode => "refused",
            Self::NotActive => "not active",
            Self::CodeWanted => "code asked for",
            Self::Refused(_) => "failed",
        }
    }
}

impl From<Error> for Declined {
    fn from(error: Error) -> Self {
        Self::Refused(error.into())
    }
}

/// Logs in with a password, and with a code where one is wanted: `begin` makes the session in the
/// same command that sees for the last time that nobody is held back.
pub async fn log_in(
    call: &Call,
    login: Login,
    offered: Offered,
    code: &str,
    begin: impl Fn(&mut Tx<'_>, Timestamp, &Policy, &Account, &Login) -> Result<(), Error>
    + Send
    + 'static,
) -> Result<Account, Declined> {
    let entered = enter(call, login, offered, code, begin).await;
    let outcome = entered.as_ref().map_or_else(Declined::outcome, |_| "done");
    call.wire.metrics.log_in(outcome);
    entered
}

async fn enter(
    call: &Call,
    login: Login,
    offered: Offered,
    code: &str,
    begin: impl Fn(&mut Tx<'_>, Timestamp, &Policy, &Account, &Login) -> Result<(), Error>
    + Send
    + 'static,
) -> Result<Account, Declined> {
    let address = call.address.to_string();
    let candidate = check(call, login, offered, &address).await?;
    if !candidate.account.active {
        return Err(Declined::NotActive);
    }
    second_factor(call, &candidate, &address, code).await?;
    let (policy, now, login) = (Arc::clone(&call.policy), call.now, candidate.login());
    let account = candidate.account.clone();
    let enter = move |tx: &mut Tx<'_>| -> Result<Option<Held>, Error> {
        let held = sessions::turn(tx, &policy, now, &login, &address)?;
        if held.is_none() {
            begin(tx, now, &policy, &account, &login)?;
        }
        Ok(held)
    };
    match call.wire.store.write(enter).await? {
        Some(held) => Err(Declined::Held(held)),
        None => Ok(candidate.account),
    }
}

/// Whose password it is.
async fn check(
    call: &Call,
    login: Login,
    offered: Offered,
    address: &str,
) -> Result<Candidate, Declined> {
    let (policy, now) = (Arc::clone(&call.policy), call.now);
    let (named, from) = (login.clone(), address.to_owned());
    let store = &call.wire.store;
    let (candidate, held) = store
        .read(move |view| sessions::candidate(view, &policy, now, &named, &from))
        .await?;
    if let Some(held) = held {
        return Err(Declined::Held(held));
    }
    let stored = candidate
        .as_ref()
        .and_then(|candidate| candidate.password.clone());
    let known = stored.is_some();
    let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
    let right = call.wire.verify_password(offered, stored).await?;
    let login = candidate.as_ref().map_or(login, Candidate::login);
    if let Some(candidate) = candidate.filter(|_| known && right) {
        return Ok(candidate);
    }
    let (policy, from) = (Arc::clone(&call.policy), address.to_owned());
    let fail = move |tx: &mut Tx<'_>| sessions::fail(tx, &policy, now, &login, &from);
    Err(match (store.write(fail).await?, known) {
        (Some(held), _) => Declined::Held(held),
        (None, true) => Declined::WrongPassword,
        (None, false) => Declined::Unknown,
    })
}

async fn second_factor(
    call: &Call,
    candidate: &Candidate,
    address: &str,
    code: &str,
) -> Result<(), Declined> {
    let policy = Arc::clone(&call.policy);
    if !candidate.account.two_factor
        || !policy.flag("Accounts_TwoFactorAuthentication_Enabled")
        || !policy.flag("Accounts_TwoFactorAuthentication_By_TOTP_Enabled")
    {
        return Ok(());
    }
    if code.is_empty() {
        return Err(Declined::CodeWanted);
    }
    let (keys, now, account) = (
        Arc::clone(call.wire.policies.keys()),
        call.now,
        candidate.account.clone(),
    );
    let (address, code) = (address.to_owned(), code.to_owned());
    let attempt = move |tx: &mut Tx<'_>| {
        sessions::try_totp(tx, now, &keys, &policy, &account, &address, &code)
    };
    match call.wire.store.write(attempt).await {
        Ok(Tried::Right) => Ok(()),
        Ok(Tried::Held(held)) => Err(Declined::Held(held)),
        Ok(Tried::Wrong) => Err(Declined::WrongCode),
        Err(refusal) => Err(Declined::Refused(refusal)),
    }
}
