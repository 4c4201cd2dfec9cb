//! `utter bench`: how fast speech is made, line by line and stage by stage.
//!
//! Every figure of a line is the median of its repetitions, after one that is not counted. Before all that the first line is
//! spoken ten times, to see what a first call costs over a later one. `make bench` compares what is printed here with other
//! programs; nothing is done here that `say` does not do, too.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;
use utter::text::{Chunk, Language, Reader, has_speech};
use utter::voice::{KernelWork, KokoroPipeline, Noise, SAMPLE_RATE, StageTimes, Synthesis};
use utter_dsp::Resampler;

use crate::arguments::BenchOptions;
use crate::failure::{Failure, Kind};
use crate::first_audio::{self, ANSWERS};
use crate::kernels::{self, Kernel};
use crate::progress::bar;
use crate::reading::language_of;
use crate::table::{numbers, show, show_json, write};
use crate::{input, voice};

/// What is spoken without a file.
const SENTENCES: &str = include_str!("../../../fixtures/corpora/bench.txt");

/// How often the first line is spoken before anything else.
const CALLS: usize = 10;

/// The rate that first frames are resampled to, the commonest of devices.
const DEVICE_RATE: u32 = 48_000;

#[derive(Serialize)]
struct Report {
    threads: usize,
    voice: String,
    repeat: u32,
    lines: Vec<Line>,
    rtf: f64,
    /// From looking for the voice until it can be called.
    load_s: f64,
    /// What the dictionary took after that, where text is read.
    dictionary_s: Option<f64>,
    /// The first line, right after loading.
    first_call_s: f64,
    /// The same line, the tenth time in a row.
    tenth_call_s: f64,
    peak_rss_mb: Option<f64>,
    /// What each kernel did in one round of all lines, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    kernels: Option<Vec<Kernel>>,
}

#[derive(Serialize)]
struct Line {
    text: String,
    /// What the voice spoke, chunk by chunk.
    phonemes: Vec<String>,
    tokens: usize,
    audio_s: f64,
    wall_s: f64,
    rtf: f64,
    first_audio_s: f64,
    stages: serde_json::Map<String, serde_json::Value>,
}

/// One line, spoken once.
struct Run {
    phonemes: Vec<String>,
    tokens: usize,
    samples: usize,
    wall: f64,
    first_audio: f64,
    stages: StageTimes,
}

pub fn run(artifacts: Option<&Path>, options: &BenchOptions) -> Result<ExitCode, Failure> {
    let reader = Arc::new(Reader::new());
    let lines = lines(options, &reader)?;
    let started = Instant::now();
    let artifacts = voice::find(artifacts)?;
    voice::check(&artifacts, &options.own, &options.voice)?;
    let language = match options.phonemes {
        true => None,
        false => Some(language_of(None, &options.voice)?),
    };
    let mut pipeline = KokoroPipeline::load(artifacts, voice::options(&options.threads, &options.own))?;
    let load_s = started.elapsed().as_secs_f64();
    let mut dictionary_s = None;
    if let Some(language) = language {
        let started = Instant::now();
        reader.load(language)?;
        dictionary_s = Some(rounded(started.elapsed().as_secs_f64()));
    }

    if let Some(language) = language.filter(|_| options.first_audio) {
        let (threads, heard) = (pipeline.threads(), (language, options.voice.as_str()));
        let measured = first_audio::measure(pipeline, &reader, heard, &lines)?;
        match options.json {
            true => show_json(&measured)?,
            false => first_audio::print(&measured, threads)?,
        }
        return Ok(ExitCode::SUCCESS);
    }
    let rounds = options.repeat + 1 + u32::from(options.kernels);
    let shown = bar(CALLS as u64 + lines.len() as u64 * u64::from(rounds), "Speaking");
    let spoken = |pipeline: &mut KokoroPipeline, line: &str| {
        shown.inc(1);
        speak(pipeline, &reader, line, &options.voice, language)
    };
    let mut calls = [0.0; CALLS];
    for call in &mut calls {
        *call = spoken(&mut pipeline, &lines[0])?.wall;
    }
    let mut report = Vec::new();
    for text in &lines {
        let mut runs = Vec::new();
        for _ in 0..=options.repeat {
            runs.push(spoken(&mut pipeline, text)?);
        }
        report.push(summary(text.clone(), &runs[1..]));
    }
    let work = match options.kernels {
        true => Some(count_work(&mut pipeline, &lines, spoken)?),
        false => None,
    };
    shown.finish_and_clear();
    let report = Report {
        threads: pipeline.threads(),
        voice: options.voice.clone(),
        repeat: options.repeat,
        rtf: median(report.iter().map(|line| line.rtf)),
        lines: report,
        load_s,
        dictionary_s,
        first_call_s: rounded(calls[0]),
        tenth_call_s: rounded(calls[CALLS - 1]),
        peak_rss_mb: peak_rss_mb(),
        kernels: work.map(|work| kernels::figures(&work)),
    };
    if options.json {
        show_json(&report)?
    } else {
        print(&report)?
    }
    Ok(ExitCode::SUCCESS)
}

