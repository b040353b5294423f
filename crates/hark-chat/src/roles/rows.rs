use hark_store::{Error, Row, Timestamp, Tx, View, params, statements};

use super::Role;
use crate::accounts::rows::{account_columns, read as read_account};
use crate::accounts::{Account, Page};
use crate::permissions::catalogue;

statements! {
    /// The whole of a small table.
    EVERY = "SELECT id, name, scope, description, protected, mandatory2fa, updated_at FROM role ORDER BY id";
    /// A small table.
    FIND = "SELECT id, name, scope, description, protected, mandatory2fa, updated_at FROM role
        WHERE id = $1 OR name = $1 ORDER BY id LIMIT 1";
    INSERT = "INSERT INTO role (id, name, scope, description, protected, mandatory2fa, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";
    /// Primary key.
    GIVE = "INSERT INTO account_role (account_id, role_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    /// Primary key.
    TAKE = "DELETE FROM account_role WHERE account_id = $1 AND role_id = $2";
    TAKE_ALL = "DELETE FROM account_role WHERE account_id = $1";
    /// account_role_by_role.
    COUNT = "SELECT count(*) FROM account_role WHERE role_id = $1";
    /// Two who remove each other must not both succeed: whoever is second waits here.
    LOCK_ADMINISTRATORS = "SELECT id FROM role WHERE id = 'admin'",
        postgres = "SELECT id FROM role WHERE id = 'admin' FOR UPDATE";
    /// account_role_by_role, then the account's primary key.
    MEMBERS = concat!("SELECT ", account_columns!(), " FROM account
        WHERE id IN (SELECT account_id FROM account_role WHERE role_id = $1)
        ORDER BY username_key LIMIT $2 OFFSET $3");
}

pub(crate) fn all(view: &mut View<'_>) -> Result<Vec<Role>, Error> {
    view.query(&EVERY, params![], read)
}

pub(crate) fn find(view: &mut View<'_>, id_or_name: &str) -> Result<Option<Role>, Error> {
    view.one(&FIND, params![id_or_name], read)
}

pub(crate) fn add(tx: &mut Tx<'_>, now: Timestamp, role: &catalogue::Role) -> Result<u64, Error> {
    tx.execute(
        &INSERT,
        params![
            role.id,
            role.name,
            role.scope,
            role.description,
            role.protected,
            false,
            now
        ],
    )
}

pub(crate) fn give(tx: &mut Tx<'_>, account: &str, role: &str) -> Result<u64, Error> {
    tx.execute(&GIVE, params![account, role])
}

pub(crate) fn take(tx: &mut Tx<'_>, account: &str, role: &str) -> Result<u64, Error> {
    tx.execute(&TAKE, params![account, role])
}

pub(crate) fn take_all(tx: &mut Tx<'_>, account: &str) -> Result<u64, Error> {
    tx.execute(&TAKE_ALL, params![account])
}

pub(crate) fn count(view: &mut View<'_>, role: &str) -> Result<i64, Error> {
    view.number(&COUNT, params![role])
}

pub(crate) fn lock_administrators(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.query(&LOCK_ADMINISTRATORS, params![], |_| Ok(()))
        .map(drop)
}

pub(crate) fn members(view: &mut View<'_>, role: &str, page: Page) -> Result<Vec<Account>, Error> {
    view.query(
        &MEMBERS,
        params![role, page.limit, page.offset],
        read_account,
    )
}

fn read(row: &Row<'_>) -> Result<Role, Error> {
    Ok(Role {
        id: row.get(0)?,
        name: row.get(1)?,
        scope: row.get(2)?,
        description: row.get(3)?,
        protected: row.get(4)?,
        mandatory2fa: row.get(5)?,
        updated_at: row.get(6)?,
    })
}
