//! What the fuzz targets reach: whatever reads what browsers say of themselves, and receivers answer.

use hark_store::Timestamp;
use http::{HeaderMap, HeaderValue, header};

use crate::{dialects, request};

/// A browser and its system, as webhooks name them.
pub fn user_agent(text: &str) {
    dialects::read_user_agent(text);
}

/// When a receiver wants to be asked again.
pub fn retry_after(value: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(value) else {
        return;
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::RETRY_AFTER, value);
    request::retry_after(&headers, Timestamp::from_millis(1_700_000_000_000));
}
