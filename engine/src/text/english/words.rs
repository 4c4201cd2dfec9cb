//! How a word sounds by the dictionaries: its entry, that of its stem with an ending, or the names of its letters.
//!
//! `groups` and `unknown` ask here. The rules are misaki's `Lexicon`: an entry may depend on the part of speech and on
//! what comes next; a capital adds stress; "-s", "-ed" and "-ing" are added by sound; abbreviations are spelled. What is
//! in no dictionary has no sound here: see `unknown`.

use utter_lexicon::{Dictionary, Entry, Sound};

use super::stress::{SECONDARY, Stress};
use crate::text::language::Accent;
use crate::text::origin::{Found, Origin};

/// Sounds before which American English makes a flap of "t" ("writing").
const BEFORE_FLAP: &str = "AIOWYiuæɑəɛɪɹʊʌ";

/// What is known of what comes next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::text) struct Context {
    /// Whether the next sound is a vowel; `None` before a pause.
    pub(in crate::text) vowel: Option<bool>,
    /// Whether the next word is "to".
    pub(in crate::text) to: bool,
}

/// The dictionaries of one accent.
pub(in crate::text) struct Words {
    gold: Dictionary,
    silver: Dictionary,
    accent: Accent,
}

impl Words {
    pub(super) fn load(accent: Accent) -> Self {
        let (gold, silver) = match accent {
            Accent::American => (Dictionary::american_gold(), Dictionary::american_silver()),
            Accent::British => (Dictionary::british_gold(), Dictionary::british_silver()),
        };
        Self { gold, silver, accent }
    }

    /// The accent of these dictionaries.
    pub(in crate::text) fn accent(&self) -> Accent {
        self.accent
    }

    /// Whether the dictionary that people have checked has exactly this word.
    pub(in crate::text) fn in_gold(&self, word: &str) -> bool {
        self.gold.contains(word)
    }

    /// Whether it has this word, or the word with another first letter.
    pub(in crate::text) fn is_gold(&self, word: &str) -> bool {
        entry(&self.gold, word).is_some()
    }

    /// Every word of the dictionary that people have checked.
    #[cfg(test)]
    pub(in crate::text) fn gold(&self) -> &Dictionary {
        &self.gold
    }

    /// The name of a letter.
    pub(in crate::text) fn letter(&self, letter: char) -> Option<String> {
        let mut bytes = [0; 4];
        let upper = letter.to_ascii_uppercase();
        match self.gold.get(upper.encode_utf8(&mut bytes))? {
            Entry::One(name) => Some(name.to_string()),
            Entry::ByTag(_) => None,
        }
    }

    /// The sound of a word with this tag (an empty one for no part of speech). Without a context, what comes next is not
    /// looked at.
    pub(in crate::text) fn sound(
        &self,
        word: &str,
        tag: &str,
        stress: Option<Stress>,
        context: Option<Context>,
    ) -> Option<Found> {
        if let Some(sound) = self.special(word, tag, stress, context) {
            return Some(sound);
        }
        let lower = word.to_lowercase();
        let word = if self.is_lowered(word, &lower, tag) {
            &lower
        } else {
            word
        };
        if self.is_known(word) {
            return self.look_up(word, tag, stress, context);
        }
        if let Some(owner) = word.strip_suffix('\'') {
            let possessive = owner.strip_suffix('s').map(|owner| format!("{owner}'s"));
            if let Some(possessive) = possessive.filter(|word| self.is_known(word)) {
                return self.look_up(&possessive, tag, stress, context);
            }
            if self.is_known(owner) {
                return self.look_up(owner, tag, stress, context);
            }
        }
        let stemmed = |stem: Option<String>, stress| self.look_up(&stem?, tag, stress, context);
        if let Some(sound) = stemmed(self.stem_of_s(word), stress) {
            return Some(sound.map(|sound| self.append_s(sound)));
        }
        if let Some(sound) = stemmed(self.stem_of_ed(word), stress) {
            return Some(sound.map(|sound| self.append_ed(sound)));
        }
        let sound = stemmed(self.stem_of_ing(word), stress.or(Some(Stress::Slight)))?;
        Some(Found::new(self.append_ing(&sound.sound)?, sound.origin))
    }

