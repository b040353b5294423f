//! The conditions of old clients' `query`: equality, `$in`, `$ne`, `$regex`, `$or` and `$and`. They are
//! made ready once, within bounds, and then asked about each document of a list.

use regex::{Error, Regex, RegexBuilder};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use crate::answer::Failure;
use crate::body::elsewhere;

/// How many patterns a query may have, how long each may be, and what it may take to run.
pub const MOST_PATTERNS: usize = 10;
pub const LONGEST_PATTERN: usize = 200;
pub const LARGEST_PATTERN: usize = 128 << 10;

/// All of these have to hold.
#[derive(Debug, Default)]
pub struct Query(Vec<Condition>);

#[derive(Debug)]
enum Condition {
    Any(Vec<Query>),
    All(Vec<Query>),
    /// One of the values under a name passes all of these.
    Under(String, Vec<Test>),
}

#[derive(Debug)]
enum Test {
    Is(Value),
    In(Vec<Value>),
    IsNot(Value),
    Matches(Regex),
    Never,
}

impl Query {
    /// Made ready away from the threads that serve everybody, in its turn, where there may be patterns.
    pub async fn of(
        conditions: Map<String, Value>,
        with_patterns: bool,
        turns: &Semaphore,
    ) -> Result<Self, Failure> {
        if conditions.is_empty() || !with_patterns {
            return Self::made(conditions, with_patterns);
        }
        elsewhere(turns, move || Self::made(conditions, with_patterns)).await?
    }

    /// `with_patterns`: whether there may be some.
    pub fn made(conditions: Map<String, Value>, with_patterns: bool) -> Result<Self, Failure> {
        let mut patterns = Patterns {
            left: if with_patterns { MOST_PATTERNS } else { 0 },
            are_allowed: with_patterns,
        };
        patterns.query(conditions)
    }

    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn matches(&self, document: &Value) -> bool {
        self.0.iter().all(|condition| match condition {
            Condition::Any(parts) => parts.iter().any(|part| part.matches(document)),
            Condition::All(parts) => parts.iter().all(|part| part.matches(document)),
            Condition::Under(name, tests) => values_at(document, name)
                .iter()
                .any(|found| tests.iter().all(|test| test.passes(found))),
        })
    }
}

impl Test {
    fn passes(&self, found: &Value) -> bool {
        match self {
            Self::Is(wanted) => found == wanted,
            Self::In(items) => items.contains(found),
            Self::IsNot(other) => found != other,
            Self::Matches(pattern) => found.as_str().is_some_and(|text| pattern.is_match(text)),
            Self::Never => false,
        }
    }
}

/// A pattern within these bounds. The engine is linear in the text that it is looked for in.
pub fn pattern(text: &str, ignore_case: bool) -> Result<Regex, Error> {
    if text.len() > LONGEST_PATTERN {
        return Err(Error::CompiledTooBig(LONGEST_PATTERN));
    }
    RegexBuilder::new(text)
        .case_insensitive(ignore_case)
        .size_limit(LARGEST_PATTERN)
        .dfa_size_limit(LARGEST_PATTERN)
        .build()
}

/// How many patterns may still come.
struct Patterns {
    left: usize,
    are_allowed: bool,
}

impl Patterns {
    fn query(&mut self, conditions: Map<String, Value>) -> Result<Query, Failure> {
        let conditions = conditions.into_iter().map(|(name, wanted)| {
            Ok(match (name.as_str(), wanted) {
                ("$or", Value::Array(parts)) => Condition::Any(self.parts(parts)?),
                ("$and", Value::Array(parts)) => Condition::All(self.parts(parts)?),
                (_, Value::Object(operators)) => Condition::Under(name, self.tests(operators)?),
                (_, value) => Condition::Under(name, vec![Test::Is(value)]),
            })
        });
        Ok(Query(conditions.collect::<Result<_, Failure>>()?))
    }

    fn parts(&mut self, parts: Vec<Value>) -> Result<Vec<Query>, Failure> {
        let parts = parts.into_iter().map(|part| match part {
            Value::Object(conditions) => self.query(conditions),
            _ => Ok(Query(vec![Condition::Any(Vec::new())])),
        });
        parts.collect()
    }

    fn tests(&mut self, mut operators: Map<String, Value>) -> Result<Vec<Test>, Failure> {
        let options = operators.shift_remove("$options");
        let options = options.as_ref().and_then(Value::as_str).unwrap_or_default();
        let tests = operators.into_iter().map(|(operator, operand)| {
            Ok(match (operator.as_str(), operand) {
                ("$in", Value::Array(items)) => Test::In(items),
                ("$ne", other) => Test::IsNot(other),
                ("$regex", Value::String(text)) => self.pattern(&text, options.contains('i'))?,
                _ => Test::Never,
            })
        });
        tests.collect()
    }

