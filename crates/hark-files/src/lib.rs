//! Where the bytes of files live: in a folder, or in a bucket that speaks S3.
//!
//! A file is received into the landing first, hashed as it comes, and only then kept: what is
//! kept is whole, on disk, and never changes. Nothing here knows what a file is for; who may see
//! it, and when it goes, is decided above.

mod bucket;
mod flow;
mod folder;
mod landing;
mod pictures;
mod signing;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hark_store::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use bucket::{Bucket, Place as BucketPlace};
pub use flow::{Flow, is_too_slow};
pub use folder::Folder;
pub use landing::{Arrived, Arriving};
pub use pictures::Picture;

/// Files on their way in at once, each with an open file and a small buffer.
const MOST_ARRIVING: usize = 64;
/// Files on their way out at once.
const MOST_LEAVING: usize = 512;

/// How long a picture waits for its turn to be looked at.
const WAIT_FOR_LOOK: Duration = Duration::from_secs(10);

/// Why a file could not be received, kept, read or removed.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("more files are under way than are accepted at once")]
    Busy,
    #[error("the disk for files is full")]
    Full,
    #[error("the folder for files cannot be used: {0}")]
    Folder(String),
    #[error("the bucket for files cannot be used: {0}")]
    Bucket(String),
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Folder(error.to_string()),
        }
    }
}

/// Where kept files are.
pub enum Depot {
    Folder(Folder),
    Bucket(Box<Bucket>),
}

/// The way of files in and out.
pub struct Files {
    depot: Depot,
    landing: PathBuf,
    arriving: Arc<Semaphore>,
    leaving: Arc<Semaphore>,
    /// A decoded picture takes many times the memory of its file: one at once.
    looking: Semaphore,
}

impl Files {
    /// Files arrive in `landing`, which a folder's depot needs on the same disk.
    pub fn new(depot: Depot, landing: impl Into<PathBuf>) -> Self {
        Self {
            depot,
            landing: landing.into(),
            arriving: Arc::new(Semaphore::new(MOST_ARRIVING)),
            leaving: Arc::new(Semaphore::new(MOST_LEAVING)),
            looking: Semaphore::new(1),
        }
    }

    /// In a folder, with the landing inside.
    pub fn in_folder(folder: &Path) -> Self {
        Self::new(Depot::Folder(Folder::new(folder)), folder.join("incoming"))
    }

    /// A place for one that comes. What was begun and not kept is gone when it is dropped.
    pub async fn receive(&self) -> Result<Arriving, Trouble> {
        let permit = place(&self.arriving)?;
        Arriving::begin(&self.landing, permit).await
    }

    /// The size and a preview, if it is a picture that can be read within bounds.
    pub async fn look(&self, arrived: &Arrived, media_type: &str) -> Option<Picture> {
        if !pictures::is_picture(media_type) {
            return None;
        }
        // A preview is not worth a long wait.
        let turn = tokio::time::timeout(WAIT_FOR_LOOK, self.looking.acquire()).await;
        let _turn = turn.ok()?.ok()?;
        let (path, size) = (arrived.path().to_owned(), arrived.size());
        // A file that lies about itself makes a decoder fail, or in the worst case panic.
        let looked = tokio::task::spawn_blocking(move || pictures::look(&path, size)).await;
        looked.ok().flatten()
    }

    /// After this the file is where it stays, whatever happens to the process.
    pub async fn keep(&self, id: &str, arrived: Arrived, now: Timestamp) -> Result<(), Trouble> {
        check(id)?;
        match &self.depot {
            Depot::Folder(folder) => folder.keep(id, arrived).await,
            Depot::Bucket(bucket) => bucket.keep(id, arrived, now).await,
        }
    }

    /// The bytes from one place up to before another; `None` if there is no such file.
    pub async fn open(
        &self,
        id: &str,
        from: u64,
        to: u64,
        now: Timestamp,
    ) -> Result<Option<Flow>, Trouble> {
        check(id)?;
        let permit = place(&self.leaving)?;
        match &self.depot {
            Depot::Folder(folder) => folder.open(id, from, to, permit).await,
            Depot::Bucket(bucket) => bucket.open(id, from, to, now, permit).await,
        }
    }

    /// Removes a file. One that is gone already is no trouble.
    pub async fn remove(&self, id: &str, now: Timestamp) -> Result<(), Trouble> {
        check(id)?;
        match &self.depot {
            Depot::Folder(folder) => folder.remove(id).await,
            Depot::Bucket(bucket) => bucket.remove(id, now).await,
        }
    }

    /// Removes what arrived and was never kept, because a process ended in between.
    pub async fn tidy(&self, now: Timestamp) -> Result<(), Trouble> {
        landing::tidy(&self.landing, now).await
    }

    /// Writes, reads and removes a file, for an operator who asks whether it works.
    pub async fn probe(&self, id: &str, now: Timestamp) -> Result<(), Trouble> {
        let mut arriving = self.receive().await?;
        arriving.write(b"hark").await?;
        self.keep(id, arriving.end().await?, now).await?;
        let read = self.open(id, 0, 4, now).await;
        self.remove(id, now).await?;
        let bytes = match read? {
            Some(flow) => flow.all(4).await?,
            None => Vec::new(),
        };
        match bytes == b"hark" {
            true => Ok(()),
            false => Err(Trouble::Folder("what was written is not there".into())),
        }
    }
}

fn place(of: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Trouble> {
    Arc::clone(of)
        .try_acquire_owned()
        .map_err(|_| Trouble::Busy)
}

/// An id becomes a name on disk, so it must never be able to lead elsewhere.
fn check(id: &str) -> Result<(), Trouble> {
    let plain = (8..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match plain {
        true => Ok(()),
        false => Err(Trouble::Folder("this is no file's id".into())),
    }
}
