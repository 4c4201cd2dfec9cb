//! The layers that stages are made of: linear maps, LSTMs, and norms whose scale and shift come from the style.

use std::sync::Arc;

use crate::voice::artifacts::Weights;
use crate::voice::error::VoiceError;
use crate::voice::kernels::{Executor, GROUP, Linear, Rows, padded_rows};
use crate::voice::memory::{Buffer, Constant, View};
use crate::voice::runtime::RuntimeError;

/// Epsilon of the norms whose scale and shift come from the style, and of the text encoder's.
pub(super) const EPSILON: f32 = 1e-5;

/// The tensor `name`, which must have `length` elements.
pub(super) fn constant(weights: &Arc<Weights>, name: &str, length: usize) -> Result<Constant, VoiceError> {
    let constant = Constant::find(weights, name)?;
    if constant.view().length != length {
        let found = constant.view().length;
        return Err(VoiceError::weights(
            name,
            format!("it has {found} elements instead of {length}"),
        ));
    }
    Ok(constant)
}

/// The float tensor `name` of `length` elements.
pub(super) fn floats(weights: &Arc<Weights>, name: &str, length: usize) -> Result<Constant, VoiceError> {
    let constant = constant(weights, name, length)?;
    if !constant.is_float() {
        return Err(VoiceError::weights(name, "it is not of 32-bit floats"));
    }
    Ok(constant)
}

/// The linear map `name` from `depth` inputs to `columns` outputs (rounded up to whole panels).
pub(super) fn linear(
    weights: &Arc<Weights>,
    name: &str,
    depth: usize,
    columns: usize,
) -> Result<Linear, VoiceError> {
    let tensor = format!("{name}.weight");
    let weight = Constant::find(weights, &tensor)?;
    let panels = columns.div_ceil(GROUP);
    if *weight.shape() != [panels, depth, GROUP] {
        return Err(VoiceError::weights(
            &tensor,
            format!(
                "its shape is {:?} instead of {:?}",
                weight.shape(),
                [panels, depth, GROUP]
            ),
        ));
    }
    let columns = floats(weights, &format!("{name}.columns"), panels * 3 * GROUP)?;
    Ok(Linear {
        weight,
        columns,
        depth,
        panels,
    })
}

/// A bidirectional LSTM of 256 units a direction.
#[derive(Debug)]
pub(super) struct Lstm {
    input: Linear,
    state: Constant,
    scales: Constant,
    gates: Buffer,
}

/// Floats of gates a step.
const GATES: usize = 2048;

impl Lstm {
    /// The LSTM `name` over `depth` inputs.
    pub(super) fn find(weights: &Arc<Weights>, name: &str, depth: usize) -> Result<Self, VoiceError> {
        Ok(Self {
            input: linear(weights, &format!("{name}.input"), depth, GATES)?,
            state: constant(weights, &format!("{name}.state"), 2 * 256 * 1024)?,
            scales: floats(weights, &format!("{name}.scales"), 4)?,
            gates: Buffer::new(),
        })
    }

    /// Runs over `steps` rows of `x`; row t of `y` receives 512 floats.
    pub(super) fn run(
        &mut self,
        executor: Executor<'_>,
        x: Rows<'_>,
        y: Rows<'_>,
        steps: usize,
    ) -> Result<(), RuntimeError> {
        self.gates.reserve(steps * GATES);
        executor.product(&self.input, x, Rows::new(self.gates.view(), GATES), steps)?;
        executor.recurrence((&self.state, &self.scales), self.gates.view(), y, steps)
    }

    /// Runs over the rows of `x` repeated `repeats[i]` times each, `steps` in all. The input products of equal rows are
    /// equal, so they are made once and copied.
    pub(super) fn run_repeated(
        &mut self,
        executor: Executor<'_>,
        x: Rows<'_>,
        (repeats, steps): (&[usize], usize),
        products: &mut Buffer,
        y: Rows<'_>,
    ) -> Result<(), RuntimeError> {
        products.reserve(repeats.len() * GATES);
        self.gates.reserve(steps * GATES);
        executor.product(&self.input, x, Rows::new(products.view(), GATES), repeats.len())?;
        repeat_rows(products.floats(), GATES, repeats, self.gates.floats_mut(), GATES);
        executor.recurrence((&self.state, &self.scales), self.gates.view(), y, steps)
    }
}

/// Copies row i of `from` (`width` floats each, without gaps) `repeats[i]` times into rows of `to`, `to_row` floats apart.
pub(super) fn repeat_rows(from: &[f32], width: usize, repeats: &[usize], to: &mut [f32], to_row: usize) {
    let mut targets = to.chunks_mut(to_row);
    for (row, &count) in from.chunks_exact(width).zip(repeats) {
        for target in targets.by_ref().take(count) {
            target[..width].copy_from_slice(row);
        }
    }
}

/// A style as kernels take it: one row, with room for the rows of a register tile that are read and not used.
#[derive(Debug)]
pub(in crate::voice) struct StyleRow(Buffer);

