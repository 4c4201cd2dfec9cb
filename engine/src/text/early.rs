//! Where a sentence that is not complete yet can be cut, so that it is heard before its end is written.
//!
//! `reading` asks when somebody waits for sound and the text still grows. What it cuts off is pronounced without the rest of
//! the sentence, so it must be a whole clause, and nothing that may follow may change how it is read: no cut inside of a
//! number ("1,000"), a date ("May 5, 2024") or a name ("Smith, Jr."; "Washington, D.C."). A sentence that is complete is
//! cut by `split`, which knows its sounds.

/// Fewer letters and digits than this are no clause to begin with: "Well," waits for what follows.
const SHORTEST: usize = 8;

/// What stands behind a comma and belongs to the name before it.
const BEHIND_NAMES: [&str; 16] = [
    "Jr", "Sr", "Esq", "Inc", "Ltd", "LLC", "Co", "Corp", "PhD", "MD", "II", "III", "IV", "DC", "USA", "UK",
];

/// Whether a word, with or without full stops, belongs to the name before the comma that it stands behind.
pub(super) fn is_behind_names(word: &str) -> bool {
    let word = word.replace('.', "");
    BEHIND_NAMES.contains(&word.as_str())
}

/// The end of the last clause of `sentence` that is no longer than `most` letters and digits, or else of the first; `None` if
/// there is none that is certain. What follows it is not space only.
pub(super) fn clause_end(sentence: &str, most: usize) -> Option<usize> {
    let mut best = None;
    let mut letters = 0;
    for (at, c) in sentence.char_indices() {
        letters += usize::from(c.is_alphanumeric());
        if letters < SHORTEST || !is_clause_mark(c) {
            continue;
        }
        let end = at + c.len_utf8();
        if is_certain(&sentence[..at], c, &sentence[end..]) {
            if letters > most {
                return best.or(Some(end));
            }
            best = Some(end);
        }
    }
    best
}

fn is_clause_mark(c: char) -> bool {
    matches!(c, ',' | ';' | ':' | '—' | '–' | '，' | '；' | '：' | '、')
}

/// Whether a clause ends with `mark`, whatever may follow `after`.
fn is_certain(before: &str, mark: char, after: &str) -> bool {
    let is_wide = matches!(mark, '，' | '；' | '：' | '、');
    let next = after.trim_start();
    let Some(first) = next.chars().next() else {
        return false;
    };
    if !is_wide && !after.starts_with(char::is_whitespace) {
        return false;
    }
    if mark != ',' {
        return first.is_alphanumeric();
    }
    // "5, 2024", "1, 2, 3": numbers are read together.
    if first.is_numeric() {
        return !before.ends_with(|c: char| c.is_alphanumeric() && c.is_numeric());
    }
    if first.is_lowercase() {
        return true;
    }
    // A word is known when something follows it.
    let end = next.find(|c: char| !c.is_alphanumeric() && c != '.');
    end.is_some_and(|end| {
        let word = &next[..end];
        word.contains(char::is_alphanumeric) && !is_behind_names(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_ends_at_its_mark_once_something_follows() {
        for (sentence, clause) in [
            ("When the sun came up, the whole", "When the sun came up,"),
            ("Here is what we know: the", "Here is what we know:"),
            ("It was late; nobody", "It was late;"),
            ("He left early — nobody", "He left early —"),
            ("Yes, of course I will, my friend", "Yes, of course I will,"),
            ("In Paris and London, Anna was", "In Paris and London,"),
            ("Tell me about it, 3 times", "Tell me about it,"),
            ("昨天我们去了公园玩，然", "昨天我们去了公园玩，"),
        ] {
            assert_eq!(clause_end(sentence, 60), Some(clause.len()), "{sentence}");
            assert_eq!(clause_end(clause, 60), None, "more may follow {clause}");
        }
    }

    #[test]
    fn nothing_is_cut_inside_of_what_belongs_together() {
        for sentence in [
            "Well, I",
            "It cost about 1,000 dollars",
            "It was on May 5, 2024 that",
            "Mr. Sammy Davis, Jr. was",
            "We flew to Washington, D.C. and",
            "We flew to Washington, D",
            "The ratio was about 16:9 and",
            "See https://example.com/a,b and",
            "The meeting is at 12:30 and",
            "one two three four",
        ] {
            assert_eq!(clause_end(sentence, 60), None, "{sentence}");
        }
    }

    #[test]
    fn the_last_clause_that_is_short_enough_is_taken_or_else_the_first() {
        let sentence = "one two three, four five six, seven eight nine, ten eleven";
        let end = |most| &sentence[..clause_end(sentence, most).unwrap()];
        assert_eq!(end(30), "one two three, four five six,");
        assert_eq!(end(60), "one two three, four five six, seven eight nine,");
        assert_eq!(end(5), "one two three,");
    }
}
