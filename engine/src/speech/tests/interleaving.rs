//! Whatever is said on several queues, in whatever order, with whatever is urgent: every track has the frames that it would
//! have had alone.

use super::rig::{HandStage, HandVoice, Rig, said, say};
use crate::playback::Interrupt;
use crate::speech::{MarkOptions, Mode, SpeakOptions, SpeechQueue};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Act {
    /// Something is asked for on a queue, now or while the next chunk is made.
    Ask {
        queue: usize,
        chunks: Vec<String>,
        is_urgent: bool,
        is_during: bool,
    },
    /// A chunk is made.
    Make,
    /// Frames of a queue are heard.
    Hear(usize, usize),
}

fn act() -> impl Strategy<Value = Act> {
    let chunk = ("[a-z]", 0..50_usize).prop_map(|(name, frames)| format!("{name}{frames}"));
    let ask = (
        0..3_usize,
        prop::collection::vec(chunk, 0..5),
        prop::bool::weighted(0.3),
        any::<bool>(),
    );
    prop_oneof![
        2 => ask.prop_map(|(queue, chunks, is_urgent, is_during)| Act::Ask {
            queue, chunks, is_urgent, is_during
        }),
        4 => Just(Act::Make),
        2 => (0..3_usize, 0..80_usize).prop_map(|(queue, frames)| Act::Hear(queue, frames)),
    ]
}

/// A voice that has something happen in the middle of the next chunk, whichever that is.
fn ask_during(voice: &HandVoice, queue: SpeechQueue, chunks: Vec<String>, options: SpeakOptions) {
    voice.during_any(move || {
        let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
        drop(queue.speak(say(&chunks), options).unwrap());
    });
}

proptest! {
    #[test]
    fn every_track_is_as_if_it_were_alone(acts in prop::collection::vec(act(), 1..60)) {
        let voice = HandVoice::default();
        let mut rig = Rig::new(voice.clone());
        let queues: [(SpeechQueue, HandStage); 3] = std::array::from_fn(|_| rig.queue(60));
        let mut asked: [Vec<Vec<String>>; 3] = Default::default();
        for act in acts {
            match act {
                Act::Ask { queue, chunks, is_urgent, is_during } => {
                    let options = SpeakOptions {
                        mode: Mode::Enqueue,
                        urgent: is_urgent.then_some(Interrupt::Resume),
                        marks: MarkOptions::NONE,
                    };
                    let speech = queues[queue].0.clone();
                    asked[queue].push(chunks.clone());
                    if is_during {
                        ask_during(&voice, speech, chunks, options);
                        // So that tracks are in the order in which they were asked for.
                        rig.inference.round();
                        voice.happen_now();
                    } else {
                        let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
                        drop(speech.speak(say(&chunks), options).unwrap());
                    }
                }
                Act::Make => {
                    rig.inference.round();
                }
                Act::Hear(queue, frames) => queues[queue].1.hear(frames),
            }
        }
        for _ in 0..400 {
            rig.work();
            queues.iter().for_each(|(_, stage)| stage.hear(60));
        }
        for ((_, stage), asked) in queues.iter().zip(&asked) {
            for (n, chunks) in asked.iter().enumerate() {
                let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
                prop_assert_eq!(stage.frames(n), said(&chunks));
                prop_assert!(stage.is_complete(n));
            }
        }
    }
}
