use axum::http::{HeaderMap, header};
use hark_model::{Policy, settings};

use crate::response::text;

/// On which sites the widget may be.
pub(crate) enum Sites {
    All,
    /// On these hosts, each with its port if it has an unusual one.
    Listed(Vec<String>),
}

impl Sites {
    pub fn of(policy: &Policy) -> Self {
        let listed = policy.text(settings::Livechat_AllowedDomainsList);
        let hosts = listed
            .split(',')
            .map(|host| host.trim().to_ascii_lowercase());
        let hosts: Vec<String> = hosts.filter(|host| !host.is_empty()).collect();
        if hosts.is_empty() {
            Self::All
        } else {
            Self::Listed(hosts)
        }
    }

    pub const fn are_all(&self) -> bool {
        matches!(self, Self::All)
    }

    /// Whether a page may have the widget that asks with this `Origin`; one that does not say whence
    /// it comes is no other site's.
    pub fn admit_origin(&self, headers: &HeaderMap, site_url: &str) -> bool {
        self.admit(headers, header::ORIGIN, site_url)
    }

    /// The same by the `Referer`, which pages may keep to themselves.
    pub fn admit_referer(&self, headers: &HeaderMap, site_url: &str) -> bool {
        self.admit(headers, header::REFERER, site_url)
    }

    fn admit(&self, headers: &HeaderMap, named_in: header::HeaderName, site_url: &str) -> bool {
        let Self::Listed(hosts) = self else {
            return true;
        };
        let Some(named) = text(headers, named_in).filter(|named| !named.is_empty()) else {
            return true;
        };
        let Some(host) = host_of(named) else {
            return false;
        };
        let host = host.to_ascii_lowercase();
        let is_own =
            text(headers, header::HOST) == Some(host.as_str()) || host_of(site_url) == Some(&host);
        is_own || hosts.contains(&host)
    }

    fn ancestors(&self) -> Option<String> {
        let Self::Listed(hosts) = self else {
            return None;
        };
        // Without a scheme a host would mean that of this page alone.
        let hosts = hosts
            .iter()
            .map(|host| format!(" http://{host} https://{host}"));
        Some(format!(
            "frame-ancestors 'self'{}",
            hosts.collect::<String>()
        ))
    }
}

/// The host of a URL, with its port if that is named.
fn host_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (_, host) = rest[..end].rsplit_once('@').unwrap_or(("", &rest[..end]));
    Some(host).filter(|host| !host.is_empty())
}

/// Where our own sockets are, behind a space: not every browser takes `'self'` for them too.
pub(crate) fn sockets(site_url: &str) -> String {
    match (site_url.split_once("://"), host_of(site_url)) {
        (Some(("https", _)), Some(host)) => format!(" wss://{host}"),
        (Some(_), Some(host)) => format!(" ws://{host}"),
        _ => String::new(),
    }
}

/// What the page in the frame may load, and who may show it.
pub(super) fn security(nonce: &str, site_url: &str, sites: &Sites) -> String {
    let sockets = sockets(site_url);
    let mut policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'; \
         connect-src 'self'{sockets}; img-src 'self' data: blob: https:; media-src 'self'; \
         base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    );
    if let Some(ancestors) = sites.ancestors() {
        policy.push_str("; ");
        policy.push_str(&ancestors);
    }
    policy
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn admits(sites: &Sites, referer: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("inside:3000"));
        headers.insert(header::REFERER, HeaderValue::from_static(referer));
        sites.admit_referer(&headers, "https://chat.example.org/hark")
    }

    #[test]
    fn only_listed_sites_and_the_server_itself_show_the_page() {
        let listed = Sites::Listed(vec!["shop.example".into(), "localhost:8080".into()]);
        for (referer, admitted) in [
            ("", true),
            ("https://shop.example/", true),
            ("http://SHOP.example/a?b=https://evil.example/", true),
            ("http://localhost:8080/", true),
            ("https://chat.example.org/livechat", true),
            ("http://inside:3000/", true),
            ("http://localhost/", false),
            ("https://evil.example/", false),
            ("https://evil.example/https://shop.example/", false),
            ("https://shop.example@evil.example/", false),
            ("https://shop.example.evil.example/", false),
            ("https://www.shop.example/", false),
            ("null", false),
        ] {
            assert_eq!(admits(&listed, referer), admitted, "{referer}");
            assert!(admits(&Sites::All, referer), "{referer}");
        }
    }

    #[test]
    fn sockets_go_to_the_address_that_the_operator_named() {
        let policy = security("N", "https://chat.example.org/hark", &Sites::All);
        assert!(policy.contains("connect-src 'self' wss://chat.example.org;"));
        assert!(!policy.contains("frame-ancestors"));
        let policy = security("N", "http://[::1]:3000", &Sites::All);
        assert!(policy.contains(" ws://[::1]:3000;"));
    }
}
