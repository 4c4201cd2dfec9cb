//! Text with markup, Markdown and a lexicon of the user's: what is read of it, in the order in which it is heard.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use utter::text::Language::{AmericanEnglish, BritishEnglish};
use utter::text::{
    Boundary, Chunk, CodeSpans, EmojiReading, Language, MarkdownOptions, Markup, Progress, ReadError,
    ReadOptions, Reader, Strictness, TextStream, UserLexicon, Wish, WrittenOptions,
};

fn reader() -> &'static Arc<Reader> {
    static READER: OnceLock<Arc<Reader>> = OnceLock::new();
    READER.get_or_init(Arc::default)
}

/// What is heard, as lines: chunks with how they are said and what follows, silences, recordings.
fn parts_in(text: &str, markup: Markup, options: &ReadOptions) -> Vec<String> {
    let how = (markup, Strictness::Strict);
    let has_clip = |src: &str| src == "ding.wav";
    let mut chunks = reader()
        .read_markup(text, how, AmericanEnglish, options, &has_clip)
        .unwrap();
    let mut parts = Vec::new();
    loop {
        match chunks.next_part(Wish::WHOLE) {
            Progress::Chunk(chunk) => parts.push(line(&chunk)),
            Progress::Silence(time) => parts.push(format!("silence {} ms", time.as_millis())),
            Progress::Clip { src, source } => parts.push(format!("clip {src} from {}", &text[source])),
            Progress::Over => return parts,
            Progress::Wait => panic!("all of it is there"),
        }
    }
}

fn line(chunk: &Chunk) -> String {
    let mut line = format!("{} {:?}", chunk.symbols(), chunk.boundary);
    if let Some(voice) = &chunk.manner.voice {
        line += &format!(" voice={voice}");
    }
    if chunk.manner.rate != 1.0 {
        line += &format!(" rate={}", chunk.manner.rate);
    }
    if chunk.manner.gain != 0.0 {
        line += &format!(" gain={}", chunk.manner.gain);
    }
    for mark in &chunk.bookmarks {
        line += &format!(" {}@{}", mark.name, mark.phoneme);
    }
    line
}

fn ssml(inside: &str) -> Vec<String> {
    let options = ReadOptions::default();
    parts_in(&format!("<speak>{inside}</speak>"), Markup::Ssml, &options)
}

fn said(text: &str, options: &ReadOptions) -> Vec<String> {
    said_in(text, AmericanEnglish, options)
}

fn said_in(text: &str, language: Language, options: &ReadOptions) -> Vec<String> {
    let chunks = reader().read_as(text, language, options).unwrap();
    chunks.map(|chunk| chunk.symbols()).collect()
}

#[test]
fn a_break_is_silence_between_chunks_and_the_sentence_goes_on() {
    assert_eq!(
        ssml("Ready, <break time='500ms'/>go. Now."),
        ["ɹˈɛdi, Clause", "silence 500 ms", "ɡˌO. nˈW. End"]
    );
    assert_eq!(ssml("<break time='1s'/>Go!"), ["silence 1000 ms", "ɡˌO! End"]);
    assert_eq!(ssml("Go!<break time='1s'/>"), ["ɡˌO! End", "silence 1000 ms"]);
}

#[test]
fn what_changes_how_it_is_said_is_a_chunk_of_its_own() {
    assert_eq!(
        ssml("One <prosody rate='slow' volume='-6dB'>two three</prosody> four."),
        ["wˈʌn Word", "tˈu θɹˈi Word rate=0.75 gain=-6", "fˈɔɹ. End"]
    );
    assert_eq!(
        ssml("Hello. <voice name='bm_george'>The tomato.</voice>"),
        ["həlˈO. Sentence", "ðə təmˈɑːtQ. End voice=bm_george"]
    );
    assert_eq!(
        ssml("<p>One.</p><p><s>Two</s><s>Three</s></p>"),
        ["wˈʌn. Paragraph", "tˈu Sentence", "θɹˈi End"]
    );
}

