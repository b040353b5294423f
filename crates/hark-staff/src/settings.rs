//! Settings changed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::hours;
use hark_model::events::{Event, SettingChanged, Subject, record_event};
use hark_model::settings::catalogue::Setting;
use hark_model::settings::{self, accept, catalogue, sealing_context};
use hark_model::{Context, Keyring, Refusal, audit, policy};

/// Sets a setting. The same value again changes nothing and says nothing.
pub fn change_setting(
    cx: &mut Context<'_, '_>,
    keys: &Keyring,
    id: &str,
    value: &Value,
) -> Result<(), Refusal> {
    let setting = catalogue::find(id).ok_or_else(|| Refusal::NoSuchSetting(id.to_owned()))?;
    if cx.policy.is_forced(id) {
        return Err(Refusal::SettingForced(setting.id));
    }
    let value = accept(setting, value)?;
    // Someone else may have changed it since the policy was read.
    policy::lock(cx.tx)?;
    let stored = settings::find(cx.tx, id)?;
    let before = stored.and_then(|stored| stored.open(keys));
    if before.as_ref() == Some(&value) {
        return Ok(());
    }
    if !setting.secret {
        let before = before.unwrap_or_else(|| setting.preset.to_json());
        audit::differs(cx.tx, id, None, Some(before), Some(value.clone()));
    }
    write(cx, keys, setting, &value)?;
    let changed = Event::SettingChanged(SettingChanged {
        setting: id.to_owned(),
        value: if setting.secret { Value::Null } else { value },
        by: cx.who.actor(),
    });
    record_event(cx.tx, cx.now, Subject::NONE, &changed)?;
    policy::raise(cx.tx)?;
    hours::follow_setting(cx, id)?;
    Ok(())
}

/// The first value of a setting, from the environment; one that is set already stays.
pub fn preset_setting(
    cx: &mut Context<'_, '_>,
    keys: &Keyring,
    setting: &'static Setting,
    value: &Value,
) -> Result<(), Refusal> {
    if settings::find(cx.tx, setting.id)?.is_some() {
        return Ok(());
    }
    write(cx, keys, setting, value)?;
    policy::raise(cx.tx)?;
    Ok(())
}

fn write(
    cx: &mut Context<'_, '_>,
    keys: &Keyring,
    setting: &Setting,
    value: &Value,
) -> Result<(), Refusal> {
    let text = value.to_string();
    let kept = if setting.secret {
        let sealed = keys
            .seal(&sealing_context(setting.id), text.as_bytes())
            .map_err(|error| Refusal::SettingValue(error.to_string()))?;
        Value::String(STANDARD.encode(sealed)).to_string()
    } else {
        text
    };
    settings::set(cx.tx, cx.now, setting.id, &kept, setting.secret)?;
    Ok(())
}
