use hark_store::{Record, Result, Tx, View, params, sql, statements, writes};

use super::{CannedResponse, MOST};

statements! {
    /// The whole of a small table.
    EVERY = sql!("SELECT ", CannedResponse::COLUMNS, " FROM canned_response ORDER BY shortcut, id LIMIT $1");
    /// Primary key.
    FIND = sql!("SELECT ", CannedResponse::COLUMNS, " FROM canned_response WHERE id = $1");
    /// The same. Two who change one take turns.
    LOCK = "SELECT id FROM canned_response WHERE id = $1",
        postgres = "SELECT id FROM canned_response WHERE id = $1 FOR UPDATE";
    /// canned_response_by_shortcut.
    BY_SHORTCUT = "SELECT id FROM canned_response WHERE shortcut = $1";
    /// The whole of a small table.
    COUNT = "SELECT count(*) FROM canned_response";
    COUNT_OWN = "SELECT count(*) FROM canned_response WHERE scope = 'user' AND account_id = $1";
    /// Primary key.
    COUNT_USE = "UPDATE canned_response SET uses = uses + 1 WHERE id = $1 RETURNING uses";
    REMOVE = "DELETE FROM canned_response WHERE id = $1";
}

writes! {
    pub(super) fn add(response: &CannedResponse) insert canned_response {
        id = &response.id,
        shortcut = &response.shortcut,
        body = &response.text,
        scope = &response.scope,
        account_id = &response.owner,
        department_id = &response.department,
        tags = &response.tags,
        created_by_id = &response.created_by,
        created_by_username = &response.created_by_username,
        uses = response.uses,
        created_at = response.created_at,
        updated_at = response.updated_at,
    } "ON CONFLICT (shortcut) DO NOTHING";
    pub(super) fn change(response: &CannedResponse) update canned_response {
        id = &response.id,
        shortcut = &response.shortcut,
        body = &response.text,
        scope = &response.scope,
        account_id = &response.owner,
        department_id = &response.department,
        tags = &response.tags,
        updated_at = response.updated_at,
    };
}

/// By shortcut.
pub(super) fn all(view: &mut View<'_>) -> Result<Vec<CannedResponse>> {
    view.records(&EVERY, params![MOST as i64])
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<CannedResponse>> {
    view.record(&FIND, params![id])
}

pub(super) fn lock(tx: &mut Tx<'_>, id: &str) -> Result<Option<CannedResponse>> {
    tx.lock(&LOCK, params![id])?;
    find(tx, id)
}

/// The id of the one that is called up by it.
pub(super) fn by_shortcut(view: &mut View<'_>, shortcut: &str) -> Result<Option<String>> {
    view.one(&BY_SHORTCUT, params![shortcut], |row| row.get(0))
}

pub(super) fn count(view: &mut View<'_>) -> Result<i64> {
    view.number(&COUNT, params![])
}

pub(super) fn count_own(view: &mut View<'_>, account: &str) -> Result<i64> {
    view.number(&COUNT_OWN, params![account])
}

/// How often it was used, this time included. Nothing: it is gone.
pub(super) fn count_use(tx: &mut Tx<'_>, id: &str) -> Result<Option<i64>> {
    let uses = tx.change(&COUNT_USE, params![id], |row| row.get(0))?;
    Ok(uses.into_iter().next())
}

pub(super) fn remove(tx: &mut Tx<'_>, id: &str) -> Result<u64> {
    tx.changed(&REMOVE, params![id])
}
