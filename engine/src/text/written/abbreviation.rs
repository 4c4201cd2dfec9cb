//! Abbreviations with a full stop that ends no sentence, and some without one: "Dr.", "St.", "No. 5", "approx.", "vs".
//!
//! The full stop is taken away, so that the voice does not come to rest at it, unless the sentence ends there. "Mr.",
//! "Mrs.", "Ms." and initials are left to the dictionary.

use super::reading::Reading;
use super::view::{View, full_stop, is_capitalised, is_edge, is_sentence_end, last_word, next_word};

/// What has to stand around an abbreviation.
#[derive(Clone, Copy, PartialEq)]
enum When {
    /// A full stop.
    Stopped,
    /// Nothing: it is no word.
    Always,
    /// A full stop, and a word with a capital behind it.
    Title,
    /// A full stop, and a number behind it.
    Numbered,
    /// A word with a capital or a number before it, with or without a full stop.
    Named,
    /// A comma before it and a full stop: a state behind its town.
    State,
}
use When::{Always, Named, Numbered, State, Stopped, Title};

const FORMS: &[(&str, &str, When)] = &[
    ("e.g", "for example", Stopped),
    ("E.g", "for example", Stopped),
    ("eg", "for example", Always),
    ("i.e", "that is", Stopped),
    ("I.e", "that is", Stopped),
    ("ie", "that is", Always),
    ("etc", "etc", Stopped),
    ("vs", "versus", Always),
    ("cf", "compare", Stopped),
    ("viz", "namely", Stopped),
    ("approx", "approximately", Always),
    ("Approx", "approximately", Always),
    ("ca", "circa", Stopped),
    ("c", "circa", Numbered),
    ("b", "born", Numbered),
    ("d", "died", Numbered),
    ("et al", "et al", Stopped),
    ("a.k.a", "A.K.A", Stopped),
    ("Dr", "Doctor", Title),
    ("Prof", "Professor", Title),
    ("Gen", "General", Title),
    ("Col", "Colonel", Title),
    ("Sgt", "Sergeant", Title),
    ("Capt", "Captain", Title),
    ("Lt", "Lieutenant", Title),
    ("Cpl", "Corporal", Title),
    ("Maj", "Major", Title),
    ("Cmdr", "Commander", Title),
    ("Gov", "Governor", Title),
    ("Sen", "Senator", Title),
    ("Rep", "Representative", Title),
    ("Rev", "Reverend", Title),
    ("Hon", "Honorable", Title),
    ("Pres", "President", Title),
    ("Messrs", "Messieurs", Title),
    ("Supt", "Superintendent", Title),
    ("Mt", "Mount", Title),
    ("Ft", "Fort", Title),
    ("No", "number", Numbered),
    ("no", "number", Numbered),
    ("Nos", "numbers", Numbered),
    ("nos", "numbers", Numbered),
    ("p", "page", Numbered),
    ("pp", "pages", Always),
    ("ch", "chapter", Numbered),
    ("Ch", "Chapter", Numbered),
    ("chap", "chapter", Numbered),
    ("vol", "volume", Numbered),
    ("Vol", "Volume", Numbered),
    ("vols", "volumes", Numbered),
    ("fig", "figure", Numbered),
    ("Fig", "Figure", Numbered),
    ("figs", "figures", Numbered),
    ("Figs", "Figures", Numbered),
    ("eq", "equation", Numbered),
    ("Eq", "Equation", Numbered),
    ("sec", "section", Numbered),
    ("Sec", "Section", Numbered),
    ("art", "article", Numbered),
    ("Art", "Article", Numbered),
    ("ext", "extension", Numbered),
    ("Ext", "Extension", Numbered),
    ("tel", "telephone", Stopped),
    ("Tel", "Telephone", Stopped),
    ("apt", "apartment", Numbered),
    ("Apt", "Apartment", Numbered),
    ("est", "established", Numbered),
    ("Est", "Established", Numbered),
    ("dept", "department", Stopped),
    ("Dept", "Department", Stopped),
    ("govt", "government", Stopped),
    ("Govt", "Government", Stopped),
    ("univ", "university", Stopped),
    ("Univ", "University", Stopped),
    ("assn", "association", Stopped),
    ("Assn", "Association", Stopped),
    ("misc", "miscellaneous", Stopped),
    ("avg", "average", Always),
    ("min", "minimum", Stopped),
    ("max", "maximum", Stopped),
    ("incl", "including", Stopped),
    ("excl", "excluding", Stopped),
    ("temp", "temperature", Stopped),
    ("tel", "telephone", Stopped),
    ("appt", "appointment", Stopped),
    ("mgr", "manager", Stopped),
    ("asst", "assistant", Stopped),
    ("Asst", "Assistant", Stopped),
    ("orig", "originally", Stopped),
    ("hr", "hour", Stopped),
    ("hrs", "hours", Stopped),
    ("mins", "minutes", Stopped),
    ("yrs", "years", Stopped),
    ("Inc", "Incorporated", Stopped),
    ("Ltd", "Limited", Always),
    ("Co", "Company", Stopped),
    ("Corp", "Corporation", Stopped),
    ("Bros", "Brothers", Stopped),
    ("Jr", "Junior", Always),
    ("Sr", "Senior", Stopped),
    ("Esq", "Esquire", Stopped),
    ("Ave", "Avenue", Named),
    ("Blvd", "Boulevard", Named),
    ("Rd", "Road", Named),
    ("Ln", "Lane", Named),
    ("Pkwy", "Parkway", Named),
    ("Hwy", "Highway", Always),
    ("Sq", "Square", Named),
    ("Pl", "Place", Named),
    ("Mgmt", "Management", Always),
    ("Calif", "California", State),
    ("Mass", "Massachusetts", State),
    ("Fla", "Florida", State),
    ("Conn", "Connecticut", State),
    ("Colo", "Colorado", State),
    ("Ariz", "Arizona", State),
    ("Mich", "Michigan", State),
    ("Minn", "Minnesota", State),
    ("Tenn", "Tennessee", State),
    ("Wis", "Wisconsin", State),
    ("Okla", "Oklahoma", State),
];
/// Words with a capital that are no names, before "St." or at the beginning of a sentence.
const NO_NAMES: [&str; 34] = [
    "In", "The", "At", "On", "To", "From", "Of", "By", "For", "And", "But", "Or", "With", "Near", "Visit",
    "Is", "Was", "When", "While", "After", "Before", "Since", "Mount", "San", "Around", "Into", "Over",
    "Under", "Saint", "Sir", "Lord", "This", "That", "A",
];

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    if !view.is_word_start() || !view.first().is_some_and(char::is_alphabetic) || view.previous() == Some('.')
    {
        return None;
    }
    if let Some(reading) = saint_or_street(view).or_else(|| drive(view)) {
        return Some(reading);
    }
    let fits = |(form, _, when): &&(&str, &str, When)| {
        text.strip_prefix(form)
            .is_some_and(|after| is_edge(after) && stands(after, *when, view))
    };
    let (form, words, _) = FORMS.iter().filter(fits).max_by_key(|(form, _, _)| form.len())?;
    let after = &text[form.len()..];
    Some(Reading::new(form.len() + full_stop(after), *words))
}

