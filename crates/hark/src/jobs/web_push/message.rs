//! A message that only one browser can read (RFC 8291, with the encoding of RFC 8188).

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::rand;
use hark_staff::push_subscriptions::Browser;

/// A push service takes 4,096 bytes; besides the text there are a head of 86, a mark and a tag.
pub(super) const LONGEST: usize = 3_900;
const SALT: usize = 16;
const KEY: usize = 16;
const RECORD: u32 = 4_096;
/// Behind the last record of what is sent.
const END: u8 = 2;

/// `Err`: the browser's key is none, or there are no random numbers.
pub(super) fn encrypted(browser: &Browser, plain: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let mut salt = [0; SALT];
    rand::fill(&mut salt)?;
    let own = PrivateKey::generate(&ECDH_P256)?;
    encrypted_with(browser, plain, &own, salt)
}

fn encrypted_with(
    browser: &Browser,
    plain: &[u8],
    own: &PrivateKey,
    salt: [u8; SALT],
) -> Result<Vec<u8>, Unspecified> {
    let public = own.compute_public_key()?;
    let public = public.as_ref();
    let theirs = UnparsedPublicKey::new(&ECDH_P256, &browser.public_key);
    let shared = agree(own, theirs, Unspecified, |shared| Ok(shared.to_vec()))?;
    let info = [b"WebPush: info\0", browser.public_key.as_slice(), public].concat();
    let input = derived::<32>(&browser.secret, &shared, &info)?;
    let key = derived::<KEY>(&salt, &input, b"Content-Encoding: aes128gcm\0")?;
    let nonce = derived::<NONCE_LEN>(&salt, &input, b"Content-Encoding: nonce\0")?;
    let mut body = [plain, &[END]].concat();
    LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?).seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::empty(),
        &mut body,
    )?;
    let length = u8::try_from(public.len()).map_err(|_| Unspecified)?;
    Ok([&salt[..], &RECORD.to_be_bytes(), &[length], public, &body].concat())
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derived<const N: usize>(
    salt: &[u8],
    secret: &[u8],
    info: &[u8],
) -> Result<[u8; N], Unspecified> {
    let mut bytes = [0; N];
    Salt::new(HKDF_SHA256, salt)
        .extract(secret)
        .expand(&[info], Length(N))?
        .fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    /// The example of RFC 8291, section 5.
    #[test]
    fn a_message_is_what_the_standard_makes_of_it() {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let browser = Browser {
            address: String::new(),
            public_key: bytes(
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            ),
            secret: bytes("BTBZMqHH6r4Tts7J_aSIgg"),
        };
        let own = PrivateKey::from_private_key(
            &ECDH_P256,
            &bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        )
        .unwrap();
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let plain = b"When I grow up, I want to be a watermelon";
        let made = encrypted_with(&browser, plain, &own, salt).unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(made),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }
}
