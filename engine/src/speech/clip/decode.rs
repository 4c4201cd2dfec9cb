//! From the bytes of a sound file to mono frames at its own rate.
//!
//! Called for each clip on a thread that may wait, by [`ClipCache`](super::ClipCache) or directly. It decodes all of a
//! file before it gives any of it. Memory grows with what was decoded, never by what a header claims.

use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions, well_known};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatReader, Track, TrackType};
use tracing::debug;

use super::downmix::Downmix;
use super::vorbis;
use super::{ClipError, ClipFormat, ClipLimits, ClipSource};

/// Sample rates that are taken, in Hz: those that are in use, and some room.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;
/// Channels that are taken at most. A packet of WAV is as large as the number of channels that its header claims.
const MAX_CHANNELS: usize = 32;

/// A sound file, decoded. Cloning it does not copy the frames.
#[derive(Debug, Clone)]
pub struct Clip {
    /// Frames a second of `frames`: the file's own.
    pub rate: u32,
    /// The sound, with all channels mixed to one; never empty, and every frame is a finite number. Frames may exceed 1.
    pub frames: Arc<[f32]>,
    /// The channels of the file.
    pub channels: usize,
    /// The container.
    pub format: ClipFormat,
}

impl Clip {
    /// How long it plays.
    pub fn duration(&self) -> Duration {
        duration(self.frames.len() as u64, self.rate)
    }
}

/// Decodes a sound file.
///
/// `cancel` is asked before each packet; once it says yes, nothing more is decoded. A packet is at most a second of sound
/// or so, and mostly some tens of milliseconds.
///
/// Encoder delay and padding are cut off, as far as the file tells them: the LAME tag in MP3, the positions of pages
/// in Ogg. FLAC is checked against its MD5 sum. A WAV file whose header says that its length is not known is taken to
/// its end.
///
/// # Errors
///
/// [`ClipError`] for everything that is not whole. What cannot be noticed: an MP3 file without a Xing or Info tag that
/// was cut between two frames, a FLAC file without a length and a sum that was, and values in WAV and MP3 that were
/// changed into other valid ones.
pub fn decode(
    source: &ClipSource,
    limits: &ClipLimits,
    cancel: &dyn Fn() -> bool,
) -> Result<Clip, ClipError> {
    let mut input = source.open(limits)?;
    let format = ClipFormat::detect(&mut input)?;
    let size = input.size();
    // The decoders are meant never to panic, and have done so on files that nobody had thought of.
    let caught = catch_unwind(AssertUnwindSafe(|| {
        let reader = format.reader(input);
        let reader = reader.map_err(|error| format.reading_error(error, Duration::ZERO, None))?;
        Decoding::begin(format, reader, size, limits)?.run(cancel)
    }));
    let clip = caught.unwrap_or_else(|_| Err(format.damaged("the decoder panicked")))?;
    debug!(%source, %format, rate = clip.rate, duration = ?clip.duration(), "decoded a clip");
    Ok(clip)
}

/// A file on its way to frames.
struct Decoding {
    format: ClipFormat,
    reader: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    rate: u32,
    /// Frames that the header promises, if it does, and by how many it may err.
    promised: Option<u64>,
    tolerance: u64,
    limit: Duration,
    /// Of the decoder, from the first packet on.
    channels: usize,
    frames: Vec<f32>,
}

