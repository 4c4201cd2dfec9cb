//! The rules of the schedule, one by one, and all of them on random jobs.

use super::*;
use proptest::prelude::*;

fn job(order: u64, class: Class) -> Candidate {
    Candidate {
        order,
        class,
        has_room: true,
        is_dry: false,
    }
}

fn without_room(job: Candidate) -> Candidate {
    Candidate {
        has_room: false,
        ..job
    }
}

fn dry(job: Candidate) -> Candidate {
    Candidate { is_dry: true, ..job }
}

fn chosen(candidates: &[Candidate]) -> Option<u64> {
    let choice = Schedule::default().choose(candidates);
    choice.map(|choice| choice.order)
}

#[test]
fn nothing_is_chosen_of_nothing_and_of_what_has_no_room() {
    assert_eq!(chosen(&[]), None);
    let full = [Class::Speech, Class::Urgent].map(|class| without_room(job(1, class)));
    assert_eq!(chosen(&full), None);
}

#[test]
fn what_was_asked_for_first_is_first() {
    assert_eq!(
        chosen(&[
            job(3, Class::Speech),
            job(2, Class::Speech),
            job(5, Class::Speech)
        ]),
        Some(2)
    );
}

#[test]
fn a_silent_queue_goes_ahead_of_one_that_is_heard() {
    let heard = job(1, Class::Speech);
    assert_eq!(chosen(&[heard, dry(job(3, Class::Speech))]), Some(3));
    assert_eq!(
        chosen(&[heard, dry(job(3, Class::Speech)), dry(job(2, Class::Speech))]),
        Some(2)
    );
}

#[test]
fn a_queue_without_room_is_passed_over() {
    let full = without_room(job(1, Class::Speech));
    assert_eq!(chosen(&[full, job(2, Class::Speech)]), Some(2));
    assert_eq!(
        chosen(&[full, job(2, Class::File)]),
        Some(2),
        "files use what is left"
    );
}

#[test]
fn what_is_urgent_is_first_in_its_own_order() {
    let candidates = [
        dry(job(1, Class::Speech)),
        job(2, Class::Urgent),
        dry(job(3, Class::Urgent)),
    ];
    assert_eq!(chosen(&candidates), Some(2));
    assert_eq!(
        chosen(&[
            dry(candidates[0]),
            without_room(candidates[1]),
            without_room(candidates[2])
        ]),
        Some(1)
    );
}

#[test]
fn every_fifth_chunk_is_one_of_a_file_that_waits() {
    let (speech, file) = (dry(job(1, Class::Speech)), job(2, Class::File));
    let mut schedule = Schedule::default();
    let mut made = Vec::new();
    for _ in 0..11 {
        let choice = schedule.choose(&[speech, file]).unwrap();
        schedule.made(choice.class, true);
        made.push(choice.class == Class::File);
    }
    let fifth: Vec<bool> = (1..=11).map(|n| n % 5 == 0).collect();
    assert_eq!(made, fifth);
}

#[test]
fn chunks_that_were_made_while_no_file_waited_do_not_count() {
    let mut schedule = Schedule::default();
    (0..100).for_each(|_| schedule.made(Class::Speech, false));
    let choice = schedule.choose(&[job(1, Class::Speech), job(2, Class::File)]);
    assert_eq!(choice.map(|choice| choice.class), Some(Class::Speech));
}

#[test]
fn a_chunk_is_given_up_for_what_is_greater() {
    let yields = |candidates: &[Candidate], schedule: Schedule, to: Class| {
        let choice = schedule.choose(candidates).unwrap();
        assert!(
            !choice.yields(&without_room(job(9, to))),
            "not for what has no room"
        );
        choice.yields(&job(9, to))
    };
    let new = Schedule::default();
    let due = Schedule {
        since_file: SPEECH_BETWEEN_FILES,
    };
    let [urgent, speech, file] = [Class::Urgent, Class::Speech, Class::File].map(|class| [job(1, class)]);
    for (made, schedule, to_urgent, to_speech) in [
        (&urgent, new, false, false),
        (&speech, new, true, false),
        (&file, new, true, true),
        (&file, due, true, false),
    ] {
        assert_eq!(yields(made, schedule, Class::Urgent), to_urgent);
        assert_eq!(yields(made, schedule, Class::Speech), to_speech);
        assert!(!yields(made, schedule, Class::File));
    }
}

/// Queues that are played, and jobs with chunks of random lengths, as the desk would show them.
#[derive(Default)]
struct World {
    schedule: Schedule,
    jobs: Vec<Waiting>,
    queues: [Queue; 3],
    next: u64,
    /// Chunks of speech since one of a file was made or none waited.
    since_file: u32,
}

struct Waiting {
    order: u64,
    class: Class,
    queue: usize,
    chunks: Vec<u32>,
}

#[derive(Default, Clone, Copy)]
struct Queue {
    unheard: u32,
    urgent: u32,
    is_paused: bool,
}

/// What is ahead in a queue at most when more is made.
const AHEAD: u32 = 30;

#[derive(Debug, Clone)]
enum Act {
    Ask {
        class: Class,
        queue: usize,
        chunks: Vec<u32>,
    },
    Make,
    Hear(usize, u32),
    Pause(usize, bool),
}

