//! Speech that goes from the default output to the second, or stays where it is because it cannot.

use crate::heard::{assert_from_the_beginning, assert_to_the_end, first_part, gap, next_part, settled};
use crate::speech::{OTHER, Speech, assert_finished, with_outputs};
use crate::timed_output::{Operation, TimedOutput};
use crate::timed_tests::{DEVICE, id, wait_until};
use std::f64::consts::PI;
use std::thread;
use std::time::Duration;
use utter::playback::PlayerOptions;
use utter::playback::output::OutputSelection;

/// Speaks on the default output, has `route` go to the second, and looks at `heard` when all was spoken.
fn crosses_over(
    test: &str,
    route: impl FnOnce(&Speech, &TimedOutput),
    heard: impl FnOnce(&Speech, &[TimedOutput; 2]),
) {
    with_outputs(test, OTHER, DEVICE, |outputs| {
        let speech = Speech::open(&OutputSelection::Default, &PlayerOptions::default());
        let spoken = speech.begin();
        route(&speech, &outputs[1]);
        speech.player.wait_until_drained().unwrap();
        speech.player.close();
        heard(&speech, outputs);
        assert_finished(&spoken);
        speech.check_counters();
    });
}

pub fn a_change_of_route_fades_from_one_device_to_the_other(test: &str) {
    let route = |speech: &Speech, second: &TimedOutput| {
        speech.player.set_route(id(second));
        wait_until("it is all heard", || speech.player.counters().queued == 0);
    };
    crosses_over(test, route, |speech, [default, second]| {
        assert_eq!(speech.transitions(), ["alsa:second open: Route"]);
        let (before, after) = (default.captures().remove(0), second.captures().remove(0));
        // All but the fade is the sweep, and in the fade it becomes softer.
        let old = first_part(&before);
        let new = next_part(&after, &old);
        assert_to_the_end(&new);
        let fade = 0.008;
        let both = old.to - new.from;
        let gap = gap((&before, &old), (&after, &new));
        println!(
            "{:.2} ms are on both; {:.1} ms between them",
            both * 1e3,
            gap * 1e3
        );
        // The new one begins where the old one begins to fade: no frame is missing, and none is heard twice but
        // those of the fade.
        assert!((both - fade).abs() < 1e-3, "{:.2} ms", both * 1e3);
        let (end, start) = (old.frames.end, new.frames.start);
        let last = &before.channel(0)[end - 2 * settled(before.rate)..];
        assert!(
            longest_step(last) <= step_at_4_khz(before.rate),
            "it is not cut off"
        );
        let first = &after.channel(0)[..start + settled(after.rate)];
        assert!(
            longest_step(first) <= step_at_4_khz(after.rate),
            "it does not begin with a step"
        );
    });
}

fn longest_step(heard: &[f32]) -> f32 {
    let steps = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    steps.fold(0.0, f32::max)
}

/// At 4 kHz, a sine of 0.5 moves by so much from frame to frame.
fn step_at_4_khz(rate: u32) -> f32 {
    (0.5 * 2.0 * (PI * 4_000.0 / f64::from(rate)).sin()) as f32
}

pub fn a_route_that_cannot_be_taken_leaves_no_seam(test: &str) {
    leaves_no_seam(test, TimedOutput::vanish);
}

pub fn a_route_to_a_device_that_stands_still_leaves_no_seam(test: &str) {
    leaves_no_seam(test, TimedOutput::stall);
}

pub fn a_route_to_a_device_that_hangs_leaves_no_seam(test: &str) {
    leaves_no_seam(test, |output| output.hang(Operation::Open));
}

fn leaves_no_seam(test: &str, fault: impl FnOnce(&TimedOutput)) {
    let route = |speech: &Speech, second: &TimedOutput| {
        fault(second);
        speech.player.set_route(id(second));
    };
    crosses_over(test, route, |speech, [default, second]| {
        second.release();
        assert_eq!(speech.transitions(), ["route failed"]);
        assert_eq!(speech.player.route(), OutputSelection::Default);
        let captures = default.captures();
        assert_eq!(captures.len(), 1);
        assert_eq!(captures[0].rate, OTHER.rate);
        let all = first_part(&captures[0]);
        assert_from_the_beginning(&all);
        assert_to_the_end(&all);
    });
}

pub fn a_route_that_vanishes_is_gone_back_to_when_it_returns(test: &str) {
    with_outputs(test, OTHER, DEVICE, |[default, second]| {
        let options = PlayerOptions {
            look_interval: Duration::from_millis(500),
            ..PlayerOptions::default()
        };
        let speech = Speech::open(&OutputSelection::Default, &options);
        speech.player.set_route(id(second));
        wait_until("it is open", || speech.player.route() == id(second));
        let spoken = speech.begin();
        second.vanish();
        thread::sleep(Duration::from_millis(900));
        second.come_back();
        assert_finished(&spoken);
        speech.player.close();
        assert_eq!(
            speech.transitions(),
            [
                "alsa:second open: Route",
                "alsa:second lost: Disconnected",
                "alsa:default open: Recovered",
                "alsa:second open: Followed"
            ]
        );
        let captures = second.captures();
        assert_eq!(captures.len(), 2);
        let first = first_part(&captures[0]);
        let middle = next_part(default.captures().last().unwrap(), &first);
        let last = next_part(&captures[1], &middle);
        let twice = [first.to - middle.from, middle.to - last.from].map(|twice| twice * 1e3);
        println!("heard twice: {twice:?} ms");
        assert!((-0.05..40.0).contains(&twice[0]), "{twice:?}");
        assert!((7.0..9.0).contains(&twice[1]), "{twice:?}");
        assert_from_the_beginning(&first);
        assert_to_the_end(&last);
    });
}
