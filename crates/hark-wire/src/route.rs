use std::pin::Pin;

use axum::http::Method;

use crate::answer::Answer;
use crate::call::Call;
use crate::shape::Shape;
use crate::surface::Surface;
use crate::{comm100, hark, rocketchat};

/// One row of the route table.
pub struct Route {
    pub surface: Surface,
    pub method: Method,
    /// Below the base of its surface, with `{name}` for a part that varies. A verb may stand at the
    /// end of a last part that varies: `{id}:pause`.
    pub path: &'static str,
    /// Its path as metrics and limits know it, different from those of all other surfaces.
    pub name: &'static str,
    pub access: Access,
    /// Whether a caller has to have shown a second factor lately.
    pub second_factor: bool,
    pub rate: Rate,
    /// Whether visitors who show their tokens are counted apart.
    pub each_visitor: bool,
    /// Whether who lacks the permission is told `unauthorized` and nothing else.
    pub curt: bool,
    /// Whether clients are told to look for another route.
    pub deprecated: bool,
    /// The query of a GET, the body of everything else.
    pub params: Shape,
    /// Whether the body is a form with a file, which the handler reads as it comes.
    pub file: bool,
    /// Whether the answer goes on until somebody ends it.
    pub endless: bool,
    /// The status and the schema of its answer in the API document, where it is described there.
    pub answers: Option<(u16, &'static str)>,
    /// One line for the API document.
    pub summary: &'static str,
    pub handler: Handler,
}

pub type Handler = fn(Call) -> Pin<Box<dyn Future<Output = Answer> + Send>>;

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

/// How often one address may call a route, or one visitor there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// As the settings say.
    Standard,
    /// So many in a minute, whatever the settings say.
    PerMinute(i64),
    /// So many in so many seconds, of all such routes of the surface together.
    Together(i64, i64),
    Unlimited,
}

impl Route {
    pub const fn new(
        surface: Surface,
        method: Method,
        path: &'static str,
        name: &'static str,
        access: Access,
        summary: &'static str,
        handler: Handler,
    ) -> Self {
        Self {
            surface,
            method,
            path,
            name,
            access,
            second_factor: false,
            rate: Rate::Standard,
            each_visitor: matches!(access, Access::Visitor),
            curt: false,
            deprecated: false,
            params: Shape::Anything,
            file: false,
            endless: false,
            answers: None,
            summary,
            handler,
        }
    }

    /// Its path without the verb, and the verb.
    pub fn pattern(&self) -> (&'static str, Option<&'static str>) {
        match self.path.rsplit_once("}:") {
            Some((before, verb)) => (&self.path[..=before.len()], Some(verb)),
            None => (self.path, None),
        }
    }

    /// Its whole path, with each part that varies as it is given.
    pub fn url(&self, mut given: impl FnMut(&str) -> String) -> String {
        let mut url = self.surface.base().to_owned();
        let mut rest = self.path;
        while let Some((before, name, after)) = split_at_name(rest) {
            url.push_str(before);
            url.push_str(&given(name));
            rest = after;
        }
        url.push_str(rest);
        url
    }

    /// The names of the parts that vary.
    pub fn path_names(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        let mut rest = self.path;
        while let Some((_, name, after)) = split_at_name(rest) {
            names.push(name);
            rest = after;
        }
        names
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
    pub const fn answers(mut self, status: u16, schema: &'static str) -> Self {
        self.answers = Some((status, schema));
        self
    }

    #[must_use]
    pub const fn endless(mut self) -> Self {
        self.endless = true;
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
    pub const fn each_visitor(mut self) -> Self {
        self.each_visitor = true;
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

fn split_at_name(path: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = path.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// Writes a row: `route!(GET "users.info", User, "what it does", info)`, of our own API
/// `route!(Hark GET "endpoints", …)`, and of Comm100's, whose handlers answer in its words,
/// `route!(Comm100 GET "v4/livechat/webhooks", …)`.
macro_rules! route {
    ($method:ident $path:literal, $access:expr, $summary:literal, $handler:path) => {
        route!(@ RocketChat $method $path $path, $access, $summary, |call| Box::pin($handler(call)))
    };
    (Hark $method:ident $path:literal, $access:expr, $summary:literal, $handler:path) => {
        route!(@ Hark $method $path (concat!("hark/v1/", $path)), $access, $summary, |call| Box::pin($handler(call)))
    };
    (Comm100 $method:ident $path:literal, $access:expr, $summary:literal, $handler:path) => {
        route!(@ Comm100 $method $path $path, $access, $summary, |call| Box::pin(async move {
            $crate::comm100::answer($handler(call).await)
        }))
    };
    (@ $surface:ident $method:ident $path:literal $name:expr, $access:expr, $summary:literal, $handler:expr) => {
        $crate::route::Route::new(
            $crate::surface::Surface::$surface,
            axum::http::Method::$method,
            $path,
            $name,
            $access,
            $summary,
            $handler,
        )
    };
}
pub(crate) use route;

/// Every row.
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
        hark::endpoints::ROUTES,
        hark::deliveries::ROUTES,
        hark::replays::ROUTES,
        hark::events::ROUTES,
        hark::stats::ROUTES,
        hark::widget::ROUTES,
    ]
    .into_iter()
    .flatten()
    .copied()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(path: &'static str) -> Route {
        let handler: Handler = |_| Box::pin(async { crate::answer::Reply::done() });
        Route::new(
            Surface::Hark,
            Method::POST,
            path,
            path,
            Access::User,
            "",
            handler,
        )
    }

    #[test]
    fn a_verb_stands_behind_the_last_part_that_varies() {
        let row = row("endpoints/{id}:pause");
        assert_eq!(row.pattern(), ("endpoints/{id}", Some("pause")));
        assert_eq!(row.path_names(), ["id"]);
        let url = row.url(|name| format!("<{name}>"));
        assert_eq!(url, "/api/hark/v1/endpoints/<id>:pause");
    }

    #[test]
    fn a_path_without_a_verb_is_its_own_pattern() {
        let row = row("endpoints/{id}/deliveries");
        assert_eq!(row.pattern(), ("endpoints/{id}/deliveries", None));
        assert_eq!(
            row.url(|_| "7".into()),
            "/api/hark/v1/endpoints/7/deliveries"
        );
    }
}
