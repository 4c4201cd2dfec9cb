//! Where the transport writes down what it does with every frame.

use super::report::ReportSender;
use super::status::Status;

/// The status that is being made, and the reports that go with it.
pub(super) struct Account {
    pub(super) status: Status,
    pub(super) reports: ReportSender,
}

impl Account {
    /// `frames` frames of the ring, from `ring` on, go to the device next.
    pub(super) fn sounded(&mut self, ring: u64, frames: usize) {
        let frames = frames as u64;
        self.reports.sound(self.status.device_frames, ring, frames);
        self.status.rendered += frames;
        self.status.device_frames += frames;
        self.status.sounded_until = self.status.device_frames;
    }

    /// `frames` frames go to the device next that are none of the ring's, but the end of a fade.
    pub(super) fn faded(&mut self, ring: u64, frames: usize) {
        self.reports.silence(self.status.device_frames, ring);
        self.status.device_frames += frames as u64;
        self.status.sounded_until = self.status.device_frames;
    }

    /// `frames` frames of silence go to the device next.
    pub(super) fn silent(&mut self, ring: u64, frames: usize) {
        self.reports.silence(self.status.device_frames, ring);
        self.status.device_frames += frames as u64;
    }
}
