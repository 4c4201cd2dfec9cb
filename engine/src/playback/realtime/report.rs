//! What the renderer tells about single moments: when sound began and ended, and when a command took effect.
//!
//! The status says how things are; reports say at which frame they changed, so that whoever reads them, late, can
//! still say to the frame what is heard. They go through a ring of their own. When that is full (nobody has read
//! for seconds), commands wait for room, and a change of sound is reported with the next block instead.

use crate::playback::sync::rtrb;

/// Something that happened at a frame.
///
/// `device` counts the frames that were given to the device, from 0; `ring` those that left the ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::playback) enum Report {
    /// From the frame `device` on, the frames from `ring` on are given to the device, one after the other.
    Sound { device: u64, ring: u64 },
    /// From the frame `device` on, no frame of the ring is. The next one will be `ring`.
    Silence { device: u64, ring: u64 },
    /// The command took effect with the frame `device`, which is also the frame `ring` if there is sound.
    Obeyed { command: u64, device: u64, ring: u64 },
}

/// Reports that can wait to be read.
const REPORTS: usize = 512;

/// Room that is left for a callback's changes of sound when a command is obeyed.
const RESERVE: usize = 16;

pub(super) struct ReportSender {
    ring: rtrb::Producer<Report>,
    /// What the last report about sound said: the frames that come next if nothing changes.
    sound: Option<(u64, u64)>,
    silent_at: Option<u64>,
}

/// Where reports come out.
pub(in crate::playback) type Reports = rtrb::Consumer<Report>;

#[allow(clippy::disallowed_methods, reason = "made before the stream runs")]
pub(super) fn reports() -> (ReportSender, Reports) {
    let (ring, reports) = rtrb::RingBuffer::new(REPORTS);
    let sender = ReportSender {
        ring,
        sound: None,
        silent_at: Some(0),
    };
    (sender, reports)
}

impl ReportSender {
    /// Whether a command can be obeyed and reported.
    pub(super) fn has_room(&self) -> bool {
        self.ring.slots() > RESERVE
    }

    pub(super) fn obeyed(&mut self, command: u64, device: u64, ring: u64) {
        // There is room: see `has_room`.
        let _ = self.ring.push(Report::Obeyed {
            command,
            device,
            ring,
        });
    }

    /// Notes that the frames from `ring` on were given to the device, `frames` of them, as those from `device` on.
    pub(super) fn sound(&mut self, device: u64, ring: u64, frames: u64) {
        let goes_on = self.sound == Some((device, ring));
        if goes_on || self.ring.push(Report::Sound { device, ring }).is_ok() {
            self.sound = Some((device + frames, ring + frames));
            self.silent_at = None;
        }
    }

    /// Notes that no frame of the ring is heard from `device` on, and that `ring` will be the next.
    pub(super) fn silence(&mut self, device: u64, ring: u64) {
        let goes_on = self.silent_at == Some(ring);
        if goes_on || self.ring.push(Report::Silence { device, ring }).is_ok() {
            self.sound = None;
            self.silent_at = Some(ring);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_are_reported_and_none_is_lost_for_lack_of_room() {
        let (mut sender, mut reports) = reports();
        sender.silence(0, 0);
        sender.sound(10, 0, 5);
        sender.sound(15, 5, 5);
        sender.silence(20, 10);
        sender.silence(25, 10);
        assert_eq!(reports.pop(), Ok(Report::Sound { device: 10, ring: 0 }));
        assert_eq!(reports.pop(), Ok(Report::Silence { device: 20, ring: 10 }));
        assert!(reports.pop().is_err());

        let mut commands = 0;
        while sender.has_room() {
            sender.obeyed(commands, 25, 10);
            commands += 1;
        }
        for n in 0..100 {
            sender.sound(30 + 2 * n, 10 + n, 1);
            sender.silence(31 + 2 * n, 11 + n);
        }
        while reports.pop().is_ok() {}
        sender.sound(300, 200, 1);
        assert_eq!(
            reports.pop(),
            Ok(Report::Sound {
                device: 300,
                ring: 200
            })
        );
    }
}
