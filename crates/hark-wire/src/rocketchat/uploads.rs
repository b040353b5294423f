//! Files that visitors and agents send.

use std::sync::Arc;

use hark_chat::messages::{self, Draft, Message};
use hark_chat::uploads::{self, NewUpload, Picture, Upload, links, media};
use hark_chat::{Refusal, rooms, routing, visitors};
use hark_store::{Error, View};
use serde_json::{Value, json};

use super::chat_documents as documents;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::form::{self, Form, Wrong};
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "livechat/upload/{rid}", Access::Visitor, "Send a file into one's own chat", from_visitor).takes_file(),
    &route!(POST "rooms.media/{rid}", Access::User, "Put a file into a room, to be confirmed", media).takes_file(),
    &route!(POST "rooms.mediaConfirm/{rid}/{fileId}", Access::User, "Send a file that was put there", confirm)
        .takes(CONFIRMATION),
    &route!(POST "rooms.upload/{rid}", Access::User, "Send a file into a room", from_agent)
        .takes_file()
        .deprecated(),
];

const CONFIRMATION: Shape = Shape::Matched(&[
    Field::optional("msg", Shape::Text),
    Field::optional("description", Shape::Text),
    Field::optional("tmid", Shape::Text),
    Field::optional("alias", Shape::Text),
    Field::optional("avatar", Shape::Text),
    Field::optional("emoji", Shape::Text),
    Field::optional("groupable", Shape::Flag),
    Field::optional("customFields", Shape::Open),
]);

/// What a form may say beside its file. A sender keeps his own name and face, whatever is said.
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
        return Err(Failure::Told(
            json!({"reason": "error-file-upload-disabled"}),
        ));
    }
    let room = call.path(0).to_owned();
    let (shown, asked) = (token.clone(), room.clone());
    let own = call
        .read(move |view| is_open_and_own(view, &shown, &asked))
        .await?;
    if !own {
        return Err(Failure::Unauthorized);
    }
    let form = receive(&call, Some(OF_VISITOR)).await.map_err(|wrong| match wrong {
        Wrong::TooLarge => Failure::Told(json!({
            "reason": "error-size-not-allowed",
            "sizeAllowed": uploads::readable(uploads::largest(&call.policy).unwrap_or(u64::MAX)),
        })),
        other => other.into(),
    })?;
    let draft = draft(&form.texts)?;
    let upload = keep(&call, form, &room, None)
        .await
        .map_err(|failure| match failure {
            Unkept::Type => Failure::Told(json!({"reason": "error-type-not-allowed"})),
            Unkept::Else(failure) => failure,
        })?;
    let (policy, now) = (Arc::clone(&call.policy), call.wire.store.clock().now());
    let (sent, shown) = (upload.clone(), token.clone());
    let said = call.wire.store.write(move |tx| {
        let said = carry(&draft, &sent);
        let said = messages::post_as_visitor(tx, now, &policy, &shown, &room, &said)?;
        uploads::attach(tx, &sent)?;
        Ok(said)
    });
    let message = match said.await {
        Ok(message) => message,
        Err(refusal) => {
            give_up(&call, &upload).await;
            return Err(match refusal {
                Refusal::InvalidToken | Refusal::InvalidRoom | Refusal::RoomClosed => {
                    Failure::Unauthorized
                }
                other => other.into(),
            });
        }
    };
    let mut told = documents::message(&message, &token);
    told["newRoom"] = json!(false);
    told["showConnecting"] = json!(routing::Method::of(&call.policy) == routing::Method::Manual);
    Reply::object(told)
}

fn is_open_and_own(view: &mut View<'_>, token: &str, room: &str) -> Result<bool, Error> {
    let Some(visitor) = visitors::find_by_token(view, token)? else {
        return Ok(false);
    };
    let room = rooms::find_live(view, room)?;
    Ok(room.is_some_and(|room| room.open && room.is_of(&visitor)))
}

async fn media(call: Call) -> Answer {
    let upload = from_someone_here(&call, None).await?.0;
    Reply::object(json!({"file": {"_id": upload.id, "url": links::path(&upload)}}))
}

async fn from_agent(call: Call) -> Answer {
    let (upload, draft) = from_someone_here(&call, Some(OF_AGENT)).await?;
    let said = say(&call, upload.clone(), draft).await;
    if said.is_err() {
        give_up(&call, &upload).await;
    }
    said
}

async fn confirm(call: Call) -> Answer {
    let (room, id) = (call.path(0).to_owned(), call.path(1).to_owned());
    let texts = call.params.as_object().into_iter().flatten();
    let texts = texts
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect();
    let draft = draft(&texts)?;
    let own = call.account()?.id.clone();
    let upload = call.read(move |view| uploads::find(view, &id)).await?;
    let upload = upload.filter(|upload| {
        upload.room_id == room && upload.account_id.as_ref() == Some(&own) && !upload.attached
    });
    match upload {
        Some(upload) => say(&call, upload, draft).await,
        None => Err(Refusal::NoSuchFile.into()),
    }
}

