//! Whether there is more of something countable in the end than there was at first.

use std::fmt;

use serde::Serialize;

/// How many there were of something, early and late in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Growth {
    /// At most, in the first third of the cycles.
    pub early: u64,
    /// At least, in the last third.
    pub late: u64,
}

impl Growth {
    /// Between two cycles something may still be on its way out: that is why what comes and goes is no growth, and what
    /// stays is. `None` of nothing.
    pub fn of(counts: &[u64]) -> Option<Self> {
        let third = counts.len().div_ceil(3);
        Some(Self {
            early: *counts.iter().take(third).max()?,
            late: *counts.iter().rev().take(third).min()?,
        })
    }

    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        self.late <= self.early
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_none() {
            true => write!(formatter, "{}", self.late),
            false => write!(formatter, "{} at first, {} in the end", self.early, self.late),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_growth_and_what_comes_and_goes_is_none() {
        let steady: Vec<u64> = (0..30).map(|n| 5 + n % 2).collect();
        assert!(Growth::of(&steady).unwrap().is_none());
        let growing: Vec<u64> = (0..30).map(|n| 5 + n / 3).collect();
        assert_eq!(Growth::of(&growing), Some(Growth { early: 8, late: 11 }));
        let shrinking: Vec<u64> = (0..30).map(|n| 35 - n).collect();
        assert!(Growth::of(&shrinking).unwrap().is_none());
        assert_eq!(Growth::of(&[]), None);
    }

    #[test]
    fn three_cycles_show_what_each_of_them_leaks() {
        let growth = Growth::of(&[10, 11, 12]).unwrap();
        assert!(!growth.is_none());
        assert_eq!(growth.to_string(), "10 at first, 12 in the end");
    }
}
