//! How much memory the tables of a Vorbis stream will take.
//!
//! A few bytes of a setup header can ask for a table of 16 MiB, and there can be 256 of them: 4 GiB for a file of 8 kB.
//! The decoder makes them all before it decodes anything, so their sizes are added up beforehand.
//!
//! The layout of codebooks is that of the Vorbis I specification, 3.2.1.

use symphonia::core::errors::Result;
use symphonia::core::io::{BitReaderRtl, ReadBitsRtl};

/// The tables of known encoders take less than 1 MiB.
pub(super) const MAX_TABLE_BYTES: u64 = 64 << 20;

/// Bytes of the identification header, and of what the setup header has before its codebooks.
const BEFORE_CODEBOOKS: usize = 30 + 7;
/// Bytes that the decoder takes for an entry beside its values, and on the way to it: more than it really does.
const ENTRY_BYTES: u64 = 32;

/// The bytes that the codebooks take which are described in the identification and setup headers `headers`. It stops
/// where the description is wrong, and so will the decoder.
pub(super) fn table_bytes(headers: &[u8]) -> u64 {
    let mut bits = BitReaderRtl::new(headers.get(BEFORE_CODEBOOKS..).unwrap_or(&[]));
    let mut total = 0;
    let Ok(last) = bits.read_bits_leq32(8) else {
        return total;
    };
    for _ in 0..=last {
        let Ok(()) = add_codebook(&mut bits, &mut total) else {
            break;
        };
    }
    total
}

/// Reads past one codebook. What it takes is added as soon as it is known.
fn add_codebook(bits: &mut BitReaderRtl<'_>, total: &mut u64) -> Result<()> {
    let _sync = bits.read_bits_leq32(24)?;
    let dimensions = bits.read_bits_leq32(16)?;
    let entries = bits.read_bits_leq32(24)?;
    *total += u64::from(entries) * (u64::from(dimensions) * 4 + ENTRY_BYTES);
    let (is_ordered, mut listed) = (bits.read_bool()?, 0);
    if is_ordered {
        bits.read_bits_leq32(5)?;
        while listed < entries {
            listed += bits.read_bits_leq32(u32::BITS - (entries - listed).leading_zeros())?;
        }
    } else {
        let is_sparse = bits.read_bool()?;
        for _ in 0..entries {
            if !is_sparse || bits.read_bool()? {
                bits.read_bits_leq32(5)?;
            }
        }
    }
    let values = match bits.read_bits_leq32(4)? {
        0 => return Ok(()),
        1 => values_per_dimension(entries, dimensions),
        _ => u64::from(entries) * u64::from(dimensions),
    };
    bits.read_bits_leq32(32)?;
    bits.read_bits_leq32(32)?;
    let width = bits.read_bits_leq32(4)? + 1;
    bits.read_bool()?;
    for _ in 0..values {
        bits.read_bits_leq32(width)?;
    }
    Ok(())
}

/// The largest integer whose power of `dimensions` is no more than `entries`.
fn values_per_dimension(entries: u32, dimensions: u32) -> u64 {
    let fits = |values: &u64| {
        let power = values.checked_pow(dimensions);
        power.is_some_and(|power| power <= u64::from(entries))
    };
    match dimensions {
        0 => 0,
        _ => (1..=u64::from(entries)).take_while(fits).last().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::clip::{ClipFormat, ClipLimits, ClipSource};

    /// Bits in the order of Vorbis: the lowest first.
    #[derive(Default)]
    struct Bits(Vec<bool>);

    impl Bits {
        fn push(&mut self, value: u32, count: u32) {
            self.0.extend((0..count).map(|bit| value >> bit & 1 == 1));
        }

        fn bytes(&self) -> Vec<u8> {
            let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, &bit| byte << 1 | u8::from(bit));
            self.0.chunks(8).map(byte).collect()
        }
    }

    #[test]
    fn real_tables_are_small() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../fixtures/clips/vorbis_44100_stereo.ogg"
        );
        let source = ClipSource::Path(path.into());
        let reader = ClipFormat::Ogg
            .reader(source.open(&ClipLimits::default()).unwrap())
            .unwrap();
        let parameters = reader.tracks()[0].codec_params.as_ref().unwrap().audio().unwrap();
        let bytes = table_bytes(parameters.extra_data.as_ref().unwrap());
        assert!((100_000..1 << 20).contains(&bytes), "{bytes}");
    }

    /// 128 Ki entries of 17 bits each, of 32 dimensions, in a few bytes.
    #[test]
    fn small_headers_of_large_tables_are_seen_through() {
        let mut setup = Bits::default();
        setup.push(255, 8);
        for _ in 0..256 {
            setup.push(0x564342, 24);
            setup.push(32, 16);
            setup.push(1 << 17, 24);
            setup.push(1, 1);
            setup.push(16, 5);
            setup.push(1 << 17, 18);
            setup.push(1, 4);
            setup.push(0, 32);
            setup.push(0, 32);
            setup.push(0, 4);
            setup.push(0, 1);
            setup.push(0, 1);
        }
        let headers = [vec![0; BEFORE_CODEBOOKS], setup.bytes()].concat();
        assert!(headers.len() < 6000);
        assert_eq!(table_bytes(&headers), 256 * (1 << 17) * (32 * 4 + ENTRY_BYTES));
    }

    #[test]
    fn nonsense_ends() {
        assert_eq!(table_bytes(&[]), 0);
        assert!(table_bytes(&[0xff; 4096]) > MAX_TABLE_BYTES);
        table_bytes(&[0x5a; 4096]);
    }

    #[test]
    fn values_are_whole_roots() {
        assert_eq!(values_per_dimension(81, 4), 3);
        assert_eq!(values_per_dimension(80, 4), 2);
        assert_eq!(values_per_dimension(1 << 17, 32), 1);
        assert_eq!(values_per_dimension(100, 1), 100);
        assert_eq!(values_per_dimension(0, 2), 0);
    }
}
