//! Words become lines of glyphs: shaped, joined, in their direction, broken where their writing breaks.

use std::collections::HashMap;
use std::sync::Arc;

use cosmic_text::fontdb::{self, Source};
use cosmic_text::{Attrs, Buffer, Family, FontSystem, LayoutGlyph, Metrics, Shaping, Weight};
use krilla::text::{Font, GlyphId, KrillaGlyph};

use crate::colour::Colour;

const OURS: &str = "Noto Sans";
const FONTS: [&[u8]; 5] = [
    include_bytes!("../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../fonts/NotoSans-Bold.ttf"),
    include_bytes!("../fonts/NotoSansArabic-Regular.ttf"),
    include_bytes!("../fonts/NotoSansArabic-Bold.ttf"),
    include_bytes!("../fonts/NotoSansHebrew-Regular.ttf"),
];
/// Letters that are laid out at once: what somebody wrote without a break may be long.
const MOST_AT_ONCE: usize = 8_000;

#[derive(Debug, Clone, Copy)]
pub struct Style {
    size: f32,
    is_bold: bool,
    pub colour: Colour,
}

impl Style {
    pub const fn new(size: f32, colour: Colour) -> Self {
        Self {
            size,
            is_bold: false,
            colour,
        }
    }

    pub const fn bold(mut self) -> Self {
        self.is_bold = true;
        self
    }

    /// Of one line.
    pub const fn height(&self) -> f32 {
        self.size * 1.42
    }
}

/// One line, ready to be drawn.
pub struct Line {
    pub runs: Vec<Run>,
    pub width: f32,
    pub height: f32,
    /// From its top to where letters stand.
    pub baseline: f32,
}

impl Line {
    /// How far a line that is flush right has to go to stand at the left.
    pub fn start_correction(&self) -> f32 {
        -self
            .runs
            .iter()
            .map(|run| run.x)
            .fold(f32::INFINITY, f32::min)
            .min(1e6)
    }
}

/// Glyphs of one font beside each other.
#[derive(Clone)]
pub struct Run {
    pub font: fontdb::ID,
    pub size: f32,
    pub x: f32,
    /// What the glyphs stand for.
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
}

/// The fonts, and what is known of them.
pub struct Words {
    system: FontSystem,
    fonts: HashMap<fontdb::ID, Option<Font>>,
}

impl Words {
    pub fn new() -> Self {
        let mut known = fontdb::Database::new();
        for font in FONTS {
            known.load_font_source(Source::Binary(Arc::new(font)));
        }
        known.load_system_fonts();
        Self {
            system: FontSystem::new_with_locale_and_db("en".to_owned(), known),
            fonts: HashMap::new(),
        }
    }

    /// A font as the document embeds it; nothing, if it cannot.
    pub fn font(&mut self, id: fontdb::ID) -> Option<Font> {
        let system = &self.system;
        let found = self.fonts.entry(id).or_insert_with(|| {
            let face = system.db().face(id)?;
            let data = match &face.source {
                Source::Binary(data) | Source::SharedFile(_, data) => Arc::clone(data),
                Source::File(_) => return None,
            };
            Font::new(data.into(), face.index)
        });
        found.clone()
    }

    /// The lines of a text in a column.
    pub fn lines(&mut self, text: &str, style: Style, width: f32) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut rest = text.trim_end();
        loop {
            let end = rest
                .char_indices()
                .nth(MOST_AT_ONCE)
                .map_or(rest.len(), |(end, _)| end);
            let (now, later) = rest.split_at(end);
            self.some_lines(now, style, width, &mut lines);
            if later.is_empty() {
                return lines;
            }
            rest = later;
        }
    }

    fn some_lines(&mut self, text: &str, style: Style, width: f32, lines: &mut Vec<Line>) {
        let mut buffer = Buffer::new_empty(Metrics::new(style.size, style.height()));
        buffer.set_size(Some(width), None);
        let weight = if style.is_bold {
            Weight::BOLD
        } else {
            Weight::NORMAL
        };
        let attributes = Attrs::new().family(Family::Name(OURS)).weight(weight);
        buffer.set_text(text, &attributes, Shaping::Advanced, None);
        buffer.shape_until_scroll(&mut self.system, false);
        for run in buffer.layout_runs() {
            lines.push(Line {
                runs: runs(run.text, run.glyphs, run.rtl),
                width: run.line_w,
                height: run.line_height,
                baseline: run.line_y - run.line_top,
            });
        }
    }
}

/// In the order in which they stand, from the left, whatever the order in which they are read. Those of a
/// paragraph that is read from the right come from there.
fn runs(text: &str, glyphs: &[LayoutGlyph], from_right: bool) -> Vec<Run> {
    let mut glyphs: Vec<&LayoutGlyph> = glyphs.iter().collect();
    if from_right {
        glyphs.reverse();
    }
    let same = |one: &&LayoutGlyph, next: &&LayoutGlyph| {
        one.font_id == next.font_id && one.level == next.level
    };
    let runs = glyphs.chunk_by(same).filter_map(|glyphs| {
        let first = glyphs.first()?;
        let start = glyphs.iter().map(|glyph| glyph.start).min()?;
        let end = glyphs.iter().map(|glyph| glyph.end).max()?;
        let size = first.font_size;
        Some(Run {
            font: first.font_id,
            size,
            x: first.x,
            text: text.get(start..end)?.to_owned(),
            glyphs: glyphs
                .iter()
                .map(|glyph| KrillaGlyph {
                    glyph_id: GlyphId::new(u32::from(glyph.glyph_id)),
                    text_range: glyph.start - start..glyph.end - start,
                    x_advance: glyph.w / size,
                    x_offset: glyph.x_offset,
                    y_offset: glyph.y_offset,
                    y_advance: 0.0,
                    location: None,
                })
                .collect(),
        })
    });
    runs.collect()
}
