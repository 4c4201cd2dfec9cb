//! The player: opens an output, and steers and watches what is played on it.
//!
//! This is the control side; all of it may be called from any thread, and nothing of it runs on the realtime
//! side. Commands reach the renderer through a ring, and are obeyed at the start of its next callback.
//! Waiting sleeps for about as long as the device needs, since the realtime side must not wake anybody.

use super::counters::Counters;
use super::error::PlaybackError;
use super::output::{
    OutputBackend, OutputConfig, OutputHealth, OutputRequest, OutputSelection, OutputStream, close_stream,
};
use super::queue::FrameQueue;
use super::renderer::{Renderer, RendererControl};
use super::ring::ring;
use super::status::{Mode, Status, StatusReader};
use super::transport::Command;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long fades take: pause, resume, stop, and the two sides of an underrun.
const FADE: Duration = Duration::from_millis(8);

/// A device that has not asked for frames for so long has stalled.
const STALLED_AFTER: Duration = Duration::from_secs(3);

const LONGEST_NAP: Duration = Duration::from_millis(50);
const SHORTEST_NAP: Duration = Duration::from_millis(2);

/// How a player is opened.
#[derive(Debug, Clone)]
pub struct PlayerOptions {
    /// The time between two callbacks that is asked for; the device then has two periods in its buffer. The
    /// default is 20 ms: with inference on every core and no realtime priority, 10 ms were missed three times
    /// a second, and 20 ms never (two cores, ALSA).
    pub period: Duration,
    /// How far ahead of the device frames may be made.
    pub queue: Duration,
}

impl Default for PlayerOptions {
    fn default() -> Self {
        Self {
            period: Duration::from_millis(20),
            queue: Duration::from_secs(8),
        }
    }
}

/// Plays frames on an output. [`queue`](Self::queue) takes the frames.
pub struct Player {
    queue: FrameQueue,
    commands: Mutex<Commands>,
    status: StatusReader,
    config: OutputConfig,
    health: Arc<OutputHealth>,
    stream: Mutex<Option<Box<dyn OutputStream>>>,
    closed: AtomicBool,
}

struct Commands {
    ring: rtrb::Producer<Command>,
    sent: u64,
}

impl Player {
    /// Opens an output and starts it. It plays silence until frames are pushed.
    ///
    /// # Errors
    ///
    /// [`PlaybackError::Output`] if the output cannot be found, opened or started.
    pub fn open(
        backend: &dyn OutputBackend,
        selection: &OutputSelection,
        options: &PlayerOptions,
    ) -> Result<Self, PlaybackError> {
        let config = backend.negotiate(
            selection,
            &OutputRequest {
                period: options.period,
            },
        )?;
        let (writer, reader) = ring(frames_in(options.queue, config.rate).max(1) as usize);
        let fade = frames_in(FADE, config.rate) as u32;
        let (renderer, RendererControl { commands, status }) = Renderer::new(reader, config.channels, fade);
        let health = Arc::new(OutputHealth::default());
        let mut stream = backend.open(&config, renderer, Arc::clone(&health))?;
        stream.start()?;
        tracing::info!(output = %config.name, id = %config.id, rate = config.rate, channels = config.channels,
            format = %config.format, period = ?stream.period_frames(), "output open");
        Ok(Self {
            queue: FrameQueue::new(writer, config.rate, Arc::clone(&health)),
            commands: Mutex::new(Commands {
                ring: commands,
                sent: 0,
            }),
            status,
            config,
            health,
            stream: Mutex::new(Some(stream)),
            closed: AtomicBool::new(false),
        })
    }

    /// Where frames are pushed.
    pub fn queue(&self) -> &FrameQueue {
        &self.queue
    }

    /// The output, and how it is used.
    pub fn output(&self) -> &OutputConfig {
        &self.config
    }

    /// What the renderer does.
    pub fn mode(&self) -> Mode {
        self.status.read().mode
    }

    /// Where every frame went.
    pub fn counters(&self) -> Counters {
        let status = self.status.read();
        Counters::new(&status, self.queue.produced(), self.health.xruns())
    }

    /// Fades out and waits for [`resume`](Self::resume). What is queued stays queued.
    ///
    /// # Errors
    ///
    /// [`PlaybackError::OutputUnresponsive`] if the device takes no commands.
    pub fn pause(&self) -> Result<(), PlaybackError> {
        self.send(|| Command::Pause)
    }

    /// Fades in again where [`pause`](Self::pause) left off. Does nothing without a pause.
    ///
    /// # Errors
    ///
    /// [`PlaybackError::OutputUnresponsive`] if the device takes no commands.
    pub fn resume(&self) -> Result<(), PlaybackError> {
        self.send(|| Command::Resume)
    }

