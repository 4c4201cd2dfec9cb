//! Jobs of several queues: their order, what interrupts them, their room, their ends.

use super::rig::{HandStage, HandVoice, Rig, said, say};
use crate::playback::Interrupt;
use crate::playback::output::WavEncoding;
use crate::playback::{PlaybackError, Stop, TrackEnd};
use crate::speech::clip::{ClipOptions, ClipSource};
use crate::speech::inference::Round;
use crate::speech::voice_slot::Request;
use crate::speech::writing::write_file;
use crate::speech::{
    Event, MarkOptions, Mode, Outcome, PENDING_IN_ALL, PENDING_UTTERANCES, SpeakError, SpeakOptions,
    SpeechError, SpeechQueue,
};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

const URGENT: SpeakOptions = SpeakOptions {
    mode: Mode::Enqueue,
    urgent: Some(Interrupt::Resume),
    marks: MarkOptions::NONE,
};

const REPLACE: SpeakOptions = SpeakOptions {
    mode: Mode::Replace,
    urgent: None,
    marks: MarkOptions::NONE,
};

fn enqueue() -> SpeakOptions {
    SpeakOptions::default()
}

/// Room for as much as any test makes.
const ROOMY: usize = 1_000_000;

fn setup<const N: usize>(ahead: usize) -> (Rig, HandVoice, [(SpeechQueue, HandStage); N]) {
    let voice = HandVoice::default();
    let mut rig = Rig::new(voice.clone());
    let queues = std::array::from_fn(|_| rig.queue(ahead));
    (rig, voice, queues)
}

#[test]
fn a_silent_queue_gets_its_first_chunk_soon_and_the_rest_in_its_turn() {
    let (mut rig, voice, [(one, heard_one), (two, heard_two)]) = setup(ROOMY);
    one.speak(say(&["a10", "b10", "c10"]), enqueue()).unwrap();
    two.speak(say(&["d10", "e10"]), enqueue()).unwrap();
    two.speak(say(&["f10"]), enqueue()).unwrap();
    assert_eq!(rig.work(), Round::Idle(None));
    assert_eq!(voice.asked(), ["a10", "d10", "b10", "c10", "e10", "f10"]);
    assert_eq!(heard_one.frames(0), said(&["a10", "b10", "c10"]));
    assert_eq!(heard_two.frames(0), said(&["d10", "e10"]));
    assert_eq!(heard_two.frames(1), said(&["f10"]));
}

#[test]
fn a_queue_without_room_is_passed_over_until_it_has_some() {
    let (mut rig, voice, [(one, heard_one), (two, heard_two)]) = setup(15);
    one.speak(say(&["a10", "b10", "c10"]), enqueue()).unwrap();
    two.speak(say(&["d10", "e10"]), enqueue()).unwrap();
    assert_eq!(rig.work(), Round::Idle(None));
    assert_eq!(voice.asked(), ["a10", "d10", "b10", "e10"]);
    heard_two.hear(20);
    rig.work();
    assert_eq!(voice.asked(), Vec::<String>::new());
    heard_one.hear(6);
    assert_eq!(rig.work(), Round::Idle(None));
    assert_eq!(voice.asked(), ["c10"]);
}

#[test]
fn a_track_is_complete_with_its_last_chunk() {
    let (mut rig, _, [(one, heard_one), (two, _)]) = setup(10);
    one.speak(say(&["a10"]), enqueue()).unwrap();
    two.speak(say(&["b10"]), enqueue()).unwrap();
    rig.inference.round();
    assert!(heard_one.is_complete(0), "although there is no room for more");
}

#[test]
fn what_is_urgent_interrupts_a_chunk_which_is_made_again_as_it_would_have_been() {
    let (mut rig, voice, [(one, heard_one), (two, heard_two)]) = setup(ROOMY);
    let long = one.speak(say(&["a10", "b20", "c10"]), enqueue()).unwrap();
    voice.during("b20", {
        let two = two.clone();
        move || drop(two.speak(say(&["u10", "v10"]), URGENT).unwrap())
    });
    rig.work();
    assert_eq!(voice.asked(), ["a10", "b20!", "u10", "v10", "b20", "c10"]);
    assert_eq!(heard_one.frames(0), said(&["a10", "b20", "c10"]));
    assert_eq!(heard_one.marks(0)[0].frame, 0);
    assert_eq!(heard_two.frames(0), said(&["u10", "v10"]));
    heard_one.hear(ROOMY);
    assert!(matches!(long.outcome(), Some(Outcome::Finished)));
    let started: Vec<bool> = rig
        .told()
        .iter()
        .filter_map(|event| match event {
            Event::Started { utterance } => Some(*utterance == long.id()),
            _ => None,
        })
        .collect();
    assert_eq!(started, [true, false], "each once");
}

