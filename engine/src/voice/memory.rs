//! Memory as kernels see it: aligned float buffers that keep their place from call to call, and constants out of the
//! mapped weights. A [`View`] is what is passed to a kernel; it borrows, so a buffer cannot grow under a call.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::Arc;

use super::artifacts::{DType, Weights};
use super::error::VoiceError;

/// Alignment of every buffer, in bytes: a cache line, and the widest vector register of the targets.
const ALIGNMENT: usize = 64;

/// The element type of a [`View`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// 32-bit float.
    Float,
    /// 16-bit float, weights only.
    Half,
    /// 8-bit integer, weights only.
    Byte,
}

/// A flat piece of memory for the time of a kernel call: where it begins, how many elements it has, of which type.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) start: NonNull<u8>,
    pub(super) length: usize,
    pub(super) element: Element,
    pub(super) borrowed: PhantomData<&'a ()>,
}

/// Zeroed floats, 64-byte aligned, that grow on demand and never shrink.
///
/// Kernels write through [`Buffer::view`]; Rust code reads and writes through slices. The contents are reached only
/// through the allocation's pointer, so a view and a later slice do not contradict each other.
#[derive(Debug)]
pub(super) struct Buffer {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: a buffer owns its allocation and has no thread affinity.
unsafe impl Send for Buffer {}

impl Buffer {
    /// An empty buffer; nothing is allocated.
    pub(super) const fn new() -> Self {
        Self {
            start: NonNull::<Line>::dangling().cast(),
            length: 0,
        }
    }

    /// Makes room for at least `length` floats. Growing loses the contents: the new memory is zeroed.
    pub(super) fn reserve(&mut self, length: usize) {
        if length <= self.length {
            return;
        }
        self.release();
        let layout = layout(length);
        // SAFETY: `length` is greater than zero here, so the layout has a size.
        let start = unsafe { alloc_zeroed(layout) };
        self.start = NonNull::new(start).unwrap_or_else(|| handle_alloc_error(layout));
        self.length = length;
    }

    /// The whole buffer, for a kernel.
    pub(super) fn view(&self) -> View<'_> {
        View {
            start: self.start,
            length: self.length,
            element: Element::Float,
            borrowed: PhantomData,
        }
    }

    /// The contents.
    pub(super) fn floats(&self) -> &[f32] {
        // SAFETY: `start` is valid for `length` initialised floats (zeroed at allocation) and aligned to 64 bytes.
        unsafe { std::slice::from_raw_parts(self.start.cast().as_ptr(), self.length) }
    }

    /// The contents, to be written.
    pub(super) fn floats_mut(&mut self) -> &mut [f32] {
        // SAFETY: as in `floats`; `&mut self` excludes every other slice and view.
        unsafe { std::slice::from_raw_parts_mut(self.start.cast().as_ptr(), self.length) }
    }

    fn release(&mut self) {
        if self.length > 0 {
            // SAFETY: allocated in `reserve` with this very layout.
            unsafe { dealloc(self.start.as_ptr(), layout(self.length)) };
            self.length = 0;
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.release();
    }
}

/// A tensor of the mapped weights, which it keeps alive.
#[derive(Debug, Clone)]
pub(super) struct Constant {
    start: NonNull<u8>,
    length: usize,
    element: Element,
    shape: Vec<usize>,
    _weights: Arc<Weights>,
}

// SAFETY: a constant is read-only memory that the shared `Weights` own.
unsafe impl Send for Constant {}

impl Constant {
    /// The tensor called `name`.
    ///
    /// # Errors
    /// [`VoiceError::Artifacts`] when there is none, [`VoiceError::Weights`] when it is of a type that no kernel takes.
    pub(super) fn find(weights: &Arc<Weights>, name: &str) -> Result<Self, VoiceError> {
        let tensor = weights.tensor(name)?;
        let element = match tensor.dtype {
            DType::Float32 => Element::Float,
            DType::Float16 => Element::Half,
            DType::Int8 => Element::Byte,
            other => {
                return Err(VoiceError::weights(
                    name,
                    format!("{other:?} is of no use to a kernel"),
                ));
            }
        };
        Ok(Self {
            start: NonNull::from(tensor.bytes).cast(),
            length: tensor.bytes.len() / tensor.dtype.size(),
            element,
            shape: tensor.shape.to_vec(),
            _weights: weights.clone(),
        })
    }

    /// Its extents, outermost first.
    pub(super) fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Whether its elements are 32-bit floats.
    pub(super) fn is_float(&self) -> bool {
        self.element == Element::Float
    }

    /// All of it, for a kernel (which never writes to it).
    pub(super) fn view(&self) -> View<'_> {
        View {
            start: self.start,
            length: self.length,
            element: self.element,
            borrowed: PhantomData,
        }
    }

    /// Its elements; none if they are not 32-bit floats.
    pub(super) fn floats(&self) -> &[f32] {
        if !self.is_float() {
            return &[];
        }
        // SAFETY: `start` points to `length` floats of the mapped weights, aligned to 64 bytes, alive with `_weights`.
        unsafe { std::slice::from_raw_parts(self.start.cast().as_ptr(), self.length) }
    }
}

#[repr(align(64))]
struct Line;

fn layout(length: usize) -> Layout {
    Layout::array::<f32>(length)
        .and_then(|layout| layout.align_to(ALIGNMENT))
        .unwrap_or_else(|_| handle_alloc_error(Layout::new::<Line>())) // more than the address space: as good as out of memory
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_zeroed_aligned_and_keeps_its_place() {
        let mut buffer = Buffer::new();
        assert!(buffer.floats().is_empty());
        buffer.reserve(100);
        assert!(buffer.floats().iter().all(|&v| v == 0.0));
        assert_eq!(buffer.view().start.as_ptr() as usize % ALIGNMENT, 0);
        buffer.floats_mut()[99] = 1.0;
        let before = buffer.view().start;
        buffer.reserve(50);
        assert_eq!((buffer.view().start, buffer.floats()[99]), (before, 1.0));
        buffer.reserve(101);
        assert_eq!(buffer.floats().len(), 101);
        assert_eq!(buffer.floats()[99], 0.0, "grown memory is fresh");
    }
}
