//! `utter doctor`: checks each thing that speaking needs, in the order in which it is needed.

use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;
use utter::playback::PlayerOptions;
use utter::playback::output::{OutputRequest, OutputSelection};
use utter::plugin::{PluginState, Plugins};
use utter::text::{Language, Reader};
use utter::voice::artifacts::ArtifactsDir;
use utter::voice::{KokoroPipeline, Noise, PipelineOptions, Synthesis};

use crate::failure::{Failure, Kind};
use crate::output;
use crate::progress::spinner;
use crate::table::{show_json, write};
use crate::voice::find;

#[derive(Serialize)]
struct Check {
    what: &'static str,
    ok: bool,
    found: String,
    mend: Option<String>,
}

impl Check {
    fn of(what: &'static str, result: Result<String, Failure>) -> Self {
        match result {
            Ok(found) => Self {
                what,
                ok: true,
                found,
                mend: None,
            },
            Err(failure) => Self {
                what,
                ok: false,
                found: failure.message().into(),
                mend: Some(failure.hint().into()),
            },
        }
    }
}

pub fn run(artifacts: Option<&Path>, plugins: Option<&Plugins>, json: bool) -> Result<ExitCode, Failure> {
    let shown = spinner("Checking");
    let mut checks = Vec::new();
    let found = find(artifacts).map_err(Failure::from).and_then(|voice| {
        voice.verify()?;
        Ok(voice)
    });
    match found {
        Ok(voice) => {
            let names = voice.voice_names().count();
            let found = format!(
                "{} for {}, {names} voices, in {}",
                voice.manifest().model.name,
                voice.target().name,
                voice.path().display()
            );
            checks.push(Check::of("voice", Ok(found)));
            checks.push(Check::of("synthesis", synthesis(voice)));
        }
        Err(failure) => checks.push(Check::of("voice", Err(failure))),
    }
    checks.push(Check::of("text", text()));
    checks.push(Check::of("output", default_output(plugins)));
    if let Some(plugins) = plugins {
        checks.extend(of_plugins(plugins));
    }
    shown.finish_and_clear();
    let well = checks.iter().all(|check| check.ok);
    if json {
        show_json(&checks)?;
    } else {
        write(&checks.iter().map(line).collect::<String>())?;
    }
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        Kind::Failed.into()
    })
}

fn line(check: &Check) -> String {
    let mark = if check.ok { "ok     " } else { "MISSING" };
    let mend = check.mend.as_deref().filter(|mend| !mend.is_empty());
    let mend = mend
        .map(|mend| format!("           → {mend}\n"))
        .unwrap_or_default();
    format!("{mark}  {}: {}\n{mend}", check.what, check.found)
}

/// Loads the voice and has it say a word.
fn synthesis(voice: ArtifactsDir) -> Result<String, Failure> {
    let name = voice.voice_names().next().unwrap_or_default().to_owned();
    let mut pipeline = KokoroPipeline::load(voice, PipelineOptions::default())?;
    let threads = pipeline.threads();
    let request = Synthesis {
        phonemes: "jˈɛs.",
        voice: &name,
        speed: 1.0,
        noise: Noise::default(),
    };
    let speech = pipeline.synthesize(&request, &|| false)?;
    let loudest = speech.samples.iter().fold(0.0_f32, |a, s| a.max(s.abs()));
    if !loudest.is_finite() || !(0.01..=2.0).contains(&loudest) {
        let message = format!("the compiled voice makes no speech (its loudest sample is {loudest})");
        return Err(Failure::new(
            Kind::Failed,
            message,
            "Build the voice again with `make voice`.",
        ));
    }
    let audio = speech.samples.len() as f64 / f64::from(utter::voice::SAMPLE_RATE);
    Ok(format!(
        "{audio:.2} s of speech in {:.2} s, {threads} threads",
        speech.times.total()
    ))
}

fn text() -> Result<String, Failure> {
    let reader = Reader::new();
    let mut symbols = String::new();
    for language in [Language::AmericanEnglish, Language::BritishEnglish] {
        let chunk = reader.read("Hello.", language)?.next();
        symbols = chunk.map(|chunk| chunk.symbols()).unwrap_or_default();
    }
    let espeak = match Reader::new().allowing_espeak(true).load(Language::French) {
        Ok(()) => "French and four more through espeak-ng",
        Err(_) => "espeak-ng, for French and four more, is not installed",
    };
    Ok(format!(
        "American and British English (“Hello.” is {symbols}); {espeak}"
    ))
}

fn default_output(plugins: Option<&Plugins>) -> Result<String, Failure> {
    let request = OutputRequest {
        period: PlayerOptions::default().period,
    };
    let config = output::all(plugins).negotiate(&OutputSelection::Default, &request)?;
    Ok(format!(
        "{}, {} Hz, {} channels, {}",
        config.name, config.rate, config.channels, config.format
    ))
}

/// Loads every plugin that is enabled, and counts its outputs.
fn of_plugins(plugins: &Plugins) -> Vec<Check> {
    let targets = plugins.targets();
    let listed = match plugins.list() {
        Ok(listed) => listed,
        Err(error) => return vec![Check::of("plugins", Err(error.into()))],
    };
    // One that is disabled is not missed; one that is damaged cannot say whether it is.
    let used = listed
        .into_iter()
        .filter(|state| state.is_enabled || state.problem.is_some());
    let check = |state: PluginState| {
        let outputs = targets.iter().filter(|(id, _)| *id == state.id).count();
        let result = match state.problem {
            Some((message, hint)) => Err(Failure::new(Kind::Failed, message, hint)),
            None => {
                let plural = if outputs == 1 { "" } else { "s" };
                Ok(format!(
                    "{} {}, {outputs} output{plural}",
                    state.id, state.version
                ))
            }
        };
        Check::of("plugin", result)
    };
    used.map(check).collect()
}
