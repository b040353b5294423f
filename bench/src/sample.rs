use std::time::Duration;

/// How long each of many answers took.
#[derive(Default)]
pub struct Sample {
    micros: Vec<u64>,
    sorted: bool,
}

impl Sample {
    pub fn add(&mut self, took: Duration) {
        self.micros.push(took.as_micros() as u64);
        self.sorted = false;
    }

    pub fn join(&mut self, other: Self) {
        self.micros.extend(other.micros);
        self.sorted = false;
    }

    pub fn count(&self) -> usize {
        self.micros.len()
    }

    pub fn per_second(&self, span: Duration) -> f64 {
        self.count() as f64 / span.as_secs_f64()
    }

    /// In milliseconds; the greatest for 1.0.
    pub fn quantile(&mut self, part: f64) -> f64 {
        if !self.sorted {
            self.micros.sort_unstable();
            self.sorted = true;
        }
        let Some(last) = self.micros.len().checked_sub(1) else {
            return f64::NAN;
        };
        let at = (last as f64 * part).round() as usize;
        self.micros[at] as f64 / 1000.0
    }
}

pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_were_measured() {
        let mut sample = Sample::default();
        for millis in [3, 1, 2, 100] {
            sample.add(Duration::from_millis(millis));
        }
        assert_eq!(sample.quantile(0.0), 1.0);
        assert_eq!(sample.quantile(0.34), 2.0);
        assert_eq!(sample.quantile(1.0), 100.0);
    }

    #[test]
    fn the_median_of_an_even_number_is_between_the_two_in_the_middle() {
        assert_eq!(median(&[9.0, 1.0, 3.0]), 3.0);
        assert_eq!(median(&[9.0, 1.0, 3.0, 4.0]), 3.5);
    }
}
