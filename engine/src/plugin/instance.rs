//! An instance of a plugin's output, used by one thread at a time.
//!
//! What the plugin says is checked: a device that goes back, or frames that were never given, make it an output that has
//! failed. Closing has a deadline, after which the instance is left behind.

use super::deadline::within;
use super::generation::Generation;
use super::load_error::LoadError;
use super::outputs::{Handle, OutputCalls, Step};
use std::sync::Arc;
use std::time::Duration;
use utter_plugin::abi::OutputState;
use utter_plugin::{Format, Request, Status};

/// How long an instance may take to negotiate a format, and to open: what the ABI says, and what a busy machine adds.
const OPENS_WITHIN: Duration = Duration::from_secs(3);

/// How long an instance may take to close, with what the system needs to run a thread for it.
const CLOSES_WITHIN: Duration = Duration::from_millis(1_500);

/// More than this many seconds of delay is no device's.
const LONGEST_DELAY: u32 = 60;

/// Seconds of frames that an instance is given at most before its device has taken them.
const DEEPEST: u64 = 4;

/// An instance. It is ended by [`close`](Self::close), and by nothing else.
pub struct PluginOutput {
    generation: Arc<Generation>,
    number: u64,
    /// Until it is closed.
    handle: Option<Handle>,
    format: Option<Format>,
    written: u64,
    consumed: u64,
    xruns: u64,
    /// What it said that cannot be.
    lie: Option<&'static str>,
}

impl PluginOutput {
    pub(super) fn new(generation: Arc<Generation>, number: u64, handle: Handle) -> Self {
        Self {
            generation,
            number,
            handle: Some(handle),
            format: None,
            written: 0,
            consumed: 0,
            xruns: 0,
            lie: None,
        }
    }

    /// The generation that it belongs to.
    pub fn generation(&self) -> &Arc<Generation> {
        &self.generation
    }

    /// Decides on a format.
    ///
    /// # Errors
    ///
    /// What the plugin says, or that what it says cannot be.
    pub fn negotiate(&mut self, request: &Request) -> Result<Format, LoadError> {
        let request = *request;
        self.timed("negotiate a format", OPENS_WITHIN, move |calls, handle| {
            calls.negotiate(handle, &request)
        })?
    }

    /// Opens the device.
    ///
    /// # Errors
    ///
    /// What the plugin says.
    pub fn open(&mut self, format: &Format) -> Result<(), LoadError> {
        let wanted = *format;
        self.timed("open the device", OPENS_WITHIN, move |calls, handle| {
            calls.open(handle, &wanted)
        })??;
        self.format = Some(*format);
        (self.written, self.consumed, self.xruns, self.lie) = (0, 0, 0, None);
        Ok(())
    }

    /// Writes interleaved samples, whole frames; gives how many frames were taken. Realtime safe if the plugin is.
    pub fn write(&mut self, samples: &[f32]) -> u32 {
        let (Some(handle), Some(format)) = (self.handle.as_mut(), self.format) else {
            return 0;
        };
        let channels = format.channels as usize;
        let taken = self.generation.calls().write(handle, samples, channels);
        if taken.is_none() {
            self.lie = Some("it says that it took more frames than it was given");
        }
        let taken = taken.unwrap_or(0);
        self.written += u64::from(taken);
        taken
    }

    /// How it is doing. Realtime safe if the plugin is.
    pub fn status(&mut self) -> Status {
        let (Some(handle), Some(format)) = (self.handle.as_mut(), self.format) else {
            return Status {
                state: OutputState::Closed,
                ..Status::running()
            };
        };
        let mut status = self.generation.calls().status(handle);
        let longest = format.rate.saturating_mul(LONGEST_DELAY);
        if status.state == OutputState::Running {
            self.lie = self.lie.or(match () {
                () if status.consumed < self.consumed => Some("its device goes back"),
                () if status.xruns < self.xruns => Some("its xruns become fewer"),
                () if status.delay > longest => Some("its delay is longer than a minute"),
                () => None,
            });
            (self.consumed, self.xruns) = (status.consumed, status.xruns);
        }
        if self.lie.is_some() {
            status.state = OutputState::Failed;
            status.writable = 0;
        }
        // One that takes everything is given no more than a device could need.
        let deepest = u64::from(format.rate) * DEEPEST;
        let ahead = self.written.saturating_sub(status.consumed);
        let room = u32::try_from(deepest.saturating_sub(ahead)).unwrap_or(u32::MAX);
        status.writable = status.writable.min(room);
        status
    }

