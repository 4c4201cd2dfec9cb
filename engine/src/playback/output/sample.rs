//! Sample formats of devices.

use std::fmt;
use utter_dsp::quantise;

/// The type of a sample, as devices take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SampleFormat {
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// 32-bit signed integer.
    I32,
    /// 24-bit signed integer in 32 bits.
    I24,
    /// 16-bit signed integer.
    I16,
    /// 8-bit signed integer.
    I8,
    /// 32-bit unsigned integer.
    U32,
    /// 24-bit unsigned integer in 32 bits.
    U24,
    /// 16-bit unsigned integer.
    U16,
    /// 8-bit unsigned integer.
    U8,
}

impl SampleFormat {
    /// All formats, those that we prefer first: no conversion, then by resolution, signed before unsigned.
    pub const BY_PREFERENCE: [Self; 10] = [
        Self::F32,
        Self::I32,
        Self::F64,
        Self::I24,
        Self::I16,
        Self::U32,
        Self::U24,
        Self::U16,
        Self::I8,
        Self::U8,
    ];
}

impl fmt::Display for SampleFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A sample that a device takes. Integers are rounded and clipped as in [`utter_dsp::quantise`]; floats are
/// passed on.
pub trait DeviceSample: Copy + Send + 'static {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_scale_and_silence_of_every_format() {
        fn values<T: DeviceSample>() -> [T; 3] {
            [T::from_f32(-1.0), T::from_f32(0.0), T::from_f32(1.0)]
        }
        assert_eq!(values::<i8>(), [-128, 0, 127]);
        assert_eq!(values::<u8>(), [0, 128, 255]);
        assert_eq!(values::<i16>(), [-32_768, 0, 32_767]);
        assert_eq!(values::<u16>(), [0, 32_768, 65_535]);
        assert_eq!(values::<i32>(), [i32::MIN, 0, i32::MAX]);
        assert_eq!(values::<u32>(), [0, 1 << 31, u32::MAX]);
        assert_eq!(values::<f32>(), [-1.0, 0.0, 1.0]);
        assert_eq!(values::<f64>(), [-1.0, 0.0, 1.0]);
    }
}
