//! The log of an app: what the engine tells, on standard error, where `flutter run` and Xcode show it.
//!
//! Warnings, and what `RUST_LOG` asks for: `RUST_LOG=utter=debug flutter run`. And `flutter_rust_bridge` is kept off the standard output:
//! what it has to complain of, an answer to an isolate that is gone, it prints there unless a logger of the crate `log` takes
//! warnings. This one hands them on as remarks, since that is nothing to worry about. Both are installed with the first isolate.

use log::{LevelFilter, Log, Metadata, Record};
use tracing_subscriber::EnvFilter;

struct ToTracing;

impl Log for ToTracing {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Warn
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            tracing::debug!(source = record.target(), "{}", record.args());
        }
    }

    fn flush(&self) {}
}

/// Takes what is logged from now on, unless somebody does already.
pub(crate) fn install() {
    if log::set_logger(&ToTracing).is_ok() {
        log::set_max_level(LevelFilter::Warn);
    }
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(std::io::stderr);
    // Somebody who is linked with this may have one of his own.
    let _ = tracing::subscriber::set_global_default(lines.finish());
}
