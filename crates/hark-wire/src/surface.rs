//! The APIs that are spoken here: where each is, and how it words what is wrong. What a row of the
//! table means is the same on all of them.

use axum::http::{HeaderMap, Method};
use axum::response::Response;
use serde_json::Value;

use crate::answer::{self, Answer, Failure};
use crate::problem;
use crate::shape::Shape;
use crate::strict;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    RocketChat,
    /// Our own.
    Hark,
}

/// What a caller shows of himself.
pub enum Shown {
    /// An account and a token of it.
    Both(String, String),
    Token(String),
}

impl Surface {
    /// What stands before the paths of its rows.
    pub const fn base(self) -> &'static str {
        match self {
            Self::RocketChat => "/api/v1/",
            Self::Hark => "/api/hark/v1/",
        }
    }

    /// In whose words it is said that there is nothing at a path.
    pub fn of_path(path: &str) -> Self {
        match path.starts_with(Self::Hark.base()) {
            true => Self::Hark,
            false => Self::RocketChat,
        }
    }

    /// Whether bodies may be forms; else they are JSON, and anything else is refused.
    pub const fn takes_forms(self) -> bool {
        match self {
            Self::RocketChat => true,
            Self::Hark => false,
        }
    }

    pub fn shown(self, headers: &HeaderMap) -> Option<Shown> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if let Some((user, token)) = text("x-user-id").zip(text("x-auth-token")) {
            return Some(Shown::Both(user.to_owned(), token.to_owned()));
        }
        match self {
            Self::RocketChat => None,
            Self::Hark => {
                let (scheme, token) = text("authorization")?.split_once(' ')?;
                let is_bearer = scheme.eq_ignore_ascii_case("bearer");
                is_bearer.then(|| Shown::Token(token.trim().to_owned()))
            }
        }
    }

    /// Whether parameters have the shape; what is a number or a switch becomes one.
    pub fn fit(self, shape: &Shape, method: &Method, params: &mut Value) -> Result<(), Failure> {
        match self {
            Self::RocketChat => shape.fit(params).map_err(|words| shape.failure(words)),
            Self::Hark => strict::fit(shape, params, *method == Method::GET),
        }
    }

    pub fn respond(self, answer: Answer) -> Response {
        match self {
            Self::RocketChat => answer::respond(answer),
            Self::Hark => problem::respond(answer),
        }
    }
}
