//! What a client is told: one structure, of which its kind says what is in it.

use super::error::BridgeError;
use super::requests::VolumeSetting;

/// What happens to a client. Each says which fields of [`PlayerEvent`] it has, beside `number`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlayerEventKind {
    /// How things are: `snapshot`. It comes first, and after `Lagged`.
    Snapshot,
    /// So many events were not read in time and are lost, `missed`; the next one is a snapshot.
    Lagged,
    /// It was asked whether this stream is still read. To be ignored.
    Alive,
    /// Something was asked for: `utterance`, `is_clip`.
    Queued,
    /// Some of it is made: `utterance`, `time_micros` since it was asked for.
    Prepared,
    /// It begins to be heard: `utterance`.
    Started,
    /// A sentence begins to be heard: `utterance`, `text`, `time_micros`.
    Sentence,
    /// A word begins to be heard: `utterance`, `text`, `time_micros`, `end_micros`.
    Word,
    /// A word has ended: `utterance`, `text`, `time_micros`.
    WordEnd,
    /// A phoneme begins: `utterance`, `text` of its word, `name`, `time_micros`, `end_micros`.
    Phoneme,
    /// A viseme begins: `utterance`, `text` of its word, `viseme`, `time_micros`, `end_micros`.
    Viseme,
    /// A place is reached that has a name: `utterance`, `text`, `name`, `time_micros`.
    Bookmark,
    /// How far it is: `utterance`, `heard_micros`, `made_micros`.
    Progress,
    /// Something urgent takes its place: `utterance`, `heard_micros`.
    Interrupted,
    /// It goes on after that: `utterance`, `time_micros` from which.
    Resumed,
    /// It was over and will be heard again: `utterance`, `time_micros` from which.
    Replayed,
    /// It was heard to its end: `utterance`.
    Finished,
    /// It was stopped, skipped or replaced: `utterance`, `heard`.
    Stopped,
    /// It cannot be said, or not to its end: `utterance`, `error`.
    Failed,
    /// The client was paused, or goes on: `is_paused`.
    Paused,
    /// Its volume is another: `volume`.
    VolumeSet,
    /// A command has taken effect: `command`.
    Obeyed,
    /// The client has not called for as long as its lease, and is evicted after `time_micros` if it does not.
    LeaseRunsOut,
    /// It has called again in time.
    LeaseRenewed,
    /// The client is no more: `departure`. Nothing follows.
    Departed,
}

/// Why a client is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DepartureReason {
    /// It was disposed of.
    Disposed,
    /// It was silent for its lease and the grace.
    LeaseExpired,
    /// Nobody follows its events any more.
    EventsAbandoned,
    /// A hot restart was announced.
    HotRestart,
    /// The runtime was shut down.
    ShutDown,
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextSpan {
    /// Where it begins, in UTF-16 code units: the first index of a Dart `String.substring`.
    pub start: i64,
    /// Where it ends.
    pub end: i64,
    /// Where it begins in bytes of UTF-8, which [`player_seek_to_word`](super::player::player_seek_to_word) takes.
    pub utf8_start: i64,
}

/// How far an utterance was heard that was stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardExtent {
    /// From its beginning.
    pub time_micros: i64,
    /// The last word that had begun; none if no word had.
    pub word: Option<TextSpan>,
    /// Whether that was heard to its end.
    pub is_word_whole: bool,
    /// What was heard of the text, whole words.
    pub text: TextSpan,
    /// What was not.
    pub unheard: TextSpan,
    /// The same as text.
    pub unheard_text: String,
}

/// How far an utterance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UtterancePhase {
    /// It waits for its turn.
    Queued,
    /// It is being made, and nothing of it is heard yet.
    Preparing,
    /// It is heard, or paused while it was.
    Speaking,
    /// Something urgent is heard in its place.
    Interrupted,
}

/// How things stand with an utterance or a clip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UtteranceInfo {
    /// Its number.
    pub utterance: i64,
    /// Whether it is a sound file.
    pub is_clip: bool,
    /// How far it is.
    pub phase: UtterancePhase,
    /// How much of it was heard.
    pub heard_micros: i64,
    /// How much of it is made.
    pub made_micros: i64,
    /// The word that is heard, or was heard last.
    pub word: Option<TextSpan>,
}

/// How things stand with a client.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayerSnapshot {
    /// What it has asked for and is not over, in the order in which it was asked for.
    pub utterances: Vec<UtteranceInfo>,
    /// Whether it is paused.
    pub is_paused: bool,
    /// How loud it is.
    pub volume: VolumeSetting,
    /// Whether it was told that its lease runs out.
    pub is_late: bool,
    /// Why it is no more, if it is not.
    pub departure: Option<DepartureReason>,
}

/// Something that a client is told. What its kind does not name is null.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayerEvent {
    /// What it is.
    pub kind: PlayerEventKind,
    /// Events are numbered from 1 on without a gap; a snapshot has the number of the last event that is part of it. Null for
    /// `Lagged` and `Alive`.
    pub number: Option<i64>,
    /// The utterance or clip.
    pub utterance: Option<i64>,
    /// Whether it is a clip.
    pub is_clip: Option<bool>,
    /// Where it is in the text.
    pub text: Option<TextSpan>,
    /// A time, as the kind says.
    pub time_micros: Option<i64>,
    /// When what begins will have ended, from the utterance's beginning.
    pub end_micros: Option<i64>,
    /// How much of it was heard.
    pub heard_micros: Option<i64>,
    /// How much of it is made.
    pub made_micros: Option<i64>,
    /// The phoneme, or the place's name.
    pub name: Option<String>,
    /// The viseme's id in its set.
    pub viseme: Option<i32>,
    /// How far it was heard.
    pub heard: Option<HeardExtent>,
    /// Why it failed.
    pub error: Option<BridgeError>,
    /// Whether the client is paused.
    pub is_paused: Option<bool>,
    /// How loud it is.
    pub volume: Option<VolumeSetting>,
    /// The command that has taken effect.
    pub command: Option<i64>,
    /// Why it is no more.
    pub departure: Option<DepartureReason>,
    /// How many were missed.
    pub missed: Option<i64>,
    /// How things are.
    pub snapshot: Option<PlayerSnapshot>,
}
