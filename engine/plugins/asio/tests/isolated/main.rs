//! The plugin with its real program and the system's real audio library, on timed test outputs.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail where it stands"
)]

mod devices;
mod hosts;
mod latency;
mod losses;
mod playing;
mod program;
mod pump;
mod rig;
mod sharing;
#[path = "../../../../../fixtures/audio/timed_output.rs"]
mod timed_output;

/// What the pump calls allocates nothing.
#[global_allocator]
static ALLOCATOR: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

/// A test that starts itself again has a name without colons.
#[test]
fn the_way_through_the_other_process_costs_one_period_at_most() {
    latency::at_most_one_period("the_way_through_the_other_process_costs_one_period_at_most");
}

#[test]
fn outputs_that_are_closed_leave_no_ring_mapped() {
    sharing::nothing_stays_mapped("outputs_that_are_closed_leave_no_ring_mapped");
}

#[test]
fn a_program_whose_host_is_killed_ends() {
    hosts::killed("a_program_whose_host_is_killed_ends", false);
}

#[test]
fn a_stopped_program_whose_host_is_killed_ends() {
    hosts::killed("a_stopped_program_whose_host_is_killed_ends", true);
}

#[test]
fn what_a_killed_host_leaves_is_swept_at_the_next_start() {
    hosts::swept("what_a_killed_host_leaves_is_swept_at_the_next_start");
}
