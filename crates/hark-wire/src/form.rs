//! A form with a file in it, read as it comes: what the file is goes to the landing, the few
//! texts beside it into memory.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use hark_files::{Error as FileError, Files, ReceivedFile, is_too_slow};
use multer::{Constraints, Field, Multipart, SizeLimit};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::answer::Failure;
use crate::body::is_held_back;
use crate::response::text;
use crate::shares::Full;
use crate::zeros;

/// How long nothing may come.
pub const SILENCE: Duration = Duration::from_secs(60);
/// How long a file may take in all.
pub const PATIENCE: Duration = Duration::from_secs(30 * 60);
pub const MOST_PARTS: usize = 20;
pub const LONGEST_TEXT: usize = 64 << 10;
/// What may stand before the content of a part: the boundary and what is said of the part. Until
/// then what comes is kept in memory, and searched again with each piece.
pub const MOST_BEFORE: usize = 16 << 10;
/// What a form has beside its file.
const AROUND: u64 = 2 << 20;
/// A client that is refused reads the answer only once it has sent all: so much is thrown away
/// for it.
pub const MOST_DRAINED: u64 = 256 << 20;
const DRAINING: Duration = Duration::from_secs(60);
/// The same where nothing of a form was read.
pub const MOST_DRAINED_UNREAD: u64 = 16 << 20;
const DRAINING_UNREAD: Duration = Duration::from_secs(15);

pub struct Form {
    pub file: ReceivedFile,
    /// As the sender says.
    pub name: String,
    pub media_type: String,
    pub texts: BTreeMap<String, String>,
}

#[derive(Debug)]
pub enum Wrong {
    NoFile,
    /// A file under another name than the one that is wanted.
    Field,
    TooLarge,
    Unknown(String),
    /// It is no form, or breaks off.
    Broken,
    Files(FileError),
    /// As many are under way as there may be.
    Full(Full),
}

impl From<Wrong> for Failure {
    fn from(wrong: Wrong) -> Self {
        match wrong {
            Wrong::NoFile => Self::coded("[No file uploaded]"),
            Wrong::Field => Self::coded("[invalid-field]"),
            Wrong::TooLarge => Self::coded("[error-file-too-large]"),
            Wrong::Unknown(name) => {
                Self::plain(format!("Match error: Unknown key in field {name}"))
            }
            Wrong::Broken => Self::plain("The form with the file is not whole"),
            Wrong::Files(error) => error.into(),
            Wrong::Full(full) => full.into(),
        }
    }
}

impl From<FileError> for Wrong {
    fn from(error: FileError) -> Self {
        Self::Files(error)
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

/// What a form may be.
#[derive(Clone, Copy)]
pub struct Bounds<'b> {
    /// What its file is called.
    pub field: &'b str,
    /// Of its file, in bytes.
    pub largest: Option<u64>,
    /// Of the texts beside it; nothing where any are welcome.
    pub names: Option<&'b [&'b str]>,
    /// What stays free of the disk.
    pub reserve: u64,
}

pub async fn read(
    files: &Files,
    headers: &HeaderMap,
    body: Body,
    bounds: Bounds<'_>,
) -> Result<Form, Wrong> {
    let largest = bounds.largest;
    let kind = text(headers, header::CONTENT_TYPE).unwrap_or_default();
    let boundary = multer::parse_boundary(kind).map_err(|_| Wrong::NoFile)?;
    let announced: Option<u64> =
        text(headers, header::CONTENT_LENGTH).and_then(|text| text.parse().ok());
    let most = largest.map_or(u64::MAX, |largest| largest.saturating_add(AROUND));
    let is_too_large = announced.is_some_and(|announced| announced > most);
    if is_too_large && is_held_back(headers) {
        return Err(Wrong::TooLarge);
    }
    let body = Arc::new(Mutex::new(body.into_data_stream()));
    let reading = async {
        if is_too_large {
            return Err(Wrong::TooLarge);
        }
        let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(most));
        let before = Arc::new(AtomicUsize::new(0));
        let pieces = pieces(Arc::clone(&body), Arc::clone(&before));
        let parts = Parts {
            parts: Multipart::with_constraints(pieces, boundary, limits),
            before,
        };
        parts_of(files, parts, bounds).await
    };
    let read = tokio::time::timeout(PATIENCE, reading).await;
    let read = read.unwrap_or(Err(Wrong::Broken));
    if read.is_err() {
        drain(&body).await;
    }
    read
}

