//! When things happen, by the device's own clock: the playhead, marks, and how soon a stop silences.
//!
//! End to end through cpal's ALSA host, on a timed test device in real time. It writes down how many frames it had
//! played at which moment; the capture says which frame of it was the first of the track. So what is heard at any
//! moment is known without asking the player.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

mod machine;
mod marks;
mod playhead;
mod spread;
mod stops;
#[path = "../../../fixtures/audio/timed_output.rs"]
mod timed_output;
#[path = "../../../fixtures/audio/timed_tests.rs"]
mod timed_tests;
mod track;
mod truth;
mod watch;

timed_tests::tests_at_the_root! {
    playhead {
        the_playhead_is_where_the_device_is,
        the_playhead_is_where_the_device_is_on_a_busy_machine,
        #[ignore = "takes ten minutes"]
        the_playhead_is_where_the_device_is_for_ten_minutes,
    }
    stops {
        a_stop_silences_within_a_period_and_ten_milliseconds_at_any_moment,
        a_stop_of_one_queue_does_so_too,
    }
}
