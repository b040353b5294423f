//! What somebody looks for, and where it stands in a text.

use super::split::{Word, split};

/// Words of one search. Signs that were written one after the other, in writings without blanks, count once.
pub const MOST_LOOKED_FOR: usize = 10;
/// All of these signs and words.
pub const MOST_SIGNS: usize = 50;
/// Of a search, in characters.
pub const LONGEST_SEARCH: usize = 200;
/// The last word may be the beginning of one, once it has so many letters.
const SHORTEST_BEGINNING: usize = 3;

/// A stretch of a text: characters from its beginning, and how many.
pub type Mark = (usize, usize);

/// Words that a chat is looked for by. Each has to stand in one message, in any order; signs that were written one
/// after the other have to stand so.
#[derive(Debug, Clone)]
pub struct Query {
    runs: Vec<Vec<String>>,
    /// Whether the last word is enough as the beginning of one.
    last_begins: bool,
}

impl Query {
    /// Nothing: there is no word in it, or there are too many. What engines take for an operator is a word
    /// like any other here, or a blank.
    pub fn of(text: &str) -> Option<Self> {
        let words = split(text);
        if words.is_empty() || words.len() > MOST_SIGNS {
            return None;
        }
        let mut runs: Vec<Vec<String>> = Vec::new();
        let mut end = None;
        for word in words {
            match runs.last_mut() {
                Some(run) if end == Some(word.start) => run.push(word.text),
                _ => runs.push(vec![word.text]),
            }
            end = Some(word.end);
        }
        if runs.len() > MOST_LOOKED_FOR {
            return None;
        }
        let last = runs.last().and_then(|run| run.last());
        let is_begun = |word: &String| word.chars().nth(SHORTEST_BEGINNING - 1).is_some();
        Some(Self {
            last_begins: last.is_some_and(is_begun),
            runs,
        })
    }

    pub(super) const fn last_begins(&self) -> bool {
        self.last_begins
    }

    /// As the index is asked: words with a blank between, and a star behind one that is the beginning of others.
    pub(super) fn for_index(&self) -> String {
        let words: Vec<&str> = self.runs.iter().flatten().map(String::as_str).collect();
        let star = if self.last_begins { "*" } else { "" };
        format!("{}{star}", words.join(" "))
    }

    /// Where each word stands in some texts, if all of them stand in one of these. What the index knows may be
    /// older than what is there.
    pub(super) fn marks_in(&self, texts: &[&str]) -> Option<Vec<Vec<Mark>>> {
        let texts: Vec<Vec<Word>> = texts.iter().map(|text| split(text)).collect();
        let mut marks = vec![Vec::new(); texts.len()];
        for (number, run) in self.runs.iter().enumerate() {
            let begins = self.last_begins && number + 1 == self.runs.len();
            let mut stands = false;
            for (words, marks) in texts.iter().zip(&mut marks) {
                for mark in places(words, run, begins) {
                    stands = true;
                    marks.push(mark);
                }
            }
            if !stands {
                return None;
            }
        }
        for marks in &mut marks {
            marks.sort_unstable();
            marks.dedup();
        }
        Some(marks)
    }
}

/// Where a run stands.
fn places(words: &[Word], run: &[String], begins: bool) -> Vec<Mark> {
    let stands_at = |at: usize| {
        let part = words.get(at..at + run.len())?;
        let is_one = part.windows(2).all(|two| two[0].end == two[1].start);
        let mut same = part.iter().zip(run).enumerate();
        let fits = same.all(|(number, (word, wanted))| {
            if begins && number + 1 == run.len() {
                word.text.starts_with(wanted.as_str())
            } else {
                word.text == *wanted
            }
        });
        let (first, last) = (part.first()?, part.last()?);
        (is_one && fits).then(|| (first.start, last.end - first.start))
    };
    (0..words.len()).filter_map(stands_at).collect()
}

#[cfg(test)]
mod tests {
    use super::{MOST_LOOKED_FOR, MOST_SIGNS, Query};

    #[test]
    fn operators_of_the_engines_are_words_or_blanks() {
        let asked = |text: &str| Query::of(text).map(|query| query.for_index());
        assert_eq!(asked("Crack*").as_deref(), Some("crack*"));
        assert_eq!(asked("a\" OR b").as_deref(), Some("a or b"));
        assert_eq!(asked("x:y & !(z)").as_deref(), Some("x y z"));
        assert_eq!(asked("\"' -- %"), None);
        assert_eq!(asked(&"a ".repeat(MOST_LOOKED_FOR + 1)), None);
        assert!(asked("返品の手続きを教えてください").is_some());
        assert_eq!(asked(&"品".repeat(MOST_SIGNS + 1)), None);
    }

    #[test]
    fn all_words_have_to_stand_in_the_texts() {
        let query = Query::of("glaze bow").unwrap();
        assert_eq!(
            query.marks_in(&["The bowl, the Glaze"]),
            Some(vec![vec![(4, 4), (14, 5)]])
        );
        assert_eq!(
            query.marks_in(&["Glaze", "a bow"]),
            Some(vec![vec![(0, 5)], vec![(2, 3)]])
        );
        assert_eq!(query.marks_in(&["The glaze, the elbow"]), None);
        let signs = Query::of("京都").unwrap();
        assert_eq!(signs.marks_in(&["東京都"]), Some(vec![vec![(1, 2)]]));
        assert_eq!(signs.marks_in(&["都京"]), None);
    }
}