#[test]
fn phonemes_and_emphasis_stay_inside_of_their_sentence() {
    assert_eq!(
        ssml("A <phoneme alphabet='ipa' ph='təˈmɑːtəʊ'>tomato</phoneme>'s colour."),
        ["ɐ təmˈɑːtQz kˈʌləɹ. End"]
    );
    assert_eq!(
        ssml("I <emphasis level='strong'>am</emphasis> here <emphasis level='reduced'>again</emphasis>."),
        ["ˌI ˈæm hˈɪɹ əɡˌɛn. End"]
    );
    assert_eq!(
        ssml("<sub alias='World Wide Web'>WWW</sub>!"),
        ["wˈɜɹld wˈId wˈɛb! End"]
    );
    assert_eq!(
        ssml("Room <say-as interpret-as='digits'>42</say-as>."),
        ["ɹˈum fˈɔɹ tˈu. End"]
    );
}

#[test]
fn marks_and_recordings_are_where_the_text_has_them() {
    assert_eq!(
        ssml("<mark name='a'/>One <mark name='b'/>two.<mark name='c'/>"),
        ["wˈʌn tˈu. End a@0 b@5 c@9"]
    );
    assert_eq!(
        ssml("Listen. <audio src='ding.wav'>a bell</audio> Heard?"),
        [
            "lˈɪsᵊn. Sentence",
            "clip ding.wav from <audio src='ding.wav'>a bell</audio>",
            "hˈɜɹd? End"
        ]
    );
    assert_eq!(ssml("<audio src='no.wav'>A bell.</audio>"), ["ɐ bˈɛl. End"]);
}

#[test]
fn inline_phonemes_and_pauses_are_read_beside_markdown() {
    assert_eq!(
        parts_in(
            "A **[tomato](/təmˈɑtO/)**,[pause 300ms] or `two`.",
            Markup::Inline,
            &ReadOptions::default()
        ),
        ["ɐ təmˈɑtO, Clause", "silence 300 ms", "ɔɹ tˈu. End"]
    );
}

#[test]
fn wrong_markup_is_an_error_with_its_place() {
    let text = "<speak>\n <brake/>Hello.</speak>";
    let read = |strictness| {
        let options = ReadOptions::default();
        reader()
            .read_markup(
                text,
                (Markup::Ssml, strictness),
                AmericanEnglish,
                &options,
                &|_| false,
            )
            .map(|_| ())
    };
    let Err(ReadError::Markup(error)) = read(Strictness::Strict) else {
        panic!("there is no element brake");
    };
    assert_eq!((error.place.line, error.place.column), (2, 2));
    assert!(read(Strictness::Lenient).is_ok());
}

#[test]
fn plain_text_is_never_markup() {
    let text = "<speak>[pause 500ms] a < b</speak>";
    let chunks: Vec<Chunk> = reader().read(text, AmericanEnglish).unwrap().collect();
    let words = chunks.iter().flat_map(|chunk| &chunk.words);
    let said: Vec<&str> = words.map(|word| &text[word.source.clone()]).collect();
    assert_eq!(said, ["<speak>[pause", "500ms", "a", "<", "b</speak>"]);
}

#[test]
fn markdown_is_read_as_it_is_meant_or_as_it_stands() {
    let text = "# News\n\nIt is **very** `good`.";
    assert_eq!(
        said(text, &ReadOptions::default()),
        ["nˈuz", "ˌɪt ɪz vˈɛɹi ɡˈʊd."]
    );
    let skipped = MarkdownOptions {
        code_spans: CodeSpans::Skipped,
        ..MarkdownOptions::default()
    };
    let options = ReadOptions {
        markdown: Some(skipped),
        ..ReadOptions::default()
    };
    assert_eq!(said(text, &options), ["nˈuz", "ˌɪt ɪz vˈɛɹi."]);
    let plain = said("Use `#tags` here.", &ReadOptions::verbatim());
    assert!(plain[0].contains("hˈæʃ"), "{plain:?}");
}