    /// What it said that cannot be, if it did.
    pub fn lie(&self) -> Option<&'static str> {
        self.lie
    }

    /// Whether its generation still gives instances. Wait-free.
    pub fn is_active(&self) -> bool {
        self.generation.is_active()
    }

    /// Drops what was written and is not with the device.
    ///
    /// # Errors
    ///
    /// What the plugin says.
    pub fn flush(&mut self) -> Result<(), LoadError> {
        self.take(Step::Flush)
    }

    /// Begins anew with the same format.
    ///
    /// # Errors
    ///
    /// What the plugin says.
    pub fn reset(&mut self) -> Result<(), LoadError> {
        self.take(Step::Reset)
    }

    fn take(&mut self, step: Step) -> Result<(), LoadError> {
        let handle = self.handle.as_mut().ok_or(LoadError::Draining)?;
        self.generation.calls().take(handle, step)
    }

    /// Closes and destroys it: what it held outside is gone when this returns. If the plugin takes too long it is left behind,
    /// quarantined, until it comes back.
    ///
    /// # Errors
    ///
    /// [`LoadError::Late`], or what the plugin says; it is destroyed even so.
    pub fn close(mut self) -> Result<(), LoadError> {
        let Some(handle) = self.handle.take() else {
            return Ok(());
        };
        let (generation, number) = (Arc::clone(&self.generation), self.number);
        let close = move || end(&generation, number, handle);
        let closed = within("utter-plugin-close", CLOSES_WITHIN, close, drop);
        self.generation.came_back(closed, self.number, "close")?
    }

    /// Makes a call that may hang. One that does is left behind with the instance, which is closed when it comes back.
    fn timed<R: Send + 'static>(
        &mut self,
        what: &'static str,
        time: Duration,
        call: impl FnOnce(&OutputCalls, &mut Handle) -> R + Send + 'static,
    ) -> Result<R, LoadError> {
        let mut handle = self.handle.take().ok_or(LoadError::Draining)?;
        let (generation, theirs, number) = (
            Arc::clone(&self.generation),
            Arc::clone(&self.generation),
            self.number,
        );
        let call = move || {
            let result = call(generation.calls(), &mut handle);
            (handle, result)
        };
        let late = move |(handle, _): (Handle, R)| {
            // Nobody waits for what it says.
            let _ = end(&theirs, number, handle);
        };
        let result = within("utter-plugin-call", time, call, late);
        let (handle, result) = self.generation.came_back(result, number, what)?;
        self.handle = Some(handle);
        Ok(result)
    }

    /// What to quarantine it by, for who waits for a thread that has it.
    pub fn ticket(&self) -> InstanceTicket {
        InstanceTicket {
            generation: Arc::clone(&self.generation),
            number: self.number,
        }
    }
}

impl Drop for PluginOutput {
    /// Somebody has forgotten to close it, or has panicked: it is closed, on this thread.
    fn drop(&mut self) {
        if let Some(handle) = self.handle.take() {
            tracing::warn!(
                plugin = self.generation.plugin.id,
                "an instance of a plugin was not closed"
            );
            // There is nobody to be told.
            let _ = end(&self.generation, self.number, handle);
        }
    }
}

/// Closes and destroys an instance.
fn end(generation: &Arc<Generation>, number: u64, mut handle: Handle) -> Result<(), LoadError> {
    let closed = generation.calls().take(&mut handle, Step::Close);
    generation.calls().destroy(handle);
    generation.released(number);
    closed
}

/// Names an instance that a thread has which may hang.
pub struct InstanceTicket {
    generation: Arc<Generation>,
    number: u64,
}

impl InstanceTicket {
    /// Whether its generation still gives instances. Wait-free.
    pub fn is_active(&self) -> bool {
        self.generation.is_active()
    }

    /// It hangs in a call.
    pub fn quarantine(&self, what: &'static str) {
        self.generation.quarantine(self.number, what);
    }
}
