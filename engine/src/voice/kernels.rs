//! The kernels as functions: what each computes, how its arguments are laid out, and whether they fit.
//!
//! The definitions are in `artifacts/kokoro/*.py`, with the same names. Every length that a kernel will touch is checked
//! here before the call, so that the stages cannot reach outside a buffer; then it is asked whether the chunk is still wanted, so that a
//! chunk is given up between two kernels, a few milliseconds at most after the request.

use super::memory::{Constant, View};
use super::runtime::{Argument, Kernel, Library, RuntimeError};
use Argument::{Buffer as Data, Integer, Real};

/// Channels in a group, columns in a panel.
pub(super) const GROUP: usize = 16;

/// Rows in a register tile; kernels may read up to one less past the last row.
pub(super) const TILE_ROWS: usize = 6;

/// Blocks that a convolution works on at a time, for 256 channels and for 128: their spectra fill about half of a
/// processor's second-level cache. Multiples of 30.
const CONVOLUTION_BLOCKS: [usize; 2] = [90, 60];

/// `n` rounded up to whole groups.
pub(super) fn whole_groups(n: usize) -> usize {
    n.next_multiple_of(GROUP)
}

/// Floats in a buffer of `rows` rows of which a product reads whole register tiles.
pub(super) fn padded_rows(rows: usize) -> usize {
    rows + TILE_ROWS
}

/// Rows of floats in a buffer: where the first begins, and how far it is from one to the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    /// The buffer.
    pub(super) view: View<'a>,
    /// Where the first row begins.
    pub(super) at: usize,
    /// Floats from row to row.
    pub(super) row: usize,
    /// Floats from one group of 16 channels to the next: 16 in ordinary rows.
    pub(super) group: usize,
}

impl<'a> Rows<'a> {
    /// Ordinary rows of `row` floats from the beginning of a buffer.
    pub(super) fn new(view: View<'a>, row: usize) -> Self {
        Self {
            view,
            at: 0,
            row,
            group: GROUP,
        }
    }

    /// The blocked layout `[channels/16][frames][16]`.
    pub(super) fn blocked(view: View<'a>, frames: usize) -> Self {
        Self {
            view,
            at: 0,
            row: GROUP,
            group: GROUP * frames,
        }
    }

    /// The same rows, the first one `floats` further on.
    pub(super) fn from(self, floats: usize) -> Self {
        Self {
            at: self.at + floats,
            ..self
        }
    }

    /// The same with `row` floats from row to row: every second row, or overlapping ones.
    pub(super) fn every(self, row: usize) -> Self {
        Self { row, ..self }
    }

    /// Where `rows` rows of `groups` groups of 16 end, for kernels that take the distance of groups.
    fn end(&self, rows: usize, groups: usize) -> usize {
        self.at + rows.saturating_sub(1) * self.row + groups.saturating_sub(1) * self.group + GROUP
    }

    /// Where `rows` rows of `width` floats without gaps end, for kernels that know only such rows.
    fn end_of_rows(&self, rows: usize, width: usize) -> usize {
        self.at + rows.saturating_sub(1) * self.row + width
    }
}

/// A linear map, packed: panels `[columns/16][depth][16]`, and scale, zero and bias of each column.
#[derive(Debug)]
pub(super) struct Linear {
    pub(super) weight: Constant,
    pub(super) columns: Constant,
    pub(super) depth: usize,
    pub(super) panels: usize,
}

/// What a product adds to its result.
#[derive(Debug, Clone, Copy)]
pub(super) struct Residual<'a> {
    /// Where it is; may be where the result goes.
    pub(super) rows: Rows<'a>,
    /// What it is multiplied by.
    pub(super) gain: f32,
    /// Output row r takes row `r >> shift`.
    pub(super) shift: usize,
}