impl StyleRow {
    /// Room for one style of `width` floats.
    pub(in crate::voice) fn new() -> Self {
        let mut buffer = Buffer::new();
        buffer.reserve(padded_rows(1) * super::STYLE);
        Self(buffer)
    }

    /// Takes a style.
    pub(in crate::voice) fn set(&mut self, style: &[f32]) {
        self.0.floats_mut()[..super::STYLE].copy_from_slice(style);
    }

    /// Its values.
    pub(super) fn floats(&self) -> &[f32] {
        &self.0.floats()[..super::STYLE]
    }

    fn rows(&self) -> Rows<'_> {
        Rows::new(self.0.view(), super::STYLE)
    }
}

/// The map from a style to a norm's gamma and beta.
#[derive(Debug)]
pub(super) struct StyleNorm {
    fc: Linear,
    channels: usize,
    styled: Buffer,
    sums: Buffer,
    affine: Buffer,
}

impl StyleNorm {
    /// The norm `name` over `channels` channels (a multiple of 16).
    pub(super) fn find(weights: &Arc<Weights>, name: &str, channels: usize) -> Result<Self, VoiceError> {
        let mut norm = Self {
            fc: linear(weights, name, super::STYLE, 2 * channels)?,
            channels,
            styled: Buffer::new(),
            sums: Buffer::new(),
            affine: Buffer::new(),
        };
        for buffer in [&mut norm.styled, &mut norm.sums, &mut norm.affine] {
            buffer.reserve(2 * channels);
        }
        Ok(norm)
    }

    fn take(&self, executor: Executor<'_>, style: &StyleRow) -> Result<(), RuntimeError> {
        executor.product(
            &self.fc,
            style.rows(),
            Rows::new(self.styled.view(), 2 * self.channels),
            1,
        )
    }

    /// Gamma and beta of a layer norm: 1 + γ(style), β(style), as `[2][channels]`.
    pub(super) fn of_layer(
        &mut self,
        executor: Executor<'_>,
        style: &StyleRow,
    ) -> Result<View<'_>, RuntimeError> {
        self.take(executor, style)?;
        for gamma in &mut self.styled.floats_mut()[..self.channels] {
            *gamma += 1.0;
        }
        Ok(self.styled.view())
    }

    /// Scale and shift that normalise each channel over the `rows` rows of `x` and apply the style (AdaIN).
    pub(super) fn of_rows(
        &mut self,
        executor: Executor<'_>,
        style: &StyleRow,
        x: Rows<'_>,
        rows: usize,
    ) -> Result<View<'_>, RuntimeError> {
        executor.column_sums(x, self.sums.view(), rows, self.channels / GROUP)?;
        self.take(executor, style)?;
        affine(
            self.sums.floats(),
            rows,
            self.styled.floats(),
            self.affine.floats_mut(),
        );
        Ok(self.affine.view())
    }

    /// The same from sums that the kernel before has left.
    pub(super) fn of_sums(
        &mut self,
        executor: Executor<'_>,
        style: &StyleRow,
        sums: &Buffer,
        rows: usize,
    ) -> Result<View<'_>, RuntimeError> {
        self.take(executor, style)?;
        affine(
            &sums.floats()[..2 * self.channels],
            rows,
            self.styled.floats(),
            self.affine.floats_mut(),
        );
        Ok(self.affine.view())
    }
}

/// y = (1 + γ)(x − mean) / √(variance + ε) + β as scale and shift, from Σx and Σx² over `rows` rows.
fn affine(sums: &[f32], rows: usize, styled: &[f32], affine: &mut [f32]) {
    let channels = affine.len() / 2;
    let (sum, squares) = sums.split_at(channels);
    let (gamma, beta) = styled.split_at(channels);
    let (scale, shift) = affine.split_at_mut(channels);
    let per = 1.0 / rows as f64;
    for c in 0..channels {
        let mean = f64::from(sum[c]) * per;
        let variance = (f64::from(squares[c]) * per - mean * mean).max(0.0);
        let factor = (1.0 + f64::from(gamma[c])) / (variance + f64::from(EPSILON)).sqrt();
        scale[c] = factor as f32;
        shift[c] = (f64::from(beta[c]) - mean * factor) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn affine_normalises_and_styles() {
        // x = 1, 3: mean 2, variance 1; gamma 0.5, beta 4.
        let mut out = [0.0; 2];
        affine(&[4.0, 10.0], 2, &[0.5, 4.0], &mut out);
        let of = |x: f32| out[0] * x + out[1];
        assert!(
            (of(1.0) - 2.5).abs() < 1e-4 && (of(3.0) - 5.5).abs() < 1e-4,
            "{out:?}"
        );
    }

    #[test]
    fn rows_are_repeated_in_order() {
        let mut to = [0.0; 12];
        repeat_rows(&[1.0, 2.0, 3.0, 4.0], 2, &[1, 2], &mut to, 4);
        assert_eq!(to, [1.0, 2.0, 0.0, 0.0, 3.0, 4.0, 0.0, 0.0, 3.0, 4.0, 0.0, 0.0]);
    }
}
