//! Closing streams, which some systems never return from.

use super::OutputStream;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a caller waits for a stream to close.
const PATIENCE: Duration = Duration::from_millis(500);

/// Closes a stream on a thread of its own, and returns when that is done, or has taken too long. In the
/// latter case the thread stays behind, with what it hangs in.
pub(in crate::playback) fn close_stream(stream: Box<dyn OutputStream>) {
    let (done, closed) = mpsc::channel();
    let janitor = thread::Builder::new()
        .name("utter-janitor".into())
        .spawn(move || {
            drop(stream);
            // Nobody listens any more if it took too long.
            let _ = done.send(());
        });
    match janitor {
        Ok(_) if closed.recv_timeout(PATIENCE).is_ok() => {}
        Ok(_) => tracing::warn!("the output does not close; it is left behind"),
        Err(error) => tracing::warn!(%error, "no thread to close the output on"),
    }
}
