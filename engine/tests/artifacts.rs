//! Finding, checking and mapping a voice, with voices that the real build made from a stand-in model.
//!
//! `artifacts/tests/stand_in_voice.py` makes them, so these tests also hold the two halves, Python and Rust,
//! together.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use utter::voice::artifacts::{self, ArtifactsDir, ArtifactsError, DType, Rejection};

/// A folder with a voice in `voice/`, and a cache of its own.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let bench = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        build(&[&bench.cache(), &bench.voice()]);
        bench
    }

    fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    fn cache(&self) -> PathBuf {
        self.root().join("cache")
    }

    fn voice(&self) -> PathBuf {
        self.root().join("voice")
    }

    fn resolve(&self) -> Result<ArtifactsDir, ArtifactsError> {
        artifacts::resolve(&self.voice())
    }

    /// The reason against the voice itself.
    fn rejection(&self) -> Rejection {
        match self.resolve() {
            Err(ArtifactsError::NotFound { mut tried, .. }) => tried.swap_remove(0).reason,
            other => panic!("{other:?}"),
        }
    }

    fn edit_manifest(&self, edit: impl FnOnce(&mut Value)) {
        let path = self.voice().join("manifest.json");
        let mut manifest = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        edit(&mut manifest);
        fs::write(path, manifest.to_string()).unwrap();
    }
}

/// Runs the build with the stand-in model; the directory it made.
fn build(arguments: &[&Path]) -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts/tests/stand_in_voice.py");
    let made = Command::new("python3")
        .arg(script)
        .args(arguments)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    PathBuf::from(String::from_utf8(made.stdout).unwrap().trim())
}

#[test]
fn the_interface_is_the_same_on_both_sides() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts/INTERFACE");
    assert_eq!(
        fs::read_to_string(file).unwrap().trim(),
        artifacts::INTERFACE.to_string()
    );
}

#[test]
fn a_built_voice_is_found_and_mapped() {
    let bench = Bench::new();
    let found = bench.resolve().unwrap();
    assert_eq!(found.path(), bench.voice());
    assert_eq!(found.manifest().sample_rate, 24_000);
    assert_eq!(found.library(), bench.voice().join("libkokoro.so"));
    let runtime: Vec<String> = found
        .runtime_libraries()
        .iter()
        .map(|p| p.file_stem().unwrap().to_string_lossy().into())
        .collect();
    assert_eq!(runtime, ["libtvm_ffi", "libtvm_runtime"]);
    assert_eq!(
        found.vocabulary().unwrap().into_iter().collect::<Vec<_>>(),
        [('a', 43), ('—', 9)]
    );
    assert_eq!(found.voice_names().collect::<Vec<_>>(), ["af_one", "bm_two"]);
    found.verify().unwrap();
}

