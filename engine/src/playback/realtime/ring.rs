//! The ring between inference and the device: mono frames, and the places where they end.
//!
//! An rtrb ring carries the frames, a second one the indices at which an utterance ends; with those the
//! reader can tell silence that is right from frames that are late. Frames are numbered from 0 for as long as
//! the ring lives. The writer is behind the [valve](super::super::valve), the reader is the
//! [`Renderer`](super::Renderer)'s. Both sides are wait-free; neither allocates.

use crate::playback::sync::rtrb;

/// How many ends can wait in the ring, of tracks that follow each other within it.
const ENDS: usize = 256;

/// The writing end.
pub(in crate::playback) struct FrameWriter {
    frames: rtrb::Producer<f32>,
    ends: rtrb::Producer<u64>,
    written: u64,
    capacity: usize,
}

/// The reading end.
pub(in crate::playback) struct FrameReader {
    frames: rtrb::Consumer<f32>,
    ends: rtrb::Consumer<u64>,
    position: u64,
    /// Only frames before this one are read.
    limit: u64,
    /// The last end that was passed.
    end: u64,
}

/// What a push achieved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::playback) struct Accepted {
    /// How many of the frames were taken, from the first on.
    pub(in crate::playback) frames: usize,
    /// Whether all were taken, and the end too if there was one.
    pub(in crate::playback) complete: bool,
}

/// Makes a ring for `capacity` frames.
#[allow(clippy::disallowed_methods, reason = "made before the stream runs")]
pub(in crate::playback) fn ring(capacity: usize) -> (FrameWriter, FrameReader) {
    let (frames_in, frames_out) = rtrb::RingBuffer::new(capacity);
    let (ends_in, ends_out) = rtrb::RingBuffer::new(ENDS);
    (
        FrameWriter {
            frames: frames_in,
            ends: ends_in,
            written: 0,
            capacity,
        },
        FrameReader {
            frames: frames_out,
            ends: ends_out,
            position: 0,
            limit: 0,
            end: 0,
        },
    )
}

impl FrameWriter {
    /// Writes as many of `frames` as there is room for. If `end`, they are the last of an utterance; the end
    /// is marked together with the last frame.
    pub(in crate::playback) fn push(&mut self, frames: &[f32], end: bool) -> Accepted {
        let fits = frames.len().min(self.frames.slots());
        let mut complete = fits == frames.len();
        if complete && end {
            // Ahead of the frames: whoever has read the last one then finds the end behind it.
            complete = self.ends.push(self.written + fits as u64).is_ok();
            if !complete {
                return Accepted { frames: 0, complete };
            }
        }
        let (pushed, _) = self.frames.push_partial_slice(&frames[..fits]);
        self.written += pushed.len() as u64;
        Accepted {
            frames: pushed.len(),
            complete,
        }
    }

    /// Whether `frames` would be taken in one piece, or as many as half of the ring holds if that is less.
    pub(in crate::playback) fn has_room_for(&self, frames: usize) -> bool {
        self.frames.slots() >= frames.min(self.capacity / 2)
    }

    /// How many frames were written in all: the index of the next one.
    pub(in crate::playback) fn written(&self) -> u64 {
        self.written
    }

    /// Whether the reader is gone.
    pub(in crate::playback) fn is_abandoned(&self) -> bool {
        self.frames.is_abandoned()
    }
}

impl FrameReader {
    /// Lets be read what is there now, and nothing that comes later. To be called at the start of a callback, ahead of
    /// the commands: a flush of frames that are there is then among the commands that can be seen, so no callback reads
    /// past it.
    pub(in crate::playback) fn admit(&mut self) {
        self.limit = self.position + self.frames.slots() as u64;
        // Also when no end is asked for: where speech never pauses, those that were passed would take all the room.
        self.pass_ends();
    }

    /// Reads into `block`, returns how many frames there were.
    pub(in crate::playback) fn read(&mut self, block: &mut [f32]) -> usize {
        let frames = block.len().min(self.available());
        let (read, _) = self.frames.pop_partial_slice(&mut block[..frames]);
        self.position += read.len() as u64;
        read.len()
    }

    /// The index of the next frame.
    pub(in crate::playback) fn position(&self) -> u64 {
        self.position
    }

    /// Frames that can be read.
    pub(in crate::playback) fn available(&self) -> usize {
        self.limit.saturating_sub(self.position) as usize
    }

    /// Whether the last frame that was read (or discarded) was the last of its utterance.
    pub(in crate::playback) fn is_at_end(&mut self) -> bool {
        self.pass_ends();
        self.end == self.position
    }

