//! Archives that want something else than to be unpacked.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::Index;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::workshop::{LIBRARY, PROGRAM, Workshop, description};
use crate::plugin::{Fault, PluginError, invariants, pack};

type Writer = ZipWriter<Cursor<Vec<u8>>>;

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

/// An archive of a whole package, with what `more` adds.
fn archive(workshop: &Workshop, more: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let package = workshop.package("1.0.0", b"one");
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for path in ["plugin.json", LIBRARY, PROGRAM] {
        archive.start_file(path, options()).unwrap();
        archive.write_all(&fs::read(package.join(path)).unwrap()).unwrap();
    }
    more(&mut archive);
    archive.finish().unwrap().into_inner()
}

/// Installs an archive, which must be refused, with nothing left and nothing outside.
fn refuse(workshop: &Workshop, archive: &[u8]) -> PluginError {
    let path = workshop.path("bad.zip");
    fs::write(&path, archive).unwrap();
    let outside = || {
        let mut names: Vec<PathBuf> = fs::read_dir(workshop.path(""))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        names.retain(|path| !path.ends_with("plugins"));
        names.sort_unstable();
        names
    };
    let before = outside();
    let catalogue = workshop.catalogue();
    let Err(error) = catalogue.install(&path) else {
        panic!("it was installed");
    };
    assert!(workshop.files().is_empty(), "{:?}", workshop.files());
    assert!(!catalogue.packages().exists() || fs::read_dir(catalogue.packages()).unwrap().count() == 0);
    assert_eq!(outside(), before);
    assert!(!error.hint().is_empty());
    error
}

fn refuse_with(more: impl FnOnce(&mut Writer)) -> PluginError {
    let workshop = Workshop::new();
    let archive = archive(&workshop, more);
    refuse(&workshop, &archive)
}

#[test]
fn an_archive_may_have_directories_and_files_that_are_not_listed() {
    let workshop = Workshop::new();
    let archive = archive(&workshop, |archive| {
        archive.add_directory("docs", options()).unwrap();
        archive.start_file("docs/README.md", options()).unwrap();
        archive.start_file("__MACOSX/._lib", options()).unwrap();
    });
    let path = workshop.path("good.zip");
    fs::write(&path, archive).unwrap();
    let plugin = workshop.catalogue().install(&path).unwrap().plugin;
    assert!(
        !plugin.directory.join("docs").exists(),
        "what is not listed is not unpacked"
    );
}

#[test]
fn entries_that_lead_elsewhere_are_refused_listed_or_not() {
    for name in [
        "../outside",
        "lib/../../outside",
        "/outside",
        "C:/outside",
        "C:outside",
        "lib\\..\\..\\outside",
        "NUL",
        "a.",
    ] {
        let error = refuse_with(|archive| archive.start_file(name, options()).unwrap());
        let PluginError::Entry { name: found, .. } = &error else {
            panic!("{name}: {error}");
        };
        assert_eq!(found, name);
    }
    let error = refuse_with(|archive| archive.add_directory("../outside", options()).unwrap());
    assert!(matches!(error, PluginError::Entry { .. }), "{error}");
}

#[test]
fn links_in_an_archive_are_refused() {
    let error = refuse_with(|archive| archive.add_symlink("link", "/etc", options()).unwrap());
    assert!(error.to_string().contains("link"), "{error}");
    // A pipe, which only the mode says.
    let workshop = Workshop::new();
    let mut bytes = archive(&workshop, |archive| {
        archive.start_file("pipe", options()).unwrap()
    });
    let central = rfind(&bytes, b"PK\x01\x02");
    let attributes = central + 38;
    bytes[attributes + 2..attributes + 4].copy_from_slice(&0o010_644_u16.to_le_bytes());
    assert!(refuse(&workshop, &bytes).to_string().contains("no regular file"));
}

#[test]
fn paths_that_are_one_on_some_systems_are_refused() {
    let error = refuse_with(|archive| archive.start_file("LIB/liboutput.SO", options()).unwrap());
    assert!(error.to_string().contains("twice"), "{error}");
    let error = refuse_with(|archive| archive.start_file("LIB", options()).unwrap());
    assert!(error.to_string().contains("below"), "{error}");
    let error = refuse_with(|archive| archive.start_file("bin/output-host/x", options()).unwrap());
    assert!(error.to_string().contains("below another file"), "{error}");
    // The same name twice, which the library that writes does not allow.
    let workshop = Workshop::new();
    let mut bytes = archive(&workshop, |archive| {
        archive.start_file("bin/output-hosT", options()).unwrap()
    });
    for place in [
        rfind(&bytes, b"bin/output-hosT"),
        find(&bytes, b"bin/output-hosT"),
    ] {
        bytes[place + 14] = b't';
    }
    assert!(matches!(refuse(&workshop, &bytes), PluginError::Archive { .. }));
}

