//! `utter say`: through the speakers, or into a file.

use std::io::{IsTerminal, Read};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use utter::playback::output::{CpalBackend, OutputSelection, WavEncoding, WavFile, find_output};
use utter::playback::{Player, PlayerOptions};
use utter::speech::{
    CancelFlag, ChunkSource, Delivery, Outcome, SAMPLE_RATE, Speaker, Utterance, read_phonemes, read_text,
    render,
};
use utter::text::has_speech;
use utter::voice::KokoroPipeline;

use crate::arguments::SayOptions;
use crate::failure::{Failure, Kind};
use crate::progress::bar;
use crate::voice;

pub fn run(artifacts: Option<&Path>, options: SayOptions) -> Result<ExitCode, Failure> {
    let text = text(&options.text)?;
    if !has_speech(&text) {
        return Err(Failure::new(
            Kind::Usage,
            "there is nothing to say in this text",
            "give some words",
        ));
    }
    let artifacts = voice::find(artifacts)?;
    // Before anything slow: is there such a voice, and can it read this?
    artifacts.voice(&options.voice)?;
    let language = if options.phonemes {
        None
    } else {
        Some(voice::language(&options.voice)?)
    };
    let output = if options.out.is_none() {
        Some(open(options.output.as_deref())?)
    } else {
        None
    };

    let (pipeline, reader) = voice::load(artifacts, &options.threads, language)?;
    let length = text.len() as u64;
    let chunks = match language {
        Some(language) => read_text(reader, text, language)?,
        None => read_phonemes(&reader, &text)?,
    };
    let delivery = Delivery {
        voice: options.voice,
        speed: options.speed,
        seed: options.seed,
        noise: options.noise,
        ..Delivery::default()
    };
    match (output, &options.out) {
        (Some(player), _) => play(player, pipeline, Utterance { chunks, delivery }),
        (None, Some(file)) => write(file, pipeline, chunks, delivery, length),
        (None, None) => Ok(ExitCode::SUCCESS), // not possible: an output was opened where no file was given
    }
}

/// The words of the call, or standard input for `-`.
fn text(words: &[String]) -> Result<String, Failure> {
    if words != ["-"] {
        return Ok(words.join(" "));
    }
    if std::io::stdin().is_terminal() {
        tracing::warn!("reading from the keyboard; end with Ctrl-D");
    }
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).map_err(|error| {
        Failure::new(
            Kind::Failed,
            format!("cannot read standard input: {error}"),
            "give the text as an argument",
        )
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::new(
            Kind::Usage,
            format!("standard input is not UTF-8 text (byte {at})"),
            "convert it, for example with iconv",
        )
    })
}

fn open(device: Option<&str>) -> Result<Player, Failure> {
    let backend = CpalBackend::new();
    let selection = match device {
        Some(typed) => OutputSelection::Id(find_output(&backend, typed)?.id),
        None => OutputSelection::Default,
    };
    Ok(Player::open(&backend, &selection, &PlayerOptions::default())?)
}

fn play(player: Player, pipeline: KokoroPipeline, utterance: Utterance) -> Result<ExitCode, Failure> {
    let (speaker, _events) = Speaker::start(Arc::new(player), Box::new(pipeline))?;
    let speaker = Arc::new(speaker);
    let interrupted = on_interrupt({
        let speaker = Arc::clone(&speaker);
        move || {
            if let Err(error) = speaker.stop() {
                tracing::warn!(%error, "cannot fade out");
            }
        }
    });
    let outcome = speaker.speak(utterance)?.wait();
    let drained = speaker.player().wait_until_drained();
    let counters = speaker.player().counters();
    tracing::info!(?counters, "done");
    speaker.player().close();
    match outcome {
        Outcome::Failed(error) => Err(error.into()),
        _ if interrupted.load(Ordering::Relaxed) => Ok(ExitCode::from(Kind::Interrupted as u8)),
        _ => Ok(drained.map(|()| ExitCode::SUCCESS)?),
    }
}

fn write(
    file: &Path,
    mut pipeline: KokoroPipeline,
    chunks: ChunkSource,
    delivery: Delivery,
    length: u64,
) -> Result<ExitCode, Failure> {
    let mut wav = WavFile::create(file, SAMPLE_RATE, WavEncoding::default())?;
    let (cancel, switch) = CancelFlag::with_switch();
    on_interrupt(move || switch.set());
    let shown = bar(length, "Speaking");
    let chunks = chunks.inspect({
        let shown = shown.clone();
        move |chunk| {
            if let Ok(chunk) = chunk {
                shown.set_position(chunk.source.start as u64);
            }
        }
    });
    let utterance = Utterance {
        chunks: Box::new(chunks),
        delivery,
    };
    let rendered = render(&mut pipeline, utterance, &cancel, &mut wav)?;
    shown.finish_and_clear();
    if rendered.is_cancelled {
        // The file stays unwritten: half of a text under its whole name would mislead.
        return Ok(ExitCode::from(Kind::Interrupted as u8));
    }
    wav.finish()?;
    tracing::info!(file = %file.display(), seconds = rendered.duration().as_secs_f64(), "written");
    Ok(ExitCode::SUCCESS)
}

/// Calls `stop` at the first Ctrl-C (or SIGTERM), and ends at once at the second; tells whether it came.
fn on_interrupt(stop: impl Fn() + Send + 'static) -> Arc<AtomicBool> {
    let came = Arc::new(AtomicBool::new(false));
    let handler = {
        let came = Arc::clone(&came);
        move || {
            if came.swap(true, Ordering::Relaxed) {
                std::process::exit(Kind::Interrupted as i32);
            }
            stop();
        }
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        tracing::warn!(%error, "Ctrl-C will end without a fade");
    }
    came
}
