//! `utter-asio-host`: holds an audio device for the plugin of Utter that has started it.
//!
//! The plugin speaks to it over standard input and output ([`utter_asio::protocol`]) and hands it frames through rings in shared
//! memory ([`utter_asio::shared_ring`]). It ends when the plugin's process does, however that ends.

mod devices;
mod health;
mod input;
mod list;
mod orders;
mod output;
mod parent;
mod priority;
mod realtime;
mod serve;
mod slots;
mod stream;

use std::process::ExitCode;

use clap::Parser;

#[cfg(test)]
#[global_allocator]
static ALLOCATOR: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

/// Holds an audio device in a process of its own, for the speech engine Utter.
///
/// Utter's plugin `org.utter.asio` starts this program for each device that it plays on, and ends it. There is no need to start
/// it by hand; `--list` shows what it would find.
#[derive(Debug, Parser)]
#[command(name = "utter-asio-host", version)]
struct Arguments {
    /// List the devices that can play, with their ids and what they take.
    #[arg(long)]
    list: bool,
    /// Serve the process with this id, over standard input and output.
    #[arg(long, value_name = "PID", hide = true, conflicts_with = "list")]
    serve: Option<u32>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.list {
        return list::run();
    }
    let Some(host) = arguments.serve else {
        println!("utter-asio-host holds an audio device for Utter, which starts it when it plays on one.");
        println!("Called by hand it does nothing. Try --list to see the devices that it finds, or --help.");
        return ExitCode::SUCCESS;
    };
    std::panic::set_hook(Box::new(|panic| {
        // One line, for the host's log; then the end, whichever thread it was.
        eprintln!("panic: {}", panic.to_string().replace('\n', " "));
        parent::exit_now(101);
    }));
    match serve::run(host) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
