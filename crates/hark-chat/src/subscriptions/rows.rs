use hark_store::{Error, Row, Timestamp, Tx, View, params, statements};

use super::Subscription;

macro_rules! subscription_columns {
    () => {
        "subscription.id, subscription.room_id, subscription.account_id, subscription.open, subscription.alert,
        subscription.unread, subscription.user_mentions, subscription.group_mentions, subscription.last_seen,
        subscription.created_at, subscription.updated_at"
    };
}

statements! {
    INSERT = "INSERT INTO subscription (id, room_id, account_id, open, alert, unread, user_mentions,
            group_mentions, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT (room_id, account_id) DO NOTHING";
    /// subscription_by_room.
    FIND = concat!("SELECT ", subscription_columns!(), " FROM subscription WHERE room_id = $1 AND account_id = $2");
    OF_ROOM = concat!("SELECT ", subscription_columns!(), " FROM subscription WHERE room_id = $1 ORDER BY created_at LIMIT 1000");
    REMOVE = "DELETE FROM subscription WHERE room_id = $1 AND account_id = $2";
    REMOVE_ALL = "DELETE FROM subscription WHERE room_id = $1";
    COUNT_UNREAD = "UPDATE subscription SET unread = unread + 1, alert = $3, open = $3, updated_at = $4
        WHERE room_id = $1 AND account_id <> $2";
    /// subscription_by_room. Whoever has something new there already needs no second bell.
    ALERT = "UPDATE subscription SET alert = $3, updated_at = $4
        WHERE room_id = $1 AND account_id <> $2 AND NOT alert";
    READ = "UPDATE subscription SET unread = 0, alert = $3, user_mentions = 0, group_mentions = 0,
            last_seen = $4, updated_at = $4
        WHERE room_id = $1 AND account_id = $2";
    UNREAD = "UPDATE subscription SET unread = $3, alert = $4, last_seen = $5, updated_at = $6
        WHERE room_id = $1 AND account_id = $2";
    /// subscription_by_account: nobody is in more rooms at once than can be sorted.
    OF_ACCOUNT = concat!("SELECT ", subscription_columns!(), " FROM subscription
        WHERE account_id = $1 AND updated_at > $2 ORDER BY updated_at DESC, id LIMIT $3");
}

pub(crate) fn insert(tx: &mut Tx<'_>, new: &Subscription) -> Result<u64, Error> {
    tx.execute(
        &INSERT,
        params![
            &new.id,
            &new.room,
            &new.account,
            new.open,
            new.alert,
            new.unread,
            new.user_mentions,
            new.group_mentions,
            new.created_at,
        ],
    )
}

pub(crate) fn find(
    view: &mut View<'_>,
    room: &str,
    account: &str,
) -> Result<Option<Subscription>, Error> {
    view.one(&FIND, params![room, account], read)
}

pub(crate) fn of_room(view: &mut View<'_>, room: &str) -> Result<Vec<Subscription>, Error> {
    view.query(&OF_ROOM, params![room], read)
}

pub(crate) fn remove(tx: &mut Tx<'_>, room: &str, account: &str) -> Result<u64, Error> {
    tx.execute(&REMOVE, params![room, account])
}

pub(crate) fn remove_all(tx: &mut Tx<'_>, room: &str) -> Result<u64, Error> {
    tx.execute(&REMOVE_ALL, params![room])
}

pub(crate) fn count_unread(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &str,
    author: &str,
) -> Result<u64, Error> {
    tx.execute(&COUNT_UNREAD, params![room, author, true, now])
}

pub(crate) fn alert(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &str,
    author: &str,
) -> Result<u64, Error> {
    tx.execute(&ALERT, params![room, author, true, now])
}

pub(crate) fn read_all(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &str,
    account: &str,
) -> Result<u64, Error> {
    tx.execute(&READ, params![room, account, false, now])
}

pub(crate) fn unread_from(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &str,
    account: &str,
    unread: i64,
    last_seen: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        &UNREAD,
        params![room, account, unread, true, last_seen, now],
    )
}

pub(crate) fn of_account(
    view: &mut View<'_>,
    account: &str,
    after: Timestamp,
    limit: i64,
) -> Result<Vec<Subscription>, Error> {
    view.query(&OF_ACCOUNT, params![account, after, limit], read)
}

fn read(row: &Row<'_>) -> Result<Subscription, Error> {
    let mut columns = row.columns_from(0);
    Ok(Subscription {
        id: columns.next()?,
        room: columns.next()?,
        account: columns.next()?,
        open: columns.next()?,
        alert: columns.next()?,
        unread: columns.next()?,
        user_mentions: columns.next()?,
        group_mentions: columns.next()?,
        last_seen: columns.next()?,
        created_at: columns.next()?,
        updated_at: columns.next()?,
    })
}
