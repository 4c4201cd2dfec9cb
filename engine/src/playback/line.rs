//! A line: an output that is open, with the ring that leads to it.
//!
//! Made on the [device thread](super::device), since opening can take long or hang; then the deck's. Everything
//! here is told by the renderer and the device; the writing ends are behind the [valve](super::valve).

use super::frames_in;
use super::options::PlayerOptions;
use super::output::{
    OutputBackend, OutputConfig, OutputError, OutputHealth, OutputId, OutputRequest, OutputSelection,
    OutputStream,
};
use super::realtime::clock::Clock;
use super::realtime::load::CallbackTimes;
use super::realtime::report::Reports;
use super::realtime::ring::ring;
use super::realtime::status::{Status, StatusReader};
use super::realtime::{Renderer, RendererControl, RendererShape};
use super::valve::Inlet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How long fades take: pause, resume, stop, and the two sides of an underrun.
pub(super) const FADE: Duration = Duration::from_millis(8);

/// No device asks for so many periods before it plays, whatever it says of its latency.
const SURELY_BEGUN: u64 = 16;

pub(super) struct Line {
    pub(super) config: OutputConfig,
    /// Frames of a callback, as far as the backend knows.
    pub(super) granted_period: Option<u32>,
    pub(super) health: Arc<OutputHealth>,
    pub(super) reports: Reports,
    pub(super) times: Arc<CallbackTimes>,
    status: StatusReader,
    peak: Arc<AtomicU32>,
    stream: Option<Box<dyn OutputStream>>,
    /// The latest moment that was said to be heard, so that it never goes back.
    heard: u64,
}

impl Line {
    /// Opens an output and starts it. It plays silence until frames are pushed.
    pub(super) fn open(
        backend: &dyn OutputBackend,
        selection: &OutputSelection,
        options: &PlayerOptions,
        clock: &Clock,
    ) -> Result<(Self, Inlet), OutputError> {
        Self::open_unless(backend, selection, &[], options, clock)
    }

    /// The same, but leaves the outputs `hanging` alone.
    pub(super) fn open_unless(
        backend: &dyn OutputBackend,
        selection: &OutputSelection,
        hanging: &[OutputId],
        options: &PlayerOptions,
        clock: &Clock,
    ) -> Result<(Self, Inlet), OutputError> {
        let request = OutputRequest {
            period: options.period,
        };
        let config = backend.negotiate(selection, &request)?;
        if hanging.contains(&config.id) {
            return Err(OutputError::Stalled(config.id));
        }
        // Twice the level: what follows a flush finds room although the renderer has not discarded yet.
        let capacity = 2 * frames_in(options.queue, config.rate).max(1);
        let (writer, reader) = ring(capacity as usize);
        let shape = RendererShape {
            rate: config.rate,
            channels: config.channels,
            fade: frames_in(FADE, config.rate) as u32,
        };
        let (renderer, control) = Renderer::new(reader, shape, clock.clone());
        let RendererControl {
            commands,
            status,
            reports,
            peak,
            times,
        } = control;
        let health = Arc::new(OutputHealth::default());
        let mut stream = backend.open(&config, renderer, Arc::clone(&health))?;
        stream.start()?;
        let inlet = Inlet {
            writer,
            commands,
            rate: config.rate,
        };
        let line = Self {
            granted_period: stream.period_frames(),
            config,
            health,
            reports,
            times,
            status,
            peak,
            stream: Some(stream),
            heard: 0,
        };
        Ok((line, inlet))
    }

    pub(super) fn status(&self) -> Status {
        self.status.read()
    }

    /// Whether the device has played something. To ask for the first frames, which fill its buffer, is not enough.
    pub(super) fn has_begun(&self) -> bool {
        let status = self.status();
        status.device_frames > status.latency_frames || status.callbacks >= SURELY_BEGUN
    }

    /// The largest sample since the last call.
    pub(super) fn take_peak(&self) -> f32 {
        f32::from_bits(self.peak.swap(0, Ordering::Relaxed))
    }

    /// How many frames of the device have been heard at the time `now` (nanoseconds): those that were given to it,
    /// less those that it still has to play. Between two callbacks it follows the clock. Never goes back.
    pub(super) fn heard(&mut self, status: &Status, now: u64) -> u64 {
        if status.callbacks == 0 {
            return 0;
        }
        let since = now.saturating_sub(status.called_at);
        let passed = (u128::from(since) * u128::from(self.config.rate) / 1_000_000_000) as u64;
        let at_callback = i128::from(status.device_frames) - i128::from(status.latency_frames);
        let heard = (at_callback + i128::from(passed)).clamp(0, i128::from(status.device_frames));
        self.heard = self.heard.max(heard as u64);
        self.heard
    }

    /// The time between a frame's being asked for and its being heard.
    pub(super) fn latency(&self, status: &Status) -> Duration {
        Duration::from_secs_f64(status.latency_frames as f64 / f64::from(self.config.rate.max(1)))
    }

    /// Whether it should be opened anew, since what its stream is made of was replaced or removed.
    pub(super) fn is_outdated(&self) -> bool {
        self.stream.as_ref().is_some_and(|stream| stream.is_outdated())
    }

    /// The stream, to be closed elsewhere.
    pub(super) fn take_stream(&mut self) -> Option<Box<dyn OutputStream>> {
        self.stream.take()
    }
}
