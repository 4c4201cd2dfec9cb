//! Roman numerals where they are numbers: "Henry VIII", "Chapter IV", "World War II".
//!
//! What stands before decides: a part of a book or a machine's model has a cardinal, a ruler an ordinal. Letters that are
//! words as well ("I", "MIX", "CD") are numbers only after those.

use super::reading::Reading;
use super::view::{View, is_capitalised, is_edge, last_word, next_word};
use super::words::{cardinal, ordinal};

/// Words that a number follows.
const LABELS: [&str; 48] = [
    "Chapter", "chapter", "Part", "part", "Section", "section", "Book", "book", "Volume", "volume", "Vol",
    "Act", "act", "Scene", "scene", "Article", "article", "Appendix", "appendix", "Phase", "phase", "Stage",
    "stage", "Type", "type", "Class", "class", "Figure", "figure", "Table", "table", "Title", "Level",
    "level", "Grade", "grade", "Tier", "Episode", "episode", "Season", "Mark", "Factor", "War", "Bowl",
    "Fantasy", "Wars", "Step", "Category",
];
/// Names of those who are counted.
const RULERS: [&str; 62] = [
    "Henry",
    "Elizabeth",
    "Louis",
    "Charles",
    "George",
    "William",
    "James",
    "Edward",
    "Richard",
    "Philip",
    "Paul",
    "Pius",
    "Benedict",
    "Leo",
    "Gregory",
    "Innocent",
    "Clement",
    "Catherine",
    "Peter",
    "Nicholas",
    "Alexander",
    "Frederick",
    "Wilhelm",
    "Napoleon",
    "Ivan",
    "Mary",
    "Ramesses",
    "Ramses",
    "Ptolemy",
    "Henri",
    "Carl",
    "Gustav",
    "Haakon",
    "Harald",
    "Olav",
    "Christian",
    "Felipe",
    "Carlos",
    "Umberto",
    "Emmanuel",
    "Leopold",
    "Albert",
    "Rama",
    "Xerxes",
    "Darius",
    "Cyrus",
    "Constantine",
    "Urban",
    "Sixtus",
    "Francis",
    "Maximilian",
    "Otto",
    "Ferdinand",
    "Alfonso",
    "Pedro",
    "Malcolm",
    "Robert",
    "David",
    "Stephen",
    "Harold",
    "Margrethe",
    "Joseph",
];

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let first = view.first()?;
    if !view.is_word_start() || !matches!(first, 'I' | 'V' | 'X' | 'L' | 'C' | 'D' | 'M' | 'i' | 'v' | 'x') {
        return None;
    }
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    let word = &text[..end];
    let after = &text[end..];
    let joined = after
        .strip_prefix(['\'', '’', '.'])
        .is_some_and(|after| after.starts_with(char::is_alphabetic));
    if joined || !is_edge(after) {
        return None;
    }
    let behind = view.behind();
    let before = last_word(behind);
    if first.is_lowercase() {
        let number = value(&word.to_uppercase()).filter(|number| *number < 100)?;
        let page = matches!(before, "p" | "pp" | "page" | "pages") && behind.ends_with(char::is_whitespace);
        let listed = word.len() > 1 && behind.ends_with('(') && after.starts_with(')');
        return (page || listed).then(|| Reading::new(end, cardinal(number, view.accent)));
    }
    let number = value(word)?;
    let adjoins = behind.ends_with(' ') || behind.ends_with('\u{a0}');
    // "George, I think" has a comma, "Part. I" a full stop; "Vol. I" is a label.
    let joined = adjoins && (!behind.trim_end().ends_with(['.', ',']) || before == "Vol");
    if !joined {
        return None;
    }
    if next_word(after).eq_ignore_ascii_case("century") {
        return Some(Reading::new(end, ordinal(number, view.accent)));
    }
    let is_pronoun = word == "I" && !follows_number(after);
    if LABELS.contains(&before) {
        let is_verb = matches!(
            before,
            "act" | "book" | "type" | "table" | "stage" | "level" | "grade" | "phase" | "part" | "figure"
        ) && word == "I";
        // "a Class I railway", whatever follows.
        let named = last_word(behind.trim_end().strip_suffix(before).unwrap_or(""));
        let is_pronoun =
            is_pronoun && !(is_capitalised(before) && matches!(named, "a" | "A" | "the" | "The"));
        return (!is_pronoun && !is_verb).then(|| Reading::new(end, cardinal(number, view.accent)));
    }
    if RULERS.contains(&before) && number < 40 {
        return (!is_pronoun).then(|| Reading::new(end, format!("the {}", ordinal(number, view.accent))));
    }
    let small = word.len() > 1 && word.chars().all(|c| matches!(c, 'I' | 'V' | 'X')) && number < 40;
    if !small
        || !is_capitalised(before)
        || before.chars().count() < 3
        || before.chars().all(char::is_uppercase)
    {
        return None;
    }
    // The third of two names is a person: "William Gates III". Of "IV" and "XX" nobody knows.
    let name = behind.trim_end();
    let name = &name[..name.len() - before.len()];
    let is_person = is_capitalised(last_word(name))
        && name.ends_with(' ')
        && matches!(word, "II" | "III" | "IV")
        && !name.trim_end().ends_with('.');
    let is_person = is_person && !matches!(last_word(name), "The" | "Super" | "Final" | "Star" | "World");
    if is_person {
        return Some(Reading::new(end, format!("the {}", ordinal(number, view.accent))));
    }
    matches!(
        word,
        "II" | "III" | "VII" | "VIII" | "IX" | "XI" | "XII" | "XIII" | "XIV" | "XV" | "XVI"
    )
    .then(|| Reading::new(end, cardinal(number, view.accent)))
}

