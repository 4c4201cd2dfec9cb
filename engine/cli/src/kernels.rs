//! `utter bench --kernels`: what each kernel did, for whoever makes them faster.
//!
//! Operations are those of the matrix products, two (a multiplication and an addition) to a multiply-add; bytes are of what
//! a kernel must read and write at least. A kernel that is near the processor's most of the one, or near the memory's of the
//! other, can only become faster by doing less.

use serde::Serialize;
use utter::voice::KernelWork;

use crate::failure::Failure;
use crate::table::{numbers, show};

/// What one kernel did.
#[derive(Serialize)]
pub struct Kernel {
    name: &'static str,
    calls: u64,
    time_s: f64,
    /// Of the time of all kernels.
    share: f64,
    gflop: f64,
    gflop_per_s: f64,
    gb_per_s: f64,
}

/// The figures of each, the longest first.
pub fn figures(work: &[KernelWork]) -> Vec<Kernel> {
    let all: f64 = work.iter().map(|entry| entry.time.as_secs_f64()).sum();
    let mut kernels: Vec<Kernel> = work
        .iter()
        .map(|entry| {
            let time_s = entry.time.as_secs_f64();
            let gflop = 2e-9 * entry.multiply_adds as f64;
            Kernel {
                name: entry.name,
                calls: entry.calls,
                time_s,
                share: time_s / all,
                gflop,
                gflop_per_s: gflop / time_s,
                gb_per_s: 1e-9 * entry.bytes as f64 / time_s,
            }
        })
        .collect();
    kernels.sort_by(|a, b| b.time_s.total_cmp(&a.time_s));
    kernels
}

/// Shows them as a table.
pub fn print(kernels: &[Kernel]) -> Result<(), Failure> {
    let mut table = numbers(&["KERNEL", "CALLS", "TIME_MS", "SHARE", "GFLOP", "GFLOP/S", "GB/S"]);
    for kernel in kernels {
        table.add_row([
            kernel.name.to_owned(),
            kernel.calls.to_string(),
            format!("{:.1}", 1e3 * kernel.time_s),
            format!("{:.1}%", 100.0 * kernel.share),
            format!("{:.1}", kernel.gflop),
            format!("{:.1}", kernel.gflop_per_s),
            format!("{:.1}", kernel.gb_per_s),
        ]);
    }
    show(table)
}
