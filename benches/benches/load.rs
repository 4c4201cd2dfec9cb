//! Loading the voice, its files in the page cache: found and checked, ready to be called, and warm.
//!
//! In a process that is new each time, as a program starts: this one, again, which does one thing, tells how long it took, and
//! ends. In a process that has loaded a voice before, TVM's libraries are there already; that is measured, too. The dictionaries
//! are in `text`.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, SamplingMode};
use utter::voice::artifacts::{ArtifactsDir, resolve};
use utter::voice::{KokoroPipeline, PipelineOptions};
use utter_benches::voice;

/// Set in the processes that load: what they do.
const CHILD: &str = "UTTER_BENCH_LOAD";

const FOUND: &str = "found and checked";
const LOADED: &str = "until the first call can start";
const WARM: &str = "and warm";

/// Finds and checks the voice in `place`, as at every start of a program.
fn find(place: &Path) -> ArtifactsDir {
    resolve(place).unwrap_or_else(|error| panic!("{error}: {}", error.hint()))
}

fn load(place: &Path) -> KokoroPipeline {
    KokoroPipeline::load(find(place), PipelineOptions::default())
        .unwrap_or_else(|error| panic!("{error}: {}", error.hint()))
}

/// What a new process does: `what` with the voice in `place`. Gives the time that it took.
fn once(what: &str, place: &Path) -> Duration {
    let started = Instant::now();
    if what == FOUND {
        find(place);
        return started.elapsed();
    }
    let mut pipeline = load(place);
    if what == WARM
        && let Err(error) = pipeline.warm_up(&|| false)
    {
        panic!("{error}: {}", error.hint());
    }
    started.elapsed()
}

/// The same in a new process.
fn once_in_child(what: &str, place: &Path) -> Result<Duration, Box<dyn std::error::Error>> {
    let child = Command::new(env::current_exe()?)
        .arg(place)
        .env(CHILD, what)
        .stderr(Stdio::inherit())
        .output()?;
    let told = String::from_utf8(child.stdout)?;
    let nanoseconds = told
        .trim()
        .parse()
        .map_err(|_| format!("{what}: it ended with {}", child.status))?;
    Ok(Duration::from_nanos(nanoseconds))
}

fn loading(criterion: &mut Criterion) {
    let Some(voice) = voice("load") else { return };
    let place = voice.path();
    let mut group = criterion.benchmark_group("load");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    for what in [FOUND, LOADED, WARM] {
        group.bench_function(what, |bencher| {
            let once = |_| once_in_child(what, place).unwrap_or_else(|error| panic!("{error}"));
            bencher.iter_custom(|times| (0..times).map(once).sum());
        });
    }
    group.bench_function("again in the same process", |bencher| {
        // One at a time, and dropped before the next; that is not measured.
        bencher.iter_batched(|| place, load, BatchSize::PerIteration);
    });
    group.finish();
}

fn main() {
    if let (Ok(what), Some(place)) = (env::var(CHILD), env::args_os().nth(1)) {
        println!("{}", once(&what, Path::new(&place)).as_nanos());
        return;
    }
    let mut criterion = Criterion::default().configure_from_args();
    loading(&mut criterion);
    criterion.final_summary();
}
