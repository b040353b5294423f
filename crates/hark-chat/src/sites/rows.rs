use hark_store::{
    Record as _, Result, Timestamp, Tx, View, params, record, sql, statements, writes,
};

record! {
    /// As it is stored.
    pub(super) struct Stored from "site" {
        pub(super) id: String,
        pub(super) name: String,
        pub(super) secrets: Vec<u8>,
        pub(super) created_at: Timestamp,
        pub(super) updated_at: Timestamp,
    }
}

statements! {
    /// A small table.
    ALL_OF_THEM = sql!("SELECT ", Stored::COLUMNS, " FROM site ORDER BY id");
    COUNT = "SELECT count(*) FROM site";
    /// Primary key. Those who change its secrets, and those for whom it speaks the first time, take turns.
    LOCK = sql!("SELECT ", Stored::COLUMNS, " FROM site WHERE id = $1"),
        postgres = sql!("SELECT ", Stored::COLUMNS, " FROM site WHERE id = $1 FOR UPDATE");
    REMOVE = "DELETE FROM site WHERE id = $1";
}

writes! {
    pub(super) fn insert(now: Timestamp, id: &str, name: &str, secrets: &Vec<u8>) insert site {
        id = id,
        name = name,
        secrets = secrets,
        created_at = now,
        updated_at = now,
    };
    /// Primary key.
    pub(super) fn set_secrets(now: Timestamp, id: &str, secrets: &Vec<u8>) update site {
        id = id,
        secrets = secrets,
        updated_at = now,
    };
}

pub(super) fn all(view: &mut View<'_>) -> Result<Vec<Stored>> {
    view.records(&ALL_OF_THEM, params![])
}

pub(super) fn count(view: &mut View<'_>) -> Result<i64> {
    view.number(&COUNT, params![])
}

pub(super) fn lock(tx: &mut Tx<'_>, id: &str) -> Result<Option<Stored>> {
    tx.record(&LOCK, params![id])
}

pub(super) fn remove(tx: &mut Tx<'_>, id: &str) -> Result<u64> {
    tx.changed(&REMOVE, params![id])
}
