//! Sites on which the widget was seen, by what its script says when a page loads it. Anybody can say that, so it
//! proves nothing, and only so many are kept.

mod rows;

use hark_store::{Result, Timestamp, Tx, record};

pub(crate) use self::rows::{ALL, WRITES};
pub use self::rows::{all, last_seen};

/// Beyond that, those go that were not seen for the longest time.
pub const MOST: usize = 200;

record! {
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct WidgetSite from "widget_site" {
        /// Scheme and host, and the port if it is an unusual one.
        pub origin: String,
        /// The version of the script. Those of long ago say none.
        pub loader: Option<String>,
        pub first_seen_at: Timestamp,
        pub last_seen_at: Timestamp,
    }
}

pub fn see(tx: &mut Tx<'_>, now: Timestamp, origin: &str, loader: Option<&str>) -> Result<()> {
    rows::see(tx, now, origin, loader)?;
    rows::forget(tx, MOST)
}
