//! By what push services know this server (VAPID, RFC 8292): a key of the curve P-256, which the installation's key
//! stands for, so that each node has the same one at every start and nothing of it is stored.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hark_store::Timestamp;
use serde_json::json;

use crate::keys::{KeyError, Keyring};

/// Push services take at most a day.
const GOOD_FOR_SECONDS: i64 = 12 * 3_600;

pub struct Key {
    secret: Vec<u8>,
    public: Vec<u8>,
}

impl Key {
    pub fn of(keys: &Keyring) -> Self {
        // One number in four thousand millions is no key of the curve.
        let mut tries = (0..=u8::MAX).filter_map(|number| {
            let secret = keys.derive(&format!("web push {number}"));
            let key = PrivateKey::from_private_key(&ECDH_P256, &secret).ok()?;
            let public = key.compute_public_key().ok()?.as_ref().to_vec();
            Some(Self { secret, public })
        });
        #[expect(clippy::expect_used, reason = "256 of them are never all no keys")]
        tries.next().expect("a key of the curve")
    }

    /// As browsers want it: a point, not compressed, in base64.
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.public)
    }

    /// What stands in `Authorization` for a push service at this origin. `subject`: where whoever runs it finds whoever
    /// runs this.
    pub fn authorization(
        &self,
        origin: &str,
        subject: &str,
        now: Timestamp,
    ) -> Result<String, KeyError> {
        let key = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &self.secret,
            &self.public,
        );
        let key = key.map_err(|_| KeyError::Sealed)?;
        let head = json!({"typ": "JWT", "alg": "ES256"});
        let until = now.millis() / 1_000 + GOOD_FOR_SECONDS;
        let claims = json!({"aud": origin, "exp": until, "sub": subject});
        let part = |part: &serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", part(&head), part(&claims));
        let signature = key.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = signature.map_err(|_| KeyError::Random)?;
        let signature = URL_SAFE_NO_PAD.encode(signature.as_ref());
        Ok(format!("vapid t={signed}.{signature}, k={}", self.public()))
    }
}
