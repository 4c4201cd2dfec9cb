//! Waiting for what comes for certain, however busy the machine is.

use std::time::{Duration, Instant};

/// Until it is so.
pub fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "waited too long until {what}"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}
