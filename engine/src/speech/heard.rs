//! How far an utterance was heard that is over: what a person got of its text, and what not.
//!
//! The player says which frames were heard and which word they end in ([`Extent`]); here that becomes a cut through the text.
//! A word that was cut off counts as not heard, so that who goes on with the rest says it again, as the player itself does
//! after an interruption. Asked for by handles, and told in the event that ends an utterance.

use super::transcript::Transcript;
use crate::playback::Extent;
use crate::text::TextRange;
use std::sync::Arc;
use std::time::Duration;

/// Signs that belong to the word behind them, if no space is between.
const OPENING: &str = "([{“‘«„\"'¿¡#$£€¥@*_`~";

/// Signs that belong to the word before them.
const CLOSING: &str = ".,;:!?…)]}”’»\"'*_`~%–—-";

/// How far an utterance was heard. `text` and `unheard` are all of its text, and have nothing in common.
///
/// What was heard is what the device had played when it was told, by its own account of its latency: the fade of a stop is not
/// in it, nor is what was made or given to the device and not played.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeardUntil {
    /// From its beginning.
    pub time: Duration,
    /// The last word that had begun to be heard; none if no word had, or the voice cannot tell.
    pub word: Option<HeardWord>,
    /// What was heard of the text: from its beginning through the last word that was heard whole, with the signs and the space
    /// behind it.
    pub text: TextRange,
    /// What was not: from there to the end of what was written, a word that was cut off included.
    pub unheard: TextRange,
    /// The same as text. Empty for a clip, and for chunks that came without a text.
    pub unheard_text: Arc<str>,
}

/// A word that was heard, or a part of it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardWord {
    /// Where it stands in the text.
    pub range: TextRange,
    /// Whether it was heard to its end.
    pub is_whole: bool,
}

impl HeardUntil {
    /// Cuts `transcript` where `extent` ends; nothing is left of one that was heard to its end.
    pub(super) fn of(extent: &Extent, is_finished: bool, transcript: &Transcript) -> Self {
        let border = transcript.look(|text| match &extent.word {
            _ if is_finished => text.len(),
            None => 0,
            Some(word) if extent.is_word_whole => behind(text, word.end),
            Some(word) => ahead(text, word.start),
        });
        let word = extent.word.as_ref().map(|word| HeardWord {
            range: transcript.range(word),
            is_whole: extent.is_word_whole || is_finished,
        });
        Self {
            time: extent.position.time,
            word,
            text: transcript.range(&(0..border)),
            unheard: transcript.range(&(border..usize::MAX)),
            unheard_text: transcript.look(|text| text[border..].into()),
        }
    }
}

/// Where the next word begins behind one that ends at `end`.
pub(super) fn behind(text: &str, end: usize) -> usize {
    let end = text.floor_char_boundary(end);
    let rest = text[end..].trim_start_matches(|c| CLOSING.contains(c));
    text.len() - rest.trim_start().len()
}

/// Where what belongs to the word at `start` begins.
pub(super) fn ahead(text: &str, start: usize) -> usize {
    let start = text.floor_char_boundary(start);
    text[..start].trim_end_matches(|c| OPENING.contains(c)).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playback::{Position, TrackId};
    use proptest::prelude::*;

    const TEXT: &str = "He said: “Stop it, 😀 naïve cat!”, twice.";

    fn extent(word: &str, is_word_whole: bool) -> Extent {
        let start = TEXT.find(word).unwrap();
        Extent {
            position: Position {
                track: TrackId(1),
                frame: 24_000,
                time: Duration::from_secs(1),
            },
            word: Some(start..start + word.len()),
            is_word_whole,
            has_begun: true,
        }
    }

    fn cut(word: &str, is_word_whole: bool) -> (String, String) {
        let heard = HeardUntil::of(&extent(word, is_word_whole), false, &Transcript::of(TEXT));
        assert_eq!(&*heard.unheard_text, &TEXT[heard.unheard.utf8.clone()]);
        (TEXT[heard.text.utf8].into(), heard.unheard_text.to_string())
    }

    #[test]
    fn signs_go_with_the_word_that_they_belong_to() {
        let cuts = [
            ("said", true, "He said: "),
            ("Stop", false, "He said: "),
            ("Stop", true, "He said: “Stop "),
            ("it", true, "He said: “Stop it, "),
            ("cat", true, "He said: “Stop it, 😀 naïve cat!”, "),
            ("cat", false, "He said: “Stop it, 😀 naïve "),
            ("twice", true, TEXT),
        ];
        for (word, is_whole, heard) in cuts {
            let rest = TEXT.strip_prefix(heard).unwrap();
            assert_eq!(
                cut(word, is_whole),
                (heard.into(), rest.into()),
                "{word} {is_whole}"
            );
        }
    }

    #[test]
    fn words_and_cuts_are_counted_in_both_ways() {
        let heard = HeardUntil::of(&extent("naïve", true), false, &Transcript::of(TEXT));
        let word = heard.word.unwrap();
        let before = |end: usize| TEXT[..end].encode_utf16().count();
        assert!(word.is_whole && &TEXT[word.range.utf8.clone()] == "naïve");
        assert_eq!(
            word.range.utf16,
            before(word.range.utf8.start)..before(word.range.utf8.end)
        );
        assert_eq!(heard.text.utf16, 0..before(heard.text.utf8.end));
        assert_eq!(heard.unheard.utf16, heard.text.utf16.end..before(TEXT.len()));
    }

    #[test]
    fn nothing_is_left_of_what_was_heard_to_its_end() {
        let heard = HeardUntil::of(&extent("cat", true), true, &Transcript::of(TEXT));
        assert_eq!((heard.text.utf8, &*heard.unheard_text), (0..TEXT.len(), ""));
        let silent = Extent {
            word: None,
            is_word_whole: false,
            ..extent("He", false)
        };
        let heard = HeardUntil::of(&silent, false, &Transcript::of(TEXT));
        assert_eq!((heard.text.utf8, &*heard.unheard_text), (0..0, TEXT));
    }

    proptest! {
        #[test]
        fn what_was_heard_and_what_not_are_the_text(
            text in "([a-zé😀.,“”'<> ]|\\PC){0,40}",
            word in prop::option::of((0..60_usize, 0..20_usize)),
            is_word_whole: bool,
            is_finished: bool,
        ) {
            let extent = Extent {
                word: word.map(|(start, length)| start..start + length),
                is_word_whole,
                ..extent("He", false)
            };
            let heard = HeardUntil::of(&extent, is_finished, &Transcript::of(text.as_str()));
            let (text_range, unheard) = (heard.text, heard.unheard);
            prop_assert_eq!((text_range.utf8.start, text_range.utf16.start), (0, 0));
            prop_assert_eq!(text_range.utf8.end, unheard.utf8.start);
            prop_assert_eq!(text_range.utf16.end, unheard.utf16.start);
            prop_assert_eq!(unheard.utf8.end, text.len());
            prop_assert_eq!(unheard.utf16.end, text.encode_utf16().count());
            prop_assert_eq!(text[..text_range.utf8.end].to_owned() + &heard.unheard_text, text);
        }
    }
}
