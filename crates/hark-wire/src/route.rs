//! What a row of the route table says. The rows stand above their handlers.

use axum::http::Method;
use serde_json::Value;

use crate::body::Size;
use crate::call::Call;
use crate::handler::{Answering, Described, Handler};
use crate::shape::{Field, Shape};
use crate::surface::Surface;

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
    /// Whether those who lack the permission hear `unauthorized`, and not that one is missing.
    pub hides_permission: bool,
    /// Whether clients should look for another route.
    pub deprecated: bool,
    /// The query of a GET, the body of everything else.
    pub params: Shape,
    /// What of that the handler looks at itself, where `params` says nothing; for the API document.
    pub reads: &'static [Field],
    /// Names that parameters had once, each with its name of now: clients that were written then go on.
    pub earlier: &'static [(&'static str, &'static str)],
    /// How much its body may be, where that is not what the surface says.
    pub body: Option<Size>,
    /// What its file is called, where the body is a form with one, which the handler reads as it comes.
    pub file: Option<&'static str>,
    pub leaves: Leaves,
    /// Whether the answer goes on until somebody ends it.
    pub endless: bool,
    /// Its answers in the API document, where they are described there.
    pub answers: &'static [Described],
    /// One line for the API document.
    pub summary: &'static str,
    pub handler: fn(Call) -> Answering,
}

/// Whether a call leaves something behind, of which there may be so much in a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaves {
    /// What a visitor does who shows a token, but for a GET.
    AsItsMethodSays,
    /// Although it may only ask, or asks for no token.
    Something,
    /// It ends what was there: that is always possible.
    AnEnd,
    /// What it leaves takes the place of what it left before.
    NothingMore,
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Anyone,
    /// Anyone who shows the token of a visitor, which the handler looks up: it opens what is that
    /// visitor's, and nothing else.
    Visitor,
    User,
    /// Anyone who is logged in and holds this permission.
    Permission(&'static str),
    /// Anyone who is logged in and holds all of these.
    AllOf(&'static [&'static str]),
    /// Anyone who is logged in and holds one of these.
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
        handler: fn(Call) -> Answering,
    ) -> Self {
        Self {
            surface,
            method,
            path,
            name,
            access,
            second_factor: false,
            rate: match surface {
                // As Comm100 itself has it.
                Surface::Comm100 => Rate::Together(300, 300),
                Surface::RocketChat | Surface::Hark => Rate::Standard,
            },
            each_visitor: matches!(access, Access::Visitor),
            hides_permission: false,
            deprecated: false,
            params: Shape::Anything,
            reads: &[],
            earlier: &[],
            body: None,
            file: None,
            leaves: Leaves::AsItsMethodSays,
            endless: false,
            answers: &[],
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

    /// How much the body of a caller may be who is known or not. Those who will be sent away send
    /// no more than any stranger.
    pub const fn largest_body(&self, known: bool) -> Size {
        match self.body {
            Some(size) if known || !self.access.wants_login() => size,
            _ => self.surface.largest_body(known),
        }
    }

    #[must_use]
    pub const fn takes(mut self, body: Size) -> Self {
        self.body = Some(body);
        self
    }

    /// Names what the handler reads and checks itself, in words of its own; for the API document alone.
    #[must_use]
    pub const fn reads(mut self, fields: &'static [Field]) -> Self {
        self.reads = fields;
        self
    }

    #[must_use]
    pub const fn earlier(mut self, names: &'static [(&'static str, &'static str)]) -> Self {
        self.earlier = names;
        self
    }

    /// What was given under an earlier name, under that of now. Who gives both has given one too much.
    pub fn with_names_of_now(&self, params: &mut Value) {
        let Some(members) = params.as_object_mut() else {
            return;
        };
        for (earlier, now) in self.earlier {
            if !members.contains_key(*now)
                && let Some(value) = members.remove(*earlier)
            {
                members.insert((*now).to_owned(), value);
            }
        }
    }

    #[must_use]
    pub const fn takes_file(self) -> Self {
        self.takes_file_called("file")
    }

    #[must_use]
    pub const fn takes_file_called(mut self, field: &'static str) -> Self {
        self.file = Some(field);
        self
    }

    /// What it takes and answers is said by the types of its handler.
    #[must_use]
    pub const fn typed<Taken, H: Handler<Taken>>(mut self, _: &H) -> Self {
        self.params = H::TAKES;
        self.answers = H::ANSWERS;
        self
    }

    #[must_use]
    pub const fn leaves_something(mut self) -> Self {
        self.leaves = Leaves::Something;
        self
    }

    #[must_use]
    pub const fn ends_something(mut self) -> Self {
        self.leaves = Leaves::AnEnd;
        self
    }

    #[must_use]
    pub const fn leaves_nothing_more(mut self) -> Self {
        self.leaves = Leaves::NothingMore;
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

    /// What all visitors at an address ask for together is what is counted.
    #[must_use]
    pub const fn each_address(mut self) -> Self {
        self.each_visitor = false;
        self
    }

    #[must_use]
    pub const fn each_visitor(mut self) -> Self {
        self.each_visitor = true;
        self
    }

    #[must_use]
    pub const fn hides_permission(mut self) -> Self {
        self.hides_permission = true;
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
/// `route!(Hark GET "endpoints", …)`, and of Comm100's `route!(Comm100 GET "v4/livechat/webhooks", …)`.
macro_rules! route {
    ($method:ident $path:literal, $($rest:tt)+) => {
        route!(@ RocketChat $method $path $path, $($rest)+)
    };
    (Hark $method:ident $path:literal, $($rest:tt)+) => {
        route!(@ Hark $method $path (concat!("hark/v1/", $path)), $($rest)+)
    };
    (Comm100 $method:ident $path:literal, $($rest:tt)+) => {
        route!(@ Comm100 $method $path $path, $($rest)+)
    };
    (@ $surface:ident $method:ident $path:literal $name:expr, $access:expr, $summary:literal, $handler:path) => {
        $crate::route::Route::new(
            $crate::surface::Surface::$surface,
            axum::http::Method::$method,
            $path,
            $name,
            $access,
            $summary,
            |call| $crate::handler::Handler::handle($handler, call),
        )
        .typed(&$handler)
    };
}
pub(crate) use route;

#[cfg(test)]
mod tests {
    use super::*;

    fn row(path: &'static str) -> Route {
        let handler = |_| -> Answering { Box::pin(async { crate::answer::Reply::done() }) };
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
