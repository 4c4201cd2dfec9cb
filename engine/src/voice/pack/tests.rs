//! Files of every format, whole and damaged, with a small shape.

use super::invariants::SHAPE;
use super::*;
use proptest::prelude::*;

/// Numbers as a style has them, none like another.
fn values() -> Vec<f32> {
    (1..=12_u8).map(|n| f32::from(n) / 8.0 - 0.8).collect()
}

fn bytes() -> Vec<u8> {
    values().iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn npy(shape: &str) -> Vec<u8> {
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(bytes());
    file
}

fn tensors(header: &str) -> Vec<u8> {
    let mut file = u64::try_from(header.len()).unwrap().to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.extend(bytes());
    file
}

fn parse(bytes: &[u8]) -> Result<VoicePack, PackError> {
    VoicePack::parse(bytes, SHAPE)
}

/// A good file of each format.
fn files() -> Vec<Vec<u8>> {
    vec![
        bytes(),
        npy("(3, 4)"),
        npy("(3, 1, 4)"),
        tensors(r#"{"style":{"dtype":"F32","shape":[3,4],"data_offsets":[0,48]}}"#),
        tensors(r#"{"v":{"dtype":"F32","shape":[3,1,4],"data_offsets":[0,48]}, "__metadata__":{"a":"b"}}"#),
    ]
}

#[test]
fn every_format_gives_the_same_numbers() {
    for file in files() {
        let pack = parse(&file).unwrap();
        assert_eq!((pack.values(), pack.shape()), (&values()[..], SHAPE));
    }
}

#[test]
fn another_shape_is_refused() {
    for shape in ["(4, 3)", "(12,)", "(1, 3, 4)", "(3, 4, 1)", "(3, 2, 2)"] {
        let error = parse(&npy(shape)).unwrap_err();
        assert!(matches!(error, PackError::Shape { .. }), "{shape}: {error}");
    }
    let error = parse(&npy("(4, 3)")).unwrap_err().to_string();
    assert_eq!(error, "its array has the shape [4, 3] and not (3, 4)");
    let transposed = tensors(r#"{"v":{"dtype":"F32","shape":[4,3],"data_offsets":[0,48]}}"#);
    assert!(matches!(parse(&transposed), Err(PackError::Shape { .. })));
}

#[test]
fn numbers_alone_have_one_length() {
    for length in [0, 1, 44, 47, 49, 52, 96] {
        let file: Vec<u8> = bytes().into_iter().cycle().take(length).collect();
        let error = parse(&file).unwrap_err();
        assert!(
            matches!(error, PackError::Size { found, expected: 48 } if found == length),
            "{error}"
        );
    }
    let long = vec![0; MOST_BYTES as usize + 1];
    assert!(matches!(parse(&long), Err(PackError::TooLong { .. })));
}

#[test]
fn tensors_of_another_kind_are_refused() {
    for header in [
        "{}",
        r#"{"v":{"dtype":"F16","shape":[6,4],"data_offsets":[0,48]}}"#,
        r#"{"v":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]},"w":{"dtype":"F32","shape":[3,2],"data_offsets":[24,48]}}"#,
        r#"{"v":{"dtype":"F32","shape":[3,4],"data_offsets":[0,44]}}"#,
        r#"{"v":{"dtype":"F32","shape":[3,4],"data_offsets":[48,96]}}"#,
        r#"{"v""#,
    ] {
        let error = parse(&tensors(header)).unwrap_err();
        assert!(matches!(error, PackError::Tensors(_)), "{header}: {error}");
    }
}

#[test]
fn archives_are_refused_with_the_line_that_converts_them() {
    let archive = |name: &str| {
        let mut file = b"PK\x03\x04".to_vec();
        file.extend([0; 26]);
        file.extend(name.as_bytes());
        file.extend([0; 200]);
        parse(&file).unwrap_err()
    };
    let error = archive("archive/data.pkl");
    assert!(matches!(error, PackError::PyTorch), "{error}");
    assert!(error.hint().contains("python3 -c") && error.hint().contains("torch.load"));
    let error = archive("af_heart.npy");
    assert!(matches!(error, PackError::Archive), "{error}");
    assert!(error.hint().contains("numpy.load"));
    assert!(matches!(parse(b"PK\x03\x04"), Err(PackError::PyTorch)));
    assert!(matches!(
        parse(b"\x80\x02\x8a\x0al\xfc\x9cF"),
        Err(PackError::PyTorch)
    ));
}

#[test]
fn numbers_that_are_no_style_are_refused() {
    let with = |place: usize, value: f32| {
        let mut values = values();
        values[place] = value;
        VoicePack::of_values(values, SHAPE).unwrap_err()
    };
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let error = with(6, value);
        assert!(
            matches!(error, PackError::NotFinite { row: 1, column: 2 }),
            "{error}"
        );
    }
    for value in [32.5, -1e9, f32::MAX] {
        let error = with(11, value);
        assert!(
            matches!(
                error,
                PackError::TooGreat {
                    row: 2,
                    column: 3,
                    ..
                }
            ),
            "{error}"
        );
    }
    for half in [4, 6] {
        let mut values = values();
        values[half..half + 2].fill(1e-3);
        let error = VoicePack::of_values(values, SHAPE).unwrap_err();
        assert!(matches!(error, PackError::Empty { row: 1 }), "{error}");
    }
    // The same numbers in another byte order.
    let swapped: Vec<u8> = values().iter().flat_map(|value| value.to_be_bytes()).collect();
    assert!(parse(&swapped).is_err());
}

#[test]
fn impossible_shapes_hold_nothing() {
    for (rows, width) in [(0, 4), (4, 0), (0, 0), (usize::MAX, 4), (1 << 62, 4)] {
        let shape = StyleShape { rows, width };
        for file in [vec![], bytes(), npy("(3, 4)")] {
            assert!(VoicePack::parse(&file, shape).is_err(), "{shape:?}");
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().join("missing.npy"), folder.path().to_owned()] {
        let error = VoicePack::read(&path, SHAPE).unwrap_err();
        assert!(matches!(error, PackError::Unreadable { .. }), "{error}");
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }
    let path = folder.path().join("voice.bin");
    std::fs::write(&path, npy("(3, 4)")).unwrap();
    let pack = VoicePack::read(&path, SHAPE).unwrap();
    assert_eq!(pack.values(), values(), "the content says what it is");
}

proptest! {
    /// Bytes of good files changed, cut and added: what is accepted still is what it should be.
    #[test]
    fn no_damage_makes_it_panic(
        which in 0..5_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
        more in prop::collection::vec(any::<u8>(), 0..8),
    ) {
        let mut file = files().swap_remove(which);
        for (place, byte) in changes {
            let place = place.index(file.len());
            file[place] = byte;
        }
        if let Some(cut) = cut {
            file.truncate(cut.index(file.len()));
        }
        file.extend(more);
        super::invariants::fuzz_pack(&file);
    }
}
