//! What must hold for every voice pack that is accepted, wherever it came from, as a plain function that panics if it does not.
//!
//! Called by the tests over the seed corpus and by the fuzz target `voice_pack`, so that both check the same. Not part of the
//! interface of the crate.

use super::{GREATEST, VoicePack};
use crate::voice::artifacts::StyleShape;

/// The shape that the seeds have: a voice's own would make each half a megabyte.
pub const SHAPE: StyleShape = StyleShape { rows: 3, width: 4 };

/// The body of the fuzz target `voice_pack`: the bytes of a file. Says whether it was accepted.
pub fn fuzz_pack(bytes: &[u8]) -> bool {
    let pack = match VoicePack::parse(bytes, SHAPE) {
        Ok(pack) => pack,
        Err(error) => {
            assert!(!error.to_string().is_empty() && !error.hint().is_empty());
            return false;
        }
    };
    assert_eq!(pack.shape(), SHAPE);
    assert_eq!(pack.values().len(), SHAPE.rows * SHAPE.width);
    assert!(
        pack.values().iter().all(|value| value.abs() <= GREATEST),
        "{pack:?}"
    );
    // What it holds stands in the file, one number after the other.
    let numbers: Vec<u8> = pack
        .values()
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    assert!(bytes.windows(numbers.len()).any(|window| window == numbers));
    let again = VoicePack::parse(&numbers, SHAPE);
    assert_eq!(again.ok(), Some(pack), "as numbers alone it is the same");
    true
}
