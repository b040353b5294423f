//! Who and what reports speak of, and the visitors of a stretch of time.

use std::collections::BTreeMap;

use hark_store::{Param, Record as _, Result, View, params, record, sql, statements};

use super::Asked;
use hark_model::units::DEPARTMENTS_OF;

statements! {
    /// Primary key.
    PEOPLE = sql!("SELECT ", Person::COLUMNS, " FROM account WHERE id IN (SELECT value FROM json_each($1))"),
        postgres = sql!("SELECT ", Person::COLUMNS, " FROM account WHERE id IN (
            SELECT value FROM json_array_elements_text(CAST(CAST($1 AS TEXT) AS JSON)))");
    /// The whole of a small table.
    DEPARTMENTS = "SELECT id, name FROM department";
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
