//! When agents were on duty: there, and open for chats.

use std::collections::BTreeMap;

use super::Asked;
use hark_model::units::DEPARTMENTS_OF;
use hark_store::{Record as _, Result, Timestamp, Tx, View, params, record, sql, statements};

/// Those who answer in a monitor's departments; the number of the parameter with their account follows.
const OF_MONITOR: &str = sql!(
    " OR account_id IN (SELECT account_id FROM department_agent WHERE department_id IN ",
    DEPARTMENTS_OF
);

statements! {
    /// Primary key, on_duty_now. One who comes back in the moment in which they went had not gone.
    BEGIN = "INSERT INTO on_duty (account_id, began_at) SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT)
            WHERE NOT EXISTS (SELECT 1 FROM on_duty WHERE account_id = $1 AND ended_at IS NULL)
        ON CONFLICT (account_id, began_at) DO UPDATE SET ended_at = NULL";
    /// on_duty_now.
    END = "UPDATE on_duty SET ended_at = CASE WHEN began_at > $2 THEN began_at ELSE $2 END
        WHERE account_id = $1 AND ended_at IS NULL";
    /// on_duty_by_end, from the beginning of the stretch on.
    TIME = sql!("SELECT account_id, CAST(sum(CASE WHEN ended_at > $2 THEN $2 ELSE ended_at END
                - CASE WHEN began_at < $1 THEN $1 ELSE began_at END) AS BIGINT)
        FROM on_duty WHERE ended_at > $1 AND ended_at IS NOT NULL AND began_at < $2 AND ($3 = ''", OF_MONITOR, "$3)))
        GROUP BY account_id ORDER BY account_id");
    /// on_duty_now: one row for each who is there.
    NOW = sql!("SELECT account_id, began_at FROM on_duty WHERE ended_at IS NULL AND began_at < $1 AND ($2 = ''", OF_MONITOR, "$2)))
        ORDER BY account_id");
    /// Primary key.
    OF_AGENT = sql!("SELECT ", Duty::COLUMNS, " FROM on_duty WHERE account_id = $1 AND began_at < $3
            AND (ended_at IS NULL OR ended_at > $2) ORDER BY began_at LIMIT $4");
    /// on_duty_by_end, from the oldest on.
    TIDY = "DELETE FROM on_duty WHERE (account_id, began_at) IN (
        SELECT account_id, began_at FROM on_duty WHERE ended_at < $1 AND ended_at IS NOT NULL ORDER BY ended_at LIMIT $2)";
}

record! {
    /// From when to when somebody was on duty. They still are without an end.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Duty from "on_duty" {
        pub began_at: Timestamp,
        pub ended_at: Option<Timestamp>,
    }
}

/// Whether an agent is on duty now.
pub fn set(tx: &mut Tx<'_>, now: Timestamp, account: &str, on_duty: bool) -> Result<()> {
    let statement = if on_duty { &BEGIN } else { &END };
    tx.execute(statement, params![account, now])
}

/// How many milliseconds each agent was on duty in a stretch of time, up to now; for a monitor those who answer
/// in their departments.
pub fn time(
    view: &mut View<'_>,
    now: Timestamp,
    asked: &Asked<'_>,
) -> Result<BTreeMap<String, i64>> {
    let (from, to) = (asked.from, asked.to.min(now.millis()));
    let monitor = asked.monitor.unwrap_or_default();
    if from >= to {
        return Ok(BTreeMap::new());
    }
    let ended = view.query(&TIME, params![from, to, monitor], |row| {
        Ok((row.get::<String>(0)?, row.get::<i64>(1)?))
    })?;
    let mut time: BTreeMap<String, i64> = ended.into_iter().collect();
    let here = view.query(&NOW, params![to, monitor], |row| {
        Ok((row.get::<String>(0)?, row.get::<i64>(1)?))
    })?;
    for (account, began) in here {
        *time.entry(account).or_default() += to - began.max(from);
    }
    Ok(time)
}

/// When one agent was on duty in a stretch of time, the first first.
pub fn of_agent(
    view: &mut View<'_>,
    account: &str,
    from: i64,
    to: i64,
    limit: i64,
) -> Result<Vec<Duty>> {
    view.records(&OF_AGENT, params![account, from, to, limit])
}

/// Forgets some of what was over before a moment.
pub fn tidy(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<u64> {
    tx.changed(&TIDY, params![before, limit])
}
