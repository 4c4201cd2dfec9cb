//! Sound files of every format against the formula of their signal, and everything that a file can be instead.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::cell::Cell;
use std::f64::consts::{FRAC_1_SQRT_2, TAU};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use utter::speech::clip::{
    Clip, ClipCache, ClipCacheStatus, ClipError, ClipFormat, ClipLimits, ClipSource, decode, invariants,
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/clips")
}

fn bytes_of(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

fn decode_bytes(bytes: &[u8]) -> Result<Clip, ClipError> {
    decode(&ClipSource::Bytes(bytes.into()), &ClipLimits::default(), &|| {
        false
    })
}

/// What `fixtures/clips/make.sh` has encoded, mixed to one channel as [`Clip`] promises.
fn signal(channels: usize, rate: u32, frames: usize) -> Vec<f64> {
    let at = |n: usize| {
        let t = n as f64 / f64::from(rate);
        let tone = |hertz: f64| (TAU * hertz * t).sin();
        let envelope = (1.0 - (-500.0 * t).exp()) * (-8.0 * t).exp();
        let left = envelope * (0.5 * tone(660.0) + 0.3 * tone(990.0));
        match channels {
            1 => left,
            2 => (left + envelope * 0.6 * tone(880.0)) / 2.0,
            _ => {
                let (front, back) = (tone(500.0) + tone(600.0), tone(900.0) + tone(1000.0));
                0.2 * (front / 2.0 + FRAC_1_SQRT_2 * tone(700.0) + FRAC_1_SQRT_2 / 2.0 * back)
            }
        }
    };
    (0..frames).map(at).collect()
}

/// Signal-to-noise ratio of `frames` against `signal`, in dB.
fn snr(frames: &[f32], signal: &[f64]) -> f64 {
    let energy: f64 = signal.iter().map(|s| s * s).sum();
    let noise: f64 = frames
        .iter()
        .zip(signal)
        .map(|(&f, s)| (f64::from(f) - s).powi(2))
        .sum();
    10.0 * (energy / noise.max(1e-30)).log10()
}

/// A file that decodes: its name, channels, rate and frames.
type Fixture = (&'static str, usize, u32, usize);

const LOSSLESS: [(Fixture, u32); 11] = [
    // and the bits of a sample, with those of the significand for floats
    (("wav_u8_22050_mono.wav", 1, 22_050, 1103), 8),
    (("wav_s16_44100_stereo.wav", 2, 44_100, 2205), 16),
    (("wav_s16_22050_streamed.wav", 1, 22_050, 1103), 16),
    (("wav_s16_48000_surround.wav", 6, 48_000, 480), 16),
    (("wav_s24_48000_stereo.wav", 2, 48_000, 1200), 24),
    (("wav_s32_44100_mono.wav", 1, 44_100, 2205), 32),
    (("wav_f32_48000_mono.wav", 1, 48_000, 2400), 24),
    (("wav_f64_22050_mono.wav", 1, 22_050, 1103), 53),
    (("flac_s16_44100_stereo.flac", 2, 44_100, 11_025), 16),
    (("flac_s16_48000_surround.flac", 6, 48_000, 960), 16),
    (("flac_s24_48000_mono.flac", 1, 48_000, 4800), 24),
];

/// With the SNR that must be reached. G.711 has about 38 dB by design.
const LOSSY: [(Fixture, f64); 10] = [
    (("wav_alaw_22050_mono.wav", 1, 22_050, 1103), 34.0),
    (("wav_mulaw_22050_mono.wav", 1, 22_050, 1103), 34.0),
    (("flac_s24_48000_mono.oga", 1, 48_000, 4800), 90.0),
    (("mp3_cbr_44100_stereo.mp3", 2, 44_100, 22_050), 20.0),
    (("mp3_vbr_48000_mono.mp3", 1, 48_000, 24_000), 20.0),
    (("mp3_cbr_22050_mono.mp3", 1, 22_050, 11_025), 20.0),
    (("mp3_ffmpeg_44100_mono.mp3", 1, 44_100, 11_025), 20.0),
    (("vorbis_44100_stereo.ogg", 2, 44_100, 22_050), 20.0),
    (("vorbis_48000_mono.ogg", 1, 48_000, 24_000), 20.0),
    (("vorbis_22050_mono.ogg", 1, 22_050, 11_025), 20.0),
];

const UNTAGGED: &str = "mp3_untagged_22050_mono.mp3";

/// The name of every fixture that decodes.
fn playable() -> impl Iterator<Item = &'static str> {
    let lossless = LOSSLESS.iter().map(|((name, ..), _)| *name);
    lossless
        .chain(LOSSY.iter().map(|((name, ..), _)| *name))
        .chain([UNTAGGED])
}

/// Decodes a fixture and checks what it says of itself.
fn decode_fixture((name, channels, rate, frames): Fixture) -> Clip {
    let source = ClipSource::Path(folder().join(name));
    let clip = decode(&source, &ClipLimits::default(), &|| false).unwrap();
    let format = match name.rsplit_once('.').unwrap().1 {
        "wav" => ClipFormat::Wav,
        "flac" => ClipFormat::Flac,
        "mp3" => ClipFormat::Mp3,
        _ => ClipFormat::Ogg,
    };
    assert_eq!(
        (clip.channels, clip.rate, clip.format),
        (channels, rate, format),
        "{name}"
    );
    assert_eq!(clip.frames.len(), frames, "{name}");
    clip
}

#[test]
fn lossless_formats_come_out_as_they_went_in() {
    for (fixture, bits) in LOSSLESS {
        let (name, channels, rate, frames) = fixture;
        let clip = decode_fixture(fixture);
        let signal = signal(channels, rate, frames);
        // Half a step of rounding in each channel, of which six together weigh 2.42; and that of f32.
        let weight = if channels == 6 { 2.42 } else { 1.0 };
        let step = weight * 0.5_f64.powi(bits as i32) + 6e-8;
        let worst = clip
            .frames
            .iter()
            .zip(&signal)
            .map(|(&f, s)| (f64::from(f) - s).abs())
            .fold(0.0, f64::max);
        assert!(worst <= step * 1.001, "{name}: {worst:e} of {step:e}");
        let snr = snr(&clip.frames, &signal);
        eprintln!("{name}: {snr:.1} dB");
        assert!(
            snr >= if bits >= 24 {
                90.0
            } else {
                6.0 * f64::from(bits) - 24.0
            },
            "{name}: {snr:.1} dB"
        );
    }
}

/// That it is good without a search for the best alignment shows that delay and padding are cut off to the frame.
#[test]
fn lossy_formats_come_close_and_begin_and_end_with_the_signal() {
    for (fixture, least) in LOSSY {
        let (name, channels, rate, frames) = fixture;
        let snr = snr(&decode_fixture(fixture).frames, &signal(channels, rate, frames));
        eprintln!("{name}: {snr:.1} dB");
        assert!(snr >= least, "{name}: {snr:.1} dB");
    }
}

/// LAME puts 576 frames of delay before it, the filterbank of the decoder 529, and the last packet is filled up.
#[test]
fn mp3_without_a_tag_keeps_its_delay_and_padding() {
    let clip = decode_fixture((UNTAGGED, 1, 22_050, 22 * 576));
    let signal = signal(1, 22_050, 11_025);
    let snr = snr(&clip.frames[576 + 529..], &signal);
    assert!(snr >= 20.0, "{snr:.1} dB");
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

    let open = |path: &Path| decode(&ClipSource::Path(path.into()), &ClipLimits::default(), &|| false);
    assert!(unknown(open(&folder().join("make.sh"))));
    assert!(matches!(open(&folder()), Err(ClipError::NotAFile)));
    let missing = open(&folder().join("no_such.wav")).unwrap_err();
    assert!(matches!(&missing, ClipError::Unreadable(error) if error.kind() == std::io::ErrorKind::NotFound));
    assert!(missing.hint().contains("path"));
    #[cfg(unix)]
    assert!(matches!(open(Path::new("/dev/zero")), Err(ClipError::NotAFile)));
}

/// A WAV file of 16 bits: its header claims `claimed` bytes, `samples` follow.
fn wav(channels: u16, rate: u32, claimed: u32, samples: &[i16]) -> Vec<u8> {
    let align = channels.wrapping_mul(2);
    let mut bytes = b"RIFF".to_vec();
    bytes.extend(claimed.saturating_add(36).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend(rate.wrapping_mul(align.into()).to_le_bytes());
    bytes.extend(align.to_le_bytes());
    bytes.extend(b"\x10\0data");
    bytes.extend(claimed.to_le_bytes());
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
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
    // The decoders have buffers of their own; 1 MiB is far from 4 GiB, and from ten minutes.
    let largest = memory::largest();
    assert!((1000..1 << 20).contains(&largest), "{largest} bytes at once");
}

#[test]
fn limits_hold_for_every_format() {
    for name in playable() {
        let source = ClipSource::Path(folder().join(name));
        let clip = decode(&source, &ClipLimits::default(), &|| false).unwrap();
        let duration = clip.duration();
        let exact = ClipLimits {
            bytes: bytes_of(name).len() as u64,
            duration,
        };
        assert!(decode(&source, &exact, &|| false).is_ok(), "{name}");
        let shorter = ClipLimits {
            duration: duration - Duration::from_micros(1),
            ..exact
        };
        let error = decode(&source, &shorter, &|| false).unwrap_err();
        assert!(
            matches!(error, ClipError::TooLong { limit } if limit == shorter.duration),
            "{name}: {error}"
        );
        let smaller = ClipLimits {
            bytes: exact.bytes - 1,
            ..exact
        };
        let error = decode(&source, &smaller, &|| false).unwrap_err();
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
        &|| false,
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

#[test]
fn floats_beyond_one_stay_and_what_is_no_number_goes() {
    let mut file = std::io::Cursor::new(Vec::new());
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
    let samples = [4.0_f32, -1e30, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.5];
    samples
        .iter()
        .for_each(|&sample| writer.write_sample(sample).unwrap());
    writer.finalize().unwrap();
    assert_eq!(
        *decode_bytes(file.get_ref()).unwrap().frames,
        [4.0, -1e30, 0.0, 0.0, 0.0, 0.5]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever 16-bit stereo is written by another crate, its mean is read, to the bit.
    #[test]
    fn stereo_of_any_content_is_its_mean(samples in prop::collection::vec(any::<[i16; 2]>(), 1..3000), rate in 4000_u32..=384_000) {
        let mut file = std::io::Cursor::new(Vec::new());
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
        samples.iter().flatten().for_each(|&sample| writer.write_sample(sample).unwrap());
        writer.finalize().unwrap();
        let clip = decode_bytes(file.get_ref()).unwrap();
        prop_assert_eq!(clip.rate, rate);
        let means: Vec<f32> = samples.iter().map(|&[l, r]| (i32::from(l) + i32::from(r)) as f32 / 65_536.0).collect();
        prop_assert_eq!(&*clip.frames, means.as_slice());
    }

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

/// A WAV file of `frames` frames that all are `value`.
fn constant(frames: usize, value: i16) -> ClipSource {
    ClipSource::Bytes(wav(1, 24_000, frames as u32 * 2, &vec![value; frames]).into())
}

#[test]
fn the_cache_keeps_what_was_last_used_within_its_bound() {
    let cache = ClipCache::new(4000 * 4);
    let get = |source: &ClipSource| cache.get(source, &ClipLimits::default(), &|| false).unwrap();
    let sources: Vec<_> = (0..5).map(|n| constant(1000, n)).collect();
    let first = get(&sources[0]);
    assert!(Arc::ptr_eq(&first.frames, &get(&sources[0]).frames));
    for source in &sources[1..4] {
        get(source);
    }
    let status = |hits, misses, clips| ClipCacheStatus {
        hits,
        misses,
        clips,
        bytes: clips * 4000,
    };
    assert_eq!(cache.status(), status(1, 4, 4));
    get(&sources[0]); // so that sources[1] is the oldest
    get(&sources[4]);
    assert_eq!(cache.status(), status(2, 5, 4));
    assert!(Arc::ptr_eq(&first.frames, &get(&sources[0]).frames));
    get(&sources[1]);
    assert_eq!(cache.status(), status(3, 6, 4));

    let too_large = constant(1001, 7);
    assert!(!Arc::ptr_eq(&get(&too_large).frames, &get(&too_large).frames));
    assert_eq!(cache.status(), status(3, 8, 4));
    cache.clear();
    assert_eq!(cache.status(), status(3, 8, 0));
}

#[test]
fn the_cache_decodes_a_changed_file_anew() {
    let cache = ClipCache::default();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.wav");
    let source = ClipSource::Path(path.clone());
    let get = || cache.get(&source, &ClipLimits::default(), &|| false);
    let write = |value, modified| {
        std::fs::write(&path, wav(1, 24_000, 200, &[value; 100])).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(modified))
            .unwrap();
    };
    assert!(matches!(get(), Err(ClipError::Unreadable(_))));
    write(16_384, 1);
    assert_eq!(get().unwrap().frames[0], 0.5);
    assert!(Arc::ptr_eq(&get().unwrap().frames, &get().unwrap().frames));
    write(-16_384, 2);
    assert_eq!(get().unwrap().frames[0], -0.5);
    let status = cache.status();
    assert_eq!(
        (status.hits, status.misses, status.clips),
        (2, 2, 1),
        "the old content is not kept"
    );
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(get(), Err(ClipError::Unreadable(_))));
}

#[test]
fn the_cache_remembers_no_failure_and_forgets_no_limit() {
    let cache = ClipCache::default();
    let source = constant(24_000, 1);
    let limits = ClipLimits::default();
    assert!(matches!(
        cache.get(&source, &limits, &|| true),
        Err(ClipError::Cancelled)
    ));
    assert_eq!(
        cache.status(),
        ClipCacheStatus {
            misses: 1,
            ..Default::default()
        }
    );
    cache.get(&source, &limits, &|| false).unwrap();
    let shorter = ClipLimits {
        duration: Duration::from_millis(999),
        ..limits
    };
    assert!(matches!(
        cache.get(&source, &shorter, &|| false),
        Err(ClipError::TooLong { .. })
    ));
    let smaller = ClipLimits {
        bytes: 48_000,
        ..limits
    };
    assert!(matches!(
        cache.get(&source, &smaller, &|| false),
        Err(ClipError::TooLarge { .. })
    ));
}

#[test]
fn the_cache_may_be_asked_by_many_threads() {
    let cache = ClipCache::new(100 * 4000);
    let sources: Vec<_> = (0..20).map(|n| constant(1000, n)).collect();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (cache, sources) = (&cache, &sources);
            scope.spawn(move || {
                for n in 0..200 {
                    let value = (n * (thread + 1)) % 20;
                    let clip = cache
                        .get(&sources[value], &ClipLimits::default(), &|| false)
                        .unwrap();
                    assert_eq!(clip.frames[999], value as f32 / 32_768.0);
                }
            });
        }
    });
    let status = cache.status();
    assert_eq!(status.hits + status.misses, 800);
    assert_eq!((status.clips, status.bytes), (20, 80_000));
    // Each thread can miss each clip once, at most.
    assert!((20..=80).contains(&status.misses), "{status:?}");
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

/// The largest piece of memory that this thread asked for.
mod memory {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::cell::Cell;

    thread_local!(static LARGEST: Cell<usize> = const { Cell::new(0) });

    struct Watched;

    #[global_allocator]
    static ALLOCATOR: Watched = Watched;

    // SAFETY: the system's allocator does all the work; the note of a size does not allocate.
    unsafe impl GlobalAlloc for Watched {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            LARGEST.set(LARGEST.get().max(layout.size()));
            // SAFETY: the caller keeps the promises of `alloc`.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
            // SAFETY: the caller keeps the promises of `dealloc`.
            unsafe { System.dealloc(pointer, layout) }
        }
    }

    pub fn watch() {
        LARGEST.set(0);
    }

    pub fn largest() -> usize {
        LARGEST.get()
    }
}
