//! What a file really is, by its first bytes. What the sender says of it is believed only
//! where it cannot harm: nothing is shown inside a page unless its bytes say that it may be.

/// A type of which nothing is known.
pub const UNKNOWN: &str = "application/octet-stream";
const LONGEST: usize = 100;

/// Types that a signature settles, and what else a file with it may rightly be called.
struct Signature {
    media_type: &'static str,
    also: &'static [&'static str],
}

const fn only(media_type: &'static str) -> Signature {
    Signature {
        media_type,
        also: &[],
    }
}

const fn or(media_type: &'static str, also: &'static [&'static str]) -> Signature {
    Signature { media_type, also }
}

/// Containers of so many kinds that any name of an application's format is right.
const ANY_APPLICATION: &[&str] = &["application/"];

/// The type of a file that begins like this and of which its sender says `claimed`.
pub fn sniff(head: &[u8], claimed: &str) -> String {
    let claimed = essence(claimed);
    if let Some(found) = signature(head) {
        let fits = found.also.iter().any(|other| {
            if other.ends_with('/') {
                claimed.starts_with(other) && !needs_proof(&claimed)
            } else {
                claimed == *other
            }
        });
        return if fits {
            claimed
        } else {
            found.media_type.to_owned()
        };
    }
    if let Some(found) = markup(head) {
        return found.to_owned();
    }
    let named = !needs_proof(&claimed);
    match (is_text(head), named) {
        (true, true) => claimed,
        (true, false) => "text/plain".to_owned(),
        (false, true) if !claimed.starts_with("text/") => claimed,
        (false, _) => UNKNOWN.to_owned(),
    }
}

/// Whether a page may show it in place. Everything else is for saving.
pub fn is_shown(media_type: &str) -> bool {
    matches!(
        media_type,
        "image/png"
            | "image/jpeg"
            | "image/gif"
            | "image/webp"
            | "image/avif"
            | "image/bmp"
            | "audio/mpeg"
            | "audio/mp3"
            | "audio/mp4"
            | "audio/x-m4a"
            | "audio/m4a"
            | "audio/aac"
            | "audio/ogg"
            | "audio/opus"
            | "audio/webm"
            | "audio/wav"
            | "audio/x-wav"
            | "audio/wave"
            | "audio/flac"
            | "audio/x-flac"
            | "video/mp4"
            | "video/webm"
            | "video/ogg"
            | "video/quicktime"
    )
}

/// Whether a list such as `image/*,application/pdf` names a type.
pub fn is_listed(list: &str, media_type: &str) -> bool {
    list.split(',').map(str::trim).any(|entry| {
        let entry = entry.to_ascii_lowercase();
        match entry.strip_suffix('*') {
            Some("" | "*/") => true,
            Some(family) => family.ends_with('/') && media_type.starts_with(family),
            None => !entry.is_empty() && entry == media_type,
        }
    })
}

/// `Text/HTML; charset=x` → `text/html`; what is no type is of an unknown one.
pub fn essence(text: &str) -> String {
    let text = text.split(';').next().unwrap_or_default().trim();
    let part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let valid = text.len() <= LONGEST
        && text
            .split_once('/')
            .is_some_and(|(family, name)| part(family) && part(name));
    if valid {
        text.to_ascii_lowercase()
    } else {
        UNKNOWN.to_owned()
    }
}

/// Types with a signature of their own: without it, the name is wrong.
fn needs_proof(claimed: &str) -> bool {
    ["image/", "audio/", "video/", "font/", "multipart/"]
        .iter()
        .any(|family| claimed.starts_with(family))
        || matches!(
            claimed,
            UNKNOWN | "application/pdf" | "application/zip" | "application/ogg"
        )
}

fn signature(head: &[u8]) -> Option<Signature> {
    let at = |place: usize, bytes: &[u8]| head.get(place..place + bytes.len()) == Some(bytes);
    let starts = |bytes: &[u8]| head.starts_with(bytes);
    let found = match () {
        () if starts(b"\x89PNG\r\n\x1a\n") => only("image/png"),
        () if starts(b"\xff\xd8\xff") => only("image/jpeg"),
        () if starts(b"GIF87a") || starts(b"GIF89a") => only("image/gif"),
        () if starts(b"RIFF") && at(8, b"WEBP") => only("image/webp"),
        () if starts(b"RIFF") && at(8, b"WAVE") => or(
            "audio/wav",
            &["audio/x-wav", "audio/wave", "audio/vnd.wave"],
        ),
        () if starts(b"RIFF") && at(8, b"AVI ") => or("video/x-msvideo", &["video/avi"]),
        () if starts(b"BM") && at(6, &[0; 4]) => or("image/bmp", &["image/x-ms-bmp"]),
        () if starts(b"II*\0") || starts(b"MM\0*") => only("image/tiff"),
        () if starts(b"\0\0\x01\0") => or("image/x-icon", &["image/vnd.microsoft.icon"]),
        () if starts(b"8BPS") => only("image/vnd.adobe.photoshop"),
        () if at(4, b"ftyp") => brand(head.get(8..12).unwrap_or_default()),
        () if starts(b"\x1a\x45\xdf\xa3") => or(
            "video/webm",
            &["audio/webm", "video/x-matroska", "audio/x-matroska"],
        ),
        () if starts(b"OggS") => or("audio/ogg", &["video/ogg", "application/ogg", "audio/opus"]),
        () if starts(b"ID3") => or("audio/mpeg", &["audio/mp3", "audio/aac"]),
        () if is_mpeg_audio(head) => or("audio/mpeg", &["audio/mp3"]),
        () if starts(b"\xff\xf1") || starts(b"\xff\xf9") => only("audio/aac"),
        () if starts(b"fLaC") => or("audio/flac", &["audio/x-flac"]),
        () if starts(b"#!AMR") => only("audio/amr"),
        () if starts(b"MThd") => or("audio/midi", &["audio/mid", "audio/x-midi"]),
        () if starts(b"\0\0\x01\xba") || starts(b"\0\0\x01\xb3") => only("video/mpeg"),
        () if starts(b"FLV\x01") => only("video/x-flv"),
        () if starts(b"%PDF-") => only("application/pdf"),
        () if starts(b"PK\x03\x04") => or("application/zip", ANY_APPLICATION),
        () if starts(b"\x1f\x8b") => or("application/gzip", ANY_APPLICATION),
        () if starts(b"7z\xbc\xaf\x27\x1c") => only("application/x-7z-compressed"),
        () if starts(b"Rar!\x1a\x07") => {
            or("application/vnd.rar", &["application/x-rar-compressed"])
        }
        () if starts(b"\xfd7zXZ\0") => only("application/x-xz"),
        () if starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => {
            or("application/x-ole-storage", ANY_APPLICATION)
        }
        () if starts(b"MZ") && !is_text(head) => only("application/x-msdownload"),
        () if starts(b"\x7fELF") => only("application/x-executable"),
        () if starts(b"\xcf\xfa\xed\xfe") || starts(b"\xce\xfa\xed\xfe") => {
            only("application/x-mach-binary")
        }
        () if starts(b"\xca\xfe\xba\xbe") => only("application/java-vm"),
        () if starts(b"\0asm") => only("application/wasm"),
        () => return None,
    };
    Some(found)
}

/// Of the family that MP4 began.
fn brand(brand: &[u8]) -> Signature {
    match brand {
        b"avif" | b"avis" => only("image/avif"),
        b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1" => or("image/heic", &["image/heif"]),
        b"qt  " => only("video/quicktime"),
        b"M4A " => or("audio/mp4", &["audio/x-m4a", "audio/m4a", "audio/aac"]),
        [b'3', b'g', ..] => or("video/3gpp", &["audio/3gpp", "video/3gpp2"]),
        _ => or(
            "video/mp4",
            &[
                "audio/mp4",
                "audio/x-m4a",
                "audio/m4a",
                "video/x-m4v",
                "video/quicktime",
            ],
        ),
    }
}

/// A frame of layer III without a header before it.
fn is_mpeg_audio(head: &[u8]) -> bool {
    matches!(head, [0xff, second, third, ..]
        if second & 0xe6 == 0xe2 && third & 0xf0 != 0xf0 && third & 0x0c != 0x0c)
}

/// Markup that a browser may run, however it is dressed: with blanks before it, in UTF-16.
fn markup(head: &[u8]) -> Option<&'static str> {
    let text: Vec<u8> = head
        .iter()
        .filter(|byte| **byte != 0)
        .map(u8::to_ascii_lowercase)
        .collect();
    let text = String::from_utf8_lossy(&text);
    let text = text.trim_start_matches(|letter: char| {
        letter.is_whitespace() || letter == '\u{feff}' || letter == '\u{fffd}'
    });
    if !text.starts_with('<') {
        return None;
    }
    if text.contains("<svg") {
        return Some("image/svg+xml");
    }
    let page = [
        "<!doctype",
        "<html",
        "<script",
        "<body",
        "<head",
        "<iframe",
        "<img",
        "<div",
        "<!--",
        "<style",
        "<title",
        "<table",
        "<p>",
        "<a ",
        "<b>",
        "<br",
        "<h1",
        "<font",
        "<meta",
        "<link",
        "<object",
        "<embed",
        "<form",
        "<base",
    ];
    let is_page = page.iter().any(|tag| text.contains(tag));
    match (text.starts_with("<?xml"), is_page) {
        (true, true) => Some("application/xhtml+xml"),
        (true, false) => Some("text/xml"),
        (false, true) => Some("text/html"),
        (false, false) => None,
    }
}

