//! Around every call of Dart: what panics becomes an error, and what blocks or waits does so elsewhere.

use crate::api::error::{BridgeError, ErrorReason};
use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::{Notify, oneshot};
use utter::host::Error;
use utter::speech::{Completion, VoiceRequest};

/// Told when waits are to be given up.
static GIVEN_UP: Notify = Notify::const_new();

/// Has all calls that wait now fail with `Cancelled`. What they asked for goes on. Called on the bridge's thread, so that every call
/// that Dart made before waits by then.
pub(crate) fn give_up_waits() {
    GIVEN_UP.notify_waiters();
}

/// Waits, unless waits are given up before it is over.
async fn unless_given_up<T>(wait: impl Future<Output = T>) -> Result<T, BridgeError> {
    tokio::select! {
        biased;
        over = wait => Ok(over),
        () = GIVEN_UP.notified() => Err(cancelled()),
    }
}

/// Calls the engine.
///
/// # Errors
///
/// Those of `call`; `Internal` if it panics, which leaves the runtime as it is.
pub(crate) fn guarded<T>(call: impl FnOnce() -> Result<T, BridgeError>) -> Result<T, BridgeError> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| Err(panicked(&*panic)))
}

/// The same for a call that may block, on a thread of its own.
pub(crate) async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, BridgeError> + Send + 'static,
) -> Result<T, BridgeError> {
    match unless_given_up(tokio::task::spawn_blocking(|| guarded(call))).await? {
        Ok(result) => result,
        // It cannot panic. The runtime of the bridge is never shut down.
        Err(_) => Err(cancelled()),
    }
}

/// Asks something of the voice, and waits for what comes of it.
pub(crate) async fn settled(
    ask: impl FnOnce() -> Result<VoiceRequest, BridgeError>,
) -> Result<(), BridgeError> {
    let request = guarded(ask)?;
    let settled = unless_given_up(outcome(&request)).await?;
    settled.map_err(|error| Error::from(error).into())
}

/// Waits until something is over, without a thread.
pub(crate) async fn outcome<T: Clone + Send + 'static>(completion: &Completion<T>) -> T {
    let (told, over) = oneshot::channel();
    completion.on_done(move |result| {
        // Whoever waited may be gone.
        let _ = told.send(result.clone());
    });
    match over.await {
        Ok(result) => result,
        // A completion tells everybody before it forgets them; so it is over by now, and this does not wait.
        Err(_) => completion.wait(),
    }
}

fn cancelled() -> BridgeError {
    BridgeError {
        reason: ErrorReason::Cancelled,
        message: "the call was given up before it was answered; what it asked for may still be done".into(),
        hint: "ask for the status, or call again".into(),
    }
}

fn panicked(panic: &(dyn Any + Send)) -> BridgeError {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let message = text.unwrap_or("a panic without a message");
    tracing::error!(message, "a call from Dart has panicked");
    BridgeError {
        reason: ErrorReason::Internal,
        message: format!("a mistake in Utter: {message}"),
        hint: "report it, with what was called; everything else goes on".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_internal_error_with_its_message() {
        let error = guarded::<()>(|| panic!("no {}", "luck")).unwrap_err();
        assert_eq!(error.reason, ErrorReason::Internal);
        assert_eq!(error.message, "a mistake in Utter: no luck");
        assert!(!error.hint.is_empty());
        assert_eq!(guarded(|| Ok(7)), Ok(7));
    }

    #[tokio::test]
    async fn so_is_one_on_another_thread() {
        let error = blocking::<()>(|| panic!("at work")).await.unwrap_err();
        assert_eq!(error.reason, ErrorReason::Internal);
        assert!(error.message.contains("at work"), "{}", error.message);
    }
}
