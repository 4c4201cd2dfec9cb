//! Markup over the tables in `fixtures/text/markup`, its limits, and what must hold for any text.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;

use super::{
    Content, LONGEST_SILENCE, MOST_DEPTH, MOST_SPANS, Markup, MarkupProblem, Span, Strictness, Style,
};
use crate::text::invariants;

/// The cases of a table: title, text, and what is expected.
fn table(name: &str) -> Vec<(String, String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/text/markup");
    let table = fs::read_to_string(path.join(name)).unwrap();
    let case = |case: &str| {
        let (title, rest) = case.split_once('\n').unwrap();
        let (text, expected) = rest.split_once("%=\n").unwrap();
        let text = text.strip_suffix('\n').unwrap_or(text);
        (title.to_string(), text.to_string(), expected.trim().to_string())
    };
    table.split("\n%% ").skip(1).map(case).collect()
}

/// Spans as the tables write them, one a line.
fn written(spans: &[Span], source: &str) -> String {
    let mut lines = String::new();
    for span in spans {
        let what = match &span.content {
            Content::Text(text) => format!("text {:?}", text.as_str()),
            Content::Phonemes { symbols, word } => {
                format!("phonemes {symbols} for {:?}", &source[word.clone()])
            }
            Content::Silence(duration) => format!("silence {duration:?}"),
            Content::Boundary(boundary) => format!("boundary {boundary:?}"),
            Content::Mark(name) => format!("mark {name}"),
            Content::Clip { src, instead } => {
                format!(
                    "clip {src} or [{}]",
                    written(instead, source).trim().replace('\n', ", ")
                )
            }
        };
        writeln!(lines, "{what}{}", style(&span.style)).unwrap();
    }
    lines.trim_end().to_string()
}

fn style(style: &Style) -> String {
    let mut words = String::new();
    let mut word = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            write!(words, " {name}={value}").unwrap();
        }
    };
    word("voice", style.voice.clone());
    word("lang", style.language.clone());
    word("rate", style.rate.map(|rate| rate.to_string()));
    word("gain", (style.gain != 0.0).then(|| style.gain.to_string()));
    word("emphasis", style.emphasis.map(|level| format!("{level:?}")));
    word("as", style.say_as.map(|kind| format!("{kind:?}")));
    words
}

