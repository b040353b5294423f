//! How times are spread: how many chats lie between which bounds. They are counted as labels of chats are, once for
//! each day, so that a year of them is read without looking at a chat.

use std::collections::BTreeMap;

use hark_model::rooms::Metrics;
use hark_store::{Result, View};

use super::reports::{self, Label};
use super::{Asked, DURATION, FIRST_ANSWER};

const SECOND: i64 = 1_000;

/// Where the stretches begin, in seconds; each ends where the next one begins, and the last one never does.
const FIRST_ANSWERS: &[i64] = &[0, 15, 30, 60, 120, 300];
const DURATIONS: &[i64] = &[0, 120, 300, 600, 1_200, 2_400];

/// The chats whose time is in a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Between {
    /// In milliseconds.
    pub from: i64,
    /// Outside; the last stretch has no end.
    pub until: Option<i64>,
    pub chats: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// From the shortest on.
    pub stretches: Vec<Between>,
}

impl Spread {
    pub fn chats(&self) -> i64 {
        self.stretches.iter().map(|between| between.chats).sum()
    }

    /// The stretch in which the median is: half of the chats took no longer than it lasts.
    pub fn median(&self) -> Option<Between> {
        let half = (self.chats() + 1) / 2;
        let mut counted = 0;
        let median = self.stretches.iter().find(|between| {
            counted += between.chats;
            counted >= half
        });
        median.copied().filter(|between| between.chats > 0)
    }
}

/// What a chat is counted under: its stretch, by where that begins.
pub(super) fn labels_of(metrics: &Metrics, open: bool) -> Vec<(&'static str, String)> {
    let label = |kind, begins: &[i64], millis: i64| {
        let seconds = millis.div_euclid(SECOND);
        let stretch = begins.iter().rev().find(|begin| **begin <= seconds);
        (kind, stretch.copied().unwrap_or_default().to_string())
    };
    let answer = metrics.first_response;
    let answer = answer.map(|millis| label(FIRST_ANSWER, FIRST_ANSWERS, millis));
    let duration = metrics.chat_duration.filter(|_| !open);
    let duration = duration.map(|millis| label(DURATION, DURATIONS, millis));
    answer.into_iter().chain(duration).collect()
}

fn spread(begins: &[i64], counted: &BTreeMap<String, i64>) -> Spread {
    let ends = begins.iter().skip(1).map(|end| Some(end * SECOND));
    let stretches = begins.iter().zip(ends.chain([None]));
    let stretches = stretches.map(|(begin, until)| Between {
        from: begin * SECOND,
        until,
        chats: counted.get(&begin.to_string()).copied().unwrap_or(0),
    });
    Spread {
        stretches: stretches.collect(),
    }
}

/// How long the first answer took in the chats in which there was one, and how long those lasted that are over.
pub fn spreads(view: &mut View<'_>, asked: &Asked<'_>) -> Result<(Spread, Spread)> {
    let each = [Label::FirstAnswer, Label::Duration];
    let [answers, durations] = reports::labels_of_each(view, asked, each)?;
    let answers = spread(FIRST_ANSWERS, &answers);
    Ok((answers, spread(DURATIONS, &durations)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(chats: [i64; 6]) -> Spread {
        let counted = FIRST_ANSWERS.iter().map(ToString::to_string).zip(chats);
        spread(FIRST_ANSWERS, &counted.collect())
    }

    #[test]
    fn the_median_is_in_the_stretch_that_the_middle_chat_is_in() {
        let begin = |chats| of(chats).median().map(|between| between.from);
        assert_eq!(begin([0; 6]), None);
        assert_eq!(begin([0, 0, 1, 0, 0, 0]), Some(30_000));
        assert_eq!(begin([1, 1, 0, 0, 0, 0]), Some(0));
        assert_eq!(begin([1, 0, 0, 0, 0, 2]), Some(300_000));
        assert_eq!(of([1, 0, 0, 0, 0, 2]).median().unwrap().until, None);
        assert_eq!(
            of([2, 0, 1, 0, 0, 0]).stretches[1],
            Between {
                from: 15_000,
                until: Some(30_000),
                chats: 0
            }
        );
    }

    #[test]
    fn a_time_is_in_the_stretch_that_begins_with_it() {
        let labels = |first: Option<i64>, lasted: Option<i64>, open| {
            let metrics = Metrics {
                first_response: first,
                chat_duration: lasted,
                ..Metrics::default()
            };
            labels_of(&metrics, open)
        };
        let text = |label: &str| label.to_owned();
        assert_eq!(
            labels(Some(14_999), None, true),
            [(FIRST_ANSWER, text("0"))]
        );
        assert_eq!(
            labels(Some(15_000), Some(1), true),
            [(FIRST_ANSWER, text("15"))]
        );
        assert_eq!(
            labels(Some(9_999_999), Some(120_000), false),
            [(FIRST_ANSWER, text("300")), (DURATION, text("120"))]
        );
        assert_eq!(labels(None, Some(-1), false), [(DURATION, text("0"))]);
    }
}
