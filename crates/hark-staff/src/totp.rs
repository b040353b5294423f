//! Time-based one-time passwords: RFC 6238 with SHA-1, six digits, thirty seconds, as every
//! authenticator application does it.

use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
use aws_lc_rs::rand;
use hark_store::Timestamp;

use hark_model::keys::KeyError;

const STEP_SECONDS: i64 = 30;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// 160 bits, as the RFC recommends.
pub fn new_secret() -> Result<Vec<u8>, KeyError> {
    let mut secret = vec![0; 20];
    rand::fill(&mut secret).map_err(|_| KeyError::Random)?;
    Ok(secret)
}

/// Twelve codes for the day on which the phone is lost.
pub fn new_backup_codes() -> Result<Vec<String>, KeyError> {
    (0..12)
        .map(|_| {
            let mut bytes = [0; 5];
            rand::fill(&mut bytes).map_err(|_| KeyError::Random)?;
            Ok(base32(&bytes))
        })
        .collect()
}

/// The step for which a code is right, if it is right at all: now, or up to `slack` steps away.
pub fn matching_step(secret: &[u8], code: &str, now: Timestamp, slack: i64) -> Option<i64> {
    let current = now.millis().div_euclid(1000 * STEP_SECONDS);
    let nearest_first = (0..=slack).flat_map(|away| [current - away, current + away]);
    nearest_first
        .into_iter()
        .find(|step| code_at(secret, *step) == code)
}

/// The code of a step.
pub fn code_at(secret: &[u8], step: i64) -> String {
    let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let start = usize::from(tag[tag.len() - 1] & 0x0f);
    let number = tag[start..start + 4]
        .iter()
        .fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

pub fn step_of(now: Timestamp) -> i64 {
    now.millis().div_euclid(1000 * STEP_SECONDS)
}

/// What a person types, or an `otpauth:` URL carries.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(BASE32[(held >> bits) as usize & 31]));
        }
    }
    if bits > 0 {
        text.push(char::from(BASE32[(held << (5 - bits)) as usize & 31]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn the_examples_of_the_rfc_hold() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(SECRET, seconds / STEP_SECONDS), code);
        }
        assert_eq!(base32(SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(base32(b"f"), "MY");
    }

    #[test]
    fn a_code_is_right_for_its_neighbours_only() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        assert_eq!(matching_step(SECRET, "287082", at(59), 1), Some(1));
        assert_eq!(matching_step(SECRET, "287082", at(89), 1), Some(1));
        assert_eq!(matching_step(SECRET, "287082", at(29), 1), Some(1));
        assert_eq!(matching_step(SECRET, "287082", at(90), 1), None);
        assert_eq!(matching_step(SECRET, "", at(59), 1), None);
    }
}