/// One convolution of the vocoder, with the norm's affine and the snake activation before it.
#[derive(Debug)]
pub(super) struct Convolution {
    pub(super) weight: Constant,
    pub(super) bias: Constant,
    pub(super) snake: Constant,
    /// 256 or 128.
    pub(super) channels: usize,
    /// 3, 7 or 11.
    pub(super) taps: usize,
    /// 1, 3 or 5.
    pub(super) dilation: usize,
    /// Adds its second input (the dilation is 1 then).
    pub(super) residual: bool,
}

impl Convolution {
    fn planes(&self) -> usize {
        if self.taps == 3 { 8 } else { 47 }
    }

    fn blocks(&self) -> usize {
        let blocks = CONVOLUTION_BLOCKS[usize::from(self.channels == 128)];
        if self.taps == 3 { 4 * blocks } else { blocks }
    }

    /// Floats of scratch for its spectra, and as many for its products.
    pub(super) fn scratch(&self) -> usize {
        // Tiles of the last blocks end with the plane, since `blocks` is whole tiles; what lies behind the last plane is
        // prefetched at most.
        self.planes() * (self.blocks() * self.channels + GROUP)
    }
}

/// The kernels of one library.
#[derive(Debug)]
pub(super) struct Kernels {
    product: Kernel,
    product_gelu: Kernel,
    product_float: Kernel,
    recurrence: Kernel,
    attention: Kernel,
    layer_norm: Kernel,
    column_sums: Kernel,
    scale_rows: Kernel,
    double_rows: Kernel,
    mean_of_blocked: Kernel,
    spectrum: Kernel,
    gather_hops: Kernel,
    convolutions: [[[Kernel; 4]; 3]; 2],
}

impl Kernels {
    /// Looks all kernels up.
    ///
    /// # Errors
    /// [`RuntimeError::Missing`].
    pub(super) fn load(library: &Library) -> Result<Self, RuntimeError> {
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

/// The kernels, and the flag that ends a chunk early: what every stage computes with.
#[derive(Clone, Copy)]
pub(super) struct Executor<'a> {
    pub(super) kernels: &'a Kernels,
    /// Whether the chunk is no longer wanted.
    pub(super) cancelled: &'a dyn Fn() -> bool,
}

type Outcome = Result<(), RuntimeError>;

/// (name, elements the kernel touches, the buffer)
type Extent<'a> = (&'static str, usize, View<'a>);

impl Executor<'_> {
    fn call(&self, kernel: &Kernel, extents: &[Extent<'_>], arguments: &[Argument<'_>]) -> Outcome {
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
        unsafe { kernel.call(arguments) }
    }

    /// Y = A · weights + bias: `rows` rows of `map.depth` floats each from `a`, to rows of 16 · `map.panels` floats.
    pub(super) fn product(&self, map: &Linear, a: Rows<'_>, y: Rows<'_>, rows: usize) -> Outcome {
        self.product_with(map, a, y, rows, None)
    }

