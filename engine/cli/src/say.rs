//! `utter say`: through the speakers, or into a file.
//!
//! Whatever is wrong with the call is found before an output is opened, a file begun or the voice loaded.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use indicatif::ProgressBar;
use utter::playback::Player;
use utter::playback::output::{WavEncoding, WavFile};
use utter::plugin::Plugins;
use utter::speech::{
    Asked, CancelFlag, ChunkSource, Delivery, Outcome, SAMPLE_RATE, SourceError, Speaker, SpeechError,
    TextWriter, Utterance, read_markup, read_phonemes, read_text, render, stream_text,
};
use utter::text::{Reader, Wish, has_speech};
use utter::voice::KokoroPipeline;
use utter::voice::artifacts::ArtifactsDir;

use crate::arguments::SayOptions;
use crate::captions::Captions;
use crate::failure::{Failure, Kind};
use crate::input::Input;
use crate::interrupt::Interrupt;
use crate::progress::bar;
use crate::reading::language_of;
use crate::{captions, input, output, voice};

/// What is to be said, and where it comes to if it is still being written to standard input.
struct Words {
    chunks: Box<dyn ChunkSource>,
    writer: Option<TextWriter>,
}

/// Where it goes.
enum Destination {
    Output(Player),
    File(Box<WavFile>, PathBuf, Option<Captions>),
}

pub fn run(
    artifacts: Option<&Path>,
    plugins: Option<&Plugins>,
    options: SayOptions,
) -> Result<ExitCode, Failure> {
    // What is heard is said while it is written. A file has it all, or is none.
    let is_plain = !options.phonemes && options.reading.marked().is_none();
    let is_written = options.text == ["-"] && is_plain && options.out.is_none();
    let text = match is_written {
        true => None,
        false => Some(input::words(&options.text)?),
    };
    let length = text.as_ref().map_or(0, String::len) as u64;
    let (artifacts, words) = check(artifacts, text.clone(), &options)?;
    let interrupt = Interrupt::catch();
    let destination = Destination::open(plugins, &options, text.as_deref())?;
    let (pipeline, input) = match ready(artifacts, &options, words.writer) {
        Ok(ready) => ready,
        Err(failure) => {
            destination.give_up();
            return Err(failure);
        }
    };
    let delivery = Delivery {
        voice: options.voice,
        speed: options.speed,
        seed: options.seed,
        noise: options.noise,
        pauses: options.reading.pauses.unwrap_or_default(),
        ..Delivery::default()
    };
    let utterance = Utterance {
        chunks: words.chunks,
        delivery,
    };
    match destination {
        Destination::Output(player) => {
            let played = play(&player, pipeline, utterance, &interrupt);
            output::close(&player);
            let played = played?;
            // What could be said was; only now is it told that there was more, or nothing.
            match input.and_then(|input| input.fault()) {
                Some(fault) if !interrupt.came() => Err(fault),
                _ => Ok(played),
            }
        }
        Destination::File(wav, path, captions) => {
            let file = (*wav, path.as_path(), captions);
            write(file, pipeline, utterance, length, &interrupt)
        }
    }
}

/// Loads the voice, and begins to read what is being written.
fn ready(
    artifacts: ArtifactsDir,
    options: &SayOptions,
    writer: Option<TextWriter>,
) -> Result<(KokoroPipeline, Option<Input>), Failure> {
    let setup = voice::options(&options.threads, &options.own);
    let pipeline = voice::load(artifacts, setup)?;
    Ok((pipeline, writer.map(input::stream).transpose()?))
}

/// Finds the voice, and sees whether it can say this.
fn check(
    artifacts: Option<&Path>,
    text: Option<String>,
    options: &SayOptions,
) -> Result<(ArtifactsDir, Words), Failure> {
    if options.captions.is_some() && options.out.is_none() {
        return Err(captions::without_a_file());
    }
    if text.as_ref().is_some_and(|text| !has_speech(text)) {
        return Err(input::nothing_to_say());
    }
    let artifacts = voice::find(artifacts)?;
    voice::check(&artifacts, &options.own, &options.voice)?;
    Ok((artifacts, words(text, options)?))
}

