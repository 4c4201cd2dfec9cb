//! What must hold for every input, whatever it is, as plain functions that panic if it does not.
//!
//! Called by the property tests, by the tests over the seed corpus, and by the fuzz targets, so that all of them check
//! the same. Not part of the interface of the crate.

use std::sync::Arc;

use super::markdown::{MOST_HELD, MarkdownFilter};
use super::plain::Plain;
use super::{
    Boundary, Chunk, CodeBlocks, CodeSpans, Content, LONGEST_SILENCE, Language, Limits, Links, MOST_SPANS,
    MarkdownOptions, Markup, Progress, ReadError, ReadOptions, Reader, Span, Strictness, TextStream,
    UserLexicon, Wish, is_symbol,
};

/// Reads `text` in a language that can be read, letter for letter and as Markdown, and checks the chunks.
pub fn check_text(reader: &Reader, text: &str, language: Language, limits: Limits) {
    for options in [ReadOptions::verbatim(), ReadOptions::default()] {
        let options = ReadOptions { limits, ..options };
        let Ok(chunks) = reader.read_as(text, language, &options) else {
            panic!("{language} can be read");
        };
        let chunks: Vec<Chunk> = chunks.collect();
        check_chunks(&chunks, text, limits);
        if options.markdown.is_none() {
            check_every_letter_is_spoken(&chunks, text);
        }
    }
}

/// Reads `text` in pieces of `lengths` bytes, again and again, asking for chunks as `wishes` say, and checks that the same words
/// are said in the same order as if it had come at once. All that letter for letter and as Markdown.
pub fn check_stream(
    reader: &Arc<Reader>,
    text: &str,
    language: Language,
    lengths: &[usize],
    wishes: &[Wish],
) {
    for options in [ReadOptions::verbatim(), ReadOptions::default()] {
        let chunks = in_pieces(reader, text, language, (lengths, wishes), &options);
        check_parts(&chunks, text, options.limits);
        if options.markdown.is_none() {
            check_every_letter_is_spoken(&chunks, text);
        }
        let Ok(at_once) = reader.read_as(text, language, &options) else {
            panic!("{language} can be read");
        };
        let words = |chunks: &[Chunk]| -> Vec<String> {
            let words = chunks.iter().flat_map(|chunk| &chunk.words);
            words.map(|word| text[word.source.clone()].to_string()).collect()
        };
        assert_eq!(words(&chunks), words(&at_once.collect::<Vec<_>>()));
    }
}

/// The chunks of a text that comes in pieces.
fn in_pieces(
    reader: &Arc<Reader>,
    text: &str,
    language: Language,
    (lengths, wishes): (&[usize], &[Wish]),
    options: &ReadOptions,
) -> Vec<Chunk> {
    let Ok(mut stream) = TextStream::new(Arc::clone(reader), language, options.clone()) else {
        panic!("{language} can be read");
    };
    let (mut rest, mut chunks) = (text.as_bytes(), Vec::new());
    let mut wishes = wishes.iter().copied().chain([Wish::WHOLE]).cycle();
    let mut lengths = lengths.iter().copied().chain([text.len().max(1)]).cycle();
    loop {
        match stream.next_as(wishes.next().unwrap_or(Wish::WHOLE)) {
            Progress::Chunk(chunk) => chunks.push(chunk),
            Progress::Over => return chunks,
            Progress::Wait => {
                assert!(!stream.is_finished(), "there is nothing to wait for");
                let (piece, after) = rest.split_at(lengths.next().unwrap_or(1).min(rest.len()));
                stream.push(piece);
                rest = after;
                if rest.is_empty() {
                    stream.finish();
                }
            }
            Progress::Silence(_) | Progress::Clip { .. } => panic!("there is no markup in a stream"),
        }
    }
}

