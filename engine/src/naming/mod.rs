//! What voices are called: names by Kokoro's pattern, blends of several, and the name that was meant.
//!
//! Both the rooms that read a text and that speak it must understand a voice's name, and know nothing of each other: what
//! they share is here. Nothing here knows which voices there are.

mod blend;
mod nearest;

pub use blend::{BlendError, BlendPart, MOST_PARTS, VoiceBlend};
pub use nearest::{did_you_mean, nearest};

/// What the beginning of a name says where it is of Kokoro's pattern: the letters of its language and of the speaker's gender,
/// `a` and `f` of `af_heart`. `None` for other names, which users give to voices of their own.
pub(crate) fn pattern(name: &str) -> Option<(char, char)> {
    let mut letters = name.chars();
    let (language, gender, mark) = (letters.next()?, letters.next()?, letters.next()?);
    let is_pattern = language.is_ascii_lowercase() && matches!(gender, 'f' | 'm') && mark == '_';
    (is_pattern && letters.next().is_some()).then_some((language, gender))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_of_the_pattern_or_not() {
        assert_eq!(pattern("af_heart"), Some(('a', 'f')));
        assert_eq!(pattern("qm_x"), Some(('q', 'm')));
        for name in [
            "", "a", "af", "af_", "emma", "ax_heart", "Af_heart", "afheart", "é",
        ] {
            assert_eq!(pattern(name), None, "{name}");
        }
    }
}