#[test]
fn tensors_are_views_into_the_file() {
    let bench = Bench::new();
    let weights = bench.resolve().unwrap().weights().unwrap();
    let weight = weights.tensor("layer.weight").unwrap();
    assert_eq!((weight.dtype, weight.shape), (DType::Float32, &[2, 2][..]));
    assert_eq!(weight.as_f32().unwrap(), [1.0, 2.0, 3.0, 4.0]);
    let bytes = weights.tensor("layer.bytes").unwrap();
    assert_eq!((bytes.as_f32(), bytes.bytes.len()), (None, 400));
    assert!(
        weights
            .tensors()
            .all(|(_, t)| t.bytes.as_ptr().addr() % artifacts::ALIGNMENT == 0)
    );
    let unknown = weights.tensor("layer.bias").unwrap_err();
    assert_eq!(unknown.to_string(), r#"the weights hold no tensor "layer.bias""#);
}

#[test]
fn voices_are_mapped_by_name() {
    let bench = Bench::new();
    let found = bench.resolve().unwrap();
    let style = found.voice("bm_two").unwrap();
    // The stand-in fills its second voice with bytes of value 1.
    assert_eq!(style.style(2).prosody(), [f32::from_le_bytes([1; 4]); 2]);
    let unknown = found.voice("af_three").unwrap_err();
    assert_eq!(unknown.to_string(), r#"there is no voice "af_three""#);
    assert_eq!(unknown.hint(), "Did you mean af_one? `utter voices` lists all 2.");
}

#[test]
fn each_place_is_looked_at() {
    let places = [
        "",
        "tvm_output",
        "Resources",
        "Resources/tvm_output",
        "Contents/Resources",
        "Contents/Resources/tvm_output",
    ];
    let bench = Bench::new();
    let app = bench.root().join("app");
    let base = app.join("base");
    for place in [&base, &app]
        .into_iter()
        .flat_map(|folder| places.map(|place| folder.join(place)))
    {
        fs::create_dir_all(&base).unwrap();
        copy(&bench.voice(), &place);
        assert_eq!(
            artifacts::resolve(&base).unwrap().path(),
            place.canonicalize().unwrap()
        );
        fs::remove_dir_all(&app).unwrap();
    }
}

/// Copies a folder with all in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_failure_names_every_place_and_reason() {
    let bench = Bench::new();
    let base = bench.root().join("a/b");
    fs::create_dir_all(base.join("Resources")).unwrap();
    let error = artifacts::resolve(&base).unwrap_err();
    let ArtifactsError::NotFound { tried, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(tried.len(), 12);
    let text = error.to_string();
    for place in artifacts::candidates(&base) {
        assert!(
            text.contains(&format!("{}: there is no", place.display())),
            "{text}"
        );
    }
    assert!(
        text.contains("Resources: there is no manifest.json")
            && text.contains("Contents/Resources: there is no such")
    );
    assert!(error.hint().contains("make voice"), "{}", error.hint());
}

#[test]
fn a_missing_file_is_named_with_the_command_that_mends_it() {
    for file in ["libkokoro.so", "weights.bin", "voices/af_one.bin"] {
        let bench = Bench::new();
        fs::remove_file(bench.voice().join(file)).unwrap();
        let error = bench.resolve().unwrap_err();
        assert!(
            error.to_string().contains(&format!("{file} is missing")),
            "{error}"
        );
        let command = format!("`UTTER_ARTIFACTS={} make voice`", bench.voice().display());
        assert_eq!(error.hint(), format!("Mend it with {command}."));
    }
}

#[test]
fn a_damaged_file_is_named() {
    for file in [
        "libkokoro.so",
        "weights.bin",
        "weights.json",
        "vocab.json",
        "voices/bm_two.bin",
    ] {
        let bench = Bench::new();
        let path = bench.voice().join(file);
        let mut content = fs::read(&path).unwrap();
        content[3] ^= 4;
        fs::write(&path, &content).unwrap();
        assert!(matches!(bench.rejection(), Rejection::Hash { file: found } if found == file));
        fs::write(&path, &content[1..]).unwrap();
        assert!(matches!(bench.rejection(), Rejection::Size { file: found, .. } if found == file));
    }
}

#[test]
fn a_folder_in_the_place_of_a_file_is_no_panic() {
    let bench = Bench::new();
    fs::remove_file(bench.voice().join("weights.bin")).unwrap();
    fs::create_dir(bench.voice().join("weights.bin")).unwrap();
    assert!(matches!(bench.rejection(), Rejection::Missing { .. }));
}

#[test]
fn a_voice_for_another_engine_or_machine_is_refused() {
    let bench = Bench::new();
    bench.edit_manifest(|m| m["target"]["features"] = serde_json::json!(["avx1024"]));
    let error = bench.resolve().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("compiled for portable, and this processor lacks avx1024"),
        "{error}"
    );
    assert!(error.hint().contains("TARGET=native"), "{}", error.hint());
    bench.edit_manifest(|m| m["target"]["triple"] = "riscv64-unknown-linux-gnu".into());
    assert!(matches!(bench.rejection(), Rejection::Platform { .. }));
    bench.edit_manifest(|m| m["interface"] = 9999.into());
    assert!(matches!(
        bench.rejection(),
        Rejection::Interface { found: 9999, .. }
    ));
    bench.edit_manifest(|m| *m = serde_json::json!({"schema": 2, "interface": 1, "new": "format"}));
    assert!(matches!(bench.rejection(), Rejection::Schema { found: 2, .. }));
}

#[test]
fn a_voice_that_was_not_linked_is_refused_with_the_way_out() {
    let bench = Bench::new();
    bench.edit_manifest(|m| {
        m["library"] = Value::Null;
        m["object"] = "kokoro.o".into();
        m["target"]["triple"] = "aarch64-linux-android26".into();
    });
    let error = bench.resolve().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("compiled for aarch64-linux-android26 and not linked"),
        "{error}"
    );
    assert!(
        error.hint().contains("LLD") && error.hint().contains("make voice"),
        "{}",
        error.hint()
    );
}

