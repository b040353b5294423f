use hark_store::{Result, Timestamp, Tx, View, params, statements};

statements! {
    /// Primary key of a small table.
    SEE = "UPDATE node SET seen_at = $2 WHERE id = $1";
    ADD_NODE = "INSERT INTO node (id, seen_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
    /// A small table.
    DEAD = "DELETE FROM node WHERE seen_at < $1 RETURNING id";
    /// Primary key.
    OPEN = "INSERT INTO connection (account_id, node_id, lost_at) VALUES ($1, $2, NULL)
        ON CONFLICT (account_id, node_id) DO UPDATE SET lost_at = NULL";
    LOSE = "UPDATE connection SET lost_at = $3 WHERE account_id = $1 AND node_id = $2 AND lost_at IS NULL";
    /// connection_of_node.
    LOSE_ALL = "UPDATE connection SET lost_at = $2 WHERE node_id = $1 AND lost_at IS NULL";
    /// connection_lost, a range.
    LOSE_AGAIN = "UPDATE connection SET lost_at = $1 WHERE lost_at < $1";
    OVERDUE = "SELECT account_id FROM connection WHERE lost_at <= $1 ORDER BY lost_at LIMIT $2";
    /// Primary key, a range.
    FORGET = "DELETE FROM connection WHERE account_id = $1 AND lost_at <= $2";
    LEFT = "SELECT count(*) FROM connection WHERE account_id = $1";
}

/// False: it is not among those that live.
pub(super) fn see(tx: &mut Tx<'_>, now: Timestamp, node: &str) -> Result<bool> {
    Ok(tx.changed(&SEE, params![node, now])? > 0)
}

pub(super) fn add_node(tx: &mut Tx<'_>, now: Timestamp, node: &str) -> Result<()> {
    tx.execute(&ADD_NODE, params![node, now])
}

/// Takes those off the list that were not seen since then.
pub(super) fn dead(tx: &mut Tx<'_>, since: Timestamp) -> Result<Vec<String>> {
    tx.change(&DEAD, params![since], |row| row.get(0))
}

pub(super) fn open(tx: &mut Tx<'_>, node: &str, account: &str) -> Result<()> {
    tx.execute(&OPEN, params![account, node])
}

pub(super) fn lose(tx: &mut Tx<'_>, now: Timestamp, node: &str, account: &str) -> Result<()> {
    tx.execute(&LOSE, params![account, node, now])
}

pub(super) fn lose_all(tx: &mut Tx<'_>, now: Timestamp, node: &str) -> Result<()> {
    tx.execute(&LOSE_ALL, params![node, now])
}

pub(super) fn lose_again(tx: &mut Tx<'_>, now: Timestamp) -> Result<()> {
    tx.execute(&LOSE_AGAIN, params![now])
}

pub(super) fn overdue(view: &mut View<'_>, before: Timestamp, limit: i64) -> Result<Vec<String>> {
    view.query(&OVERDUE, params![before, limit], |row| row.get(0))
}

pub(super) fn forget(tx: &mut Tx<'_>, before: Timestamp, account: &str) -> Result<u64> {
    tx.changed(&FORGET, params![account, before])
}

pub(super) fn left(view: &mut View<'_>, account: &str) -> Result<i64> {
    view.number(&LEFT, params![account])
}
