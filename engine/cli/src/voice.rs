//! Finding and loading what speaks.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use utter::text::{Language, ReadError, Reader};
use utter::voice::artifacts::{self, ArtifactsDir, ArtifactsError};
use utter::voice::{KokoroPipeline, PipelineOptions, VoiceError, Voices};

use crate::arguments::{Threads, VoiceFiles};
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

/// The voices that there are, with the user's own.
pub fn all(artifacts: ArtifactsDir, own: &VoiceFiles) -> Result<Voices, VoiceError> {
    Voices::open(artifacts, &own.files)
}

/// Sees whether there is the voice, or each voice of the blend.
pub fn check(artifacts: &ArtifactsDir, own: &VoiceFiles, voice: &str) -> Result<(), VoiceError> {
    all(artifacts.clone(), own)?.check(voice)
}

/// How a pipeline is to be loaded.
pub fn options(threads: &Threads, own: &VoiceFiles) -> PipelineOptions {
    PipelineOptions {
        threads: threads.threads,
        voice_files: own.files.clone(),
        ..PipelineOptions::default()
    }
}

/// Loads the voice, and beside it the dictionary for `language` where there is text to be read.
pub fn load(
    artifacts: ArtifactsDir,
    options: PipelineOptions,
    language: Option<Language>,
) -> Result<(KokoroPipeline, Arc<Reader>), Failure> {
    let shown = spinner("Loading the voice");
    // Who chooses a voice that needs espeak-ng asks for it.
    let reader = Arc::new(Reader::new().allowing_espeak(true));
    let loaded = std::thread::scope(|scope| {
        if let Some(language) = language {
            let reader = &reader;
            scope.spawn(move || {
                let started = Instant::now();
                // A language that cannot be read is reported where the text is read.
                if reader.load(language).is_ok() {
                    let seconds = started.elapsed().as_secs_f64();
                    tracing::info!(language = language.tag(), seconds, "dictionary loaded");
                }
            });
        }
        KokoroPipeline::load(artifacts, options)
    });
    shown.finish_and_clear();
    Ok((loaded?, reader))
}

/// The language in which a voice that is known to exist reads text.
pub fn reading_language(voice: &str) -> Result<Language, Failure> {
    let language = Language::of_voice(voice).ok_or_else(|| {
        Failure::new(
            Kind::Usage,
            format!("the voice {voice} is of no known language"),
            "give phonemes: --phonemes",
        )
    })?;
    if language.has_text_front_end() {
        Ok(language)
    } else {
        Err(ReadError::NoTextFrontEnd { language }.into())
    }
}
