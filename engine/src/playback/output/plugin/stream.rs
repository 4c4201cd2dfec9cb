//! A stream of a plugin's output.

use super::pump::{Pump, Stop};
use crate::playback::output::{OutputConfig, OutputError, OutputHealth, OutputId, OutputStream};
use crate::playback::realtime::Renderer;
use crate::plugin::{InstanceTicket, PluginOutput};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;
use utter_plugin::Format;

/// How long the pump may take to end: it is at most in the middle of a call, of which a reset is the longest.
const ENDS_WITHIN: Duration = Duration::from_millis(500);

/// A stream of a plugin's output: the instance, in the hands of the pump once it runs.
///
/// It is closed when it is dropped, which the player does on a thread of its own, since it may take as long as the plugin.
pub(super) struct PluginStream {
    id: OutputId,
    period: u32,
    ticket: InstanceTicket,
    /// Until it is started.
    waiting: Option<Pump>,
    running: Option<Running>,
}

struct Running {
    stop: Stop,
    /// The instance, when the pump has ended.
    ended: mpsc::Receiver<PluginOutput>,
}

impl PluginStream {
    /// A stream of an instance that is open. It does not run yet.
    pub(super) fn new(
        config: &OutputConfig,
        format: &Format,
        instance: PluginOutput,
        renderer: Renderer,
        health: Arc<OutputHealth>,
    ) -> Self {
        Self {
            id: config.id.clone(),
            period: format.period_frames,
            ticket: instance.ticket(),
            waiting: Some(Pump::new(instance, format, renderer, health)),
            running: None,
        }
    }
}

impl OutputStream for PluginStream {
    fn start(&mut self) -> Result<(), OutputError> {
        let Some(pump) = self.waiting.take() else {
            return Ok(());
        };
        let stop = Stop::default();
        let (sender, ended) = mpsc::sync_channel(1);
        let thread = thread::Builder::new().name("utter-pump".into()).spawn({
            let stop = stop.clone();
            move || {
                let instance = pump.run(&stop);
                // If nobody waits any more, it is closed here.
                if let Err(mpsc::SendError(instance)) = sender.send(instance) {
                    close(instance);
                }
            }
        });
        let thread = thread.map_err(|error| OutputError::Device {
            id: self.id.clone(),
            reason: error.to_string(),
        })?;
        stop.set_thread(thread.thread().clone());
        self.running = Some(Running { stop, ended });
        Ok(())
    }

    fn period_frames(&self) -> Option<u32> {
        Some(self.period)
    }

    fn is_outdated(&self) -> bool {
        !self.ticket.is_active()
    }
}

impl Drop for PluginStream {
    fn drop(&mut self) {
        if let Some(pump) = self.waiting.take() {
            close(pump.into_instance());
        }
        let Some(running) = self.running.take() else {
            return;
        };
        running.stop.stop();
        match running.ended.recv_timeout(ENDS_WITHIN) {
            Ok(instance) => close(instance),
            // The pump closes it when it comes back.
            Err(_) => self.ticket.quarantine("its pump"),
        }
    }
}

fn close(instance: PluginOutput) {
    if let Err(error) = instance.close() {
        tracing::warn!(%error, "an output of a plugin does not close");
    }
}
