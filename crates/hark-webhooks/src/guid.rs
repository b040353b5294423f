//! Ids in the shape that Comm100's clients know: 32 hexadecimal digits with dashes.

use aws_lc_rs::digest::{SHA256, digest};
use hark_store::Ids;

/// A new one, lower case as all that are stored.
pub fn random(ids: &mut Ids) -> String {
    derived("", &[ids.id24(), ids.id17()].concat())
}

/// The one that stands for something of Hark's: the same on every node and for ever. `of` says
/// what it is, since two things of different kinds may have one id.
pub fn derived(of: &str, id: &str) -> String {
    let digest = digest(&SHA256, format!("{of}:{id}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_ref()[..16]);
    // Version 8 of RFC 9562, whose bits mean what its maker says, in the variant of RFC 4122.
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    dashed(&hex)
}

fn dashed(hex: &str) -> String {
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

/// Lower case, whatever the case in which it is written.
pub fn parse(text: &str) -> Option<String> {
    let hex: String = text.chars().filter(|letter| *letter != '-').collect();
    let is_hex = hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    let usual = is_hex.then(|| dashed(&hex.to_ascii_lowercase()))?;
    usual.eq_ignore_ascii_case(text).then_some(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_derived_stays_and_has_the_shape() {
        let guid = derived("room", "abc");
        assert_eq!(guid, derived("room", "abc"));
        assert_ne!(guid, derived("visitor", "abc"));
        assert_eq!(parse(&guid.to_ascii_uppercase()), Some(guid.clone()));
        assert_eq!(guid.as_bytes()[14], b'8');
        assert!(b"89ab".contains(&guid.as_bytes()[19]));
        let mut ids = Ids::from_system();
        assert_ne!(random(&mut ids), random(&mut ids));
    }

    #[test]
    fn only_guids_are_guids() {
        let guid = "69fab2b6-1189-4b96-bd06-1cbdadbc1164";
        assert_eq!(parse(guid), Some(guid.to_owned()));
        for text in [
            "",
            "x",
            "69fab2b611894b96bd061cbdadbc1164",
            "69fab2b6-1189-4b96-bd06-1cbdadbc116",
            "69fab2b6-1189-4b96-bd061-cbdadbc1164",
            "{69fab2b6-1189-4b96-bd06-1cbdadbc1164}",
            "69fab2b6-1189-4b96-bd06-1cbdadbc116é",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