/// Speaks every line once more, and counts what the kernels do.
fn count_work(
    pipeline: &mut KokoroPipeline,
    lines: &[String],
    mut spoken: impl FnMut(&mut KokoroPipeline, &str) -> Result<Run, Failure>,
) -> Result<Vec<KernelWork>, Failure> {
    let speak = |pipeline: &mut KokoroPipeline| {
        let each = |line: &String| spoken(pipeline, line).map(drop);
        lines.iter().try_for_each(each)
    };
    let (spoken, work) = pipeline.count_work(speak);
    spoken.map(|()| work)
}

/// The lines to speak, all of which can be spoken: a measurement does not fail half way.
fn lines(options: &BenchOptions, reader: &Reader) -> Result<Vec<String>, Failure> {
    let text = match &options.file {
        None if options.phonemes => {
            let message = "there are no phonemes to speak";
            return Err(Failure::new(Kind::Usage, message, "give a file of lines: --file"));
        }
        None if options.first_audio => ANSWERS.to_owned(),
        None => SENTENCES.to_owned(),
        Some(file) => input::file(file)?,
    };
    let mut lines = Vec::new();
    for (n, line) in text.lines().map(str::trim).enumerate() {
        if line.is_empty() {
            continue;
        }
        let fault = |message: &str, hint: &str| {
            Failure::new(Kind::Usage, format_args!("line {}: {message}", n + 1), hint)
        };
        if !has_speech(line) {
            return Err(fault(
                "there is nothing to say in it",
                "give some words, or leave it empty",
            ));
        }
        if options.phonemes {
            let _ = reader
                .read_phonemes(line)
                .map_err(|error| fault(&error.to_string(), &error.hint()))?;
        }
        lines.push(line.to_owned());
    }
    if lines.is_empty() {
        let message = "there are no lines to speak";
        return Err(Failure::new(
            Kind::Usage,
            message,
            "put one sentence on each line",
        ));
    }
    Ok(lines)
}

