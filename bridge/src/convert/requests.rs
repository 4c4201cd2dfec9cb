//! What is to be said or played.

use super::{duration, invalid, millis};
use crate::api::error::BridgeError;
use crate::api::requests::{
    ClipRequest, FileEncoding, InterruptMode, PauseSettings, SpeakRequest, StopMode, TextKind, VisemeSetName,
    VolumeSetting,
};
use std::sync::Arc;
use utter::host::Speak;
use utter::playback::output::WavEncoding;
use utter::playback::{Interrupt, Stop, Volume};
use utter::speech::clip::{ClipOptions, ClipSource};
use utter::speech::{Mode, Pauses, Recordings, SpeakOptions};
use utter::text::{
    EmojiReading, Language, Markup, ReadOptions, Strictness, UserLexicon, VisemeSet, WrittenOptions,
};

impl From<StopMode> for Stop {
    fn from(how: StopMode) -> Self {
        match how {
            StopMode::Now => Self::Now,
            StopMode::Fade => Self::Fade,
            StopMode::Drain => Self::Drain,
        }
    }
}

impl From<InterruptMode> for Interrupt {
    fn from(mode: InterruptMode) -> Self {
        match mode {
            InterruptMode::Resume => Self::Resume,
            InterruptMode::Discard => Self::Discard,
        }
    }
}

impl TryFrom<VolumeSetting> for Volume {
    type Error = BridgeError;

    fn try_from(volume: VolumeSetting) -> Result<Self, BridgeError> {
        if !(0.0..=1.0).contains(&volume.level) {
            return Err(invalid(
                format_args!("a level of {} is outside 0 to 1", volume.level),
                "0 is silence, 1 full level",
            ));
        }
        if !(-1.0..=1.0).contains(&volume.balance) {
            return Err(invalid(
                format_args!("a balance of {} is outside -1 to 1", volume.balance),
                "-1 is left only, 1 right only, 0 both",
            ));
        }
        Ok(Self {
            level: volume.level as f32,
            is_muted: volume.is_muted,
            balance: volume.balance as f32,
        })
    }
}

impl From<Volume> for VolumeSetting {
    fn from(volume: Volume) -> Self {
        Self {
            level: volume.level.into(),
            is_muted: volume.is_muted,
            balance: volume.balance.into(),
        }
    }
}

impl TryFrom<PauseSettings> for Pauses {
    type Error = BridgeError;

    fn try_from(pauses: PauseSettings) -> Result<Self, BridgeError> {
        Ok(Self {
            word: duration("word_micros", pauses.word_micros)?,
            clause: duration("clause_micros", pauses.clause_micros)?,
            sentence: duration("sentence_micros", pauses.sentence_micros)?,
            paragraph: duration("paragraph_micros", pauses.paragraph_micros)?,
            end: duration("end_micros", pauses.end_micros)?,
        })
    }
}

impl TryFrom<SpeakRequest> for Speak {
    type Error = BridgeError;

    fn try_from(mut request: SpeakRequest) -> Result<Self, BridgeError> {
        let text = std::mem::take(&mut request.text);
        let speak = match request.kind {
            TextKind::Phonemes => Self::phonemes(text),
            _ => Self::text(text),
        };
        let speak = speak.reading(reading(&request)?);
        delivered(as_marked(speak, &request), &request)
    }
}

/// Sets how the text is read.
fn reading(request: &SpeakRequest) -> Result<ReadOptions, BridgeError> {
    let options = match request.kind {
        TextKind::Verbatim => ReadOptions::verbatim(),
        _ => ReadOptions::default(),
    };
    let lexicon = request.lexicon.as_deref().map(UserLexicon::parse).transpose();
    let lexicon = lexicon.map_err(|error| invalid(&error, &error.hint()))?;
    Ok(ReadOptions {
        written: WrittenOptions {
            emoji: match request.name_emoji {
                true => EmojiReading::Named,
                false => EmojiReading::Skipped,
            },
        },
        lexicon: lexicon.map(Arc::new),
        ..options
    })
}

/// Sets what the text is marked up with.
fn as_marked(speak: Speak, request: &SpeakRequest) -> Speak {
    let markup = match request.kind {
        TextKind::Inline => Markup::Inline,
        TextKind::Ssml => Markup::Ssml,
        TextKind::Markdown | TextKind::Verbatim | TextKind::Phonemes => Markup::Plain,
    };
    let strictness = match request.is_lenient {
        true => Strictness::Lenient,
        false => Strictness::Strict,
    };
    let speak = speak.markup(markup, strictness);
    match &request.recordings {
        Some(folder) => speak.recordings(Recordings::of(folder)),
        None => speak,
    }
}

/// Sets how it is said.
fn delivered(mut speak: Speak, request: &SpeakRequest) -> Result<Speak, BridgeError> {
    if let Some(voice) = &request.voice {
        speak = speak.voice(voice);
    }
    if let Some(speed) = request.speed {
        speak = speak.speed(speed as f32);
    }
    if let Some(tag) = &request.language {
        speak = speak.language(language(tag)?);
    }
    if let Some(seed) = request.seed {
        // All bits of it count, so a negative one is as good as any.
        speak = speak.seed(seed as u64);
    }
    if let Some(noise) = request.noise {
        speak = speak.noise(noise as f32);
    }
    if let Some(pauses) = request.pauses {
        speak = speak.pauses(pauses.try_into()?);
    }
    if request.replaces {
        speak = speak.replace();
    }
    if let Some(interrupt) = request.urgent {
        speak = speak.urgent(interrupt.into());
    }
    if let Some(set) = request.visemes {
        speak = speak.visemes(match set {
            VisemeSetName::Microsoft => VisemeSet::Microsoft,
            VisemeSetName::Oculus => VisemeSet::Oculus,
        });
    }
    if let Some(quiet) = request.quiet_millis {
        speak = speak.quiet(millis("quiet_millis", quiet)?);
    }
    Ok(speak
        .phoneme_events(request.tells_phonemes)
        .encoding(match request.encoding {
            FileEncoding::Pcm16 => WavEncoding::Pcm16,
            FileEncoding::Float32 => WavEncoding::Float32,
        }))
}

/// The language of a tag.
///
/// # Errors
///
/// `InvalidInput` if it is none that voices speak.
pub(super) fn language(tag: &str) -> Result<Language, BridgeError> {
    Language::of_tag(tag).ok_or_else(|| {
        invalid(
            format_args!("no voice speaks the language {tag:?}"),
            "give a tag such as en-US, en-GB, es, fr-FR, hi, it, ja, pt-BR or zh",
        )
    })
}

impl TryFrom<ClipRequest> for (ClipSource, ClipOptions, SpeakOptions) {
    type Error = BridgeError;

    fn try_from(request: ClipRequest) -> Result<Self, BridgeError> {
        let clip = ClipOptions {
            gain_db: request.gain_db as f32,
            fade_in: duration("fade_in_micros", request.fade_in_micros)?,
            fade_out: duration("fade_out_micros", request.fade_out_micros)?,
        };
        let options = SpeakOptions {
            mode: match request.replaces {
                true => Mode::Replace,
                false => Mode::default(),
            },
            urgent: request.urgent.map(Interrupt::from),
            ..SpeakOptions::default()
        };
        Ok((ClipSource::Path(request.path.into()), clip, options))
    }
}
