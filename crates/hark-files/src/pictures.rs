//! How large a picture is, and a preview of it that fits into a message.

use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};

/// A picture in memory, and what its decoder needs beside it.
const MOST_MEMORY: u64 = 128 << 20;
/// Some decoders take the whole file into memory.
const LARGEST_FILE: u64 = 24 << 20;
const LARGEST_SIDE: u32 = 30_000;
/// A progressive JPEG takes nine bytes for each while it is decoded.
const MOST_PIXELS: u64 = 25_000_000;
const PREVIEW_SIDE: u32 = 32;
const PREVIEW_QUALITY: u8 = 70;
/// Of a person: sharp at the largest size in which one is shown.
const SQUARE_SIDE: u32 = 256;
const SQUARE_QUALITY: u8 = 85;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    /// A tiny JPEG in base64; none where the picture is too large or broken.
    pub preview: Option<String>,
}

/// Whether it is one of the formats that can be decoded here.
pub(crate) fn is_picture(media_type: &str) -> bool {
    matches!(
        media_type,
        "image/png" | "image/jpeg" | "image/gif" | "image/webp"
    )
}

/// Blocks, for up to a second: not for the threads that serve everybody.
pub(crate) fn look(path: &Path, size: u64) -> Option<Picture> {
    let mut decoder = decoder(path, size)?;
    let (width, height) = decoder.dimensions();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let turned = matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    let small = is_small(&decoder);
    let preview = small.then(|| preview(decoder, orientation)).flatten();
    let (width, height) = if turned {
        (height, width)
    } else {
        (width, height)
    };
    Some(Picture {
        width,
        height,
        preview,
    })
}

/// The middle of a picture as a square JPEG, without anything that its file said beside it. Blocks as well.
pub(crate) fn square(path: &Path, size: u64) -> Option<Vec<u8>> {
    let mut decoder = decoder(path, size)?;
    if !is_small(&decoder) {
        return None;
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).ok()?.resize_to_fill(
        SQUARE_SIDE,
        SQUARE_SIDE,
        FilterType::Triangle,
    );
    picture.apply_orientation(orientation);
    jpeg(&picture, SQUARE_QUALITY)
}

fn decoder(path: &Path, size: u64) -> Option<impl ImageDecoder> {
    if size > LARGEST_FILE {
        return None;
    }
    let mut reader = ImageReader::new(BufReader::new(File::open(path).ok()?))
        .with_guessed_format()
        .ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    reader.into_decoder().ok()
}

/// Whether there is the memory to decode it.
fn is_small(decoder: &impl ImageDecoder) -> bool {
    let (width, height) = decoder.dimensions();
    u64::from(width) * u64::from(height) <= MOST_PIXELS && decoder.total_bytes() <= MOST_MEMORY
}

fn preview(decoder: impl ImageDecoder, orientation: Orientation) -> Option<String> {
    let mut tiny = DynamicImage::from_decoder(decoder)
        .ok()?
        .thumbnail(PREVIEW_SIDE, PREVIEW_SIDE);
    tiny.apply_orientation(orientation);
    jpeg(&tiny, PREVIEW_QUALITY).map(|bytes| STANDARD.encode(bytes))
}

fn jpeg(picture: &DynamicImage, quality: u8) -> Option<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode_image(&picture.to_rgb8())
        .ok()?;
    Some(bytes.into_inner())
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, Rgb, RgbImage};

    use super::*;

    fn looked(bytes: &[u8]) -> Option<Picture> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        look(file.path(), bytes.len() as u64)
    }

    fn encoded(format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = RgbImage::from_pixel(90, 40, Rgb([200, 10, 10]));
        DynamicImage::from(picture)
            .write_to(&mut bytes, format)
            .unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_picture_has_a_size_and_a_preview_in_each_format() {
        use ImageFormat::{Gif, Jpeg, Png, WebP};
        for format in [Png, Jpeg, Gif, WebP] {
            let picture = looked(&encoded(format)).unwrap();
            assert_eq!((picture.width, picture.height), (90, 40), "{format:?}");
            let preview = STANDARD.decode(picture.preview.unwrap()).unwrap();
            let tiny = image::load_from_memory(&preview).unwrap();
            assert_eq!((tiny.width(), tiny.height()), (32, 14), "{format:?}");
        }
    }

    #[test]
    fn a_photo_that_was_taken_sideways_is_shown_upright() {
        let jpeg = encoded(ImageFormat::Jpeg);
        // An EXIF block that says no more than "turn by a quarter".
        let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let turned = [&jpeg[..2], &[0xff, 0xe1], &length, exif, &jpeg[2..]].concat();
        let picture = looked(&turned).unwrap();
        assert_eq!((picture.width, picture.height), (40, 90));
    }

    #[test]
    fn a_square_is_the_middle_of_a_picture_in_each_format() {
        use ImageFormat::{Gif, Jpeg, Png, WebP};
        let squared = |bytes: &[u8]| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), bytes).unwrap();
            square(file.path(), bytes.len() as u64)
        };
        for format in [Png, Jpeg, Gif, WebP] {
            let made = image::load_from_memory(&squared(&encoded(format)).unwrap()).unwrap();
            assert_eq!((made.width(), made.height()), (256, 256), "{format:?}");
        }
        assert_eq!(squared(b"no picture at all"), None);
    }

    #[test]
    fn what_is_broken_or_a_bomb_costs_nothing() {
        assert_eq!(looked(b"no picture at all"), None);
        let png = encoded(ImageFormat::Png);
        let cut = looked(&png[..png.len() / 2]).unwrap();
        assert_eq!((cut.width, cut.preview), (90, None));
        // A header that promises 20000 × 20000 pixels, with its checksum made right.
        let mut bomb = png;
        bomb[16..20].copy_from_slice(&20_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&20_000_u32.to_be_bytes());
        let sum = crc(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&sum.to_be_bytes());
        let seen = looked(&bomb).unwrap();
        assert_eq!((seen.width, seen.preview), (20_000, None));
    }

    fn crc(bytes: &[u8]) -> u32 {
        let mut sum = u32::MAX;
        for byte in bytes {
            sum ^= u32::from(*byte);
            for _ in 0..8 {
                sum = (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg());
            }
        }
        !sum
    }
}
