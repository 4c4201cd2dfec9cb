//! Reads requests, on a thread that does nothing else: it is there to see the end of them, whatever hangs.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::thread;

use utter_asio::protocol::frame::{Decoder, Kind};
use utter_asio::protocol::message::{Answer, FaultCode, Request};
use utter_asio::shared_ring::Handover;

use super::output::Output;
use super::parent;

/// A request that waits to be served.
pub(crate) struct Order {
    pub(crate) id: u32,
    pub(crate) request: Request,
    /// The ring that came with it, or that it names.
    pub(crate) ring: Option<Handover>,
}

/// Reads standard input until its end, which is the end of the process.
pub(crate) fn start(orders: SyncSender<Order>, output: Arc<Output>) -> std::io::Result<()> {
    let read = move || {
        let error = read_all(&orders, &output);
        if let Some(error) = error {
            eprintln!("requests cannot be read any more: {error}");
        }
        parent::exit_now(0);
    };
    thread::Builder::new().name("requests".into()).spawn(read)?;
    Ok(())
}

/// Returns at the end, with the reason if there is one.
fn read_all(orders: &SyncSender<Order>, output: &Output) -> Option<String> {
    let mut input = Input::new();
    let (mut decoder, mut bytes) = (Decoder::default(), [0; 4096]);
    loop {
        match input.receive(&mut bytes) {
            Ok(0) => return None,
            Ok(count) => decoder.push(&bytes[..count]),
            Err(error) => return Some(error.to_string()),
        }
        loop {
            match decoder.next() {
                Ok(None) => break,
                Ok(Some(frame)) if frame.kind == Kind::Request => match frame.read::<Request>() {
                    Ok(request) => take(orders, output, &mut input, frame.id, request),
                    Err(error) => refuse(output, frame.id, &error.to_string()),
                },
                Ok(Some(_)) => return Some("the host answers".into()),
                Err(error) => return Some(error.to_string()),
            }
        }
    }
}

fn take(orders: &SyncSender<Order>, output: &Output, input: &mut Input, id: u32, request: Request) {
    let ring = match &request {
        Request::Attach { path: Some(path), .. } => Some(Handover::Path(path.clone())),
        Request::Attach { path: None, .. } => input.ring(),
        _ => None,
    };
    match orders.try_send(Order { id, request, ring }) {
        Ok(()) => {}
        Err(TrySendError::Full(_)) => refuse(output, id, "too many requests wait"),
        Err(TrySendError::Disconnected(_)) => refuse(output, id, "the program is ending"),
    }
}

fn refuse(output: &Output, id: u32, message: &str) {
    let (code, message) = (FaultCode::WrongState, message.to_owned());
    output.answer(id, &Answer::Fault { code, message });
}

#[cfg(unix)]
struct Input(utter_asio::protocol::channel::Receiver<rustix::fd::BorrowedFd<'static>>);

#[cfg(unix)]
impl Input {
    fn new() -> Self {
        Self(utter_asio::protocol::channel::Receiver::new(
            rustix::stdio::stdin(),
        ))
    }

    fn receive(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        self.0.receive(bytes)
    }

    /// The ring whose descriptor came first.
    fn ring(&mut self) -> Option<Handover> {
        #[cfg(target_os = "linux")]
        return self.0.descriptor().map(Handover::Descriptor);
        #[cfg(not(target_os = "linux"))]
        None
    }
}

#[cfg(not(unix))]
struct Input(std::io::Stdin);

#[cfg(not(unix))]
impl Input {
    fn new() -> Self {
        Self(std::io::stdin())
    }

    fn receive(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        std::io::Read::read(&mut self.0, bytes)
    }

    fn ring(&mut self) -> Option<Handover> {
        None
    }
}
