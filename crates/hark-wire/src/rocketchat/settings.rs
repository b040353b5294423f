//! Settings, for everyone and for those who may change them.

use std::sync::Arc;

use hark_model::settings::catalogue;
use hark_store::View;
use serde_json::{Value, json};

use super::documents;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::paging;
use crate::params::{filled, params};
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "settings.public", Access::Anyone, "The settings that anyone may know", public),
    &route!(GET "settings", Access::User, "The settings that the caller may know", list).per_minute(OF_A_DESK),
    &route!(GET "settings/{_id}", Access::Permission("view-privileged-setting"), "One setting", read).hides_permission(),
    &route!(POST "settings/{_id}", Access::Permission("edit-privileged-setting"), "Change a setting", change)
        .with_second_factor(),
];

params! {
    struct Public {
        /// The ids of settings, with commas between; without one, all of them.
        ids as "_id": Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }
}

async fn public(call: Call, public: Public) -> Answer {
    let ids = filled(public.ids);
    let ids: Option<Vec<&str>> = ids
        .as_deref()
        .map(|text| text.split(',').map(str::trim).collect());
    let shown = catalogue::SETTINGS
        .iter()
        .filter(|setting| setting.public)
        .filter(|setting| ids.as_ref().is_none_or(|ids| ids.contains(&setting.id)))
        .map(|setting| documents::setting_in_short(setting, &call.policy));
    page_of(&call, shown.collect()).await
}

async fn list(call: Call, _: paging::List) -> Answer {
    let all = call.may("view-privileged-setting");
    let shown = catalogue::SETTINGS
        .iter()
        .enumerate()
        .filter(|(_, setting)| all || setting.public)
        .map(|(position, setting)| documents::setting(setting, position, &call.policy));
    page_of(&call, shown.collect()).await
}

async fn page_of(call: &Call, mut found: Vec<Value>) -> Answer {
    let page = paging::page(call);
    let mut sort = paging::sort(call)?;
    let fields = paging::fields(call)?;
    let askable = [
        "_id",
        "group",
        "section",
        "type",
        "public",
        "enterprise",
        "hidden",
    ];
    let query = paging::query(call, &askable, "view-privileged-setting").await?;
    if !query.is_empty() {
        let (asked, query) = (Arc::new(found), Arc::new(query));
        let matching = move |_: &Call, _: &mut View<'_>| {
            let matching = asked.iter().filter(|setting| query.matches(setting));
            Ok(matching.cloned().collect())
        };
        // Where waiting threads are, not where all requests are.
        found = call.query(matching).await?;
    }
    if sort.is_empty() {
        sort.push(("_id".to_owned(), false));
    }
    found.sort_by(|one, other| paging::compare(one, other, &sort));
    let total = found.len();
    let settings = paging::cut(found, page).map(|setting| paging::projected(setting, &fields));
    let settings: Vec<Value> = settings.collect();
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
        Failure::coded(format!(
            "The body has to be {{\"value\": …}}, the new value of {} [invalid-params]",
            setting.id
        ))
    })?;
    // A form that was read and is sent back as it was changes nothing.
    if setting.secret && value == documents::MASK {
        return Reply::done();
    }
    let value = hark_model::settings::as_read(setting, value);
    call.done(move |call, cx| {
        hark_staff::change_setting(cx, call.wire.policies.keys(), setting.id, &value)
    })
    .await
}
