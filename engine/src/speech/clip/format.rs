//! The formats of sound files: told apart by their first bytes, and opened.
//!
//! A file is what its first bytes say, whatever its name ends in. symphonia could search for them further in; then any
//! file that holds the two bytes of an MPEG sync word somewhere would become noise.

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};
use std::time::Duration;

use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::MediaSourceStream;
use symphonia::default::formats::{FlacReader, MpaReader, OggReader, WavReader};

use super::ClipError;
use super::mpeg::{self, Broken};
use super::source::Input;

/// The container of a clip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClipFormat {
    /// RIFF WAVE.
    Wav,
    /// Native FLAC.
    Flac,
    /// MPEG audio, layer III.
    Mp3,
    /// Ogg, with Vorbis or FLAC in it.
    Ogg,
}

impl fmt::Display for ClipFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wav => "WAV",
            Self::Flac => "FLAC",
            Self::Mp3 => "MP3",
            Self::Ogg => "Ogg",
        })
    }
}

impl ClipFormat {
    /// Tells the format, and leaves only that part of `input` which symphonia is to read.
    pub(super) fn detect(input: &mut Input) -> Result<Self, ClipError> {
        let size = input.size();
        let start = mpeg::leading_tags(input)?;
        input.seek(SeekFrom::Start(start))?;
        let mut first = Vec::with_capacity(12);
        input.take(12).read_to_end(&mut first)?;
        let format = match first.as_slice() {
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E'] => Self::Wav,
            [b'f', b'L', b'a', b'C', ..] => Self::Flac,
            [b'O', b'g', b'g', b'S', ..] => Self::Ogg,
            [a, b, c, d, ..] if mpeg::is_frame_header([*a, *b, *c, *d]) => Self::Mp3,
            // A tag, and less than a frame.
            _ if start > 0 && first.len() < 4 => return Err(Self::Mp3.cut(Duration::ZERO, None)),
            _ => return Err(ClipError::UnknownFormat),
        };
        let end = match format {
            Self::Mp3 => mpeg::find_frames(input, start, size).map_err(|broken| match broken {
                Broken::MidFrame => Self::Mp3.cut(Duration::ZERO, None),
                Broken::Junk(reason) => ClipError::Damaged { format, reason },
                Broken::Io(error) => error.into(),
            })?,
            _ => size,
        };
        input.narrow(start, end)?;
        Ok(format)
    }

    /// The reader of the container.
    pub(super) fn reader(self, mut input: Input) -> Result<Box<dyn FormatReader>, Error> {
        if self == Self::Mp3 {
            // Where it can seek, symphonia guesses a length that no header promises.
            input.forbid_seeking();
        }
        let stream = MediaSourceStream::new(Box::new(input), Default::default());
        let options = FormatOptions::default();
        Ok(match self {
            Self::Wav => Box::new(WavReader::try_new(stream, options)?),
            Self::Flac => Box::new(FlacReader::try_new(stream, options)?),
            Self::Mp3 => Box::new(MpaReader::try_new(stream, options)?),
            Self::Ogg => Box::new(OggReader::try_new(stream, options)?),
        })
    }

    /// The error for a symphonia error while the container is read, with what was decoded before.
    pub(super) fn reading_error(
        self,
        error: Error,
        decoded: Duration,
        promised: Option<Duration>,
    ) -> ClipError {
        match error {
            Error::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                self.cut(decoded, promised)
            }
            Error::IoError(error) => error.into(),
            Error::Unsupported(what) => self.unsupported(what),
            Error::ResetRequired => self.unsupported("several streams one after the other"),
            Error::DecodeError(reason) | Error::LimitError(reason) => self.damaged(reason),
            other => ClipError::Damaged {
                format: self,
                reason: other.to_string().into(),
            },
        }
    }

    /// It ends too early.
    pub(super) fn cut(self, decoded: Duration, promised: Option<Duration>) -> ClipError {
        ClipError::Truncated {
            format: self,
            decoded,
            promised,
        }
    }

    /// It contradicts itself.
    pub(super) fn damaged(self, reason: &'static str) -> ClipError {
        ClipError::Damaged {
            format: self,
            reason: reason.into(),
        }
    }

    /// It holds what is not supported.
    pub(super) fn unsupported(self, what: &'static str) -> ClipError {
        ClipError::Unsupported {
            format: self,
            what: what.into(),
        }
    }
}
