//! Real sentences and what they sound like, in both accents, with ranges and boundaries.
//!
//! Phonemes of dictionary words are misaki's; those of other words are what this crate's rules give, judged by a person
//! and held here so that a change is seen.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

use std::sync::OnceLock;

use utter::text::Language::{AmericanEnglish, BritishEnglish};
use utter::text::{Boundary, Chunk, Language, ReadError, ReadOptions, Reader, Utf16Cursor, Wish, has_speech};

fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(Reader::new)
}

fn chunks(text: &str, language: Language) -> Vec<Chunk> {
    reader().read(text, language).unwrap().collect()
}

fn spoken(text: &str, language: Language) -> String {
    chunks(text, language)
        .iter()
        .map(Chunk::symbols)
        .collect::<Vec<_>>()
        .join(" | ")
}

fn words<'t>(text: &'t str, chunk: &Chunk) -> Vec<&'t str> {
    chunk
        .words
        .iter()
        .map(|word| &text[word.source.clone()])
        .collect()
}

#[test]
fn dictionary_words_sound_as_misaki_says_them() {
    for (text, american, british) in [
        ("Hello, world.", "həlˈO, wˈɜɹld.", "həlˈQ, wˈɜːld."),
        ("Yes.", "jˈɛs.", "jˈɛs."),
        (
            "The quick brown fox jumps over the lazy dog, and then it runs away from the hunters.",
            "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˈOvəɹ ðə lˈAzi dˈɔɡ, ænd ðˈɛn ɪt ɹˈʌnz əwˈA fɹʌm ðə hˈʌntəɹz.",
            "ðə kwˈɪk bɹˈWn fˈɒks ʤˈʌmps ˈQvə ðə lˈAzi dˈɒɡ, and ðˈɛn ɪt ɹˈʌnz əwˈA fɹɒm ðə hˈʌntəz.",
        ),
        (
            "I read the record to record it.",
            "ˌI ɹˈɛd ðə ɹˈɛkəɹd tə ɹəkˈɔɹd ɪt.",
            "ˌI ɹˈɛd ðə ɹˈɛkɔːd tə ɹɪkˈɔːd ɪt.",
        ),
        (
            "It costs $5.50, or 50% off!",
            "ˌɪt kˈɔsts fˈIv dˈɑləɹz ænd fˈɪfti sˈɛnts, ɔɹ fˈɪfti pəɹsˈɛnt ˈɔf!",
            "",
        ),
        ("“Why?” he asked.", "“wˌI?” hi ˈæskt.", "“wˌI?” hiː ˈɑːskt."),
        ("Yes – no -- really—fine…", "jˈɛs — nˈO — ɹˈiᵊli—fˈIn…", ""),
        (
            "the end, the start, to Ann, to Bob",
            "ði ˈɛnd, ðə stˈɑɹt, tʊ ˈæn, tə bˈɑb",
            "",
        ),
    ] {
        assert_eq!(spoken(text, AmericanEnglish), american, "{text}");
        if !british.is_empty() {
            assert_eq!(spoken(text, BritishEnglish), british, "{text}");
        }
    }
}

#[test]
fn curly_quotes_sound_like_straight_ones() {
    for (curly, straight) in [
        (
            "It’s the dogs’ tails; they aren’t John’s.",
            "It's the dogs' tails; they aren't John's.",
        ),
        ("He said “hello” to them.", "He said \"hello\" to them."),
    ] {
        assert_eq!(spoken(curly, AmericanEnglish), spoken(straight, AmericanEnglish));
    }
}

