//! The page for those who open the address in a browser: whether the server lives, and where things are.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{Html, IntoResponse, Response};

use crate::assets::root;
use crate::operations::last_position;
use crate::widget::attribute;
use crate::wire::Wire;

const REFERENCE: &str = r#"      <li><a href="{{root}}docs">The API reference</a><p class="soft">Both APIs and the webhooks’ events, to read and to search</p></li>
"#;

/// What it tells of the server.
pub(crate) struct Front<'w> {
    pub is_ready: bool,
    pub site_url: &'w str,
    /// Whether the page at `/docs` is part of this build.
    pub has_reference: bool,
}

impl<'w> Front<'w> {
    pub async fn of(wire: &'w Wire) -> Self {
        Self {
            is_ready: last_position(wire).await.is_ok(),
            site_url: &wire.options.site_url,
            has_reference: hark_ui::reference("index.html", "").is_some(),
        }
    }

    /// Strangers may read this: what runs here, and how much happened, is not for them. Its links are relative,
    /// because a proxy may have put all of it below a path that is not known here.
    fn html(&self, path: &str) -> String {
        let state = if self.is_ready {
            "Ready."
        } else {
            "Not ready; the log says why."
        };
        let reference = if self.has_reference { REFERENCE } else { "" };
        include_str!("front.html")
            .replace("{{reference}}\n", reference)
            .replace("{{state}}", state)
            .replace("{{root}}", &root(path))
            .replace("{{site}}", &attribute(self.site_url))
    }

    pub fn page(&self, path: &str) -> Response {
        let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        let headers = [
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
        ];
        (headers, Html(self.html(path))).into_response()
    }
}

pub async fn about(State(wire): State<Arc<Wire>>, uri: Uri) -> Response {
    Front::of(&wire).await.page(uri.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_links_lead_to_what_this_build_has_and_stay_below_the_path_of_a_proxy() {
        for has_reference in [true, false] {
            let front = Front {
                is_ready: true,
                site_url: "https://example.org/chat?\"<b>",
                has_reference,
            };
            let html = front.html("/about");
            assert!(!html.contains("{{"), "{html}");
            assert_eq!(html.contains("href=\"./docs\""), has_reference);
            assert!(!html.contains("href=\"/"), "{html}");
            assert!(html.contains("https://example.org/chat?&quot;&lt;b&gt;/livechat/widget.js"));
        }
    }
}
