//! What reading a text results in: chunks of phonemes, with words and ranges in the source text.
//!
//! Made by `split`, handed out by `reader`, spoken by the inference thread one after the other. Plain data: nothing
//! here reads or changes text. All ranges of text are bytes of UTF-8 and lie on character boundaries;
//! [`Utf16Cursor`](super::Utf16Cursor) turns them into UTF-16 for Dart.

use std::ops::Range;
use std::sync::Arc;

/// The most phonemes that the voice takes in one pass.
pub const MAX_TOKENS: usize = 510;

/// What one inference pass speaks: a sentence, or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Chunk {
    /// What to say, at most [`Limits::max_tokens`] symbols of [`SYMBOLS`](super::SYMBOLS); never empty, and no space at
    /// either end.
    pub phonemes: Vec<Phoneme>,
    /// The words in it, in the order of the text. Together with the words of the other chunks they cover every letter
    /// and digit of the text exactly once.
    pub words: Vec<Word>,
    /// From the first to the last byte of the text that is spoken here. Chunks follow each other and do not overlap.
    pub source: Range<usize>,
    /// What comes after it in the text, which decides how long a speaker would pause.
    pub boundary: Boundary,
    /// How it is said, as markup wants it.
    pub manner: Arc<Manner>,
    /// Places in it that markup has given a name, in order.
    pub bookmarks: Vec<Bookmark>,
}

/// How something is said, beside what is said of the whole text.
#[derive(Debug, Clone, PartialEq)]
pub struct Manner {
    /// The voice; that of the whole text if `None`.
    pub voice: Option<Arc<str>>,
    /// The tempo, as a factor of that of the whole text.
    pub rate: f32,
    /// The level, in decibels: louder above zero.
    pub gain: f32,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            voice: None,
            rate: 1.0,
            gain: 0.0,
        }
    }
}

/// A place with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bookmark {
    /// The phoneme ahead of which it stands, as an index into [`Chunk::phonemes`], or their number.
    pub phoneme: usize,
    /// Where markup has it, in bytes of the source text.
    pub source: usize,
    /// Its name.
    pub name: Arc<str>,
}

impl Chunk {
    /// The phonemes as a string, as a person would write them.
    pub fn symbols(&self) -> String {
        self.phonemes.iter().map(|phoneme| phoneme.symbol).collect()
    }
}

/// One symbol of the voice's vocabulary, and where in the text it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phoneme {
    /// The symbol.
    pub symbol: char,
    /// What it was read from, in bytes of the source text: for text the whole word or mark (a dictionary does not say
    /// which letter makes which sound), for phoneme input the symbol itself.
    pub source: Range<usize>,
}

/// A word of the text and its phonemes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Where it stands, in bytes of the source text.
    pub source: Range<usize>,
    /// Its phonemes, as indices into [`Chunk::phonemes`]; never empty.
    pub phonemes: Range<usize>,
}

/// What follows a chunk, from the weakest break to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Boundary {
    /// The rest of the same word: it alone has more phonemes than a chunk may.
    InsideWord,
    /// The next word of the same clause.
    Word,
    /// The next clause of the same sentence.
    Clause,
    /// The next sentence.
    Sentence,
    /// The next paragraph.
    Paragraph,
    /// Nothing more to say.
    End,
}

/// What the next chunk should be like, as far as [`Limits`] leave a choice. It depends on how much of the speech is made and
/// not heard, so it is told when a chunk is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// It should have about so many phonemes and at most half as many again: more could not be made in time. A sentence that
    /// is longer is cut, between clauses if there is a cut, else between phrases, else between words.
    pub tokens: usize,
    /// Nothing is left to be heard, so the sooner the better: it does not wait for the rest of a sentence, nor for the next
    /// one because this is short.
    pub soon: bool,
}

impl Wish {
    /// A whole sentence.
    pub const WHOLE: Self = Self {
        tokens: MAX_TOKENS,
        soon: false,
    };
}

/// How long chunks may be. The default is one sentence a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// No chunk has more phonemes than this. A longer sentence is divided between clauses, or else between words, into
    /// parts of about equal length. Taken as 510 ([`MAX_TOKENS`]) if larger and as 16 if smaller.
    pub max_tokens: usize,
    /// A sentence with fewer phonemes than this ("Yes.") is spoken together with the next one of its paragraph, if both
    /// fit in one chunk: a voice has little to work with in a single short word. 0 keeps every sentence for itself.
    pub min_tokens: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_tokens: MAX_TOKENS,
            min_tokens: 10,
        }
    }
}

impl Limits {
    /// The same with `max_tokens` brought into the range that is possible.
    pub(super) fn in_range(self) -> Self {
        let max_tokens = self.max_tokens.clamp(16, MAX_TOKENS);
        Self { max_tokens, ..self }
    }
}
