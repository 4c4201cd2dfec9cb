//! Words that are written alike and that a part of speech, or the tagger's opinion of it, does not tell apart.
//!
//! Most of them misaki's dictionaries tell apart by tag ("a record", "to record"), and `fixtures/text/heteronyms.txt`
//! holds that. Here is what remains: "read" after an auxiliary that stands further away than the tagger believes, or in
//! the present; "lead" the metal; "bass" the fish; "resume" the paper. `english` asks once a sentence, before words are
//! looked up. A rule speaks only if something in the sentence says so; else the dictionary decides.

use super::tokens::Token;
use crate::text::language::Accent;

/// What goes together with "lead" as a name of the metal.
const BEHIND_LEAD: &str = "\
    acid alloy apron atoms batteries battery bullet bullets compounds contamination content crystal dust \
    exposure glass glaze levels mine mines mining ore oxide paint paints particles pencil pencils pipe \
    pipes plumbing poisoning sheet shielding shot solder smelter toxicity weights";
/// What "lead-" begins as a name of the metal.
const JOINED_TO_LEAD: &str = "\
    acid based coloured colored containing free glazed lined";
/// Words that are not far from "lead" without an article where it is the metal.
const METALS: &str = "\
    alloy ammunition arsenic asbestos batteries battery blood brass bullets cadmium chemical coffin \
    copper drinking gasoline heavy iron made melted melting melts mercury metal metals molten paint \
    petrol pipes poisonous silver soil solder statue tin tons toxic zinc";
/// Words that are not far from "bass" where it is a fish.
const FISHES: &str = "\
    anglers angler bait boat catch caught cod cook cooked eat fillet fish fished fishermen fishing fried \
    grilled hook lake largemouth ocean perch pond river salmon sea smallmouth striped swam trout";
/// Words that say how often, and so of what is not over.
const HABITS: &str = "\
    always daily every generally never normally nowadays often rarely regularly seldom sometimes usually";
/// Words that say when, of what is over.
const PAST: &str = "\
    ago earlier last once previously yesterday";

/// Corrects the tags of a sentence where they would choose the wrong word, and gives the sounds of words for which there
/// is no tag.
pub(super) fn decide(
    text: &str,
    tokens: &[Token],
    tags: &mut [&'static str],
    accent: Accent,
) -> Vec<Option<&'static str>> {
    const WRITTEN_ALIKE: [&str; 4] = ["read", "lead", "bass", "resume"];
    let mut sounds = vec![None; tokens.len()];
    let word = |token: &Token| &text[token.range.clone()];
    let is_one = |token: &Token| {
        WRITTEN_ALIKE
            .iter()
            .any(|one| one.eq_ignore_ascii_case(word(token)))
    };
    if !tokens.iter().any(is_one) {
        return sounds;
    }
    let words: Vec<String> = tokens.iter().map(|token| word(token).to_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    for at in 0..words.len() {
        let sentence = Sentence {
            words: &words,
            tags,
            at,
        };
        match words[at] {
            "read" => {
                if let Some(tag) = sentence.read() {
                    tags[at] = tag;
                }
            }
            "lead" if sentence.is_metal() => sounds[at] = Some("lˈɛd"),
            "bass" if sentence.is_noun() => tags[at] = if sentence.has_any(FISHES) { "NN" } else { "JJ" },
            "resume" if sentence.is_paper() => {
                sounds[at] = Some(match accent {
                    Accent::American => "ɹˈɛzəmˌA",
                    Accent::British => "ɹˈɛzjʊmˌA",
                });
            }
            _ => {}
        }
    }
    sounds
}

/// Whether a word is in a list with spaces between.
fn is_in(word: &str, list: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

/// A word in its sentence.
struct Sentence<'a> {
    words: &'a [&'a str],
    tags: &'a [&'static str],
    at: usize,
}

impl Sentence<'_> {
    fn has_any(&self, wanted: &str) -> bool {
        self.words.iter().any(|word| is_in(word, wanted))
    }

    fn is_noun(&self) -> bool {
        self.tags[self.at].starts_with("NN")
    }

    /// The place of the word before `at`, adverbs and "not" left out.
    fn before(&self, at: usize) -> Option<usize> {
        let is_adverb =
            |at: &usize| self.tags[*at].starts_with("RB") || matches!(self.words[*at], "n't" | "not");
        (0..at).rev().find(|at| !is_adverb(at))
    }

    /// The tag of "read": that of a participle after "have", "has been" and the like, also in a question; that of the
    /// present if somebody does it again and again, and nothing says that it is over. `None` for the tagger's.
    fn read(&self) -> Option<&'static str> {
        let is_perfect = |word: &str| matches!(word, "have" | "has" | "had" | "'ve" | "having");
        let subject = self.before(self.at)?;
        // "You had better read it", "read-only".
        if self.words[self.at - 1] == "better" || self.words.get(self.at + 1) == Some(&"-") {
            return None;
        }
        if is_perfect(self.words[subject]) {
            return Some("VBN");
        }
        let is_person = matches!(self.words[subject], "i" | "you" | "he" | "she" | "we" | "they");
        let asks =
            |at: usize| is_perfect(self.words[at]) && self.before(at).is_none_or(|at| !self.is_clause(at));
        if is_person && self.before(subject).is_some_and(asks) {
            return Some("VBN");
        }
        let is_single = matches!(self.words[subject], "he" | "she" | "it");
        let is_over = self.has_any(PAST)
            || self
                .tags
                .iter()
                .enumerate()
                .any(|(i, tag)| i != self.at && *tag == "VBD");
        let is_present =
            matches!(self.tags[self.at], "VBP" | "VBD") && self.has_any(HABITS) && !is_single && !is_over;
        // "VB" is a tag for which the dictionary has no past.
        is_present.then_some("VB")
    }

    /// Whether a word is the subject of what follows, so that this is no question.
    fn is_clause(&self, at: usize) -> bool {
        self.tags[at].starts_with("NN") || self.tags[at] == "PRP"
    }

    /// Whether "lead" is the metal: by what it is joined to, or if it has no article and there is talk of metals.
    fn is_metal(&self) -> bool {
        let next = self.words.get(self.at + 1).copied().unwrap_or_default();
        let second = self.words.get(self.at + 2).copied().unwrap_or_default();
        if next == "-" && is_in(second, JOINED_TO_LEAD) || is_in(next, BEHIND_LEAD) && !self.is_to() {
            return true;
        }
        let before = self.at.checked_sub(1);
        let is_bare = before.is_none_or(|at| {
            !matches!(self.tags[at], "DT" | "PRP$" | "POS" | "CD" | "MD" | "TO" | "PRP")
                && !self.tags[at].starts_with("JJ")
        });
        let is_name = self.is_noun() || self.tags[self.at].starts_with("JJ");
        is_name && is_bare && self.has_any(METALS)
    }

    /// Whether "to" or an auxiliary is ahead, which makes a verb of it.
    fn is_to(&self) -> bool {
        self.before(self.at)
            .is_some_and(|at| matches!(self.tags[at], "TO" | "MD"))
    }

    /// Whether "resume" is what an applicant sends: a noun with an article or an owner.
    fn is_paper(&self) -> bool {
        let owned =
            |at: usize| matches!(self.tags[at], "DT" | "PRP$" | "POS") || self.tags[at].starts_with("JJ");
        self.is_noun() && self.at.checked_sub(1).is_some_and(owned)
    }
}
