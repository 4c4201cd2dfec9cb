//! Keeps `flutter_rust_bridge` off the standard output.
//!
//! What it has to complain of, an answer to an isolate that is gone, it prints there unless a logger of the crate `log` takes
//! warnings. This one hands them to `tracing`, as remarks for whoever looks for such a thing: an isolate that is gone is
//! nothing to worry about. Installed with the first isolate.

use log::{LevelFilter, Log, Metadata, Record};

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
}
