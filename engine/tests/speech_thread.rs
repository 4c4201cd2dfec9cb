//! The inference thread: order, waiting, stopping, failing, on a device that is turned by hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

#[path = "../../fixtures/audio/hand_output.rs"]
mod hand_output;
#[path = "../../fixtures/audio/sweep_voice.rs"]
mod sweep_voice;

use hand_output::HandOutput;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use sweep_voice::{SweepVoice, chunk, say, sweep_frames, utterance};
use utter::playback::output::OutputSelection;
use utter::playback::{PlaybackError, PlaybackEvent, Player, PlayerOptions};
use utter::speech::{
    CancelFlag, Chunk, Delivery, Event, Events, Outcome, PENDING_UTTERANCES, SpeakError, Speaker,
    SpeechError, Trim, Utterance, render,
};
use utter::text::Boundary;

/// The voice's own rate, so that frames come through bit for bit.
const RATE: u32 = 24_000;

/// Frames that the limiter looks ahead: 2 ms.
const LOOK_AHEAD: usize = 48;

struct Setup {
    output: HandOutput,
    speaker: Speaker,
    events: Events,
}

fn start(voice: SweepVoice) -> Setup {
    let output = HandOutput::new(RATE);
    let options = PlayerOptions {
        ahead: Duration::from_secs(1),
        // The device is turned when the test gets round to it.
        stalled_after: Duration::from_secs(1_000),
        ..PlayerOptions::default()
    };
    let player = Player::open(Arc::new(output.clone()), &OutputSelection::Default, &options).unwrap();
    let (speaker, events) = Speaker::start(player, Box::new(voice)).unwrap();
    Setup {
        output,
        speaker,
        events,
    }
}

impl Setup {
    /// Has the device take `frames` frames when at least `there` of them are in the ring.
    fn turn_when(&self, there: u64, frames: usize) -> Vec<f32> {
        let since = Instant::now();
        while self.speaker.player().counters().queued < there {
            assert!(since.elapsed() < Duration::from_secs(20), "never fed");
            thread::sleep(Duration::from_millis(1));
        }
        self.output.turn(frames)
    }

    /// Has the device take frames until nothing is left, the device's latency included.
    fn drain(&self) {
        let player = self.speaker.player();
        let drained = thread::scope(|scope| {
            let waiting = scope.spawn(|| player.wait_until_drained());
            while !waiting.is_finished() {
                self.output.turn(100);
                thread::sleep(Duration::from_millis(1));
            }
            waiting.join().unwrap()
        });
        assert!(drained.is_ok(), "{drained:?}");
    }

    /// Waits for the first event that `is_it`.
    fn wait_for(&self, is_it: impl Fn(&Event) -> bool) -> Event {
        loop {
            let event = self
                .events
                .recv_timeout(Duration::from_secs(20))
                .expect("the event comes");
            if is_it(&event) {
                return event;
            }
        }
    }

    fn wait_until_synthesised(&self) {
        self.wait_for(|event| matches!(event, Event::Synthesised { .. }));
    }

    fn wait_for_chunk(&self) {
        self.wait_for(|event| matches!(event, Event::ChunkReady { .. }));
    }
}

#[test]
fn chunks_and_utterances_are_heard_in_order_without_a_seam() {
    let setup = start(SweepVoice::default());
    let first = setup
        .speaker
        .speak(utterance([say(1_000), say(1), say(0), say(2_999)]))
        .unwrap();
    let second = setup.speaker.speak(utterance([say(2_000)])).unwrap();
    assert!(first.id() < second.id());
    setup.wait_until_synthesised();
    setup.wait_until_synthesised();
    assert_eq!(setup.turn_when(6_000, 6_000), sweep_frames(6_000, RATE));
    setup.drain();
    assert!(matches!(first.wait(), Outcome::Finished));
    assert!(matches!(second.wait(), Outcome::Finished));
    assert_eq!(setup.speaker.player().counters().underruns, 0);
}

#[test]
fn the_first_chunk_sounds_while_the_next_is_computed() {
    let (voice, gate) = SweepVoice::gated();
    let setup = start(voice);
    setup.speaker.speak(utterance([say(1_000), say(1_000)])).unwrap();
    gate.send(()).unwrap();
    setup.wait_for(|event| matches!(event, Event::FirstAudio { .. }));
    setup.wait_for_chunk();
    // All but the last 2 ms, which the limiter keeps until it knows what follows.
    let first = 1_000 - LOOK_AHEAD;
    assert_eq!(setup.turn_when(first as u64, first), sweep_frames(first, RATE));
    gate.send(()).unwrap();
    setup.wait_until_synthesised();
    let rest = 1_000 + LOOK_AHEAD;
    assert_eq!(
        setup.turn_when(rest as u64, rest),
        sweep_frames(2_000, RATE)[first..]
    );
    assert_eq!(setup.speaker.player().counters().underruns, 0);
}

