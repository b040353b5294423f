//! A kept file as a stream of pieces.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::Instant;

use crate::Error;

const PIECE: usize = 64 << 10;
/// Pieces that are read ahead of the consumer.
const AHEAD: usize = 2;
/// How long a consumer that takes nothing is waited for: it holds one of few permits.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is read from storage. If it breaks off, the stream ends with an error, never as a short file.
pub struct FileStream(mpsc::Receiver<std::io::Result<Bytes>>);

impl FileStream {
    /// Reads exactly so many bytes, in a task that ends when the stream is dropped.
    pub(crate) fn of_reader(
        mut from: impl AsyncRead + Unpin + Send + 'static,
        length: u64,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        Self::produced_by(permit, async move |mut sender| {
            let mut left = length;
            while left > 0 {
                let mut piece = vec![0; PIECE.min(usize::try_from(left).unwrap_or(PIECE))];
                let read = from.read(&mut piece).await?;
                if read == 0 {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
                piece.truncate(read);
                left -= read as u64;
                sender.send(piece.into()).await?;
            }
            Ok(())
        })
    }

    pub(crate) fn produced_by<W: Future<Output = std::io::Result<()>> + Send + 'static>(
        permit: OwnedSemaphorePermit,
        work: impl FnOnce(Sender) -> W + Send + 'static,
    ) -> Self {
        let (sender, receiver) = mpsc::channel(AHEAD);
        let last = sender.clone();
        tokio::spawn(async move {
            let ended = work(Sender::new(sender)).await;
            if let Err(error) = ended {
                // A consumer that has gone needs no error either.
                let _gone = last.try_send(Err(error));
            }
            drop(permit);
        });
        Self(receiver)
    }

    pub fn into_stream(self) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
        stream::unfold(self.0, |mut receiver| async move {
            let piece = receiver.recv().await?;
            Some((piece, receiver))
        })
    }

    /// All of a small file.
    pub async fn all(mut self, most: usize) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.0.recv().await {
            bytes.extend_from_slice(&piece?);
            if bytes.len() > most {
                break;
            }
        }
        Ok(bytes)
    }
}

/// The producer's end of a [`FileStream`].
pub(crate) struct Sender {
    pieces: mpsc::Sender<std::io::Result<Bytes>>,
    since: Instant,
    sent: u64,
}

impl Sender {
    fn new(pieces: mpsc::Sender<std::io::Result<Bytes>>) -> Self {
        Self {
            pieces,
            since: Instant::now(),
            sent: 0,
        }
    }

    pub(crate) async fn send(&mut self, piece: Bytes) -> std::io::Result<()> {
        self.sent += piece.len() as u64;
        if is_too_slow(self.since, self.sent) {
            return Err(std::io::ErrorKind::TimedOut.into());
        }
        match tokio::time::timeout(PATIENCE, self.pieces.send(Ok(piece))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(std::io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(std::io::ErrorKind::TimedOut.into()),
        }
    }
}

/// Whether a file moves so slowly that the other side only means to hold its permit.
pub fn is_too_slow(since: Instant, bytes: u64) -> bool {
    const BYTES_A_SECOND: u64 = 4096;
    let patient = since.elapsed().saturating_sub(PATIENCE);
    bytes < patient.as_secs() * BYTES_A_SECOND
}
