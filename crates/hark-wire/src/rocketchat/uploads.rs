//! Files that visitors and agents send.

use std::collections::BTreeMap;

use hark_chat::messages::{self, Draft};
use hark_chat::routing;
use hark_chat::uploads::{self, NewUpload, Picture, Upload, links, media};
use hark_model::{Refusal, network, rooms, settings, visitors};
use hark_store::{Error, Timestamp, View};
use serde_json::{Map, Value, json};

use super::chat::may_see;
use super::chat_documents as documents;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::form::{self, Form, Wrong};
use crate::limits::OF_A_DESK;
use crate::params::params;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "livechat/upload/{rid}", Access::Visitor, "Send a file into one's own chat", from_visitor).takes_file(),
    &route!(POST "rooms.media/{rid}", Access::User, "Put a file into a room, to be confirmed", media).takes_file(),
    &route!(POST "rooms.mediaConfirm/{rid}/{fileId}", Access::User, "Send a file that was put there", confirm),
    &route!(POST "rooms.upload/{rid}", Access::User, "Send a file into a room", from_agent)
        .per_minute(OF_A_DESK)
        .takes_file()
        .deprecated(),
];

params! {
    struct Confirmation: MeteorMatch {
        /// What is said with the file.
        msg: Option<String>,
        /// What the file shows.
        description: Option<String>,
        /// The id of the message in whose thread it is.
        tmid: Option<String>,
        _alias as "alias": Option<String>,
        _avatar as "avatar": Option<String>,
        _emoji as "emoji": Option<String>,
        _groupable as "groupable": Option<bool>,
        _custom_fields as "customFields": Option<Map<String, Value>>,
    }
}

/// What a form calls its file.
const FILE: &str = "file";
/// What a form may say beside its file. A sender keeps their own name and face, whatever is said.
const OF_VISITOR: &[&str] = &["description", "msg", "alias", "avatar", "emoji"];
const OF_AGENT: &[&str] = &["description", "msg", "tmid", "alias", "avatar", "emoji"];
const LONGEST_DESCRIPTION: usize = 5_000;

async fn from_visitor(call: Call) -> Answer {
    let token = call
        .header("x-visitor-token")
        .unwrap_or_default()
        .to_owned();
    if token.is_empty() {
        return Err(Failure::Unauthorized);
    }
    if !uploads::is_open_to_visitors(&call.policy) {
        return Err(Failure::Members(
            json!({"reason": "error-file-upload-disabled"}),
        ));
    }
    let shown = token.clone();
    let own = call
        .query(move |call, view| Ok(is_open_and_own(view, &shown, call.path(0))?))
        .await?;
    if !own {
        return Err(Failure::Unauthorized);
    }
    let left = call.query(|call, view| {
        let from = rationed_network(call);
        uploads::quota::left(view, &call.policy, call.path(0), from.as_deref(), call.now)
    });
    let left = left.await.map_err(|refusal| used_up(&call, refusal))?;
    let largest = uploads::largest(&call.policy);
    let form = receive(&call, FILE, Some(OF_VISITOR), left).await.map_err(|wrong| match wrong {
        Wrong::TooLarge if left.is_some_and(|left| largest.is_none_or(|largest| left < largest)) => {
            let words = format!("Today {} of files can still come from here, and this one has more", uploads::readable(left.unwrap_or(0)));
            used_up(&call, Refusal::Quota(words))
        }
        Wrong::TooLarge => Failure::Members(json!({
            "reason": "error-size-not-allowed",
            "sizeAllowed": uploads::readable(uploads::largest(&call.policy).unwrap_or(u64::MAX)),
        })),
        other => other.into(),
    })?;
    let draft = Sent::of(&form.texts)?;
    let upload = keep(&call, form, None)
        .await
        .map_err(|failure| match failure {
            KeepError::Type => Failure::Members(json!({"reason": "error-type-not-allowed"})),
            KeepError::Quota(refusal) => used_up(&call, refusal),
            KeepError::Else(failure) => failure,
        })?;
    let (sent, owner, now) = (upload.clone(), token.clone(), arrived(&call));
    let said = call.command(move |call, cx| {
        let cx = &mut cx.at(now);
        let said = carry(&draft, &sent);
        let said = messages::post_as_visitor(cx, &owner, call.path(0), &said)?;
        uploads::attach(cx, &sent)?;
        Ok(said)
    });
    let message = match said.await {
        Ok(message) => message,
        Err(refusal) => {
            discard(&call, &upload).await;
            return Err(match refusal {
                Refusal::InvalidToken | Refusal::InvalidRoom | Refusal::RoomClosed => {
                    Failure::Unauthorized
                }
                other => other.into(),
            });
        }
    };
    let mut shown = documents::message(&message, &token);
    shown["newRoom"] = json!(false);
    shown["showConnecting"] = json!(routing::Method::of(&call.policy) == routing::Method::Manual);
    Reply::object(shown)
}

