//! Files that were cut, and files that were changed.

use std::path::Path;

use proptest::prelude::*;
use utter::speech::clip::{ClipError, invariants};

use crate::fixtures::{UNTAGGED, bytes_of, decode_bytes, playable};

fn is_cut_or_damaged(error: &ClipError) -> bool {
    matches!(error, ClipError::Truncated { .. } | ClipError::Damaged { .. })
}

/// Nothing of a file that lacks its end is played, however much of it there is.
#[test]
fn a_truncated_file_is_an_error() {
    for name in playable() {
        let bytes = bytes_of(name);
        for sixteenths in 1..16 {
            let result = decode_bytes(&bytes[..bytes.len() * sixteenths / 16]);
            match result {
                // It says that it does not know its length. (Its header takes 44 bytes.)
                Ok(clip) if name.contains("streamed") => {
                    assert_eq!(clip.frames.len(), (bytes.len() * sixteenths / 16 - 44) / 2);
                }
                // Half of its 22 frames: no tag says that there were more.
                Ok(clip) if name == UNTAGGED && sixteenths == 8 => {
                    assert_eq!(clip.frames.len(), 11 * 576);
                }
                Ok(clip) => panic!("{name}, {sixteenths}/16: {} frames", clip.frames.len()),
                Err(error) => assert!(is_cut_or_damaged(&error), "{name}, {sixteenths}/16: {error}"),
            }
        }
    }
}

#[test]
fn a_cut_at_any_byte_of_a_header_or_a_frame_is_an_error() {
    let wav = bytes_of("wav_u8_22050_mono.wav");
    for length in 12..wav.len() - 1 {
        // The last byte only makes the length even.
        let error = decode_bytes(&wav[..length]).unwrap_err();
        assert!(
            matches!(error, ClipError::Truncated { .. }),
            "{length} of {}: {error}",
            wav.len()
        );
    }
    for name in [
        "vorbis_22050_mono.ogg",
        "mp3_cbr_22050_mono.mp3",
        "flac_s24_48000_mono.flac",
    ] {
        let bytes = bytes_of(name);
        for length in 10..600 {
            let error = decode_bytes(&bytes[..length]).unwrap_err();
            assert!(is_cut_or_damaged(&error), "{name}, {length}: {error}");
        }
    }
}

/// What the documentation of [`decode`] says cannot be noticed.
#[test]
fn untagged_mp3_that_is_cut_between_frames_is_shorter() {
    let bytes = bytes_of(UNTAGGED);
    // 64 kbit/s at 22.05 kHz: 72 · 64000 / 22050, rounded down, and one more where the padding bit is set.
    let starts: Vec<usize> = (0..bytes.len() - 4)
        .filter(|&n| bytes[n..].starts_with(&[0xff, 0xf3]))
        .collect();
    let cut = starts[10];
    assert!((2080..=2100).contains(&cut), "{cut}");
    assert_eq!(decode_bytes(&bytes[..cut]).unwrap().frames.len(), 10 * 576);
    for off in [cut - 1, cut + 1, cut + 3, cut + 100] {
        let error = decode_bytes(&bytes[..off]).unwrap_err();
        assert!(matches!(error, ClipError::Truncated { .. }), "{off}: {error}");
    }
}

/// The checksums of FLAC and Ogg let no change of the sound pass.
#[test]
fn a_changed_byte_of_flac_or_ogg_is_heard_by_nobody() {
    for name in playable().filter(|name| !name.contains("wav") && !name.contains("mp3")) {
        let mut bytes = bytes_of(name);
        let whole = decode_bytes(&bytes).unwrap();
        let mut refused = 0;
        for at in (0..bytes.len()).step_by(17) {
            bytes[at] ^= 0x55;
            match decode_bytes(&bytes) {
                Ok(clip) => assert!(clip.frames == whole.frames, "{name}: byte {at}"),
                Err(_) => refused += 1,
            }
            bytes[at] ^= 0x55;
        }
        assert!(refused > bytes.len() / 17 / 2, "{name}: {refused}");
    }
}

#[test]
fn junk_between_mp3_frames_is_damage() {
    let bytes = bytes_of("mp3_cbr_44100_stereo.mp3");
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let error = decode_bytes(&[first, &[0; 100], second].concat()).unwrap_err();
    assert!(matches!(error, ClipError::Damaged { .. }), "{error}");
}

#[test]
fn tags_and_zeros_behind_the_sound_are_none_of_it() {
    let bytes = bytes_of("mp3_cbr_44100_stereo.mp3");
    let whole = decode_bytes(&bytes).unwrap();
    // A picture in a tag, which holds what looks like a frame.
    let picture = [&b"APETAGEX"[..], &[0xff, 0xfb, 0x90, 0x64], &[7; 2000]].concat();
    let mut tag = b"TAG".to_vec();
    tag.resize(128, b' ');
    for rest in [picture, tag, vec![0; 3000]] {
        assert_eq!(
            decode_bytes(&[bytes.clone(), rest].concat()).unwrap().frames,
            whole.frames
        );
    }
    let zeros_and_more = [bytes, vec![0; 3000], vec![1]].concat();
    assert!(decode_bytes(&zeros_and_more).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Bytes of real files, changed anywhere: an answer, whichever, and no panic inside the decoders.
    #[test]
    fn changed_bytes_do_no_harm(
        file in 0_usize..32,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        keep in any::<prop::sample::Index>(),
    ) {
        let names: Vec<_> = playable().collect();
        let mut bytes = bytes_of(names[file % names.len()]);
        for (index, byte) in changes {
            // Half of them in the first bytes, where there are headers.
            let range = if byte & 1 == 0 { bytes.len() } else { bytes.len().min(256) };
            bytes[index.index(range)] = byte;
        }
        invariants::fuzz_clip(&bytes);
        invariants::fuzz_clip(&bytes[..keep.index(bytes.len())]);
    }
}

#[test]
fn fuzz_seeds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/clip");
    let mut outcomes = [0, 0];
    for seed in std::fs::read_dir(folder).unwrap() {
        let path = seed.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let accepted = invariants::fuzz_clip(&std::fs::read(&path).unwrap());
        // What a fuzzer adds has a hash for a name.
        if name.starts_with("accepted") || name.starts_with("refused") {
            assert_eq!(accepted, name.starts_with("accepted"), "{name}");
            outcomes[usize::from(accepted)] += 1;
        }
    }
    assert!(outcomes[0] >= 8 && outcomes[1] >= 8, "{outcomes:?}");
}
