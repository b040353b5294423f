//! Both kinds of storage, with real files and a small bucket.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use futures_util::StreamExt;
use hark_files::{Bucket, BucketConfig, Error, FileStream, Files, Storage};
use hark_store::{Clock, Timestamp};

const ID: &str = "abcdefghijkLMNOPq";

fn now() -> Timestamp {
    Clock::system().now()
}

fn in_bucket(bucket: &hark_testkit::Bucket, incoming: &Path, secret: &str) -> Files {
    let config = BucketConfig {
        bucket: "chats".into(),
        prefix: "hark/files".into(),
        endpoint: Some(bucket.endpoint()),
        region: "eu-central-1".into(),
        access_key: "AKIA".into(),
        secret_key: secret.into(),
        session_token: None,
    };
    let bucket = Bucket::new(config).unwrap();
    Files::new(Storage::Bucket(Box::new(bucket)), incoming)
}

async fn read(stream: FileStream) -> Vec<u8> {
    let pieces: Vec<_> = stream.into_stream().collect().await;
    pieces
        .into_iter()
        .flat_map(|piece| piece.unwrap().to_vec())
        .collect()
}

async fn arrive(files: &Files, bytes: &[u8]) -> hark_files::ReceivedFile {
    let mut arriving = files.receive(0).await.unwrap();
    for piece in bytes.chunks(100_000) {
        arriving.write(piece).await.unwrap();
    }
    arriving.end().await.unwrap()
}

/// Kept, read as a whole and in part, removed; nothing is left in the incoming folder.
async fn lives(files: &Files, incoming: &Path) {
    let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    let arrived = arrive(files, &bytes).await;
    assert_eq!(arrived.size(), 300_000);
    assert_eq!(arrived.head(), &bytes[..4096]);
    assert_eq!(arrived.sha256().len(), 64);
    files.keep(ID, arrived, now()).await.unwrap();
    let whole = files.open(ID, 0, 300_000, now()).await.unwrap().unwrap();
    assert_eq!(read(whole).await, bytes);
    let part = files
        .open(ID, 70_000, 70_010, now())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(read(part).await, bytes[70_000..70_010]);
    files.remove(ID, now()).await.unwrap();
    files.remove(ID, now()).await.unwrap();
    assert!(files.open(ID, 0, 1, now()).await.unwrap().is_none());
    // one without a byte, and one that is given up
    files
        .keep(ID, arrive(files, b"").await, now())
        .await
        .unwrap();
    let empty = files.open(ID, 0, 0, now()).await.unwrap().unwrap();
    assert!(read(empty).await.is_empty());
    drop(arrive(files, b"never mind").await);
    files.probe("probeprobe", now()).await.unwrap();
    assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0);
}

#[tokio::test]
async fn a_folder_keeps_files() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::in_folder(folder.path());
    lives(&files, &folder.path().join("incoming")).await;
    assert!(folder.path().join("Pq").join(ID).exists());
}

#[tokio::test]
async fn a_bucket_keeps_files_and_every_request_is_signed() {
    let incoming = tempfile::tempdir().unwrap();
    let bucket = hark_testkit::Bucket::start();
    let files = in_bucket(&bucket, incoming.path(), "geheim");
    lives(&files, incoming.path()).await;
    let exchanges = bucket.exchanges();
    let methods: Vec<&str> = exchanges.iter().map(|one| one.method.as_str()).collect();
    assert_eq!(methods[..4], ["PUT", "GET", "GET", "DELETE"]);
    let put = &exchanges[0];
    assert_eq!(put.path, format!("/chats/hark/files/{ID}"));
    assert_eq!(put.length, 300_000);
    let authorization = &put.headers["authorization"];
    assert!(
        authorization.contains("/eu-central-1/s3/aws4_request"),
        "{authorization}"
    );
    assert!(authorization.contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date"));
    assert!(!authorization.contains("geheim"));
    assert!(exchanges[2].headers["authorization"].contains("host;range;"));
}

#[tokio::test]
async fn a_bucket_that_asks_to_slow_down_is_tried_again_and_its_refusal_is_quoted() {
    let incoming = tempfile::tempdir().unwrap();
    let bucket = hark_testkit::Bucket::start();
    let files = in_bucket(&bucket, incoming.path(), "geheim");
    bucket.tire(1);
    files
        .keep(ID, arrive(&files, b"x").await, now())
        .await
        .unwrap();
    bucket.tire(3);
    let refused = files.keep(ID, arrive(&files, b"x").await, now()).await;
    let text = refused.unwrap_err().to_string();
    assert!(text.contains("SlowDown"), "{text}");
    assert_eq!(std::fs::read_dir(incoming.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn an_id_never_leads_elsewhere_and_incoming_files_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::in_folder(folder.path());
    for id in [
        "",
        "../../etc/passwd",
        "abcdefgh/",
        "abcdefg\0",
        "..abcdefgh",
    ] {
        assert!(files.open(id, 0, 1, now()).await.is_err(), "{id:?}");
        assert!(files.remove(id, now()).await.is_err(), "{id:?}");
    }
    let mut held = Vec::new();
    let refused = loop {
        match files.receive(0).await {
            Ok(arriving) => held.push(arriving),
            Err(error) => break error,
        }
        assert!(held.len() < 1_000);
    };
    assert!(matches!(refused, Error::Busy));
    held.pop();
    assert!(files.receive(0).await.is_ok());
}

#[tokio::test]
async fn what_a_dead_process_left_in_the_incoming_folder_is_removed_after_hours() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::in_folder(folder.path());
    let mut arriving = files.receive(0).await.unwrap();
    arriving.write(b"half").await.unwrap();
    std::mem::forget(arriving.end().await.unwrap());
    let left = || {
        std::fs::read_dir(folder.path().join("incoming"))
            .unwrap()
            .count()
    };
    files.tidy(now()).await.unwrap();
    assert_eq!(left(), 1);
    files.tidy(now().plus_days(1)).await.unwrap();
    assert_eq!(left(), 0);
}
