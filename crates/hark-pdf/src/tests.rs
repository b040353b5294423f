use super::*;

fn said(by: &str, text: &str, by_visitor: bool) -> Line {
    Line::Said {
        by: by.to_owned(),
        at: "10:04".to_owned(),
        text: text.to_owned(),
        files: Vec::new(),
        by_visitor,
    }
}

fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    let kinds = text.split("/Type").skip(1).map(str::trim_start);
    let pages = kinds.filter_map(|kind| kind.strip_prefix("/Page"));
    pages.filter(|rest| !rest.starts_with('s')).count()
}

#[test]
fn what_is_written_from_right_to_left_is_joined_and_turned() {
    let mut words = Words::new();
    let style = Style::new(10.0, INK);
    let lines = words.lines("سلام", style, 300.0);
    let glyphs = &lines[0].runs[0].glyphs;
    // It stands at the right, its last letter first, and each has the form of its place.
    assert!(lines[0].runs[0].x > 200.0);
    assert!((lines[0].start_correction() + lines[0].runs[0].x).abs() < 0.01);
    assert!(
        glyphs
            .windows(2)
            .all(|two| two[0].text_range.start > two[1].text_range.start)
    );
    let alone = |letter: &str| words_alone(letter);
    assert_ne!(
        glyphs.last().unwrap().glyph_id,
        alone("س"),
        "the first letter has the form of one that stands alone"
    );
    // With words of the other direction in between, both go their way.
    let mixed = words.lines("مرحبا Hark 2.0 شكرا", style, 300.0);
    let texts: Vec<&str> = mixed[0].runs.iter().map(|run| run.text.trim()).collect();
    let place = |part: &str| texts.iter().position(|text| text.contains(part)).unwrap();
    assert!(
        place("شكرا") < place("Hark") && place("Hark") < place("مرحبا"),
        "{texts:?}"
    );
}

fn words_alone(letter: &str) -> krilla::text::GlyphId {
    let lines = Words::new().lines(letter, Style::new(10.0, INK), 300.0);
    lines[0].runs[0].glyphs[0].glyph_id
}

#[test]
fn every_letter_of_our_languages_has_a_glyph() {
    let mut words = Words::new();
    for text in [
        "Grüße, señor – “ça va?” €5",
        "Привіт, świecie, Ðuro",
        "Καλημέρα",
        "Chào bạn",
        "שלום",
        "سلام؟ ۱۲۳",
    ] {
        let lines = words.lines(text, Style::new(10.0, INK), 400.0);
        let glyphs = lines
            .iter()
            .flat_map(|line| &line.runs)
            .flat_map(|run| &run.glyphs);
        assert!(
            glyphs.into_iter().all(|glyph| glyph.glyph_id.to_u32() != 0),
            "{text}"
        );
    }
}

#[test]
fn a_long_conversation_goes_on_over_pages_up_to_a_bound() {
    let short = Document {
        title: "Transcript".to_owned(),
        lines: vec![said("Ann", "Hello", true)],
        ..Document::default()
    };
    let pdf = render(&short).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    assert_eq!(pages(&pdf), 1);
    let long = Document {
        lines: vec![said("Ann", &"word ".repeat(20_000), true)],
        ..short.clone()
    };
    assert!((10..60).contains(&pages(&render(&long).unwrap())));
    let endless = Document {
        lines: vec![said("Ann", &"x\n".repeat(100_000), true)],
        ..short
    };
    assert_eq!(pages(&render(&endless).unwrap()), MOST_PAGES);
}

#[test]
fn text_that_is_no_words_does_no_harm() {
    let odd = [
        "",
        " ",
        "\u{202e}\u{202e}",
        "\u{feff}",
        "e\u{301}\u{301}\u{301}",
        "\r\n\t\u{0}",
        "\u{10ffff}",
    ];
    let lines = odd.iter().map(|text| said(text, text, false)).collect();
    let document = Document {
        lines,
        ..Document::default()
    };
    assert!(render(&document).unwrap().starts_with(b"%PDF-"));
}
