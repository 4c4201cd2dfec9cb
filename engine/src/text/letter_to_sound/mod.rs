//! How a word that is in no dictionary is spoken: by letter-to-sound rules, or spelled.
//!
//! `lexicon` asks here for a word of plain Latin letters and always gets sounds for it. A word that can be
//! pronounced is turned into sounds by the rules of [`rules`]; the vowel that carries the stress is then found by
//! the Latin rule that most English names follow, and the British accent is derived from the American. What cannot be
//! pronounced (no vowel, or too many consonants in a row) is spelled. This never looks into the dictionary.

mod rules;

use super::language::Accent;

const PRIMARY: char = 'ˈ';
const SECONDARY: char = 'ˌ';

/// Whether a word of Latin letters is better spoken than spelled: it has a vowel and no run of five consonants, which
/// no English reader would try. `y` counts as a vowel.
pub(super) fn is_pronounceable(letters: &str) -> bool {
    let mut run = 0;
    let mut vowels = 0;
    for letter in letters.bytes() {
        if is_vowel(letter.to_ascii_lowercase()) {
            vowels += 1;
            run = 0;
        } else {
            run += 1;
            if run > 5 {
                return false;
            }
        }
    }
    vowels > 0
}

/// The sounds of a word of ASCII letters, with its stress, in the symbols of Kokoro's vocabulary. Other characters
/// are skipped. Three and more of a letter in a row count as two, so that "nooooo" is no longer than "noo". Empty only
/// for a word without letters or one that is all silent letters.
pub(super) fn pronounce(word: &str, accent: Accent) -> String {
    let letters = padded(word);
    let mut sounds = String::new();
    let mut at = 1;
    while at + 1 < letters.len() {
        let rule = rules::starting_with(letters[at])
            .iter()
            .find(|rule| fits(rule, &letters, at));
        match rule {
            Some((_, taken, _, sound)) => {
                sounds.push_str(sound);
                at += taken.len();
            }
            None => at += 1,
        }
    }
    let stressed = stress(&sounds);
    match accent {
        Accent::American => stressed,
        Accent::British => british(&stressed),
    }
}

/// The word's letters in lower case between two spaces, which mark its edges for the rules.
fn padded(word: &str) -> Vec<u8> {
    let mut letters = vec![b' '];
    for letter in word
        .bytes()
        .filter(u8::is_ascii_alphabetic)
        .map(|letter| letter.to_ascii_lowercase())
    {
        if !letters.ends_with(&[letter, letter]) {
            letters.push(letter);
        }
    }
    letters.push(b' ');
    letters
}

fn fits((left, taken, right, _): &rules::Rule, letters: &[u8], at: usize) -> bool {
    letters[at..].starts_with(taken.as_bytes())
        && fits_left(left.as_bytes(), &letters[..at])
        && fits_right(right.as_bytes(), &letters[at + taken.len()..])
}

/// Whether `before` ends in what `pattern` describes. Classes take as much as they can and never give back.
fn fits_left(pattern: &[u8], mut before: &[u8]) -> bool {
    for sign in pattern.iter().rev() {
        let run = |class: fn(u8) -> bool| before.iter().rev().take_while(|letter| class(**letter)).count();
        let taken = match sign {
            b'#' => run(is_vowel),
            b':' => {
                before = &before[..before.len() - run(is_consonant)];
                continue;
            }
            b'&' => ends_in_any(before, &[b"ch", b"sh"], b"scgzxj"),
            b'@' => ends_in_any(before, &[b"th", b"ch", b"sh"], b"tsrdlznj"),
            sign => usize::from(before.last().is_some_and(|last| is_of_class(*sign, *last))),
        };
        if taken == 0 {
            return false;
        }
        before = &before[..before.len() - taken];
    }
    true
}

/// Whether `after` begins with what `pattern` describes.
fn fits_right(pattern: &[u8], mut after: &[u8]) -> bool {
    const SUFFIXES: [&[u8]; 6] = [b"ing", b"ely", b"er", b"es", b"ed", b"e"];
    for sign in pattern {
        let run = |class: fn(u8) -> bool| after.iter().take_while(|letter| class(**letter)).count();
        let taken = match sign {
            b'#' => run(is_vowel),
            b':' => {
                after = &after[run(is_consonant)..];
                continue;
            }
            b'%' => SUFFIXES
                .iter()
                .find(|suffix| after.starts_with(suffix))
                .map_or(0, |suffix| suffix.len()),
            sign => usize::from(after.first().is_some_and(|first| is_of_class(*sign, *first))),
        };
        if taken == 0 {
            return false;
        }
        after = &after[taken..];
    }
    true
}

fn ends_in_any(before: &[u8], pairs: &[&[u8; 2]], singles: &[u8]) -> usize {
    if pairs.iter().any(|pair| before.ends_with(*pair)) {
        2
    } else {
        usize::from(before.last().is_some_and(|last| singles.contains(last)))
    }
}

fn is_of_class(sign: u8, letter: u8) -> bool {
    match sign {
        b'^' => is_consonant(letter),
        b'.' => b"bdvgjlmnrwz".contains(&letter),
        b'+' => b"eiy".contains(&letter),
        literal => literal == letter,
    }
}

fn is_vowel(letter: u8) -> bool {
    b"aeiouy".contains(&letter)
}

fn is_consonant(letter: u8) -> bool {
    letter.is_ascii_alphabetic() && !is_vowel(letter)
}

