//! Memory as kernels see it: aligned float buffers that keep their place from call to call, and constants out of the
//! mapped weights. A [`View`] is what is passed to a kernel; it borrows, so a buffer cannot grow under a call.

use std::alloc::{Layout, handle_alloc_error};
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::Arc;

#[cfg(target_os = "linux")]
use memmap2::Advice;
use memmap2::MmapMut;

use super::artifacts::{DType, Weights};
use super::error::VoiceError;

/// From this size on, in bytes, huge pages are worth asking for.
#[cfg(target_os = "linux")]
const HUGE_PAGE: usize = 2 << 20;

/// The element type of a [`View`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// 32-bit float.
    Float,
    /// 8-bit integer, weights only.
    Byte,
}

impl Element {
    /// Bytes of one.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Float => 4,
            Self::Byte => 1,
        }
    }
}

/// A flat piece of memory for the time of a kernel call: where it begins, how many elements it has, of which type.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) start: NonNull<u8>,
    pub(super) length: usize,
    pub(super) element: Element,
    pub(super) borrowed: PhantomData<&'a ()>,
}

/// Zeroed floats, aligned to a page, that grow on demand and never shrink.
///
/// Kernels write through [`Buffer::view`]; Rust code reads and writes through slices. The contents are reached only
/// through the mapping's pointer, so a view and a later slice do not contradict each other.
///
/// The memory is the system's, not the allocator's: what grows is given back at once, and long buffers have huge pages where
/// the system has them, without which the first call spends as much time on page faults as on some of its stages.
#[derive(Debug)]
pub(super) struct Buffer {
    memory: Option<MmapMut>,
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: a buffer owns its mapping and has no thread affinity.
unsafe impl Send for Buffer {}

impl Buffer {
    /// An empty buffer; nothing is allocated.
    pub(super) const fn new() -> Self {
        Self {
            memory: None,
            start: NonNull::<Line>::dangling().cast(),
            length: 0,
        }
    }

    /// Makes room for at least `length` floats. Growing loses the contents: the new memory is zeroed.
    pub(super) fn reserve(&mut self, length: usize) {
        if length <= self.length {
            return;
        }
        // Before, so that both are never there at once.
        *self = Self::new();
        let mut memory = map(length);
        #[cfg(target_os = "linux")]
        if memory.len() >= HUGE_PAGE {
            // Where there are none, small ones do.
            let _ = memory.advise(Advice::HugePage);
        }
        self.start = NonNull::new(memory.as_mut_ptr()).unwrap_or(self.start);
        self.memory = Some(memory);
        self.length = length;
    }

    /// Enters all of it into the page table, which cannot be given up half way: for who loads a voice. Otherwise a page comes when
    /// a kernel writes to it, and a call that is given up meanwhile ends soon, however much it needs.
    #[cfg(target_os = "linux")]
    pub(super) fn populate(&self) {
        let Some(memory) = &self.memory else { return };
        if let Err(error) = memory.advise(Advice::PopulateWrite) {
            // Linux before 5.14 cannot.
            tracing::debug!(%error, "pages come when they are written");
        }
    }

    /// Elsewhere pages come when they are written.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn populate(&self) {}

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
        // SAFETY: `start` is valid for `length` initialised floats (zeroed by the system) and aligned to a page.
        unsafe { std::slice::from_raw_parts(self.start.cast().as_ptr(), self.length) }
    }

    /// The contents, to be written.
    pub(super) fn floats_mut(&mut self) -> &mut [f32] {
        // SAFETY: as in `floats`; `&mut self` excludes every other slice and view.
        unsafe { std::slice::from_raw_parts_mut(self.start.cast().as_ptr(), self.length) }
    }
}

/// Memory for so many floats.
fn map(length: usize) -> MmapMut {
    let size = length.saturating_mul(size_of::<f32>());
    // As good as out of memory.
    MmapMut::map_anon(size).unwrap_or_else(|_| handle_alloc_error(Layout::new::<Line>()))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What kernels rely on, in bytes: a cache line, and the widest vector register of the targets.
    const ALIGNMENT: usize = 64;

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
