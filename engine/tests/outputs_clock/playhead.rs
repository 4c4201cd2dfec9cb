//! The playhead: what a player says and tells of it is where the device is.

use crate::machine::{alone_with_device, beside_busy_threads};
use crate::marks;
use crate::spread::{Spread, milliseconds};
use crate::timed_output::Device;
use crate::timed_tests::{DEVICE, open};
use crate::track::frames_in;
use crate::truth::Truth;
use crate::watch::{Said, watch};
use utter::playback::PlayerOptions;
use utter::playback::output::OutputSelection;

const MONO: Device = Device {
    channels: 1,
    ..DEVICE
};

pub fn the_playhead_is_where_the_device_is(test: &str) {
    the_playhead_is_right(test, 20, 0);
}

pub fn the_playhead_is_where_the_device_is_on_a_busy_machine(test: &str) {
    the_playhead_is_right(test, 20, 2);
}

pub fn the_playhead_is_where_the_device_is_for_ten_minutes(test: &str) {
    the_playhead_is_right(test, 600, 0);
}

/// Plays for `seconds` beside so many busy threads.
fn the_playhead_is_right(test: &str, seconds: u32, busy: usize) {
    alone_with_device(test, MONO, |output| {
        let options = PlayerOptions::default();
        let player = open(&OutputSelection::Default, &options);
        let seen = beside_busy_threads(busy, || watch(&player, seconds));
        player.close();
        let period = milliseconds(options.period);
        let truth = Truth::of(output);
        check_positions(&seen.positions, &truth, seconds, period);
        check_position_events(&seen.position_events, &truth, seconds, period);
        marks::check(&seen.marks, &truth, frames_in(seconds), period);
        assert_eq!(player.counters().underruns, 0);
    });
}

/// How much further than the truth these were that were said while the track was heard, in ms.
fn ahead(what: &str, said: &[Said], truth: &Truth, seconds: u32) -> Spread {
    let all = frames_in(seconds) as f64;
    let during = said.iter().filter(|said| {
        let heard = truth.heard(said.asked);
        heard > 0.0 && heard < all
    });
    Spread::of(what, during.map(|said| truth.ahead(said)))
}

fn check_positions(said: &[Said], truth: &Truth, seconds: u32, period: f64) {
    let positions = ahead("positions ahead, ms", said, truth, seconds);
    assert!(positions.0.len() > 50 * seconds as usize, "it was asked often");
    assert!(
        positions.least() >= -period && positions.most() <= period,
        "wrong by more than a period"
    );
    assert!(said.is_sorted_by_key(|said| said.frame), "never back");
}

fn check_position_events(told: &[Said], truth: &Truth, seconds: u32, period: f64) {
    let events = ahead("position events ahead, ms", told, truth, seconds);
    assert!(events.0.len() <= 30 * seconds as usize, "30 a second at most");
    assert!(events.0.len() >= 15 * seconds as usize, "20 a second by default");
    // A listener may be told late, but never of what is not heard yet.
    assert!(events.most() <= period);
    assert!(told.is_sorted_by_key(|said| said.frame), "never back");
}
