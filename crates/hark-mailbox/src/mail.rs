//! What a mail says: who writes, what it answers, its words without the history below them, and its files.

use std::panic::catch_unwind;

use mail_parser::decoders::html::html_to_text;
use mail_parser::{HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType};

/// Files of one mail.
pub const MOST_FILES: usize = 20;
/// Of those of its parts that are words.
const MOST_TEXTS: usize = 20;
/// Other mails that one says it belongs to: the last.
const MOST_REFERENCES: usize = 20;
/// A mail or a mailbox is known by it.
const LONGEST_ID: usize = 500;
const LONGEST_NAME: usize = 200;
const LONGEST_SUBJECT: usize = 500;

/// A mail that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// Without brackets, as those of the others.
    pub id: Option<String>,
    /// Those that it answers, the nearest last.
    pub references: Vec<String>,
    /// In lower case, if there is one.
    pub from: Option<String>,
    pub name: Option<String>,
    pub subject: String,
    pub text: String,
    pub files: Vec<File>,
    /// Files of which nothing was read, because there are too many.
    pub files_left_out: usize,
    /// Why no person has written it, if none has.
    pub automatic: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub name: String,
    pub media_type: String,
    pub bytes: Vec<u8>,
}

/// Nothing, if it is no mail.
pub fn read(bytes: &[u8]) -> Option<Read> {
    // The parser gives up in its own way on some that nobody has written by hand: those are none, and hold up no other.
    catch_unwind(|| parsed(bytes)).unwrap_or(None)
}

fn parsed(bytes: &[u8]) -> Option<Read> {
    let mail = MessageParser::default().parse(bytes)?;
    let from = mail.from().and_then(|from| from.first());
    let address = from.and_then(|from| from.address());
    let mut references = ids(mail.references());
    for id in ids(mail.in_reply_to()) {
        if !references.contains(&id) {
            references.push(id);
        }
    }
    references.drain(..references.len().saturating_sub(MOST_REFERENCES));
    let words = words(&mail);
    let mut files: Vec<File> = mail.attachments().take(MOST_FILES).map(file).collect();
    files.retain(|file| !file.bytes.is_empty());
    Some(Read {
        id: mail.message_id().and_then(id),
        text: if references.is_empty() {
            words
        } else {
            without_history(&words).to_owned()
        },
        references,
        from: address.map(|address| cut(address.trim(), LONGEST_ID).to_lowercase()),
        name: from
            .and_then(|from| from.name())
            .map(|name| cut(name.trim(), LONGEST_NAME))
            .filter(|name| !name.is_empty()),
        subject: cut(mail.subject().unwrap_or_default().trim(), LONGEST_SUBJECT),
        files,
        files_left_out: mail.attachment_count().saturating_sub(MOST_FILES),
        automatic: automatic(&mail, address.unwrap_or_default()),
    })
}

/// On one line, and no longer than that.
fn cut(text: &str, most: usize) -> String {
    let letters = text.chars().filter(|letter| !letter.is_control());
    letters.take(most).collect()
}

/// Lines and nothing else that acts on its surroundings.
fn plain(text: &str) -> String {
    let kept = |letter: &char| matches!(letter, '\n' | '\t') || !letter.is_control();
    text.chars().filter(kept).collect()
}

fn id(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('<').trim_end_matches('>');
    let is_id = (1..=LONGEST_ID).contains(&text.len())
        && text
            .bytes()
            .all(|byte| matches!(byte, b'!'..=b'~') && byte != b'<' && byte != b'>');
    is_id.then(|| text.to_owned())
}

fn ids(header: &HeaderValue<'_>) -> Vec<String> {
    match header {
        HeaderValue::Text(one) => id(one).into_iter().collect(),
        HeaderValue::TextList(all) => all.iter().filter_map(|one| id(one)).collect(),
        _ => Vec::new(),
    }
}

/// Of parts that are there in both forms the plain one; HTML is made plain.
fn words(mail: &Message<'_>) -> String {
    let parts = mail.text_bodies().take(MOST_TEXTS);
    let texts = parts.filter_map(|part| match &part.body {
        PartType::Text(text) => Some(text.trim().to_owned()),
        PartType::Html(html) => Some(html_to_text(html).trim().to_owned()),
        _ => None,
    });
    let texts: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
    plain(&texts.join("\n\n"))
}