/// Vowels that can carry a stress; ə can too, if a word has no other.
const FULL: &str = "AIOWYiuæɑɔɛɜɪʊʌ";
/// Vowels that make a syllable heavy by themselves.
const LONG: &str = "AIOWYiuɔɜ";
/// Vowels of syllables that are never stressed beside a full one.
const WEAK: &str = "əᵻᵊ";

/// Puts the primary stress where English puts it in most names: on the only full vowel, on the first of two, and in
/// longer words on the last but one if that syllable is heavy (a long vowel and a consonant, or two consonants), else on the
/// third from the end. A word stressed on its third vowel or later gets a secondary stress on its first. Unstressed
/// short vowels before the stress are weakened.
fn stress(sounds: &str) -> String {
    let sounds: Vec<char> = sounds.chars().collect();
    let is_any = |c: &char| FULL.contains(*c) || WEAK.contains(*c);
    let vowels: Vec<usize> = (0..sounds.len()).filter(|i| is_any(&sounds[*i])).collect();
    let Some(main) = stressed_vowel(&sounds, &vowels) else {
        return sounds.into_iter().collect();
    };
    let secondary = (main >= 2 && FULL.contains(sounds[vowels[0]])).then(|| vowels[0]);
    let main = vowels[main];
    let mut out = String::new();
    for (i, &sound) in sounds.iter().enumerate() {
        if i == main {
            out.push(PRIMARY);
        } else if Some(i) == secondary {
            out.push(SECONDARY);
        }
        let weakened = match sound {
            'æ' | 'ʌ' if i != main && i != vowels[0] => 'ə',
            sound => sound,
        };
        out.push(weakened);
    }
    out
}

/// Which of the vowels is stressed, as an index into `vowels`.
fn stressed_vowel(sounds: &[char], vowels: &[usize]) -> Option<usize> {
    let full: Vec<usize> = (0..vowels.len())
        .filter(|i| FULL.contains(sounds[vowels[*i]]))
        .collect();
    let (&first, &last) = match (full.first(), full.last()) {
        (Some(first), Some(last)) => (first, last),
        _ => return if vowels.is_empty() { None } else { Some(0) },
    };
    if first == last || vowels.len() <= 2 {
        return Some(first);
    }
    let penult = vowels.len() - 2;
    let vowel = sounds[vowels[penult]];
    let consonants = vowels[penult + 1] - vowels[penult] - 1;
    let heavy = (LONG.contains(vowel) && consonants >= 1) || (FULL.contains(vowel) && consonants >= 2);
    let wanted = if heavy { penult } else { vowels.len() - 3 };
    // The nearest full vowel at or before the wanted one, or else the first after it.
    full.iter()
        .rev()
        .find(|i| **i <= wanted)
        .or(full.first())
        .copied()
}

/// The British accent from the American: no r unless a vowel follows, long vowels written long, and the vowels of
/// "lot", "goat" and "trap" as Kokoro's British voices know them.
fn british(american: &str) -> String {
    let sounds: Vec<char> = american.chars().collect();
    let is_vowel = |c: char| FULL.contains(c) || WEAK.contains(c);
    let vowel_follows = |from: usize| {
        sounds[from..]
            .iter()
            .find(|c| **c != PRIMARY && **c != SECONDARY)
            .is_some_and(|c| is_vowel(*c))
    };
    let mut out = String::new();
    for (i, &sound) in sounds.iter().enumerate() {
        let before_r = sounds.get(i + 1) == Some(&'ɹ');
        match sound {
            'ɹ' if i > 0 && is_vowel(sounds[i - 1]) && !vowel_follows(i + 1) => {}
            'ɑ' if before_r => out.push_str("ɑː"),
            'ɑ' => out.push('ɒ'),
            'ɔ' => out.push_str("ɔː"),
            'ɜ' => out.push_str("ɜː"),
            'ɛ' if before_r => out.push_str("ɛː"),
            'ɪ' if before_r => out.push_str("ɪə"),
            'ʊ' if before_r => out.push_str("ʊə"),
            'u' => out.push_str("uː"),
            'i' if i + 1 < sounds.len() && !vowel_follows(i + 1) => out.push_str("iː"),
            'O' => out.push('Q'),
            'æ' => out.push('a'),
            'ᵻ' => out.push('ɪ'),
            'T' => out.push('t'),
            sound => out.push(sound),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_without_a_vowel_are_for_spelling() {
        for word in ["xkcd", "qzxwv", "HTML", "b"] {
            assert!(!is_pronounceable(word), "{word}");
        }
        for word in ["Zbigniew", "kubernetes", "by", "Schwartz", "a"] {
            assert!(is_pronounceable(word), "{word}");
        }
    }

    #[test]
    fn plain_words_sound_as_they_should() {
        for (word, expected) in [
            ("cat", "kˈæt"),
            ("make", "mˈAk"),
            ("night", "nˈIt"),
            ("chip", "ʧˈɪp"),
            ("phone", "fˈOn"),
            ("station", "stˈAʃən"),
            ("judge", "ʤˈʌʤ"),
            ("moon", "mˈun"),
        ] {
            assert_eq!(pronounce(word, Accent::American), expected, "{word}");
        }
    }

    #[test]
    fn the_british_accent_drops_r_and_lengthens() {
        assert_eq!(pronounce("farm", Accent::British), "fˈɑːm");
        assert_eq!(pronounce("moon", Accent::British), "mˈuːn");
        assert_eq!(pronounce("phone", Accent::British), "fˈQn");
        assert_eq!(pronounce("cat", Accent::British), "kˈat");
    }

    #[test]
    fn a_drawn_out_letter_is_bounded() {
        assert_eq!(
            pronounce(&"o".repeat(1000), Accent::American),
            pronounce("oo", Accent::American)
        );
    }
}
