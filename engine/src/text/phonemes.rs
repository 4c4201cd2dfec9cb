//! The symbols that Kokoro's voices can speak, and phoneme strings that users write with them.
//!
//! Everything that leaves this room is made of [`SYMBOLS`]; `voice` looks their numbers up in the vocabulary that lies
//! beside the weights. `reader` calls [`read`] for phoneme input, which never guesses: a symbol that the voice does not
//! know is an error that says where it stands.

use super::chunk::{Boundary, Chunk, Limits};
use super::error::ReadError;
use super::intake::Intake;
use super::origin::{How, Origin};
use super::split::{Piece, split};

/// Kokoro's vocabulary in the order of code points: punctuation, misaki's capitals for diphthongs (A I O Q W Y) and
/// others, IPA. 114 symbols; their numbers run up to 177 with gaps.
pub const SYMBOLS: [char; 114] = [
    ' ', '!', '"', '(', ')', ',', '.', ':', ';', '?', 'A', 'I', 'O', 'Q', 'S', 'T', 'W', 'Y', 'a', 'b', 'c',
    'd', 'e', 'f', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y',
    'z', 'æ', 'ç', 'ð', 'ø', 'ŋ', 'œ', 'ɐ', 'ɑ', 'ɒ', 'ɔ', 'ɕ', 'ɖ', 'ə', 'ɚ', 'ɛ', 'ɜ', 'ɟ', 'ɡ', 'ɣ', 'ɤ',
    'ɥ', 'ɨ', 'ɪ', 'ɯ', 'ɰ', 'ɲ', 'ɳ', 'ɴ', 'ɸ', 'ɹ', 'ɻ', 'ɽ', 'ɾ', 'ʁ', 'ʂ', 'ʃ', 'ʈ', 'ʊ', 'ʋ', 'ʌ', 'ʎ',
    'ʒ', 'ʔ', 'ʝ', 'ʣ', 'ʤ', 'ʥ', 'ʦ', 'ʧ', 'ʨ', 'ʰ', 'ʲ', 'ˈ', 'ˌ', 'ː', '\u{303}', 'β', 'θ', 'χ', 'ᵊ', 'ᵝ',
    'ᵻ', '—', '“', '”', '…', '→', '↓', '↗', '↘', 'ꭧ',
];

/// Whether the voice has this symbol.
pub fn is_symbol(symbol: char) -> bool {
    SYMBOLS.binary_search(&symbol).is_ok()
}

/// Whether this symbol is a mark of punctuation, which is heard as a pause or a tone.
pub(super) fn is_mark(symbol: char) -> bool {
    matches!(
        symbol,
        '!' | '"' | '(' | ')' | ',' | '.' | ':' | ';' | '?' | '—' | '“' | '”' | '…'
    )
}

/// Chunks from a phoneme string: one, or if it is too long several, cut at pauses or else at spaces. White space of any
/// kind and length is one space. A string of nothing but space gives no chunk.
pub(super) fn read(text: &str, limits: &Limits) -> Result<Vec<Chunk>, ReadError> {
    let unknown = text
        .char_indices()
        .enumerate()
        .find(|(_, (_, c))| !is_symbol(*c) && !c.is_whitespace());
    if let Some((character, (byte, symbol))) = unknown {
        return Err(ReadError::UnknownSymbol {
            symbol,
            character,
            byte,
        });
    }
    let mut source = Intake::default();
    source.push(text);
    Ok(split(
        pieces(text),
        Boundary::End,
        limits.in_range().max_tokens,
        &source,
    ))
}

/// The words and marks of a phoneme string.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (at, symbol) in text.char_indices() {
        if symbol.is_whitespace() {
            if let Some(last) = pieces.last_mut() {
                last.spaced = true;
            }
            continue;
        }
        let is_word = !is_mark(symbol);
        let end = at + symbol.len_utf8();
        match pieces.last_mut() {
            Some(last) if last.is_word == is_word && !last.spaced => {
                last.sound.push(symbol);
                last.source.end = end;
            }
            _ => pieces.push(Piece {
                sound: symbol.into(),
                source: at..end,
                is_word,
                spaced: false,
                how: How::of(if is_word { Origin::Given } else { Origin::Mark }),
            }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(text: &str) -> Result<Vec<Chunk>, ReadError> {
        read(text, &Limits::default())
    }

    #[test]
    fn the_table_is_sorted_for_searching() {
        assert!(SYMBOLS.is_sorted());
        assert!(is_symbol('ˈ') && is_symbol(' ') && !is_symbol('g') && !is_symbol('❓'));
    }

    #[test]
    fn phonemes_are_spoken_as_written_and_know_their_place() {
        let text = "\thəlˈO  wˈɜɹld!\n";
        let [chunk] = &chunks(text).unwrap()[..] else {
            panic!("one chunk")
        };
        assert_eq!(chunk.symbols(), "həlˈO wˈɜɹld!");
        for phoneme in chunk.phonemes.iter().filter(|phoneme| phoneme.symbol != ' ') {
            assert_eq!(text[phoneme.source.clone()], phoneme.symbol.to_string());
        }
        assert_eq!(
            chunk
                .words
                .iter()
                .map(|word| &text[word.source.clone()])
                .collect::<Vec<_>>(),
            ["həlˈO", "wˈɜɹld"]
        );
        assert_eq!(chunk.boundary, Boundary::End);
    }

    #[test]
    fn an_unknown_symbol_is_named_with_its_place() {
        let error = chunks("dˈɔg").unwrap_err();
        assert_eq!(
            error,
            ReadError::UnknownSymbol {
                symbol: 'g',
                character: 3,
                byte: 5
            }
        );
    }

    #[test]
    fn nothing_gives_no_chunk() {
        assert_eq!(chunks(""), Ok(vec![]));
        assert_eq!(chunks(" \n\t"), Ok(vec![]));
    }

    #[test]
    fn what_is_too_long_is_cut_at_a_pause() {
        let clause = format!("{},", ["wˈɜɹd"; 30].join(" "));
        let text = [clause.as_str(); 5].join(" ");
        let chunks = chunks(&text).unwrap();
        // 904 symbols in clauses of 180: two, two and one, of which two fit.
        assert_eq!(
            chunks
                .iter()
                .map(|chunk| chunk.phonemes.len())
                .collect::<Vec<_>>(),
            [361, 361, 180]
        );
        assert!(chunks.iter().all(|chunk| chunk.symbols().ends_with(',')));
        assert_eq!(chunks.iter().map(|chunk| chunk.words.len()).sum::<usize>(), 150);
    }
}
