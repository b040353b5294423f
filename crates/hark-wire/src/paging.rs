//! `count`, `offset`, `sort`, `fields` and `query`, as every list of the original takes them.

use std::cmp::Ordering;

use hark_chat::accounts::Page;
use regex::RegexBuilder;
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Failure, Reply};
use crate::body;
use crate::call::Call;
use crate::shape::{Field, Shape};

/// The parameters of a list, for the schema of its route.
pub const COUNT: Field = Field::optional("count", Shape::Number);
pub const OFFSET: Field = Field::optional("offset", Shape::Number);
pub const SORT: Field = Field::optional("sort", Shape::Text);
pub const FIELDS: Field = Field::optional("fields", Shape::Text);
pub const QUERY: Field = Field::optional("query", Shape::Text);

/// All of them, for a list that takes nothing else.
pub const LIST: Shape = Shape::Object(&[COUNT, OFFSET, SORT, FIELDS, QUERY]);

/// The part of a list that is asked for, within what the settings allow.
pub fn page(call: &Call) -> Page {
    let number = |name: &str| {
        call.params.get(name).and_then(|value| match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        })
    };
    let upper = call.policy.int("API_Upper_Count_Limit").max(1);
    let usual = call.policy.int("API_Default_Count").clamp(1, upper);
    let limit = match number("count") {
        None => usual,
        Some(0.0) if call.policy.flag("API_Allow_Infinite_Count") => i64::MAX,
        Some(count) if count >= 1.0 => (count as i64).min(upper),
        Some(_) => usual,
    };
    let offset = number("offset").map_or(0, |offset| offset as i64).max(0);
    Page { offset, limit }
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
    let shown: Vec<Value> = found
        .into_iter()
        .skip(usize::try_from(page.offset).unwrap_or(usize::MAX))
        .take(usize::try_from(page.limit).unwrap_or(usize::MAX))
        .collect();
    let count = shown.len();
    Reply::object(json!({name: shown, "count": count, "offset": page.offset, "total": total}))
}

/// `{"ts":-1,"name":1}`, in its order: a name and whether it goes down.
pub fn sort(call: &Call) -> Result<Vec<(String, bool)>, Failure> {
    let Some(text) = call.text("sort").filter(|text| !text.is_empty()) else {
        return Ok(Vec::new());
    };
    let members = object(text).ok_or_else(|| {
        Failure::coded(
            format!("Invalid sort parameter provided: \"{text}\""),
            "error-invalid-sort",
        )
        .with(serde_json::json!({"helperMethod": "parseJsonQuery"}))
    })?;
    members
        .into_iter()
        .map(|(key, direction)| match direction.as_f64() {
            Some(1.0) => Ok((key, false)),
            Some(-1.0) => Ok((key, true)),
            _ => Err(Failure::coded(
                format!("Invalid sort parameter: {key}"),
                "error-invalid-sort-parameter",
            )
            .with(serde_json::json!({"helperMethod": "parseJsonQuery"}))),
        })
        .collect()
}

/// Which members of each document to show; empty for all of them.
pub fn fields(call: &Call) -> Result<Map<String, Value>, Failure> {
    filter(call, "fields", "error-invalid-fields")
}

/// Which documents to show; empty for all of them.
pub fn query(call: &Call) -> Result<Map<String, Value>, Failure> {
    filter(call, "query", "error-invalid-query")
}

fn filter(call: &Call, name: &str, code: &'static str) -> Result<Map<String, Value>, Failure> {
    let Some(text) = call.text(name).filter(|text| !text.is_empty()) else {
        return Ok(Map::new());
    };
    object(text).ok_or_else(|| {
        Failure::coded(
            format!("Invalid {name} parameter provided: \"{text}\""),
            code,
        )
        .with(serde_json::json!({"helperMethod": "parseJsonQuery"}))
    })
}

fn object(text: &str) -> Option<Map<String, Value>> {
    match body::json(text) {
        Some(Value::Object(members)) => Some(members),
        _ => None,
    }
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

/// Whether a document answers a query: equality, `$in`, `$regex`, `$or` and `$and`, on the names
/// that may be asked for.
pub fn matches(document: &Value, query: &Map<String, Value>) -> bool {
    query
        .iter()
        .all(|(name, wanted)| match (name.as_str(), wanted) {
            ("$or", Value::Array(parts)) => parts.iter().any(|part| matches_part(document, part)),
            ("$and", Value::Array(parts)) => parts.iter().all(|part| matches_part(document, part)),
            _ => values_at(document, name)
                .iter()
                .any(|found| matches_value(found, wanted)),
        })
}

fn matches_part(document: &Value, part: &Value) -> bool {
    part.as_object()
        .is_some_and(|query| matches(document, query))
}

/// The values under a dotted name; a list stands for each of its items.
fn values_at<'a>(document: &'a Value, name: &str) -> Vec<&'a Value> {
    let start = vec![document];
    name.split('.').fold(start, |found, part| {
        let next = found.into_iter().filter_map(|value| value.get(part));
        next.flat_map(|value| match value {
            Value::Array(items) => items.iter().collect::<Vec<_>>(),
            other => vec![other],
        })
        .collect()
    })
}

