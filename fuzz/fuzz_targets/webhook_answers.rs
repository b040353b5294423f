#![no_main]

use libfuzzer_sys::fuzz_target;

use http::header::CONTENT_ENCODING;
use http::{HeaderMap, HeaderValue};

fuzz_target!(|answer: (&[u8], &[u8], bool)| {
    let (header, body, is_cut) = answer;
    hark_webhooks::fuzzing::retry_after(header);
    for encoding in [&b"gzip"[..], b"deflate", header] {
        let Ok(encoding) = HeaderValue::from_bytes(encoding) else {
            continue;
        };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, encoding);
        assert!(hark_egress::unpack(&headers, body, is_cut) <= hark_egress::KEPT);
    }
});
