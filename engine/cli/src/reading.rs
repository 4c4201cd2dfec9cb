//! How text is read: the arguments that `say`, `phonemes` and whoever else reads have in common.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};
use utter::speech::{Marked, Pauses, Recordings};
use utter::text::{
    CodeBlocks, CodeSpans, EmojiReading, Language, Links, MarkdownOptions, Markup, ReadError, ReadOptions,
    Strictness, UserLexicon, WrittenOptions, has_markdown,
};

use crate::failure::{Failure, Kind};

/// How the text is read.
#[derive(Debug, Args)]
#[command(next_help_heading = "How the text is read")]
pub struct ReadingArguments {
    /// The language of the text, as in `en-GB` [default: that of the voice]
    #[arg(long, visible_alias = "lang", value_name = "TAG", value_parser = language)]
    pub language: Option<Language>,

    /// Your own pronunciations, a line each: `nginx = engine x`, `Siobhán /ʃəvˈɔn/`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub lexicon: Option<PathBuf>,

    /// The text is marked up: `ssml`, or `inline` phonemes and pauses, as in `[word](/wˈɜɹd/)[pause 500ms]`
    #[arg(long, value_enum, default_value_t, value_name = "KIND")]
    pub markup: MarkupKind,

    /// Markup that is wrong is read as the text that it holds, instead of refused
    #[arg(long)]
    pub lenient: bool,

    /// The folder of the sound files that SSML may name
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub recordings: Option<PathBuf>,

    /// Markdown's signs are text like any other
    #[arg(long)]
    pub no_markdown: bool,

    /// `code` within a line
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub code: Code,

    /// Code between fences: `notice` says that there is some
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub code_blocks: Blocks,

    /// Links: their text, or the address too
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub links: LinkReading,

    /// Emoji: left out, or by their names
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub emoji: Emoji,

    /// How long pauses are, in milliseconds, as in `sentence=500,clause=200`: behind `word`, `clause`, `sentence`,
    /// `paragraph`, and at the `end`
    #[arg(long, value_parser = pauses, value_name = "PAUSES")]
    pub pauses: Option<Pauses>,
}

/// What a text is marked up with.
#[derive(Debug, Clone, Copy, Default, ValueEnum, PartialEq, Eq)]
pub enum MarkupKind {
    /// Nothing
    #[default]
    None,
    /// The Speech Synthesis Markup Language
    Ssml,
    /// Phonemes and pauses in brackets
    Inline,
}

/// What is said of code within a line.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum Code {
    #[default]
    Spoken,
    Skipped,
}

/// What is said of a block of code.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum Blocks {
    #[default]
    Notice,
    Spoken,
    Skipped,
}

/// What is said of a link.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum LinkReading {
    #[default]
    Text,
    Address,
}

/// What is said of an emoji.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum Emoji {
    #[default]
    Skipped,
    Named,
}

impl ReadingArguments {
    /// The options of the library.
    pub fn options(&self) -> Result<ReadOptions, Failure> {
        let emoji = match self.emoji {
            Emoji::Skipped => EmojiReading::Skipped,
            Emoji::Named => EmojiReading::Named,
        };
        Ok(ReadOptions {
            markdown: self.markdown(),
            written: WrittenOptions { emoji },
            lexicon: self.user_lexicon()?,
            ..ReadOptions::default()
        })
    }

    fn markdown(&self) -> Option<MarkdownOptions> {
        let markdown = MarkdownOptions {
            code_spans: match self.code {
                Code::Spoken => CodeSpans::Spoken,
                Code::Skipped => CodeSpans::Skipped,
            },
            code_blocks: match self.code_blocks {
                Blocks::Notice => CodeBlocks::Notice,
                Blocks::Spoken => CodeBlocks::Spoken,
                Blocks::Skipped => CodeBlocks::Skipped,
            },
            links: match self.links {
                LinkReading::Text => Links::Text,
                LinkReading::Address => Links::TextAndAddress,
            },
        };
        (!self.no_markdown).then_some(markdown)
    }

