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
    match leave_stream(stream, Duration::ZERO) {
        Some(closed) if closed.recv_timeout(PATIENCE).is_ok() => {}
        Some(_) => tracing::warn!("the output does not close; it is left behind"),
        None => {}
    }
}

/// Closes a stream after `delay` on a thread of its own, and does not wait for it. What is returned has a message
/// when that is done.
pub(in crate::playback) fn leave_stream(
    stream: Box<dyn OutputStream>,
    delay: Duration,
) -> Option<mpsc::Receiver<()>> {
    let (done, closed) = mpsc::channel();
    let janitor = thread::Builder::new()
        .name("utter-janitor".into())
        .spawn(move || {
            thread::sleep(delay);
            drop(stream);
            // Nobody listens any more if it took too long.
            let _ = done.send(());
        });
    match janitor {
        Ok(_) => Some(closed),
        Err(error) => {
            tracing::warn!(%error, "no thread to close the output on");
            None
        }
    }
}
