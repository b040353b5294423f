//! The bytes of a file on their way out, a piece at a time.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::Instant;

use crate::Trouble;

const PIECE: usize = 64 << 10;
/// Pieces that are read ahead of the one who takes them.
const AHEAD: usize = 2;
/// How long one who takes nothing is waited for: he has one of few places.
const PATIENCE: Duration = Duration::from_secs(60);

/// What comes out of a depot. A break in the middle is an error at its end, never a short file.
pub struct Flow(mpsc::Receiver<std::io::Result<Bytes>>);

impl Flow {
    /// Reads exactly so many bytes, in a task that ends when nobody takes them any more.
    pub(crate) fn of_reader(
        mut from: impl AsyncRead + Unpin + Send + 'static,
        length: u64,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        Self::made(permit, async move |mut out| {
            let mut left = length;
            while left > 0 {
                let mut piece = vec![0; PIECE.min(usize::try_from(left).unwrap_or(PIECE))];
                let read = from.read(&mut piece).await?;
                if read == 0 {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
                piece.truncate(read);
                left -= read as u64;
                out.give(piece.into()).await?;
            }
            Ok(())
        })
    }

    pub(crate) fn made<W: Future<Output = std::io::Result<()>> + Send + 'static>(
        permit: OwnedSemaphorePermit,
        work: impl FnOnce(Out) -> W + Send + 'static,
    ) -> Self {
        let (give, take) = mpsc::channel(AHEAD);
        let last = give.clone();
        tokio::spawn(async move {
            let ended = work(Out::new(give)).await;
            if let Err(error) = ended {
                // Who has gone does not want to hear it either.
                let _gone = last.try_send(Err(error));
            }
            drop(permit);
        });
        Self(take)
    }

    pub fn into_stream(self) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
        stream::unfold(self.0, |mut take| async move {
            let piece = take.recv().await?;
            Some((piece, take))
        })
    }

    /// All of a small file.
    pub(crate) async fn all(mut self, most: usize) -> Result<Vec<u8>, Trouble> {
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

/// The end of a flow into which the pieces go.
pub(crate) struct Out {
    to: mpsc::Sender<std::io::Result<Bytes>>,
    since: Instant,
    given: u64,
}

impl Out {
    fn new(to: mpsc::Sender<std::io::Result<Bytes>>) -> Self {
        Self {
            to,
            since: Instant::now(),
            given: 0,
        }
    }

    pub(crate) async fn give(&mut self, piece: Bytes) -> std::io::Result<()> {
        self.given += piece.len() as u64;
        if is_too_slow(self.since, self.given) {
            return Err(std::io::ErrorKind::TimedOut.into());
        }
        match tokio::time::timeout(PATIENCE, self.to.send(Ok(piece))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(std::io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(std::io::ErrorKind::TimedOut.into()),
        }
    }
}

/// Whether someone moves a file so slowly that he only means to keep its place.
pub fn is_too_slow(since: Instant, bytes: u64) -> bool {
    const BYTES_A_SECOND: u64 = 4096;
    let patient = since.elapsed().saturating_sub(PATIENCE);
    bytes < patient.as_secs() * BYTES_A_SECOND
}
