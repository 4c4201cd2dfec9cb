//! What `say`, `phonemes` and `play` understand.

use std::path::PathBuf;

use clap::{Args, ValueHint, builder::RangedU64ValueParser};
use utter::speech::captions::CaptionFormat;
use utter::voice::SPEEDS;

use super::{Threads, VoiceFiles};
use crate::reading::ReadingArguments;

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

fn speed(text: &str) -> Result<f32, String> {
    number(text, *SPEEDS.start(), *SPEEDS.end())
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
