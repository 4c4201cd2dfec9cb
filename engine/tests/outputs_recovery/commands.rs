//! Every command answers, over and over, while the output fails and comes back.

use crate::answers::Answers;
use crate::speech::{Speech, with_outputs};
use crate::sweep_voice::{say, utterance};
use crate::timed_output::{Operation, TimedOutput};
use crate::timed_tests::{DEVICE, check_balance, id};
use std::thread;
use std::time::{Duration, Instant};
use utter::playback::{PlayerOptions, Stop};
use utter::speech::{Outcome, UtteranceHandle};

/// Commands are given for this time before the output fails, and until this time.
const HEALTHY: Duration = Duration::from_millis(500);
const COMMANDED: Duration = Duration::from_secs(4);

/// Gives commands in rounds, has the output fail by `fault` meanwhile, and speaks once more when it was mended by `mend`.
fn answers_throughout(test: &str, fault: impl FnOnce(&TimedOutput), mend: impl FnOnce(&TimedOutput)) {
    with_outputs(test, DEVICE, DEVICE, |[output, _]| {
        let speech = Speech::open(&id(output), &PlayerOptions::default());
        let mut answers = Answers::default();
        let (mut spoken, mut told) = (Vec::new(), Vec::new());
        let since = Instant::now();
        let mut fault = Some(fault);
        for round in 0.. {
            told.extend(speech.transitions());
            spoken.extend(give_every_command(&speech, round, &mut answers));
            thread::sleep(Duration::from_millis(7));
            if since.elapsed() > HEALTHY
                && let Some(fault) = fault.take()
            {
                fault(output);
            }
            if since.elapsed() > COMMANDED {
                break;
            }
        }
        mend(output);
        speech.player.stop(Stop::Now);
        for spoken in spoken {
            // All are told what has become of them.
            let outcome = spoken.wait();
            assert!(
                matches!(outcome, Outcome::Stopped | Outcome::Finished),
                "{outcome:?}"
            );
        }
        speech.say(12_000);
        speech.player.close();
        answers.check();
        told.extend(speech.transitions());
        let reason = told[0].strip_prefix("alsa:default lost: ");
        println!("lost: {reason:?}");
        assert!(reason.is_some(), "{told:?}");
        assert_eq!(told[1..], ["alsa:default open: Recovered"]);
    });
}

/// A round of commands. So many utterances may wait; the stop in every eighth round takes them away.
fn give_every_command(speech: &Speech, round: usize, answers: &mut Answers) -> Option<UtteranceHandle> {
    let Speech { speaker, player, .. } = speech;
    let spoken = answers.time("speak", || speaker.speak(utterance([say(24_000)])).ok());
    answers.time("pause", || drop(player.pause()));
    answers.time("resume", || drop(player.resume()));
    answers.time("volume", || drop(player.set_volume(player.volume())));
    answers.time("counters", || check_balance(&player.counters()));
    answers.time("position", || player.position());
    if round % 8 == 7 {
        answers.time("stop", || player.stop(Stop::Fade));
    }
    spoken
}

pub fn commands_answer_while_the_device_is_gone(test: &str) {
    answers_throughout(test, TimedOutput::vanish, TimedOutput::come_back);
}

pub fn commands_answer_while_the_device_stalls(test: &str) {
    answers_throughout(test, TimedOutput::stall, TimedOutput::go_on);
}

pub fn commands_answer_during_a_storm(test: &str) {
    answers_throughout(test, TimedOutput::storm, TimedOutput::come_back);
}

pub fn commands_answer_while_the_device_hangs_in_everything(test: &str) {
    let hang_in_everything = |output: &TimedOutput| {
        output.hang(Operation::Open);
        output.hang(Operation::Write);
        output.hang(Operation::Close);
        output.jam();
    };
    answers_throughout(test, hang_in_everything, TimedOutput::release);
}
