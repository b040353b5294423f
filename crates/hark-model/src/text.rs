//! How texts are bounded, compared and looked for.

use crate::Refusal;

/// Before anything else that would repeat the text in a refusal.
pub fn check_size(field: &'static str, text: &str, most: usize) -> Result<(), Refusal> {
    match text.chars().nth(most) {
        Some(_) => Err(Refusal::TooLong { field, most }),
        None => Ok(()),
    }
}

/// Addresses and names of people are compared without regard to case.
pub fn key(text: &str) -> String {
    text.trim().to_lowercase()
}

/// A text that stands for itself in `LIKE … ESCAPE '\'`.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

pub fn is_email(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !local.contains(|character| is_blank(character) || "@<>,".contains(character))
            && is_host_name(domain)
    })
}

pub(crate) fn is_at_most(text: &str, characters: usize) -> bool {
    text.chars().nth(characters).is_none()
}

/// Control characters count as blank: in an address they could open a new line of a mail's head.
pub(crate) fn is_blank(character: char) -> bool {
    character.is_whitespace() || character.is_control()
}

/// Letters of any script, as people write the names of their hosts.
pub(crate) fn is_host_name(text: &str) -> bool {
    is_at_most(text, 253)
        && text.split('.').all(|label| {
            !label.is_empty()
                && label
                    .chars()
                    .all(|character| character.is_alphanumeric() || "-_".contains(character))
        })
}
