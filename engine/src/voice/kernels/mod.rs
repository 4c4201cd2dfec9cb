//! The kernels as functions: what each computes, how its arguments are laid out, and whether they fit.
//!
//! The definitions are in `artifacts/kokoro/*.py`, with the same names. Every length that a kernel will touch is checked
//! here before the call, so that the stages cannot reach outside a buffer; then it is asked whether the chunk is still
//! wanted, so that a chunk is given up between two kernels, a few milliseconds at most after the request.

mod executor;
mod layout;
mod ledger;
mod table;

pub(super) use executor::Executor;
pub(super) use layout::{
    Convolution, ConvolutionCall, GROUP, Linear, Residual, Rows, attention_scratch, padded_rows, whole_groups,
};
pub use ledger::KernelWork;
pub(super) use ledger::Ledger;
pub(super) use table::Kernels;
