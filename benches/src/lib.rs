//! What the benches have in common: the sentences that they speak, and the voice, where one was built.
//!
//! The benches are in `benches/`; `README.md` says which measures what. For figures that can be compared from day to day see
//! `utter bench`, and `make bench` for those of another engine beside them; these here are for finding out, on one machine and in
//! one sitting, what a change did.

use utter::voice::artifacts::{self, ArtifactsDir};
use utter::voice::{KokoroPipeline, PipelineOptions};

/// What is spoken.
#[derive(Debug, Clone, Copy)]
pub struct Sentence {
    /// How long it is, in a word.
    pub name: &'static str,
    /// The sentence.
    pub text: &'static str,
    /// How long it takes to say, in seconds, about.
    pub seconds: u64,
}

/// Three of the sentences that `utter bench` speaks: the first, the fifth and the last.
pub const SENTENCES: [Sentence; 3] = [
    Sentence {
        name: "short",
        text: "Okay, here we go.",
        seconds: 2,
    },
    Sentence {
        name: "middle",
        text: "The quick brown fox jumps over the lazy dog, and then it runs away from the hunters.",
        seconds: 5,
    },
    Sentence {
        name: "long",
        text: "When the last train had left the station, the lights along the platform went out one after another, \
               until only the small lamp above the ticket office was left burning.",
        seconds: 10,
    },
];

/// The voice, found and checked. Without one it says so on stderr, and that `what` is left out.
pub fn voice(what: &str) -> Option<ArtifactsDir> {
    let found = artifacts::default_base().and_then(|base| artifacts::resolve(&base));
    match found {
        Ok(voice) => Some(voice),
        Err(error) => {
            let reason = error.to_string();
            let reason = reason.lines().next().unwrap_or_default().trim_end_matches(':');
            eprintln!("{what}: left out, {reason} (`make voice` builds one)");
            None
        }
    }
}

/// How many threads the voice is measured on.
pub const THREADS: [(&str, usize); 2] = [("1 thread", 1), ("2 threads", 2)];

/// The pipeline of a voice on so many threads, which has spoken before.
///
/// # Panics
/// If it cannot be loaded or does not speak: there is nothing to measure then.
pub fn pipeline(voice: &ArtifactsDir, threads: usize) -> KokoroPipeline {
    let options = PipelineOptions {
        threads: Some(threads),
        ..PipelineOptions::default()
    };
    let loaded = KokoroPipeline::load(voice.clone(), options).and_then(|mut pipeline| {
        pipeline.warm_up(&|| false)?;
        Ok(pipeline)
    });
    loaded.unwrap_or_else(|error| panic!("{error}: {}", error.hint()))
}
