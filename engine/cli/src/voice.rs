//! Finding and loading what speaks.

use std::path::{Path, PathBuf};

use utter::voice::artifacts::{self, ArtifactsDir, ArtifactsError};
use utter::voice::{KokoroPipeline, PipelineOptions, VoiceError, Voices};

use crate::arguments::{Threads, VoiceFiles};
use crate::failure::Failure;
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

/// Loads the voice.
pub fn load(artifacts: ArtifactsDir, options: PipelineOptions) -> Result<KokoroPipeline, Failure> {
    let shown = spinner("Loading the voice");
    let loaded = KokoroPipeline::load(artifacts, options);
    shown.finish_and_clear();
    Ok(loaded?)
}
