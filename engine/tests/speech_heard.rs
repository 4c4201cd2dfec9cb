//! How far something was heard that was stopped in the middle, whoever ends it: by the frames that a device has played, which
//! is turned by hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

#[path = "../../fixtures/audio/hand_output.rs"]
mod hand_output;

use hand_output::HandOutput;
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use utter::playback::output::OutputSelection;
use utter::playback::{
    Interrupt, MarkKind, PlaybackEvent, PlaybackEvents, Player, PlayerOptions, QueueOptions, Stop, TrackQueue,
};
use utter::speech::{
    Asked, CancelFlag, ChunkSource, Delivery, Event, Events, HeardUntil, MarkOptions, Mode, Outcome,
    Readiness, SAMPLE_RATE, SourceError, SpeakOptions, Speaker, SpeechQueue, SpokenWord, SynthesisError,
    SynthesisRequest, Synthesizer, Timing, Transcript, Trim, Utterance, UtteranceHandle, Waker, WriteError,
    read_text, render, stream_text,
};
use utter::text::{Language, ReadOptions, Reader, Utf16Cursor, VisemeSet, Wish};

const TEXT: &str = "The naïve fox 😀 jumps over “the lazy dog”, twice. Then it sleeps.";

/// Comes for certain.
const NEVER: Duration = Duration::from_secs(20);

/// A phoneme takes 5 ms.
const PHONEME: usize = 120;

/// A voice that says when it says what: a phoneme is so many frames of one level.
struct Steady;

impl Synthesizer for Steady {
    fn synthesize(
        &mut self,
        request: &SynthesisRequest<'_>,
        _: &CancelFlag,
        frames: &mut Vec<f32>,
    ) -> Result<Timing, SynthesisError> {
        let phonemes = request.phonemes.chars().count();
        frames.resize(phonemes * PHONEME, 0.25);
        Ok(Timing {
            starts: (0..phonemes).map(|n| n * PHONEME).collect(),
            end: phonemes * PHONEME,
        })
    }
}

fn reader() -> Arc<Reader> {
    static READER: OnceLock<Arc<Reader>> = OnceLock::new();
    Arc::clone(READER.get_or_init(Arc::default))
}

/// Gives whole sentences, however fast this machine is.
struct Whole(Box<dyn ChunkSource>);

impl ChunkSource for Whole {
    fn ask(&mut self, _: Wish) -> Result<Asked, SourceError> {
        self.0.ask(Wish::WHOLE)
    }

    fn transcript(&self) -> Option<Transcript> {
        self.0.transcript()
    }

    fn readiness(&self) -> Readiness {
        self.0.readiness()
    }

    fn wake_by(&mut self, waker: Waker) {
        self.0.wake_by(waker);
    }
}

fn said(chunks: Box<dyn ChunkSource>) -> Utterance {
    Utterance {
        chunks: Box::new(Whole(chunks)),
        delivery: Delivery {
            trim: Trim::Keep,
            ..Delivery::default()
        },
    }
}

fn text() -> Utterance {
    said(
        read_text(
            reader(),
            TEXT.into(),
            Language::AmericanEnglish,
            &ReadOptions::default(),
        )
        .unwrap(),
    )
}

/// When the words of the text are heard.
fn words() -> Vec<SpokenWord> {
    let mut frames = Vec::new();
    let rendered = render(&mut Steady, text(), &CancelFlag::never(), &mut frames).unwrap();
    rendered.words
}

struct Rig {
    output: HandOutput,
    speaker: Speaker,
    made: Events,
    heard: PlaybackEvents,
    queue: TrackQueue,
    speech: SpeechQueue,
    /// Frames that were heard.
    played: usize,
}

impl Rig {
    fn new() -> Self {
        let output = HandOutput::new(SAMPLE_RATE);
        let options = PlayerOptions {
            // The device is turned when the test gets round to it.
            stalled_after: Duration::from_secs(1_000),
            ..PlayerOptions::default()
        };
        let player = Player::open(Arc::new(output.clone()), &OutputSelection::Default, &options).unwrap();
        let queue = player.add_queue(QueueOptions::default()).unwrap();
        let heard = player.events();
        let (speaker, made) = Speaker::start(player, Box::new(Steady)).unwrap();
        let speech = speaker.queue_on(&queue);
        Self {
            output,
            speaker,
            made,
            heard,
            queue,
            speech,
            played: 0,
        }
    }

