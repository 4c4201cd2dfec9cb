//! How a runtime is configured.
//!
//! A process has one runtime, so a second call that asks for the same gets the one that runs, and one that asks for
//! something else must be told what is different. Hence every field can be compared and shown.

use super::error::{Error, Reason};
use crate::naming::{self, VoiceBlend};
use crate::playback::output::OutputSelection;
use crate::playback::{PlayerOptions, QUEUES};
use crate::text::Language;
use crate::voice::{Device, VoiceFile};
use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// How a runtime is configured.
#[derive(Debug, Clone, PartialEq)]
pub struct RuntimeConfig {
    /// Where the voice is: the directory of a build, or one that holds several; by default what `UTTER_ARTIFACTS` says, or the
    /// cache directory of the user.
    pub artifacts: Option<PathBuf>,
    /// What computes.
    pub device: Device,
    /// Threads that compute; by default one for each physical core.
    pub threads: Option<usize>,
    /// Voices of the user's own, beside those of the artifacts. Their files are read whenever the voice is loaded; one that cannot
    /// be used fails the load, with the reason.
    pub voice_files: Vec<VoiceFile>,
    /// The languages whose dictionaries are loaded when the voice is warmed up. Others are when text in them is first said.
    pub languages: Vec<Language>,
    /// Whether espeak-ng may be loaded, where it is installed, for text in the languages that are read through it
    /// ([`Language::is_read_by_espeak`]). It is under the GPL, so who ships a program decides; it is not by default.
    pub espeak: bool,
    /// The system of outputs that is used.
    pub outputs: Outputs,
    /// Where the plugins are whose outputs can be used beside those: by default what `UTTER_PLUGINS` says, or the directory for
    /// data of the user.
    pub plugins: Option<PathBuf>,
    /// The output that is opened at first.
    pub route: OutputSelection,
    /// How it is played on.
    pub player: PlayerOptions,
    /// How long a client may be silent.
    pub lease: Duration,
    /// How much longer it is waited for after that, before it is evicted.
    pub grace: Duration,
    /// Clients that can be attached at a time.
    pub clients: usize,
}

/// A system of outputs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Outputs {
    /// The devices of this machine, through cpal.
    #[default]
    Devices,
    /// None: frames are discarded as fast as a device would play them. For tests, and machines without sound.
    Null,
    /// A WAV file, as fast as a device would play it.
    Wav(PathBuf),
}

impl Default for RuntimeConfig {
    fn default() -> Self {
        Self {
            artifacts: None,
            device: Device::default(),
            threads: None,
            voice_files: Vec::new(),
            languages: vec![Language::AmericanEnglish],
            espeak: false,
            outputs: Outputs::default(),
            plugins: None,
            route: OutputSelection::Default,
            player: PlayerOptions::default(),
            lease: Duration::from_secs(15),
            grace: Duration::from_secs(5),
            clients: 64,
        }
    }
}

/// A field in which two configurations differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field's name.
    pub field: &'static str,
    /// What the runtime has that runs.
    pub running: String,
    /// What was asked for.
    pub asked: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "`{}` is {} and not {}",
            self.field, self.running, self.asked
        )
    }
}

impl RuntimeConfig {
    /// In what `asked` differs from this one, field by field.
    pub fn differences(&self, asked: &Self) -> Vec<Difference> {
        let mut differences = Vec::new();
        let mut compare = |field, running: &dyn fmt::Debug, asked: &dyn fmt::Debug| {
            let (running, asked) = (format!("{running:?}"), format!("{asked:?}"));
            if running != asked {
                differences.push(Difference {
                    field,
                    running,
                    asked,
                });
            }
        };
        compare("artifacts", &self.artifacts, &asked.artifacts);
        compare("device", &self.device, &asked.device);
        compare("threads", &self.threads, &asked.threads);
        compare("voice_files", &self.voice_files, &asked.voice_files);
        compare("languages", &self.languages, &asked.languages);
        compare("espeak", &self.espeak, &asked.espeak);
        compare("outputs", &self.outputs, &asked.outputs);
        compare("plugins", &self.plugins, &asked.plugins);
        compare("route", &self.route, &asked.route);
        compare("player", &self.player, &asked.player);
        compare("lease", &self.lease, &asked.lease);
        compare("grace", &self.grace, &asked.grace);
        compare("clients", &self.clients, &asked.clients);
        differences
    }

    /// The first voice in `blend` that cannot be: its name is not of Kokoro's pattern, and none of the user's own has it.
    pub(super) fn unheard_of(&self, blend: &VoiceBlend) -> Option<String> {
        let is_own = |name: &str| self.voice_files.iter().any(|file| file.name() == name);
        let mut names = blend.parts().iter().map(|part| &part.voice);
        names
            .find(|name| naming::pattern(name).is_none() && !is_own(name))
            .cloned()
    }

    /// Says what in it can not be.
    ///
    /// # Errors
    ///
    /// [`Reason::InvalidInput`] names the field.
    pub fn validate(&self) -> Result<(), Error> {
        let invalid = |what: &str, hint: &str| Err(Error::new(Reason::InvalidInput, what, hint));
        if self.threads == Some(0) {
            return invalid(
                "`threads` is 0",
                "give at least one thread, or leave it to the engine",
            );
        }
        let mut names = HashSet::new();
        if let Some(twice) = self.voice_files.iter().find(|file| !names.insert(file.name())) {
            return invalid(
                &format!("`voice_files` has two voices with the name {}", twice.name()),
                "give each a name of its own",
            );
        }
        if self.clients == 0 {
            return invalid("`clients` is 0", "let at least one client attach");
        }
        // One queue of the player is its own.
        if self.clients >= QUEUES {
            return invalid(
                "`clients` is more than an output has queues for",
                "let 255 clients attach at most",
            );
        }
        if self.lease.is_zero() {
            return invalid("`lease` is no time at all", "give clients some seconds");
        }
        Ok(())
    }
}
