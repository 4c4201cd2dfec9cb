//! Finding and loading what speaks.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use utter::text::{Language, Reader};
use utter::voice::artifacts::{self, ArtifactsDir, ArtifactsError};
use utter::voice::{KokoroPipeline, PipelineOptions};

use crate::arguments::Threads;
use crate::failure::{Failure, Kind};
use crate::progress::spinner;

/// Where to look for the voice.
pub fn base(given: Option<&Path>) -> Result<PathBuf, ArtifactsError> {
    match given {
        Some(folder) => Ok(folder.to_owned()),
        None => artifacts::default_base(),
    }
}

/// Finds and checks the voice.
pub fn find(given: Option<&Path>) -> Result<ArtifactsDir, ArtifactsError> {
    artifacts::resolve(&base(given)?)
}

/// How a pipeline is to be loaded.
pub fn options(threads: &Threads) -> PipelineOptions {
    PipelineOptions {
        threads: threads.threads,
        ..PipelineOptions::default()
    }
}

/// Loads the voice, and beside it the dictionary for `language` where there is text to be read.
pub fn load(
    artifacts: ArtifactsDir,
    threads: &Threads,
    language: Option<Language>,
) -> Result<(KokoroPipeline, Arc<Reader>), Failure> {
    let shown = spinner("Loading the voice");
    let reader = Arc::new(Reader::new());
    let loaded = std::thread::scope(|scope| {
        // A language that cannot be read is reported where the text is read.
        scope.spawn(|| language.map(|language| reader.load(language)));
        KokoroPipeline::load(artifacts, options(threads))
    });
    shown.finish_and_clear();
    Ok((loaded?, reader))
}

/// The language of a voice that is known to exist.
pub fn language(voice: &str) -> Result<Language, Failure> {
    Language::of_voice(voice).ok_or_else(|| {
        Failure::new(
            Kind::Usage,
            format!("the voice {voice} is of no known language"),
            "give phonemes: --phonemes",
        )
    })
}
