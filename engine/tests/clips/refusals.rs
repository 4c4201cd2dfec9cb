//! What is refused: other files, false claims, too much of it, and what is no longer wanted.

use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

use utter::speech::clip::{Clip, ClipError, ClipLimits, ClipSource, decode};

use crate::fixtures::{bytes_of, decode_bytes, folder, never, playable, wav};
use crate::memory;

#[test]
fn what_is_no_sound_file_is_refused() {
    let unknown = |result: Result<Clip, ClipError>| matches!(result, Err(ClipError::UnknownFormat));
    assert!(matches!(decode_bytes(&[]), Err(ClipError::Empty)));
    assert!(unknown(decode_bytes(b"R")));
    assert!(unknown(decode_bytes("Fish & chips. ".repeat(1000).as_bytes())));
    assert!(unknown(decode_bytes(b"RIFF\x10\0\0\0AVI LIST")));
    assert!(
        unknown(decode_bytes(&[0xff, 0xfe, b'a', 0, b'b', 0])),
        "text in UTF-16"
    );
    assert!(unknown(decode_bytes(&[0; 4096])));
    assert!(unknown(decode_bytes(b"ID3\x04\0\0\0\0\0\0Fish & chips.")));

    let open = |path: &Path| decode(&ClipSource::Path(path.into()), &ClipLimits::default(), &never);
    assert!(unknown(open(&folder().join("make.sh"))));
    assert!(matches!(open(&folder()), Err(ClipError::NotAFile)));
    let missing = open(&folder().join("no_such.wav")).unwrap_err();
    assert!(matches!(&missing, ClipError::Unreadable(error) if error.kind() == std::io::ErrorKind::NotFound));
    assert!(missing.hint().contains("path"));
    #[cfg(unix)]
    assert!(matches!(open(Path::new("/dev/zero")), Err(ClipError::NotAFile)));
}

#[test]
fn a_codec_without_a_decoder_is_named() {
    for (name, codec) in [
        ("unsupported_opus.ogg", "Opus"),
        ("unsupported_adpcm.wav", "ADPCM"),
    ] {
        match decode_bytes(&bytes_of(name)).unwrap_err() {
            ClipError::Unsupported { what, .. } => assert_eq!(what, codec),
            other => panic!("{name}: {other}"),
        }
    }
}

#[test]
fn headers_that_lie_are_found_out_and_allocate_nothing_by_their_claims() {
    let samples = [1000; 2000];
    let honest = decode_bytes(&wav(1, 24_000, 4000, &samples)).unwrap();
    assert_eq!(*honest.frames, [1000.0 / 32_768.0; 2000]);

    memory::watch();
    let four_gigabytes = decode_bytes(&wav(1, 24_000, u32::MAX - 100, &samples)).unwrap_err();
    assert!(
        matches!(
            four_gigabytes,
            ClipError::Truncated {
                promised: Some(_),
                ..
            }
        ),
        "{four_gigabytes}"
    );
    let ten_minutes = decode_bytes(&wav(1, 24_000, 24_000 * 2 * 600, &samples)).unwrap_err();
    let promised = Some(Duration::from_secs(600));
    assert!(
        matches!(ten_minutes, ClipError::Truncated { promised: p, .. } if p == promised),
        "{ten_minutes}"
    );
    let nothing = decode_bytes(&wav(1, 24_000, 0, &[])).unwrap_err();
    assert!(matches!(nothing, ClipError::Empty), "{nothing}");
    for (channels, rate) in [
        (0, 24_000),
        (33, 24_000),
        (65_535, 24_000),
        (1, 0),
        (1, 5),
        (1, u32::MAX),
    ] {
        let error = decode_bytes(&wav(channels, rate, 4000, &samples)).unwrap_err();
        let expected = matches!(error, ClipError::Unsupported { .. } | ClipError::Damaged { .. });
        assert!(expected, "{channels} channels, {rate} Hz: {error}");
    }
    // 36 bits of the STREAMINFO block are the number of frames.
    let mut flac = bytes_of("flac_s24_48000_mono.flac");
    flac[21] |= 0x0f;
    assert!(matches!(decode_bytes(&flac), Err(ClipError::TooLong { .. })));
    // As are 32 bits of the Xing tag.
    let mut mp3 = bytes_of("mp3_cbr_44100_stereo.mp3");
    let tag = mp3.windows(4).position(|four| four == b"Info").unwrap();
    mp3[tag + 9] = 1;
    assert!(matches!(decode_bytes(&mp3), Err(ClipError::TooLong { .. })));
    // The decoders have buffers of their own, and a backtrace of a panic that is caught takes some megabytes where it is
    // asked for; 16 MiB is far from 4 GiB, and from the 58 MB of ten minutes.
    let largest = memory::largest();
    assert!((1000..16 << 20).contains(&largest), "{largest} bytes at once");
}

#[test]
fn limits_hold_for_every_format() {
    for name in playable() {
        let source = ClipSource::Path(folder().join(name));
        let clip = decode(&source, &ClipLimits::default(), &never).unwrap();
        let duration = clip.duration();
        let exact = ClipLimits {
            bytes: bytes_of(name).len() as u64,
            duration,
        };
        assert!(decode(&source, &exact, &never).is_ok(), "{name}");
        let shorter = ClipLimits {
            duration: duration - Duration::from_micros(1),
            ..exact
        };
        let error = decode(&source, &shorter, &never).unwrap_err();
        assert!(
            matches!(error, ClipError::TooLong { limit } if limit == shorter.duration),
            "{name}: {error}"
        );
        let smaller = ClipLimits {
            bytes: exact.bytes - 1,
            ..exact
        };
        let error = decode(&source, &smaller, &never).unwrap_err();
        assert!(
            matches!(error, ClipError::TooLarge { bytes, .. } if bytes == exact.bytes),
            "{name}: {error}"
        );
    }
}

#[test]
fn an_enormous_file_is_not_opened() {
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(1 << 40).unwrap();
    let error = decode(
        &ClipSource::Path(file.path().into()),
        &ClipLimits::default(),
        &never,
    )
    .unwrap_err();
    assert!(
        matches!(error, ClipError::TooLarge { bytes, .. } if bytes == 1 << 40),
        "{error}"
    );
}

#[test]
fn cancelling_stops_between_packets() {
    for name in playable() {
        let source = ClipSource::Path(folder().join(name));
        let asked = Cell::new(0);
        let after = |count: usize| {
            asked.set(asked.get() + 1);
            asked.get() > count
        };
        for count in [0, 1] {
            asked.set(0);
            let result = decode(&source, &ClipLimits::default(), &|| after(count));
            assert!(matches!(result, Err(ClipError::Cancelled)), "{name}: {result:?}");
            assert_eq!(asked.get(), count + 1, "{name}");
        }
    }
}
