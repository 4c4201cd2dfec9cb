//! Sentences, cut from a text one by one.
//!
//! `reading` pulls them as it needs them, so a text of any length costs nothing ahead of time, and from a text that still
//! grows: a sentence is one when nothing that may follow could change where it ends. A sentence here is what
//! shall be pronounced with knowledge of its own words and nothing else. When in doubt two sentences stay together (a
//! full stop inside is still spoken as one), because a false end is heard and a missed one only costs latency. This
//! never looks at pronunciation and never changes the text.

use std::ops::Range;

use super::chunk::Boundary;
use super::english;

/// A stretch without an end is cut at this many bytes, between clauses or words if there are any: about twice what fits
/// into one chunk, and three times the longest sentence of ordinary prose.
const LONGEST: usize = 1000;

/// A part of the text that is pronounced on its own, and what follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Bytes of the text, without the space around it.
    pub(super) range: Range<usize>,
    pub(super) boundary: Boundary,
}

/// What comes next in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// A sentence, which nothing that may follow can change.
    Sentence(Sentence),
    /// One that begins here and whose end depends on what follows.
    Open(usize),
    /// Nothing but space.
    Nothing,
}

/// The sentence that begins at byte `from` of `text` or behind the space there. More may follow the text, unless it
/// `is_final`.
pub(super) fn find(text: &str, from: usize, is_final: bool) -> Found {
    let rest = &text[from..];
    let start = from + (rest.len() - rest.trim_start().len());
    if start == text.len() {
        return Found::Nothing;
    }
    match end_of(&text[start..], is_final) {
        Some((end, boundary)) => Found::Sentence(Sentence {
            range: start..start + end,
            boundary,
        }),
        None => Found::Open(start),
    }
}

/// Where the sentence ends with which `text` begins, and what follows; `None` if that depends on what comes after the text.
fn end_of(text: &str, is_final: bool) -> Option<(usize, Boundary)> {
    let mut clause = None;
    let mut space = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = at + c.len_utf8();
        if at >= LONGEST {
            return Some(cut(at, clause, space));
        }
        if c.is_whitespace() {
            // Only the first character of a run of space is asked, so that long runs are not walked again and again.
            if !text[..at].ends_with(char::is_whitespace)
                && let Some(boundary) = break_in_space(&text[at..], is_final)?
            {
                return Some((at, boundary));
            }
            space = Some(at);
            if text[..at].ends_with([',', ';', ':', '—', '–', ')', '，', '、', '；', '：']) {
                clause = Some(at);
            }
        } else if is_terminator(c) && chars.peek().is_none_or(|(_, next)| !is_terminator(*next)) {
            let end = after + closers(&text[after..]);
            let rest = &text[end..];
            // Closing quotes may follow, or a letter that goes on, or a new paragraph.
            if !is_final && rest.trim_start().is_empty() {
                return None;
            }
            if ends_sentence(&text[..at], c, rest) {
                return Some((end, boundary_after(rest)));
            }
        }
    }
    is_final.then_some((text.len(), Boundary::End))
}

/// A paragraph or list item that begins after the space at the beginning of `rest`. `None` if nobody can know yet.
fn break_in_space(rest: &str, is_final: bool) -> Option<Option<Boundary>> {
    if !is_final && rest.trim_start().is_empty() {
        return None;
    }
    Some(match boundary_after(rest) {
        Boundary::Sentence if !begins_list_item(rest, is_final)? => None,
        boundary => Some(boundary),
    })
}

/// Ends a sentence that has grown too long by `at`: after its last clause, or else its last word, if that is not
/// too far back, or else right there.
fn cut(at: usize, clause: Option<usize>, space: Option<usize>) -> (usize, Boundary) {
    let far_enough = |end: &usize| *end >= LONGEST / 4;
    if let Some(end) = clause.filter(far_enough) {
        return (end, Boundary::Clause);
    }
    if let Some(end) = space.filter(far_enough) {
        return (end, Boundary::Word);
    }
    (at, Boundary::InsideWord)
}

fn is_terminator(c: char) -> bool {
    matches!(
        c,
        '.' | '!' | '?' | '…' | '‼' | '⁇' | '⁈' | '⁉' | '؟' | '۔' | '।' | '॥'
    ) || is_wide_terminator(c)
}

/// Ends a sentence of Chinese or Japanese, where no space follows.
fn is_wide_terminator(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '｡' | '．')
}

/// The length of the quotes and brackets that close with a sentence.
fn closers(rest: &str) -> usize {
    let is_closer = |c| {
        matches!(
            c,
            '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '}' | '」' | '』' | '）' | '*' | '_'
        )
    };
    rest.len() - rest.trim_start_matches(is_closer).len()
}

/// What the space at the beginning of `rest` stands for.
fn boundary_after(rest: &str) -> Boundary {
    let space = &rest[..rest.len() - rest.trim_start().len()];
    if space.len() == rest.len() {
        Boundary::End
    } else if space.matches('\n').count() > 1 || space.contains('\u{2029}') {
        Boundary::Paragraph
    } else {
        Boundary::Sentence
    }
}

