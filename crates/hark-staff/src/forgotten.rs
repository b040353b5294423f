//! A forgotten password: a letter with a link to the address of an account, and the new password that is
//! chosen behind it. Nobody is told whether there is such an account.

use hark_chat::mail::{self, NewMail};
use hark_store::{Result, Timestamp, View};

use crate::accounts::{locked, set_password};
use crate::sessions;
use hark_model::accounts::{self, Account};
use hark_model::events::{Event, PasswordForgotten, Subject, record_event};
use hark_model::keys::{self, Keyring};
use hark_model::text::key;
use hark_model::{Context, Refusal, settings};

/// How long a link is good.
pub const LINK_SECONDS: i64 = 3_600;
/// Letters for one account. Of a name that nobody has as many are counted, so that nothing tells them apart.
pub const MOST_LETTERS: i64 = 5;
/// For so long there are none after that.
const REST_MILLIS: i64 = 86_400_000;
/// No account is called longer than that.
const LONGEST_NAME: usize = 320;

/// To what the token in a link is sealed.
const PURPOSE: &str = "forgotten password";

/// What the token in a link says. It is good once: with another password it is not good any more.
struct Link {
    account: String,
    until: Timestamp,
    /// Of the password of then.
    digest: String,
}

impl Link {
    fn digest(view: &mut View<'_>, account: &str) -> Result<String> {
        let stored = sessions::password(view, account)?;
        Ok(keys::hash(&stored.unwrap_or_default()))
    }

    fn seal(&self, keys: &Keyring) -> Result<String, Refusal> {
        let said = format!("{}\n{}\n{}", self.account, self.until.millis(), self.digest);
        Ok(keys.seal_token(PURPOSE, said.as_bytes())?)
    }

    fn open(keys: &Keyring, token: &str) -> Option<Self> {
        let said = String::from_utf8(keys.unseal_token(PURPOSE, token).ok()?).ok()?;
        let mut lines = said.lines();
        Some(Self {
            account: lines.next()?.to_owned(),
            until: Timestamp::from_millis(lines.next()?.parse().ok()?),
            digest: lines.next()?.to_owned(),
        })
    }

    fn is_good(&self, view: &mut View<'_>, now: Timestamp) -> Result<bool> {
        Ok(now < self.until && Self::digest(view, &self.account)? == self.digest)
    }
}

/// Mails a link to whoever is called like that, by their user name or their address. `page` is where it leads.
pub fn write(
    cx: &mut Context<'_, '_>,
    keys: &Keyring,
    name: &str,
    page: &str,
) -> Result<(), Refusal> {
    let name = name.trim();
    if !cx.policy.flag(settings::Accounts_PasswordReset) || name.len() > LONGEST_NAME {
        return Ok(());
    }
    let account = match accounts::find_by_username(cx.tx, name)? {
        Some(account) => Some(account),
        None => accounts::find_by_email(cx.tx, name)?,
    };
    let subject = match &account {
        Some(account) => format!("forgotten:{}", account.id),
        None => format!("forgotten: {}", key(name)),
    };
    sessions::enter(cx.tx, cx.now, &subject)?;
    let before = sessions::failures(cx.tx, &subject)?;
    let rests = |last: Timestamp| cx.now.millis_since(last).abs() < REST_MILLIS;
    if before.is_some_and(|before| before.count >= MOST_LETTERS && rests(before.last_at)) {
        return Ok(());
    }
    sessions::count_failure(cx.tx, cx.now, &subject, MOST_LETTERS)?;
    match account.filter(|account| account.active) {
        Some(account) => write_to(cx, keys, &account, page),
        None => Ok(()),
    }
}

fn write_to(
    cx: &mut Context<'_, '_>,
    keys: &Keyring,
    account: &Account,
    page: &str,
) -> Result<(), Refusal> {
    let Some(email) = account.emails.first() else {
        return Ok(());
    };
    let link = Link {
        account: account.id.clone(),
        until: cx.now.plus_seconds(LINK_SECONDS),
        digest: Link::digest(cx.tx, &account.id)?,
    };
    let token = link.seal(keys)?;
    let site = cx.policy.text(settings::Site_Name);
    let subject = mail::one_line(&format!("A new password for {site}"), 200);
    let known = [("Log-in name", account.username.as_str())];
    let words = format!(
        "Choose a new password here, within an hour:\n\n{page}#{token}\n\n\
         Somebody has asked for this at the log-in. If it was not you, leave this mail alone: your password stays as it is."
    );
    let mail = NewMail {
        recipient: &email.address,
        reply_to: None,
        subject: &subject,
        body: mail::note(&subject, &known, &words),
    };
    match mail::send(cx, &mail) {
        Err(Refusal::Store(error)) => return Err(error.into()),
        // Where no mail goes out nobody gets a link, and still nobody is told why.
        Err(_) => return Ok(()),
        Ok(_) => {}
    }
    // Which also says that a mail waits.
    let written = Event::PasswordForgotten(PasswordForgotten::of(&account.id));
    record_event(cx.tx, cx.now, Subject::agent(&account.id), &written)?;
    Ok(())
}

/// Whose link it is, if it is good: whoever has it acts as them.
pub fn owner_of_link(
    view: &mut View<'_>,
    now: Timestamp,
    keys: &Keyring,
    token: &str,
) -> Result<Option<Account>> {
    match Link::open(keys, token) {
        Some(link) if link.is_good(view, now)? => {
            let account = accounts::find(view, &link.account)?;
            Ok(account.filter(|account| account.active))
        }
        _ => Ok(None),
    }
}

/// Sets the password of the one who acts, who is logged out everywhere; whether their link was good still.
pub fn renew_password(
    cx: &mut Context<'_, '_>,
    keys: &Keyring,
    token: &str,
    hash: &str,
) -> Result<bool, Refusal> {
    let id = cx.account()?.id.clone();
    let link = Link::open(keys, token).filter(|link| link.account == id);
    let Some(link) = link.filter(|_| cx.policy.flag(settings::Accounts_PasswordReset)) else {
        return Ok(false);
    };
    let account = locked(cx, &id)?;
    if !account.active || !link.is_good(cx.tx, cx.now)? {
        return Ok(false);
    }
    set_password(cx, &id, hash, false)?;
    sessions::forget_failures(cx.tx, &format!("forgotten:{id}"))?;
    Ok(true)
}
