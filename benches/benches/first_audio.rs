//! First audio: from the text that is asked for until its first frames are ready for the device.
//!
//! As an app has it: a speaker, a thread of its own, an output, only that nobody hears that one. The time is the speaker's own
//! account, [`Event::FirstAudio`]. The device's latency comes on top.

use std::cell::LazyCell;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use utter::playback::output::{NullOutput, OutputSelection};
use utter::playback::{Player, PlayerOptions};
use utter::speech::{Delivery, Event, Events, Speaker, Utterance, read_text};
use utter::text::{Language, ReadOptions, Reader};
use utter::voice::artifacts::ArtifactsDir;
use utter_benches::{SENTENCES, THREADS, pipeline, voice};

/// Everything between a text and an output.
struct Studio {
    reader: Arc<Reader>,
    speaker: Speaker,
    events: Events,
}

impl Studio {
    /// Loads voice and dictionary, and opens the output.
    fn open(voice: &ArtifactsDir, threads: usize) -> Result<Self, Box<dyn std::error::Error>> {
        let reader = Arc::new(Reader::new());
        reader.load(Language::AmericanEnglish)?;
        let output = Arc::new(NullOutput::default());
        let player = Player::open(output, &OutputSelection::Default, &PlayerOptions::default())?;
        let (speaker, events) = Speaker::start(player, Box::new(pipeline(voice, threads)))?;
        Ok(Self {
            reader,
            speaker,
            events,
        })
    }

    /// Asks for a text, and stops it when its first frames are there. How long those took.
    fn first_audio(&self, text: &str) -> Result<Duration, Box<dyn std::error::Error>> {
        let chunks = read_text(
            Arc::clone(&self.reader),
            text.into(),
            Language::AmericanEnglish,
            &ReadOptions::default(),
        )?;
        let delivery = Delivery::default();
        let spoken = self.speaker.speak(Utterance { chunks, delivery })?;
        let after = loop {
            match self.events.recv()? {
                Event::FirstAudio { utterance, after } if utterance == spoken.id() => break after,
                Event::Failed { error, .. } => return Err(error.into()),
                _ => {}
            }
        };
        self.speaker.stop();
        spoken.wait();
        Ok(after)
    }
}

fn first_audio(criterion: &mut Criterion) {
    let Some(voice) = voice("first_audio") else { return };
    let [short, middle, long] = SENTENCES;
    // Half a minute, which begins with the shortest.
    let many = [short.text, long.text, middle.text, long.text].join(" ");
    let texts = [
        (short.name, short.text),
        (middle.name, middle.text),
        (long.name, long.text),
        ("many sentences", &many),
    ];
    let mut group = criterion.benchmark_group("first audio");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    for (name, threads) in THREADS {
        let studio =
            LazyCell::new(|| Studio::open(&voice, threads).unwrap_or_else(|error| panic!("{error}")));
        for (length, text) in texts {
            group.bench_function(BenchmarkId::new(name, length), |bencher| {
                let studio = &*studio;
                bencher.iter_custom(|times| {
                    let once = |_| studio.first_audio(text).unwrap_or_else(|error| panic!("{error}"));
                    (0..times).map(once).sum()
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, first_audio);
criterion_main!(benches);
