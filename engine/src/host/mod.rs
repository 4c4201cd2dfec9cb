//! The host: one runtime for a process, and any number of clients that may vanish.
//!
//! [`RuntimeHost::init`] starts the runtime, or finds the one that runs. [`attach`](RuntimeHost::attach) gives a
//! [`Client`]: two numbers, with a queue, a volume and events of its own. Clients speak on one output, in the order in which
//! they ask. One that ends says so; one that is killed is found out by its lease. Nothing depends on when a handle is
//! dropped.
//!
//! ```no_run
//! use utter::host::{ClientOptions, RuntimeConfig, RuntimeHost, Speak};
//!
//! # fn main() -> Result<(), utter::host::Error> {
//! let host = RuntimeHost::init(RuntimeConfig::default())?;
//! let client = host.attach(ClientOptions::named("main window"))?;
//! let hello = client.speak(Speak::text("Hello, world.").voice("af_heart").speed(1.1))?;
//! hello.wait();
//! host.shutdown();
//! # Ok(())
//! # }
//! ```

mod client;
mod client_events;
mod commands;
mod config;
mod early;
mod error;
mod handle;
mod inventory;
mod keeper;
mod kept;
mod lease;
mod metrics;
mod parts;
mod place;
mod runtime;
mod runtime_events;
mod session;
mod speak;
mod speech_stream;
mod spoken;
mod status;
mod topic;
mod translate;

pub use client::{Client, ClientOptions};
pub use client_events::{ClientEvent, ClientState, Phase, UtteranceState};
pub use config::{Difference, Outputs, RuntimeConfig};
pub use error::{Error, Reason};
pub use handle::RuntimeHost;
pub use inventory::Inventory;
pub use metrics::MetricsSnapshot;
pub use parts::Parts;
pub use runtime_events::{RuntimeEvent, RuntimePhase, RuntimeState, VoiceState};
pub use session::{ClientId, Departure};
pub use speak::Speak;
pub use speech_stream::SpeechStream;
pub use status::{ClientStatus, Status};
pub use topic::{Followed, Subscription, UNREAD_CHANGES, Update};

pub use crate::speech::{HeardUntil, HeardWord};
