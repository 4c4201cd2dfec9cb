//! An instance: an output whose frames go through a ring to the process that holds the device.
//!
//! The ring is kept at one period: what a callback takes is filled again before the next one comes. So the sound is one period
//! later than it would be from a callback of our own, and no more.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use utter_plugin::{Failure, FailureCode, Format, Output, OutputState, Request, Status};

use crate::clock;
use crate::lease::pool::unexpected;
use crate::lease::{Lease, LeaseError};
use crate::plugin::Shared;
use crate::protocol::message::{Answer, Request as Ask, Shape};
use crate::shared_ring::{Callback, Geometry, Handover, RingError, RingWriter};

/// How long negotiating and opening may take. The ABI gives them 1.5 s, of which giving up needs some.
const OPEN: Duration = Duration::from_millis(1300);
/// How long opening the device anew may take, of 250 ms.
const RESET: Duration = Duration::from_millis(220);
/// How soon after a callback it is looked for, and how often at most and at least.
const AFTER_CALLBACK: u64 = 200_000;
const SOONEST: u64 = 500_000;
const LATEST: u64 = 5_000_000;
/// A ring holds so many periods, so that it also holds those of a device that changes its mind.
const PERIODS: u32 = 8;
const LEAST_FRAMES: u32 = 4096;

/// An output of the plugin.
#[derive(Debug)]
pub struct AsioOutput {
    shared: Arc<Shared>,
    device: String,
    lease: Option<Lease>,
    playing: Option<Playing>,
}

/// What there is while it is open.
#[derive(Debug)]
struct Playing {
    ring: RingWriter,
    epoch: u64,
    /// Frames of a callback, until one has told.
    period: u32,
    /// Frames before this one were flushed.
    flushed_to: u64,
    /// The last callback that was believed.
    callback: Option<Callback>,
    /// The last status, which is told again when there is no other.
    last: Status,
    /// The reader has lied, or does not read any more.
    is_broken: bool,
}

impl AsioOutput {
    pub(crate) fn new(shared: Arc<Shared>, device: &str) -> Self {
        Self {
            shared,
            device: device.to_owned(),
            lease: None,
            playing: None,
        }
    }

    /// The least frames that a callback found in the ring while some were owed; `None` if that was never so, or it is not open.
    pub fn least_level(&self) -> Option<u64> {
        self.playing.as_ref()?.ring.least_level()
    }

    /// The process that holds the device, while there is one.
    pub fn pid(&self) -> Option<u32> {
        Some(self.lease.as_ref()?.process().pid())
    }

    /// A place in a process that can be used.
    fn lease(&mut self, shape: Option<&Shape>, deadline: Instant) -> Result<Lease, LeaseError> {
        match self.lease.take() {
            Some(lease) if lease.process().is_usable() => return Ok(lease),
            Some(lease) => lease.release()?,
            None => {}
        }
        self.shared.pool.acquire(&self.device, shape, deadline)
    }

    fn try_negotiate(&mut self, request: &Request) -> Result<Shape, LeaseError> {
        let deadline = Instant::now() + OPEN;
        let lease = self.lease(None, deadline)?;
        let ask = Ask::Negotiate {
            device: self.device.clone(),
            rate: request.rate.unwrap_or(0),
            channels: request.channels.unwrap_or(0),
            period: u32::try_from(request.period.as_micros()).unwrap_or(u32::MAX),
        };
        let answer = lease.call(&ask, None, deadline);
        self.lease = Some(lease);
        match answer? {
            Answer::Shape(shape) => Ok(shape),
            answer => Err(unexpected(&answer)),
        }
    }

    fn try_open(&mut self, wanted: &Shape) -> Result<(), LeaseError> {
        let deadline = Instant::now() + OPEN;
        let mut lease = self.lease(Some(wanted), deadline)?;
        let real = loop {
            match lease.open(&self.device, wanted, deadline) {
                Ok(Some(real)) => break real,
                // The process has the device in another way for somebody else.
                Ok(None) => {
                    lease.release()?;
                    lease = self.shared.pool.acquire(&self.device, Some(wanted), deadline)?;
                }
                Err(error) => {
                    self.lease = Some(lease);
                    return Err(error);
                }
            }
        };
        self.playing = None;
        let playing = self.attach(&lease, &real, deadline);
        self.lease = Some(lease);
        self.playing = Some(playing?);
        Ok(())
    }