    fn speak(&self, utterance: Utterance, marks: MarkOptions) -> UtteranceHandle {
        let options = SpeakOptions {
            marks,
            ..SpeakOptions::default()
        };
        self.speech.speak(utterance, options).unwrap()
    }

    /// Waits until so many chunks are made.
    fn made(&self, chunks: usize) {
        let mut made = 0;
        while made < chunks {
            let event = self.made.recv_timeout(NEVER).expect("it is made");
            made += usize::from(matches!(event, Event::ChunkReady { .. }));
        }
    }

    /// Turns the device until the first `frames` frames of the utterance were heard, and the player knows.
    fn hear(&mut self, frames: usize) {
        let since = Instant::now();
        // An underrun has fades, which would be counted.
        while (self.speaker.player().counters().queued as usize) < frames - self.played {
            assert!(since.elapsed() < NEVER);
            std::thread::yield_now();
        }
        while self.played < frames {
            assert!(since.elapsed() < NEVER);
            let turned = self.output.turn((frames - self.played).min(100));
            self.played += turned.iter().filter(|x| **x != 0.0).count();
        }
        while self.position() != frames {
            assert!(since.elapsed() < NEVER, "{} of {frames}", self.position());
            std::thread::yield_now();
        }
    }

    fn position(&self) -> usize {
        self.queue
            .position()
            .map_or(0, |position| position.frame as usize)
    }
}

fn end(spoken: &UtteranceHandle) -> HeardUntil {
    assert!(spoken.wait_within(NEVER).is_some());
    spoken.heard().expect("its track is over")
}

/// What must hold of anything that was heard so far of `text`.
fn check(heard: &HeardUntil, text: &str) {
    let mut cursor = Utf16Cursor::new(text);
    let mut is_both = |utf8: &Range<usize>, utf16: &Range<usize>| cursor.range(utf8.clone()) == *utf16;
    assert!(is_both(&heard.text.utf8, &heard.text.utf16), "{heard:?}");
    assert!(is_both(&heard.unheard.utf8, &heard.unheard.utf16), "{heard:?}");
    if let Some(word) = &heard.word {
        assert!(is_both(&word.range.utf8, &word.range.utf16), "{heard:?}");
    }
    assert_eq!(text[..heard.text.utf8.end].to_owned() + &heard.unheard_text, text);
    assert_eq!(&text[heard.unheard.utf8.clone()], &*heard.unheard_text);
}

