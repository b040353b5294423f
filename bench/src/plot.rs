//! Bars as a picture that can be read on light and on dark ground, drawn by the run that measured them.

use std::path::Path;

pub struct Bar {
    pub label: String,
    pub value: f64,
    /// What is written at its end.
    pub figure: String,
}

/// Bars of one unit, under a heading.
pub struct Group {
    pub heading: String,
    pub bars: Vec<Bar>,
    /// A value that is drawn as a line across the bars, and its name.
    pub aim: Option<(f64, String)>,
}

const WIDTH: f64 = 760.0;
const LABELS: f64 = 220.0;
const FIGURES: f64 = 150.0;
const ROW: f64 = 24.0;
const HEADING: f64 = 40.0;

pub fn write(file: &Path, groups: &[Group]) {
    let rows: usize = groups.iter().map(|group| group.bars.len()).sum();
    let height = groups.len() as f64 * HEADING + rows as f64 * ROW + 16.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\n\
         <style>text {{ fill: #4b5563 }} .heading {{ font-weight: 600 }} .bar {{ fill: #1f8a70 }} .aim {{ stroke: #b45309; stroke-dasharray: 4 3 }}\
         @media (prefers-color-scheme: dark) {{ text {{ fill: #c9d1d9 }} .bar {{ fill: #3fb594 }} .aim {{ stroke: #f0b429 }} }}</style>\n"
    );
    let mut y = 0.0;
    for group in groups {
        y += HEADING;
        line(&mut svg, 0.0, y - 14.0, "heading", "start", &group.heading);
        let aim = group.aim.as_ref().map_or(0.0, |(value, _)| *value);
        let most = group.bars.iter().map(|bar| bar.value).fold(aim, f64::max);
        let scale = (WIDTH - LABELS - FIGURES) / most.max(f64::MIN_POSITIVE);
        let top = y;
        for bar in &group.bars {
            let length = (bar.value * scale).max(1.0);
            line(&mut svg, LABELS - 8.0, y + 14.0, "", "end", &bar.label);
            svg.push_str(&format!("<rect class=\"bar\" x=\"{LABELS}\" y=\"{}\" width=\"{length:.1}\" height=\"16\" rx=\"2\"/>\n", y + 2.0));
            line(
                &mut svg,
                LABELS + length + 8.0,
                y + 14.0,
                "",
                "start",
                &bar.figure,
            );
            y += ROW;
        }
        if let Some((value, name)) = &group.aim {
            let x = LABELS + value * scale;
            svg.push_str(&format!(
                "<line class=\"aim\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{top}\" y2=\"{y}\"/>\n"
            ));
            line(&mut svg, x, top - 2.0, "", "middle", name);
        }
    }
    svg.push_str("</svg>\n");
    std::fs::write(file, svg).unwrap();
    println!("\ndrawn: {}", file.display());
}

fn line(svg: &mut String, x: f64, y: f64, class: &str, anchor: &str, text: &str) {
    svg.push_str(&format!(
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>\n",
        text.replace('&', "&amp;").replace('<', "&lt;")
    ));
}
