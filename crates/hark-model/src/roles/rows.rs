use hark_store::{Record, Result, Timestamp, Tx, View, params, sql, statements};

use super::Role;
use crate::Page;
use crate::accounts::Account;
use crate::permissions::catalogue;

statements! {
    /// The whole of a small table.
    EVERY = sql!("SELECT ", Role::COLUMNS, " FROM role ORDER BY id");
    /// A small table.
    FIND = sql!("SELECT ", Role::COLUMNS, " FROM role WHERE id = $1 OR name = $1 ORDER BY id LIMIT 1");
    INSERT = "INSERT INTO role (id, name, scope, description, protected, mandatory2fa, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";
    /// Primary key.
    GIVE = "INSERT INTO account_role (account_id, role_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    /// Primary key.
    TAKE = "DELETE FROM account_role WHERE account_id = $1 AND role_id = $2";
    TAKE_ALL = "DELETE FROM account_role WHERE account_id = $1";
    /// account_role_by_role.
    COUNT = "SELECT count(*) FROM account_role WHERE role_id = $1";
    /// Two who remove each other must not both succeed: the second one waits here.
    LOCK_ADMINISTRATORS = "SELECT id FROM role WHERE id = 'admin'",
        postgres = "SELECT id FROM role WHERE id = 'admin' FOR UPDATE";
    /// account_role_by_role, then the account's primary key.
    MEMBERS = sql!("SELECT ", Account::COLUMNS, " FROM account
        WHERE id IN (SELECT account_id FROM account_role WHERE role_id = $1)
        ORDER BY username_key LIMIT $2 OFFSET $3");
}

pub fn all(view: &mut View<'_>) -> Result<Vec<Role>> {
    view.records(&EVERY, params![])
}

/// Clients name a role by its id or by its name.
pub fn find(view: &mut View<'_>, id_or_name: &str) -> Result<Option<Role>> {
    view.record(&FIND, params![id_or_name])
}

pub fn add(tx: &mut Tx<'_>, now: Timestamp, role: &catalogue::Role) -> Result<u64> {
    tx.changed(
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

pub fn give(tx: &mut Tx<'_>, account: &str, role: &str) -> Result<u64> {
    tx.changed(&GIVE, params![account, role])
}

pub fn take(tx: &mut Tx<'_>, account: &str, role: &str) -> Result<u64> {
    tx.changed(&TAKE, params![account, role])
}

pub fn take_all(tx: &mut Tx<'_>, account: &str) -> Result<()> {
    tx.execute(&TAKE_ALL, params![account])
}

pub fn count(view: &mut View<'_>, role: &str) -> Result<i64> {
    view.number(&COUNT, params![role])
}

pub fn lock_administrators(tx: &mut Tx<'_>) -> Result<()> {
    tx.query(&LOCK_ADMINISTRATORS, params![], |_| Ok(()))
        .map(drop)
}

pub fn with_role(view: &mut View<'_>, role: &str, page: Page) -> Result<Vec<Account>> {
    view.records(&MEMBERS, params![role, page.limit, page.offset])
}
