//! A voice: the style vectors that make the model sound like one speaker, and what its name says about it.
//!
//! Handed out by [`ArtifactsDir::voice`](super::artifacts::ArtifactsDir::voice), which maps the file, or made of a
//! [`VoicePack`]. The pipeline takes one row for each pass, of one voice or mixed from several.

use std::path::Path;

use memmap2::Mmap;

use super::artifacts::{self, Rejection, StyleShape};
use super::pack::VoicePack;
use crate::naming;

/// A voice, ready to be spoken with.
#[derive(Debug)]
pub struct Voice {
    profile: VoiceProfile,
    data: Data,
    shape: StyleShape,
}

/// Where its numbers are.
#[derive(Debug)]
enum Data {
    /// In a mapped file, which `open` has seen to be made of `f32`.
    Mapped(Mmap),
    Own(Vec<f32>),
}

/// The style for one pass: `f32` numbers, half for the decoder, half for the prosody.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style<'a> {
    row: &'a [f32],
}

impl Voice {
    pub(in crate::voice) fn open(
        place: &Path,
        name: &str,
        file: &str,
        shape: StyleShape,
    ) -> Result<Self, Rejection> {
        let damaged = |why: &str| Rejection::Content {
            file: file.into(),
            why: why.into(),
        };
        let data = artifacts::map(place, file)?;
        let values =
            bytemuck::try_cast_slice::<u8, f32>(&data).map_err(|_| damaged("it is not made of f32"))?;
        if shape.rows == 0 || Some(values.len()) != shape.rows.checked_mul(shape.width) {
            return Err(damaged("it has not the size of a voice"));
        }
        Ok(Self {
            profile: VoiceProfile::of(name),
            data: Data::Mapped(data),
            shape,
        })
    }

    /// A voice of the user's own, which was checked.
    pub(in crate::voice) fn of_pack(name: &str, pack: VoicePack) -> Self {
        Self {
            profile: VoiceProfile::of(name),
            shape: pack.shape(),
            data: Data::Own(pack.into_values()),
        }
    }

    /// What its name says about it.
    pub fn profile(&self) -> &VoiceProfile {
        &self.profile
    }

    /// The style for a pass over `tokens` phoneme tokens, the two that wrap them not counted. There is a row
    /// for each number of tokens that one pass can take; more tokens get the last row.
    pub fn style(&self, tokens: usize) -> Style<'_> {
        let StyleShape { rows, width } = self.shape;
        let row = tokens.min(rows - 1);
        // Whatever made the voice has seen that the cast works and that this row is there.
        let values: &[f32] = match &self.data {
            Data::Mapped(data) => bytemuck::cast_slice(data),
            Data::Own(values) => values,
        };
        Style {
            row: &values[row * width..(row + 1) * width],
        }
    }
}

impl<'a> Style<'a> {
    /// Both halves, as the file has them: decoder, then prosody. 256 numbers for Kokoro.
    pub fn row(&self) -> &'a [f32] {
        self.row
    }

    /// The first half: timbre.
    pub fn decoder(&self) -> &'a [f32] {
        &self.row[..self.row.len() / 2]
    }

    /// The second half: durations, pitch and energy.
    pub fn prosody(&self) -> &'a [f32] {
        &self.row[self.row.len() / 2..]
    }
}

/// The weighted sum of styles of one width, in `row`, which allocates nothing once it has had that width.
pub(in crate::voice) fn mix<'s, 'r>(
    row: &'r mut Vec<f32>,
    parts: impl Iterator<Item = (Style<'s>, f32)>,
) -> Style<'r> {
    row.clear();
    for (n, (style, weight)) in parts.enumerate() {
        if n == 0 {
            row.extend(style.row.iter().map(|value| weight * value));
        } else {
            row.iter_mut()
                .zip(style.row)
                .for_each(|(sum, value)| *sum += weight * value);
        }
    }
    Style { row }
}

/// What Kokoro's naming says about a speaker: `af_heart` is female. (The first letter is the language, which `text` knows.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceProfile {
    /// The name by which it is asked for.
    pub name: String,
    /// The speaker's gender; `None` where the name is not of Kokoro's pattern.
    pub gender: Option<Gender>,
}