fn check(name: &str, markup: Markup, at_least: usize) {
    let cases = table(name);
    let mut wrong = Vec::new();
    for (title, text, expected) in &cases {
        let found = match markup.read(text, Strictness::Strict) {
            Ok(spans) => written(&spans, text),
            Err(error) => error.to_string(),
        };
        if found != *expected {
            wrong.push(format!("{title}\n{found}\nnot\n{expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(cases.len() >= at_least, "{} cases", cases.len());
}

#[test]
fn ssml_is_read_as_in_the_table() {
    check("ssml.txt", Markup::Ssml, 40);
}

#[test]
fn inline_markup_is_read_as_in_the_table() {
    check("inline.txt", Markup::Inline, 30);
}

/// Each case expects the message with its place, then what is read leniently.
#[test]
fn what_is_malformed_is_refused_where_it_is_wrong_or_its_text_is_read() {
    let cases = table("malformed.txt");
    let mut wrong = Vec::new();
    for (title, text, expected) in &cases {
        let error = Markup::Ssml.read(text, Strictness::Strict).unwrap_err();
        assert!(!error.hint().is_empty());
        let spans = Markup::Ssml.read(text, Strictness::Lenient).unwrap();
        let place = error.place;
        let found = format!(
            "{}:{} {}\n{}",
            place.line,
            place.column,
            error.problem,
            written(&spans, text)
        );
        if found.trim() != *expected {
            wrong.push(format!("{title}\n{found}\nnot\n{expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(cases.len() >= 30, "{} cases", cases.len());
}

#[test]
fn plain_text_is_never_markup() {
    let text = "<speak>[word](/wˈɜɹd/) [pause 1s] &amp;</speak>";
    let spans = Markup::Plain.read(text, Strictness::Strict).unwrap();
    let [
        Span {
            source,
            content: Content::Text(read),
            ..
        },
    ] = &spans[..]
    else {
        panic!("{spans:?}")
    };
    assert_eq!((source.clone(), read.as_str()), (0..text.len(), text));
    assert_eq!(Markup::Plain.read("", Strictness::Strict), Ok(vec![]));
}

#[test]
fn text_is_traced_through_entities_and_aliases() {
    let source = "<speak>ü &amp; <sub alias=\"World Wide Web\">WWW</sub></speak>";
    let spans = Markup::Ssml.read(source, Strictness::Strict).unwrap();
    let [
        Span {
            content: Content::Text(text),
            ..
        },
    ] = &spans[..]
    else {
        panic!("{spans:?}")
    };
    assert_eq!(text.as_str(), "ü & World Wide Web");
    let traced = |word: &str| {
        let at = text.as_str().find(word).unwrap();
        &source[text.source(at..at + word.len())]
    };
    assert_eq!((traced("ü"), traced("&"), traced("Wide")), ("ü", "&amp;", "WWW"));
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| {
        let inner = depth - 1;
        format!(
            "<speak>{}deep{}</speak>",
            "<prosody rate=\"1\">".repeat(inner),
            "</prosody>".repeat(inner)
        )
    };
    assert!(Markup::Ssml.read(&nested(MOST_DEPTH), Strictness::Strict).is_ok());
    let error = Markup::Ssml
        .read(&nested(MOST_DEPTH + 1), Strictness::Strict)
        .unwrap_err();
    assert_eq!(error.problem, MarkupProblem::TooDeep);
    assert_eq!(
        error.place.byte,
        "<speak>".len() + (MOST_DEPTH - 1) * "<prosody rate=\"1\">".len()
    );
    let endless = nested(20_000);
    let spans = Markup::Ssml.read(&endless, Strictness::Lenient).unwrap();
    assert!(written(&spans, &endless).contains("deep"));
}

#[test]
fn the_number_of_spans_is_bounded_and_no_text_is_lost() {
    for (markup, unit, begin, end) in [
        (Markup::Ssml, "<mark name=\"m\"/>x", "<speak>", "</speak>"),
        (
            Markup::Ssml,
            "<audio src=\"a\"><mark name=\"m\"/>x</audio>",
            "<speak>",
            "</speak>",
        ),
        (Markup::Inline, "[pause 1s]x", "", ""),
    ] {
        let text = format!("{begin}{}{end}", unit.repeat(MOST_SPANS));
        let error = markup.read(&text, Strictness::Strict).unwrap_err();
        assert_eq!(error.problem, MarkupProblem::TooManySpans);
        let spans = markup.read(&text, Strictness::Lenient).unwrap();
        assert!(
            (MOST_SPANS - 20..=MOST_SPANS).contains(&all(&spans)),
            "{}",
            all(&spans)
        );
        assert_eq!(letters(&spans).matches('x').count(), MOST_SPANS);
    }
}

fn all(spans: &[Span]) -> usize {
    let inside = |span: &Span| match &span.content {
        Content::Clip { instead, .. } => all(instead),
        _ => 0,
    };
    spans.len() + spans.iter().map(inside).sum::<usize>()
}

fn letters(spans: &[Span]) -> String {
    let text = |span: &Span| match &span.content {
        Content::Text(text) => text.as_str().to_string(),
        Content::Clip { instead, .. } => letters(instead),
        _ => String::new(),
    };
    spans.iter().map(text).collect()
}

#[test]
fn silence_is_bounded() {
    for (markup, text) in [
        (Markup::Inline, "[pause 11s]"),
        (Markup::Ssml, "<speak><break time=\"11s\"/></speak>"),
    ] {
        let error = markup.read(text, Strictness::Strict).unwrap_err();
        assert_eq!(error.problem, MarkupProblem::TooLong(Duration::from_secs(11)));
        assert_eq!(&text[error.place.byte..error.place.byte + 3], "11s");
        let spans = markup.read(text, Strictness::Lenient).unwrap();
        let pause = &spans[0].content;
        assert_eq!(*pause, Content::Silence(LONGEST_SILENCE));
    }
}

#[test]
fn entities_do_not_grow() {
    let laughs = "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY l2 \"&lol;&lol;\">]><speak>&l2;</speak>";
    let error = Markup::Ssml.read(laughs, Strictness::Strict).unwrap_err();
    assert_eq!(
        (error.problem, error.place.byte),
        (MarkupProblem::DocumentType, 0)
    );
    let spans = Markup::Ssml.read(laughs, Strictness::Lenient).unwrap();
    assert_eq!(written(&spans, laughs), "text \"&l2;\"");
}

/// What is quadratic in the length of the text would take minutes here.
#[test]
fn long_malformed_documents_are_read() {
    for unit in [
        "<",
        "<a ",
        "<a \"",
        "&",
        "</a>",
        "<!--",
        "<![CDATA[",
        "[",
        "[a](/",
        "[pause 1",
    ] {
        let text = unit.repeat(100_000 / unit.len());
        for markup in [Markup::Ssml, Markup::Inline] {
            invariants::check_markup(&text, markup);
        }
    }
}

fn mixed() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        3 => "[a-z ]{1,6}",
        4 => "</?(speak|p|s|break|prosody|emphasis|say-as|sub|phoneme|voice|lang|mark|audio|b)/?>",
        2 => "<(break time|prosody rate|prosody volume|emphasis level|say-as interpret-as|sub alias|phoneme ph|voice name|lang xml:lang|mark name|audio src)=\"(500ms|1.5s|99s|fast|80%|\\+6dB|strong|cardinal|a|&amp;b|)\"/?>",
        1 => "&(amp|lt|#65|#x41|#0|bad)?;?",
        1 => prop_oneof![Just("<!-- "), Just("-->"), Just("<![CDATA["), Just("]]>"), Just("<?x"), Just("?>"), Just("<!DOCTYPE a>"), Just("<"), Just(">")].prop_map(String::from),
        2 => "\\[[a-zé]{0,3}\\](\\(/[a-zˈ]{0,3}/?\\)?)?",
        1 => "\\[pause:? ?[0-9.a-]{0,3}m?s?\\]?",
        1 => any::<char>().prop_map(String::from),
    ];
    (any::<bool>(), prop::collection::vec(token, 0..20)).prop_map(|(wrapped, tokens)| {
        let tokens = tokens.concat();
        if wrapped {
            format!("<speak>{tokens}</speak>")
        } else {
            tokens
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in mixed()) {
        for markup in [Markup::Ssml, Markup::Inline, Markup::Plain] {
            invariants::check_markup(&text, markup);
        }
    }

    #[test]
    fn any_unicode_is_read(text in any::<String>()) {
        for markup in [Markup::Ssml, Markup::Inline, Markup::Plain] {
            invariants::check_markup(&text, markup);
        }
    }
}
