//! Texts and files of a client that only keeps their numbers.

use crate::rig::{Follower, NEVER, Rig, config};
use std::sync::atomic::Ordering;
use utter::host::{Client, ClientEvent, Reason, Speak};
use utter::speech::{FileId, FileOutcome, Outcome};

#[test]
fn a_text_is_written_by_its_number_until_it_is_finished() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    let mut events = Follower::of(&client);
    let number = client.open_text(Speak::text("One ")).unwrap().id().number();
    let utterance = client.utterance(number).unwrap();
    client.push_text(utterance, "two ").unwrap();
    client.push_text(utterance, "three.").unwrap();
    client.finish_text(utterance).unwrap();
    let told =
        events.until(|event| matches!(event, ClientEvent::Finished { utterance: id } if *id == utterance));
    let words = told.iter().filter(
        |event| matches!(event, ClientEvent::Mark { kind, .. } if *kind == utter::playback::MarkKind::Word),
    );
    assert_eq!(words.count(), 3);
    let reason = |result: Result<(), utter::host::Error>| result.unwrap_err().reason();
    assert_eq!(reason(client.push_text(utterance, "four")), Reason::Cancelled);
    client.finish_text(utterance).unwrap();
    // Another client has no such text, though the number is right.
    let other = rig.client("two");
    let text = client.open_text(Speak::text("More")).unwrap().id();
    let borrowed = other.utterance(text.number()).unwrap();
    assert_eq!(reason(other.push_text(borrowed, "!")), Reason::Cancelled);
    client.cancel(text).unwrap();
    assert_eq!(reason(client.push_text(text, "!")), Reason::Cancelled);
}

#[test]
fn a_text_that_nobody_finishes_ends_with_its_client() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    let text = client.open_text(Speak::text("Words, and then ")).unwrap();
    client.detach();
    assert!(matches!(text.wait_within(NEVER), Some(Outcome::Stopped)));
    let error = client.push_text(text.id(), "nothing").unwrap_err();
    assert_eq!(error.reason(), Reason::StaleClient);
}

fn write(client: &Client, folder: &std::path::Path, name: &str) -> FileId {
    let speak = Speak::phonemes("həlˈO wˈɜɹld.");
    client.synthesize(speak, folder.join(name)).unwrap().id()
}

#[test]
fn a_file_is_found_by_its_number_until_it_is_forgotten() {
    let rig = Rig::new(config());
    let folder = tempfile::tempdir().unwrap();
    let client = rig.client("one");
    let file = FileId::of_number(write(&client, folder.path(), "one.wav").number());
    let outcome = client.file(file).unwrap().wait();
    assert!(matches!(outcome, FileOutcome::Written(_)), "{outcome:?}");
    assert!(client.file(file).is_ok(), "it may be asked after its end");
    client.forget_file(file);
    assert_eq!(
        client.file(file).err().map(|error| error.reason()),
        Some(Reason::InvalidInput)
    );
    let other = rig.client("two");
    let of_one = write(&client, folder.path(), "two.wav");
    assert!(other.file(of_one).is_err(), "it is another client's");
}

#[test]
fn the_words_of_a_file_stand_in_its_text_in_both_ways_of_counting() {
    let rig = Rig::new(config());
    let folder = tempfile::tempdir().unwrap();
    let client = rig.client("one");
    let speak = Speak::text("A naïve 😀 fox.");
    let file = client.synthesize(speak, folder.path().join("fox.wav")).unwrap();
    let FileOutcome::Written(written) = file.wait() else {
        panic!("it is written")
    };
    let fox = file.text_range(&written.words.last().unwrap().source);
    assert_eq!((fox.utf8, fox.utf16), (14..17, 11..14));
}

/// What nobody asks for is not kept for ever.
#[test]
fn of_files_that_are_over_the_last_are_kept() {
    let rig = Rig::new(config());
    let folder = tempfile::tempdir().unwrap();
    let client = rig.client("one");
    let files: Vec<FileId> = (0..80)
        .map(|n| {
            let file = write(&client, folder.path(), &format!("{n}.wav"));
            client.file(file).unwrap().wait();
            file
        })
        .collect();
    let kept = files.iter().filter(|file| client.file(**file).is_ok()).count();
    assert_eq!(kept, 64);
    assert!(
        client.file(files[15]).is_err() && client.file(files[16]).is_ok(),
        "the oldest go"
    );
}

#[test]
fn a_file_ends_with_its_client_and_leaves_nothing() {
    let rig = Rig::new(config());
    let folder = tempfile::tempdir().unwrap();
    rig.delay.store(10_000, Ordering::SeqCst);
    let client = rig.client("one");
    let file = write(&client, folder.path(), "never.wav");
    let handle = client.file(file).unwrap();
    client.detach();
    assert!(matches!(
        handle.completion().wait_within(NEVER),
        Some(FileOutcome::Cancelled)
    ));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Silence before, silence after, and something between them.
#[test]
fn the_level_can_be_asked_for_at_any_time() {
    let rig = Rig::new(config());
    assert_eq!(rig.host.level().unwrap().peak, 0.0);
    let client = rig.client("one");
    let mut events = Follower::of(&client);
    client.speak(Speak::phonemes("a".repeat(60))).unwrap();
    events.until(|event| matches!(event, ClientEvent::Started { .. }));
    crate::rig::wait_until("something is heard", || rig.host.level().unwrap().peak > 0.1);
    events.until(|event| matches!(event, ClientEvent::Finished { .. }));
    crate::rig::wait_until("nothing is heard", || rig.host.level().unwrap().peak == 0.0);
}
