//! What the command understands. The texts here are its help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, builder::RangedU64ValueParser};
use clap_complete::Shell;

/// Says text through the speakers, with a voice that runs on this machine.
#[derive(Debug, Parser)]
#[command(
    name = "utter",
    version,
    about,
    after_help = "\
Examples:
  utter say \"Hello, world.\"                        say it
  utter say --voice bf_emma --speed 1.1 \"Hello.\"   another voice, a little faster
  echo \"Hello.\" | utter say -                      say what another program writes
  utter say --out hello.wav \"Hello.\"               write a file instead
  utter doctor                                     what is missing, and how to mend it

Exit codes: 0 done; 1 failed, or doctor found something missing; 2 wrong usage, or nothing to say;
3 no output device; 4 no usable voice; 130 interrupted."
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,

    /// Where the voice is [default: UTTER_ARTIFACTS, or what `make voice` built last]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub artifacts: Option<PathBuf>,

    /// Show what happens (-vv: in detail)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say text, or write it to a file
    Say(SayOptions),
    /// List the voices
    Voices {
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
    /// Show which voice is used, on what, in which versions
    Status {
        #[command(flatten)]
        threads: Threads,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Check everything that speaking needs, and say how to mend what is missing
    Doctor {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Measure how fast speech is made
    Bench(BenchOptions),
    /// Print a script that completes this command in a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Debug, Args)]
pub struct Threads {
    /// Threads that compute [default: one for each physical core]
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=256))]
    pub threads: Option<usize>,
}

#[derive(Debug, Args)]
pub struct SayOptions {
    /// What to say; `-` takes it from standard input
    #[arg(required = true, value_name = "TEXT")]
    pub text: Vec<String>,

    /// Who says it (`utter voices` lists them)
    #[arg(long, default_value = "af_heart", value_name = "NAME")]
    pub voice: String,

    /// How fast: 0.5 is half, 2.0 double
    #[arg(long, default_value_t = 1.0, value_parser = speed, value_name = "FACTOR")]
    pub speed: f32,

    /// Write a WAV file (24 kHz, mono, 16 bits) instead of playing
    #[arg(long, value_name = "FILE.wav", conflicts_with = "output")]
    pub out: Option<PathBuf>,

    /// The output to play through: an id or a name, or a part of it (`utter outputs` lists them)
    #[arg(long, value_name = "DEVICE")]
    pub output: Option<String>,

    /// The text is phonemes, as in `həlˈO wˈɜɹld!`
    #[arg(long)]
    pub phonemes: bool,

    /// What the breath noise is made from; the same seed gives the same audio
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub seed: u64,

    /// How much breath noise: 0 none, 1 as trained
    #[arg(long, default_value_t = 1.0, value_parser = amplitude, value_name = "AMPLITUDE")]
    pub noise: f32,

    #[command(flatten)]
    pub threads: Threads,
}

#[derive(Debug, Args)]
pub struct BenchOptions {
    /// A file of lines to speak [default: ten sentences of 1 to 10 seconds]
    #[arg(long, value_name = "TEXTS")]
    pub file: Option<PathBuf>,

    /// The lines are phonemes
    #[arg(long)]
    pub phonemes: bool,

    /// Who speaks
    #[arg(long, default_value = "af_heart", value_name = "NAME")]
    pub voice: String,

    /// How often each line is spoken; the median is shown
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub repeat: u32,

    #[command(flatten)]
    pub threads: Threads,

    /// As JSON
    #[arg(long)]
    pub json: bool,
}

fn speed(text: &str) -> Result<f32, String> {
    number(text, 0.5, 2.0)
}

fn amplitude(text: &str) -> Result<f32, String> {
    number(text, 0.0, 4.0)
}

fn number(text: &str, lowest: f32, highest: f32) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(value) if (lowest..=highest).contains(&value) => Ok(value),
        _ => Err(format!("it must be a number from {lowest:.1} to {highest:.1}")),
    }
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
    fn a_text_that_begins_with_a_dash_needs_two() {
        assert!(Arguments::try_parse_from(["utter", "say", "--", "-5 degrees"]).is_ok());
        assert!(Arguments::try_parse_from(["utter", "say", "-"]).is_ok());
        assert!(Arguments::try_parse_from(["utter", "say"]).is_err());
    }
}
