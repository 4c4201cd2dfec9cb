//! What can go wrong before a text is read, and what to do about it.
//!
//! Reading itself cannot fail: any text in a language that can be read gives chunks. Callers show the message and the
//! [`hint`](ReadError::hint); the command prints both.

use super::espeak::{EspeakError, needs};
use super::language::Language;
use super::markup::MarkupError;

/// Why a text or a phoneme string cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The voices of this language exist, but there is nothing that turns its text into phonemes yet.
    #[error("text in {language} cannot be read yet: there is no text front end for it")]
    NoTextFrontEnd {
        /// The language that was asked for.
        language: Language,
    },
    /// A phoneme string holds a character that is not in Kokoro's vocabulary.
    #[error("'{}' (U+{:04X}) at character {character} is not a phoneme of the voice", symbol.escape_debug(), u32::from(*symbol))]
    UnknownSymbol {
        /// The character in question.
        symbol: char,
        /// Where it stands: characters before it.
        character: usize,
        /// Where it stands: bytes before it (UTF-8).
        byte: usize,
    },
    /// The language is read through espeak-ng, and nobody has said that it may be loaded.
    #[error("text in {language} is read through espeak-ng, which was not allowed")]
    EspeakNotAllowed {
        /// The language that was asked for.
        language: Language,
    },
    /// The markup in it is wrong.
    #[error(transparent)]
    Markup(#[from] MarkupError),
    /// There are neither words nor silences nor recordings in its markup.
    #[error("there is nothing to be heard in this markup")]
    Silent,
    /// The language is read through espeak-ng, and that cannot be used.
    #[error(transparent)]
    Espeak(#[from] EspeakError),
}

impl ReadError {
    /// What the person who sees the error can do, in one sentence.
    pub fn hint(&self) -> String {
        match self {
            Self::NoTextFrontEnd { language } => {
                let needs =
                    needs(*language).map_or(String::new(), |needs| format!("; text would need {needs}"));
                format!(
                    "give phonemes instead of text (`--phonemes`), which works for every voice, or choose an English voice \
                     (its name begins with a or b); voices of {language} begin with {}{needs}",
                    language.voice_letter()
                )
            }
            Self::EspeakNotAllowed { .. } => {
                "allow it (`Reader::allowing_espeak`, `RuntimeConfig::espeak`): it is loaded where it is \
                                              installed, and its licence is the GPL; or give phonemes"
                    .into()
            }
            Self::Espeak(error) => error.hint(),
            Self::Markup(error) => error.hint(),
            Self::Silent => "put words between its tags, or a break, or a recording".into(),
            Self::UnknownSymbol { symbol, .. } => match lookalike(*symbol) {
                Some(meant) => format!("write {meant} (U+{:04X}) for it", u32::from(meant)),
                None => "use the symbols of misaki, as in həlˈO wˈɜɹld!".into(),
            },
        }
    }
}

/// The symbol that a person most probably meant.
pub(super) fn lookalike(symbol: char) -> Option<char> {
    Some(match symbol {
        'g' => 'ɡ',
        '\'' | '\u{2019}' | '\u{2bc}' => 'ˈ',
        '\u{2018}' => 'ˈ',
        'ɫ' => 'l',
        'ɝ' => 'ɜ',
        'E' => 'ɛ',
        'N' => 'ŋ',
        '-' | '–' => '—',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_what_is_wrong_and_hints_say_what_to_do() {
        let error = ReadError::NoTextFrontEnd {
            language: Language::Japanese,
        };
        assert_eq!(
            error.to_string(),
            "text in Japanese cannot be read yet: there is no text front end for it"
        );
        assert!(error.hint().contains("--phonemes"));
        assert!(error.hint().contains("kanji"), "{}", error.hint());

        let error = ReadError::UnknownSymbol {
            symbol: 'g',
            character: 2,
            byte: 3,
        };
        assert_eq!(
            error.to_string(),
            "'g' (U+0067) at character 2 is not a phoneme of the voice"
        );
        assert_eq!(error.hint(), "write ɡ (U+0261) for it");
    }
}
