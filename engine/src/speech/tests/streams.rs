//! Text that is said while it is written: what is said when, and that nobody waits for who writes.

use super::rig::{HandStage, Rig, say};
use crate::speech::inference::Round;
use crate::speech::source::ChunkSource;
use crate::speech::{
    CancelFlag, Delivery, Outcome, SpeakOptions, SpeechQueue, SynthesisError, SynthesisRequest, Synthesizer,
    TextWriter, Timing, Trim, UNREAD_TEXT, Utterance, UtteranceHandle, WriteError, stream_text,
};
use crate::text::{Language, ReadOptions, Reader};
use parking_lot::Mutex;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// Longer than any test takes.
const FOR_EVER: Duration = Duration::from_secs(600);

/// A voice of 100 ms a chunk, that notes what it is asked for.
#[derive(Clone, Default)]
struct Noting(Arc<Mutex<Vec<String>>>);

impl Noting {
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock())
    }
}

impl Synthesizer for Noting {
    fn synthesize(
        &mut self,
        request: &SynthesisRequest<'_>,
        _: &CancelFlag,
        frames: &mut Vec<f32>,
    ) -> Result<Timing, SynthesisError> {
        self.0.lock().push(request.phonemes.into());
        frames.resize(2_400, 0.5);
        Ok(Timing::unknown())
    }
}

fn stream(quiet: Duration) -> (TextWriter, Box<dyn ChunkSource>) {
    static READER: OnceLock<Arc<Reader>> = OnceLock::new();
    let reader = READER.get_or_init(Arc::default);
    // What takes long is done, or the quiet time would be over before the first piece is looked at.
    reader.load(Language::AmericanEnglish).unwrap();
    stream_text(
        Arc::clone(reader),
        Language::AmericanEnglish,
        ReadOptions::default(),
        quiet,
    )
    .unwrap()
}

struct Streamed {
    rig: Rig,
    voice: Noting,
    queue: SpeechQueue,
    heard: HandStage,
    writer: TextWriter,
    spoken: UtteranceHandle,
}

fn begin(quiet: Duration) -> Streamed {
    let voice = Noting::default();
    let mut rig = Rig::new(voice.clone());
    let (queue, heard) = rig.queue(10_000_000);
    let (writer, chunks) = stream(quiet);
    let delivery = Delivery {
        trim: Trim::Keep,
        ..Delivery::default()
    };
    let spoken = queue
        .speak(Utterance { chunks, delivery }, SpeakOptions::default())
        .unwrap();
    Streamed {
        rig,
        voice,
        queue,
        heard,
        writer,
        spoken,
    }
}

#[test]
fn what_nothing_can_change_is_said_at_once_and_the_rest_when_it_is_finished() {
    let mut it = begin(FOR_EVER);
    for piece in ["Hel", "lo th", "ere.", " It is 3"] {
        it.writer.push(piece).unwrap();
        assert!(matches!(it.rig.work(), Round::Idle(_)));
    }
    assert_eq!(it.voice.asked(), ["həlˈO ðˈɛɹ."]);
    assert!(it.heard.is_resting(0) && !it.heard.is_complete(0));
    it.writer.push(".5 metres").unwrap();
    it.writer.finish();
    assert_eq!(it.rig.work(), Round::Idle(None));
    assert_eq!(it.voice.asked(), ["ˌɪt ɪz θɹˈi pYnt fˈIv mˈiTəɹz"]);
    assert!(it.heard.is_complete(0));
    it.heard.hear(usize::MAX);
    assert!(matches!(it.spoken.outcome(), Some(Outcome::Finished)));
    assert_eq!(it.writer.push("more"), Err(WriteError::Over));
}

#[test]
fn the_first_clause_is_heard_before_its_sentence_is_complete() {
    let mut it = begin(FOR_EVER);
    it.writer.push("When the sun came up, the whole").unwrap();
    it.rig.work();
    assert_eq!(it.voice.asked(), ["wˌɛn ðə sˈʌn kˈAm ˌʌp,"]);
    it.writer.push(" village, and nobody").unwrap();
    it.rig.work();
    assert_eq!(it.voice.asked(), ["ðə hˈOl vˈɪlɪʤ,"], "100 ms are not enough");
}

#[test]
fn what_is_there_is_said_after_the_quiet_time() {
    let quiet = Duration::from_millis(30);
    let mut it = begin(quiet);
    let begun = Instant::now();
    it.writer.push("Hello there").unwrap();
    let Round::Idle(Some(until)) = it.rig.work() else {
        panic!("it waits for a time");
    };
    assert!(until >= begun + quiet && until <= Instant::now() + quiet);
    let asked = Arc::clone(&it.voice.0);
    it.rig.work_until(|_| !asked.lock().is_empty());
    assert!(begun.elapsed() >= quiet);
    assert_eq!(it.voice.asked(), ["həlˈO ðˈɛɹ"]);
    assert_eq!(
        it.rig.work(),
        Round::Idle(None),
        "nothing is there that could be said"
    );
    it.writer.finish();
    it.rig.work();
    assert!(it.heard.is_complete(0));
}

#[test]
fn others_are_said_while_one_waits_for_its_text() {
    let mut it = begin(FOR_EVER);
    let (other, heard) = it.rig.queue(10_000_000);
    let delivery = Delivery {
        trim: Trim::Keep,
        ..Delivery::default()
    };
    let chunks = say(&["a10", "b10"]).chunks;
    other
        .speak(Utterance { chunks, delivery }, SpeakOptions::default())
        .unwrap();
    it.queue.speak(say(&["c10"]), SpeakOptions::default()).unwrap();
    it.rig.work();
    assert_eq!(it.voice.asked(), ["a10", "b10"], "but not what comes after it");
    assert!(heard.is_complete(0));
    drop(it.writer);
    it.rig.work();
    assert_eq!(
        it.voice.asked(),
        ["c10"],
        "a text that nobody can write any more is finished"
    );
}

#[test]
fn what_waits_is_bounded_and_one_that_was_stopped_takes_nothing() {
    let mut it = begin(FOR_EVER);
    it.writer.push(vec![b' '; UNREAD_TEXT]).unwrap();
    assert_eq!(it.writer.push("a"), Err(WriteError::Full));
    it.heard.end_all(&crate::playback::TrackEnd::Stopped);
    it.rig.work();
    assert_eq!(it.writer.push("a"), Err(WriteError::Over));
    let it = begin(FOR_EVER);
    it.writer.finish();
    assert_eq!(it.writer.push("a"), Err(WriteError::Finished));
}
