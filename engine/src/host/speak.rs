//! What a client asks to be said: a builder, checked before anything is queued.

use super::error::{Error, Reason};
use crate::naming::VoiceBlend;
use crate::playback::Interrupt;
use crate::playback::output::WavEncoding;
use crate::speech::{
    Delivery, Marked, Mode, Pauses, QUIET, Recordings, SPEEDS, SpeakOptions, TextWriter, Utterance,
    read_markup, read_phonemes, read_text, stream_text,
};
use crate::text::{Language, Markup, ReadOptions, Reader, Strictness, VisemeSet, has_speech};
use crate::voice::VoiceError;
use std::sync::Arc;
use std::time::Duration;

/// Something to be said, and how.
///
/// ```
/// use utter::host::Speak;
///
/// let hello = Speak::text("Hello, world.").voice("bf_emma").speed(1.1);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Speak {
    words: Words,
    delivery: Delivery,
    options: SpeakOptions,
    encoding: WavEncoding,
    quiet: Duration,
    language: Option<Language>,
    reading: ReadOptions,
    marked: Marked,
}

#[derive(Debug, Clone, PartialEq)]
enum Words {
    Text(String),
    Phonemes(String),
}

impl Speak {
    /// Text, in the language of the voice.
    pub fn text(text: impl Into<String>) -> Self {
        Self::words(Words::Text(text.into()))
    }

    /// Phonemes, which every voice takes.
    pub fn phonemes(phonemes: impl Into<String>) -> Self {
        Self::words(Words::Phonemes(phonemes.into()))
    }

    fn words(words: Words) -> Self {
        Self {
            words,
            delivery: Delivery::default(),
            options: SpeakOptions::default(),
            encoding: WavEncoding::default(),
            quiet: QUIET,
            language: None,
            reading: ReadOptions::default(),
            marked: Marked::default(),
        }
    }

    /// The voice that says it, or a blend of voices: `af_heart:0.7,am_adam:0.3` ([`VoiceBlend`]); `af_heart` by default.
    #[must_use]
    pub fn voice(mut self, name: impl Into<String>) -> Self {
        self.delivery.voice = name.into();
        self
    }

    /// The tempo, in [`SPEEDS`]; 1 is the voice's own.
    #[must_use]
    pub fn speed(mut self, speed: f32) -> Self {
        self.delivery.speed = speed;
        self
    }

    /// The language of the text; that of the voice by default.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// How the text is read: Markdown, emoji, the user's own pronunciations.
    #[must_use]
    pub fn reading(mut self, options: ReadOptions) -> Self {
        self.reading = options;
        self
    }

    /// What the text is marked up with, and what becomes of mistakes in it. Plain text by default, in which nothing is taken
    /// for markup. A text that is said while it is written has none.
    #[must_use]
    pub fn markup(mut self, markup: Markup, strictness: Strictness) -> Self {
        (self.marked.markup, self.marked.strictness) = (markup, strictness);
        self
    }

    /// The folder of the recordings that its markup may name. By default there are none.
    #[must_use]
    pub fn recordings(mut self, recordings: Recordings) -> Self {
        self.marked.recordings = recordings;
        self
    }