/// Whether a new line begins in the space at the beginning of `rest`, with a bullet or number. `None` if nobody can know yet.
fn begins_list_item(rest: &str, is_final: bool) -> Option<bool> {
    let item = rest.trim_start();
    if !rest[..rest.len() - item.len()].contains('\n') {
        return Some(false);
    }
    let unnumbered = item.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = item.len() - unnumbered.len();
    let marker = if digits == 0 {
        item.strip_prefix(['-', '*', '•', '+'])
    } else if digits <= 3 {
        if unnumbered.is_empty() && !is_final {
            return None;
        }
        unnumbered.strip_prefix(['.', ')'])
    } else {
        None
    };
    match marker {
        Some("") if !is_final => None,
        // At the end of the text it is an item with nothing in it.
        marker => Some(marker.is_some_and(|text| text.is_empty() || text.starts_with(char::is_whitespace))),
    }
}

/// Whether the terminator between `before` and `after` ends a sentence.
fn ends_sentence(before: &str, terminator: char, after: &str) -> bool {
    if after.is_empty() || is_wide_terminator(terminator) {
        return true;
    }
    if !after.starts_with(char::is_whitespace) {
        return false;
    }
    match after.trim_start().chars().next() {
        None => true,
        Some(next) if next.is_lowercase() => false,
        Some(next) if next.is_ascii_digit() && counts(before) => false,
        Some(_) => terminator != '.' || !is_abbreviation(before),
    }
}

/// Whether `before` ends with an abbreviation that a number follows: "vol. 3".
fn counts(before: &str) -> bool {
    const COUNTS: [&str; 14] = [
        "no", "nos", "vol", "vols", "fig", "figs", "ch", "sec", "eq", "art", "para", "p", "ext", "tel",
    ];
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next();
    word.is_some_and(|word| word.len() <= 4 && COUNTS.contains(&word.to_ascii_lowercase().as_str()))
}

