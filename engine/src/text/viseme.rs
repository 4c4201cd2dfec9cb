//! The shapes of a mouth that speaks: which visemes show a phoneme, in two sets that faces are drawn for.
//!
//! Microsoft's has 22, of SAPI's `SPVISEMES`, which Azure counts in the same way: ids 0 to 21, 0 is silence, and diphthongs
//! have shapes of their own. Where both differ, in θ, it is SAPI's. The other is that of Oculus LipSync: 15, after MPEG-4,
//! which viseme targets of avatars are named after. What either says is about English; for the other sounds that Kokoro has it
//! is the shape of the nearest English one, by where and how it is made. Asked by whoever makes marks; knows nothing of time.

/// A set of visemes. An id is an index into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VisemeSet {
    /// The 22 of SAPI and of Azure.
    Microsoft,
    /// The 15 of Oculus LipSync.
    Oculus,
}

/// What the Oculus set calls its visemes, in their order.
const OCULUS: [&str; 15] = [
    "sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou",
];

impl VisemeSet {
    /// The id of silence, in either set.
    pub const SILENCE: u8 = 0;

    /// The visemes that show a phoneme, one after the other: one, for a diphthong two in the Oculus set; none if the symbol
    /// is no sound, such as a mark, a stress or a length.
    pub fn of(self, symbol: char) -> &'static [u8] {
        match self {
            Self::Microsoft => microsoft(symbol),
            Self::Oculus => oculus(symbol),
        }
    }

    /// How many visemes the set has.
    pub fn count(self) -> usize {
        match self {
            Self::Microsoft => 22,
            Self::Oculus => OCULUS.len(),
        }
    }

    /// What the set calls a viseme, if it gives names.
    pub fn name(self, id: u8) -> Option<&'static str> {
        match self {
            Self::Microsoft => None,
            Self::Oculus => OCULUS.get(usize::from(id)).copied(),
        }
    }
}

fn microsoft(symbol: char) -> &'static [u8] {
    match symbol {
        'æ' | 'ə' | 'ʌ' | 'ɐ' | 'ᵊ' => &[1],
        'ɑ' | 'a' | 'ɒ' => &[2],
        'ɔ' => &[3],
        'ɛ' | 'e' | 'ʊ' | 'A' | 'ø' | 'œ' | 'ɤ' => &[4],
        'ɜ' | 'ɚ' => &[5],
        'j' | 'i' | 'ɪ' | 'ɨ' | 'ᵻ' | 'ɥ' | 'ʝ' | 'y' | 'ʎ' => &[6],
        'w' | 'u' | 'ɯ' | 'ɰ' => &[7],
        'o' | 'O' | 'Q' => &[8],
        'W' => &[9],
        'Y' => &[10],
        'I' => &[11],
        'h' => &[12],
        'ɹ' | 'ɻ' | 'r' | 'ɽ' => &[13],
        'l' => &[14],
        's' | 'z' | 'ʦ' | 'ʣ' => &[15],
        'ʃ' | 'ʒ' | 'ʧ' | 'ʤ' | 'ɕ' | 'ʥ' | 'ʨ' | 'ʂ' | 'ꭧ' | 'S' | 'ç' => &[16],
        'θ' | 'ð' => &[17],
        'f' | 'v' | 'ʋ' => &[18],
        't' | 'd' | 'n' | 'ɾ' | 'T' | 'ɖ' | 'ʈ' | 'ɳ' | 'ɲ' => &[19],
        'k' | 'ɡ' | 'ŋ' | 'c' | 'ɟ' | 'q' | 'x' | 'ɣ' | 'χ' | 'ʁ' | 'ɴ' | 'ʔ' => &[20],
        'p' | 'b' | 'm' | 'β' | 'ɸ' => &[21],
        _ => &[],
    }
}

