//! Mixes the rings that are attached to a device.

use utter_asio::clock;
use utter_asio::protocol::message::SLOTS;

use super::{DeviceSample, Feed};

/// Frames that are mixed at a time, so that any callback is served with what was allocated before.
const BLOCK: usize = 256;
/// Commands, and feeds on their way back, that can wait. A slot has one feed at a time, so there are never as many.
const QUEUE: usize = 4 * SLOTS;

/// What the callback is told.
#[expect(clippy::large_enum_variant, reason = "a box would have to be freed")]
pub(crate) enum Command {
    /// This feed is heard from now on. Its slot is empty.
    Attach(usize, Feed),
    /// This one is not heard any more.
    Detach(usize),
}

/// A feed that the callback has let go of.
pub(crate) struct Returned {
    pub(crate) slot: usize,
    pub(crate) feed: Feed,
    /// Its writer has lied; nobody asked for it back.
    pub(crate) is_broken: bool,
}

/// The side of the callback.
pub(crate) struct Mixer {
    commands: rtrb::Consumer<Command>,
    returned: rtrb::Producer<Returned>,
    slots: [Option<Feed>; SLOTS],
    channels: usize,
    mixed: MixBuffer,
    block: MixBuffer,
}

/// Made beforehand, of a size that does not change.
#[allow(clippy::disallowed_types, reason = "allocated before the stream runs")]
type MixBuffer = Vec<f32>;

/// The side of the program.
pub(crate) struct MixerControl {
    pub(crate) commands: rtrb::Producer<Command>,
    pub(crate) returned: rtrb::Consumer<Returned>,
}

/// Makes both sides, for a device of so many channels.
#[allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "made before the stream runs"
)]
pub(crate) fn mixer(channels: usize) -> (Mixer, MixerControl) {
    let (commands_in, commands_out) = rtrb::RingBuffer::new(QUEUE);
    let (returned_in, returned_out) = rtrb::RingBuffer::new(QUEUE);
    let mixer = Mixer {
        commands: commands_out,
        returned: returned_in,
        slots: [const { None }; SLOTS],
        channels,
        mixed: vec![0.0; BLOCK * channels],
        block: vec![0.0; BLOCK * channels],
    };
    let control = MixerControl {
        commands: commands_in,
        returned: returned_out,
    };
    (mixer, control)
}

impl Mixer {
    /// Fills a callback's buffer. `delay` is how many frames the device will play before those.
    #[cfg_attr(feature = "rtsan", rtsan_standalone::nonblocking)]
    pub(crate) fn render<T: DeviceSample>(&mut self, samples: &mut [T], delay: u64) {
        let at = clock::now();
        let frames = (samples.len() / self.channels) as u64;
        self.obey();
        self.look();
        for samples in samples.chunks_mut(BLOCK * self.channels) {
            let mixed = &mut self.mixed[..samples.len()];
            mixed.fill(0.0);
            for feed in self.slots.iter_mut().flatten() {
                feed.mix(mixed, &mut self.block);
            }
            for (sample, mixed) in samples.iter_mut().zip(mixed) {
                *sample = T::from_f32(mixed.clamp(-1.0, 1.0));
            }
        }
        for feed in self.slots.iter_mut().flatten() {
            feed.finish(at, frames, delay + frames);
        }
    }

    /// The device was not served in time: for everybody who is heard that is an xrun.
    pub(crate) fn device_was_late(&mut self) {
        for feed in self.slots.iter_mut().flatten() {
            feed.device_was_late();
        }
    }

    fn obey(&mut self) {
        while let Ok(command) = self.commands.pop() {
            match command {
                Command::Attach(slot, feed) => self.slots[slot] = Some(feed),
                Command::Detach(slot) => self.give_back(slot, false),
            }
        }
    }

    fn look(&mut self) {
        for slot in 0..SLOTS {
            let is_broken = self.slots[slot]
                .as_mut()
                .is_some_and(|feed| feed.begin().is_err());
            if is_broken {
                self.give_back(slot, true);
            }
        }
    }

    fn give_back(&mut self, slot: usize, is_broken: bool) {
        if let Some(feed) = self.slots[slot].take() {
            let returned = Returned {
                slot,
                feed,
                is_broken,
            };
            // There is room for more than all slots hold; were there none, the ring would stay where it is.
            if let Err(rtrb::PushError::Full(returned)) = self.returned.push(returned) {
                self.slots[slot] = Some(returned.feed);
            }
        }
    }
}
