//! Whose chunk is made next: a function of what waits, without threads, clocks or locks.
//!
//! The [desk](super::desk) asks before each chunk, and when a job comes while one is made. The rules, in their order:
//!
//! 1. A job whose queue has no room is passed over: it is far enough ahead of what is heard, or its queue is paused with as
//!    much made as may be.
//! 2. Urgent jobs come first, in the order in which they were asked for.
//! 3. While a file waits, every fifth chunk is one of a file. So files do not starve, however much is said.
//! 4. Then speech: first jobs whose queue has nothing left to be heard, since somebody hears the silence; among them, and
//!    among the others, in the order in which they were asked for.
//! 5. Files are written in the time that is left, one after the other.
//!
//! Speech does not starve either. What goes ahead of a job was asked for before it, and is passed over once its queue has no
//! room; or its queue is silent, which this job's will be, too, when it has waited for long.
//!
//! A chunk that is being made is given up for an urgent job, and one of a file, but for the fifth ones, for speech. It is made
//! again later. Every fifth chunk of a file comes to its end, unless something urgent comes, so given up is not starved.

/// Chunks of speech that are made, at most, between two of a file that waits.
pub(super) const SPEECH_BETWEEN_FILES: u32 = 4;

/// The kinds of jobs. A greater one goes ahead of a lesser one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Class {
    /// To a file.
    File,
    /// To be heard.
    Speech,
    /// To be heard, and interrupts.
    Urgent,
}

/// A job that has a chunk to be made: the first of its queue and class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Its number, in the order in which jobs were asked for.
    pub(super) order: u64,
    pub(super) class: Class,
    /// Whether more of it may be made now.
    pub(super) has_room: bool,
    /// Whether nothing of its queue is left to be heard.
    pub(super) is_dry: bool,
}

/// A job that was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) order: u64,
    pub(super) class: Class,
    /// The least class of jobs for which its chunk is given up; `None` for none.
    pub(super) yields_to: Option<Class>,
}

impl Choice {
    /// Whether the chunk is to be given up for a job that comes while it is made.
    pub(super) fn yields(&self, to: &Candidate) -> bool {
        to.has_room && self.yields_to.is_some_and(|least| to.class >= least)
    }
}

/// What the rules need to remember.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Schedule {
    /// Chunks of speech that were made since one of a file was, while files waited.
    since_file: u32,
}

impl Schedule {
    /// The job whose chunk is to be made now.
    pub(super) fn choose(&self, candidates: &[Candidate]) -> Option<Choice> {
        let first = |class: Class| {
            let runnable = candidates.iter().filter(|job| job.has_room && job.class == class);
            // What is urgent is not less so because something of its queue is still heard.
            runnable.min_by_key(|job| (class == Class::Speech && !job.is_dry, job.order))
        };
        let choice = |job: &Candidate, yields_to| Choice {
            order: job.order,
            class: job.class,
            yields_to,
        };
        if let Some(job) = first(Class::Urgent) {
            return Some(choice(job, None));
        }
        let file = first(Class::File);
        if let Some(job) = file.filter(|_| self.since_file >= SPEECH_BETWEEN_FILES) {
            return Some(choice(job, Some(Class::Urgent)));
        }
        match first(Class::Speech) {
            Some(job) => Some(choice(job, Some(Class::Urgent))),
            None => file.map(|job| choice(job, Some(Class::Speech))),
        }
    }

    /// A chunk of a job was made; `files_wait` if there is one that could have been written instead.
    pub(super) fn made(&mut self, class: Class, files_wait: bool) {
        match class {
            _ if !files_wait => self.since_file = 0,
            Class::File => self.since_file = 0,
            Class::Speech => self.since_file += 1,
            Class::Urgent => {}
        }
    }
}

#[cfg(test)]
#[path = "tests/schedule.rs"]
mod tests;
