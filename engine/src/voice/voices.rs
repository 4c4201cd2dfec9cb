//! The voices that can speak: those of the artifacts, and the user's own.
//!
//! A pipeline has one, and asks it for the style of each pass; the command asks whether a voice exists before it loads anything.
//! Files are mapped when their voice is first asked for and stay so.

use super::artifacts::{ArtifactsDir, ArtifactsError};
use super::error::VoiceError;
use super::pack::{PackError, VoiceFile, VoicePack, check_name};
use super::style::{Style, Voice, mix};
use crate::naming::{BlendPart, VoiceBlend};

/// What is remembered of how voices were asked for. Who moves a slider asks for ever new blends.
const MOST_CHOICES: usize = 64;

/// The voices of a pipeline.
#[derive(Debug)]
pub struct Voices {
    artifacts: ArtifactsDir,
    /// The names of the user's own, in the order in which they came.
    own: Vec<String>,
    /// The user's own, and of the others those that were asked for.
    open: Vec<Voice>,
    /// What was asked for.
    choices: Vec<Choice>,
    /// The style of a blend, until the next.
    row: Vec<f32>,
}

/// A voice or a blend, found.
#[derive(Debug)]
struct Choice {
    /// As it was asked for.
    asked: String,
    /// Places in `open` with their weights, which add up to 1; at least one.
    parts: Vec<(usize, f32)>,
}

impl Voices {
    /// Those of `artifacts`, and those in `files`, which are read now.
    ///
    /// # Errors
    /// [`VoiceError::Pack`] names the first of `files` that cannot be used.
    pub fn open(artifacts: ArtifactsDir, files: &[VoiceFile]) -> Result<Self, VoiceError> {
        let mut voices = Self {
            artifacts,
            own: Vec::new(),
            open: Vec::new(),
            choices: Vec::new(),
            row: Vec::new(),
        };
        let shape = voices.artifacts.manifest().style;
        for file in files {
            let failed = |reason| VoiceError::Pack {
                name: file.name().into(),
                reason,
            };
            let pack = VoicePack::read(file.path(), shape).map_err(failed)?;
            voices.add(file.name(), pack)?;
        }
        Ok(voices)
    }

    /// The directory of those that are not the user's own.
    pub fn artifacts(&self) -> &ArtifactsDir {
        &self.artifacts
    }

