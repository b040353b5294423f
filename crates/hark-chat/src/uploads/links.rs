//! Where a file is found from outside, and the tokens that open it for an hour without a log-in.

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hark_store::Timestamp;
use serde_json::{Value, json};

use super::{Upload, names};
use hark_model::jwt::Jwt;
use hark_model::{Keyring, Policy, settings};

const AUDIENCE: &str = "RocketChat";
const SECONDS: i64 = 3600;
/// How far another machine's clock may be ahead.
const LEEWAY_SECONDS: i64 = 60;
const LONGEST_TOKEN: usize = 2000;

/// `/file-upload/<id>/<name>`.
pub fn path(upload: &Upload) -> String {
    format!(
        "/file-upload/{}/{}",
        upload.id,
        names::escaped(&upload.name)
    )
}

/// What integrations and visitors' clients get to know of a file: `{publicFilePath, type, size}`.
/// A protected file's link has a token that was good for an hour at `at`.
pub fn file_upload(
    policy: &Policy,
    keys: &Keyring,
    site_url: &str,
    upload: &Upload,
    user_id: &str,
    at: Timestamp,
) -> Value {
    let mut link = format!("{site_url}{}", path(upload));
    if policy.flag(settings::FileUpload_ProtectFiles) && are_tokens_on(policy) {
        link = format!(
            "{link}?token={}",
            issue(&key(policy, keys), upload, user_id, at)
        );
    }
    json!({"publicFilePath": link, "type": upload.media_type, "size": upload.size})
}

/// Whether a token opens this file at this moment.
pub fn opens(
    policy: &Policy,
    keys: &Keyring,
    upload: &Upload,
    token: &str,
    now: Timestamp,
) -> bool {
    are_tokens_on(policy) && verify(&key(policy, keys), &upload.id, token, now).is_some()
}

fn are_tokens_on(policy: &Policy) -> bool {
    policy.flag(settings::FileUpload_Enable_json_web_token_for_files)
}

/// The secret that the operator shares with others, or one of our own that nobody guesses.
fn key(policy: &Policy, keys: &Keyring) -> Key {
    match policy.text(settings::FileUpload_json_web_token_secret_for_files) {
        "" => Key::new(HMAC_SHA256, &keys.derive("links to files")),
        secret => Key::new(HMAC_SHA256, secret.as_bytes()),
    }
}

fn issue(key: &Key, upload: &Upload, user_id: &str, at: Timestamp) -> String {
    let now = at.millis().div_euclid(1000);
    let claims = json!({
        "iat": now,
        "nbf": now,
        "exp": now + SECONDS,
        "aud": AUDIENCE,
        "context": {"rid": upload.room_id, "userId": user_id, "fileId": upload.id},
    });
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(key, signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn verify(key: &Key, file_id: &str, token: &str, now: Timestamp) -> Option<()> {
    let jwt = Jwt::read(token, LONGEST_TOKEN)?;
    hmac::verify(key, jwt.signed.as_bytes(), &jwt.signature).ok()?;
    let claims = &jwt.claims;
    let now = now.millis().div_euclid(1000);
    let good = jwt.algorithm() == Some("HS256")
        && claims["aud"] == AUDIENCE
        && claims["context"]["fileId"] == file_id
        && claims["exp"].as_i64()? > now
        && claims["nbf"].as_i64()? <= now + LEEWAY_SECONDS;
    good.then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn upload(id: &str) -> Upload {
        Upload {
            id: id.into(),
            room_id: "room".into(),
            account_id: None,
            name: "a b.png".into(),
            media_type: "image/png".into(),
            size: 5,
            sha256: "00".into(),
            picture: None,
            attached: true,
            created_at: NOW,
        }
    }

    #[test]
    fn a_token_opens_one_file_for_an_hour() {
        let key = Key::new(HMAC_SHA256, b"secret");
        let token = issue(&key, &upload("f1"), "v1", NOW);
        assert!(verify(&key, "f1", &token, NOW).is_some());
        assert!(verify(&key, "f1", &token, NOW.plus_seconds(3599)).is_some());
        assert!(verify(&key, "f1", &token, NOW.plus_seconds(3600)).is_none());
        assert!(verify(&key, "f1", &token, NOW.plus_seconds(-120)).is_none());
        assert!(verify(&key, "f2", &token, NOW).is_none());
        assert!(verify(&Key::new(HMAC_SHA256, b"other"), "f1", &token, NOW).is_none());
        let none = format!("{}.", token.rsplit_once('.').unwrap().0);
        assert!(verify(&key, "f1", &none, NOW).is_none());
        for odd in ["", ".", "..", "a.b.c", &"x".repeat(3000)] {
            assert!(verify(&key, "f1", odd, NOW).is_none());
        }
        let claims = token.split('.').nth(1).unwrap();
        let claims: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        let names: Vec<&String> = claims.as_object().unwrap().keys().collect();
        assert_eq!(names, ["iat", "nbf", "exp", "aud", "context"]);
        assert_eq!(
            claims["context"],
            json!({"rid": "room", "userId": "v1", "fileId": "f1"})
        );
    }

    #[test]
    fn a_path_is_a_path() {
        assert_eq!(path(&upload("f1")), "/file-upload/f1/a%20b.png");
    }
}
