use std::pin::Pin;

use axum::http::Method;
use axum::response::Response;

use crate::call::Call;
use crate::shape::Shape;
use crate::surface::Surface;
use crate::{comm100, rocketchat};

/// One row of the route table.
pub struct Route {
    pub surface: Surface,
    pub method: Method,
    /// Below the base of its surface, with `{name}` for a part that varies.
    pub path: &'static str,
    pub access: Access,
    /// Whether a caller has to have shown a second factor lately.
    pub second_factor: bool,
    pub rate: Rate,
    /// Whether who lacks the permission is told `unauthorized` and nothing else.
    pub curt: bool,
    /// Whether clients are told to look for another route.
    pub deprecated: bool,
    /// The query of a GET, the body of everything else.
    pub params: Shape,
    /// Whether the body is a form with a file, which the handler reads as it comes.
    pub file: bool,
    /// One line for the API document.
    pub summary: &'static str,
    pub handler: Handler,
}

pub type Handler = fn(Call) -> Pin<Box<dyn Future<Output = Response> + Send>>;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Anyone,
    /// Whoever shows the token of a visitor, which the handler looks up: it opens what is that
    /// visitor's, and nothing else.
    Visitor,
    /// Whoever is logged in.
    User,
    /// Whoever is logged in and holds this permission.
    Permission(&'static str),
    /// Whoever holds all of these.
    AllOf(&'static [&'static str]),
    /// Whoever holds one of these.
    AnyOf(&'static [&'static str]),
}

impl Access {
    /// Whether a route has to know who is logged in.
    pub const fn wants_login(self) -> bool {
        !matches!(self, Self::Anyone | Self::Visitor)
    }

    /// Whether someone gets in of whom only these permissions are known.
    pub fn admits(self, holds: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Anyone | Self::Visitor | Self::User => true,
            Self::Permission(permission) => holds(permission),
            Self::AllOf(permissions) => permissions.iter().all(|permission| holds(permission)),
            Self::AnyOf(permissions) => permissions.iter().any(|permission| holds(permission)),
        }
    }
}

/// How often one address may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// As the settings say.
    Standard,
    /// So many in a minute, whatever the settings say.
    PerMinute(i64),
    /// So many in so many seconds, of all routes of the surface together.
    Together(i64, i64),
    Unlimited,
}

impl Route {
    pub const fn new(
        method: Method,
        path: &'static str,
        access: Access,
        summary: &'static str,
        handler: Handler,
    ) -> Self {
        Self {
            surface: Surface::RocketChat,
            method,
            path,
            access,
            second_factor: false,
            rate: Rate::Standard,
            curt: false,
            deprecated: false,
            params: Shape::Anything,
            file: false,
            summary,
            handler,
        }
    }

    /// Where a client finds it.
    pub fn full_path(&self) -> String {
        format!("{}{}", self.surface.base(), self.path)
    }

    #[must_use]
    pub const fn on(mut self, surface: Surface) -> Self {
        self.surface = surface;
        self
    }

    #[must_use]
    pub const fn takes(mut self, params: Shape) -> Self {
        self.params = params;
        self
    }

    #[must_use]
    pub const fn takes_file(mut self) -> Self {
        self.file = true;
        self
    }

    #[must_use]
    pub const fn with_second_factor(mut self) -> Self {
        self.second_factor = true;
        self
    }

    #[must_use]
    pub const fn unlimited(mut self) -> Self {
        self.rate = Rate::Unlimited;
        self
    }

    #[must_use]
    pub const fn per_minute(mut self, calls: i64) -> Self {
        self.rate = Rate::PerMinute(calls);
        self
    }

    #[must_use]
    pub const fn together(mut self, calls: i64, seconds: i64) -> Self {
        self.rate = Rate::Together(calls, seconds);
        self
    }

    #[must_use]
    pub const fn curt(mut self) -> Self {
        self.curt = true;
        self
    }

    #[must_use]
    pub const fn deprecated(mut self) -> Self {
        self.deprecated = true;
        self
    }
}

/// Writes a row: `route!(GET "users.info", User, "what it does", info)`.
macro_rules! route {
    ($method:ident $path:literal, $access:expr, $summary:literal, $handler:path) => {
        $crate::route::Route::new(
            axum::http::Method::$method,
            $path,
            $access,
            $summary,
            |call| {
                Box::pin(async move {
                    axum::response::IntoResponse::into_response($handler(call).await)
                })
            },
        )
    };
}
pub(crate) use route;

/// Every route of every surface.
pub fn table() -> Vec<&'static Route> {
    [
        rocketchat::login::ROUTES,
        rocketchat::users::ROUTES,
        rocketchat::people::ROUTES,
        rocketchat::tokens::ROUTES,
        rocketchat::roles::ROUTES,
        rocketchat::permissions::ROUTES,
        rocketchat::settings::ROUTES,
        rocketchat::methods::ROUTES,
        rocketchat::offline::ROUTES,
        rocketchat::uploads::ROUTES,
        rocketchat::agent_rooms::ROUTES,
        rocketchat::contacts::ROUTES,
        rocketchat::inquiries::ROUTES,
        rocketchat::visitors::ROUTES,
        rocketchat::visitor_rooms::ROUTES,
        rocketchat::widget::ROUTES,
        rocketchat::chat::ROUTES,
        rocketchat::direct_messages::ROUTES,
        rocketchat::subscriptions::ROUTES,
        rocketchat::team_rooms::ROUTES,
        rocketchat::agents::ROUTES,
        rocketchat::departments::ROUTES,
        rocketchat::appearance::ROUTES,
        rocketchat::integrations::ROUTES,
        rocketchat::business_hours::ROUTES,
        rocketchat::custom_fields::ROUTES,
        rocketchat::transcripts::ROUTES,
        rocketchat::triggers::ROUTES,
        comm100::webhooks::ROUTES,
        comm100::oauth::ROUTES,
    ]
    .into_iter()
    .flatten()
    .copied()
    .collect()
}
