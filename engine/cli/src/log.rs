//! The log, on standard error.
//!
//! People see warnings as plain lines, like those of the command itself; with `-v` they see what happens and when,
//! counted from the start. `RUST_LOG` chooses for itself. Started once, by `main`.

use std::fmt;
use std::io::{IsTerminal, Write};

use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Starts the log; `verbose` is how often `-v` was given. Where it was not, nothing below errors is shown of the modules
/// under `expected`: the call brings about what they warn of.
pub fn start(verbose: u8, expected: Option<&str>) {
    let chosen = EnvFilter::try_from_default_env().ok();
    let is_plain = verbose == 0 && chosen.is_none();
    let level = match (verbose, expected) {
        (0, None) => "warn".into(),
        (0, Some(module)) => format!("warn,{module}=error"),
        (1, _) => "utter=debug,warn".into(),
        (2, _) => "utter=trace,debug".into(),
        _ => "trace".into(),
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(chosen.unwrap_or_else(|| EnvFilter::new(level)))
        .with_writer(std::io::stderr);
    if is_plain {
        log.with_ansi(false).event_format(Plain).init();
    } else {
        log.with_ansi(std::io::stderr().is_terminal())
            .with_timer(tracing_subscriber::fmt::time::uptime())
            .init();
    }
}

/// Whether the log tells what happens, so that progress need not.
pub fn is_verbose() -> bool {
    tracing::enabled!(tracing::Level::INFO)
}

/// Tells the person in front of it something that is no failure.
pub fn notice(message: impl fmt::Display) {
    // There is nowhere else to say that standard error cannot be written to.
    let _ = writeln!(std::io::stderr(), "utter: {message}");
}

/// A line without time, level and module.
struct Plain;

impl<S, N> FormatEvent<S, N> for Plain
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        write!(writer, "utter: ")?;
        context.format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}