fn file(part: &MessagePart<'_>) -> File {
    let kind = part.content_type().map(|kind| {
        let subtype = kind.subtype().unwrap_or("octet-stream");
        cut(&format!("{}/{subtype}", kind.ctype()), LONGEST_NAME).to_lowercase()
    });
    let bytes = match &part.body {
        PartType::Message(inside) => inside.raw_message().to_vec(),
        _ => part.contents().to_vec(),
    };
    let name = part.attachment_name().map(str::to_owned);
    let preset = match &part.body {
        PartType::Message(_) => "mail.eml",
        PartType::Html(_) => "text.html",
        PartType::Text(_) => "text.txt",
        _ => "file",
    };
    File {
        name: cut(&name.unwrap_or_else(|| preset.to_owned()), LONGEST_NAME),
        media_type: kind.unwrap_or_else(|| "application/octet-stream".to_owned()),
        bytes,
    }
}

/// What programs write is not answered, or two of them would never end.
fn automatic(mail: &Message<'_>, from: &str) -> Option<&'static str> {
    let header = |name: &'static str| {
        let raw = mail.header_raw(name);
        raw.map(|raw| raw.trim().to_lowercase())
    };
    let submitted = header("Auto-Submitted");
    if submitted.is_some_and(|value| !value.is_empty() && !value.starts_with("no")) {
        return Some("it was sent by a program (Auto-Submitted)");
    }
    let precedence = header("Precedence").unwrap_or_default();
    if ["bulk", "junk", "list", "auto_reply"].contains(&precedence.as_str()) {
        return Some("it was sent to many (Precedence)");
    }
    if header("List-Id").is_some() {
        return Some("it comes from a mailing list (List-Id)");
    }
    if ["X-Autoreply", "X-Autorespond"]
        .into_iter()
        .any(|name| header(name).is_some())
    {
        return Some("it is an answer of a program (X-Autoreply)");
    }
    let is_report = mail
        .content_type()
        .is_some_and(|kind| kind.ctype() == "multipart" && kind.subtype() == Some("report"));
    let local = from.split('@').next().unwrap_or_default().to_lowercase();
    let is_postmaster = ["mailer-daemon", "postmaster"].contains(&local.as_str());
    let has_no_sender = header("Return-Path").is_some_and(|path| path == "<>");
    (is_report || is_postmaster || has_no_sender).then_some("it says what became of a mail")
}

/// What somebody has written above the mail that they answer. Where they write between its lines, all stays.
fn without_history(text: &str) -> &str {
    let lines: Vec<&str> = text.lines().collect();
    let is_quote = |line: &str| line.trim_start().starts_with('>');
    let mut end = lines.len();
    if let Some(at) = lines.iter().position(|line| begins_history(line)) {
        end = at;
    } else {
        let last_own = lines
            .iter()
            .rposition(|line| !is_quote(line) && !line.trim().is_empty());
        let after = last_own.map_or(0, |at| at + 1);
        if lines[after..].iter().any(|line| is_quote(line)) {
            end = after;
            // Who wrote it when, which may stand in two lines.
            let above = lines[..end]
                .iter()
                .rev()
                .take_while(|line| !line.trim().is_empty());
            let above = above.count();
            if (1..=2).contains(&above) && lines[end - 1].trim_end().ends_with(':') {
                end -= above;
            }
        }
    }
    let length: usize = text.split_inclusive('\n').take(end).map(str::len).sum();
    let own = text[..length].trim_end();
    if own.is_empty() { text } else { own }
}

