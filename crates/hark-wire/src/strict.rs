//! Whether parameters have their shape, as our own API sees it: what is in a query is text and is
//! read as what it should be; in a body nothing is taken for something else. What does not fit is
//! named by its place.

use serde_json::{Map, Value, json};

use crate::answer::Failure;
use crate::shape::{Field, Shape};

/// What does not fit, and where: a JSON pointer.
struct Misfit {
    pointer: String,
    detail: String,
}

impl Misfit {
    fn new(detail: impl Into<String>) -> Self {
        Self {
            pointer: String::new(),
            detail: detail.into(),
        }
    }

    fn below(mut self, name: &str) -> Self {
        let name = name.replace('~', "~0").replace('/', "~1");
        self.pointer.insert_str(0, &format!("/{name}"));
        self
    }
}

pub fn fit(shape: &Shape, params: &mut Value, is_query: bool) -> Result<(), Failure> {
    check(shape, params, is_query).map_err(|misfit| Failure::Misfit {
        pointer: misfit.pointer,
        detail: misfit.detail,
    })
}

fn check(shape: &Shape, value: &mut Value, is_query: bool) -> Result<(), Misfit> {
    if is_query && let Value::String(text) = value {
        let read = match shape {
            Shape::Number | Shape::Integer | Shape::Between(..) | Shape::Clamped(..) => {
                text.parse::<i64>().ok().map(|number| json!(number))
            }
            Shape::Flag | Shape::Only(_) => text.parse::<bool>().ok().map(|flag| json!(flag)),
            // A list may be written with commas between.
            Shape::List(_) | Shape::SomeOf(_) => Some(text.split(',').collect()),
            _ => None,
        };
        if let Some(read) = read {
            *value = read;
        }
    }
    let wanted = |fits: bool, what: &str| {
        if fits {
            Ok(())
        } else {
            Err(Misfit::new(format!("has to be {what}")))
        }
    };
    match shape {
        Shape::Anything => Ok(()),
        Shape::Scalar => wanted(!value.is_object(), "a single value"),
        Shape::Text => wanted(value.is_string(), "a text"),
        Shape::NonEmpty => wanted(
            value.as_str().is_some_and(|text| !text.is_empty()),
            "a text with at least one character",
        ),
        Shape::Number | Shape::Clamped(..) => wanted(value.is_number(), "a number"),
        Shape::Integer => wanted(value.is_i64(), "a whole number"),
        Shape::Between(low, high) => wanted(
            value
                .as_i64()
                .is_some_and(|number| (*low..=*high).contains(&number)),
            &format!("a whole number from {low} to {high}"),
        ),
        Shape::Flag => wanted(value.is_boolean(), "true or false"),
        Shape::Only(position) => wanted(*value == json!(position), &position.to_string()),
        Shape::OneOf(choices) => {
            let fits = value.as_str().is_some_and(|text| choices.contains(&text));
            wanted(fits, &format!("one of {}", choices.join(", ")))
        }
        Shape::List(of) | Shape::SomeOf(of) => {
            let Value::Array(items) = value else {
                return Err(Misfit::new("has to be a list"));
            };
            if items.is_empty() && matches!(shape, Shape::SomeOf(_)) {
                return Err(Misfit::new("has to have at least one entry"));
            }
            items.iter_mut().enumerate().try_for_each(|(index, item)| {
                check(of, item, is_query).map_err(|misfit| misfit.below(&index.to_string()))
            })
        }
        Shape::Open => wanted(value.is_object(), "an object"),
        Shape::Maybe(_) if value.is_null() => Ok(()),
        Shape::Maybe(of) => check(of, value, is_query),
        Shape::Object(fields) | Shape::MeteorMatch(fields) | Shape::OpenObject(fields) => {
            let Value::Object(members) = value else {
                return Err(Misfit::new("has to be an object"));
            };
            let is_open = matches!(shape, Shape::OpenObject(_));
            check_members(fields, members, is_open, is_query)
        }
        Shape::Either(shapes) => {
            let mut first = None;
            for shape in *shapes {
                let mut candidate = value.clone();
                match check(shape, &mut candidate, is_query) {
                    Ok(()) => {
                        *value = candidate;
                        return Ok(());
                    }
                    Err(misfit) => first = first.or(Some(misfit)),
                }
            }
            Err(first.unwrap_or_else(|| Misfit::new("fits nothing")))
        }
    }
}

fn check_members(
    fields: &[Field],
    members: &mut Map<String, Value>,
    is_open: bool,
    is_query: bool,
) -> Result<(), Misfit> {
    for (name, value) in members.iter_mut() {
        match fields.iter().find(|field| field.name == name) {
            Some(field) => check(&field.shape, value, is_query).map_err(|one| one.below(name))?,
            None if is_open => {}
            None => {
                let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
                let detail = match known.as_slice() {
                    [] => "is not known here; nothing is".to_owned(),
                    known => format!("is not known here; what is: {}", known.join(", ")),
                };
                return Err(Misfit::new(detail).below(name));
            }
        }
    }
    let missing = fields
        .iter()
        .find(|field| field.required && !members.contains_key(field.name));
    match missing {
        Some(field) => Err(Misfit::new("is required").below(field.name)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDPOINT: Shape = Shape::Object(&[
        Field::required("url", Shape::NonEmpty),
        Field::optional("events", Shape::SomeOf(&Shape::Text)),
        Field::optional("limit", Shape::Integer),
        Field::optional("dryRun", Shape::Flag),
    ]);

    fn misfit(mut value: Value, is_query: bool) -> Option<(String, String)> {
        let wrong = check(&ENDPOINT, &mut value, is_query).err()?;
        Some((wrong.pointer, wrong.detail))
    }

    #[test]
    fn nothing_in_a_body_is_taken_for_something_else() {
        for (value, pointer) in [
            (json!([]), ""),
            (json!({}), "/url"),
            (json!({"url": 8000}), "/url"),
            (json!({"url": ""}), "/url"),
            (json!({"url": "x", "limit": "5"}), "/limit"),
            (json!({"url": "x", "limit": 1.5}), "/limit"),
            (json!({"url": "x", "dryRun": 1}), "/dryRun"),
            (json!({"url": "x", "events": []}), "/events"),
            (json!({"url": "x", "events": "a"}), "/events"),
            (json!({"url": "x", "events": ["a", null]}), "/events/1"),
            (json!({"url": "x", "od/d": 1}), "/od~1d"),
        ] {
            let found = misfit(value.clone(), false);
            assert_eq!(found.map(|(at, _)| at).as_deref(), Some(pointer), "{value}");
        }
        let (_, detail) = misfit(json!({"url": "x", "odd": 1}), false).unwrap();
        assert!(detail.contains("url, events"), "{detail}");
        let good = json!({"url": "x", "events": ["a"], "limit": 5, "dryRun": true});
        assert_eq!(misfit(good, false), None);
    }

    #[test]
    fn the_texts_of_a_query_are_read() {
        let mut query = json!({"url": "x", "events": "a,b", "limit": "5", "dryRun": "true"});
        assert!(check(&ENDPOINT, &mut query, true).is_ok());
        let read = json!({"url": "x", "events": ["a", "b"], "limit": 5, "dryRun": true});
        assert_eq!(query, read);
        assert!(misfit(json!({"url": "x", "limit": "many"}), true).is_some());
    }
}
