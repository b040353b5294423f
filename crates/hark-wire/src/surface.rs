//! The APIs that are spoken here: where each is, and how it words what is wrong. What a row of the
//! table means is the same on all of them.

use axum::http::{HeaderMap, Method};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hark_staff::sessions::{self, Session};
use hark_store::{Error, Timestamp, View};
use serde_json::Value;

use crate::answer::{self, Answer, Failure};
use crate::body::{self, Size};
use crate::response::text;
use crate::shape::Shape;
use crate::{comm100_answer, problem, strict};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    RocketChat,
    /// Comm100's webhooks, whose clients write paths in any case.
    Comm100,
    /// Our own.
    Hark,
}

/// What a caller shows to say who they are.
pub enum Credentials {
    /// An account and a token of it.
    Both(String, String),
    Token(String),
    /// A user name or address, and a personal access token of that account.
    Key(String, String),
}

impl Credentials {
    pub fn find(&self, view: &mut View<'_>, now: Timestamp) -> Result<Option<Session>, Error> {
        match self {
            Self::Both(user, token) => sessions::find(view, now, user, token),
            Self::Token(token) => sessions::find_by_token(view, now, token),
            Self::Key(name, token) => sessions::find_by_key(view, now, name, token),
        }
    }
}

impl Surface {
    /// What stands before the paths of its rows.
    pub const fn base(self) -> &'static str {
        match self {
            Self::RocketChat => "/api/v1/",
            Self::Comm100 => "/",
            Self::Hark => "/api/hark/v1/",
        }
    }

    /// In whose words it is said that there is nothing at a path.
    pub fn of_path(path: &str) -> Self {
        let begins = |with: &str| {
            let start = path.get(..with.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(with))
        };
        // Also without the slash behind it, and with a version that is none.
        if path == "/api/hark" || path.starts_with("/api/hark/") {
            Self::Hark
        } else if begins("/v4/") || begins("/oauth/") {
            Self::Comm100
        } else {
            Self::RocketChat
        }
    }

    /// Whether bodies may be forms; else they are JSON, and anything else is refused.
    pub const fn takes_forms(self) -> bool {
        match self {
            Self::RocketChat | Self::Comm100 => true,
            Self::Hark => false,
        }
    }

    /// How much a body may be, of a caller who is known or not, unless its route says otherwise.
    pub const fn largest_body(self, known: bool) -> Size {
        match (self, known) {
            (Self::Comm100, _) => comm100_answer::LARGEST_BODY,
            (Self::RocketChat | Self::Hark, true) => body::OF_ACCOUNTS,
            (Self::RocketChat | Self::Hark, false) => body::OF_STRANGERS,
        }
    }

    pub fn credentials(self, headers: &HeaderMap) -> Option<Credentials> {
        let text = |name: &str| text(headers, name);
        let both = || {
            let (user, token) = text("x-user-id").zip(text("x-auth-token"))?;
            Some(Credentials::Both(user.to_owned(), token.to_owned()))
        };
        let authorization = || text("authorization").and_then(authorization);
        match self {
            Self::Comm100 => authorization(),
            // The original knows its two headers alone; a token by itself says whose it is.
            Self::RocketChat | Self::Hark => both()
                .or_else(|| authorization().filter(|shown| matches!(shown, Credentials::Token(_)))),
        }
    }

    /// Whether parameters have the shape; what is a number or a switch becomes one.
    pub fn fit(self, shape: &Shape, method: &Method, params: &mut Value) -> Result<(), Failure> {
        match self {
            Self::RocketChat => shape.fit(params).map_err(|words| shape.failure(words)),
            Self::Comm100 => shape.fit(params).map_err(|words| Failure::Misfit {
                pointer: String::new(),
                detail: words,
            }),
            Self::Hark => strict::fit(shape, params, *method == Method::GET),
        }
    }

    pub fn respond(self, answer: Answer) -> Response {
        match self {
            Self::RocketChat => answer::respond(answer),
            Self::Comm100 => comm100_answer::respond(answer),
            Self::Hark => problem::respond(answer),
        }
    }
}

/// `Bearer` and a token, or `Basic` with a name and a key.
fn authorization(text: &str) -> Option<Credentials> {
    let (scheme, rest) = text.trim().split_once(' ')?;
    let rest = rest.trim();
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Some(Credentials::Token(rest.to_owned())),
        "basic" => {
            let pair = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
            let (name, key) = pair.split_once(':')?;
            Some(Credentials::Key(name.to_owned(), key.to_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_comm100_in_any_case() {
        for path in ["/v4/livechat/webhooks", "/V4/LiveChat", "/OAuth/token"] {
            assert_eq!(Surface::of_path(path), Surface::Comm100, "{path}");
        }
        for path in ["/", "/v4", "/v40/", "/api/v1/me", "/é4/x"] {
            assert_eq!(Surface::of_path(path), Surface::RocketChat, "{path}");
        }
        assert_eq!(Surface::of_path("/api/hark/v1/x"), Surface::Hark);
    }

    #[test]
    fn callers_show_a_token_or_a_name_and_a_key() {
        assert!(
            matches!(authorization("bearer  abc"), Some(Credentials::Token(token)) if token == "abc")
        );
        let basic = format!("Basic {}", STANDARD.encode("a@b.c:k:e:y"));
        assert!(
            matches!(authorization(&basic), Some(Credentials::Key(name, key)) if name == "a@b.c" && key == "k:e:y")
        );
        for text in ["", "Bearer", "Basic !", "Basic YWJj", "Digest x"] {
            assert!(authorization(text).is_none(), "{text}");
        }
    }
}
