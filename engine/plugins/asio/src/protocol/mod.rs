//! How the plugin and its program talk: frames over the program's standard input and output.
//!
//! A [frame] is a header of 16 bytes and a payload of JSON, at most 64 KiB. Requests go one way, each with a number of its own
//! that its answer bears; notices come the other way without being asked for. What is said is in [`message`]. Every call has
//! a deadline, which is kept by whoever asks ([`lease`](crate::lease)). A side that reads something which is no frame stops reading: the
//! connection is over then, and with it the program.
//!
//! On Unix the program's standard input is a socket, so that the memory of a ring can be sent along with the request that
//! attaches it ([`channel`]).

pub mod channel;
pub mod frame;
pub mod invariants;
pub mod message;

pub use frame::{Decoder, Frame, FrameError, Kind};
pub use message::{Answer, Device, FaultCode, Notice, Range, Request, Shape};
