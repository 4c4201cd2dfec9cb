//! Where every frame went.

use super::status::Status;

/// Where every frame went: always `produced` = `rendered` + `discarded` + `queued`. Frames are of one
/// channel, at the device's rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Frames that were pushed into the queue.
    pub produced: u64,
    /// Frames that were given to the device, those of fades included.
    pub rendered: u64,
    /// Frames that a stop took out of the queue unheard.
    pub discarded: u64,
    /// Frames that wait in the queue.
    pub queued: u64,
    /// How often speech was interrupted because frames did not come in time. Silence while idle, paused or
    /// after the end is none.
    pub underruns: u64,
    /// For how many frames of the device it was interrupted in all.
    pub underrun_frames: u64,
    /// How often the device reported that it was not served in time.
    pub xruns: u64,
    /// Frames that the device was given in all, silence included.
    pub device_frames: u64,
}

impl Counters {
    /// `produced` must have been read after `status`, so that it is not behind.
    pub(super) fn new(status: &Status, produced: u64, xruns: u64) -> Self {
        Self {
            produced,
            rendered: status.rendered,
            discarded: status.discarded,
            queued: produced - status.consumed(),
            underruns: status.underruns,
            underrun_frames: status.underrun_frames,
            xruns,
            device_frames: status.device_frames,
        }
    }
}
