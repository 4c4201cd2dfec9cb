//! Speech through the isolated output, end to end: the engine, the plugin as it is installed, its program, and the system's real
//! audio library on timed test outputs. What was captured is held against what was said.
//!
//! A sweep is said, each moment of which can be told from all others, so captures say which frame was the last before something
//! happened and which the first after it.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail where it stands"
)]

#[path = "../../../../../fixtures/audio/compare.rs"]
mod compare;
mod heard;
mod losses;
mod playing;
mod shared;
mod speech;
#[path = "../../../../../fixtures/audio/sweep_heard.rs"]
mod sweep_heard;
#[path = "../../../../../fixtures/audio/sweep_voice.rs"]
mod sweep_voice;
#[path = "../../../../../fixtures/audio/timed_output.rs"]
mod timed_output;
#[path = "../../../../../fixtures/audio/timed_tests.rs"]
mod timed_tests;

timed_tests::tests_at_the_root! {
    playing {
        what_is_said_is_heard_whole,
        it_goes_on_where_it_was_paused,
        it_goes_to_another_place_without_a_seam,
        a_stop_silences_it_and_the_next_utterance_is_whole,
        it_goes_to_the_direct_output_and_back_while_it_speaks,
        a_reload_while_it_speaks_leaves_no_gap,
    }
    losses {
        a_program_that_is_killed_is_replaced_and_no_frame_is_lost,
        a_program_that_hangs_is_replaced_while_commands_answer,
        a_device_that_cannot_be_opened_is_an_error_and_nothing_more,
    }
    shared {
        two_players_on_one_device_have_one_process_and_leave_none,
    }
}
