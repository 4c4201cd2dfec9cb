//! What the command understands. The texts here are its help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint, builder::RangedU64ValueParser};
use clap_complete::Shell;
use utter::speech::captions::CaptionFormat;
use utter::voice::{PackError, SPEEDS, VoiceFile};

use crate::reading::ReadingArguments;

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
  2    wrong usage, an unknown voice, or nothing to say
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
            Self::Stress(_) => Some("utter::host"),
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

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  utter say \"Hello, world.\"
  utter say --voice bm_george --speed 0.9 --out news.wav - < news.txt
  llm \"Tell me a story\" | utter say -       heard while it is written
  utter say --out talk.wav --captions talk.vtt - < talk.txt
  utter say --voice af_heart:0.7,am_adam:0.3 \"Two voices in one.\"
  utter say --voice-file bf_grandma=grandma.npy --voice bf_grandma \"Hello, dear.\"
  utter say --voice jf_alpha --phonemes \"koɲɲiʨiβa\"
  utter say -- \"-5 degrees\"                a text that begins with a dash

A voice whose language has no text front end yet takes phonemes only (`utter voices` shows which).")]
pub struct SayOptions {
    /// What to say; `-` says what comes to standard input while it comes
    #[arg(required = true, value_name = "TEXT")]
    pub text: Vec<String>,

    /// Who says it (`utter voices` lists them), or a blend of up to eight: `af_heart:0.7,am_adam:0.3`
    ///
    /// Weights are proportions; without any the parts are equal. A blend reads the language of the voice with the most weight.
    #[arg(long, default_value = "af_heart", value_name = "NAME")]
    pub voice: String,

    #[command(flatten)]
    pub own: VoiceFiles,

    /// How fast: 0.5 is half, 2.0 double
    #[arg(long, default_value_t = 1.0, value_parser = speed, value_name = "FACTOR")]
    pub speed: f32,

    /// Write a WAV file (24 kHz, mono, 16 bits) instead of playing
    #[arg(long, value_name = "FILE.wav", value_parser = wav_file, value_hint = ValueHint::FilePath, conflicts_with = "output")]
    pub out: Option<PathBuf>,

    /// Beside the WAV file, write captions with the times at which words are heard: .srt, .vtt or .json
    #[arg(long, value_name = "FILE", value_parser = captions_file, value_hint = ValueHint::FilePath)]
    pub captions: Option<PathBuf>,

    #[command(flatten)]
    pub playback: PlaybackArguments,

    /// The text is phonemes, as in `həlˈO wˈɜɹld!`
    #[arg(long, conflicts_with_all = ["language", "lexicon", "markup", "no_markdown", "emoji"])]
    pub phonemes: bool,

    #[command(flatten)]
    pub reading: ReadingArguments,

    /// After so long without more from standard input, what is there is said, its sentence complete or not
    #[arg(long, default_value_t = 400, value_name = "MS", value_parser = RangedU64ValueParser::<u64>::new().range(..=60_000))]
    pub flush_after: u64,

    /// Chooses the breath noise; the same number gives the same audio
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub seed: u64,

    /// How much breath noise: 0 none, 1 as trained
    #[arg(long, default_value_t = 1.0, value_parser = amplitude, value_name = "AMPLITUDE")]
    pub noise: f32,

    #[command(flatten)]
    pub threads: Threads,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  utter phonemes \"I have read it.\"
  utter phonemes --language en-GB --json - < news.txt

FOUND says how the sound of a word was found:
  gold, silver      in the dictionary that people have checked; in the larger one that nobody has
  rule              by what stands around it: \"the\", \"to\", heteronyms
  parts             as several parts that are each known
  letter-to-sound   in no dictionary, or some part of it is in none: guessed from its letters
  spelled           by the names of its letters
  number            digits
  written-form      read as several words: \"$3.50\"
  user-lexicon      in a lexicon of the user's
  espeak-ng         by espeak-ng
  given             given as phonemes
  mark              a mark of punctuation
TAG is its part of speech, by the tags of the Penn Treebank. BYTES are of the text in UTF-8.

With --json: language, sentences (text, bytes, written, words), words (text, bytes, written, phonemes, origin, tag), chunks
(bytes, phonemes, count, boundary, pause_ms). To report a wrong reading, add what that prints.")]
pub struct PhonemesOptions {
    /// The text; `-` reads standard input
    #[arg(required = true, value_name = "TEXT")]
    pub text: Vec<String>,

