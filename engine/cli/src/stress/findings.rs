//! What the cycles have found, before anybody judges it.

use std::time::Duration;

use utter::host::RuntimeHost;
use utter::speech::UtteranceId;

use super::census::Census;
use super::exchange::Exchanged;
#[cfg(target_os = "linux")]
use super::killed_host::KilledHost;
use super::ledger::{Account, Seen};
use super::left::Leaving;
use crate::failure::Failure;

/// What the cycles have found.
#[derive(Debug, Default)]
pub struct Findings {
    /// What all witnesses have seen.
    pub seen: Seen,
    /// The newest utterance that a witness was told of.
    pub newest: Option<UtteranceId>,
    /// What was counted in each cycle that is judged.
    pub taken: Vec<Census>,
    /// Cycles in which nothing was heard.
    pub mute: u64,
    /// Calls of clients that were gone, and were not refused.
    pub obeyed: u64,
    /// Clients that should have gone, and have not.
    pub staying: Vec<String>,
    /// How long it took the slowest of the others.
    pub slowest: Duration,
    /// What came of the plugin that was exchanged, if there was one.
    pub exchanged: Option<Exchanged>,
    /// What came of a program that was killed, if it came to speak through it.
    #[cfg(target_os = "linux")]
    pub killed_host: Option<KilledHost>,
}

/// Whether those that are to go are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departing {
    Gone,
    /// They have time left.
    Going,
    /// They have had long enough.
    Staying,
}

impl Findings {
    /// Looks whether those that are `leaving` are gone, for which they have this long.
    pub fn look(
        &mut self,
        host: &RuntimeHost,
        leaving: &Leaving,
        within: Duration,
    ) -> Result<Departing, Failure> {
        let attached = leaving.attached(host)?;
        let took = leaving.took();
        if attached.is_empty() {
            self.slowest = self.slowest.max(took);
            self.obeyed += leaving.obeyed();
            return Ok(Departing::Gone);
        }
        if took <= within {
            return Ok(Departing::Going);
        }
        self.staying = attached;
        Ok(Departing::Staying)
    }

    /// Adds what a witness was told.
    pub fn account(&mut self, account: &Account) {
        self.seen.add(account.seen());
        self.newest = self.newest.max(account.newest());
    }
}
