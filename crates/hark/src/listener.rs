//! The accept loop: bounded connections, bounded patience, and an orderly end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use hark_wire::{Share, Shares};
use hyper::Request;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, Sleep, sleep, timeout};
use tower::ServiceExt;

/// Connections at once. Beyond that they wait in the system's queue, which says no for us.
pub const MOST_CONNECTIONS: usize = 20_000;
/// Of them those of one address, where the peers are the callers and not a proxy of ours.
pub const MOST_AT_AN_ADDRESS: usize = 1_000;
/// Open files that are no connections of callers: the database's, files on their way in and out,
/// requests to others.
pub const RESERVED_FILES: usize = 1_024;
/// The head of a request, and requests at once on one connection of HTTP/2.
pub const LARGEST_HEAD: usize = 64 << 10;
pub const MOST_STREAMS: u32 = 256;
/// Connections that wait to be accepted: after a restart all visitors come back at once.
const WAITING: i32 = 4096;

/// How long a connection is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For its first request, whatever it has sent until then.
    pub first: Duration,
    /// For a request's head, and for the next request.
    pub head: Duration,
    /// Until it takes some more of what is written to it.
    pub writing: Duration,
}

pub const PATIENCE: Patience = Patience {
    first: Duration::from_secs(30),
    head: Duration::from_secs(75),
    writing: Duration::from_secs(60),
};

/// How many connections there may be, in all and from an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    all: usize,
    at_an_address: usize,
}

impl Room {
    /// A connection is an open file, of which some are kept for others; where there are few, a
    /// quarter.
    pub(crate) fn of(open_files: usize) -> Self {
        let reserved = RESERVED_FILES.min(open_files / 4);
        let all = MOST_CONNECTIONS.min(open_files - reserved);
        Self {
            all,
            at_an_address: MOST_AT_AN_ADDRESS.min(all / 4),
        }
    }
}

/// What is decided about all connections.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Connections {
    pub room: Room,
    /// Whether an address may have only so many: not where it is that of our own proxy.
    pub are_rationed: bool,
    pub patience: Patience,
    /// How long requests may take to finish at the end.
    pub grace_period: Duration,
}

pub(crate) async fn serve(
    tcp: TcpListener,
    router: Router,
    mut stopping: watch::Receiver<bool>,
    connections: Connections,
) {
    let patience = connections.patience;
    let mut server = Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        .max_buf_size(LARGEST_HEAD);
    server
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(patience.head)
        .max_concurrent_streams(MOST_STREAMS);
    let server = Arc::new(server);
    // Asked a second time, the system makes the queue longer.
    if let Err(error) = rustix::net::listen(&tcp, WAITING) {
        tracing::warn!(error = %error, "the queue of new connections could not be made longer");
    }
    // Each connection listens to it, and is over when it does no longer.
    let ending = watch::Sender::new(());
    let mut refused_before = false;
    let Room { all, at_an_address } = connections.room;
    let places = Arc::new(Semaphore::new(all));
    let shares = Shares::new("connections", all, at_an_address);
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            _ = stopping.changed() => break,
        };
        // Closed only with the process.
        let Ok(place) = place else { break };
        let accepted = tokio::select! {
            accepted = tcp.accept() => accepted,
            _ = stopping.changed() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => {
                refused_before = false;
                accepted
            }
            Err(error) => {
                // Usually too many open files: a moment later some are closed.
                if !std::mem::replace(&mut refused_before, true) {
                    tracing::warn!(error = %error, "no connection can be accepted; trying again");
                }
                sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Ok(share) = shares.enter(peer.ip().to_canonical(), connections.are_rationed) else {
            // It may be gone before it hears it.
            let _best_effort = stream.try_write(TOO_MANY);
            continue;
        };
        // Small answers should not wait for more; where it cannot be set, they do.
        let _best_effort = stream.set_nodelay(true);
        let stream = Watched {
            stream,
            patience: patience.writing,
            stuck: None,
            _place: (place, share),
        };
        let life = Arc::new(Life::default());
        let (router, of_requests) = (router.clone(), Arc::clone(&life));
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let task = Task::begin(&of_requests, request.version());
            let answer = answer(router.clone(), peer, request);
            async move {
                let answer = answer.await?;
                Ok::<_, Infallible>(answer.map(|body| Body::new(Sent { body, task })))
            }
        });
        let connection = server
            .serve_connection_with_upgrades(TokioIo::new(stream), service)
            .into_owned();
        let mut ends = ending.subscribe();
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            let mut look = pin!(sleep(patience.first));
            let mut is_told = false;
            loop {
                tokio::select! {
                    // How a connection breaks off is its client's business.
                    _ended = connection.as_mut() => return,
                    _ = ends.changed(), if !is_told => {
                        connection.as_mut().graceful_shutdown();
                        is_told = true;
                    }
                    () = look.as_mut() => match life.look(patience.head) {
                        Look::NothingBegun => return,
                        Look::Again(at) => look.as_mut().reset(at),
                        Look::Over if is_told => return,
                        Look::Over => {
                            connection.as_mut().graceful_shutdown();
                            is_told = true;
                            look.as_mut().reset(Instant::now() + patience.writing);
                        }
                    },
                }
            }
        });
    }
    drop(tcp);
    ending.send_replace(());
    if timeout(connections.grace_period, ending.closed())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not finish in time and are cut off");
    }
}

