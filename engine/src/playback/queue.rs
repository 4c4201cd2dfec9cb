//! The producer's end of the ring, shared by the thread that makes frames and the player that stops them.
//!
//! A stop must be exact although another thread may be pushing at that moment. So pushing and stopping take
//! turns at a lock that is only held while frames are copied (the realtime side knows nothing of it), and
//! every push says which epoch its frames belong to: a stop begins a new epoch, and frames of an older one
//! are refused. What was pushed before the stop lies before an index, what comes after it behind, and the
//! renderer discards up to that index.
//!
//! When the ring is full, [`FrameQueue::push_all`] waits. The realtime side cannot wake it, so it sleeps for
//! as long as the device needs to make room, and a stop wakes it at once.

use super::error::PushError;
use super::output::OutputHealth;
use super::ring::FrameWriter;
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// How long a push sleeps at most before it looks again whether the output is still there.
const LONGEST_NAP: Duration = Duration::from_millis(250);
const SHORTEST_NAP: Duration = Duration::from_millis(2);

/// Takes mono frames at the device's rate for a [`Player`](super::Player). Clones share the same queue.
#[derive(Clone)]
pub struct FrameQueue(Arc<Shared>);

struct Shared {
    writer: Mutex<FrameWriter>,
    /// Signalled by a stop and by closing.
    interrupted: Condvar,
    /// The number of stops so far. Written under the lock.
    epoch: Arc<AtomicU64>,
    closed: AtomicBool,
    rate: u32,
    capacity: usize,
    health: Arc<OutputHealth>,
}

impl FrameQueue {
    pub(super) fn new(writer: FrameWriter, rate: u32, health: Arc<OutputHealth>) -> Self {
        Self(Arc::new(Shared {
            capacity: writer.room(),
            writer: Mutex::new(writer),
            interrupted: Condvar::new(),
            epoch: Arc::default(),
            closed: AtomicBool::new(false),
            rate,
            health,
        }))
    }

    /// The rate of the frames, in Hz.
    pub fn rate(&self) -> u32 {
        self.0.rate
    }

    /// The present epoch: how many stops there were. Frames are pushed for the epoch in which they were asked
    /// for.
    pub fn epoch(&self) -> u64 {
        self.0.epoch.load(Ordering::Acquire)
    }

    /// The epoch itself, for those who must see it change while they work.
    pub(crate) fn epoch_cell(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.0.epoch)
    }

    /// How many frames were pushed in all. The last frame of what was pushed so far has the index before it.
    pub fn produced(&self) -> u64 {
        self.0.writer.lock().written()
    }

    /// Pushes all of `frames`; waits while the queue is full, without using the CPU. With `end`, they are the
    /// last of their utterance: after them, silence is right, and not an underrun.
    ///
    /// # Errors
    ///
    /// [`PushError::Stopped`] if `epoch` is not the present one, or ceases to be while waiting;
    /// [`PushError::OutputLost`] and [`PushError::Closed`] if nobody will take the frames. Some of the frames
    /// may have been taken even so.
    pub fn push_all(&self, epoch: u64, frames: &[f32], end: bool) -> Result<(), PushError> {
        let mut rest = frames;
        let mut writer = self.0.writer.lock();
        loop {
            if self.epoch() != epoch {
                return Err(PushError::Stopped);
            }
            // First, since a stream whose device is gone soon drops the reader, too.
            if let Some(reason) = self.0.health.lost() {
                return Err(PushError::OutputLost(reason));
            }
            if self.0.closed.load(Ordering::Acquire) || writer.is_abandoned() {
                return Err(PushError::Closed);
            }
            let accepted = writer.push(rest, end);
            rest = &rest[accepted.frames..];
            if accepted.complete {
                return Ok(());
            }
            let nap = self.time_to_make_room(rest.len());
            self.0.interrupted.wait_for(&mut writer, nap);
        }
    }

    /// Begins a new epoch and returns the index behind the last frame of the old one.
    pub(super) fn begin_epoch(&self) -> u64 {
        let writer = self.0.writer.lock();
        self.0.epoch.fetch_add(1, Ordering::AcqRel);
        let until = writer.written();
        drop(writer);
        self.0.interrupted.notify_all();
        until
    }

    /// Refuses frames from now on.
    pub(super) fn close(&self) {
        let writer = self.0.writer.lock();
        self.0.closed.store(true, Ordering::Release);
        drop(writer);
        self.0.interrupted.notify_all();
    }

    /// How long the device needs to play what has to go before `frames` more fit, or a quarter of the queue.
    fn time_to_make_room(&self, frames: usize) -> Duration {
        let frames = frames.min(self.0.capacity / 4);
        let nap = Duration::from_secs_f64(frames as f64 / f64::from(self.0.rate));
        nap.clamp(SHORTEST_NAP, LONGEST_NAP)
    }
}

#[cfg(test)]
mod tests {
    use super::super::ring::{FrameReader, ring};
    use super::*;
    use crate::playback::output::{LossReason, OutputFault};
    use std::thread;

    fn queue(capacity: usize) -> (FrameQueue, FrameReader, Arc<OutputHealth>) {
        let (writer, reader) = ring(capacity);
        let health = Arc::new(OutputHealth::default());
        (
            FrameQueue::new(writer, 48_000, Arc::clone(&health)),
            reader,
            health,
        )
    }

    #[test]
    fn a_full_queue_waits_for_the_reader() {
        let (queue, mut reader, _) = queue(100);
        let producer = thread::spawn({
            let queue = queue.clone();
            move || queue.push_all(0, &[0.5; 1_000], true)
        });
        let mut block = [0.0; 64];
        let mut read = 0;
        while read < 1_000 {
            read += reader.read(&mut block);
            thread::yield_now();
        }
        assert_eq!(producer.join().unwrap(), Ok(()));
        assert_eq!(queue.produced(), 1_000);
    }

    #[test]
    fn a_stop_wakes_a_waiting_push_and_refuses_its_frames() {
        let (queue, _reader, _) = queue(100);
        let producer = thread::spawn({
            let queue = queue.clone();
            move || queue.push_all(0, &[0.5; 101], true)
        });
        while queue.produced() < 100 {
            thread::yield_now();
        }
        assert_eq!(queue.begin_epoch(), 100);
        assert_eq!(producer.join().unwrap(), Err(PushError::Stopped));
        assert_eq!(queue.push_all(0, &[0.5], false), Err(PushError::Stopped));
        assert_eq!(queue.produced(), 100);
    }

    #[test]
    fn a_lost_output_a_closed_queue_and_a_gone_reader_end_the_wait() {
        let (queue_of_lost, _reader, health) = queue(10);
        health.report(OutputFault::Lost(LossReason::Disconnected));
        assert_eq!(
            queue_of_lost.push_all(0, &[0.5; 11], true),
            Err(PushError::OutputLost(LossReason::Disconnected))
        );

        let (closed, _reader, _) = queue(10);
        closed.close();
        assert_eq!(closed.push_all(0, &[0.5], true), Err(PushError::Closed));

        let (abandoned, reader, _) = queue(10);
        drop(reader);
        assert_eq!(abandoned.push_all(0, &[0.5], true), Err(PushError::Closed));
    }
}
