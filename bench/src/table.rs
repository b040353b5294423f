/// A table for people, printed row by row so that a long run shows where it is.
pub struct Table {
    widths: Vec<usize>,
}

/// As wide as the longest name of a row.
const NAMES: usize = 26;

impl Table {
    /// The first heading is that of the rows' names.
    pub fn new(title: &str, headings: &[&str]) -> Self {
        println!("\n{title}");
        let (first, others) = headings.split_first().unwrap();
        let table = Self {
            // Wide enough for any figure, and for two of them, under a short heading.
            widths: others.iter().map(|text| text.len().max(11)).collect(),
        };
        table.row(first, others.iter().map(|text| (*text).to_owned()));
        table
    }

    pub fn row(&self, label: &str, cells: impl IntoIterator<Item = String>) {
        let mut text = format!("{label:<NAMES$}");
        for (cell, width) in cells.into_iter().zip(&self.widths) {
            text.push_str(&format!("  {cell:>width$}"));
        }
        println!("{text}");
    }
}

/// About three digits, with commas in thousands.
pub fn figure(value: f64) -> String {
    if value.is_nan() {
        return "-".to_owned();
    }
    match value.abs() {
        size if size >= 1000.0 => thousands(value.round() as i64),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn thousands(value: i64) -> String {
    let digits = value.abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        let shown = [0.1234, 12.345, 123.4, 1234.5, 1_234_567.0].map(figure);
        assert_eq!(shown, ["0.12", "12.3", "123", "1,235", "1,234,567"]);
    }
}