    /// Fades out within 8 ms and discards exactly what was pushed before this call; ends a pause. Nothing
    /// that is pushed for the old epoch is taken any more; frames of the new one can follow at once. Returns
    /// at once; to wait for silence, [`wait_until_drained`](Self::wait_until_drained).
    ///
    /// # Errors
    ///
    /// [`PlaybackError::OutputUnresponsive`] if the device takes no commands. The new epoch has begun even
    /// so.
    pub fn stop(&self) -> Result<(), PlaybackError> {
        self.send(|| Command::Stop {
            until: self.queue.begin_epoch(),
        })
    }

    /// Waits until everything that was pushed so far has been heard or discarded: the last frame has left the
    /// ring, and the device's latency has passed. While paused it waits on.
    ///
    /// # Errors
    ///
    /// [`PlaybackError::OutputLost`] or [`PlaybackError::OutputStalled`] if that will not happen, and
    /// [`PlaybackError::Closed`].
    pub fn wait_until_drained(&self) -> Result<(), PlaybackError> {
        let sent = self.commands.lock().sent;
        let produced = self.queue.produced();
        let drained = |status: &Status| {
            let idle = status.mode == Mode::Idle || status.consumed() > produced;
            status.commands_obeyed >= sent && status.consumed() >= produced && idle
        };
        self.wait_until_heard(produced, drained, || false).map(|_| ())
    }

    /// Waits until the frames before `index` have been heard, or discarded, or `cancelled` says so (then
    /// `false`).
    ///
    /// # Errors
    ///
    /// As for [`wait_until_drained`](Self::wait_until_drained).
    pub(crate) fn wait_for_frame(
        &self,
        index: u64,
        cancelled: impl Fn() -> bool,
    ) -> Result<bool, PlaybackError> {
        self.wait_until_heard(index, |status| status.consumed() >= index, cancelled)
    }

    /// How many frames have left the ring.
    pub(crate) fn consumed(&self) -> u64 {
        self.status.read().consumed()
    }

    /// Stops the device and closes it; what is queued is not heard. Everybody who pushes or waits gets
    /// [`Closed`](PlaybackError::Closed). Returns within half a second even if the device hangs. Dropping the
    /// player does the same.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.queue.close();
        let stream = self.stream.lock().take();
        if let Some(stream) = stream {
            close_stream(stream);
        }
    }

    fn send(&self, command: impl FnOnce() -> Command) -> Result<(), PlaybackError> {
        let mut commands = self.commands.lock();
        // Made under the lock, so that stops reach the renderer in the order of their epochs.
        let command = command();
        commands
            .ring
            .push(command)
            .map_err(|_| PlaybackError::OutputUnresponsive)?;
        commands.sent += 1;
        Ok(())
    }

    /// Waits for `left_ring`, and then for as many frames of the device as it has latency.
    fn wait_until_heard(
        &self,
        index: u64,
        left_ring: impl Fn(&Status) -> bool,
        cancelled: impl Fn() -> bool,
    ) -> Result<bool, PlaybackError> {
        let mut heard_at = None;
        let mut watch = StallWatch::new();
        loop {
            if cancelled() {
                return Ok(false);
            }
            let status = self.status.read();
            if heard_at.is_none() && left_ring(&status) {
                heard_at = Some(status.sounded_until + status.latency_frames);
            }
            let frames_left = match heard_at {
                Some(at) if status.device_frames >= at => return Ok(true),
                Some(at) => at - status.device_frames,
                None => index.saturating_sub(status.consumed()),
            };
            self.check(&status, &mut watch)?;
            let nap = Duration::from_secs_f64(frames_left as f64 / f64::from(self.config.rate));
            std::thread::sleep(nap.clamp(SHORTEST_NAP, LONGEST_NAP));
        }
    }

    fn check(&self, status: &Status, watch: &mut StallWatch) -> Result<(), PlaybackError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(PlaybackError::Closed);
        }
        if let Some(reason) = self.health.lost() {
            return Err(PlaybackError::OutputLost(reason));
        }
        if watch.has_stalled(status.device_frames) {
            return Err(PlaybackError::OutputStalled(STALLED_AFTER));
        }
        Ok(())
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.close();
    }
}

/// Sees whether the device's clock still moves.
struct StallWatch {
    device_frames: u64,
    moved: Instant,
}

impl StallWatch {
    fn new() -> Self {
        Self {
            device_frames: 0,
            moved: Instant::now(),
        }
    }

    fn has_stalled(&mut self, device_frames: u64) -> bool {
        if device_frames != self.device_frames {
            *self = Self {
                device_frames,
                moved: Instant::now(),
            };
        }
        self.moved.elapsed() >= STALLED_AFTER
    }
}

/// Frames of `rate` Hz in `duration`, to the nearest.
fn frames_in(duration: Duration, rate: u32) -> u64 {
    (duration.as_secs_f64() * f64::from(rate)).round() as u64
}
