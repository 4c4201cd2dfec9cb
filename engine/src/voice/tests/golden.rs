//! The model against golden values: each stage from its golden inputs, then everything at once. Needs a built voice
//! (`UTTER_ARTIFACTS`, or the default place).

use std::path::Path;

use safetensors::SafeTensors;
use utter_measure::{log_mel_distance, snr, worst_relative_error};

use super::artifacts::{default_base, resolve};
use super::kernels::Executor;
use super::pipeline::{KokoroPipeline, PipelineOptions, Stages, Synthesis};
use super::source::Noise;

const SILENT: Noise = Noise {
    seed: 0,
    amplitude: 0.0,
};

/// One file of `fixtures/golden`.
struct Golden(Vec<u8>);

impl Golden {
    fn open(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/golden");
        Self(std::fs::read(folder.join(name).with_extension("safetensors")).unwrap())
    }

    fn numbers<const N: usize, T>(&self, name: &str, read: fn([u8; N]) -> T) -> Vec<T> {
        let file = SafeTensors::deserialize(&self.0).unwrap();
        let bytes = file.tensor(name).unwrap().data().as_chunks().0;
        bytes.iter().copied().map(read).collect()
    }

    fn floats(&self, name: &str) -> Vec<f32> {
        self.numbers(name, f32::from_le_bytes)
    }

    /// An array of `rows` × columns, its columns as rows.
    fn transposed(&self, name: &str, rows: usize) -> Vec<f32> {
        let values = self.floats(name);
        let columns = values.len() / rows;
        (0..values.len())
            .map(|i| values[i % rows * columns + i / rows])
            .collect()
    }

    fn tokens(&self) -> Vec<usize> {
        self.numbers("input_ids", i64::from_le_bytes)
            .into_iter()
            .map(|id| id as usize)
            .collect()
    }

    fn durations(&self) -> Vec<usize> {
        self.floats("durations").into_iter().map(|d| d as usize).collect()
    }

    /// Phonemes and voice.
    fn line(&self) -> (String, String) {
        let (_, metadata) = SafeTensors::read_metadata(&self.0).unwrap();
        let texts = metadata.metadata().as_ref().unwrap();
        (texts["phonemes"].clone(), texts["voice"].clone())
    }
}

fn pipeline() -> KokoroPipeline {
    let artifacts =
        resolve(&default_base().unwrap()).unwrap_or_else(|error| panic!("{error}\n{}", error.hint()));
    KokoroPipeline::load(artifacts, PipelineOptions::default()).unwrap()
}

