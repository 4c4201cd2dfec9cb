//! Answers and notices, over what was standard output when the program began.
//!
//! Drivers and their libraries may write to standard output whatever they like. So the plugin's end of it is put aside at the
//! start, and what they write goes to standard error, which the plugin logs.

use std::fs::File;
use std::io;

use parking_lot::Mutex;
use utter_asio::protocol::frame::{Frame, Kind};
use utter_asio::protocol::{Answer, Notice, channel};

use super::parent;

/// Where answers and notices are written. The lock keeps frames whole; the plugin always reads.
pub(crate) struct Output(Mutex<File>);

impl Output {
    /// Takes standard output for frames, once.
    pub(crate) fn take() -> io::Result<Self> {
        Ok(Self(Mutex::new(take_stdout()?)))
    }

    pub(crate) fn answer(&self, id: u32, answer: &Answer) {
        self.write(Frame::new(Kind::Answer, id, answer));
    }

    pub(crate) fn notice(&self, notice: &Notice) {
        self.write(Frame::new(Kind::Notice, 0, notice));
    }

    fn write(&self, frame: Result<Frame, utter_asio::protocol::FrameError>) {
        let written = match frame {
            Ok(frame) => channel::write(&mut *self.0.lock(), &frame).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = written {
            eprintln!("nobody can be told anything any more: {error}");
            parent::exit_now(1);
        }
    }
}

#[cfg(unix)]
fn take_stdout() -> io::Result<File> {
    let ours = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    Ok(File::from(ours))
}

#[cfg(windows)]
fn take_stdout() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    // Libraries of C have a table of their own, which this leaves as it is.
    Ok(File::from(io::stdout().as_handle().try_clone_to_owned()?))
}
