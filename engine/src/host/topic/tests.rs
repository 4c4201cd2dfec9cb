//! Snapshots and changes, held against the state itself.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Everything that it was ever told, in order: any other order, a gap or a repetition makes it another.
#[derive(Debug, Clone, Default, PartialEq)]
struct Story(Vec<u64>);

impl Followed for Story {
    type Change = u64;

    fn apply(&mut self, change: &u64) {
        self.0.push(*change);
    }
}

/// One who follows, and what he makes of it.
struct Reader {
    subscription: Subscription<Story>,
    story: Option<Story>,
    number: u64,
    lagged: usize,
}

impl Reader {
    fn new(topic: &Topic<Story>) -> Self {
        Self {
            subscription: topic.subscribe(),
            story: None,
            number: 0,
            lagged: 0,
        }
    }

    fn enter(&mut self, update: Update<Story>) {
        match update {
            Update::Snapshot { number, state } => {
                assert!(self.story.is_none(), "only at first, and when it has lagged");
                assert!(number >= self.number);
                self.number = number;
                self.story = Some(state);
            }
            Update::Change { number, change } => {
                assert_eq!(number, self.number + 1);
                self.number = number;
                self.story
                    .as_mut()
                    .expect("a snapshot came before")
                    .apply(&change);
            }
            Update::Lagged { missed } => {
                assert!(missed > UNREAD_CHANGES as u64 - 1, "there was room for {missed}");
                self.lagged += 1;
                self.story = None;
            }
        }
    }

    fn read(&mut self) -> bool {
        let update = self.subscription.try_next();
        let is_there = update.is_some();
        update.into_iter().for_each(|update| self.enter(update));
        is_there
    }
}

fn topic() -> (Topic<Story>, Arc<AtomicUsize>) {
    let abandoned = Arc::<AtomicUsize>::default();
    let topic = Topic::new(Story::default(), {
        let abandoned = Arc::clone(&abandoned);
        move || {
            abandoned.fetch_add(1, Ordering::SeqCst);
        }
    });
    (topic, abandoned)
}

#[derive(Debug, Clone)]
enum Act {
    Change(usize),
    Subscribe,
    Read(Index, usize),
    End(Index),
    Drop(Index),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (1_usize..4).prop_map(Act::Change),
        1 => (1_usize..2 * UNREAD_CHANGES).prop_map(Act::Change),
        2 => Just(Act::Subscribe),
        6 => (any::<Index>(), 1_usize..600).prop_map(|(reader, times)| Act::Read(reader, times)),
        1 => any::<Index>().prop_map(Act::End),
        1 => any::<Index>().prop_map(Act::Drop),
    ];
    vec(act, 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_snapshot_and_the_changes_since_are_the_state(acts in acts()) {
        let (topic, abandoned) = topic();
        let (mut next, mut dropped) = (0, 0);
        let mut readers: Vec<Reader> = Vec::new();
        for act in acts {
            match act {
                Act::Change(times) => {
                    for _ in 0..times {
                        topic.change(next);
                        next += 1;
                    }
                }
                Act::Subscribe => readers.push(Reader::new(&topic)),
                Act::Read(at, times) if !readers.is_empty() => {
                    let at = at.index(readers.len());
                    for _ in 0..times {
                        readers[at].read();
                    }
                }
                Act::End(at) if !readers.is_empty() => {
                    let at = at.index(readers.len());
                    readers.swap_remove(at).subscription.end();
                }
                Act::Drop(at) if !readers.is_empty() => {
                    let at = at.index(readers.len());
                    drop(readers.swap_remove(at));
                    dropped += 1;
                }
                Act::Read(..) | Act::End(_) | Act::Drop(_) => {}
            }
            for reader in &readers {
                let unread = reader.subscription.unread.waiting.lock().updates.len();
                prop_assert!(unread <= UNREAD_CHANGES + 1, "{unread} wait");
            }
            prop_assert_eq!(abandoned.load(Ordering::SeqCst), dropped);
            prop_assert_eq!(topic.subscriptions(), readers.len());
        }
        topic.close();
        topic.change(u64::MAX);
        for mut reader in readers {
            while reader.read() {}
            prop_assert!(reader.subscription.is_over());
            prop_assert_eq!(reader.story, Some(topic.state()));
            prop_assert_eq!(reader.number, next);
        }
    }
}

#[test]
fn many_threads_change_it_and_each_reader_comes_to_the_same() {
    const WRITERS: u64 = 4;
    const CHANGES: u64 = 5_000;
    let (topic, _) = topic();
    let readers: Vec<Reader> = thread::scope(|scope| {
        let readers: Vec<_> = (0..4)
            .map(|number| {
                let mut reader = Reader::new(&topic);
                scope.spawn(move || {
                    while !reader.subscription.is_over() {
                        if let Some(update) = reader.subscription.next_within(Duration::from_secs(20)) {
                            reader.enter(update);
                        }
                        // Some are so slow that they lag.
                        if number > 1 && reader.number.is_multiple_of(100) {
                            thread::sleep(Duration::from_millis(2));
                        }
                    }
                    reader
                })
            })
            .collect();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let topic = &topic;
                scope.spawn(move || (0..CHANGES).for_each(|number| topic.change(writer * CHANGES + number)))
            })
            .collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        topic.close();
        readers.into_iter().map(|reader| reader.join().unwrap()).collect()
    });
    let state = topic.state();
    assert_eq!(state.0.len() as u64, WRITERS * CHANGES);
    for reader in readers {
        assert!(
            reader.story.as_ref() == Some(&state),
            "{} of {}",
            reader.number,
            state.0.len()
        );
    }
}

#[test]
fn reading_in_an_executor_wakes_for_changes_and_for_the_end_and_may_be_given_up() {
    let executor = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let (topic, _) = topic();
    let mut reader = Reader::new(&topic);
    let writer = thread::spawn({
        let topic = topic.clone();
        move || {
            for number in 0..500 {
                topic.change(number);
                if number % 50 == 0 {
                    thread::sleep(Duration::from_millis(3));
                }
            }
            topic.close();
        }
    });
    executor.block_on(async {
        loop {
            // Given up again and again, as in a select: nothing may be lost by that.
            let next = tokio::time::timeout(Duration::from_micros(200), reader.subscription.next());
            match next.await {
                Ok(Some(update)) => reader.enter(update),
                Ok(None) => break,
                Err(_) => {}
            }
        }
    });
    writer.join().unwrap();
    assert_eq!(reader.story, Some(topic.state()));
    assert_eq!(reader.number, 500);
}

#[test]
fn a_wait_ends_in_time_and_with_the_topic() {
    let (topic, _) = topic();
    let mut subscription = topic.subscribe();
    assert!(matches!(
        subscription.try_next(),
        Some(Update::Snapshot { number: 0, .. })
    ));
    assert!(subscription.next_within(Duration::from_millis(5)).is_none());
    assert!(!subscription.is_over());
    let waiting = thread::spawn(move || {
        assert!(subscription.next_within(Duration::from_secs(60)).is_none());
        assert!(subscription.is_over());
    });
    topic.close();
    waiting.join().unwrap();
    let mut late = topic.subscribe();
    assert!(matches!(late.try_next(), Some(Update::Snapshot { .. })));
    assert!(late.is_over());
}
