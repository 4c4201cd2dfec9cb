//! A process that holds a device, or is asked about devices: calls, and its end.

use std::collections::HashMap;
use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use utter_plugin::OutputState;

use super::LeaseError;
use super::hang::Hang;
use crate::protocol::channel::Sender;
use crate::protocol::message::SLOTS;
use crate::protocol::{Answer, Decoder, Frame, FrameError, Kind, Notice, Request};
use crate::shared_ring::{Handover, Pulse};

/// How long a process that is asked to end may take to say that it will.
const QUIT: Duration = Duration::from_millis(300);
/// How long it may take from there to its end, and from being killed to that.
const END: Duration = Duration::from_millis(250);

/// A process of the program. Shared by its leases and by the threads that read what it says.
#[derive(Debug)]
pub struct Process {
    pid: u32,
    started: Instant,
    child: Mutex<Child>,
    /// Locked while a frame is written, which never waits.
    sender: Mutex<Sender>,
    calls: Mutex<Calls>,
    condition: AtomicI32,
    /// By slot, the ring that the program does not read any more.
    broken: [AtomicU64; SLOTS],
    /// Where it says that it lives, by slot.
    pulses: Mutex<[Option<Pulse>; SLOTS]>,
    hang: Mutex<Hang>,
    is_ending: AtomicBool,
    is_gone: Mutex<bool>,
    gone: Condvar,
}

/// How a process and its device are doing. A number, so that it can be read without waiting.
pub type Condition = OutputState;

#[derive(Debug, Default)]
struct Calls {
    next: u32,
    waiting: HashMap<u32, mpsc::SyncSender<Answer>>,
    is_over: bool,
}

impl Process {
    pub(super) fn new(child: Child, sender: Sender) -> Self {
        let now = Instant::now();
        Self {
            pid: child.id(),
            started: now,
            child: Mutex::new(child),
            sender: Mutex::new(sender),
            calls: Mutex::default(),
            condition: AtomicI32::new(OutputState::Running as i32),
            broken: Default::default(),
            pulses: Mutex::default(),
            hang: Mutex::new(Hang::new(now)),
            is_ending: AtomicBool::new(false),
            is_gone: Mutex::new(false),
            gone: Condvar::new(),
        }
    }

    /// Its number with the system.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// For how long it has run.
    pub(super) fn age(&self) -> Duration {
        self.started.elapsed()
    }

    /// How it and its device are doing. Wait-free.
    pub fn condition(&self) -> Condition {
        OutputState::from_raw(self.condition.load(Ordering::Acquire))
    }

    /// Whether it runs and has its device, or could have one.
    pub fn is_usable(&self) -> bool {
        matches!(self.condition(), OutputState::Running | OutputState::ResetWanted)
    }

    /// Whether the ring of this number in this slot is not read any more. Wait-free.
    pub fn is_broken(&self, slot: u32, epoch: u64) -> bool {
        self.broken[slot as usize % SLOTS].load(Ordering::Relaxed) == epoch
    }

    /// Asks for something, and waits for the answer until `deadline`.
    ///
    /// # Errors
    ///
    /// [`LeaseError::Gone`] as soon as the process is; [`LeaseError::TimedOut`]; [`LeaseError::Fault`] if it refuses.
    pub fn call(
        &self,
        request: &Request,
        ring: Option<&Handover>,
        deadline: Instant,
    ) -> Result<Answer, LeaseError> {
        let (answer_in, answer_out) = mpsc::sync_channel(1);
        let id = {
            let mut calls = self.calls.lock();
            if calls.is_over {
                return Err(LeaseError::Gone);
            }
            calls.next = calls.next.wrapping_add(1).max(1);
            let id = calls.next;
            calls.waiting.insert(id, answer_in);
            id
        };
        let answer = self.send(id, request, ring).and_then(|()| {
            let left = deadline.saturating_duration_since(Instant::now());
            answer_out.recv_timeout(left).map_err(|error| match error {
                RecvTimeoutError::Timeout => LeaseError::TimedOut(name(request)),
                RecvTimeoutError::Disconnected => LeaseError::Gone,
            })
        });
        self.calls.lock().waiting.remove(&id);
        match answer? {
            Answer::Fault { code, message } => Err(LeaseError::Fault { code, message }),
            answer => Ok(answer),
        }
    }

    fn send(&self, id: u32, request: &Request, ring: Option<&Handover>) -> Result<(), LeaseError> {
        let frame = Frame::new(Kind::Request, id, request)?;
        let mut sender = self.sender.lock();
        #[cfg(unix)]
        let sent = sender.send(&frame, descriptor(ring));
        #[cfg(not(unix))]
        let sent = {
            let _ = ring;
            sender.send(&frame)
        };
        sent.map_err(|_| {
            // It may have got half of it, and would take the next one for the rest.
            self.kill();
            LeaseError::Gone
        })
    }

    /// What it says by these bytes. An error is the end.
    pub(super) fn hear(&self, decoder: &mut Decoder, bytes: &[u8]) -> Result<(), FrameError> {
        decoder.push(bytes);
        while let Some(frame) = decoder.next()? {
            match frame.kind {
                Kind::Answer => {
                    let answer = frame.read()?;
                    if let Some(waiting) = self.calls.lock().waiting.remove(&frame.id) {
                        // Who does not wait any more does not want it; there is room for one.
                        let _ = waiting.try_send(answer);
                    }
                }
                Kind::Notice => self.notice(&frame.read()?),
                Kind::Request => return Err(FrameError::Kind),
            }
        }
        Ok(())
    }

