//! What the inference thread asks of a voice.

use super::timing::Timing;
use crate::playback::Wanted;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Turns one chunk of phonemes into sound. The Kokoro pipeline is one; tests bring others.
///
/// A failed or cancelled call must leave it usable.
pub trait Synthesizer: Send {
    /// Appends the chunk's frames to `frames`: mono, at [`SAMPLE_RATE`](super::SAMPLE_RATE), full
    /// scale ±1.0. Looks at `cancel` between its stages and gives up when it is set. Tells when each phoneme
    /// sounds, in frames from the chunk's first, or [`Timing::unknown`].
    ///
    /// # Errors
    ///
    /// [`SynthesisError::Cancelled`] if it gave up, [`SynthesisError::Failed`] if it could not. What it has
    /// appended until then is thrown away.
    fn synthesize(
        &mut self,
        request: &SynthesisRequest<'_>,
        cancel: &CancelFlag,
        frames: &mut Vec<f32>,
    ) -> Result<Timing, SynthesisError>;

    /// Whether there is a voice of this name. One that does not know says yes.
    fn has_voice(&self, name: &str) -> bool {
        let _ = name;
        true
    }

    /// Does once what the first call would otherwise have to, such as to touch all weights. Looks at `cancel` as
    /// [`synthesize`](Self::synthesize) does. A voice that has nothing to do needs none.
    ///
    /// # Errors
    ///
    /// As for [`synthesize`](Self::synthesize).
    fn warm_up(&mut self, cancel: &CancelFlag) -> Result<(), SynthesisError> {
        let _ = cancel;
        Ok(())
    }
}

/// One chunk to be synthesised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SynthesisRequest<'a> {
    /// The phonemes, one character each, as the voice's vocabulary has them; 510 at most.
    pub phonemes: &'a str,
    /// The voice's name, such as `af_heart`, or a blend of voices ([`VoiceBlend`](crate::naming::VoiceBlend)).
    pub voice: &'a str,
    /// The tempo; 1.0 is the voice's own.
    pub speed: f32,
    /// What the source noise is made from.
    pub seed: u64,
    /// The amplitude of the source noise; 0 is none, 1 the model's own.
    pub noise: f32,
    /// The chunk's place in its utterance, from 0. With the seed it tells one chunk's noise from another's.
    pub chunk: usize,
}

/// Why a chunk has no sound.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SynthesisError {
    /// It was asked to give up.
    #[error("cancelled")]
    Cancelled,
    /// It could not.
    #[error(transparent)]
    Failed(#[from] Box<dyn Error + Send + Sync>),
}

/// Says whether the work in hand is still wanted. Once it is not, it never is again.
#[derive(Debug, Clone)]
pub struct CancelFlag(Source);

#[derive(Debug, Clone)]
enum Source {
    Switch(Arc<AtomicBool>),
    Track(Arc<Wanted>),
    Either(Arc<[CancelFlag; 2]>),
}

impl CancelFlag {
    /// A flag that is set when the track is stopped or skipped.
    pub(super) fn of_track(wanted: Arc<Wanted>) -> Self {
        Self(Source::Track(wanted))
    }

    /// A flag that is set when one of both is.
    pub(super) fn either(one: Self, other: Self) -> Self {
        Self(Source::Either(Arc::new([one, other])))
    }

    /// A flag, and the switch that sets it.
    pub fn with_switch() -> (Self, CancelSwitch) {
        let switch = Arc::<AtomicBool>::default();
        (Self(Source::Switch(Arc::clone(&switch))), CancelSwitch(switch))
    }

    /// A flag that is never set.
    pub fn never() -> Self {
        Self(Source::Switch(Arc::default()))
    }

    /// Whether to give up.
    pub fn is_set(&self) -> bool {
        match &self.0 {
            Source::Switch(switch) => switch.load(Ordering::Acquire),
            Source::Track(wanted) => !wanted.is_wanted(),
            Source::Either(flags) => flags.iter().any(Self::is_set),
        }
    }
}

/// Sets the [`CancelFlag`] that it was made with.
#[derive(Debug, Clone)]
pub struct CancelSwitch(Arc<AtomicBool>);

impl CancelSwitch {
    /// Sets the flag, for good.
    pub fn set(&self) {
        self.0.store(true, Ordering::Release);
    }
}
