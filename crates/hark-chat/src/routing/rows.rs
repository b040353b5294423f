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
    EVERYWHERE = concat!(candidates!("agent.assigned, CAST(0 AS BIGINT), agent.last_routed_at, agent.most_chats, CAST(NULL AS BIGINT)"),
        " FROM agent JOIN account ON account.id = agent.account_id
        WHERE agent.available AND account.active LIMIT 5000");
    /// A small table, each with its account.
    TEAM = "SELECT account.name, account.username FROM agent JOIN account ON account.id = agent.account_id
        WHERE account.active AND NOT EXISTS (
            SELECT 1 FROM account_role WHERE account_id = account.id AND role_id = 'bot')
        ORDER BY account.name, account.username LIMIT $1";
    /// department_agent_once, then primary keys.
    IN_DEPARTMENT = concat!(candidates!("department_agent.assigned, department_agent.place, agent.last_routed_at,
            agent.most_chats, department.most_chats"),
        " FROM department_agent JOIN department ON department.id = department_agent.department_id
            JOIN agent ON agent.account_id = department_agent.account_id
            JOIN account ON account.id = agent.account_id
        WHERE department_agent.department_id = $1 AND department.enabled AND agent.available AND account.active
        LIMIT 5000");
    /// Primary keys.
    ONE = concat!(candidates!("agent.assigned, CAST(0 AS BIGINT), agent.last_routed_at, agent.most_chats, department.most_chats"),
        " FROM agent JOIN account ON account.id = agent.account_id LEFT JOIN department ON department.id = $2
        WHERE agent.account_id = $1 AND agent.available AND account.active");
    /// room_open_of_agent.
    OPEN_CHATS = "SELECT served_by, count(*) FROM room WHERE open AND served_by IS NOT NULL AND NOT on_hold
        GROUP BY served_by LIMIT 5000";
    /// room_open_of_agent_in.
    OPEN_CHATS_IN = "SELECT served_by, count(*) FROM room
        WHERE open AND served_by IS NOT NULL AND NOT on_hold AND department_id = $1 GROUP BY served_by LIMIT 5000";
    OPEN_CHATS_OF = "SELECT count(*) FROM room WHERE open AND served_by = $1 AND NOT on_hold";
    OPEN_CHATS_OF_IN = "SELECT count(*) FROM room WHERE open AND served_by = $1 AND NOT on_hold AND department_id = $2";
    /// Primary key.
    MOST_CHATS = "SELECT most_chats FROM agent WHERE account_id = $1";
    /// Primary key. Two chats that are given to one agent take turns where there is a limit.
    LOCK = "SELECT account_id FROM agent WHERE account_id = $1",
        postgres = "SELECT account_id FROM agent WHERE account_id = $1 FOR UPDATE";
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
    /// Primary keys.
    NOTE_STILL_GONE = "UPDATE agent SET left_at = $2 WHERE account_id = $1 AND left_at IS NULL
        AND EXISTS (SELECT 1 FROM account WHERE account.id = agent.account_id AND account.status = 'offline')";
    FORGET_GONE = "UPDATE agent SET left_at = NULL WHERE account_id = $1 AND left_at <= $2";
}

pub(super) fn everywhere(view: &mut View<'_>) -> Result<Vec<Candidate>> {
    view.query(&EVERYWHERE, params![], read)
}

/// People who answer, whether they are there or not: their names and usernames.
pub fn team(view: &mut View<'_>, most: i64) -> Result<Vec<(String, String)>> {
    view.query(&TEAM, params![most], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(super) fn in_department(view: &mut View<'_>, department: &str) -> Result<Vec<Candidate>> {
    view.query(&IN_DEPARTMENT, params![department], read)
}

pub(super) fn one(
    view: &mut View<'_>,
    account: &str,
    department: Option<&str>,
) -> Result<Option<Candidate>> {
    view.one(&ONE, params![account, department], read)
}

/// How many chats each agent has who has any.
pub(super) fn open_chats(view: &mut View<'_>) -> Result<HashMap<String, i64>> {
    let found = view.query(&OPEN_CHATS, params![], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.into_iter().collect())
}

/// The same of the chats of a department.
pub(super) fn open_chats_in(view: &mut View<'_>, department: &str) -> Result<HashMap<String, i64>> {
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let found = view.query(&OPEN_CHATS_IN, params![department], read)?;
    Ok(found.into_iter().collect())
}

/// How many chats one agent has, in all or of a department.
pub(super) fn open_chats_of(
    view: &mut View<'_>,
    account: &str,
    department: Option<&str>,
) -> Result<i64> {
    match department {
        Some(department) => view.number(&OPEN_CHATS_OF_IN, params![account, department]),
        None => view.number(&OPEN_CHATS_OF, params![account]),
    }
}

/// The limit of their own.
pub(super) fn most_chats(view: &mut View<'_>, account: &str) -> Result<Option<i64>> {
    let most = view.one(&MOST_CHATS, params![account], |row| row.get(0))?;
    Ok(most.flatten())
}

pub(super) fn lock(tx: &mut Tx<'_>, account: &str) -> Result<()> {
    tx.lock(&LOCK, params![account])
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

/// An agent who was gone already counts as gone from now on, because there is another chat to see to.
pub(crate) fn note_still_gone(tx: &mut Tx<'_>, now: Timestamp, account: &str) -> Result<()> {
    tx.execute(&NOTE_STILL_GONE, params![account, now])
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
        most_chats: columns.next()?,
        most_chats_here: columns.next()?,
        open_chats: 0,
    })
}
