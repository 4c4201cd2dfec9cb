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
mod pack;
mod phonemes;
mod play;
mod plugins;
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
use utter::plugin::{PluginError, Plugins};

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

/// Runs a call. However it ends, the plugins that it has loaded are closed: their processes end before this one.
fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let plugins = plugins::open(arguments.plugins.as_deref());
    let opened = plugins.as_ref().ok().cloned();
    let ended = call(arguments, plugins);
    if let Some(plugins) = opened {
        plugins::close(&plugins);
    }
    ended
}

fn call(arguments: Arguments, plugins: Result<Plugins, PluginError>) -> Result<ExitCode, Failure> {
    let artifacts = arguments.artifacts.as_deref();
    // Where there is no place for plugins there is speech even so.
    let of_plugins = plugins.as_ref().ok();
    match arguments.command {
        Command::Say(options) => say::run(artifacts, of_plugins, options),
        Command::Play(options) => play::run(of_plugins, &options),
        Command::Plugins(command) => plugins::run(plugins, command),
        Command::Phonemes(options) => phonemes::run(&options),
        Command::Voices { own, json } => voices::run(artifacts, &own, json),
        Command::Outputs { json } => outputs::run(of_plugins, json),
        Command::Status {
            threads,
            json: _,
            metrics: true,
        } => metrics::run(artifacts, of_plugins, &threads),
        Command::Status { threads, json, .. } => status::run(artifacts, of_plugins, threads, json),
        Command::Doctor { json } => doctor::run(artifacts, of_plugins, json),
        Command::Bench(options) => bench::run(artifacts, &options),
        Command::Stress(options) => stress::run(artifacts, of_plugins, &options),
        Command::Completions { shell } => completions(shell),
    }
}

fn completions(shell: Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "utter", &mut script);
    table::write(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}
