//! Kokoro's symbols for what espeak-ng writes in IPA, as misaki's `EspeakG2P` has them: the voices learnt from it.
//!
//! A pure function of a string; knows no language.

use super::library::TIE;
use crate::text::phonemes::is_symbol;

/// Phonemes of two characters for which Kokoro has one symbol. Affricates and diphthongs are misaki's. The last is how
/// espeak-ng 1.51 writes the Hindi flap of "बड़ा": misaki leaves it, and the voice makes a pause at the full stop.
const PAIRS: [(&str, char); 12] = [
    ("a^ɪ", 'I'),
    ("a^ʊ", 'W'),
    ("d^z", 'ʣ'),
    ("d^ʒ", 'ʤ'),
    ("e^ɪ", 'A'),
    ("o^ʊ", 'O'),
    ("s^s", 'S'),
    ("t^s", 'ʦ'),
    ("t^ʃ", 'ʧ'),
    ("ɔ^ɪ", 'Y'),
    ("ə^ʊ", 'Q'),
    ("r.", 'ɽ'),
];

/// One word of espeak-ng's in the symbols of Kokoro's vocabulary. Names of languages that it changes to ("(en)"), ties,
/// hyphens and what the voices do not know are left out.
pub(super) fn kokoro(ipa: &str) -> String {
    let mut rest = ipa;
    let mut sounds = String::new();
    while let Some(first) = rest.chars().next() {
        if let Some((_, after)) = rest.strip_prefix('(').and_then(|flag| flag.split_once(')')) {
            rest = after;
        } else if let Some((pair, symbol)) = PAIRS.iter().find(|(pair, _)| rest.starts_with(pair)) {
            sounds.push(*symbol);
            rest = &rest[pair.len()..];
        } else {
            // ASCII characters that are marks in the vocabulary are none here.
            if first != TIE && is_symbol(first) && !first.is_ascii_punctuation() && first != ' ' {
                sounds.push(first);
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    sounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_become_one_symbol_and_others_lose_their_tie() {
        assert_eq!(kokoro("lˈe^ɪt^ʃy"), "lˈAʧy");
        assert_eq!(kokoro("bʊond^ʒˈɔrno"), "bʊonʤˈɔrno");
        assert_eq!(kokoro("nˌɐ̃^ʊ̃"), "nˌɐ̃ʊ̃");
        assert_eq!(kokoro("la-"), "la");
        assert_eq!(kokoro("bˈʌr.aː"), "bˈʌɽaː");
    }

    #[test]
    fn a_change_of_language_is_not_spoken() {
        assert_eq!(kokoro("(en)wˈɜːk(fr)"), "wˈɜːk");
        assert_eq!(kokoro("(no end"), "noend");
    }
}
