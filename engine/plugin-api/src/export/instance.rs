//! An instance as the border sees it: what it is doing, and whether it can still be used.

use super::guard::unpanicked;
use crate::abi::FailureCode;
use crate::failure::Failure;
use crate::output::{Format, Output, OutputState, Request, Status};

/// An output, with the state that decides which calls reach it.
pub(super) struct Instance<O> {
    output: O,
    state: State,
    /// A call has panicked: nothing but closing is left, once.
    is_broken: bool,
    channels: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It holds nothing.
    Closed,
    /// It may hold what negotiating needed.
    Negotiated,
    Open,
}

impl<O: Output> Instance<O> {
    pub(super) fn new(output: O) -> Self {
        Self {
            output,
            state: State::Closed,
            is_broken: false,
            channels: 1,
        }
    }

    pub(super) fn negotiate(&mut self, request: &Request) -> Result<Format, Failure> {
        self.check(&[State::Closed, State::Negotiated])?;
        // Whatever becomes of it, it is closed once.
        self.state = State::Negotiated;
        self.call(|output| output.negotiate(request))?
    }

    pub(super) fn open(&mut self, format: &Format) -> Result<(), Failure> {
        self.check(&[State::Closed, State::Negotiated])?;
        self.state = State::Negotiated;
        self.channels = format.channels as usize;
        self.call(|output| output.open(format))??;
        self.state = State::Open;
        Ok(())
    }

    /// Samples a frame, of an open one.
    pub(super) fn channels(&self) -> Option<usize> {
        self.is_usable().then_some(self.channels)
    }

    pub(super) fn write(&mut self, samples: &[f32]) -> u32 {
        if !self.is_usable() {
            return 0;
        }
        self.call(|output| output.write(samples)).unwrap_or(0)
    }

    pub(super) fn status(&mut self) -> Status {
        let without = |state| Status {
            state,
            ..Status::running()
        };
        match self.state {
            _ if self.is_broken => without(OutputState::Failed),
            State::Closed | State::Negotiated => without(OutputState::Closed),
            State::Open => {
                let status = self.call(O::status);
                status.unwrap_or_else(|_| without(OutputState::Failed))
            }
        }
    }

    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        self.check(&[State::Open])?;
        self.call(O::flush)?
    }

    pub(super) fn reset(&mut self) -> Result<(), Failure> {
        self.check(&[State::Open])?;
        self.call(O::reset)?
    }

    /// Closes it, if it was not closed.
    pub(super) fn close(&mut self) -> Result<(), Failure> {
        if self.state == State::Closed {
            return Ok(());
        }
        self.state = State::Closed;
        self.call(O::close)?
    }

    fn is_usable(&self) -> bool {
        self.state == State::Open && !self.is_broken
    }

    fn check(&self, fitting: &[State]) -> Result<(), Failure> {
        let (code, message) = match self.state {
            _ if self.is_broken => (FailureCode::Broken, "an earlier call has panicked"),
            state if fitting.contains(&state) => return Ok(()),
            State::Open => (FailureCode::WrongState, "it is open"),
            State::Closed | State::Negotiated => (FailureCode::WrongState, "it is not open"),
        };
        Err(Failure::new(code, message))
    }

    fn call<R>(&mut self, call: impl FnOnce(&mut O) -> R) -> Result<R, Failure> {
        let result = unpanicked(|| call(&mut self.output));
        if result.is_err() {
            self.is_broken = true;
        }
        result
    }
}
