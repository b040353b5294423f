//! What a site says of its visitor in a signed token.

use hark_store::Timestamp;
use serde_json::{Value, json};

use crate::jwt::Jwt;
use crate::refusal::IdentityFault;
use crate::text::is_email;

/// A token is no longer than this.
pub const LONGEST: usize = 4_096;
const LONGEST_SUB: usize = 200;
const LONGEST_NAME: usize = 1_000;
const LONGEST_EMAIL: usize = 254;
/// A token that lies around is of no use on the next day.
const LONGEST_LIFE_SECONDS: i64 = 86_400;
/// How far the site's clock may be ahead.
const LEEWAY_SECONDS: i64 = 60;
const AUDIENCE: &str = "hark";

/// Whom a site means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The site's own name for them.
    pub sub: String,
    /// In small letters.
    pub email: String,
    pub name: Option<String>,
}

impl Claims {
    /// Of a token whose signature is known to be good.
    pub fn of(jwt: &Jwt<'_>, now: Timestamp) -> Result<Self, IdentityFault> {
        let claims = &jwt.claims;
        let now = now.millis().div_euclid(1000);
        let until = seconds(&claims["exp"]).ok_or(IdentityFault::Expiry)?;
        if until <= now {
            return Err(IdentityFault::Expired);
        }
        if until > now + LONGEST_LIFE_SECONDS + LEEWAY_SECONDS {
            return Err(IdentityFault::TooLong);
        }
        if let Some(from) = claims.get("nbf")
            && seconds(from).is_none_or(|from| from > now + LEEWAY_SECONDS)
        {
            return Err(IdentityFault::NotYet);
        }
        match claims.get("aud") {
            None => {}
            Some(Value::Array(all)) if all.contains(&json!(AUDIENCE)) => {}
            Some(one) if one == AUDIENCE => {}
            Some(_) => return Err(IdentityFault::Audience),
        }
        let sub = claims["sub"].as_str().unwrap_or_default();
        if sub.trim().is_empty() || sub.contains('\0') || sub.chars().nth(LONGEST_SUB).is_some() {
            return Err(IdentityFault::Sub);
        }
        let email = claims["email"].as_str().unwrap_or_default();
        let email = email.trim().to_lowercase();
        if email.len() > LONGEST_EMAIL || !is_email(&email) {
            return Err(IdentityFault::Email);
        }
        let name = match claims.get("name") {
            None | Some(Value::Null) => None,
            Some(Value::String(name))
                if !name.contains('\0') && name.chars().nth(LONGEST_NAME).is_none() =>
            {
                Some(name.clone()).filter(|name| !name.trim().is_empty())
            }
            Some(_) => return Err(IdentityFault::Name),
        };
        Ok(Self {
            sub: sub.to_owned(),
            email,
            name,
        })
    }
}

/// A moment as tokens have it. Some libraries write parts of seconds.
fn seconds(value: &Value) -> Option<i64> {
    let seconds = value.as_f64()?;
    // Beyond this no clock goes.
    (0.0..=1e12).contains(&seconds).then_some(seconds as i64)
}
