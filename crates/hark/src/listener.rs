//! The accept loop: bounded connections, bounded patience, and an orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

/// Connections at once. Beyond that they wait in the system's queue, which says no for us.
const MOST_CONNECTIONS: usize = 20_000;
/// Connections that wait to be accepted: after a restart all visitors come back at once.
const WAITING: i32 = 4096;
/// How long a request's head may take, and how long a connection may wait for its next one.
const PATIENCE: Duration = Duration::from_secs(75);

pub(crate) async fn serve(
    tcp: TcpListener,
    router: Router,
    mut stopping: watch::Receiver<bool>,
    farewell: Duration,
) {
    let mut server = Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(64 * 1024);
    server
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PATIENCE)
        .max_concurrent_streams(256);
    let server = Arc::new(server);
    raise_open_files();
    // Asked a second time, the system makes the queue longer.
    if let Err(error) = rustix::net::listen(&tcp, WAITING) {
        tracing::warn!(error = %error, "the queue of new connections could not be made longer");
    }
    let open = GracefulShutdown::new();
    let mut refused_before = false;
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            _ = stopping.changed() => break,
        };
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
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        // Small answers should not wait for more; where it cannot be set, they do.
        let _best_effort = stream.set_nodelay(true);
        let service = hyper::service::service_fn(handler(router.clone(), peer));
        let connection = server
            .serve_connection_with_upgrades(TokioIo::new(stream), service)
            .into_owned();
        let watched = open.watch(connection);
        tokio::spawn(async move {
            // How a connection breaks off is its client's business.
            let _ended = watched.await;
            drop(place);
        });
    }
    drop(tcp);
    if tokio::time::timeout(farewell, open.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not finish in time and are cut off");
    }
}

/// A connection is an open file, of which a process may often have 1024 unless it asks for more.
fn raise_open_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(error = %error, "the limit of open files could not be raised");
    }
}

fn handler(
    router: Router,
    peer: SocketAddr,
) -> impl Fn(Request<Incoming>) -> tower::util::Oneshot<Router, Request<Body>> + Clone {
    move |request| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    }
}