/// Reads `text` as phonemes and checks the chunks, or the error.
pub fn check_phonemes(reader: &Reader, text: &str) {
    let unknown = text.chars().find(|c| !is_symbol(*c) && !c.is_whitespace());
    match reader.read_phonemes(text) {
        Err(error) => assert!(unknown.is_some(), "{error}"),
        Ok(chunks) => {
            assert_eq!(unknown, None);
            check_chunks(&chunks, text, Limits::default());
            let said = chunks
                .iter()
                .flat_map(|chunk| &chunk.phonemes)
                .map(|phoneme| phoneme.symbol);
            let said: String = said.filter(|symbol| *symbol != ' ').collect();
            let given: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            assert_eq!(said, given, "every symbol once, in order");
        }
    }
}

/// The body of the fuzz target `text_reader`: two bytes choose the accent, the limits, and whether it comes in pieces; the
/// rest is the text.
pub fn fuzz_text(reader: &Arc<Reader>, data: &[u8]) {
    let [settings, tokens, text @ ..] = data else {
        return;
    };
    let language = if settings & 1 == 0 {
        Language::AmericanEnglish
    } else {
        Language::BritishEnglish
    };
    let limits = match settings & 2 {
        0 => Limits::default(),
        _ => Limits {
            max_tokens: usize::from(*tokens),
            min_tokens: 0,
        },
    };
    let text = String::from_utf8_lossy(text);
    if settings & 4 != 0 {
        let wish = Wish {
            tokens: usize::from(*tokens),
            soon: settings & 8 != 0,
        };
        return check_stream(reader, &text, language, &[usize::from(*tokens % 16) + 1], &[wish]);
    }
    check_text(reader, &text, language, limits);
}

/// The body of the fuzz target `phoneme_input`.
pub fn fuzz_phonemes(reader: &Reader, data: &[u8]) {
    check_phonemes(reader, &String::from_utf8_lossy(data));
}

/// Filters `text` as Markdown at once and in pieces of so many characters, and compares. The lengths are used in turn.
pub fn check_markdown(text: &str, options: MarkdownOptions, lengths: &[usize]) {
    let mut whole = Plain::default();
    let mut filter = MarkdownFilter::new(options);
    filter.push(text, &mut whole);
    assert!(filter.held() <= MOST_HELD);
    filter.finish(&mut whole);
    assert_eq!(filter.held(), 0);
    whole.check(text);

    let mut pieces = Plain::default();
    let mut rest = text;
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let end = rest
            .char_indices()
            .nth((*length).max(1))
            .map_or(rest.len(), |(at, _)| at);
        filter.push(&rest[..end], &mut pieces);
        assert!(filter.held() <= MOST_HELD);
        rest = &rest[end..];
    }
    filter.finish(&mut pieces);
    assert_eq!(pieces, whole, "{text:?}");

    let mut settled = Plain::default();
    for (at, c) in text.char_indices() {
        filter.push(&text[at..at + c.len_utf8()], &mut settled);
        filter.settle(&mut settled);
        assert_eq!(filter.held(), 0);
    }
    filter.finish(&mut settled);
    settled.check(text);
}

/// The body of the fuzz target `markdown`: two bytes choose the options and the length of the pieces.
pub fn fuzz_markdown(data: &[u8]) {
    let [settings, length, text @ ..] = data else {
        return;
    };
    let options = MarkdownOptions {
        code_spans: [CodeSpans::Spoken, CodeSpans::Skipped][usize::from(settings & 1)],
        code_blocks: match settings >> 1 & 3 {
            0 => CodeBlocks::Notice,
            1 => CodeBlocks::Spoken,
            _ => CodeBlocks::Skipped,
        },
        links: [Links::Text, Links::TextAndAddress][usize::from(settings >> 3 & 1)],
    };
    check_markdown(&String::from_utf8_lossy(text), options, &[usize::from(*length)]);
}

