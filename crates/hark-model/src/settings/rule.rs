//! Which values a setting refuses, beyond those of another type.

use std::net::{IpAddr, Ipv6Addr};

use serde_json::Value;

use crate::patterns;
use crate::text::{is_at_most, is_blank, is_email, is_host_name};

pub(super) const LONGEST_CHOICE: usize = 200;

/// What a value must satisfy beyond its type. A rule that does not belong to a setting's type
/// refuses everything, so that a slip in the table is seen by the test of its presets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Nothing but the type and, for texts, the usual bound on length.
    Any,
    Between(i64, i64),
    /// `null` stands for the preset, as the webhook's page sends it for an emptied field.
    BetweenOrNull(i64, i64),
    /// -1 stands for "no limit".
    BetweenOrUnlimited(i64, i64),
    /// In characters, for texts that deserve another bound than the usual one.
    AtMost(usize),
    /// Empty, or with the scheme `http` or `https`.
    HttpUrl,
    /// Empty or such addresses separated by commas.
    HttpUrls,
    /// A regular expression in JavaScript's syntax.
    Pattern,
    /// Empty or one address, with or without a name: `Support <help@example.com>`.
    Mailbox,
    /// Empty or addresses separated by commas.
    Emails,
    /// Empty or a name or IP address, without a port.
    Host,
    /// Empty or hosts, each with or without a port, separated by commas.
    Hosts,
    /// Empty, `*`, or `scheme://host[:port]` separated by commas.
    Origins,
    /// Empty or a port number, written as text.
    Port,
    /// Empty or the text of a JSON object.
    JsonObject,
}

impl Rule {
    pub(super) fn admits_number(self, number: i64) -> bool {
        match self {
            Self::Any => true,
            Self::Between(low, high) | Self::BetweenOrNull(low, high) => {
                (low..=high).contains(&number)
            }
            Self::BetweenOrUnlimited(low, high) => number == -1 || (low..=high).contains(&number),
            Self::AtMost(_)
            | Self::HttpUrl
            | Self::HttpUrls
            | Self::Pattern
            | Self::Mailbox
            | Self::Emails
            | Self::Host
            | Self::Hosts
            | Self::Origins
            | Self::Port
            | Self::JsonObject => false,
        }
    }

    pub(super) fn admits_text(self, text: &str) -> bool {
        match self {
            Self::Any | Self::AtMost(_) => true,
            Self::Pattern => patterns::check(text).is_ok(),
            Self::HttpUrl => text.is_empty() || is_http_url(text),
            Self::HttpUrls => is_list_of(text, is_http_url),
            Self::Mailbox => text.is_empty() || is_mailbox(text),
            Self::Emails => is_list_of(text, is_email),
            Self::Host => text.is_empty() || is_host(text),
            Self::Hosts => is_list_of(text, is_host_with_port),
            Self::Origins => text == "*" || is_list_of(text, is_origin),
            Self::Port => text.is_empty() || is_port(text),
            Self::JsonObject => text.trim().is_empty() || is_json_object(text),
            Self::Between(..) | Self::BetweenOrNull(..) | Self::BetweenOrUnlimited(..) => false,
        }
    }

    pub(super) const fn text_wanted(self) -> &'static str {
        match self {
            Self::HttpUrl => "empty or an address that starts with http:// or https://",
            Self::HttpUrls => {
                "empty or addresses that start with http:// or https://, separated by commas"
            }
            Self::Pattern => "a regular expression",
            Self::Mailbox => "empty or one e-mail address",
            Self::Emails => "empty or e-mail addresses separated by commas",
            Self::Host => "empty or the name or IP address of a host",
            Self::Hosts => {
                "empty or hosts separated by commas, such as www.example.com or localhost:8080"
            }
            Self::Origins => {
                "empty, * or origins such as https://www.example.com separated by commas"
            }
            Self::Port => "empty or a text with a port number from 1 to 65535",
            Self::JsonObject => "empty or a text that holds a JSON object",
            Self::Any
            | Self::AtMost(_)
            | Self::Between(..)
            | Self::BetweenOrNull(..)
            | Self::BetweenOrUnlimited(..) => "a text",
        }
    }
}

pub(super) fn is_choice(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|choice| is_at_most(choice, LONGEST_CHOICE))
}

pub(super) fn is_colour(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 3 | 6) && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

fn is_json_object(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object())
}

fn is_list_of(text: &str, is_item: fn(&str) -> bool) -> bool {
    text.trim().is_empty() || text.split(',').all(|item| is_item(item.trim()))
}

fn is_http_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let is_http = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    is_http && is_host_with_port(host) && !text.contains(is_blank)
}

fn is_mailbox(text: &str) -> bool {
    match text
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once('<'))
    {
        Some((name, address)) => !name.contains(char::is_control) && is_email(address),
        None => is_email(text),
    }
}

fn is_host(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok() || is_host_name(text)
}

fn is_host_with_port(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        // the colons of a bare `[::1]` are its own
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let is_host = match host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => is_host_name(host),
    };
    is_host && port.is_none_or(is_port)
}

fn is_port(text: &str) -> bool {
    // `parse` alone would let `+80` in
    text.bytes().all(|digit| digit.is_ascii_digit())
        && text.parse::<u16>().is_ok_and(|port| port > 0)
}

fn is_origin(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, host)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character))
            && is_host_with_port(host)
    })
}
