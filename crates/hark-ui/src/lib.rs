//! What browsers are sent: the built widget, the built console and the built API reference out of `web/dist`. A release has them
//! inside; while they are worked on, they are read from the disk.

use std::borrow::Cow;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Dist;

/// A file as it goes over the network.
pub struct File {
    pub bytes: Cow<'static, [u8]>,
    pub media_type: &'static str,
    /// How its bytes are compressed.
    pub encoding: Option<&'static str>,
    /// What differs as soon as its bytes do.
    pub tag: String,
}

/// How a file may be compressed, the smallest first, and what the name of such a copy ends with.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// A file of the widget, in the smallest form that `accepted`, an `Accept-Encoding`, lets through.
pub fn widget(path: &str, accepted: &str) -> Option<File> {
    file("widget", path, accepted)
}

/// A file of the console, for those who answer; none of them is there when only the widget was built.
pub fn console(path: &str, accepted: &str) -> Option<File> {
    file("console", path, accepted)
}

/// A file of the page that shows the API documents.
pub fn reference(path: &str, accepted: &str) -> Option<File> {
    file("reference", path, accepted)
}

fn file(folder: &str, path: &str, accepted: &str) -> Option<File> {
    let is_inside = path.split('/').all(|part| part != "..");
    let media_type = media_type(path).filter(|_| is_inside)?;
    let whole = format!("{folder}/{path}");
    let copies = ENCODINGS.into_iter();
    let copies = copies.filter(|(encoding, _)| accepts(accepted, encoding));
    let copy = copies.into_iter().find_map(|(encoding, suffix)| {
        let copy = Dist::get(&format!("{whole}{suffix}"))?;
        Some((Some(encoding), copy))
    });
    let (encoding, found) = copy.or_else(|| Some((None, Dist::get(&whole)?)))?;
    let hash = found.metadata.sha256_hash();
    let tag = hash[..12].iter().map(|byte| format!("{byte:02x}"));
    Some(File {
        bytes: found.data,
        media_type,
        encoding,
        tag: tag.collect(),
    })
}

/// What a page that was opened before an upgrade still asks for by its old name: the script around
/// the panel, as it is now.
pub fn frame_of_another_build(path: &str, accepted: &str) -> Option<File> {
    let is_frame = |path: &str| path.starts_with("assets/frame-") && path.ends_with(".js");
    if !is_frame(path) {
        return None;
    }
    let mut built = Dist::iter().filter_map(|path| Some(path.strip_prefix("widget/")?.to_owned()));
    widget(&built.find(|path| is_frame(path))?, accepted)
}

/// Nothing else is handed out.
fn media_type(path: &str) -> Option<&'static str> {
    let (_, ending) = path.rsplit_once('.')?;
    Some(match ending {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "wav" => "audio/wav",
        _ => return None,
    })
}

/// Whether an `Accept-Encoding` lets this encoding through.
pub fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|choice| {
        let (name, weight) = choice.split_once(';').unwrap_or((choice, ""));
        let refused = weight
            .trim()
            .strip_prefix("q=")
            .and_then(|weight| weight.trim().parse::<f32>().ok())
            .is_some_and(|weight| weight <= 0.0);
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_accepts_decides_how_a_file_is_sent() {
        for (accepted, encoding) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("BR;q=0.1", Some("br")),
            ("br;q=0, gzip;q=0.5", Some("gzip")),
            ("gzip", Some("gzip")),
            ("", None),
            ("identity, *;q=0", None),
        ] {
            let file = widget("loader.js", accepted).unwrap();
            assert_eq!(file.encoding, encoding, "{accepted}");
        }
    }

    #[test]
    fn an_open_page_finds_the_frame_of_a_later_build() {
        let frame = frame_of_another_build("assets/frame-older.js", "").unwrap();
        assert!(!frame.bytes.is_empty());
        for path in [
            "assets/index-older.js",
            "frame-older.js",
            "assets/frame-older.css",
        ] {
            assert!(frame_of_another_build(path, "").is_none(), "{path}");
        }
    }

    #[test]
    fn only_what_was_built_is_there() {
        for path in [
            "",
            "..",
            "../widget/loader.js",
            "assets/../loader.js",
            "loader.js.br",
            "loader",
            "assets",
            "x.js",
        ] {
            assert!(widget(path, "").is_none(), "{path}");
            assert!(console(path, "").is_none(), "{path}");
        }
    }

    #[test]
    fn neither_hands_out_files_of_the_other() {
        assert!(console("index.html", "").is_some());
        assert!(reference("index.html", "").is_some());
        assert!(reference("try.html", "").is_none());
        assert!(console("loader.js", "").is_none());
    }
}
