//! The tables of `fixtures/text/written/`, and what holds for any text.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use proptest::prelude::*;

use super::super::language::Accent::{self, American, British};
use super::super::language::Language;
use super::super::lexicon::Lexicon;
use super::super::plain::Plain;
use super::{EmojiReading, WrittenOptions, expand};

const SKIPPED: WrittenOptions = WrittenOptions {
    emoji: EmojiReading::Skipped,
};
const NAMED: WrittenOptions = WrittenOptions {
    emoji: EmojiReading::Named,
};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/text/written")
}

fn said(text: &str, accent: Accent, options: &WrittenOptions) -> String {
    expand(&Plain::verbatim(text, 0), accent, options)
        .text()
        .to_string()
}

/// How a text that needs no expanding sounds, without stress, and without spaces, which differ between a word and the
/// same letters spelled.
fn sound(text: &str, accent: Accent) -> String {
    static AMERICAN: OnceLock<Lexicon> = OnceLock::new();
    static BRITISH: OnceLock<Lexicon> = OnceLock::new();
    let lexicon = match accent {
        American => AMERICAN.get_or_init(|| Lexicon::load(Language::AmericanEnglish, false).unwrap()),
        British => BRITISH.get_or_init(|| Lexicon::load(Language::BritishEnglish, false).unwrap()),
    };
    let pieces = lexicon.pronounce(&Plain::verbatim(text, 0));
    let sounds: String = pieces.into_iter().map(|piece| piece.sound).collect();
    sounds.chars().filter(|c| !matches!(c, ' ' | 'ˈ' | 'ˌ')).collect()
}

/// The lines of a table: what is written, and what is said in America and in Britain.
fn lines(table: &Path) -> Vec<[String; 3]> {
    let text = fs::read_to_string(table).expect("the table can be read");
    let cells = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [written, american, british] = match cells[..] {
            [written, american] => [written, american, american],
            [written, american, british] => [written, american, british],
            _ => panic!("{}: not two or three cells: {line:?}", table.display()),
        };
        [written.into(), american.into(), british.into()]
    };
    text.lines().filter(|line| !line.is_empty()).map(cells).collect()
}

#[test]
fn the_tables_are_read_as_people_say_them() {
    let mut failures = Vec::new();
    let (mut tables, mut count) = (0, 0);
    let mut files: Vec<PathBuf> = fs::read_dir(fixtures())
        .expect("the tables are there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt") && !path.ends_with("prose.txt"))
        .collect();
    files.sort();
    for path in files {
        let lines = lines(&path);
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let least = if name == "hard" { 60 } else { 20 };
        assert!(lines.len() >= least, "{name}: {} lines", lines.len());
        let options = if name == "emoji" { NAMED } else { SKIPPED };
        for [written, american, british] in lines {
            for (accent, expected) in [(American, american), (British, british)] {
                count += 1;
                let actual = said(&written, accent, &options);
                // What is left to the dictionary has to sound like the words.
                if actual != expected && sound(&actual, accent) != sound(&expected, accent) {
                    failures.push(format!(
                        "{name} {accent:?}: {written:?}\n  said     {actual:?}\n  expected {expected:?}"
                    ));
                }
            }
        }
        tables += 1;
    }
    assert!(tables >= 25, "{tables} tables");
    assert!(
        failures.is_empty(),
        "{} of {count}:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn prose_is_left_alone() {
    let text = fs::read_to_string(fixtures().join("prose.txt")).expect("the prose can be read");
    let mut count = 0;
    for line in text.lines() {
        count += 1;
        for accent in [American, British] {
            assert_eq!(said(line, accent, &NAMED), line);
        }
    }
    assert!(count >= 100, "{count} sentences");
}

#[test]
fn what_is_words_already_stays_as_it_is() {
    for (text, accent) in [
        (
            "It was the fourth of July twenty twenty four at three forty five p.m today.",
            British,
        ),
        ("one thousand two hundred dollars and fifty cents", American),
        ("john dot doe at example dot com", American),
    ] {
        assert_eq!(said(text, accent, &SKIPPED), text);
    }
}

