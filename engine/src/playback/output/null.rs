//! An output without a device: it takes frames at the pace of a clock, and nobody hears them.
//!
//! For machines without audio, and for tests and measurements that need the pace of a device but none of its
//! moods. Whoever would open a device opens this instead. It is not in the lists of other backends.

use super::{
    OutputBackend, OutputConfig, OutputError, OutputFault, OutputFormats, OutputHealth, OutputId, OutputInfo,
    OutputRequest, OutputSelection, OutputStream, SampleFormat,
};
use crate::playback::realtime::Renderer;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The output that discards what it is given. It runs like a card with a buffer of two periods: a callback
/// that comes more than a period late is an xrun, after which its clock begins anew.
#[derive(Debug, Clone)]
pub struct NullOutput {
    rate: u32,
    channels: u16,
    taken: Arc<AtomicU64>,
}

impl NullOutput {
    /// Its id.
    pub const ID: &'static str = "utter:null";

    /// One of `rate` frames a second and `channels` samples a frame; of each there is at least one.
    pub fn new(rate: u32, channels: u16) -> Self {
        Self {
            rate: rate.max(1),
            channels: channels.max(1),
            taken: Arc::default(),
        }
    }

    /// How many frames it has been given, by all streams that were opened on it or on a clone of it.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Acquire)
    }
}

impl Default for NullOutput {
    /// One of 48 kHz with two channels.
    fn default() -> Self {
        Self::new(48_000, 2)
    }
}

impl OutputBackend for NullOutput {
    fn outputs(&self) -> Result<Vec<OutputInfo>, OutputError> {
        Ok(vec![OutputInfo {
            id: OutputId::new(Self::ID),
            name: NAME.into(),
            is_default: true,
            formats: vec![OutputFormats {
                channels: self.channels,
                lowest_rate: self.rate,
                highest_rate: self.rate,
                format: SampleFormat::F32,
            }],
        }])
    }

    fn default_output(&self) -> Result<Option<OutputId>, OutputError> {
        Ok(Some(OutputId::new(Self::ID)))
    }

    fn negotiate(
        &self,
        selection: &OutputSelection,
        request: &OutputRequest,
    ) -> Result<OutputConfig, OutputError> {
        match selection {
            OutputSelection::Id(id) if id.as_str() != Self::ID => Err(OutputError::NotFound(id.clone())),
            _ => {
                let frames = (request.period.as_secs_f64() * f64::from(self.rate)).round() as u32;
                Ok(OutputConfig {
                    id: OutputId::new(Self::ID),
                    name: NAME.into(),
                    rate: self.rate,
                    channels: self.channels,
                    format: SampleFormat::F32,
                    // No longer than a second: so much is allocated.
                    period_frames: Some(frames.clamp(1, self.rate)),
                })
            }
        }
    }

    fn open(
        &self,
        config: &OutputConfig,
        renderer: Renderer,
        health: Arc<OutputHealth>,
    ) -> Result<Box<dyn OutputStream>, OutputError> {
        let period = config.period_frames.unwrap_or(self.rate / 100).max(1);
        Ok(Box::new(NullStream {
            period,
            id: config.id.clone(),
            waiting: Some(Sink {
                renderer,
                health,
                buffer: vec![0.0; period as usize * usize::from(self.channels)],
                period,
                rate: self.rate,
                taken: Arc::clone(&self.taken),
            }),
            running: None,
        }))
    }
}

const NAME: &str = "Null output";

struct NullStream {
    period: u32,
    id: OutputId,
    /// Until it is started.
    waiting: Option<Sink>,
    /// The thread, which ends when the sender is dropped.
    running: Option<(mpsc::Sender<()>, JoinHandle<()>)>,
}

impl OutputStream for NullStream {
    fn start(&mut self) -> Result<(), OutputError> {
        let Some(sink) = self.waiting.take() else {
            return Ok(());
        };
        let (sender, stop) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("utter-null-output".into())
            .spawn(move || sink.run(&stop))
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

impl Drop for NullStream {
    /// Returns when the thread has ended: it is at most in the middle of a callback.
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.running.take() {
            drop(sender);
            if thread.join().is_err() {
                tracing::error!("the null output's thread has panicked");
            }
        }
    }
}

/// What the stream's thread owns.
struct Sink {
    renderer: Renderer,
    health: Arc<OutputHealth>,
    buffer: Vec<f32>,
    period: u32,
    rate: u32,
    taken: Arc<AtomicU64>,
}

impl Sink {
    /// Calls the renderer, a period each time, until the other end of `stop` is gone.
    fn run(mut self, stop: &mpsc::Receiver<()>) {
        let mut pace = Pace::new(self.rate, self.period, Instant::now());
        loop {
            self.health.served();
            self.renderer.render(&mut self.buffer, 0);
            self.taken.fetch_add(u64::from(self.period), Ordering::AcqRel);
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
    use crate::playback::{Player, PlayerOptions};

    const RATE: u32 = 8_000;

    fn open(output: &NullOutput) -> Player {
        let options = PlayerOptions {
            period: Duration::from_millis(5),
            ..PlayerOptions::default()
        };
        Player::open(Arc::new(output.clone()), &OutputSelection::Default, &options).unwrap()
    }

    fn wait_for(output: &NullOutput, frames: u64) {
        let since = Instant::now();
        while output.taken() < frames {
            assert!(since.elapsed() < Duration::from_secs(20), "it does not run");
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn it_takes_no_more_frames_than_time_has_passed() {
        let output = NullOutput::new(RATE, 2);
        let since = Instant::now();
        let player = open(&output);
        wait_for(&output, 2_000);
        // The first period is taken at once.
        let most = since.elapsed().as_secs_f64() * f64::from(RATE) + 40.0;
        assert!(output.taken() as f64 <= most, "{} of {most}", output.taken());
        player.close();
    }

    #[test]
    fn it_takes_nothing_before_the_start_nor_after_the_end() {
        let output = NullOutput::new(RATE, 1);
        let player = open(&output);
        wait_for(&output, 400);
        player.close();
        let taken = output.taken();
        // Forty periods.
        thread::sleep(Duration::from_millis(200));
        assert_eq!(output.taken(), taken);
        assert_eq!(taken % 40, 0, "whole periods");
    }

    #[test]
    fn it_is_chosen_by_its_id_and_by_no_other() {
        let output = NullOutput::default();
        let request = OutputRequest {
            period: Duration::from_millis(10),
        };
        let by_id = |id: &str| output.negotiate(&OutputSelection::Id(OutputId::new(id)), &request);
        let config = by_id(NullOutput::ID).unwrap();
        assert_eq!((config.rate, config.channels), (48_000, 2));
        assert_eq!(config.period_frames, Some(480));
        assert!(matches!(by_id("alsa:default"), Err(OutputError::NotFound(_))));
        assert_eq!(output.default_output().unwrap(), Some(config.id));
    }

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
