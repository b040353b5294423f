//! On which sites the widget is seen: kept seldom, and not whatever anybody says. The route that hears of it is for
//! everybody, so what it may write does not grow with how often it is called.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, Uri, header};
use hark_store::Timestamp;

use crate::response::text;

/// How often a site is written down at most.
pub(crate) const EVERY: Duration = Duration::from_secs(3_600);
/// Sites that nobody has seen before, of which so many are written down in that time.
pub(crate) const MOST_NEW: usize = 20;
/// Sites of which it is known without a look that they were written down lately.
pub(crate) const MOST_REMEMBERED: usize = 1_000;
const LONGEST_ORIGIN: usize = 300;
const LONGEST_VERSION: usize = 30;

/// What was written down lately.
#[derive(Default)]
pub(crate) struct Sightings(Mutex<Lately>);

#[derive(Default)]
struct Lately {
    sites: HashMap<String, Timestamp>,
    /// When the first of the new ones was, and how many.
    new: Option<(Timestamp, usize)>,
}

pub(crate) fn is_lately(at: Timestamp, now: Timestamp) -> bool {
    // A clock that was set back is no reason to be silent.
    let age = u128::try_from(now.millis_since(at));
    age.is_ok_and(|age| age < EVERY.as_millis())
}

impl Sightings {
    fn lately<T>(&self, look: impl FnOnce(&mut Lately) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether it has to be looked when a site was written down, which is remembered from now on.
    pub(crate) fn is_due(&self, origin: &str, now: Timestamp) -> bool {
        self.lately(|lately| {
            if lately
                .sites
                .get(origin)
                .is_some_and(|at| is_lately(*at, now))
            {
                return false;
            }
            // What is remembered spares a look, and no more.
            if lately.sites.len() >= MOST_REMEMBERED {
                lately.sites.clear();
            }
            lately.sites.insert(origin.to_owned(), now);
            true
        })
    }

    pub(crate) fn admits_new(&self, now: Timestamp) -> bool {
        self.lately(|lately| {
            let (since, number) = lately
                .new
                .filter(|(since, _)| is_lately(*since, now))
                .unwrap_or((now, 0));
            let admits = number < MOST_NEW;
            lately.new = Some((since, number + usize::from(admits)));
            admits
        })
    }
}

/// The site of the page that asks, if it is one of the web that says so.
pub(crate) fn origin(headers: &HeaderMap) -> Option<String> {
    let named = text(headers, header::ORIGIN)?;
    let is_short = named.len() <= LONGEST_ORIGIN;
    let uri: Uri = is_short.then(|| named.parse().ok()).flatten()?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let is_bare = uri.path() == "/" && uri.query().is_none() && !named.ends_with('/');
    let authority = uri.authority().filter(|_| is_web && is_bare)?;
    (!authority.as_str().contains('@')).then(|| named.to_ascii_lowercase())
}

pub(crate) fn version(given: Option<&str>) -> Option<&str> {
    let is_one = |text: &&str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-+".contains(&byte);
        !text.is_empty() && text.len() <= LONGEST_VERSION && text.bytes().all(fits)
    };
    given.filter(is_one)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_origins_of_the_web_are_sites() {
        for (named, site) in [
            ("https://shop.example", Some("https://shop.example")),
            ("http://SHOP.example:8080", Some("http://shop.example:8080")),
            ("http://[::1]:3000", Some("http://[::1]:3000")),
            ("null", None),
            ("", None),
            ("https://", None),
            ("https://shop.example/", None),
            ("https://shop.example/a", None),
            ("https://shop.example?a", None),
            ("https://me@shop.example", None),
            ("file://shop.example", None),
            ("chrome-extension://abc", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ORIGIN, HeaderValue::from_static(named));
            assert_eq!(origin(&headers).as_deref(), site, "{named}");
        }
        let mut headers = HeaderMap::new();
        let long = format!("https://{}.example", "x".repeat(300));
        headers.insert(header::ORIGIN, HeaderValue::from_str(&long).unwrap());
        assert_eq!(origin(&headers), None);
    }

    #[test]
    fn a_version_is_short_and_plain() {
        assert_eq!(version(Some("0.1.0-rc.1+a")), Some("0.1.0-rc.1+a"));
        for wrong in ["", "<b>", "1 2", &"1".repeat(31)] {
            assert_eq!(version(Some(wrong)), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_said_too_often_is_not_heard() {
        let sightings = Sightings::default();
        let now = Timestamp::from_millis(1_800_000_000_000);
        assert!(sightings.is_due("a", now) && !sightings.is_due("a", now.plus_seconds(3_599)));
        assert!(sightings.is_due("a", now.plus_seconds(3_600)));
        assert!(sightings.is_due("a", now.plus_seconds(3_599)));
        let admitted = (0..100).filter(|_| sightings.admits_new(now)).count();
        assert_eq!(admitted, MOST_NEW);
        assert!(sightings.admits_new(now.plus_seconds(3_600)));
        for index in 0..10_000 {
            sightings.is_due(&index.to_string(), now);
        }
        assert!(sightings.lately(|lately| lately.sites.len()) <= MOST_REMEMBERED);
    }
}
