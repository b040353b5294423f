//! An event as one readable line.

use jiff::tz::TimeZone;
use serde_json::Value;

/// So much of what a visitor writes is shown.
const LONGEST: usize = 80;

/// Its place in the log, time, kind, conversation, and what there is to say.
pub(super) fn of(place: Option<i64>, event: &Value) -> String {
    let data = &event["data"];
    let kind = event["type"].as_str().unwrap_or("?");
    let room = &data["conversation"];
    let id = room["id"].as_str().unwrap_or("-");
    let place = place.map_or_else(|| "-".to_owned(), |place| place.to_string());
    let line = format!(
        "{place:<6}  {}  {kind:<18}  {id:<17}  {}",
        time(event),
        what(data)
    );
    harmless(line.trim_end())
}

fn time(event: &Value) -> String {
    let at = event["timestamp"].as_str().unwrap_or_default();
    match at.parse::<jiff::Timestamp>() {
        Ok(at) => at
            .to_zoned(TimeZone::system())
            .strftime("%H:%M:%S")
            .to_string(),
        Err(_) => "--:--:--".to_owned(),
    }
}

/// Who, and what they said, or where to, or why.
fn what(data: &Value) -> String {
    let said = [
        "/message/text",
        "/note/text",
        "/comment",
        "/page/title",
        "/page/url",
        "/form/message",
        "/lead/emails/0",
        "/lead/phones/0",
        "/rating/comment",
        "/status/presence",
        "/to/agent/username",
        "/to/department/name",
        "/agent/username",
        "/visitor/name",
    ];
    let mut said = said
        .into_iter()
        .filter_map(|place| data.pointer(place)?.as_str());
    let said = said.find(|text| !text.is_empty()).unwrap_or_default();
    // A visitor's username is made up.
    let visitor = data["visitor"]["name"]
        .as_str()
        .filter(|_| data["by"]["kind"] == "visitor");
    let who = visitor.or_else(|| data["by"]["username"].as_str());
    match (who, said) {
        (None, said) => shortened(said),
        (Some(who), "") => who.to_owned(),
        (Some(who), said) if who == said => said.to_owned(),
        (Some(who), said) => format!("{who}: {}", shortened(said)),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// What strangers write must not steer the terminal.
fn harmless(text: &str) -> String {
    let turns = |letter: char| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .map(|letter| {
            if letter.is_control() || turns(letter) {
                ' '
            } else {
                letter
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(data: &Value) -> Value {
        json!({"type": "message.visitor", "timestamp": "2026-11-21T10:00:00.000Z", "data": data})
    }

    #[test]
    fn a_line_says_who_said_what_where() {
        let line = of(
            Some(4711),
            &event(&json!({
                "by": {"kind": "visitor", "username": "guest-1"},
                "conversation": {"id": "room1"},
                "message": {"text": "hello"},
                "visitor": {"name": "Vera"},
            })),
        );
        assert!(
            line.contains("message.visitor") && line.contains("room1"),
            "{line}"
        );
        assert!(line.starts_with("4711 "), "{line}");
        assert!(line.ends_with("Vera: hello"), "{line}");
    }

    #[test]
    fn nobody_steers_the_terminal() {
        let line = of(
            None,
            &event(&json!({"message": {"text": "\u{1b}[2Jboo\n\u{202e}\u{7}x"}})),
        );
        assert!(line.ends_with(" [2Jboo   x"), "{line:?}");
        assert!(!line.chars().any(char::is_control));
    }

    #[test]
    fn anything_makes_a_line() {
        for odd in [json!(null), json!([]), json!({"type": 5, "data": 7})] {
            assert!(of(None, &odd).contains("--:--:--"), "{odd}");
        }
    }
}