#[test]
fn emoji_are_skipped_or_named() {
    let named = ReadOptions {
        written: WrittenOptions {
            emoji: EmojiReading::Named,
        },
        ..ReadOptions::default()
    };
    assert_eq!(said("Nice 🚀", &ReadOptions::default()), ["nˈIs"]);
    assert_eq!(said("Nice 🚀", &named), ["nˈIs ɹˈɑkət"]);
}

#[test]
fn the_users_lexicon_goes_before_every_dictionary() {
    let lexicon =
        "nginx = engine x\nSiobhán /ʃəvˈɔn/\nNew York Times /nˌuˈɔɹk tˈImz/\ntomato /təmˈɑːtQ/ @en-GB";
    let options = ReadOptions {
        lexicon: Some(Arc::new(UserLexicon::parse(lexicon).unwrap())),
        ..ReadOptions::default()
    };
    assert_eq!(said("Siobhán's nginx.", &options), ["ʃəvˈɔnz ˈɛnʤən ˈɛks."]);
    assert_eq!(said("The New York Times.", &options), ["ðə nˌuˈɔɹk tˈImz."]);
    assert_eq!(said("Tomato.", &options), ["təmˈATO."]);
    assert_eq!(said_in("Tomato.", BritishEnglish, &options), ["təmˈɑːtQ."]);
    assert_eq!(said("A Siobhán-like name.", &options), ["ɐ ʃəvˈɔnlˈIk nˈAm."]);
}

#[test]
fn markdown_in_pieces_is_the_same_and_silence_lets_go_of_what_is_held_back() {
    let mut text = TextStream::new(Arc::clone(reader()), AmericanEnglish, ReadOptions::default()).unwrap();
    text.push("This is *ve");
    assert!(matches!(text.next_as(Wish::WHOLE), Progress::Wait));
    text.push("ry* good. And [this");
    let Progress::Chunk(chunk) = text.next_as(Wish::WHOLE) else {
        panic!("a sentence is complete");
    };
    assert_eq!(
        (chunk.symbols().as_str(), chunk.source),
        ("ðˌɪs ɪz vˈɛɹi ɡˈʊd.", 0..20)
    );
    assert!(matches!(text.next_as(Wish::WHOLE), Progress::Wait));
    assert_eq!(text.flush(Wish::WHOLE).unwrap().symbols(), "ˌænd (ðˈɪs");
    assert_eq!(text.unread(), 0);
}

#[test]
fn espeak_is_only_used_where_it_is_allowed() {
    let error = Reader::new().load(Language::French).unwrap_err();
    assert!(matches!(
        error,
        ReadError::EspeakNotAllowed {
            language: Language::French
        }
    ));
    assert!(error.hint().contains("GPL"), "{}", error.hint());
    let allowed = Reader::new().allowing_espeak(true);
    let french = allowed.read("Bonjour, tout le monde.", Language::French).unwrap();
    let said: Vec<String> = french.map(|chunk| chunk.symbols()).collect();
    assert_eq!(said, ["bɔ̃ʒˈuʁ, tulmˈɔ̃d."]);
    assert!(matches!(
        allowed.load(Language::Japanese),
        Err(ReadError::NoTextFrontEnd { .. })
    ));
}

#[test]
fn a_silence_is_as_long_as_it_is_asked_for() {
    let parts = ssml("<break time='3s'/>A");
    assert_eq!(
        parts[0],
        format!("silence {} ms", Duration::from_secs(3).as_millis())
    );
    assert!(parts[1].ends_with(&format!("{:?}", Boundary::End)));
}

#[test]
fn markup_with_nothing_to_be_heard_in_it_is_an_error() {
    let options = ReadOptions::default();
    let read = |text: &str| {
        let how = (Markup::Ssml, Strictness::Lenient);
        reader()
            .read_markup(text, how, AmericanEnglish, &options, &|_| false)
            .map(|_| ())
    };
    for silent in [
        "<speak></speak>",
        "<speak> <mark name='a'/>…</speak>",
        "<speak><audio src='x.wav'/></speak>",
    ] {
        assert_eq!(read(silent), Err(ReadError::Silent), "{silent}");
    }
    assert_eq!(read("<speak><break time='1s'/></speak>"), Ok(()));
}
