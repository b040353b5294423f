//! Kept files in a folder: `ab/<id>`, by the last two letters of the id, since the first ones are
//! the same for all files of a day.

use std::path::{Path, PathBuf};

use tokio::fs::File;
use tokio::io::AsyncSeekExt;
use tokio::sync::OwnedSemaphorePermit;

use crate::incoming::make_folder;
use crate::{Error, FileStream, ReceivedFile};

pub struct Folder(PathBuf);

impl Folder {
    pub fn new(path: &Path) -> Self {
        Self(path.into())
    }

    fn path(&self, id: &str) -> PathBuf {
        let subfolder = id.get(id.len().saturating_sub(2)..).unwrap_or(id);
        self.0.join(subfolder).join(id)
    }

    /// The bytes are on disk already; what is missing is a durable name.
    pub(crate) async fn keep(&self, id: &str, file: ReceivedFile) -> Result<(), Error> {
        let path = self.path(id);
        let subfolder = path.parent().unwrap_or(&self.0);
        let moved = tokio::fs::rename(file.path(), &path).await;
        match moved {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                make_folder(subfolder).await?;
                sync(&self.0).await?;
                tokio::fs::rename(file.path(), &path).await?;
            }
            moved => moved?,
        }
        Ok(sync(subfolder).await?)
    }

    pub(crate) async fn open(
        &self,
        id: &str,
        from: u64,
        to: u64,
        permit: OwnedSemaphorePermit,
    ) -> Result<Option<FileStream>, Error> {
        let mut file = match File::open(self.path(id)).await {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if from > 0 {
            file.seek(std::io::SeekFrom::Start(from)).await?;
        }
        Ok(Some(FileStream::of_reader(
            file,
            to.saturating_sub(from),
            permit,
        )))
    }

    pub(crate) async fn remove(&self, id: &str) -> Result<(), Error> {
        match tokio::fs::remove_file(self.path(id)).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

async fn sync(folder: &Path) -> std::io::Result<()> {
    File::open(folder).await?.sync_all().await
}
