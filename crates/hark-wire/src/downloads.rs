//! Files on their way out: who may have one, and how a browser is told to treat it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use hark_chat::uploads::{self, Upload, links, media, names};
use hark_chat::{Policy, rooms, sessions, visitors};
use hark_store::{Error, Timestamp, View};
use serde_json::Value;

use crate::answer::{Failure, respond};
use crate::body;
use crate::range::{Part, part};
use crate::widget::is_known;
use crate::wire::Wire;

/// `GET /file-upload/{id}/{name}`. Whoever may not have it does not learn whether it is there.
pub async fn download(wire: Arc<Wire>, id: String, request: Request) -> Response {
    let now = wire.store.clock().now();
    let query = body::query(request.uri().query().unwrap_or_default()).unwrap_or(Value::Null);
    let shown = Shown::of(request.headers(), &query);
    let house = Arc::clone(&wire);
    let found = wire
        .store
        .read(move |view| {
            let policy = house.policies.at(view)?;
            let Some(upload) = uploads::find(view, &id)? else {
                return Ok(None);
            };
            let open = shown.opens(view, &house, &policy, &upload, now)?;
            Ok(open.then_some(upload))
        })
        .await;
    let upload = match found {
        Ok(Some(upload)) => upload,
        Ok(None) => return said(StatusCode::FORBIDDEN, "Forbidden\n"),
        Err(error) => return respond(Err(Failure::Store(error))),
    };
    let only_head = request.method() == Method::HEAD;
    let forced = query.get("download").is_some();
    give(&wire, &upload, request.headers(), only_head, forced, now).await
}

/// What a caller shows to prove that he may have a file.
struct Shown {
    /// A visitor's token and room, in the order of preference.
    visitors: Vec<(String, String)>,
    /// An account's id and token.
    accounts: Vec<(String, String)>,
    link: Option<String>,
}

impl Shown {
    fn of(headers: &HeaderMap, query: &Value) -> Self {
        let cookies = cookies(headers);
        let asked = |name: &str| query.get(name)?.as_str().map(str::to_owned);
        let kept = |name: &str| {
            let found = cookies.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        };
        let header = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
        let visitor = |from: &dyn Fn(&str) -> Option<String>| {
            let live = from("rc_room_type").as_deref() == Some("l");
            from("rc_token").zip(from("rc_rid")).filter(|_| live)
        };
        let account = |from: &dyn Fn(&str) -> Option<String>| from("rc_uid").zip(from("rc_token"));
        Self {
            visitors: [visitor(&asked), visitor(&kept)]
                .into_iter()
                .flatten()
                .collect(),
            accounts: [
                account(&asked),
                header("x-user-id").zip(header("x-auth-token")),
                account(&kept),
            ]
            .into_iter()
            .flatten()
            .collect(),
            link: asked("token"),
        }
    }

    fn opens(
        &self,
        view: &mut View<'_>,
        wire: &Wire,
        policy: &Policy,
        upload: &Upload,
        now: Timestamp,
    ) -> Result<bool, Error> {
        if upload.attached && !policy.flag("FileUpload_ProtectFiles") {
            return Ok(true);
        }
        if let Some(token) = &self.link
            && links::opens(policy, wire.policies.keys(), upload, token, now)
        {
            return Ok(true);
        }
        for (token, room) in &self.visitors {
            if upload.attached && *room == upload.room_id && owns(view, token, room)? {
                return Ok(true);
            }
        }
        for (id, token) in &self.accounts {
            let Some(session) = sessions::find(view, now, id, token)? else {
                continue;
            };
            // What is not sent yet is the sender's alone.
            let sees = match upload.attached {
                false => upload.account_id.as_ref() == Some(&session.account.id),
                true if !policy.flag("FileUpload_Restrict_to_room_members") => true,
                true => match rooms::find(view, &upload.room_id)? {
                    Some(room) => rooms::may_see(view, policy, &session.account, &room)?,
                    None => false,
                },
            };
            if sees {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn owns(view: &mut View<'_>, token: &str, room: &str) -> Result<bool, Error> {
    let Some(visitor) = visitors::find_by_token(view, token)? else {
        return Ok(false);
    };
    let room = rooms::find_live(view, room)?;
    Ok(room.is_some_and(|room| room.is_of(&visitor)))
}

fn cookies(headers: &HeaderMap) -> Vec<(String, String)> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .map(|(name, value)| (name.to_owned(), body::decode(value, false)))
        .collect()
}

async fn give(
    wire: &Wire,
    upload: &Upload,
    headers: &HeaderMap,
    only_head: bool,
    forced: bool,
    now: Timestamp,
) -> Response {
    let size = u64::try_from(upload.size).unwrap_or(0);
    let tag = format!("\"{}\"", upload.sha256);
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if is_known(headers, &tag) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        describe(response.headers_mut(), upload, &tag, forced);
        return response;
    }
    let same = text(header::IF_RANGE).is_none_or(|known| known == tag);
    let range = text(header::RANGE).filter(|_| same);
    let part = match range.map_or(Part::Whole, |range| part(range, size)) {
        Part::Nowhere => {
            let mut response = said(StatusCode::RANGE_NOT_SATISFIABLE, "");
            put(
                response.headers_mut(),
                header::CONTENT_RANGE,
                &format!("bytes */{size}"),
            );
            return response;
        }
        Part::Whole => None,
        Part::Some(from, to) => Some((from, to)),
    };
    let (from, to) = part.unwrap_or((0, size));
    let body = match only_head {
        true => Body::empty(),
        false => match wire.files.open(&upload.id, from, to, now).await {
            Ok(Some(flow)) => Body::from_stream(flow.into_stream()),
            Ok(None) => {
                tracing::error!(
                    upload = upload.id,
                    "the bytes of a file are not where they should be"
                );
                return said(StatusCode::NOT_FOUND, "Not found\n");
            }
            Err(trouble) => return respond(Err(trouble.into())),
        },
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    describe(headers, upload, &tag, forced);
    put(headers, header::CONTENT_TYPE, &upload.media_type);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(to - from));
    if part.is_some() {
        put(
            headers,
            header::CONTENT_RANGE,
            &format!("bytes {from}-{}/{size}", to - 1),
        );
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

/// Whatever is in a file, it never runs in the name of this server.
fn describe(headers: &mut HeaderMap, upload: &Upload, tag: &str, forced: bool) {
    let way = match media::is_shown(&upload.media_type) && !forced {
        true => "inline",
        false => "attachment",
    };
    let plain: String = upload
        .name
        .chars()
        .map(|letter| match letter {
            ' '..='~' if !['"', '\\', '%'].contains(&letter) => letter,
            _ => '_',
        })
        .collect();
    let exact = names::escaped_strictly(&upload.name);
    let disposition = format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{exact}");
    for (name, value) in [
        (header::CONTENT_DISPOSITION, disposition.as_str()),
        (header::ETAG, tag),
        // Kept by the browser alone, and asked for each time: who may see it can change.
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::ACCEPT_RANGES, "bytes"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        put(headers, name, value);
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn said(status: StatusCode, words: &'static str) -> Response {
    let mut response = Response::new(Body::from(words));
    *response.status_mut() = status;
    put(
        response.headers_mut(),
        header::CONTENT_TYPE,
        "text/plain; charset=utf-8",
    );
    put(response.headers_mut(), header::CACHE_CONTROL, "no-store");
    response
}
