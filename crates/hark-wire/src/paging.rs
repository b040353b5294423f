//! `count`, `offset`, `sort`, `fields` and `query`, as every list of the original takes them.

use std::cmp::Ordering;

use hark_model::{Page, settings};
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Failure, Reply};
use crate::body;
use crate::call::Call;
use crate::json::{Bounds, Unreadable};
use crate::params::params;
use crate::query::{self, Query};
use crate::shape::{Field, Shape};

/// How much `sort`, `fields` and `query` may be, each: what they say is looked at for each document
/// of a list.
pub const LONGEST: usize = 16 << 10;
pub const BOUNDS: Bounds = Bounds {
    values: 500,
    depth: 6,
};
pub const MOST_TO_SORT_BY: usize = 10;

/// The parameters of a list, for the schema of its route.
pub const COUNT: Field = Field::optional("count", Shape::Number);
pub const OFFSET: Field = Field::optional("offset", Shape::Number);
pub const SORT: Field = Field::optional("sort", Shape::Text);
pub const FIELDS: Field = Field::optional("fields", Shape::Text);
pub const QUERY: Field = Field::optional("query", Shape::Text);

params! {
    /// All of them, for a list that takes nothing else.
    pub struct List {; COUNT, OFFSET, SORT, FIELDS, QUERY }

    /// A part of a list in some order, and nothing else.
    pub struct Sorted {; COUNT, OFFSET, SORT }
}

/// The part of a list that is asked for, within what the settings allow.
pub fn page(call: &Call) -> Page {
    let number = |field: Field| {
        call.params.get(field.name).and_then(|value| match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        })
    };
    let upper = call.policy.number(settings::API_Upper_Count_Limit).max(1);
    let usual = call
        .policy
        .number(settings::API_Default_Count)
        .clamp(1, upper);
    let limit = match number(COUNT) {
        None => usual,
        Some(0.0) if call.policy.flag(settings::API_Allow_Infinite_Count) => i64::MAX,
        Some(count) if count >= 1.0 => (count as i64).min(upper),
        Some(_) => usual,
    };
    let offset = number(OFFSET).map_or(0, |offset| offset as i64).max(0);
    Page { offset, limit }
}

/// The part of a whole list that is asked for.
pub fn cut<T>(items: impl IntoIterator<Item = T>, page: Page) -> impl Iterator<Item = T> {
    let offset = usize::try_from(page.offset).unwrap_or(usize::MAX);
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    items.into_iter().skip(offset).take(limit)
}

/// A part of a list, with the members in the order in which most lists have them.
pub fn listed(name: &str, items: Vec<Value>, page: Page, total: i64) -> Answer {
    let count = items.len();
    let mut list = json!({"count": count, name: null, "offset": page.offset, "total": total});
    list[name] = Value::Array(items);
    Reply::object(list)
}

/// The same where the items come last.
pub fn listed_last(name: &str, items: Vec<Value>, page: Page, total: i64) -> Answer {
    let mut list = json!({"count": items.len(), "offset": page.offset, "total": total});
    list[name] = Value::Array(items);
    Reply::object(list)
}

/// A page of a list that was read whole, because its table is small. It comes in the order of
/// those who want none.
pub fn small_list(call: &Call, name: &str, mut found: Vec<Value>) -> Answer {
    let page = page(call);
    let sort = sort(call)?;
    if !sort.is_empty() {
        found.sort_by(|one, other| compare(one, other, &sort));
    }
    let total = found.len();
    let shown: Vec<Value> = cut(found, page).collect();
    let count = shown.len();
    Reply::object(json!({name: shown, "count": count, "offset": page.offset, "total": total}))
}

/// `{"ts":-1,"name":1}`, in its order: a name and whether it goes down.
pub fn sort(call: &Call) -> Result<Vec<(String, bool)>, Failure> {
    let Some(text) = call.text(SORT.name).filter(|text| !text.is_empty()) else {
        return Ok(Vec::new());
    };
    let members = object(text, SORT.name, "error-invalid-sort")?;
    if members.len() > MOST_TO_SORT_BY {
        return Err(too_much(SORT.name, "error-invalid-sort"));
    }
    members
        .into_iter()
        .map(|(key, direction)| match direction.as_f64() {
            Some(1.0) => Ok((key, false)),
            Some(-1.0) => Ok((key, true)),
            _ => Err(unreadable(format!(
                "Invalid sort parameter: {key} [error-invalid-sort-parameter]"
            ))),
        })
        .collect()
}

fn unreadable(text: String) -> Failure {
    Failure::coded(text).with(json!({"helperMethod": "parseJsonQuery"}))
}

