//! Where frames are sent and received: the two ends of a connection.
//!
//! On Unix requests go over a socket, by which descriptors of rings can be sent along; each belongs to the frame that it was sent
//! with. Elsewhere over a pipe. Answers and notices go over a pipe everywhere.

use std::io;

use super::frame::Frame;

/// How many descriptors that nobody has asked for yet are kept. More are closed.
#[cfg(unix)]
const MOST_DESCRIPTORS: usize = 8;

#[cfg(unix)]
mod unix {
    use std::collections::VecDeque;
    use std::io::{self, IoSlice, IoSliceMut};
    use std::mem::MaybeUninit;
    use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

    use rustix::io::Errno;
    use rustix::net::{
        AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
        SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
    };

    use super::{Frame, MOST_DESCRIPTORS};

    /// The end that sends requests.
    #[derive(Debug)]
    pub struct Sender(OwnedFd);

    /// The end that receives them.
    #[derive(Debug)]
    pub struct Receiver<D: AsFd> {
        socket: D,
        descriptors: VecDeque<OwnedFd>,
    }

    /// Makes a connection; the second end is for the program, whose standard input it becomes.
    pub fn connection() -> io::Result<(Sender, OwnedFd)> {
        let (ours, theirs) = socketpair(
            AddressFamily::UNIX,
            SocketType::STREAM,
            SocketFlags::CLOEXEC,
            None,
        )?;
        Ok((Sender(ours), theirs))
    }

    impl Sender {
        /// Sends a frame, and a descriptor with its first byte. Never waits: a program that leaves so much unread that there is no room
        /// for a request does not run any more.
        pub fn send(&mut self, frame: &Frame, descriptor: Option<BorrowedFd<'_>>) -> io::Result<()> {
            let bytes = frame.to_bytes();
            let mut sent = 0;
            let mut descriptor = descriptor;
            while sent < bytes.len() {
                let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
                let mut control = SendAncillaryBuffer::new(&mut space);
                let attached = descriptor.as_slice();
                if !attached.is_empty() && !control.push(SendAncillaryMessage::ScmRights(attached)) {
                    return Err(io::Error::other("no room for a descriptor"));
                }
                #[cfg(target_os = "linux")]
                let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
                #[cfg(not(target_os = "linux"))]
                let flags = SendFlags::DONTWAIT;
                match sendmsg(&self.0, &[IoSlice::new(&bytes[sent..])], &mut control, flags) {
                    Ok(count) => {
                        sent += count;
                        descriptor = None;
                    }
                    Err(Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(())
        }
    }

    impl<D: AsFd> Receiver<D> {
        /// Receives over this socket.
        pub fn new(socket: D) -> Self {
            Self {
                socket,
                descriptors: VecDeque::new(),
            }
        }

        /// Waits for bytes, and keeps the descriptors that come with them. 0 is the end.
        pub fn receive(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
            let mut control = RecvAncillaryBuffer::new(&mut space);
            #[cfg(target_os = "linux")]
            let flags = RecvFlags::CMSG_CLOEXEC;
            #[cfg(not(target_os = "linux"))]
            let flags = RecvFlags::empty();
            let received = loop {
                match recvmsg(&self.socket, &mut [IoSliceMut::new(bytes)], &mut control, flags) {
                    Err(Errno::INTR) => {}
                    received => break received?,
                }
            };
            for message in control.drain() {
                if let RecvAncillaryMessage::ScmRights(descriptors) = message {
                    self.descriptors.extend(descriptors);
                }
            }
            self.descriptors.truncate(MOST_DESCRIPTORS);
            Ok(received.bytes)
        }

        /// The descriptor that came first and was not asked for yet.
        pub fn descriptor(&mut self) -> Option<OwnedFd> {
            self.descriptors.pop_front()
        }
    }
}

#[cfg(unix)]
pub use unix::{Receiver, Sender, connection};

/// Writes a frame in one piece.
pub fn write(to: &mut impl io::Write, frame: &Frame) -> io::Result<()> {
    to.write_all(&frame.to_bytes())?;
    to.flush()
}

/// The end that sends requests.
#[cfg(not(unix))]
#[derive(Debug)]
pub struct Sender(pub std::process::ChildStdin);

#[cfg(not(unix))]
impl Sender {
    /// Sends a frame.
    pub fn send(&mut self, frame: &Frame) -> io::Result<()> {
        write(&mut self.0, frame)
    }
}
