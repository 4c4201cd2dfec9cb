//! Keeps alsa-lib from writing to standard error.
//!
//! alsa-lib prints a line for every device that it fails to open, from inside the library. Whoever asks for a
//! device gets an error that says so anyway; the lines go to the log instead. Used by the cpal backend, on
//! the calling thread.

/// Runs `f`, with what alsa-lib says on this thread meanwhile going to the log at debug level.
pub(super) fn quietly<R>(f: impl FnOnce() -> R) -> R {
    let messages = alsa::Output::local_error_handler();
    let result = f();
    if let Ok(messages) = messages {
        let text = messages.borrow().to_string();
        for line in text.lines().filter(|line| !line.is_empty()) {
            tracing::debug!(target: "alsa", "{line}");
        }
    }
    result
}
