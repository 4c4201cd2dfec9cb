//! What must hold for every header, whatever is in it, as a function that panics if it does not.
//!
//! Called by the test over the seed corpus and by the fuzz target. Not part of the interface of the crate.

use std::io::Write;

use super::layout::HEADER_BYTES;
use super::{Geometry, Handover, Place, RingReader, RingWriter, sweep::directory};

/// The body of the fuzz target `ring_header`: any bytes as the memory of a ring. Either it is refused, or it can be read as a
/// callback does without a panic; and a writer whose reader says anything gets an error or writes no more than fits. Returns
/// whether it was taken.
///
/// # Panics
///
/// If one of these does not hold, or there is no directory for temporary files.
#[doc(hidden)]
pub fn fuzz_ring_header(data: &[u8]) -> bool {
    check_writer(data);
    let Some(path) = file_of(data) else {
        return false;
    };
    let attached = RingReader::attach(Handover::Path(path.clone()));
    // It stays mapped.
    let _ = std::fs::remove_file(&path);
    let Ok(mut reader) = attached else {
        return false;
    };
    let geometry = reader.geometry();
    assert!(geometry.check().is_ok() && geometry.bytes() <= data.len() as u64);
    let mut block = vec![0.0; geometry.samples()];
    for round in 0..3 {
        let Ok(found) = reader.look() else { break };
        assert!(found.frames <= geometry.capacity.into());
        let samples = found.frames as usize * geometry.channels as usize;
        reader.take(&mut block[..samples]);
        reader.is_owed();
        reader.note_level(found.frames);
        reader.publish(round, 64, 64);
    }
    true
}

/// The writer's side: the reader's words are those of `data`.
fn check_writer(data: &[u8]) {
    let geometry = Geometry {
        capacity: 16,
        rate: 48_000,
        channels: 2,
    };
    let place = Place::Directory(directory());
    let Ok((mut writer, Handover::Path(path))) = RingWriter::create(geometry, 1, &place) else {
        panic!("a ring can be made");
    };
    assert_eq!(writer.write(&[0.25; 8]).ok(), Some(4));
    let reader_words = data.get(256..HEADER_BYTES).unwrap_or_default();
    let Ok(mut file) = std::fs::OpenOptions::new().write(true).open(path) else {
        panic!("a ring has a file");
    };
    let written = std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(256))
        .and_then(|_| file.write_all(reader_words));
    assert!(written.is_ok());
    match writer.write(&[0.25; 64]) {
        Ok(frames) => assert!(frames <= geometry.capacity),
        Err(error) => assert!(!error.hint().is_empty()),
    }
    let now = crate::clock::now();
    if let Some(callback) = writer.callback(now) {
        assert!(callback.held_at(now, geometry.rate) <= 10 * u64::from(geometry.rate));
        assert!(callback.read <= writer.written());
    }
    assert!(
        writer
            .largest_callback()
            .is_none_or(|frames| frames <= geometry.capacity / 2)
    );
}

fn file_of(data: &[u8]) -> Option<std::path::PathBuf> {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("utter-fuzz-{}-{number}", std::process::id()));
    std::fs::write(&path, data).ok()?;
    Some(path)
}