    fn pass_ends(&mut self) {
        while let Ok(&end) = self.ends.peek()
            && end <= self.position
        {
            // A discard may have gone past it already.
            self.end = self.end.max(end);
            // Just seen there, and this is the only reader.
            let _ = self.ends.pop();
        }
    }

    /// Drops the frames before `index`, which must all have been written, and returns how many those were.
    /// Nothing is owed after that. Takes the same time for any number.
    pub(in crate::playback) fn discard_to(&mut self, index: u64) -> u64 {
        let due = index.saturating_sub(self.position);
        let there = self
            .frames
            .slots()
            .min(usize::try_from(due).unwrap_or(usize::MAX));
        let discarded = match self.frames.read_chunk(there) {
            Ok(chunk) => {
                chunk.commit_all();
                there as u64
            }
            Err(_) => 0,
        };
        self.position += discarded;
        self.end = self.position;
        discarded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(reader: &mut FrameReader, block: &mut [f32]) -> usize {
        reader.admit();
        reader.read(block)
    }

    #[test]
    fn frames_come_out_in_order_and_ends_where_they_were_set() {
        let (mut writer, mut reader) = ring(4);
        let mut block = [0.0; 8];
        assert!(reader.is_at_end(), "nothing is owed at first");

        assert_eq!(
            writer.push(&[1.0, 2.0], true),
            Accepted {
                frames: 2,
                complete: true
            }
        );
        assert_eq!(
            writer.push(&[3.0, 4.0, 5.0], true),
            Accepted {
                frames: 2,
                complete: false
            }
        );
        assert_eq!(read(&mut reader, &mut block[..1]), 1);
        assert!(!reader.is_at_end());
        assert_eq!(read(&mut reader, &mut block[..1]), 1);
        assert!(reader.is_at_end());
        assert_eq!(read(&mut reader, &mut block), 2);
        assert_eq!(block[..2], [3.0, 4.0]);
        assert!(!reader.is_at_end(), "one more is owed");

        assert_eq!(
            writer.push(&[5.0], true),
            Accepted {
                frames: 1,
                complete: true
            }
        );
        assert_eq!(read(&mut reader, &mut block), 1);
        assert!(reader.is_at_end());
        assert_eq!((writer.written(), reader.position()), (5, 5));
    }

    #[test]
    fn an_end_without_frames_is_an_end() {
        let (mut writer, mut reader) = ring(4);
        writer.push(&[1.0], false);
        read(&mut reader, &mut [0.0; 4]);
        assert!(!reader.is_at_end());
        assert_eq!(
            writer.push(&[], true),
            Accepted {
                frames: 0,
                complete: true
            }
        );
        assert!(reader.is_at_end());
    }

    #[test]
    fn too_many_ends_wait_for_room_without_losing_a_frame() {
        let (mut writer, mut reader) = ring(1_000);
        for _ in 0..ENDS {
            assert!(writer.push(&[0.5], true).complete);
        }
        assert_eq!(
            writer.push(&[0.5], true),
            Accepted {
                frames: 0,
                complete: false
            }
        );
        read(&mut reader, &mut [0.0; 1]);
        assert!(reader.is_at_end());
        assert_eq!(
            writer.push(&[0.5], true),
            Accepted {
                frames: 1,
                complete: true
            }
        );
    }

    #[test]
    fn discarding_is_exact() {
        let (mut writer, mut reader) = ring(16);
        let mut block = [0.0; 16];
        writer.push(&[1.0, 2.0, 3.0], false);
        let until = writer.written();
        writer.push(&[4.0], true);
        read(&mut reader, &mut block[..1]);
        assert_eq!(reader.discard_to(until), 2);
        assert!(reader.is_at_end(), "a stop leaves nothing owed");
        assert_eq!(reader.discard_to(until), 0);
        assert_eq!(read(&mut reader, &mut block), 1);
        assert_eq!(block[0], 4.0);
        assert!(reader.is_at_end());
    }

    #[test]
    fn what_comes_after_a_callback_began_waits_for_the_next() {
        let (mut writer, mut reader) = ring(8);
        let mut block = [0.0; 8];
        writer.push(&[1.0, 2.0], false);
        reader.admit();
        writer.push(&[3.0], true);
        assert_eq!((reader.available(), reader.read(&mut block)), (2, 2));
        assert_eq!((reader.available(), reader.read(&mut block)), (0, 0));
        assert_eq!(read(&mut reader, &mut block), 1);
        assert!(reader.is_at_end());
    }
}