#[test]
fn of_a_file_that_an_app_signs_only_the_presence_is_checked() {
    let bench = Bench::new();
    let library = bench.voice().join("libkokoro.so");
    bench.edit_manifest(|m| m["files"]["libkokoro.so"]["signed"] = true.into());
    let mut signed = fs::read(&library).unwrap();
    signed.extend(b"a signature");
    fs::write(&library, signed).unwrap();
    bench.resolve().unwrap().verify().unwrap();
    fs::remove_file(&library).unwrap();
    assert!(matches!(bench.rejection(), Rejection::Missing { file } if file == "libkokoro.so"));
}

#[test]
fn the_best_library_that_this_processor_can_run_is_taken() {
    let bench = Bench::new();
    let found = bench.resolve().unwrap();
    assert_eq!(
        found.target().name,
        "portable",
        "no processor has what the other needs"
    );
    // Two that fit, the better one first, behind one of another system.
    bench.edit_manifest(|m| {
        let mut wide = m["alternatives"][0].clone();
        wide["target"]["features"] = serde_json::json!([]);
        let (mut foreign, mut next) = (wide.clone(), wide.clone());
        foreign["target"]["triple"] = "riscv64-unknown-linux-gnu".into();
        next["target"]["name"] = "next".into();
        m["alternatives"] = serde_json::json!([foreign, wide, next]);
    });
    let found = bench.resolve().unwrap();
    assert_eq!(found.target().name, "wide");
    assert_eq!(found.library(), bench.voice().join("libkokoro-wide.so"));
    // It is enough that one fits.
    bench.edit_manifest(|m| m["target"]["features"] = serde_json::json!(["avx1024"]));
    assert_eq!(bench.resolve().unwrap().target().name, "wide");
    // A voice from before there were any.
    bench.edit_manifest(|m| {
        m["target"]["features"] = serde_json::json!([]);
        m.as_object_mut().unwrap().remove("alternatives");
    });
    let found = bench.resolve().unwrap();
    assert_eq!(found.library(), bench.voice().join("libkokoro.so"));
}

#[test]
fn a_manifest_that_contradicts_itself_is_refused() {
    let edits: [fn(&mut Value); 8] = [
        |m| m["library"] = "../../lib.so".into(),
        |m| m["alternatives"][0]["library"] = "libelsewhere.so".into(),
        |m| m["files"]["../escape"] = m["files"]["weights.bin"].clone(),
        |m| m["files"]["/etc/passwd"] = m["files"]["weights.bin"].clone(),
        |m| m["files"]["weights.bin"]["sha256"] = "short".into(),
        |m| m["style"]["rows"] = u64::MAX.into(),
        |m| m["voices"]["af_one"] = "weights.bin".into(),
        |m| m["sample_rate"] = 0.into(),
    ];
    let bench = Bench::new();
    let good = fs::read(bench.voice().join("manifest.json")).unwrap();
    for (number, edit) in edits.into_iter().enumerate() {
        bench.edit_manifest(edit);
        assert!(
            matches!(bench.rejection(), Rejection::BadManifest { .. }),
            "edit {number}"
        );
        fs::write(bench.voice().join("manifest.json"), &good).unwrap();
    }
    fs::write(bench.voice().join("manifest.json"), &good[..good.len() / 2]).unwrap();
    assert!(matches!(bench.rejection(), Rejection::BadManifest { .. }));
}

#[test]
fn an_index_past_the_end_is_refused_when_mapped() {
    let bench = Bench::new();
    let found = bench.resolve().unwrap();
    let index = r#"{"layer.weight": {"dtype": "float32", "shape": [1000], "offset": 0}}"#;
    fs::write(bench.voice().join("weights.json"), index).unwrap();
    let error = found.weights().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("weights.json is damaged: tensor layer.weight reaches past the end"),
        "{error}"
    );
}

#[test]
fn the_build_points_the_engine_at_its_result() {
    let bench = Bench::new();
    let made = build(&[&bench.cache()]);
    let pointer = bench
        .cache()
        .join("voice")
        .join(format!("current-{}", artifacts::INTERFACE));
    assert_eq!(
        fs::read_to_string(pointer).unwrap().trim(),
        made.file_name().unwrap().to_string_lossy()
    );
    assert_eq!(artifacts::resolve(&made).unwrap().path(), made);
}