fn check_chunks(chunks: &[Chunk], text: &str, limits: Limits) {
    check_parts(chunks, text, limits);
    for (i, chunk) in chunks.iter().enumerate() {
        let is_last = i + 1 == chunks.len();
        assert_eq!(chunk.boundary == Boundary::End, is_last, "{}", chunk.symbols());
    }
}

fn check_parts(chunks: &[Chunk], text: &str, limits: Limits) {
    let most = limits.in_range().max_tokens;
    let mut end = 0;
    for chunk in chunks {
        let symbols = chunk.symbols();
        assert!(
            (1..=most).contains(&chunk.phonemes.len()),
            "{} phonemes: {symbols}",
            chunk.phonemes.len()
        );
        assert!(symbols.chars().all(is_symbol), "not in the vocabulary: {symbols}");
        assert!(
            !symbols.starts_with(' ') && !symbols.ends_with(' ') && !symbols.contains("  "),
            "{symbols:?}"
        );
        assert!(
            chunk.source.start >= end,
            "chunks do not overlap: {:?} after {end}",
            chunk.source
        );
        check_ranges(chunk, text);
        end = chunk.source.end;
    }
}

fn check_ranges(chunk: &Chunk, text: &str) {
    let inside = |range: &std::ops::Range<usize>| {
        range.start <= range.end
            && chunk.source.start <= range.start
            && range.end <= chunk.source.end
            && text.get(range.clone()).is_some()
    };
    assert!(text.get(chunk.source.clone()).is_some(), "{:?}", chunk.source);
    let mut before = 0..0;
    for phoneme in &chunk.phonemes {
        let range = &phoneme.source;
        assert!(inside(range), "{phoneme:?} in {:?}", chunk.source);
        assert!(
            before.start <= range.start && before.end <= range.end,
            "{range:?} after {before:?}"
        );
        before = range.clone();
    }
    let (mut letter, mut sound) = (0, 0);
    for word in &chunk.words {
        assert!(inside(&word.source) && word.source.start >= letter, "{word:?}");
        assert!(
            !word.phonemes.is_empty() && word.phonemes.start >= sound,
            "{word:?}"
        );
        assert!(word.phonemes.end <= chunk.phonemes.len(), "{word:?}");
        (letter, sound) = (word.source.end, word.phonemes.end);
    }
}

/// Words of all chunks together hold every letter and digit of the text exactly once, in order.
fn check_every_letter_is_spoken(chunks: &[Chunk], text: &str) {
    let alphanumeric = |c: &char| c.is_alphanumeric();
    let words = chunks.iter().flat_map(|chunk| &chunk.words);
    let spoken: String = words
        .flat_map(|word| text[word.source.clone()].chars())
        .filter(alphanumeric)
        .collect();
    let given: String = text.chars().filter(alphanumeric).collect();
    assert_eq!(spoken, given);
}

/// Reads `text` as markup and checks the spans, or the place of the error.
pub fn check_markup(text: &str, markup: Markup) {
    let lenient = markup.read(text, Strictness::Lenient);
    let Ok(spans) = lenient else {
        panic!("in lenient reading there is no error: {lenient:?}");
    };
    check_spans(&spans, text);
    match markup.read(text, Strictness::Strict) {
        Ok(strict) => assert_eq!(strict, spans, "what is right is read the same"),
        Err(error) => {
            assert!(text.is_char_boundary(error.place.byte), "{error}");
            assert!(error.place.line >= 1 && error.place.column >= 1, "{error}");
            assert!(!error.hint().is_empty());
        }
    }
    // The passes behind get spans one after the other.
    let mut filter = MarkdownFilter::new(MarkdownOptions::default());
    let mut plain = Plain::default();
    for span in &spans {
        if let Content::Text(marked) = &span.content {
            filter.push_plain(&marked.0, &mut plain);
        }
    }
    filter.finish(&mut plain);
    plain.check(text);
}

