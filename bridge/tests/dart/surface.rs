//! The interface itself: what may cross, what the library exports, and that both sides know one another.

use crate::library::{BRIDGE, path};
use crate::schema::{Schema, Type};
use object::{Object, ObjectSymbol};
use std::collections::BTreeSet;

/// Reading the schema fails for a type that may not cross; here is that it was read, and that names resolve.
#[test]
fn only_plain_values_cross_and_no_audio() {
    let schema = Schema::read();
    assert!(schema.functions.len() > 40, "{}", schema.functions.len());
    let functions = schema.functions.values().flat_map(|function| {
        let arguments = function.arguments.iter().map(|(_, kind)| kind);
        arguments.chain([&function.result])
    });
    let fields = schema.structures.values().flatten().map(|(_, kind)| kind);
    for kind in functions.chain(fields) {
        let name = match kind {
            Type::Named(name) => name,
            Type::Option(inner) | Type::List(inner) | Type::Sink(inner) => match &**inner {
                Type::Named(name) => name,
                _ => continue,
            },
            _ => continue,
        };
        let is_known = schema.structures.contains_key(name) || schema.enums.contains_key(name);
        assert!(is_known, "{name} is no structure or enum of the interface");
    }
}

/// A list of numbers could be audio.
#[test]
#[should_panic(expected = "could be audio")]
fn a_list_of_numbers_does_not_cross() {
    crate::schema::type_of(&syn::parse_quote!(Vec<f64>));
}

#[test]
#[should_panic(expected = "f32 may not cross")]
fn samples_do_not_cross() {
    crate::schema::type_of(&syn::parse_quote!(Vec<f32>));
}

/// Every command of a client names it, so nothing acts for nobody.
#[test]
fn every_call_of_a_client_names_it() {
    let schema = Schema::read();
    for (name, function) in &schema.functions {
        if name.starts_with("player_") && name != "player_create_client" {
            let first = &function.arguments[0];
            assert_eq!(first.1, Type::Named("ClientHandle".into()), "{name}");
        }
    }
}

#[test]
fn both_sides_know_one_another() {
    assert_eq!(BRIDGE.version(), env!("CARGO_PKG_VERSION"));
    let dart = include_str!("../../../flutter/lib/src/generated/abi.dart");
    assert!(dart.contains(&format!("utterBridgeAbi = 0x{:016x};", BRIDGE.abi())));
    let generated = include_str!("../../../flutter/lib/src/generated/frb_generated.dart");
    assert!(generated.contains(&format!("rustContentHash => {};", BRIDGE.content_hash())));
}

/// What both libraries export: exactly the lines of `exports.txt`.
#[test]
#[cfg(target_os = "linux")]
fn exports_are_those_that_are_listed() {
    let listed: BTreeSet<String> = include_str!("../exports.txt")
        .lines()
        .map(str::to_owned)
        .collect();
    let bytes = std::fs::read(path()).unwrap();
    let library = object::File::parse(&*bytes).unwrap();
    let exported = library.dynamic_symbols().filter(ObjectSymbol::is_definition);
    let exported: BTreeSet<String> = exported.map(|symbol| symbol.name().unwrap().to_owned()).collect();
    assert_eq!(exported, listed, "the dynamic library");
}

/// An app on iOS is linked with the archive, so all that Dart looks up must be in it.
#[test]
#[cfg(target_os = "linux")]
fn the_archive_defines_all_that_dart_looks_up() {
    let bytes = std::fs::read(path().with_extension("a")).unwrap();
    let archive = object::read::archive::ArchiveFile::parse(&*bytes).unwrap();
    let mut missing: BTreeSet<&str> = include_str!("../exports.txt").lines().collect();
    for member in archive.members() {
        let data = member.unwrap().data(&*bytes).unwrap();
        let Ok(file) = object::File::parse(data) else {
            continue;
        };
        for symbol in file
            .symbols()
            .filter(|symbol| symbol.is_definition() && symbol.is_global())
        {
            missing.remove(symbol.name().unwrap_or_default());
        }
    }
    assert_eq!(missing, BTreeSet::new());
}