#[test]
fn encrypted_entries_and_other_compressions_are_refused() {
    let workshop = Workshop::new();
    let whole = archive(&workshop, |_| {});
    for (field, value, expected) in [(8, 1, "encrypted"), (10, 12, "deflate")] {
        let mut bytes = whole.clone();
        // Flags and method of the last entry, in the directory and before the data.
        let central = rfind(&bytes, b"PK\x01\x02");
        let local = rfind(&bytes, b"PK\x03\x04");
        bytes[central + field] = value;
        bytes[local + field - 2] = value;
        let error = refuse(&workshop, &bytes);
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_bomb_does_not_go_off() {
    let workshop = Workshop::new();
    let package = workshop.package("1.0.0", &vec![0; 16 << 20]);
    // Listed with its true size, and still not believed: such a library is no library.
    let path = workshop.path("bomb.zip");
    crate::plugin::pack_archive(&package, &path).unwrap();
    let bytes = fs::read(&path).unwrap();
    assert!(bytes.len() < 64 << 10, "{}", bytes.len());
    fs::remove_file(&path).unwrap();
    let error = refuse(&workshop, &bytes);
    assert!(
        error.to_string().contains("inflates more than 200 times"),
        "{error}"
    );
}

#[test]
fn sizes_in_an_archive_are_not_believed() {
    let workshop = Workshop::new();
    let package = workshop.package("1.0.0", b"one");
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for path in ["plugin.json", PROGRAM] {
        writer.start_file(path, options()).unwrap();
        writer.write_all(&fs::read(package.join(path)).unwrap()).unwrap();
    }
    writer.start_file(LIBRARY, options()).unwrap();
    writer.write_all(&vec![b'x'; 100_000]).unwrap();
    let longer = writer.finish().unwrap().into_inner();
    let error = refuse(&workshop, &longer);
    assert!(
        matches!(
            error,
            PluginError::File {
                fault: Fault::Size { expected: 3 },
                ..
            }
        ),
        "{error}"
    );
    // Says that it is as short as it is listed.
    let mut lying = longer.clone();
    let (central, local) = (rfind(&lying, b"PK\x01\x02"), rfind(&lying, b"PK\x03\x04"));
    lying[central + 24..central + 28].copy_from_slice(&3_u32.to_le_bytes());
    lying[local + 22..local + 26].copy_from_slice(&3_u32.to_le_bytes());
    refuse(&workshop, &lying);
}

#[test]
fn more_entries_than_a_package_has_are_refused() {
    let error = refuse_with(|archive| {
        for number in 0..4096 {
            archive.start_file(format!("{number}"), options()).unwrap();
        }
    });
    assert!(error.to_string().contains("entries"), "{error}");
    // As many as the format can count: the directory is not even read to its end.
    let mut many = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..60_000 {
        many.start_file(
            format!("{number}"),
            options().compression_method(CompressionMethod::Stored),
        )
        .unwrap();
    }
    let workshop = Workshop::new();
    let error = refuse(&workshop, &many.finish().unwrap().into_inner());
    assert!(error.to_string().contains("its directory is too long"), "{error}");
}

#[test]
fn what_comes_before_or_lies_over_one_another_is_refused() {
    let workshop = Workshop::new();
    let whole = archive(&workshop, |_| {});
    let before = [b"PK and more than that", &whole[..]].concat();
    assert!(matches!(refuse(&workshop, &before), PluginError::Archive { .. }));
    // Two entries with the data of one.
    let mut overlapping = whole.clone();
    let (central, first) = (rfind(&whole, b"PK\x01\x02"), find(&whole, b"PK\x01\x02"));
    let offset: [u8; 4] = whole[first + 42..first + 46].try_into().unwrap();
    overlapping[central + 42..central + 46].copy_from_slice(&offset);
    assert!(matches!(
        refuse(&workshop, &overlapping),
        PluginError::Archive { .. }
    ));
}

#[test]
fn zip64_is_refused_before_its_counts_are_believed() {
    let workshop = Workshop::new();
    let whole = archive(&workshop, |_| {});
    let end = rfind(&whole, b"PK\x05\x06");
    let mut locator = b"PK\x06\x07".to_vec();
    locator.resize(20, 0xff);
    let zip64 = [&whole[..end], &locator, &whole[end..]].concat();
    assert!(refuse(&workshop, &zip64).to_string().contains("Zip64"));
}

#[test]
fn an_archive_without_a_manifest_at_its_top_is_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("package/plugin.json", options()).unwrap();
    let workshop = Workshop::new();
    let error = refuse(&workshop, &writer.finish().unwrap().into_inner());
    assert!(error.to_string().contains("no plugin.json at its top"), "{error}");
    assert!(matches!(refuse(&workshop, b"PK"), PluginError::Archive { .. }));
}

#[test]
fn the_same_files_make_the_same_archive() {
    let (one, other) = (Workshop::new(), Workshop::new());
    let bytes = |workshop: &Workshop| fs::read(workshop.archive("1.0.0", b"one")).unwrap();
    assert_eq!(bytes(&one), bytes(&other));
}

#[test]
fn packing_refuses_what_could_not_be_installed() {
    let workshop = Workshop::new();
    let package = workshop.package("1.0.0", b"one");
    let mut wrong = description("org.example.output", "1.0.0");
    wrong.id = "Output".into();
    assert!(matches!(
        pack(&package, &wrong),
        Err(PluginError::Manifest { .. })
    ));
    fs::remove_file(package.join(LIBRARY)).unwrap();
    let refused = pack(&package, &description("org.example.output", "1.0.0"));
    assert!(matches!(
        refused,
        Err(PluginError::File {
            fault: Fault::Missing,
            ..
        })
    ));
    assert!(crate::plugin::pack_archive(Path::new(&package), &workshop.path("x.zip")).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_archive_is_unpacked_whole_or_refused(
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 0..4),
        keep in any::<Index>(),
        cut in any::<bool>(),
    ) {
        let workshop = Workshop::new();
        let mut bytes = archive(&workshop, |_| {});
        for (place, value) in &changes {
            let place = place.index(bytes.len());
            bytes[place] = *value;
        }
        if cut {
            bytes.truncate(keep.index(bytes.len()));
        }
        let accepted = invariants::fuzz_plugin_archive(&bytes);
        prop_assert!(accepted || cut || !changes.is_empty());
    }
}

fn find(bytes: &[u8], what: &[u8]) -> usize {
    bytes
        .windows(what.len())
        .position(|window| window == what)
        .unwrap()
}

fn rfind(bytes: &[u8], what: &[u8]) -> usize {
    bytes
        .windows(what.len())
        .rposition(|window| window == what)
        .unwrap()
}
