//! Where files arrive, before anyone has said that they stay.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use aws_lc_rs::digest::{Context, SHA256};
use hark_store::Timestamp;
use tokio::fs::{DirBuilder, File, OpenOptions};
use tokio::io::AsyncWriteExt;
use tokio::sync::OwnedSemaphorePermit;

use crate::Trouble;

/// As much of the beginning as it takes to see what a file is.
const HEAD: usize = 4096;
/// Longer than any file may take to arrive.
const LEFT_BEHIND_MILLIS: i64 = 3 * 3_600_000;

/// So much of the disk is not for files: the database is there too, most often, and must go on.
const RESERVE: u64 = 256 << 20;
/// How many bytes may come between two looks at what is free.
const LOOK_EVERY: u64 = 16 << 20;

/// A file that is being received.
pub struct Arriving {
    file: File,
    looked_at: u64,
    hash: Context,
    arrived: Arrived,
}

/// A file that has come as a whole and waits to be kept. Dropped, it is gone.
pub struct Arrived {
    path: PathBuf,
    size: u64,
    sha256: String,
    head: Vec<u8>,
    _place: OwnedSemaphorePermit,
}

impl Arriving {
    pub(crate) async fn begin(
        landing: &Path,
        place: OwnedSemaphorePermit,
    ) -> Result<Self, Trouble> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let name = format!(
            "{}-{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let path = landing.join(name);
        let made = create(&path).await;
        let file = match made {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                make_folder(landing).await?;
                create(&path).await?
            }
            made => made?,
        };
        // Made first: what is refused now is removed with it.
        let arriving = Self {
            file,
            looked_at: 0,
            hash: Context::new(&SHA256),
            arrived: Arrived {
                path,
                size: 0,
                sha256: String::new(),
                head: Vec::new(),
                _place: place,
            },
        };
        arriving.look()?;
        Ok(arriving)
    }

    fn look(&self) -> Result<(), Trouble> {
        let disk = rustix::fs::fstatvfs(&self.file).map_err(std::io::Error::from)?;
        match disk.f_bavail.saturating_mul(disk.f_frsize) > RESERVE {
            true => Ok(()),
            false => Err(Trouble::Full),
        }
    }

    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        self.file.write_all(bytes).await?;
        self.hash.update(bytes);
        self.arrived.size += bytes.len() as u64;
        let room = HEAD.saturating_sub(self.arrived.head.len());
        let beginning = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        self.arrived.head.extend_from_slice(beginning);
        if self.arrived.size - self.looked_at > LOOK_EVERY {
            self.looked_at = self.arrived.size;
            self.look()?;
        }
        Ok(())
    }

    pub const fn size(&self) -> u64 {
        self.arrived.size
    }

    /// All of it has come, and is on disk.
    pub async fn end(mut self) -> Result<Arrived, Trouble> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        self.arrived.sha256 = hex(self.hash.finish().as_ref());
        Ok(self.arrived)
    }
}

impl Arrived {
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// In lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    pub fn head(&self) -> &[u8] {
        &self.head
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Arrived {
    fn drop(&mut self) {
        // Most often it is not there, because it was kept.
        let _gone = std::fs::remove_file(&self.path);
    }
}

async fn create(path: &Path) -> std::io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .await
}

pub(crate) async fn make_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700).create(path).await
}

pub(crate) async fn tidy(landing: &Path, now: Timestamp) -> Result<(), Trouble> {
    let mut entries = match tokio::fs::read_dir(landing).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    while let Some(entry) = entries.next_entry().await? {
        let written = entry.metadata().await.and_then(|file| file.modified());
        let written = written
            .ok()
            .and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let Some(written) = written else { continue };
        let written = i64::try_from(written.as_millis()).unwrap_or(i64::MAX);
        if now.millis_since(Timestamp::from_millis(written)) > LEFT_BEHIND_MILLIS {
            tokio::fs::remove_file(entry.path()).await?;
        }
    }
    Ok(())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}
