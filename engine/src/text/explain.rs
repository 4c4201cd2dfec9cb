//! How a text is read: its sentences, what is said for each word, with which sounds, and how these were found.
//!
//! `reader` makes an [`Explanation`] by reading the text as it always does, with a [`Record`] of what was pronounced on the
//! way; so it cannot say something else than what is heard. The command `utter phonemes` shows it. Nothing here
//! reads or decides.

use std::ops::Range;

use super::chunk::Chunk;
use super::origin::Origin;
use super::plain::Plain;
use super::split::Piece;

/// How a text is read. Comes from [`Reader::explain`](super::Reader::explain). All ranges are bytes of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Its sentences that have something to say, in order.
    pub sentences: Vec<ExplainedSentence>,
    /// What [`Reader::read`](super::Reader::read) gives for the text. A chunk may hold several short sentences, or a part of
    /// a long one.
    pub chunks: Vec<Chunk>,
}

/// A sentence as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedSentence {
    /// Where it stands in the text.
    pub source: Range<usize>,
    /// The sentence with its written forms (numbers, dates, addresses, signs) as words.
    pub written: String,
    /// Its words and marks that are heard.
    pub words: Vec<ExplainedWord>,
}

/// A word or a mark of punctuation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedWord {
    /// Where it stands in the text.
    pub source: Range<usize>,
    /// What is read there: the word itself, or the words that a written form is read as.
    pub written: String,
    /// Its sound, in [`SYMBOLS`](super::SYMBOLS).
    pub phonemes: String,
    /// How that was found.
    pub origin: Origin,
    /// Its part of speech (a tag of the Penn Treebank), if the sentence was tagged.
    pub tag: Option<&'static str>,
}

/// What was pronounced, while a text is read.
#[derive(Debug, Default)]
pub(super) struct Record(Vec<ExplainedSentence>);

impl Record {
    /// The sentence in `range` is read as `words`, which sound like `pieces`.
    pub(super) fn sentence(&mut self, range: Range<usize>, words: Plain, pieces: &[Piece]) {
        let word = |piece: &Piece| ExplainedWord {
            source: piece.source.clone(),
            written: words.read_from(&piece.source).trim().into(),
            phonemes: piece.sound.clone(),
            origin: piece.how.origin,
            tag: piece.how.tag,
        };
        self.0.push(ExplainedSentence {
            source: range,
            written: words.text().trim().into(),
            words: pieces.iter().map(word).collect(),
        });
    }

    pub(super) fn explain(self, chunks: Vec<Chunk>) -> Explanation {
        let is_heard = |sentence: &ExplainedSentence| !sentence.words.is_empty();
        Explanation {
            sentences: self.0.into_iter().filter(is_heard).collect(),
            chunks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, Markup, ReadOptions, Reader, Strictness};

    fn explain_with(reader: &Reader, text: &str) -> Explanation {
        let markup = (Markup::Plain, Strictness::Strict);
        let options = ReadOptions::default();
        reader
            .explain(text, markup, Language::AmericanEnglish, &options)
            .unwrap()
    }

    fn explain(text: &str) -> Explanation {
        explain_with(&Reader::new(), text)
    }

    /// The words of a text, what they are read as, and how that was found.
    fn words(text: &str) -> Vec<(String, String, Origin)> {
        let explained = explain(text);
        let sentences = explained.sentences.into_iter();
        let words = sentences.flat_map(|sentence| sentence.words);
        let words = words.map(|word| (text[word.source].into(), word.written, word.origin));
        words.collect()
    }

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str, Origin)]) {
        let words = words(text);
        let found: Vec<_> = words
            .iter()
            .map(|(source, written, origin)| (source.as_str(), written.as_str(), *origin))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn every_word_says_what_is_read_and_how_that_was_found() {
        check(
            "Dr. Lee paid $3.50 in 2024.",
            &[
                ("Dr.", "Doctor", Origin::Gold),
                ("Lee", "Lee", Origin::Gold),
                ("paid", "paid", Origin::Gold),
                ("$3.50", "three dollars and fifty cents", Origin::WrittenForm),
                ("in", "in", Origin::Rule),
                ("2024", "2024", Origin::Number),
                (".", ".", Origin::Mark),
            ],
        );
        check(
            "The screenreader splorged.",
            &[
                ("The", "The", Origin::Rule),
                ("screenreader", "screenreader", Origin::Parts),
                ("splorged", "splorged", Origin::LetterToSound),
                (".", ".", Origin::Mark),
            ],
        );
    }

    #[test]
    fn a_heteronym_shows_its_part_of_speech() {
        let explained = explain("I have read it.");
        let tags: Vec<_> = explained.sentences[0].words.iter().map(|word| word.tag).collect();
        assert_eq!(tags, ["PRP", "VBP", "VBN", "PRP", "."].map(Some));
        assert_eq!(explained.sentences[0].words[2].phonemes, "ɹˈɛd");
    }

    #[test]
    fn what_has_nothing_to_say_is_explained_as_nothing() {
        let explained = explain(" … 🙂 \n\n ");
        assert_eq!((explained.sentences.len(), explained.chunks.len()), (0, 0));
    }

    /// A second way of reading would drift from the first.
    #[test]
    fn the_explanation_is_of_what_is_read() {
        let reader = Reader::new();
        let corpora = [
            include_str!("../../../fixtures/corpora/alice.txt"),
            include_str!("../../../fixtures/corpora/answers.txt"),
            include_str!("../../../fixtures/corpora/assistant.txt"),
            include_str!("../../../fixtures/corpora/workshop.txt"),
        ];
        let mut sentences = 0;
        for text in corpora {
            let explained = explain_with(&reader, text);
            let read: Vec<Chunk> = reader.read(text, Language::AmericanEnglish).unwrap().collect();
            assert_eq!(explained.chunks, read);
            sentences += explained.sentences.len();
            // Word by word, the phonemes of the sentences are those of the chunks.
            let words = explained.sentences.iter().flat_map(|sentence| &sentence.words);
            let said: String = words.map(|word| word.phonemes.as_str()).collect();
            let heard: String = read.iter().map(Chunk::symbols).collect();
            let bare = |symbols: &str| symbols.replace(' ', "");
            assert_eq!(bare(&said), bare(&heard));
        }
        assert!(sentences >= 300, "{sentences}");
    }
}
