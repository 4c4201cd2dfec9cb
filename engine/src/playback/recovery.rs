//! When to try again to open an output, which, and for how long.

use super::output::OutputSelection;
use std::time::Duration;

/// The first wait after a failure; each further one is twice as long.
const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(1);

/// How long the first attempts may take. A device that stands still is lost after half a second; when it does not open
/// again either, there must be time for the default one within a second.
const FIRST_PATIENCE: Duration = Duration::from_millis(250);
/// An output that has not opened after so long will not.
pub(super) const OPENS_WITHIN: Duration = Duration::from_millis(1_500);

/// How long to wait after `failures` failures in a row.
pub(super) fn back_off(failures: u32) -> Duration {
    match failures {
        0 => Duration::ZERO,
        failures => (FIRST * (1 << (failures - 1).min(10))).min(LONGEST),
    }
}

/// How long an attempt may take after `failures` failures in a row, before the other output is tried. Each time that
/// both have had their turn, it may take twice as long; so that slow ones are waited for, too.
pub(super) fn patience(failures: u32) -> Duration {
    (FIRST_PATIENCE * (1 << (failures / 2).min(10))).min(OPENS_WITHIN)
}

/// What to try after `failures` failures in a row: what is asked for, and the default output in turns.
pub(super) fn candidate(route: &OutputSelection, failures: u32) -> OutputSelection {
    match failures % 2 {
        0 => route.clone(),
        _ => OutputSelection::Default,
    }
}

#[cfg(test)]
mod tests {
    use super::super::output::OutputId;
    use super::*;

    #[test]
    fn waits_grow_to_a_second() {
        let waits: Vec<u128> = (0..8).map(|failures| back_off(failures).as_millis()).collect();
        assert_eq!(waits, [0, 50, 100, 200, 400, 800, 1_000, 1_000]);
        assert_eq!(back_off(u32::MAX), LONGEST);
    }

    #[test]
    fn patience_grows_with_every_second_failure() {
        let times: Vec<u128> = (0..8).map(|failures| patience(failures).as_millis()).collect();
        assert_eq!(times, [250, 250, 500, 500, 1_000, 1_000, 1_500, 1_500]);
        assert_eq!(patience(u32::MAX), OPENS_WITHIN);
    }

    #[test]
    fn the_default_output_is_tried_at_once_when_another_fails() {
        let route = OutputSelection::Id(OutputId::new("alsa:usb"));
        assert_eq!(candidate(&route, 0), route);
        assert_eq!(candidate(&route, 1), OutputSelection::Default);
        // Two attempts within 50 ms of a loss.
        assert!(back_off(1) <= Duration::from_millis(50));
    }
}
