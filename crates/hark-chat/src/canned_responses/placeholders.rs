//! The places in a canned response that are for what is known of a chat: `{{contact.name}}`.

use hark_model::accounts::Account;
use hark_model::visitors::Visitor;

/// Puts values in their places. A name that says nothing stays as it was typed.
pub(super) fn fill<'v>(text: &str, value: impl Fn(&str) -> Option<&'v str>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        filled.push_str(before);
        let place = behind.split_once("}}");
        let known = place.and_then(|(name, after)| Some((value(name.trim())?, after)));
        if let Some((value, after)) = known {
            filled.push_str(value);
            rest = after;
        } else {
            filled.push_str("{{");
            rest = behind;
        }
    }
    filled.push_str(rest);
    filled
}

/// What stands in a place, which is nothing where nothing is known. None: there is no such place.
pub(super) fn value<'v>(
    name: &str,
    visitor: Option<&'v Visitor>,
    agent: &'v Account,
) -> Option<&'v str> {
    let first = |all: &'v [String]| all.first().map(String::as_str);
    let value = match name {
        "contact.name" => visitor.map(Visitor::shown_name),
        "contact.email" => visitor.and_then(|visitor| first(&visitor.emails)),
        "contact.phone" => visitor.and_then(|visitor| first(&visitor.phones)),
        "agent.name" => Some(agent.name.as_str()),
        "agent.email" => agent.emails.first().map(|email| email.address.as_str()),
        _ => return None,
    };
    Some(value.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_places_that_are_known_are_filled() {
        let value = |name: &str| match name {
            "contact.name" => Some("Ann {{agent.name}}"),
            "agent.name" => Some("Amy"),
            "agent.email" => Some(""),
            _ => None,
        };
        for (text, filled) in [
            ("", ""),
            ("Hello {{contact.name}}!", "Hello Ann {{agent.name}}!"),
            ("{{ agent.name }}{{agent.email}}.", "Amy."),
            ("{{agent.age}} {{agent.name}}", "{{agent.age}} Amy"),
            ("{{{{agent.name}}}}", "{{Amy}}"),
            ("{{agent.name", "{{agent.name"),
            ("{agent.name} }} {{", "{agent.name} }} {{"),
        ] {
            assert_eq!(fill(text, value), filled, "{text}");
        }
    }
}
