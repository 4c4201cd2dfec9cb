//! The shape of the tagger's network, which the build writes by and everybody else reads by.

/// Numbers that describe a token.
pub const WIDTH: usize = 96;
/// Sums of which a hidden unit is the greatest.
pub const PIECES: usize = 3;
/// Sums of a layer: all first pieces, then all second ones, then all third ones.
pub const HIDDEN: usize = WIDTH * PIECES;
/// Outputs whose weights lie together: for each input in turn a weight for each of these.
pub const PANEL: usize = 16;
/// Scores of the last product; those behind the last tag are never the greatest.
pub const OUTPUTS: usize = 64;
/// The tables of embeddings: of the norm, the first character, the last three, and the shape. Rows, and seed of the hash.
pub const FEATURES: [(usize, u32); 4] = [(5000, 8), (1000, 9), (2500, 10), (2500, 11)];
