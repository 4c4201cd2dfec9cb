//! Ctrl-C, and SIGTERM: the first asks for a stop, the second ends the process at once.
//!
//! `say` catches them as soon as it makes something that must not be left behind half done.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::failure::Kind;
use crate::log::notice;

/// Knows whether there was an interrupt, and what is to be stopped by it.
pub struct Interrupt(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    came: bool,
    stop: Option<Box<dyn Fn() + Send>>,
}

impl Interrupt {
    /// Catches interrupts from now on; to be called once. Where that is not possible they end the process.
    pub fn catch() -> Self {
        let state = Arc::<Mutex<State>>::default();
        let handler = {
            let state = Arc::clone(&state);
            move || State::interrupt(&state)
        };
        if let Err(error) = ctrlc::set_handler(handler) {
            notice(format_args!("Ctrl-C will stop without a fade ({error})"));
        }
        Self(state)
    }

    /// Whether there was one.
    pub fn came(&self) -> bool {
        self.0.lock().came
    }

    /// Has an interrupt call `stop`, which must return at once. It is called now if there was one already.
    pub fn stops(&self, stop: impl Fn() + Send + 'static) {
        let mut state = self.0.lock();
        if state.came {
            stop();
        }
        state.stop = Some(Box::new(stop));
    }

    /// Stops nothing from now on, and drops what `stop` held. No call of it is under way any more.
    pub fn stops_nothing(&self) {
        self.0.lock().stop = None;
    }
}

impl State {
    fn interrupt(state: &Mutex<Self>) {
        let mut state = state.lock();
        if std::mem::replace(&mut state.came, true) {
            std::process::exit(Kind::Interrupted as i32);
        }
        if let Some(stop) = &state.stop {
            stop();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn what_is_named_after_an_interrupt_is_stopped_too() {
        let interrupt = Interrupt(Arc::default());
        let stops = Arc::new(AtomicU32::new(0));
        State::interrupt(&interrupt.0);
        interrupt.stops({
            let stops = Arc::clone(&stops);
            move || {
                stops.fetch_add(1, Ordering::Relaxed);
            }
        });
        assert_eq!((interrupt.came(), stops.load(Ordering::Relaxed)), (true, 1));
        interrupt.stops_nothing();
        assert_eq!(Arc::strong_count(&stops), 1, "nothing is kept");
    }
}
