//! Times as captions write them: of frames, in whole milliseconds.

use super::super::SAMPLE_RATE;

/// Milliseconds from the beginning, rounded.
pub(super) fn milliseconds(frame: usize) -> u64 {
    let rate = u64::from(SAMPLE_RATE);
    (frame as u64 * 1_000 + rate / 2) / rate
}

/// Hours, minutes, seconds and milliseconds, with `point` before the last.
pub(super) fn clock(milliseconds: u64, point: char) -> String {
    let seconds = milliseconds / 1_000;
    format!(
        "{:02}:{:02}:{:02}{point}{:03}",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60,
        milliseconds % 1_000
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_and_written_out() {
        assert_eq!([0, 11, 12, 36, 24_000].map(milliseconds), [0, 0, 1, 2, 1_000]);
        assert_eq!(clock(0, ','), "00:00:00,000");
        assert_eq!(clock(3_723_045, '.'), "01:02:03.045");
        assert_eq!(clock(360_000_000, '.'), "100:00:00.000");
    }
}