/// Reads `text` with its markup and checks the chunks; a recording is there or not as its name is long or short.
pub fn check_marked(reader: &Reader, text: &str, markup: Markup) {
    let options = ReadOptions::default();
    let has_clip = |src: &str| src.len() > 5;
    let how = (markup, Strictness::Lenient);
    let mut parts = match reader.read_markup(text, how, Language::AmericanEnglish, &options, &has_clip) {
        Ok(parts) => parts,
        Err(ReadError::Silent) => return,
        Err(error) => panic!("in lenient reading there is no error: {error}"),
    };
    let mut chunks = Vec::new();
    loop {
        match parts.next_part(Wish::WHOLE) {
            Progress::Chunk(chunk) => {
                let places = chunk.bookmarks.iter().map(|mark| mark.phoneme);
                assert!(places.is_sorted_by(|a, b| a <= b), "{chunk:?}");
                assert!(
                    chunk
                        .bookmarks
                        .iter()
                        .all(|mark| mark.phoneme <= chunk.phonemes.len())
                );
                chunks.push(chunk);
            }
            Progress::Silence(time) => assert!(time <= LONGEST_SILENCE),
            Progress::Clip { source, .. } => assert!(text.get(source).is_some()),
            Progress::Over => break,
            Progress::Wait => panic!("all of it is there"),
        }
    }
    check_parts(&chunks, text, options.limits);
}

/// The body of the fuzz target `markup`: a byte chooses the markup.
pub fn fuzz_markup(reader: &Reader, data: &[u8]) {
    let [markup, text @ ..] = data else {
        return;
    };
    let markup = [Markup::Ssml, Markup::Inline, Markup::Plain][usize::from(markup % 3)];
    let text = String::from_utf8_lossy(text);
    check_markup(&text, markup);
    check_marked(reader, &text, markup);
}

/// The body of the fuzz target `user_lexicon`: a lexicon, and behind a zero byte the text that is read with it.
pub fn fuzz_user_lexicon(reader: &Reader, data: &[u8]) {
    let data = String::from_utf8_lossy(data);
    let (lexicon, text) = data.split_once('\0').unwrap_or((&data, ""));
    let lexicon = match UserLexicon::parse(lexicon) {
        Ok(lexicon) => lexicon,
        Err(error) => {
            assert!(lexicon.is_char_boundary(error.place.byte), "{error}");
            assert!(!error.hint().is_empty());
            return;
        }
    };
    let options = ReadOptions {
        lexicon: Some(Arc::new(lexicon)),
        ..ReadOptions::verbatim()
    };
    for language in [Language::AmericanEnglish, Language::BritishEnglish] {
        let Ok(chunks) = reader.read_as(text, language, &options) else {
            panic!("{language} can be read");
        };
        check_parts(&chunks.collect::<Vec<_>>(), text, options.limits);
    }
}

fn check_spans(spans: &[Span], text: &str) {
    assert!(spans.len() <= MOST_SPANS, "{} spans", spans.len());
    let mut before = 0..0;
    for span in spans {
        let range = span.source.clone();
        assert!(text.get(range.clone()).is_some(), "{span:?}");
        assert!(
            before.start <= range.start && before.end <= range.end,
            "{range:?} after {before:?}"
        );
        before = range;
        assert!(
            span.style.rate.is_none_or(|rate| (0.5..=2.0).contains(&rate)),
            "{span:?}"
        );
        assert!((-60.0..=12.0).contains(&span.style.gain), "{span:?}");
        match &span.content {
            Content::Text(marked) => {
                assert!(!marked.as_str().is_empty());
                marked.0.check(text);
            }
            Content::Phonemes { symbols, word } => {
                assert!(!symbols.is_empty() && symbols.chars().all(is_symbol), "{symbols}");
                assert!(text.get(word.clone()).is_some(), "{span:?}");
            }
            Content::Silence(duration) => assert!(*duration <= LONGEST_SILENCE),
            Content::Clip { instead, .. } => check_spans(instead, text),
            Content::Boundary(_) | Content::Mark(_) => {}
        }
    }
}