/// What an address hears that has as many connections as it may have.
const TOO_MANY: &[u8] = b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 51\r\nRetry-After: 30\r\nConnection: close\r\n\r\nThis address has as many connections as it may have";

async fn answer(
    router: Router,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    if !names_one_host(request.version(), request.headers()) {
        let words = "A request names its host once, in a Host header\n";
        return Ok((StatusCode::BAD_REQUEST, words).into_response());
    }
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.oneshot(request).await
}

/// What is going on on a connection. Of HTTP/1 hyper itself sees when there is nothing; on HTTP/2 a client
/// that answers its pings could stay for ever.
#[derive(Default)]
struct Life(Mutex<State>);

#[derive(Default)]
struct State {
    has_begun: bool,
    is_http2: bool,
    /// Requests for which it waits for us, and not we for it.
    working: usize,
    last: Option<Instant>,
}

/// What there is to do about a connection.
enum Look {
    NothingBegun,
    Again(Instant),
    Over,
}

impl Life {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self, patience: Duration) -> Look {
        let (state, now) = (self.state(), Instant::now());
        if !state.has_begun {
            return Look::NothingBegun;
        }
        if !state.is_http2 || state.working > 0 {
            return Look::Again(now + patience);
        }
        match state.last.map(|last| last + patience) {
            Some(end) if end > now => Look::Again(end),
            _ => Look::Over,
        }
    }
}

/// A request, until its answer is sent or given up.
struct Task {
    life: Arc<Life>,
    is_ours: bool,
}

impl Task {
    fn begin(life: &Arc<Life>, version: Version) -> Self {
        let mut state = life.state();
        (state.has_begun, state.is_http2) = (true, version == Version::HTTP_2);
        state.working += 1;
        drop(state);
        Self {
            life: Arc::clone(life),
            is_ours: true,
        }
    }

    /// Something was done. `is_ours`: whether the next thing is for us to do, or for the client,
    /// which takes what there is.
    fn goes_on(&mut self, is_ours: bool) {
        let mut state = self.life.state();
        state.last = Some(Instant::now());
        match (self.is_ours, is_ours) {
            (true, false) => state.working -= 1,
            (false, true) => state.working += 1,
            _ => {}
        }
        drop(state);
        self.is_ours = is_ours;
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.goes_on(false);
    }
}

/// The body of an answer, with the request that it is the answer to.
struct Sent {
    body: Body,
    task: Task,
}

impl HttpBody for Sent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let next = Pin::new(&mut self.body).poll_frame(cx);
        self.task.goes_on(next.is_pending());
        next
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Of two, a proxy in front may read the other one. HTTP/2 has a field of its own for it.
fn names_one_host(version: Version, headers: &HeaderMap) -> bool {
    match headers.get_all(header::HOST).iter().count() {
        0 => version != Version::HTTP_11,
        count => count == 1,
    }
}

/// How many files may be open at once. A connection is one of them, and a process may often have
/// 1024 unless it asks for more.
pub(crate) fn open_files() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(error = %error, "the limit of open files could not be raised");
    }
    let current = getrlimit(Resource::Nofile).current;
    current.map_or(usize::MAX, |most| {
        usize::try_from(most).unwrap_or(usize::MAX)
    })
}

/// A connection that is given up when nothing that is written to it is taken. It has its place for
/// as long as it is open, whatever it has become.
struct Watched {
    stream: TcpStream,
    patience: Duration,
    /// Runs while it takes nothing.
    stuck: Option<Pin<Box<Sleep>>>,
    _place: (OwnedSemaphorePermit, Share),
}

