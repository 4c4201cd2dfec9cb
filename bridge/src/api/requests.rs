//! What a client asks to be said or played, in plain values. What is left out is the engine's own default.

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    /// Text, in which Markdown is read as a person would.
    Markdown,
    /// Text, every sign of which is text.
    Verbatim,
    /// Text with phonemes and pauses in it: `[word](/wˈɜɹd/)`, `[pause 500ms]`.
    Inline,
    /// A document of the Speech Synthesis Markup Language.
    Ssml,
    /// Phonemes.
    Phonemes,
}

/// What becomes of what something urgent interrupts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterruptMode {
    /// It goes on afterwards, from the beginning of the word.
    Resume,
    /// It is stopped.
    Discard,
}

/// A set of visemes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisemeSetName {
    /// The 22 of SAPI and of Azure.
    Microsoft,
    /// The 15 of Oculus LipSync.
    Oculus,
}

/// How the samples of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileEncoding {
    /// 16-bit integers.
    Pcm16,
    /// 32-bit floats, as the voice gave them.
    Float32,
}

/// The pauses of an utterance, in microseconds, at the voice's own tempo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PauseSettings {
    /// Between two words of a clause that is too long.
    pub word_micros: i64,
    /// Between two clauses of a sentence.
    pub clause_micros: i64,
    /// Between two sentences.
    pub sentence_micros: i64,
    /// Between two paragraphs.
    pub paragraph_micros: i64,
    /// Behind the last sound.
    pub end_micros: i64,
}

/// Something to be said, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct SpeakRequest {
    /// The text. For [`player_speak_stream`](super::player::player_speak_stream) what it begins with, which may be nothing.
    pub text: String,
    /// What it is.
    pub kind: TextKind,
    /// The voice, or a blend of voices: `af_heart:0.7,am_adam:0.3`.
    pub voice: Option<String>,
    /// The tempo, from 0.5 to 2; 1 is the voice's own.
    pub speed: Option<f64>,
    /// The tag of the text's language, such as `en-GB`; that of the voice by default.
    pub language: Option<String>,
    /// Whether the names of emoji are said.
    pub name_emoji: bool,
    /// The user's own pronunciations: the content of a lexicon file.
    pub lexicon: Option<String>,
    /// Whether mistakes in markup are passed over, and are no errors.
    pub is_lenient: bool,
    /// The folder of the recordings that SSML may name.
    pub recordings: Option<String>,
    /// What the source noise is made from: the same seed gives the same audio.
    pub seed: Option<i64>,
    /// The amplitude of the source noise; 0 is none, 1 the model's own.
    pub noise: Option<f64>,
    /// The pauses.
    pub pauses: Option<PauseSettings>,
    /// Whether it stops what the client has asked for before.
    pub replaces: bool,
    /// Whether it interrupts what is heard, of any client, and what becomes of that.
    pub urgent: Option<InterruptMode>,
    /// Whether each phoneme is told when it is heard.
    pub tells_phonemes: bool,
    /// Whether each viseme is told when it is heard, and of which set.
    pub visemes: Option<VisemeSetName>,
    /// Of a text that is said while it is written: after so long without a piece what is there is said, in milliseconds.
    pub quiet_millis: Option<i64>,
    /// How a file is written, where it goes into one.
    pub encoding: FileEncoding,
}

/// A sound file to be played, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct ClipRequest {
    /// The file: WAV, FLAC, Ogg Vorbis or MP3.
    pub path: String,
    /// The gain in dB.
    pub gain_db: f64,
    /// How long it takes to come in from silence, in microseconds.
    pub fade_in_micros: i64,
    /// How long it takes to go out to silence, in microseconds.
    pub fade_out_micros: i64,
    /// Whether it stops what the client has asked for before.
    pub replaces: bool,
    /// Whether it interrupts what is heard, of any client, and what becomes of that.
    pub urgent: Option<InterruptMode>,
}

/// How to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopMode {
    /// By a fade of 2 ms.
    Now,
    /// By a fade of 8 ms.
    Fade,
    /// Not at all: what is made already is heard to its end, and no more is made.
    Drain,
}

/// How loud something is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VolumeSetting {
    /// From 0, silence, to 1, full level, as it is perceived.
    pub level: f64,
    /// Whether there is silence whatever the level.
    pub is_muted: bool,
    /// From −1, left only, to 1, right only.
    pub balance: f64,
}
