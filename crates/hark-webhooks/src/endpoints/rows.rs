use hark_store::{Error, Position, Row, Timestamp, Tx, View, params, statements};
use serde_json::Value;

use super::{Draft, New, State};

/// As it is stored.
pub(super) struct Stored {
    pub(super) number: i64,
    pub(super) id: String,
    pub(super) origin: String,
    pub(super) name: String,
    pub(super) dialect: String,
    pub(super) url: String,
    pub(super) events: Value,
    pub(super) secrets: Option<Vec<u8>>,
    pub(super) policy: Value,
    pub(super) state: String,
    pub(super) reason: Option<String>,
    pub(super) state_since: Timestamp,
    pub(super) since: Position,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

macro_rules! columns {
    () => {
        "number, id, origin, name, dialect, url, events, secrets, policy, state, reason, state_since, since, created_at, updated_at"
    };
}

statements! {
    /// Primary key of a table with a few rows. Whoever changes endpoints takes turns.
    RAISE = "UPDATE revision SET number = number + 1 WHERE name = 'endpoints' RETURNING number";
    REVISION = "SELECT number FROM revision WHERE name = 'endpoints'";
    /// A small table.
    ALL_OF_THEM = concat!("SELECT ", columns!(), " FROM endpoint WHERE state <> 'removed' ORDER BY number");
    COUNT = "SELECT count(*) FROM endpoint WHERE state <> 'removed'";
    /// endpoint_by_id.
    FIND = concat!("SELECT ", columns!(), " FROM endpoint WHERE id = $1 AND state <> 'removed'");
    INSERT = "INSERT INTO endpoint (number, id, origin, name, dialect, url, events, secrets, policy, state, state_since, since, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'active', $10, $11, $10, $10)";
    INSERT_LANE = "INSERT INTO lane (endpoint, cursor, made, delivered, given_up, attempts, failed_attempts)
        VALUES ($1, $2, 0, 0, 0, 0, 0)";
    /// Primary key.
    CHANGE = "UPDATE endpoint SET name = $2, url = $3, events = $4, policy = $5, updated_at = $6 WHERE number = $1";
    SET_SECRETS = "UPDATE endpoint SET secrets = $2, updated_at = $3 WHERE number = $1";
    SET_STATE = "UPDATE endpoint SET state = $2, reason = $3, state_since = $4 WHERE number = $1";
    BRIEF = "SELECT number, id, state = 'disabled' FROM endpoint WHERE state <> 'removed' ORDER BY number";
    REMOVED = "SELECT number FROM endpoint WHERE state = 'removed' ORDER BY number LIMIT 1";
    ERASE = "DELETE FROM endpoint WHERE number = $1";
    ERASE_LANE = "DELETE FROM lane WHERE endpoint = $1";
}

/// Takes the turn to change endpoints; the number that it gets is nobody else's.
pub(super) fn raise(tx: &mut Tx<'_>) -> Result<i64, Error> {
    let raised = tx.change(&RAISE, params![], |row| row.get(0))?;
    raised.into_iter().next().ok_or_else(|| Error::Broken {
        statement: RAISE.name(),
        detail: "there is no revision of the endpoints".into(),
    })
}

pub(super) fn revision(view: &mut View<'_>) -> Result<i64, Error> {
    view.number(&REVISION, params![])
}

pub(super) fn all(view: &mut View<'_>) -> Result<Vec<Stored>, Error> {
    view.query(&ALL_OF_THEM, params![], read)
}

pub(super) fn count(view: &mut View<'_>) -> Result<i64, Error> {
    view.number(&COUNT, params![])
}

pub(super) fn find(view: &mut View<'_>, id: &str) -> Result<Option<Stored>, Error> {
    view.one(&FIND, params![id], read)
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    now: Timestamp,
    number: i64,
    new: &New<'_>,
    secrets: Option<&Vec<u8>>,
    since: Position,
) -> Result<(), Error> {
    let draft = new.draft;
    let (events, policy) = (texts(&draft.events), wishes(draft));
    tx.execute(
        &INSERT,
        params![
            number,
            new.id,
            new.origin.as_str(),
            &draft.name,
            draft.dialect.as_str(),
            &draft.url,
            &events,
            secrets,
            &policy,
            now,
            since,
        ],
    )?;
    tx.execute(&INSERT_LANE, params![number, since]).map(drop)
}

pub(super) fn change(
    tx: &mut Tx<'_>,
    now: Timestamp,
    number: i64,
    draft: &Draft,
) -> Result<(), Error> {
    let (events, policy) = (texts(&draft.events), wishes(draft));
    let params = params![number, &draft.name, &draft.url, &events, &policy, now];
    tx.execute(&CHANGE, params).map(drop)
}

fn texts(texts: &[String]) -> String {
    Value::from(texts.to_vec()).to_string()
}

fn wishes(draft: &Draft) -> String {
    // A struct of numbers and texts always has a JSON form.
    serde_json::to_string(&draft.wishes).unwrap_or_else(|_| "{}".to_owned())
}

pub(super) fn set_secrets(
    tx: &mut Tx<'_>,
    now: Timestamp,
    number: i64,
    secrets: &Vec<u8>,
) -> Result<(), Error> {
    tx.execute(&SET_SECRETS, params![number, secrets, now])
        .map(drop)
}

pub(super) fn set_state(
    tx: &mut Tx<'_>,
    now: Timestamp,
    number: i64,
    state: State,
    reason: Option<&str>,
) -> Result<(), Error> {
    let params = params![number, state.as_str(), reason, now];
    tx.execute(&SET_STATE, params).map(drop)
}

/// By which number deliveries know each endpoint, and whether it is disabled.
pub(crate) fn brief(view: &mut View<'_>) -> Result<Vec<(i64, String, bool)>, Error> {
    view.query(&BRIEF, params![], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })
}

/// An endpoint that was removed and of which rows may be left.
pub(crate) fn removed(view: &mut View<'_>) -> Result<Option<i64>, Error> {
    view.one(&REMOVED, params![], |row| row.get(0))
}

pub(crate) fn erase(tx: &mut Tx<'_>, number: i64) -> Result<(), Error> {
    tx.execute(&ERASE_LANE, params![number])?;
    tx.execute(&ERASE, params![number]).map(drop)
}

fn read(row: &Row<'_>) -> Result<Stored, Error> {
    let mut columns = row.columns_from(0);
    Ok(Stored {
        number: columns.next()?,
        id: columns.next()?,
        origin: columns.next()?,
        name: columns.next()?,
        dialect: columns.next()?,
        url: columns.next()?,
        events: columns.next()?,
        secrets: columns.next()?,
        policy: columns.next()?,
        state: columns.next()?,
        reason: columns.next()?,
        state_since: columns.next()?,
        since: columns.next()?,
        created_at: columns.next()?,
        updated_at: columns.next()?,
    })
}
