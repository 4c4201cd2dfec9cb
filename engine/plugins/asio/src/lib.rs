//! An output whose device is held by a process of its own.
//!
//! Drivers of vendors, ASIO above all, crash, hang, and allow one owner. So the plugin opens no device: it starts a program,
//! `utter-asio-host`, that does, and hands it frames through a ring in shared memory. Whatever the driver does ends that
//! program and nothing else; the plugin sees it at once and tells the host that the output is lost.

pub mod clock;
pub mod protocol;
pub mod shared_ring;
