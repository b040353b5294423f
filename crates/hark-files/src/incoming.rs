//! Files that are being received, and those that nobody has decided to keep yet.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use aws_lc_rs::digest::{Context, SHA256};
use hark_store::Timestamp;
use tokio::fs::{DirBuilder, File, OpenOptions};
use tokio::io::AsyncWriteExt;
use tokio::sync::OwnedSemaphorePermit;

use crate::Error;

/// As much of the beginning as it takes to recognise the type of a file.
const HEAD: usize = 4096;
/// Longer than receiving a file may take.
const LEFT_BEHIND_MILLIS: i64 = 3 * 3_600_000;

/// How many bytes may come before the free space is checked again.
const CHECK_EVERY: u64 = 16 << 20;

/// A file that is being received.
pub struct IncomingFile {
    file: File,
    /// So much of the disk stays free of files: most often the database is on the same one.
    reserve: u64,
    checked_at: u64,
    hash: Context,
    received: ReceivedFile,
}

/// A file that has been received as a whole and can be kept. It is removed when this is dropped.
pub struct ReceivedFile {
    path: PathBuf,
    size: u64,
    sha256: String,
    head: Vec<u8>,
    _permit: OwnedSemaphorePermit,
}

impl IncomingFile {
    pub(crate) async fn begin(
        folder: &Path,
        reserve: u64,
        permit: OwnedSemaphorePermit,
    ) -> Result<Self, Error> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let name = format!(
            "{}-{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let path = folder.join(name);
        let made = create(&path).await;
        let file = match made {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                make_folder(folder).await?;
                create(&path).await?
            }
            made => made?,
        };
        // Made first, so that the file is removed with it if there is no room.
        let incoming = Self {
            file,
            reserve,
            checked_at: 0,
            hash: Context::new(&SHA256),
            received: ReceivedFile {
                path,
                size: 0,
                sha256: String::new(),
                head: Vec::new(),
                _permit: permit,
            },
        };
        incoming.check_room()?;
        Ok(incoming)
    }

    fn check_room(&self) -> Result<(), Error> {
        let disk = rustix::fs::fstatvfs(&self.file).map_err(std::io::Error::from)?;
        if disk.f_bavail.saturating_mul(disk.f_frsize) > self.reserve {
            Ok(())
        } else {
            Err(Error::Full)
        }
    }

    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).await?;
        self.hash.update(bytes);
        self.received.size += bytes.len() as u64;
        let room = HEAD.saturating_sub(self.received.head.len());
        let beginning = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        self.received.head.extend_from_slice(beginning);
        if self.received.size - self.checked_at > CHECK_EVERY {
            self.checked_at = self.received.size;
            self.check_room()?;
        }
        Ok(())
    }

    pub const fn size(&self) -> u64 {
        self.received.size
    }

    /// Nothing more comes. Answers when all of it is on disk.
    pub async fn end(mut self) -> Result<ReceivedFile, Error> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        self.received.sha256 = hex(self.hash.finish().as_ref());
        Ok(self.received)
    }
}

impl ReceivedFile {
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

impl Drop for ReceivedFile {
    fn drop(&mut self) {
        // A file that was kept is no longer here.
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

pub(crate) async fn tidy(folder: &Path, now: Timestamp) -> Result<(), Error> {
    let mut entries = match tokio::fs::read_dir(folder).await {
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
