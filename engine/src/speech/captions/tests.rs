//! Whole files, as they must be.

use super::super::render::Rendered;
use super::super::timing::{SpokenPhoneme, SpokenWord};
use super::{CaptionFormat, Captioned, LINE, cues};
use proptest::prelude::*;
use std::ops::Range;
use std::path::Path;

/// The captions of a plain text.
fn captions(format: CaptionFormat, text: &str, rendered: &Rendered) -> String {
    super::captions(format, plain(text), rendered)
}

fn plain(text: &str) -> Captioned<'_> {
    Captioned {
        text,
        is_marked: false,
    }
}

/// Frames in 1 ms.
const MS: usize = 24;

/// The words of a text, each of which takes so many ms for a letter; a pause of 300 ms is behind signs.
fn spoken(text: &str, letter: usize) -> Rendered {
    let mut rendered = Rendered::default();
    let (mut at, mut word): (usize, Option<Range<usize>>) = (0, None);
    let mut add = |source: Range<usize>, at: &mut usize| {
        let frames = *at..*at + text[source.clone()].chars().count() * letter * MS;
        *at = frames.end;
        rendered.words.push(SpokenWord {
            phonemes: vec![SpokenPhoneme {
                symbol: 'a',
                frames: frames.clone(),
            }],
            source,
            frames,
        });
    };
    for (place, c) in text.char_indices().chain([(text.len(), '.')]) {
        if c.is_alphanumeric() {
            word = Some(word.map_or(place, |word| word.start)..place + c.len_utf8());
        } else {
            if let Some(source) = word.take() {
                add(source, &mut at);
            }
            at += if c.is_whitespace() { 0 } else { 300 * MS };
        }
    }
    rendered.frames = at as u64;
    rendered.sentences.push(0..text.len());
    rendered
}

#[test]
fn the_format_is_what_the_name_says() {
    let of = |name: &str| CaptionFormat::of_path(Path::new(name));
    assert_eq!(of("a/b.SRT"), Some(CaptionFormat::Srt));
    assert_eq!(of("b.vtt"), Some(CaptionFormat::Vtt));
    assert_eq!(of("b.json"), Some(CaptionFormat::Json));
    assert_eq!((of("b.txt"), of("srt")), (None, None));
}

const TEXT: &str =
    "Yes. This is a sentence that is longer than a line, and “here” is its end. A 😀 > B --> <C> & D!";

#[test]
fn subrip() {
    assert_eq!(
        captions(CaptionFormat::Srt, TEXT, &spoken(TEXT, 100)),
        "\
1
00:00:00,000 --> 00:00:06,600
Yes. This is a sentence that is longer
than a line, and “here” is its end.

2
00:00:06,900 --> 00:00:09,700
A 😀 > B → <C> & D!

"
    );
}

#[test]
fn webvtt() {
    assert_eq!(
        captions(CaptionFormat::Vtt, TEXT, &spoken(TEXT, 100)),
        "\
WEBVTT

00:00:00.000 --> 00:00:06.600
Yes. <00:00:00.600>This <00:00:01.000>is <00:00:01.200>a <00:00:01.300>sentence <00:00:02.100>that \
<00:00:02.500>is <00:00:02.700>longer
<00:00:03.300>than <00:00:03.700>a <00:00:03.800>line, <00:00:04.500>and <00:00:05.100>“here” \
<00:00:05.800>is <00:00:06.000>its <00:00:06.300>end.

00:00:06.900 --> 00:00:09.700
A <00:00:07.600>😀 &gt; B <00:00:08.900>--&gt; &lt;C<00:00:09.600>&gt; &amp; D!

"
    );
}

#[test]
fn a_long_sentence_is_cut_behind_a_clause_and_what_is_short_is_joined_or_stays_for_a_second() {
    let text = "No. When the sun had set behind the hills beyond the river, they went home, and nobody said a word \
        of it until the morning after that.";
    assert_eq!(
        captions(CaptionFormat::Srt, text, &spoken(text, 10)),
        "\
1
00:00:00,000 --> 00:00:01,180
No. When the sun had set behind the
hills beyond the river, they went home,

2
00:00:01,480 --> 00:00:02,480
and nobody said a word of it
until the morning after that.

"
    );
}

#[test]
fn json() {
    let text = "A 😀 b.";
    assert_eq!(
        captions(CaptionFormat::Json, text, &spoken(text, 100)),
        r#"{
  "duration": 1.1,
  "sentences": [
    {
      "text": "A 😀 b.",
      "utf8": [
        0,
        9
      ],
      "utf16": [
        0,
        7
      ],
      "start": 0.0,
      "end": 0.5,
      "words": [
        {
          "text": "A",
          "utf8": [
            0,
            1
          ],
          "utf16": [
            0,
            1
          ],
          "start": 0.0,
          "end": 0.1,
          "phonemes": [
            {
              "symbol": "a",
              "start": 0.0,
              "end": 0.1
            }
          ]
        },
        {
          "text": "b",
          "utf8": [
            7,
            8
          ],
          "utf16": [
            5,
            6
          ],
          "start": 0.4,
          "end": 0.5,
          "phonemes": [
            {
              "symbol": "a",
              "start": 0.4,
              "end": 0.5
            }
          ]
        }
      ]
    }
  ]
}
"#
    );
}

#[test]
fn of_markup_only_the_words_are_shown() {
    let text = "<speak><p>Say “<emphasis>hello</emphasis>”,</p> **you** there!</speak>";
    let mut rendered = spoken(text, 100);
    let is_said = |source: &Range<usize>| ["Say", "hello", "you", "there"].contains(&&text[source.clone()]);
    rendered.words.retain(|word| is_said(&word.source));
    let source = Captioned {
        text,
        is_marked: true,
    };
    let shown = super::captions(CaptionFormat::Srt, source, &rendered);
    assert_eq!(shown.lines().nth(2), Some("Say hello you there!"));
}

#[test]
fn without_words_there_are_no_cues() {
    let nothing = Rendered::default();
    assert_eq!(captions(CaptionFormat::Srt, "Hello.", &nothing), "");
    assert_eq!(captions(CaptionFormat::Vtt, "Hello.", &nothing), "WEBVTT\n\n");
}

proptest! {
    #[test]
    fn cues_are_readable_in_order_and_have_all_of_the_text(
        text in "([a-zé😀\"“”(),.?!&<>-]{1,12}[ \n]{1,2}){1,40}[a-z]{0,120}",
        letter in 0..150_usize,
    ) {
        let rendered = spoken(&text, letter);
        let cues = cues::cues(plain(&text), &rendered);
        let mut at = 0;
        let mut shown = String::new();
        for cue in &cues {
            prop_assert!(at <= cue.start && cue.start < cue.end, "{cues:?}");
            at = cue.end;
            prop_assert!((1..=2).contains(&cue.lines.len()));
            for line in &cue.lines {
                let mut width = 0;
                for (n, token) in line.iter().enumerate() {
                    width += token.width() + usize::from(n > 0 && token.is_apart);
                    shown.push_str(token.text);
                }
                prop_assert!(width <= LINE, "{line:?}");
            }
        }
        if letter > 0 && !rendered.words.is_empty() {
            let all = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(all(&shown), all(&text));
        }
        for format in [CaptionFormat::Srt, CaptionFormat::Vtt, CaptionFormat::Json] {
            let file = captions(format, &text, &rendered);
            let arrows = file.lines().filter(|line| line.contains("-->")).count();
            prop_assert!(arrows == cues.len() || format == CaptionFormat::Json, "{}", file);
        }
    }
}
