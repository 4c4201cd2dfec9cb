//! Streams without a device, paced by a clock: what [`NullOutput`](super::NullOutput) and
//! [`WavOutput`](super::WavOutput) have in common.
//!
//! A thread calls the renderer, a period each time, at moments that are counted from the start, and gives what came of
//! it to a sink. The thread is no realtime one: a sink may wait for a disk.

use super::{
    LossReason, OutputConfig, OutputError, OutputFault, OutputFormats, OutputHealth, OutputId, OutputInfo,
    OutputRequest, OutputSelection, OutputStream, SampleFormat,
};
use crate::playback::realtime::Renderer;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Where the samples of a paced stream go.
pub(super) trait PacedSink: Send {
    /// Takes a period of samples, interleaved. The stream is lost if it cannot.
    fn take(&mut self, samples: &[f32]) -> Result<(), String>;
}

/// An output without a device: its name, and the only format that it has, 32-bit floats.
#[derive(Debug, Clone)]
pub(super) struct PacedOutput {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) rate: u32,
    pub(super) channels: u16,
}

impl PacedOutput {
    /// The only output that there is.
    pub(super) fn list(&self) -> Vec<OutputInfo> {
        vec![OutputInfo {
            id: OutputId::new(self.id),
            name: self.name.into(),
            is_default: true,
            formats: vec![OutputFormats {
                channels: self.channels,
                lowest_rate: self.rate,
                highest_rate: self.rate,
                format: SampleFormat::F32,
            }],
        }]
    }

    /// How it is used: as it is, with the period that is asked for.
    pub(super) fn negotiate(
        &self,
        selection: &OutputSelection,
        request: &OutputRequest,
    ) -> Result<OutputConfig, OutputError> {
        if let OutputSelection::Id(id) = selection
            && id.as_str() != self.id
        {
            return Err(OutputError::NotFound(id.clone()));
        }
        let frames = (request.period.as_secs_f64() * f64::from(self.rate)).round() as u32;
        Ok(OutputConfig {
            id: OutputId::new(self.id),
            name: self.name.into(),
            rate: self.rate,
            channels: self.channels,
            format: SampleFormat::F32,
            // No longer than a second: so much is allocated.
            period_frames: Some(frames.clamp(1, self.rate.max(1))),
        })
    }
}

/// A stream whose callbacks are paced by a clock. It runs like a card with a buffer of two periods: a callback that
/// comes more than a period late is an xrun, after which its clock begins anew.
pub(super) struct PacedStream {
    period: u32,
    id: OutputId,
    /// Until it is started.
    waiting: Option<Work>,
    /// The thread, which ends when the sender is dropped.
    running: Option<(mpsc::Sender<()>, JoinHandle<()>)>,
}

impl PacedStream {
    /// A stream that does not run yet.
    pub(super) fn new(
        config: &OutputConfig,
        renderer: Renderer,
        health: Arc<OutputHealth>,
        sink: Box<dyn PacedSink>,
    ) -> Self {
        let period = config.period_frames.unwrap_or(config.rate / 100).max(1);
        Self {
            period,
            id: config.id.clone(),
            waiting: Some(Work {
                renderer,
                health,
                sink,
                buffer: vec![0.0; period as usize * usize::from(config.channels)],
                period,
                rate: config.rate,
            }),
            running: None,
        }
    }
}

impl OutputStream for PacedStream {
    fn start(&mut self) -> Result<(), OutputError> {
        let Some(work) = self.waiting.take() else {
            return Ok(());
        };
        let (sender, stop) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("utter-paced-output".into())
            .spawn(move || work.run(&stop))
            .map_err(|error| OutputError::Device {
                id: self.id.clone(),
                reason: error.to_string(),
            })?;
        self.running = Some((sender, thread));
        Ok(())
    }

    fn period_frames(&self) -> Option<u32> {
        Some(self.period)
    }
}

impl Drop for PacedStream {
    /// Returns when the thread has ended: it is at most in the middle of a callback.
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.running.take() {
            drop(sender);
            if thread.join().is_err() {
                tracing::error!("the thread of a paced output has panicked");
            }
        }
    }
}

/// What the stream's thread owns.
struct Work {
    renderer: Renderer,
    health: Arc<OutputHealth>,
    sink: Box<dyn PacedSink>,
    buffer: Vec<f32>,
    period: u32,
    rate: u32,
}

impl Work {
    /// Calls the renderer, a period each time, until the other end of `stop` is gone.
    fn run(mut self, stop: &mpsc::Receiver<()>) {
        let mut pace = Pace::new(self.rate, self.period, Instant::now());
        loop {
            self.health.served();
            self.renderer.render(&mut self.buffer, 0);
            if let Err(reason) = self.sink.take(&self.buffer) {
                tracing::warn!(%reason, "a paced output ends");
                self.health.report(OutputFault::Lost(LossReason::Disconnected));
                return;
            }
            let now = Instant::now();
            let (wait, is_late) = pace.next(now);
            if is_late {
                self.health.report(OutputFault::Xrun);
            }
            if stop.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    }
}

/// When callbacks are due. Counted from the start, so that no error adds up.
struct Pace {
    rate: u32,
    period: u32,
    start: Instant,
    frames: u64,
}

impl Pace {
    fn new(rate: u32, period: u32, start: Instant) -> Self {
        Self {
            rate,
            period,
            start,
            frames: 0,
        }
    }

    /// How long after `now` the next callback is due, and whether it is late by more than a period; then the
    /// clock begins anew.
    fn next(&mut self, now: Instant) -> (Duration, bool) {
        self.frames += u64::from(self.period);
        let due = self.start + self.duration(self.frames);
        let is_late = now.saturating_duration_since(due) > self.duration(self.period.into());
        if is_late {
            (self.start, self.frames) = (now, 0);
        }
        (due.saturating_duration_since(now), is_late)
    }

    fn duration(&self, frames: u64) -> Duration {
        let rate = u64::from(self.rate);
        let rest = (frames % rate) * 1_000_000_000 / rate;
        Duration::new(frames / rate, rest as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callbacks_are_due_at_multiples_of_the_period_whenever_they_are_asked_for() {
        let start = Instant::now();
        // A third of a millisecond a period: no whole number of nanoseconds.
        let mut pace = Pace::new(48_000, 16, start);
        for n in 1..=30_000_u64 {
            let early = start + Duration::from_nanos((n - 1) * 1_000_000 / 3);
            let (wait, is_late) = pace.next(early);
            let due = early + wait;
            let exact = Duration::from_nanos(n * 1_000_000 / 3);
            assert!(!is_late);
            assert!((due - start).abs_diff(exact) <= Duration::from_nanos(2), "{n}");
        }
    }

    #[test]
    fn a_late_callback_is_caught_up_with_and_a_very_late_one_is_an_xrun() {
        let start = Instant::now();
        let millisecond = |n: u64| start + Duration::from_millis(n);
        let mut pace = Pace::new(1_000, 10, start);
        assert_eq!(pace.next(millisecond(18)), (Duration::ZERO, false));
        assert_eq!(pace.next(millisecond(18)), (Duration::from_millis(2), false));
        // Due at 30.
        assert_eq!(pace.next(millisecond(41)), (Duration::ZERO, true));
        assert_eq!(pace.next(millisecond(41)), (Duration::from_millis(10), false));
    }
}
