use std::collections::HashMap;

use hark_store::{Result, Row, Timestamp, Tx, View, params, statements};

use super::Candidate;

/// Who can be an agent now: an active account that is available; bots are always there.
macro_rules! candidates {
    ($columns:literal) => {
        concat!(
            "SELECT account.id, account.username, account.name, account.status,
            EXISTS (SELECT 1 FROM account_role WHERE account_id = account.id AND role_id = 'bot'), ",
            $columns
        )
    };
}

statements! {
    /// A small table, each with its account.
    EVERYWHERE = concat!(candidates!("agent.assigned, CAST(0 AS BIGINT), agent.last_routed_at"),
        " FROM agent JOIN account ON account.id = agent.account_id
        WHERE agent.available AND account.active LIMIT 5000");
    /// department_agent_once, then primary keys.
    IN_DEPARTMENT = concat!(candidates!("department_agent.assigned, department_agent.place, agent.last_routed_at"),
        " FROM department_agent JOIN department ON department.id = department_agent.department_id
            JOIN agent ON agent.account_id = department_agent.account_id
            JOIN account ON account.id = agent.account_id
        WHERE department_agent.department_id = $1 AND department.enabled AND agent.available AND account.active
        LIMIT 5000");
    /// Primary keys.
    ONE = concat!(candidates!("agent.assigned, CAST(0 AS BIGINT), agent.last_routed_at"),
        " FROM agent JOIN account ON account.id = agent.account_id
        WHERE agent.account_id = $1 AND agent.available AND account.active");
    /// room_open_of_agent.
    OPEN_CHATS = "SELECT served_by, count(*) FROM room WHERE open AND served_by IS NOT NULL AND NOT on_hold
        GROUP BY served_by LIMIT 5000";
    /// department_agent_once.
    IS_MEMBER = "SELECT count(*) FROM department_agent WHERE department_id = $1 AND account_id = $2";
    /// Primary key.
    COUNT_ASSIGNED = "UPDATE agent SET assigned = assigned + 1, last_routed_at = $2 WHERE account_id = $1 AND available";
    /// department_agent_once.
    COUNT_ASSIGNED_IN = "UPDATE department_agent SET assigned = assigned + 1 WHERE department_id = $1 AND account_id = $2";
    NOTE_ROUTED = "UPDATE agent SET last_routed_at = $2 WHERE account_id = $1 AND available";
    /// Primary key. Anyone who switches an account off waits until a chat that is given to it is given.
    HOLD = "SELECT id FROM account WHERE id = $1 AND active",
        postgres = "SELECT id FROM account WHERE id = $1 AND active FOR KEY SHARE";
    /// agent_left.
    GONE = "SELECT account_id FROM agent WHERE left_at <= $1 ORDER BY left_at LIMIT $2";
    /// Primary key.
    IS_GONE = "SELECT count(*) FROM agent WHERE account_id = $1 AND left_at <= $2";
    FORGET_GONE = "UPDATE agent SET left_at = NULL WHERE account_id = $1 AND left_at <= $2";
}

pub(super) fn everywhere(view: &mut View<'_>) -> Result<Vec<Candidate>> {
    view.query(&EVERYWHERE, params![], read)
}

pub(super) fn in_department(view: &mut View<'_>, department: &str) -> Result<Vec<Candidate>> {
    view.query(&IN_DEPARTMENT, params![department], read)
}

pub(super) fn one(view: &mut View<'_>, account: &str) -> Result<Option<Candidate>> {
    view.one(&ONE, params![account], read)
}

/// How many chats each agent has who has any.
pub(super) fn open_chats(view: &mut View<'_>) -> Result<HashMap<String, i64>> {
    let found = view.query(&OPEN_CHATS, params![], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.into_iter().collect())
}

pub(crate) fn is_member(view: &mut View<'_>, department: &str, account: &str) -> Result<bool> {
    Ok(view.number(&IS_MEMBER, params![department, account])? > 0)
}

/// False: they are no longer available.
pub(super) fn count_assigned(
    tx: &mut Tx<'_>,
    now: Timestamp,
    department: Option<&str>,
    account: &str,
) -> Result<bool> {
    let Some(department) = department else {
        return Ok(tx.changed(&COUNT_ASSIGNED, params![account, now])? > 0);
    };
    if tx.changed(&NOTE_ROUTED, params![account, now])? == 0 {
        return Ok(false);
    }
    tx.execute(&COUNT_ASSIGNED_IN, params![department, account])?;
    Ok(true)
}

/// Keeps an account from being switched off or removed until this command is done. False: it is
/// already.
pub fn hold(tx: &mut Tx<'_>, account: &str) -> Result<bool> {
    let held = tx.one(&HOLD, params![account], |_| Ok(()))?;
    Ok(held.is_some())
}

/// Agents who have been gone for so long that something is to happen to their chats.
pub fn gone(view: &mut View<'_>, before: Timestamp, limit: i64) -> Result<Vec<String>> {
    view.query(&GONE, params![before, limit], |row| row.get(0))
}

/// Whether one of them still is.
pub fn is_gone(view: &mut View<'_>, account: &str, before: Timestamp) -> Result<bool> {
    Ok(view.number(&IS_GONE, params![account, before])? > 0)
}

pub(super) fn forget_gone(tx: &mut Tx<'_>, account: &str, before: Timestamp) -> Result<()> {
    tx.execute(&FORGET_GONE, params![account, before])
}

fn read(row: &Row<'_>) -> Result<Candidate> {
    let mut columns = row.columns_from(0);
    Ok(Candidate {
        id: columns.next()?,
        username: columns.next()?,
        name: columns.next()?,
        status: columns.next()?,
        bot: columns.next()?,
        assigned: columns.next()?,
        place: columns.next()?,
        last_routed_at: columns.next()?,
        open_chats: 0,
    })
}
