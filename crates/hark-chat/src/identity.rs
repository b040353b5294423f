//! Who a visitor is by the word of a site: the same person in whichever browser they come.

use hark_store::{Result, Timestamp, View};

use crate::contacts::Arrival;
use crate::sites;
use crate::visitors::{self as registered, Registration, Traces};
use hark_model::identity::{Claims, LONGEST};
use hark_model::jwt::Jwt;
use hark_model::visitors::{self, Visitor};
use hark_model::{Context, IdentityFault, Keyring, Refusal, keys};

/// What a browser shows.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What the site has signed.
    pub identity: String,
    /// By which the browser was known until now.
    pub token: Option<String>,
    pub traces: Traces,
}

/// Somebody whom a site vouches for.
struct Vouched {
    site: String,
    claims: Claims,
}

/// The visitor whom the site means. The browser is given that visitor's token on the strength of
/// the signature, whatever token they have shown. `sure` is the present where the clock is not believed.
pub fn identify(
    cx: &mut Context<'_, '_>,
    keyring: &Keyring,
    shown: &Shown,
    sure: Timestamp,
) -> Result<Visitor, Refusal> {
    let Vouched { site, claims } = vouched(cx, keyring, &shown.identity, sure)?;
    // Two sites may mean different people by one name.
    let identity = format!("{site}:{}", claims.sub);
    if let Some(known) = visitors::find_by_identity(cx.tx, &identity)? {
        return bring_up_to_date(cx, &known.id, &claims);
    }
    // Of two browsers that are first at once, one makes the visitor, and the other finds them. A site
    // that was removed meanwhile says nothing more.
    if !sites::lock(cx.tx, &site)? {
        return Err(Refusal::Identity(IdentityFault::Signature));
    }
    if let Some(known) = visitors::find_by_identity(cx.tx, &identity)? {
        return bring_up_to_date(cx, &known.id, &claims);
    }
    let of_browser = match &shown.token {
        Some(token) => visitors::find_by_token(cx.tx, token)?,
        None => None,
    };
    // An earlier user of this browser may know its token, so the person gets another.
    let token = keys::token()?;
    let id = match of_browser.filter(|visitor| visitor.identity.is_none()) {
        Some(visitor) => visitor.id,
        None => {
            let registration = Registration {
                token: token.clone(),
                name: claims.name.clone(),
                traces: shown.traces.clone(),
                ..Registration::default()
            };
            let email = Some(claims.email.clone());
            registered::create(cx, &registration, None, email, &[])?.id
        }
    };
    registered::change(cx, &id, Arrival::Page, |visitor| {
        visitor.token.clone_from(&token);
        visitor.identity = Some(identity);
        apply(visitor, &claims);
    })
}

fn bring_up_to_date(
    cx: &mut Context<'_, '_>,
    id: &str,
    claims: &Claims,
) -> Result<Visitor, Refusal> {
    registered::change(cx, id, Arrival::Page, |visitor| apply(visitor, claims))
}

/// What the site says stands first, and what agents have noted besides stays.
fn apply(visitor: &mut Visitor, claims: &Claims) {
    if visitor.emails.first() != Some(&claims.email) {
        visitor.emails = vec![claims.email.clone()];
    }
    if let Some(name) = &claims.name {
        visitor.name = Some(name.clone());
    }
}

/// Whom a token means, if a site has signed it whose secret or key is still good. While the clock is
/// doubted the site's own is right by what ours says or by the time that has passed, and nobody knows by
/// which.
fn vouched(
    cx: &mut Context<'_, '_>,
    keyring: &Keyring,
    token: &str,
    sure: Timestamp,
) -> Result<Vouched, Refusal> {
    let jwt = Jwt::read(token, LONGEST).ok_or(IdentityFault::Unreadable)?;
    if jwt.algorithm().and_then(sites::Algorithm::parse).is_none() {
        return Err(IdentityFault::Algorithm.into());
    }
    let site = signer(cx.tx, keyring, sure, &jwt)?.ok_or(IdentityFault::Signature)?;
    let claims = Claims::of(&jwt, sure).or_else(|_| Claims::of(&jwt, cx.now))?;
    Ok(Vouched { site, claims })
}

/// The id of the site that has signed it.
fn signer(
    view: &mut View<'_>,
    keyring: &Keyring,
    now: Timestamp,
    jwt: &Jwt<'_>,
) -> Result<Option<String>> {
    let sites = sites::all(view, keyring, now)?;
    let signer = sites.into_iter().find(|site| {
        let mut secrets = site.secrets.iter();
        secrets.any(|secret| secret.has_signed(jwt))
    });
    Ok(signer.map(|site| site.id))
}