    /// Whether a word with capitals is looked up in small letters: it is in no dictionary as it stands, but is then. Short
    /// names are not.
    fn is_lowered(&self, word: &str, lower: &str, tag: &str) -> bool {
        word.len() > 1
            && word != lower
            && word.chars().all(|c| c.is_alphabetic() || c == '\'')
            && (tag != "NNP" || word.chars().count() > 7)
            && (word == word.to_uppercase() || is_small_behind_first(word))
            && !self.has_entry(word)
            && (self.has_entry(lower)
                || self.stem_of_s(lower).is_some()
                || self.stem_of_ed(lower).is_some()
                || self.stem_of_ing(lower).is_some())
    }

    /// Words whose sound depends on more than an entry can say.
    fn special(
        &self,
        word: &str,
        tag: &str,
        stress: Option<Stress>,
        context: Option<Context>,
    ) -> Option<Found> {
        let next = context.unwrap_or_default();
        let is = |words: [&str; 3]| words.contains(&word);
        let spoken = match word {
            "%" => Some("percent"),
            "&" => Some("and"),
            "+" => Some("plus"),
            "@" => Some("at"),
            _ if tag == "IN" && matches!(word.to_ascii_lowercase().as_str(), "vs" | "vs.") => Some("versus"),
            _ => None,
        };
        if let Some(spoken) = spoken {
            return self.look_up(spoken, "", None, context);
        }
        match word {
            "." if tag == "ADD" => return self.look_up("dot", "", Some(Stress::Weaker), context),
            "/" if tag == "ADD" => return self.look_up("slash", "", Some(Stress::Weaker), context),
            _ if is_dotted(word) => return self.spelled_out(word),
            _ => {}
        }
        let noun = tag.starts_with("NN");
        let sound: &str =
            match word {
                "a" | "A" => {
                    if tag == "DT" {
                        "ɐ"
                    } else {
                        "ˈA"
                    }
                }
                _ if is(["am", "Am", "AM"]) => {
                    let stressed = matches!(stress, Some(Stress::Slight | Stress::Full));
                    match () {
                        () if noun => return self.spelled_out(word),
                        () if next.vowel.is_none() || word != "am" || stressed => {
                            return self.look_up("am", "", None, None);
                        }
                        () => "ɐm",
                    }
                }
                "AN" if noun => return self.spelled_out(word),
                _ if is(["an", "An", "AN"]) => "ɐn",
                "I" if tag == "PRP" => "ˌI",
                _ if is(["by", "By", "BY"]) && parent(tag) == "ADV" => "bˈI",
                _ if is(["to", "To", "TO"]) && (word != "TO" || matches!(tag, "TO" | "IN")) => {
                    match next.vowel {
                        None => return self.look_up("to", "", None, None),
                        Some(false) => "tə",
                        Some(true) => "tʊ",
                    }
                }
                _ if is(["in", "In", "IN"]) && (word != "IN" || tag != "NNP") => {
                    let unstressed = next.vowel.is_some() && tag == "IN";
                    if unstressed { "ɪn" } else { "ˈɪn" }
                }
                _ if is(["the", "The", "THE"]) && (word != "THE" || tag == "DT") => {
                    if next.vowel == Some(true) { "ði" } else { "ðə" }
                }
                _ if is(["used", "Used", "USED"]) => {
                    let accustomed = matches!(tag, "VBD" | "JJ") && next.to;
                    let tag = if accustomed { "VBD" } else { "DEFAULT" };
                    return self.look_up("used", tag, None, None);
                }
                _ => return None,
            };
        Some(Found::new(sound, Origin::Rule))
    }

