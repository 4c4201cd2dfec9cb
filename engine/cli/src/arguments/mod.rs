//! What the command understands. The texts here are its help.

mod measuring;
mod plugins;
mod speaking;

pub use measuring::{BenchOptions, Damage, StressOptions};
pub use plugins::{PackOptions, PluginsCommand};
pub use speaking::{PhonemesOptions, PlayOptions, PlaybackArguments, SayOptions};

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint, builder::RangedU64ValueParser};
use clap_complete::Shell;
use utter::voice::{PackError, VoiceFile};

/// Says text through the speakers, with a voice that runs on this machine.
#[derive(Debug, Parser)]
#[command(
    name = "utter",
    version,
    after_help = "\
Examples:
  utter say \"Hello, world.\"                        say it
  utter say --voice bf_emma --speed 1.1 \"Hello.\"   another voice, a little faster
  echo \"Hello.\" | utter say -                      say what another program writes
  utter say --out hello.wav \"Hello.\"               write a file instead
  utter doctor                                     what is missing, and how to mend it

Exit codes:
  0    done
  1    it failed, or `doctor` or `stress` found something wrong
  2    wrong usage, an unknown voice or plugin, or nothing to say
  3    there is no output device, or not the one that was asked for
  4    there is no usable voice
  130  interrupted (Ctrl-C)"
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,

    /// Where the voice is [default: UTTER_ARTIFACTS, or what `make voice` built last]
    #[arg(long, global = true, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub artifacts: Option<PathBuf>,

    /// Where the plugins are [default: UTTER_PLUGINS, or `utter/plugins` in your directory for data]
    #[arg(long, global = true, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub plugins: Option<PathBuf>,

    /// Show what happens, and how long it takes (-vv: in more detail)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say text, or write it to a file
    Say(SayOptions),
    /// Play sound files: WAV, FLAC, MP3, Ogg Vorbis
    Play(PlayOptions),
    /// Show how a text is read: words, sounds, where these come from, and chunks
    Phonemes(PhonemesOptions),
    /// List the voices
    Voices {
        #[command(flatten)]
        own: VoiceFiles,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// List the outputs that can be spoken through
    Outputs {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Install plugins, which bring outputs, and see to them
    #[command(subcommand)]
    Plugins(PluginsCommand),
    /// Show which voice is used, on what, in which versions
    Status {
        #[command(flatten)]
        threads: Threads,
        /// As JSON
        #[arg(long, conflicts_with = "metrics")]
        json: bool,
        /// What a runtime counts, in the text format of Prometheus: every metric with what it is of
        #[arg(long)]
        metrics: bool,
    },
    /// Check everything that speaking needs, and say how to mend what is missing
    Doctor {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Measure how fast speech is made
    Bench(BenchOptions),
    /// Restart while speaking, again and again, and see that nothing is left behind
    Stress(StressOptions),
    /// Print a script that completes this command in a shell
    #[command(after_help = "\
Examples:
  utter completions bash > ~/.local/share/bash-completion/completions/utter
  utter completions zsh > \"${fpath[1]}/_utter\"
  utter completions fish > ~/.config/fish/completions/utter.fish")]
    Completions {
        /// The shell
        shell: Shell,
    },
}

impl Command {
    /// The module whose warnings say only that the command works.
    pub fn expected_warnings(&self) -> Option<&'static str> {
        match self {
            // It is there to have clients evicted.
            Self::Stress(options) if options.plugin.is_none() => Some("utter::host"),
            // And to have outputs lost.
            Self::Stress(_) => Some("utter"),
            _ => None,
        }
    }
}

#[derive(Debug, Args)]
pub struct Threads {
    /// Threads that compute [default: one for each physical core]
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=256))]
    pub threads: Option<usize>,
}

/// Voices that are not among those of the artifacts.
#[derive(Debug, Args)]
pub struct VoiceFiles {
    /// A voice of your own, called NAME, or else as its file (more than once for more of them)
    ///
    /// The file holds style vectors for Kokoro 1.0: an array of 510 × 256 (or 510 × 1 × 256) float32 as .npy or .safetensors,
    /// or its numbers alone. The name says the language as those of other voices do, `bf_grandma` British English; one that
    /// does not begin so reads American English.
    #[arg(long = "voice-file", value_name = "[NAME=]FILE", value_parser = voice_file, value_hint = ValueHint::FilePath)]
    pub files: Vec<VoiceFile>,
}

fn voice_file(text: &str) -> Result<VoiceFile, String> {
    text.parse()
        .map_err(|error: PackError| format!("{error}. {}", error.hint().trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn numbers_outside_their_range_are_refused() {
        for bad in ["0.49", "2.1", "nan", "fast", ""] {
            assert!(
                Arguments::try_parse_from(["utter", "say", "--speed", bad, "x"]).is_err(),
                "{bad}"
            );
        }
        assert!(Arguments::try_parse_from(["utter", "say", "--speed", "2", "x"]).is_ok());
        assert!(Arguments::try_parse_from(["utter", "say", "--threads", "0", "x"]).is_err());
    }

    #[test]
    fn voices_of_ones_own_have_names() {
        let parse = |file: &str| Arguments::try_parse_from(["utter", "say", "--voice-file", file, "x"]);
        for good in ["af_grandma=x.npy", "grandma.bin", "./a=b/c.npy"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in ["a b.npy", "a:b=x.npy", "=x.npy", ""] {
            let shown = parse(bad).unwrap_err().to_string();
            assert!(shown.contains("cannot be the name of a voice"), "{shown}");
        }
    }

    #[test]
    fn a_file_of_audio_needs_a_name() {
        assert!(Arguments::try_parse_from(["utter", "say", "--out", "-", "x"]).is_err());
        assert!(Arguments::try_parse_from(["utter", "say", "--out", "./-", "x"]).is_ok());
    }

    #[test]
    fn the_help_says_what_the_program_is_for() {
        let help = Arguments::command().render_help().to_string();
        assert!(help.starts_with("Says text through the speakers"), "{help}");
        assert!(help.contains("Exit codes:"), "{help}");
    }

    #[test]
    fn a_text_that_begins_with_a_dash_needs_two() {
        assert!(Arguments::try_parse_from(["utter", "say", "--", "-5 degrees"]).is_ok());
        assert!(Arguments::try_parse_from(["utter", "say", "-"]).is_ok());
        assert!(Arguments::try_parse_from(["utter", "say"]).is_err());
    }
}
