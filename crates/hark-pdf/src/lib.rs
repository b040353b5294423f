//! A conversation on paper: its words are laid out on pages, in whatever writing they are, and become a PDF.
//!
//! Nothing here knows where the words come from. Letters that our own fonts lack are taken from those of the
//! system. It takes a while and much memory: whoever calls it keeps it off the threads that serve everybody.

mod colour;
mod paper;
mod words;

use colour::Colour;
use paper::Paper;
use words::{Style, Words};

/// Pages of one document. What does not fit is left out, and the last page says so.
pub const MOST_PAGES: usize = 200;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the document cannot be written: {0}")]
    Document(String),
}

/// A conversation, as it is to be read.
#[derive(Debug, Clone, Default)]
pub struct Document {
    pub title: String,
    /// What is known of it, each with its name.
    pub facts: Vec<(String, String)>,
    pub lines: Vec<Line>,
    /// Whether there was more than is here.
    pub is_cut: bool,
    /// At the foot of each page, before its number.
    pub foot: String,
}

#[derive(Debug, Clone)]
pub enum Line {
    /// What follows is of another day.
    Day(String),
    Said {
        by: String,
        at: String,
        text: String,
        files: Vec<String>,
        by_visitor: bool,
    },
    /// What happened between the words.
    Note { at: String, text: String },
}

const SIDE: f32 = 54.0;
const TOP: f32 = 56.0;
const BOTTOM: f32 = 64.0;
/// Between the edge of what somebody said and its words.
const INSET: f32 = 12.0;
const BAR: f32 = 2.5;

const INK: Colour = Colour(0x1b, 0x1f, 0x24);
const QUIET: Colour = Colour(0x6a, 0x73, 0x7d);
const RULE: Colour = Colour(0xd8, 0xdd, 0xe2);
const VISITOR: Colour = Colour(0x0b, 0x7a, 0x75);
const AGENT: Colour = Colour(0x2f, 0x5f, 0xc4);

const TITLE: Style = Style::new(20.0, INK).bold();
const NAME_OF_FACT: Style = Style::new(8.5, QUIET);
const FACT: Style = Style::new(9.5, INK);
const DAY: Style = Style::new(8.5, QUIET).bold();
const TIME: Style = Style::new(8.0, QUIET);
const TEXT: Style = Style::new(10.0, INK);
const FILE: Style = Style::new(9.0, QUIET);
const NOTE: Style = Style::new(8.5, QUIET);
const FOOT: Style = Style::new(8.0, QUIET);

/// Below the last line, where it is not the last of them.
const CUT: &str = "The conversation went on; the rest does not fit here.";

const NAME_OF_FACT_WIDTH: f32 = 96.0;
const TIME_WIDTH: f32 = 120.0;

/// The bytes of the document.
pub fn render(document: &Document) -> Result<Vec<u8>, Error> {
    let mut page = Page {
        paper: Paper::new(&document.title),
        words: Words::new(),
        y: TOP,
        foot: &document.foot,
        is_full: false,
    };
    page.head(document);
    for line in &document.lines {
        if page.is_full {
            break;
        }
        match line {
            Line::Day(day) => page.day(day),
            Line::Said {
                by,
                at,
                text,
                files,
                by_visitor,
            } => page.said(by, at, text, files, *by_visitor),
            Line::Note { at, text } => page.note(at, text),
        }
    }
    let is_cut = page.is_full;
    page.is_full = false;
    if is_cut || document.is_cut {
        page.room_for(30.0);
        page.y += 12.0;
        page.paragraph(CUT, NOTE, SIDE, page.width());
    }
    page.turn();
    page.paper.finish()
}

/// The page that is being written, and how far it is full.
struct Page<'d> {
    paper: Paper,
    words: Words,
    y: f32,
    foot: &'d str,
    /// Nothing more of the conversation comes.
    is_full: bool,
}

