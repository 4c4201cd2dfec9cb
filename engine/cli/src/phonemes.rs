//! `utter phonemes`: how a text is read, sentence by sentence and word by word, for people who report a wrong reading.
//!
//! The library explains (`Reader::explain`), by reading as it does for `say`; here that is shown. No voice is needed, only
//! its language. The names of the JSON's fields, origins and boundaries stay what they are.

use std::ops::Range;
use std::process::ExitCode;

use serde::Serialize;
use utter::speech::Pauses;
use utter::text::{Boundary, Chunk, ExplainedSentence, ExplainedWord, Language, Reader};

use crate::arguments::PhonemesOptions;
use crate::failure::Failure;
use crate::input;
use crate::reading::{ReadingArguments, language_of};
use crate::table::{show, show_json, table, write};

#[derive(Serialize)]
struct Report {
    /// The language's tag.
    language: &'static str,
    sentences: Vec<Sentence>,
    chunks: Vec<Spoken>,
}

#[derive(Serialize)]
struct Sentence {
    text: String,
    /// From the first byte of the text to the one behind the last, as everywhere here.
    bytes: [usize; 2],
    /// With written forms as words.
    written: String,
    words: Vec<Word>,
}

#[derive(Serialize)]
struct Word {
    text: String,
    bytes: [usize; 2],
    written: String,
    phonemes: String,
    origin: &'static str,
    tag: Option<&'static str>,
}

#[derive(Serialize)]
struct Spoken {
    bytes: [usize; 2],
    phonemes: String,
    /// How many phonemes.
    count: usize,
    boundary: &'static str,
    /// The pause behind it at normal speed.
    pause_ms: u128,
}

pub fn run(options: &PhonemesOptions) -> Result<ExitCode, Failure> {
    let language = language_of(options.reading.language, &options.voice)?;
    let text = input::words(&options.text)?;
    let report = report(&text, language, &options.reading)?;
    if report.chunks.is_empty() {
        return Err(input::nothing_to_say());
    }
    if options.json {
        show_json(&report)?;
    } else {
        show_tables(&report)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn report(text: &str, language: Language, reading: &ReadingArguments) -> Result<Report, Failure> {
    let marked = reading.marked().unwrap_or_default();
    let markup = (marked.markup, marked.strictness);
    let reader = Reader::new().allowing_espeak(true);
    let explained = reader.explain(text, markup, language, &reading.options()?)?;
    let pauses = reading.pauses.unwrap_or_default();
    let sentences = explained.sentences.into_iter();
    Ok(Report {
        language: language.tag(),
        sentences: sentences.map(|sentence| Sentence::of(sentence, text)).collect(),
        chunks: explained
            .chunks
            .iter()
            .map(|chunk| Spoken::of(chunk, &pauses))
            .collect(),
    })
}

impl Sentence {
    fn of(sentence: ExplainedSentence, text: &str) -> Self {
        let words = sentence.words.into_iter();
        Self {
            text: text[sentence.source.clone()].into(),
            bytes: bytes(&sentence.source),
            written: sentence.written,
            words: words.map(|word| Word::of(word, text)).collect(),
        }
    }
}

impl Word {
    fn of(word: ExplainedWord, text: &str) -> Self {
        Self {
            text: text[word.source.clone()].into(),
            bytes: bytes(&word.source),
            written: word.written,
            phonemes: word.phonemes,
            origin: word.origin.name(),
            tag: word.tag,
        }
    }
}

impl Spoken {
    fn of(chunk: &Chunk, pauses: &Pauses) -> Self {
        Self {
            bytes: bytes(&chunk.source),
            phonemes: chunk.symbols(),
            count: chunk.phonemes.len(),
            boundary: name(chunk.boundary),
            pause_ms: pauses.after(chunk.boundary).as_millis(),
        }
    }
}

fn bytes(range: &Range<usize>) -> [usize; 2] {
    [range.start, range.end]
}

fn name(boundary: Boundary) -> &'static str {
    match boundary {
        Boundary::InsideWord => "inside-word",
        Boundary::Word => "word",
        Boundary::Clause => "clause",
        Boundary::Sentence => "sentence",
        Boundary::Paragraph => "paragraph",
        Boundary::End => "end",
    }
}

fn show_tables(report: &Report) -> Result<(), Failure> {
    for sentence in &report.sentences {
        write(&format!("{}\n", one_line(&sentence.text)))?;
        if sentence.written != sentence.text {
            write(&format!("= {}\n", one_line(&sentence.written)))?;
        }
        write("\n")?;
        let mut words = table(&["WORD", "BYTES", "READ AS", "PHONEMES", "FOUND", "TAG"]);
        for word in &sentence.words {
            words.add_row([
                &one_line(&word.text),
                &place(word.bytes),
                &one_line(&word.written),
                &word.phonemes,
                word.origin,
                word.tag.unwrap_or(""),
            ]);
        }
        show(words)?;
        write("\n")?;
    }
    let mut chunks = table(&["CHUNK", "BYTES", "COUNT", "BOUNDARY", "PAUSE", "PHONEMES"]);
    for (n, chunk) in report.chunks.iter().enumerate() {
        chunks.add_row([
            &(n + 1).to_string(),
            &place(chunk.bytes),
            &chunk.count.to_string(),
            chunk.boundary,
            &format!("{} ms", chunk.pause_ms),
            &chunk.phonemes,
        ]);
    }
    show(chunks)
}

fn place([start, end]: [usize; 2]) -> String {
    format!("{start}–{end}")
}

/// White space of any kind is a space: a row is a line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
