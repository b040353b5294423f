//! Chats with somebody's telephone: what comes from there, and what is said when an answer does not arrive.

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hark_store::{Result, View};

use crate::contacts::Arrival;
use crate::messages::{self, Draft, Message};
use crate::opening::{self, Opening};
use crate::sms::{self, Outgoing, Service};
use crate::visitors::{self, Registration};
use crate::{departments, team};
use hark_model::{Context, Policy, Refusal, settings};

/// Pictures and the like that came with one text message.
pub const MOST_LINKS: usize = 10;
const LONGEST_LINK: usize = 2_000;
const LONGEST_NUMBER: usize = 32;

/// What has come from a telephone.
#[derive(Debug, Clone, Default)]
pub struct Incoming {
    /// By which the one who carries it knows it, when it comes again.
    pub id: Option<String>,
    pub from: String,
    /// A number of ours.
    pub to: String,
    pub text: String,
    /// Where pictures and the like are that came with it.
    pub links: Vec<String>,
}

/// A number, or a name that stands for one, as it is dialled.
pub fn number(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "+-_.() ".contains(letter);
    let is_number = (1..=LONGEST_NUMBER).contains(&text.len()) && text.chars().all(fits);
    is_number.then(|| text.to_owned())
}

/// The token of whoever has this number. A key of this installation is in it, so that it cannot be made up by
/// somebody who knows the number.
pub fn token(key: &[u8], number: &str) -> String {
    let key = hmac::Key::new(HMAC_SHA256, key);
    let tag = hmac::sign(&key, number.as_bytes());
    format!("sms-{}", URL_SAFE_NO_PAD.encode(tag))
}

/// What [`opening::question`] has to know of a chat that may be opened.
pub fn opening(service: Service, incoming: &Incoming) -> Opening {
    Opening {
        source: sms::source(service, &incoming.from, &incoming.to),
        ..Opening::default()
    }
}

/// The department that is named, else that of the settings, where it is there.
pub fn department(
    view: &mut View<'_>,
    policy: &Policy,
    named: Option<&str>,
) -> Result<Option<String>> {
    let preset = policy.text(settings::SMS_Default_Omnichannel_Department);
    for named in [named, Some(preset)].into_iter().flatten() {
        if !named.is_empty()
            && let Some(found) = departments::find_by_id_or_name(view, named)?
        {
            return Ok(Some(found.id));
        }
    }
    Ok(None)
}

/// Whoever wrote it gets a chat, if they have none, and says it there. What has come before is not said again.
pub fn receive(
    cx: &mut Context<'_, '_>,
    token: &str,
    named: Option<&str>,
    incoming: &Incoming,
    opening: &Opening,
) -> Result<Message, Refusal> {
    let registration = Registration {
        token: token.to_owned(),
        phone: Some(incoming.from.clone()),
        department: department(cx.tx, cx.policy, named)?,
        arrival: Arrival::Telephone,
        ..Registration::default()
    };
    let visitor = visitors::register(cx, &registration)?;
    let draft = Draft {
        id: incoming.id.clone(),
        text: words(incoming),
        extra: None,
    };
    if let Some(id) = &draft.id
        && let Some(said) = messages::find(cx.tx, id)?
        && said.author.id == visitor.id
    {
        return Ok(said);
    }
    let room = opening::open(cx, &visitor.token, opening)?.room;
    messages::post_as_visitor(cx, &visitor.token, &room.id, &draft)
}

fn words(incoming: &Incoming) -> String {
    let links = incoming.links.iter().take(MOST_LINKS);
    let links = links.filter(|link| link.len() <= LONGEST_LINK && link.starts_with("http"));
    let lines = std::iter::once(incoming.text.trim_end()).chain(links.map(String::as_str));
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// Tells the agent that their answer was not sent.
pub fn given_up(cx: &mut Context<'_, '_>, outgoing: &Outgoing, why: &str) -> Result<(), Refusal> {
    let what = format!("text message to {}", outgoing.recipient);
    team::tell_unsent(cx, &outgoing.account, &what, &outgoing.text, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_plain() {
        assert_eq!(
            number(" +1 (555) 01-00 ").as_deref(),
            Some("+1 (555) 01-00")
        );
        assert_eq!(number("HARK").as_deref(), Some("HARK"));
        for wrong in ["", "  ", "+1<2", "1\n2", &"1".repeat(33)] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_number_has_one_token_that_others_cannot_make() {
        assert_eq!(token(b"key", "+1555"), token(b"key", "+1555"));
        assert_ne!(token(b"key", "+1555"), token(b"key", "+1556"));
        assert_ne!(token(b"key", "+1555"), token(b"other", "+1555"));
    }

    #[test]
    fn links_of_the_web_stand_below_the_words() {
        let incoming = Incoming {
            text: "look \n".to_owned(),
            links: vec![
                "https://x.example/1".to_owned(),
                "javascript:alert(1)".to_owned(),
            ],
            ..Incoming::default()
        };
        assert_eq!(words(&incoming), "look\nhttps://x.example/1");
    }
}