/// Whose bound concerns a visitor's file, where addresses are rationed.
fn rationed_network(call: &Call) -> Option<String> {
    let is_rationed = call.wire.options.rate_limit;
    is_rationed.then(|| network::of(call.address).to_string())
}

fn is_open_and_own(view: &mut View<'_>, token: &str, room: &str) -> Result<bool, Error> {
    let Some(visitor) = visitors::find_by_token(view, token)? else {
        return Ok(false);
    };
    let room = rooms::find_live(view, room)?;
    Ok(room.is_some_and(|room| room.open && room.is_of(&visitor)))
}

async fn media(call: Call) -> Answer {
    let upload = from_account(&call, None).await?.0;
    Reply::object(json!({"file": {"_id": upload.id, "url": links::path(&upload)}}))
}

async fn from_agent(call: Call) -> Answer {
    let (upload, draft) = from_account(&call, Some(OF_AGENT)).await?;
    let said = say(&call, upload.clone(), draft).await;
    if said.is_err() {
        discard(&call, &upload).await;
    }
    said
}

async fn confirm(call: Call, confirmed: Confirmation) -> Answer {
    let draft = Sent::checked(confirmed.msg, confirmed.description, confirmed.tmid)?;
    let own = Some(&call.account()?.id);
    let upload = call
        .query(|call, view| Ok(uploads::find(view, call.path(1))?))
        .await?;
    let upload = upload.filter(|upload| {
        upload.room_id == call.path(0) && upload.account_id.as_ref() == own && !upload.attached
    });
    match upload {
        Some(upload) => say(&call, upload, draft).await,
        None => Err(Refusal::NoSuchFile.into()),
    }
}

/// Receives and keeps what someone with a log-in sends into a room that they may see.
async fn from_account(call: &Call, names: Option<&[&str]>) -> Result<(Upload, Sent), Failure> {
    let seen = call
        .query(|call, view| match rooms::find(view, call.path(0))? {
            Some(room) => may_see(call, view, &room),
            None => Ok(false),
        })
        .await?;
    if !seen {
        return Err(Failure::Unauthorized);
    }
    if !uploads::is_open_to_agents(&call.policy) {
        return Err(Refusal::FilesOff.into());
    }
    let form = receive(call, FILE, names, None).await?;
    let draft = Sent::of(&form.texts)?;
    let upload = keep(call, form, Some(call.account()?.id.clone())).await;
    let upload = upload.map_err(|failure| match failure {
        KeepError::Type => Refusal::FileType.into(),
        KeepError::Quota(refusal) => refusal.into(),
        KeepError::Else(failure) => failure,
    })?;
    Ok((upload, draft))
}

async fn say(call: &Call, upload: Upload, draft: Sent) -> Answer {
    let now = arrived(call);
    let message = call
        .command(move |_, cx| {
            let cx = &mut cx.at(now);
            let said = messages::post(cx, &upload.room_id, &carry(&draft, &upload))?;
            uploads::attach(cx, &upload)?;
            Ok(said)
        })
        .await?;
    Reply::object(json!({"message": documents::message(&message, "")}))
}

/// The moment in which a file is here: it may have taken minutes to come.
pub(super) fn arrived(call: &Call) -> Timestamp {
    call.wire.store.clock().now()
}