#[test]
fn a_chunk_that_was_made_all_the_same_is_kept() {
    let mut voice = HandVoice::default();
    voice.is_stubborn = true;
    let mut rig = Rig::new(voice.clone());
    let (one, heard) = rig.queue(ROOMY);
    one.speak(say(&["a10", "b10"]), enqueue()).unwrap();
    voice.during("a10", {
        let one = one.clone();
        move || drop(one.speak(say(&["u10"]), URGENT).unwrap())
    });
    rig.work();
    assert_eq!(voice.asked(), ["a10", "u10", "b10"]);
    assert_eq!(heard.frames(0), said(&["a10", "b10"]));
}

#[test]
fn nothing_interrupts_what_is_urgent() {
    let (mut rig, voice, [(one, _), (two, _)]) = setup(ROOMY);
    one.speak(say(&["u10", "v10"]), URGENT).unwrap();
    voice.during("u10", move || drop(two.speak(say(&["x10"]), URGENT).unwrap()));
    rig.work();
    assert_eq!(voice.asked(), ["u10", "v10", "x10"]);
}

#[test]
fn what_is_urgent_needs_no_room_behind_what_is_not() {
    let (mut rig, voice, [(one, _)]) = setup(15);
    one.speak(say(&["a10", "b10", "c10"]), enqueue()).unwrap();
    rig.work();
    one.speak(say(&["u10", "v10", "w10"]), URGENT).unwrap();
    rig.work();
    assert_eq!(voice.asked(), ["a10", "b10", "u10", "v10"]);
}

#[test]
fn a_stop_ends_what_is_made_and_what_waits_of_its_queue_alone() {
    let (mut rig, voice, [(one, _), (two, heard_two)]) = setup(ROOMY);
    let made = one.speak(say(&["a10", "b10"]), enqueue()).unwrap();
    let waiting = one.speak(say(&["c10"]), enqueue()).unwrap();
    let other = two.speak(say(&["d10"]), enqueue()).unwrap();
    voice.during("b10", {
        let one = one.clone();
        move || {
            one.stop(Stop::Fade).unwrap();
        }
    });
    rig.work();
    assert_eq!(voice.asked(), ["a10", "d10", "b10!"]);
    let stopped: Vec<_> = rig
        .told()
        .into_iter()
        .filter_map(|event| match event {
            Event::Stopped { utterance } => Some(utterance),
            _ => None,
        })
        .collect();
    assert_eq!(stopped, [made.id(), waiting.id()]);
    assert!(matches!(made.outcome(), Some(Outcome::Stopped)));
    assert!(matches!(waiting.outcome(), Some(Outcome::Stopped)));
    heard_two.hear(10);
    assert!(matches!(
        other.wait_within(Duration::ZERO),
        Some(Outcome::Finished)
    ));
}

#[test]
fn a_replacement_stops_what_was_asked_for_on_its_queue_and_nothing_else() {
    let (mut rig, voice, [(one, heard_one), (two, _)]) = setup(ROOMY);
    let old = one.speak(say(&["a10", "b10"]), enqueue()).unwrap();
    let other = two.speak(say(&["d10"]), enqueue()).unwrap();
    rig.inference.round();
    let new = one.speak(say(&["c10"]), REPLACE).unwrap();
    rig.work();
    assert_eq!(voice.asked(), ["a10", "d10", "c10"]);
    assert_eq!(heard_one.frames(1), said(&["c10"]));
    assert!(matches!(old.outcome(), Some(Outcome::Stopped)));
    assert!(new.outcome().is_none() && other.outcome().is_none());
}

#[test]
fn each_queue_has_its_own_bound_and_all_together_have_one() {
    let (mut rig, _, queues): (_, _, [_; 5]) = setup(ROOMY);
    let full = |queue: &SpeechQueue| {
        (0..PENDING_UTTERANCES).for_each(|_| drop(queue.speak(say(&["a1"]), enqueue()).unwrap()));
    };
    let is_refused = |queue: &SpeechQueue, options| {
        matches!(queue.speak(say(&["a1"]), options), Err(SpeakError::QueueFull))
    };
    full(&queues[0].0);
    assert!(is_refused(&queues[0].0, enqueue()));
    queues[1..4].iter().for_each(|(queue, _)| full(queue));
    assert_eq!(PENDING_IN_ALL, 4 * PENDING_UTTERANCES);
    assert!(is_refused(&queues[4].0, enqueue()));
    assert!(is_refused(&queues[4].0, REPLACE), "it has nothing to replace");
    // A replacement makes its own room, and what was stopped takes none.
    queues[0].0.speak(say(&["b1"]), REPLACE).unwrap();
    queues[4].0.speak(say(&["c1"]), enqueue()).unwrap();
    rig.work();
    assert_eq!(queues[0].1.frames(PENDING_UTTERANCES), said(&["b1"]));
    assert_eq!(queues[4].1.frames(0), said(&["c1"]));
}

