//! Whatever happens in whatever order: no click, no frame unaccounted for, and an end for everything.

use super::super::deck::Seek;
use super::super::track::{TrackEnd, TrackId};
use super::super::{Mode, PlaybackEvent};
use super::rig::{RATE, Rig};
use super::{LEVEL, STEEPEST, check_balance, steady};
use proptest::prelude::*;
use std::time::Duration;

const FADE_TIME: Duration = Duration::from_millis(8);

#[derive(Debug, Clone)]
enum Step {
    Add(usize),
    Push(usize),
    Complete,
    Turn(usize),
    /// A callback at which the playback thread does not come by.
    Overlook(usize),
    Pause,
    Resume,
    Stop,
    /// One that the deck hears of later.
    StopUnheard,
    Drain,
    Skip,
    Seek(u64),
    Replay,
    Lose,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0_usize..3_000).prop_map(Step::Add),
        3 => (0_usize..1_500).prop_map(Step::Push),
        2 => Just(Step::Complete),
        8 => (1_usize..1_000).prop_map(Step::Turn),
        2 => (1_usize..500).prop_map(Step::Overlook),
        1 => Just(Step::StopUnheard),
        1 => Just(Step::Pause),
        1 => Just(Step::Resume),
        1 => Just(Step::Stop),
        1 => Just(Step::Drain),
        1 => Just(Step::Skip),
        1 => (0_u64..60).prop_map(Step::Seek),
        1 => Just(Step::Replay),
        1 => Just(Step::Lose),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_a_click_never_a_lost_frame(steps in steps()) {
        let mut rig = Rig::new();
        let (mut heard, mut tracks) = (vec![0.0], Vec::<TrackId>::new());
        for step in steps {
            let last = tracks.last().copied();
            match step {
                Step::Add(frames) => {
                    let track = rig.add();
                    rig.push(track, &steady(frames));
                    tracks.push(track);
                }
                Step::Push(frames) => last.into_iter().for_each(|track| rig.push(track, &steady(frames))),
                Step::Complete => last.into_iter().for_each(|track| rig.complete(track)),
                Step::Turn(frames) => heard.extend(rig.turn(frames)),
                Step::Overlook(frames) => heard.extend(rig.render("one", frames)),
                Step::StopUnheard => { rig.valve.stop(FADE_TIME); }
                Step::Pause => { rig.pause(); }
                Step::Resume => { rig.resume(); }
                Step::Stop => { rig.stop(); }
                Step::Drain => { rig.deck.stop_when_drained(&rig.valve); }
                // Those that find nothing to do say so.
                Step::Skip => { let _ = rig.skip(); }
                Step::Seek(milliseconds) => { let _ = rig.seek(Seek::Time(Duration::from_millis(milliseconds))); }
                Step::Replay => { let _ = rig.replay(); }
                Step::Lose => {
                    rig.unplug("one");
                    rig.plug_in("one");
                    rig.settle();
                    // The sound of a device ends where it is lost.
                    heard.push(0.0);
                }
            }
            check_balance(rig.counters());
        }
        for track in &tracks {
            rig.complete(*track);
        }
        rig.resume();
        for _ in 0..40 {
            heard.extend(rig.turn(RATE as usize / 10));
        }
        let counters = rig.counters();
        prop_assert_eq!(counters.queued, 0);
        prop_assert_eq!(rig.mode(), Mode::Idle);
        for track in tracks {
            prop_assert!(matches!(rig.end_of(track), Some(TrackEnd::Heard | TrackEnd::Stopped)), "{track:?} has no end");
        }
        for pair in heard.windows(2) {
            // The first frame of a track and its last are as they were made. Two fades can fall together: one after a
            // seek, and one after an underrun.
            let is_start_or_end = pair[0] == 0.0 || pair[1] == 0.0;
            prop_assert!((pair[1] - pair[0]).abs() <= 2.0 * STEEPEST || is_start_or_end, "{pair:?}");
            prop_assert!(pair[1].abs() <= LEVEL);
        }
        let obeyed = rig.events.iter().filter(|event| matches!(event, PlaybackEvent::Obeyed { .. })).count();
        prop_assert!(obeyed > 0);
    }
}