/// The ways in which something ends before its end.
type Way = (&'static str, fn(&Rig, &UtteranceHandle));

const WAYS: [Way; 7] = [
    ("stop", |rig, _| {
        rig.queue.stop(Stop::Fade).unwrap();
    }),
    ("stop of all", |rig, _| {
        rig.speaker.stop();
    }),
    ("skip", |rig, _| {
        rig.queue.skip().unwrap();
    }),
    ("cancel", |rig, spoken| {
        rig.queue.cancel(spoken.id().track()).unwrap()
    }),
    ("client gone", |rig, _| {
        rig.queue.remove().unwrap();
    }),
    ("replace", |rig, _| {
        let options = SpeakOptions {
            mode: Mode::Replace,
            ..SpeakOptions::default()
        };
        rig.speech.speak(text(), options).unwrap();
    }),
    ("close", |rig, _| rig.speaker.player().close()),
];

#[test]
fn what_is_ended_in_the_middle_tells_the_word_under_the_end() {
    let words = words();
    assert_eq!(words.len(), 12, "an emoji is passed over");
    for (n, (way, end_it)) in WAYS.iter().enumerate() {
        let mut rig = Rig::new();
        let spoken = rig.speak(text(), MarkOptions::NONE);
        rig.made(2);
        // In the middle of a word, each time of another one.
        let word = &words[2 + n];
        let frames = word.frames.start + word.frames.len() / 2;
        rig.hear(frames);
        end_it(&rig, &spoken);
        let heard = end(&spoken);
        check(&heard, TEXT);
        assert!(
            matches!(spoken.outcome(), Some(Outcome::Stopped | Outcome::Failed(_))),
            "{way}"
        );
        assert_eq!(
            heard.time,
            Duration::from_nanos(frames as u64 * 1_000_000_000 / 24_000),
            "{way}"
        );
        let last = heard.word.clone().unwrap();
        assert_eq!(
            (last.range.utf8, last.is_whole),
            (word.source.clone(), false),
            "{way}"
        );
        let rest = heard.unheard_text.trim_start_matches('“');
        assert!(rest.starts_with(&TEXT[word.source.clone()]), "{way}: {rest}");
    }
}

#[test]
fn what_is_discarded_for_something_urgent_tells_how_far_it_was_heard() {
    let words = words();
    let mut rig = Rig::new();
    let spoken = rig.speak(text(), MarkOptions::NONE);
    rig.made(2);
    rig.hear(words[5].frames.start + 50);
    let options = SpeakOptions {
        urgent: Some(Interrupt::Discard),
        ..SpeakOptions::default()
    };
    rig.speech.speak(text(), options).unwrap();
    rig.made(1);
    let since = Instant::now();
    while spoken.outcome().is_none() {
        assert!(since.elapsed() < NEVER);
        // A flush is obeyed by a callback.
        rig.output.turn(10);
        std::thread::yield_now();
    }
    let heard = end(&spoken);
    check(&heard, TEXT);
    // A few callbacks more were heard until it was left.
    let word = heard.word.unwrap();
    assert!(word.range.utf8.start >= words[5].source.start, "{word:?}");
    assert!(heard.text.utf8.end < TEXT.len() && heard.text.utf8.end >= words[4].source.end);
}

#[test]
fn wherever_it_is_stopped_nothing_of_the_text_is_lost() {
    let words = words();
    let ends = [1, 2, 60, 400, 1_111, 2_000, 2_345];
    let length = words[words.len() - 1].frames.end;
    let borders = words
        .iter()
        .flat_map(|word| [word.frames.start, word.frames.end, word.frames.end + 1]);
    for frames in ends
        .into_iter()
        .chain(borders.step_by(5))
        .filter(|frames| (1..length).contains(frames))
    {
        let mut rig = Rig::new();
        let spoken = rig.speak(text(), MarkOptions::NONE);
        rig.made(2);
        rig.hear(frames);
        rig.queue.stop(Stop::Now).unwrap();
        let heard = end(&spoken);
        check(&heard, TEXT);
        let begun = words.iter().rfind(|word| word.frames.start < frames);
        let expected = begun.map(|word| (word.source.clone(), word.frames.end <= frames));
        let told = heard
            .word
            .as_ref()
            .map(|word| (word.range.utf8.clone(), word.is_whole));
        assert_eq!(told, expected, "at {frames}");
        let whole = words.iter().rfind(|word| word.frames.end <= frames);
        // Signs are no words: only they and space are between what was heard and the word.
        let end = whole.map_or(0, |word| word.source.end);
        let between = &TEXT[end..heard.text.utf8.end];
        assert!(
            !between.chars().any(char::is_alphanumeric),
            "{between:?} at {frames}"
        );
    }
}

#[test]
fn of_a_text_that_was_heard_to_its_end_nothing_is_left() {
    let mut rig = Rig::new();
    let spoken = rig.speak(text(), MarkOptions::NONE);
    rig.made(2);
    assert_eq!(spoken.heard(), None);
    let since = Instant::now();
    while spoken.outcome().is_none() {
        assert!(since.elapsed() < NEVER);
        rig.output.turn(480);
        std::thread::yield_now();
    }
    let heard = end(&spoken);
    check(&heard, TEXT);
    assert_eq!((heard.text.utf8, &*heard.unheard_text), (0..TEXT.len(), ""));
    rig.played = 0;
}

#[test]
fn of_a_text_that_was_still_being_written_all_that_came_is_told() {
    let mut rig = Rig::new();
    let (writer, chunks) =
        stream_text(reader(), Language::AmericanEnglish, ReadOptions::default(), NEVER).unwrap();
    let spoken = rig.speak(said(chunks), MarkOptions::NONE);
    let written = format!("{TEXT} And more of it 😀, which nobody");
    // Pieces that end inside of characters.
    for piece in written.as_bytes().chunks(7) {
        writer.push(piece).unwrap();
    }
    rig.made(2);
    let words = words();
    rig.hear(words[7].frames.start + 1);
    rig.queue.stop(Stop::Fade).unwrap();
    let heard = end(&spoken);
    assert!(matches!(spoken.outcome(), Some(Outcome::Stopped)));
    check(&heard, &written);
    assert_eq!(heard.word.unwrap().range.utf8, words[7].source);
    assert!(
        heard
            .unheard_text
            .starts_with("dog”, twice. Then it sleeps. And more of it 😀, which nobody")
    );
    assert_eq!(
        writer.push("is told of"),
        Err(WriteError::Over),
        "it would be in no text"
    );
}

/// The marks that are told until a sentence of the text is over.
fn marks(rig: &mut Rig, kind: impl Fn(MarkKind) -> bool) -> Vec<(MarkKind, Range<usize>, Range<Duration>)> {
    let mut told = Vec::new();
    let since = Instant::now();
    loop {
        assert!(since.elapsed() < NEVER);
        rig.output.turn(480);
        while let Some(event) = rig.heard.try_next() {
            match event {
                PlaybackEvent::Mark { mark, time, end, .. } if kind(mark.kind) => {
                    told.push((mark.kind, mark.source, time..end));
                }
                PlaybackEvent::TrackEnded { .. } => return told,
                _ => {}
            }
        }
    }
}

#[test]
fn words_end_when_they_say() {
    let mut rig = Rig::new();
    rig.speak(text(), MarkOptions::NONE);
    let told = marks(&mut rig, |kind| {
        matches!(kind, MarkKind::Word | MarkKind::WordEnd)
    });
    let words = words();
    assert_eq!(told.len(), 2 * words.len());
    let time = |frame: usize| Duration::from_nanos(frame as u64 * 1_000_000_000 / 24_000);
    for word in &words {
        let of_word = |kind: MarkKind| {
            let mut its = told
                .iter()
                .filter(|told| (told.0, &told.1) == (kind, &word.source));
            its.next().map(|told| told.2.clone()).unwrap()
        };
        let (start, end) = (time(word.frames.start), time(word.frames.end));
        assert_eq!(of_word(MarkKind::Word), start..end);
        assert_eq!(of_word(MarkKind::WordEnd), end..end);
    }
}

#[test]
fn phonemes_and_visemes_are_told_if_they_are_asked_for() {
    let told = |marks_wanted: MarkOptions| {
        let mut rig = Rig::new();
        rig.speak(text(), marks_wanted);
        marks(&mut rig, |kind| {
            matches!(kind, MarkKind::Phoneme(_) | MarkKind::Viseme(_))
        })
    };
    assert_eq!(told(MarkOptions::NONE), []);
    let phonemes = told(MarkOptions {
        phonemes: true,
        visemes: None,
    });
    let expected: Vec<_> = words()
        .into_iter()
        .flat_map(|word| {
            word.phonemes
                .into_iter()
                .map(move |phoneme| (phoneme.symbol, word.source.clone()))
        })
        .collect();
    let symbols: Vec<_> = phonemes
        .iter()
        .map(|(kind, source, _)| match kind {
            MarkKind::Phoneme(symbol) => (*symbol, source.clone()),
            _ => panic!("{kind:?} was not asked for"),
        })
        .collect();
    assert_eq!(symbols, expected);
    for set in [VisemeSet::Microsoft, VisemeSet::Oculus] {
        let visemes = told(MarkOptions {
            phonemes: false,
            visemes: Some(set),
        });
        let mut at = Duration::ZERO;
        let mut last = None;
        for (kind, _, time) in &visemes {
            assert!(
                matches!(kind, MarkKind::Viseme(id) if usize::from(*id) < set.count()),
                "{kind:?}"
            );
            assert!(at <= time.start && time.start < time.end, "{visemes:?}");
            assert!(last != Some(*kind) || at < time.start, "{kind:?} twice");
            (at, last) = (time.end, Some(*kind));
        }
        assert!(visemes.len() * 2 > symbols.len(), "{visemes:?}");
    }
}
