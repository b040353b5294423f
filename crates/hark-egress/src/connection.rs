//! An open connection, plain or secured, and how it came to be.

use std::io::{IoSlice, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::client::legacy::connect::{self, Connected};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A socket, or TLS over another stream: through a secure proxy there is one inside the other.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

pub(crate) type Stream = Box<dyn Duplex>;

/// How far the opening of a connection has come, and how long each step took.
#[derive(Clone, Copy, Default)]
pub(crate) struct Progress {
    pub(crate) step: Step,
    pub(crate) dns: Option<Duration>,
    pub(crate) connect: Option<Duration>,
    pub(crate) tls: Option<Duration>,
    pub(crate) address: Option<SocketAddr>,
    /// Until when the certificate of the other side is good, in seconds since 1970.
    pub(crate) good_until: Option<u64>,
}

#[derive(Clone, Copy, Default)]
pub(crate) enum Step {
    #[default]
    Resolving,
    Connecting,
    Securing,
    Starting,
}

impl Step {
    /// Completes "the time was over while …".
    pub(crate) const fn describe(self) -> &'static str {
        match self {
            Self::Resolving => "the name was resolved",
            Self::Connecting => "connecting",
            Self::Securing => "TLS was set up",
            Self::Starting => "waiting for the answer",
        }
    }
}

/// How a connection was opened. Each request on it can look this up.
pub(crate) struct Opened {
    pub(crate) progress: Progress,
    /// Whether it has carried a request before.
    pub(crate) used: AtomicBool,
}

pub(crate) struct Connection {
    pub(crate) stream: Stream,
    pub(crate) opened: Arc<Opened>,
    pub(crate) speaks_h2: bool,
    /// To a proxy that reads the whole URL of a request.
    pub(crate) proxied: bool,
}

impl connect::Connection for Connection {
    fn connected(&self) -> Connected {
        let connected = Connected::new()
            .proxy(self.proxied)
            .extra(Arc::clone(&self.opened));
        if self.speaks_h2 {
            connected.negotiated_h2()
        } else {
            connected
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, to)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        from: &[u8],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, from)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        from: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, from)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
