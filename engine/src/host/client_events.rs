//! What a client is told of: its own utterances and clips, its volume and its pause, and its end. Nothing of others.

use super::error::Error;
use super::session::Departure;
use super::topic::Followed;
use crate::playback::{MarkKind, TrackKind, Volume};
use crate::speech::{HeardUntil, UtteranceId};
use crate::text::TextRange;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How things stand with a client.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClientState {
    /// What it has asked for and is not over, in the order in which it was asked for.
    pub utterances: BTreeMap<UtteranceId, UtteranceState>,
    /// Whether it has paused its queue.
    pub is_paused: bool,
    /// How loud its utterances are.
    pub volume: Volume,
    /// Whether it was told that it is late: see [`ClientEvent::LeaseRunsOut`].
    pub is_late: bool,
    /// Why it is no more, if it is not.
    pub departure: Option<Departure>,
}

/// How things stand with an utterance or a clip.
#[derive(Debug, Clone, PartialEq)]
pub struct UtteranceState {
    /// What it is.
    pub kind: TrackKind,
    /// How far it is.
    pub phase: Phase,
    /// How much of it is made.
    pub made: Duration,
    /// How much of it was heard.
    pub heard: Duration,
    /// The word that is heard, or was heard last.
    pub word: Option<TextRange>,
}

/// How far an utterance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It waits for its turn.
    Queued,
    /// It is being made, and nothing of it is heard yet.
    Preparing,
    /// It is heard, or paused while it was.
    Speaking,
    /// Something urgent is heard in its place; it goes on after that.
    Interrupted,
}

/// What happens to a client.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ClientEvent {
    /// It has asked for something.
    Queued {
        /// The utterance or clip.
        utterance: UtteranceId,
        /// Which of both.
        kind: TrackKind,
    },
    /// Some of it is made; nothing of it is heard yet. Told once.
    Prepared {
        /// The utterance.
        utterance: UtteranceId,
        /// From when it was asked for until its first frames were there.
        after: Duration,
    },
    /// It begins to be heard.
    Started {
        /// The utterance.
        utterance: UtteranceId,
    },
    /// A sentence or a word begins to be heard, or a word has ended; and, where that was asked for, a phoneme or a viseme
    /// begins. Told when the device plays it.
    Mark {
        /// The utterance.
        utterance: UtteranceId,
        /// Which of these.
        kind: MarkKind,
        /// Where it is in the text; of a phoneme and a viseme, where its word is.
        source: TextRange,
        /// From the utterance's beginning.
        time: Duration,
        /// When a word, a phoneme or a viseme that begins will have ended, from the utterance's beginning; otherwise the same
        /// as `time`.
        end: Duration,
    },
    /// A place is reached that the text's markup has given a name (`<mark name="…"/>`).
    Bookmark {
        /// The utterance.
        utterance: UtteranceId,
        /// The name.
        name: Arc<str>,
        /// Where it is in the text; empty.
        source: TextRange,
        /// From the utterance's beginning.
        time: Duration,
    },
    /// How far it is. While it is heard, as often as the player's options say.
    Progress {
        /// The utterance.
        utterance: UtteranceId,
        /// How much of it was heard.
        heard: Duration,
        /// How much of it is made.
        made: Duration,
    },
    /// Something urgent takes its place; it goes on after that.
    Interrupted {
        /// The utterance.
        utterance: UtteranceId,
        /// How much of it was heard.
        heard: Duration,
    },
    /// It goes on after an interruption.
    Resumed {
        /// The utterance.
        utterance: UtteranceId,
        /// From where.
        from: Duration,
    },
    /// It was over, and will be heard again: a seek or a replay leads there. Its marks and its progress are told again, its
    /// end is not, and it is not in the state.
    Replayed {
        /// The utterance.
        utterance: UtteranceId,
        /// From where.
        from: Duration,
    },
    /// It was heard to its last frame.
    Finished {
        /// The utterance.
        utterance: UtteranceId,
    },
    /// It was stopped, skipped, replaced or discarded.
    Stopped {
        /// The utterance.
        utterance: UtteranceId,
        /// How far it was heard, and what of its text was not.
        heard: HeardUntil,
    },
    /// It cannot be said, or not to its end.
    Failed {
        /// The utterance.
        utterance: UtteranceId,
        /// Why.
        error: Error,
    },
    /// Its queue was paused, or goes on.
    Paused(bool),
    /// Its volume is another.
    VolumeSet(Volume),
    /// A command has taken effect.
    Obeyed {
        /// The command.
        command: crate::playback::CommandId,
        /// When and where.
        effect: crate::playback::Effect,
    },
    /// It has not called for as long as its lease: it is evicted after this time if it does not.
    LeaseRunsOut {
        /// The time.
        within: Duration,
    },
    /// It has called again in time.
    LeaseRenewed,
    /// It is no more; nothing follows.
    Departed(Departure),
}

impl Followed for ClientState {
    type Change = ClientEvent;

    fn apply(&mut self, change: &ClientEvent) {
        match change {
            ClientEvent::Queued { utterance, kind } => {
                let state = UtteranceState {
                    kind: *kind,
                    phase: Phase::Queued,
                    made: Duration::ZERO,
                    heard: Duration::ZERO,
                    word: None,
                };
                self.utterances.insert(*utterance, state);
            }
            ClientEvent::Prepared { utterance, .. } => self.phase(*utterance, Phase::Preparing),
            ClientEvent::Started { utterance } => self.phase(*utterance, Phase::Speaking),
            ClientEvent::Interrupted { utterance, .. } => self.phase(*utterance, Phase::Interrupted),
            ClientEvent::Resumed { utterance, .. } => self.phase(*utterance, Phase::Speaking),
            ClientEvent::Mark {
                utterance,
                kind: MarkKind::Word,
                source,
                ..
            } => {
                if let Some(state) = self.utterances.get_mut(utterance) {
                    state.word = Some(source.clone());
                }
            }
            ClientEvent::Progress {
                utterance,
                heard,
                made,
            } => {
                if let Some(state) = self.utterances.get_mut(utterance) {
                    (state.heard, state.made) = (*heard, *made);
                }
            }
            ClientEvent::Finished { utterance }
            | ClientEvent::Stopped { utterance, .. }
            | ClientEvent::Failed { utterance, .. } => {
                self.utterances.remove(utterance);
            }
            ClientEvent::Paused(is_paused) => self.is_paused = *is_paused,
            ClientEvent::VolumeSet(volume) => self.volume = *volume,
            ClientEvent::LeaseRunsOut { .. } => self.is_late = true,
            ClientEvent::LeaseRenewed => self.is_late = false,
            ClientEvent::Departed(departure) => {
                self.departure = Some(*departure);
                self.utterances.clear();
            }
            ClientEvent::Mark { .. }
            | ClientEvent::Bookmark { .. }
            | ClientEvent::Replayed { .. }
            | ClientEvent::Obeyed { .. } => {}
        }
    }
}

impl ClientState {
    fn phase(&mut self, utterance: UtteranceId, phase: Phase) {
        if let Some(state) = self.utterances.get_mut(&utterance) {
            state.phase = phase;
        }
    }
}