    /// The sound of a word that `is_known`.
    fn look_up(
        &self,
        word: &str,
        tag: &str,
        stress: Option<Stress>,
        context: Option<Context>,
    ) -> Option<Found> {
        let capitals = word == word.to_uppercase() && !self.is_gold(word);
        let name = capitals && tag == "NNP";
        let lower = if capitals {
            word.to_lowercase()
        } else {
            String::new()
        };
        let key = if capitals { &lower } else { word };
        let silver = || entry(&self.silver, key).filter(|_| !name);
        let found = match entry(&self.gold, key) {
            Some(entry) => Some((entry, Origin::Gold)),
            None => silver().map(|entry| (entry, Origin::Silver)),
        };
        let found = found
            .and_then(|(entry, origin)| Some(Found::new(choose(entry, tag, context)?.to_string(), origin)));
        match found {
            Some(found) if !name || found.sound.contains('ˈ') => Some(match stress {
                Some(stress) => found.map(|sound| stress.apply(sound)),
                None => found,
            }),
            found => self.spelled_out(key).or(found),
        }
    }

    fn spelled_out(&self, word: &str) -> Option<Found> {
        let names = self.abbreviation(word)?;
        Some(Found::new(names, Origin::Spelled))
    }

    /// The names of the letters, the last one stressed; `None` if there is none or one has no name.
    fn abbreviation(&self, word: &str) -> Option<String> {
        let letters = word.chars().filter(|c| c.is_alphabetic());
        let names: String = letters.map(|letter| self.letter(letter)).collect::<Option<_>>()?;
        let mut names = Stress::Spelled.apply(&names);
        if let Some(last) = names.rfind(SECONDARY) {
            names.replace_range(last..last + SECONDARY.len_utf8(), "ˈ");
        }
        (!names.is_empty()).then_some(names)
    }

    /// Whether a dictionary has the word, in this case or with its first letter in the other.
    fn has_entry(&self, word: &str) -> bool {
        entry(&self.gold, word)
            .or_else(|| entry(&self.silver, word))
            .is_some()
    }

    /// Whether `look_up` finds a sound: an entry, or an abbreviation to spell.
    fn is_known(&self, word: &str) -> bool {
        if self.has_entry(word) || matches!(word, "%" | "&" | "+" | "@") {
            return true;
        }
        let mut letters = word.chars();
        let spellable = word.len() == 1 || {
            letters.next();
            letters.as_str() == letters.as_str().to_uppercase()
        };
        !word.is_empty() && word.bytes().all(|letter| letter.is_ascii_alphabetic()) && spellable
    }

    fn stem_of_s(&self, word: &str) -> Option<String> {
        let known = |stem: &str| self.is_known(stem).then(|| stem.to_string());
        let stem = word.strip_suffix('s').filter(|_| word.len() >= 3)?;
        let long = word.len() > 4;
        let plain = (!stem.ends_with('s')).then(|| known(stem)).flatten();
        let with_e = stem.strip_suffix('e').filter(|stem| long && !stem.ends_with('i'));
        plain
            .or_else(|| known(stem.strip_suffix('\'').or(with_e)?))
            .or_else(|| known(&format!("{}y", stem.strip_suffix("ie").filter(|_| long)?)))
    }

    fn stem_of_ed(&self, word: &str) -> Option<String> {
        let known = |stem: &str| self.is_known(stem).then(|| stem.to_string());
        let stem = word.strip_suffix('d').filter(|_| word.len() >= 4)?;
        let plain = (!stem.ends_with('d')).then(|| known(stem)).flatten();
        plain.or_else(|| {
            let stem = stem
                .strip_suffix('e')
                .filter(|stem| word.len() > 4 && !stem.ends_with('e'))?;
            known(stem)
        })
    }

    fn stem_of_ing(&self, word: &str) -> Option<String> {
        let known = |stem: &str| self.is_known(stem).then(|| stem.to_string());
        let stem = word.strip_suffix("ing").filter(|_| word.len() >= 5)?;
        let long = word.len() > 5;
        let plain = long.then(|| known(stem)).flatten();
        plain.or_else(|| known(&format!("{stem}e"))).or_else(|| {
            let mut last = stem.chars().rev();
            let (last, before) = (last.next()?, last.next()?);
            let doubled = last == before && "bcdgklmnprstvxz".contains(last) || stem.ends_with("ck");
            known(stem.strip_suffix(last).filter(|_| long && doubled)?)
        })
    }

