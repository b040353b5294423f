//! Web sites that say who their visitors are, and the secrets and public keys by which their word is
//! known.

mod rows;
mod secret;

use std::time::Duration;

use hark_store::{Result, Timestamp, Tx, View};
use serde_json::Value;

pub(crate) use self::rows::{ALL, WRITES};
pub use self::secret::{Algorithm, Secret};
use hark_model::events::{Event, SiteChanged, Subject, record_event};
use hark_model::keys::LONGEST_OVERLAP;
use hark_model::{Context, Keyring, Refusal};

/// A site, with what is good of its secrets, the newest first.
pub struct Site {
    pub id: String,
    pub name: String,
    pub secrets: Vec<Secret>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

pub const MOST: usize = 50;
const LONGEST_NAME: usize = 200;
/// Old secrets that may still be good.
const MOST_SECRETS: usize = 10;

pub fn all(view: &mut View<'_>, keys: &Keyring, now: Timestamp) -> Result<Vec<Site>> {
    let stored = rows::all(view)?;
    Ok(stored.into_iter().map(|row| open(row, keys, now)).collect())
}

fn sealing_context(id: &str) -> String {
    format!("site:{id}")
}

fn open(row: rows::Stored, keys: &Keyring, now: Timestamp) -> Site {
    let opened = keys.unseal(&sealing_context(&row.id), &row.secrets).ok();
    let parsed = opened.and_then(|plain| serde_json::from_slice::<Vec<Value>>(&plain).ok());
    if parsed.is_none() {
        tracing::error!(site = row.id, "the secrets of a site cannot be opened");
    }
    let secrets = parsed.iter().flatten().filter_map(Secret::from_json);
    Site {
        secrets: secrets.filter(|secret| secret.is_good_at(now)).collect(),
        id: row.id,
        name: row.name,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

fn seal(keys: &Keyring, id: &str, secrets: &[Secret]) -> Result<Vec<u8>, Refusal> {
    let plain: Vec<Value> = secrets.iter().map(Secret::to_json).collect();
    let plain = Value::Array(plain).to_string();
    Ok(keys.seal(&sealing_context(id), plain.as_bytes())?)
}

/// Makes a site whose word is known by this secret.
pub fn create(
    cx: &mut Context<'_, '_>,
    keys: &Keyring,
    name: &str,
    secret: &Secret,
) -> Result<Site, Refusal> {
    let name = name.trim();
    if name.chars().nth(LONGEST_NAME).is_some() {
        return Err(Refusal::TooLong {
            field: "name",
            most: LONGEST_NAME,
        });
    }
    if rows::count(cx.tx)? >= MOST as i64 {
        return Err(Refusal::TooMany {
            what: "sites",
            most: MOST,
        });
    }
    let id = cx.tx.ids().id24_at(cx.now);
    let secrets = vec![secret.clone()];
    rows::insert(cx.tx, cx.now, &id, name, &seal(keys, &id, &secrets)?)?;
    record(cx, Event::SiteCreated, &id, name)?;
    Ok(Site {
        id,
        name: name.to_owned(),
        secrets,
        created_at: cx.now,
        updated_at: cx.now,
    })
}

/// Gives a site another secret. Those before it stay good for a while, which begins now whatever a clock
/// says that is not believed.
pub fn rotate_secret(
    cx: &mut Context<'_, '_>,
    keys: &Keyring,
    id: &str,
    secret: &Secret,
    overlap: Duration,
    sure: Timestamp,
) -> Result<Site, Refusal> {
    let stored = rows::lock(cx.tx, id)?.ok_or(Refusal::NoSuchSite)?;
    let mut site = open(stored, keys, sure);
    let until = sure.plus(overlap.min(LONGEST_OVERLAP));
    let mut secrets = vec![secret.clone()];
    for mut old in site.secrets {
        old.until = Some(old.until.map_or(until, |sooner| sooner.min(until)));
        if old.is_good_at(sure) && secrets.len() <= MOST_SECRETS {
            secrets.push(old);
        }
    }
    rows::set_secrets(cx.tx, cx.now, id, &seal(keys, id, &secrets)?)?;
    record(cx, Event::SiteSecretRotated, id, &site.name)?;
    site.secrets = secrets;
    site.updated_at = cx.now;
    Ok(site)
}

/// Nothing that it says counts any more. Visitors for whom it has spoken keep their tokens.
pub fn remove(cx: &mut Context<'_, '_>, id: &str) -> Result<(), Refusal> {
    let site = rows::lock(cx.tx, id)?.ok_or(Refusal::NoSuchSite)?;
    rows::remove(cx.tx, id)?;
    record(cx, Event::SiteRemoved, id, &site.name)?;
    Ok(())
}

fn record(
    cx: &mut Context<'_, '_>,
    event: fn(SiteChanged) -> Event,
    id: &str,
    name: &str,
) -> Result<()> {
    let changed = SiteChanged {
        site: id.to_owned(),
        name: name.to_owned(),
        by: cx.who.actor(),
    };
    record_event(cx.tx, cx.now, Subject::NONE, &event(changed))
}

/// Nobody else changes what this site has said of its visitors until the transaction ends.
pub(crate) fn lock(tx: &mut Tx<'_>, id: &str) -> Result<bool> {
    Ok(rows::lock(tx, id)?.is_some())
}
