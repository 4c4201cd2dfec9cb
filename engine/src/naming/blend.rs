//! A voice that is mixed from several: `af_heart:0.7,am_adam:0.3`.
//!
//! Wherever a voice is named, a blend can be. `text` finds its language in it, `voice` its styles; both call the one parser
//! here. Whether there are such voices is not known here.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// So many voices make up a blend at most.
pub const MOST_PARTS: usize = 8;

/// The greatest weight that can be written.
const MOST_WEIGHT: f64 = 1e6;

/// A voice with less of the blend than this cannot be heard in it.
const LEAST_SHARE: f64 = 1e-6;

/// Weights whose sum is as near to one are taken as they are, so that what [`Display`](fmt::Display) writes is read as it was.
const NEARLY_ONE: f64 = 1e-9;

/// One voice or several, each with its share.
///
/// Written as names with weights, or names alone for equal parts; spaces do not count, a voice that is named twice has the sum
/// of both.
///
/// ```
/// use utter::naming::VoiceBlend;
///
/// let blend: VoiceBlend = "af_heart:7, am_adam:3".parse()?;
/// assert_eq!(blend.to_string(), "af_heart:0.7,am_adam:0.3");
/// assert_eq!(blend.heaviest(), "af_heart");
/// assert_eq!("af_heart".parse::<VoiceBlend>()?.parts().len(), 1);
/// # Ok::<(), utter::naming::BlendError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct VoiceBlend {
    /// Never empty, and no name twice.
    parts: Vec<BlendPart>,
}

/// A voice in a blend.
#[derive(Debug, Clone, PartialEq)]
pub struct BlendPart {
    /// The voice's name.
    pub voice: String,
    /// Its share, above 0; those of all parts add up to 1.
    pub weight: f64,
}

impl VoiceBlend {
    /// The voices with their shares, in the order in which they were named first. At least one.
    pub fn parts(&self) -> &[BlendPart] {
        &self.parts
    }

    /// The voice with the greatest share, of equal ones the first: it says in which language the blend reads.
    pub fn heaviest(&self) -> &str {
        let mut heaviest = &self.parts[0];
        for part in &self.parts[1..] {
            if part.weight > heaviest.weight {
                heaviest = part;
            }
        }
        &heaviest.voice
    }
}

impl FromStr for VoiceBlend {
    type Err = BlendError;

    fn from_str(text: &str) -> Result<Self, BlendError> {
        let count = text.split(',').count();
        if count > MOST_PARTS {
            return Err(BlendError::TooMany { count });
        }
        let (mut parts, mut weighted) = (Vec::<BlendPart>::new(), 0);
        for (place, part) in (1..).zip(text.split(',')) {
            let (voice, weight) = match part.split_once(':') {
                Some((voice, weight)) => (voice.trim(), Some(weight.trim())),
                None => (part.trim(), None),
            };
            if voice.is_empty() {
                return Err(BlendError::Nameless { place, count });
            }
            weighted += usize::from(weight.is_some());
            let weight = weight.map_or(Ok(1.0), |weight| read_weight(voice, weight))?;
            match parts.iter_mut().find(|part| part.voice == voice) {
                Some(part) => part.weight += weight,
                None => parts.push(BlendPart {
                    voice: voice.into(),
                    weight,
                }),
            }
        }
        if weighted != 0 && weighted != count {
            return Err(BlendError::SomeWeights);
        }
        let sum: f64 = parts.iter().map(|part| part.weight).sum();
        if (sum - 1.0).abs() > NEARLY_ONE {
            parts.iter_mut().for_each(|part| part.weight /= sum);
        }
        // Alone, it has all of it, however its weight was rounded.
        if let [all] = &mut parts[..] {
            all.weight = 1.0;
        }
        match parts.iter().find(|part| part.weight < LEAST_SHARE) {
            Some(part) => Err(BlendError::Unheard {
                voice: part.voice.clone(),
            }),
            None => Ok(Self { parts }),
        }
    }
}

fn read_weight(voice: &str, text: &str) -> Result<f64, BlendError> {
    match text.parse::<f64>() {
        Ok(weight) if weight > 0.0 && weight <= MOST_WEIGHT => Ok(weight),
        _ => Err(BlendError::Weight {
            voice: voice.into(),
            weight: text.into(),
        }),
    }
}

/// One voice by its name alone, several with their shares: what is read as the same again.
impl fmt::Display for VoiceBlend {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [only] = &self.parts[..] {
            return formatter.write_str(&only.voice);
        }
        for (n, BlendPart { voice, weight }) in self.parts.iter().enumerate() {
            let comma = if n == 0 { "" } else { "," };
            write!(formatter, "{comma}{voice}:{weight}")?;
        }
        Ok(())
    }
}

/// Why something names no voice.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BlendError {
    /// Nothing stands where a voice's name should.
    #[error("{}", nameless(*.place, *.count))]
    Nameless {
        /// Which voice of the blend, from 1.
        place: usize,
        /// How many there are.
        count: usize,
    },
    /// A weight is no number, or not in its range.
    #[error("the weight {weight:?} of {voice} is not a number above 0 and up to {MOST_WEIGHT}")]
    Weight {
        /// The voice.
        voice: String,
        /// What is written as its weight.
        weight: String,
    },
    /// Some voices have a weight, and others none.
    #[error("some voices of the blend have a weight, and some have none")]
    SomeWeights,
    /// A voice has so little weight beside the others that nothing of it would be heard.
    #[error("{voice} is less than a millionth of the blend")]
    Unheard {
        /// The voice.
        voice: String,
    },
    /// More voices than make up a blend.
    #[error("{count} voices in a blend; at most {MOST_PARTS} can be mixed")]
    TooMany {
        /// How many.
        count: usize,
    },
}