impl Page<'_> {
    fn width(&self) -> f32 {
        paper::WIDTH - 2.0 * SIDE
    }

    /// Ends this page, with its foot.
    fn turn(&mut self) {
        let y = paper::HEIGHT - BOTTOM + 24.0;
        self.paper.block(SIDE, y - 8.0, self.width(), 0.5, RULE);
        let foot = self.words.lines(self.foot, FOOT, self.width() - 60.0);
        if let Some(line) = foot.first() {
            self.paper.line(line, SIDE, y, FOOT.colour);
        }
        let number = (self.paper.pages() + 1).to_string();
        for line in self.words.lines(&number, FOOT, 40.0) {
            let x = paper::WIDTH - SIDE - line.width;
            self.paper.line(&line, x, y, FOOT.colour);
        }
        self.paper.turn(&mut self.words);
        // The last page says that there was more.
        self.is_full = self.paper.pages() + 1 >= MOST_PAGES;
        self.y = TOP;
    }

    /// So much in one piece.
    fn room_for(&mut self, height: f32) {
        if self.y + height > paper::HEIGHT - BOTTOM && !self.is_full {
            self.turn();
        }
    }

    /// Some text from here on, over as many pages as it takes. Answers where it began on the last of them.
    fn paragraph(&mut self, text: &str, style: Style, x: f32, width: f32) -> f32 {
        self.marked(text, style, x, width, None)
    }

    /// The same with a bar beside it.
    fn marked(&mut self, text: &str, style: Style, x: f32, width: f32, bar: Option<Colour>) -> f32 {
        let mut began = self.y;
        for line in self.words.lines(text, style, width) {
            if self.y + line.height > paper::HEIGHT - BOTTOM {
                self.bar(began, bar);
                self.room_for(line.height);
                began = self.y;
            }
            if self.is_full {
                return began;
            }
            self.paper.line(&line, x, self.y, style.colour);
            self.y += line.height;
        }
        began
    }

    fn bar(&mut self, from: f32, bar: Option<Colour>) {
        if let Some(colour) = bar
            && self.y > from
        {
            self.paper.block(SIDE, from, BAR, self.y - from, colour);
        }
    }

    fn head(&mut self, document: &Document) {
        self.paragraph(&document.title, TITLE, SIDE, self.width());
        self.y += 10.0;
        for (name, fact) in &document.facts {
            self.room_for(FACT.height());
            let (top, width) = (self.y, self.width() - NAME_OF_FACT_WIDTH);
            let named = self
                .words
                .lines(name, NAME_OF_FACT, NAME_OF_FACT_WIDTH - 8.0);
            if let Some(line) = named.first() {
                // On one line with what is larger.
                self.paper.line(line, SIDE, top + 1.0, NAME_OF_FACT.colour);
            }
            self.fact(fact, SIDE + NAME_OF_FACT_WIDTH, width);
            self.y = self.y.max(top + FACT.height()) + 1.0;
        }
        self.y += 10.0;
        self.paper.block(SIDE, self.y, self.width(), 0.75, RULE);
        self.y += 6.0;
    }

    /// Beside what it is called, in whichever direction it is read.
    fn fact(&mut self, fact: &str, x: f32, width: f32) {
        for line in self.words.lines(fact, FACT, width) {
            self.room_for(line.height);
            if self.is_full {
                return;
            }
            let x = x + line.start_correction();
            self.paper.line(&line, x, self.y, FACT.colour);
            self.y += line.height;
        }
    }

    fn day(&mut self, day: &str) {
        // With some of what follows.
        self.room_for(70.0);
        self.y += 14.0;
        self.paragraph(day, DAY, SIDE, self.width());
        self.y += 2.0;
    }

    fn said(&mut self, by: &str, at: &str, text: &str, files: &[String], by_visitor: bool) {
        let colour = if by_visitor { VISITOR } else { AGENT };
        let name = Style::new(9.5, colour).bold();
        self.y += 9.0;
        self.room_for(name.height() + TEXT.height());
        if self.is_full {
            return;
        }
        let (x, width) = (SIDE + INSET, self.width() - INSET);
        let mut began = self.y;
        let mut after = x;
        if let Some(line) = self.words.lines(by, name, width - TIME_WIDTH).first() {
            self.paper
                .line(line, x + line.start_correction(), self.y, colour);
            after += line.width + 8.0;
        }
        if let Some(line) = self.words.lines(at, TIME, TIME_WIDTH).first() {
            self.paper.line(line, after, self.y + 1.0, TIME.colour);
        }
        self.y += name.height() + 1.0;
        let pages = self.paper.pages();
        let again = self.marked(text, TEXT, x, width, Some(colour));
        if self.paper.pages() > pages {
            began = again;
        }
        for file in files {
            let pages = self.paper.pages();
            let again = self.marked(&format!("\u{2193} {file}"), FILE, x, width, Some(colour));
            if self.paper.pages() > pages {
                began = again;
            }
        }
        if !self.is_full {
            self.bar(began, Some(colour));
        }
    }

    fn note(&mut self, at: &str, text: &str) {
        self.y += 7.0;
        self.room_for(NOTE.height());
        if !self.is_full {
            self.paragraph(
                &format!("{at}  \u{2013}  {text}"),
                NOTE,
                SIDE + INSET,
                self.width() - INSET,
            );
        }
    }
}

#[cfg(test)]
mod tests;
