//! Stress marks of a word's sound: taken away, made weaker, added.
//!
//! `words` applies what a capital or an ending asks for, `groups` weakens parts of a compound. misaki has a number for
//! each of these; here they have names. A mark stands right before the vowel that it is for, as everywhere in Kokoro.

pub(super) const PRIMARY: char = 'ˈ';
pub(super) const SECONDARY: char = 'ˌ';
/// Everything that can carry stress.
pub(in crate::text) const VOWELS: &str = "AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ";

/// What to do to a sound's stress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::text) enum Stress {
    /// No marks.
    Removed,
    /// If there is a primary stress, it becomes secondary and others go.
    Weaker,
    /// As `Weaker`, and a sound without any mark gets a secondary stress.
    Spelled,
    /// A sound without any mark gets a secondary stress.
    Slight,
    /// A sound without primary stress gets one: secondary ones become it, or the first vowel has it.
    Full,
}

impl Stress {
    pub(in crate::text) fn apply(self, sound: &str) -> String {
        let primary = sound.contains(PRIMARY);
        let unmarked = !primary && !sound.contains(SECONDARY);
        match self {
            Self::Removed => sound.replace([PRIMARY, SECONDARY], ""),
            Self::Weaker | Self::Spelled if primary => sound.replace(SECONDARY, "").replace(PRIMARY, "ˌ"),
            Self::Spelled | Self::Slight if unmarked => mark(sound, SECONDARY),
            Self::Full if unmarked => mark(sound, PRIMARY),
            Self::Full if !primary => sound.replace(SECONDARY, "ˈ"),
            _ => sound.into(),
        }
    }
}

/// Marks the first vowel, if there is one.
fn mark(sound: &str, mark: char) -> String {
    let mut sound = String::from(sound);
    if let Some(at) = sound.find(|c| VOWELS.contains(c)) {
        sound.insert(at, mark);
    }
    sound
}

/// How long a sound is felt to be, by which the weaker part of a compound is found: diphthongs and affricates count twice.
pub(super) fn weight(sound: &str) -> usize {
    sound
        .chars()
        .map(|c| if "AIOQWYʤʧ".contains(c) { 2 } else { 1 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_weakened_and_added() {
        for (stress, sound, expected) in [
            (Stress::Removed, "fˌIvstˈɔɹid", "fIvstɔɹid"),
            (Stress::Weaker, "fˌIvstˈɔɹid", "fIvstˌɔɹid"),
            (Stress::Weaker, "ænd", "ænd"),
            (Stress::Spelled, "jˈuˈɛs", "jˌuˌɛs"),
            (Stress::Slight, "ænd", "ˌænd"),
            (Stress::Slight, "tu", "tˌu"),
            (Stress::Slight, "ˈOvəɹ", "ˈOvəɹ"),
            (Stress::Full, "ˌɪt", "ˈɪt"),
            (Stress::Full, "ɪt", "ˈɪt"),
            (Stress::Full, "s", "s"),
        ] {
            assert_eq!(stress.apply(sound), expected, "{stress:?} {sound}");
        }
    }
}
