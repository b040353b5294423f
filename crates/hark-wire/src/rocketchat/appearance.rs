//! How the widget looks: settings that managers change without being administrators.

use hark_model::settings::catalogue::{Kind, SETTINGS, Setting};
use hark_model::settings::{self, catalogue};
use serde_json::{Value, json};

use super::documents;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::params::{AtLeastOne, params};
use crate::route::{Access, Route, route};
use crate::second_factor;
use crate::shape::Shape;

const MANAGE: Access = Access::Permission("view-livechat-manager");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/appearance", MANAGE, "How the widget looks", appearance),
    &route!(POST "livechat/appearance", MANAGE, "Change how the widget looks", change_appearance),
];

params! {
    struct Item {
        /// The id of the setting.
        id as "_id": String,
        /// Its new value.
        value: Value = Shape::Scalar,
    }
}

const APPEARANCE_IDS: [&str; 24] = [
    settings::Livechat_title.id,
    settings::Livechat_title_color.id,
    settings::Livechat_enable_message_character_limit.id,
    settings::Livechat_message_character_limit.id,
    settings::Livechat_show_agent_info.id,
    settings::Livechat_show_agent_email.id,
    settings::Livechat_display_offline_form.id,
    settings::Livechat_offline_form_unavailable.id,
    settings::Livechat_offline_message.id,
    settings::Livechat_offline_success_message.id,
    settings::Livechat_offline_title.id,
    settings::Livechat_offline_title_color.id,
    settings::Livechat_offline_email.id,
    settings::Livechat_conversation_finished_message.id,
    settings::Livechat_conversation_finished_text.id,
    settings::Livechat_registration_form.id,
    settings::Livechat_name_field_registration_form.id,
    settings::Livechat_email_field_registration_form.id,
    settings::Livechat_registration_form_message.id,
    settings::Livechat_hide_watermark.id,
    settings::Livechat_background.id,
    settings::Livechat_widget_position.id,
    settings::Livechat_hide_system_messages.id,
    settings::Omnichannel_allow_visitors_to_close_conversation.id,
];

/// The documents of some settings, in the catalogue's order.
pub(super) fn documents_of(call: &Call, is_one: impl Fn(&Setting) -> bool) -> Vec<Value> {
    let shown = SETTINGS.iter().enumerate().filter(|(_, one)| is_one(one));
    let shown = shown.map(|(position, one)| documents::setting(one, position, &call.policy));
    shown.collect()
}

async fn appearance(call: Call) -> Answer {
    let shown = documents_of(&call, |setting| APPEARANCE_IDS.contains(&setting.id));
    Reply::object(json!({"appearance": shown}))
}

async fn change_appearance(call: Call, items: AtLeastOne<Item>) -> Answer {
    let mut changes = Vec::new();
    for item in items.0 {
        let setting = catalogue::find(&item.id)
            .filter(|setting| APPEARANCE_IDS.contains(&setting.id))
            .ok_or_else(|| Failure::plain("invalid-setting"))?;
        changes.extend(coerced(setting.kind, &item.value).map(|value| (setting, value)));
    }
    // The page sends all of its settings, whichever was changed.
    let mail = settings::Livechat_offline_email;
    let moves_mail = changes.iter().any(|(setting, value)| {
        setting.id == mail.id && !call.policy.is_forced(mail.id) && *value != call.policy.text(mail)
    });
    if moves_mail {
        second_factor::demand_for_address(&call).await?;
    }
    change(&call, changes).await
}

/// A value as the page of the widget's looks sends it. Absent: it is passed over.
fn coerced(kind: Kind, value: &Value) -> Option<Value> {
    match kind {
        Kind::Boolean => Some(json!(*value == true || *value == "true")),
        Kind::Int => Some(json!(whole(value))),
        Kind::MultiSelect(choices) => {
            let chosen = value.as_array()?;
            let is_known = |one: &Value| one.as_str().is_some_and(|one| choices.contains(&one));
            chosen.iter().all(is_known).then(|| value.clone())
        }
        _ => Some(match value {
            Value::Number(_) | Value::Bool(_) => json!(value.to_string()),
            Value::Null => json!(""),
            other => other.clone(),
        }),
    }
}

/// The number at the beginning of what is given; 0 where there is none.
fn whole(value: &Value) -> i64 {
    match value {
        Value::Number(number) => number.as_f64().unwrap_or(0.0) as i64,
        Value::String(text) => {
            let text = text.trim();
            let digits = text.strip_prefix('-').unwrap_or(text);
            let end = digits.find(|c: char| !c.is_ascii_digit());
            let end = end.unwrap_or(digits.len()) + text.len() - digits.len();
            text[..end].parse().unwrap_or(0)
        }
        _ => 0,
    }
}

/// All of them or none. What the operator has fixed stays as it is.
pub(super) async fn change(call: &Call, mut changes: Vec<(&'static Setting, Value)>) -> Answer {
    changes.retain(|(setting, _)| !call.policy.is_forced(setting.id));
    call.done(move |call, cx| {
        let keys = call.wire.policies.keys();
        changes.iter().try_for_each(|(setting, value)| {
            hark_staff::change_setting(cx, keys, setting.id, value)
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_taken_as_the_page_sends_them() {
        let choices = Kind::MultiSelect(&["uj", "ul"]);
        for (kind, given, taken) in [
            (Kind::Boolean, json!("true"), Some(json!(true))),
            (Kind::Boolean, json!("yes"), Some(json!(false))),
            (Kind::Boolean, json!(1), Some(json!(false))),
            (Kind::Int, json!("12px"), Some(json!(12))),
            (Kind::Int, json!(" -3 "), Some(json!(-3))),
            (Kind::Int, json!("x"), Some(json!(0))),
            (Kind::Int, json!(5.9), Some(json!(5))),
            (Kind::Int, json!("é1"), Some(json!(0))),
            (choices, json!(["uj"]), Some(json!(["uj"]))),
            (choices, json!(["uj", "zz"]), None),
            (choices, json!("uj"), None),
            (Kind::String, json!(7), Some(json!("7"))),
        ] {
            assert_eq!(coerced(kind, &given), taken, "{given}");
        }
    }

    #[test]
    fn every_id_is_a_setting() {
        for id in APPEARANCE_IDS {
            assert!(catalogue::find(id).is_some(), "{id}");
        }
    }
}
