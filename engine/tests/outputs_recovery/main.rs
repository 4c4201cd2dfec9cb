//! Speech that survives its output: what two devices have played, and when, around every way to lose one.
//!
//! End to end through cpal's ALSA host. What is said is a sweep, each moment of which can be told from all others, so
//! the captures say which frame was the last on the one device and the first on the other.
//!
//! How much is heard twice: the player goes on with the first frame that the device may not have played. It knows
//! what the device had played when it asked for frames last; since then it may have played its buffer, of two
//! periods, to its end. What is known to be heard less exactly than that is heard again rather than not at all.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

mod answers;
mod commands;
#[path = "../../../fixtures/audio/compare.rs"]
mod compare;
mod giving_up;
mod heard;
mod losses;
mod routes;
mod speech;
#[path = "../../../fixtures/audio/sweep_heard.rs"]
mod sweep_heard;
#[path = "../../../fixtures/audio/sweep_voice.rs"]
mod sweep_voice;
#[path = "../../../fixtures/audio/timed_output.rs"]
mod timed_output;
#[path = "../../../fixtures/audio/timed_tests.rs"]
mod timed_tests;

timed_tests::tests_at_the_root! {
    losses {
        a_device_that_vanishes_is_replaced_by_the_default,
        a_device_that_is_back_at_once_is_opened_again,
        a_device_that_changes_is_used_as_it_is_now,
        a_stream_that_stalls_is_opened_again,
        a_device_that_stalls_is_replaced_by_the_default,
        a_storm_of_errors_ends_on_the_default,
        a_storm_that_passes_ends_on_the_same_device,
        a_stream_that_hangs_as_it_is_closed_holds_up_nothing,
        a_device_that_hangs_in_a_write_is_replaced_by_the_default,
    }
    commands {
        commands_answer_while_the_device_is_gone,
        commands_answer_while_the_device_stalls,
        commands_answer_during_a_storm,
        commands_answer_while_the_device_hangs_in_everything,
    }
    giving_up {
        a_device_that_hangs_as_it_opens_is_given_up_and_used_when_it_returns,
        a_device_is_tried_ever_less_often_then_given_up_and_used_when_it_appears,
    }
    routes {
        a_change_of_route_fades_from_one_device_to_the_other,
        a_route_that_cannot_be_taken_leaves_no_seam,
        a_route_to_a_device_that_stands_still_leaves_no_seam,
        a_route_to_a_device_that_hangs_leaves_no_seam,
        a_route_that_vanishes_is_gone_back_to_when_it_returns,
    }
}