impl Decoding {
    /// Looks at what the header claims, before anything is done by it.
    fn begin(
        format: ClipFormat,
        reader: Box<dyn FormatReader>,
        size: u64,
        limits: &ClipLimits,
    ) -> Result<Self, ClipError> {
        let (track, parameters) =
            find_sound(reader.as_ref()).ok_or(format.unsupported("no sound that is known"))?;
        let channels = parameters.channels.as_ref().map_or(1, Channels::count);
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(format.unsupported("more channels than loudspeakers"));
        }
        let rate = parameters.sample_rate.unwrap_or(0);
        if !RATES.contains(&rate) {
            let what = format!("a sample rate of {rate} Hz").into();
            return Err(ClipError::Unsupported { format, what });
        }
        if let Some(promised) = track.num_frames.map(|frames| duration(frames, rate)) {
            if format == ClipFormat::Wav && wav_bytes(track, parameters) > size {
                return Err(format.cut(Duration::ZERO, Some(promised)));
            }
            if promised > limits.duration {
                return Err(ClipError::TooLong {
                    limit: limits.duration,
                });
            }
        }
        if parameters.codec == well_known::CODEC_ID_VORBIS {
            let headers = parameters.extra_data.as_deref().unwrap_or(&[]);
            if vorbis::table_bytes(headers) > vorbis::MAX_TABLE_BYTES {
                return Err(format.damaged("its tables are larger than any encoder makes them"));
            }
        }
        // LAME's tag, which tells the delay, counts exactly. Others may count the frame that the tag is in.
        let is_exact = format != ClipFormat::Mp3 || track.delay.is_some_and(|delay| delay > 0);
        let options = AudioDecoderOptions::default().verify(format == ClipFormat::Flac);
        let decoder = symphonia::default::get_codecs().make_audio_decoder(parameters, &options);
        let decoder = decoder.map_err(|error| match error {
            Error::Unsupported(_) => format.unsupported(codec_name(parameters)),
            error => format.reading_error(error, Duration::ZERO, None),
        })?;
        Ok(Self {
            format,
            track: track.id,
            rate,
            promised: track.num_frames,
            tolerance: if is_exact { 0 } else { 1152 },
            limit: limits.duration,
            channels: 0,
            frames: Vec::new(),
            decoder,
            reader,
        })
    }

    /// Decodes packet after packet.
    fn run(mut self, cancel: &dyn Fn() -> bool) -> Result<Clip, ClipError> {
        let (mut planes, mut downmix) = (Vec::new(), None);
        loop {
            if cancel() {
                return Err(ClipError::Cancelled);
            }
            let packet = match self.reader.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => return self.finish(),
                Err(error) if self.may_just_end(&error) => return self.finish(),
                Err(error) => return Err(self.reading_error(error)),
            };
            if packet.track_id != self.track {
                continue;
            }
            let sound = match self.decoder.decode(&packet) {
                Ok(sound) => sound,
                Err(error) => return Err(self.decoding_error(error)),
            };
            if sound.is_empty() {
                continue;
            }
            if sound.spec().rate() != self.rate {
                return Err(self
                    .format
                    .damaged("the sample rate is not the one that the header says"));
            }
            let downmix = downmix.get_or_insert_with(|| Downmix::new(sound.spec().channels()));
            self.channels = sound.num_planes();
            sound.copy_to_vecs_planar::<f32>(&mut planes);
            downmix.append(&planes, &mut self.frames);
            if self.decoded() > self.limit {
                return Err(ClipError::TooLong { limit: self.limit });
            }
        }
    }

    /// Whether the end of the file is that of the sound: where a program wrote a WAV file into a pipe, and so could not
    /// go back to its header to say how long it is.
    fn may_just_end(&self, error: &Error) -> bool {
        let is_end = matches!(error, Error::IoError(error) if error.kind() == ErrorKind::UnexpectedEof);
        is_end && self.format == ClipFormat::Wav && self.promised.is_none()
    }

    /// All was read. Was that all?
    fn finish(mut self) -> Result<Clip, ClipError> {
        let frames = self.frames.len() as u64;
        if self
            .promised
            .is_some_and(|promised| frames + self.tolerance < promised)
        {
            // The readers of FLAC and Ogg know their last packet: it is there, and one before it is not.
            let misses_some = frames > 0 && matches!(self.format, ClipFormat::Flac | ClipFormat::Ogg);
            return Err(match misses_some {
                true => self.format.damaged("some of the sound is missing"),
                false => self.cut(),
            });
        }
        if self.decoder.finalize().verify_ok == Some(false) {
            return Err(self.format.damaged("the sound does not match its checksum"));
        }
        if self.frames.is_empty() {
            return Err(ClipError::Empty);
        }
        Ok(Clip {
            rate: self.rate,
            frames: self.frames.into(),
            channels: self.channels,
            format: self.format,
        })
    }

    fn decoded(&self) -> Duration {
        duration(self.frames.len() as u64, self.rate)
    }

    fn cut(&self) -> ClipError {
        let promised = self.promised.map(|frames| duration(frames, self.rate));
        self.format.cut(self.decoded(), promised)
    }

    /// The reader fails.
    fn reading_error(&self, error: Error) -> ClipError {
        let promised = self.promised.map(|frames| duration(frames, self.rate));
        self.format.reading_error(error, self.decoded(), promised)
    }

    /// The decoder fails. It has a packet in memory; reading cannot fail any more.
    fn decoding_error(&self, error: Error) -> ClipError {
        match error {
            // Packets of WAV are made by the reader, and the last one is as short as the file.
            Error::IoError(_) if self.format == ClipFormat::Wav => self.cut(),
            Error::IoError(_) => self.format.damaged("a packet ends too early"),
            error => self.reading_error(error),
        }
    }
}

/// The first track with sound.
fn find_sound(reader: &dyn FormatReader) -> Option<(&Track, &AudioCodecParameters)> {
    let track = reader.default_track(TrackType::Audio)?;
    Some((track, track.codec_params.as_ref()?.audio()?))
}

/// The bytes that the promised frames of a WAV file take.
fn wav_bytes(track: &Track, parameters: &AudioCodecParameters) -> u64 {
    let bits = match parameters.codec {
        well_known::CODEC_ID_PCM_F64LE => 64,
        well_known::CODEC_ID_PCM_F32LE => 32,
        // Compressed ones do not say; there, it shows in the end.
        _ => parameters.bits_per_coded_sample.unwrap_or(0),
    };
    let channels = parameters.channels.as_ref().map_or(1, Channels::count);
    let bytes = channels as u64 * u64::from(bits.div_ceil(8));
    track.num_frames.unwrap_or(0).saturating_mul(bytes)
}

/// What people call a codec that is not supported.
fn codec_name(parameters: &AudioCodecParameters) -> &'static str {
    match parameters.codec {
        well_known::CODEC_ID_OPUS => "Opus",
        well_known::CODEC_ID_SPEEX => "Speex",
        well_known::CODEC_ID_ADPCM_MS | well_known::CODEC_ID_ADPCM_IMA_WAV => "ADPCM",
        _ => "a codec that is not known",
    }
}

/// How long so many frames last.
fn duration(frames: u64, rate: u32) -> Duration {
    let rate = u64::from(rate);
    let nanos = (frames % rate) * 1_000_000_000 / rate;
    // Below 10⁹, as it is a share of a second.
    Duration::new(frames / rate, nanos as u32)
}
