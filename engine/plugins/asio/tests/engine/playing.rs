//! Everything that can be asked of an output, asked of the isolated one while it speaks.

use std::thread;
use std::time::Duration;

use utter::playback::Stop;

use crate::heard::{assert_from_the_beginning, assert_to_the_end, clean, clean_part, pieces};
use crate::speech::{Installed, Speech, programs, with_outputs};
use crate::timed_tests::{id, wait_until};

/// The silence of a pause, and no less, in frames of 48 kHz.
const PAUSE: usize = 4_800;

pub fn what_is_said_is_heard_whole(test: &str) {
    with_outputs(test, |[device, _]| {
        let installed = Installed::new();
        let speech = Speech::open(&installed, &installed.output(device));
        assert_eq!(programs(), 1);
        let spoken = speech.begin(Duration::from_millis(100));
        assert_eq!(speech.end(&spoken), Vec::<String>::new());
        wait_until("it is closed", || programs() == 0);
        let captures = device.captures();
        assert_eq!(captures.len(), 1);
        let whole = clean_part(&captures[0], 0.0..0.1);
        assert_from_the_beginning(&whole);
        assert_to_the_end(&whole);
        installed.end();
    });
}

pub fn it_goes_on_where_it_was_paused(test: &str) {
    with_outputs(test, |[device, _]| {
        let installed = Installed::new();
        let speech = Speech::open(&installed, &installed.output(device));
        let spoken = speech.begin(Duration::from_millis(1_200));
        speech.player.pause().unwrap();
        thread::sleep(Duration::from_millis(400));
        speech.player.resume().unwrap();
        speech.end(&spoken);
        let capture = device.captures().remove(0);
        let heard = capture.channel(0);
        let parts = pieces(&heard, PAUSE);
        assert_eq!(parts.len(), 2, "one pause, and no other gap: {parts:?}");
        let before = clean(&heard[parts[0].clone()], capture.rate, 0.0..0.1);
        let after = clean(
            &heard[parts[1].clone()],
            capture.rate,
            before.to - 0.1..before.to + 0.1,
        );
        // A pause fades out and in again, over the same frames or the next: none is missing.
        assert!((0.0..0.017).contains(&(before.to - after.from)) || (before.to - after.from).abs() < 1e-3);
        assert_to_the_end(&after);
        installed.end();
    });
}

pub fn it_goes_to_another_place_without_a_seam(test: &str) {
    with_outputs(test, |[device, _]| {
        let installed = Installed::new();
        let speech = Speech::open(&installed, &installed.output(device));
        let spoken = speech.begin(Duration::from_millis(1_500));
        speech
            .player
            .seek(utter::playback::Seek::Time(Duration::from_millis(500)))
            .unwrap();
        let told = speech.end(&spoken);
        assert_eq!(told, Vec::<String>::new());
        let capture = device.captures().remove(0);
        let heard = capture.channel(0);
        // The end first: it says where in the sweep the second part began.
        let gapless = pieces(&heard, 480);
        assert!(gapless.len() <= 2, "{gapless:?}");
        let last = gapless.last().unwrap();
        let tail = &heard[last.end - capture.rate as usize..last.end];
        let part = clean(
            tail,
            capture.rate,
            crate::speech::SAID - 1.1..crate::speech::SAID - 0.9,
        );
        assert_to_the_end(&part);
        let length = gapless.iter().map(|piece| piece.len()).sum::<usize>() as f64 / f64::from(capture.rate);
        // What was heard before it, and from there to the end.
        assert!(length > crate::speech::SAID + 0.9, "{length}");
        installed.end();
    });
}

pub fn a_stop_silences_it_and_the_next_utterance_is_whole(test: &str) {
    with_outputs(test, |[device, _]| {
        let installed = Installed::new();
        let speech = Speech::open(&installed, &installed.output(device));
        speech.begin(Duration::from_millis(800));
        let stop = speech.player.stop(Stop::Fade);
        assert!(speech.player.wait_for(stop, Duration::from_secs(5)).is_some());
        thread::sleep(Duration::from_millis(200));
        let spoken = speech
            .speaker
            .speak(crate::sweep_voice::utterance([crate::sweep_voice::say(48_000)]))
            .unwrap();
        speech.end(&spoken);
        let capture = device.captures().remove(0);
        let heard = capture.channel(0);
        let parts = pieces(&heard, PAUSE);
        assert_eq!(parts.len(), 2, "{parts:?}");
        let first = clean(&heard[parts[0].clone()], capture.rate, 0.0..0.1);
        assert_from_the_beginning(&first);
        assert!((0.7..1.2).contains(&first.to), "{first:?}");
        // The voice goes on with its sweep where it was stopped making it; that all of it is there shows in its length.
        assert!(parts[1].len().abs_diff(2 * 48_000) < 100, "{parts:?}");
        installed.end();
    });
}

pub fn it_goes_to_the_direct_output_and_back_while_it_speaks(test: &str) {
    with_outputs(test, |[device, second]| {
        let installed = Installed::new();
        let isolated = installed.output(device);
        let speech = Speech::open(&installed, &isolated);
        let spoken = speech.begin(Duration::from_millis(700));
        speech.player.set_route(id(second));
        wait_until("it plays there", || speech.player.route() == id(second));
        wait_until("nothing isolated is left", || programs() == 0);
        speech.hear(Duration::from_millis(1_700));
        speech.player.set_route(isolated.clone());
        wait_until("it is back", || speech.player.route() == isolated);
        assert_eq!(speech.end(&spoken), ["route", "route"]);
        let (first, direct) = (device.captures(), second.captures());
        assert_eq!((first.len(), direct.len()), (2, 1));
        let one = clean_part(&first[0], 0.0..0.1);
        let two = clean_part(&direct[0], one.to - 0.2..one.to + 0.2);
        let three = clean_part(&first[1], two.to - 0.2..two.to + 0.2);
        assert_from_the_beginning(&one);
        assert_to_the_end(&three);
        for (before, after) in [(&one, &two), (&two, &three)] {
            let both = before.to - after.from;
            assert!(
                (both - 0.008).abs() < 1e-3,
                "the fade, and nothing else, is on both: {both}"
            );
        }
        installed.end();
    });
}

pub fn a_reload_while_it_speaks_leaves_no_gap(test: &str) {
    with_outputs(test, |[device, _]| {
        let installed = Installed::new();
        let speech = Speech::open(&installed, &installed.output(device));
        let spoken = speech.begin(Duration::from_millis(1_000));
        installed.plugins.reload(&installed.id).unwrap();
        wait_until("the old one is unloaded", || {
            installed.plugins.draining() == (0, 0)
        });
        wait_until("its program is gone", || programs() == 1);
        assert_eq!(speech.end(&spoken), ["Followed"]);
        let captures = device.captures();
        assert_eq!(captures.len(), 2);
        let one = clean_part(&captures[0], 0.0..0.1);
        let two = clean_part(&captures[1], one.to - 0.2..one.to + 0.2);
        assert!((one.to - two.from - 0.008).abs() < 1e-3, "{one:?} {two:?}");
        assert_from_the_beginning(&one);
        assert_to_the_end(&two);
        installed.end();
    });
}
