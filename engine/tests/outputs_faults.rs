//! What becomes of a stream of the cpal backend whose output fails: what its health says, and what can be done
//! with the backend meanwhile. `outputs_cpal.rs` shows what cpal says of each, `outputs_recovery.rs` how speech goes on.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test relies on may fail it"
)]

#[path = "../../fixtures/audio/timed_output.rs"]
mod timed_output;
#[path = "../../fixtures/audio/watched_backend.rs"]
mod watched_backend;

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use timed_output::{Device, Operation, TimedOutput, now, with_device, with_devices};
use utter::playback::output::{
    CpalBackend, LossReason, OutputBackend, OutputError, OutputHealth, OutputId, OutputRequest,
    OutputSelection,
};
use utter::playback::{PlaybackError, Player, PlayerOptions};
use watched_backend::WatchedBackend;

const PERIOD: Duration = Duration::from_millis(10);

/// Long enough to see that nothing happens: thirty periods.
const WHILE: Duration = Duration::from_millis(300);

const DEVICE: Device = Device {
    rate: 48_000,
    channels: 2,
    format: "FLOAT_LE",
    has_xruns: false,
    speed: 1,
};

fn id(output: &TimedOutput) -> OutputSelection {
    OutputSelection::Id(OutputId::new(output.id()))
}

fn try_open(output: &TimedOutput) -> Result<(Player, Arc<OutputHealth>), PlaybackError> {
    let backend = Arc::new(WatchedBackend::new(CpalBackend::new()));
    let options = PlayerOptions {
        period: PERIOD,
        // What stands still stays as it is.
        stalled_after: Duration::from_secs(1_000),
        ..PlayerOptions::default()
    };
    let player = Player::open(backend.clone(), &id(output), &options)?;
    Ok((player, backend.health()))
}