/// Begins to read: all that can be wrong with a text, its markup or its language is found by that.
fn words(text: Option<String>, options: &SayOptions) -> Result<Words, Failure> {
    // Who chooses a voice that needs espeak-ng asks for it.
    let reader = Arc::new(Reader::new().allowing_espeak(true));
    let whole = |chunks| Words { chunks, writer: None };
    if let Some(phonemes) = text.as_ref().filter(|_| options.phonemes) {
        return Ok(whole(read_phonemes(&reader, phonemes)?));
    }
    let language = language_of(options.reading.language, &options.voice)?;
    let reading = options.reading.options()?;
    Ok(match (text, options.reading.marked()) {
        (Some(text), Some(marked)) => whole(read_markup(reader, text, marked, language, &reading)?),
        (Some(text), None) => whole(read_text(reader, text, language, &reading)?),
        (None, _) => {
            let quiet = Duration::from_millis(options.flush_after);
            let (writer, chunks) = stream_text(reader, language, reading, quiet)?;
            Words {
                chunks,
                writer: Some(writer),
            }
        }
    })
}

impl Destination {
    fn open(plugins: Option<&Plugins>, options: &SayOptions, text: Option<&str>) -> Result<Self, Failure> {
        if let Some(path) = &options.out {
            let captions = options.captions.as_deref().zip(text);
            let captions = captions
                .map(|(path, text)| Captions::create(path, text, options.reading.leaves_out(text)))
                .transpose()?;
            let wav = WavFile::create(path, SAMPLE_RATE, WavEncoding::default())?;
            return Ok(Self::File(Box::new(wav), path.clone(), captions));
        }
        Ok(Self::Output(output::open(plugins, &options.playback)?))
    }

    /// Nothing goes there after all. A file that is not finished leaves nothing behind.
    fn give_up(self) {
        if let Self::Output(player) = self {
            output::close(&player);
        }
    }
}

/// Plays to the end, or to the fade after an interrupt.
fn play(
    player: &Player,
    pipeline: KokoroPipeline,
    utterance: Utterance,
    interrupt: &Interrupt,
) -> Result<ExitCode, Failure> {
    // Nobody reads the events: the log says the same.
    let (speaker, _) = Speaker::start(player.clone(), Box::new(pipeline))?;
    let spoken = speak(&speaker, player, utterance, interrupt);
    // The thread is waited for: it must not be in the middle of a kernel when the process ends.
    speaker.close();
    spoken
}

fn speak(
    speaker: &Speaker,
    player: &Player,
    utterance: Utterance,
    interrupt: &Interrupt,
) -> Result<ExitCode, Failure> {
    let spoken = speaker.speak(utterance)?;
    output::stop_on(interrupt, player);
    let outcome = spoken.wait();
    let drained = match &outcome {
        // An output that is lost will not play the rest.
        Outcome::Failed(SpeechError::Playback(_)) => Ok(()),
        _ => player.wait_until_drained(),
    };
    interrupt.stops_nothing();
    match outcome {
        Outcome::Failed(error) => Err(error.into()),
        _ if interrupt.came() => Ok(Kind::Interrupted.into()),
        _ => Ok(drained.map(|()| ExitCode::SUCCESS)?),
    }
}

/// Renders into a file, which gets its name when it is complete: half of a text under it would mislead.
fn write(
    (mut wav, path, captions): (WavFile, &Path, Option<Captions>),
    mut pipeline: KokoroPipeline,
    utterance: Utterance,
    length: u64,
    interrupt: &Interrupt,
) -> Result<ExitCode, Failure> {
    let (cancel, switch) = CancelFlag::with_switch();
    interrupt.stops(move || switch.set());
    let shown = bar(length, "Speaking");
    let utterance = Utterance {
        chunks: Box::new(Shown {
            chunks: utterance.chunks,
            bar: shown.clone(),
        }),
        ..utterance
    };
    let rendered = render(&mut pipeline, utterance, &cancel, &mut wav)?;
    shown.finish_and_clear();
    if rendered.is_cancelled {
        return Ok(Kind::Interrupted.into());
    }
    wav.finish()?;
    if let Some(captions) = captions {
        captions.write(&rendered)?;
    }
    tracing::info!(file = %path.display(), seconds = rendered.duration().as_secs_f64(), "written");
    Ok(ExitCode::SUCCESS)
}

/// Chunks whose places a bar shows.
struct Shown {
    chunks: Box<dyn ChunkSource>,
    bar: ProgressBar,
}

impl ChunkSource for Shown {
    fn ask(&mut self, wish: Wish) -> Result<Asked, SourceError> {
        let asked = self.chunks.ask(wish)?;
        if let Asked::Chunk(chunk) = &asked {
            self.bar.set_position(chunk.source.start as u64);
        }
        Ok(asked)
    }
}