fn oculus(symbol: char) -> &'static [u8] {
    const PP: u8 = 1;
    const FF: u8 = 2;
    const TH: u8 = 3;
    const DD: u8 = 4;
    const KK: u8 = 5;
    const CH: u8 = 6;
    const SS: u8 = 7;
    const NN: u8 = 8;
    const RR: u8 = 9;
    const AA: u8 = 10;
    const E: u8 = 11;
    const IH: u8 = 12;
    const OH: u8 = 13;
    const OU: u8 = 14;
    match symbol {
        'p' | 'b' | 'm' | 'β' | 'ɸ' => &[PP],
        'f' | 'v' | 'ʋ' => &[FF],
        'θ' | 'ð' => &[TH],
        't' | 'd' | 'ɾ' | 'T' | 'ɖ' | 'ʈ' => &[DD],
        'k' | 'ɡ' | 'ŋ' | 'c' | 'ɟ' | 'q' | 'x' | 'ɣ' | 'χ' | 'ʁ' | 'ɴ' | 'ʔ' | 'h' => &[KK],
        'ʃ' | 'ʒ' | 'ʧ' | 'ʤ' | 'ɕ' | 'ʥ' | 'ʨ' | 'ʂ' | 'ꭧ' | 'S' | 'ç' => &[CH],
        's' | 'z' | 'ʦ' | 'ʣ' => &[SS],
        'n' | 'l' | 'ɳ' | 'ɲ' | 'ʎ' => &[NN],
        'ɹ' | 'ɻ' | 'r' | 'ɽ' | 'ɜ' | 'ɚ' => &[RR],
        'ɑ' | 'a' | 'æ' | 'ʌ' | 'ɐ' => &[AA],
        'ɛ' | 'e' | 'ə' | 'ᵊ' | 'ø' | 'œ' => &[E],
        'ɪ' | 'i' | 'ɨ' | 'ᵻ' | 'j' | 'ʝ' | 'y' | 'ɥ' => &[IH],
        'ɔ' | 'o' | 'ɒ' | 'ɤ' => &[OH],
        'ʊ' | 'u' | 'w' | 'ɯ' | 'ɰ' => &[OU],
        // eɪ, aɪ, oʊ, əʊ, aʊ, ɔɪ
        'A' => &[E, IH],
        'I' => &[AA, IH],
        'O' => &[OH, OU],
        'Q' => &[E, OU],
        'W' => &[AA, OU],
        'Y' => &[OH, IH],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SYMBOLS;

    /// Punctuation, stress, length, and what changes the sound beside it or its tone.
    const NO_SOUNDS: &str = " !\"(),.:;?—“”…ˈˌːʰʲᵝ\u{303}→↓↗↘";

    #[test]
    fn every_sound_has_a_shape_in_both_sets_and_nothing_else_has() {
        for symbol in SYMBOLS {
            let is_sound = !NO_SOUNDS.contains(symbol);
            for set in [VisemeSet::Microsoft, VisemeSet::Oculus] {
                let shapes = set.of(symbol);
                assert_eq!(!shapes.is_empty(), is_sound, "{symbol} in {set:?}");
                assert!(
                    shapes
                        .iter()
                        .all(|id| (1..set.count()).contains(&usize::from(*id))),
                    "{symbol} in {set:?}"
                );
            }
        }
    }

    #[test]
    fn every_shape_is_that_of_a_sound() {
        for set in [VisemeSet::Microsoft, VisemeSet::Oculus] {
            for id in 1..set.count() as u8 {
                let is_its = |symbol: &char| set.of(*symbol).contains(&id);
                assert!(SYMBOLS.iter().any(is_its), "{id} of {set:?}");
            }
        }
        assert_eq!(VisemeSet::Oculus.name(14), Some("ou"));
        assert_eq!(VisemeSet::Oculus.name(15), None);
    }

    /// The examples of SAPI, as its phonemes are written here.
    #[test]
    fn english_has_the_shapes_that_sapi_says() {
        let of = [
            "æəʌ", "ɑ", "ɔ", "Aɛʊ", "ɜ", "jiɪᵻ", "wu", "O", "W", "Y", "I", "h", "ɹ", "l", "sz", "ʃʧʤʒ", "θð",
            "fv", "dtn", "kɡŋ", "pbm",
        ];
        for (id, symbols) in (1_u8..).zip(of) {
            for symbol in symbols.chars() {
                assert_eq!(VisemeSet::Microsoft.of(symbol), [id], "{symbol}");
            }
        }
    }

    #[test]
    fn diphthongs_are_two_shapes_where_there_is_none_for_them() {
        let names = |symbol| {
            let shapes = VisemeSet::Oculus.of(symbol).iter();
            shapes
                .map(|id| VisemeSet::Oculus.name(*id).unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(names('I'), ["aa", "ih"]);
        assert_eq!(names('W'), ["aa", "ou"]);
        assert_eq!(names('ɛ'), ["E"]);
        assert_eq!(VisemeSet::Microsoft.of('I'), [11]);
    }
}
