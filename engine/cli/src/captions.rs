//! `utter say --captions`: the file of captions beside the one of sound.
//!
//! It is begun before the voice is loaded, so that a place that cannot be written is found first, and gets its name when all
//! of it is there, as the sound does. The captions themselves are the engine's.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use utter::speech::Rendered;
use utter::speech::captions::{CaptionFormat, Captioned, captions};

use crate::failure::{Failure, Kind};

/// Captions that are still to be written.
pub struct Captions {
    format: CaptionFormat,
    text: String,
    is_marked: bool,
    target: PathBuf,
    /// Where they are written meanwhile; `None` once they have their name.
    partial: Option<PathBuf>,
    file: File,
}

impl Captions {
    /// Begins captions of `text` at `path`, whose name says the format.
    pub fn create(path: &Path, text: &str, is_marked: bool) -> Result<Self, Failure> {
        // A link is written through.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.partial", std::process::id()));
        let partial = target.with_file_name(name);
        let file = File::create(&partial).map_err(|error| unwritten(path, &error))?;
        Ok(Self {
            format: CaptionFormat::of_path(path).unwrap_or(CaptionFormat::Srt),
            text: text.to_owned(),
            is_marked,
            target,
            partial: Some(partial),
            file,
        })
    }

    /// Writes the captions of what was rendered.
    pub fn write(mut self, rendered: &Rendered) -> Result<(), Failure> {
        let source = Captioned {
            text: &self.text,
            is_marked: self.is_marked,
        };
        let captions = captions(self.format, source, rendered);
        let written = self.file.write_all(captions.as_bytes());
        written.map_err(|error| unwritten(&self.target, &error))?;
        if let Some(partial) = &self.partial {
            fs::rename(partial, &self.target).map_err(|error| unwritten(&self.target, &error))?;
            self.partial = None;
        }
        tracing::info!(file = %self.target.display(), words = rendered.words.len(), "captions written");
        Ok(())
    }
}

impl Drop for Captions {
    /// Removes what was not finished.
    fn drop(&mut self) {
        if let Some(partial) = &self.partial
            && let Err(error) = fs::remove_file(partial)
        {
            tracing::warn!(path = %partial.display(), %error, "cannot remove an unfinished file");
        }
    }
}

/// Captions are asked for, and no file of sound.
pub fn without_a_file() -> Failure {
    Failure::new(
        Kind::Usage,
        "captions are of a file, and none is written",
        "name one with `--out speech.wav`",
    )
}

fn unwritten(path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        Kind::Failed,
        format_args!("cannot write {}: {error}", path.display()),
        "see that the directory exists and may be written to",
    )
}
