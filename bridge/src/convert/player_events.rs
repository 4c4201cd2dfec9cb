//! What a client is told.

use super::{micros, number, place};
use crate::api::player_events::{
    HeardExtent, PlayerEvent, PlayerEventKind as Kind, PlayerSnapshot, TextSpan, UtteranceInfo,
    UtterancePhase,
};
use crate::subscriptions::Told;
use std::time::Duration;
use utter::host::{ClientEvent, ClientState, HeardUntil, Phase, Update, UtteranceState};
use utter::playback::{MarkKind, TrackKind};
use utter::speech::UtteranceId;
use utter::text::TextRange;

impl PlayerEvent {
    /// An event with nothing in it.
    fn bare(kind: Kind) -> Self {
        Self {
            kind,
            number: None,
            utterance: None,
            is_clip: None,
            text: None,
            time_micros: None,
            end_micros: None,
            heard_micros: None,
            made_micros: None,
            name: None,
            viseme: None,
            heard: None,
            error: None,
            is_paused: None,
            volume: None,
            command: None,
            departure: None,
            missed: None,
            snapshot: None,
        }
    }

    fn of_utterance(kind: Kind, utterance: UtteranceId) -> Self {
        Self {
            utterance: Some(number(utterance.number())),
            ..Self::bare(kind)
        }
    }
}

impl Told<ClientState> for PlayerEvent {
    fn of(update: Update<ClientState>) -> Self {
        match update {
            Update::Snapshot { number: at, state } => Self {
                number: Some(number(at)),
                snapshot: Some(state.into()),
                ..Self::bare(Kind::Snapshot)
            },
            Update::Change { number: at, change } => Self {
                number: Some(number(at)),
                ..change.into()
            },
            Update::Lagged { missed } => Self {
                missed: Some(number(missed)),
                ..Self::bare(Kind::Lagged)
            },
        }
    }

    fn alive() -> Self {
        Self::bare(Kind::Alive)
    }
}

impl From<ClientEvent> for PlayerEvent {
    fn from(event: ClientEvent) -> Self {
        match event {
            ClientEvent::Queued { utterance, kind } => Self {
                is_clip: Some(kind == TrackKind::Clip),
                ..Self::of_utterance(Kind::Queued, utterance)
            },
            ClientEvent::Prepared { utterance, after } => Self::timed(Kind::Prepared, utterance, after),
            ClientEvent::Started { utterance } => Self::of_utterance(Kind::Started, utterance),
            ClientEvent::Mark {
                utterance,
                kind,
                source,
                time,
                end,
            } => mark(utterance, kind, source, time, end),
            ClientEvent::Bookmark {
                utterance,
                name,
                source,
                time,
            } => Self {
                name: Some(name.to_string()),
                text: Some(source.into()),
                ..Self::timed(Kind::Bookmark, utterance, time)
            },
            ClientEvent::Progress {
                utterance,
                heard,
                made,
            } => Self {
                heard_micros: Some(micros(heard)),
                made_micros: Some(micros(made)),
                ..Self::of_utterance(Kind::Progress, utterance)
            },
            ClientEvent::Interrupted { utterance, heard } => Self {
                heard_micros: Some(micros(heard)),
                ..Self::of_utterance(Kind::Interrupted, utterance)
            },
            ClientEvent::Resumed { utterance, from } => Self::timed(Kind::Resumed, utterance, from),
            ClientEvent::Replayed { utterance, from } => Self::timed(Kind::Replayed, utterance, from),
            ClientEvent::Finished { utterance } => Self::of_utterance(Kind::Finished, utterance),
            ClientEvent::Stopped { utterance, heard } => Self {
                heard: Some(heard.into()),
                ..Self::of_utterance(Kind::Stopped, utterance)
            },
            ClientEvent::Failed { utterance, error } => Self {
                error: Some(error.into()),
                ..Self::of_utterance(Kind::Failed, utterance)
            },
            other => of_client(other),
        }
    }
}