#[test]
fn words_in_no_dictionary_are_spoken() {
    for (word, american, british) in [
        ("Zbigniew", "zbˈɪɡnjˌu", "zbˈɪɡnɪjuː"),
        ("Kubernetes", "kˌubəɹnˈɛTiz", "kˈuːbənɛts"),
        ("KUBERNETES", "kˌubəɹnˈɛTiz", "kˈuːbənɛts"),
        ("xkcd", "ˌɛkskˌAsˌidˈi", "ˌɛkskˌAsˌiːdˈiː"),
        ("qzxwv", "kjˌuzˌiˌɛksdˌʌbᵊljuvˈi", "kjˌuːzˌiːˌɛksdˌʌbᵊljuːvˈiː"),
        ("naïve", "nɑˈiv", "nIˈiːv"),
        ("Łódź", "lˈɑdz", "lˈɒdz"),
        ("GPT-4o", "ʤˌipˌitˈi fˈɔɹ ˈO", "ʤˌiːpˌiːtˈiː fˈɔː ˈQ"),
        ("Zbigniew-based", "zbˈɪɡnjˌubˈAst", "zbˈɪɡnɪjuːbˈAst"),
        ("Zbigniew's", "zbˈɪɡnjˌuz", "zbˈɪɡnɪjuːz"),
        ("screenreader", "skɹˈinɹˌidəɹ", "skɹˈiːnɹˌiːdə"),
        ("Привет", "pɹˈɪvət", "pɹˈɪvɪt"),
        ("नमस्ते", "nˈɑməstˌA", "nˈaməstA"),
    ] {
        assert_eq!(spoken(word, AmericanEnglish), american, "{word}");
        assert_eq!(spoken(word, BritishEnglish), british, "{word}");
    }
    // A number too large for misaki is read digit by digit; letters of unknown scripts have a name.
    assert_eq!(
        spoken("99999999999999999999", AmericanEnglish),
        ["nˈIn"; 20].join(" ")
    );
    assert_eq!(spoken("𓀀", AmericanEnglish), spoken("symbol", AmericanEnglish));
}

/// misaki 0.8.0 panics on these: it takes the byte before "ing" for a letter.
#[test]
fn accents_before_an_ending_do_no_harm() {
    assert_eq!(
        words("canapéing", &chunks("canapéing", AmericanEnglish)[0]),
        ["canapéing"]
    );
    assert_eq!(
        spoken("skøing", AmericanEnglish),
        spoken("skoing", AmericanEnglish)
    );
}

