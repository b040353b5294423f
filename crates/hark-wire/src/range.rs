//! `Range`: a part of what there is.

#[derive(Debug, PartialEq, Eq)]
pub enum Part {
    Whole,
    /// From one place up to before another.
    Some(u64, u64),
    Nowhere,
}

/// The part that a `Range` asks for; several at once, or nonsense, is the whole.
pub fn part(range: &str, size: u64) -> Part {
    let Some((first, last)) = range
        .trim()
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
    else {
        return Part::Whole;
    };
    let (first, last) = (first.trim(), last.trim());
    let found = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last.saturating_add(1).min(size)),
        (Ok(first), Err(_)) if last.is_empty() => (first, size),
        (Err(_), Ok(count)) if first.is_empty() => (size.saturating_sub(count), size),
        _ => return Part::Whole,
    };
    match found {
        (from, to) if from < to => Part::Some(from, to),
        _ => Part::Nowhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_a_part_of_what_there_is() {
        for (range, found) in [
            ("bytes=0-9", Part::Some(0, 10)),
            ("bytes=90-", Part::Some(90, 100)),
            ("bytes=90-200", Part::Some(90, 100)),
            ("bytes=-10", Part::Some(90, 100)),
            ("bytes=-1000", Part::Some(0, 100)),
            ("bytes=100-", Part::Nowhere),
            ("bytes=-0", Part::Nowhere),
            ("bytes=9-0", Part::Whole),
            ("bytes=0-1,5-6", Part::Whole),
            ("items=0-1", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=0-18446744073709551615", Part::Some(0, 100)),
        ] {
            assert_eq!(part(range, 100), found, "{range}");
        }
        assert_eq!(part("bytes=0-", 0), Part::Nowhere);
    }
}
