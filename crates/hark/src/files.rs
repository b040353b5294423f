//! Where files are kept, and the background work that takes away those that nobody wants.

use std::sync::Arc;
use std::time::Duration;

use hark_chat::uploads;
use hark_files::{Bucket, BucketPlace, Depot, Files, Trouble};
use hark_store::{Error, Ids, Store, Timestamp, Tx, lease};

use crate::Sentence;
use crate::config::{Uploads, Where};

const LEASE: &str = "files";
/// Whoever has a visitor erased expects his files to be gone soon.
const EVERY: Duration = Duration::from_secs(5);
const HELD_FOR_SECONDS: i64 = 180;
const AT_ONCE: usize = 100;

pub(crate) fn open(place: &Where) -> Result<Files, Sentence> {
    let (bucket, prefix, endpoint, region) = match &place.uploads {
        Uploads::Folder(folder) => return Ok(Files::in_folder(folder)),
        Uploads::Bucket {
            bucket,
            prefix,
            endpoint,
            region,
        } => (bucket, prefix, endpoint, region),
    };
    let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    let needed = |name: &str| {
        variable(name).ok_or_else(|| format!("files are kept in a bucket, but {name} is not set"))
    };
    let bucket = Bucket::new(BucketPlace {
        bucket: bucket.clone(),
        prefix: prefix.clone(),
        endpoint: endpoint.clone(),
        region: region.clone(),
        access_key: needed("AWS_ACCESS_KEY_ID")?,
        secret_key: needed("AWS_SECRET_ACCESS_KEY")?,
        session_token: variable("AWS_SESSION_TOKEN"),
    })?;
    // They arrive here before they are sent on.
    let landing = place.folder.join("uploads").join("incoming");
    Ok(Files::new(Depot::Bucket(Box::new(bucket)), landing))
}

/// How an operator knows the place.
pub(crate) fn shown(place: &Where) -> String {
    match &place.uploads {
        Uploads::Folder(folder) => format!("the folder for files {}", folder.display()),
        Uploads::Bucket { bucket, prefix, .. } => {
            format!("the bucket for files s3://{bucket}/{prefix}")
        }
    }
}

/// Whether a file can be kept and read there.
pub(crate) async fn probe(files: &Files, now: Timestamp) -> Result<(), Trouble> {
    let name = format!("probe{}", Ids::from_system().id17());
    files.probe(&name, now).await
}

#[derive(Debug, thiserror::Error)]
enum Unfinished {
    #[error(transparent)]
    Store(#[from] Error),
    #[error(transparent)]
    Files(#[from] Trouble),
}

pub(crate) async fn keep_tidy(store: Store, files: Arc<Files>) {
    let owner = Ids::from_system().id17();
    let mut turns = tokio::time::interval(EVERY);
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        if let Err(error) = turn(&store, &files, &owner).await {
            tracing::warn!(error = %error, "files that nobody wants could not all be removed; this is tried again");
        }
    }
}

async fn turn(store: &Store, files: &Files, owner: &str) -> Result<(), Unfinished> {
    let now = store.clock().now();
    files.tidy(now).await?;
    if !store
        .read(move |view| uploads::is_untidy(view, now))
        .await?
    {
        return Ok(());
    }
    while matches!(sweep(store, owner).await?, Some(swept) if swept >= AT_ONCE as u64) {}
    clear(store, files, owner).await
}

/// Gives up what nobody sent. `None`: another node does this work.
async fn sweep(store: &Store, owner: &str) -> Result<Option<u64>, Error> {
    let (now, owner) = (store.clock().now(), owner.to_owned());
    store
        .write(move |tx: &mut Tx<'_>| -> Result<Option<u64>, Error> {
            match lease::take(tx, now, LEASE, &owner, now.plus_seconds(HELD_FOR_SECONDS))? {
                true => uploads::sweep(tx, now, AT_ONCE).map(Some),
                false => Ok(None),
            }
        })
        .await
}

/// The bytes first, then the note that they have to go: an end in between only means once more.
async fn clear(store: &Store, files: &Files, owner: &str) -> Result<(), Unfinished> {
    let mut after = String::new();
    let mut trouble = None;
    loop {
        if sweep(store, owner).await?.is_none() {
            return Ok(());
        }
        let from = after.clone();
        let page: Vec<String> = store
            .read(move |view| uploads::garbage(view, &from, AT_ONCE))
            .await?;
        let Some(last) = page.last() else { break };
        last.clone_into(&mut after);
        let mut gone = Vec::new();
        for id in page {
            match files.remove(&id, store.clock().now()).await {
                Ok(()) => gone.push(id),
                Err(error) => trouble = Some(error),
            }
        }
        store
            .write(move |tx: &mut Tx<'_>| -> Result<(), Error> { uploads::cleared(tx, &gone) })
            .await?;
    }
    match trouble {
        Some(trouble) => Err(trouble.into()),
        None => Ok(()),
    }
}
