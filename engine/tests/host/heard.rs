//! What a client is told of what is heard of its texts, and of what is not.

use crate::rig::{Follower, NEVER, Rig, config};
use std::time::Duration;
use utter::host::{Client, ClientEvent, HeardUntil, Reason, Speak};
use utter::playback::{MarkKind, Stop};
use utter::speech::Outcome;
use utter::text::{Markup, Strictness, TextRange, Utf16Cursor, VisemeSet};

const TEXT: &str = "A naïve 😀 fox jumps over the dog. It sleeps.";

fn is_word(event: &ClientEvent, word: &str) -> bool {
    matches!(event, ClientEvent::Mark { kind: MarkKind::Word, source, .. } if TEXT[source.utf8.clone()] == *word)
}

/// Says the text, and does something when the word `fox` begins; what is told of it until its end.
fn ended_at_fox(client: &Client, end: impl FnOnce(&Client)) -> Vec<ClientEvent> {
    let mut events = Follower::of(client);
    client.speak(Speak::text(TEXT)).unwrap();
    let mut told = events.until(|event| is_word(event, "fox"));
    end(client);
    told.extend(events.until(|event| matches!(event, ClientEvent::Stopped { .. })));
    events.end();
    told
}

fn check(heard: &HeardUntil) {
    let mut cursor = Utf16Cursor::new(TEXT);
    for range in [&heard.text, &heard.unheard, &heard.word.as_ref().unwrap().range] {
        assert_eq!(cursor.range(range.utf8.clone()), range.utf16, "{heard:?}");
    }
    assert_eq!(heard.text.utf8.end, heard.unheard.utf8.start);
    assert_eq!(&TEXT[heard.unheard.utf8.clone()], &*heard.unheard_text);
}

#[test]
fn words_are_told_in_both_countings_with_their_ends() {
    let rig = Rig::new(config());
    rig.host.warm_up().unwrap().wait().unwrap();
    let client = rig.client("one");
    let mut events = Follower::of(&client);
    client.speak(Speak::text(TEXT)).unwrap();
    let told = events.until(|event| matches!(event, ClientEvent::Finished { .. }));
    let words: Vec<(TextRange, Duration, Duration)> = told
        .iter()
        .filter_map(|event| match event {
            ClientEvent::Mark {
                kind: MarkKind::Word,
                source,
                time,
                end,
                ..
            } => Some((source.clone(), *time, *end)),
            _ => None,
        })
        .collect();
    let spoken: Vec<&str> = words.iter().map(|(word, ..)| &TEXT[word.utf8.clone()]).collect();
    assert_eq!(
        spoken,
        ["A", "naïve", "fox", "jumps", "over", "the", "dog", "It", "sleeps"]
    );
    let mut cursor = Utf16Cursor::new(TEXT);
    for (word, start, end) in &words {
        assert_eq!(cursor.range(word.utf8.clone()), word.utf16);
        // A phoneme is 50 ms.
        assert!(
            *end >= *start + Duration::from_millis(50),
            "{word:?}: {start:?} to {end:?}"
        );
    }
    assert!(
        words.is_sorted_by(|(_, _, end), (_, start, _)| end <= start),
        "{words:?}"
    );
    events.end();
}

#[test]
fn a_stop_tells_the_last_word_and_the_text_that_was_not_heard() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    let ways: [fn(&Client); 2] = [
        |client| {
            client.stop(Stop::Fade).unwrap();
        },
        |client| drop(client.speak(Speak::text("Yes.").replace()).unwrap()),
    ];
    for end in ways {
        let told = ended_at_fox(&client, end);
        let Some(ClientEvent::Stopped { heard, .. }) = told.last() else {
            panic!("{told:?}");
        };
        check(heard);
        // The last word that was told is the last that was heard.
        let last = told.iter().rev().find_map(|event| match event {
            ClientEvent::Mark {
                kind: MarkKind::Word,
                source,
                ..
            } => Some(source),
            _ => None,
        });
        let word = heard.word.as_ref().unwrap();
        assert_eq!(Some(&word.range), last);
        assert!(
            heard.unheard_text.ends_with("jumps over the dog. It sleeps."),
            "{heard:?}"
        );
    }
}