/// Which members of each document to show; empty for all of them.
pub fn fields(call: &Call) -> Result<Map<String, Value>, Failure> {
    filter(call, FIELDS.name, "error-invalid-fields")
}

/// Which documents to show, by these names; patterns are for those who hold the permission to see
/// the whole list.
pub async fn query(call: &Call, names: &[&str], sees_all: &str) -> Result<Query, Failure> {
    let conditions = filter(call, QUERY.name, "error-invalid-query")?;
    query::only(&conditions, names)?;
    let ready = Query::of(conditions, call.may(sees_all), &call.wire.parsing);
    ready.await.map_err(said_in_query)
}

fn said_in_query(failure: Failure) -> Failure {
    failure.with(json!({"helperMethod": "parseJsonQuery"}))
}

fn filter(call: &Call, name: &str, code: &str) -> Result<Map<String, Value>, Failure> {
    let Some(text) = call.text(name).filter(|text| !text.is_empty()) else {
        return Ok(Map::new());
    };
    object(text, name, code)
}

fn object(text: &str, name: &str, code: &str) -> Result<Map<String, Value>, Failure> {
    match json(text) {
        Ok(Value::Object(members)) => Ok(members),
        Err(Unreadable::TooMuch) => Err(too_much(name, code)),
        _ => Err(unreadable(format!(
            "Invalid {name} parameter provided: \"{text}\" [{code}]"
        ))),
    }
}

/// JSON in a parameter of a list, within the bounds of such parameters.
pub fn json(text: &str) -> Result<Value, Unreadable> {
    if text.len() > LONGEST {
        return Err(Unreadable::TooMuch);
    }
    body::json_within(text, BOUNDS)
}

fn too_much(name: &str, code: &str) -> Failure {
    unreadable(format!(
        "The {name} parameter may have {LONGEST} bytes, {} values inside of each other {} deep, and \
         {MOST_TO_SORT_BY} names to sort by, at most [{code}]",
        BOUNDS.values, BOUNDS.depth
    ))
}

/// Leaves of a document what `fields` asks for; `_id` always stays.
pub fn project(document: &mut Map<String, Value>, fields: &Map<String, Value>) {
    if fields.is_empty() {
        return;
    }
    let wanted = |value: &Value| value.as_f64() == Some(1.0) || value.as_bool() == Some(true);
    let only_these = fields.values().any(wanted);
    document.retain(|name, _| {
        name == "_id"
            || match fields.get(name) {
                Some(value) => wanted(value),
                None => !only_these,
            }
    });
}

/// A list that is small enough to be looked at whole: sorted as the caller says, or by one name,
/// cut, and each document with the members that are asked for.
pub fn answer(call: &Call, name: &str, mut found: Vec<Value>, usual: &str) -> Answer {
    let page = page(call);
    let mut sort = sort(call)?;
    let fields = fields(call)?;
    if sort.is_empty() {
        sort.push((usual.to_owned(), false));
    }
    found.sort_by(|one, other| compare(one, other, &sort));
    let total = found.len() as i64;
    let shown = cut(found, page).map(|document| projected(document, &fields));
    listed_last(name, shown.collect(), page, total)
}

/// A document with what `fields` asks for.
pub fn projected(mut document: Value, fields: &Map<String, Value>) -> Value {
    if let Value::Object(members) = &mut document {
        project(members, fields);
    }
    document
}

pub fn compare(one: &Value, other: &Value, sort: &[(String, bool)]) -> Ordering {
    sort.iter().fold(Ordering::Equal, |so_far, (name, down)| {
        so_far.then_with(|| {
            let order = compare_values(one.get(name), other.get(name));
            if *down { order.reverse() } else { order }
        })
    })
}

fn compare_values(one: Option<&Value>, other: Option<&Value>) -> Ordering {
    match (one, other) {
        (Some(Value::String(one)), Some(Value::String(other))) => one.cmp(other),
        (Some(Value::Bool(one)), Some(Value::Bool(other))) => one.cmp(other),
        (Some(Value::Number(one)), Some(Value::Number(other))) => {
            let (one, other) = (one.as_f64().unwrap_or(0.0), other.as_f64().unwrap_or(0.0));
            one.total_cmp(&other)
        }
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_projection_keeps_the_id() {
        let mut document = members(json!({"_id": "1", "name": "a", "roles": []}));
        project(&mut document, &members(json!({"name": 1})));
        assert_eq!(Value::Object(document), json!({"_id": "1", "name": "a"}));
        let mut document = members(json!({"_id": "1", "name": "a", "roles": []}));
        project(&mut document, &members(json!({"name": 0})));
        assert_eq!(Value::Object(document), json!({"_id": "1", "roles": []}));
    }
}
