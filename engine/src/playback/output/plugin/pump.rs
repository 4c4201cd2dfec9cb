//! The pump: what a device's callback is for other outputs.
//!
//! It asks the instance how much room there is, has that rendered, writes it, and sleeps until the plugin says that it is worth
//! asking again. How deep the frames lie behind it is the plugin's affair, which offers no more room than its device needs. It
//! runs at realtime priority where that is granted. Between its calls of the plugin it allocates nothing and takes no lock.

use super::priority;
use crate::playback::output::{LossReason, OutputFault, OutputHealth};
use crate::playback::realtime::Renderer;
use crate::plugin::PluginOutput;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;
use utter_plugin::{Format, OutputState, Status};

/// The pump sleeps no shorter and no longer, whatever the plugin says.
const SLEEPS: std::ops::RangeInclusive<Duration> = Duration::from_micros(250)..=Duration::from_millis(10);

/// Resets that are tried one after the other before the output counts as lost.
const RESETS: u32 = 3;

/// Ends a pump.
#[derive(Clone, Default)]
pub(super) struct Stop {
    is_stopped: Arc<AtomicBool>,
    thread: Arc<Mutex<Option<Thread>>>,
}

impl Stop {
    /// The thread to wake.
    pub(super) fn set_thread(&self, thread: Thread) {
        *self.thread.lock() = Some(thread);
    }

    /// Has the pump end as soon as it is in no call of the plugin.
    pub(super) fn stop(&self) {
        self.is_stopped.store(true, Ordering::Release);
        if let Some(thread) = &*self.thread.lock() {
            thread.unpark();
        }
    }

    fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Acquire)
    }
}

/// Renders for an instance.
pub(super) struct Pump {
    instance: PluginOutput,
    renderer: Renderer,
    health: Arc<OutputHealth>,
    channels: usize,
    /// Room for a period; frames that were rendered and not taken stay in it.
    buffer: Vec<f32>,
    /// Samples in the buffer that are to be written.
    waiting: std::ops::Range<usize>,
    consumed: u64,
    xruns: u64,
    resets: u32,
}

impl Pump {
    pub(super) fn new(
        instance: PluginOutput,
        format: &Format,
        renderer: Renderer,
        health: Arc<OutputHealth>,
    ) -> Self {
        let channels = format.channels as usize;
        Self {
            instance,
            renderer,
            health,
            channels,
            buffer: vec![0.0; format.period_frames as usize * channels],
            waiting: 0..0,
            consumed: 0,
            xruns: 0,
            resets: 0,
        }
    }

    /// The instance, of a pump that never ran.
    pub(super) fn into_instance(self) -> PluginOutput {
        self.instance
    }

    /// Pumps until it is stopped or the output is lost, and gives the instance back.
    pub(super) fn run(mut self, stop: &Stop) -> PluginOutput {
        priority::raise();
        while !stop.is_stopped() {
            let status = self.instance.status();
            if let Some(reason) = self.obey(&status) {
                self.health.report(OutputFault::Lost(reason));
                break;
            }
            self.observe(&status);
            let sleeps = match self.fill(&status) {
                // There may be room for more.
                true => *SLEEPS.start(),
                false => status.look_again.clamp(*SLEEPS.start(), *SLEEPS.end()),
            };
            thread::park_timeout(sleeps);
        }
        self.instance
    }

    /// Does what a state asks for; why the output is lost, if it is.
    fn obey(&mut self, status: &Status) -> Option<LossReason> {
        match status.state {
            OutputState::Running => {
                self.resets = 0;
                None
            }
            OutputState::ResetWanted => {
                self.resets += 1;
                self.waiting = 0..0;
                let is_reset = self.resets <= RESETS && self.instance.reset().is_ok();
                (!is_reset).then_some(LossReason::Reconfigured)
            }
            OutputState::Reconfigured => Some(LossReason::Reconfigured),
            OutputState::Disconnected | OutputState::Closed => Some(LossReason::Disconnected),
            OutputState::Failed => {
                if let Some(lie) = self.instance.lie() {
                    tracing::error!(lie, "a plugin says what cannot be; its output is given up");
                }
                Some(LossReason::Disconnected)
            }
        }
    }

    fn observe(&mut self, status: &Status) {
        if status.consumed != self.consumed {
            self.consumed = status.consumed;
            self.health.served();
        }
        // Many at once are one that lasted.
        if status.xruns > self.xruns {
            self.xruns = status.xruns;
            self.health.report(OutputFault::Xrun);
        }
    }

    /// Renders and writes what there is room for, a buffer at most; whether the buffer was the limit.
    fn fill(&mut self, status: &Status) -> bool {
        let room = status.writable as usize * self.channels;
        if self.waiting.is_empty() {
            let samples = room.min(self.buffer.len());
            if samples == 0 {
                return false;
            }
            let block = &mut self.buffer[..samples];
            self.renderer.render(block, status.delay.into());
            self.waiting = 0..samples;
        }
        let taken = self.instance.write(&self.buffer[self.waiting.clone()]) as usize * self.channels;
        self.waiting.start += taken;
        self.waiting.is_empty() && room > self.buffer.len()
    }
}
