//! The real voice, as it speaks on a device: how soon it gives up when it is stopped, and whether the device is served
//! in time while it computes on every processor. Needs a built voice (`UTTER_ARTIFACTS`, or the default place).
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

#[path = "../../fixtures/audio/timed_output.rs"]
mod timed_output;

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use timed_output::{Device, with_device};
use utter::playback::output::{CpalBackend, NullOutput, OutputBackend, OutputSelection};
use utter::playback::{Player, PlayerOptions};
use utter::speech::{Delivery, Event, Events, Outcome, Speaker, Utterance, read_text};
use utter::text::{Language, ReadOptions, Reader};
use utter::voice::artifacts::default_base;
use utter::voice::{self, KokoroPipeline};

const TEXT: &str = "The quick brown fox jumps over the lazy dog, and then it runs away from the hunters, \
    who have been looking for it since the early morning. ";

/// Opens the player and the voice; what is ahead of the playhead is never too much, so that it computes all the time.
fn start(backend: Arc<dyn OutputBackend>, period: Duration) -> (Speaker, Events) {
    let options = PlayerOptions {
        period,
        ahead: Duration::from_secs(10_000),
        ..PlayerOptions::default()
    };
    let voice =
        KokoroPipeline::load_from_artifacts_dir(&default_base().unwrap(), voice::Device::Cpu).unwrap();
    let player = Player::open(backend, &OutputSelection::Default, &options).unwrap();
    Speaker::start(player, Box::new(voice)).unwrap()
}

fn utterance(reader: &Arc<Reader>, text: String) -> Utterance {
    Utterance {
        chunks: read_text(
            Arc::clone(reader),
            text,
            Language::AmericanEnglish,
            &ReadOptions::default(),
        )
        .unwrap(),
        delivery: Delivery {
            voice: "af_heart".into(),
            ..Delivery::default()
        },
    }
}

fn wait_for(events: &Events, is_it: impl Fn(&Event) -> bool) {
    loop {
        let event = events
            .recv_timeout(Duration::from_secs(60))
            .expect("the event comes");
        if is_it(&event) {
            return;
        }
    }
}

#[test]
fn synthesis_is_given_up_within_150_ms_of_a_stop() {
    let output = Arc::new(NullOutput::new(48_000, 2));
    let (speaker, events) = start(output, PlayerOptions::default().period);
    let reader = Arc::new(Reader::new());
    let mut times = Vec::new();
    for n in 0..20 {
        let spoken = speaker.speak(utterance(&reader, TEXT.repeat(20))).unwrap();
        wait_for(
            &events,
            |event| matches!(event, Event::Started { utterance } if *utterance == spoken.id()),
        );
        // At other places of a synthesis each time; the first chunk takes longer than that.
        thread::sleep(Duration::from_millis(20 * n + 7));
        let since = Instant::now();
        speaker.stop();
        // The thread says so when it is free for the next one.
        wait_for(
            &events,
            |event| matches!(event, Event::Stopped { utterance } if *utterance == spoken.id()),
        );
        times.push(since.elapsed());
        assert!(matches!(spoken.wait(), Outcome::Stopped));
    }
    times.sort();
    println!("given up after {times:?}");
    assert!(*times.last().unwrap() <= Duration::from_millis(150), "{times:?}");
}

#[test]
#[ignore = "measures: UTTER_PERIOD (ms) and UTTER_SECONDS say what"]
fn xruns_while_the_voice_computes() {
    let device = Device {
        has_xruns: true,
        speed: 1,
        ..Device::default()
    };
    with_device("xruns_while_the_voice_computes", device, |_| {
        let number =
            |name: &str, default: u64| std::env::var(name).map_or(default, |value| value.parse().unwrap());
        let period = Duration::from_millis(number("UTTER_PERIOD", 20));
        let seconds = Duration::from_secs(number("UTTER_SECONDS", 20));
        let (speaker, events) = start(Arc::new(CpalBackend::new()), period);
        let reader = Arc::new(Reader::new());
        let spoken = speaker.speak(utterance(&reader, TEXT.repeat(500))).unwrap();
        wait_for(&events, |event| matches!(event, Event::FirstAudio { .. }));
        let (before, since) = (speaker.player().counters(), Instant::now());
        let (mut made, mut chunks) = (0, 0);
        while since.elapsed() < seconds {
            if let Ok(Event::ChunkReady { frames, .. }) = events.recv_timeout(Duration::from_millis(10)) {
                made += frames;
                chunks += 1;
            }
        }
        let counters = speaker.player().counters();
        let load = speaker.player().load();
        println!(
            "period {period:?}, {seconds:?}: {} xruns, {} underruns; {chunks} chunks, {:.2} times real time; {load:?}",
            counters.xruns - before.xruns,
            counters.underruns - before.underruns,
            made as f64 / 24_000.0 / seconds.as_secs_f64(),
        );
        speaker.stop();
        drop(spoken);
    });
}
