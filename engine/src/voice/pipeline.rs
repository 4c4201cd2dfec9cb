//! Phonemes to audio: the pipeline that the inference thread owns.
//!
//! Loaded once and kept. A call runs all stages for one chunk; one that fails or is cancelled leaves the pipeline as it was,
//! since every stage begins by writing what it reads. Between calls its threads sleep.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::artifacts::{self, ArtifactsDir, Manifest, Rejection};
use super::device::Device;
use super::error::VoiceError;
use super::kernels::{Executor, KernelWork, Kernels, Ledger};
use super::launcher::Launcher;
use super::memory::Constant;
use super::pack::{VoiceFile, VoicePack};
use super::runtime::Library;
use super::source::{Noise, Source};
use super::stages::{Albert, Decoder, Duration, FRAME, Prosody, STYLE, StyleRow, TextEncoder, Vocoder};
use super::voices::Voices;

/// Frames a second of everything the pipeline makes.
pub const SAMPLE_RATE: u32 = 24_000;

/// Samples in an alignment frame, the unit of durations: 25 ms.
pub const ALIGNMENT_FRAME: usize = FRAME;

/// The speeds at which a voice speaks: from half to double. The model was trained near 1; beyond these it is no longer understood.
pub const SPEEDS: RangeInclusive<f32> = 0.5..=2.0;

/// Phonemes that one pass takes, the two tokens that wrap them not counted.
const MOST_PHONEMES: usize = 510;

/// The token before and behind the phonemes.
const WRAP: usize = 0;

/// How a pipeline is set up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PipelineOptions {
    /// What it computes on.
    pub device: Device,
    /// Threads for the kernels; by default one for each physical core.
    pub threads: Option<usize>,
    /// Voices of the user's own, beside those of the artifacts.
    pub voice_files: Vec<VoiceFile>,
}

/// One chunk to be spoken.
#[derive(Debug, Clone, Copy)]
pub struct Synthesis<'a> {
    /// Symbols of the vocabulary, at most 510.
    pub phonemes: &'a str,
    /// A voice by its name, such as `af_heart`, or a blend: `af_heart:0.7,am_adam:0.3`
    /// ([`VoiceBlend`](crate::naming::VoiceBlend)).
    pub voice: &'a str,
    /// In [`SPEEDS`]: 0.5 is half, 2.0 double.
    pub speed: f32,
    /// The noise of the source.
    pub noise: Noise,
}

/// What one call made; borrowed until the next.
#[derive(Debug, Clone, Copy)]
pub struct Speech<'a> {
    /// Mono, 24 kHz, nominally within ±1.
    pub samples: &'a [f32],
    /// How many alignment frames ([`ALIGNMENT_FRAME`] samples) each token takes: silence, then the phonemes, then
    /// silence. They add up to all samples. What sounds is about 30 ms ahead of them.
    pub durations: &'a [usize],
    /// Where the time went.
    pub times: StageTimes,
}

/// Seconds spent in each stage.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[expect(missing_docs, reason = "named after the stages")]
pub struct StageTimes {
    pub albert: f64,
    pub duration: f64,
    pub prosody: f64,
    pub text: f64,
    pub decoder: f64,
    pub source: f64,
    pub vocoder: f64,
}

impl StageTimes {
    /// All stages by name, in the order in which they run.
    pub fn entries(&self) -> [(&'static str, f64); 7] {
        [
            ("albert", self.albert),
            ("duration", self.duration),
            ("prosody", self.prosody),
            ("text", self.text),
            ("decoder", self.decoder),
            ("source", self.source),
            ("vocoder", self.vocoder),
        ]
    }

    /// Adds those of another chunk.
    pub fn add(&mut self, other: &Self) {
        self.albert += other.albert;
        self.duration += other.duration;
        self.prosody += other.prosody;
        self.text += other.text;
        self.decoder += other.decoder;
        self.source += other.source;
        self.vocoder += other.vocoder;
    }

    /// The sum.
    pub fn total(&self) -> f64 {
        self.entries().iter().map(|(_, seconds)| seconds).sum()
    }
}

/// Kokoro-82M, ready to speak.
#[derive(Debug)]
pub struct KokoroPipeline {
    vocabulary: HashMap<char, usize>,
    voices: Voices,
    stages: Stages,
    kernels: Kernels,
    ledger: Ledger,
    launcher: Launcher,
    // Last: kernels are functions of the library.
    _library: Library,
}

/// The stages, and what goes from one to the next.
#[derive(Debug)]
pub(super) struct Stages {
    pub(super) albert: Albert,
    pub(super) duration: Duration,
    pub(super) prosody: Prosody,
    pub(super) text: TextEncoder,
    pub(super) decoder: Decoder,
    pub(super) source: Source,
    pub(super) vocoder: Vocoder,
    pub(super) decoder_style: StyleRow,
    pub(super) prosody_style: StyleRow,
    pub(super) tokens: Vec<usize>,
    pub(super) durations: Vec<usize>,
}

impl KokoroPipeline {
    /// Loads the voice in `base`, or in one of the places below it and its parent where a bundle keeps it: `tvm_output`,
    /// `Resources`, `Resources/tvm_output`, `Contents/Resources`, `Contents/Resources/tvm_output`.
    ///
    /// # Errors
    /// [`VoiceError::Artifacts`] names every place that was tried and what was wrong with each.
    pub fn load_from_artifacts_dir(base: &Path, device: Device) -> Result<Self, VoiceError> {
        Self::load(
            artifacts::resolve(base)?,
            PipelineOptions {
                device,
                ..PipelineOptions::default()
            },
        )
    }

