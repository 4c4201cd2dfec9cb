//! An output without a device: it takes frames at the pace of a clock, and nobody hears them.
//!
//! For machines without audio, and for tests and measurements that need the pace of a device but none of its
//! moods. Whoever would open a device opens this instead. It is not in the lists of other backends.

use super::paced::{PacedOutput, PacedSink, PacedStream};
use super::{
    OutputBackend, OutputConfig, OutputError, OutputHealth, OutputId, OutputInfo, OutputRequest,
    OutputSelection, OutputStream,
};
use crate::playback::realtime::Renderer;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The output that discards what it is given. It runs like a card with a buffer of two periods: a callback
/// that comes more than a period late is an xrun, after which its clock begins anew.
#[derive(Debug, Clone)]
pub struct NullOutput {
    output: PacedOutput,
    taken: Arc<AtomicU64>,
}

impl NullOutput {
    /// Its id.
    pub const ID: &'static str = "utter:null";

    /// One of `rate` frames a second and `channels` samples a frame; of each there is at least one.
    pub fn new(rate: u32, channels: u16) -> Self {
        Self {
            output: PacedOutput {
                id: Self::ID,
                name: NAME,
                rate: rate.max(1),
                channels: channels.max(1),
            },
            taken: Arc::default(),
        }
    }

    /// How many frames it has been given, by all streams that were opened on it or on a clone of it.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Acquire)
    }
}

impl Default for NullOutput {
    /// One of 48 kHz with two channels.
    fn default() -> Self {
        Self::new(48_000, 2)
    }
}

impl OutputBackend for NullOutput {
    fn outputs(&self) -> Result<Vec<OutputInfo>, OutputError> {
        Ok(self.output.list())
    }

    fn default_output(&self) -> Result<Option<OutputId>, OutputError> {
        Ok(Some(OutputId::new(Self::ID)))
    }

    fn negotiate(
        &self,
        selection: &OutputSelection,
        request: &OutputRequest,
    ) -> Result<OutputConfig, OutputError> {
        self.output.negotiate(selection, request)
    }

    fn open(
        &self,
        config: &OutputConfig,
        renderer: Renderer,
        health: Arc<OutputHealth>,
    ) -> Result<Box<dyn OutputStream>, OutputError> {
        let sink = Count {
            channels: usize::from(self.output.channels),
            taken: Arc::clone(&self.taken),
        };
        Ok(Box::new(PacedStream::new(
            config,
            renderer,
            health,
            Box::new(sink),
        )))
    }
}

const NAME: &str = "Null output";

/// Counts frames.
struct Count {
    channels: usize,
    taken: Arc<AtomicU64>,
}

impl PacedSink for Count {
    fn take(&mut self, samples: &[f32]) -> Result<(), String> {
        let frames = (samples.len() / self.channels) as u64;
        self.taken.fetch_add(frames, Ordering::AcqRel);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playback::{Player, PlayerOptions};
    use std::thread;
    use std::time::{Duration, Instant};

    const RATE: u32 = 8_000;

    fn open(output: &NullOutput) -> Player {
        let options = PlayerOptions {
            period: Duration::from_millis(5),
            ..PlayerOptions::default()
        };
        Player::open(Arc::new(output.clone()), &OutputSelection::Default, &options).unwrap()
    }

    fn wait_for(output: &NullOutput, frames: u64) {
        let since = Instant::now();
        while output.taken() < frames {
            assert!(since.elapsed() < Duration::from_secs(20), "it does not run");
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn it_takes_no_more_frames_than_time_has_passed() {
        let output = NullOutput::new(RATE, 2);
        let since = Instant::now();
        let player = open(&output);
        wait_for(&output, 2_000);
        // The first period is taken at once.
        let most = since.elapsed().as_secs_f64() * f64::from(RATE) + 40.0;
        assert!(output.taken() as f64 <= most, "{} of {most}", output.taken());
        player.close();
    }

    #[test]
    fn it_takes_nothing_before_the_start_nor_after_the_end() {
        let output = NullOutput::new(RATE, 1);
        let player = open(&output);
        wait_for(&output, 400);
        player.close();
        let taken = output.taken();
        // Forty periods.
        thread::sleep(Duration::from_millis(200));
        assert_eq!(output.taken(), taken);
        assert_eq!(taken % 40, 0, "whole periods");
    }

    #[test]
    fn it_is_chosen_by_its_id_and_by_no_other() {
        let output = NullOutput::default();
        let request = OutputRequest {
            period: Duration::from_millis(10),
        };
        let by_id = |id: &str| output.negotiate(&OutputSelection::Id(OutputId::new(id)), &request);
        let config = by_id(NullOutput::ID).unwrap();
        assert_eq!((config.rate, config.channels), (48_000, 2));
        assert_eq!(config.period_frames, Some(480));
        assert!(matches!(by_id("alsa:default"), Err(OutputError::NotFound(_))));
        assert_eq!(output.default_output().unwrap(), Some(config.id));
    }
}