/// `left`: how many bytes may come, if that is bounded by more than the setting.
pub(super) async fn receive(
    call: &Call,
    field: &str,
    names: Option<&[&str]>,
    left: Option<u64>,
) -> Result<Form, Wrong> {
    let largest = uploads::largest(&call.policy);
    let reserve = call.policy.number(settings::FileUpload_Disk_Reserve);
    let bounds = form::Bounds {
        field,
        largest: largest.into_iter().chain(left).min(),
        names,
        reserve: reserve.unsigned_abs(),
    };
    // Before anything of it is read.
    let wire = &call.wire;
    let place = wire.uploads.enter(call.address, wire.options.rate_limit);
    let _place = place.map_err(Wrong::Full)?;
    let body = call.take_body();
    form::read(&call.wire.files, &call.headers, body, bounds).await
}

/// The answer names the quota that is used up, and so does the log, once a day.
fn used_up(call: &Call, refusal: Refusal) -> Failure {
    if let Refusal::Quota(words) = &refusal {
        call.wire.report_quota("files of visitors", words, call.now);
    }
    refusal.into()
}

/// Why a file was not kept.
enum KeepError {
    Type,
    /// What may come in a day is used up.
    Quota(Refusal),
    Else(Failure),
}

impl From<Refusal> for KeepError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Quota(_) => Self::Quota(refusal),
            other => Self::Else(other.into()),
        }
    }
}

/// The row first, then the bytes: whatever ends in between leaves nothing that is not swept away.
async fn keep(call: &Call, form: Form, account_id: Option<String>) -> Result<Upload, KeepError> {
    let Form {
        file,
        name,
        media_type,
        ..
    } = form;
    let sniffed = media::sniff(file.head(), &media_type);
    uploads::admit(&call.policy, &media_type, &sniffed).map_err(|_| KeepError::Type)?;
    let files = &call.wire.files;
    let picture = files.picture(&file, &sniffed).await;
    let new = NewUpload {
        room_id: call.path(0).to_owned(),
        network: rationed_network(call).filter(|_| account_id.is_none()),
        account_id,
        name,
        media_type: sniffed,
        size: file.size(),
        sha256: file.sha256().to_owned(),
        picture: picture.map(|picture| Picture {
            width: picture.width,
            height: picture.height,
            preview: picture.preview,
        }),
    };
    let now = arrived(call);
    let upload = call
        .command(move |_, cx| uploads::expect(&mut cx.at(now), &new))
        .await?;
    if let Err(error) = files.keep(&upload.id, file, now).await {
        discard(call, &upload).await;
        return Err(KeepError::Else(error.into()));
    }
    // Its room may have been removed before the bytes came to stay.
    let id = upload.id.clone();
    let still = call.query(move |_, view| Ok(uploads::find(view, &id)?));
    match still.await? {
        Some(upload) => Ok(upload),
        None => {
            discard(call, &upload).await;
            Err(KeepError::Else(Failure::Unauthorized))
        }
    }
}

/// A file that no message will carry. If it cannot be said now, it is swept away tomorrow.
pub(super) async fn discard(call: &Call, upload: &Upload) {
    let (id, now) = (upload.id.clone(), arrived(call));
    let given_up = call.command(move |_, cx| Ok(uploads::discard(&mut cx.at(now), &id)?));
    if given_up.await.is_err() {
        tracing::warn!(
            upload = upload.id,
            "a file that is not wanted stays for a day"
        );
    }
}

/// What is said with a file.
struct Sent {
    text: String,
    description: Option<String>,
    thread: Option<String>,
}

impl Sent {
    fn of(texts: &BTreeMap<String, String>) -> Result<Self, Failure> {
        let text = |name: &str| texts.get(name).cloned();
        Self::checked(text("msg"), text("description"), text("tmid"))
    }

    fn checked(
        text: Option<String>,
        description: Option<String>,
        thread: Option<String>,
    ) -> Result<Self, Failure> {
        let is_long = |text: &String| text.chars().nth(LONGEST_DESCRIPTION).is_some();
        if description.as_ref().is_some_and(is_long) {
            return Err(Failure::plain("error-message-size-exceeded"));
        }
        Ok(Self {
            text: text.unwrap_or_default(),
            description,
            thread,
        })
    }
}

fn carry(sent: &Sent, upload: &Upload) -> Draft {
    let mut extra = upload.in_message(sent.description.as_deref());
    if let Some(thread) = &sent.thread {
        extra["tmid"] = json!(thread);
    }
    Draft {
        id: None,
        text: sent.text.clone(),
        extra: Some(extra),
    }
}
