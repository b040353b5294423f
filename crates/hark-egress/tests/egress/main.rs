//! Outgoing requests on real sockets.
#![expect(clippy::unwrap_used, reason = "tests")]

mod hostile;
mod kept;
mod secure;

use std::time::Duration;

use hark_egress::Request;

fn get(url: &str) -> Request {
    Request {
        method: http::Method::GET,
        url: url.to_owned(),
        headers: http::HeaderMap::new(),
        body: bytes::Bytes::new(),
        timeout: Duration::from_secs(20),
    }
}
