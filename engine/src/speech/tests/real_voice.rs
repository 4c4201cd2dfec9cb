//! Interrupting the real voice. Needs a built voice (`UTTER_ARTIFACTS`, or the default place).
//!
//! Equality is equality of every bit: a chunk that was given up between two kernels, and what was said meanwhile, leave
//! nothing behind.

use super::rig::Rig;
use crate::playback::Interrupt;
use crate::speech::{
    CancelFlag, Chunk, Delivery, MarkOptions, Mode, SpeakOptions, SynthesisError, SynthesisRequest,
    Synthesizer, Timing, Utterance, render,
};
use crate::text::Reader;
use crate::voice::artifacts::default_base;
use crate::voice::{Device, KokoroPipeline, Noise, Synthesis};
use parking_lot::Mutex;
use std::cell::Cell;
use std::sync::Arc;

/// A chunk each.
const LONG: [&str; 3] = [
    "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˌOvəɹ ðə lˈAzi dˈɔɡ.",
    "ænd ɹˈʌnz əwˈA.",
    "hˌW ɑɹ jˈu tədˈA?",
];

const LONG_VOICE: &str = "af_heart";

const SHORT: &str = "həlˈO wˈɜɹld.";

type Happen = Arc<Mutex<Option<Box<dyn FnMut() + Send>>>>;

/// The real voice, with something that happens before certain kernels of what `LONG_VOICE` says.
struct Interrupted {
    pipeline: KokoroPipeline,
    at: Vec<usize>,
    /// Kernels so far, over all calls.
    kernels: usize,
    given_up: Arc<Mutex<usize>>,
    happen: Happen,
}

impl Synthesizer for Interrupted {
    fn synthesize(
        &mut self,
        request: &SynthesisRequest<'_>,
        cancel: &CancelFlag,
        frames: &mut Vec<f32>,
    ) -> Result<Timing, SynthesisError> {
        let chunk = Synthesis {
            phonemes: request.phonemes,
            voice: request.voice,
            speed: request.speed,
            noise: Noise {
                seed: request.seed.wrapping_add(request.chunk as u64),
                amplitude: request.noise,
            },
        };
        let (kernels, at) = (Cell::new(self.kernels), &self.at);
        let cancelled = || {
            if request.voice == LONG_VOICE {
                kernels.set(kernels.get() + 1);
                if let Some(happen) = &mut *self.happen.lock()
                    && at.contains(&kernels.get())
                {
                    happen();
                }
            }
            cancel.is_set()
        };
        let spoken = self.pipeline.synthesize(&chunk, &cancelled);
        let spoken = spoken.map(|speech| frames.extend_from_slice(speech.samples));
        self.kernels = kernels.get();
        match spoken {
            Ok(()) => Ok(Timing::unknown()),
            Err(error) if error.is_cancelled() => {
                *self.given_up.lock() += 1;
                Err(SynthesisError::Cancelled)
            }
            Err(error) => Err(SynthesisError::Failed(Box::new(error))),
        }
    }
}

fn utterance(chunks: &[&str], voice: &str, seed: u64) -> Utterance {
    let delivery = Delivery {
        voice: voice.into(),
        seed,
        ..Delivery::default()
    };
    let reader = Reader::new();
    let chunks = chunks
        .iter()
        .flat_map(|chunk| reader.read_phonemes(chunk).unwrap());
    let chunks = chunks.map(Chunk::from).collect();
    Utterance::of_chunks(chunks, delivery)
}

fn long() -> Utterance {
    utterance(&LONG, LONG_VOICE, 3)
}

fn short() -> Utterance {
    utterance(&[SHORT], "bm_george", 11)
}

#[test]
fn interrupted_speech_is_bit_for_bit_what_it_is_alone() {
    let base = default_base().unwrap();
    let pipeline = KokoroPipeline::load_from_artifacts_dir(&base, Device::Cpu).unwrap();
    let (given_up, happen) = (Arc::<Mutex<usize>>::default(), Happen::default());
    let mut voice = Interrupted {
        pipeline,
        at: Vec::new(),
        kernels: 0,
        given_up: Arc::clone(&given_up),
        happen: Arc::clone(&happen),
    };
    let [alone, alone_short] = [long(), short()].map(|utterance| {
        let mut frames = Vec::new();
        render(&mut voice, utterance, &CancelFlag::never(), &mut frames).unwrap();
        frames
    });
    // All passes have as many kernels. The first chunk is given up at its first kernel, on its way, and at its last; the next
    // ones once they were begun.
    let pass = voice.kernels / LONG.len();
    let after = [
        1,
        2,
        pass / 4,
        pass / 2,
        pass - 1,
        pass,
        pass + pass / 3,
        2 * pass,
    ];
    voice.kernels = 0;
    voice.at = after
        .iter()
        .scan(0, |at, kernels| {
            *at += kernels;
            Some(*at)
        })
        .collect();
    println!("{pass} kernels in a chunk");

    let mut rig = Rig::new(voice);
    let ((one, heard_one), (two, heard_two)) = (rig.queue(usize::MAX), rig.queue(usize::MAX));
    *happen.lock() = Some(Box::new(move || {
        let options = SpeakOptions {
            mode: Mode::Enqueue,
            urgent: Some(Interrupt::Resume),
            marks: MarkOptions::NONE,
        };
        drop(two.speak(short(), options).unwrap());
    }));
    drop(one.speak(long(), SpeakOptions::default()).unwrap());
    rig.work();

    let given_up = *given_up.lock();
    assert_eq!(given_up, 8, "each time at once");
    assert!(heard_one.frames(0) == alone, "the long one");
    for n in 0..given_up {
        assert!(heard_two.frames(n) == alone_short, "urgent {n}");
    }
}
