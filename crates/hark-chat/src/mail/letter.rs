//! How mails read: HTML and plain text of the same. Whatever people wrote is cleaned of what acts
//! on its surroundings, bounded, and escaped.

use hark_store::Timestamp;

const LONGEST_NAME: usize = 200;
/// Of one message, in characters.
const LONGEST_TEXT: usize = 20_000;

/// The two forms of a mail; the reader's program chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    pub html: String,
    pub plain: String,
}

/// Something that was said in a conversation.
#[derive(Debug, Clone)]
pub struct Said {
    pub at: Timestamp,
    pub by: String,
    pub text: String,
    /// The names of files that came with it.
    pub files: Vec<String>,
    pub from_visitor: bool,
    /// A note of Hark's rather than someone's words.
    pub note: bool,
}

/// One line without anything that could end it, steer it or hide in it.
pub fn one_line(text: &str, most: usize) -> String {
    let words: String = text
        .chars()
        .map(|character| match character {
            _ if character.is_control() || is_break(character) => ' ',
            other => other,
        })
        .filter(|character| !steers(*character))
        .collect();
    let words: Vec<&str> = words.split_whitespace().collect();
    shortened(&words.join(" "), most)
}

/// Several lines, otherwise as [`line`].
pub fn text(text: &str, most: usize) -> String {
    let lines = text.replace("\r\n", "\n");
    let lines: String = lines
        .chars()
        .map(|character| match character {
            '\r' => '\n',
            _ if is_break(character) => '\n',
            other => other,
        })
        .filter(|character| {
            let kept = matches!(character, '\n' | '\t') || !character.is_control();
            kept && !steers(*character)
        })
        .collect();
    shortened(lines.trim_end(), most)
}

const fn is_break(character: char) -> bool {
    matches!(character, '\u{2028}' | '\u{2029}')
}

/// Turns the direction of what follows, or is not seen at all. Right-to-left scripts need none of
/// these: their letters carry their direction.
const fn steers(character: char) -> bool {
    matches!(
        character,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    )
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

fn escaped_lines(text: &str) -> String {
    escaped(text).replace('\n', "<br>\n")
}

/// `2024-11-20 23:18`; the zone is named once for all.
fn minute(at: Timestamp) -> String {
    let iso = at.iso();
    let (minute, _) = iso.rsplit_once(':').unwrap_or((&iso, ""));
    minute.replace('T', " ")
}

const PAGE: &str = "margin:0;padding:24px;background:#f5f6f8;color:#1f2329;font:15px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const SHEET: &str =
    "max-width:640px;margin:0 auto;padding:24px;background:#ffffff;border-radius:8px";
const QUIET: &str = "color:#646a73;font-size:13px";

fn page(title: &str, inner: &str) -> String {
    let title = escaped(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n</head>\n<body style=\"{PAGE}\">\n<div style=\"{SHEET}\">\n<h1 style=\"margin:0 0 16px;font-size:20px\" dir=\"auto\">{title}</h1>\n{inner}</div>\n</body>\n</html>\n"
    )
}

/// A conversation, oldest first. `is_cut`: it went on for longer than a mail can be.
pub fn transcript(title: &str, conversation: &[Said], is_cut: bool) -> Body {
    let title = one_line(title, LONGEST_NAME);
    let mut plain = format!("{title}\n\nTimes are in UTC.\n");
    let mut html = format!("<p style=\"{QUIET}\">Times are in UTC.</p>\n");
    for said in conversation {
        let (at, by) = (minute(said.at), one_line(&said.by, LONGEST_NAME));
        let words = text(&said.text, LONGEST_TEXT);
        if said.note {
            let note = one_line(&format!("{by} {words}"), LONGEST_TEXT);
            push(&mut plain, format_args!("\n{at}  {note}\n"));
            let note = escaped(&note);
            push(
                &mut html,
                format_args!("<p style=\"{QUIET}\" dir=\"auto\">{at} · {note}</p>\n"),
            );
            continue;
        }
        push(&mut plain, format_args!("\n{at}  {by}\n"));
        let edge = if said.from_visitor {
            "#c9cdd4"
        } else {
            "#1d74f5"
        };
        let name = escaped(&by);
        push(
            &mut html,
            format_args!(
                "<div style=\"margin:0 0 12px;padding-left:12px;border-left:3px solid {edge}\">\n<div style=\"{QUIET}\"><b><bdi>{name}</bdi></b> · {at}</div>\n"
            ),
        );
        if !words.is_empty() {
            for row in words.lines() {
                push(&mut plain, format_args!("    {row}\n"));
            }
            let words = escaped_lines(&words);
            push(&mut html, format_args!("<div dir=\"auto\">{words}</div>\n"));
        }
        for file in &said.files {
            let file = one_line(file, LONGEST_NAME);
            push(&mut plain, format_args!("    [file: {file}]\n"));
            let file = escaped(&file);
            push(
                &mut html,
                format_args!("<div>File: <bdi>{file}</bdi></div>\n"),
            );
        }
        html.push_str("</div>\n");
    }
    let end = match (conversation.is_empty(), is_cut) {
        (true, _) => "Nothing was said in this conversation.",
        (false, true) => "The conversation was longer than a mail can be. This is its beginning.",
        (false, false) => "",
    };
    if !end.is_empty() {
        push(&mut plain, format_args!("\n{end}\n"));
        push(&mut html, format_args!("<p>{end}</p>\n"));
    }
    Body {
        html: page(&title, &html),
        plain,
    }
}

/// The words of one person to another, and nothing around them.
pub fn answer(words: &str) -> Body {
    let plain = text(words, LONGEST_TEXT);
    let html = format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n</head>\n<body>\n<div dir=\"auto\">{}</div>\n</body>\n</html>\n",
        escaped_lines(&plain)
    );
    Body { html, plain }
}

