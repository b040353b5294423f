//! Who and what reports speak of, and the visitors of a stretch of time.

use std::collections::BTreeMap;

use hark_store::{Param, Record as _, Result, Timestamp, View, params, record, sql, statements};

use super::Asked;
use hark_model::units::DEPARTMENTS_OF;

statements! {
    /// Primary key.
    PEOPLE = sql!("SELECT ", Person::COLUMNS, " FROM account WHERE id IN (SELECT value FROM json_each($1))"),
        postgres = sql!("SELECT ", Person::COLUMNS, " FROM account WHERE id IN (
            SELECT value FROM json_array_elements_text(CAST(CAST($1 AS TEXT) AS JSON)))");
    /// The whole of a small table.
    DEPARTMENTS = "SELECT id, name FROM department";
    /// inquiry_by_time, or inquiry_by_department: all that wait.
    QUEUE = sql!("SELECT ", Queue::COLUMNS, " FROM inquiry WHERE status IN ('queued', 'ready')
        AND ($1 = '' OR department_id = $1) AND ($2 = '' OR department_id IN ", DEPARTMENTS_OF, "$2))");
    /// visitor_by_updated, a range.
    VISITORS = sql!("SELECT count(*) FROM visitor WHERE token IS NOT NULL AND updated_at >= $1 AND updated_at < $2
        AND ($3 = '' OR department_id = $3) AND ($4 = '' OR department_id IN ", DEPARTMENTS_OF, "$4))");
}

record! {
    /// Someone who served chats.
    #[derive(Debug, Clone)]
    pub struct Person from "account" {
        id: String,
        pub username: String,
        pub name: String,
        pub active: bool,
    }
}

record! {
    /// Chats that wait for an agent.
    #[derive(Debug, Clone)]
    pub struct Queue from "inquiry" {
        pub chats: i64 = "count(*)",
        /// Since when the first of them waits.
        pub since: Option<Timestamp> = "min(coalesce(inquiry.queued_at, inquiry.created_at))",
    }
}

/// How many chats wait for an agent now, in a department or in all.
pub fn queue(view: &mut View<'_>, asked: &Asked<'_>) -> Result<Queue> {
    let department = asked.department.unwrap_or_default();
    let monitor = asked.monitor.unwrap_or_default();
    let queue = view.record(&QUEUE, params![department, monitor])?;
    Ok(queue.unwrap_or(Queue {
        chats: 0,
        since: None,
    }))
}

/// Those of these accounts that there are, by their ids.
pub fn people(view: &mut View<'_>, ids: &[String]) -> Result<BTreeMap<String, Person>> {
    let people: Vec<Person> = view.records(&PEOPLE, &[Param::json(ids)])?;
    let people = people.into_iter();
    Ok(people.map(|person| (person.id.clone(), person)).collect())
}

/// The names of all departments, by their ids.
pub fn departments(view: &mut View<'_>) -> Result<BTreeMap<String, String>> {
    let named = view.query(&DEPARTMENTS, params![], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(named.into_iter().collect())
}

/// How many visitors something was last heard of in a stretch of time.
pub fn visitors(view: &mut View<'_>, asked: &Asked<'_>) -> Result<i64> {
    let department = asked.department.unwrap_or_default();
    let monitor = asked.monitor.unwrap_or_default();
    view.number(
        &VISITORS,
        params![asked.from, asked.to, department, monitor],
    )
}