    /// Loads a voice that was found before.
    ///
    /// # Errors
    /// As [`Self::load_from_artifacts_dir`]; [`VoiceError::Pack`] for a voice of the user's own that cannot be used;
    /// [`VoiceError::Threads`] when there are no threads to be had.
    pub fn load(artifacts: ArtifactsDir, options: PipelineOptions) -> Result<Self, VoiceError> {
        let started = Instant::now();
        check_model(artifacts.manifest()).map_err(|reason| artifacts.unusable(reason))?;
        let weights = Arc::new(artifacts.weights()?);
        let library = Library::load(&artifacts.library(), &artifacts.manifest().tvm.ffi)?;
        let kernels = Kernels::load(&library)?;
        let mix = Constant::find(&weights, "source.mix")?;
        let mix = mix
            .floats()
            .try_into()
            .map_err(|_| VoiceError::weights("source.mix", "it is not ten floats"))?;
        let stages = Stages {
            albert: Albert::find(&weights)?,
            duration: Duration::find(&weights)?,
            prosody: Prosody::find(&weights)?,
            text: TextEncoder::find(&weights)?,
            decoder: Decoder::find(&weights)?,
            source: Source::new(mix),
            vocoder: Vocoder::find(&weights)?,
            decoder_style: StyleRow::new(),
            prosody_style: StyleRow::new(),
            tokens: Vec::new(),
            durations: Vec::new(),
        };
        let vocabulary = artifacts.vocabulary()?;
        let vocabulary = vocabulary
            .into_iter()
            .filter_map(|(symbol, token)| Some((symbol, usize::try_from(token).ok()?)));
        let threads = options.threads.unwrap_or_else(num_cpus::get_physical).max(1);
        let pipeline = Self {
            vocabulary: vocabulary
                .filter(|&(_, token)| token < super::stages::SYMBOLS)
                .collect(),
            voices: Voices::open(artifacts, &options.voice_files)?,
            stages,
            kernels,
            ledger: Ledger::default(),
            launcher: Launcher::new(threads).map_err(VoiceError::Threads)?,
            _library: library,
        };
        let seconds = started.elapsed().as_secs_f64();
        let artifacts = pipeline.artifacts();
        let target = &artifacts.target().name;
        tracing::info!(artifacts = %artifacts.path().display(), target, threads, seconds, "voice loaded");
        Ok(pipeline)
    }

    /// The directory it was loaded from.
    pub fn artifacts(&self) -> &ArtifactsDir {
        self.voices.artifacts()
    }

    /// The voices that it can speak with: those of the artifacts, and the user's own.
    pub fn voices(&self) -> &Voices {
        &self.voices
    }

    /// Adds a voice of the user's own. One that is to be there after the next load, too, belongs into
    /// [`PipelineOptions::voice_files`].
    ///
    /// # Errors
    /// [`VoiceError::Pack`] when the name is none or taken, or the pack was made for a model with other styles.
    pub fn add_voice(&mut self, name: &str, pack: VoicePack) -> Result<(), VoiceError> {
        self.voices.add(name, pack)
    }

    /// Threads that kernels run on.
    pub fn threads(&self) -> usize {
        self.launcher.width()
    }

    /// Does `speak`, and counts meanwhile what each kernel does, in the order of their first calls.
    pub fn count_work<R>(&mut self, speak: impl FnOnce(&mut Self) -> R) -> (R, Vec<KernelWork>) {
        self.ledger.open();
        let result = speak(self);
        (result, self.ledger.close())
    }

    /// Whether a symbol is one of the vocabulary.
    pub(super) fn knows(&self, symbol: char) -> bool {
        self.vocabulary.contains_key(&symbol)
    }