#[test]
fn a_reader_can_be_shared_between_threads() {
    let sentences = ["One.", "Two.", "Three."];
    let said: Vec<String> = std::thread::scope(|scope| {
        let threads = sentences.map(|text| scope.spawn(|| spoken(text, AmericanEnglish)));
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(said, ["wˈʌn.", "tˈu.", "θɹˈi."]);
}

#[test]
fn a_word_before_an_unknown_one_knows_how_that_begins() {
    assert_eq!(spoken("the Aeropolix", AmericanEnglish), "ði ˌɛɹOpˈɑlɪks");
    assert_eq!(spoken("the Zbigniew", AmericanEnglish), "ðə zbˈɪɡnjˌu");
    assert_eq!(spoken("to Aeropolix", AmericanEnglish), "tʊ ˌɛɹOpˈɑlɪks");
}

#[test]
fn the_links_of_misaki_are_text_like_any_other() {
    let text = "Read [the manual](/fˈu/) and [this](#x#).";
    let chunks: Vec<Chunk> = reader()
        .read_as(text, AmericanEnglish, &ReadOptions::verbatim())
        .unwrap()
        .collect();
    assert_eq!(chunks[0].symbols(), "ɹˈid (ðə mˈænjəwəl fˈu) ænd (ðɪs ˈɛks).");
    let said: Vec<_> = chunks.iter().flat_map(|chunk| words(text, chunk)).collect();
    assert_eq!(said, ["Read", "the", "manual](/fˈu/", "and", "this](#x#"]);
}

#[test]
fn every_word_knows_its_place_in_the_source() {
    let text = "  Ça va, Zoë?  It’s 北京 😀 now\u{ad}adays. ";
    let [first, second] = &chunks(text, AmericanEnglish)[..] else {
        panic!("two sentences")
    };
    assert_eq!(words(text, first), ["Ça", "va", "Zoë"]);
    assert_eq!(words(text, second), ["It’s", "北", "京", "now\u{ad}adays"]);
    assert_eq!(&text[first.source.clone()], "Ça va, Zoë?");
    assert_eq!(
        (first.boundary, second.boundary),
        (Boundary::Sentence, Boundary::End)
    );

    let mut utf16 = Utf16Cursor::new(text);
    let units: Vec<u16> = text.encode_utf16().collect();
    for word in first.words.iter().chain(&second.words) {
        let range = utf16.range(word.source.clone());
        assert_eq!(
            String::from_utf16(&units[range]).unwrap(),
            text[word.source.clone()]
        );
    }
}

#[test]
fn phonemes_belong_to_words_and_words_to_ranges() {
    let text = "Hello, world.";
    let [chunk] = &chunks(text, AmericanEnglish)[..] else {
        panic!("one chunk")
    };
    let sounds: Vec<String> = chunk
        .words
        .iter()
        .map(|word| {
            chunk.phonemes[word.phonemes.clone()]
                .iter()
                .map(|phoneme| phoneme.symbol)
                .collect()
        })
        .collect();
    assert_eq!(sounds, ["həlˈO", "wˈɜɹld"]);
    let comma = chunk
        .phonemes
        .iter()
        .find(|phoneme| phoneme.symbol == ',')
        .unwrap();
    assert_eq!(comma.source, 5..6);
    let space = chunk
        .phonemes
        .iter()
        .find(|phoneme| phoneme.symbol == ' ')
        .unwrap();
    assert_eq!(space.source, 6..7);
}

#[test]
fn a_sentence_is_a_chunk_and_a_short_one_joins_the_next() {
    let text = "This is the first sentence. This is the second one! Oh. This is the last.\n\nNo.\n\nIndeed.";
    let found: Vec<_> = chunks(text, AmericanEnglish)
        .into_iter()
        .map(|chunk| (text[chunk.source].to_string(), chunk.boundary))
        .collect();
    let expected = [
        ("This is the first sentence.", Boundary::Sentence),
        ("This is the second one!", Boundary::Sentence),
        ("Oh. This is the last.", Boundary::Paragraph),
        ("No.", Boundary::Paragraph),
        ("Indeed.", Boundary::End),
    ];
    assert_eq!(
        found,
        expected.map(|(text, boundary)| (text.to_string(), boundary))
    );
}

#[test]
fn a_long_sentence_is_cut_between_clauses() {
    let clause = "the quick brown fox jumps over the lazy dog and runs away from the hunters";
    let text = format!("{}.", [clause; 12].join(", "));
    let chunks = chunks(&text, AmericanEnglish);
    let lengths: Vec<_> = chunks.iter().map(|chunk| chunk.phonemes.len()).collect();
    assert!(
        chunks.len() > 1 && lengths.iter().all(|length| (150..=510).contains(length)),
        "{lengths:?}"
    );
    for chunk in &chunks[..chunks.len() - 1] {
        assert_eq!(chunk.boundary, Boundary::Clause);
        assert!(chunk.symbols().ends_with(','));
    }
}

#[test]
fn the_first_chunk_can_be_asked_to_be_short() {
    let text = "When the sun came up, the whole village went out to see what had happened during the night.";
    let mut all = reader().read(text, AmericanEnglish).unwrap();
    let first = Wish {
        tokens: 24,
        soon: true,
    };
    let mut chunks: Vec<_> = all.next_as(first).into_iter().collect();
    chunks.extend(all);
    assert_eq!(words(text, &chunks[0]), ["When", "the", "sun", "came", "up"]);
    assert_eq!(chunks.len(), 2);
}

#[test]
fn what_has_nothing_to_say_gives_no_chunks() {
    for text in [
        "",
        "  \n\t ",
        "😀🚀",
        "...!?",
        "\u{0}\u{7}\u{1b}",
        "\u{feff}\u{200b}",
        "—",
        "% & @",
    ] {
        assert!(!has_speech(text), "{text:?}");
        assert_eq!(chunks(text, AmericanEnglish), [], "{text:?}");
    }
    assert_eq!(
        spoken("😀 Hi there, my friend! 🚀 ...", AmericanEnglish),
        "hˈI ðˈɛɹ, mI fɹˈɛnd!"
    );
}

#[test]
fn other_languages_say_that_they_are_not_there_yet() {
    for language in Language::ALL
        .into_iter()
        .filter(|language| !language.has_text_front_end())
    {
        let error = reader().read("Hola", language).err();
        assert_eq!(error, Some(ReadError::NoTextFrontEnd { language }));
    }
}

#[test]
fn phonemes_can_be_given_and_are_spoken_as_they_are() {
    for text in ["həlˈO wˈɜɹld!", "ˈola! kˈe tˈal?", "koɲɲiʨiβa↘"] {
        let [chunk] = &reader().read_phonemes(text).unwrap()[..] else {
            panic!("one chunk")
        };
        assert_eq!(chunk.symbols(), text);
    }
    let error = reader().read_phonemes("həlˈO ❓").unwrap_err();
    assert_eq!(
        error,
        ReadError::UnknownSymbol {
            symbol: '❓',
            character: 6,
            byte: 8
        }
    );
}
