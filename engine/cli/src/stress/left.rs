//! What a cycle leaves behind: nothing of it may act, and all of it must go.

use std::time::{Duration, Instant};

use utter::host::{Client, ClientId, ClientState, Reason, RuntimeHost, Speak, Subscription};

use crate::failure::Failure;

/// What a cycle leaves behind.
#[derive(Default)]
pub struct Left {
    pub clients: Vec<Client>,
    /// Of clients that vanished: an isolate that is killed drops nothing until it is collected.
    pub subscriptions: Vec<Subscription<ClientState>>,
}

/// Clients that are to go, and since when.
pub struct Leaving {
    clients: Vec<Client>,
    since: Instant,
}

impl Left {
    /// Drops the subscriptions, as a finalizer that comes late. From now on the clients must go.
    pub fn finalize(self) -> Leaving {
        drop(self.subscriptions);
        Leaving {
            clients: self.clients,
            since: Instant::now(),
        }
    }
}

impl Leaving {
    /// Those that are attached still, by their numbers and names.
    pub fn attached(&self, host: &RuntimeHost) -> Result<Vec<String>, Failure> {
        let gone: Vec<ClientId> = self.clients.iter().map(Client::id).collect();
        let attached = host.status()?.clients.into_iter();
        Ok(attached
            .filter(|client| gone.contains(&client.id))
            .map(|client| format!("{} (client {})", client.name, client.id))
            .collect())
    }

    /// How long they have been leaving.
    pub fn took(&self) -> Duration {
        self.since.elapsed()
    }

    /// How many calls of them were obeyed, or refused for another reason than that they are gone.
    pub fn obeyed(&self) -> u64 {
        self.clients.iter().map(obeyed).sum()
    }
}

/// How many calls of a client that is gone were not refused as they should be.
pub fn obeyed(gone: &Client) -> u64 {
    let calls = [
        gone.speak(Speak::text("I am not dead.")).map(drop),
        gone.stop(Default::default()).map(drop),
        gone.pause().map(drop),
        gone.resume().map(drop),
        gone.heartbeat(),
    ];
    let is_refused = |call: &Result<(), utter::host::Error>| {
        call.as_ref()
            .is_err_and(|error| error.reason() == Reason::StaleClient)
    };
    calls.iter().filter(|call| !is_refused(call)).count() as u64
}
