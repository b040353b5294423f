//! What a visitor's browser says of itself, in short: the system and the program with their
//! versions, under the names that receivers know from the original. One look from left to right
//! for each name, so that what a stranger sends costs no more than its length.

/// Programs by what they call themselves, those first that also call themselves something else.
const BROWSERS: &[(&str, &str)] = &[
    ("CriOS/", "Chrome"),
    ("EdgiOS/", "Edge"),
    ("EdgA/", "Edge"),
    ("Edge/", "Edge"),
    ("Edg/", "Edge"),
    ("OPiOS/", "Opera Mini"),
    ("OPR/", "Opera"),
    ("YaBrowser/", "Yandex"),
    ("Vivaldi/", "Vivaldi"),
    ("FBAV/", "Facebook"),
    ("Instagram ", "Instagram"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("HeadlessChrome/", "Chrome Headless"),
    ("FxiOS/", "Firefox"),
    ("MSIE ", "IE"),
];

const WINDOWS: &[(&str, &str)] = &[
    ("5.0", "2000"),
    ("5.1", "XP"),
    ("5.2", "XP"),
    ("6.0", "Vista"),
    ("6.1", "7"),
    ("6.2", "8"),
    ("6.3", "8.1"),
    ("6.4", "10"),
    ("10.0", "10"),
];

/// Systems that say their names and then perhaps a version.
const DISTRIBUTIONS: &[&str] = &[
    "Ubuntu", "Debian", "Fedora", "SUSE", "CentOS", "FreeBSD", "OpenBSD", "NetBSD",
];

pub(in crate::dialects) fn system(agent: &str) -> Option<String> {
    if let Some(version) = after(agent, "Windows Phone ") {
        return Some(named("Windows Phone", version));
    }
    if let Some(version) = after(agent, "Windows NT ") {
        let known = WINDOWS.iter().find(|(number, _)| *number == version);
        return Some(named("Windows", known.map_or(version, |(_, name)| name)));
    }
    if ["iPhone", "iPad", "iPod"]
        .iter()
        .any(|one| agent.contains(one))
    {
        let version = after(agent, " OS ").unwrap_or_default();
        return Some(named("iOS", &version.replace('_', ".")));
    }
    if agent.contains("Android") {
        let version = after(agent, "Android ").unwrap_or_default();
        return Some(named("Android", version));
    }
    if let Some(version) = after(agent, "Mac OS X ") {
        return Some(named("Mac OS", &version.replace('_', ".")));
    }
    if let Some((_, rest)) = agent.split_once("CrOS ") {
        // Which machine it is stands before the version.
        let version = rest.split_once(' ').map(|(_, rest)| word(rest));
        return Some(named("Chromium OS", version.unwrap_or_default()));
    }
    for name in DISTRIBUTIONS {
        if let Some((_, rest)) = agent.split_once(name) {
            let version = word(rest.strip_prefix(['/', ' ', '-']).unwrap_or_default());
            let is_number = version.starts_with(|first: char| first.is_ascii_digit());
            return Some(named(name, if is_number { version } else { "" }));
        }
    }
    after(agent, "Linux ").map(|version| named("Linux", version))
}

pub(in crate::dialects) fn browser(agent: &str) -> Option<String> {
    for (mark, name) in BROWSERS {
        if let Some(version) = after(agent, mark) {
            return Some(named(name, version));
        }
    }
    if let Some(version) = after(agent, "Chrome/") {
        let is_inside = agent.contains("; wv)");
        let name = if is_inside {
            "Chrome WebView"
        } else {
            "Chrome"
        };
        return Some(named(name, version));
    }
    if let Some(version) = after(agent, "Version/")
        && agent.contains("Safari")
    {
        let name = match (agent.contains("Android"), agent.contains(" Mobile/")) {
            (true, _) => "Android Browser",
            (false, true) => "Mobile Safari",
            (false, false) => "Safari",
        };
        return Some(named(name, version));
    }
    if let Some(version) = after(agent, "Firefox/") {
        return Some(named("Firefox", version));
    }
    let version = after(agent, "rv:").filter(|_| agent.contains("Trident/"));
    version.map(|version| named("IE", version))
}

/// The version that follows a mark.
fn after<'a>(agent: &'a str, mark: &str) -> Option<&'a str> {
    agent.split_once(mark).map(|(_, rest)| word(rest))
}