/// Whether the full stop after `before` belongs to its last word: a title, an initial, a list's number.
fn is_abbreviation(before: &str) -> bool {
    /// Abbreviations that a name or number follows and that spaCy, whose list `english` has, does not keep.
    const MORE: [&str; 23] = [
        "cf", "Sr", "Hon", "Capt", "Col", "Lt", "Sgt", "No", "Nos", "Fig", "Vol", "pp", "approx", "Ft",
        "Figs", "ext", "Ext", "Apt", "Ch", "Sec", "Eq", "est", "Tel",
    ];
    /// Abbreviations that end a sentence if a capital follows.
    const LAST: [&str; 9] = ["a.m", "p.m", "etc", "Inc", "Co", "Corp", "Ltd", "Jr", "Bros"];
    // A longer last "word" is no abbreviation; looking no further keeps endless words from being walked again.
    let is_edge = |c: char| c.is_whitespace() || matches!(c, '(' | '"' | '“' | '\'' | '’' | '—');
    let mut letters = before.char_indices().rev().take(12);
    let (word, first) = match letters.find(|(_, c)| is_edge(*c)) {
        Some((at, c)) => (&before[at + c.len_utf8()..], false),
        None if before.chars().count() > 12 => return false,
        None => (before, true),
    };
    if !word.is_empty() && word.chars().all(|c| c.is_ascii_digit()) {
        return first;
    }
    if word == "I" || LAST.contains(&word) {
        return false;
    }
    let is_initial = |part: &str| part.chars().count() == 1 && part.chars().all(char::is_alphabetic);
    word.split('.').all(is_initial) || MORE.contains(&word) || english::is_abbreviation(&format!("{word}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All sentences of a text that is complete.
    fn all(text: &str) -> Vec<Sentence> {
        let mut all: Vec<Sentence> = Vec::new();
        loop {
            let from = all.last().map_or(0, |sentence| sentence.range.end);
            match find(text, from, true) {
                Found::Sentence(sentence) => all.push(sentence),
                Found::Nothing => return all,
                Found::Open(at) => panic!("{at} is open in a complete text"),
            }
        }
    }

    fn sentences(text: &str) -> Vec<&str> {
        all(text)
            .into_iter()
            .map(|sentence| &text[sentence.range])
            .collect()
    }

    fn boundaries(text: &str) -> Vec<Boundary> {
        all(text).into_iter().map(|sentence| sentence.boundary).collect()
    }

    #[test]
    fn sentences_end_at_their_marks() {
        assert_eq!(
            sentences("One. Two! Three? Four… Five"),
            ["One.", "Two!", "Three?", "Four…", "Five"]
        );
        assert_eq!(sentences("“Really?!” She left.  \n"), ["“Really?!”", "She left."]);
        assert_eq!(
            sentences("(I know.) And *you?* Yes."),
            ["(I know.)", "And *you?*", "Yes."]
        );
        assert_eq!(sentences("你好。再见！"), ["你好。", "再见！"]);
    }

    #[test]
    fn what_goes_on_stays_together() {
        for text in [
            "Mr. Smith met Dr. J. K. Jones of the U.S. Army.",
            "It was e.g. Monday, cf. No. 5 and Fig. 3.",
            "See vol. 3, fig. 12 and p. 7.",
            "“Really?” he asked.",
            "Wait... what?",
            "Version 3.14 of www.example.com is out.",
            "1. Buy milk",
            "Yahoo! is a name.",
        ] {
            assert_eq!(sentences(text), [text]);
        }
        assert_eq!(
            sentences("It closed at 5 p.m. Nobody knew."),
            ["It closed at 5 p.m.", "Nobody knew."]
        );
        assert_eq!(
            sentences("It was 1999. We danced."),
            ["It was 1999.", "We danced."]
        );
    }

    #[test]
    fn paragraphs_and_list_items_are_boundaries_and_wrapped_lines_are_not() {
        let text = "A title\n\nA line\nand its rest.\n\n\nLast.";
        assert_eq!(sentences(text), ["A title", "A line\nand its rest.", "Last."]);
        assert_eq!(
            boundaries(text),
            [Boundary::Paragraph, Boundary::Paragraph, Boundary::End]
        );
        assert_eq!(sentences("Buy\n-"), ["Buy", "-"]);
        assert_eq!(sentences("Buy\n-\n\n"), ["Buy", "-"]);
        assert_eq!(
            sentences("Buy\n- milk\n* eggs\n2. tea\n-5 or 1.5"),
            ["Buy", "- milk", "* eggs", "2. tea\n-5 or 1.5"]
        );
        assert_eq!(
            boundaries("a. B.\r\n\r\nC.\n"),
            [Boundary::Paragraph, Boundary::End]
        );
    }

    #[test]
    fn an_endless_sentence_is_cut_between_clauses_or_words_or_where_it_must() {
        let clauses = "one two three, ".repeat(200);
        let cut = all(&clauses);
        assert!(cut.len() >= 3, "{} parts", cut.len());
        for part in &cut[..cut.len() - 1] {
            assert_eq!(part.boundary, Boundary::Clause);
            assert!(clauses[part.range.clone()].ends_with(','));
            assert!(part.range.len() <= LONGEST);
        }
        let words = "word ".repeat(1000);
        assert!(
            all(&words)
                .into_iter()
                .all(|part| words[part.range].ends_with("word"))
        );
        let one = "ü".repeat(3000);
        assert_eq!(boundaries(&one)[0], Boundary::InsideWord);
        assert_eq!(
            all(&one).into_iter().map(|part| part.range.len()).sum::<usize>(),
            one.len()
        );
    }

    #[test]
    fn nothing_but_space_has_no_sentence() {
        assert_eq!(sentences(""), [""; 0]);
        assert_eq!(sentences(" \n\n\t "), [""; 0]);
    }

    #[test]
    fn a_sentence_is_open_until_nothing_can_change_its_end() {
        for open in [
            "One",
            "It is 1.",
            "It is 1. ",
            "Dr. ",
            "Really?",
            "Really?!\u{201d}",
            "Wait.",
            "Wait. ",
            "Buy\n",
            "Buy\n-",
            "Buy\n12",
            "Buy\n12.",
            "One two\n\n",
        ] {
            assert_eq!(find(open, 0, false), Found::Open(0), "{open:?}");
            assert!(matches!(find(open, 0, true), Found::Sentence(_)), "{open:?}");
        }
        for (text, first) in [
            ("It is 1. W", "It is 1."),
            ("Really?” S", "Really?”"),
            ("Buy\n- m", "Buy"),
            ("One two\n\nT", "One two"),
            ("你好。再", "你好。"),
        ] {
            let Found::Sentence(sentence) = find(text, 0, false) else {
                panic!("{text:?} has one");
            };
            assert_eq!(&text[sentence.range], first);
        }
        assert_eq!(find(" \n", 0, false), Found::Nothing);
        assert_eq!(find("a  b", 1, false), Found::Open(3));
    }

    proptest! {
        #[test]
        fn what_follows_changes_no_sentence_that_was_found(
            text in "([A-Za-z]{1,4}|[0-9]{1,3}|Dr|e\\.g|[-*•+.,;:!?…”)。]{1,2}|[ \n]{1,2}){0,30}",
            cut in 0..100_usize,
        ) {
            let whole = all(&text);
            let mut end = cut.min(text.len());
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let mut from = 0;
            for sentence in whole {
                match find(&text[..end], from, false) {
                    Found::Sentence(found) => {
                        from = found.range.end;
                        prop_assert_eq!(&found.range, &sentence.range);
                        if sentence.boundary != Boundary::End {
                            prop_assert_eq!(found.boundary, sentence.boundary);
                        }
                    }
                    _ => break,
                }
            }
        }
    }
}
