//! Custom fields: what is to be known of visitors and of conversations.

mod rows;

pub(crate) use self::rows::{ALL, WRITES};
pub use self::rows::{all, find};
use hark_store::{Result, Timestamp, record, text_enum};

use hark_model::events::{CustomFieldChanged, Event, Subject, record_event};
use hark_model::patterns::Pattern;
use hark_model::text::check_size;
use hark_model::{Context, Refusal, audit};
use serde_json::{Value, json};

/// More than any form has room for.
pub const MOST: usize = 200;
const LONGEST_NAME: usize = 100;
const LONGEST_TEXT: usize = 1000;
const LONGEST_OPTIONS: usize = 10_000;

text_enum! {
    /// What a field belongs to.
    pub enum Scope {
        Visitor = "visitor",
        Room = "room",
    }
}

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct CustomField from "custom_field" {
        /// Its name in documents.
        pub id: String,
        pub label: String,
        pub scope: Scope,
        /// Any word; `hidden` keeps it from visitors.
        pub visibility: String,
        /// A regular expression in JavaScript's syntax, found in each value.
        pub pattern: Option<String>,
        pub searchable: bool,
        /// `input` or `select`.
        pub kind: String,
        pub required: bool,
        pub preset: Option<String>,
        /// Of a `select`, separated by commas.
        pub options: Option<String>,
        pub public: bool,
        pub updated_at: Timestamp,
    }
}

impl CustomField {
    pub fn is_hidden(&self) -> bool {
        self.visibility == "hidden"
    }

    /// Whether a value is what the pattern wants.
    pub fn admits(&self, value: &str) -> bool {
        match self.pattern.as_deref() {
            None | Some("") => true,
            Some(pattern) => {
                Pattern::compile(pattern, false).is_ok_and(|pattern| pattern.is_match(value))
            }
        }
    }

    /// For the audit.
    fn shown(&self) -> Value {
        json!({
            "label": self.label,
            "visibility": self.visibility,
            "defaultValue": self.preset,
            "options": self.options,
            "regexp": self.pattern,
        })
    }

    fn check(&self) -> Result<(), Refusal> {
        if !is_name(&self.id) {
            return Err(Refusal::CustomFieldName);
        }
        let lengths = [
            ("Label", Some(&self.label), LONGEST_TEXT),
            ("Visibility", Some(&self.visibility), LONGEST_NAME),
            ("Default value", self.preset.as_ref(), LONGEST_TEXT),
            ("Options", self.options.as_ref(), LONGEST_OPTIONS),
        ];
        for (field, text, most) in lengths {
            check_size(field, text.map_or("", String::as_str), most)?;
        }
        match self.pattern.as_deref().map(hark_model::patterns::check) {
            Some(Err(why)) => Err(Refusal::Pattern(why)),
            _ => Ok(()),
        }
    }
}

fn is_name(text: &str) -> bool {
    (1..=LONGEST_NAME).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Makes a field, or changes the one that is named. A field keeps the name with which it was made.
pub fn save(
    cx: &mut Context<'_, '_>,
    named: Option<&str>,
    field: &CustomField,
) -> Result<CustomField, Refusal> {
    field.check()?;
    let mut field = CustomField {
        updated_at: cx.now,
        ..field.clone()
    };
    match named {
        Some(named) => {
            named.clone_into(&mut field.id);
            let before = find(cx.tx, named)?;
            audit::differs(
                cx.tx,
                named,
                Some(&field.label),
                before.as_ref().map(CustomField::shown),
                Some(field.shown()),
            );
            if !rows::change(cx.tx, &field)? {
                return Err(Refusal::NoSuchCustomField);
            }
        }
        None => {
            if all(cx.tx)?.len() >= MOST {
                return Err(Refusal::TooMany {
                    what: "custom fields",
                    most: MOST,
                });
            }
            audit::differs(
                cx.tx,
                &field.id,
                Some(&field.label),
                None,
                Some(field.shown()),
            );
            if !rows::add(cx.tx, &field)? {
                return Err(Refusal::CustomFieldTaken);
            }
        }
    }
    record(cx, Event::CustomFieldSaved, &field.id)?;
    Ok(field)
}

pub fn remove(cx: &mut Context<'_, '_>, id: &str) -> Result<(), Refusal> {
    if let Some(before) = find(cx.tx, id)? {
        audit::differs(cx.tx, id, Some(&before.label), Some(before.shown()), None);
    }
    if rows::remove(cx.tx, id)? == 0 {
        return Err(Refusal::NoSuchCustomField);
    }
    record(cx, Event::CustomFieldRemoved, id)?;
    Ok(())
}

fn record(
    cx: &mut Context<'_, '_>,
    event: fn(CustomFieldChanged) -> Event,
    id: &str,
) -> Result<()> {
    let changed = CustomFieldChanged {
        field: id.to_owned(),
        by: cx.who.actor(),
    };
    record_event(cx.tx, cx.now, Subject::NONE, &event(changed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(pattern: Option<&str>) -> CustomField {
        CustomField {
            id: "customer-no".into(),
            label: "Customer".into(),
            scope: Scope::Visitor,
            visibility: "visible".into(),
            pattern: pattern.map(str::to_owned),
            searchable: false,
            kind: "input".into(),
            required: false,
            preset: None,
            options: None,
            public: false,
            updated_at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn a_pattern_decides_what_is_admitted() {
        assert!(field(None).admits("anything"));
        assert!(field(Some("")).admits("anything"));
        let numbered = field(Some(r"^K\d+(?!x)$"));
        assert!(numbered.admits("K12"));
        assert!(!numbered.admits("k12"));
        assert!(!numbered.admits(""));
    }

    #[test]
    fn a_field_that_can_never_work_is_refused() {
        assert!(field(Some("^a")).check().is_ok());
        assert!(matches!(
            field(Some("(")).check(),
            Err(Refusal::Pattern(why)) if why.contains("not closed")
        ));
        for name in ["", "a b", "a.b", "ü", "$where", &"x".repeat(101)] {
            let named = CustomField {
                id: name.to_owned(),
                ..field(None)
            };
            assert!(matches!(named.check(), Err(Refusal::CustomFieldName)));
        }
    }
}
