//! Where files are kept.

use hark_files::{Bucket, BucketConfig, Files, Storage};
use hark_store::{Ids, Timestamp};

use crate::CliError;
use crate::config::{DataLocation, Environment, Uploads};

pub(crate) fn open(location: &DataLocation, environment: &Environment) -> Result<Files, CliError> {
    let (bucket, prefix, endpoint, region) = match &location.uploads {
        Uploads::Folder(folder) => return Ok(Files::in_folder(folder)),
        Uploads::Bucket {
            bucket,
            prefix,
            endpoint,
            region,
        } => (bucket, prefix, endpoint, region),
    };
    let variable = |name: &str| environment.get(name).map(str::to_owned);
    let region = region.clone().or_else(|| variable("AWS_REGION"));
    let needed = |name: &str| {
        variable(name).ok_or_else(|| format!("files are kept in a bucket, but {name} is not set"))
    };
    let bucket = Bucket::new(BucketConfig {
        bucket: bucket.clone(),
        prefix: prefix.clone(),
        endpoint: endpoint.clone(),
        region: region.unwrap_or_else(|| "us-east-1".to_owned()),
        access_key: needed("AWS_ACCESS_KEY_ID")?,
        secret_key: needed("AWS_SECRET_ACCESS_KEY")?,
        session_token: variable("AWS_SESSION_TOKEN"),
    })?;
    // They arrive here before they are sent on.
    let landing = location.folder.join("uploads").join("incoming");
    Ok(Files::new(Storage::Bucket(Box::new(bucket)), landing))
}

/// How an operator knows where that is.
pub(crate) fn shown(location: &DataLocation) -> String {
    match &location.uploads {
        Uploads::Folder(folder) => format!("the folder for files {}", folder.display()),
        Uploads::Bucket { bucket, prefix, .. } => {
            format!("the bucket for files s3://{bucket}/{prefix}")
        }
    }
}

/// Whether a file can be kept and read there.
pub(crate) async fn probe(files: &Files, now: Timestamp) -> Result<(), hark_files::Error> {
    let name = format!("probe{}", Ids::from_system().id17());
    files.probe(&name, now).await
}