    fn pattern(&mut self, text: &str, ignore_case: bool) -> Result<Test, Failure> {
        if !self.are_allowed {
            return Err(Failure::coded(
                "Patterns ($regex) are for those who may see the whole list; ask for what a value is, or with $in [error-invalid-query]",
            ));
        }
        let too_much = || {
            Failure::coded(format!(
                "The query parameter may have {MOST_PATTERNS} patterns ($regex) of {LONGEST_PATTERN} bytes at most, none of which takes more than {LARGEST_PATTERN} bytes when it is made ready [error-invalid-query]"
            ))
        };
        self.left = self.left.checked_sub(1).ok_or_else(too_much)?;
        match pattern(text, ignore_case) {
            Ok(pattern) => Ok(Test::Matches(pattern)),
            Err(Error::CompiledTooBig(_)) => Err(too_much()),
            // As with the original, what is no pattern finds nothing.
            Err(_) => Ok(Test::Never),
        }
    }
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

/// Refuses conditions on anything but these names.
pub fn only(conditions: &Map<String, Value>, names: &[&str]) -> Result<(), Failure> {
    for (name, wanted) in conditions {
        match (name.as_str(), wanted) {
            ("$or" | "$and", Value::Array(parts)) => {
                for part in parts.iter().filter_map(Value::as_object) {
                    only(part, names)?;
                }
            }
            (name, _) if names.contains(&name) => {}
            (name, _) => {
                return Err(Failure::coded(format!(
                    "Invalid query parameter provided: \"{name}\" [error-invalid-query]"
                )));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use serde_json::json;

    use super::*;

    fn members(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn queries_of_old_clients_find_what_they_mean() {
        let document = json!({"username": "ada", "roles": ["admin", "user"], "emails": [{"address": "ada@example.org"}]});
        for (query, found) in [
            (json!({}), true),
            (json!({"username": "ada"}), true),
            (json!({"username": "bob"}), false),
            (json!({"username": {"$ne": "bob"}}), true),
            (json!({"roles": "admin"}), true),
            (json!({"roles": {"$in": ["bot"]}}), false),
            (json!({"roles": {"$in": ["bot", "user"]}}), true),
            (json!({"emails.address": "ada@example.org"}), true),
            (
                json!({"username": {"$regex": "^AD", "$options": "i"}}),
                true,
            ),
            (json!({"username": {"$regex": "^AD"}}), false),
            (json!({"username": {"$regex": "("}}), false),
            (
                json!({"$or": [{"username": "bob"}, {"roles": "user"}]}),
                true,
            ),
            (
                json!({"$and": [{"username": "ada"}, {"roles": "bot"}]}),
                false,
            ),
            (json!({"$or": [5]}), false),
            (json!({"$and": [{"username": "ada"}, 5]}), false),
            (json!({"username": {"$where": "1"}}), false),
        ] {
            let ready = Query::made(members(query.clone()), true);
            let ready = ready.unwrap_or_else(|_| panic!("{query}"));
            assert_eq!(ready.matches(&document), found, "{query}");
        }
        let foreign = members(json!({"$or": [{"password": "x"}]}));
        assert!(only(&foreign, &["username"]).is_err());
        assert!(only(&members(json!({"username": "x"})), &["username"]).is_ok());
    }

    #[test]
    fn patterns_are_few_and_small_and_not_for_everybody() {
        let query = |pattern: &str, times: usize, with_patterns| {
            let parts = vec![json!({"username": {"$regex": pattern}}); times];
            Query::made(members(json!({"$or": parts})), with_patterns).is_ok()
        };
        assert!(query("^a", MOST_PATTERNS, true));
        assert!(!query("^a", MOST_PATTERNS + 1, true));
        assert!(!query("^a", 1, false));
        assert!(query(&"a".repeat(LONGEST_PATTERN), 1, true));
        assert!(!query(&"a".repeat(LONGEST_PATTERN + 1), 1, true));
        assert!(!query("\\pL{90}", 1, true));
        assert!(query("(?i)\\w+@\\w+", 1, true));
    }

    #[test]
    fn patterns_wait_for_their_turn_and_what_has_none_does_not() {
        let turns = Semaphore::new(0);
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(async {
            let asked = || members(json!({"username": {"$regex": "^a"}}));
            assert!(Query::of(asked(), false, &turns).await.is_err());
            let mut ready = std::pin::pin!(Query::of(asked(), true, &turns));
            let mut waiting = Context::from_waker(Waker::noop());
            assert!(ready.as_mut().poll(&mut waiting).is_pending());
            turns.add_permits(1);
            assert!(ready.await.is_ok());
        });
    }
}
