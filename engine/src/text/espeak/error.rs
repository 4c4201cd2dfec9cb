//! Why espeak-ng cannot be used, and what to do about it.
//!
//! Made by `library` and the front end; `ReadError` holds one for whoever asked for a text to be read.

use crate::text::language::Language;

/// What is wrong with espeak-ng on this system.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EspeakError {
    /// The library cannot be loaded.
    #[error("espeak-ng is not installed ({detail})")]
    Missing {
        /// What the system says.
        detail: String,
    },
    /// A library of that name is there, but it lacks a function.
    #[error("the library of espeak-ng is not one that can be used ({detail})")]
    Unusable {
        /// What the system says.
        detail: String,
    },
    /// The library is there, its data are not.
    #[error("the data of espeak-ng are missing or damaged")]
    NoData,
    /// Its data lack a voice of this language.
    #[error("espeak-ng has no voice for {language}")]
    NoVoice {
        /// The language that was asked for.
        language: Language,
    },
    /// A language that the voices were not trained to speak with espeak-ng's phonemes.
    #[error("{language} is not read through espeak-ng")]
    OtherLanguage {
        /// The language that was asked for.
        language: Language,
    },
}

impl EspeakError {
    /// What the person who sees the error can do, in one sentence.
    pub fn hint(&self) -> String {
        const INSTALL: &str = "install espeak-ng and its data (Debian and Ubuntu: apt install libespeak-ng1 espeak-ng-data; \
                               Fedora: dnf install espeak-ng; macOS: brew install espeak-ng)";
        match self {
            Self::Missing { .. } => format!("{INSTALL}, or give phonemes instead of text (`--phonemes`)"),
            Self::Unusable { .. } => format!("{INSTALL} in version 1.49 or newer"),
            Self::NoData => {
                format!("{INSTALL}, or set ESPEAK_DATA_PATH to the folder that holds espeak-ng-data")
            }
            Self::NoVoice { .. } => {
                "install all the data of espeak-ng (Debian and Ubuntu: apt install espeak-ng-data)".into()
            }
            Self::OtherLanguage { language } => match language {
                Language::AmericanEnglish | Language::BritishEnglish => {
                    "English has a front end of its own, which needs nothing installed".into()
                }
                _ => match needs(*language) {
                    Some(needs) => {
                        format!("{language} would need {needs}; until then give phonemes (`--phonemes`)")
                    }
                    None => "give phonemes instead of text (`--phonemes`)".into(),
                },
            },
        }
    }
}

/// What would have to be there for a language to be read that espeak-ng does not read well enough.
pub(in crate::text) fn needs(language: Language) -> Option<&'static str> {
    match language {
        Language::Japanese => Some(
            "a dictionary that divides Japanese text into words and knows the reading of kanji and the pitch accent (UniDic with \
             MeCab, or Open JTalk's)",
        ),
        Language::MandarinChinese => Some(
            "a dictionary that divides Chinese text into words (jieba's), the pinyin of each with its tones, and rules for tones \
             that change beside others",
        ),
        _ => None,
    }
}