impl PlayerEvent {
    fn timed(kind: Kind, utterance: UtteranceId, time: Duration) -> Self {
        Self {
            time_micros: Some(micros(time)),
            ..Self::of_utterance(kind, utterance)
        }
    }
}

/// What happens to the client itself.
fn of_client(event: ClientEvent) -> PlayerEvent {
    match event {
        ClientEvent::Paused(is_paused) => PlayerEvent {
            is_paused: Some(is_paused),
            ..PlayerEvent::bare(Kind::Paused)
        },
        ClientEvent::VolumeSet(volume) => PlayerEvent {
            volume: Some(volume.into()),
            ..PlayerEvent::bare(Kind::VolumeSet)
        },
        ClientEvent::Obeyed { command, .. } => PlayerEvent {
            command: Some(number(command.number())),
            ..PlayerEvent::bare(Kind::Obeyed)
        },
        ClientEvent::LeaseRunsOut { within } => PlayerEvent {
            time_micros: Some(micros(within)),
            ..PlayerEvent::bare(Kind::LeaseRunsOut)
        },
        ClientEvent::LeaseRenewed => PlayerEvent::bare(Kind::LeaseRenewed),
        ClientEvent::Departed(departure) => PlayerEvent {
            departure: Some(departure.into()),
            ..PlayerEvent::bare(Kind::Departed)
        },
        // One that this bridge does not know keeps its number, so that there is no gap.
        _ => PlayerEvent::alive(),
    }
}

fn mark(
    utterance: UtteranceId,
    kind: MarkKind,
    source: TextRange,
    time: Duration,
    end: Duration,
) -> PlayerEvent {
    let (told, name, viseme) = match kind {
        MarkKind::Sentence => (Kind::Sentence, None, None),
        MarkKind::Word => (Kind::Word, None, None),
        MarkKind::WordEnd => (Kind::WordEnd, None, None),
        MarkKind::Phoneme(symbol) => (Kind::Phoneme, Some(symbol.to_string()), None),
        MarkKind::Viseme(id) => (Kind::Viseme, None, Some(id.into())),
        _ => (Kind::Bookmark, None, None),
    };
    let has_end = matches!(told, Kind::Word | Kind::Phoneme | Kind::Viseme);
    PlayerEvent {
        text: Some(source.into()),
        end_micros: has_end.then(|| micros(end)),
        name,
        viseme,
        ..PlayerEvent::timed(told, utterance, time)
    }
}

impl From<TextRange> for TextSpan {
    fn from(range: TextRange) -> Self {
        Self {
            start: place(range.utf16.start),
            end: place(range.utf16.end),
            utf8_start: place(range.utf8.start),
        }
    }
}

impl From<HeardUntil> for HeardExtent {
    fn from(heard: HeardUntil) -> Self {
        Self {
            time_micros: micros(heard.time),
            is_word_whole: heard.word.as_ref().is_some_and(|word| word.is_whole),
            word: heard.word.map(|word| word.range.into()),
            text: heard.text.into(),
            unheard: heard.unheard.into(),
            unheard_text: heard.unheard_text.to_string(),
        }
    }
}

impl From<Phase> for UtterancePhase {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Queued => Self::Queued,
            Phase::Preparing => Self::Preparing,
            Phase::Speaking => Self::Speaking,
            Phase::Interrupted => Self::Interrupted,
        }
    }
}

impl From<ClientState> for PlayerSnapshot {
    fn from(state: ClientState) -> Self {
        let info = |(id, state): (UtteranceId, UtteranceState)| UtteranceInfo {
            utterance: number(id.number()),
            is_clip: state.kind == TrackKind::Clip,
            phase: state.phase.into(),
            heard_micros: micros(state.heard),
            made_micros: micros(state.made),
            word: state.word.map(Into::into),
        };
        Self {
            utterances: state.utterances.into_iter().map(info).collect(),
            is_paused: state.is_paused,
            volume: state.volume.into(),
            is_late: state.is_late,
            departure: state.departure.map(Into::into),
        }
    }
}
