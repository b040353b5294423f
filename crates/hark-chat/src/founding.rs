//! The first start: roles and permissions of the catalogue, the first administrator. Each later
//! start adds what a newer version brings and leaves alone what people have changed.

use hark_store::{Error, Timestamp, Tx, View, params, statements};

use crate::accounts::{self, NewAccount};
use crate::permissions::{self, catalogue};
use crate::{Actor, Keyring, Refusal, messages, policy, roles, rooms};

statements! {
    /// Primary key of a small table.
    FACT = "SELECT value FROM fact WHERE name = $1";
    REMEMBER = "INSERT INTO fact (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
}

/// Brings in what the catalogues have and the database has not.
pub fn found(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), Refusal> {
    let moment = now.millis().to_string();
    tx.execute(&REMEMBER, params!["founded_at", &moment])?;
    rooms::found_general(tx, now)?;
    let mut news = 0;
    for role in catalogue::ROLES {
        news += roles::rows::add(tx, now, role)?;
    }
    for permission in catalogue::PERMISSIONS {
        news += permissions::rows::add(tx, now, permission)?;
    }
    if news > 0 {
        policy::raise(tx)?;
    }
    found_the_house(tx, now)
}

/// The account in whose name the house speaks; nobody can log in as it.
fn found_the_house(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), Refusal> {
    if accounts::find(tx, messages::HOUSE)?.is_some()
        || accounts::find_by_username(tx, messages::HOUSE)?.is_some()
    {
        return Ok(());
    }
    let house = NewAccount {
        id: Some(messages::HOUSE.to_owned()),
        roles: vec!["bot".to_owned()],
        ..NewAccount::person(messages::HOUSE, messages::HOUSE_NAME)
    };
    accounts::create(tx, &Actor::System, now, &house)?;
    accounts::make_bot(tx, now, messages::HOUSE)?;
    Ok(())
}

pub(crate) fn founded_at(view: &mut View<'_>) -> Result<Timestamp, Error> {
    let millis = view.one(&FACT, params!["founded_at"], |row| row.get::<String>(0))?;
    Ok(Timestamp::from_millis(
        millis.and_then(|text| text.parse().ok()).unwrap_or(0),
    ))
}

/// Whether a key has sealed this database already, so that a new one would be the wrong one.
pub fn has_key(view: &mut View<'_>) -> Result<bool, Error> {
    let known = view.one(&FACT, params!["key"], |_| Ok(()))?;
    Ok(known.is_some())
}

/// Remembers which key seals this database; false when it was another one.
pub fn same_key(tx: &mut Tx<'_>, keys: &Keyring) -> Result<bool, Error> {
    tx.execute(&REMEMBER, params!["key", keys.fingerprint()])?;
    let known = tx.one(&FACT, params!["key"], |row| row.get::<String>(0))?;
    Ok(known.as_deref() == Some(keys.fingerprint()))
}

/// Whether nobody can administrate yet.
pub fn lacks_administrator(view: &mut View<'_>) -> Result<bool, Error> {
    Ok(roles::rows::count(view, "admin")? == 0)
}

/// Makes the first administrator, unless there is one. True: made.
pub fn first_administrator(
    tx: &mut Tx<'_>,
    now: Timestamp,
    new: &NewAccount,
) -> Result<bool, Refusal> {
    if !lacks_administrator(tx)? {
        return Ok(false);
    }
    accounts::create(tx, &Actor::System, now, new)?;
    Ok(true)
}
