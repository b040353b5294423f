//! File names as others may safely see them.

/// In bytes of UTF-8: what every file system takes, with room for " (2)".
const LONGEST: usize = 200;
const LONGEST_ENDING: usize = 20;

/// The last part of what may be a path, without anything that deceives a reader or a program:
/// `..\exe.<right to left>gpj` becomes `exe.gpj`.
pub fn safe(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut name = String::with_capacity(last.len().min(LONGEST));
    for letter in last.chars().take(4 * LONGEST) {
        match letter {
            _ if is_hidden(letter) => {}
            '<' | '>' | ':' | '"' | '|' | '?' | '*' => name.push('_'),
            _ if letter.is_whitespace() && (name.is_empty() || name.ends_with(' ')) => {}
            _ if letter.is_whitespace() => name.push(' '),
            letter => name.push(letter),
        }
    }
    let name = name.trim_matches([' ', '.']);
    match name {
        "" => "file".to_owned(),
        name => shortened(name),
    }
}

/// What follows the last dot, in small letters.
pub fn ending(name: &str) -> String {
    name.rsplit_once('.')
        .map_or(String::new(), |(_, ending)| ending.to_lowercase())
}

/// A name inside a URL's path.
pub fn escaped(name: &str) -> String {
    escaped_but(name, b"-_.!~'();,@&=+$")
}

/// A name in a header, where fewer letters may stand as they are.
pub fn escaped_strictly(name: &str) -> String {
    escaped_but(name, b"-_.~")
}

fn escaped_but(name: &str, plain: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || plain.contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// Neither seen nor meant: controls, marks that turn the direction of writing, letters without
/// width. The two joiners stay, as some scripts cannot be written without them.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}'
            | '\u{e0000}'..='\u{e0fff}')
}

fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let kept = name
        .rsplit_once('.')
        .map(|(_, ending)| ending)
        .filter(|ending| !ending.is_empty() && ending.len() <= LONGEST_ENDING);
    let ending = kept.map_or(String::new(), |ending| format!(".{ending}"));
    let stem = &name[..name.floor_char_boundary(LONGEST - ending.len())];
    format!("{}{ending}", stem.trim_end_matches([' ', '.']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_says_what_it_is() {
        for (given, name) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            (r"C:\Users\me\photo.jpg", "photo.jpg"),
            ("", "file"),
            ("...", "file"),
            (".htaccess", "htaccess"),
            ("a\0b\r\nc.txt", "abc.txt"),
            ("cv\u{202e}gpj.exe", "cvgpj.exe"),
            ("  two   words .txt ", "two words .txt"),
            ("a<b>\"c\".txt", "a_b__c_.txt"),
            ("Grüße.txt", "Grüße.txt"),
            ("👨\u{200d}👩.png", "👨\u{200d}👩.png"),
            ("\u{200b}\u{2066}", "file"),
        ] {
            assert_eq!(safe(given), name, "{given:?}");
        }
        let long = safe(&format!("{}.tar", "ü".repeat(300)));
        assert!(long.len() <= 200 && long.ends_with("ü.tar"), "{long}");
        assert_eq!(ending("A.B.PDF"), "pdf");
        assert_eq!(escaped("a b#c%.txt"), "a%20b%23c%25.txt");
    }

    proptest! {
        #[test]
        fn no_name_leads_elsewhere(given in any::<String>()) {
            let name = safe(&given);
            prop_assert!(!name.is_empty() && name.len() <= 200);
            let bad = ['/', '\\', '\0', '\n', '"', '\u{202e}'];
            prop_assert!(!name.contains(bad));
            prop_assert!(!name.starts_with('.') && !name.starts_with(' '));
            prop_assert!(escaped(&name).is_ascii());
            prop_assert_eq!(safe(&name), name);
        }
    }
}
