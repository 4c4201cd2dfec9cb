//! How loud a signal sounds: loudness by ITU-R BS.1770-4, integrated as in EBU R 128.
//!
//! Used off the realtime side: to measure a clip before it is played, and by the [`Leveller`](crate::Leveller)
//! on speech as it streams by. The measuring (K-weighting for the rate, blocks of 400 ms that overlap by three
//! quarters, gates at −70 LUFS and 10 LU below the rest) is done by the crate ebur128, behind this file.

use ebur128::{EbuR128, Mode};

use crate::sanitise::sanitised;

/// The lowest rate that can be measured: the weighting reaches up to 4 kHz.
const LOWEST_RATE: u32 = 8_000;

/// Frames that are made safe at a time, on the stack.
const CHUNK: usize = 256;

/// Why a meter or a leveller could not be made.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LoudnessError {
    /// The rate is below 8 kHz or above 2.8 MHz.
    #[error("cannot measure loudness at {rate} Hz")]
    UnsupportedRate {
        /// The rate, in Hz.
        rate: u32,
    },
    /// A loudness or a gain is NaN or infinite, or the greatest gain is negative.
    #[error("cannot level from {expected_lufs} to {target_lufs} LUFS with up to {greatest_gain_db} dB")]
    NotALevel {
        /// The loudness to expect, in LUFS.
        expected_lufs: f64,
        /// The loudness to reach, in LUFS.
        target_lufs: f64,
        /// The bound of the gain, in dB.
        greatest_gain_db: f64,
    },
}

impl LoudnessError {
    /// What the person who reads the error can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::UnsupportedRate { .. } => "resample to a usual rate first, such as 48000 Hz",
            Self::NotALevel { .. } => "give levels as numbers, such as -19 LUFS and 12 dB",
        }
    }
}

/// A loudness meter for one channel.
///
/// The channel counts once, as in the standard and in the tools that follow it: 997 Hz at 0 dBFS measure
/// −3.01 LUFS. A listener whom it reaches through two loudspeakers at full level hears it 3.01 LU louder.
///
/// Results are exact to 0.05 LU (the standard's own tolerance is 0.1): block levels are counted in a histogram
/// of that resolution, so that hours of signal need no more memory and no more time than seconds.
#[derive(Debug)]
pub struct LoudnessMeter {
    meter: EbuR128,
}

impl LoudnessMeter {
    /// Makes a meter for a stream with `rate` frames a second.
    ///
    /// # Errors
    ///
    /// [`LoudnessError::UnsupportedRate`] for less than 8 kHz or more than 2.8 MHz.
    pub fn new(rate: u32) -> Result<Self, LoudnessError> {
        let unsupported = LoudnessError::UnsupportedRate { rate };
        if rate < LOWEST_RATE {
            return Err(unsupported);
        }
        let meter = EbuR128::new(1, rate, Mode::I | Mode::HISTOGRAM).map_err(|_| unsupported)?;
        Ok(Self { meter })
    }

    /// Adds a block. NaN and infinities count as silence. How the stream is cut does not show.
    #[expect(
        clippy::expect_used,
        reason = "fails for a wrong number of channels only, and slices of one channel have none"
    )]
    pub fn measure(&mut self, block: &[f32]) {
        let mut safe = [0.0; CHUNK];
        for chunk in block.chunks(CHUNK) {
            let safe = &mut safe[..chunk.len()];
            for (to, from) in safe.iter_mut().zip(chunk) {
                *to = sanitised(*from);
            }
            let done = self.meter.add_frames_f32(safe);
            done.expect("one channel"); // any length is a whole number of frames of one channel
        }
    }

    /// The integrated loudness of everything so far, in LUFS. `None` as long as no block of 400 ms was above
    /// −70 LUFS.
    pub fn integrated(&self) -> Option<f64> {
        let loudness = self.meter.loudness_global().ok()?; // fails without `Mode::I` only
        loudness.is_finite().then_some(loudness)
    }

    /// How many seconds the integrated loudness rests on: the blocks that passed the gates, of which one
    /// begins every 100 ms.
    pub fn gated_seconds(&self) -> f64 {
        let blocks = self.meter.gating_block_count_and_energy();
        blocks.map_or(0.0, |(count, _)| count as f64 / 10.0)
    }

    /// The loudness of the last 400 ms, without gates, in LUFS. `None` if that is silence.
    pub fn momentary(&self) -> Option<f64> {
        let loudness = self.meter.loudness_momentary().ok()?; // fails without `Mode::M` only
        loudness.is_finite().then_some(loudness)
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        self.meter.reset();
    }
}

/// The gain in dB that brings what measures `loudness_lufs` to `target_lufs`, at most `greatest_gain_db` up or
/// down. For what is there as a whole, a clip; for what is still being made there is the
/// [`Leveller`](crate::Leveller). A level that is NaN gives 0 dB.
pub fn gain_to_target_db(loudness_lufs: f64, target_lufs: f64, greatest_gain_db: f64) -> f64 {
    let gain = target_lufs - loudness_lufs;
    match gain.is_nan() || greatest_gain_db.is_nan() {
        true => 0.0,
        false => gain.min(greatest_gain_db.abs()).max(-greatest_gain_db.abs()),
    }
}
