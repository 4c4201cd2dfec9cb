//! The files of `fixtures/clips`, the signal that is in them, and what is made of them.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};
use std::path::{Path, PathBuf};

use utter::speech::clip::{Clip, ClipError, ClipFormat, ClipLimits, ClipSource, decode};

/// Does not cancel.
pub fn never() -> bool {
    false
}

/// Where the files are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/clips")
}

/// The content of one of them.
pub fn bytes_of(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

/// Decodes what a file holds, within the usual limits.
pub fn decode_bytes(bytes: &[u8]) -> Result<Clip, ClipError> {
    decode(&ClipSource::Bytes(bytes.into()), &ClipLimits::default(), &never)
}

/// What `fixtures/clips/make.sh` has encoded, mixed to one channel as [`Clip`] promises.
pub fn signal(channels: usize, rate: u32, frames: usize) -> Vec<f64> {
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
pub fn snr(frames: &[f32], signal: &[f64]) -> f64 {
    let energy: f64 = signal.iter().map(|s| s * s).sum();
    let noise: f64 = frames
        .iter()
        .zip(signal)
        .map(|(&f, s)| (f64::from(f) - s).powi(2))
        .sum();
    10.0 * (energy / noise.max(1e-30)).log10()
}

/// A file that decodes: its name, channels, rate and frames.
pub type Fixture = (&'static str, usize, u32, usize);

/// With the bits of a sample, and for floats those of the significand.
pub const LOSSLESS: [(Fixture, u32); 11] = [
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
pub const LOSSY: [(Fixture, f64); 10] = [
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

/// Has no tag that would say how long it is.
pub const UNTAGGED: &str = "mp3_untagged_22050_mono.mp3";

/// The name of every fixture that decodes.
pub fn playable() -> impl Iterator<Item = &'static str> {
    let lossless = LOSSLESS.iter().map(|((name, ..), _)| *name);
    lossless
        .chain(LOSSY.iter().map(|((name, ..), _)| *name))
        .chain([UNTAGGED])
}

/// Decodes a fixture and checks what it says of itself.
pub fn decode_fixture((name, channels, rate, frames): Fixture) -> Clip {
    let source = ClipSource::Path(folder().join(name));
    let clip = decode(&source, &ClipLimits::default(), &never).unwrap();
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

/// A WAV file of 16 bits: its header claims `claimed` bytes, `samples` follow.
pub fn wav(channels: u16, rate: u32, claimed: u32, samples: &[i16]) -> Vec<u8> {
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
