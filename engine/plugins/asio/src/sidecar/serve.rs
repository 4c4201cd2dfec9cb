//! Serves the plugin: takes requests one after the other, and tells what becomes of the device in between.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use utter_asio::clock;
use utter_asio::protocol::message::{Answer, Request};

use super::orders::Orders;
use super::output::Output;
use super::slots::Pulses;
use super::{input, parent};

/// Requests that can wait. The plugin asks one thing at a time of each of few instances.
const WAITING: usize = 64;
/// How often the device is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Serves the process `host` until it asks to end, or is gone.
pub(crate) fn run(host: u32) -> std::io::Result<()> {
    parent::end_with(host);
    let output = Arc::new(Output::take()?);
    let pulses = Pulses::default();
    pulses.start()?;
    let (sender, orders) = mpsc::sync_channel(WAITING);
    input::start(sender, Arc::clone(&output))?;
    let mut desk = Orders::new(pulses);
    loop {
        match orders.recv_timeout(LOOK) {
            Ok(order) => {
                let id = order.id;
                let is_last = order.request == Request::Quit {};
                output.answer(
                    id,
                    &desk.serve(order).unwrap_or_else(|fault| Answer::Fault {
                        code: fault.code,
                        message: fault.message,
                    }),
                );
                if is_last {
                    parent::exit_now(0);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            // The thread that reads ends the process itself.
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        for notice in desk.look(clock::now()) {
            output.notice(&notice);
        }
    }
}
