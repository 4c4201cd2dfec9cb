//! What must hold for any text at all: made-up texts, and the seed corpus of the fuzz targets.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use proptest::prelude::*;
use utter::text::Language::{AmericanEnglish, BritishEnglish};
use utter::text::{Chunk, Language, Limits, ReadOptions, Reader, SYMBOLS, Wish, invariants, is_symbol};

fn reader() -> &'static Arc<Reader> {
    static READER: OnceLock<Arc<Reader>> = OnceLock::new();
    READER.get_or_init(Arc::default)
}

fn language() -> impl Strategy<Value = Language> {
    prop_oneof![Just(AmericanEnglish), Just(BritishEnglish)]
}

/// Limits from the usual to the absurd, which must be brought into range.
fn limits() -> impl Strategy<Value = Limits> {
    let tokens = || prop_oneof![Just(510), 0..60_usize, Just(usize::MAX)];
    (tokens(), tokens()).prop_map(|(max_tokens, min_tokens)| Limits {
        max_tokens,
        min_tokens,
    })
}

fn wish() -> impl Strategy<Value = Wish> {
    (0..60_usize, any::<bool>()).prop_map(|(tokens, soon)| Wish { tokens, soon })
}

/// Texts made of what texts are made of, and of what should not be in one.
fn mixed() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        "[a-zA-Z]{1,12}",
        "[a-z]{1,6}(ing|ed|s|'s|s'|ies)",
        "[A-Z]{2,6}s?",
        "[0-9]{1,24}(st|nd|th|s|%)?",
        "[$£€+-]?[0-9]{1,4}[.,:/][0-9]{1,4}([.,][0-9]{1,3})?",
        "[.,;:!?…—–-]{1,4}",
        "[\"'“”‘’«»()\\[\\]{}<>]{1,3}",
        "\\[[a-z ]{1,8}\\]\\([/#+-]?[a-zˈ0-9.]{0,5}[/#]?\\)",
        "[À-žА-яα-ω一-丁あ-んא-תا-يऀ-हก-ฮ가-갂]{1,6}",
        "[éöüñ]{0,2}[a-z]{0,3}(ing|éing|s|éd)",
        "[ \t\n\r\u{a0}\u{2028}\u{2029}\u{200b}]{1,3}",
        "[\u{0}-\u{1f}\u{7f}-\u{9f}\u{300}-\u{30f}\u{ad}\u{200d}\u{feff}\u{e000}\u{fffd}]{1,2}",
        "[😀-😎🚀👍🏽#*_~`|^=\\\\/&@%°²½Ⅷ①٣]{1,2}",
        "(\\*\\*|__|`|~~|```\n|\n#{1,3} |\n- |\n[0-9]\\. |\n> |<!-- ?| ?-->|<br>)",
        any::<char>().prop_map(String::from),
    ];
    let space = prop_oneof![3 => Just(" "), 1 => Just(""), 1 => Just(". "), 1 => Just("\n\n")];
    prop::collection::vec((token, space), 0..24).prop_map(|parts| {
        parts
            .into_iter()
            .flat_map(|(token, space)| [token, space.to_string()])
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in mixed(), language in language(), limits in limits()) {
        invariants::check_text(reader(), &text, language, limits);
    }

    #[test]
    fn any_text_is_read_in_pieces_as_at_once(
        text in mixed(),
        language in language(),
        lengths in prop::collection::vec(1..12_usize, 0..6),
        wishes in prop::collection::vec(wish(), 0..4),
    ) {
        invariants::check_stream(reader(), &text, language, &lengths, &wishes);
    }

    #[test]
    fn any_unicode_is_read(text in any::<String>(), language in language()) {
        invariants::check_text(reader(), &text, language, Limits::default());
    }

    #[test]
    fn any_string_of_symbols_is_spoken_as_it_is(symbols in prop::collection::vec(0..SYMBOLS.len(), 0..1500)) {
        let text: String = symbols.into_iter().map(|index| SYMBOLS[index]).collect();
        invariants::check_phonemes(reader(), &text);
    }

    #[test]
    fn any_other_string_of_phonemes_is_refused_where_it_is_wrong(text in any::<String>()) {
        invariants::check_phonemes(reader(), &text);
    }

}

