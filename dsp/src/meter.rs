//! A level meter for the realtime callback: peak and RMS, cheap enough to be always on.
//!
//! The renderer measures every block that it hands to the device and takes the level a few times a second for
//! whoever shows it. There is no ballistics here: how fast a needle falls is the display's business.

/// Blocks are measured this many frames at a time, so that the sums are independent and vectorise.
const LANES: usize = 8;

/// The level of the frames since it was last asked for.
///
/// 480 frames (10 ms at 48 kHz) take about 125 ns.
#[derive(Debug, Clone, Default)]
pub struct LevelMeter {
    peak: f32,
    squares: f64,
    frames: u64,
}

/// The level of a stretch of signal, 1.0 being full scale. Silence is 0 in both.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Level {
    /// The greatest magnitude of a sample.
    pub peak: f32,
    /// The root of the mean of the squares; 0.707 for a sine of full scale.
    pub rms: f32,
}

impl LevelMeter {
    /// A meter that has not measured anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a block. NaN and infinities count as silence.
    pub fn measure(&mut self, block: &[f32]) {
        let mut peaks = [0.0_f32; LANES];
        let mut squares = [0.0_f64; LANES];
        let (chunks, rest) = block.as_chunks::<LANES>();
        for chunk in chunks {
            add(&mut peaks, &mut squares, chunk);
        }
        add(&mut peaks, &mut squares, rest);
        self.peak = peaks.iter().fold(self.peak, |peak, lane| peak.max(*lane));
        self.squares += squares.iter().sum::<f64>();
        self.frames += block.len() as u64;
    }

    /// The level of all that was measured since the last call; silence if that was nothing.
    pub fn take(&mut self) -> Level {
        let Self {
            peak,
            squares,
            frames,
        } = std::mem::take(self);
        match frames {
            0 => Level::default(),
            _ => Level {
                peak,
                rms: (squares / frames as f64).sqrt() as f32,
            },
        }
    }
}

fn add(peaks: &mut [f32; LANES], squares: &mut [f64; LANES], samples: &[f32]) {
    for ((peak, square), sample) in peaks.iter_mut().zip(squares).zip(samples) {
        let magnitude = match sample.abs() <= f32::MAX {
            true => sample.abs(),
            false => 0.0,
        };
        *peak = if magnitude > *peak { magnitude } else { *peak };
        // In f64 the square of any f32 is finite.
        *square += f64::from(magnitude) * f64::from(magnitude);
    }
}

impl Level {
    /// The peak in dBFS; negative infinity for silence.
    pub fn peak_dbfs(&self) -> f32 {
        20.0 * self.peak.log10()
    }

    /// The RMS level in dB below a constant of full scale; negative infinity for silence. A sine of full scale
    /// has −3.01 dB.
    pub fn rms_dbfs(&self) -> f32 {
        20.0 * self.rms.log10()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sine_of_full_scale_reads_0_and_minus_3_db() {
        let sine: Vec<f32> = (0..480)
            .map(|n| (n as f32 * std::f32::consts::TAU / 48.0).sin())
            .collect();
        let mut meter = LevelMeter::new();
        meter.measure(&sine);
        let level = meter.take();
        assert!(level.peak_dbfs().abs() < 1e-4);
        assert!((level.rms_dbfs() + 3.0103).abs() < 1e-3);
    }

    #[test]
    fn taking_starts_afresh_and_nothing_is_silence() {
        let mut meter = LevelMeter::new();
        meter.measure(&[0.5, -1.0]);
        assert_eq!(meter.take().peak, 1.0);
        assert_eq!(meter.take(), Level::default());
        assert_eq!(meter.take().rms_dbfs(), f32::NEG_INFINITY);
    }

    proptest! {
        /// The simple definition, whatever the samples and however they are cut. The rounding of the sums
        /// depends on the cuts, which an f32 does not show but in its last bits.
        #[test]
        fn is_the_definition(
            samples in prop::collection::vec(any::<f32>(), 1..200),
            cut in 0_usize..200,
        ) {
            let finite = |s: &f32| if s.is_finite() { f64::from(*s) } else { 0.0 };
            let peak = samples.iter().map(finite).fold(0.0, |p, s| s.abs().max(p));
            let squares: f64 = samples.iter().map(finite).map(|s| s * s).sum();
            let rms = (squares / samples.len() as f64).sqrt();
            let (head, tail) = samples.split_at(cut.min(samples.len()));
            let mut meter = LevelMeter::new();
            meter.measure(head);
            meter.measure(tail);
            let level = meter.take();
            prop_assert_eq!(f64::from(level.peak), peak);
            prop_assert!((f64::from(level.rms) - rms).abs() <= 1e-6 * rms);
            prop_assert!(level.rms.is_finite() && level.rms <= level.peak * (1.0 + 1e-6));
        }
    }
}