fn is_text(head: &[u8]) -> bool {
    !head
        .iter()
        .any(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    #[test]
    fn bytes_win_over_words() {
        for (head, claimed, media_type) in [
            (PNG, "image/png", "image/png"),
            (PNG, "text/html", "image/png"),
            (b"<html><script>", "image/png", "text/html"),
            (b" \n<SVG onload=alert(1)>", "image/png", "image/svg+xml"),
            (b"<?xml version='1.0'?><svg", "text/plain", "image/svg+xml"),
            (b"<!-- --><svg>", "image/gif", "image/svg+xml"),
            (
                b"\xff\xfe<\0s\0c\0r\0i\0p\0t\0>\0",
                "text/plain",
                "text/html",
            ),
            (b"alert(1)", "image/jpeg", "text/plain"),
            (b"hello <script>", "image/jpeg", "text/plain"),
            (b"a,b\n", "text/csv", "text/csv"),
            (b"{}", "application/json", "application/json"),
            (b"\x01\x02", "image/png", "application/octet-stream"),
            (b"\x01\x02", "application/x-thing", "application/x-thing"),
            (b"\x01\x02", "text/plain", "application/octet-stream"),
            (b"%PDF-1.7", "text/plain", "application/pdf"),
            (b"hello", "application/pdf", "text/plain"),
            (
                b"PK\x03\x04",
                "application/vnd.ms-excel",
                "application/vnd.ms-excel",
            ),
            (b"PK\x03\x04", "image/png", "application/zip"),
            (b"PK\x03\x04", "application/pdf", "application/zip"),
            (b"\x1aE\xdf\xa3", "audio/webm", "audio/webm"),
            (b"\x1aE\xdf\xa3", "image/png", "video/webm"),
            (b"\0\0\0\x20ftypM4A ", "audio/x-m4a", "audio/x-m4a"),
            (b"\xff\xfb\x90\x00", "", "audio/mpeg"),
            (b"BMW rules", "text/plain", "text/plain"),
            (b"MZ is a label", "text/plain", "text/plain"),
            (b"MZ\x90\0", "image/png", "application/x-msdownload"),
            (b"", "text/plain", "text/plain"),
            (b"", "image/png", "text/plain"),
            (b"hi", "image/png\r\nX: y", "text/plain"),
        ] {
            assert_eq!(sniff(head, claimed), media_type, "{claimed} {head:?}");
        }
    }

    #[test]
    fn what_may_run_is_never_shown_in_place() {
        for media_type in [
            "image/svg+xml",
            "text/html",
            "application/xhtml+xml",
            "text/xml",
            "text/plain",
            "application/pdf",
            UNKNOWN,
        ] {
            assert!(!is_shown(media_type), "{media_type}");
        }
        assert!(is_shown("image/png"));
    }

    #[test]
    fn lists_name_types_and_families() {
        for (list, media_type, listed) in [
            ("image/svg+xml", "image/svg+xml", true),
            ("Image/*, application/pdf", "image/png", true),
            ("image/*,application/pdf", "application/pdf", true),
            ("image/*", "text/plain", false),
            ("*/*", "text/plain", true),
            ("*", "text/plain", true),
            ("", "text/plain", false),
            (",,", "text/plain", false),
            ("ima*", "image/png", false),
        ] {
            assert_eq!(is_listed(list, media_type), listed, "{list} {media_type}");
        }
    }
}