fn word(text: &str) -> &str {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_');
    let end = text.find(|letter| !is_part(letter));
    &text[..end.unwrap_or(text.len())]
}

/// A version that is not said is left out.
fn named(name: &str, version: &str) -> String {
    match version {
        "" => name.to_owned(),
        version => format!("{name} {version}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_known_by_what_they_say() {
        let mozilla = |rest: &str| format!("Mozilla/5.0 {rest}");
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (agent, os, program) in [
            (
                mozilla(&format!(
                    "(X11; Linux x86_64) {webkit} Chrome/128.0.0.0 Safari/537.36"
                )),
                "Linux x86_64",
                "Chrome 128.0.0.0",
            ),
            (
                mozilla(&format!(
                    "(Windows NT 10.0; Win64; x64) {webkit} Chrome/128.0.0.0 Safari/537.36 Edg/128.0.2739.42"
                )),
                "Windows 10",
                "Edge 128.0.2739.42",
            ),
            (
                mozilla(&format!(
                    "(Windows NT 6.1; WOW64) {webkit} Chrome/109.0.0.0 Safari/537.36 OPR/95.0.0.0"
                )),
                "Windows 7",
                "Opera 95.0.0.0",
            ),
            (
                mozilla("(Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko"),
                "Windows 8.1",
                "IE 11.0",
            ),
            (
                mozilla(
                    "(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
                ),
                "Mac OS 10.15.7",
                "Safari 17.5",
            ),
            (
                mozilla("(Macintosh; Intel Mac OS X 10.15; rv:129.0) Gecko/20100101 Firefox/129.0"),
                "Mac OS 10.15",
                "Firefox 129.0",
            ),
            (
                mozilla(
                    "(iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
                ),
                "iOS 17.5.1",
                "Mobile Safari 17.5",
            ),
            (
                mozilla(
                    "(iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/128.0.6613.34 Mobile/15E148 Safari/604.1",
                ),
                "iOS 17.5",
                "Chrome 128.0.6613.34",
            ),
            (
                mozilla(&format!(
                    "(Linux; Android 14; SM-S918B) {webkit} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36"
                )),
                "Android 14",
                "Samsung Internet 25.0",
            ),
            (
                mozilla(&format!(
                    "(Linux; Android 13; Pixel 7; wv) {webkit} Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36"
                )),
                "Android 13",
                "Chrome WebView 120.0.0.0",
            ),
            (
                mozilla(&format!(
                    "(X11; CrOS x86_64 14541.0.0) {webkit} Chrome/128.0.0.0 Safari/537.36"
                )),
                "Chromium OS 14541.0.0",
                "Chrome 128.0.0.0",
            ),
            (
                mozilla("(X11; Ubuntu; Linux x86_64; rv:129.0) Gecko/20100101 Firefox/129.0"),
                "Ubuntu",
                "Firefox 129.0",
            ),
        ] {
            assert_eq!(system(&agent).as_deref(), Some(os), "{agent}");
            assert_eq!(browser(&agent).as_deref(), Some(program), "{agent}");
        }
    }

    #[test]
    fn what_says_nothing_is_nothing() {
        for agent in [
            "",
            "curl/8.5.0",
            "Mozilla/5.0",
            "Chrome",
            "é",
            "Linux",
            "CrOS",
        ] {
            assert_eq!((system(agent), browser(agent)), (None, None), "{agent}");
        }
        assert_eq!(system("Android").as_deref(), Some("Android"));
        assert_eq!(browser("Chrome/é").as_deref(), Some("Chrome"));
    }
}