fn matches_value(found: &Value, wanted: &Value) -> bool {
    let Value::Object(operators) = wanted else {
        return found == wanted;
    };
    operators
        .iter()
        .all(|(operator, operand)| match operator.as_str() {
            "$in" => operand
                .as_array()
                .is_some_and(|items| items.contains(found)),
            "$ne" => found != operand,
            "$regex" => {
                let ignore_case = operators
                    .get("$options")
                    .and_then(Value::as_str)
                    .is_some_and(|options| options.contains('i'));
                // The engine is linear in the text; its size is bounded besides.
                let pattern = operand.as_str().and_then(|text| {
                    RegexBuilder::new(text)
                        .case_insensitive(ignore_case)
                        .size_limit(1 << 18)
                        .build()
                        .ok()
                });
                found
                    .as_str()
                    .zip(pattern)
                    .is_some_and(|(text, pattern)| pattern.is_match(text))
            }
            "$options" => true,
            _ => false,
        })
}

/// Refuses a query for anything but these names.
pub fn only(query: &Map<String, Value>, names: &[&str]) -> Result<(), Failure> {
    for (name, wanted) in query {
        match (name.as_str(), wanted) {
            ("$or" | "$and", Value::Array(parts)) => {
                for part in parts.iter().filter_map(Value::as_object) {
                    only(part, names)?;
                }
            }
            (name, _) if names.contains(&name) => {}
            (name, _) => {
                return Err(Failure::coded(
                    format!("Invalid query parameter provided: \"{name}\""),
                    "error-invalid-query",
                ));
            }
        }
    }
    Ok(())
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
    let total = found.len();
    let shown: Vec<Value> = found
        .into_iter()
        .skip(usize::try_from(page.offset).unwrap_or(usize::MAX))
        .take(usize::try_from(page.limit).unwrap_or(usize::MAX))
        .map(|mut document| {
            if let Value::Object(members) = &mut document {
                project(members, &fields);
            }
            document
        })
        .collect();
    let mut answer = json!({"count": shown.len(), "offset": page.offset, "total": total});
    answer[name] = Value::Array(shown);
    Reply::object(answer)
}

/// Compares two documents by the names of a sort.
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

    fn query_of(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn queries_of_old_clients_find_what_they_mean() {
        let document = json!({"username": "ada", "roles": ["admin", "user"], "emails": [{"address": "ada@example.org"}]});
        for (query, found) in [
            (json!({}), true),
            (json!({"username": "ada"}), true),
            (json!({"username": "bob"}), false),
            (json!({"roles": "admin"}), true),
            (json!({"roles": {"$in": ["bot"]}}), false),
            (json!({"emails.address": "ada@example.org"}), true),
            (
                json!({"username": {"$regex": "^AD", "$options": "i"}}),
                true,
            ),
            (json!({"username": {"$regex": "("}}), false),
            (
                json!({"$or": [{"username": "bob"}, {"roles": "user"}]}),
                true,
            ),
            (json!({"username": {"$where": "1"}}), false),
        ] {
            assert_eq!(
                matches(&document, &query_of(query.clone())),
                found,
                "{query}"
            );
        }
        assert!(
            only(
                &query_of(json!({"$or": [{"password": "x"}]})),
                &["username"]
            )
            .is_err()
        );
        assert!(only(&query_of(json!({"username": "x"})), &["username"]).is_ok());
    }

    #[test]
    fn a_projection_keeps_the_id() {
        let mut document = query_of(json!({"_id": "1", "name": "a", "roles": []}));
        project(&mut document, &query_of(json!({"name": 1})));
        assert_eq!(Value::Object(document), json!({"_id": "1", "name": "a"}));
        let mut document = query_of(json!({"_id": "1", "name": "a", "roles": []}));
        project(&mut document, &query_of(json!({"name": 0})));
        assert_eq!(Value::Object(document), json!({"_id": "1", "roles": []}));
    }
}
