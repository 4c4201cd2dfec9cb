//! What the kernels did and how long it took, for whoever makes them faster: `utter bench --kernels` shows it.
//!
//! The executor enters every call once counting was asked for; without that a call costs one look at a flag. What a call
//! needs is computed from its arguments, not measured: the multiplications that the algorithm makes, and the memory that has
//! to be read and written once at least.

use std::cell::RefCell;
use std::time::{Duration, Instant};

/// What one kernel did since counting began.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KernelWork {
    /// The kernel, as `artifacts/kokoro/` calls it.
    pub name: &'static str,
    /// How often it was called.
    pub calls: u64,
    /// How long that took.
    pub time: Duration,
    /// Multiplications, each with an addition, in its matrix products. Norms, activations and transforms are not counted.
    pub multiply_adds: u64,
    /// Bytes of its inputs, weights and outputs, each counted once a call; not those of its scratch memory.
    pub bytes: u64,
}

/// What one call takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    pub(super) multiply_adds: usize,
    pub(super) bytes: usize,
}

/// The entries, if anybody asked for them.
#[derive(Debug, Default)]
pub(in crate::voice) struct Ledger(RefCell<Option<Vec<KernelWork>>>);

impl Ledger {
    /// Begins to count, from nothing.
    pub(in crate::voice) fn open(&self) {
        self.0.replace(Some(Vec::new()));
    }

    /// Ends counting; what was counted, in the order of first calls.
    pub(in crate::voice) fn close(&self) -> Vec<KernelWork> {
        self.0.take().unwrap_or_default()
    }

    /// Makes a call, and enters it.
    pub(super) fn enter<R>(&self, name: &'static str, cost: Cost, call: impl FnOnce() -> R) -> R {
        if self.0.borrow().is_none() {
            return call();
        }
        let started = Instant::now();
        let result = call();
        let time = started.elapsed();
        if let Some(entries) = self.0.borrow_mut().as_mut() {
            let at = entries.iter().position(|entry| entry.name == name);
            let at = at.unwrap_or_else(|| {
                entries.push(KernelWork {
                    name,
                    calls: 0,
                    time: Duration::ZERO,
                    multiply_adds: 0,
                    bytes: 0,
                });
                entries.len() - 1
            });
            let entry = &mut entries[at];
            entry.calls += 1;
            entry.time += time;
            entry.multiply_adds += cost.multiply_adds as u64;
            entry.bytes += cost.bytes as u64;
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_happens_while_it_is_open_is_counted() {
        let ledger = Ledger::default();
        let cost = Cost {
            multiply_adds: 3,
            bytes: 5,
        };
        assert_eq!(ledger.enter("before", cost, || 7), 7);
        ledger.open();
        for name in ["a", "b", "a"] {
            ledger.enter(name, cost, || ());
        }
        let counted: Vec<_> = ledger
            .close()
            .iter()
            .map(|entry| (entry.name, entry.calls, entry.multiply_adds, entry.bytes))
            .collect();
        assert_eq!(counted, [("a", 2, 6, 10), ("b", 1, 3, 5)]);
        ledger.enter("after", cost, || ());
        assert!(ledger.close().is_empty());
    }
}
