//! How numbers are spread: many measurements, told and judged.

use std::time::Duration;

/// A distribution, sorted.
pub struct Spread(pub Vec<f64>);

impl Spread {
    pub fn of(what: &str, values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let spread = Self(values);
        println!(
            "{what}: {} values, least {:.2}, median {:.2}, 99 % below {:.2}, most {:.2}",
            spread.0.len(),
            spread.least(),
            spread.at(0.5),
            spread.at(0.99),
            spread.most()
        );
        spread
    }

    pub fn at(&self, share: f64) -> f64 {
        self.0[((self.0.len() - 1) as f64 * share) as usize]
    }

    pub fn least(&self) -> f64 {
        self.at(0.0)
    }

    pub fn most(&self) -> f64 {
        self.at(1.0)
    }
}

pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
