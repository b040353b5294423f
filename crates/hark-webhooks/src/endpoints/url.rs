//! Addresses of endpoints, as people type them and as they are shown.

/// What is shown instead of a secret.
pub(crate) const MASKED: &str = "••••••";

/// What is wrong with an address, in a sentence.
pub(super) fn complaint(url: &str) -> Option<String> {
    let is_good = url.parse::<http::Uri>().is_ok_and(|url| {
        matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some()
    });
    (!is_good).then(|| {
        "it is not an http:// or https:// address, so nothing can be sent to it".to_owned()
    })
}

/// A password that stands in an address is not for the log.
pub(crate) fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..authority].rfind('@') {
        Some(at) => format!("{scheme}://{MASKED}{}", &rest[at..]),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_taken() {
        for good in [
            "http://a/",
            "https://crm.example.org/x?y=1",
            "http://[::1]:8000/",
        ] {
            assert_eq!(complaint(good), None, "{good}");
        }
        for bad in [
            "8000",
            "ftp://a/",
            "example.org/x",
            "http://",
            "/x",
            "https:///x",
        ] {
            assert!(complaint(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn passwords_in_addresses_are_not_shown() {
        assert_eq!(
            shown("https://a:b@crm.example/x@y"),
            format!("https://{MASKED}@crm.example/x@y")
        );
        assert_eq!(shown("https://crm.example/x@y"), "https://crm.example/x@y");
        assert_eq!(shown("8000"), "8000");
    }
}
