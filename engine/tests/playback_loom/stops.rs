//! Stops, which reach the valve ahead of the deck: with the whole deck, its feed and its timeline, and the device.
//!
//! What is checked, for a stop that comes at any moment of a round of the playback thread, of a callback, of another stop,
//! of a skip, of a change of turn, of a change of outputs, and of a loss: every command has its effect once; what was added before the stop has ended once,
//! and is not wanted any more; what is added after it has returned is wanted, and heard whole; every frame is accounted for,
//! and nothing is left outstanding.
//!
//! Caught, when made: a stop that is followed to an epoch that is over; the number of stops counted ahead of the lock; the
//! earlier of two stops forgotten; a stop that nobody is told of when its output goes; a report of a stop that the deck has
//! not heard of dropped, or not looked for; frames that were discarded counted as heard, and the reports read before the
//! status to tell them apart; the number of stops not noted when they are followed; a stop that only the queue
//! hears of that is on.
//!
//! Not caught: the number of stops counted or read relaxed. The valve's mutex orders all that depends on it.

use super::booth::{Booth, NEW};
use super::output::{OutputId, OutputSelection};
use super::queue::{QueueId, QueueOptions};
use crate::sync::{check, spawn};

pub const MODELS: &[(&str, fn())] = &[
    (
        "a_stop_during_a_round_of_the_playback_thread",
        a_stop_during_a_round,
    ),
    ("a_stop_during_another_one", a_stop_during_another_one),
    ("a_stop_during_a_skip", a_stop_during_a_skip),
    ("a_stop_during_a_loss", a_stop_during_a_loss),
    ("a_stop_during_a_change_of_turn", a_stop_during_a_change_of_turn),
    (
        "a_stop_during_a_change_of_outputs",
        a_stop_during_a_change_of_outputs,
    ),
];

/// A round of the playback thread and one of the device at any moment of a stop, and of what is added after it.
fn a_stop_during_a_round() {
    check(2, || {
        let booth = Booth::open();
        let old = [booth.play(&[0.05, 0.1])];
        let playing = spawn({
            let booth = booth.clone();
            move || booth.round()
        });
        let device = spawn({
            let backend = booth.backend.clone();
            move || backend.turn()
        });
        let stop = booth.stop();
        let new = booth.play(&NEW);
        playing.join().unwrap();
        device.join().unwrap();
        booth.finish(&[stop], &old, &new);
    });
}

fn a_stop_during_another_one() {
    check(2, || {
        let booth = Booth::open();
        let old = [booth.play(&[0.05, 0.1])];
        booth.round();
        let other = spawn({
            let booth = booth.clone();
            move || booth.stop()
        });
        let device = spawn({
            let backend = booth.backend.clone();
            move || backend.turn()
        });
        let stop = booth.stop();
        let other = other.join().unwrap();
        device.join().unwrap();
        let new = booth.play(&NEW);
        booth.finish(&[stop, other], &old, &new);
    });
}

/// The deck flushes by itself while a stop comes.
fn a_stop_during_a_skip() {
    check(2, || {
        let booth = Booth::open();
        let old = [booth.play(&[0.05, 0.1]), booth.play(&[0.15])];
        booth.round();
        let skipping = spawn({
            let booth = booth.clone();
            move || booth.with_deck(|deck| deck.skip(QueueId::FIRST, &booth.valve))
        });
        let device = spawn({
            let backend = booth.backend.clone();
            move || backend.turn()
        });
        let stop = booth.stop();
        let skip = skipping.join().unwrap();
        device.join().unwrap();
        let new = booth.play(&NEW);
        // After the stop there is nothing to be skipped.
        let commands: Vec<_> = skip.into_iter().chain([stop]).collect();
        booth.finish(&commands, &old, &new);
    });
}

/// A stop comes while another output takes the place of the one that it was for.
fn a_stop_during_a_change_of_outputs() {
    check(3, || {
        let booth = Booth::open();
        let old = [booth.play(&[0.05, 0.1])];
        booth.round();
        let other = OutputSelection::Id(OutputId::new("other"));
        let route = booth.with_deck(|deck| deck.set_route(other, &booth.valve));
        // It is asked for in this round, and taken in the next.
        booth.round();
        let changing = spawn({
            let booth = booth.clone();
            move || booth.round()
        });
        let device = spawn({
            let backend = booth.backend.clone();
            move || backend.turn()
        });
        let stop = booth.stop();
        let new = booth.play(&NEW);
        changing.join().unwrap();
        device.join().unwrap();
        booth.finish(&[stop, route], &old, &new);
    });
}

/// Two queues: the track of one has been heard, and that of the other has its turn, in a round of the playback thread.
fn a_stop_during_a_change_of_turn() {
    check(2, || {
        let booth = Booth::open();
        let other = booth.with_deck(|deck| deck.add_queue(QueueOptions::default()).unwrap());
        let old = [booth.play(&[0.05, 0.1]), booth.play_in(other, &[0.15])];
        booth.round();
        booth.backend.turn();
        let changing = spawn({
            let booth = booth.clone();
            move || booth.round()
        });
        let device = spawn({
            let backend = booth.backend.clone();
            move || backend.turn()
        });
        let stop = booth.stop();
        let new = booth.play(&NEW);
        changing.join().unwrap();
        device.join().unwrap();
        booth.finish(&[stop], &old, &new);
    });
}

/// A stop comes while the output that it was for is lost.
fn a_stop_during_a_loss() {
    check(3, || {
        let booth = Booth::open();
        let old = [booth.play(&[0.05, 0.1])];
        booth.round();
        booth.backend.lose();
        let losing = spawn({
            let booth = booth.clone();
            move || booth.round()
        });
        let stop = booth.stop();
        {
            // What has its effect without an output has it now, or when there is one again; nobody else obeys it.
            let mut guard = booth.deck.lock();
            let deck = guard.as_mut().unwrap();
            assert!(deck.output().is_some() || deck.effect(stop).is_some());
        }
        let new = booth.play(&NEW);
        losing.join().unwrap();
        booth.finish(&[stop], &old, &new);
    });
}
