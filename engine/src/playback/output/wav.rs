//! Writing speech to a WAV file.
//!
//! The frames are the voice's, 24 kHz mono, not resampled. A file appears under its name only when it is
//! complete: until then it is written beside it. An interrupted run leaves no half file behind, nor does it
//! damage an older one.

use super::sink::{FrameSink, SinkError};
use hound::{SampleFormat, WavSpec, WavWriter};
use std::fs::{self, File};
use std::io::{BufWriter, Seek};
use std::path::{Path, PathBuf};
use utter_dsp::quantise;

/// How samples are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WavEncoding {
    /// 16-bit integers, rounded and clipped: what every program reads. The rounding lies 98 dB below full
    /// scale.
    #[default]
    Pcm16,
    /// 32-bit floats, bit for bit what the voice gave. For further processing, and for comparison.
    Float32,
}

/// A mono WAV file that is being written.
pub struct WavFile {
    /// `None` once finished.
    writer: Option<WavWriter<BufWriter<File>>>,
    encoding: WavEncoding,
    target: PathBuf,
    /// Where it is written meanwhile; `None` if the target is no ordinary file and is written directly.
    partial: Option<PathBuf>,
}

impl WavFile {
    /// Begins a file of `rate` frames a second at `path`.
    ///
    /// # Errors
    ///
    /// [`SinkError::File`] if it cannot be created, [`SinkError::NotSeekable`] if it is a pipe.
    pub fn create(path: &Path, rate: u32, encoding: WavEncoding) -> Result<Self, SinkError> {
        // Renaming replaces a link, or a device such as /dev/null. Those are written through.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let is_special = fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file());
        let partial = (!is_special).then(|| {
            let mut name = target.file_name().unwrap_or_default().to_owned();
            name.push(format!(".{}.partial", std::process::id()));
            target.with_file_name(name)
        });
        let (bits_per_sample, sample_format) = match encoding {
            WavEncoding::Pcm16 => (16, SampleFormat::Int),
            WavEncoding::Float32 => (32, SampleFormat::Float),
        };
        let spec = WavSpec {
            channels: 1,
            sample_rate: rate,
            bits_per_sample,
            sample_format,
        };
        let opened = File::create(partial.as_ref().unwrap_or(&target));
        let mut file = opened.map_err(|source| SinkError::File {
            path: target.clone(),
            source,
        })?;
        if is_special && file.stream_position().is_err() {
            return Err(SinkError::NotSeekable { path: target });
        }
        let created = WavWriter::new(BufWriter::new(file), spec);
        let writer = Some(created.map_err(|error| sink_error(&target, error))?);
        Ok(Self {
            writer,
            encoding,
            target,
            partial,
        })
    }

    /// Completes the file and gives it its name.
    ///
    /// # Errors
    ///
    /// [`SinkError::File`] if that fails; there is no file then.
    pub fn finish(mut self) -> Result<(), SinkError> {
        if let Some(writer) = self.writer.take() {
            writer
                .finalize()
                .map_err(|error| sink_error(&self.target, error))?;
        }
        if let Some(partial) = &self.partial {
            let renamed = fs::rename(partial, &self.target);
            renamed.map_err(|source| SinkError::File {
                path: self.target.clone(),
                source,
            })?;
            self.partial = None;
        }
        Ok(())
    }
}

impl FrameSink for WavFile {
    fn write(&mut self, frames: &[f32]) -> Result<(), SinkError> {
        let Some(writer) = &mut self.writer else {
            return Ok(());
        };
        let written = match self.encoding {
            WavEncoding::Pcm16 => frames
                .iter()
                .try_for_each(|&frame| writer.write_sample(quantise::<16>(frame) as i16)),
            WavEncoding::Float32 => frames.iter().try_for_each(|&frame| writer.write_sample(frame)),
        };
        written.map_err(|error| sink_error(&self.target, error))
    }
}

impl Drop for WavFile {
    /// Removes what was written if the file was not finished.
    fn drop(&mut self) {
        drop(self.writer.take());
        if let Some(partial) = &self.partial
            && let Err(error) = fs::remove_file(partial)
        {
            tracing::warn!(path = %partial.display(), %error, "cannot remove an unfinished file");
        }
    }
}

fn sink_error(path: &Path, error: hound::Error) -> SinkError {
    let path = path.to_owned();
    match error {
        hound::Error::IoError(source) => SinkError::File { path, source },
        hound::Error::TooWide | hound::Error::UnfinishedSample => SinkError::TooLong { path },
        other => SinkError::File {
            path,
            source: std::io::Error::other(other),
        },
    }
}
