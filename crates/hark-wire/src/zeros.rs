//! No text that comes in holds a zero character: one of the engines cannot store it, and it means
//! nothing in any of them. Whatever makes a text of somebody else's bytes does it through here:
//! JSON, what is percent-encoded, paths, the parts of forms.

/// A text without them.
pub fn without(text: impl Into<String>) -> String {
    let mut text = text.into();
    if text.contains('\0') {
        text.retain(|letter| letter != '\0');
    }
    text
}