impl Watched {
    fn watch<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<std::io::Result<T>>,
    ) -> Poll<std::io::Result<T>> {
        if written.is_ready() {
            self.stuck = None;
            return written;
        }
        let patience = self.patience;
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(stuck.as_mut().poll(cx));
        Poll::Ready(Err(std::io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream as Client;

    use axum::routing::get;

    use super::*;

    const SHORT: Duration = Duration::from_millis(200);
    const LONG: Duration = Duration::from_secs(600);

    async fn serving(patience: Patience) -> (SocketAddr, watch::Sender<bool>) {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        let large = || async { "x".repeat(1 << 20) };
        let connections = Connections {
            room: Room::of(10_000),
            are_rationed: true,
            patience,
            grace_period: Duration::ZERO,
        };
        let stopping = watch::Sender::new(false);
        let slow = || async {
            sleep(SHORT * 10).await;
            "at last"
        };
        let router = Router::new()
            .route("/", get(large))
            .route("/slow", get(slow));
        tokio::spawn(serve(tcp, router, stopping.subscribe(), connections));
        (address, stopping)
    }

    fn connect(address: SocketAddr) -> Client {
        let client = Client::connect(address).unwrap();
        client
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        client
            .set_write_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        client
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_connection_without_a_request_is_closed() {
        let patience = Patience {
            first: SHORT,
            head: LONG,
            writing: LONG,
        };
        let (address, _stopping) = serving(patience).await;
        let asking = tokio::task::spawn_blocking(move || {
            for sent in [
                "",
                "P",
                "PRI * HTTP/2",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\n",
            ] {
                let mut client = connect(address);
                client.write_all(sent.as_bytes()).unwrap();
                let mut rest = Vec::new();
                let closed = client.read_to_end(&mut rest);
                assert!(closed.is_ok(), "{sent:?}: {closed:?}");
            }
            // one that has made one may wait for its next
            let mut client = connect(address);
            let request = b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n";
            let mut answer = [0; 4096];
            client.write_all(request).unwrap();
            assert!(client.read(&mut answer).unwrap() > 0);
            // one that came later is closed meanwhile
            let mut silent = connect(address);
            assert_eq!(silent.read_to_end(&mut Vec::new()).unwrap(), 0);
            client.write_all(request).unwrap();
            assert!(client.read(&mut answer).unwrap() > 0);
        });
        asking.await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_connection_that_takes_no_answers_is_closed() {
        let patience = Patience {
            first: LONG,
            head: LONG,
            writing: SHORT,
        };
        let (address, _stopping) = serving(patience).await;
        let asking = tokio::task::spawn_blocking(move || {
            let mut client = connect(address);
            let requests = "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1_000);
            // Until the server is not there any more, instead of for ever.
            let error = loop {
                if let Err(error) = client.write_all(requests.as_bytes()) {
                    break error;
                }
            };
            let kind = error.kind();
            let is_closed = kind == std::io::ErrorKind::ConnectionReset
                || kind == std::io::ErrorKind::BrokenPipe;
            assert!(is_closed, "{error:?}");
        });
        asking.await.unwrap();
    }

    /// A frame of HTTP/2.
    fn frame(kind: u8, flags: u8, stream: u32, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length[1..], &[kind, flags], &stream.to_be_bytes(), content].concat()
    }

    /// Asks once over HTTP/2, and from then on only answers pings and what else is mere politeness.
    /// Answers all that was heard until the end.
    fn asks_once(address: SocketAddr, path: &str) -> Vec<u8> {
        const HEADERS: u8 = 1;
        const SETTINGS: u8 = 4;
        const PING: u8 = 6;
        let length = u8::try_from(path.len()).unwrap();
        // GET, http, the path, and x for the authority
        let head = [b"\x82\x86\x41\x01x\x04", &[length][..], path.as_bytes()].concat();
        let mut client = connect(address);
        let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        let request = [
            &preface[..],
            &frame(SETTINGS, 0, 0, b""),
            &frame(HEADERS, 5, 1, &head),
        ];
        client.write_all(&request.concat()).unwrap();
        let mut heard = Vec::new();
        loop {
            let mut begins = [0; 9];
            if let Err(error) = client.read_exact(&mut begins) {
                assert_ne!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock,
                    "it is still open"
                );
                return heard;
            }
            let [a, b, c, kind, flags, ..] = begins;
            let mut content = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
            client.read_exact(&mut content).unwrap();
            let answer = match (kind, flags) {
                (PING, 0) => frame(PING, 1, 0, &content),
                (SETTINGS, 0) => frame(SETTINGS, 1, 0, b""),
                _ => Vec::new(),
            };
            // It may be closed by now.
            let _heard_or_not = client.write_all(&answer);
            heard.append(&mut content);
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_connection_of_http2_is_closed_when_nothing_goes_on() {
        let patience = Patience {
            first: SHORT * 5,
            head: SHORT,
            writing: SHORT,
        };
        let (address, _stopping) = serving(patience).await;
        let asking = tokio::task::spawn_blocking(move || {
            asks_once(address, "/nothing");
            // an answer that is not taken keeps it open no longer
            let heard = asks_once(address, "/");
            assert!((1 << 15..1 << 17).contains(&heard.len()), "{}", heard.len());
            // but one that is not there yet does
            let heard = asks_once(address, "/slow");
            assert!(String::from_utf8_lossy(&heard).contains("at last"));
        });
        asking.await.unwrap();
    }

    #[test]
    fn some_open_files_are_kept_for_others() {
        let room = |open_files| {
            let Room { all, at_an_address } = Room::of(open_files);
            (all, at_an_address)
        };
        assert_eq!(room(usize::MAX), (20_000, 1_000));
        assert_eq!(room(10_000), (8_976, 1_000));
        assert_eq!(room(1_024), (768, 192));
        assert_eq!(room(256), (192, 48));
    }

    #[test]
    fn the_words_for_too_many_have_the_length_that_they_say() {
        let text = std::str::from_utf8(TOO_MANY).unwrap();
        let (head, words) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}\r\n", words.len())));
    }
}