/// Receives and keeps what someone with a log-in sends into a room that he may see.
async fn from_someone_here(call: &Call, names: Option<&[&str]>) -> Result<(Upload, Sent), Failure> {
    let account = call.account()?.clone();
    let room = call.path(0).to_owned();
    let (policy, asked, own) = (Arc::clone(&call.policy), room.clone(), account.clone());
    let seen = call
        .read(move |view| match rooms::find(view, &asked)? {
            Some(room) => rooms::may_see(view, &policy, &own, &room),
            None => Ok(false),
        })
        .await?;
    if !seen {
        return Err(Failure::Unauthorized);
    }
    if !uploads::is_open_to_agents(&call.policy) {
        return Err(Refusal::FilesOff.into());
    }
    let form = receive(call, names).await?;
    let draft = draft(&form.texts)?;
    let upload = keep(call, form, &room, Some(account.id)).await;
    let upload = upload.map_err(|failure| match failure {
        Unkept::Type => Refusal::FileType.into(),
        Unkept::Else(failure) => failure,
    })?;
    Ok((upload, draft))
}

async fn say(call: &Call, upload: Upload, draft: Sent) -> Answer {
    let (policy, now) = (Arc::clone(&call.policy), call.wire.store.clock().now());
    let account = call.account()?.clone();
    let message = call
        .write(move |tx| {
            let said = carry(&draft, &upload);
            let said = messages::post(tx, now, &policy, &account, &upload.room_id, &said)?;
            uploads::attach(tx, &upload)?;
            Ok(said)
        })
        .await?;
    Reply::object(json!({"message": documents::message(&message, "")}))
}

async fn receive(call: &Call, names: Option<&[&str]>) -> Result<Form, Wrong> {
    let largest = uploads::largest(&call.policy);
    let body = call.take_body();
    form::read(&call.wire.files, &call.headers, body, largest, names).await
}

/// Why a file was not kept.
enum Unkept {
    Type,
    Else(Failure),
}

/// The row first, then the bytes: whatever ends in between leaves nothing that is not swept away.
async fn keep(
    call: &Call,
    form: Form,
    room: &str,
    account_id: Option<String>,
) -> Result<Upload, Unkept> {
    let Form {
        file,
        name,
        media_type,
        ..
    } = form;
    let sniffed = media::sniff(file.head(), &media_type);
    uploads::admit(&call.policy, &media_type, &sniffed).map_err(|_| Unkept::Type)?;
    let files = &call.wire.files;
    let picture = files.look(&file, &sniffed).await;
    let new = NewUpload {
        room_id: room.to_owned(),
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
    let now = call.wire.store.clock().now();
    let upload = call
        .write(move |tx| uploads::expect(tx, now, &new))
        .await
        .map_err(Unkept::Else)?;
    if let Err(trouble) = files.keep(&upload.id, file, now).await {
        give_up(call, &upload).await;
        return Err(Unkept::Else(trouble.into()));
    }
    // Its room may have been removed before the bytes came to stay.
    let id = upload.id.clone();
    let still = call.read(move |view| uploads::find(view, &id)).await;
    match still.map_err(Unkept::Else)? {
        Some(upload) => Ok(upload),
        None => {
            give_up(call, &upload).await;
            Err(Unkept::Else(Failure::Unauthorized))
        }
    }
}

/// A file that no message will carry. If it cannot be said now, it is swept away tomorrow.
async fn give_up(call: &Call, upload: &Upload) {
    let (id, now) = (upload.id.clone(), call.wire.store.clock().now());
    let given_up = call
        .write(move |tx| Ok(uploads::discard(tx, now, &id)?))
        .await;
    if given_up.is_err() {
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

fn draft(texts: &std::collections::BTreeMap<String, String>) -> Result<Sent, Failure> {
    let description = texts.get("description").cloned();
    if description
        .as_ref()
        .is_some_and(|text| text.chars().nth(LONGEST_DESCRIPTION).is_some())
    {
        return Err(Failure::plain("error-message-size-exceeded"));
    }
    Ok(Sent {
        text: texts.get("msg").cloned().unwrap_or_default(),
        description,
        thread: texts.get("tmid").cloned(),
    })
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

/// Messages as a visitor's client reads them, which is told where each file is.
pub(crate) async fn shown_to_visitor(
    call: &Call,
    messages: Vec<Message>,
    token: &str,
) -> Result<Vec<Value>, Failure> {
    let mut documents: Vec<Value> = messages
        .iter()
        .map(|message| documents::message(message, token))
        .collect();
    let carries = |message: &Message| {
        let extra = message.extra.as_ref();
        extra.is_some_and(|extra| extra.get("file").is_some())
    };
    if !messages.iter().any(carries) {
        return Ok(documents);
    }
    let asked = messages.clone();
    let files = call
        .read(move |view| {
            let files = asked
                .iter()
                .map(|message| uploads::carried_by(view, message));
            files.collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let (keys, site) = (call.wire.policies.keys(), &call.wire.options.site_url);
    for ((document, message), file) in documents.iter_mut().zip(&messages).zip(&files) {
        if let Some(file) = file {
            let author = &message.author.id;
            document["fileUpload"] =
                links::file_upload(&call.policy, keys, site, file, author, call.now);
        }
    }
    Ok(documents)
}
