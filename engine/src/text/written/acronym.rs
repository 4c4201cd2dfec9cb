//! Acronyms and short forms that the dictionary would say otherwise than people do: "JSON", "IEEE", "the US".
//!
//! All others are left to it: it knows "NASA", "SQL" and "JPEG", and spells "FBI" and "DVDs".

use super::reading::Reading;
use super::view::{View, is_edge, last_word, next_word};

const FORMS: [(&str, &str); 33] = [
    ("JSON", "Jason"),
    ("YAML", "yamel"),
    ("TOML", "tomel"),
    ("IEEE", "I triple E"),
    ("AAA", "triple A"),
    ("SaaS", "sass"),
    ("PaaS", "pass"),
    ("IoT", "I.O.T"),
    ("PhD", "P.H.D"),
    ("PhDs", "P.H.D's"),
    ("MSc", "M.S.C"),
    ("BSc", "B.S.C"),
    ("iOS", "I.O.S"),
    ("iPadOS", "iPad O.S"),
    ("WiFi", "Wi-Fi"),
    ("wifi", "Wi-Fi"),
    ("GitHub", "Git Hub"),
    ("GitLab", "Git Lab"),
    ("YouTube", "You Tube"),
    ("LinkedIn", "Linked In"),
    ("regex", "redgex"),
    ("VMware", "V.M ware"),
    ("MySQL", "My SQL"),
    ("eBay", "E Bay"),
    ("aka", "A.K.A"),
    ("FAQ", "F.A.Q"),
    ("FAQs", "F.A.Q's"),
    ("DIY", "D.I.Y"),
    ("ETA", "E.T.A"),
    ("ASAP", "A.S.A.P"),
    ("FYI", "F.Y.I"),
    ("UI", "U.I"),
    ("UX", "U.X"),
];
/// Words after "IT" that make it information technology.
const TECHNOLOGY: [&str; 22] = [
    "department",
    "support",
    "team",
    "staff",
    "manager",
    "guy",
    "guys",
    "services",
    "service",
    "infrastructure",
    "industry",
    "consultant",
    "security",
    "job",
    "skills",
    "sector",
    "professional",
    "professionals",
    "specialist",
    "company",
    "systems",
    "budget",
];

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    if !view.is_word_start() || !view.first().is_some_and(|c| c.is_ascii_alphabetic()) {
        return None;
    }
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    let word = &text[..end];
    let after = &text[end..];
    if !(2..=8).contains(&word.len()) || !is_edge(after) {
        return None;
    }
    if let Some((_, words)) = FORMS.iter().find(|(form, _)| *form == word) {
        return Some(Reading::new(end, *words));
    }
    let shouted = is_shouted(last_word(view.behind())) || is_shouted(next_word(after));
    let spelled = match word {
        "US" | "WHO" => !shouted && (word == "US" || last_word(view.behind()).eq_ignore_ascii_case("the")),
        "IT" => !shouted && TECHNOLOGY.contains(&next_word(after)),
        _ => false,
    };
    spelled.then(|| Reading::new(end, spell_out(word)))
}

/// A word of capitals that is more than one letter, and no abbreviation of two or three.
fn is_shouted(word: &str) -> bool {
    word.len() > 1
        && word.chars().all(char::is_uppercase)
        && !matches!(word, "US" | "UK" | "EU" | "UN" | "IT" | "NATO" | "USA")
}

fn spell_out(word: &str) -> String {
    word.chars().map(String::from).collect::<Vec<_>>().join(".")
}
