//! IPA as people write it, in the symbols that the voice was trained with.
//!
//! SSML's `phoneme` calls this. misaki writes diphthongs and affricates with one symbol, and puts the stress before the
//! vowel, not before the syllable: "həˈloʊ" is "həlˈO". What has no equal is refused.

use crate::text::english::VOWELS;
use crate::text::phonemes::is_symbol;

/// What is written otherwise, longer ones first. British "əʊ" is Q; syllabic consonants have a short vowel before them.
const EQUALS: [(&str, &str); 41] = [
    ("t͡ʃ", "ʧ"),
    ("d͡ʒ", "ʤ"),
    ("t͜ʃ", "ʧ"),
    ("d͜ʒ", "ʤ"),
    ("t͡s", "ʦ"),
    ("d͡z", "ʣ"),
    ("t͡ɕ", "ʨ"),
    ("d͡ʑ", "ʥ"),
    ("e͡ɪ", "A"),
    ("a͡ɪ", "I"),
    ("o͡ʊ", "O"),
    ("ə͡ʊ", "Q"),
    ("a͡ʊ", "W"),
    ("ɔ͡ɪ", "Y"),
    ("eɪ", "A"),
    ("aɪ", "I"),
    ("oʊ", "O"),
    ("əʊ", "Q"),
    ("aʊ", "W"),
    ("ɔɪ", "Y"),
    ("tʃ", "ʧ"),
    ("dʒ", "ʤ"),
    ("l\u{329}", "ᵊl"),
    ("n\u{329}", "ᵊn"),
    ("m\u{329}", "ᵊm"),
    ("g", "ɡ"),
    ("r", "ɹ"),
    ("ɝ", "ɜɹ"),
    ("ɚ", "əɹ"),
    ("ɫ", "l"),
    ("ɱ", "m"),
    ("ʍ", "w"),
    ("ɾ", "T"),
    ("'", "ˈ"),
    (":", "ː"),
    // Syllables, linking, and the mark of what is no syllable have no sound.
    (".", ""),
    ("‿", ""),
    ("\u{32f}", ""),
    ("\u{361}", ""),
    ("|", ","),
    ("‖", "."),
];

/// The symbols for a transcription, or the first character that has none, with the bytes before it.
pub(super) fn symbols(ipa: &str) -> Result<String, (char, usize)> {
    let mut symbols = String::new();
    // A stress mark, waiting for the vowel of its syllable, and where it was found.
    let mut stress: Option<(char, usize)> = None;
    let mut at = 0;
    while let Some(first) = ipa[at..].chars().next() {
        let equal = EQUALS.iter().find(|(written, _)| ipa[at..].starts_with(written));
        let mut bytes = [0; 4];
        let (length, found): (usize, &str) = match equal {
            Some((written, symbol)) => (written.len(), symbol),
            None if first.is_whitespace() => (first.len_utf8(), " "),
            None if is_symbol(first) => (first.len_utf8(), first.encode_utf8(&mut bytes)),
            None => return Err((first, at)),
        };
        at += length;
        for symbol in found.chars() {
            match symbol {
                'ˈ' | 'ˌ' => {
                    put_back(&mut symbols, stress.take());
                    stress = Some((symbol, symbols.len()));
                }
                ' ' => {
                    put_back(&mut symbols, stress.take());
                    symbols.push(' ');
                }
                vowel if is_vowel(vowel) => {
                    if let Some((stress, _)) = stress.take() {
                        symbols.push(stress);
                    }
                    symbols.push(vowel);
                }
                other => symbols.push(other),
            }
        }
    }
    put_back(&mut symbols, stress);
    Ok(symbols.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A stress mark that no vowel follows stays where it was.
fn put_back(symbols: &mut String, stress: Option<(char, usize)>) {
    if let Some((mark, at)) = stress {
        symbols.insert(at, mark);
    }
}

fn is_vowel(symbol: char) -> bool {
    VOWELS.contains(symbol) || matches!(symbol, 'e' | 'o' | 'y' | 'ø' | 'œ' | 'ɐ' | 'ɨ' | 'ɯ' | 'ɤ' | 'ᵊ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipa_becomes_the_symbols_of_the_voice() {
        for (ipa, expected) in [
            ("həˈloʊ wɜːrld", "həlˈO wɜːɹld"),
            ("təˈmɑːtəʊ", "təmˈɑːtQ"),
            ("ˈdʒʌdʒ", "ʤˈʌʤ"),
            ("t͡ʃaɪ", "ʧI"),
            ("ˈbɔɪ aʊt deɪ", "bˈY Wt dA"),
            ("ˈstrɛŋkθ", "stɹˈɛŋkθ"),
            ("ˈbʌtn̩", "bˈʌtᵊn"),
            ("ˈbɜ.ɾɚ", "bˈɜTəɹ"),
            ("ˌɛk.spləˈneɪ.ʃən", "ˌɛksplənˈAʃən"),
            ("həlˈO", "həlˈO"),
            ("gɡ", "ɡɡ"),
            ("ˈs t", "ˈs t"),
            ("  a  b ", "a b"),
            ("", ""),
        ] {
            assert_eq!(symbols(ipa), Ok(expected.to_string()), "{ipa}");
        }
    }

    #[test]
    fn what_has_no_equal_is_named_with_its_place() {
        assert_eq!(symbols("ˈkaʘt"), Err(('ʘ', 4)));
        assert_eq!(symbols("5"), Err(('5', 0)));
    }

    #[test]
    fn the_table_gives_nothing_but_symbols_and_longer_ones_come_first() {
        for (i, (written, symbol)) in EQUALS.iter().enumerate() {
            assert!(symbol.chars().all(is_symbol), "{written}");
            for (later, _) in &EQUALS[i + 1..] {
                assert!(!later.starts_with(written), "{later} behind {written}");
            }
        }
    }
}
