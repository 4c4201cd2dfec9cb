//! How long the pauses of an utterance are.
//!
//! Part of a [`Delivery`](super::Delivery); `for_each_chunk` looks up what follows each chunk, and `spacing`
//! makes the silence.

use crate::text::Boundary;
use std::time::Duration;

/// The longest pause; a longer one is taken as this.
const LONGEST: Duration = Duration::from_secs(10);

/// The pauses between chunks, from the last sound of one to the first sound of the next, at the voice's own
/// tempo. At another they are divided by it, as everything that is said.
///
/// They begin where a sound has decayed by 50 dB, and so seem longer than they are: the last 20 dB of a decay
/// take some 100 ms, which a listener hardly hears. The defaults go by what voices do themselves. At commas within a
/// sentence Kokoro's are silent for 130 ms in the median and 260 ms in the upper quartile (the loudest 30 dB
/// counted as sound), at semicolons for 375 ms; left to itself it puts 700 ms between two sentences, which is
/// the length of a paragraph's pause in reading aloud. Silences in read speech fall into short ones below
/// 200 ms, within a sentence, and medium ones up to a second, between them (Campione and Véronis, "A
/// large-scale multilingual study of silent pause duration", Speech Prosody 2002).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pauses {
    /// Between two words of a clause that has to be cut because it is too long. 50 ms by default.
    pub word: Duration,
    /// Between two clauses of a sentence. 150 ms by default.
    pub clause: Duration,
    /// Between two sentences. 380 ms by default.
    pub sentence: Duration,
    /// Between two paragraphs. 700 ms by default.
    pub paragraph: Duration,
    /// Behind the last sound of an utterance. 100 ms by default: enough for the sound to end in, short enough
    /// not to keep anybody waiting for the end.
    pub end: Duration,
}

impl Default for Pauses {
    fn default() -> Self {
        Self {
            word: Duration::from_millis(50),
            clause: Duration::from_millis(150),
            sentence: Duration::from_millis(380),
            paragraph: Duration::from_millis(700),
            end: Duration::from_millis(100),
        }
    }
}

impl Pauses {
    /// No pauses: sound follows sound.
    pub const NONE: Self = Self {
        word: Duration::ZERO,
        clause: Duration::ZERO,
        sentence: Duration::ZERO,
        paragraph: Duration::ZERO,
        end: Duration::ZERO,
    };

    /// The pause after a chunk that is followed by `boundary`, at most 10 s. Inside of a word there is none.
    pub fn after(&self, boundary: Boundary) -> Duration {
        let pause = match boundary {
            Boundary::InsideWord => Duration::ZERO,
            Boundary::Word => self.word,
            Boundary::Clause => self.clause,
            Boundary::Sentence => self.sentence,
            Boundary::Paragraph => self.paragraph,
            Boundary::End => self.end,
        };
        pause.min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stronger_boundary_has_a_longer_pause() {
        let boundaries = [
            Boundary::InsideWord,
            Boundary::Word,
            Boundary::Clause,
            Boundary::Sentence,
            Boundary::Paragraph,
        ];
        let pauses = boundaries.map(|boundary| Pauses::default().after(boundary));
        assert!(pauses.is_sorted_by(|a, b| a < b), "{pauses:?}");
        assert_eq!(
            boundaries.map(|boundary| Pauses::NONE.after(boundary)),
            [Duration::ZERO; 5]
        );
    }

    #[test]
    fn an_endless_pause_has_an_end() {
        let pauses = Pauses {
            sentence: Duration::MAX,
            ..Pauses::NONE
        };
        assert_eq!(pauses.after(Boundary::Sentence), Duration::from_secs(10));
    }
}
