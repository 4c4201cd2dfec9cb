//! The two hashes by which spaCy's tagger finds its embeddings: of a string, and of that hash for a table.
//!
//! Used by the build for what it folds into the weights, and by `utter`'s `text/english/tagger.rs` for every token. They
//! have to agree with spaCy to the bit, as the weights were trained under them.

/// MurmurHash64A (Austin Appleby, public domain) of the bytes of `text` with seed 1: spaCy's number of a string.
pub fn string_hash(text: &str) -> u64 {
    const MULTIPLIER: u64 = 0xc6a4_a793_5bd1_e995;
    const SHIFT: u32 = 47;
    const SEED: u64 = 1;
    let bytes = text.as_bytes();
    let mut hash = SEED ^ (bytes.len() as u64).wrapping_mul(MULTIPLIER);
    let (blocks, rest) = bytes.as_chunks::<8>();
    for block in blocks {
        let mut block = u64::from_le_bytes(*block).wrapping_mul(MULTIPLIER);
        block = (block ^ (block >> SHIFT)).wrapping_mul(MULTIPLIER);
        hash = (hash ^ block).wrapping_mul(MULTIPLIER);
    }
    if !rest.is_empty() {
        let tail = rest
            .iter()
            .rev()
            .fold(0, |tail, byte| tail << 8 | u64::from(*byte));
        hash = (hash ^ tail).wrapping_mul(MULTIPLIER);
    }
    hash = (hash ^ (hash >> SHIFT)).wrapping_mul(MULTIPLIER);
    hash ^ (hash >> SHIFT)
}

/// MurmurHash3 x64 128 (Austin Appleby, public domain) of one 64-bit number: the four keys under which Thinc's hash
/// embedding looks a feature up in the table of this seed.
pub fn row_keys(feature: u64, seed: u32) -> [u32; 4] {
    const LENGTH: u64 = 8;
    let mixed = feature
        .wrapping_mul(0x87c3_7b91_1142_53d5)
        .rotate_left(31)
        .wrapping_mul(0x4cf5_ad43_2745_937f);
    let second = u64::from(seed) ^ LENGTH;
    let first = (mixed ^ second).wrapping_add(second);
    let (first, second) = (finish(first), finish(second.wrapping_add(first)));
    let first = first.wrapping_add(second);
    let second = second.wrapping_add(first);
    [
        first as u32,
        (first >> 32) as u32,
        second as u32,
        (second >> 32) as u32,
    ]
}

/// The last step of MurmurHash3: every bit of the number changes half of the others.
fn finish(mut number: u64) -> u64 {
    number = (number ^ (number >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    number = (number ^ (number >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    number ^ (number >> 33)
}