    /// Whose language it is read in
    #[arg(long, default_value = "af_heart", value_name = "NAME")]
    pub voice: String,

    #[command(flatten)]
    pub reading: ReadingArguments,

    /// As JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  utter play chime.wav
  utter play --gain -6 --fade-in 200 intro.mp3 news.ogg

Files follow each other without a gap. One that is damaged is not played at all.")]
pub struct PlayOptions {
    /// The files, in the order in which they are played
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,

    /// How much louder, in dB; what becomes too loud is limited
    #[arg(long, default_value_t = 0.0, value_parser = gain, value_name = "DB", allow_negative_numbers = true)]
    pub gain: f32,

    /// How long each takes to fade in, in milliseconds
    #[arg(long, default_value_t = 0, value_name = "MS", value_parser = RangedU64ValueParser::<u64>::new().range(..=60_000))]
    pub fade_in: u64,

    /// How long each takes to fade out, in milliseconds
    #[arg(long, default_value_t = 0, value_name = "MS", value_parser = RangedU64ValueParser::<u64>::new().range(..=60_000))]
    pub fade_out: u64,

    #[command(flatten)]
    pub playback: PlaybackArguments,
}

/// How something is played.
#[derive(Debug, Args)]
pub struct PlaybackArguments {
    /// The output to play through: an id or a name, or a part of it (`utter outputs` lists them)
    ///
    /// `wav:FILE` records what a device would have played, as it plays; `utter:null` plays for nobody.
    #[arg(long, value_name = "DEVICE")]
    pub output: Option<String>,

    /// How loud, from 0 to 100, as it is perceived
    #[arg(long, default_value_t = 100, value_name = "PERCENT", value_parser = RangedU64ValueParser::<u32>::new().range(..=100))]
    pub volume: u32,

    /// The time between two callbacks of the device, in milliseconds [default: 20]
    #[arg(long, value_name = "MS", value_parser = RangedU64ValueParser::<u64>::new().range(1..=1_000))]
    pub period: Option<u64>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  utter stress                                     50 restarts, in about two minutes
  utter stress --cycles 1000 --seconds 2 --json    thoroughly, for another program
  utter stress --cycles 12 --inject leak-thread    see that a leak is found

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

fn speed(text: &str) -> Result<f32, String> {
    number(text, *SPEEDS.start(), *SPEEDS.end())
}

fn voice_file(text: &str) -> Result<VoiceFile, String> {
    text.parse()
        .map_err(|error: PackError| format!("{error}. {}", error.hint().trim_end_matches('.')))
}

/// A name for `--out`. Standard output cannot be one: the header of a WAV file holds its length, which is known last.
fn wav_file(name: &str) -> Result<PathBuf, String> {
    match name {
        "-" => Err("a WAV file cannot go to standard output; give the name of a file".into()),
        _ => Ok(name.into()),
    }
}

/// A name for `--captions`, which says the format.
fn captions_file(name: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(name);
    match CaptionFormat::of_path(&path) {
        Some(_) => Ok(path),
        None => Err("the name says the format: it ends in .srt, .vtt or .json".into()),
    }
}

fn amplitude(text: &str) -> Result<f32, String> {
    number(text, 0.0, 4.0)
}

fn gain(text: &str) -> Result<f32, String> {
    number(text, -60.0, 24.0)
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
