use std::net::IpAddr;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hark_chat::uploads::{self, Upload};
use hark_model::accounts;
use hark_store::{Error, View};

use crate::assets::is_known;
use crate::response::with;
use crate::wire::Wire;

/// Grounds on which white letters are read well.
const GROUNDS: [&str; 12] = [
    "#b3261e", "#a8327a", "#7b3fa0", "#5a4fb0", "#3557b7", "#1f6391", "#0b6b72", "#1b6e4b",
    "#47692a", "#70600f", "#8f5212", "#5d5c68",
];

/// Whoever shows another picture is seen by it after so long.
const KEPT: &str = "public, max-age=300";

/// `GET /avatar/{name}`: the picture that somebody of this name shows, or initials on a colour, both from the
/// name. A name without a picture tells nothing of who has an account.
pub(super) async fn picture(
    wire: &Wire,
    name: &str,
    headers: &HeaderMap,
    address: IpAddr,
) -> Response {
    let asked = name.to_owned();
    let shown = wire.store.read(move |view| shown(view, &asked)).await;
    // Initials are there as long as the server is.
    let photo = match shown {
        Ok(Some(upload)) => photo(wire, &upload, headers, address).await,
        Ok(None) | Err(_) => None,
    };
    let (response, media_type) = photo.map_or_else(
        || (drawing(name).into_response(), "image/svg+xml"),
        |photo| (photo, "image/jpeg"),
    );
    let described = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, KEPT),
        (
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ];
    with(response, described)
}

fn shown(view: &mut View<'_>, name: &str) -> Result<Option<Upload>, Error> {
    let account = accounts::find_by_username(view, name)?;
    match account.and_then(|account| account.picture_id) {
        Some(id) => uploads::find(view, &id),
        None => Ok(None),
    }
}

/// Nothing: its bytes cannot be had now.
async fn photo(
    wire: &Wire,
    upload: &Upload,
    headers: &HeaderMap,
    address: IpAddr,
) -> Option<Response> {
    let tag = format!("\"{}\"", upload.sha256);
    let response = if is_known(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let rationed = wire.options.rate_limit;
        let _place = wire.downloads.enter(address, rationed).ok()?;
        let size = u64::try_from(upload.size).ok()?;
        let now = wire.store.clock().now();
        let flow = wire.files.open(&upload.id, 0, size, now).await.ok()??;
        let bytes = flow.all(usize::try_from(size).ok()?).await.ok()?;
        Body::from(bytes).into_response()
    };
    Some(with(response, [(header::ETAG, &tag)]))
}

fn drawing(name: &str) -> String {
    let (ground, letters) = (ground(name), initials(name));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\" width=\"64\" height=\"64\">\
         <rect width=\"64\" height=\"64\" fill=\"{ground}\"/>\
         <text x=\"32\" y=\"32\" dy=\".35em\" text-anchor=\"middle\" font-family=\"system-ui, sans-serif\" \
         font-size=\"26\" font-weight=\"600\" fill=\"#ffffff\">{letters}</text></svg>\n"
    )
}

/// The same for a name each time, and for similar names not the same.
fn ground(name: &str) -> &'static str {
    let mixed = name.bytes().fold(0x811c_9dc5_u32, |mixed, byte| {
        (mixed ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    let place = (mixed ^ (mixed >> 16)) as usize % GROUNDS.len();
    GROUNDS[place]
}

/// Of the first two words, or of one; only letters and digits, so that a name is never markup.
fn initials(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    let firsts = words.filter_map(|word| word.chars().next());
    let letters: String = firsts.take(2).flat_map(char::to_uppercase).collect();
    if letters.is_empty() {
        "?".to_owned()
    } else {
        letters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG's contrast with white.
    fn contrast(ground: &str) -> f64 {
        let channel = |from: usize| {
            let byte = u8::from_str_radix(&ground[from..from + 2], 16).unwrap();
            let part = f64::from(byte) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        1.05 / (0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5) + 0.05)
    }

    #[test]
    fn letters_can_be_read_on_every_ground() {
        for ground in GROUNDS {
            assert!(contrast(ground) >= 4.5, "{ground}: {}", contrast(ground));
        }
    }

    #[test]
    fn a_name_is_never_markup() {
        for (name, letters) in [
            ("amy", "A"),
            ("amy.van-dyke", "AV"),
            ("<script>alert(1)</script>", "SA"),
            ("\"/><b onload=x>", "BO"),
            ("&lt;", "L"),
            ("", "?"),
            ("]]>", "?"),
            ("éva ökrös", "ÉÖ"),
            ("李雷", "李"),
            ("مريم حسن", "مح"),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }
}
