//! Reading from a process that may never say anything again.

use std::io::{self, Read};

/// A pipe that is read until its process is gone.
pub(super) struct Pipe<R>(R);

/// What came of waiting a while.
pub(super) enum Came {
    Bytes(usize),
    End,
    /// Nothing yet.
    Nothing,
}

impl<R> Pipe<R> {
    pub(super) fn new(pipe: R) -> Self {
        Self(pipe)
    }
}

#[cfg(unix)]
impl<R: Read + std::os::fd::AsFd> Pipe<R> {
    /// Waits for bytes, a fifth of a second at most: whoever inherited the other end may keep it open.
    pub(super) fn read(&mut self, bytes: &mut [u8]) -> io::Result<Came> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let timeout = Timespec {
            tv_sec: 0,
            tv_nsec: 200_000_000,
        };
        let mut polled = [PollFd::new(&self.0, PollFlags::IN)];
        match poll(&mut polled, Some(&timeout)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => Ok(Came::Nothing),
            Ok(_) => came(self.0.read(bytes)),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(not(unix))]
impl<R: Read> Pipe<R> {
    /// Waits for bytes.
    pub(super) fn read(&mut self, bytes: &mut [u8]) -> io::Result<Came> {
        came(self.0.read(bytes))
    }
}

fn came(read: io::Result<usize>) -> io::Result<Came> {
    match read {
        Ok(0) => Ok(Came::End),
        Ok(count) => Ok(Came::Bytes(count)),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(Came::Nothing),
        Err(error) => Err(error),
    }
}

/// Cuts text into lines, of which no more than a thousand bytes are kept.
#[derive(Default)]
pub(super) struct Lines {
    line: Vec<u8>,
}

/// The most bytes of a line.
const MOST_BYTES: usize = 1000;

impl Lines {
    /// Takes bytes, and gives each line that is complete.
    pub(super) fn push(&mut self, bytes: &[u8], mut take: impl FnMut(&str)) {
        for &byte in bytes {
            match byte {
                b'\n' => self.end(&mut take),
                _ if self.line.len() < MOST_BYTES => self.line.push(byte),
                _ => {}
            }
        }
    }

    /// Gives what is left.
    pub(super) fn end(&mut self, mut take: impl FnMut(&str)) {
        let line = String::from_utf8_lossy(&self.line);
        let line = line.trim();
        if !line.is_empty() {
            take(line);
        }
        self.line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_whole_and_bounded() {
        let (mut lines, mut taken) = (Lines::default(), Vec::new());
        for piece in ["one\ntw", "o\r\n\n", &"x".repeat(5_000), "\nlast"] {
            lines.push(piece.as_bytes(), |line| taken.push(line.to_owned()));
        }
        lines.end(|line| taken.push(line.to_owned()));
        assert_eq!(taken, ["one", "two", &"x".repeat(MOST_BYTES), "last"]);
    }
}
