//! The body of an answer, as much of it as is kept.

use std::io::{ErrorKind, Read};

use bytes::{Bytes, BytesMut};
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use http_body_util::BodyExt;
use hyper::body::Incoming;

use crate::Failure;

/// How much of a body is kept.
pub const KEPT: usize = 64 << 10;

/// How much longer than its content a compressed body may be.
const WRAPPING: usize = 1 << 10;

enum Encoding {
    Gzip,
    Deflate,
}

/// Reads a body up to the bound, and answers whether there was more. Leaving a rest unread closes
/// the connection.
pub(crate) async fn read(
    headers: &HeaderMap,
    mut body: Incoming,
) -> Result<(Bytes, bool), Failure> {
    let encoding = encoding(headers);
    let most = KEPT + if encoding.is_some() { WRAPPING } else { 0 };
    let mut whole = Bytes::new();
    let mut pieces = BytesMut::new();
    let mut cut = false;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|error| Failure::of_body(&error))?.into_data() else {
            continue;
        };
        // Most answers come in one piece, which needs no copy.
        if whole.is_empty() && pieces.is_empty() {
            whole = data;
        } else {
            pieces.extend_from_slice(&std::mem::take(&mut whole));
            let room = most.saturating_sub(pieces.len()) + 1;
            pieces.extend_from_slice(&data[..data.len().min(room)]);
        }
        if whole.len().max(pieces.len()) > most {
            cut = true;
            break;
        }
    }
    if !pieces.is_empty() {
        whole = pieces.freeze();
    }
    whole.truncate(most);
    match encoding {
        Some(encoding) if !whole.is_empty() => decoded(&encoding, &whole, cut),
        _ => Ok((whole, cut)),
    }
}

/// What is made of an answer that came compressed.
#[cfg(feature = "fuzzing")]
pub fn unpack(headers: &HeaderMap, packed: &[u8], cut: bool) -> usize {
    let packed = &packed[..packed.len().min(KEPT + WRAPPING)];
    let unpacked = encoding(headers).map(|encoding| decoded(&encoding, packed, cut));
    unpacked.map_or(0, |unpacked| unpacked.map_or(0, |(plain, _)| plain.len()))
}

/// A body in an unknown encoding is kept as it came.
fn encoding(headers: &HeaderMap) -> Option<Encoding> {
    let named = headers.get(CONTENT_ENCODING)?.to_str().ok()?.trim();
    let is = |name: &str| named.eq_ignore_ascii_case(name);
    if is("gzip") || is("x-gzip") {
        return Some(Encoding::Gzip);
    }
    is("deflate").then_some(Encoding::Deflate)
}

fn decoded(encoding: &Encoding, packed: &[u8], cut: bool) -> Result<(Bytes, bool), Failure> {
    let mut plain = Vec::new();
    let mut into = |mut from: Box<dyn Read + '_>| from.read_to_end(&mut plain);
    let most = KEPT as u64 + 1;
    let read = match encoding {
        Encoding::Gzip => into(Box::new(MultiGzDecoder::new(packed).take(most))),
        // Many servers leave out the frame that this encoding should have.
        Encoding::Deflate if is_framed(packed) => {
            into(Box::new(ZlibDecoder::new(packed).take(most)))
        }
        Encoding::Deflate => into(Box::new(DeflateDecoder::new(packed).take(most))),
    };
    match read {
        Err(error) if !(cut && error.kind() == ErrorKind::UnexpectedEof) => {
            return Err(Failure::Protocol(format!(
                "its content-encoding is broken ({error})"
            )));
        }
        _ => {}
    }
    let over = plain.len() > KEPT;
    plain.truncate(KEPT);
    Ok((plain.into(), cut || over))
}

/// Whether a zlib header stands at the front: method 8, and a multiple of 31.
fn is_framed(packed: &[u8]) -> bool {
    matches!(packed, [first, second, ..]
        if first & 0x0f == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(plain: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn bare(plain: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn every_spelling_of_an_encoding_is_read() {
        for text in ["", "thanks", &"thanks a lot ".repeat(900)] {
            for (encoding, packed) in [
                (Encoding::Gzip, gzip(text.as_bytes())),
                (Encoding::Deflate, zlib(text.as_bytes())),
                (Encoding::Deflate, bare(text.as_bytes())),
            ] {
                let (plain, cut) = decoded(&encoding, &packed, false).unwrap();
                assert_eq!(plain, text.as_bytes());
                assert!(!cut);
            }
        }
    }

    #[test]
    fn what_ends_early_or_is_wrong_is_refused_unless_it_was_cut() {
        let text = "some words, and more of them, that do not repeat: 8f3k2".repeat(3);
        for (encoding, packed) in [
            (Encoding::Gzip, gzip(text.as_bytes())),
            (Encoding::Deflate, zlib(text.as_bytes())),
            (Encoding::Deflate, bare(text.as_bytes())),
        ] {
            let half = &packed[..packed.len() / 2];
            assert!(matches!(
                decoded(&encoding, half, false),
                Err(Failure::Protocol(_))
            ));
            let (plain, cut) = decoded(&encoding, half, true).unwrap();
            assert!(text.as_bytes().starts_with(&plain) && cut);
        }
        let noise = [0xff; 40];
        for encoding in [Encoding::Gzip, Encoding::Deflate] {
            assert!(matches!(
                decoded(&encoding, &noise, false),
                Err(Failure::Protocol(_))
            ));
            assert!(matches!(
                decoded(&encoding, &noise, true),
                Err(Failure::Protocol(_))
            ));
        }
    }

    #[test]
    fn a_bomb_stops_at_the_bound() {
        let bomb = gzip(&vec![0; 40 << 20]);
        assert!(bomb.len() < KEPT);
        let (plain, cut) = decoded(&Encoding::Gzip, &bomb, false).unwrap();
        assert_eq!(plain.len(), KEPT);
        assert!(cut);
    }
}
