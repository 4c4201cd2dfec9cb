//! The `text` room: from text to the phonemes that the voice speaks.
//!
//! The door is [`Reader`]: it takes a text and gives [`Chunk`]s, one after the other and each only when asked for, so
//! that speech can begin while most of a long text is still unread. On the way a text passes through
//!
//! ```text
//! markup       where it is asked for: spans, and what is said of them beside the words (directions)
//! intake       text as it comes: whole, or in pieces cut anywhere; without the signs of markdown
//! segment      sentences, cut from the text one by one, and of an unfinished one its clauses (early)
//! pronounce    leads a sentence through
//!   user_lexicon   the user's own spellings and sounds
//!   written        numbers, dates, money, addresses, signs and the like into words
//!   normalise      what the pronunciation dictionary expects: straight quotes, Latin letters, bounded runs
//!   lexicon        english: tokens, parts of speech, dictionaries; for other words unknown, with word_parts and
//!                  letter_to_sound; or espeak for other languages
//! split        chunks of at most 510 phonemes, cut where a person would pause
//! ```
//!
//! and every phoneme keeps the range of the source text that it came from. A text that is still being written goes the
//! same way: [`TextStream`]. Text from anywhere is safe to read: there
//! is no input that panics, and none that is dropped silently if it holds a letter or a digit. Phonemes can also be
//! given directly, for every voice ([`Reader::read_phonemes`]).
//!
//! This room knows nothing of voices' files, of audio, or of time.

mod chunk;
mod directions;
mod early;
mod english;
mod error;
mod espeak;
mod explain;
mod intake;
#[doc(hidden)]
pub mod invariants;
mod language;
mod letter_to_sound;
mod lexicon;
mod markdown;
mod markup;
mod normalise;
mod number_words;
mod options;
mod origin;
mod phonemes;
mod place;
mod plain;
mod pronounce;
mod reader;
mod reading;
mod segment;
mod split;
mod stream;
mod text_range;
mod unknown;
mod user_lexicon;
mod utf16;
mod utf8;
mod viseme;
mod word_parts;
mod written;

pub use chunk::{Bookmark, Boundary, Chunk, Limits, MAX_TOKENS, Manner, Phoneme, Wish, Word};
pub use error::ReadError;
pub use espeak::EspeakError;
pub use explain::{ExplainedSentence, ExplainedWord, Explanation};
pub use language::Language;
pub use markdown::{CodeBlocks, CodeSpans, Links, MarkdownOptions, has_markdown};
pub use markup::{
    Content, DateFormat, Emphasis, LONGEST_SILENCE, MOST_DEPTH, MOST_SPANS, MarkedText, Markup, MarkupError,
    MarkupProblem, SayAs, Span, Strictness, Style,
};
pub use options::ReadOptions;
pub use origin::Origin;
pub use phonemes::{SYMBOLS, is_symbol};
pub use place::Place;
pub use reader::{Chunks, Reader, has_speech};
pub use reading::Progress;
pub use stream::TextStream;
pub use text_range::TextRange;
pub use user_lexicon::{
    LexiconMatch, LexiconMatches, LexiconProblem, Pronunciation, UserLexicon, UserLexiconError,
};
pub(crate) use utf8::LossyUtf8;
pub use utf16::Utf16Cursor;
pub use viseme::VisemeSet;
pub use written::{EmojiReading, WrittenOptions};
