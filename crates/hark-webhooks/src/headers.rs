//! What each request to a receiver carries in its head, in any dialect.

use http::HeaderName;

pub const WEBHOOK_ID: HeaderName = HeaderName::from_static("webhook-id");
pub const WEBHOOK_TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
pub const WEBHOOK_SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");
pub const EVENT: HeaderName = HeaderName::from_static("hark-event");
pub const SEQUENCE: HeaderName = HeaderName::from_static("hark-sequence");
pub const ATTEMPT: HeaderName = HeaderName::from_static("hark-attempt");
/// Of something that did not happen: somebody tries whether requests arrive.
pub const TEST: HeaderName = HeaderName::from_static("hark-test");
/// How a request is known to receivers, and in our own log.
pub const AGENT: &str = concat!("Hark/", env!("CARGO_PKG_VERSION"));
