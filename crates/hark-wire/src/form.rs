//! A form with a file in it, read as it comes: what the file is goes to the landing, the few
//! texts beside it into memory.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use hark_files::{Arrived, Files, Trouble, is_too_slow};
use multer::{Constraints, Field, Multipart, SizeLimit};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::answer::Failure;

/// How long nothing may come.
const SILENCE: Duration = Duration::from_secs(60);
/// How long a file may take in all.
const PATIENCE: Duration = Duration::from_secs(30 * 60);
const MOST_PARTS: usize = 20;
const LONGEST_TEXT: usize = 64 << 10;
/// What a form has beside its file.
const AROUND: u64 = 2 << 20;
/// A client that is refused reads the answer only once it has sent all: so much is thrown away
/// for it.
const MOST_DRAINED: u64 = 256 << 20;
const DRAINING: Duration = Duration::from_secs(60);

/// What came.
pub struct Form {
    pub file: Arrived,
    /// As the sender says.
    pub name: String,
    pub media_type: String,
    pub texts: BTreeMap<String, String>,
}

/// What is wrong with a form.
#[derive(Debug)]
pub enum Wrong {
    NoFile,
    /// A file under another name than `file`.
    Field,
    TooLarge,
    Unknown(String),
    /// It is no form, or breaks off.
    Broken,
    Trouble(Trouble),
}

impl From<Wrong> for Failure {
    fn from(wrong: Wrong) -> Self {
        match wrong {
            Wrong::NoFile => Self::coded("", "No file uploaded"),
            Wrong::Field => Self::coded("", "invalid-field"),
            Wrong::TooLarge => Self::coded("", "error-file-too-large"),
            Wrong::Unknown(name) => {
                Self::plain(format!("Match error: Unknown key in field {name}"))
            }
            Wrong::Broken => Self::plain("The form with the file is not whole"),
            Wrong::Trouble(trouble) => trouble.into(),
        }
    }
}

impl From<Trouble> for Wrong {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<multer::Error> for Wrong {
    fn from(error: multer::Error) -> Self {
        match error {
            multer::Error::StreamSizeExceeded { .. } => Self::TooLarge,
            _ => Self::Broken,
        }
    }
}

/// Reads a form of which a file may have `largest` bytes and texts these names, or any.
pub async fn read(
    files: &Files,
    headers: &HeaderMap,
    body: Body,
    largest: Option<u64>,
    names: Option<&[&str]>,
) -> Result<Form, Wrong> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let kind = text(header::CONTENT_TYPE).unwrap_or_default();
    let boundary = multer::parse_boundary(kind).map_err(|_| Wrong::NoFile)?;
    let announced: Option<u64> = text(header::CONTENT_LENGTH).and_then(|text| text.parse().ok());
    let most = largest.map_or(u64::MAX, |largest| largest.saturating_add(AROUND));
    let body = Arc::new(Mutex::new(body.into_data_stream()));
    let reading = async {
        if announced.is_some_and(|announced| announced > most) {
            return Err(Wrong::TooLarge);
        }
        let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(most));
        let pieces = pieces(Arc::clone(&body));
        let parts = Multipart::with_constraints(pieces, boundary, limits);
        parts_of(files, parts, largest, names).await
    };
    let read = tokio::time::timeout(PATIENCE, reading).await;
    let read = read.unwrap_or(Err(Wrong::Broken));
    if read.is_err() {
        drain(&body).await;
    }
    read
}

async fn parts_of(
    files: &Files,
    mut parts: Multipart<'static>,
    largest: Option<u64>,
    names: Option<&[&str]>,
) -> Result<Form, Wrong> {
    let mut file = None;
    let mut texts = BTreeMap::new();
    let mut count = 0;
    while let Some(part) = parts.next_field().await? {
        count += 1;
        if count > MOST_PARTS {
            return Err(Wrong::Broken);
        }
        let field = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            Some(_) if field != "file" => return Err(Wrong::Field),
            // Only the first counts.
            Some(_) if file.is_some() => {}
            Some(name) => {
                let media_type = part
                    .content_type()
                    .map_or(String::new(), ToString::to_string);
                let arrived = receive(files, part, largest).await?;
                file = Some((arrived, name, media_type));
            }
            None if names.is_some_and(|names| !names.contains(&field.as_str())) => {
                return Err(Wrong::Unknown(field.chars().take(100).collect()));
            }
            None => {
                texts.insert(field, text_of(part).await?);
            }
        }
    }
    let (file, name, media_type) = file.ok_or(Wrong::NoFile)?;
    Ok(Form {
        file,
        name,
        media_type,
        texts,
    })
}

async fn receive(
    files: &Files,
    mut part: Field<'static>,
    largest: Option<u64>,
) -> Result<Arrived, Wrong> {
    let since = Instant::now();
    let mut arriving = files.receive().await?;
    while let Some(piece) = part.chunk().await? {
        arriving.write(&piece).await?;
        if is_too_slow(since, arriving.size()) {
            return Err(Wrong::Broken);
        }
        if largest.is_some_and(|largest| arriving.size() > largest) {
            return Err(Wrong::TooLarge);
        }
    }
    Ok(arriving.end().await?)
}

async fn text_of(mut part: Field<'static>) -> Result<String, Wrong> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LONGEST_TEXT {
            return Err(Wrong::Broken);
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| Wrong::Broken)?;
    Ok(text.replace('\0', ""))
}

type Shared = Arc<Mutex<BodyDataStream>>;

/// The body, one piece after the other: the reader of parts would else take all that there is
/// into memory before it gives any away.
fn pieces(body: Shared) -> impl Stream<Item = Result<Bytes, axum::BoxError>> + Send + 'static {
    stream::unfold(body, |body| async move {
        tokio::task::yield_now().await;
        let next = tokio::time::timeout(SILENCE, async { body.lock().await.next().await }).await;
        let piece = match next {
            Ok(piece) => piece?.map_err(axum::BoxError::from),
            Err(_) => Err("nothing came for too long".into()),
        };
        Some((piece, body))
    })
}

async fn drain(body: &Shared) {
    let throwing_away = async {
        let mut body = body.lock().await;
        let mut left = MOST_DRAINED;
        while let Some(Ok(piece)) = body.next().await {
            left = left.saturating_sub(piece.len() as u64);
            if left == 0 {
                break;
            }
        }
    };
    // Who sends more, or too slowly, does without the answer.
    let _enough = tokio::time::timeout(DRAINING, throwing_away).await;
}
