//! By what a site's word is known.

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hark_model::jwt::Jwt;
use hark_model::keys::{self, KeyError};
use hark_store::{Timestamp, text_enum};
use serde_json::{Value, json};

text_enum! {
    /// As tokens name it.
    pub enum Algorithm {
        /// A secret that both sides know.
        Hs256 = "HS256",
        /// A key pair: Hark knows only the public half.
        EdDsa = "EdDSA",
    }
}

/// A secret of a site, or its public key. An old one stays good until a moment, so that a site can
/// change over.
#[derive(Clone)]
pub struct Secret {
    pub algorithm: Algorithm,
    /// The secret as it was shown, or the public key.
    key: Vec<u8>,
    pub until: Option<Timestamp>,
}

/// What a secret begins with, so that people and scanners of leaked secrets know it.
const MARK: &str = "hark_id_";
/// What stands before the 32 bytes of an Ed25519 key in a `SubjectPublicKeyInfo` (RFC 8410).
const BEFORE_KEY: &[u8] = &[
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];
const KEY: usize = 32;

impl Secret {
    /// A secret that nobody has seen.
    pub fn fresh() -> Result<Self, KeyError> {
        Ok(Self {
            algorithm: Algorithm::Hs256,
            key: format!("{MARK}{}", keys::token()?).into_bytes(),
            until: None,
        })
    }

    /// The public key of a site, in PEM, as `openssl pkey -pubout` writes it.
    pub fn public(pem: &str) -> Option<Self> {
        let text = pem.trim().strip_prefix("-----BEGIN PUBLIC KEY-----")?;
        let text = text.strip_suffix("-----END PUBLIC KEY-----")?;
        let text: String = text.split_whitespace().collect();
        let bytes = STANDARD.decode(text).ok()?;
        let key = bytes.strip_prefix(BEFORE_KEY)?;
        (key.len() == KEY).then(|| Self {
            algorithm: Algorithm::EdDsa,
            key: key.to_vec(),
            until: None,
        })
    }

    /// As it is shown, once, to the person who made it. What a site has given is no secret.
    pub fn reveal(&self) -> Option<String> {
        match self.algorithm {
            Algorithm::Hs256 => Some(String::from_utf8_lossy(&self.key).into_owned()),
            Algorithm::EdDsa => None,
        }
    }

    /// By which people know it again.
    pub fn hint(&self) -> String {
        let shown = self.reveal().unwrap_or_else(|| STANDARD.encode(&self.key));
        let shown = shown.trim_end_matches('=');
        shown[shown.len().saturating_sub(4)..].to_owned()
    }

    pub fn is_good_at(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// Whether it has signed this, by its own algorithm and no other.
    pub(crate) fn has_signed(&self, jwt: &Jwt<'_>) -> bool {
        if jwt.algorithm() != Some(self.algorithm.as_str()) {
            return false;
        }
        let (signed, signature) = (jwt.signed.as_bytes(), &jwt.signature);
        match self.algorithm {
            Algorithm::Hs256 => {
                let key = hmac::Key::new(HMAC_SHA256, &self.key);
                hmac::verify(&key, signed, signature).is_ok()
            }
            Algorithm::EdDsa => {
                let key = UnparsedPublicKey::new(&ED25519, &self.key);
                key.verify(signed, signature).is_ok()
            }
        }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "algorithm": self.algorithm.as_str(),
            "key": STANDARD.encode(&self.key),
            "until": self.until.map(Timestamp::millis),
        })
    }

    pub(super) fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            algorithm: Algorithm::parse(value["algorithm"].as_str()?)?,
            key: STANDARD.decode(value["key"].as_str()?).ok()?,
            until: value["until"].as_i64().map(Timestamp::from_millis),
        })
    }
}