/// A player of silence that runs.
fn running(output: &TimedOutput) -> (Player, Arc<OutputHealth>) {
    let before = output.captured().len();
    let (player, health) = try_open(output).unwrap();
    wait_until("it runs", || output.captured().len() > before + 9_600);
    assert_eq!(health.lost(), None);
    (player, health)
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let since = Instant::now();
    while !condition() {
        assert!(since.elapsed() < Duration::from_secs(20), "never: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

fn assert_silent(output: &TimedOutput, health: &OutputHealth) {
    wait_until("what was under way is played", || {
        let before = output.captured().len();
        thread::sleep(3 * PERIOD);
        output.captured().len() == before
    });
    thread::sleep(WHILE);
    assert_eq!((health.lost(), health.errors()), (None, 0));
}

#[test]
fn a_device_that_vanishes_is_lost_and_can_be_opened_when_it_is_back() {
    with_device(
        "a_device_that_vanishes_is_lost_and_can_be_opened_when_it_is_back",
        DEVICE,
        |output| {
            let (player, health) = running(output);
            output.vanish();
            let at = now();
            wait_until("it is lost", || health.lost().is_some());
            println!("lost after {:?}", now() - at);
            assert_eq!(health.lost(), Some(LossReason::Disconnected));
            player.close();
            let error = try_open(output).err().unwrap();
            assert!(
                matches!(error, PlaybackError::Output(OutputError::NotFound(_))),
                "{error}"
            );
            output.come_back();
            running(output).0.close();
        },
    );
}

#[test]
fn a_storm_is_lost_within_a_second_and_is_slowed_down() {
    with_device(
        "a_storm_is_lost_within_a_second_and_is_slowed_down",
        DEVICE,
        |output| {
            let (player, health) = running(output);
            let since = Instant::now();
            output.storm();
            wait_until("it is lost", || health.lost().is_some());
            println!("lost after {:?}", since.elapsed());
            assert_eq!(health.lost(), Some(LossReason::ErrorStorm));
            thread::sleep(WHILE);
            // An error a millisecond at most; without the brake it were hundreds of thousands.
            let most = 64 + since.elapsed().as_millis() as u64;
            assert!(health.errors() <= most, "{} errors", health.errors());
            player.close();
            let error = try_open(output).err().unwrap();
            assert!(
                matches!(error, PlaybackError::Output(OutputError::Device { .. })),
                "{error}"
            );
            output.come_back();
            running(output).0.close();
        },
    );
}

/// Nobody says so: it can only be seen from callbacks that do not come.
#[test]
fn a_stall_says_nothing() {
    with_device("a_stall_says_nothing", DEVICE, |output| {
        let (player, health) = running(output);
        output.stall();
        assert_silent(output, &health);
        player.close();
        output.go_on();
        running(output).0.close();
    });
}

#[test]
fn a_jammed_stream_says_nothing_and_another_one_plays_beside_it() {
    with_device(
        "a_jammed_stream_says_nothing_and_another_one_plays_beside_it",
        DEVICE,
        |output| {
            let (jammed, health) = running(output);
            output.jam();
            assert_silent(output, &health);
            let (player, _) = running(output);
            jammed.close();
            player.close();
            assert_eq!(output.captures().len(), 2);
        },
    );
}

#[test]
fn closing_returns_though_the_device_hangs_in_it() {
    for_hangs_in_closing("closing_returns_though_the_device_hangs_in_it", Operation::Close);
}

#[test]
fn closing_returns_though_the_device_hangs_in_a_write() {
    for_hangs_in_closing(
        "closing_returns_though_the_device_hangs_in_a_write",
        Operation::Write,
    );
}

fn for_hangs_in_closing(test: &str, operation: Operation) {
    with_devices(
        test,
        [("default", DEVICE), ("second", DEVICE)],
        |[output, second]| {
            let (player, health) = running(output);
            output.hang(operation);
            if let Operation::Write = operation {
                assert_silent(output, &health);
            }
            let since = Instant::now();
            player.close();
            println!("closed after {:?}", since.elapsed());
            assert_eq!(health.lost(), None);
            // Meanwhile the other one can be used.
            running(second).0.close();
            output.release();
        },
    );
}

/// One that is unplugged is not listed; one that cannot be asked because it is in use would be.
#[test]
fn only_devices_that_are_there_are_listed_and_the_default_is_known_without_opening_any() {
    with_devices(
        "only_devices_that_are_there_are_listed_and_the_default_is_known_without_opening_any",
        [("default", DEVICE), ("second", DEVICE)],
        |[output, second]| {
            let backend = CpalBackend::new();
            let listed = || {
                let outputs = backend.outputs().unwrap();
                outputs.into_iter().map(|output| output.id.to_string()).collect()
            };
            let ids: Vec<String> = listed();
            assert_eq!(ids, ["alsa:default", "alsa:second"]);
            second.vanish();
            let ids: Vec<String> = listed();
            assert_eq!(ids, ["alsa:default"]);
            second.come_back();
            second.occupy();
            let ids: Vec<String> = listed();
            assert_eq!(ids, ["alsa:default", "alsa:second"]);
            let request = OutputRequest { period: PERIOD };
            assert!(matches!(
                backend.negotiate(&id(second), &request),
                Err(OutputError::Busy(_))
            ));

            let opens = output.opens().len();
            let default = backend.default_output().unwrap();
            assert_eq!(default, Some(OutputId::new("alsa:default")));
            assert_eq!(output.opens().len(), opens);
        },
    );
}

/// A period is a wish. cpal asks for two of them in the buffer.
#[test]
fn the_period_that_is_asked_for_is_granted_by_a_device_that_can() {
    with_device(
        "the_period_that_is_asked_for_is_granted_by_a_device_that_can",
        DEVICE,
        |output| {
            let (player, _) = running(output);
            assert_eq!(player.output().unwrap().config.period_frames, Some(480));
            player.close();
            let capture = &output.captures()[0];
            let most = capture.clock.iter().map(|reading| reading.delay).max();
            assert_eq!(most, Some(960));
        },
    );
}
