//! The steps of a log-in with a password, whichever contract asks for it: who it would be, whether
//! they are held back, whether the password is theirs, and the second factor.

use std::sync::Arc;

use hark_model::accounts::Account;
use hark_model::{Context, Refusal, settings};
use hark_staff::passwords::Offered;
use hark_staff::sessions::{self, Candidate, Entry, Held, Login, Pair, Tried};
use hark_store::Error;

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

impl From<Refusal> for Declined {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Error> for Declined {
    fn from(error: Error) -> Self {
        Self::Refused(error.into())
    }
}

/// What a log-in begins.
pub enum Begins {
    /// A session under this token.
    Session(String),
    /// The tokens of a program.
    Program(Arc<Pair>),
}

impl Begins {
    fn begin(
        &self,
        cx: &mut Context<'_, '_>,
        account: &Account,
        entry: Entry<'_>,
    ) -> Result<(), Refusal> {
        match self {
            Self::Session(token) => sessions::begin(cx, account, Some(entry), token).map(drop),
            Self::Program(pair) => sessions::begin_for_program(cx, account, entry, pair),
        }
    }
}

/// Logs in with a password, and with a code where one is wanted. What is begun is begun in the
/// same command that sees for the last time that nobody is held back.
pub async fn log_in(
    call: &Call,
    login: Login,
    offered: Offered,
    code: &str,
    begins: Begins,
) -> Result<Account, Declined> {
    let entered = enter(call, login, offered, code, begins).await;
    let outcome = entered.as_ref().map_or_else(Declined::outcome, |_| "done");
    call.wire.metrics.log_in(outcome);
    entered
}

async fn enter(
    call: &Call,
    login: Login,
    offered: Offered,
    code: &str,
    begins: Begins,
) -> Result<Account, Declined> {
    let candidate = check(call, login, offered).await?;
    if !candidate.account.active {
        return Err(Declined::NotActive);
    }
    second_factor(call, &candidate, code).await?;
    let (login, account) = (candidate.login(), candidate.account.clone());
    let held = call.command(move |call, cx| {
        let address = call.address.to_string();
        let held = sessions::turn(cx, &login, &address)?;
        if held.is_none() {
            let entry = Entry {
                login: &login,
                address: &address,
                user_agent: call.header("user-agent"),
            };
            begins.begin(cx, &account, entry)?;
        }
        Ok(held)
    });
    match held.await? {
        Some(held) => Err(Declined::Held(held)),
        None => Ok(candidate.account),
    }
}

/// Whose password it is.
async fn check(call: &Call, login: Login, offered: Offered) -> Result<Candidate, Declined> {
    let named = login.clone();
    let found = call.query(move |call, view| {
        let (policy, address) = (&call.policy, call.address.to_string());
        Ok(sessions::candidate(
            view, policy, call.now, &named, &address,
        )?)
    });
    let (candidate, held) = found.await?;
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
    let failed =
        call.command(move |call, cx| sessions::fail(cx, &login, &call.address.to_string()));
    Err(match (failed.await?, known) {
        (Some(held), _) => Declined::Held(held),
        (None, true) => Declined::WrongPassword,
        (None, false) => Declined::Unknown,
    })
}

async fn second_factor(call: &Call, candidate: &Candidate, code: &str) -> Result<(), Declined> {
    let policy = &call.policy;
    if !candidate.account.two_factor
        || !policy.flag(settings::Accounts_TwoFactorAuthentication_Enabled)
        || !policy.flag(settings::Accounts_TwoFactorAuthentication_By_TOTP_Enabled)
    {
        return Ok(());
    }
    if code.is_empty() {
        return Err(Declined::CodeWanted);
    }
    match try_totp(call, candidate.account.clone(), code.to_owned()).await? {
        Tried::Right => Ok(()),
        Tried::Held(held) => Err(Declined::Held(held)),
        Tried::Wrong => Err(Declined::WrongCode),
    }
}

/// Tries the password of an account that is logged in already. A wrong one is counted as at the
/// log-in. An account that has none has no right one.
pub async fn try_password(
    call: &Call,
    account: &Account,
    offered: Offered,
) -> Result<Tried, Refusal> {
    let id = account.id.clone();
    let stored = call.query(move |_, view| Ok(sessions::password(view, &id)?));
    let right = match stored.await? {
        Some(stored) => call.wire.verify_password(offered, stored).await?,
        None => false,
    };
    let login = Login::Username(account.username.clone());
    let tried = call.command(move |call, cx| {
        let address = call.address.to_string();
        Ok(if right {
            let held = sessions::turn(cx, &login, &address)?;
            held.map_or(Tried::Right, Tried::Held)
        } else {
            let held = sessions::fail(cx, &login, &address)?;
            held.map_or(Tried::Wrong, Tried::Held)
        })
    });
    tried.await
}

/// Tries a code of an account's second factor.
pub async fn try_totp(call: &Call, account: Account, code: String) -> Result<Tried, Refusal> {
    call.command(move |call, cx| {
        let keys = call.wire.policies.keys();
        let address = call.address.to_string();
        sessions::try_totp(cx, keys, &account, &address, &code, call.sure())
    })
    .await
}
