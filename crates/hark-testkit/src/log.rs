use std::sync::{Arc, Mutex, PoisonError};

use crate::eventually;

/// What one server has logged so far, and which errors its test has announced. A panic, or a line
/// at ERROR, that nobody announced fails the test when the server ends.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    lines: Vec<String>,
    announced: Vec<String>,
}

impl Log {
    /// One more line, which a test that fails shows.
    pub fn push(&self, line: String) {
        eprintln!("{line}");
        self.kept(|kept| kept.lines.push(line));
    }

    pub fn lines(&self) -> Vec<String> {
        self.kept(|kept| kept.lines.clone())
    }

    /// Waits until a line with these words has come.
    pub(crate) fn wait_for(&self, words: &str) {
        let has_come = |kept: &mut Kept| kept.lines.iter().any(|line| line.contains(words));
        eventually(words, || self.kept(has_come).then_some(()));
    }

    /// Errors with these words may come.
    pub(crate) fn announce(&self, words: &str) {
        self.kept(|kept| kept.announced.push(words.to_owned()));
    }

    /// Fails the test, unless it has failed already.
    pub(crate) fn assert_no_surprise(&self) {
        if std::thread::panicking() {
            return;
        }
        let surprise = self.kept(|kept| {
            let is_announced = |line: &&String| {
                let mut announced = kept.announced.iter();
                announced.any(|words| line.contains(words))
            };
            let mut wrong = kept.lines.iter().filter(|line| is_wrong(line));
            wrong.find(|line| !is_announced(line)).cloned()
        });
        assert!(
            surprise.is_none(),
            "the server logged what its test had not announced: {}",
            surprise.unwrap_or_default()
        );
    }

    fn kept<T>(&self, look: impl FnOnce(&mut Kept) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// As JSON, as text, and as the standard library reports a panic.
fn is_wrong(line: &str) -> bool {
    line.contains("\"level\":\"ERROR\"")
        || (!line.starts_with('{') && line.split_whitespace().nth(1) == Some("ERROR"))
        || line.contains("panicked at")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(lines: &[&str]) -> Log {
        let log = Log::default();
        for line in lines {
            log.push((*line).to_owned());
        }
        log
    }

    #[test]
    #[should_panic(expected = "had not announced: {\"level\":\"ERROR\"")]
    fn an_error_fails_the_test() {
        logged(&["{\"level\":\"ERROR\",\"message\":\"lost\"}"]).assert_no_surprise();
    }

    #[test]
    #[should_panic(expected = "had not announced: 2026-11-29T12:00:00Z ERROR")]
    fn an_error_in_words_fails_the_test() {
        logged(&["2026-11-29T12:00:00Z ERROR hark: lost"]).assert_no_surprise();
    }

    #[test]
    #[should_panic(expected = "panicked at")]
    fn a_panic_fails_the_test_whatever_else_was_announced() {
        let log = logged(&[
            "thread 'tokio-rt-worker' (7) panicked at src/a.rs:1:1:",
            "oh",
        ]);
        log.announce("lost");
        log.assert_no_surprise();
    }

    #[test]
    fn what_was_announced_and_what_is_no_error_is_fine() {
        let log = logged(&[
            "{\"level\":\"WARN\",\"message\":\"an ERROR of others\"}",
            "{\"level\":\"ERROR\",\"message\":\"lost\"}",
        ]);
        log.announce("lost");
        log.assert_no_surprise();
    }
}
