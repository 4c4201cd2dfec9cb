//! The one place of a process where its runtime is.
//!
//! Whoever initialises finds it empty, and starts one; or finds one, and gets that. While one is being started or ended,
//! others wait here for what comes of it. No lock is held meanwhile. Unlike a `OnceLock` it can be emptied again.

use super::error::Error;
use super::runtime::Runtime;
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;

static PLACE: Place = Place {
    occupant: Mutex::new(Occupant::None),
    changed: Condvar::new(),
};

struct Place {
    occupant: Mutex<Occupant>,
    changed: Condvar,
}

enum Occupant {
    None,
    /// Somebody starts or ends one.
    Changing,
    Running(Arc<Runtime>),
}

/// The runtime of this process, if there is one.
pub(super) fn running() -> Option<Arc<Runtime>> {
    match &*PLACE.occupant.lock() {
        Occupant::Running(runtime) => Some(Arc::clone(runtime)),
        _ => None,
    }
}

/// The runtime of this process: the one that runs, if `is_same` says that it will do, or else one that `start` starts. Waits
/// for one that is being started or ended.
pub(super) fn find_or_start(
    is_same: impl Fn(&Runtime) -> Result<(), Error>,
    start: impl FnOnce() -> Result<Arc<Runtime>, Error>,
) -> Result<(Arc<Runtime>, bool), Error> {
    let mut occupant = PLACE.occupant.lock();
    loop {
        match &*occupant {
            Occupant::Running(runtime) => {
                is_same(runtime)?;
                return Ok((Arc::clone(runtime), false));
            }
            Occupant::Changing => PLACE.changed.wait(&mut occupant),
            Occupant::None => break,
        }
    }
    *occupant = Occupant::Changing;
    drop(occupant);
    let changing = Changing;
    let runtime = start()?;
    changing.to(Occupant::Running(Arc::clone(&runtime)));
    Ok((runtime, true))
}

/// Takes `runtime` away, has `end` end it, and leaves the place empty. If it is not here any more, waits until the place is
/// empty or has another.
pub(super) fn end(runtime: &Arc<Runtime>, end: impl FnOnce(&Runtime)) {
    let mut occupant = PLACE.occupant.lock();
    loop {
        match &*occupant {
            Occupant::Running(running) if Arc::ptr_eq(running, runtime) => break,
            Occupant::Changing => PLACE.changed.wait(&mut occupant),
            _ => return,
        }
    }
    *occupant = Occupant::Changing;
    drop(occupant);
    let changing = Changing;
    end(runtime);
    changing.to(Occupant::None);
}

/// Somebody is changing what is in the place. If he cannot, even because he panics, it is empty.
struct Changing;

impl Changing {
    fn to(self, occupant: Occupant) {
        put(occupant);
        std::mem::forget(self);
    }
}

impl Drop for Changing {
    fn drop(&mut self) {
        put(Occupant::None);
    }
}

fn put(occupant: Occupant) {
    *PLACE.occupant.lock() = occupant;
    PLACE.changed.notify_all();
}
