//! Kept files in a folder: `ab/<id>`, by the last two letters, as those differ between files of
//! one day.

use std::path::{Path, PathBuf};

use tokio::fs::File;
use tokio::io::AsyncSeekExt;
use tokio::sync::OwnedSemaphorePermit;

use crate::landing::make_folder;
use crate::{Arrived, Flow, Trouble};

pub struct Folder(PathBuf);

impl Folder {
    pub fn new(path: &Path) -> Self {
        Self(path.into())
    }

    fn path(&self, id: &str) -> PathBuf {
        let shelf = id.get(id.len().saturating_sub(2)..).unwrap_or(id);
        self.0.join(shelf).join(id)
    }

    /// The bytes are on disk already; what remains is a name that outlives the process.
    pub(crate) async fn keep(&self, id: &str, arrived: Arrived) -> Result<(), Trouble> {
        let path = self.path(id);
        let shelf = path.parent().unwrap_or(&self.0);
        let moved = tokio::fs::rename(arrived.path(), &path).await;
        match moved {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                make_folder(shelf).await?;
                sync(&self.0).await?;
                tokio::fs::rename(arrived.path(), &path).await?;
            }
            moved => moved?,
        }
        Ok(sync(shelf).await?)
    }

    pub(crate) async fn open(
        &self,
        id: &str,
        from: u64,
        to: u64,
        permit: OwnedSemaphorePermit,
    ) -> Result<Option<Flow>, Trouble> {
        let mut file = match File::open(self.path(id)).await {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if from > 0 {
            file.seek(std::io::SeekFrom::Start(from)).await?;
        }
        Ok(Some(Flow::of_reader(file, to.saturating_sub(from), permit)))
    }

    pub(crate) async fn remove(&self, id: &str) -> Result<(), Trouble> {
        match tokio::fs::remove_file(self.path(id)).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

async fn sync(folder: &Path) -> std::io::Result<()> {
    File::open(folder).await?.sync_all().await
}
