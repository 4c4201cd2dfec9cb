//! Sample formats of devices.

use utter_dsp::quantise;

/// A sample that a device takes.
pub(crate) trait DeviceSample: Copy + Send + 'static {
    /// Converts a sample; full scale is ±1.0.
    fn from_f32(sample: f32) -> Self;
}

impl DeviceSample for f32 {
    fn from_f32(sample: f32) -> Self {
        sample
    }
}

impl DeviceSample for f64 {
    fn from_f32(sample: f32) -> Self {
        sample.into()
    }
}

impl DeviceSample for cpal::I24 {
    fn from_f32(sample: f32) -> Self {
        Self::new_unchecked(quantise::<24>(sample))
    }
}

impl DeviceSample for cpal::U24 {
    fn from_f32(sample: f32) -> Self {
        Self::new_unchecked(quantise::<24>(sample) + (1 << 23))
    }
}

/// Signed integers, and unsigned ones whose silence lies in the middle of their range.
macro_rules! integer_sample {
    ($signed:ty, $unsigned:ty, $bits:literal) => {
        impl DeviceSample for $signed {
            fn from_f32(sample: f32) -> Self {
                quantise::<$bits>(sample) as $signed
            }
        }

        impl DeviceSample for $unsigned {
            fn from_f32(sample: f32) -> Self {
                (quantise::<$bits>(sample) as $unsigned) ^ (1 << ($bits - 1))
            }
        }
    };
}

integer_sample!(i8, u8, 8);
integer_sample!(i16, u16, 16);
integer_sample!(i32, u32, 32);
