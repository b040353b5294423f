//! What parameters must look like. A shape coerces scalars as the original's validator does,
//! words the first thing that is wrong as it does, and is the schema in the API document.

use serde_json::{Map, Number, Value, json};

use crate::answer::Failure;
use crate::meanings;

#[derive(Clone, Copy)]
pub enum Shape {
    /// Not looked at here: the handler has its own words for what is wrong.
    Anything,
    Text,
    /// Text with at least one character.
    NonEmpty,
    Number,
    Integer,
    /// A whole number from one to another.
    Between(i64, i64),
    /// A number; what is less or more than these is taken for them.
    Clamped(i64, i64),
    Flag,
    /// A switch, in this position.
    Only(bool),
    OneOf(&'static [&'static str]),
    List(&'static Self),
    /// A list with at least one item.
    SomeOf(&'static Self),
    /// Named members; others are refused.
    Object(&'static [Field]),
    /// Any object.
    Open,
    /// Exactly one of these fits.
    Either(&'static [Self]),
    /// Named members as the original's older checker takes them: nothing is coerced, and what is
    /// wrong is said in that checker's words. For a whole body or query only.
    MeteorMatch(&'static [Field]),
    /// Named members; others may be there too.
    OpenObject(&'static [Field]),
    /// This or `null`; inside of [`Self::MeteorMatch`] also nothing.
    Maybe(&'static Self),
    /// Text, a number, a switch or a list.
    Scalar,
}

#[derive(Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    pub shape: Shape,
    pub required: bool,
    /// What it means, as it stands beside its declaration; empty where its name says it.
    pub about: &'static str,
}

impl Shape {
    /// Whether a member of this name means something.
    pub fn names(&self, name: &str) -> bool {
        match self {
            Self::Object(fields) | Self::MeteorMatch(fields) | Self::OpenObject(fields) => {
                fields.iter().any(|field| field.name == name)
            }
            _ => false,
        }
    }
}

impl Field {
    pub const fn required(name: &'static str, shape: Shape) -> Self {
        Self {
            name,
            shape,
            required: true,
            about: "",
        }
    }

    pub const fn optional(name: &'static str, shape: Shape) -> Self {
        Self {
            name,
            shape,
            required: false,
            about: "",
        }
    }

    #[must_use]
    pub const fn shaped(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    #[must_use]
    pub const fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    /// The JSON Schema of its value, with what it means.
    pub fn schema(&self) -> Value {
        let mut schema = self.shape.schema();
        let own = self.about.trim().trim_end_matches('.');
        if own.is_empty() {
            meanings::describe(self.name, &mut schema);
        } else {
            schema["description"] = json!(own);
        }
        schema
    }
}

impl Shape {
    /// Coerces in place, or says what is wrong with the first part that does not fit.
    pub fn fit(&self, value: &mut Value) -> Result<(), String> {
        match self {
            Self::Anything => Ok(()),
            Self::Text => fit_text(value),
            Self::NonEmpty => {
                fit_text(value)?;
                match value.as_str() {
                    Some("") => Err("must NOT have fewer than 1 characters".into()),
                    _ => Ok(()),
                }
            }
            Self::Number | Self::Clamped(..) => fit_number(value, "must be number"),
            Self::Integer => {
                fit_number(value, "must be integer")?;
                let whole = value
                    .as_f64()
                    .filter(|number| number.fract() == 0.0 && number.abs() <= 9e15);
                match whole {
                    Some(number) => {
                        *value = json!(number as i64);
                        Ok(())
                    }
                    None => Err("must be integer".into()),
                }
            }
            Self::Between(low, high) => {
                Self::Integer.fit(value)?;
                match value.as_i64() {
                    Some(number) if number < *low => Err(format!("must be >= {low}")),
                    Some(number) if number > *high => Err(format!("must be <= {high}")),
                    _ => Ok(()),
                }
            }
            Self::Flag => fit_flag(value),
            Self::Only(position) => {
                fit_flag(value)?;
                match value.as_bool() {
                    Some(flag) if flag == *position => Ok(()),
                    _ => Err("must be equal to one of the allowed values".into()),
                }
            }
            Self::OneOf(choices) => {
                fit_text(value)?;
                match value.as_str() {
                    Some(text) if choices.contains(&text) => Ok(()),
                    _ => Err("must be equal to one of the allowed values".into()),
                }
            }
            Self::List(of) => match value {
                Value::Array(items) => items.iter_mut().try_for_each(|item| of.fit(item)),
                _ => Err("must be array".into()),
            },
            Self::SomeOf(of) => match value {
                Value::Array(items) if items.is_empty() => {
                    Err("must NOT have fewer than 1 items".into())
                }
                _ => Self::List(of).fit(value),
            },
            Self::Open => match value {
                Value::Object(_) => Ok(()),
                _ => Err("must be object".into()),
            },
            Self::Object(fields) => match value {
                Value::Object(members) => fit_members(fields, members, false),
                _ => Err("must be object".into()),
            },
            Self::MeteorMatch(_) => self.matches(value),
            Self::OpenObject(fields) => match value {
                Value::Object(members) => fit_members(fields, members, true),
                _ => Err("must be object".into()),
            },
            Self::Maybe(of) => match value {
                Value::Null => Ok(()),
                // Nothing, as a form says it, for what is not a text.
                Value::String(text) if text.is_empty() && of.fit(&mut json!("")).is_err() => {
                    *value = Value::Null;
                    Ok(())
                }
                _ => of.fit(value),
            },
            Self::Scalar => match value {
                Value::Object(_) => Err("must be string".into()),
                _ => Ok(()),
            },
            Self::Either(shapes) => {
                let mut fitting = shapes.iter().filter_map(|shape| {
                    let mut candidate = value.clone();
                    shape.fit(&mut candidate).is_ok().then_some(candidate)
                });
                match (fitting.next(), fitting.next()) {
                    (Some(fitted), None) => {
                        *value = fitted;
                        Ok(())
                    }
                    _ => Err("must match exactly one schema in oneOf".into()),
                }
            }
        }
    }

    /// Looks as the older checker does, and changes nothing.
    pub fn matches(&self, value: &Value) -> Result<(), String> {
        self.matches_at(value, "")
    }

    /// The same for a part of a larger value, which is named by its path.
    pub fn matches_at(&self, value: &Value, path: &str) -> Result<(), String> {
        matching(self, value, path).map_err(|wrong| format!("Match error: {wrong}"))
    }

    /// How it is said that parameters do not fit.
    pub fn failure(&self, words: String) -> Failure {
        match self {
            Self::MeteorMatch(_) => Failure::Plain(words),
            _ => Failure::invalid_params(&words),
        }
    }

    /// The JSON Schema of this shape.
    pub fn schema(&self) -> Value {
        match self {
            Self::Anything => json!({}),
            Self::Text => json!({"type": "string"}),
            Self::NonEmpty => json!({"type": "string", "minLength": 1}),
            Self::Number => json!({"type": "number"}),
            Self::Integer => json!({"type": "integer"}),
            Self::Between(low, high) => {
                json!({"type": "integer", "minimum": low, "maximum": high})
            }
            Self::Clamped(low, high) => {
                json!({"type": "number", "minimum": low, "maximum": high})
            }
            Self::Flag => json!({"type": "boolean"}),
            Self::Only(position) => json!({"type": "boolean", "enum": [position]}),
            Self::OneOf(choices) => json!({"type": "string", "enum": choices}),
            Self::List(of) => json!({"type": "array", "items": of.schema()}),
            Self::SomeOf(of) => {
                json!({"type": "array", "items": of.schema(), "minItems": 1})
            }
            Self::Open => json!({"type": "object"}),
            Self::Object(fields) => {
                let properties: Map<String, Value> = fields
                    .iter()
                    .map(|field| (field.name.to_owned(), field.schema()))
                    .collect();
                let required: Vec<&str> = fields
                    .iter()
                    .filter(|field| field.required)
                    .map(|field| field.name)
                    .collect();
                json!({
                    "type": "object",
                    "properties": properties,
                    "required": required,
                    "additionalProperties": false,
                })
            }
            Self::MeteorMatch(fields) => Self::Object(fields).schema(),
            Self::OpenObject(fields) => {
                let mut schema = Self::Object(fields).schema();
                schema["additionalProperties"] = json!(true);
                schema
            }
            Self::Maybe(of) => json!({"anyOf": [of.schema(), {"type": "null"}]}),
            Self::Scalar => json!({"type": ["string", "number", "boolean", "array", "null"]}),
            Self::Either(shapes) => {
                let schemas: Vec<Value> = shapes.iter().map(Self::schema).collect();
                json!({"oneOf": schemas})
            }
        }
    }
}

/// In the original validator's order: what is missing, what is too much, then each member.
fn fit_members(
    fields: &[Field],
    members: &mut Map<String, Value>,
    open: bool,
) -> Result<(), String> {
    let missing = fields
        .iter()
        .find(|field| field.required && !members.contains_key(field.name));
    if let Some(field) = missing {
        return Err(format!("must have required property '{}'", field.name));
    }
    let known = |name: &String| fields.iter().any(|field| field.name == name);
    if !open && !members.keys().all(known) {
        return Err("must NOT have additional properties".into());
    }
    for field in fields {
        if let Some(value) = members.get_mut(field.name) {
            field.shape.fit(value)?;
        }
    }
    Ok(())
}

/// The older checker: first each member that is there, in the order of the caller, then what is
/// missing.
fn matching(shape: &Shape, value: &Value, path: &str) -> Result<(), String> {
    let expected = |wanted: &str| {
        let got = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        Err(format!("Expected {wanted}, got {got}{}", in_field(path)))
    };
    match (shape, value) {
        (Shape::Maybe(_), Value::Null) => Ok(()),
        (Shape::Maybe(of), _) => matching(of, value, path),
        (Shape::Text, Value::String(_))
        | (Shape::Flag, Value::Bool(_))
        | (
            Shape::Number | Shape::Integer | Shape::Between(..) | Shape::Clamped(..),
            Value::Number(_),
        )
        | (Shape::Open, Value::Object(_))
        | (Shape::Anything | Shape::Scalar, _) => Ok(()),
        (Shape::List(of) | Shape::SomeOf(of), Value::Array(items)) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| matching(of, item, &format!("{path}[{index}]"))),
        (
            Shape::MeteorMatch(fields) | Shape::OpenObject(fields) | Shape::Object(fields),
            Value::Object(members),
        ) => {
            let open = matches!(shape, Shape::OpenObject(_));
            for (name, member) in members {
                let below = match path {
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                match fields.iter().find(|field| field.name == name) {
                    Some(field) => matching(&field.shape, member, &below)?,
                    None if open => {}
                    None => return Err(format!("Unknown key in field {below}")),
                }
            }
            let missing = fields
                .iter()
                .find(|field| field.required && !members.contains_key(field.name));
            match missing {
                Some(field) => Err(format!("Missing key '{}'{}", field.name, in_field(path))),
                None => Ok(()),
            }
        }
        (Shape::Flag | Shape::Only(_), _) => expected("boolean"),
        (Shape::Number | Shape::Clamped(..), _) => expected("number"),
        (Shape::Integer | Shape::Between(..), _) => expected("Integer"),
        (Shape::List(_) | Shape::SomeOf(_), _) => expected("array"),
        (Shape::Open | Shape::MeteorMatch(_) | Shape::OpenObject(_) | Shape::Object(_), _) => {
            expected("object")
        }
        _ => expected("string"),
    }
}

fn in_field(path: &str) -> String {
    match path {
        "" => String::new(),
        path => format!(" in field {path}"),
    }
}

fn fit_text(value: &mut Value) -> Result<(), String> {
    match value {
        Value::String(_) => Ok(()),
        Value::Number(_) | Value::Bool(_) => {
            *value = Value::String(value.to_string());
            Ok(())
        }
        Value::Null => {
            *value = json!("");
            Ok(())
        }
        Value::Array(_) | Value::Object(_) => Err("must be string".into()),
    }
}

fn fit_number(value: &mut Value, wrong: &str) -> Result<(), String> {
    let number = match value {
        Value::Number(_) => return Ok(()),
        Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
        Value::Null => Some(0.0),
        // An empty text is no number, although JavaScript would make it 0.
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => text
            .trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite()),
        Value::Array(_) | Value::Object(_) => None,
    };
    let number = number.ok_or_else(|| wrong.to_owned())?;
    *value = if number.fract() == 0.0 && number.abs() <= 9e15 {
        json!(number as i64)
    } else {
        Number::from_f64(number).map_or(Value::Null, Value::Number)
    };
    Ok(())
}

fn fit_flag(value: &mut Value) -> Result<(), String> {
    let flag = match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text == "true" => Some(true),
        Value::String(text) if text == "false" => Some(false),
        Value::Number(number) => match number.as_f64() {
            Some(1.0) => Some(true),
            Some(0.0) => Some(false),
            _ => None,
        },
        Value::Null => Some(false),
        Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    };
    *value = Value::Bool(flag.ok_or("must be boolean")?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERSON: Shape = Shape::Object(&[
        Field::required("name", Shape::NonEmpty),
        Field::optional("age", Shape::Integer),
        Field::optional("tags", Shape::List(&Shape::Text)),
        Field::optional("vip", Shape::Flag),
    ]);

    fn fitted(shape: &Shape, mut value: Value) -> Result<Value, String> {
        shape.fit(&mut value).map(|()| value)
    }

    #[test]
    fn scalars_are_coerced_as_the_original_does() {
        let value = json!({"name": 5, "age": "5", "tags": [1, true, null], "vip": "true"});
        assert_eq!(
            fitted(&PERSON, value).unwrap(),
            json!({"name": "5", "age": 5, "tags": ["1", "true", ""], "vip": true})
        );
        assert_eq!(fitted(&Shape::Number, json!(" 1e3 ")).unwrap(), json!(1000));
        assert_eq!(fitted(&Shape::Flag, json!(null)).unwrap(), json!(false));
    }

    #[test]
    fn what_may_be_null_takes_an_empty_field_for_it() {
        for (of, given, taken) in [
            (&Shape::Number, json!(null), json!(null)),
            (&Shape::Number, json!(""), json!(null)),
            (&Shape::Number, json!("5"), json!(5)),
            (&Shape::Flag, json!(""), json!(null)),
            (&Shape::Text, json!(""), json!("")),
            (&Shape::Text, json!(null), json!(null)),
        ] {
            let shape = Shape::Maybe(of);
            assert_eq!(fitted(&shape, given.clone()).unwrap(), taken, "{given}");
        }
        let wrong = fitted(&Shape::Maybe(&Shape::Flag), json!("yes"));
        assert_eq!(wrong.unwrap_err(), "must be boolean");
    }

    #[test]
    fn the_first_thing_that_is_wrong_is_said_in_the_original_words() {
        for (value, words) in [
            (json!([]), "must be object"),
            (json!({"odd": 1}), "must have required property 'name'"),
            (
                json!({"name": "a", "odd": 1}),
                "must NOT have additional properties",
            ),
            (json!({"name": {}}), "must be string"),
            (
                json!({"name": null}),
                "must NOT have fewer than 1 characters",
            ),
            (json!({"name": "a", "age": 1.5}), "must be integer"),
            (json!({"name": "a", "tags": "x"}), "must be array"),
            (json!({"name": "a", "vip": "yes"}), "must be boolean"),
            (json!({"name": "a", "vip": 2}), "must be boolean"),
        ] {
            assert_eq!(
                fitted(&PERSON, value.clone()).unwrap_err(),
                words,
                "{value}"
            );
        }
        let some = Shape::SomeOf(&Shape::Text);
        assert_eq!(
            fitted(&some, json!([])).unwrap_err(),
            "must NOT have fewer than 1 items"
        );
        assert_eq!(fitted(&some, json!("x")).unwrap_err(), "must be array");
        assert_eq!(fitted(&some, json!([1])).unwrap(), json!(["1"]));
        let choice = Shape::OneOf(&["a", "b"]);
        assert_eq!(
            fitted(&choice, json!("c")).unwrap_err(),
            "must be equal to one of the allowed values"
        );
    }

    #[test]
    fn exactly_one_alternative_must_fit() {
        const BY_ID: Shape = Shape::Object(&[Field::required("id", Shape::Text)]);
        const BY_NAME: Shape = Shape::Object(&[Field::required("name", Shape::Text)]);
        let either = Shape::Either(&[BY_ID, BY_NAME]);
        assert_eq!(
            fitted(&either, json!({"id": 7})).unwrap(),
            json!({"id": "7"})
        );
        let wrong = "must match exactly one schema in oneOf";
        assert_eq!(fitted(&either, json!({})).unwrap_err(), wrong);
        assert_eq!(
            fitted(&either, json!({"id": "a", "name": "b"})).unwrap_err(),
            wrong
        );
    }
}