    fn attach(&self, lease: &Lease, shape: &Shape, deadline: Instant) -> Result<Playing, LeaseError> {
        let frames = shape.period.saturating_mul(PERIODS).max(LEAST_FRAMES);
        let geometry = Geometry {
            capacity: frames.checked_next_power_of_two().unwrap_or(u32::MAX),
            rate: shape.rate,
            channels: shape.channels,
        };
        let epoch = self.shared.next_epoch();
        let (ring, handover) = RingWriter::create(geometry, epoch, &self.shared.place)?;
        let attach = Ask::Attach {
            slot: lease.slot(),
            path: match &handover {
                Handover::Path(path) => Some(path.clone()),
                #[cfg(target_os = "linux")]
                Handover::Descriptor(_) => None,
            },
            epoch,
        };
        match lease.call(&attach, Some(&handover), deadline)? {
            Answer::Done {} => {}
            answer => return Err(unexpected(&answer)),
        }
        lease.process().set_pulse(lease.slot(), Some(ring.pulse()));
        self.shared.rings.fetch_add(1, Ordering::Relaxed);
        Ok(Playing {
            ring,
            epoch,
            period: shape.period,
            flushed_to: 0,
            callback: None,
            last: Status::running(),
            is_broken: false,
        })
    }

    /// Gives up what is held outside.
    fn let_go(&mut self) -> Result<(), LeaseError> {
        // The process first: a ring that it does not read any more can be unmapped without being missed.
        let released = self.lease.take().map_or(Ok(()), Lease::release);
        if self.playing.take().is_some() {
            self.shared.rings.fetch_sub(1, Ordering::Relaxed);
        }
        released
    }
}

impl Playing {
    /// What is in the ring and will be played.
    fn level(&mut self) -> Result<u64, RingError> {
        let read = self.ring.read()?;
        Ok(self.ring.written() - read.max(self.flushed_to))
    }

    /// Frames that one callback takes.
    fn period(&self) -> u32 {
        self.ring.largest_callback().unwrap_or(self.period)
    }

    fn status(&mut self, now: u64) -> Result<Status, RingError> {
        self.callback = self.ring.callback(now).or(self.callback);
        let (level, rate) = (self.level()?, self.ring.geometry().rate);
        let writable = u64::from(self.period()).saturating_sub(level) as u32;
        let held = self.callback.map_or(0, |callback| callback.held_at(now, rate));
        let until_next = self.callback.map_or(SOONEST, |callback| {
            (callback.next_at(rate) + AFTER_CALLBACK).saturating_sub(now)
        });
        self.last = Status {
            state: OutputState::Running,
            consumed: self.callback.map_or(0, |callback| callback.asked),
            writable,
            delay: u32::try_from(level + held).unwrap_or(u32::MAX),
            xruns: self.ring.xruns(),
            look_again: Duration::from_nanos(until_next.clamp(SOONEST, LATEST)),
        };
        Ok(self.last)
    }
}

impl Output for AsioOutput {
    fn negotiate(&mut self, request: &Request) -> Result<Format, Failure> {
        match self.try_negotiate(request) {
            Ok(shape) => Ok(Format {
                rate: shape.rate,
                channels: shape.channels,
                period_frames: shape.period,
            }),
            Err(error) => {
                // Nothing is held after a failure; what could not be let go of is in the log.
                let _ = self.let_go();
                Err(error.into())
            }
        }
    }

    fn open(&mut self, format: &Format) -> Result<(), Failure> {
        let shape = Shape {
            rate: format.rate,
            channels: format.channels,
            period: format.period_frames,
        };
        self.try_open(&shape).map_err(|error| {
            let _ = self.let_go();
            error.into()
        })
    }

    fn write(&mut self, samples: &[f32]) -> u32 {
        let Some(playing) = &mut self.playing else {
            return 0;
        };
        if playing.is_broken {
            return 0;
        }
        playing.ring.write(samples).unwrap_or_else(|_| {
            playing.is_broken = true;
            0
        })
    }

    fn status(&mut self) -> Status {
        let (Some(playing), Some(lease)) = (&mut self.playing, &self.lease) else {
            return Status {
                state: OutputState::Closed,
                ..Status::running()
            };
        };
        let process = lease.process();
        let status = playing.status(clock::now());
        playing.is_broken |= status.is_err() || process.is_broken(lease.slot(), playing.epoch);
        let status = status.unwrap_or(playing.last);
        let state = match process.condition() {
            state @ (OutputState::Running | OutputState::ResetWanted) if !playing.is_broken => {
                return Status { state, ..status };
            }
            OutputState::Disconnected => OutputState::Disconnected,
            _ => OutputState::Failed,
        };
        Status {
            state,
            writable: 0,
            ..status
        }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        if let Some(playing) = &mut self.playing {
            playing.ring.flush();
            playing.flushed_to = playing.ring.written();
        }
        Ok(())
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.flush()?;
        let Some(lease) = &self.lease else { return Ok(()) };
        match lease.process().condition() {
            OutputState::Running => Ok(()),
            OutputState::ResetWanted => match lease.call(&Ask::Reset {}, None, Instant::now() + RESET)? {
                Answer::Shape(_) => {
                    lease.process().was_reset();
                    Ok(())
                }
                answer => Err(unexpected(&answer).into()),
            },
            _ => Err(Failure::new(
                FailureCode::Device,
                "the device is lost; open it again",
            )),
        }
    }

    fn close(&mut self) -> Result<(), Failure> {
        Ok(self.let_go()?)
    }
}
