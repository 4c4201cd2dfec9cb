use super::layout::{HEADER_BYTES, MAGIC};
use super::*;
use proptest::prelude::*;
use std::collections::VecDeque;
use std::io::{Seek, SeekFrom, Write};

const GEOMETRY: Geometry = Geometry {
    capacity: 8,
    rate: 48_000,
    channels: 2,
};

/// A ring in every kind of memory that there is here.
fn rings() -> Vec<(RingWriter, RingReader, tempfile::TempDir)> {
    let directory = || tempfile::tempdir().unwrap();
    let mut rings = Vec::new();
    let place = directory();
    let mut places = vec![(Place::Directory(place.path().to_owned()), place)];
    #[cfg(target_os = "linux")]
    places.push((Place::Anonymous, directory()));
    for (place, kept) in places {
        let (writer, handover) = RingWriter::create(GEOMETRY, 7, &place).unwrap();
        let reader = RingReader::attach(handover).unwrap();
        assert_eq!((reader.geometry(), reader.epoch()), (GEOMETRY, 7));
        rings.push((writer, reader, kept));
    }
    rings
}

fn read(reader: &mut RingReader, most: usize) -> Vec<f32> {
    let frames = most.min(reader.look().unwrap().frames as usize);
    let mut samples = vec![0.0; frames * 2];
    reader.take(&mut samples);
    samples
}

#[test]
fn frames_come_out_as_they_went_in() {
    for (mut writer, mut reader, _kept) in rings() {
        assert!(!reader.is_owed(), "nothing is owed at first");
        assert_eq!(
            writer.write(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap(),
            2,
            "whole frames"
        );
        assert_eq!(read(&mut reader, 1), [1.0, 2.0]);
        assert!(reader.is_owed(), "it has begun");
        assert_eq!(writer.write(&[0.5; 40]).unwrap(), 7, "as many as fit");
        assert_eq!(writer.write(&[0.5; 40]).unwrap(), 0);
        assert_eq!(read(&mut reader, 9).len(), 16);
        assert_eq!(writer.read().unwrap(), 9);
    }
}

#[test]
fn a_flush_is_passed_and_what_comes_after_it_is_played() {
    for (mut writer, mut reader, _kept) in rings() {
        writer.write(&[0.1; 8]).unwrap();
        writer.flush();
        writer.write(&[0.7, 0.8]).unwrap();
        let found = reader.look().unwrap();
        assert_eq!((found.flushed, found.frames), (4, 1));
        assert_eq!(read(&mut reader, 8), [0.7, 0.8]);
        assert!(reader.is_owed());
        writer.flush();
        assert!(!reader.is_owed(), "a flush leaves nothing owed");
    }
}

#[test]
fn a_callback_is_told_as_it_was_and_what_cannot_be_is_not_believed() {
    for (mut writer, mut reader, _kept) in rings() {
        let now = crate::clock::now();
        assert_eq!(writer.callback(now), None);
        writer.write(&[0.0; 8]).unwrap();
        read(&mut reader, 3);
        reader.publish(now, 480, 960);
        let callback = writer.callback(now).unwrap();
        assert_eq!((callback.read, callback.frames), (3, 480));
        assert_eq!(callback.next_at(48_000), now + 10_000_000);
        assert_eq!(callback.held_at(now + 5_000_000, 48_000), 720);
        assert_eq!(
            writer.largest_callback(),
            Some(4),
            "no more than half of the ring"
        );

        for (at, frames, delay) in [
            (now + 10_000_000, 480, 0),
            (now - 1, 0, 0),
            (now - 1, 480, 480_001),
            (now - 1, 48_001, 0),
            (0, 480, 0),
        ] {
            reader.publish(at, frames, delay);
            assert_eq!(
                writer.callback(now.max(61_000_000_000)),
                None,
                "{at} {frames} {delay}"
            );
        }
    }
}

#[test]
fn a_position_that_lies_is_an_error_on_both_sides() {
    let directory = tempfile::tempdir().unwrap();
    let place = Place::Directory(directory.path().to_owned());
    for (offset, value) in [(128, 9_u64), (128, u64::MAX), (136, 3), (256, 3), (256, u64::MAX)] {
        let (mut writer, handover) = RingWriter::create(GEOMETRY, 1, &place).unwrap();
        let Handover::Path(path) = handover else { panic!() };
        let mut reader = RingReader::attach(Handover::Path(path.clone())).unwrap();
        writer.write(&[0.0; 4]).unwrap();
        let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.seek(SeekFrom::Start(offset)).unwrap();
        file.write_all(&value.to_ne_bytes()).unwrap();
        let is_writers = offset < 256;
        assert_eq!(reader.look().is_err(), is_writers, "{offset} {value}");
        assert_eq!(writer.write(&[0.0; 2]).is_err(), !is_writers, "{offset} {value}");
    }
}

#[test]
fn what_is_no_ring_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ring");
    let attach = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        RingReader::attach(Handover::Path(path.clone()))
    };
    let (writer, _) =
        RingWriter::create(GEOMETRY, 1, &Place::Directory(directory.path().to_owned())).unwrap();
    let good = std::fs::read(
        std::fs::read_dir(directory.path())
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
            .path(),
    )
    .unwrap();
    drop(writer);
    assert_eq!(good[..8], MAGIC.to_ne_bytes());
    assert!(attach(&good).is_ok());
    assert!(attach(&[]).is_err());
    assert!(attach(&good[..HEADER_BYTES - 1]).is_err());
    assert!(attach(&good[..good.len() - 1]).is_err(), "shorter than it says");
    for (at, value) in [
        (0, 0),
        (8, 2),
        (12, 1),
        (16, 7),
        (16, 1),
        (20, 0),
        (24, 0),
        (24, 255),
    ] {
        let mut bad = good.clone();
        bad[at..at + 4].copy_from_slice(&u32::to_ne_bytes(value));
        assert!(attach(&bad).is_err(), "{at} {value}");
    }
}