/// Something that someone left for us: what is known of it, then their own words.
pub fn note(title: &str, known: &[(&str, &str)], words: &str) -> Body {
    let title = one_line(title, LONGEST_NAME);
    let words = text(words, LONGEST_TEXT);
    let mut plain = format!("{title}\n\n");
    let mut html = "<table style=\"border-spacing:0\">\n".to_owned();
    for (label, value) in known {
        let value = one_line(value, LONGEST_NAME * 2);
        push(&mut plain, format_args!("{label}: {value}\n"));
        let value = escaped(&value);
        push(
            &mut html,
            format_args!(
                "<tr><td style=\"padding:2px 16px 2px 0;{QUIET}\">{label}</td><td><bdi>{value}</bdi></td></tr>\n"
            ),
        );
    }
    push(&mut plain, format_args!("\n{words}\n"));
    let words = escaped_lines(&words);
    push(
        &mut html,
        format_args!("</table>\n<p dir=\"auto\">{words}</p>\n"),
    );
    Body {
        html: page(&title, &html),
        plain,
    }
}

fn push(to: &mut String, words: std::fmt::Arguments<'_>) {
    to.push_str(&words.to_string());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(by: &str, text: &str) -> Said {
        Said {
            at: Timestamp::from_millis(1_732_144_685_123),
            by: by.into(),
            text: text.into(),
            files: Vec::new(),
            from_visitor: true,
            note: false,
        }
    }

    #[test]
    fn a_transcript_reads_as_a_conversation() {
        let mut answer = said("Amy", "Which one?\nThe blue?");
        answer.from_visitor = false;
        answer.files = vec!["blue.png".into()];
        let mut note = said("Amy", "closed the conversation");
        note.note = true;
        let body = transcript("Your chat", &[said("Ann", "hello"), answer, note], false);
        assert_eq!(
            body.plain,
            "Your chat\n\nTimes are in UTC.\n\n\
             2024-11-20 23:18  Ann\n    hello\n\n\
             2024-11-20 23:18  Amy\n    Which one?\n    The blue?\n    [file: blue.png]\n\n\
             2024-11-20 23:18  Amy closed the conversation\n"
        );
        for part in [
            "<title>Your chat</title>",
            "<bdi>Ann</bdi></b> · 2024-11-20 23:18</div>\n<div dir=\"auto\">hello</div>",
            "Which one?<br>\nThe blue?</div>\n<div>File: <bdi>blue.png</bdi></div>",
            "2024-11-20 23:18 · Amy closed the conversation</p>",
        ] {
            assert!(body.html.contains(part), "{part} is not in {}", body.html);
        }
    }

    #[test]
    fn what_people_write_stays_what_they_wrote() {
        let mut hostile = said(
            "<b>Ann</b>\u{202e}\r\nBcc: x@y.z",
            "</div><script>alert('1')</script>\u{0}\u{1b}[31m\u{2028}next\u{2066}",
        );
        hostile.files = vec!["a\"><img src=x onerror=y>\u{202e}gnp.exe".into()];
        let body = transcript("\"><svg onload=x>", &[hostile], false);
        assert!(!body.html.contains("<script") && !body.html.contains("<svg"));
        assert!(!body.html.contains("<img") && !body.html.contains("<b>Ann"));
        assert!(body.html.contains("&lt;script&gt;alert(&#39;1&#39;)"));
        assert!(body.plain.contains("  <b>Ann</b> Bcc: x@y.z\n"));
        assert!(body.plain.contains("[31m\n    next\n"));
        for form in [&body.html, &body.plain] {
            let steering = |character: char| {
                steers(character) || (character.is_control() && character != '\n')
            };
            assert!(!form.contains(steering), "{form:?}");
        }
    }

    #[test]
    fn long_texts_end_with_an_ellipsis() {
        assert_eq!(one_line("äöü", 2), "äö…");
        assert_eq!(one_line("äöü", 3), "äöü");
        assert_eq!(one_line(" a \r\n\t b ", 10), "a b");
        let body = note(
            "Left",
            &[("Name", &"n".repeat(10_000))],
            &"w".repeat(100_000),
        );
        assert!(body.html.len() < 30_000 && body.plain.len() < 30_000);
        let body = transcript("Long", &[said("Ann", "hi")], true);
        assert!(body.plain.ends_with("This is its beginning.\n"));
        assert!(
            transcript("Empty", &[], false)
                .plain
                .contains("Nothing was said")
        );
    }

    proptest! {
        #[test]
        fn no_text_opens_a_tag_or_a_line(by in any::<String>(), words in any::<String>()) {
            let tags = |body: &Body| body.html.matches('<').count();
            let plain = transcript("t", &[said("x", "x")], false);
            let mut one = said(&by, &words.replace(['\n', '\r', '\u{2028}', '\u{2029}'], ""));
            one.text.push('x');
            let other = transcript("t", &[one], false);
            prop_assert_eq!(tags(&plain), tags(&other));
            prop_assert_eq!(plain.plain.lines().count(), other.plain.lines().count());
            prop_assert!(!one_line(&by, 50).contains(char::is_control));
        }
    }
}
