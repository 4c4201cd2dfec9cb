//! How a runtime begins and ends.

use crate::rig::{Rig, config, wait_until};
use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;
use utter::host::{ClientOptions, Reason, RuntimeConfig, RuntimeHost, Speak};
use utter::speech::{FileOutcome, Outcome, VoiceState};
use utter::voice::VoiceFile;

#[test]
fn threads_that_initialise_at_once_get_the_same_runtime() {
    let rig = Rig::new(config());
    rig.host.shutdown();
    let clients: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    let host = RuntimeHost::init_with_parts(rig.config.clone(), rig.parts.clone()).unwrap();
                    host.attach(ClientOptions::default()).unwrap().id()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(clients.iter().collect::<HashSet<_>>().len(), 16);
    let host = RuntimeHost::running().unwrap();
    assert_eq!(host.status().unwrap().clients.len(), 16, "all are of one runtime");
    host.shutdown();
}

#[test]
fn another_configuration_is_refused_and_told() {
    let rig = Rig::new(config());
    let other = RuntimeConfig {
        lease: Duration::from_secs(1),
        threads: Some(7),
        ..rig.config.clone()
    };
    let error = RuntimeHost::init_with_parts(other, rig.parts.clone()).unwrap_err();
    assert_eq!(error.reason(), Reason::OtherConfiguration);
    for part in ["`lease` is 15s and not 1s", "`threads` is None and not Some(7)"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(!error.hint().is_empty());
    let nonsense = RuntimeConfig {
        threads: Some(0),
        ..config()
    };
    let too_many = RuntimeConfig {
        clients: utter::playback::QUEUES,
        ..config()
    };
    let file = |path: &str| VoiceFile::new("grandma", path).unwrap();
    let twice = RuntimeConfig {
        voice_files: vec![file("one.npy"), file("two.npy")],
        ..config()
    };
    for nonsense in [nonsense, too_many, twice] {
        let error = RuntimeHost::init(nonsense).unwrap_err();
        assert_eq!(error.reason(), Reason::InvalidInput, "{error}");
    }
}

#[test]
fn after_a_shutdown_there_is_nothing_and_all_handles_say_so() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    let spoken = client.speak(Speak::phonemes("həlˈO wˈɜɹld")).unwrap();
    rig.host.shutdown();
    assert!(matches!(
        spoken.outcome(),
        Some(Outcome::Stopped | Outcome::Failed(_))
    ));
    assert!(RuntimeHost::running().is_none());
    assert_eq!(rig.host.status().unwrap_err().reason(), Reason::NotInitialised);
    assert_eq!(client.heartbeat().unwrap_err().reason(), Reason::NotInitialised);
    rig.host.shutdown();
}

#[test]
fn the_voice_is_loaded_by_the_first_use_and_comes_back_after_a_release() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    assert_eq!(rig.loads.load(Ordering::SeqCst), 0);
    let say = || client.speak(Speak::phonemes("aɪ")).unwrap().wait();
    assert!(matches!(say(), Outcome::Finished));
    assert!(matches!(say(), Outcome::Finished));
    assert_eq!(rig.loads.load(Ordering::SeqCst), 1);
    rig.host.release_memory().unwrap().wait().unwrap();
    assert_eq!(rig.host.status().unwrap().voice.state, VoiceState::Absent);
    assert!(matches!(say(), Outcome::Finished));
    assert_eq!(rig.loads.load(Ordering::SeqCst), 2);
    rig.host.warm_up().unwrap().wait().unwrap();
    let status = rig.host.status().unwrap();
    assert!(status.voice.is_warm);
    assert!(
        matches!(status.state.voice, utter::host::VoiceState::Ready),
        "and clients are told so"
    );
}

#[test]
fn a_device_that_is_not_here_is_refused_with_those_that_are() {
    let rig = Rig::new(config());
    let error = rig.host.set_device("cuda").err().unwrap();
    assert_eq!(error.reason(), Reason::InvalidDevice);
    assert!(error.to_string().contains("cpu"), "{error}");
}

#[test]
fn speech_goes_into_a_file_beside_what_is_said() {
    let rig = Rig::new(config());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("speech.wav");
    let client = rig.client("one");
    let spoken = client.speak(Speak::phonemes("aɪ")).unwrap();
    let file = rig.host.synthesize(Speak::phonemes("aɪ aɪ"), &path).unwrap();
    assert!(matches!(file.wait(), FileOutcome::Written(_)));
    assert!(path.metadata().unwrap().len() > 1_000);
    assert!(matches!(spoken.wait(), Outcome::Finished));
    let nowhere = rig
        .host
        .synthesize(Speak::phonemes("aɪ"), folder.path().join("no/such.wav"));
    assert!(matches!(nowhere.unwrap().wait(), FileOutcome::Failed(_)));
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_queued() {
    let rig = Rig::new(config());
    let client = rig.client("one");
    let reason = |speak: Speak| client.speak(speak).err().unwrap().reason();
    assert_eq!(reason(Speak::text(" … ")), Reason::InvalidInput);
    assert_eq!(reason(Speak::text("Hello.").speed(9.0)), Reason::InvalidInput);
    assert_eq!(
        reason(Speak::text("Hello.").speed(f32::NAN)),
        Reason::InvalidInput
    );
    assert_eq!(
        reason(Speak::text("Hello.").voice("jf_alpha")),
        Reason::InvalidInput
    );
    assert_eq!(
        reason(Speak::text("Hello.").voice("nobody")),
        Reason::InvalidVoice
    );
    for voice in ["", "af_heart,", "af_heart:0", "af_heart:0.7,nobody:0.3"] {
        assert_eq!(reason(Speak::text("Hello.").voice(voice)), Reason::InvalidVoice);
    }
    assert_eq!(
        reason(Speak::phonemes("aɪ").voice("af_heart,")),
        Reason::InvalidVoice
    );
    assert_eq!(reason(Speak::phonemes("hgl")), Reason::InvalidInput);
    assert!(client.state().unwrap().utterances.is_empty());
    for _ in 0..utter::speech::PENDING_UTTERANCES + 2 {
        let _ = client.speak(Speak::phonemes("aɪ aɪ aɪ aɪ"));
    }
    wait_until("one is refused", || {
        client
            .speak(Speak::phonemes("aɪ aɪ aɪ aɪ"))
            .is_err_and(|error| error.reason() == Reason::QueueFull)
    });
}