/// Speaks a line as `say` would, without a device: text to phonemes (none where it is phonemes, without a language), chunk
/// by chunk to audio, the first frames resampled.
fn speak(
    pipeline: &mut KokoroPipeline,
    reader: &Arc<Reader>,
    line: &str,
    voice: &str,
    language: Option<Language>,
) -> Result<Run, Failure> {
    let mut resampler = Resampler::new(SAMPLE_RATE, DEVICE_RATE)
        .map_err(|error| Failure::new(Kind::Failed, error, error.hint()))?;
    let mut frames = vec![0.0; 4096];
    let started = Instant::now();
    let chunks: &mut dyn Iterator<Item = Chunk> = match language {
        Some(language) => &mut reader.read(line, language)?,
        None => &mut reader.read_phonemes(line)?.into_iter(),
    };
    let mut run = Run {
        phonemes: Vec::new(),
        tokens: 0,
        samples: 0,
        wall: 0.0,
        first_audio: 0.0,
        stages: StageTimes::default(),
    };
    for chunk in chunks {
        let phonemes = chunk.symbols();
        let request = Synthesis {
            phonemes: &phonemes,
            voice,
            speed: 1.0,
            noise: Noise::default(),
        };
        let speech = pipeline.synthesize(&request, &|| false)?;
        if run.samples == 0 {
            resampler.process(speech.samples, &mut frames);
            run.first_audio = started.elapsed().as_secs_f64();
        }
        run.tokens += speech.durations.len();
        run.samples += speech.samples.len();
        run.stages.add(&speech.times);
        run.phonemes.push(phonemes);
    }
    run.wall = started.elapsed().as_secs_f64();
    Ok(run)
}

fn summary(text: String, runs: &[Run]) -> Line {
    let of = |value: fn(&Run) -> f64| median(runs.iter().map(value));
    let (wall_s, audio_s) = (
        of(|run| run.wall),
        of(|run| run.samples as f64 / f64::from(SAMPLE_RATE)),
    );
    let stage = |i: usize| median(runs.iter().map(|run| run.stages.entries()[i].1));
    let names = StageTimes::default().entries().map(|(name, _)| name);
    let stages = names
        .iter()
        .enumerate()
        .map(|(i, name)| ((*name).to_owned(), rounded(stage(i)).into()));
    let first = runs.first();
    Line {
        phonemes: first.map_or_else(Vec::new, |run| run.phonemes.clone()),
        tokens: first.map_or(0, |run| run.tokens),
        audio_s: rounded(audio_s),
        wall_s: rounded(wall_s),
        rtf: rounded(wall_s / audio_s),
        first_audio_s: rounded(of(|run| run.first_audio)),
        stages: stages.collect(),
        text,
    }
}

/// To tenths of a millisecond.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1e4).round() / 1e4
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => (values[n / 2 - 1] + values[n / 2]) / 2.0,
    }
}

/// The most memory this process ever held, where the system tells it (Linux).
fn peak_rss_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some((kilobytes / 102.4).round() / 10.0)
}

fn print(report: &Report) -> Result<(), Failure> {
    let mut header = vec!["TOKENS", "AUDIO_S", "WALL_S", "RTF", "FIRST_AUDIO_S"];
    let names = StageTimes::default()
        .entries()
        .map(|(name, _)| name.to_uppercase());
    header.extend(names.iter().map(String::as_str));
    let mut table = numbers(&header);
    for line in &report.lines {
        let mut row = vec![
            line.tokens.to_string(),
            format!("{:.2}", line.audio_s),
            format!("{:.3}", line.wall_s),
            format!("{:.3}", line.rtf),
            format!("{:.3}", line.first_audio_s),
        ];
        row.extend(
            line.stages
                .values()
                .map(|seconds| format!("{:.4}", seconds.as_f64().unwrap_or(f64::NAN))),
        );
        table.add_row(row);
    }
    show(table)?;
    let memory = report
        .peak_rss_mb
        .map(|megabytes| format!(", peak RSS {megabytes} MB"))
        .unwrap_or_default();
    let Report {
        threads,
        rtf,
        load_s,
        first_call_s,
        tenth_call_s,
        ..
    } = report;
    write(&format!(
        "\n{threads} threads: median RTF {rtf:.3}, loaded in {load_s:.3} s, first call {first_call_s:.3} s, \
         tenth {tenth_call_s:.3} s{memory}\n"
    ))?;
    match &report.kernels {
        Some(work) => write("\n").and_then(|()| kernels::print(work)),
        None => Ok(()),
    }
}