#[cfg(unix)]
#[test]
fn a_directory_that_others_can_write_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let place = Place::Directory(directory.path().to_owned());
    let create = || RingWriter::create(GEOMETRY, 1, &place);
    assert!(create().is_ok());
    std::fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o777)).unwrap();
    assert!(create().is_err());
}

#[cfg(target_os = "linux")]
#[test]
fn memory_that_could_be_shortened_is_refused() {
    use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
    let descriptor = memfd_create("loose", MemfdFlags::ALLOW_SEALING).unwrap();
    ftruncate(&descriptor, 4096).unwrap();
    assert!(RingReader::attach(Handover::Descriptor(descriptor)).is_err());
}

#[test]
fn seeds_of_the_fuzz_target_hold() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus/ring_header");
    let mut outcomes = [0, 0];
    for seed in std::fs::read_dir(folder).unwrap() {
        let path = seed.unwrap().path();
        let accepted = invariants::fuzz_ring_header(&std::fs::read(&path).unwrap());
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        if file.starts_with("accepted") || file.starts_with("refused") {
            assert_eq!(accepted, file.starts_with("accepted"), "{file}");
            outcomes[usize::from(accepted)] += 1;
        }
    }
    assert!(outcomes[0] >= 4 && outcomes[1] >= 3, "{outcomes:?}");
}

/// A step of either side.
#[derive(Debug, Clone)]
enum Step {
    Write(usize),
    Read(usize),
    Flush,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0_usize..12).prop_map(Step::Write),
        (0_usize..12).prop_map(Step::Read),
        Just(Step::Flush)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn it_is_a_bounded_queue(steps in prop::collection::vec(step(), 0..100)) {
        let (mut writer, mut reader, _kept) = rings().pop().unwrap();
        let mut model: VecDeque<f32> = VecDeque::new();
        let (mut next, mut in_ring, mut was_flushed) = (0.0, 0, false);
        for step in steps {
            match step {
                Step::Write(frames) => {
                    let samples: Vec<f32> = (0..frames * 2).map(|i| next + i as f32).collect();
                    let taken = writer.write(&samples).unwrap() as usize;
                    prop_assert_eq!(taken, frames.min(8 - in_ring));
                    model.extend(&samples[..taken * 2]);
                    next += taken as f32 * 2.0;
                    in_ring += taken;
                }
                Step::Read(most) => {
                    let expected: Vec<f32> = model.drain(..model.len().min(most * 2)).collect();
                    prop_assert_eq!(read(&mut reader, most), expected);
                    in_ring = model.len() / 2;
                    was_flushed = false;
                }
                Step::Flush => {
                    writer.flush();
                    model.clear();
                    was_flushed = true;
                }
            }
            prop_assert!(was_flushed || in_ring == model.len() / 2);
        }
    }
}
