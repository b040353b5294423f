//! The key of this installation, what it seals, and everything else that has to be unguessable.

use std::fmt::Write as _;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Seals secrets at rest with the key in the data folder, a file that only its owner may read.
pub struct Keyring {
    key: LessSafeKey,
    root: hmac::Key,
    fingerprint: String,
}

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the key file {} cannot be used: {why}", path.display())]
    File { path: PathBuf, why: String },
    #[error(
        "the secrets in this database were sealed with another key than the one in {}; copy the folder `keys` of the data folder that was used before (nodes that share a PostgreSQL share one key)",
        path.display()
    )]
    Different { path: PathBuf },
    #[error(
        "the key file {} is not there, but this database has secrets that were sealed with it; put the folder `keys` back",
        path.display()
    )]
    Missing { path: PathBuf },
    #[error("a sealed value cannot be opened; it was damaged, or moved from another place")]
    Sealed,
    #[error("the operating system gives no random numbers")]
    Random,
}

impl Keyring {
    /// Reads the key of a data folder; makes one where there is none.
    pub fn open(folder: &Path) -> Result<Self, KeyError> {
        let path = key_file(folder);
        let refuse = |why: String| KeyError::File {
            path: path.clone(),
            why,
        };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => make(&path)?,
            Err(error) => return Err(refuse(error.to_string())),
        };
        let mode = std::fs::metadata(&path).map_or(0o600, |file| file.permissions().mode());
        if mode & 0o077 != 0 {
            return Err(refuse(format!(
                "others may read it (mode {:o}); run `chmod 600` on it",
                mode & 0o777
            )));
        }
        let bytes = STANDARD
            .decode(text.trim())
            .map_err(|_| refuse("it is not base64".into()))?;
        Self::from_bytes(&bytes).ok_or_else(|| refuse("it does not hold 32 bytes".into()))
    }

    /// A key that everybody knows, for what is only an example.
    pub fn of_examples() -> Self {
        #[expect(clippy::expect_used, reason = "32 bytes are a key")]
        Self::from_bytes(&[0; 32]).expect("a key of 32 bytes")
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, bytes).ok()?;
        Some(Self {
            key: LessSafeKey::new(key),
            root: hmac::Key::new(HMAC_SHA256, bytes),
            fingerprint: hash(&URL_SAFE_NO_PAD.encode(digest(&SHA256, bytes))),
        })
    }

    /// Distinguishes keys without giving one away.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// A key of its own for each purpose, the same at every start.
    pub fn derive(&self, purpose: &str) -> Vec<u8> {
        hmac::sign(&self.root, purpose.as_bytes()).as_ref().to_vec()
    }

    /// `context` is bound to the value: moved to another row, it no longer opens.
    pub fn seal(&self, context: &str, secret: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| KeyError::Random)?;
        let mut sealed = secret.to_vec();
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| KeyError::Sealed)?;
        Ok([&nonce[..], &sealed].concat())
    }

    pub fn unseal(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(KeyError::Sealed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| KeyError::Sealed)?;
        let mut body = body.to_vec();
        let plain = self
            .key
            .open_in_place(nonce, Aad::from(context.as_bytes()), &mut body)
            .map_err(|_| KeyError::Sealed)?;
        Ok(plain.to_vec())
    }
}

impl Keyring {
    /// Sealed as a text that stands in an address.
    pub fn seal_token(&self, context: &str, secret: &[u8]) -> Result<String, KeyError> {
        Ok(URL_SAFE_NO_PAD.encode(self.seal(context, secret)?))
    }

    pub fn unseal_token(&self, context: &str, token: &str) -> Result<Vec<u8>, KeyError> {
        let sealed = URL_SAFE_NO_PAD.decode(token);
        self.unseal(context, &sealed.map_err(|_| KeyError::Sealed)?)
    }
}

pub fn key_file(folder: &Path) -> PathBuf {
    folder.join("keys").join("secrets.key")
}

fn make(path: &Path) -> Result<String, KeyError> {
    let refuse = |error: std::io::Error| KeyError::File {
        path: path.into(),
        why: error.to_string(),
    };
    if let Some(folder) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(refuse)?;
    }
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| KeyError::Random)?;
    let text = STANDARD.encode(bytes);
    let unfinished = path.with_extension("unfinished");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)
        .map_err(refuse)?;
    // A secret is sealed only after its key is on disk, whole and under its name.
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::rename(&unfinished, path))
        .and_then(|()| match path.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        })
        .map_err(refuse)?;
    Ok(text)
}

/// The longest time for which an old secret stays good beside the one that takes its place.
pub const LONGEST_OVERLAP: Duration = Duration::from_secs(7 * 86_400);

/// 43 characters that nobody guesses: what a log-in answers.
pub fn token() -> Result<String, KeyError> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| KeyError::Random)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A password to be printed once and typed by a person.
pub fn first_password() -> Result<String, KeyError> {
    let mut bytes = [0; 15];
    rand::fill(&mut bytes).map_err(|_| KeyError::Random)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// How a token is stored: SHA-256, base64.
pub fn hash(token: &str) -> String {
    STANDARD.encode(digest(&SHA256, token.as_bytes()))
}

/// The SHA-256 of a password in lower-case hexadecimal, as clients send it.
pub fn hex_digest(text: &str) -> String {
    let digest = digest(&SHA256, text.as_bytes());
    digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _infallible = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keyring::open(folder.path()).unwrap();
        let sealed = keys.seal("setting:a", b"hunter2").unwrap();
        assert!(!sealed.windows(7).any(|window| window == b"hunter2"));
        assert_eq!(keys.unseal("setting:a", &sealed).unwrap(), b"hunter2");
        assert!(keys.unseal("setting:b", &sealed).is_err());
        assert!(keys.unseal("setting:a", &sealed[..5]).is_err());
        let again = Keyring::open(folder.path()).unwrap();
        assert_eq!(again.unseal("setting:a", &sealed).unwrap(), b"hunter2");
        assert_eq!(again.fingerprint(), keys.fingerprint());
        assert_eq!(again.derive("a"), keys.derive("a"));
        assert_ne!(keys.derive("a"), keys.derive("b"));
    }

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        Keyring::open(folder.path()).unwrap();
        let path = key_file(folder.path());
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let refused = Keyring::open(folder.path()).err().unwrap().to_string();
        assert!(refused.contains("chmod 600"), "{refused}");
    }

    #[test]
    fn digests_are_those_of_the_wire() {
        assert_eq!(
            hex_digest("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(token().unwrap().len(), 43);
        assert_ne!(token().unwrap(), token().unwrap());
    }
}
