//! The `utter` command: says text, and shows and checks what saying needs.
//!
//! One file a subcommand. Standard output holds only what was asked for; errors, progress and the log go to standard
//! error. How a call ends is in [`failure`].

mod arguments;
mod bench;
mod doctor;
mod failure;
mod outputs;
mod progress;
mod say;
mod status;
mod table;
mod voice;
mod voices;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use arguments::{Arguments, Command};
use failure::Failure;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_log(arguments.verbose);
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
        Command::Voices { json } => voices::run(artifacts, json),
        Command::Outputs { json } => outputs::run(json),
        Command::Status { threads, json } => status::run(artifacts, threads, json),
        Command::Doctor { json } => doctor::run(artifacts, json),
        Command::Bench(options) => bench::run(artifacts, &options),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "utter", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The log goes to standard error: warnings always, more with `-v`, or as `RUST_LOG` says.
fn start_log(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "utter=info,warn",
        2 => "utter=debug,info",
        _ => "trace",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| level.into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
