use hark_store::{Record as _, Result, Timestamp, Tx, View, params, sql, statements, writes};

use super::Subscription;

statements! {
    /// push_subscription_by_account.
    OF_ACCOUNT = sql!("SELECT ", Subscription::COLUMNS, " FROM push_subscription WHERE account_id = $1 ORDER BY created_at DESC LIMIT $2");
    /// The first of a small table.
    ANY = "SELECT 1 FROM push_subscription LIMIT 1";
    /// Primary key of connection, a range.
    WINDOWS = "SELECT count(*) FROM connection WHERE account_id = $1 AND lost_at IS NULL";
    /// A small table, then push_subscription_by_account.
    HEARERS = "SELECT account_id FROM agent WHERE available
        AND EXISTS (SELECT 1 FROM push_subscription WHERE push_subscription.account_id = agent.account_id) ORDER BY account_id LIMIT $1";
    /// push_subscription_by_address.
    REMOVE_ADDRESS = "DELETE FROM push_subscription WHERE address_hash = $1";
    /// Primary key.
    REMOVE = "DELETE FROM push_subscription WHERE id = $1";
    REMOVE_OWN = "DELETE FROM push_subscription WHERE id = $1 AND account_id = $2";
    /// push_subscription_by_account, for both.
    OUTGROW = "DELETE FROM push_subscription WHERE account_id = $1 AND id IN
        (SELECT id FROM push_subscription WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1000 OFFSET $2)";
}

writes! {
    pub(super) fn insert(now: Timestamp, id: &str, account: &str, session: &str, address_hash: &str, sealed: &Vec<u8>) insert push_subscription {
        id = id,
        account_id = account,
        session_hash = session,
        address_hash = address_hash,
        sealed = sealed,
        created_at = now,
    };
}

pub(super) fn of_account(
    view: &mut View<'_>,
    account: &str,
    most: i64,
) -> Result<Vec<Subscription>> {
    view.records(&OF_ACCOUNT, params![account, most])
}

pub(super) fn any(view: &mut View<'_>) -> Result<bool> {
    let first = view.one(&ANY, params![], |_| Ok(()))?;
    Ok(first.is_some())
}

/// How many nodes have a window of this account.
pub(super) fn windows(view: &mut View<'_>, account: &str) -> Result<i64> {
    view.number(&WINDOWS, params![account])
}

pub(super) fn hearers(view: &mut View<'_>, most: i64) -> Result<Vec<String>> {
    view.query(&HEARERS, params![most], |row| row.get(0))
}

pub(super) fn remove_address(tx: &mut Tx<'_>, address_hash: &str) -> Result<()> {
    tx.execute(&REMOVE_ADDRESS, params![address_hash])
}

pub(super) fn remove(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    tx.execute(&REMOVE, params![id])
}

pub(super) fn remove_own(tx: &mut Tx<'_>, id: &str, account: &str) -> Result<u64> {
    tx.changed(&REMOVE_OWN, params![id, account])
}

/// All but the newest.
pub(super) fn outgrow(tx: &mut Tx<'_>, account: &str, most: i64) -> Result<()> {
    tx.execute(&OUTGROW, params![account, most])
}
