//! Settings with what they are for, for those who may see them all.

use hark_model::settings::catalogue::SETTINGS;

use super::answers::{Page, SettingInFull};
use super::{POLLED, Paging, cursor, limit};
use crate::answer::Failure;
use crate::call::Call;
use crate::handler::Done;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "settings", Access::Permission("view-privileged-setting"), "Every setting: what it is for, its value and its first one, who fixes it, when it was changed last", list)
        .per_minute(POLLED),
];

/// In the order of the catalogue, which is that of a settings page.
async fn list(call: Call, paging: Paging) -> Result<Done<Page<SettingInFull>>, Failure> {
    let limit = limit(paging.limit);
    let [after] = cursor(paging.cursor.as_ref())?.unwrap_or([0]);
    let after = usize::try_from(after).unwrap_or(usize::MAX);
    let wanted = SETTINGS.iter().skip(after).take(limit);
    let items = wanted.map(|setting| SettingInFull::of(setting, &call.policy));
    let items: Vec<SettingInFull> = items.collect();
    let end = after.saturating_add(items.len());
    let next_cursor = (end < SETTINGS.len()).then(|| end.to_string());
    Ok(Done(Page { items, next_cursor }))
}
