//! The host: the handle of the runtime, for whoever has the process in hand.

use super::client::{Client, ClientOptions};
use super::config::RuntimeConfig;
use super::error::Error;
use super::metrics::MetricsSnapshot;
use super::parts::Parts;
use super::place;
use super::runtime::Runtime;
use super::runtime_events::{RuntimeEvent, RuntimeState};
use super::speak::Speak;
use super::status::Status;
use super::topic::Subscription;
use crate::playback::output::{OutputInfo, OutputSelection};
use crate::playback::{CommandId, Level, PlaybackEvents, Player, Stop, Volume};
use crate::plugin::{PluginError, Plugins};
use crate::speech::{FileHandle, VoiceRequest};
use crate::voice::Device;
use std::path::PathBuf;
use std::sync::{Arc, Weak};

/// The runtime of this process. There is one at most; handles of it are light, and outlive it: after a shutdown every call
/// fails with [`Reason::NotInitialised`](super::Reason::NotInitialised).
#[derive(Debug, Clone)]
pub struct RuntimeHost(Weak<Runtime>);

impl RuntimeHost {
    /// The runtime of this process, started if there is none. Any number of threads may call this at once: one starts it,
    /// the others get the same. It starts its threads; the output is opened and the voice loaded when they are first
    /// needed.
    ///
    /// # Errors
    ///
    /// [`Reason::OtherConfiguration`](super::Reason::OtherConfiguration) if one runs with another configuration, which says what differs;
    /// [`Reason::InvalidInput`](super::Reason::InvalidInput) if this one can not be; [`Reason::System`](super::Reason::System) if there are no threads.
    pub fn init(config: RuntimeConfig) -> Result<Self, Error> {
        Self::start(config, None)
    }

    /// The same with outputs and a voice of the caller's own.
    ///
    /// # Errors
    ///
    /// As for [`init`](Self::init). Parts are the same if they are the very same objects.
    pub fn init_with_parts(config: RuntimeConfig, parts: Parts) -> Result<Self, Error> {
        Self::start(config, Some(parts))
    }

    fn start(config: RuntimeConfig, parts: Option<Parts>) -> Result<Self, Error> {
        config.validate()?;
        let is_same = |runtime: &Runtime| {
            let mut differences = runtime.config.differences(&config);
            if let Some(parts) = &parts {
                differences.extend(runtime.parts.differences(parts));
            }
            match differences.is_empty() {
                true => Ok(()),
                false => Err(Error::other_configuration(&differences)),
            }
        };
        let start = || {
            let parts = parts.clone().unwrap_or_else(|| Parts::of(&config));
            Runtime::start(config.clone(), parts)
        };
        let (runtime, is_new) = place::find_or_start(is_same, start)?;
        if !is_new {
            tracing::info!("runtime reused");
        }
        Ok(Self(Arc::downgrade(&runtime)))
    }

    /// The runtime that runs, if one does.
    pub fn running() -> Option<Self> {
        place::running().map(|runtime| Self(Arc::downgrade(&runtime)))
    }

    /// The runtime that runs.
    ///
    /// # Errors
    ///
    /// [`Reason::NotInitialised`](super::Reason::NotInitialised) if none does.
    pub fn current() -> Result<Self, Error> {
        Self::running().ok_or_else(Error::not_initialised)
    }

    fn runtime(&self) -> Result<Arc<Runtime>, Error> {
        self.0.upgrade().ok_or_else(Error::not_initialised)
    }

    /// Attaches a client. Starts nothing, loads nothing, opens nothing.
    ///
    /// # Errors
    ///
    /// [`Reason::QueueFull`](super::Reason::QueueFull) if as many are attached as may be.
    pub fn attach(&self, options: ClientOptions) -> Result<Client, Error> {
        let runtime = self.runtime()?;
        let id = runtime.attach(options)?;
        Ok(Client::new(&runtime, id))
    }

