use hark_store::{
    Param, Record as _, Result, Timestamp, Tx, View, params, sql, statements, writes,
};
use jiff::Timestamp as Moment;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{MOST, OtherDay};
use crate::hours::plan::MOST_DAYS_AHEAD;

/// A day more at both ends than any clocks are apart.
const MARGIN: i64 = 2;

statements! {
    /// other_day_by_last.
    AHEAD = sql!("SELECT ", OtherDay::COLUMNS, " FROM other_day WHERE last_day >= $1 AND first_day <= $2
        ORDER BY last_day, business_hour_id LIMIT $3");
    /// Primary key.
    OF = sql!("SELECT ", OtherDay::COLUMNS, " FROM other_day WHERE business_hour_id = $1 ORDER BY first_day LIMIT $2");
    /// Primary key.
    REMOVE = "DELETE FROM other_day WHERE business_hour_id = $1 AND first_day = $2";
}

writes! {
    pub(super) fn insert(other: &OtherDay) insert other_day {
        business_hour_id = &other.business_hour_id,
        first_day = &other.first_day,
        last_day = &other.last_day,
        name = &other.name,
        spans = Param::json(&other.spans),
    };
}

/// Those of all business hours that matter to what is open now and next. What is long over is not read.
pub(crate) fn ahead(view: &mut View<'_>, now: Timestamp) -> Result<Vec<OtherDay>> {
    let now = Moment::from_millisecond(now.millis()).unwrap_or(Moment::UNIX_EPOCH);
    let today = now.to_zoned(TimeZone::UTC).date();
    let away = |days: i64, end: Date| {
        let day = today.checked_add(jiff::Span::new().days(days));
        day.unwrap_or(end).to_string()
    };
    let first = away(-1 - MARGIN, Date::MIN);
    let last = away(MOST_DAYS_AHEAD + 1 + MARGIN, Date::MAX);
    let most = crate::hours::MOST * MOST;
    view.records(&AHEAD, params![&first, &last, most as i64])
}

/// Those of one, the first day first.
pub fn of(view: &mut View<'_>, business_hour: &str) -> Result<Vec<OtherDay>> {
    view.records(&OF, params![business_hour, MOST as i64])
}

pub(super) fn remove(tx: &mut Tx<'_>, business_hour: &str, first_day: &str) -> Result<()> {
    tx.execute(&REMOVE, params![business_hour, first_day])
}
