//! The `utter` command: says text, and shows and checks what saying needs.
//!
//! One file a subcommand. Standard output holds only what was asked for; errors, progress and the log go to standard
//! error. How a call ends is in [`failure`].

mod arguments;
mod bench;
mod captions;
mod doctor;
mod failure;
mod first_audio;
mod input;
mod interrupt;
mod kernels;
mod log;
mod metrics;
mod output;
mod outputs;
mod phonemes;
mod play;
mod progress;
mod reading;
mod say;
mod status;
mod stress;
mod table;
mod voice;
mod voices;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use clap_complete::Shell;

use arguments::{Arguments, Command};
use failure::Failure;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log::start(arguments.verbose, arguments.command.expected_warnings());
    match run(arguments) {
        Ok(code) => code,
        Err(failure) => {
            // If even this cannot be written, the exit code still tells.
            let _ = writeln!(std::io::stderr(), "{failure}");
            failure.exit_code()
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let artifacts = arguments.artifacts.as_deref();
    match arguments.command {
        Command::Say(options) => say::run(artifacts, options),
        Command::Play(options) => play::run(&options),
        Command::Phonemes(options) => phonemes::run(&options),
        Command::Voices { own, json } => voices::run(artifacts, &own, json),
        Command::Outputs { json } => outputs::run(json),
        Command::Status {
            threads,
            json: _,
            metrics: true,
        } => metrics::run(artifacts, &threads),
        Command::Status { threads, json, .. } => status::run(artifacts, threads, json),
        Command::Doctor { json } => doctor::run(artifacts, json),
        Command::Bench(options) => bench::run(artifacts, &options),
        Command::Stress(options) => stress::run(artifacts, &options),
        Command::Completions { shell } => completions(shell),
    }
}

fn completions(shell: Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "utter", &mut script);
    table::write(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}
