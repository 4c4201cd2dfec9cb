//! Programs that die or hang while it speaks, and devices that cannot be had.

use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use utter::playback::PlaybackEvent;

use crate::heard::{assert_from_the_beginning, assert_to_the_end, clean_part};
use crate::speech::{Installed, Speech, pids, programs, with_outputs};
use crate::sweep_heard::Part;
use crate::timed_output::{Capture, now};
use crate::timed_tests::wait_until;

/// What the player may have given to a device and cannot know to be heard: two periods of the device, one in the ring, and what
/// passes until somebody looks.
const TWICE: f64 = 0.085;

/// The moment of the sweep that a device has come to at `moment`, when the process that filled it was gone. The captured is what it
/// had played when that process looked last; a card plays on, and to the end of what is in its buffer.
fn played_to(capture: &Capture, part: &Part, moment: Duration) -> f64 {
    let last = capture.clock.last().unwrap();
    println!("{last:?} at {moment:?}, {} frames captured", capture.frames());
    let buffered = last.delay as f64 / f64::from(capture.rate);
    part.to + moment.saturating_sub(last.at).as_secs_f64().min(buffered)
}

fn signal(pid: u32, signal: Signal) {
    kill_process(Pid::from_raw(pid as i32).unwrap(), signal).unwrap();
}

pub fn a_program_that_is_killed_is_replaced_and_no_frame_is_lost(test: &str) {
    with_outputs(test, |[device, _]| {
        let installed = Installed::new();
        let speech = Speech::open(&installed, &installed.output(device));
        let spoken = speech.begin(Duration::from_millis(1_000));
        let started = installed.plugins.holdings().processes_started;
        let pid = pids()[0];
        let (killed, since) = (now(), Instant::now());
        signal(pid, Signal::KILL);
        speech.wait_for(|event| matches!(event, PlaybackEvent::OutputLost { .. }));
        let noticed = since.elapsed();
        println!("noticed after {noticed:?}");
        assert!(noticed <= Duration::from_millis(50), "{noticed:?}");
        // One event of the loss, which was read, and one of the recovery.
        assert_eq!(speech.end(&spoken), ["Recovered"]);
        assert_eq!(installed.plugins.holdings().processes_started, started + 1);
        let captures = device.captures();
        assert_eq!(captures.len(), 2);
        let one = clean_part(&captures[0], 0.0..0.1);
        let two = clean_part(&captures[1], one.to - 0.2..one.to + 0.2);
        let again = captures[1].heard_at(two.frames.start) - killed;
        let twice = played_to(&captures[0], &one, killed) - two.from;
        println!(
            "it plays again after {again:?}; {:.1} ms are heard twice",
            twice * 1e3
        );
        assert!(again <= Duration::from_secs(1), "{again:?}");
        assert!((-1e-4..TWICE).contains(&twice), "nothing is lost: {twice}");
        assert_from_the_beginning(&one);
        assert_to_the_end(&two);
        installed.end();
    });
}

pub fn a_program_that_hangs_is_replaced_while_commands_answer(test: &str) {
    with_outputs(test, |[device, _]| {
        let installed = Installed::new();
        let speech = Speech::open(&installed, &installed.output(device));
        let spoken = speech.begin(Duration::from_millis(1_000));
        let (stopped, since) = (now(), Instant::now());
        signal(pids()[0], Signal::STOP);
        let mut longest = Duration::ZERO;
        let mut is_lost = false;
        while !is_lost {
            assert!(since.elapsed() < Duration::from_secs(10), "it is never noticed");
            let call = Instant::now();
            let _ = speech.player.set_volume(speech.player.volume());
            speech.player.position();
            speech.player.counters();
            installed.plugins.list().unwrap();
            longest = longest.max(call.elapsed());
            is_lost = speech.told().iter().any(|told| told.starts_with("lost"));
            thread::sleep(Duration::from_millis(2));
        }
        println!(
            "lost after {:?}; a call took {longest:?} at most",
            since.elapsed()
        );
        assert!(longest <= Duration::from_millis(100), "{longest:?}");
        assert!(since.elapsed() <= Duration::from_secs(1), "{:?}", since.elapsed());
        let told = speech.end(&spoken);
        assert_eq!(told.last().map(String::as_str), Some("Recovered"), "{told:?}");
        wait_until("the one that hung is gone", || programs() == 0);
        let captures = device.captures();
        let one = clean_part(&captures[0], 0.0..0.1);
        let two = clean_part(captures.last().unwrap(), one.to - 0.3..one.to + 0.3);
        let twice = played_to(&captures[0], &one, stopped + Duration::from_secs(1)) - two.from;
        assert!((-1e-4..TWICE).contains(&twice), "nothing is lost: {twice}");
        assert_to_the_end(&two);
        installed.end();
    });
}

pub fn a_device_that_cannot_be_opened_is_an_error_and_nothing_more(test: &str) {
    with_outputs(test, |[device, second]| {
        let installed = Installed::new();
        let speech = Speech::open(&installed, &installed.output(device));
        let spoken = speech.begin(Duration::from_millis(500));
        second.vanish();
        let pid = pids()[0];
        speech.player.set_route(installed.output(second));
        wait_until("it is refused", || speech.told() == ["route failed"]);
        assert!(pids().contains(&pid), "the program that plays lives on");
        let whole_events = speech.end(&spoken);
        assert_eq!(whole_events, Vec::<String>::new());
        let captures = device.captures();
        assert_eq!(captures.len(), 1);
        assert_to_the_end(&clean_part(&captures[0], 0.0..0.1));
        installed.end();
    });
}
