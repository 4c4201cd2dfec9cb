//! Sentences in the five languages, on the espeak-ng that is installed. Where there is none, they say so and pass.
//!
//! What is expected was checked by the rules of each language; the words' order in the source is checked for all.

use proptest::prelude::*;

use super::*;
use crate::text::error::ReadError;
use crate::text::phonemes::is_symbol;

const TABLE: &str = include_str!("../../../../fixtures/text/espeak.txt");
const LANGUAGES: [Language; 5] = [
    Language::Spanish,
    Language::French,
    Language::Hindi,
    Language::Italian,
    Language::BrazilianPortuguese,
];

/// The installed one; `None`, loudly, where there is none.
fn installed() -> Option<Espeak> {
    match Espeak::load() {
        Ok(espeak) => Some(espeak),
        Err(error) => {
            eprintln!("NOT TESTED: {error}; {}", error.hint());
            None
        }
    }
}

fn plain(text: &str) -> Plain {
    let mut plain = Plain::default();
    for (at, c) in text.char_indices() {
        plain.push(c.encode_utf8(&mut [0; 4]), at..at + c.len_utf8());
    }
    plain
}

/// Reads and checks what must hold for any text.
fn read(espeak: Espeak, text: &str, language: Language) -> Vec<Piece> {
    let pieces = match espeak.phonemes(&plain(text), language) {
        Ok(pieces) => pieces,
        Err(error) => panic!("{language} is read: {error}"),
    };
    let mut end = 0;
    let mut said = String::new();
    for piece in &pieces {
        assert!(
            !piece.sound.is_empty() && piece.sound.trim() == piece.sound,
            "{piece:?}"
        );
        assert!(piece.sound.chars().all(is_symbol), "{piece:?}");
        assert!(
            piece.source.start >= end && !piece.source.is_empty(),
            "{piece:?} after {end}"
        );
        end = piece.source.end;
        if piece.is_word {
            said.push_str(&text[piece.source.clone()]);
        }
    }
    let alphanumeric = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    if pieces.iter().any(|piece| piece.is_word) {
        assert_eq!(alphanumeric(&said), alphanumeric(text));
    }
    pieces
}

fn written(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces {
        out.push_str(&piece.sound);
        if piece.spaced {
            out.push(' ');
        }
    }
    out.trim_end().into()
}

#[test]
fn sentences_sound_as_in_the_table() {
    let Some(espeak) = installed() else { return };
    let rows: Vec<&str> = TABLE
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .collect();
    let (mut count, mut wrong) = ([0; 5], Vec::new());
    for row in rows.chunks(2) {
        let [text, expected] = row else {
            panic!("two lines: {row:?}")
        };
        let Some((tag, text)) = text.split_once(' ') else {
            panic!("a language and a text: {text}")
        };
        let Some(at) = LANGUAGES.iter().position(|language| language.tag() == tag) else {
            panic!("a language of espeak-ng: {tag}")
        };
        count[at] += 1;
        let said = written(&read(espeak, text, LANGUAGES[at]));
        if said != expected.trim() {
            wrong.push(format!("{text}: {said}, not {}", expected.trim()));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(count.iter().all(|count| *count >= 5), "{count:?}");
}

#[test]
fn words_that_are_said_as_one_have_one_range() {
    let Some(espeak) = installed() else { return };
    let text = "Qu'est-ce que c'est ?";
    let places: Vec<&str> = read(espeak, text, Language::French)
        .into_iter()
        .map(|piece| &text[piece.source])
        .collect();
    assert_eq!(places, ["Qu'est-ce que", "c'est", "?"]);
}

#[test]
fn a_number_is_one_piece_of_many_words() {
    let Some(espeak) = installed() else { return };
    let text = "Cuesta 1984 euros.";
    let pieces = read(espeak, text, Language::Spanish);
    let number = pieces.iter().find(|piece| &text[piece.source.clone()] == "1984");
    let sound = number.map(|piece| piece.sound.as_str());
    // Thousand, nine hundred, eighty-four.
    assert_eq!(sound, Some("mˈil nˌoβeθjˈɛntos oʧˌɛntaikwˈatɾo"), "{pieces:?}");
}

#[test]
fn languages_take_turns() {
    let Some(espeak) = installed() else { return };
    let threads: Vec<_> = LANGUAGES
        .into_iter()
        .map(|language| {
            std::thread::spawn(move || {
                let texts = (0..20).map(|_| written(&read(espeak, "radio", language)));
                texts.collect::<Vec<_>>()
            })
        })
        .collect();
    let mut said = Vec::new();
    for thread in threads {
        let Ok(mut texts) = thread.join() else {
            panic!("nobody panics")
        };
        texts.dedup();
        assert_eq!(texts.len(), 1, "{texts:?}");
        said.extend(texts);
    }
    assert_ne!(said[0], said[1], "Spanish is not French");
}

#[test]
fn other_languages_are_refused_with_what_they_need() {
    let Some(espeak) = installed() else { return };
    for (language, hint) in [
        (Language::Japanese, "kanji"),
        (Language::MandarinChinese, "pinyin"),
        (Language::BritishEnglish, "front end of its own"),
    ] {
        let error = espeak.phonemes(&plain("a"), language).unwrap_err();
        assert_eq!(error, EspeakError::OtherLanguage { language });
        assert!(error.hint().contains(hint), "{}", error.hint());
    }
}

#[test]
fn without_the_library_the_error_says_what_to_install() {
    // The one of the process is not looked at by `Library::open`.
    let Err(error) = library::Library::open(&["libespeak-ng-that-is-nowhere.so.1"]) else {
        panic!("there is no such library")
    };
    assert!(matches!(error, EspeakError::Missing { .. }), "{error:?}");
    let error = ReadError::from(error);
    assert!(
        error.to_string().starts_with("espeak-ng is not installed"),
        "{error}"
    );
    assert!(
        error.hint().contains("apt install libespeak-ng1 espeak-ng-data"),
        "{}",
        error.hint()
    );
}

#[test]
fn a_library_without_its_functions_is_refused() {
    #[cfg(target_os = "linux")]
    {
        let Err(error) = library::Library::open(&["libc.so.6"]) else {
            panic!("the C library does not read text")
        };
        assert!(matches!(error, EspeakError::Unusable { .. }), "{error:?}");
        assert!(error.hint().contains("1.49"), "{}", error.hint());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_keeps_its_letters(text in "[a-zà-ü¿?!.,;:«» 0-9अ-हčж日'’-]{0,60}", language in 0..5_usize) {
        if let Some(espeak) = installed() {
            read(espeak, &text, LANGUAGES[language]);
        }
    }
}