    /// The sound of a plural or possessive, from that of the word.
    pub(in crate::text) fn append_s(&self, stem: &str) -> String {
        match stem.chars().next_back() {
            None => String::new(),
            Some('p' | 't' | 'k' | 'f' | 'θ') => format!("{stem}s"),
            Some('s' | 'z' | 'ʃ' | 'ʒ' | 'ʧ' | 'ʤ') => format!("{stem}{}z", self.weak_vowel()),
            Some(_) => format!("{stem}z"),
        }
    }

    /// The sound of a past tense, from that of the word.
    pub(super) fn append_ed(&self, stem: &str) -> String {
        let mut before = stem.chars().rev();
        match (before.next(), before.next()) {
            (None, _) => String::new(),
            (Some('p' | 'k' | 'f' | 'θ' | 'ʃ' | 's' | 'ʧ'), _) => format!("{stem}t"),
            (Some('d'), _) => format!("{stem}{}d", self.weak_vowel()),
            (Some('t'), Some(vowel)) if self.accent == Accent::American => {
                match BEFORE_FLAP.contains(vowel) {
                    true => format!("{}ɾᵻd", &stem[..stem.len() - 1]),
                    false => format!("{stem}ᵻd"),
                }
            }
            (Some('t'), _) => format!("{stem}ɪd"),
            (Some(_), _) => format!("{stem}d"),
        }
    }

    /// The sound of a gerund, from that of the word. British words that end in a vowel would need an "r" that is not in
    /// their sound.
    pub(super) fn append_ing(&self, stem: &str) -> Option<String> {
        let mut before = stem.chars().rev();
        match (before.next()?, before.next()) {
            ('ə' | 'ː', _) if self.accent == Accent::British => None,
            ('t', Some(vowel)) if self.accent == Accent::American && BEFORE_FLAP.contains(vowel) => {
                Some(format!("{}ɾɪŋ", &stem[..stem.len() - 1]))
            }
            _ => Some(format!("{stem}ɪŋ")),
        }
    }

    /// The vowel of an ending.
    fn weak_vowel(&self) -> char {
        match self.accent {
            Accent::American => 'ᵻ',
            Accent::British => 'ɪ',
        }
    }
}

/// The entry of a word; of a word in small letters also that of the capitalised word, and the other way round.
fn entry(dictionary: &Dictionary, word: &str) -> Option<Entry> {
    dictionary
        .get(word)
        .or_else(|| dictionary.get(&other_case(word)?))
}

fn other_case(word: &str) -> Option<String> {
    let first = word.chars().next()?;
    let rest = &word[first.len_utf8()..];
    if rest.is_empty() || rest.contains(char::is_uppercase) {
        return None;
    }
    let first: String = if first.is_uppercase() {
        first.to_lowercase().collect()
    } else {
        first.to_uppercase().collect()
    };
    Some(first + rest)
}

/// The sound of an entry for a part of speech. `None` if the word is not spoken as a word then.
fn choose(entry: Entry, tag: &str, context: Option<Context>) -> Option<Sound> {
    let by_tag = match entry {
        Entry::One(sound) => return Some(sound),
        Entry::ByTag(by_tag) => by_tag,
    };
    let pause = context
        .filter(|context| context.vowel.is_none())
        .and_then(|_| by_tag.get("None"));
    let own = || by_tag.get(tag).or_else(|| by_tag.get(parent(tag)));
    pause.or_else(own).or_else(|| by_tag.get("DEFAULT"))?
}

/// The part of speech to which a tag belongs, for those that the dictionaries know by it.
pub(super) fn parent(tag: &str) -> &str {
    match tag {
        _ if tag.starts_with("VB") => "VERB",
        _ if tag.starts_with("NN") => "NOUN",
        _ if tag.starts_with("RB") => "ADV",
        _ if tag.starts_with("JJ") => "ADJ",
        _ => tag,
    }
}

/// Whether this is an abbreviation like "U.S.A." or "a.m": dots inside, and no more than two letters between them.
fn is_dotted(word: &str) -> bool {
    word.trim_matches('.').contains('.')
        && word.chars().all(|c| c == '.' || c.is_alphabetic())
        && word.split('.').all(|letters| letters.len() < 3)
}

fn is_small_behind_first(word: &str) -> bool {
    !word.chars().skip(1).any(char::is_uppercase)
}
