//! The plugin's own keeper of processes: one for each device and way of using it, shared by the instances that play on it.
//!
//! An instance has a [`Lease`] of a process. The first one starts it, the last one that is given up ends it: asked to, and by force
//! where that does not help, each with a deadline. A process that dies or hangs is lost for all its leases at once; whoever opens the
//! device again gets a new one, soon the first time and with growing waits if it goes on dying.
//!
//! Processes are started and watched by one thread (`spawner.rs`), which lives as long as the plugin: on Linux a process ends with the
//! thread that has started it. Each has a thread that reads what it says and sees its end, and one that reads its standard error.
//! Which processes there are is in `pool.rs`, under a lock that nobody holds while he waits for anything but a change of it.

mod backoff;
mod error;
mod hang;
mod place;
pub(crate) mod pool;
mod process;
mod reading;
mod spawner;
mod state;

pub use error::LeaseError;
pub use place::Lease;
pub use pool::Pool;
pub use process::{Condition, Process};
pub use spawner::{Launch, Log};
