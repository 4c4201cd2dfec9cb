//! Where every frame went, how full the ring is, and how loud it is.

use super::realtime::load::CallbackLoad;
use std::time::Duration;

/// Where every frame went: always `produced` = `rendered` + `discarded` + `queued`. Frames are of one
/// channel, at the rate of the device that they were made for; a frame that is made again, after a seek or for
/// another device, counts again.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Counters {
    /// Frames that were put into the ring.
    pub produced: u64,
    /// Frames that were given to the device, those of fades included.
    pub rendered: u64,
    /// Frames that left the ring unheard: by a stop, a skip, a seek, or with a device that was lost.
    pub discarded: u64,
    /// Frames that wait in the ring.
    pub queued: u64,
    /// How often speech was interrupted because frames did not come in time. Silence while idle, paused or
    /// after the end is none.
    pub underruns: u64,
    /// For how many frames of the device it was interrupted in all.
    pub underrun_frames: u64,
    /// How often the device reported that it was not served in time.
    pub xruns: u64,
    /// Frames that devices were given in all, silence included.
    pub device_frames: u64,
    /// How often an output was lost.
    pub losses: u64,
}

impl Counters {
    /// The sum of both.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            produced: self.produced + other.produced,
            rendered: self.rendered + other.rendered,
            discarded: self.discarded + other.discarded,
            queued: self.queued + other.queued,
            underruns: self.underruns + other.underruns,
            underrun_frames: self.underrun_frames + other.underrun_frames,
            xruns: self.xruns + other.xruns,
            device_frames: self.device_frames + other.device_frames,
            losses: self.losses + other.losses,
        }
    }

    /// The same, of a line that is closed: what waits will not be heard.
    pub(super) fn closed(self) -> Self {
        Self {
            discarded: self.discarded + self.queued,
            queued: 0,
            ..self
        }
    }
}

/// How the open output is doing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct OutputLoad {
    /// How much there is in the ring.
    pub queued: Duration,
    /// How full the ring is kept.
    pub queue: Duration,
    /// How long after it was asked for a frame is heard, by the device's own account.
    pub latency: Duration,
    /// The time between two callbacks, as it was seen.
    pub period: Duration,
    /// How long callbacks took.
    pub callbacks: CallbackLoad,
}