/// Whether the abbreviation before `after` may stand here.
fn stands(after: &str, when: When, view: &View<'_>) -> bool {
    let stopped = after.strip_prefix('.');
    let behind_it = stopped.unwrap_or(after);
    // "etc.", at the end, is not changed but for its name; a word like "no" at the end is no abbreviation.
    match when {
        Always => !after.starts_with(['-', '/', '@', '_']) || stopped.is_some(),
        Stopped => {
            stopped.is_some_and(|rest| is_edge(rest) && (!is_sentence_end(rest) || is_plain_at_end(view)))
        }
        Title => {
            stopped.is_some()
                && behind_it.starts_with([' ', '\u{a0}'])
                && is_capitalised(next_word(behind_it))
        }
        Numbered => {
            let next = behind_it.trim_start();
            // "No. I said so."
            let is_word = view.rest().starts_with(['N', 'n']);
            let is_number = next.starts_with(|c: char| c.is_ascii_digit())
                || (!is_word && is_roman(next_word(behind_it)));
            stopped.is_some() && is_number
        }
        Named => {
            let before = last_word(view.behind());
            let is_name = is_capitalised(before) && !NO_NAMES.contains(&before)
                || before.starts_with(|c: char| c.is_ascii_digit());
            is_name && view.behind().ends_with(' ')
        }
        State => stopped.is_some() && view.behind().trim_end().ends_with(','),
    }
}

fn is_roman(word: &str) -> bool {
    !word.is_empty()
        && word
            .chars()
            .all(|c| matches!(c, 'I' | 'V' | 'X' | 'i' | 'v' | 'x'))
}

/// Whether an abbreviation that ends the sentence is one all the same: it is no word of its own.
fn is_plain_at_end(view: &View<'_>) -> bool {
    let text = view.rest();
    [
        "etc", "Inc", "Corp", "Bros", "Co", "dept", "Dept", "govt", "Esq", "Sr", "Calif", "Fla", "Ariz",
        "Mich", "Minn", "Tenn", "hrs", "yrs", "mins", "incl", "et al", "misc",
    ]
    .iter()
    .any(|form| text.strip_prefix(form).is_some_and(is_edge))
}

/// "St. John" and "Main St."
fn saint_or_street(view: &View<'_>) -> Option<Reading> {
    let after = view.rest().strip_prefix("St").filter(|after| is_edge(after))?;
    let length = 2 + full_stop(after);
    let rest = after.strip_prefix('.').unwrap_or(after);
    let behind = view.behind().trim_end();
    let owner = behind.strip_suffix("'s").or_else(|| behind.strip_suffix("’s"));
    let before = last_word(owner.unwrap_or(behind));
    let adjoins = view.behind().ends_with(' ') && !behind.ends_with(['.', ',']);
    let named = adjoins
        && ((is_capitalised(before) && !NO_NAMES.contains(&before))
            || before.starts_with(|c: char| c.is_ascii_digit()));
    let next = next_word(rest);
    let follows_name = rest.starts_with([' ', '\u{a0}', '-'])
        && is_capitalised(rest.trim_start_matches(['-', ' ', '\u{a0}']))
        && !next.is_empty()
        || rest.starts_with('-') && is_capitalised(&rest[1..]);
    if named {
        return Some(Reading::new(length, "Street"));
    }
    follows_name.then(|| Reading::new(length, "Saint"))
}

/// "Mulholland Dr.", which is no doctor.
fn drive(view: &View<'_>) -> Option<Reading> {
    let after = view.rest().strip_prefix("Dr").filter(|after| is_edge(after))?;
    let before = last_word(view.behind());
    let adjoins = view.behind().ends_with(' ') && !view.behind().trim_end().ends_with(['.', ',']);
    let rest = after.strip_prefix('.').unwrap_or(after);
    let follows_name = rest.starts_with([' ', '\u{a0}']) && is_capitalised(next_word(rest));
    if adjoins && is_capitalised(before) && !NO_NAMES.contains(&before) && !follows_name {
        return Some(Reading::new(2 + full_stop(after), "Drive"));
    }
    (follows_name && !after.starts_with('.')).then(|| Reading::new(2, "Doctor"))
}
