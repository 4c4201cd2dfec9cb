//! The weights of spaCy's part-of-speech tagger (`en_core_web_sm`), laid out for computing sixteen outputs at a time.
//!
//! The network, which `utter`'s `text/english/network.rs` computes: four features of a token are embedded by hash and
//! mixed to [`WIDTH`] numbers, four layers each look at a token and its two neighbours, and a last product gives a score
//! for each tag. A hidden unit is the greatest of [`PIECES`] sums; then the units of a token are normalised. The build
//! changes the order of the published numbers, and has folded two more features into a bias, nothing else.

mod shape;

pub use shape::{FEATURES, HIDDEN, OUTPUTS, PANEL, PIECES, WIDTH};

/// A hidden layer.
#[derive(Debug, Clone, Copy)]
pub struct Layer {
    /// For each panel of the [`HIDDEN`] sums, for each input, [`PANEL`] weights.
    pub weights: &'static [f32],
    /// What each sum begins with.
    pub bias: &'static [f32],
    /// What a normalised unit is multiplied by.
    pub gain: &'static [f32],
    /// What is added to it then.
    pub shift: &'static [f32],
}

/// All weights.
#[derive(Debug)]
pub struct Tagger {
    /// Rows of [`WIDTH`] numbers; in the order of [`FEATURES`].
    pub tables: [&'static [f32]; 4],
    /// From the embeddings of the four features, one after the other, to a token. Its bias is that of a token that the
    /// next one follows at once.
    pub mix: Layer,
    /// The bias of `mix` for a token that a space follows.
    pub spaced_bias: &'static [f32],
    /// From a token and its neighbours, the left one first, to what is added to the token.
    pub encode: [Layer; 4],
    /// From a token to [`OUTPUTS`] scores: weights in panels, as in [`Layer`].
    pub score: &'static [f32],
    /// What each score begins with.
    pub score_bias: &'static [f32],
    /// The tag of each score, in the Penn Treebank's names as spaCy has them.
    pub tags: Vec<&'static str>,
}

/// Makes the file begin where a number may begin, and a cache line too.
#[repr(C, align(64))]
struct Aligned<T: ?Sized>(T);

static NUMBERS: &Aligned<[u8]> = &Aligned(*include_bytes!(concat!(env!("OUT_DIR"), "/tagger.numbers")));

impl Tagger {
    /// The tagger of `en_core_web_sm`. Reads nothing of the weights yet.
    pub fn english() -> Self {
        let mut rest: &'static [f32] = bytemuck::cast_slice(&NUMBERS.0);
        let mut take = |count: usize| {
            let (taken, after) = rest.split_at(count);
            rest = after;
            taken
        };
        let tables = FEATURES.map(|(rows, _)| take(rows * WIDTH));
        let spaced_bias = take(HIDDEN);
        let mut layer = |inputs: usize| Layer {
            bias: take(HIDDEN),
            weights: take(HIDDEN * inputs),
            gain: take(WIDTH),
            shift: take(WIDTH),
        };
        let mix = layer(FEATURES.len() * WIDTH);
        let encode = [(); 4].map(|()| layer(3 * WIDTH));
        Self {
            tables,
            mix,
            spaced_bias,
            encode,
            score_bias: take(OUTPUTS),
            score: take(OUTPUTS * WIDTH),
            tags: include_str!(concat!(env!("OUT_DIR"), "/tagger.tags"))
                .lines()
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_what_the_shape_asks_for_and_no_more() {
        let tagger = Tagger::english();
        let last = tagger.score.as_ptr_range().end.cast::<u8>();
        assert_eq!(last, NUMBERS.0.as_ptr_range().end);
        assert_eq!(tagger.tags.len(), 50);
        assert!(tagger.tags.contains(&"NN"));
    }
}
