//! What can happen to several queues, and every so often.

use proptest::prelude::*;

/// Queues at a time. One that is removed makes room for another.
pub(super) const QUEUES: usize = 4;

#[derive(Debug, Clone)]
pub(super) enum Step {
    Add(usize, usize),
    AddUrgent(usize, usize, bool),
    Push(usize),
    Complete(usize),
    Turn(usize),
    /// A callback at which the playback thread does not come by.
    Overlook(usize),
    StopQueue(usize),
    /// By the shortest fade.
    StopQueueNow(usize),
    DrainQueue(usize),
    PauseQueue(usize),
    ResumeQueue(usize),
    Remove(usize),
    Volume(usize, u8),
    PlayerVolume(u8),
    Skip(usize),
    Seek(usize, u64),
    Replay(usize),
    Pause,
    Resume,
    Stop,
    /// One that the deck hears of later.
    StopUnheard,
    Lose,
    Route,
    /// As far as nothing is heard.
    Release,
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let queue = || 0..QUEUES;
    let step = prop_oneof![
        5 => (queue(), 0_usize..3_000).prop_map(|(queue, frames)| Step::Add(queue, frames)),
        2 => (queue(), 0_usize..2_000, any::<bool>()).prop_map(|(queue, frames, goes_on)| Step::AddUrgent(queue, frames, goes_on)),
        3 => (0_usize..1_500).prop_map(Step::Push),
        4 => (0_usize..6).prop_map(Step::Complete),
        12 => (1_usize..1_000).prop_map(Step::Turn),
        2 => (1_usize..500).prop_map(Step::Overlook),
        1 => queue().prop_map(Step::StopQueue),
        1 => queue().prop_map(Step::StopQueueNow),
        1 => queue().prop_map(Step::DrainQueue),
        2 => queue().prop_map(Step::PauseQueue),
        3 => queue().prop_map(Step::ResumeQueue),
        1 => queue().prop_map(Step::Remove),
        1 => (queue(), 0_u8..5).prop_map(|(queue, level)| Step::Volume(queue, level)),
        1 => (0_u8..5).prop_map(Step::PlayerVolume),
        1 => queue().prop_map(Step::Skip),
        1 => (queue(), 0_u64..60).prop_map(|(queue, time)| Step::Seek(queue, time)),
        1 => queue().prop_map(Step::Replay),
        1 => Just(Step::Pause),
        2 => Just(Step::Resume),
        1 => Just(Step::Stop),
        1 => Just(Step::StopUnheard),
        1 => Just(Step::Lose),
        1 => Just(Step::Route),
        1 => Just(Step::Release),
    ];
    prop::collection::vec(step, 1..80)
}