#[test]
fn every_reading_knows_its_source() {
    let text = "At 3:45 p.m. call 555-1234.";
    let plain = expand(&Plain::verbatim(text, 0), American, &SKIPPED);
    let of = |words: &str| {
        let start = plain.text().find(words).expect("it is said");
        &text[plain.source(start..start + words.len())]
    };
    assert_eq!(
        plain.text(),
        "At three forty five p.m call five five five, one two three four."
    );
    assert_eq!(of("three"), "3:45 p.m.");
    assert_eq!(of("forty five p.m"), "3:45 p.m.");
    assert_eq!(of("five five five"), "555");
    assert_eq!(of("one two"), "1234");
}

/// Ranges never go back, and every letter and digit is read as something or other.
fn check(text: &str, accent: Accent, options: &WrittenOptions) {
    let source = Plain::verbatim(text, 7);
    let plain = expand(&source, accent, options);
    let mut before = 7..7;
    let mut covered = vec![false; text.len()];
    for (at, c) in plain.text().char_indices() {
        let range = plain.source(at..at + c.len_utf8());
        assert!(
            before.start <= range.start && range.start <= range.end,
            "{range:?} after {before:?} in {text:?}"
        );
        assert!(
            before.end <= range.end || range.is_empty(),
            "{range:?} after {before:?} in {text:?}"
        );
        assert!(
            text.get(range.start - 7..range.end - 7).is_some(),
            "{range:?} in {text:?}"
        );
        if c.is_alphanumeric() {
            covered[range.start - 7..range.end - 7].fill(true);
        }
        before = range;
    }
    for (at, c) in text.char_indices() {
        assert!(
            covered[at] || !c.is_alphanumeric(),
            "{c:?} of {text:?} is lost in {:?}",
            plain.text()
        );
    }
}

/// Text made of what written forms are made of.
fn forms() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[0-9]{1,5}",
        "[0-9]{1,3}[.,:/-][0-9]{1,4}",
        "[$£€¥+~#@<>=×÷°%½¼²³′″'\"’–—−&/.:-]{1,2}",
        "(am|pm|a\\.m\\.|km|kg|m|s|in|ft|C|F|K|bn|million|EUR|USD|st|th|x|v|St|Dr|No|p|pp|etc|vs|Jan|May|Mon|IV|VIII|I|X)",
        "(Henry|Chapter|Boeing|www|http://|com|rs|example|the|of|call|US|IT)",
        "[.]{1,2}",
        "[a-zA-Zéα-ω]{1,6}",
        "[😀👍🏽🅰1️⃣🇺🇸]",
        any::<char>().prop_map(String::from),
    ];
    let space = prop_oneof![2 => Just(""), 2 => Just(" "), 1 => Just("\u{a0}"), 1 => Just("\n")];
    prop::collection::vec((piece, space), 0..16).prop_map(|pieces| {
        pieces
            .into_iter()
            .flat_map(|(piece, space)| [piece, space.into()])
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_goes_back(text in forms(), british in any::<bool>(), named in any::<bool>()) {
        check(&text, if british { British } else { American }, if named { &NAMED } else { &SKIPPED });
    }

    #[test]
    fn any_unicode_is_expanded(text in any::<String>()) {
        check(&text, American, &NAMED);
    }

    #[test]
    fn plain_words_are_never_changed(text in "[a-z]{4,9}( [a-z]{4,9}){0,8}[.!?]") {
        // Words that are written forms all the same: there are few of four letters and more.
        prop_assume!(!["approx", "regex", "wifi"].iter().any(|form| text.contains(form)));
        prop_assert_eq!(said(&text, British, &SKIPPED), text);
    }
}

#[test]
fn endless_forms_take_time_in_proportion() {
    for unit in [
        "1",
        "1-",
        "1.",
        "1/",
        "a.",
        "1,000,",
        "https://a.b/",
        "I",
        "@a",
        "A1",
        "½",
        "+",
        "$",
        "😀",
        "1 1/2 ",
    ] {
        check(&unit.repeat(20_000 / unit.len()), American, &NAMED);
    }
}
