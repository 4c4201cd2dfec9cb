//! That RealtimeSanitizer is awake. Without this, a run of `fixtures/audio/rtsan.sh` in which the sanitizer
//! was not linked would pass and prove nothing.
#![cfg(feature = "rtsan")]
#![allow(clippy::unwrap_used, reason = "what a test relies on may fail it")]

use std::process::Command;

const CHILD: &str = "UTTER_TEST_RTSAN_CHILD";

#[rtsan_standalone::nonblocking]
fn allocates() -> Vec<u8> {
    std::hint::black_box(vec![1; 64])
}

#[test]
fn an_allocation_in_a_realtime_function_is_fatal() {
    if std::env::var_os(CHILD).is_some() {
        allocates();
        return;
    }
    let child = Command::new(std::env::current_exe().unwrap())
        .args([
            "an_allocation_in_a_realtime_function_is_fatal",
            "--exact",
            "--nocapture",
        ])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&child.stderr);
    assert!(
        !child.status.success() && stderr.contains("RealtimeSanitizer: unsafe-library-call"),
        "{stderr}"
    );
}
