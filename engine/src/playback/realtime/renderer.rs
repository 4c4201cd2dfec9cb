//! The renderer: the door between a device's callback and the ring.
//!
//! An [`OutputBackend`](crate::playback::output::OutputBackend) owns it and calls [`Renderer::render`] for every
//! buffer that the device wants. It obeys commands, takes frames out of the ring through the
//! [transport](super::transport), applies volume and balance, spreads the frames over the device's channels in
//! its sample format, and publishes its status.

use super::account::Account;
use super::clock::Clock;
use super::command::{Command, Sent};
use super::gains::Gains;
use super::load::CallbackTimes;
use super::report::{Reports, reports};
use super::ring::FrameReader;
use super::status::{Status, StatusReader, StatusWriter, status};
use super::transport::Transport;
use crate::playback::output::DeviceSample;
use crate::playback::sync::rtrb;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Frames that are rendered at a time.
const BLOCK_FRAMES: usize = 256;

/// Commands that can wait for the next callback.
const COMMANDS: usize = 64;

/// The realtime side of a [`Player`](crate::playback::Player).
pub struct Renderer {
    transport: Transport,
    commands: rtrb::Consumer<Sent>,
    account: Account,
    published: StatusWriter,
    gains: Gains,
    /// The largest sample since somebody looked; bits of a float.
    peak: Arc<AtomicU32>,
    times: Arc<CallbackTimes>,
    clock: Clock,
    shape: RendererShape,
    left: [f32; BLOCK_FRAMES],
    right: [f32; BLOCK_FRAMES],
}

/// What a renderer must know of its device.
#[derive(Debug, Clone, Copy)]
pub(in crate::playback) struct RendererShape {
    /// Frames a second.
    pub(in crate::playback) rate: u32,
    /// Samples a frame.
    pub(in crate::playback) channels: u16,
    /// Frames of a fade, where no command says otherwise.
    pub(in crate::playback) fade: u32,
}

/// The other end of a renderer.
pub(in crate::playback) struct RendererControl {
    pub(in crate::playback) commands: rtrb::Producer<Sent>,
    pub(in crate::playback) status: StatusReader,
    pub(in crate::playback) reports: Reports,
    pub(in crate::playback) peak: Arc<AtomicU32>,
    pub(in crate::playback) times: Arc<CallbackTimes>,
}

impl Renderer {
    #[allow(clippy::disallowed_methods, reason = "made before the stream runs")]
    pub(in crate::playback) fn new(
        reader: FrameReader,
        shape: RendererShape,
        clock: Clock,
    ) -> (Self, RendererControl) {
        let (commands_in, commands_out) = rtrb::RingBuffer::new(COMMANDS);
        let (published, status) = status();
        let (report_sender, reports) = reports();
        let (peak, times) = (Arc::<AtomicU32>::default(), CallbackTimes::new());
        let renderer = Self {
            transport: Transport::new(reader, shape.fade),
            commands: commands_out,
            account: Account {
                status: Status::new(),
                reports: report_sender,
            },
            published,
            gains: Gains::new(),
            peak: Arc::clone(&peak),
            times: Arc::clone(&times),
            clock,
            shape,
            left: [0.0; BLOCK_FRAMES],
            right: [0.0; BLOCK_FRAMES],
        };
        let control = RendererControl {
            commands: commands_in,
            status,
            reports,
            peak,
            times,
        };
        (renderer, control)
    }

    /// Fills `interleaved` with the next frames. `delay_frames` is how many frames the device still has to
    /// play before the first of them. Samples beyond the last whole frame are left as they are.
    ///
    /// Safe for realtime: the time it takes depends on the number of frames alone.
    #[cfg_attr(feature = "rtsan", rtsan_standalone::nonblocking)]
    pub fn render<T: DeviceSample>(&mut self, interleaved: &mut [T], delay_frames: u64) {
        let called_at = self.clock.now();
        // In this order: no frame is read that a command already flushes.
        self.transport.admit();
        self.obey();
        let channels = usize::from(self.shape.channels).max(1);
        let frames = (interleaved.len() / channels) as u64;
        for samples in interleaved.chunks_mut(BLOCK_FRAMES * channels) {
            self.render_block(samples, channels);
        }
        let status = &mut self.account.status;
        status.latency_frames = delay_frames + frames;
        status.called_at = called_at;
        status.period_frames = status.period_frames.max(frames);
        status.callbacks += 1;
        status.mode = self.transport.mode();
        self.published.publish(status);
        let period = frames * 1_000_000_000 / u64::from(self.shape.rate.max(1));
        self.times.add(self.clock.now().saturating_sub(called_at), period);
    }

    fn obey(&mut self) {
        while self.account.reports.has_room()
            && let Ok(Sent { number, command }) = self.commands.pop()
        {
            let (device, ring) = (self.account.status.device_frames, self.transport.position());
            match command {
                Command::Gains { left, right, frames } => self.gains.go_to(left, right, frames),
                other => self.transport.obey(other, &mut self.account),
            }
            self.account.reports.obeyed(number, device, ring);
        }
    }

    fn render_block<T: DeviceSample>(&mut self, samples: &mut [T], channels: usize) {
        let frames = samples.len() / channels;
        let (left, right) = (&mut self.left[..frames], &mut self.right[..frames]);
        self.transport.fill(left, &mut self.account);
        let power = &mut self.account.status.power;
        let silence = T::from_f32(0.0);
        let peak = if self.gains.are_equal() {
            let peak = self.gains.apply_to_both(left, power);
            utter_dsp::spread_mono(left, channels, samples, silence, T::from_f32);
            peak
        } else {
            let peak = self.gains.apply(left, right, power);
            utter_dsp::spread_stereo(left, right, channels, samples, silence, T::from_f32);
            peak
        };
        self.peak.fetch_max(peak.to_bits(), Ordering::Relaxed);
    }
}
