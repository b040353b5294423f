//! JSON Web Tokens (RFC 7519), as far as Hark takes them: signed, compact, of a bounded size. Which key
//! has to have signed one, and what it has to say, is for those who ask.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

pub struct Jwt<'t> {
    pub header: Value,
    pub claims: Value,
    /// What the signature is of.
    pub signed: &'t str,
    pub signature: Vec<u8>,
}

impl<'t> Jwt<'t> {
    /// Takes one apart. Nothing of it is proven by this.
    pub fn read(text: &'t str, longest: usize) -> Option<Self> {
        if text.len() > longest {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let parsed = |part: &str| -> Option<Value> {
            let value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()?;
            Some(value).filter(Value::is_object)
        };
        // A header that calls an extension critical is refused: none is known here.
        let header = parsed(header).filter(|header| header.get("crit").is_none())?;
        Some(Self {
            header,
            claims: parsed(claims)?,
            signed,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    pub fn algorithm(&self) -> Option<&str> {
        self.header["alg"].as_str()
    }
}