/// Runs `test` with the stages, their tokens and styles set from a golden file.
fn with_stages(name: &str, test: impl FnOnce(&Golden, &mut Stages, Executor<'_>)) {
    let golden = Golden::open(name);
    let mut pipeline = pipeline();
    pipeline.with_stages(&|| false, |stages, executor| {
        let style = golden.floats("style");
        stages.decoder_style.set(&style[..128]);
        stages.prosody_style.set(&style[128..]);
        stages.tokens = golden.tokens();
        test(&golden, stages, executor);
    });
}

#[track_caller]
fn assert_close(what: &str, ours: &[f32], golden: &[f32]) {
    assert_eq!(ours.len(), golden.len(), "{what}");
    let error = worst_relative_error(ours, golden);
    println!("{what}: {error:.2e} of the largest value");
    assert!(error < 1e-3, "{what}: {error:.2e}");
}

const STAGES: [&str; 2] = ["hello_stages", "yes_stages"];

#[test]
fn albert_and_durations() {
    for name in STAGES {
        with_stages(name, |golden, stages, executor| {
            let n = stages.tokens.len();
            stages
                .albert
                .run(executor, &stages.tokens, stages.duration.prepare(n))
                .unwrap();
            let encoding = stages.duration.encoding_mut();
            let albert: Vec<f32> = encoding
                .chunks(640)
                .take(n)
                .flat_map(|row| &row[..512])
                .copied()
                .collect();
            let bert = golden.floats("bert");
            assert_close("albert", &albert, &bert);
            for (row, golden) in encoding.chunks_mut(640).zip(bert.chunks(512)) {
                row[..512].copy_from_slice(golden);
            }
            stages
                .duration
                .encode(executor, n, &stages.prosody_style)
                .unwrap();
            let encoding = stages.duration.encoding_mut();
            let golden_encoding = golden.floats("duration_encoding");
            assert_close("duration encoding", &encoding[..n * 640], &golden_encoding);
            encoding[..n * 640].copy_from_slice(&golden_encoding);
            stages
                .duration
                .predict(executor, n, 1.0, &mut stages.durations)
                .unwrap();
            assert_eq!(stages.durations, golden.durations());
        });
    }
}

#[test]
fn prosody() {
    for name in STAGES {
        with_stages(name, |golden, stages, executor| {
            let (encoding, durations) = (golden.floats("duration_encoding"), golden.durations());
            stages.duration.prepare(stages.tokens.len());
            stages.duration.encoding_mut()[..encoding.len()].copy_from_slice(&encoding);
            let aligned = (&durations[..], durations.iter().sum());
            stages
                .prosody
                .run(
                    executor,
                    stages.duration.encoding(),
                    aligned,
                    &stages.prosody_style,
                )
                .unwrap();
            assert_close("pitch", stages.prosody.pitch(), &golden.floats("f0"));
            assert_close("energy", stages.prosody.energy(), &golden.floats("n"));
        });
    }
}

#[test]
fn text() {
    for name in STAGES {
        with_stages(name, |golden, stages, executor| {
            stages.text.run(executor, &stages.tokens).unwrap();
            let encoding = golden.transposed("text_encoding", 512);
            assert_close(
                "text encoding",
                &stages.text.encoding()[..encoding.len()],
                &encoding,
            );
        });
    }
}

#[test]
fn decoder() {
    for name in STAGES {
        with_stages(name, |golden, stages, executor| {
            let (text, durations) = (golden.transposed("text_encoding", 512), golden.durations());
            let aligned = (&durations[..], durations.iter().sum());
            let curves = [golden.floats("f0"), golden.floats("n")];
            let curves = [&curves[0][..], &curves[1][..]];
            stages
                .decoder
                .run(executor, &text, aligned, curves, &stages.decoder_style)
                .unwrap();
            let decoded = golden.transposed("decoded", 512);
            assert_close(
                "decoded",
                &stages.decoder.decoded_mut()[..decoded.len()],
                &decoded,
            );
        });
    }
}

#[test]
fn source_and_spectrum() {
    for name in STAGES {
        with_stages(name, |golden, stages, _| {
            let signal = stages.source.signal(&golden.floats("f0"), SILENT).to_vec();
            let golden_signal = golden.floats("source");
            // Golden phases are summed in 32 bits, which alone is worth a thousandth; ours in 64.
            let error = worst_relative_error(&signal, &golden_signal);
            println!("source: {error:.2e} of the largest value");
            assert!(error < 2e-3, "source: {error:.2e}");
            stages.source.set_signal(&golden_signal);
            let harmonics = golden.transposed("harmonics", 22);
            let mut ours = vec![0.0; harmonics.len()];
            stages.source.spectrum(&mut ours);
            let parts = |rows: &[f32]| -> Vec<f32> {
                // Magnitude and phase as a complex number: the phase of an empty bin means nothing.
                let complex = |row: &[f32]| -> Vec<f32> {
                    (0..11)
                        .flat_map(|b| [row[b] * row[11 + b].cos(), row[b] * row[11 + b].sin()])
                        .collect()
                };
                rows.chunks(22).flat_map(complex).collect()
            };
            assert_close("spectrum", &parts(&ours), &parts(&harmonics));
        });
    }
}

#[test]
fn vocoder() {
    for name in STAGES {
        with_stages(name, |golden, stages, executor| {
            let decoded = golden.transposed("decoded", 512);
            let rows = decoded.len() / 512;
            stages.decoder.prepare(rows / 2);
            stages.decoder.decoded_mut()[..decoded.len()].copy_from_slice(&decoded);
            stages
                .vocoder
                .harmonics(rows)
                .copy_from_slice(&golden.transposed("harmonics", 22));
            stages
                .vocoder
                .run(executor, stages.decoder.decoded(), rows, &stages.decoder_style)
                .unwrap();
            let audio = golden.floats("audio");
            let ratio = snr(&stages.vocoder.audio()[..audio.len()], &audio);
            println!("vocoder: {ratio:.1} dB");
            assert!(ratio >= 64.0, "{name}: {ratio:.1} dB");
        });
    }
}

#[test]
fn whole_utterances() {
    let mut pipeline = pipeline();
    for name in ["fox", "hello", "hello_stages", "yes_stages"] {
        let golden = Golden::open(name);
        let (phonemes, voice) = &golden.line();
        let request = Synthesis {
            phonemes,
            voice,
            speed: 1.0,
            noise: SILENT,
        };
        let speech = pipeline.synthesize(&request, &|| false).unwrap();
        assert_eq!(speech.durations, golden.durations(), "{name}");
        let audio = golden.floats("audio");
        assert_eq!(speech.samples.len(), audio.len(), "{name}");
        let distance = log_mel_distance(speech.samples, &audio);
        let power = |signal: &[f32]| signal.iter().map(|s| f64::from(s * s)).sum::<f64>();
        let louder = 10.0 * (power(speech.samples) / power(&audio)).log10();
        println!(
            "{name}: {distance:.3} dB log-mel, {louder:+.2} dB louder, {:.1} dB SNR",
            snr(speech.samples, &audio)
        );
        // Two correct implementations are this far apart, by the phases of empty bins.
        assert!(distance <= 0.8, "{name}: {distance:.3} dB");
        // The export's fault in loudness would be 3.5 dB.
        assert!(louder.abs() < 0.2, "{name}: {louder:+.2} dB");
    }
}
