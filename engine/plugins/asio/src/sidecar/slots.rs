//! The rings that are attached, as the program knows them; the callback has the rings themselves.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use utter_asio::protocol::message::{FaultCode, Notice, SLOTS, Shape};
use utter_asio::shared_ring::{Handover, Pulse, RingReader};

use super::devices::Fault;
use super::realtime::{Command, Feed, MixerControl, Returned};

/// How long the callback may take to give a ring back. It is called far more often.
const GIVE_BACK: Duration = Duration::from_millis(300);
/// How often the process says that it lives.
const BEAT: Duration = Duration::from_millis(25);

/// The rings that are attached, by their slots.
pub(crate) struct Slots {
    control: MixerControl,
    epochs: [Option<u64>; SLOTS],
    pulses: Pulses,
}

/// Where this process says that it lives: on every ring, for as long as it is attached.
#[derive(Clone, Default)]
pub(crate) struct Pulses(Arc<Mutex<[Option<Pulse>; SLOTS]>>);

impl Pulses {
    /// Beats for ever. No thread of the program waits for this one, so it stops only when all of them do.
    pub(crate) fn start(&self) -> std::io::Result<()> {
        let pulses = self.clone();
        let beat = move || {
            loop {
                for pulse in pulses.0.lock().iter().flatten() {
                    pulse.beat();
                }
                thread::sleep(BEAT);
            }
        };
        thread::Builder::new().name("heartbeat".into()).spawn(beat)?;
        Ok(())
    }

    fn set(&self, slot: usize, pulse: Option<Pulse>) {
        let before = std::mem::replace(&mut self.0.lock()[slot], pulse);
        // The memory is unmapped without the lock.
        drop(before);
    }
}

impl Slots {
    pub(crate) fn new(control: MixerControl, pulses: Pulses) -> Self {
        Self {
            control,
            epochs: [None; SLOTS],
            pulses,
        }
    }

    /// Checks a ring and has the callback read it.
    pub(crate) fn attach(
        &mut self,
        slot: u32,
        epoch: u64,
        ring: Option<Handover>,
        shape: &Shape,
    ) -> Result<(), Fault> {
        let wrong = |message: &str| Fault::new(FaultCode::WrongState, message);
        let slot = self.slot(slot)?;
        if self.epochs[slot].is_some() {
            return Err(wrong("the slot is taken"));
        }
        let ring = ring.ok_or_else(|| wrong("no ring came with the request"))?;
        let ring = RingReader::attach(ring).map_err(|error| wrong(&error.to_string()))?;
        let geometry = ring.geometry();
        if (geometry.rate, geometry.channels, ring.epoch()) != (shape.rate, shape.channels, epoch) {
            return Err(wrong("the ring is of another shape than the device"));
        }
        self.pulses.set(slot, Some(ring.pulse()));
        let command = Command::Attach(slot, Feed::new(ring));
        if self.control.commands.push(command).is_err() {
            self.pulses.set(slot, None);
            return Err(wrong("the device does not take commands"));
        }
        self.epochs[slot] = Some(epoch);
        Ok(())
    }

    /// Has the callback let go of a ring, and returns when it has.
    pub(crate) fn detach(&mut self, slot: u32) -> Result<(), Fault> {
        let slot = self.slot(slot)?;
        if self.epochs[slot].is_none() {
            return Ok(());
        }
        let stands_still = || Fault::new(FaultCode::Device, "the device does not run, and keeps the ring");
        self.control
            .commands
            .push(Command::Detach(slot))
            .map_err(|_| stands_still())?;
        let since = Instant::now();
        while self.epochs[slot].is_some() {
            if since.elapsed() > GIVE_BACK {
                return Err(stands_still());
            }
            thread::sleep(Duration::from_millis(1));
            self.collect();
        }
        Ok(())
    }

    /// Frees what the callback has given back, and tells of the rings among it that nobody asked for.
    pub(crate) fn collect(&mut self) -> Option<Notice> {
        let mut broken = None;
        while let Ok(Returned {
            slot,
            feed,
            is_broken,
        }) = self.control.returned.pop()
        {
            let epoch = feed.epoch();
            // A ring that was attached since is another one.
            if self.epochs[slot] == Some(epoch) {
                self.epochs[slot] = None;
                self.pulses.set(slot, None);
            }
            if is_broken {
                eprintln!("the writer of ring {epoch} has lied; it is not read any more");
                broken = Some(Notice::RingBroken {
                    slot: slot as u32,
                    epoch,
                });
            }
        }
        broken
    }

    /// The mixer is gone with all that it had.
    pub(crate) fn clear(&mut self) {
        for slot in 0..SLOTS {
            self.epochs[slot] = None;
            self.pulses.set(slot, None);
        }
    }

    fn slot(&self, slot: u32) -> Result<usize, Fault> {
        let slot = slot as usize;
        if slot < SLOTS {
            Ok(slot)
        } else {
            Err(Fault::new(FaultCode::WrongState, "there is no such slot"))
        }
    }
}
