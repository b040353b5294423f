use std::pin::Pin;

use axum::http::Method;

use crate::answer::Answer;
use crate::call::Call;
use crate::rocketchat;
use crate::shape::Shape;

/// One row of the route table.
pub struct Route {
    pub method: Method,
    /// Below `/api/v1/`, with `{name}` for a part that varies.
    pub path: &'static str,
    pub access: Access,
    /// Whether a caller has to have shown a second factor lately.
    pub second_factor: bool,
    pub rate: Rate,
    /// The query of a GET, the body of everything else.
    pub params: Shape,
    /// One line for the API document.
    pub summary: &'static str,
    pub handler: Handler,
}

pub type Handler = fn(Call) -> Pin<Box<dyn Future<Output = Answer> + Send>>;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Anyone,
    /// Whoever is logged in.
    User,
    /// Whoever is logged in and holds this permission.
    Permission(&'static str),
}

/// How often one address may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// As the settings say.
    Standard,
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
            method,
            path,
            access,
            second_factor: false,
            rate: Rate::Standard,
            params: Shape::Anything,
            summary,
            handler,
        }
    }

    #[must_use]
    pub const fn takes(mut self, params: Shape) -> Self {
        self.params = params;
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
}

/// Writes a row: `route!(GET "users.info", User, "what it does", info)`.
macro_rules! route {
    ($method:ident $path:literal, $access:expr, $summary:literal, $handler:path) => {
        $crate::route::Route::new(
            axum::http::Method::$method,
            $path,
            $access,
            $summary,
            |call| Box::pin($handler(call)),
        )
    };
}
pub(crate) use route;

/// Every route below `/api/v1/`.
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
    ]
    .into_iter()
    .flatten()
    .copied()
    .collect()
}
