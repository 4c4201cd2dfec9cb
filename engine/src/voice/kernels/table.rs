//! The kernels of a compiled library, looked up once.

use crate::voice::runtime::{Kernel, Library, RuntimeError};

/// The kernels of one library.
#[derive(Debug)]
pub(in crate::voice) struct Kernels {
    pub(super) product: Kernel,
    pub(super) product_gelu: Kernel,
    pub(super) product_float: Kernel,
    pub(super) recurrence: Kernel,
    pub(super) attention: Kernel,
    pub(super) layer_norm: Kernel,
    pub(super) column_sums: Kernel,
    pub(super) scale_rows: Kernel,
    pub(super) double_rows: Kernel,
    pub(super) accumulate: Kernel,
    pub(super) mean_of_blocked: Kernel,
    pub(super) spectrum: Kernel,
    pub(super) gather_hops: Kernel,
    pub(super) convolutions: [[[Kernel; 4]; 3]; 2],
}

impl Kernels {
    /// Looks all kernels up.
    ///
    /// # Errors
    /// [`RuntimeError::Missing`].
    pub(in crate::voice) fn load(library: &Library) -> Result<Self, RuntimeError> {
        macro_rules! convolutions {
            ($channels:literal, $taps:literal) => {
                [
                    library.kernel(concat!("convolution_", $channels, "_", $taps, "_1"))?,
                    library.kernel(concat!("convolution_", $channels, "_", $taps, "_3"))?,
                    library.kernel(concat!("convolution_", $channels, "_", $taps, "_5"))?,
                    library.kernel(concat!("convolution_", $channels, "_", $taps, "_residual"))?,
                ]
            };
        }
        Ok(Self {
            product: library.kernel("product")?,
            product_gelu: library.kernel("product_gelu")?,
            product_float: library.kernel("product_float")?,
            recurrence: library.kernel("recurrence")?,
            attention: library.kernel("attention")?,
            layer_norm: library.kernel("layer_norm")?,
            column_sums: library.kernel("column_sums")?,
            scale_rows: library.kernel("scale_rows")?,
            double_rows: library.kernel("double_rows")?,
            accumulate: library.kernel("accumulate")?,
            mean_of_blocked: library.kernel("mean_of_blocked")?,
            spectrum: library.kernel("spectrum")?,
            gather_hops: library.kernel("gather_hops")?,
            convolutions: [
                [
                    convolutions!("256", "3"),
                    convolutions!("256", "7"),
                    convolutions!("256", "11"),
                ],
                [
                    convolutions!("128", "3"),
                    convolutions!("128", "7"),
                    convolutions!("128", "11"),
                ],
            ],
        })
    }
}
