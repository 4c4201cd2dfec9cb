//! Clips that are kept decoded.

use std::sync::Arc;
use std::time::Duration;

use utter::speech::clip::{ClipCache, ClipCacheStatus, ClipError, ClipLimits, ClipSource};

use crate::fixtures::{never, wav};

/// A WAV file of `frames` frames that all are `value`.
fn constant(frames: usize, value: i16) -> ClipSource {
    ClipSource::Bytes(wav(1, 24_000, frames as u32 * 2, &vec![value; frames]).into())
}

#[test]
fn the_cache_keeps_what_was_last_used_within_its_bound() {
    let cache = ClipCache::new(4000 * 4);
    let get = |source: &ClipSource| cache.get(source, &ClipLimits::default(), &never).unwrap();
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
    let get = || cache.get(&source, &ClipLimits::default(), &never);
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
    cache.get(&source, &limits, &never).unwrap();
    let shorter = ClipLimits {
        duration: Duration::from_millis(999),
        ..limits
    };
    assert!(matches!(
        cache.get(&source, &shorter, &never),
        Err(ClipError::TooLong { .. })
    ));
    let smaller = ClipLimits {
        bytes: 48_000,
        ..limits
    };
    assert!(matches!(
        cache.get(&source, &smaller, &never),
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
                        .get(&sources[value], &ClipLimits::default(), &never)
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
