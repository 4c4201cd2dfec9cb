//! `utter say`: through the speakers, or into a file.
//!
//! Whatever is wrong with the call is found before an output is opened, a file begun or the voice loaded.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use utter::playback::output::{CpalBackend, OutputSelection, WavEncoding, WavFile, find_output};
use utter::playback::{Player, PlayerOptions, Stop};
use utter::speech::{
    CancelFlag, ChunkSource, Delivery, Outcome, SAMPLE_RATE, Speaker, SpeechError, Utterance, read_phonemes,
    read_text, render,
};
use utter::text::{Language, Reader, has_speech};
use utter::voice::KokoroPipeline;
use utter::voice::artifacts::ArtifactsDir;

use crate::arguments::SayOptions;
use crate::failure::{Failure, Kind};
use crate::interrupt::Interrupt;
use crate::progress::bar;
use crate::{input, voice};

/// How long an output that was lost is waited for: somebody sits in front of it.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is to be said.
enum Words {
    Text(String, Language),
    Phonemes(ChunkSource),
}

/// Where it goes.
enum Destination {
    Output(Player),
    File(Box<WavFile>, PathBuf),
}

pub fn run(artifacts: Option<&Path>, options: SayOptions) -> Result<ExitCode, Failure> {
    let text = input::words(&options.text)?;
    let length = text.len() as u64;
    let (artifacts, words) = check(artifacts, text, &options)?;
    let interrupt = Interrupt::catch();
    let destination = Destination::open(&options)?;

    let language = match words {
        Words::Text(_, language) => Some(language),
        Words::Phonemes(_) => None,
    };
    let (pipeline, reader) = voice::load(artifacts, &options.threads, language)?;
    let chunks = match words {
        Words::Text(text, language) => read_text(reader, text, language)?,
        Words::Phonemes(chunks) => chunks,
    };
    let delivery = Delivery {
        voice: options.voice,
        speed: options.speed,
        seed: options.seed,
        noise: options.noise,
        ..Delivery::default()
    };
    let utterance = Utterance { chunks, delivery };
    match destination {
        Destination::Output(player) => play(&player, pipeline, utterance, &interrupt),
        Destination::File(wav, path) => write(*wav, &path, pipeline, utterance, length, &interrupt),
    }
}

/// Finds the voice, and sees whether it can say this.
fn check(
    artifacts: Option<&Path>,
    text: String,
    options: &SayOptions,
) -> Result<(ArtifactsDir, Words), Failure> {
    if !has_speech(&text) {
        return Err(Failure::new(
            Kind::Usage,
            "there is nothing to say in this text",
            "give some words",
        ));
    }
    let artifacts = voice::find(artifacts)?;
    artifacts.voice(&options.voice)?;
    let words = if options.phonemes {
        Words::Phonemes(read_phonemes(&Reader::new(), &text)?)
    } else {
        Words::Text(text, voice::reading_language(&options.voice)?)
    };
    Ok((artifacts, words))
}

impl Destination {
    fn open(options: &SayOptions) -> Result<Self, Failure> {
        if let Some(path) = &options.out {
            let wav = WavFile::create(path, SAMPLE_RATE, WavEncoding::default())?;
            return Ok(Self::File(Box::new(wav), path.clone()));
        }
        let backend = Arc::new(CpalBackend::new());
        let selection = match &options.output {
            Some(typed) => OutputSelection::Id(find_output(backend.as_ref(), typed)?.id),
            None => OutputSelection::Default,
        };
        let player_options = PlayerOptions {
            give_up_after: PATIENCE,
            ..PlayerOptions::default()
        };
        Ok(Self::Output(Player::open(backend, &selection, &player_options)?))
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
    let spoken = speaker.speak(utterance)?;
    interrupt.stops({
        let player = player.clone();
        move || {
            player.stop(Stop::Fade);
        }
    });
    let outcome = spoken.wait();
    let drained = match &outcome {
        // An output that is lost will not play the rest.
        Outcome::Failed(SpeechError::Playback(_)) => Ok(()),
        _ => player.wait_until_drained(),
    };
    interrupt.stops_nothing();
    let counters = player.counters();
    // The thread is waited for: it must not be in the middle of a kernel when the process ends.
    speaker.close();
    player.close();
    tracing::info!(
        produced = counters.produced,
        rendered = counters.rendered,
        discarded = counters.discarded,
        underruns = counters.underruns,
        xruns = counters.xruns,
        losses = counters.losses,
        "done"
    );
    match outcome {
        Outcome::Failed(error) => Err(error.into()),
        _ if interrupt.came() => Ok(Kind::Interrupted.into()),
        _ => Ok(drained.map(|()| ExitCode::SUCCESS)?),
    }
}

/// Renders into a file, which gets its name when it is complete: half of a text under it would mislead.
fn write(
    mut wav: WavFile,
    path: &Path,
    mut pipeline: KokoroPipeline,
    utterance: Utterance,
    length: u64,
    interrupt: &Interrupt,
) -> Result<ExitCode, Failure> {
    let (cancel, switch) = CancelFlag::with_switch();
    interrupt.stops(move || switch.set());
    let shown = bar(length, "Speaking");
    let chunks = utterance.chunks.inspect({
        let shown = shown.clone();
        move |chunk| {
            if let Ok(chunk) = chunk {
                shown.set_position(chunk.source.start as u64);
            }
        }
    });
    let utterance = Utterance {
        chunks: Box::new(chunks),
        ..utterance
    };
    let rendered = render(&mut pipeline, utterance, &cancel, &mut wav)?;
    shown.finish_and_clear();
    if rendered.is_cancelled {
        return Ok(Kind::Interrupted.into());
    }
    wav.finish()?;
    tracing::info!(file = %path.display(), seconds = rendered.duration().as_secs_f64(), "written");
    Ok(ExitCode::SUCCESS)
}