/// Whether what follows an "I" shows that it was a number and not the speaker.
fn follows_number(after: &str) -> bool {
    let next = next_word(after);
    after.is_empty()
        || after.starts_with(|c: char| !c.is_whitespace() && c != '\'' && c != '’')
        || is_capitalised(next)
        || matches!(
            next,
            "of" | "and"
                | "is"
                | "in"
                | "to"
                | "from"
                | "for"
                | "ruled"
                | "reigned"
                | "became"
                | "died"
                | "ended"
                | "began"
                | "covers"
                | "describes"
                | "by"
                | "on"
                | "at"
                | ""
        )
        || after.trim_start().starts_with(['(', '–', '—', '-', ':'])
}

/// The value of a Roman numeral in its usual form.
fn value(numeral: &str) -> Option<u64> {
    const SIGNS: [(&str, u64); 13] = [
        ("M", 1000),
        ("CM", 900),
        ("D", 500),
        ("CD", 400),
        ("C", 100),
        ("XC", 90),
        ("L", 50),
        ("XL", 40),
        ("X", 10),
        ("IX", 9),
        ("V", 5),
        ("IV", 4),
        ("I", 1),
    ];
    if numeral.len() > 15 {
        return None;
    }
    let (mut rest, mut value) = (numeral, 0);
    for (sign, worth) in SIGNS {
        let most = if sign.len() == 1 && matches!(worth, 1 | 10 | 100 | 1000) {
            3
        } else {
            1
        };
        for _ in 0..most {
            if let Some(after) = rest.strip_prefix(sign) {
                (rest, value) = (after, value + worth);
            }
        }
    }
    (rest.is_empty() && value > 0 && written(value, &SIGNS) == numeral).then_some(value)
}

fn written(mut value: u64, signs: &[(&str, u64)]) -> String {
    let mut numeral = String::new();
    for (sign, worth) in signs {
        while value >= *worth {
            numeral.push_str(sign);
            value -= worth;
        }
    }
    numeral
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_usual_form_is_a_numeral() {
        assert_eq!(value("MCMXCIX"), Some(1999));
        assert_eq!(value("XIV"), Some(14));
        for wrong in ["IIII", "IC", "VX", "MIX2", "", "IVI", "XXXX"] {
            assert_eq!(value(wrong), None, "{wrong}");
        }
    }
}