fn act() -> impl Strategy<Value = Act> {
    let class = prop_oneof![
        5 => Just(Class::Speech),
        1 => Just(Class::Urgent),
        1 => Just(Class::File)
    ];
    prop_oneof![
        2 => (class, 0..3_usize, prop::collection::vec(0..20_u32, 1..6))
            .prop_map(|(class, queue, chunks)| Act::Ask { class, queue, chunks }),
        6 => Just(Act::Make),
        3 => (0..3_usize, 1..20_u32).prop_map(|(queue, time)| Act::Hear(queue, time)),
        1 => (0..3_usize, any::<bool>()).prop_map(|(queue, is_paused)| Act::Pause(queue, is_paused)),
    ]
}

impl World {
    fn candidates(&self) -> Vec<Candidate> {
        let mut firsts: Vec<Candidate> = Vec::new();
        let mut seen = Vec::new();
        for waiting in &self.jobs {
            let place = (
                waiting.class,
                (waiting.class != Class::File).then_some(waiting.queue),
            );
            if seen.contains(&place) {
                continue;
            }
            seen.push(place);
            let Queue { unheard, urgent, .. } = self.queues[waiting.queue];
            firsts.push(match waiting.class {
                Class::File => job(waiting.order, Class::File),
                class => Candidate {
                    order: waiting.order,
                    class,
                    has_room: if class == Class::Urgent { urgent } else { unheard } < AHEAD,
                    is_dry: unheard == 0,
                },
            });
        }
        firsts
    }

    /// Makes the next chunk, and sees that it was the right one; whether there was one.
    fn make(&mut self) -> bool {
        let candidates = self.candidates();
        let Some(choice) = self.schedule.choose(&candidates) else {
            assert!(candidates.iter().all(|job| !job.has_room), "{candidates:?}");
            return false;
        };
        self.check(choice, &candidates);
        let place = self
            .jobs
            .iter()
            .position(|job| job.order == choice.order)
            .unwrap();
        let waiting = &mut self.jobs[place];
        let frames = waiting.chunks.remove(0);
        if waiting.class != Class::File {
            self.queues[waiting.queue].unheard += frames;
        }
        if waiting.class == Class::Urgent {
            self.queues[waiting.queue].urgent += frames;
        }
        if waiting.chunks.is_empty() {
            self.jobs.remove(place);
        }
        let files_wait = self.jobs.iter().any(|job| job.class == Class::File);
        self.schedule.made(choice.class, files_wait);
        self.since_file = match choice.class {
            Class::Speech if files_wait => self.since_file + 1,
            Class::Urgent if files_wait => self.since_file,
            _ => 0,
        };
        true
    }

    fn check(&self, choice: Choice, candidates: &[Candidate]) {
        let runnable = || candidates.iter().filter(|job| job.has_room);
        let is = |job: &Candidate| job.order == choice.order;
        let job = runnable().find(|job| is(job)).expect("it has room");
        let urgent = runnable().filter(|job| job.class == Class::Urgent);
        if let Some(first) = urgent.map(|job| job.order).min() {
            assert_eq!(choice.order, first, "urgent first, in their order");
            return;
        }
        let speech = || runnable().filter(|job| job.class == Class::Speech);
        match choice.class {
            Class::File => {
                let is_due = self.since_file == SPEECH_BETWEEN_FILES;
                assert!(is_due || speech().next().is_none(), "speech goes ahead");
            }
            _ => {
                assert!(self.since_file < SPEECH_BETWEEN_FILES, "files do not starve");
                let better = speech().find(|other| (!other.is_dry, other.order) < (!job.is_dry, job.order));
                assert_eq!(better, None, "{choice:?}");
            }
        }
    }

    fn hear(&mut self, queue: usize, time: u32) {
        let queue = &mut self.queues[queue];
        if !queue.is_paused {
            queue.unheard = queue.unheard.saturating_sub(time);
            queue.urgent = queue.urgent.saturating_sub(time).min(queue.unheard);
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Ask { class, queue, chunks } => {
                let order = self.next;
                self.next += 1;
                self.jobs.push(Waiting {
                    order,
                    class,
                    queue,
                    chunks,
                });
            }
            Act::Make => {
                self.make();
            }
            Act::Hear(queue, time) => self.hear(queue, time),
            Act::Pause(queue, is_paused) => self.queues[queue].is_paused = is_paused,
        }
    }
}

proptest! {
    /// Whatever is asked for and heard in whatever order: every choice is the right one, and once nothing more is asked for
    /// and the queues go on, everything is made, the work of a paused queue as far as there is room.
    #[test]
    fn every_choice_is_right_and_nothing_starves(
        acts in prop::collection::vec(act(), 1..200),
        paused in 0..3_usize,
    ) {
        let mut world = World::default();
        acts.into_iter().for_each(|act| world.act(act));
        (0..3).for_each(|queue| world.queues[queue].is_paused = queue == paused);
        let chunks: usize = world.jobs.iter().map(|job| job.chunks.len()).sum();
        // One chunk in a round, or what is heard makes room for one.
        for _ in 0..chunks * 3 {
            world.make();
            (0..3).for_each(|queue| world.hear(queue, 20));
        }
        let is_stuck = |job: &Waiting| {
            let queue = world.queues[paused];
            let supply = if job.class == Class::Urgent { queue.urgent } else { queue.unheard };
            job.class != Class::File && job.queue == paused && supply >= AHEAD
        };
        prop_assert!(world.jobs.iter().all(is_stuck), "{}", world.jobs.len());
    }
}
