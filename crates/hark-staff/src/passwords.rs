//! Passwords at rest. What is hashed is the SHA-256 of the password, because clients may send
//! either the password or that digest and both must let them in.
//!
//! Argon2id with 19 MiB takes tens of milliseconds on purpose: call these off the async threads.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use hark_model::{Refusal, keys};

/// A password as a client sends it.
#[derive(Clone)]
pub enum Offered {
    Plain(String),
    /// SHA-256, hexadecimal.
    Digest(String),
}

impl Offered {
    fn digest(&self) -> String {
        match self {
            Self::Plain(text) => keys::hex_digest(text),
            Self::Digest(hex) => hex.to_ascii_lowercase(),
        }
    }
}

/// Answers the text to be stored.
pub fn hash(offered: &Offered) -> Result<String, String> {
    let hash: PasswordHash = Argon2::default()
        .hash_password(offered.digest().as_bytes())
        .map_err(|error| error.to_string())?;
    Ok(hash.to_string())
}

/// The longest password with which somebody logs in, in bytes.
pub const LONGEST: usize = 1_000;

/// Hashes a password that someone chose; an empty one is none.
pub fn choose(password: &str) -> Result<String, Refusal> {
    if password.trim().is_empty() {
        return Err(Refusal::Required("Password"));
    }
    if password.len() > LONGEST {
        return Err(Refusal::TooLong {
            field: "Password",
            most: LONGEST,
        });
    }
    hash(&Offered::Plain(password.to_owned())).map_err(|why| Refusal::Invalid {
        field: "Password",
        value: why,
    })
}

pub fn verify(offered: &Offered, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(offered.digest().as_bytes(), &hash)
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_and_its_digest_let_the_same_person_in() {
        let stored = hash(&Offered::Plain("correct horse".into())).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify(&Offered::Plain("correct horse".into()), &stored));
        let digest = keys::hex_digest("correct horse").to_ascii_uppercase();
        assert!(verify(&Offered::Digest(digest), &stored));
        assert!(!verify(&Offered::Plain("battery staple".into()), &stored));
        assert!(!verify(
            &Offered::Plain("correct horse".into()),
            "not a hash"
        ));
    }
}