#[test]
fn one_whose_client_is_gone_can_be_asked_what_was_heard() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    let mut events = Follower::of(&client);
    let spoken = client.speak(Speak::text(TEXT)).unwrap();
    events.until(|event| is_word(event, "naïve"));
    client.detach();
    assert!(matches!(spoken.wait_within(NEVER), Some(Outcome::Stopped)));
    let heard = spoken.heard().unwrap();
    check(&heard);
    assert!(
        heard.unheard_text.ends_with("fox jumps over the dog. It sleeps."),
        "{heard:?}"
    );
}

#[test]
fn a_stream_that_is_cancelled_tells_all_that_was_written_of_it() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    let mut events = Follower::of(&client);
    let stream = client.speak_stream(Speak::text("A naïve ")).unwrap();
    let rest = &TEXT.as_bytes()["A naïve ".len()..];
    rest.chunks(3).for_each(|piece| stream.push(piece).unwrap());
    events.until(|event| is_word(event, "fox"));
    stream.cancel().unwrap();
    let told = events.until(|event| matches!(event, ClientEvent::Stopped { .. }));
    let Some(ClientEvent::Stopped { heard, .. }) = told.last() else {
        panic!("{told:?}");
    };
    check(heard);
    assert!(
        heard.unheard_text.ends_with("jumps over the dog. It sleeps."),
        "{heard:?}"
    );
    assert_eq!(stream.handle().heard().as_ref(), Some(heard));
    events.end();
}

#[test]
fn phonemes_and_visemes_come_when_they_are_asked_for() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    let mut events = Follower::of(&client);
    let mut kinds = |speak: Speak| {
        client.speak(speak).unwrap();
        let told = events.until(|event| matches!(event, ClientEvent::Finished { .. }));
        let marks = told.into_iter().filter_map(|event| match event {
            ClientEvent::Mark { kind, .. } => Some(kind),
            _ => None,
        });
        let kinds = marks.filter(|kind| matches!(kind, MarkKind::Phoneme(_) | MarkKind::Viseme(_)));
        kinds.collect::<Vec<_>>()
    };
    assert_eq!(kinds(Speak::phonemes("mˈI")), []);
    assert_eq!(
        kinds(Speak::phonemes("mˈI").phoneme_events(true)),
        [MarkKind::Phoneme('m'), MarkKind::Phoneme('I')]
    );
    // A tone does not end before the pause that ends everything.
    let visemes = |set| Speak::phonemes("mˈI").visemes(set);
    let of = |ids: &[u8]| ids.iter().copied().map(MarkKind::Viseme).collect::<Vec<_>>();
    assert_eq!(kinds(visemes(VisemeSet::Microsoft)), of(&[21, 11, 0]));
    assert_eq!(kinds(visemes(VisemeSet::Oculus)), of(&[1, 10, 12, 0]));
}

#[test]
fn a_place_with_a_name_is_told_when_it_is_reached() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    let mut events = Follower::of(&client);
    let text =
        "<speak>A fox <mark name='here'/>jumps. <break time='200ms'/>It sleeps.<mark name='end'/></speak>";
    client
        .speak(Speak::text(text).markup(Markup::Ssml, Strictness::Strict))
        .unwrap();
    let told = events.until(|event| matches!(event, ClientEvent::Finished { .. }));
    let heard: Vec<String> = told
        .iter()
        .filter_map(|event| match event {
            ClientEvent::Mark {
                kind: MarkKind::Word,
                source,
                ..
            } => Some(text[source.utf8.clone()].to_string()),
            ClientEvent::Bookmark { name, source, .. } => {
                assert!(text[source.utf8.start..].starts_with("<mark"), "{source:?}");
                Some(format!("({name})"))
            }
            _ => None,
        })
        .collect();
    assert_eq!(heard, ["A", "fox", "(here)", "jumps", "It", "sleeps", "(end)"]);
}

#[test]
fn markup_that_is_wrong_is_refused_with_its_place() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    let wrong = || Speak::text("<speak>A <b>fox</b></speak>");
    let error = client
        .speak(wrong().markup(Markup::Ssml, Strictness::Strict))
        .unwrap_err();
    assert_eq!(error.reason(), Reason::InvalidInput);
    assert!(error.to_string().contains("line 1, column 10"), "{error}");
    assert!(
        client
            .speak(wrong().markup(Markup::Ssml, Strictness::Lenient))
            .is_ok()
    );
    let stream = Speak::text("").markup(Markup::Inline, Strictness::Strict);
    let refused = client.speak_stream(stream).map(|_| ()).unwrap_err();
    assert_eq!(refused.reason(), Reason::InvalidInput);
}
