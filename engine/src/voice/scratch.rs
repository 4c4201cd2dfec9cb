//! Scratch memory that kernels ask for while they run: a few blocks a thread, kept for the next kernel.

use std::alloc::{Layout, alloc, dealloc};
use std::ptr::NonNull;

/// Alignment of every block, in bytes.
const ALIGNMENT: usize = 64;

struct Block {
    start: NonNull<u8>,
    layout: Layout,
    taken: bool,
}

/// The blocks of one thread. A kernel holds two or three at a time, so a list is searched faster than anything cleverer.
pub(super) struct Scratch(Vec<Block>);

impl Scratch {
    /// No blocks yet.
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// A free block of at least `bytes` bytes, uninitialised; `None` when memory is exhausted.
    pub(super) fn take(&mut self, bytes: usize) -> Option<NonNull<u8>> {
        let fits = |block: &&mut Block| !block.taken && block.layout.size() >= bytes;
        if let Some(block) = self
            .0
            .iter_mut()
            .filter(fits)
            .min_by_key(|block| block.layout.size())
        {
            block.taken = true;
            return Some(block.start);
        }
        let layout = Layout::from_size_align(bytes.max(ALIGNMENT), ALIGNMENT).ok()?;
        // SAFETY: the layout is not empty.
        let start = NonNull::new(unsafe { alloc(layout) })?;
        self.0.push(Block {
            start,
            layout,
            taken: true,
        });
        Some(start)
    }

    /// Frees a block for the next `take`; a pointer that is not of a block changes nothing.
    pub(super) fn give_back(&mut self, place: *mut u8) {
        if let Some(block) = self.0.iter_mut().find(|block| block.start.as_ptr() == place) {
            block.taken = false;
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for block in &self.0 {
            // SAFETY: allocated in `take` with this layout.
            unsafe { dealloc(block.start.as_ptr(), block.layout) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_distinct_while_taken_and_used_again_afterwards() {
        let mut scratch = Scratch::new();
        let a = scratch.take(1000).unwrap();
        let b = scratch.take(1000).unwrap();
        assert_ne!(a, b);
        scratch.give_back(a.as_ptr());
        assert_eq!(
            scratch.take(500),
            Some(a),
            "a smaller request takes the free block"
        );
        scratch.give_back(b.as_ptr());
        let c = scratch.take(2000).unwrap();
        assert_ne!(c, b, "too small for this request");
        assert_eq!(scratch.0.len(), 3);
    }
}
