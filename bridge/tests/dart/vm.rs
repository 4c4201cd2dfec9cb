//! The Dart VM as far as Rust sees it: ports that are open or closed, and the function that posts to them.
//!
//! One for a test's process, as there is one in an app's. What is posted to a closed port is refused, as the real one does; what
//! is posted to an open one is kept until it is read. [`Held`] has posting to one port wait, as a real one never does for long, so
//! that what Rust wants to tell there piles up.

use allo_isolate::ffi::{DartCObject, DartCObjectType, DartPort};
use std::collections::{HashMap, HashSet};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Condvar, LazyLock, Mutex};
use std::time::Duration;

/// As long as anything may take on a busy machine; a test that works never waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Ports {
    last: DartPort,
    open: HashMap<DartPort, Sender<Vec<u8>>>,
    refused: HashMap<DartPort, usize>,
    held: HashSet<DartPort>,
}

static PORTS: LazyLock<Mutex<Ports>> = LazyLock::new(Mutex::default);
static LET_GO: Condvar = Condvar::new();

/// A receive port.
pub struct Port {
    pub number: DartPort,
    messages: Receiver<Vec<u8>>,
}

impl Port {
    pub fn open() -> Self {
        let (sender, messages) = channel();
        let mut ports = PORTS.lock().unwrap();
        ports.last += 1;
        let number = ports.last;
        ports.open.insert(number, sender);
        Self { number, messages }
    }

    /// The next message.
    pub fn receive(&self) -> Vec<u8> {
        match self.messages.recv_timeout(PATIENCE) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => panic!("no message on port {} for {PATIENCE:?}", self.number),
            Err(RecvTimeoutError::Disconnected) => panic!("port {} is closed", self.number),
        }
    }

    /// The next message, if it comes in time.
    pub fn receive_within(&self, timeout: Duration) -> Option<Vec<u8>> {
        self.messages.recv_timeout(timeout).ok()
    }

    /// Nothing more is taken.
    pub fn close(&self) {
        PORTS.lock().unwrap().open.remove(&self.number);
    }

    /// How often a message was refused since it is closed.
    pub fn refused(&self) -> usize {
        let ports = PORTS.lock().unwrap();
        ports.refused.get(&self.number).copied().unwrap_or(0)
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.close();
    }
}

/// While this lives, posting to a port waits.
pub struct Held(DartPort);

impl Held {
    pub fn new(number: DartPort) -> Self {
        PORTS.lock().unwrap().held.insert(number);
        Self(number)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        PORTS.lock().unwrap().held.remove(&self.0);
        LET_GO.notify_all();
    }
}

/// `Dart_PostCObject`.
pub unsafe extern "C" fn post(number: DartPort, message: *mut DartCObject) -> bool {
    // SAFETY: the message is whole while it is being posted.
    let message = unsafe { &*message };
    let ports = PORTS.lock().unwrap();
    let mut ports = LET_GO
        .wait_while(ports, |ports| ports.held.contains(&number))
        .unwrap();
    let Some(sender) = ports.open.get(&number).cloned() else {
        *ports.refused.entry(number).or_default() += 1;
        return false;
    };
    drop(ports);
    // SAFETY: the object says which of them it is.
    let bytes = unsafe { take(message) };
    sender.send(bytes).is_ok()
}

/// The bytes of a message. What is external is let go of, as the VM does when it has no use for it any more.
unsafe fn take(message: &DartCObject) -> Vec<u8> {
    match message.ty {
        DartCObjectType::DartTypedData => {
            // SAFETY: it is typed data.
            let data = unsafe { message.value.as_typed_data };
            // SAFETY: so many bytes are there, unless there are none.
            unsafe { bytes(data.values, data.length) }
        }
        DartCObjectType::DartExternalTypedData => {
            // SAFETY: it is external typed data.
            let data = unsafe { message.value.as_external_typed_data };
            // SAFETY: so many bytes are there, unless there are none.
            let copy = unsafe { bytes(data.data, data.length) };
            // SAFETY: to be called once, with its own peer, when the data is not needed any more.
            unsafe { (data.callback)(std::ptr::null_mut(), data.peer) };
            copy
        }
        other => panic!("Rust has posted {other:?}, and Dart waits for bytes"),
    }
}

unsafe fn bytes(start: *const u8, length: isize) -> Vec<u8> {
    if length == 0 {
        return Vec::new();
    }
    // SAFETY: so many bytes are there.
    unsafe { std::slice::from_raw_parts(start, length as usize) }.to_vec()
}
