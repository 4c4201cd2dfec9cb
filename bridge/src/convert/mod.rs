//! From the engine's values to those that cross, and back. Nothing here decides anything.
//!
//! A file for each of those in [`api`](crate::api). What comes from Dart is checked as far as it must be to be one of the
//! engine's values; the engine checks the rest.

mod error;
mod events;
mod player_events;
mod plugins;
mod requests;
mod runtime_events;
mod settings;
mod status;

pub(crate) use error::invalid;
pub(crate) use status::{file_report, metrics, status, voices};

use crate::api::error::BridgeError;
use std::time::Duration;

/// A number of the engine's as Dart has it. They are counted from 1, and do not reach 2⁶³.
pub(crate) fn number(value: u64) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}

/// A place or a length.
fn place(value: usize) -> i64 {
    number(value as u64)
}

/// A time in microseconds.
pub(crate) fn micros(time: Duration) -> i64 {
    time.as_micros().try_into().unwrap_or(i64::MAX)
}

/// A time that Dart gave in microseconds.
///
/// # Errors
///
/// `InvalidInput` with the field's name if it is negative.
pub(crate) fn duration(field: &str, micros: i64) -> Result<Duration, BridgeError> {
    let micros = micros.try_into().map_err(|_| negative(field))?;
    Ok(Duration::from_micros(micros))
}

/// A time that Dart gave in milliseconds.
///
/// # Errors
///
/// As for [`duration`].
fn millis(field: &str, millis: i64) -> Result<Duration, BridgeError> {
    let millis = millis.try_into().map_err(|_| negative(field))?;
    Ok(Duration::from_millis(millis))
}

/// A place or a number that Dart gave.
///
/// # Errors
///
/// As for [`duration`].
pub(crate) fn count(field: &str, value: i64) -> Result<usize, BridgeError> {
    value.try_into().map_err(|_| negative(field))
}

fn negative(field: &str) -> BridgeError {
    invalid(format_args!("`{field}` is negative"), "give 0 or more")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::error::ErrorReason;

    #[test]
    fn times_cross_both_ways_and_negative_ones_do_not() {
        let time = Duration::from_micros(1_234_567);
        assert_eq!(duration("time", micros(time)), Ok(time));
        assert_eq!(micros(Duration::MAX), i64::MAX);
        let error = duration("fade", -1).unwrap_err();
        assert_eq!(error.reason, ErrorReason::InvalidInput);
        assert!(error.message.contains("`fade`"));
        assert!(count("place", -1).is_err());
        assert_eq!(millis("lease", 15_000), Ok(Duration::from_secs(15)));
    }
}