    /// All names: those of the artifacts, sorted, then the user's own in the order in which they came.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.artifacts
            .voice_names()
            .chain(self.own.iter().map(String::as_str))
    }

    /// Whether there is the voice, or each voice of the blend.
    pub fn has(&self, voice: &str) -> bool {
        let is_there = |part: &BlendPart| self.names().any(|name| name == part.voice);
        voice
            .parse()
            .is_ok_and(|blend: VoiceBlend| blend.parts().iter().all(is_there))
    }

    /// The same, with what is wrong if there is not; what is asked for is found sooner then.
    ///
    /// # Errors
    /// [`VoiceError::Blend`] for what names none, and for an unknown one [`ArtifactsError::UnknownVoice`], whose hint has those
    /// that are named nearly so.
    pub fn check(&mut self, voice: &str) -> Result<(), VoiceError> {
        self.choose(voice).map(drop)
    }

    /// Adds one of the user's own.
    pub(super) fn add(&mut self, name: &str, pack: VoicePack) -> Result<(), VoiceError> {
        let refuse = |reason| {
            let name = name.into();
            Err(VoiceError::Pack { name, reason })
        };
        if let Err(reason) = check_name(name) {
            return refuse(reason);
        }
        if self.names().any(|other| other == name) {
            return refuse(PackError::Taken { name: name.into() });
        }
        let (found, expected) = (pack.shape(), self.artifacts.manifest().style);
        if found != expected {
            let found = vec![found.rows, found.width];
            return refuse(PackError::Shape { found, expected });
        }
        self.own.push(name.into());
        self.open.push(Voice::of_pack(name, pack));
        Ok(())
    }

    /// The style of a voice or a blend for a pass over `tokens` phonemes. Allocates only where something is asked for that was
    /// not asked for before.
    pub(super) fn style(&mut self, voice: &str, tokens: usize) -> Result<Style<'_>, VoiceError> {
        let choice = self.choose(voice)?;
        let (open, parts) = (&self.open, &self.choices[choice].parts);
        if let [(only, _)] = parts[..] {
            return Ok(open[only].style(tokens));
        }
        let styles = parts
            .iter()
            .map(|&(place, weight)| (open[place].style(tokens), weight));
        Ok(mix(&mut self.row, styles))
    }

    /// The place of what is asked for among the choices.
    fn choose(&mut self, asked: &str) -> Result<usize, VoiceError> {
        if let Some(place) = self.choices.iter().position(|choice| choice.asked == asked) {
            return Ok(place);
        }
        let blend: VoiceBlend = asked.parse()?;
        let mut parts = Vec::with_capacity(blend.parts().len());
        for part in blend.parts() {
            parts.push((self.find(&part.voice)?, part.weight as f32));
        }
        if self.choices.len() == MOST_CHOICES {
            self.choices.clear();
        }
        self.choices.push(Choice {
            asked: asked.into(),
            parts,
        });
        Ok(self.choices.len() - 1)
    }

    /// The place of a voice among those that are open.
    fn find(&mut self, name: &str) -> Result<usize, VoiceError> {
        if let Some(place) = self.open.iter().position(|voice| voice.profile().name == name) {
            return Ok(place);
        }
        let opened = self.artifacts.voice(name).map_err(|error| match error {
            ArtifactsError::UnknownVoice { name, .. } => ArtifactsError::UnknownVoice {
                name,
                known: self.names().map(str::to_owned).collect(),
            },
            error => error,
        });
        self.open.push(opened?);
        Ok(self.open.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::artifacts;

    /// With the real voice, as the pipeline's own tests.
    fn voices() -> Voices {
        let found = artifacts::resolve(&artifacts::default_base().unwrap()).unwrap();
        Voices::open(found, &[]).unwrap()
    }

    fn row(voices: &mut Voices, voice: &str) -> Vec<f32> {
        voices.style(voice, 40).unwrap().row().to_vec()
    }

    /// A voice like `name`, as a pack.
    fn pack(voices: &mut Voices, name: &str) -> VoicePack {
        let shape = voices.artifacts().manifest().style;
        let values = (0..shape.rows).flat_map(|n| voices.style(name, n).unwrap().row().to_vec());
        VoicePack::of_values(values.collect(), shape).unwrap()
    }

    #[test]
    fn a_blend_is_the_weighted_sum_of_its_voices() {
        let mut voices = voices();
        let (heart, adam) = (row(&mut voices, "af_heart"), row(&mut voices, "am_adam"));
        let mixed = row(&mut voices, "af_heart:0.7,am_adam:0.3");
        for ((mixed, heart), adam) in mixed.iter().zip(&heart).zip(&adam) {
            assert!((mixed - (0.7 * heart + 0.3 * adam)).abs() < 1e-6);
        }

        assert_eq!(row(&mut voices, "af_heart:0.3"), heart);
        assert_eq!(row(&mut voices, "af_heart,af_heart"), heart);
        let even = row(&mut voices, "af_heart:1,am_adam:1");
        assert_eq!(row(&mut voices, "af_heart:2,am_adam:2"), even);
        assert_eq!(row(&mut voices, "af_heart,am_adam"), even);
        assert!(even != heart && even != adam && even != mixed);
    }

    #[test]
    fn asking_again_allocates_nothing_and_what_is_remembered_is_bounded() {
        let mut voices = voices();
        row(&mut voices, "af_heart,am_adam");
        let (scratch, open) = (voices.row.as_ptr(), voices.open.len());
        for n in 1..300 {
            row(&mut voices, &format!("af_heart:{n},am_adam:300"));
            row(&mut voices, "af_heart,am_adam");
            assert!(voices.choices.len() <= MOST_CHOICES);
        }
        assert_eq!((voices.row.as_ptr(), voices.open.len()), (scratch, open));
    }

    #[test]
    fn a_voice_of_the_users_own_is_like_the_others() {
        let mut voices = voices();
        let heart = row(&mut voices, "af_heart");
        let pack = pack(&mut voices, "af_heart");
        voices.add("grandma", pack).unwrap();
        assert_eq!(voices.names().count(), 55);
        assert_eq!(voices.names().last(), Some("grandma"));
        assert_eq!(row(&mut voices, "grandma"), heart);
        let halves = row(&mut voices, "grandma,am_adam");
        assert_eq!(halves, row(&mut voices, "af_heart,am_adam"));
    }

    #[test]
    fn an_unknown_voice_is_answered_with_those_that_are_near() {
        let mut voices = voices();
        let pack = pack(&mut voices, "af_heart");
        voices.add("grandma", pack).unwrap();
        let hint = |voices: &mut Voices, asked: &str| voices.check(asked).unwrap_err().hint();
        let shown = hint(&mut voices, "heart");
        assert_eq!(shown, "Did you mean af_heart? `utter voices` lists all 55.");
        let shown = hint(&mut voices, "af_heart,grandpa");
        assert!(shown.starts_with("Did you mean grandma"), "{shown}");
        let error = voices.check("af_heart:0.7,am_adma:0.3").unwrap_err();
        assert_eq!(error.to_string(), "there is no voice \"am_adma\"");
        assert!(matches!(voices.check("af_heart,"), Err(VoiceError::Blend(_))));
        assert!(voices.check("af_heart, grandma").is_ok());
        assert!(voices.has("af_heart, grandma") && voices.has("bf_emma"));
        for none in ["heart", "af_heart,heart", "af_heart,", ""] {
            assert!(!voices.has(none), "{none}");
        }
    }

    #[test]
    fn a_pack_takes_no_name_and_no_shape_of_others() {
        let mut voices = voices();
        let pack = pack(&mut voices, "af_heart");
        let reason = |result: Result<(), VoiceError>| match result {
            Err(VoiceError::Pack { reason, .. }) => reason,
            other => panic!("{other:?}"),
        };
        for taken in ["af_heart", "zm_yunxi"] {
            let refused = reason(voices.add(taken, pack.clone()));
            assert!(matches!(refused, PackError::Taken { .. }), "{refused}");
        }
        voices.add("mine", pack.clone()).unwrap();
        let refused = reason(voices.add("mine", pack.clone()));
        assert!(matches!(refused, PackError::Taken { .. }), "{refused}");
        let refused = reason(voices.add("a,b", pack));
        assert!(matches!(refused, PackError::Name { .. }), "{refused}");
        let shape = crate::voice::artifacts::StyleShape { rows: 1, width: 2 };
        let small = VoicePack::of_values(vec![0.5, 0.5], shape).unwrap();
        let refused = reason(voices.add("small", small));
        assert!(matches!(refused, PackError::Shape { .. }), "{refused}");
    }
}