    fn notice(&self, notice: &Notice) {
        match *notice {
            Notice::DeviceLost {} => self.lose(OutputState::Disconnected),
            Notice::DeviceFailed {} => self.lose(OutputState::Failed),
            Notice::ResetWanted {} => self.turn(OutputState::Running, OutputState::ResetWanted),
            Notice::RingBroken { slot, epoch } => {
                self.broken[slot as usize % SLOTS].store(epoch, Ordering::Relaxed);
            }
        }
    }

    /// The device was opened anew.
    pub(crate) fn was_reset(&self) {
        self.turn(OutputState::ResetWanted, OutputState::Running);
    }

    fn turn(&self, from: OutputState, to: OutputState) {
        let (from, to) = (from as i32, to as i32);
        // Otherwise it is lost, and stays so.
        let _ = self
            .condition
            .compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed);
    }

    fn lose(&self, to: OutputState) {
        self.turn(OutputState::Running, to);
        self.turn(OutputState::ResetWanted, to);
    }

    /// It has ended, or cannot be understood: nobody waits for it any more.
    pub(super) fn is_over(&self) {
        self.lose(OutputState::Disconnected);
        let waiting = {
            let mut calls = self.calls.lock();
            calls.is_over = true;
            std::mem::take(&mut calls.waiting)
        };
        // Whoever waits is woken by this.
        drop(waiting);
    }

    /// Ends it by force, without waiting.
    pub fn kill(&self) {
        // One that has ended already is no error that anybody could do something about.
        let _ = self.child.lock().kill();
    }

    /// Kills it if its heartbeat stands still, and tells whether it does.
    pub(super) fn watch(&self, now: Instant) -> bool {
        let beat = |pulses: &[Option<Pulse>; SLOTS]| pulses.iter().flatten().map(Pulse::last).max();
        let beat = beat(&self.pulses.lock());
        let hangs = self.hang.lock().look(beat, now);
        if hangs {
            self.lose(OutputState::Disconnected);
            self.kill();
        }
        hangs
    }

    /// From now on its heartbeat is looked for in this ring, or not any more.
    pub(crate) fn set_pulse(&self, slot: u32, pulse: Option<Pulse>) {
        let before = std::mem::replace(&mut self.pulses.lock()[slot as usize % SLOTS], pulse);
        // The memory is unmapped without the lock.
        drop(before);
    }

    /// Takes its exit status, so that nothing of it is left, and tells whether it was there to be taken.
    pub(super) fn reap(&self) -> bool {
        !matches!(self.child.lock().try_wait(), Ok(None))
    }

    /// Waits until it has ended, takes its exit status, and tells whether it was there to be taken.
    pub(super) fn wait_for_exit(&self, longest: Duration) -> bool {
        let deadline = Instant::now() + longest;
        while !self.reap() {
            if Instant::now() > deadline {
                return false;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        true
    }

    /// Nothing of it is left.
    pub(super) fn set_gone(&self) {
        *self.is_gone.lock() = true;
        self.gone.notify_all();
    }

    /// Whether it was asked to end, so that its end is no loss.
    pub(super) fn is_ending(&self) -> bool {
        self.is_ending.load(Ordering::Acquire)
    }

    /// Ends it by force, on purpose, without waiting.
    pub(super) fn end(&self) {
        self.is_ending.store(true, Ordering::Release);
        self.kill();
    }

    /// Ends it: asks, waits, kills, waits. At most 0.8 s. Returns whether it is gone.
    pub fn stop(&self) -> bool {
        self.is_ending.store(true, Ordering::Release);
        let quit = self.call(&Request::Quit {}, None, Instant::now() + QUIT);
        if quit.is_ok() && self.wait_until_gone(END) {
            return true;
        }
        self.kill();
        self.wait_until_gone(END)
    }

    /// Waits until nothing of it is left, and tells whether that is so.
    pub(super) fn wait_until_gone(&self, longest: Duration) -> bool {
        let deadline = Instant::now() + longest;
        let mut is_gone = self.is_gone.lock();
        while !*is_gone {
            if self.gone.wait_until(&mut is_gone, deadline).timed_out() {
                break;
            }
        }
        *is_gone
    }
}

#[cfg(unix)]
fn descriptor(ring: Option<&Handover>) -> Option<rustix::fd::BorrowedFd<'_>> {
    match ring? {
        #[cfg(target_os = "linux")]
        Handover::Descriptor(descriptor) => Some(std::os::fd::AsFd::as_fd(descriptor)),
        Handover::Path(_) => None,
    }
}

/// What an error calls it.
fn name(request: &Request) -> &'static str {
    match request {
        Request::Hello { .. } => "start",
        Request::List { .. } => "list",
        Request::Negotiate { .. } => "negotiate",
        Request::Open { .. } => "open",
        Request::Attach { .. } => "attach",
        Request::Detach { .. } => "detach",
        Request::Reset {} => "reset",
        Request::Ping {} => "ping",
        Request::Quit {} => "quit",
    }
}
