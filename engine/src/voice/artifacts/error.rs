//! What can be wrong with a voice's artifact directory, and what mends it.
//!
//! Made by every module of `artifacts` and by `voice::style`; shown to people by the command and carried over
//! the bridge. A [`Rejection`] is why one place was no good, an [`ArtifactsError`] what a caller gets.
//! Messages name files; hints name commands.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use crate::naming;

/// Why a directory is not a voice that this engine can use here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// Nothing is there.
    #[error("there is no such folder")]
    NoFolder,
    /// A folder without a manifest.
    #[error("there is no manifest.json")]
    NoManifest,
    /// The manifest cannot be understood, or contradicts itself.
    #[error("manifest.json is damaged: {why}")]
    BadManifest {
        /// What is wrong with it.
        why: String,
    },
    /// The manifest is of a format that this engine does not read.
    #[error("manifest.json has schema {found}; this engine reads {expected}")]
    Schema {
        /// The manifest's.
        found: u32,
        /// The engine's.
        expected: u32,
    },
    /// The compiled library was made for another engine.
    #[error("it was built for engines of interface {found}; this one has {expected}")]
    Interface {
        /// The manifest's.
        found: u32,
        /// The engine's.
        expected: u32,
    },
    /// The library was compiled for another kind of machine.
    #[error("it was compiled for {triple}")]
    Platform {
        /// What it was compiled for.
        triple: String,
    },
    /// What was compiled was not linked: there was no linker for its system where the voice was built.
    #[error("it was compiled for {target} and not linked: it holds object files instead of a library")]
    NotLinked {
        /// The triple that it was compiled for.
        target: String,
    },
    /// The library was compiled for processors that can do more than this one.
    #[error("it was compiled for {target}, and this processor lacks {}", missing.join(", "))]
    Processor {
        /// The target's name in the manifest.
        target: String,
        /// The features that are missing here.
        missing: Vec<String>,
    },
    /// A file that the manifest lists is not there.
    #[error("{file} is missing")]
    Missing {
        /// Its name in the manifest.
        file: String,
    },
    /// A file is longer or shorter than the manifest says.
    #[error("{file} is damaged: it has {found} bytes instead of {expected}")]
    Size {
        /// Its name in the manifest.
        file: String,
        /// Its size in bytes.
        found: u64,
        /// The size it should have.
        expected: u64,
    },
    /// A file's content is not what the manifest says.
    #[error("{file} is damaged: its SHA-256 differs")]
    Hash {
        /// Its name in the manifest.
        file: String,
    },
    /// A file is whole, and still not what it should be.
    #[error("{file} is damaged: {why}")]
    Content {
        /// Its name in the manifest.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// The operating system refused a file.
    #[error("{file} cannot be read: {source}")]
    Unreadable {
        /// Its name in the manifest.
        file: String,
        /// The operating system's reason.
        source: io::Error,
    },
}

/// A place where a voice was looked for in vain.
#[derive(Debug)]
pub struct Tried {
    /// The directory.
    pub place: PathBuf,
    /// Why it would not do.
    pub reason: Rejection,
}

/// Finding, checking or mapping a voice failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArtifactsError {
    /// No place was given, and no voice was built into the cache for this engine.
    #[error("no voice has been built for this engine ({} is not there)", pointer.display())]
    NotBuilt {
        /// The file that would name it.
        pointer: PathBuf,
    },
    /// No place was given, and this system has no cache directory to look in.
    #[error("this system names no cache directory to look for the voice in")]
    NoCacheDirectory,
    /// None of the places that belong to `base` holds a usable voice.
    #[error("no usable voice at {}:{}", base.display(), list(tried))]
    NotFound {
        /// The place that was given.
        base: PathBuf,
        /// Every place that was looked at, in order, with the reason against it.
        tried: Vec<Tried>,
    },
    /// The directory was fine when it was resolved, and is not any more.
    #[error("the voice at {} cannot be used: {reason}", place.display())]
    Unusable {
        /// The artifact directory.
        place: PathBuf,
        /// What is wrong.
        reason: Rejection,
    },
    /// There is no voice of this name.
    #[error("there is no voice {name:?}")]
    UnknownVoice {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// The weights hold no tensor of this name: library and engine do not belong together.
    #[error("the weights hold no tensor {name:?}")]
    UnknownTensor {
        /// The name asked for.
        name: String,
    },
}

impl ArtifactsError {
    /// What the person who sees this can do about it, in one sentence.
    pub fn hint(&self) -> String {
        match self {
            Self::NotBuilt { .. } => "Build it with `make voice`, or point UTTER_ARTIFACTS at one.".into(),
            Self::NoCacheDirectory => "Point UTTER_ARTIFACTS at a voice, or set UTTER_CACHE.".into(),
            Self::NotFound { base, tried } => match tried.iter().find(|t| t.reason.is_of_a_voice()) {
                Some(found) => found.reason.hint(&found.place),
                None => format!("Build it there with {}.", make_voice(base)),
            },
            Self::Unusable { place, reason } => reason.hint(place),
            Self::UnknownVoice { name, known } => {
                let list = match known.len() {
                    0 => "`utter voices` lists them.".into(),
                    all => format!("`utter voices` lists all {all}."),
                };
                match naming::did_you_mean(name, known.iter().map(String::as_str)) {
                    Some(question) => format!("{} {list}", sentence(&question)),
                    None => list,
                }
            }
            Self::UnknownTensor { .. } => "Build the voice again with `make voice`.".into(),
        }
    }
}

impl Rejection {
    /// Whether there is a voice in this place, though not a usable one.
    pub(super) fn is_of_a_voice(&self) -> bool {
        !matches!(self, Self::NoFolder | Self::NoManifest)
    }

    fn hint(&self, place: &Path) -> String {
        let command = make_voice(place);
        match self {
            Self::Processor { .. } => {
                format!("Build one for this machine with {command} (TARGET=native fits it exactly).")
            }
            Self::NotLinked { .. } => {
                format!(
                    "Where LLD or Rust is installed, build it again with {command} and the same TARGET: that links it."
                )
            }
            Self::Unreadable { .. } => {
                format!("Give yourself the right to read it, or build it again with {command}.")
            }
            Self::Schema { .. } | Self::Interface { .. } | Self::Platform { .. } => {
                format!("Build the one that fits with {command}.")
            }
            _ => format!("Mend it with {command}."),
        }
    }
}

/// The command that builds or mends the voice at `place`.
fn make_voice(place: &Path) -> String {
    let in_cache = super::cache::directory().is_some_and(|cache| place.starts_with(cache));
    if in_cache {
        "`make voice`".into()
    } else {
        format!("`UTTER_ARTIFACTS={} make voice`", place.display())
    }
}

/// With a capital.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn list(tried: &[Tried]) -> String {
    tried
        .iter()
        .fold(String::new(), |mut text, Tried { place, reason }| {
            let _ = write!(text, "\n  {}: {reason}", place.display());
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_voice_is_answered_with_those_that_are_near() {
        let known: Vec<String> = ["af_bella", "af_heart", "am_adam"].map(String::from).into();
        let unknown = |name: &str| ArtifactsError::UnknownVoice {
            name: name.into(),
            known: known.clone(),
        };
        assert_eq!(unknown("heart").to_string(), "there is no voice \"heart\"");
        assert_eq!(
            unknown("heart").hint(),
            "Did you mean af_heart? `utter voices` lists all 3."
        );
        assert_eq!(unknown("qqq").hint(), "`utter voices` lists all 3.");
    }
}
