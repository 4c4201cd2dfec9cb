//! What spaCy's English tokenizer knows by heart: words that it takes apart or keeps whole, and what stands for what.
//!
//! `utter`'s tokenizer asks [`Exceptions`] for "don't" (two pieces, "do" and "n't", the latter standing for "not"), and its
//! tagger asks [`Names`] for the number of a string. A string that another stands for (its norm) is given by its number
//! only, since nothing else is ever made of it.

use fst::Map;

use crate::hash::string_hash;

/// Words that are tokens as a whole or come apart in a way that no rule would find.
#[derive(Debug)]
pub struct Exceptions {
    words: Map<&'static [u8]>,
    pieces: &'static [u8],
}

/// How an exception comes apart: the pieces follow each other and together are the word.
#[derive(Debug, Clone, Copy)]
pub struct Rule(&'static [u8]);

/// A piece of an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Its length in bytes.
    pub length: usize,
    /// The number of the string that it stands for, where the exception says so.
    pub norm: Option<u64>,
}

impl Exceptions {
    /// Those of spaCy's English tokenizer.
    pub fn english() -> Self {
        Self {
            words: crate::map(include_bytes!(concat!(env!("OUT_DIR"), "/exceptions.words"))),
            pieces: include_bytes!(concat!(env!("OUT_DIR"), "/exceptions.pieces")),
        }
    }

    /// The pieces of `word`, if it is an exception.
    pub fn get(&self, word: &str) -> Option<Rule> {
        let at = usize::try_from(self.words.get(word)?).ok()?;
        let [count, pieces @ ..] = self.pieces.get(at..)? else {
            return None;
        };
        Some(Rule(&pieces[..usize::from(*count) * PIECE]))
    }
}

/// Bytes of a piece: its length, whether it has a norm, the norm.
const PIECE: usize = 10;

impl Rule {
    /// The pieces, in order; at least one.
    pub fn pieces(self) -> impl ExactSizeIterator<Item = Piece> {
        let (pieces, _) = self.0.as_chunks::<PIECE>();
        pieces.iter().map(|[length, has_norm, norm @ ..]| Piece {
            length: usize::from(*length),
            norm: (*has_norm != 0).then(|| u64::from_le_bytes(*norm)),
        })
    }
}

/// The numbers of strings and of their norms.
#[derive(Debug)]
pub struct Names {
    symbols: Map<&'static [u8]>,
    norms: Map<&'static [u8]>,
    hashed_norms: &'static [u8],
}

impl Names {
    /// Those of spaCy's English.
    pub fn english() -> Self {
        Self {
            symbols: crate::map(include_bytes!(concat!(env!("OUT_DIR"), "/symbols.words"))),
            norms: crate::map(include_bytes!(concat!(env!("OUT_DIR"), "/norms.words"))),
            hashed_norms: include_bytes!(concat!(env!("OUT_DIR"), "/norms.hashed")),
        }
    }

    /// spaCy's number of a string: a small one for those that it has a name for, else its hash.
    pub fn number(&self, text: &str) -> u64 {
        self.symbols.get(text).unwrap_or_else(|| string_hash(text))
    }

    /// The number of the norm of a string: of another string for spellings and short forms that are in spaCy's tables,
    /// else of the string in lower case.
    pub fn norm(&self, text: &str) -> u64 {
        self.norms
            .get(text)
            .or_else(|| self.hashed(string_hash(text)))
            .unwrap_or_else(|| self.number(&text.to_lowercase()))
    }

    /// The table of which only hashes of the keys are known: pairs of a key and a number, by key.
    fn hashed(&self, key: u64) -> Option<u64> {
        let (pairs, _) = self.hashed_norms.as_chunks::<16>();
        let key_of = |pair: &[u8; 16]| pair.first_chunk::<8>().map_or(0, |key| u64::from_le_bytes(*key));
        let at = pairs.binary_search_by_key(&key, key_of).ok()?;
        pairs[at]
            .last_chunk::<8>()
            .map(|number| u64::from_le_bytes(*number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_come_apart() {
        let exceptions = Exceptions::english();
        let pieces: Vec<_> = exceptions.get("don't").unwrap().pieces().collect();
        let names = Names::english();
        assert_eq!(
            pieces.iter().map(|piece| piece.length).collect::<Vec<_>>(),
            [2, 3]
        );
        assert_eq!(pieces[1].norm, Some(names.number("not")));
        assert!(exceptions.get("dog").is_none());
    }

    // Numbers from spaCy's StringStore.
    #[test]
    fn strings_have_spacys_numbers() {
        let names = Names::english();
        assert_eq!(names.number("coffee"), 3197928453018144401);
        assert_eq!(names.number("X"), 101);
        assert_eq!(names.norm("Coffee"), names.number("coffee"));
        assert_eq!(names.norm("colour"), names.number("color"));
    }
}
