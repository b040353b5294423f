//! What people show in place of their initials: `users.setAvatar` and its neighbours.

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use hark_chat::uploads::{self, NewUpload, media};
use hark_model::accounts::Account;
use hark_model::{Refusal, settings};
use hark_staff::pictures;

use super::Person;
use super::uploads::{arrived, discard, receive};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::params::params;
use crate::response::with;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "users.setAvatar", Access::User, "Show a picture in place of one's initials", set)
        .takes_file_called(IMAGE),
    &route!(POST "users.resetAvatar", Access::User, "Show one's initials again", reset),
    &route!(GET "users.getAvatar", Access::User, "Where the picture of an account is", see),
];

params! {
    struct Named {
        user_id as "userId": Option<String>,
        username: Option<String>,
    }
}

/// As the form calls it.
const IMAGE: &str = "image";
/// What comes; a photo of a telephone. What is kept is small.
pub(crate) const LARGEST: u64 = 10 << 20;
/// Whose it is, if it is another's.
const NAMES: &[&str] = &["userId", "username"];

async fn set(call: Call) -> Answer {
    // An address of a picture elsewhere is no form, and is refused as one without a file.
    let mut form = receive(&call, IMAGE, Some(NAMES), Some(LARGEST)).await?;
    let (id, username) = (form.texts.remove("userId"), form.texts.remove("username"));
    let account = whose(&call, Person::of(id, username)).await?;
    let sniffed = media::sniff(form.file.head(), &form.media_type);
    let reserve = call.policy.number(settings::FileUpload_Disk_Reserve);
    let files = &call.wire.files;
    let square = files.square(&form.file, &sniffed, reserve.unsigned_abs());
    let Some(square) = square.await? else {
        return Err(Failure::coded("[error-avatar-invalid-file]"));
    };
    // The row first, then the bytes, as with any file.
    let new = NewUpload {
        room_id: String::new(),
        account_id: Some(account.id.clone()),
        network: None,
        name: "avatar.jpg".to_owned(),
        media_type: "image/jpeg".to_owned(),
        size: square.size(),
        sha256: square.sha256().to_owned(),
        picture: None,
    };
    let now = arrived(&call);
    let expected = call.command(move |_, cx| uploads::expect(&mut cx.at(now), &new));
    let upload = expected.await?;
    if let Err(error) = files.keep(&upload.id, square, now).await {
        discard(&call, &upload).await;
        return Err(error.into());
    }
    let shown = upload.clone();
    let done = call.command(move |_, cx| pictures::show(cx, &account.id, Some(&shown)));
    if let Err(refusal) = done.await {
        discard(&call, &upload).await;
        return Err(refusal.into());
    }
    Reply::done()
}

async fn reset(call: Call, named: Named) -> Answer {
    let account = whose(&call, named.person()).await?;
    call.done(move |_, cx| pictures::show(cx, &account.id, None))
        .await
}

async fn see(call: Call, named: Named) -> Answer {
    let account = match named.person() {
        Some(person) => person.known(&call).await?,
        None => call.account()?.clone(),
    };
    let address = format!("{}/avatar/{}", call.wire.options.site_url, account.username);
    let response = StatusCode::TEMPORARY_REDIRECT.into_response();
    Ok(Reply::Whole(with(response, [(header::LOCATION, &address)])))
}

impl Named {
    fn person(self) -> Option<Person> {
        Person::of(self.user_id, self.username)
    }
}

/// The account that is to be shown otherwise: one's own, or one that the caller may change.
async fn whose(call: &Call, person: Option<Person>) -> Result<Account, Failure> {
    let own = call.account()?;
    let Some(person) = person else {
        return Ok(own.clone());
    };
    let account = person.known(call).await?;
    if account.id != own.id && !call.may("edit-other-user-info") {
        return Err(Refusal::NotAllowed.into());
    }
    Ok(account)
}