    fn user_lexicon(&self) -> Result<Option<Arc<UserLexicon>>, Failure> {
        let Some(path) = &self.lexicon else {
            return Ok(None);
        };
        let place = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Failure::new(
                Kind::Usage,
                format!("the lexicon {place} cannot be read: {error}"),
                "give a text file in UTF-8, with a word and its pronunciation in each line",
            )
        })?;
        let lexicon = UserLexicon::parse(&text).map_err(|error| {
            let (line, column) = (error.place.line, error.place.column);
            Failure::new(
                Kind::Usage,
                format!("{place}:{line}:{column}: {error}"),
                error.hint(),
            )
        })?;
        Ok(Some(Arc::new(lexicon)))
    }

    /// What the text is marked up with; `None` if with nothing.
    pub fn marked(&self) -> Option<Marked> {
        let markup = match self.markup {
            MarkupKind::None => return None,
            MarkupKind::Ssml => Markup::Ssml,
            MarkupKind::Inline => Markup::Inline,
        };
        Some(Marked {
            markup,
            strictness: match self.lenient {
                true => Strictness::Lenient,
                false => Strictness::Strict,
            },
            recordings: self.recordings.as_ref().map_or(Recordings::NONE, Recordings::of),
        })
    }

    /// Whether the text has signs that are not read.
    pub fn leaves_out(&self, text: &str) -> bool {
        self.marked().is_some() || self.markdown().is_some_and(|options| has_markdown(text, options))
    }
}

/// The language in which text is read: the one that is asked for, or that of the voice.
pub fn language_of(asked: Option<Language>, voice: &str) -> Result<Language, Failure> {
    let language = asked.or_else(|| Language::of_voice(voice)).ok_or_else(|| {
        Failure::new(
            Kind::Usage,
            format!("the voice {voice} is of no known language"),
            "name it, as in --language en-US, or give phonemes: --phonemes",
        )
    })?;
    match language.has_text_front_end() {
        true => Ok(language),
        false => Err(ReadError::NoTextFrontEnd { language }.into()),
    }
}

fn language(tag: &str) -> Result<Language, String> {
    Language::of_tag(tag).ok_or_else(|| {
        let known: Vec<&str> = Language::ALL.into_iter().map(Language::tag).collect();
        format!("no voice speaks that; there are {}", known.join(", "))
    })
}

fn pauses(text: &str) -> Result<Pauses, String> {
    let mut pauses = Pauses::default();
    for part in text.split(',') {
        let Some((name, time)) = part.split_once('=') else {
            return Err(format!("{part:?} is not like sentence=500"));
        };
        let milliseconds = time.trim().trim_end_matches("ms").parse::<u64>();
        let milliseconds = milliseconds.map_err(|_| format!("{time:?} is no number of milliseconds"))?;
        if milliseconds > 10_000 {
            return Err(format!("a pause of {milliseconds} ms is longer than 10 seconds"));
        }
        let pause = match name.trim() {
            "word" => &mut pauses.word,
            "clause" => &mut pauses.clause,
            "sentence" => &mut pauses.sentence,
            "paragraph" => &mut pauses.paragraph,
            "end" => &mut pauses.end,
            other => {
                return Err(format!(
                    "there is no pause {other:?}; there are word, clause, sentence, paragraph, end"
                ));
            }
        };
        *pause = Duration::from_millis(milliseconds);
    }
    Ok(pauses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_given_by_name() {
        let given = pauses("sentence=500, clause=20ms").unwrap();
        assert_eq!(given.sentence, Duration::from_millis(500));
        assert_eq!(given.clause, Duration::from_millis(20));
        assert_eq!(given.word, Pauses::default().word);
        for wrong in ["", "sentence", "sentence=x", "line=3", "end=10001"] {
            assert!(pauses(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_language_is_given_by_its_tag() {
        assert_eq!(language("en-GB"), Ok(Language::BritishEnglish));
        assert!(language("xx").unwrap_err().contains("pt-BR"));
    }
}
