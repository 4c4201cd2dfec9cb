//! Speech goes on after every loss: on the same device if it can, otherwise on the default one.

use crate::answers::while_commanding;
use crate::heard::{assert_from_the_beginning, assert_to_the_end, first_part, gap, next_part};
use crate::speech::{DEFAULT, OTHER, SECOND, Speech, assert_finished, with_outputs};
use crate::timed_output::{Capture, Device, Operation, TimedOutput};
use crate::timed_tests::{DEVICE, id};
use std::thread;
use std::time::Duration;
use utter::playback::PlayerOptions;
use utter::playback::output::LossReason;
use utter::speech::SAMPLE_RATE;

/// Speech goes on within this time.
const GOES_ON: f64 = 1.0;

/// A loss, and what becomes of it.
struct Loss {
    /// The output that is lost while it speaks.
    lost: usize,
    reason: LossReason,
    /// The output that goes on, and the number of its capture.
    goes_on: (usize, usize),
    /// What that one takes.
    takes: Device,
}

impl Loss {
    /// The second output is lost, and the default one goes on.
    fn to_the_default(reason: LossReason) -> Self {
        Self {
            lost: SECOND,
            reason,
            goes_on: (DEFAULT, 0),
            takes: OTHER,
        }
    }

    /// An output is lost, and opened again.
    fn for_a_moment(lost: usize, reason: LossReason, takes: Device) -> Self {
        Self {
            lost,
            reason,
            goes_on: (lost, 1),
            takes,
        }
    }

    /// Speaks, brings about the loss by `fault`, and looks at what was told and heard of it.
    fn is_survived(&self, test: &str, fault: impl FnOnce(&[TimedOutput; 2])) {
        with_outputs(test, OTHER, DEVICE, |outputs| {
            let speech = Speech::open(&id(&outputs[self.lost]), &PlayerOptions::default());
            let spoken = speech.begin();
            let ((), answers) = while_commanding(&speech.player, || {
                fault(outputs);
                assert_finished(&spoken);
            });
            speech.player.close();
            for output in outputs {
                output.release();
            }
            self.check_told(outputs, &speech);
            let (device, number) = self.goes_on;
            let before = outputs[self.lost].captures().swap_remove(0);
            let after = outputs[device].captures().swap_remove(number);
            assert_eq!(
                (after.rate, after.channels),
                (self.takes.rate, self.takes.channels)
            );
            check_heard(&before, &after);
            speech.check_counters();
            answers.check();
        });
    }

    /// That the loss was told, and what goes on, and nothing else.
    fn check_told(&self, outputs: &[TimedOutput; 2], speech: &Speech) {
        let lost = format!("{} lost: {:?}", outputs[self.lost].id(), self.reason);
        let open = format!("{} open: Recovered", outputs[self.goes_on.0].id());
        assert_eq!(speech.transitions(), [lost, open]);
    }
}

/// That all of the sweep was heard, on one device and then on another.
fn check_heard(before: &Capture, after: &Capture) {
    let old = first_part(before);
    let new = next_part(after, &old);
    let gap = gap((before, &old), (after, &new));
    let twice = old.to - new.from;
    println!("silent for {gap:.3} s, {:.1} ms heard twice", twice * 1e3);
    assert_from_the_beginning(&old);
    assert_to_the_end(&new);
    assert!((0.0..=GOES_ON).contains(&gap), "silent for {gap} s");
    // In whole frames: times are found by fitting a sweep, and are off by some 10⁻¹³ s. One of rounding, then two periods of
    // 20 ms, which a device may have taken and not played.
    let rate = f64::from(SAMPLE_RATE);
    let buffer = 2.0 * PlayerOptions::default().period.as_secs_f64();
    assert!(
        (-1.0..=(buffer * rate).round()).contains(&(twice * rate).round()),
        "{:.1} ms are heard twice",
        twice * 1e3
    );
}

pub fn a_device_that_vanishes_is_replaced_by_the_default(test: &str) {
    let loss = Loss::to_the_default(LossReason::Disconnected);
    loss.is_survived(test, |[_, second]| second.vanish());
}

pub fn a_device_that_is_back_at_once_is_opened_again(test: &str) {
    let loss = Loss::for_a_moment(DEFAULT, LossReason::Disconnected, OTHER);
    loss.is_survived(test, |[default, _]| {
        default.vanish();
        thread::sleep(Duration::from_millis(300));
        default.come_back();
    });
}

pub fn a_device_that_changes_is_used_as_it_is_now(test: &str) {
    let now = Device {
        rate: 96_000,
        channels: 6,
        ..OTHER
    };
    let loss = Loss::for_a_moment(DEFAULT, LossReason::Disconnected, now);
    loss.is_survived(test, |[default, _]| default.change(now.rate, now.channels));
}

pub fn a_stream_that_stalls_is_opened_again(test: &str) {
    let loss = Loss::for_a_moment(SECOND, LossReason::Stalled, DEVICE);
    loss.is_survived(test, |[_, second]| second.jam());
}

pub fn a_device_that_stalls_is_replaced_by_the_default(test: &str) {
    let loss = Loss::to_the_default(LossReason::Stalled);
    loss.is_survived(test, |[_, second]| second.stall());
}

pub fn a_storm_of_errors_ends_on_the_default(test: &str) {
    let loss = Loss::to_the_default(LossReason::ErrorStorm);
    loss.is_survived(test, |[_, second]| second.storm());
}

pub fn a_storm_that_passes_ends_on_the_same_device(test: &str) {
    let loss = Loss::for_a_moment(DEFAULT, LossReason::ErrorStorm, OTHER);
    loss.is_survived(test, |[default, _]| {
        default.storm();
        thread::sleep(Duration::from_millis(500));
        default.come_back();
    });
}

/// To ask a device for its formats is to open and close it. So it is not opened again, though it could play.
pub fn a_stream_that_hangs_as_it_is_closed_holds_up_nothing(test: &str) {
    let loss = Loss::to_the_default(LossReason::Stalled);
    loss.is_survived(test, |[_, second]| {
        second.hang(Operation::Close);
        second.jam();
    });
}

pub fn a_device_that_hangs_in_a_write_is_replaced_by_the_default(test: &str) {
    let loss = Loss::to_the_default(LossReason::Stalled);
    loss.is_survived(test, |[_, second]| second.hang(Operation::Write));
}
