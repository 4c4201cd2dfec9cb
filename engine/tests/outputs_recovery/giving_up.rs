//! When no output can be had for too long: what is spoken fails, and a device that appears later is used again.

use crate::answers::while_commanding;
use crate::heard::assert_one_second;
use crate::speech::{OTHER, Speech, with_outputs};
use crate::sweep_voice::{say, utterance};
use crate::timed_output::{Open, Operation, now};
use crate::timed_tests::{DEVICE, id, wait_until};
use std::ops::Range;
use std::time::Duration;
use utter::playback::output::{LossReason, OutputSelection};
use utter::playback::{PlaybackError, PlayerOptions};
use utter::speech::{Outcome, SpeechError, UtteranceHandle};

fn give_up_after(limit: Duration) -> PlayerOptions {
    PlayerOptions {
        give_up_after: limit,
        ..PlayerOptions::default()
    }
}

/// Waits until what is spoken has failed since the device is gone, and looks at when that is.
fn assert_given_up(spoken: &UtteranceHandle, within: &Range<Duration>) {
    let since = now();
    let outcome = spoken.wait();
    let given_up = now() - since;
    println!("given up after {given_up:?}");
    let lost = PlaybackError::OutputLost(LossReason::Disconnected).to_string();
    assert!(
        matches!(&outcome, Outcome::Failed(SpeechError::Playback(error)) if error.to_string() == lost),
        "{outcome:?}"
    );
    assert!(within.contains(&given_up), "given up after {given_up:?}");
}

/// Waits for an output, and says a second.
fn speak_again(speech: &Speech) {
    wait_until("an output is found", || speech.player.output().is_some());
    speech.say(24_000);
}

/// While one device hangs as it is opened, cpal opens no other. So speech is given up, and goes on when it can.
pub fn a_device_that_hangs_as_it_opens_is_given_up_and_used_when_it_returns(test: &str) {
    with_outputs(test, OTHER, DEVICE, |[default, second]| {
        let limit = Duration::from_secs(3);
        let speech = Speech::open(&id(second), &give_up_after(limit));
        let spoken = speech.begin();
        let ((), answers) = while_commanding(&speech.player, || {
            second.hang(Operation::Open);
            second.vanish();
            assert_given_up(&spoken, &(limit..limit + Duration::from_millis(500)));
        });
        let told = speech.transitions();
        assert_eq!(told, ["alsa:second lost: Disconnected", "given up"]);
        answers.check();
        assert!(speech.speaker.speak(utterance([say(1)])).is_err());

        second.release();
        speak_again(&speech);
        assert_eq!(speech.transitions(), ["alsa:default open: Recovered"]);
        speech.player.close();
        assert_one_second(OTHER.rate, &default.captures());
    });
}

/// Attempts become rarer, up to one a second; then it is given up, and looked for every two seconds.
pub fn a_device_is_tried_ever_less_often_then_given_up_and_used_when_it_appears(test: &str) {
    with_outputs(test, DEVICE, DEVICE, |[output, second]| {
        second.vanish();
        let limit = Duration::from_secs(5);
        let speech = Speech::open(&OutputSelection::Default, &give_up_after(limit));
        let spoken = speech.begin();
        let opened = output.opens().len();
        output.vanish();
        assert_given_up(&spoken, &(limit..limit + Duration::from_millis(200)));
        check_attempts(&output.opens()[opened..]);

        output.come_back();
        speak_again(&speech);
        assert_eq!(
            speech.transitions(),
            [
                "alsa:default lost: Disconnected",
                "given up",
                "alsa:default open: Recovered"
            ]
        );
        speech.player.close();
        let captures = output.captures();
        assert_eq!(captures.len(), 2);
        assert_one_second(DEVICE.rate, &captures[1..]);
    });
}

/// That all failed, and how far apart they were.
fn check_attempts(opens: &[Open]) {
    // One attempt asks several times, within a few milliseconds.
    let mut attempts: Vec<Duration> = Vec::new();
    for open in opens {
        assert_ne!(open.error, 0);
        if attempts
            .last()
            .is_none_or(|last| open.at - *last > Duration::from_millis(25))
        {
            attempts.push(open.at);
        }
    }
    let gaps: Vec<u128> = attempts
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).as_millis())
        .collect();
    println!("attempts {gaps:?} ms apart");
    let expected = [50, 100, 200, 400, 800, 1_000, 1_000];
    assert!(gaps.len() >= expected.len(), "{gaps:?}");
    for (gap, expected) in gaps.iter().zip(expected) {
        assert!((expected..expected + 100).contains(gap), "{gaps:?}");
    }
}
