use hark_store::{Record as _, Result, Timestamp, Tx, View, params, sql, statements, writes};

use super::{MOST, WidgetSite};

statements! {
    /// The whole of a small table.
    EVERY = sql!("SELECT ", WidgetSite::COLUMNS, " FROM widget_site ORDER BY last_seen_at DESC, origin LIMIT $1");
    /// Primary key.
    LAST_SEEN = "SELECT last_seen_at FROM widget_site WHERE origin = $1";
    /// A small table.
    FORGET = "DELETE FROM widget_site WHERE origin IN
        (SELECT origin FROM widget_site ORDER BY last_seen_at DESC, origin LIMIT 1000 OFFSET $1)";
}

writes! {
    fn put(now: Timestamp, origin: &str, loader: Option<&str>) insert widget_site {
        origin = origin,
        loader = loader,
        first_seen_at = now,
        last_seen_at = now,
    } "ON CONFLICT (origin) DO UPDATE SET loader = excluded.loader, last_seen_at = excluded.last_seen_at";
}

/// The one that was seen last first.
pub fn all(view: &mut View<'_>) -> Result<Vec<WidgetSite>> {
    view.records(&EVERY, params![MOST as i64])
}

pub fn last_seen(view: &mut View<'_>, origin: &str) -> Result<Option<Timestamp>> {
    view.one(&LAST_SEEN, params![origin], |row| row.get(0))
}

pub(super) fn see(
    tx: &mut Tx<'_>,
    now: Timestamp,
    origin: &str,
    loader: Option<&str>,
) -> Result<()> {
    put(tx, now, origin, loader).map(drop)
}

pub(super) fn forget(tx: &mut Tx<'_>, most: usize) -> Result<()> {
    tx.execute(&FORGET, params![most as i64])
}
