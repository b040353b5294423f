//! Pages of a PDF, each written when it is full.

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::Fill;

use crate::Error;
use crate::colour::Colour;
use crate::words::{Line, Run, Words};

/// A4, in points.
pub const WIDTH: f32 = 595.28;
pub const HEIGHT: f32 = 841.89;

enum Mark {
    Block(Rect, Colour),
    Run(Run, Point, Colour),
}

pub struct Paper {
    document: krilla::Document,
    marks: Vec<Mark>,
    pages: usize,
}

impl Paper {
    pub fn new(title: &str) -> Self {
        let mut document = krilla::Document::new();
        let about = Metadata::new()
            .title(title.to_owned())
            .producer("Hark".to_owned());
        document.set_metadata(about);
        Self {
            document,
            marks: Vec::new(),
            pages: 0,
        }
    }

    /// How many are full.
    pub const fn pages(&self) -> usize {
        self.pages
    }

    pub fn block(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        if let Some(block) = Rect::from_xywh(x, y, width, height) {
            self.marks.push(Mark::Block(block, colour));
        }
    }

    /// A line of words whose top left is here.
    pub fn line(&mut self, line: &Line, x: f32, y: f32, colour: Colour) {
        for run in &line.runs {
            let at = Point::from_xy(x + run.x, y + line.baseline);
            self.marks.push(Mark::Run(run.clone(), at, colour));
        }
    }

    /// Writes the page.
    pub fn turn(&mut self, words: &mut Words) {
        self.pages += 1;
        let marks = std::mem::take(&mut self.marks);
        // Nothing but a side of no length is refused.
        let Some(size) = PageSettings::from_wh(WIDTH, HEIGHT) else {
            return;
        };
        let mut page = self.document.start_page_with(size);
        let mut surface = page.surface();
        for mark in marks {
            match mark {
                Mark::Block(block, colour) => {
                    surface.set_fill(Some(fill(colour)));
                    let mut path = PathBuilder::new();
                    path.push_rect(block);
                    if let Some(path) = path.finish() {
                        surface.draw_path(&path);
                    }
                }
                Mark::Run(run, at, colour) => {
                    surface.set_fill(Some(fill(colour)));
                    if let Some(font) = words.font(run.font) {
                        surface.draw_glyphs(at, &run.glyphs, font, &run.text, run.size, false);
                    }
                }
            }
        }
        surface.finish();
        page.finish();
    }

    pub fn finish(self) -> Result<Vec<u8>, Error> {
        let written = self.document.finish();
        written.map_err(|error| Error::Document(format!("{error:?}")))
    }
}

fn fill(Colour(red, green, blue): Colour) -> Fill {
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        ..Fill::default()
    }
}
