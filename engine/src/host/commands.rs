//! Who gave which command: for each that has not taken effect, the client, or nobody in particular.
//!
//! The player tells when and where each command took effect, by its number. Whose it was is found here.

use super::early::Early;
use super::session::Session;
use crate::playback::{CommandId, Effect};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// Who gave a command: a client, or whoever has the runtime in hand.
pub(super) type Giver = Option<Arc<Session>>;

/// Commands that have not taken effect.
#[derive(Default)]
pub(super) struct Commands {
    /// Held while one is given, so that they are entered in the order of their numbers. Nobody who tells takes it.
    giving: Mutex<()>,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    known: HashMap<CommandId, Giver>,
    early: Early<CommandId, Effect>,
}

impl Commands {
    /// Has `give` give a command, and enters whose it is. `tell` tells of an effect that it has had meanwhile.
    pub(super) fn give<E>(
        &self,
        giver: Giver,
        give: impl FnOnce() -> Result<CommandId, E>,
        tell: impl Fn(&Giver, CommandId, Effect),
    ) -> Result<CommandId, E> {
        let _giving = self.giving.lock();
        let command = give()?;
        self.entries.lock().early.enter(command);
        let mut was_told = false;
        loop {
            // Nothing is told with the lock held.
            let early = {
                let mut entries = self.entries.lock();
                let early = entries.early.take(command);
                if early.is_none() && !was_told {
                    entries.known.insert(command, giver.clone());
                }
                early
            };
            let Some(early) = early else { return Ok(command) };
            was_told = true;
            early.into_iter().for_each(|effect| tell(&giver, command, effect));
        }
    }

    /// A command has taken effect; whose it was, unless that is still to be found out or it is nobody's.
    pub(super) fn obeyed(&self, command: CommandId, effect: Effect) -> Option<Giver> {
        let mut entries = self.entries.lock();
        match entries.early.keep(command, || effect) {
            true => None,
            false => entries.known.remove(&command),
        }
    }
}
