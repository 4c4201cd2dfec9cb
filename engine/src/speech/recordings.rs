//! The sound files that a marked-up text may name, and their frames.
//!
//! A text comes from anywhere, so it is told which folder it may use; a name that leads out of it is no recording. `reading`
//! asks here, on the inference thread, when a recording is about to be heard.

use super::SAMPLE_RATE;
use super::clip::{Clip, ClipError, ClipLimits, ClipSource, decode};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use utter_dsp::Resampler;

/// The folder whose sound files a text may name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recordings(Option<PathBuf>);

impl Recordings {
    /// None: every recording is read as the text in its element.
    pub const NONE: Self = Self(None);

    /// The files in a folder and the folders in it.
    pub fn of(folder: impl Into<PathBuf>) -> Self {
        Self(Some(folder.into()))
    }

    /// The file that a text means by `src`, if there is one.
    pub(super) fn find(&self, src: &str) -> Option<PathBuf> {
        let inside = Path::new(src);
        let is_inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if src.is_empty() || !inside.components().all(is_inside) {
            return None;
        }
        let file = self.0.as_ref()?.join(inside);
        file.is_file().then_some(file)
    }

    /// The frames of a recording, at [`SAMPLE_RATE`].
    ///
    /// # Errors
    ///
    /// [`ClipError`]: it cannot be decoded.
    pub(super) fn frames(&self, src: &str) -> Result<Arc<[f32]>, ClipError> {
        let path = self.find(src).unwrap_or_default();
        let clip = decode(&ClipSource::Path(path), &ClipLimits::default(), &|| false)?;
        Ok(at_the_voices_rate(&clip))
    }
}

fn at_the_voices_rate(clip: &Clip) -> Arc<[f32]> {
    if clip.rate == SAMPLE_RATE {
        return Arc::clone(&clip.frames);
    }
    let Ok(mut resampler) = Resampler::new(clip.rate, SAMPLE_RATE) else {
        // No clip has a rate of 0.
        return Arc::from([].as_slice());
    };
    let frames = resampler.output_frames(clip.frames.len() as u64);
    let mut resampled = vec![0.0; usize::try_from(frames).unwrap_or(0)];
    let progress = resampler.process(&clip.frames, &mut resampled);
    let mut filled = progress.produced;
    loop {
        match resampler.finish(&mut resampled[filled..]) {
            0 => break,
            more => filled += more,
        }
    }
    resampled.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playback::output::{FrameSink, WavEncoding, WavFile};

    #[test]
    fn only_files_in_the_folder_are_recordings() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("sounds");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("in.wav"), "").unwrap();
        std::fs::write(place.path().join("out.wav"), "").unwrap();
        let recordings = Recordings::of(&folder);
        assert!(recordings.find("in.wav").is_some());
        assert!(recordings.find("./in.wav").is_some());
        let outside = place.path().join("out.wav");
        for src in [
            "../out.wav",
            outside.to_str().unwrap(),
            "",
            ".",
            "none.wav",
            "in.wav/../../out.wav",
        ] {
            assert_eq!(recordings.find(src), None, "{src}");
        }
        assert_eq!(Recordings::NONE.find("in.wav"), None);
    }

    #[test]
    fn a_recording_has_the_rate_of_the_voice() {
        let place = tempfile::tempdir().unwrap();
        let mut file = WavFile::create(&place.path().join("a.wav"), 48_000, WavEncoding::default()).unwrap();
        let tone = |frame: i32| (frame as f32 * 0.05).sin() * 0.5;
        let frames: Vec<f32> = (0..9_600).map(tone).collect();
        file.write(&frames).unwrap();
        file.finish().unwrap();
        let recorded = Recordings::of(place.path()).frames("a.wav").unwrap();
        assert_eq!(recorded.len(), 4_800);
        for (frame, sample) in recorded.iter().enumerate().skip(200).take(4_400) {
            assert!(
                (sample - tone(2 * frame as i32)).abs() < 1e-3,
                "{frame}: {sample}"
            );
        }
    }
}
