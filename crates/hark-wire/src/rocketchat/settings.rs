//! Settings, for everyone and for those who may change them.

use std::sync::Arc;

use hark_chat::settings::{self, catalogue};
use serde_json::{Value, json};

use super::documents;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::paging;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "settings.public", Access::Anyone, "The settings that anyone may know", public).takes(PUBLIC),
    &route!(GET "settings", Access::User, "The settings that the caller may know", list).takes(paging::LIST),
    &route!(GET "settings/{_id}", Access::Permission("view-privileged-setting"), "One setting", read).curt(),
    &route!(POST "settings/{_id}", Access::Permission("edit-privileged-setting"), "Change a setting", change)
        .with_second_factor(),
];

const PUBLIC: Shape = Shape::Object(&[
    Field::optional("_id", Shape::Text),
    paging::COUNT,
    paging::OFFSET,
    paging::SORT,
    paging::FIELDS,
    paging::QUERY,
]);

async fn public(call: Call) -> Answer {
    let ids: Option<Vec<&str>> = call
        .text("_id")
        .filter(|text| !text.is_empty())
        .map(|text| text.split(',').map(str::trim).collect());
    let shown = catalogue::SETTINGS
        .iter()
        .filter(|setting| setting.public)
        .filter(|setting| ids.as_ref().is_none_or(|ids| ids.contains(&setting.id)))
        .map(|setting| documents::setting_in_short(setting, &call.policy));
    page_of(&call, shown.collect())
}

async fn list(call: Call) -> Answer {
    let all = call.may("view-privileged-setting");
    let shown = catalogue::SETTINGS
        .iter()
        .enumerate()
        .filter(|(_, setting)| all || setting.public)
        .map(|(place, setting)| documents::setting(setting, place, &call.policy));
    page_of(&call, shown.collect())
}

fn page_of(call: &Call, mut found: Vec<Value>) -> Answer {
    let page = paging::page(call);
    let sort = paging::sort(call)?;
    let fields = paging::fields(call)?;
    let query = paging::query(call)?;
    let askable = [
        "_id",
        "group",
        "section",
        "type",
        "public",
        "enterprise",
        "hidden",
    ];
    paging::only(&query, &askable)?;
    found.retain(|setting| paging::matches(setting, &query));
    match sort.is_empty() {
        true => found.sort_by(|one, other| paging::compare(one, other, &[("_id".into(), false)])),
        false => found.sort_by(|one, other| paging::compare(one, other, &sort)),
    }
    let total = found.len();
    let settings: Vec<Value> = found
        .into_iter()
        .skip(usize::try_from(page.offset).unwrap_or(usize::MAX))
        .take(usize::try_from(page.limit).unwrap_or(usize::MAX))
        .map(|mut setting| {
            if let Value::Object(members) = &mut setting {
                paging::project(members, &fields);
            }
            setting
        })
        .collect();
    Reply::object(json!({
        "settings": settings,
        "count": settings.len(),
        "offset": page.offset,
        "total": total,
    }))
}

async fn read(call: Call) -> Answer {
    let setting = catalogue::find(call.path(0)).ok_or(Failure::Silent)?;
    Reply::object(json!({
        "_id": setting.id,
        "value": documents::shown_value(setting, &call.policy),
    }))
}

async fn change(call: Call) -> Answer {
    let setting = catalogue::find(call.path(0)).ok_or(Failure::Silent)?;
    let value = call.params.get("value").cloned().ok_or_else(|| {
        Failure::coded(
            format!(
                "The body has to be {{\"value\": …}}, the new value of {}",
                setting.id
            ),
            "invalid-params",
        )
    })?;
    // A form that was read and is sent back as it was changes nothing.
    if setting.secret && value == documents::MASK {
        return Reply::done();
    }
    let (who, now, keys, policy) = (
        call.actor()?,
        call.now,
        Arc::clone(call.wire.policies.keys()),
        Arc::clone(&call.policy),
    );
    call.write(move |tx| settings::change(tx, &who, now, &keys, &policy, setting.id, &value))
        .await?;
    Reply::done()
}