impl VoiceProfile {
    /// Reads a voice's name.
    pub fn of(name: &str) -> Self {
        let gender = naming::pattern(name).and_then(|(_, gender)| Gender::from_letter(gender));
        Self {
            name: name.into(),
            gender,
        }
    }
}

/// The genders of Kokoro's voices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Gender {
    Female,
    Male,
}

impl Gender {
    fn from_letter(letter: char) -> Option<Self> {
        match letter {
            'f' => Some(Self::Female),
            'm' => Some(Self::Male),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A voice of three rows of four: row r holds r·10, r·10 + 1, …
    fn voice() -> (tempfile::TempDir, Voice) {
        let place = tempfile::tempdir().unwrap();
        let values: Vec<f32> = (0..3)
            .flat_map(|row| (0..4).map(move |i| (row * 10 + i) as f32))
            .collect();
        std::fs::write(place.path().join("v.bin"), bytemuck::cast_slice(&values)).unwrap();
        let voice = Voice::open(place.path(), "bm_test", "v.bin", StyleShape { rows: 3, width: 4 }).unwrap();
        (place, voice)
    }

    #[test]
    fn the_row_is_the_number_of_tokens() {
        let (_place, voice) = voice();
        assert_eq!(voice.style(1).decoder(), [10.0, 11.0]);
        assert_eq!(voice.style(1).prosody(), [12.0, 13.0]);
        assert_eq!(voice.style(0).row(), [0.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn more_tokens_than_rows_get_the_last_row() {
        let (_place, voice) = voice();
        assert_eq!(voice.style(3), voice.style(2));
        assert_eq!(voice.style(usize::MAX), voice.style(2));
    }

    #[test]
    fn a_file_of_another_size_is_no_voice() {
        let (place, _) = voice();
        for shape in [(3, 3), (4, 4), (0, 4), (usize::MAX, 4)] {
            let shape = StyleShape {
                rows: shape.0,
                width: shape.1,
            };
            assert!(
                Voice::open(place.path(), "v", "v.bin", shape).is_err(),
                "{shape:?}"
            );
        }
    }

    #[test]
    fn a_pack_is_a_voice_like_the_file() {
        let (_place, mapped) = voice();
        let values: Vec<f32> = (0..3).flat_map(|row| mapped.style(row).row().to_vec()).collect();
        let pack = VoicePack::of_values(values, mapped.shape).unwrap();
        let own = Voice::of_pack("bm_test", pack);
        for tokens in [0, 1, 2, 3] {
            assert_eq!(own.style(tokens), mapped.style(tokens));
        }
        assert_eq!(own.profile(), mapped.profile());
    }

    #[test]
    fn a_mixed_style_is_the_weighted_sum_and_allocates_once() {
        let (_place, voice) = voice();
        let mut row = Vec::new();
        let both = |row: &mut Vec<f32>, tokens| {
            let parts = [(voice.style(tokens), 0.75), (voice.style(tokens + 1), 0.25)];
            mix(row, parts.into_iter()).row().to_vec()
        };
        // Rows are ten apart, and so is their mean by a quarter of that.
        assert_eq!(both(&mut row, 0), [2.5, 3.5, 4.5, 5.5]);
        let place = (row.as_ptr(), row.capacity());
        assert_eq!(both(&mut row, 1), [12.5, 13.5, 14.5, 15.5]);
        assert_eq!((row.as_ptr(), row.capacity()), place);
        let alone = [(voice.style(1), 1.0)];
        assert_eq!(mix(&mut row, alone.into_iter()), voice.style(1));
    }

    #[test]
    fn a_name_tells_the_gender() {
        assert_eq!(VoiceProfile::of("af_heart").gender, Some(Gender::Female));
        assert_eq!(VoiceProfile::of("zm_yunyang").gender, Some(Gender::Male));
        assert_eq!(VoiceProfile::of("x").gender, None);
        assert_eq!(VoiceProfile::of("emma").gender, None, "a name that a user gave");
    }
}