proptest! {
    // Each case reads several texts.
    #![proptest_config(ProptestConfig { cases: 50, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_paragraph_sounds_the_same_alone_and_in_a_text(first in mixed(), second in mixed()) {
        let (first, second) = (first.trim(), second.trim());
        let text = format!("{first}\n\n{second}");
        let options = ReadOptions::verbatim();
        let read = |text: &str| reader().read_as(text, AmericanEnglish, &options).unwrap().collect::<Vec<Chunk>>();
        let symbols = |chunks: Vec<Chunk>| chunks.iter().map(Chunk::symbols).collect::<Vec<_>>();
        let apart = [symbols(read(first)), symbols(read(second))].concat();
        prop_assert_eq!(symbols(read(&text)), apart);
    }

    #[test]
    fn chunks_are_the_same_one_by_one(text in mixed()) {
        let eager: Vec<Chunk> = reader().read(&text, AmericanEnglish).unwrap().collect();
        for (i, chunk) in eager.iter().enumerate() {
            let lazy = reader().read(&text, AmericanEnglish).unwrap().nth(i);
            prop_assert_eq!(lazy.as_ref(), Some(chunk));
        }
    }
}

/// The repository's file or directory.
fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(in_repository("fuzz/corpus").join(target)).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

#[test]
fn the_seeds_of_the_fuzz_targets_hold() {
    let texts = corpus("text_reader");
    assert!(texts.len() >= 20, "{} seeds", texts.len());
    for (path, seed) in texts {
        println!("{}", path.display());
        invariants::fuzz_text(reader(), &seed);
    }
    for (path, seed) in corpus("phoneme_input") {
        println!("{}", path.display());
        invariants::fuzz_phonemes(reader(), &seed);
    }
}

#[test]
fn the_symbols_are_those_of_the_voice() {
    let json = fs::read_to_string(in_repository("fixtures/text/vocab.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let vocabulary = json["vocab"].as_object().unwrap();
    assert_eq!(vocabulary.len(), SYMBOLS.len());
    for symbol in vocabulary.keys() {
        assert!(symbol.chars().all(is_symbol), "{symbol:?}");
    }
}

/// Texts without a sentence, a word or an end: defined, and cheap enough for an ordinary test. What is quadratic in the
/// length of the text, or cubic in that of a run, would take hours here.
#[test]
fn endless_texts_are_read() {
    let repeated = |unit: &str, length: usize| unit.repeat(length / unit.len());
    for unit in ["a", "w", "é", "(", "!?", "'", "\u{301}", "-", " ", "😀"] {
        invariants::check_text(
            reader(),
            &repeated(unit, 100_000),
            AmericanEnglish,
            Limits::default(),
        );
    }
    invariants::check_text(
        reader(),
        &repeated("word, and Слово 字 ", 100_000),
        AmericanEnglish,
        Limits::default(),
    );
    for unit in ["北", "a1", "x=", "a-", "1.", "Zbigniew", "http://a.b/c?", "A."] {
        invariants::check_text(
            reader(),
            &repeated(unit, 5_000),
            BritishEnglish,
            Limits::default(),
        );
    }
}

#[test]
fn the_first_chunk_of_a_long_text_needs_no_more_than_its_beginning() {
    // If the whole were pronounced first, this test would take minutes: 10 MB at some milliseconds a sentence.
    let text = "This is a sentence like any other. ".repeat(300_000);
    let first = reader().read(&text, AmericanEnglish).unwrap().next().unwrap();
    assert_eq!(first.source, 0..34);
}