#[test]
fn starvation_is_reported_and_no_frame_is_lost() {
    let (voice, gate) = SweepVoice::gated();
    let setup = start(voice);
    let events = setup.speaker.player().events();
    let spoken = setup.speaker.speak(utterance([say(3_000), say(3_000)])).unwrap();
    gate.send(()).unwrap();
    setup.wait_for_chunk();
    let first = 3_000 - LOOK_AHEAD;
    let mut heard = setup.turn_when(first as u64, 5_000);
    gate.send(()).unwrap();
    setup.wait_until_synthesised();
    // All that is left: the last frames come a little later than the others.
    heard.extend(setup.turn_when((6_000 - first) as u64, 4_000));
    setup.drain();
    assert!(matches!(spoken.wait(), Outcome::Finished));
    let told = std::iter::from_fn(|| events.try_next());
    let underruns: Vec<_> = told
        .filter_map(|event| match event {
            PlaybackEvent::Underrun { times, frames } => Some((times, frames as usize)),
            _ => None,
        })
        .collect();
    assert_eq!(underruns, [(1, 5_000 - first)]);

    let fade = 192; // 8 ms at 24 kHz
    let expected = sweep_frames(6_000, RATE);
    assert_eq!(heard[..first], expected[..first]);
    assert_eq!(heard[first + fade..5_000], vec![0.0; 5_000 - first - fade]);
    assert_eq!(
        heard[5_000 + fade..5_000 + 6_000 - first],
        expected[first + fade..]
    );
}

#[test]
fn a_stop_while_it_plays_while_it_waits_for_room_and_while_it_computes() {
    let setup = start(SweepVoice::default());
    // Three seconds do not fit into a queue of one.
    let playing = setup.speaker.speak(utterance([say(72_000)])).unwrap();
    let waiting = setup.speaker.speak(utterance([say(100)])).unwrap();
    setup.wait_for(|event| matches!(event, Event::FirstAudio { .. }));
    setup.speaker.stop();
    assert!(matches!(playing.wait(), Outcome::Stopped));
    assert!(matches!(waiting.wait(), Outcome::Stopped));

    let computing = setup
        .speaker
        .speak(utterance([chunk("until cancelled")]))
        .unwrap();
    setup.wait_for(|event| matches!(event, Event::Started { utterance } if *utterance == computing.id()));
    setup.speaker.stop();
    assert!(matches!(computing.wait(), Outcome::Stopped));

    setup.output.turn(1_000);
    let after = setup.speaker.speak(utterance([say(500)])).unwrap();
    setup.wait_for(|event| matches!(event, Event::Synthesised { utterance } if *utterance == after.id()));
    let heard = setup.turn_when(500, 1_000);
    assert_eq!(
        heard.iter().filter(|&&x| x != 0.0).count(),
        500,
        "only what came after the stop"
    );
    setup.drain();
    assert!(matches!(after.wait(), Outcome::Finished));
}

#[test]
fn what_was_heard_to_its_end_was_not_stopped() {
    let setup = start(SweepVoice::default());
    let heard = setup.speaker.speak(utterance([say(500)])).unwrap();
    let half_heard = setup.speaker.speak(utterance([say(500)])).unwrap();
    setup.wait_until_synthesised();
    setup.wait_until_synthesised();
    setup.turn_when(1_000, 750);
    setup.speaker.stop();
    assert!(matches!(half_heard.wait(), Outcome::Stopped));
    setup.drain();
    assert!(matches!(heard.wait(), Outcome::Finished));
}

