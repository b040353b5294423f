use hark_store::{Record, Result, Timestamp, Tx, View, params, sql, statements, writes};

use super::Subscription;

statements! {
    /// subscription_by_room.
    FIND = sql!("SELECT ", Subscription::COLUMNS, " FROM subscription WHERE room_id = $1 AND account_id = $2");
    OF_ROOM = sql!("SELECT ", Subscription::COLUMNS, " FROM subscription WHERE room_id = $1 ORDER BY created_at LIMIT $2");
    REMOVE = "DELETE FROM subscription WHERE room_id = $1 AND account_id = $2";
    REMOVE_ALL = "DELETE FROM subscription WHERE room_id = $1";
    COUNT_UNREAD = "UPDATE subscription SET unread = unread + 1, alert = $3, open = $3, updated_at = $4
        WHERE room_id = $1 AND account_id <> $2" => batched;
    OPEN_AND_ALERT = "UPDATE subscription SET alert = $3, open = $3, updated_at = $4
        WHERE room_id = $1 AND account_id <> $2";
    /// subscription_by_room. Anyone who has something new there already needs no second bell.
    ALERT = "UPDATE subscription SET alert = $3, updated_at = $4
        WHERE room_id = $1 AND account_id <> $2 AND NOT alert";
    READ = "UPDATE subscription SET unread = 0, alert = $3, user_mentions = 0, group_mentions = 0,
            last_seen = $4, updated_at = $4
        WHERE room_id = $1 AND account_id = $2";
    UNREAD = "UPDATE subscription SET unread = $3, alert = $4, last_seen = $5, updated_at = $6
        WHERE room_id = $1 AND account_id = $2";
    /// subscription_by_account: nobody is in more rooms at once than can be sorted.
    OF_ACCOUNT = sql!("SELECT ", Subscription::COLUMNS, " FROM subscription
        WHERE account_id = $1 AND updated_at > $2 ORDER BY updated_at DESC, id LIMIT $3");
}

writes! {
    pub fn insert(new: &Subscription) insert subscription {
        id = &new.id,
        room_id = &new.room,
        account_id = &new.account,
        open = new.open,
        alert = new.alert,
        unread = new.unread,
        user_mentions = new.user_mentions,
        group_mentions = new.group_mentions,
        created_at = new.created_at,
        updated_at = new.created_at,
    } "ON CONFLICT (room_id, account_id) DO NOTHING";
}

pub fn find(view: &mut View<'_>, room: &str, account: &str) -> Result<Option<Subscription>> {
    view.record(&FIND, params![room, account])
}

/// Of the people of one room.
pub const MOST_LISTED: usize = 1_000;

pub fn of_room(view: &mut View<'_>, room: &str) -> Result<Vec<Subscription>> {
    view.records(&OF_ROOM, params![room, MOST_LISTED as i64])
}

pub fn remove(tx: &mut Tx<'_>, room: &str, account: &str) -> Result<u64> {
    tx.changed(&REMOVE, params![room, account])
}

pub(crate) fn remove_all(tx: &mut Tx<'_>, room: &str) -> Result<u64> {
    tx.changed(&REMOVE_ALL, params![room])
}

pub(crate) fn count_unread(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &str,
    author: &str,
) -> Result<()> {
    tx.execute(&COUNT_UNREAD, params![room, author, true, now])
}

/// There is something new, which is not counted.
pub(crate) fn open_and_alert(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &str,
    author: &str,
) -> Result<()> {
    tx.execute(&OPEN_AND_ALERT, params![room, author, true, now])
}

pub(crate) fn alert(tx: &mut Tx<'_>, now: Timestamp, room: &str, author: &str) -> Result<()> {
    tx.execute(&ALERT, params![room, author, true, now])
}

pub(crate) fn read_all(tx: &mut Tx<'_>, now: Timestamp, room: &str, account: &str) -> Result<()> {
    tx.execute(&READ, params![room, account, false, now])
}

pub(crate) fn unread_from(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &str,
    account: &str,
    unread: i64,
    last_seen: Timestamp,
) -> Result<()> {
    tx.execute(
        &UNREAD,
        params![room, account, unread, true, last_seen, now],
    )
}

pub fn of_account(
    view: &mut View<'_>,
    account: &str,
    after: Timestamp,
    limit: i64,
) -> Result<Vec<Subscription>> {
    view.records(&OF_ACCOUNT, params![account, after, limit])
}
