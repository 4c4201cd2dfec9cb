//! From the voice's rate into the ring.
//!
//! A feed takes the frames of one utterance, resamples them and pushes them. It always keeps the last frames
//! back until it knows whether others follow, so that the end can be marked together with the last one: the
//! renderer would otherwise meet an empty ring before it hears that this is the end, and count an underrun
//! that is none.

use super::SAMPLE_RATE;
use crate::playback::{FrameQueue, PushError};
use utter_dsp::{ResampleError, Resampler};

/// The resampler between a voice and a queue, with its buffers.
pub(super) struct Feed {
    queue: FrameQueue,
    resampler: Resampler,
    /// Frames at the device's rate that were not pushed yet.
    ready: Vec<f32>,
    block: Box<[f32]>,
}

/// Frames that are resampled at a time.
const BLOCK_FRAMES: usize = 4_096;

impl Feed {
    pub(super) fn new(queue: FrameQueue) -> Result<Self, ResampleError> {
        let resampler = Resampler::new(SAMPLE_RATE, queue.rate())?;
        Ok(Self {
            queue,
            resampler,
            ready: Vec::new(),
            block: vec![0.0; BLOCK_FRAMES].into_boxed_slice(),
        })
    }

    /// Pushes frames at the voice's rate, but for the last.
    pub(super) fn push(&mut self, epoch: u64, frames: &[f32]) -> Result<(), PushError> {
        let mut rest = frames;
        while !rest.is_empty() {
            let progress = self.resampler.process(rest, &mut self.block);
            rest = &rest[progress.consumed..];
            self.ready.extend_from_slice(&self.block[..progress.produced]);
        }
        let kept = self.ready.len().saturating_sub(1);
        self.queue.push_all(epoch, &self.ready[..kept], false)?;
        self.ready.drain(..kept);
        Ok(())
    }

    /// Pushes what is left, and marks the end behind it.
    pub(super) fn finish(&mut self, epoch: u64) -> Result<(), PushError> {
        loop {
            let frames = self.resampler.finish(&mut self.block);
            if frames == 0 {
                break;
            }
            self.ready.extend_from_slice(&self.block[..frames]);
        }
        self.queue.push_all(epoch, &self.ready, true)?;
        self.ready.clear();
        Ok(())
    }

    /// Forgets what was not pushed.
    pub(super) fn reset(&mut self) {
        self.resampler.reset();
        self.ready.clear();
    }
}
