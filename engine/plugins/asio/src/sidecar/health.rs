//! How a stream is doing, as its callbacks tell without waiting for anybody.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use cpal::ErrorKind;
use utter_asio::clock;
use utter_asio::protocol::Notice;

/// For how long a stream may call for nothing, in nanoseconds of which somebody looked, before it is given up.
const LONGEST_SILENCE: u64 = 500_000_000;
/// The same while it reports errors.
const LONGEST_STORM: u64 = 250_000_000;
/// Of the time between two looks, no more counts: a system that slept has not looked.
const MOST_AT_ONCE: u64 = 50_000_000;

/// What the callbacks of a stream write.
#[derive(Debug, Default)]
pub(crate) struct Health {
    callbacks: AtomicU64,
    faults: AtomicU64,
    xruns: AtomicU64,
    is_lost: AtomicBool,
    wants_reset: AtomicBool,
}

/// Looks at it now and then.
#[derive(Debug)]
pub(crate) struct Watch {
    health: Arc<Health>,
    period: u64,
    looked_at: u64,
    callbacks: u64,
    faults_before: u64,
    /// Time without a callback that was looked at.
    silence: u64,
    told: Option<Notice>,
}

impl Health {
    /// The device calls for frames. Realtime safe.
    pub(crate) fn served(&self) {
        self.callbacks.fetch_add(1, Ordering::Relaxed);
    }

    /// The device reports an error. May be called by the thread that serves the device: realtime safe.
    pub(crate) fn report(&self, kind: ErrorKind) {
        match kind {
            ErrorKind::Xrun => drop(self.xruns.fetch_add(1, Ordering::Relaxed)),
            ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => {
                self.is_lost.store(true, Ordering::Relaxed)
            }
            ErrorKind::StreamInvalidated => self.wants_reset.store(true, Ordering::Relaxed),
            _ => drop(self.faults.fetch_add(1, Ordering::Relaxed)),
        }
    }

    /// How often the device was not served in time since this was asked last. Realtime safe.
    pub(crate) fn take_xruns(&self) -> u64 {
        self.xruns.swap(0, Ordering::Relaxed)
    }

    /// Callbacks so far.
    pub(crate) fn callbacks(&self) -> u64 {
        self.callbacks.load(Ordering::Relaxed)
    }

    /// Whether the device is gone.
    pub(crate) fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Relaxed)
    }
}

impl Watch {
    /// Watches a stream from now on whose callbacks ask for so much time's frames, in nanoseconds.
    pub(crate) fn new(health: Arc<Health>, period: u64) -> Self {
        Self {
            callbacks: health.callbacks(),
            faults_before: health.faults.load(Ordering::Relaxed),
            health,
            period,
            looked_at: clock::now(),
            silence: 0,
            told: None,
        }
    }

    /// What there is to tell at `now`, each thing once.
    pub(crate) fn look(&mut self, now: u64) -> Option<Notice> {
        let since = now.saturating_sub(self.looked_at).min(MOST_AT_ONCE);
        self.looked_at = now;
        let callbacks = self.health.callbacks();
        if callbacks == self.callbacks {
            self.silence += since;
        } else {
            (self.callbacks, self.silence) = (callbacks, 0);
            self.faults_before = self.health.faults.load(Ordering::Relaxed);
        }
        let notice = self.judge()?;
        let is_new = self.told != Some(notice);
        self.told = Some(notice);
        is_new.then_some(notice)
    }

    fn judge(&self) -> Option<Notice> {
        let has_faults = self.health.faults.load(Ordering::Relaxed) > self.faults_before;
        let limit = if has_faults {
            LONGEST_STORM
        } else {
            LONGEST_SILENCE
        };
        if self.health.is_lost() {
            Some(Notice::DeviceLost {})
        } else if self.health.wants_reset.load(Ordering::Relaxed) {
            Some(Notice::ResetWanted {})
        } else {
            (self.silence > limit + 2 * self.period).then_some(Notice::DeviceFailed {})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: u64 = 1_000_000;

    fn watch() -> (Arc<Health>, Watch) {
        let health = Arc::new(Health::default());
        let mut watch = Watch::new(Arc::clone(&health), 10 * MILLISECOND);
        watch.looked_at = 0;
        (health, watch)
    }

    #[test]
    fn a_device_that_calls_is_well_and_one_that_does_not_fails_once() {
        let (health, mut watch) = watch();
        let mut now = 0;
        for _ in 0..100 {
            now += 20 * MILLISECOND;
            health.served();
            assert_eq!(watch.look(now), None);
        }
        let mut notices = Vec::new();
        let began = now;
        for _ in 0..100 {
            now += 20 * MILLISECOND;
            notices.extend(
                watch
                    .look(now)
                    .map(|notice| (notice, (now - began) / MILLISECOND)),
            );
        }
        assert_eq!(notices, [(Notice::DeviceFailed {}, 540)]);
    }

    #[test]
    fn a_storm_of_errors_ends_it_sooner_and_sleep_is_no_silence() {
        let (health, mut watch) = watch();
        assert_eq!(watch.look(3_600_000 * MILLISECOND), None, "the system slept");
        let mut now = 3_600_000 * MILLISECOND;
        health.report(ErrorKind::BackendError);
        let mut looks = 0;
        while watch.look(now).is_none() {
            now += 20 * MILLISECOND;
            looks += 1;
        }
        assert!((10..=13).contains(&looks), "{looks}");
    }

    #[test]
    fn what_the_device_says_of_itself_is_told() {
        let (health, mut watch) = watch();
        health.report(ErrorKind::Xrun);
        assert_eq!(watch.look(MILLISECOND), None);
        health.report(ErrorKind::StreamInvalidated);
        assert_eq!(watch.look(2 * MILLISECOND), Some(Notice::ResetWanted {}));
        assert_eq!(watch.look(3 * MILLISECOND), None, "once");
        health.report(ErrorKind::DeviceNotAvailable);
        assert_eq!(watch.look(4 * MILLISECOND), Some(Notice::DeviceLost {}));
    }
}
