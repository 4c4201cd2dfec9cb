//! An output that writes down what a device would have played, at a device's pace.
//!
//! For recording what is heard, pauses, volume and fades included, and for listening to it where there is no sound.
//! To turn text into a file as fast as possible, [`render`](crate::speech::render()) into a
//! [`WavFile`](super::WavFile).

use super::paced::{PacedOutput, PacedSink, PacedStream};
use super::{
    OutputBackend, OutputConfig, OutputError, OutputHealth, OutputId, OutputInfo, OutputRequest,
    OutputSelection, OutputStream,
};
use crate::playback::realtime::Renderer;
use hound::{WavSpec, WavWriter};
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::sync::Arc;

const NAME: &str = "WAV file";

/// The output that writes a WAV file of 32-bit floats. The file is complete after every second, so a program that is
/// killed leaves one that can be read. Opening it anew begins the file anew.
#[derive(Debug, Clone)]
pub struct WavOutput {
    path: PathBuf,
    output: PacedOutput,
}

impl WavOutput {
    /// Its id.
    pub const ID: &'static str = "utter:wav";

    /// One that writes to `path`, with `rate` frames a second and `channels` samples a frame; of each there is at least
    /// one.
    pub fn new(path: impl Into<PathBuf>, rate: u32, channels: u16) -> Self {
        Self {
            path: path.into(),
            output: PacedOutput {
                id: Self::ID,
                name: NAME,
                rate: rate.max(1),
                channels: channels.max(1),
            },
        }
    }

    fn error(&self, error: &hound::Error) -> OutputError {
        OutputError::File {
            path: self.path.clone(),
            reason: error.to_string(),
        }
    }
}

impl OutputBackend for WavOutput {
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
        let spec = WavSpec {
            channels: self.output.channels,
            sample_rate: self.output.rate,
            bits_per_sample: 32,
            sample_format: hound::SampleFormat::Float,
        };
        let writer = WavWriter::create(&self.path, spec).map_err(|error| self.error(&error))?;
        let sink = Recording {
            writer,
            unsaved: 0,
            second: self.output.rate as usize * usize::from(self.output.channels),
        };
        Ok(Box::new(PacedStream::new(
            config,
            renderer,
            health,
            Box::new(sink),
        )))
    }
}

/// The file; finished when it is dropped.
struct Recording {
    writer: WavWriter<BufWriter<File>>,
    /// Samples since the file was complete.
    unsaved: usize,
    /// Samples of a second.
    second: usize,
}

impl PacedSink for Recording {
    fn take(&mut self, samples: &[f32]) -> Result<(), String> {
        let written = samples
            .iter()
            .try_for_each(|&sample| self.writer.write_sample(sample));
        written.map_err(|error| error.to_string())?;
        self.unsaved += samples.len();
        if self.unsaved >= self.second {
            self.unsaved = 0;
            self.writer.flush().map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playback::{PlaybackError, Player, PlayerOptions, TrackKind, TrackOptions};

    #[test]
    fn the_file_holds_what_was_played() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("played.wav");
        let output = Arc::new(WavOutput::new(&path, 8_000, 2));
        let player = Player::open(output, &OutputSelection::Default, &PlayerOptions::default()).unwrap();
        let frames: Vec<f32> = (1..=1_000).map(|n| n as f32 / 65_536.0).collect();
        let options = TrackOptions {
            kind: TrackKind::Clip,
            rate: 8_000,
            gain: 1.0,
        };
        let mut track = player.add_track(options).unwrap();
        track.push(&frames[..]).unwrap();
        track.finish();
        player.wait_until_drained().unwrap();
        player.close();
        let mut reader = hound::WavReader::open(path).unwrap();
        assert_eq!((reader.spec().channels, reader.spec().sample_rate), (2, 8_000));
        let samples: Vec<f32> = reader.samples().map(Result::unwrap).collect();
        let left: Vec<f32> = samples.iter().step_by(2).copied().filter(|&x| x != 0.0).collect();
        assert_eq!(left, frames);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_an_error() {
        let output = WavOutput::new("no such directory/played.wav", 8_000, 1);
        let opened = Player::open(
            Arc::new(output),
            &OutputSelection::Default,
            &PlayerOptions::default(),
        );
        let error = opened.err().unwrap();
        assert!(matches!(error, PlaybackError::Output(OutputError::File { .. })));
        assert!(error.to_string().contains("no such directory"), "{error}");
        assert!(error.hint().contains("its directory exists"), "{}", error.hint());
    }
}
