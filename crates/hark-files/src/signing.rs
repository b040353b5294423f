//! AWS Signature Version 4, for requests whose body's hash is known.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use hark_store::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::incoming::hex;

pub(crate) struct Credentials {
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    pub(crate) session_token: Option<String>,
}

pub(crate) struct Unsigned<'a> {
    pub(crate) method: &'a str,
    pub(crate) host: &'a str,
    /// Encoded already.
    pub(crate) path: &'a str,
    pub(crate) region: &'a str,
    pub(crate) body_sha256: &'a str,
    pub(crate) range: Option<&'a str>,
    pub(crate) now: Timestamp,
}

/// The headers that sign a request, without `host` and `range`, which it has already.
pub(crate) fn sign(request: &Unsigned<'_>, with: &Credentials) -> Vec<(&'static str, String)> {
    let at = moment(request.now);
    let day = at.get(..8).unwrap_or_default();
    let mut added = vec![
        ("x-amz-content-sha256", request.body_sha256.to_owned()),
        ("x-amz-date", at.clone()),
    ];
    if let Some(token) = &with.session_token {
        added.push(("x-amz-security-token", token.clone()));
    }
    let mut signed: Vec<(&str, &str)> = vec![("host", request.host)];
    signed.extend(request.range.map(|range| ("range", range)));
    signed.extend(added.iter().map(|(name, value)| (*name, value.as_str())));
    let names: Vec<&str> = signed.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");
    let lines: String = signed
        .iter()
        .map(|(name, value)| format!("{name}:{value}\n"))
        .collect();
    let canonical = format!(
        "{}\n{}\n\n{lines}\n{names}\n{}",
        request.method, request.path, request.body_sha256
    );
    let scope = format!("{day}/{}/s3/aws4_request", request.region);
    let hashed = hex(digest(&SHA256, canonical.as_bytes()).as_ref());
    let to_sign = format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashed}");
    let mut key = format!("AWS4{}", with.secret_key).into_bytes();
    for part in [day, request.region, "s3", "aws4_request"] {
        key = mac(&key, part);
    }
    let signature = hex(&mac(&key, &to_sign));
    added.push((
        "authorization",
        format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope},SignedHeaders={names},Signature={signature}",
            with.access_key
        ),
    ));
    added
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let key = Key::new(HMAC_SHA256, key);
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

/// `20241120T231805Z`.
fn moment(now: Timestamp) -> String {
    let iso = now.iso();
    let whole = iso.split('.').next().unwrap_or_default();
    format!("{}Z", whole.replace(['-', ':'], ""))
}

/// All but what never needs to be escaped in a path.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'/');

/// A key as a path.
pub(crate) fn encode(key: &str) -> String {
    utf8_percent_encode(key, ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of the protocol's documentation.
    #[test]
    fn a_known_request_has_its_known_signature() {
        let credentials = Credentials {
            access_key: "AKIAIOSFODNN7EXAMPLE".into(),
            secret_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
            session_token: None,
        };
        let request = Unsigned {
            method: "GET",
            host: "examplebucket.s3.amazonaws.com",
            path: "/test.txt",
            region: "us-east-1",
            body_sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            range: Some("bytes=0-9"),
            now: Timestamp::parse("2013-05-24T00:00:00Z").unwrap(),
        };
        let signed = sign(&request, &credentials);
        let (_, authorization) = signed.last().unwrap();
        assert!(
            authorization.ends_with(
                "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
            ),
            "{authorization}"
        );
    }

    #[test]
    fn keys_are_escaped_as_the_signature_wants_them() {
        assert_eq!(encode("a b/ü+~"), "a%20b/%C3%BC%2B~");
    }
}
