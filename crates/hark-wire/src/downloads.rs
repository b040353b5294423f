//! Files on their way out: who may have one, and how a browser has to treat it.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use hark_chat::access;
use hark_chat::uploads::{self, Upload, links, media, names};
use hark_model::{Policy, rooms, settings, visitors};
use hark_staff::sessions;
use hark_store::{Error, Timestamp, View};
use serde_json::Value;

use crate::answer::{Failure, respond};
use crate::assets::is_known;
use crate::body;
use crate::range::{Part, part};
use crate::response::{self, with};
use crate::wire::Wire;
use crate::zeros;

/// `GET /file-upload/{id}/{name}`. Those who may not have it do not learn whether it is there.
pub async fn download(
    State(wire): State<Arc<Wire>>,
    parts: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
) -> Response {
    // Only the id counts; the name is for anyone who saves the file.
    let id = parts.iter().flat_map(RawPathParams::iter).next();
    let id = id.map_or(String::new(), |(_, id)| zeros::without(id));
    let now = wire.store.clock().now();
    let query = body::query(request.uri().query().unwrap_or_default()).unwrap_or(Value::Null);
    let shown = Credentials::of(request.headers(), &query);
    let here = Arc::clone(&wire);
    let found = wire
        .store
        .read(move |view| {
            let policy = here.policies.at(view)?;
            let Some(upload) = uploads::find(view, &id)? else {
                return Ok(None);
            };
            let open = shown.opens(view, &here, &policy, &upload, now)?;
            Ok(open.then_some(upload))
        })
        .await;
    let upload = match found {
        Ok(Some(upload)) => upload,
        Ok(None) => return response::words(StatusCode::FORBIDDEN, "Forbidden\n"),
        Err(error) => return respond(Err(Failure::Store(error))),
    };
    let wanted = Wanted {
        address: wire.address(&request),
        only_head: request.method() == Method::HEAD,
        forced: query.get("download").is_some(),
    };
    send(&wire, &upload, request.headers(), wanted, now).await
}

/// Who wants a file how.
struct Wanted {
    address: IpAddr,
    only_head: bool,
    /// To save it, whatever it is.
    forced: bool,
}

/// What a caller shows to prove that they may have a file.
struct Credentials {
    /// A visitor's token and room, in the order of preference.
    visitors: Vec<(String, String)>,
    /// An account's id and token.
    accounts: Vec<(String, String)>,
    link: Option<String>,
}

impl Credentials {
    fn of(headers: &HeaderMap, query: &Value) -> Self {
        let cookies = cookies(headers);
        let asked = |name: &str| query.get(name)?.as_str().map(str::to_owned);
        let kept = |name: &str| {
            let found = cookies.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        };
        let header = |name: &str| response::text(headers, name).map(str::to_owned);
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
        if upload.attached && !policy.flag(settings::FileUpload_ProtectFiles) {
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
        // No session ends because a clock leapt.
        let sure = wire.store.clock().sure();
        for (id, token) in &self.accounts {
            let Some(session) = sessions::find(view, sure, id, token)? else {
                continue;
            };
            // What is not sent yet is the sender's alone.
            let sees = if !upload.attached {
                upload.account_id.as_ref() == Some(&session.account.id)
            } else if policy.flag(settings::FileUpload_Restrict_to_room_members) {
                match rooms::find(view, &upload.room_id)? {
                    Some(room) => access::may_see(view, policy, &session.account, &room)?,
                    None => false,
                }
            } else {
                true
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

/// What is read of the headers and the query of a request for a file.
#[cfg(feature = "fuzzing")]
pub fn read_credentials(headers: &HeaderMap, query: &Value) {
    drop(Credentials::of(headers, query));
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

async fn send(
    wire: &Wire,
    upload: &Upload,
    headers: &HeaderMap,
    wanted: Wanted,
    now: Timestamp,
) -> Response {
    let forced = wanted.forced;
    let size = u64::try_from(upload.size).unwrap_or(0);
    let tag = format!("\"{}\"", upload.sha256);
    if is_known(headers, &tag) {
        return describe(
            StatusCode::NOT_MODIFIED.into_response(),
            upload,
            &tag,
            forced,
        );
    }
    let same = response::text(headers, header::IF_RANGE).is_none_or(|known| known == tag);
    let range = response::text(headers, header::RANGE).filter(|_| same);
    let part = match range.map_or(Part::Whole, |range| part(range, size)) {
        Part::Nowhere => {
            let response = response::words(StatusCode::RANGE_NOT_SATISFIABLE, "");
            return with(
                response,
                [(header::CONTENT_RANGE, &format!("bytes */{size}"))],
            );
        }
        Part::Whole => None,
        Part::Some(from, to) => Some((from, to)),
    };
    let (from, to) = part.unwrap_or((0, size));
    let body = if wanted.only_head {
        Body::empty()
    } else {
        let rationed = wire.options.rate_limit;
        let place = match wire.downloads.enter(wanted.address, rationed) {
            Ok(place) => place,
            Err(full) => return respond(Err(full.into())),
        };
        match wire.files.open(&upload.id, from, to, now).await {
            Ok(Some(flow)) => Body::from_stream(flow.into_stream().inspect(move |_| {
                // Kept for as long as the file is on its way.
                let _place = &place;
            })),
            Ok(None) => {
                tracing::error!(
                    upload = upload.id,
                    "the bytes of a file are not where they should be"
                );
                return response::words(StatusCode::NOT_FOUND, "Not found\n");
            }
            Err(error) => return respond(Err(error.into())),
        }
    };
    let length = (to - from).to_string();
    let response = describe(body.into_response(), upload, &tag, forced);
    let mut response = with(
        response,
        [
            (header::CONTENT_TYPE, &*upload.media_type),
            (header::CONTENT_LENGTH, &length),
        ],
    );
    if part.is_some() {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let range = format!("bytes {from}-{}/{size}", to - 1);
        response = with(response, [(header::CONTENT_RANGE, &range)]);
    }
    response
}

/// Whatever is in a file, it never runs in the name of this server.
fn describe(response: Response, upload: &Upload, tag: &str, forced: bool) -> Response {
    let way = if media::is_shown(&upload.media_type) && !forced {
        "inline"
    } else {
        "attachment"
    };
    let letters = upload.name.chars().map(|letter| match letter {
        ' '..='~' if !['"', '\\', '%'].contains(&letter) => letter,
        _ => '_',
    });
    let plain: String = letters.collect();
    let exact = names::escaped_strictly(&upload.name);
    let disposition = format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{exact}");
    let described = [
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
    ];
    with(response, described)
}
