//! Damage that is done on purpose, so that it can be seen to be found.

use std::fs::File;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;
use utter::host::{Client, ClientOptions, RuntimeHost};

use crate::arguments::Damage;
use crate::failure::Failure;

/// What is leaked of memory in a cycle, in bytes.
const LEAKED_BYTES: usize = 1 << 20;

/// Clients that are leaked at most: more may not be attached at a time.
const LEAKED_CLIENTS: usize = 24;

/// How often those that leak call, so that their leases never end.
const CALLS_EVERY: Duration = Duration::from_millis(100);

/// What is done wrong on purpose, and held on to.
#[derive(Default)]
pub struct Injected {
    damage: Option<Damage>,
    files: Vec<File>,
    blocks: Vec<Vec<u8>>,
    clients: Option<Arc<Mutex<Vec<Client>>>>,
}

impl Injected {
    pub fn new(damage: Option<Damage>) -> Self {
        Self {
            damage,
            ..Self::default()
        }
    }

    /// Whether witnesses enter everything twice.
    pub fn doubles_events(&self) -> bool {
        self.damage == Some(Damage::DuplicateEvent)
    }

    /// Does the damage of a cycle.
    pub fn damage(&mut self, host: &RuntimeHost) -> Result<(), Failure> {
        match self.damage {
            Some(Damage::LeakThread) => {
                thread::spawn(|| {
                    loop {
                        thread::park();
                    }
                });
            }
            Some(Damage::LeakFd) => {
                let file = std::env::current_exe().and_then(File::open);
                self.files.extend(file);
            }
            Some(Damage::LeakMemory) => self.blocks.push(vec![1; LEAKED_BYTES]),
            Some(Damage::LeakClient) => {
                let mut clients = self.clients.get_or_insert_with(keep_alive).lock();
                if clients.len() < LEAKED_CLIENTS {
                    clients.push(host.attach(ClientOptions::named("leaked"))?);
                }
            }
            Some(damage) if damage.is_of_plugins() => {}
            Some(_) | None => {}
        }
        Ok(())
    }
}

/// Clients that call for ever, by a thread that is there from the first on.
fn keep_alive() -> Arc<Mutex<Vec<Client>>> {
    let clients = Arc::<Mutex<Vec<Client>>>::default();
    thread::spawn({
        let clients = Arc::clone(&clients);
        move || {
            loop {
                // Those that a hot restart has ended are replaced in a later cycle.
                clients.lock().retain(|client| client.heartbeat().is_ok());
                thread::sleep(CALLS_EVERY);
            }
        }
    });
    clients
}