    /// Speaks one chunk.
    ///
    /// `cancelled` is asked between kernels: once it says yes, the call returns an error for which
    /// [`VoiceError::is_cancelled`] holds.
    ///
    /// # Errors
    /// [`VoiceError::TooLong`], [`VoiceError::UnknownPhoneme`], [`VoiceError::Speed`], [`VoiceError::Blend`], an unknown
    /// voice ([`VoiceError::Artifacts`]), or [`VoiceError::Runtime`].
    pub fn synthesize(
        &mut self,
        request: &Synthesis<'_>,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Speech<'_>, VoiceError> {
        if !SPEEDS.contains(&request.speed) {
            return Err(VoiceError::Speed(request.speed));
        }
        let phonemes = self.tokenize(request.phonemes)?;
        self.choose_style(request.voice, phonemes)?;
        let Self {
            stages,
            kernels,
            ledger,
            launcher,
            ..
        } = self;
        let executor = Executor {
            kernels,
            cancelled,
            ledger,
        };
        let (samples, times) = launcher.serve(|| stages.run(executor, request.speed, request.noise))?;
        Ok(Speech {
            samples: &stages.vocoder.audio()[..samples],
            durations: &stages.durations,
            times,
        })
    }

    /// The stages, for tests that look at each.
    #[cfg(test)]
    pub(super) fn with_stages<R>(
        &mut self,
        cancelled: &dyn Fn() -> bool,
        test: impl FnOnce(&mut Stages, Executor<'_>) -> R,
    ) -> R {
        let Self {
            stages,
            kernels,
            ledger,
            launcher,
            ..
        } = self;
        let executor = Executor {
            kernels,
            cancelled,
            ledger,
        };
        launcher.serve(|| test(stages, executor))
    }

    /// Takes the tokens of `phonemes`; returns how many there are.
    fn tokenize(&mut self, phonemes: &str) -> Result<usize, VoiceError> {
        let tokens = &mut self.stages.tokens;
        tokens.clear();
        tokens.push(WRAP);
        for symbol in phonemes.chars() {
            tokens.push(
                *self
                    .vocabulary
                    .get(&symbol)
                    .ok_or(VoiceError::UnknownPhoneme { symbol })?,
            );
        }
        let count = tokens.len() - 1;
        if count > MOST_PHONEMES {
            return Err(VoiceError::TooLong {
                count,
                limit: MOST_PHONEMES,
            });
        }
        tokens.push(WRAP);
        Ok(count)
    }

    /// Whether there is a voice of this name, or each voice of a blend.
    pub fn has_voice(&self, name: &str) -> bool {
        self.voices.has(name)
    }

    fn choose_style(&mut self, voice: &str, phonemes: usize) -> Result<(), VoiceError> {
        let style = self.voices.style(voice, phonemes)?;
        self.stages.decoder_style.set(&style.decoder()[..STYLE]);
        self.stages.prosody_style.set(&style.prosody()[..STYLE]);
        Ok(())
    }
}

impl Stages {
    /// Runs all stages for the tokens; returns how many samples came out.
    fn run(
        &mut self,
        executor: Executor<'_>,
        speed: f32,
        noise: Noise,
    ) -> Result<(usize, StageTimes), VoiceError> {
        let mut times = StageTimes::default();
        let n = self.tokens.len();
        timed(&mut times.albert, || {
            self.albert.run(executor, &self.tokens, self.duration.prepare(n))
        })?;
        timed(&mut times.duration, || {
            self.duration.encode(executor, n, &self.prosody_style)?;
            self.duration.predict(executor, n, speed, &mut self.durations)
        })?;
        let frames = self.durations.iter().sum();
        let aligned = (&self.durations[..], frames);
        timed(&mut times.prosody, || {
            self.prosody
                .run(executor, self.duration.encoding(), aligned, &self.prosody_style)
        })?;
        timed(&mut times.text, || self.text.run(executor, &self.tokens))?;
        let (pitch, energy) = (self.prosody.pitch(), self.prosody.energy());
        timed(&mut times.decoder, || {
            self.decoder.run(
                executor,
                self.text.encoding(),
                aligned,
                [pitch, energy],
                &self.decoder_style,
            )
        })?;
        let rows = 2 * frames;
        timed(&mut times.source, || {
            self.source.signal(pitch, noise);
            self.source.spectrum(self.vocoder.harmonics(rows));
        });
        timed(&mut times.vocoder, || {
            self.vocoder
                .run(executor, self.decoder.decoded(), rows, &self.decoder_style)
        })?;
        Ok((frames * FRAME, times))
    }
}

/// Whether a manifest describes what these stages make: its voices have styles of their width, its audio their rate.
fn check_model(manifest: &Manifest) -> Result<(), Rejection> {
    let why = if manifest.style.width != 2 * STYLE {
        format!(
            "its styles have {} numbers instead of {}",
            manifest.style.width,
            2 * STYLE
        )
    } else if manifest.sample_rate != SAMPLE_RATE {
        format!(
            "its audio has {} Hz instead of {SAMPLE_RATE}",
            manifest.sample_rate
        )
    } else {
        return Ok(());
    };
    Err(Rejection::BadManifest { why })
}

fn timed<R>(seconds: &mut f64, work: impl FnOnce() -> R) -> R {
    let started = Instant::now();
    let result = work();
    *seconds = started.elapsed().as_secs_f64();
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_of_another_model_is_refused() {
        let voice = artifacts::resolve(&artifacts::default_base().unwrap()).unwrap();
        let good = voice.manifest();
        assert!(check_model(good).is_ok());
        let mut narrow = good.clone();
        narrow.style.width = STYLE;
        let mut slow = good.clone();
        slow.sample_rate = 22_050;
        for other in [narrow, slow] {
            let reason = check_model(&other).unwrap_err();
            assert!(matches!(reason, Rejection::BadManifest { .. }), "{reason}");
        }
    }
}
