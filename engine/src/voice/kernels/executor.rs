//! Calling kernels: each as a function that knows its arguments' order and which lengths it will touch.

use Argument::{Buffer as Data, Integer, Real};

use super::layout::{
    Convolution, ConvolutionCall, GROUP, Linear, Residual, Rows, TILE_ROWS, attention_scratch,
};
use super::ledger::{Cost, Ledger};
use super::table::Kernels;
use crate::voice::memory::{Constant, View};
use crate::voice::runtime::{Argument, Kernel, RuntimeError};

/// The kernels, and the flag that ends a chunk early: what every stage computes with.
#[derive(Clone, Copy)]
pub(in crate::voice) struct Executor<'a> {
    pub(in crate::voice) kernels: &'a Kernels,
    /// Whether the chunk is no longer wanted.
    pub(in crate::voice) cancelled: &'a dyn Fn() -> bool,
    /// Who is told of each call.
    pub(in crate::voice) ledger: &'a Ledger,
}

type Outcome = Result<(), RuntimeError>;

/// (name, elements the kernel touches, the buffer)
type Extent<'a> = (&'static str, usize, View<'a>);

impl Executor<'_> {
    /// A call that multiplies no matrices.
    fn call(&self, kernel: &Kernel, extents: &[Extent<'_>], arguments: &[Argument<'_>]) -> Outcome {
        let cost = Cost {
            multiply_adds: 0,
            bytes: bytes(extents),
        };
        self.call_at(cost, kernel, extents, arguments)
    }

    fn call_at(
        &self,
        cost: Cost,
        kernel: &Kernel,
        extents: &[Extent<'_>],
        arguments: &[Argument<'_>],
    ) -> Outcome {
        if (self.cancelled)() {
            return Err(RuntimeError::Cancelled);
        }
        for &(argument, needed, view) in extents {
            if needed > view.length || needed > i32::MAX as usize {
                return Err(RuntimeError::Bounds {
                    name: kernel.name(),
                    argument,
                    needed,
                    length: view.length,
                });
            }
        }
        // SAFETY: the extents are all that the kernel touches, and were just checked; the methods below say which buffers it
        // writes, and stages borrow none of those while it runs.
        let call = || unsafe { kernel.call(arguments) };
        self.ledger.enter(kernel.name(), cost, call)
    }

    /// Y = A · weights + bias: `rows` rows of `map.depth` floats each from `a`, to rows of 16 · `map.panels` floats.
    pub(in crate::voice) fn product(&self, map: &Linear, a: Rows<'_>, y: Rows<'_>, rows: usize) -> Outcome {
        self.product_with(map, a, y, rows, None)
    }

    /// The same, plus a residual.
    pub(in crate::voice) fn product_plus(
        &self,
        map: &Linear,
        a: Rows<'_>,
        y: Rows<'_>,
        rows: usize,
        residual: Residual<'_>,
    ) -> Outcome {
        self.product_with(map, a, y, rows, Some(residual))
    }

    /// Y = GELU(A · weights + bias).
    pub(in crate::voice) fn product_gelu(
        &self,
        map: &Linear,
        a: Rows<'_>,
        y: Rows<'_>,
        rows: usize,
    ) -> Outcome {
        self.multiply(&self.kernels.product_gelu, map, a, y, rows, None)
    }

    fn product_with(
        &self,
        map: &Linear,
        a: Rows<'_>,
        y: Rows<'_>,
        rows: usize,
        residual: Option<Residual<'_>>,
    ) -> Outcome {
        let kernel = if map.weight.is_float() {
            &self.kernels.product_float
        } else {
            &self.kernels.product
        };
        self.multiply(kernel, map, a, y, rows, residual)
    }

    fn multiply(
        &self,
        kernel: &Kernel,
        map: &Linear,
        a: Rows<'_>,
        y: Rows<'_>,
        rows: usize,
        residual: Option<Residual<'_>>,
    ) -> Outcome {
        if rows == 0 {
            return Ok(());
        }
        let read = a.at + (rows - 1) * a.row + map.depth;
        let Residual { rows: r, gain, shift } = residual.unwrap_or(Residual {
            rows: y,
            gain: 0.0,
            shift: 0,
        });
        let extents = [
            ("input", read, a.view),
            ("weights", map.panels * map.depth * GROUP, map.weight.view()),
            ("columns", map.panels * 3 * GROUP, map.columns.view()),
            ("residual", r.end(((rows - 1) >> shift) + 1, map.panels), r.view),
            ("output", y.end(rows, map.panels), y.view),
        ];
        let buffers = extents.map(|(_, _, view)| Data(view));
        let sizes = [
            rows, map.depth, map.panels, a.at, a.row, y.at, y.row, y.group, r.at, r.row, r.group, shift,
        ];
        let mut arguments = [Real(gain); 18];
        arguments[..5].copy_from_slice(&buffers);
        arguments[5..17].copy_from_slice(&sizes.map(Integer));
        let touched = if gain == 0.0 {
            [0, 1, 2, 4].as_slice()
        } else {
            &[0, 1, 2, 3, 4]
        };
        let cost = Cost {
            multiply_adds: rows * map.depth * map.panels * GROUP,
            bytes: touched.iter().map(|&i| bytes(&extents[i..=i])).sum(),
        };
        self.call_at(cost, kernel, &extents, &arguments)
    }

    /// A bidirectional LSTM's recurrence: `gates` are its input products, `states` receives 512 floats a step.
    pub(in crate::voice) fn recurrence(
        &self,
        (state, scales): (&Constant, &Constant),
        gates: View<'_>,
        states: Rows<'_>,
        steps: usize,
    ) -> Outcome {
        let extents = [
            ("gates", steps * 2048, gates),
            ("weights", 2 * 256 * 1024, state.view()),
            ("scales", 4, scales.view()),
            ("states", states.end_of_rows(steps, 512), states.view),
        ];
        let [gates, state, scales, out] = extents.map(|(_, _, view)| Data(view));
        let arguments = [
            gates,
            state,
            scales,
            out,
            Integer(steps),
            Integer(states.at),
            Integer(states.row),
        ];
        let cost = Cost {
            multiply_adds: steps * 2 * 256 * 1024,
            bytes: bytes(&extents),
        };
        self.call_at(cost, &self.kernels.recurrence, &extents, &arguments)
    }

    /// Attention of 12 heads of 64 over `tokens` rows `[3][12][64]`; `scratch` as long as [`attention_scratch`] says.
    pub(in crate::voice) fn attention(
        &self,
        qkv: View<'_>,
        scratch: [View<'_>; 3],
        out: View<'_>,
        tokens: usize,
    ) -> Outcome {
        let rows = tokens.next_multiple_of(TILE_ROWS);
        let [keys, values, scores] = scratch;
        let needed = attention_scratch(tokens);
        let extents = [
            ("qkv", rows * 2304, qkv),
            ("keys", needed[0], keys),
            ("values", needed[1], values),
            ("scores", needed[2], scores),
            ("out", rows * 768, out),
        ];
        let [a, b, c, d, e] = extents.map(|(_, _, view)| Data(view));
        let cost = Cost {
            multiply_adds: 2 * tokens * tokens * 768,
            bytes: bytes(&[extents[0], extents[4]]),
        };
        self.call_at(
            cost,
            &self.kernels.attention,
            &extents,
            &[a, b, c, d, e, Integer(tokens)],
        )
    }

    /// Layer norm over `channels` floats of each row, gamma and beta in `parameters`, then a leaky rectifier.
    pub(in crate::voice) fn layer_norm(
        &self,
        x: Rows<'_>,
        parameters: View<'_>,
        y: Rows<'_>,
        (rows, channels): (usize, usize),
        (epsilon, slope): (f32, f32),
    ) -> Outcome {
        let extents = [
            ("input", x.end_of_rows(rows, channels), x.view),
            ("parameters", 2 * channels, parameters),
            ("output", y.end_of_rows(rows, channels), y.view),
        ];
        let [a, p, b] = extents.map(|(_, _, view)| Data(view));
        let [n, c, xa, xr, ya, yr] = [rows, channels, x.at, x.row, y.at, y.row].map(Integer);
        self.call(
            &self.kernels.layer_norm,
            &extents,
            &[a, p, b, n, c, xa, xr, ya, yr, Real(epsilon), Real(slope)],
        )
    }

    /// Σ x and Σ x² of each channel over `rows` rows, to `sums` `[2][16 · groups]`.
    pub(in crate::voice) fn column_sums(
        &self,
        x: Rows<'_>,
        sums: View<'_>,
        rows: usize,
        groups: usize,
    ) -> Outcome {
        let extents = [
            ("input", x.end(rows, groups), x.view),
            ("sums", 2 * GROUP * groups, sums),
        ];
        let [a, b] = extents.map(|(_, _, view)| Data(view));
        let [n, g, at, row, group] = [rows, groups, x.at, x.row, x.group].map(Integer);
        self.call(&self.kernels.column_sums, &extents, &[a, b, n, g, at, row, group])
    }

    /// y = leaky(scale · x + shift) for each channel, `affine` being `[2][16 · groups]`.
    pub(in crate::voice) fn scale_rows(
        &self,
        x: Rows<'_>,
        affine: View<'_>,
        y: Rows<'_>,
        (rows, groups): (usize, usize),
        slope: f32,
    ) -> Outcome {
        let extents = [
            ("input", x.end_of_rows(rows, GROUP * groups), x.view),
            ("affine", 2 * GROUP * groups, affine),
            ("output", y.end_of_rows(rows, GROUP * groups), y.view),
        ];
        let [a, f, b] = extents.map(|(_, _, view)| Data(view));
        let [n, g, xa, xr, ya, yr] = [rows, groups, x.at, x.row, y.at, y.row].map(Integer);
        self.call(
            &self.kernels.scale_rows,
            &extents,
            &[a, f, b, n, g, xa, xr, ya, yr, Real(slope)],
        )
    }

    /// The same, then a depth-wise transposed convolution to twice as many rows; `taps` is `[4][16 · groups]`.
    pub(in crate::voice) fn double_rows(
        &self,
        x: Rows<'_>,
        (affine, taps): (View<'_>, &Constant),
        y: Rows<'_>,
        (rows, groups): (usize, usize),
        slope: f32,
    ) -> Outcome {
        let extents = [
            ("input", x.end_of_rows(rows, GROUP * groups), x.view),
            ("affine", 2 * GROUP * groups, affine),
            ("taps", 4 * GROUP * groups, taps.view()),
            ("output", y.end_of_rows(2 * rows, GROUP * groups), y.view),
        ];
        let [a, f, t, b] = extents.map(|(_, _, view)| Data(view));
        let [n, g, xa, xr, ya, yr] = [rows, groups, x.at, x.row, y.at, y.row].map(Integer);
        self.call(
            &self.kernels.double_rows,
            &extents,
            &[a, f, t, b, n, g, xa, xr, ya, yr, Real(slope)],
        )
    }

    /// y += x, for `floats` floats, a multiple of 16.
    pub(in crate::voice) fn accumulate(&self, x: View<'_>, y: View<'_>, floats: usize) -> Outcome {
        let extents = [("input", floats, x), ("output", floats, y)];
        let [a, b] = extents.map(|(_, _, view)| Data(view));
        self.call(&self.kernels.accumulate, &extents, &[a, b, Integer(floats)])
    }

    /// y = leaky((a + b) / 3), from the blocked layout to rows; `a` is the sum of two.
    pub(in crate::voice) fn mean_of_blocked(
        &self,
        inputs: [View<'_>; 2],
        y: Rows<'_>,
        (rows, groups): (usize, usize),
        slope: f32,
    ) -> Outcome {
        let [a, b] = inputs.map(|view| ("input", rows * groups * GROUP, view));
        let extents = [a, b, ("output", y.end_of_rows(rows, GROUP * groups), y.view)];
        let [a, b, c] = extents.map(|(_, _, view)| Data(view));
        let [n, g, ya, yr] = [rows, groups, y.at, y.row].map(Integer);
        self.call(
            &self.kernels.mean_of_blocked,
            &extents,
            &[a, b, c, n, g, ya, yr, Real(slope)],
        )
    }

    /// Rows of 16 log magnitudes and 16 phases to rows of 16 real and 16 imaginary parts.
    pub(in crate::voice) fn spectrum(&self, x: View<'_>, y: Rows<'_>, rows: usize) -> Outcome {
        let extents = [
            ("input", rows * 32, x),
            ("output", y.end_of_rows(rows, 2 * GROUP), y.view),
        ];
        let [a, b] = extents.map(|(_, _, view)| Data(view));
        self.call(
            &self.kernels.spectrum,
            &extents,
            &[a, b, Integer(rows), Integer(y.at), Integer(y.row)],
        )
    }

    /// The first five floats of each row of 16, one after another.
    pub(in crate::voice) fn gather_hops(&self, x: View<'_>, audio: View<'_>, rows: usize) -> Outcome {
        let extents = [("input", rows * GROUP, x), ("audio", rows * 5, audio)];
        let [a, b] = extents.map(|(_, _, view)| Data(view));
        self.call(&self.kernels.gather_hops, &extents, &[a, b, Integer(rows)])
    }

    /// One convolution of the vocoder over `frames` frames in the blocked layout; see `artifacts/kokoro/convolution.py`.
    /// `sums` receives what the next norm needs.
    pub(in crate::voice) fn convolution(&self, layer: &Convolution, call: &ConvolutionCall<'_>) -> Outcome {
        let channels = layer.channels;
        let which = if layer.residual { 3 } else { layer.dilation / 2 };
        let kernel = &self.kernels.convolutions[usize::from(channels == 128)][layer.taps / 4][which];
        let (size, weights) = (channels * call.frames, layer.taps * channels * channels);
        let extents = [
            ("input", size, call.x),
            ("residual", size, call.residual),
            ("output", size, call.y),
            ("affine", 2 * channels, call.affine),
            ("snake", 2 * channels, layer.snake.view()),
            ("weights", weights, layer.weight.view()),
            ("quantum", 2, layer.quantum.view()),
            ("bias", channels, layer.bias.view()),
            ("sums", 2 * channels, call.sums),
            ("planes", layer.weight_scratch(), call.planes),
            ("spectra", layer.spectrum_scratch(), call.scratch[0]),
            ("products", layer.product_scratch(), call.scratch[1]),
        ];
        let mut arguments = [Integer(call.frames); 14];
        arguments[..12].copy_from_slice(&extents.map(|(_, _, view)| Data(view)));
        arguments[13] = Integer(layer.blocks());
        let cost = Cost {
            multiply_adds: layer.products(call.frames),
            bytes: (2 + usize::from(layer.residual)) * 4 * size + weights,
        };
        self.call_at(cost, kernel, &extents, &arguments)
    }
}

/// The bytes of all that a kernel touches.
fn bytes(extents: &[Extent<'_>]) -> usize {
    let of = |&(_, elements, view): &Extent<'_>| elements * view.element.size();
    extents.iter().map(of).sum()
}
