//! Where the bytes of files live: in a folder, or in a bucket that speaks S3.
//!
//! A file is first received into the incoming folder and hashed on the way, and only then kept:
//! what is kept is whole, on disk, and never changes. Nothing here knows what a file is for; who may
//! see it, and when it is removed, is decided above.

mod bucket;
mod folder;
mod incoming;
mod pictures;
mod signing;
mod stream;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hark_store::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use bucket::{Bucket, BucketConfig};
pub use folder::Folder;
pub use incoming::{IncomingFile, ReceivedFile};
pub use pictures::Picture;
pub use stream::{FileStream, is_too_slow};

/// Files that are received at the same time, each with an open file and a small buffer.
pub const MOST_RECEIVED: usize = 64;
/// Files that are read at the same time.
pub const MOST_READ: usize = 512;

/// How long a picture waits until it is decoded.
const WAIT_FOR_DECODER: Duration = Duration::from_secs(10);

/// How many bytes the disk of a folder has left for this program.
pub fn free_bytes(folder: &Path) -> std::io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Why a file could not be received, kept, read or removed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("more files are under way than are accepted at once")]
    Busy,
    #[error("the disk for files is full")]
    Full,
    #[error("the folder for files cannot be used: {0}")]
    Folder(String),
    #[error("the bucket for files cannot be used: {0}")]
    Bucket(String),
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Folder(error.to_string()),
        }
    }
}

/// Where kept files are.
pub enum Storage {
    Folder(Folder),
    Bucket(Box<Bucket>),
}

/// Receives, keeps, reads and removes files.
pub struct Files {
    storage: Storage,
    incoming: PathBuf,
    receiving: Arc<Semaphore>,
    reading: Arc<Semaphore>,
    /// A decoded picture takes many times the memory of its file: one at a time.
    decoding: Semaphore,
}

impl Files {
    /// Files are received into the folder `incoming`. A [`Folder`] needs it on its own disk.
    pub fn new(storage: Storage, incoming: impl Into<PathBuf>) -> Self {
        Self {
            storage,
            incoming: incoming.into(),
            receiving: Arc::new(Semaphore::new(MOST_RECEIVED)),
            reading: Arc::new(Semaphore::new(MOST_READ)),
            decoding: Semaphore::new(1),
        }
    }

    /// In a folder, with the incoming folder inside.
    pub fn in_folder(folder: &Path) -> Self {
        Self::new(
            Storage::Folder(Folder::new(folder)),
            folder.join("incoming"),
        )
    }

    /// Begins to receive a file, of which the disk keeps so many bytes free. It is removed when this
    /// is dropped before the file is kept.
    pub async fn receive(&self, reserve: u64) -> Result<IncomingFile, Error> {
        let permit = permit(&self.receiving)?;
        IncomingFile::begin(&self.incoming, reserve, permit).await
    }

    /// The size and a preview, if it is a picture that can be decoded within bounds.
    pub async fn picture(&self, file: &ReceivedFile, media_type: &str) -> Option<Picture> {
        self.decoded(file, media_type, pictures::look).await
    }

    /// The middle of a picture as a small square, received as a file of its own. Nothing: it is no picture that
    /// can be decoded within bounds.
    pub async fn square(
        &self,
        file: &ReceivedFile,
        media_type: &str,
        reserve: u64,
    ) -> Result<Option<ReceivedFile>, Error> {
        let Some(bytes) = self.decoded(file, media_type, pictures::square).await else {
            return Ok(None);
        };
        let mut square = self.receive(reserve).await?;
        square.write(&bytes).await?;
        Ok(Some(square.end().await?))
    }

    async fn decoded<T: Send + 'static>(
        &self,
        file: &ReceivedFile,
        media_type: &str,
        decode: fn(&Path, u64) -> Option<T>,
    ) -> Option<T> {
        if !pictures::is_picture(media_type) {
            return None;
        }
        // A picture is not worth a long wait.
        let turn = tokio::time::timeout(WAIT_FOR_DECODER, self.decoding.acquire()).await;
        let _turn = turn.ok()?.ok()?;
        let (path, size) = (file.path().to_owned(), file.size());
        // A malicious file makes a decoder fail, or in the worst case panic.
        let looked = tokio::task::spawn_blocking(move || decode(&path, size)).await;
        looked.ok().flatten()
    }

    /// After this the file is safe, whatever happens to the process.
    pub async fn keep(&self, id: &str, file: ReceivedFile, now: Timestamp) -> Result<(), Error> {
        check(id)?;
        match &self.storage {
            Storage::Folder(folder) => folder.keep(id, file).await,
            Storage::Bucket(bucket) => bucket.keep(id, file, now).await,
        }
    }

    /// The bytes from `from` up to but not including `to`; `None` if there is no such file.
    pub async fn open(
        &self,
        id: &str,
        from: u64,
        to: u64,
        now: Timestamp,
    ) -> Result<Option<FileStream>, Error> {
        check(id)?;
        let permit = permit(&self.reading)?;
        match &self.storage {
            Storage::Folder(folder) => folder.open(id, from, to, permit).await,
            Storage::Bucket(bucket) => bucket.open(id, from, to, now, permit).await,
        }
    }

    /// Removes a file. It is no error if it is gone already.
    pub async fn remove(&self, id: &str, now: Timestamp) -> Result<(), Error> {
        check(id)?;
        match &self.storage {
            Storage::Folder(folder) => folder.remove(id).await,
            Storage::Bucket(bucket) => bucket.remove(id, now).await,
        }
    }

    /// Removes what was received and never kept because a process ended in between.
    pub async fn tidy(&self, now: Timestamp) -> Result<(), Error> {
        incoming::tidy(&self.incoming, now).await
    }

    /// Writes, reads and removes a file, so that an operator sees whether it works.
    pub async fn probe(&self, id: &str, now: Timestamp) -> Result<(), Error> {
        let mut file = self.receive(0).await?;
        file.write(b"hark").await?;
        self.keep(id, file.end().await?, now).await?;
        let read = self.open(id, 0, 4, now).await;
        self.remove(id, now).await?;
        let bytes = match read? {
            Some(stream) => stream.all(4).await?,
            None => Vec::new(),
        };
        if bytes == b"hark" {
            Ok(())
        } else {
            Err(Error::Folder("what was written is not there".into()))
        }
    }
}

fn permit(of: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Error> {
    Arc::clone(of).try_acquire_owned().map_err(|_| Error::Busy)
}

/// An id becomes a name on disk, so it must never be able to lead elsewhere.
fn check(id: &str) -> Result<(), Error> {
    let plain = (8..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain {
        Ok(())
    } else {
        Err(Error::Folder("this is no file's id".into()))
    }
}
