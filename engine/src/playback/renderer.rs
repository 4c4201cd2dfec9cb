//! The renderer: what runs in the device's callback.
//!
//! An [`OutputBackend`](super::output::OutputBackend) owns it and calls [`Renderer::render`] for every buffer
//! that the device wants. It obeys commands, takes frames out of the ring through the
//! [transport](super::transport), spreads them over the device's channels in its sample format, and publishes
//! its status. It never allocates, locks, waits, logs, calls the system, or drops what others share: all that
//! it owns was made beforehand, and is freed with it, outside the callback.

use super::output::DeviceSample;
use super::ring::FrameReader;
use super::status::{Status, StatusReader, StatusWriter, status};
use super::transport::{Command, Transport};

/// Frames that are rendered at a time.
const BLOCK_FRAMES: usize = 256;

/// Commands that can wait for the next callback.
const COMMANDS: usize = 64;

/// The realtime side of a [`Player`](super::Player).
pub struct Renderer {
    transport: Transport,
    commands: rtrb::Consumer<Command>,
    status: Status,
    published: StatusWriter,
    channels: usize,
    block: [f32; BLOCK_FRAMES],
}

/// The other end of a renderer, for the player.
pub(super) struct RendererControl {
    pub(super) commands: rtrb::Producer<Command>,
    pub(super) status: StatusReader,
}

impl Renderer {
    /// A renderer for a device of `channels` channels, whose fades take `fade` frames.
    pub(super) fn new(reader: FrameReader, channels: u16, fade: u32) -> (Self, RendererControl) {
        let (commands_in, commands_out) = rtrb::RingBuffer::new(COMMANDS);
        let (published, status) = status();
        let renderer = Self {
            transport: Transport::new(reader, fade),
            commands: commands_out,
            status: Status::new(),
            published,
            channels: usize::from(channels).max(1),
            block: [0.0; BLOCK_FRAMES],
        };
        (
            renderer,
            RendererControl {
                commands: commands_in,
                status,
            },
        )
    }

    /// Fills `interleaved` with the next frames. `delay_frames` is how many frames the device still has to
    /// play before the first of them. Samples beyond the last whole frame are left as they are.
    ///
    /// Safe for realtime: the time it takes depends on the number of frames alone.
    #[cfg_attr(feature = "rtsan", rtsan_standalone::nonblocking)]
    pub fn render<T: DeviceSample>(&mut self, interleaved: &mut [T], delay_frames: u64) {
        while let Ok(command) = self.commands.pop() {
            self.transport.obey(command, &mut self.status);
            self.status.commands_obeyed += 1;
        }
        let frames = interleaved.len() / self.channels;
        for samples in interleaved.chunks_mut(BLOCK_FRAMES * self.channels) {
            let block = &mut self.block[..samples.len() / self.channels];
            self.transport.fill(block, &mut self.status);
            utter_dsp::spread_mono(block, self.channels, samples, T::from_f32(0.0), T::from_f32);
        }
        self.status.latency_frames = delay_frames + frames as u64;
        self.status.mode = self.transport.mode();
        self.published.publish(&self.status);
    }
}
