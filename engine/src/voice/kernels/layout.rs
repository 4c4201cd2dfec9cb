//! What kernels work on: rows of floats, packed linear maps, convolutions of the vocoder.

use crate::voice::memory::{Constant, View};

/// Channels in a group, columns in a panel.
pub(in crate::voice) const GROUP: usize = 16;

/// Rows in the largest register tile of any processor; attention may read up to one less past the last row.
pub(in crate::voice) const TILE_ROWS: usize = 12;

/// Blocks that a convolution works on at a time, for 256 channels and for 128, measured: fewer, and the weights are read too
/// often; more, and their spectra leave the cache. Multiples of 30.
const CONVOLUTION_BLOCKS: [usize; 2] = [30, 60];

/// `n` rounded up to whole groups.
pub(in crate::voice) fn whole_groups(n: usize) -> usize {
    n.next_multiple_of(GROUP)
}

/// Rows in a buffer of which `rows` are used. Attention reads whole register tiles; products read only the rows they are given.
pub(in crate::voice) fn padded_rows(rows: usize) -> usize {
    rows + TILE_ROWS
}

/// Rows of floats in a buffer: where the first begins, and how far it is from one to the next.
#[derive(Debug, Clone, Copy)]
pub(in crate::voice) struct Rows<'a> {
    /// The buffer.
    pub(in crate::voice) view: View<'a>,
    /// Where the first row begins.
    pub(in crate::voice) at: usize,
    /// Floats from row to row.
    pub(in crate::voice) row: usize,
    /// Floats from one group of 16 channels to the next: 16 in ordinary rows.
    pub(in crate::voice) group: usize,
}

impl<'a> Rows<'a> {
    /// Ordinary rows of `row` floats from the beginning of a buffer.
    pub(in crate::voice) fn new(view: View<'a>, row: usize) -> Self {
        Self {
            view,
            at: 0,
            row,
            group: GROUP,
        }
    }

    /// The blocked layout `[channels/16][frames][16]`.
    pub(in crate::voice) fn blocked(view: View<'a>, frames: usize) -> Self {
        Self {
            view,
            at: 0,
            row: GROUP,
            group: GROUP * frames,
        }
    }

    /// The same rows, the first one `floats` further on.
    pub(in crate::voice) fn from(self, floats: usize) -> Self {
        Self {
            at: self.at + floats,
            ..self
        }
    }

    /// The same with `row` floats from row to row: every second row, or overlapping ones.
    pub(in crate::voice) fn every(self, row: usize) -> Self {
        Self { row, ..self }
    }

    /// Where `rows` rows of `groups` groups of 16 end, for kernels that take the distance of groups.
    pub(super) fn end(&self, rows: usize, groups: usize) -> usize {
        self.at + rows.saturating_sub(1) * self.row + groups.saturating_sub(1) * self.group + GROUP
    }

    /// Where `rows` rows of `width` floats without gaps end, for kernels that know only such rows.
    pub(super) fn end_of_rows(&self, rows: usize, width: usize) -> usize {
        self.at + rows.saturating_sub(1) * self.row + width
    }
}

/// A linear map, packed: panels `[columns/16][depth][16]`, and scale, zero and bias of each column.
#[derive(Debug)]
pub(in crate::voice) struct Linear {
    pub(in crate::voice) weight: Constant,
    pub(in crate::voice) columns: Constant,
    pub(in crate::voice) depth: usize,
    pub(in crate::voice) panels: usize,
}

/// What a product adds to its result.
#[derive(Debug, Clone, Copy)]
pub(in crate::voice) struct Residual<'a> {
    /// Where it is; may be where the result goes.
    pub(in crate::voice) rows: Rows<'a>,
    /// What it is multiplied by.
    pub(in crate::voice) gain: f32,
    /// Output row r takes row `r >> shift`.
    pub(in crate::voice) shift: usize,
}

/// One convolution of the vocoder, with the norm's affine and the snake activation before it.
#[derive(Debug)]
pub(in crate::voice) struct Convolution {
    /// The model's own 8-bit integers.
    pub(in crate::voice) weight: Constant,
    /// Their scale and zero point.
    pub(in crate::voice) quantum: Constant,
    pub(in crate::voice) bias: Constant,
    pub(in crate::voice) snake: Constant,
    /// 256 or 128.
    pub(in crate::voice) channels: usize,
    /// 3, 7 or 11.
    pub(in crate::voice) taps: usize,
    /// 1, 3 or 5.
    pub(in crate::voice) dilation: usize,
    /// Adds its second input (the dilation is 1 then).
    pub(in crate::voice) residual: bool,
}

impl Convolution {
    pub(super) fn planes(&self) -> usize {
        if self.taps == 3 { 8 } else { 47 }
    }

    /// Outputs of a block of time.
    fn outputs(&self) -> usize {
        if self.taps == 3 { 6 } else { 33 - self.taps }
    }

    /// Multiplications in its products, for so many frames.
    pub(super) fn products(&self, frames: usize) -> usize {
        let blocks = frames.div_ceil(self.dilation * self.outputs()) * self.dilation;
        self.planes() * self.channels * self.channels * blocks
    }

    pub(super) fn blocks(&self) -> usize {
        let blocks = CONVOLUTION_BLOCKS[usize::from(self.channels == 128)];
        if self.taps == 3 { 4 * blocks } else { blocks }
    }

    /// Planes of its transformed weights, and as many of its products.
    fn weight_planes(&self) -> usize {
        if self.taps == 3 { 8 } else { 32 }
    }

    /// Floats of scratch for its transformed weights.
    pub(in crate::voice) fn weight_scratch(&self) -> usize {
        self.weight_planes() * (self.channels * self.channels + GROUP)
    }

    /// Floats of scratch for its spectra.
    pub(in crate::voice) fn spectrum_scratch(&self) -> usize {
        // Tiles of the last blocks end with the plane, since `blocks` is whole tiles; what lies behind the last plane is
        // prefetched at most.
        self.planes() * self.plane()
    }

    /// Floats of scratch for its products.
    pub(in crate::voice) fn product_scratch(&self) -> usize {
        self.weight_planes() * self.plane()
    }

    fn plane(&self) -> usize {
        self.blocks() * self.channels + GROUP
    }
}

/// The buffers of one convolution.
#[derive(Debug, Clone, Copy)]
pub(in crate::voice) struct ConvolutionCall<'a> {
    pub(in crate::voice) x: View<'a>,
    pub(in crate::voice) residual: View<'a>,
    pub(in crate::voice) y: View<'a>,
    pub(in crate::voice) affine: View<'a>,
    pub(in crate::voice) sums: View<'a>,
    pub(in crate::voice) planes: View<'a>,
    pub(in crate::voice) scratch: [View<'a>; 2],
    pub(in crate::voice) frames: usize,
}

/// Floats that attention over `tokens` tokens needs for keys, values and scores.
pub(in crate::voice) fn attention_scratch(tokens: usize) -> [usize; 3] {
    let padded = whole_groups(tokens);
    [768 * padded, 768 * padded, 12 * TILE_ROWS * padded]
}