#[test]
fn a_chunk_that_fails_or_panics_ends_its_utterance_and_nothing_else() {
    let setup = start(SweepVoice::default());
    let failing = setup
        .speaker
        .speak(utterance([say(500), chunk("fail"), say(500)]))
        .unwrap();
    let panicking = setup.speaker.speak(utterance([chunk("panic")])).unwrap();
    let broken_text = Utterance {
        chunks: Box::new([Err("no dictionary".into())].into_iter()),
        delivery: Delivery::default(),
    };
    let textless = setup.speaker.speak(broken_text).unwrap();
    let fine = setup.speaker.speak(utterance([say(500)])).unwrap();
    assert!(matches!(
        failing.wait(),
        Outcome::Failed(SpeechError::Synthesis { chunk: 1, .. })
    ));
    assert!(matches!(
        panicking.wait(),
        Outcome::Failed(SpeechError::Panicked { chunk: 0 })
    ));
    assert!(matches!(
        textless.wait(),
        Outcome::Failed(SpeechError::Text { chunk: 0, .. })
    ));
    setup.wait_for(|event| matches!(event, Event::Synthesised { .. }));
    assert_eq!(
        setup.turn_when(1_000, 1_000),
        sweep_frames(1_000, RATE),
        "what was there of the first is heard"
    );
    setup.drain();
    assert!(matches!(fine.wait(), Outcome::Finished));
    assert_eq!(setup.speaker.player().counters().underruns, 0);
}

#[test]
fn an_utterance_without_chunks_or_frames_is_finished_at_once() {
    let setup = start(SweepVoice::default());
    let nothing = setup.speaker.speak(utterance([])).unwrap();
    let silent = setup.speaker.speak(utterance([say(0)])).unwrap();
    setup.wait_until_synthesised();
    setup.wait_until_synthesised();
    setup.drain();
    assert!(matches!(nothing.wait(), Outcome::Finished));
    assert!(matches!(silent.wait(), Outcome::Finished));
    assert_eq!(setup.speaker.player().counters().underruns, 0);
}

#[test]
fn too_many_utterances_are_refused_and_unread_events_stop_nothing() {
    let (voice, gate) = SweepVoice::gated();
    let setup = start(voice);
    setup.speaker.speak(utterance([say(1)])).unwrap();
    setup.wait_for(|event| matches!(event, Event::Started { .. }));
    let mut last = None;
    for _ in 0..PENDING_UTTERANCES {
        // Each gives more events than there is room for all of them.
        last = Some(setup.speaker.speak(utterance((0..10).map(|_| say(1)))).unwrap());
    }
    assert!(matches!(
        setup.speaker.speak(utterance([say(1)])),
        Err(SpeakError::QueueFull)
    ));
    drop(gate);
    let last = last.unwrap();
    setup.drain();
    assert!(matches!(last.wait(), Outcome::Finished));
}

#[test]
fn closing_the_player_fails_the_utterance_and_leaves_the_thread() {
    let setup = start(SweepVoice::default());
    let long = setup.speaker.speak(utterance([say(72_000)])).unwrap();
    setup.wait_for(|event| matches!(event, Event::FirstAudio { .. }));
    setup.speaker.player().close();
    assert!(matches!(
        long.wait(),
        Outcome::Failed(SpeechError::Playback(PlaybackError::Closed))
    ));
    assert!(matches!(
        setup.speaker.speak(utterance([say(1)])),
        Err(SpeakError::Playback(PlaybackError::Closed))
    ));
    assert!(setup.speaker.close().is_some());
}

#[test]
fn closing_gives_the_voice_back_and_refuses_more() {
    let setup = start(SweepVoice::default());
    let long = setup.speaker.speak(utterance([say(72_000)])).unwrap();
    let voice = setup.speaker.close();
    assert!(voice.is_some());
    assert!(matches!(long.wait(), Outcome::Stopped));
}

#[test]
fn rendering_gives_the_same_frames_and_pauses_are_ours_to_set() {
    let mut frames = Vec::new();
    let chunks = || [say(1_000), say(500)];
    let rendered = render(
        &mut SweepVoice::default(),
        utterance(chunks()),
        &CancelFlag::never(),
        &mut frames,
    )
    .unwrap();
    assert_eq!(
        (rendered.chunks, rendered.frames, rendered.is_cancelled),
        (2, 1_500, false)
    );
    assert_eq!(rendered.duration(), Duration::from_micros(62_500));
    assert_eq!(frames, sweep_frames(1_500, RATE));

    // A sweep is at full level from end to end: there is nothing to cut off.
    let mut with_pause = utterance(chunks().map(|chunk| Chunk {
        boundary: Boundary::Word,
        ..chunk
    }));
    with_pause.delivery.trim = Trim::Silence;
    with_pause.delivery.pauses.word = Duration::from_millis(10);
    frames.clear();
    render(
        &mut SweepVoice::default(),
        with_pause,
        &CancelFlag::never(),
        &mut frames,
    )
    .unwrap();
    assert_eq!(frames.len(), 1_740);
    assert_eq!(frames[1_000..1_240], [0.0; 240]);
    assert_eq!(frames[1_240..], sweep_frames(1_500, RATE)[1_000..]);
}