impl BlendError {
    /// What the person who named it can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unheard { .. } => "Leave it out, or give it more weight.",
            Self::TooMany { .. } => "Leave out those with the least weight.",
            _ => {
                "Name a voice, as in af_heart; a blend is af_heart:0.7,am_adam:0.3, or af_heart,am_adam for \
                 equal parts."
            }
        }
    }
}

fn nameless(place: usize, count: usize) -> String {
    match count {
        1 => "no voice is named".into(),
        _ => format!("voice {place} of the blend has no name"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn blend(text: &str) -> VoiceBlend {
        text.parse().unwrap()
    }

    fn shares(text: &str) -> Vec<(String, f64)> {
        let parts = blend(text).parts.into_iter();
        parts.map(|part| (part.voice, part.weight)).collect()
    }

    fn expect(text: &str, parts: &[(&str, f64)]) {
        let parts: Vec<_> = parts.iter().map(|&(name, share)| (name.into(), share)).collect();
        assert_eq!(shares(text), parts, "{text}");
    }

    #[test]
    fn a_blend_is_read() {
        expect("af_heart", &[("af_heart", 1.0)]);
        expect(" af_heart : 0.2 ", &[("af_heart", 1.0)]);
        expect("af_heart:0.7,am_adam:0.3", &[("af_heart", 0.7), ("am_adam", 0.3)]);
        expect(
            " af_heart : 7e0 , am_adam:3",
            &[("af_heart", 0.7), ("am_adam", 0.3)],
        );
        expect("a,b", &[("a", 0.5), ("b", 0.5)]);
        expect("a,b,a,b", &[("a", 0.5), ("b", 0.5)]);
        expect("a:1,b:2,a:1", &[("a", 0.5), ("b", 0.5)]);
        expect("a:0.1,a:0.2", &[("a", 1.0)]);
        expect("a b,ü", &[("a b", 0.5), ("ü", 0.5)]);
    }

    #[test]
    fn proportions_are_what_counts() {
        assert_eq!(blend("a:1,b:1"), blend("a:2,b:2"));
        assert_eq!(blend("a:1,b:1"), blend("a,b"));
        assert_ne!(blend("a:1,b:2"), blend("a,b"));
    }

    #[test]
    fn the_heaviest_is_the_first_of_equals() {
        assert_eq!(blend("a:0.3,b:0.7").heaviest(), "b");
        assert_eq!(blend("a,b").heaviest(), "a");
        assert_eq!(blend("a:1,b:1.5,a:1").heaviest(), "a");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = |text: &str| text.parse::<VoiceBlend>().unwrap_err();
        let nameless = |place, count| BlendError::Nameless { place, count };
        assert_eq!(wrong(""), nameless(1, 1));
        assert_eq!(wrong(" :1"), nameless(1, 1));
        assert_eq!(wrong("a,,b"), nameless(2, 3));
        assert_eq!(wrong("a,"), nameless(2, 2));
        for weight in ["0", "-1", "nan", "inf", "", "x", "1:2", "1000001", "1e400", "-0"] {
            let expected = BlendError::Weight {
                voice: "a".into(),
                weight: weight.into(),
            };
            assert_eq!(wrong(&format!("b:1,a:{weight}")), expected);
        }
        assert_eq!(wrong("a:0.7,b"), BlendError::SomeWeights);
        let unheard = wrong("a:1000000,b:0.5");
        assert_eq!(unheard, BlendError::Unheard { voice: "b".into() });
        assert_eq!(wrong(&"a,".repeat(8)), BlendError::TooMany { count: 9 });
        assert_eq!(shares(&["a"; 8].join(",")).len(), 1);
        assert_eq!(wrong("").to_string(), "no voice is named");
        assert_eq!(wrong("a,").to_string(), "voice 2 of the blend has no name");
        let shown = wrong("a:x").to_string();
        assert_eq!(
            shown,
            "the weight \"x\" of a is not a number above 0 and up to 1000000"
        );
    }

    fn written() -> impl Strategy<Value = String> {
        let weight = prop_oneof![
            (1..1000u32).prop_map(f64::from),
            1e-3..1e6f64,
            (1..200u32).prop_map(|n| f64::from(n) / 100.0)
        ];
        let part = ("[a-e]f_[a-z]{1,3} ?", weight).prop_map(|(name, weight)| format!("{name}:{weight}"));
        let name = "[a-z]{1,8}";
        prop_oneof![
            prop::collection::vec(part, 1..=8).prop_map(|parts| parts.join(" ,")),
            prop::collection::vec(name, 1..=8).prop_map(|parts| parts.join(",")),
        ]
    }

    proptest! {
        #[test]
        fn a_blend_is_written_as_it_is_read(text in written()) {
            // Weights drawn so far apart that one would not be heard are refused, and rare.
            if let Ok(blend) = text.parse::<VoiceBlend>() {
                let sum: f64 = blend.parts.iter().map(|part| part.weight).sum();
                prop_assert!((sum - 1.0).abs() <= NEARLY_ONE, "{sum}");
                prop_assert!(blend.parts.iter().all(|part| part.weight >= LEAST_SHARE));
                prop_assert!(blend.parts.iter().any(|part| part.voice == blend.heaviest()));
                prop_assert_eq!(blend.to_string().parse::<VoiceBlend>().unwrap(), blend);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}|[a-b:,. 0-9e+-]{0,30}") {
            match text.parse::<VoiceBlend>() {
                Ok(blend) => prop_assert_eq!(blend.to_string().parse::<VoiceBlend>().unwrap(), blend),
                Err(error) => prop_assert!(!error.to_string().is_empty() && !error.hint().is_empty()),
            }
        }
    }
}
