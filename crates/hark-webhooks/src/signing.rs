//! Signatures by Standard Webhooks: HMAC-SHA256 (`v1`) and Ed25519 (`v1a`).

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_lc_rs::rand;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hark_model::keys::KeyError;
use hark_store::{Timestamp, text_enum};
use serde_json::{Value, json};

text_enum! {
    pub enum Scheme {
        /// A secret that both sides know.
        Hmac = "v1",
        /// A key pair: the receiver knows only the public half.
        Ed25519 = "v1a",
    }
}

/// A secret of an endpoint. An old one stays good until a moment, so that a receiver can change
/// over without missing anything.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    pub scheme: Scheme,
    /// The HMAC key, or the seed of the key pair.
    key: Vec<u8>,
    pub until: Option<Timestamp>,
}

const SHORTEST_KEY: usize = 24;
const LONGEST_KEY: usize = 64;
const SEED: usize = 32;

impl Secret {
    pub fn fresh(scheme: Scheme) -> Result<Self, KeyError> {
        let mut key = vec![0; SEED];
        rand::fill(&mut key).map_err(|_| KeyError::Random)?;
        Ok(Self {
            scheme,
            key,
            until: None,
        })
    }

    /// Reads a secret that someone brings along: `whsec_…`, or `whsk_…` with seed and public key.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, encoded) = match text.strip_prefix("whsec_") {
            Some(encoded) => (Scheme::Hmac, encoded),
            None => (Scheme::Ed25519, text.strip_prefix("whsk_")?),
        };
        let mut key = STANDARD.decode(encoded).ok()?;
        match scheme {
            Scheme::Hmac if !(SHORTEST_KEY..=LONGEST_KEY).contains(&key.len()) => return None,
            Scheme::Ed25519 => {
                let (seed, public) = key.split_at_checked(SEED)?;
                let pair = Ed25519KeyPair::from_seed_and_public_key(seed, public);
                pair.ok()?;
                key.truncate(SEED);
            }
            Scheme::Hmac => {}
        }
        Some(Self {
            scheme,
            key,
            until: None,
        })
    }

    fn pair(&self) -> Option<Ed25519KeyPair> {
        Ed25519KeyPair::from_seed_unchecked(&self.key).ok()
    }

    /// As it is shown, once, to the person who made it.
    pub fn reveal(&self) -> String {
        match self.pair().filter(|_| self.scheme == Scheme::Ed25519) {
            Some(pair) => {
                let both = [&self.key[..], pair.public_key().as_ref()].concat();
                format!("whsk_{}", STANDARD.encode(both))
            }
            None => format!("whsec_{}", STANDARD.encode(&self.key)),
        }
    }

    /// What a receiver needs to check signatures, where that is no secret.
    pub fn public_key(&self) -> Option<String> {
        let pair = self.pair().filter(|_| self.scheme == Scheme::Ed25519)?;
        Some(format!("whpk_{}", STANDARD.encode(pair.public_key())))
    }

    /// By which people know it again.
    pub fn hint(&self) -> String {
        let shown = self.public_key().unwrap_or_else(|| self.reveal());
        let shown = shown.trim_end_matches('=');
        shown[shown.len().saturating_sub(4)..].to_owned()
    }

    pub fn is_good_at(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    fn sign(&self, content: &[u8]) -> Option<String> {
        let signature = match self.scheme {
            Scheme::Hmac => {
                let key = hmac::Key::new(HMAC_SHA256, &self.key);
                STANDARD.encode(hmac::sign(&key, content))
            }
            Scheme::Ed25519 => STANDARD.encode(self.pair()?.sign(content)),
        };
        Some(format!("{},{signature}", self.scheme.as_str()))
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "scheme": self.scheme.as_str(),
            "key": STANDARD.encode(&self.key),
            "until": self.until.map(Timestamp::millis),
        })
    }

    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            scheme: Scheme::parse(value["scheme"].as_str()?)?,
            key: STANDARD.decode(value["key"].as_str()?).ok()?,
            until: value["until"].as_i64().map(Timestamp::from_millis),
        })
    }
}

