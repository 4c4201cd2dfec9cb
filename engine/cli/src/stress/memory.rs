//! Whether resident memory grows from cycle to cycle.
//!
//! It never stands still: a buffer that is needed larger once stays so, and the allocator keeps what it may need again. So it
//! is judged by the slope that most pairs of cycles agree on, and the bounds come from what was measured where nothing leaks.

use std::fmt;

use serde::Serialize;

/// By how much memory may grow in all, in KiB, as far as the slope says. Where nothing leaks it was 0.05 to 1.4 MiB in 50
/// cycles of 0.2 to 2 s.
const IN_ALL: f64 = 4_096.0;

/// By how much it may grow in a cycle, however few there are: half of what a leak of a megabyte makes. Measured were 144 KiB at
/// most over six cycles in a row, and 278 over three.
const IN_A_CYCLE: f64 = 512.0;

/// Cycles from which on a leak of a fifth of a megabyte is told from chance.
const ENOUGH: usize = 24;

/// Points that are compared with each other; more are drawn together first.
const POINTS: usize = 256;

/// How resident memory has developed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Memory {
    /// By how much it grows from cycle to cycle, in KiB.
    slope_kib: f64,
    /// By how much it may.
    bound_kib: f64,
    /// Whether there were too few cycles to tell a leak that is smaller from chance.
    is_rough: bool,
    /// What there was in each cycle, in KiB.
    resident_kib: Vec<u64>,
}

impl Memory {
    /// Judges what was resident in each cycle. `None` of fewer than two.
    pub fn of(resident_kib: Vec<u64>) -> Option<Self> {
        let points: Vec<f64> = resident_kib.iter().map(|kib| *kib as f64).collect();
        Some(Self {
            slope_kib: slope(&points)?,
            bound_kib: (IN_ALL / points.len() as f64).min(IN_A_CYCLE),
            is_rough: points.len() < ENOUGH,
            resident_kib,
        })
    }

    /// Whether it does not grow, as far as can be told.
    pub fn is_flat(&self) -> bool {
        self.slope_kib <= self.bound_kib
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            slope_kib, bound_kib, ..
        } = self;
        write!(
            formatter,
            "{slope_kib:+.1} KiB a restart ({bound_kib:.0} allowed)"
        )?;
        if let Some(last) = self.resident_kib.last() {
            write!(formatter, "; {} MiB in the end", last / 1_024)?;
        }
        if self.is_rough {
            write!(formatter, " (roughly: {ENOUGH} cycles tell more)")?;
        }
        Ok(())
    }
}

/// By how much something grows from one point to the next: the median of the slopes between all pairs of points (Theil
/// and Sen), which a quarter of the points may lie far off without changing it much. `None` of fewer than two points.
pub fn slope(points: &[f64]) -> Option<f64> {
    let each = points.len().div_ceil(POINTS).max(1);
    let drawn: Vec<f64> = points.chunks_exact(each).filter_map(median).collect();
    let mut slopes = Vec::new();
    for (n, from) in drawn.iter().enumerate() {
        for (m, to) in drawn.iter().enumerate().skip(n + 1) {
            slopes.push((to - from) / ((m - n) * each) as f64);
        }
    }
    median(&slopes)
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() % 2 {
        0 => Some((sorted.get(middle.checked_sub(1)?)? + sorted.get(middle)?) / 2.0),
        _ => sorted.get(middle).copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_is_that_of_most_points() {
        let line = |n: usize| 1_000.0 + 3.0 * n as f64;
        let mut points: Vec<f64> = (0..30).map(line).collect();
        assert!((slope(&points).unwrap() - 3.0).abs() < 1e-9);
        for spike in [2, 11, 19, 28] {
            points[spike] += 50_000.0;
        }
        assert!(
            (slope(&points).unwrap() - 3.0).abs() < 1e-9,
            "four of thirty are far off"
        );
        assert_eq!(slope(&[1.0]), None);
        assert_eq!(slope(&[]), None);
    }

    /// What was resident in a run of 50 cycles in which nothing leaks, of those measured the one that rose most.
    const MEASURED: [u64; 50] = [
        512_904, 512_928, 512_928, 512_948, 512_948, 513_000, 513_084, 513_244, 513_356, 513_356, 513_360,
        513_360, 513_364, 513_364, 513_364, 513_372, 513_372, 513_376, 513_376, 513_376, 513_376, 513_376,
        513_552, 513_552, 513_624, 513_624, 513_624, 513_628, 513_628, 513_628, 513_628, 513_628, 513_628,
        513_900, 513_976, 513_976, 513_976, 513_976, 513_976, 513_976, 513_976, 514_244, 514_244, 514_252,
        514_252, 514_256, 514_256, 514_256, 514_256, 514_256,
    ];

    /// The first cycles of it, with a leak in each.
    fn with_leak(cycles: usize, kib: u64) -> Memory {
        let points = MEASURED.iter().take(cycles).enumerate();
        Memory::of(points.map(|(n, measured)| measured + n as u64 * kib).collect()).unwrap()
    }

    #[test]
    fn memory_that_is_measured_is_flat_however_few_the_cycles() {
        for cycles in 2..=MEASURED.len() {
            let memory = with_leak(cycles, 0);
            assert!(memory.is_flat(), "{cycles}: {memory}");
            assert_eq!(memory.to_string().contains("roughly"), cycles < 24, "{memory}");
        }
    }

    #[test]
    fn a_megabyte_a_cycle_is_found_however_few_they_are_and_less_if_there_are_many() {
        for cycles in 2..=MEASURED.len() {
            let memory = with_leak(cycles, 1_024);
            assert!(!memory.is_flat(), "{cycles}: {memory}");
        }
        for cycles in 24..=MEASURED.len() {
            assert!(!with_leak(cycles, 205).is_flat(), "{cycles}");
        }
    }

    #[test]
    fn memory_that_is_needed_once_is_no_leak() {
        for jump in 1..MEASURED.len() {
            let mut points = MEASURED.to_vec();
            points[jump..].iter_mut().for_each(|point| *point += 2_048);
            let memory = Memory::of(points).unwrap();
            assert!(memory.is_flat(), "2 MiB more from cycle {jump} on: {memory}");
        }
    }

    #[test]
    fn the_slope_of_many_points_is_for_one_of_them() {
        let points: Vec<f64> = (0..10_000).map(|n| 3.0 * f64::from(n)).collect();
        assert!((slope(&points).unwrap() - 3.0).abs() < 1e-9);
    }
}