    /// Follows what happens to the runtime: a snapshot, and then every change.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn events(&self) -> Result<Subscription<RuntimeState>, Error> {
        Ok(self.runtime()?.topic.subscribe())
    }

    /// How loud it was when that was measured last
    /// ([`PlayerOptions::level_interval`](crate::playback::PlayerOptions::level_interval)): for meters that ask whenever they are
    /// drawn. Silence once nothing is heard.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn level(&self) -> Result<Level, Error> {
        Ok(*self.runtime()?.level.lock())
    }

    /// Levels and everything else that the player tells, as it comes: for meters.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn playback_events(&self) -> Result<PlaybackEvents, Error> {
        Ok(self.runtime()?.player.events())
    }

    /// How everything is doing.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn status(&self) -> Result<Status, Error> {
        Ok(Status::of(&*self.runtime()?))
    }

    /// What is counted.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn metrics(&self) -> Result<MetricsSnapshot, Error> {
        let runtime = self.runtime()?;
        runtime.count();
        Ok(runtime.metrics.snapshot())
    }

    /// Loads the voice, if it is not, and has it speak once, unheard: the next call has no first-call cost. Beside that the
    /// dictionaries of the configured languages are loaded. Returns at once; the request can be waited for.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn warm_up(&self) -> Result<VoiceRequest, Error> {
        self.runtime()?.warm_up()
    }

    /// Drops the voice, to give its memory back, and what is kept of decoded clips. It comes back when it is needed.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn release_memory(&self) -> Result<VoiceRequest, Error> {
        self.runtime()?.with_speaker(|speaker| {
            speaker.clips().clear();
            speaker.release()
        })
    }

    /// Has another device compute. The voice of the present one goes on until the other stands; if that fails, nothing has
    /// changed.
    ///
    /// # Errors
    ///
    /// [`Reason::InvalidDevice`](super::Reason::InvalidDevice) if there is none of that name here; the message lists those that there are.
    pub fn set_device(&self, name: &str) -> Result<VoiceRequest, Error> {
        let device: Device = name.parse()?;
        let runtime = self.runtime()?;
        let loader = (runtime.parts.loader)(device);
        let request = runtime.with_speaker(|speaker| speaker.rebuild(loader))?;
        let weak = Weak::clone(&self.0);
        request.on_done(move |result| {
            let Some(runtime) = weak.upgrade() else { return };
            runtime.topic.change(match result {
                Ok(()) => RuntimeEvent::DeviceSet(device),
                Err(error) => RuntimeEvent::DeviceFailed {
                    device,
                    error: error.clone().into(),
                },
            });
        });
        Ok(request)
    }

    /// Writes speech into a WAV file, beside what is said. Returns at once; the file is there, whole, or not at all.
    ///
    /// # Errors
    ///
    /// [`Reason::InvalidInput`](super::Reason::InvalidInput), [`Reason::InvalidVoice`](super::Reason::InvalidVoice), [`Reason::QueueFull`](super::Reason::QueueFull). Whether it can be written is in its
    /// outcome.
    pub fn synthesize(&self, speak: Speak, destination: impl Into<PathBuf>) -> Result<FileHandle, Error> {
        self.runtime()?.synthesize(speak, destination.into())
    }

    /// The outputs that there are. Asks the system, which may take its time.
    ///
    /// # Errors
    ///
    /// [`Reason::Output`](super::Reason::Output) if there is no audio system.
    pub fn outputs(&self) -> Result<Vec<OutputInfo>, Error> {
        Ok(self.runtime()?.player.outputs()?)
    }

    /// The plugins: to install, reload and remove them, and to see how they are. What becomes of them is told in the events.
    ///
    /// # Errors
    ///
    /// [`Reason::Plugin`](super::Reason::Plugin) if there can be none, since this system has no place for them.
    pub fn plugins(&self) -> Result<Plugins, Error> {
        let plugins = self.runtime()?.parts.plugins.clone();
        plugins.ok_or_else(|| PluginError::NoDirectory.into())
    }

    /// Changes to another output, or, with the default one, back to what the system says. The old one sounds until the new
    /// one does, and goes on if that fails; events tell either.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn set_route(&self, selection: OutputSelection) -> Result<CommandId, Error> {
        Ok(self.runtime()?.player.set_route(selection))
    }

    /// Sets the volume of everything.
    ///
    /// # Errors
    ///
    /// [`Reason::Output`](super::Reason::Output) if the device takes no commands.
    pub fn set_volume(&self, volume: Volume) -> Result<CommandId, Error> {
        self.runtime()?.command_all(|player| player.set_volume(volume))
    }

    /// Fades everything out, of all clients, until it is [resumed](Self::resume_all) or stopped.
    ///
    /// # Errors
    ///
    /// [`Reason::Output`](super::Reason::Output) if the device takes no commands.
    pub fn pause_all(&self) -> Result<CommandId, Error> {
        self.runtime()?.command_all(Player::pause)
    }

    /// Goes on where everything was paused. Clients that have paused themselves stay so.
    ///
    /// # Errors
    ///
    /// [`Reason::Output`](super::Reason::Output) if the device takes no commands.
    pub fn resume_all(&self) -> Result<CommandId, Error> {
        self.runtime()?.command_all(Player::resume)
    }

    /// Ends what all clients have asked for, and every pause.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn stop_all(&self, how: Stop) -> Result<CommandId, Error> {
        self.runtime()?.stop_all(how)
    }

    /// Closes the output if nothing is to be heard. The next utterance opens it again.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn release_output(&self) -> Result<bool, Error> {
        Ok(self.runtime()?.player.release_output())
    }

    /// Says that all clients of now will be gone in a moment: they are evicted, and what they say fades out. A hint that makes
    /// a hot restart quieter; leases do the same, later.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub fn prepare_hot_restart(&self) -> Result<(), Error> {
        self.runtime()?.prepare_hot_restart();
        Ok(())
    }

    /// Ends the runtime: clients, threads, the voice, the output. When it returns, all of it is gone, and
    /// [`init`](Self::init) starts another. Where it is gone already, nothing happens.
    pub fn shutdown(&self) {
        if let Some(runtime) = self.0.upgrade() {
            place::end(&runtime, Runtime::shut_down);
        }
    }
}