    /// The same, plus a residual.
    pub(super) fn product_plus(
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
    pub(super) fn product_gelu(&self, map: &Linear, a: Rows<'_>, y: Rows<'_>, rows: usize) -> Outcome {
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
        let read = a.at + (rows.next_multiple_of(TILE_ROWS) - 1) * a.row + map.depth;
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
        self.call(kernel, &extents, &arguments)
    }

    /// A bidirectional LSTM's recurrence: `gates` are its input products, `states` receives 512 floats a step.
    pub(super) fn recurrence(
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
        self.call(&self.kernels.recurrence, &extents, &arguments)
    }

    /// Attention of 12 heads of 64 over `tokens` rows `[3][12][64]`; `scratch` as long as [`attention_scratch`] says.
    pub(super) fn attention(
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
        self.call(
            &self.kernels.attention,
            &extents,
            &[a, b, c, d, e, Integer(tokens)],
        )
    }

    /// Layer norm over `channels` floats of each row, gamma and beta in `parameters`, then a leaky rectifier.
    pub(super) fn layer_norm(
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
    pub(super) fn column_sums(&self, x: Rows<'_>, sums: View<'_>, rows: usize, groups: usize) -> Outcome {
        let extents = [
            ("input", x.end(rows, groups), x.view),
            ("sums", 2 * GROUP * groups, sums),
        ];
        let [a, b] = extents.map(|(_, _, view)| Data(view));
        let [n, g, at, row, group] = [rows, groups, x.at, x.row, x.group].map(Integer);
        self.call(&self.kernels.column_sums, &extents, &[a, b, n, g, at, row, group])
    }

    /// y = leaky(scale · x + shift) for each channel, `affine` being `[2][16 · groups]`.
    pub(super) fn scale_rows(
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
    pub(super) fn double_rows(
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

    /// y = leaky((a + b + c) / 3), from the blocked layout to rows.
    pub(super) fn mean_of_blocked(
        &self,
        inputs: [View<'_>; 3],
        y: Rows<'_>,
        (rows, groups): (usize, usize),
        slope: f32,
    ) -> Outcome {
        let [a, b, c] = inputs.map(|view| ("input", rows * groups * GROUP, view));
        let extents = [a, b, c, ("output", y.end_of_rows(rows, GROUP * groups), y.view)];
        let [a, b, c, d] = extents.map(|(_, _, view)| Data(view));
        let [n, g, ya, yr] = [rows, groups, y.at, y.row].map(Integer);
        self.call(
            &self.kernels.mean_of_blocked,
            &extents,
            &[a, b, c, d, n, g, ya, yr, Real(slope)],
        )
    }

    /// Rows of 16 log magnitudes and 16 phases to rows of 16 real and 16 imaginary parts.
    pub(super) fn spectrum(&self, x: View<'_>, y: Rows<'_>, rows: usize) -> Outcome {
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
    pub(super) fn gather_hops(&self, x: View<'_>, audio: View<'_>, rows: usize) -> Outcome {
        let extents = [("input", rows * GROUP, x), ("audio", rows * 5, audio)];
        let [a, b] = extents.map(|(_, _, view)| Data(view));
        self.call(&self.kernels.gather_hops, &extents, &[a, b, Integer(rows)])
    }

    /// One convolution of the vocoder over `frames` frames in the blocked layout; see `artifacts/kokoro/convolution.py`.
    /// `sums` receives what the next norm needs.
    pub(super) fn convolution(&self, layer: &Convolution, call: &ConvolutionCall<'_>) -> Outcome {
        let channels = layer.channels;
        let which = if layer.residual { 3 } else { layer.dilation / 2 };
        let kernel = &self.kernels.convolutions[usize::from(channels == 128)][layer.taps / 4][which];
        let (size, weights) = (channels * call.frames, layer.planes() * channels * channels);
        let extents = [
            ("input", size, call.x),
            ("residual", size, call.residual),
            ("output", size, call.y),
            ("affine", 2 * channels, call.affine),
            ("snake", 2 * channels, layer.snake.view()),
            ("weights", weights, layer.weight.view()),
            ("bias", channels, layer.bias.view()),
            ("sums", 2 * channels, call.sums),
            ("spectra", layer.scratch(), call.scratch[0]),
            ("products", layer.scratch(), call.scratch[1]),
        ];
        let mut arguments = [Integer(call.frames); 12];
        arguments[..10].copy_from_slice(&extents.map(|(_, _, view)| Data(view)));
        arguments[11] = Integer(layer.blocks());
        self.call(kernel, &extents, &arguments)
    }
}

/// The buffers of one convolution.
#[derive(Debug, Clone, Copy)]
pub(super) struct ConvolutionCall<'a> {
    pub(super) x: View<'a>,
    pub(super) residual: View<'a>,
    pub(super) y: View<'a>,
    pub(super) affine: View<'a>,
    pub(super) sums: View<'a>,
    pub(super) scratch: [View<'a>; 2],
    pub(super) frames: usize,
}

/// Floats that attention over `tokens` tokens needs for keys, values and scores.
pub(super) fn attention_scratch(tokens: usize) -> [usize; 3] {
    let padded = whole_groups(tokens);
    [768 * padded, 768 * padded, 12 * TILE_ROWS * padded]
}