/// The parts of a form, and how much has come since the last content ended.
struct Parts {
    parts: Multipart<'static>,
    before: Arc<AtomicUsize>,
}

/// Nothing is counted while a content is read.
const INSIDE: usize = usize::MAX;

impl Parts {
    async fn next(&mut self) -> Result<Option<Field<'static>>, Wrong> {
        self.before.store(0, Ordering::Relaxed);
        let next = self.parts.next_field().await?;
        self.before.store(INSIDE, Ordering::Relaxed);
        Ok(next)
    }
}

async fn parts_of(files: &Files, mut parts: Parts, bounds: Bounds<'_>) -> Result<Form, Wrong> {
    let mut file = None;
    let mut texts = BTreeMap::new();
    let mut count = 0;
    while let Some(mut part) = parts.next().await? {
        count += 1;
        if count > MOST_PARTS {
            return Err(Wrong::Broken);
        }
        let field = zeros::without(part.name().unwrap_or_default());
        match part.file_name().map(zeros::without) {
            Some(_) if field != bounds.field => return Err(Wrong::Field),
            // Only the first counts.
            Some(_) if file.is_some() => while part.chunk().await?.is_some() {},
            Some(name) => {
                let media_type = part
                    .content_type()
                    .map_or(String::new(), ToString::to_string);
                let arrived = receive(files, part, bounds).await?;
                file = Some((arrived, name, media_type));
            }
            None if bounds
                .names
                .is_some_and(|names| !names.contains(&field.as_str())) =>
            {
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
    bounds: Bounds<'_>,
) -> Result<ReceivedFile, Wrong> {
    let since = Instant::now();
    let mut arriving = files.receive(bounds.reserve).await?;
    while let Some(piece) = part.chunk().await? {
        arriving.write(&piece).await?;
        if is_too_slow(since, arriving.size()) {
            return Err(Wrong::Broken);
        }
        if bounds
            .largest
            .is_some_and(|largest| arriving.size() > largest)
        {
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
    Ok(zeros::without(text))
}

type Shared = Arc<Mutex<BodyDataStream>>;

/// The body, one piece after the other: the reader of parts would else take all that there is
/// into memory before it gives any away.
fn pieces(
    body: Shared,
    before: Arc<AtomicUsize>,
) -> impl Stream<Item = Result<Bytes, axum::BoxError>> + Send + 'static {
    let start = (body, before, Bytes::new());
    stream::unfold(start, |(body, before, mut rest)| async move {
        tokio::task::yield_now().await;
        if rest.is_empty() {
            let next = async { body.lock().await.next().await };
            rest = match tokio::time::timeout(SILENCE, next).await {
                Ok(piece) => match piece? {
                    Ok(piece) => piece,
                    Err(error) => return Some((Err(error.into()), (body, before, rest))),
                },
                Err(_) => {
                    let silent = Err("nothing came for too long".into());
                    return Some((silent, (body, before, rest)));
                }
            };
        }
        let so_far = before.load(Ordering::Relaxed);
        let piece = if so_far == INSIDE {
            std::mem::take(&mut rest)
        } else if so_far >= MOST_BEFORE {
            let too_much = Err("too much before the content of a part".into());
            return Some((too_much, (body, before, rest)));
        } else {
            // In small ones, so that a large one is not all taken for what stands before.
            let size = rest.len().min(MOST_BEFORE / 4);
            before.store(so_far + size, Ordering::Relaxed);
            rest.split_to(size)
        };
        Some((Ok(piece), (body, before, rest)))
    })
}

/// Throws away what comes of a form that is refused before anything of it was read, so that its client
/// sees why. Who is refused may be anyone: it is less than for those who may send files.
pub async fn refuse(body: Body) {
    let mut body = body.into_data_stream();
    throw_away(&mut body, MOST_DRAINED_UNREAD, DRAINING_UNREAD).await;
}

async fn drain(body: &Shared) {
    let mut body = body.lock().await;
    throw_away(&mut body, MOST_DRAINED, DRAINING).await;
}

async fn throw_away(body: &mut BodyDataStream, most: u64, patience: Duration) {
    let throwing_away = async {
        let mut left = most;
        while let Some(Ok(piece)) = body.next().await {
            left = left.saturating_sub(piece.len() as u64);
            if left == 0 {
                break;
            }
        }
    };
    // Who sends more, or too slowly, does without the answer.
    let _enough = tokio::time::timeout(patience, throwing_away).await;
}
