//! Settings: what each is, is in [`catalogue`]; what someone made of it, is a row.

pub mod catalogue;
mod rule;
pub(crate) use self::rule::is_email;
pub(crate) mod rows;

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hark_store::{NewEvent, Timestamp, Tx, log};
use serde_json::{Value, json};

use self::catalogue::{Kind, Setting};
use crate::{Actor, Keyring, Policy, Refusal, hours, policy};

/// A setting that someone has set.
#[derive(Debug, Clone)]
pub struct Stored {
    pub id: String,
    pub value: Value,
    pub(crate) sealed: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What a sealed value is bound to.
pub(crate) fn place(id: &str) -> String {
    format!("setting:{id}")
}

/// Sets a setting. The same value again changes nothing and says nothing.
pub fn change(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    keys: &Keyring,
    policy: &Policy,
    id: &str,
    value: &Value,
) -> Result<(), Refusal> {
    let setting = catalogue::find(id).ok_or_else(|| Refusal::NoSuchSetting(id.to_owned()))?;
    if policy.is_forced(id) {
        return Err(Refusal::SettingForced(setting.id));
    }
    let value = accept(setting, value)?;
    if policy
        .stored(id)
        .is_some_and(|stored| stored.value == value)
    {
        return Ok(());
    }
    write(tx, now, keys, setting, &value)?;
    let told = if setting.secret { &Value::Null } else { &value };
    let body = json!({"setting": id, "value": told, "by": who.to_json()});
    log::append(tx, now, &NewEvent::plain("setting.changed", body))?;
    policy::raise(tx)?;
    hours::follow_setting(tx, now, policy, id, &value)?;
    Ok(())
}

/// The first value of a setting, from the environment; one that is set already stays.
pub fn preset(
    tx: &mut Tx<'_>,
    now: Timestamp,
    keys: &Keyring,
    setting: &'static Setting,
    value: &Value,
) -> Result<(), Refusal> {
    if rows::exists(tx, setting.id)? {
        return Ok(());
    }
    write(tx, now, keys, setting, value)?;
    policy::raise(tx)?;
    Ok(())
}

fn write(
    tx: &mut Tx<'_>,
    now: Timestamp,
    keys: &Keyring,
    setting: &Setting,
    value: &Value,
) -> Result<(), Refusal> {
    let text = value.to_string();
    let kept = if setting.secret {
        let sealed = keys
            .seal(&place(setting.id), text.as_bytes())
            .map_err(|error| Refusal::SettingValue(error.to_string()))?;
        Value::String(STANDARD.encode(sealed)).to_string()
    } else {
        text
    };
    rows::set(tx, now, setting.id, &kept, setting.secret)?;
    Ok(())
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

/// Settings that the environment gives: `OVERWRITE_SETTING_<id>` forces a value, `<id>` is the
/// first one. A value that can never work is an error, with the variable's name.
pub fn from_environment(
    variables: impl Iterator<Item = (String, String)>,
) -> Result<FromEnvironment, String> {
    let mut found = FromEnvironment::default();
    for (name, text) in variables {
        let (id, forced) = match name.strip_prefix("OVERWRITE_SETTING_") {
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
