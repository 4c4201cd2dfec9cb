//! What `bench` and `stress` understand.

use std::path::PathBuf;

use clap::{Args, ValueHint, builder::RangedU64ValueParser};

use super::{Threads, VoiceFiles};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  utter stress                                     50 restarts, in about two minutes
  utter stress --cycles 1000 --seconds 2 --json    thoroughly, for another program
  utter stress --cycles 12 --inject leak-thread    see that a leak is found
  utter stress --plugin target/plugins/utter-asio  with a plugin that is exchanged, and killed

A cycle does what a restart of an app does: it initialises, attaches clients, and has them speak, pause, stop and interrupt;
then they are gone in the middle of it: they detach, or vanish without a word, or the restart is announced. In the end
there must be one runtime; no thread, file, process or memory more than before; no client that is gone and still acts; each
event once; every frame accounted for; and speech must still work.

Exit code 0 if all of that holds, 1 if not; each check says what was found.")]
pub struct StressOptions {
    /// How many restarts are judged; a few come before them, in which caches fill
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = RangedU64ValueParser::<u32>::new().range(3..=100_000))]
    pub cycles: u32,

    /// How long each cycle speaks before it is cut off, on average
    ///
    /// Of each cycle, not of all: more cycles are then more of the same, and what grows from cycle to cycle can be compared.
    /// Every third takes about three seconds in any case, until the leases of those that vanished are over.
    #[arg(long, default_value_t = 0.5, value_parser = seconds, value_name = "SECONDS")]
    pub seconds: f64,

    /// Chooses what is said and done, and when the restarts come
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub seed: u64,

    /// The output to play through: `default`, or an id or a name as for `utter say` [default: none, nothing is heard]
    #[arg(long, value_name = "DEVICE")]
    pub output: Option<String>,

    /// Speak through a plugin, exchange it while it is heard, and kill what it has started
    ///
    /// A package as for `utter plugins install`, which is installed in a directory of the run's own. It plays on its first output,
    /// or on the one that --output names. In the end another program that speaks through it is killed, too.
    #[arg(long, value_name = "PACKAGE", value_hint = ValueHint::AnyPath)]
    pub plugin: Option<PathBuf>,

    /// Do damage in every cycle, to see that it is found
    #[arg(long, value_name = "DAMAGE")]
    pub inject: Option<Damage>,

    #[command(flatten)]
    pub threads: Threads,

    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// Damage that `stress` is to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Damage {
    /// A thread that never ends
    LeakThread,
    /// A file that stays open
    LeakFd,
    /// A client that never goes
    LeakClient,
    /// A megabyte that is never freed
    LeakMemory,
    /// An event that comes twice
    DuplicateEvent,
    /// An output of the plugin that keeps its process
    LeakSidecar,
    /// An output of the plugin that keeps its ring
    LeakRing,
    /// An output of the plugin that keeps its library loaded
    StuckGeneration,
}

impl Damage {
    /// Whether it is done to a plugin.
    pub fn is_of_plugins(self) -> bool {
        matches!(self, Self::LeakSidecar | Self::LeakRing | Self::StuckGeneration)
    }
}

fn seconds(typed: &str) -> Result<f64, String> {
    match typed.parse::<f64>() {
        Ok(seconds) if (0.05..=3_600.0).contains(&seconds) => Ok(seconds),
        _ => Err("from 0.05 to 3600".into()),
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
The first line is spoken ten times before anything else: the first call after loading, and the tenth, are told at the end.
With --json there is more: the phonemes of each line, chunk by chunk, and how long the dictionary took to load.")]
pub struct BenchOptions {
    /// A file of lines to speak, `-` for standard input [default: ten sentences of 1 to 10 seconds]
    #[arg(long, value_name = "TEXTS", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,

    /// The lines are phonemes
    #[arg(long)]
    pub phonemes: bool,

    /// Who speaks: a voice or a blend
    #[arg(long, default_value = "af_heart", value_name = "NAME")]
    pub voice: String,

    #[command(flatten)]
    pub own: VoiceFiles,

    /// How often each line is spoken, after once that is not counted; the median is shown
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub repeat: u32,

    /// Tell also what each kernel did, and how fast
    #[arg(long)]
    pub kernels: bool,

    /// Measure instead how soon something is heard, of fifty other sentences
    #[arg(long, conflicts_with_all = ["kernels", "phonemes", "repeat"])]
    pub first_audio: bool,

    #[command(flatten)]
    pub threads: Threads,

    /// As JSON
    #[arg(long)]
    pub json: bool,
}