/// The value of `webhook-signature`: an entry for each secret that is good, the newest first.
pub fn signature(
    secrets: &[Secret],
    now: Timestamp,
    id: &str,
    seconds: i64,
    body: &[u8],
) -> Option<String> {
    let good = secrets.iter().filter(|secret| secret.is_good_at(now));
    let mut content = None;
    let entries: Vec<String> = good
        .filter_map(|secret| {
            let content = content
                .get_or_insert_with(|| [format!("{id}.{seconds}.").as_bytes(), body].concat());
            secret.sign(content)
        })
        .collect();
    (!entries.is_empty()).then(|| entries.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "msg_2livechat0000000000000001";
    const SECONDS: i64 = 1_735_689_600;
    const NOW: Timestamp = Timestamp::from_millis(SECONDS * 1000);
    const NEW: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const OLD: &str = "whsec_QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZX";
    const PAIR: &str = "whsk_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyB5tVYuj+ZU+UB4sRLoqYunkB+FOuaVvtfg45ELrQSWZA==";
    const A: &str = r#"{"type":"livechat.session.started","timestamp":"2025-01-01T00:00:00.000Z","data":{"sessionId":"s_1"}}"#;
    const B: &str = r#"{"type":"livechat.message.sent","timestamp":"2025-01-01T00:00:00.000Z","data":{"text":"héllo 🐇"}}"#;

    fn signed(secrets: &[&str], body: &str) -> String {
        let secrets: Vec<Secret> = secrets
            .iter()
            .map(|text| Secret::parse(text).unwrap())
            .collect();
        signature(&secrets, NOW, ID, SECONDS, body.as_bytes()).unwrap()
    }

    #[test]
    fn signatures_are_those_of_the_published_vectors() {
        let of_a = "v1,uqHzKMGRfr0MPQzxLckc8oMj6gmrcR/D9TCz6z+WEgs=";
        assert_eq!(signed(&[NEW], A), of_a);
        assert_eq!(
            signed(&[NEW], B),
            "v1,xFkhuTKhhuniIkoB1yj2vhZDX0wCjI2+9NoANa11hac="
        );
        assert_eq!(
            signed(&[NEW], ""),
            "v1,twS0CwR7a8E1hzCdxhGb3e3jCUFz1NdlGH26aSlwhMs="
        );
        assert_eq!(
            signed(&[NEW, OLD], A),
            format!("{of_a} v1,BTqZabVM/TAogKd7J5LSKvC72mgdlNdWwkNKNGQVvd8=")
        );
        assert_eq!(
            signed(&[PAIR], A),
            "v1a,Up36Z+0UBec7pLlod4F39lFkxkcJHqhZ0XZymEh0kKvugQl9yjf2XbkiUQfOB49N00QOS0pnwaCPD5GgYYEwCQ=="
        );
    }

    #[test]
    fn a_secret_is_read_as_it_was_shown() {
        for text in [NEW, OLD, PAIR] {
            let secret = Secret::parse(text).unwrap();
            assert_eq!(secret.reveal(), text);
            assert!(Secret::from_json(&secret.to_json()) == Some(secret));
        }
        let public = Secret::parse(PAIR).unwrap().public_key().unwrap();
        assert_eq!(public, "whpk_ebVWLo/mVPlAeLES6KmLp5AfhTrmlb7X4OORC60ElmQ=");
        for wrong in ["whsec_AAEC", "whsec_!", "secret", "whsk_AAECAw==", ""] {
            assert!(Secret::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn an_old_secret_signs_until_its_time_is_up() {
        let mut old = Secret::parse(OLD).unwrap();
        old.until = Some(NOW);
        let now = Secret::parse(NEW).unwrap();
        let both = [now, old];
        let entries = |at| {
            signature(&both, at, ID, SECONDS, b"{}")
                .unwrap()
                .split(' ')
                .count()
        };
        assert_eq!(entries(NOW.plus_millis(-1)), 2);
        assert_eq!(entries(NOW), 1);
    }
}