#[test]
fn stopped_jobs_do_not_pile_up_while_a_chunk_is_made() {
    let (mut rig, voice, [(one, heard_one), (two, _)]) = setup(ROOMY);
    two.speak(say(&["a10"]), enqueue()).unwrap();
    voice.during("a10", move || {
        for _ in 0..10 {
            for _ in 0..PENDING_UTTERANCES {
                one.speak(say(&["b10"]), enqueue()).unwrap();
            }
            heard_one.end_all(&TrackEnd::Stopped);
        }
    });
    rig.inference.round();
    assert!(rig.desk.take_stopped().len() <= PENDING_IN_ALL);
}

#[test]
fn an_utterance_knows_its_track_and_its_queue() {
    let (_rig, _, [(one, _), (two, _)]) = setup(ROOMY);
    let first = one.speak(say(&["a1"]), enqueue()).unwrap().id();
    let second = two.speak(say(&["a1"]), enqueue()).unwrap().id();
    assert_eq!((first.queue(), second.queue()), (one.id(), two.id()));
    assert!(first.track() < second.track() && first < second);
}

#[test]
fn a_broken_clip_disturbs_nothing() {
    let (mut rig, voice, [(one, _), (two, heard_two)]) = setup(ROOMY);
    let broken = ClipSource::Bytes(vec![0; 100].into());
    let clip = one.clip(broken, ClipOptions::default(), enqueue()).unwrap();
    two.speak(say(&["a10"]), enqueue()).unwrap();
    rig.work();
    assert!(matches!(
        clip.outcome(),
        Some(Outcome::Failed(SpeechError::Clip { .. }))
    ));
    assert_eq!((voice.asked().len(), heard_two.frames(0).len()), (1, 10));
}

#[test]
fn an_output_that_is_given_up_is_told_as_a_failure() {
    let (mut rig, voice, [(one, heard)]) = setup(ROOMY);
    let lost = one.speak(say(&["a10", "b10"]), enqueue()).unwrap();
    voice.during("b10", move || {
        heard.end_all(&TrackEnd::Failed(PlaybackError::Closed))
    });
    rig.work();
    let is_failed =
        |event: &Event| matches!(event, Event::Failed { utterance, .. } if *utterance == lost.id());
    assert!(rig.told().iter().any(is_failed));
}

#[test]
fn whatever_there_is_to_do_for_rings() {
    let (mut rig, _, [(queue, heard)]) = setup(10);
    let bell = Arc::clone(&rig.desk.bell);
    let rang = || bell.take();
    queue.speak(say(&["a10"]), enqueue()).unwrap();
    assert!(rang(), "for a job");
    queue.speak(say(&["b10"]), enqueue()).unwrap();
    rig.work();
    assert!(rang() && !rang(), "once");
    heard.hear(10);
    assert!(rang(), "for a track that has ended: there is room");
    heard.end_all(&TrackEnd::Stopped);
    assert!(rang(), "for one that was stopped: it is to be told");
    drop(rig.desk.ask(Request::Release));
    assert!(rang(), "for a request");
    let (path, encoding) = (PathBuf::from("never begun.wav"), WavEncoding::Pcm16);
    let file = write_file(&rig.desk, say(&["a10"]), path, encoding).unwrap();
    assert!(rang(), "for a file");
    file.cancel();
    assert!(rang(), "for one that is cancelled");
    rig.desk.close();
    assert!(rang(), "for the end");
}

#[test]
fn closing_ends_what_is_made_and_all_that_waits() {
    let (mut rig, voice, [(one, heard)]) = setup(ROOMY);
    one.speak(say(&["a10", "b10"]), enqueue()).unwrap();
    let waiting = one.speak(say(&["c10"]), enqueue()).unwrap();
    let asked = rig.desk.ask(Request::WarmUp);
    voice.during("a10", {
        let desk = Arc::clone(&rig.desk);
        move || desk.close()
    });
    assert_eq!(rig.work(), Round::Over);
    assert!(matches!(
        one.speak(say(&["d10"]), enqueue()),
        Err(SpeakError::Closed)
    ));
    assert!(rig.inference.run().is_some());
    assert!(heard.is_complete(0) && heard.is_complete(1));
    heard.hear(0);
    assert!(
        matches!(waiting.outcome(), Some(Outcome::Stopped)),
        "not finished"
    );
    assert!(asked.result().is_some());
    let ends = rig
        .events
        .iter()
        .filter(|event| matches!(event, Event::Stopped { .. }));
    assert_eq!(ends.count(), 2, "and then the events end, too");
}