/// A line that some programs write above it.
fn begins_history(line: &str) -> bool {
    let line = line.trim();
    let ruled = line.starts_with("-----") && line.ends_with("-----");
    let inside = line.trim_matches('-').trim();
    let is_underlined = line.len() >= 24 && line.bytes().all(|byte| byte == b'_');
    is_underlined
        || (ruled
            && [
                "Original Message",
                "Ursprüngliche Nachricht",
                "Message d'origine",
                "Mensaje original",
                "Messaggio originale",
                "Oorspronkelijk bericht",
            ]
            .iter()
            .any(|known| inside.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Read {
        read(text.replace('\n', "\r\n").as_bytes()).unwrap()
    }

    #[test]
    fn a_mail_on_which_the_parser_gives_up_is_none() {
        let mail = include_bytes!("../tests/mails/mails-in-mails.eml");
        assert_eq!(read(mail), None);
    }

    #[test]
    fn a_plain_mail_is_read() {
        let mail = of(
            "From: =?utf-8?q?Ann_M=C3=BCller?= <Ann@X.example>\nTo: help@example.org\nSubject: =?utf-8?b?R3LDvMOfZQ==?=\nMessage-ID: <a1@x.example>\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe\n\n> not a reply\n",
        );
        assert_eq!(mail.from.as_deref(), Some("ann@x.example"));
        assert_eq!(mail.name.as_deref(), Some("Ann Müller"));
        assert_eq!(
            (mail.subject.as_str(), mail.id.as_deref()),
            ("Grüße", Some("a1@x.example"))
        );
        assert_eq!(mail.text, "Grüße\n\n> not a reply");
        assert_eq!((mail.automatic, mail.references.len()), (None, 0));
    }

    #[test]
    fn files_come_with_it_and_html_becomes_plain() {
        let mail = of(
            "From: a@x.example\nReferences: <1@h> <2@h>\nIn-Reply-To: <2@h>\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<style>p{}</style><p>Hello &amp; <b>you</b></p><script>x()</script>\n--b\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=\"b c.png\"\n\niVBORw==\n--b--\n",
        );
        assert_eq!(mail.text, "Hello & you");
        assert_eq!(mail.references, ["1@h", "2@h"]);
        assert_eq!(
            mail.files,
            [File {
                name: "b c.png".to_owned(),
                media_type: "image/png".to_owned(),
                bytes: vec![0x89, b'P', b'N', b'G'],
            }]
        );
    }

    #[test]
    fn what_programs_write_is_recognised() {
        for head in [
            "Auto-Submitted: auto-replied",
            "Precedence: bulk",
            "List-Id: <l.example>",
            "Return-Path: <>",
            "X-Autoreply: yes",
            "Content-Type: multipart/report; boundary=x",
        ] {
            let mail = of(&format!("From: a@x.example\n{head}\nSubject: x\n\nbody\n"));
            assert!(mail.automatic.is_some(), "{head}");
        }
        assert!(
            of("From: MAILER-DAEMON@x.example\n\nx\n")
                .automatic
                .is_some()
        );
        let by_hand = "From: a@x.example\nAuto-Submitted: no\nReturn-Path: <a@x.example>\n\nx\n";
        assert_eq!(of(by_hand).automatic, None);
    }

    #[test]
    fn the_history_below_an_answer_is_left_out() {
        for (text, own) in [
            ("yes\n\nOn Mon, Amy wrote:\n> a\n> b\n", "yes"),
            (
                "yes\n\nOn Mon, Amy <amy@example.org>\nwrote:\n\n> a\n\n> b\n\n",
                "yes",
            ),
            ("yes\n-----Original Message-----\nFrom: x\nno\n", "yes"),
            ("yes\n________________________________\nFrom: x\n", "yes"),
            (
                "> which?\nthe blue\n> when?\nnow\n",
                "> which?\nthe blue\n> when?\nnow",
            ),
            ("> only a quote\n", "> only a quote\n"),
            ("Dear all:\nyes\n", "Dear all:\nyes"),
            ("", ""),
        ] {
            assert_eq!(without_history(text), own, "{text:?}");
        }
    }

    #[test]
    fn nothing_of_a_stranger_is_without_bounds() {
        let ids: String = (0..100).map(|n| format!(" <{n}@x>")).collect();
        let parts: String = (0..60)
            .map(|n| format!("--b\nContent-Disposition: attachment; filename={n}\n\nx\n"))
            .collect();
        let mail = of(&format!(
            "From: a@x.example\nReferences:{ids}\nSubject: {}\nContent-Type: multipart/mixed; boundary=b\n\n{parts}--b--\n",
            "s".repeat(5_000)
        ));
        assert_eq!(mail.references.len(), MOST_REFERENCES);
        assert_eq!(mail.references.last().unwrap(), "99@x");
        assert_eq!((mail.files.len(), mail.files_left_out), (MOST_FILES, 40));
        assert_eq!(mail.subject.len(), LONGEST_SUBJECT);
        let odd = of(
            "From: =?utf-8?q?A=00n=0An?= <a\0@x.example>\nSubject: =?utf-8?q?a=00b?=\n\nc\0\x1bd\n",
        );
        let odd = [odd.from.unwrap(), odd.name.unwrap(), odd.subject, odd.text];
        assert!(!odd.concat().contains(char::is_control), "{odd:?}");
        assert_eq!(id("a b"), None);
        assert_eq!(id(&"x".repeat(501)), None);
    }
}
