//! A pump as the host has it: looks what there is room for, writes that, sleeps.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use assert_no_alloc::assert_no_alloc;
use thread_priority::{
    RealtimeThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
    thread_native_id,
};
use utter_asio::AsioOutput;
use utter_plugin::{Output, OutputState, Status};

/// A thread that plays a signal.
pub struct Pump {
    stop: Arc<AtomicBool>,
    pub written: Arc<AtomicU64>,
    thread: JoinHandle<Pumped>,
}

/// What the thread has done.
pub struct Pumped {
    pub output: AsioOutput,
    /// The frames that it has written, from 0 on.
    pub written: u64,
    /// The last status.
    pub status: Status,
    /// The least that a callback has found.
    pub least_level: Option<u64>,
    /// Whether it had realtime priority.
    pub is_realtime: bool,
}

impl Pump {
    /// Plays `signal`, a function of the frame and the channel, until it is stopped or the output is lost.
    pub fn start(
        mut output: AsioOutput,
        channels: u32,
        signal: impl Fn(u64, usize) -> f32 + Send + 'static,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let written = Arc::new(AtomicU64::new(0));
        let (is_stopped, count) = (Arc::clone(&stop), Arc::clone(&written));
        let thread = thread::spawn(move || {
            let is_realtime = promote();
            let mut block = Vec::new();
            let mut written = 0;
            loop {
                let status = assert_no_alloc(|| output.status());
                if is_stopped.load(Ordering::Relaxed) || status.state != OutputState::Running {
                    return Pumped {
                        least_level: output.least_level(),
                        output,
                        written,
                        status,
                        is_realtime,
                    };
                }
                block.clear();
                let frames = written..written + u64::from(status.writable);
                block.extend(
                    frames
                        .flat_map(|frame| (0..channels as usize).map(move |channel| (frame, channel)))
                        .map(|(frame, channel)| signal(frame, channel)),
                );
                written += u64::from(assert_no_alloc(|| output.write(&block)));
                count.store(written, Ordering::Relaxed);
                thread::sleep(status.look_again);
            }
        });
        Self {
            stop,
            written,
            thread,
        }
    }

    /// Stops it after what it writes now.
    pub fn stop(self) -> Pumped {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }

    /// Waits for it to see that the output is lost.
    pub fn wait(self) -> Pumped {
        self.thread.join().unwrap()
    }
}

/// Asks for realtime priority, as the host's pump does, and tells whether it is granted.
pub fn promote() -> bool {
    let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
    let Ok(priority) = 11_u8.try_into().map(ThreadPriority::Crossplatform) else {
        return false;
    };
    set_thread_priority_and_policy(thread_native_id(), priority, policy).is_ok()
}

/// A sweep that never is 0 for two samples, the second channel upside down and half as loud.
pub fn sweep(frame: u64, channel: usize) -> f32 {
    let time = frame as f64 / 48_000.0;
    let phase = 2.0 * std::f64::consts::PI * (200.0 * time + 150.0 * time * time);
    let sample = 0.4 * (phase + 0.3).sin();
    (if channel == 0 { sample } else { -sample / 2.0 }) as f32
}
