//! What people show in place of their initials.

use hark_chat::uploads::{self, Upload};
use hark_model::accounts::{self, Account};
use hark_model::events::{AccountChanged, Event, Subject, record_event};
use hark_model::{Context, Refusal, audit};
use serde_json::json;

use crate::accounts::{changed, locked};

/// Shows an account by a file that has come, or by initials again. The file of before goes.
pub fn show(
    cx: &mut Context<'_, '_>,
    id: &str,
    picture: Option<&Upload>,
) -> Result<Account, Refusal> {
    let before = locked(cx, id)?;
    if let Some(picture) = picture {
        uploads::attach(cx, picture)?;
    }
    if let Some(old) = &before.picture_id {
        uploads::discard(cx, old)?;
    }
    let next = picture.map(|picture| picture.id.as_str());
    accounts::set_picture(cx.tx, cx.now, id, next)?;
    let account = Account {
        picture_id: next.map(str::to_owned),
        ..before.clone()
    };
    let shown = |account: &Account| Some(json!({"picture": account.picture_id}));
    let name = Some(account.username.as_str());
    audit::differs(cx.tx, id, name, shown(&before), shown(&account));
    let changed = AccountChanged {
        picture: true,
        ..changed(cx, &account)
    };
    let subject = Subject::agent(id);
    record_event(cx.tx, cx.now, subject, &Event::AccountChanged(changed))?;
    Ok(account)
}