    /// What the source noise is made from: the same seed gives the same frames.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.delivery.seed = seed;
        self
    }

    /// The amplitude of the source noise; 0 is none, 1 the model's own.
    #[must_use]
    pub fn noise(mut self, noise: f32) -> Self {
        self.delivery.noise = noise;
        self
    }

    /// The pauses between its sentences.
    #[must_use]
    pub fn pauses(mut self, pauses: Pauses) -> Self {
        self.delivery.pauses = pauses;
        self
    }

    /// Stops what the client has asked for before, and says this at once.
    #[must_use]
    pub fn replace(mut self) -> Self {
        self.options.mode = Mode::Replace;
        self
    }

    /// Interrupts whatever is heard, of any client, unless that is urgent, too.
    #[must_use]
    pub fn urgent(mut self, interrupt: Interrupt) -> Self {
        self.options.urgent = Some(interrupt);
        self
    }

    /// Has each phoneme told when it is heard: [`MarkKind::Phoneme`](crate::playback::MarkKind::Phoneme). Off by default.
    #[must_use]
    pub fn phoneme_events(mut self, are_told: bool) -> Self {
        self.options.marks.phonemes = are_told;
        self
    }

    /// Has each viseme of a set told when it is heard, silence included:
    /// [`MarkKind::Viseme`](crate::playback::MarkKind::Viseme). Off by default.
    #[must_use]
    pub fn visemes(mut self, set: VisemeSet) -> Self {
        self.options.marks.visemes = Some(set);
        self
    }

    /// Of a text that is said while it is written ([`speak_stream`](super::Client::speak_stream)): after so long without a
    /// piece what is there is said, its sentence complete or not. 400 ms by default.
    #[must_use]
    pub fn quiet(mut self, quiet: Duration) -> Self {
        self.quiet = quiet;
        self
    }

    /// How a file is written, where it goes into one.
    #[must_use]
    pub fn encoding(mut self, encoding: WavEncoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// The voice or blend that reads, if it is text.
    pub(super) fn reading_voice(&self) -> Option<&str> {
        matches!(self.words, Words::Text(_)).then_some(&self.delivery.voice)
    }

    pub(super) fn wav_encoding(&self) -> WavEncoding {
        self.encoding
    }

    /// What is to be made of it. What can be wrong with it is found here, as far as that can be known without the voice.
    ///
    /// # Errors
    ///
    /// [`Reason::InvalidInput`], and [`Reason::InvalidVoice`] for a name that cannot be one.
    pub(super) fn prepare(self, reader: &Arc<Reader>) -> Result<(Utterance, SpeakOptions), Error> {
        self.check()?;
        let delivery = &self.delivery;
        let chunks = match self.words {
            Words::Text(text) => {
                let language = language_of(self.language, &delivery.voice)?;
                if !has_speech(&text) {
                    return Err(invalid("there is nothing to say in this text", "give some words"));
                }
                let reader = Arc::clone(reader);
                match self.marked.markup {
                    Markup::Plain => read_text(reader, text, language, &self.reading)?,
                    _ => read_markup(reader, text, self.marked, language, &self.reading)?,
                }
            }
            Words::Phonemes(phonemes) => read_phonemes(reader, &phonemes)?,
        };
        let utterance = Utterance {
            chunks,
            delivery: self.delivery,
        };
        Ok((utterance, self.options))
    }

    /// What is to be made of a text that begins with this one and is still being written, and where that is done.
    ///
    /// # Errors
    ///
    /// As for [`prepare`](Self::prepare). Nothing to say is no error.
    pub(super) fn prepare_stream(
        self,
        reader: &Arc<Reader>,
    ) -> Result<(Utterance, SpeakOptions, TextWriter), Error> {
        self.check()?;
        let Words::Text(text) = self.words else {
            return Err(invalid("phonemes are given whole", "use `speak` for them"));
        };
        if self.marked.markup != Markup::Plain {
            return Err(invalid(
                "text with markup is given whole",
                "use `speak` for it, or write plain text piece by piece",
            ));
        }
        let language = language_of(self.language, &self.delivery.voice)?;
        let (writer, chunks) = stream_text(Arc::clone(reader), language, self.reading, self.quiet)?;
        if !text.is_empty() {
            writer.push(text)?;
        }
        let utterance = Utterance {
            chunks,
            delivery: self.delivery,
        };
        Ok((utterance, self.options, writer))
    }

    fn check(&self) -> Result<(), Error> {
        let delivery = &self.delivery;
        if !SPEEDS.contains(&delivery.speed) {
            return Err(VoiceError::Speed(delivery.speed).into());
        }
        delivery.voice.parse::<VoiceBlend>().map_err(VoiceError::from)?;
        if !(0.0..=10.0).contains(&delivery.noise) {
            return Err(invalid(
                format_args!("noise of {} is outside 0 to 10", delivery.noise),
                "0 is none, 1 as the voice was trained",
            ));
        }
        Ok(())
    }
}

fn invalid(message: impl std::fmt::Display, hint: &str) -> Error {
    Error::new(Reason::InvalidInput, message, hint)
}

/// The language in which text is read: the one that is asked for, or that of the voice.
fn language_of(asked: Option<Language>, voice: &str) -> Result<Language, Error> {
    let language = asked.or_else(|| Language::of_voice(voice)).ok_or_else(|| {
        Error::new(
            Reason::InvalidVoice,
            format_args!("there is no voice {voice:?}"),
            "`utter voices` lists all",
        )
    })?;
    Ok(language)
}
