//! The contracts that the wire speaks: where each lies, how its callers show who they are, in which
//! order they are checked, and in which words they are declined.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hark_chat::sessions::{self, Session};
use hark_store::{Error, Timestamp, View};

use crate::shape::Shape;
use crate::{answer, body, comm100};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Surface {
    RocketChat,
    /// Comm100's webhooks, whose clients write paths in any case.
    Comm100,
}

/// Why a request is declined before its handler sees it.
pub enum Refused {
    /// The query or the body cannot be read.
    Unreadable(StatusCode, &'static str),
    NotLoggedIn,
    /// So many seconds until the next may come.
    TooMany(i64),
    /// The parameters do not fit the shape.
    Misshapen(&'static Shape, String),
    Forbidden {
        curt: bool,
    },
    /// These are the methods that there are.
    WrongMethod(String),
    UnknownPath {
        method: String,
        path: String,
    },
    Store(Error),
}

/// What a caller shows to prove who he is.
#[derive(Debug, Clone)]
pub enum Shown {
    /// His id and his token.
    Pair { user: String, token: String },
    /// A token alone.
    Bearer(String),
    /// His name or address, and a personal access token.
    Key { name: String, token: String },
}

impl Shown {
    pub fn find(&self, view: &mut View<'_>, now: Timestamp) -> Result<Option<Session>, Error> {
        match self {
            Self::Pair { user, token } => sessions::find(view, now, user, token),
            Self::Bearer(token) => sessions::find_by_token(view, now, token),
            Self::Key { name, token } => sessions::find_by_key(view, now, name, token),
        }
    }
}

impl Surface {
    /// What the paths of its routes begin with.
    pub const fn base(self) -> &'static str {
        match self {
            Self::RocketChat => "/api/v1/",
            Self::Comm100 => "/",
        }
    }

    /// In whose words it is said that there is nothing at a path.
    pub fn of_path(path: &str) -> Self {
        let begins = |with: &str| {
            path.get(..with.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(with))
        };
        match begins("/v4/") || begins("/oauth/") {
            true => Self::Comm100,
            false => Self::RocketChat,
        }
    }

    pub fn shown(self, headers: &HeaderMap) -> Option<Shown> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        match self {
            Self::RocketChat => Some(Shown::Pair {
                user: text("x-user-id")?.to_owned(),
                token: text("x-auth-token")?.to_owned(),
            }),
            Self::Comm100 => authorization(text(header::AUTHORIZATION.as_str())?),
        }
    }

    /// Whether a request is read before it is asked who sends it, and its parameters are looked at
    /// before it is asked what he may.
    pub const fn reads_first(self) -> bool {
        matches!(self, Self::RocketChat)
    }

    /// How much a body may be.
    pub const fn largest_body(self, known: bool) -> usize {
        match (self, known) {
            (Self::RocketChat, true) => body::LARGEST,
            (Self::RocketChat, false) => body::LARGEST_FROM_STRANGERS,
            (Self::Comm100, _) => comm100::LARGEST_BODY,
        }
    }

    pub fn refuse(self, refused: Refused) -> Response {
        match self {
            Self::RocketChat => answer::refuse(refused),
            Self::Comm100 => comm100::refuse(refused),
        }
    }
}

/// `Bearer token`, or `Basic` with a name and a key.
fn authorization(text: &str) -> Option<Shown> {
    let (scheme, rest) = text.trim().split_once(' ')?;
    let rest = rest.trim();
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Some(Shown::Bearer(rest.to_owned())),
        "basic" => {
            let pair = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
            let (name, token) = pair.split_once(':')?;
            Some(Shown::Key {
                name: name.replace('\0', ""),
                token: token.to_owned(),
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_a_surface_in_any_case() {
        for path in ["/v4/livechat/webhooks", "/V4/LiveChat", "/OAuth/token"] {
            assert_eq!(Surface::of_path(path), Surface::Comm100, "{path}");
        }
        for path in ["/", "/v4", "/v40/", "/api/v1/me", "/é4/x"] {
            assert_eq!(Surface::of_path(path), Surface::RocketChat, "{path}");
        }
    }

    #[test]
    fn callers_show_a_token_or_a_name_and_a_key() {
        let shown = |text: &str| authorization(text);
        assert!(matches!(shown("bearer  abc"), Some(Shown::Bearer(token)) if token == "abc"));
        let basic = format!("Basic {}", STANDARD.encode("a@b.c:k:e:y"));
        assert!(
            matches!(shown(&basic), Some(Shown::Key { name, token }) if name == "a@b.c" && token == "k:e:y")
        );
        for text in ["", "Bearer", "Basic !", "Basic YWJj", "Digest x"] {
            assert!(shown(text).is_none(), "{text}");
        }
    }
}
