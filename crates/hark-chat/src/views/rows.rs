use hark_store::{Record, Result, Tx, View, params, sql, statements, writes};

use super::SavedView;

statements! {
    /// saved_view_by_account.
    OF_ACCOUNT = sql!("SELECT ", SavedView::COLUMNS, " FROM saved_view WHERE account_id = $1 ORDER BY name, id LIMIT $2");
    /// Primary key.
    FIND = sql!("SELECT ", SavedView::COLUMNS, " FROM saved_view WHERE id = $1 AND account_id = $2");
    REMOVE = "DELETE FROM saved_view WHERE id = $1 AND account_id = $2";
}

writes! {
    pub(super) fn insert(account: &str, view: &SavedView) insert saved_view {
        id = &view.id,
        account_id = account,
        name = &view.name,
        filter = &view.filter,
        created_at = view.created_at,
        updated_at = view.updated_at,
    };
    /// Primary key.
    pub(super) fn update(view: &SavedView) update saved_view {
        id = &view.id,
        name = &view.name,
        filter = &view.filter,
        updated_at = view.updated_at,
    };
}

pub(super) fn of_account(view: &mut View<'_>, account: &str, limit: i64) -> Result<Vec<SavedView>> {
    view.records(&OF_ACCOUNT, params![account, limit])
}

/// Another's is none.
pub(super) fn find(view: &mut View<'_>, id: &str, account: &str) -> Result<Option<SavedView>> {
    view.record(&FIND, params![id, account])
}

pub(super) fn remove(tx: &mut Tx<'_>, id: &str, account: &str) -> Result<u64> {
    tx.changed(&REMOVE, params![id, account])
}
