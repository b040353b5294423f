//! Settings: what each is, is in [`catalogue`]; what someone made of it, is a row.

pub mod catalogue;
mod rule;
pub use self::catalogue::ids::*;
pub use self::catalogue::{Choices, Flag, Number, Text};
pub(crate) use self::rows::ALL;
pub use self::rows::{all, find, set};
mod rows;

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hark_store::{Timestamp, record};
use serde_json::{Value, json};

use self::catalogue::{Kind, Setting};
use crate::{Keyring, Refusal};

record! {
    /// A setting that someone has set.
    #[derive(Debug, Clone)]
    pub struct Stored from "setting" {
        pub id: String,
        pub value: Value,
        pub sealed: bool,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

/// What a sealed value is bound to.
pub fn sealing_context(id: &str) -> String {
    format!("setting:{id}")
}

impl Stored {
    /// The value in clear; nothing if this key does not open it.
    pub fn open(&self, keys: &Keyring) -> Option<Value> {
        if !self.sealed {
            return Some(self.value.clone());
        }
        let sealed = STANDARD.decode(self.value.as_str()?).ok()?;
        let plain = keys.unseal(&sealing_context(&self.id), &sealed).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

/// A value as the setting keeps it: numbers and switches also come as text, from forms and
/// from the environment. What can never work is refused with a sentence.
pub fn accept(setting: &Setting, value: &Value) -> Result<Value, Refusal> {
    let value = match (&setting.kind, value) {
        (Kind::Boolean, Value::String(text)) => match text.trim() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => value.clone(),
        },
        (Kind::Int, Value::String(text)) => match text.trim().parse::<i64>() {
            Ok(number) => json!(number),
            Err(_) => value.clone(),
        },
        (Kind::Int, Value::Number(number)) => match number.as_f64() {
            // 5000.0 is a whole number, however it is written.
            Some(whole) if whole.fract() == 0.0 && whole.abs() < 9e15 => json!(whole as i64),
            _ => value.clone(),
        },
        (Kind::MultiSelect(_), Value::String(text)) => {
            serde_json::from_str(text).unwrap_or_else(|_| value.clone())
        }
        (Kind::String | Kind::Password | Kind::Code | Kind::RelativeUrl, Value::Null) => json!(""),
        (Kind::String | Kind::Password, Value::Number(_) | Value::Bool(_)) => {
            json!(value.to_string())
        }
        _ => value.clone(),
    };
    setting.check(&value).map_err(Refusal::SettingValue)?;
    Ok(value)
}

/// What clients send to a setting that takes something else, and the original keeps and then reads as
/// this: any text is a switch that is on, and nothing is no choice.
pub fn as_read(setting: &Setting, value: Value) -> Value {
    match (&setting.kind, value) {
        (Kind::Boolean, Value::String(text)) => match text.trim() {
            "" | "false" | "0" => Value::Bool(false),
            _ => Value::Bool(true),
        },
        (Kind::Select(options), Value::String(text))
            if text.is_empty() && !options.contains(&"") =>
        {
            setting.preset.to_json()
        }
        (_, value) => value,
    }
}

/// What stands before the id of a setting in the name of the variable that forces its value.
pub const FORCES: &str = "OVERWRITE_SETTING_";

/// Settings that the environment gives: `OVERWRITE_SETTING_<id>` forces a value, `<id>` is the
/// first one. A value that can never work is an error, with the variable's name.
pub fn from_environment(
    variables: impl Iterator<Item = (String, String)>,
) -> Result<FromEnvironment, String> {
    let mut found = FromEnvironment::default();
    for (name, text) in variables {
        let (id, forced) = match name.strip_prefix(FORCES) {
            Some(id) => (id, true),
            None => (name.as_str(), false),
        };
        let Some(setting) = catalogue::find(id) else {
            if forced {
                return Err(format!("{name}: there is no setting {id}"));
            }
            continue;
        };
        let value = accept(setting, &Value::String(text))
            .map_err(|refusal| format!("{name}: {refusal}"))?;
        if forced {
            found.forced.insert(setting.id, value);
        } else {
            found.first.push((setting, value));
        }
    }
    Ok(found)
}

#[derive(Default)]
pub struct FromEnvironment {
    pub forced: HashMap<&'static str, Value>,
    pub first: Vec<(&'static Setting, Value)>,
}
