//! Which language a text is read in, and which languages the voices speak.
//!
//! The first letter of a Kokoro voice's name says its language ("af_heart" is American, "bm_george" British); a blend has that
//! of the voice with the most weight. The
//! command and the host find a voice's [`Language`] here; `reader` then says whether it can read it.

use std::fmt;

use crate::naming::{self, VoiceBlend};

/// The nine languages of Kokoro's voices. Text can be read in the two English ones, and in five more through espeak-ng;
/// Japanese and Chinese take phonemes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// American English, voices `a…`.
    AmericanEnglish,
    /// British English, voices `b…`.
    BritishEnglish,
    /// Spanish, voices `e…`.
    Spanish,
    /// French, voices `f…`.
    French,
    /// Hindi, voices `h…`.
    Hindi,
    /// Italian, voices `i…`.
    Italian,
    /// Japanese, voices `j…`.
    Japanese,
    /// Brazilian Portuguese, voices `p…`.
    BrazilianPortuguese,
    /// Mandarin Chinese, voices `z…`.
    MandarinChinese,
}

impl Language {
    /// Every language, in the order of the voices' letters.
    pub const ALL: [Language; 9] = [
        Language::AmericanEnglish,
        Language::BritishEnglish,
        Language::Spanish,
        Language::French,
        Language::Hindi,
        Language::Italian,
        Language::Japanese,
        Language::BrazilianPortuguese,
        Language::MandarinChinese,
    ];

    /// The language of a voice, from the first letter of its name; of a blend that of the part with the most weight, the first of
    /// equals. A name that does not begin as Kokoro's do is of a voice that the user brought, and American English. `None`
    /// for what names no voice, or one that begins with a letter of no language.
    ///
    /// ```
    /// use utter::text::Language;
    /// assert_eq!(Language::of_voice("af_heart"), Some(Language::AmericanEnglish));
    /// assert_eq!(Language::of_voice("zm_yunxi"), Some(Language::MandarinChinese));
    /// assert_eq!(Language::of_voice("af_heart:0.4,bf_emma:0.6"), Some(Language::BritishEnglish));
    /// assert_eq!(Language::of_voice("grandma"), Some(Language::AmericanEnglish));
    /// assert_eq!(Language::of_voice("xf_grandma"), None);
    /// ```
    pub fn of_voice(voice: &str) -> Option<Self> {
        let blend: VoiceBlend = voice.parse().ok()?;
        match naming::pattern(blend.heaviest()) {
            Some((letter, _)) => Self::ALL
                .into_iter()
                .find(|language| language.voice_letter() == letter),
            None => Some(Self::AmericanEnglish),
        }
    }

    /// The letter with which the names of this language's voices begin.
    pub fn voice_letter(self) -> char {
        match self {
            Self::AmericanEnglish => 'a',
            Self::BritishEnglish => 'b',
            Self::Spanish => 'e',
            Self::French => 'f',
            Self::Hindi => 'h',
            Self::Italian => 'i',
            Self::Japanese => 'j',
            Self::BrazilianPortuguese => 'p',
            Self::MandarinChinese => 'z',
        }
    }

    /// The language tag (BCP 47), as in "en-US".
    pub fn tag(self) -> &'static str {
        match self {
            Self::AmericanEnglish => "en-US",
            Self::BritishEnglish => "en-GB",
            Self::Spanish => "es",
            Self::French => "fr",
            Self::Hindi => "hi",
            Self::Italian => "it",
            Self::Japanese => "ja",
            Self::BrazilianPortuguese => "pt-BR",
            Self::MandarinChinese => "zh",
        }
    }

    /// The language that a tag (BCP 47) stands for, by its first part and for English and Portuguese the region: "en-GB" and
    /// "en-AU" are British, other English is American.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let tag = tag.to_ascii_lowercase().replace('_', "-");
        let mut parts = tag.split('-');
        let (language, region) = (parts.next()?, parts.next_back());
        Some(match (language, region) {
            ("en", Some("gb" | "uk" | "ie" | "au" | "nz" | "za" | "in")) => Self::BritishEnglish,
            ("en", _) => Self::AmericanEnglish,
            ("es", _) => Self::Spanish,
            ("fr", _) => Self::French,
            ("hi", _) => Self::Hindi,
            ("it", _) => Self::Italian,
            ("ja", _) => Self::Japanese,
            ("pt", _) => Self::BrazilianPortuguese,
            ("zh" | "cmn", _) => Self::MandarinChinese,
            _ => return None,
        })
    }

    /// Whether text in this language can be read, though perhaps only where espeak-ng is installed and allowed. If not, only
    /// phonemes can be spoken with its voices.
    pub fn has_text_front_end(self) -> bool {
        self.accent().is_some() || self.is_read_by_espeak()
    }

    /// Whether text in this language is read through espeak-ng.
    pub fn is_read_by_espeak(self) -> bool {
        matches!(
            self,
            Self::Spanish | Self::French | Self::Hindi | Self::Italian | Self::BrazilianPortuguese
        )
    }

    /// The accent to read with, for the languages that can be read.
    pub(super) fn accent(self) -> Option<Accent> {
        match self {
            Self::AmericanEnglish => Some(Accent::American),
            Self::BritishEnglish => Some(Accent::British),
            _ => None,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AmericanEnglish => "American English",
            Self::BritishEnglish => "British English",
            Self::Spanish => "Spanish",
            Self::French => "French",
            Self::Hindi => "Hindi",
            Self::Italian => "Italian",
            Self::Japanese => "Japanese",
            Self::BrazilianPortuguese => "Brazilian Portuguese",
            Self::MandarinChinese => "Mandarin Chinese",
        })
    }
}

/// The accent in which English is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accent {
    American,
    British,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_is_found_by_its_voices() {
        for language in Language::ALL {
            let voice = format!("{}f_someone", language.voice_letter());
            assert_eq!(Language::of_voice(&voice), Some(language));
        }
        for none in ["", "qf_someone", "af_heart:x", "af_heart,"] {
            assert_eq!(Language::of_voice(none), None, "{none}");
        }
    }

    #[test]
    fn a_blend_has_the_language_of_its_heaviest_part() {
        let of = |voice: &str| Language::of_voice(voice).unwrap().tag();
        assert_eq!(of("af_heart:0.5,bf_emma:0.5"), "en-US");
        assert_eq!(of("bf_emma, af_heart"), "en-GB");
        assert_eq!(of("af_heart:0.4,bf_emma:0.3,bm_george:0.3"), "en-US");
        assert_eq!(of("af_heart:2,bf_emma:1,bf_emma:1.5"), "en-GB");
    }

    #[test]
    fn names_that_users_give_are_american() {
        for name in ["grandma", "emma", "Af_heart", "jack", "b", "zebra_2"] {
            assert_eq!(
                Language::of_voice(name),
                Some(Language::AmericanEnglish),
                "{name}"
            );
        }
    }

    #[test]
    fn japanese_and_chinese_are_not_read() {
        let unread: Vec<_> = Language::ALL
            .into_iter()
            .filter(|language| !language.has_text_front_end())
            .collect();
        assert_eq!(unread, [Language::Japanese, Language::MandarinChinese]);
    }
}
