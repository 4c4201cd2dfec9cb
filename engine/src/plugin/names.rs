//! What names may be: ids of plugins, and paths of files within a package.
//!
//! A package comes from anywhere and is unpacked on any system, so a name is good only if it means the same file inside the
//! package everywhere: on Windows, where `NUL` is a device and a last dot is dropped, and where upper and lower case are one.
//! That leaves ASCII. Judged here alone, for manifests, directories and archives.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Longest id, in bytes: it is the beginning of file names.
pub(super) const LONGEST_ID: usize = 64;
/// Longest path within a package, in bytes: with the place of the catalogue before it, it fits where 260 are the most.
pub(super) const LONGEST_PATH: usize = 120;
/// Most directories above a file, and the file.
const DEEPEST_PATH: usize = 8;
/// The manifest's name, at the top of every package.
pub(super) const MANIFEST: &str = "plugin.json";

/// Names of devices on Windows, with any extension.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
/// The same with a digit after them.
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// Checks the id of a plugin: two to eight labels with dots between them, each of `a`–`z`, `0`–`9` and inner hyphens,
/// the first beginning with a letter, at most 64 bytes in all. `org.utter.asio`, by a domain that its author has.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub(super) fn check_id(id: &str) -> Result<(), String> {
    if id.len() > LONGEST_ID {
        return Err(format!("it is longer than {LONGEST_ID} bytes"));
    }
    let labels: Vec<&str> = id.split('.').collect();
    if !(2..=8).contains(&labels.len()) {
        return Err("it needs two to eight parts with dots between them, as org.example.name".into());
    }
    for label in &labels {
        let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if label.is_empty()
            || !label.bytes().all(is_allowed)
            || label.starts_with('-')
            || label.ends_with('-')
        {
            return Err(format!(
                "its part {label:?} is not made of a-z, 0-9 and inner hyphens"
            ));
        }
        if is_device(label) {
            return Err(format!("its part {label:?} is the name of a device on Windows"));
        }
    }
    if !id.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Err("it does not begin with a letter".into());
    }
    Ok(())
}

/// Checks the path of a file within a package: relative, `/` between its parts, each part of letters, digits and `._+-`
/// without a dot at its end, no `.` and no `..`, no device of Windows; at most 8 parts and 120 bytes.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub(super) fn check_path(path: &str) -> Result<(), String> {
    if path.len() > LONGEST_PATH {
        return Err(format!("it is longer than {LONGEST_PATH} bytes"));
    }
    if path.split('/').count() > DEEPEST_PATH {
        return Err(format!("it has more than {DEEPEST_PATH} parts"));
    }
    for part in path.split('/') {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte);
        if part.is_empty() {
            return Err("it is not relative, or has an empty part".into());
        }
        if let Some(bad) = part.chars().find(|c| !c.is_ascii() || !is_allowed(*c as u8)) {
            return Err(format!("{bad:?} may not be in it"));
        }
        if part.ends_with('.') {
            return Err(format!("its part {part:?} ends with a dot"));
        }
        if is_device(part) {
            return Err(format!("its part {part:?} is the name of a device on Windows"));
        }
    }
    Ok(())
}

/// A path that [`check_path`] has passed, for this system.
pub(super) fn to_system(path: &str) -> PathBuf {
    path.split('/').collect()
}

/// How a path compares where upper and lower case are one.
pub(super) fn folded(path: &str) -> String {
    path.to_ascii_lowercase()
}

/// The paths of the files in a package, none of which may be another's, or a directory that another lies in.
#[derive(Default)]
pub(super) struct Places(BTreeMap<String, Kind>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Directory,
}

impl Places {
    /// Enters a file, with the directories above it, where upper and lower case are one.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence.
    pub(super) fn enter_file(&mut self, path: &str) -> Result<(), String> {
        self.enter_parents(path)?;
        match self.0.insert(folded(path), Kind::File) {
            None => Ok(()),
            Some(Kind::Directory) => Err("another file lies below it".into()),
            Some(Kind::File) => Err("it is there twice; upper and lower case are one".into()),
        }
    }

    /// Enters a directory, which may be there already.
    ///
    /// # Errors
    /// As [`Places::enter_file`].
    pub(super) fn enter_directory(&mut self, path: &str) -> Result<(), String> {
        self.enter_parents(path)?;
        match self.0.insert(folded(path), Kind::Directory) {
            Some(Kind::File) => Err("it is a file and a directory".into()),
            _ => Ok(()),
        }
    }

    fn enter_parents(&mut self, path: &str) -> Result<(), String> {
        check_path(path)?;
        let path = folded(path);
        for (end, _) in path.match_indices('/') {
            if *self.0.entry(path[..end].into()).or_insert(Kind::Directory) == Kind::File {
                return Err("it lies below another file".into());
            }
        }
        Ok(())
    }
}

/// Whether Windows takes a name for a device: what is before the first dot counts.
fn is_device(name: &str) -> bool {
    let stem = folded(name.split('.').next().unwrap_or_default());
    let numbered = |device: &&str| -> bool {
        stem.strip_prefix(*device)
            .is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
    };
    DEVICES.contains(&stem.as_str()) || NUMBERED_DEVICES.iter().any(numbered)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_is_a_reversed_domain_in_lower_case() {
        for good in ["org.utter.asio", "a.b", "org.x-1.plugin2", "io.9lives.output"] {
            assert_eq!(check_id(good), Ok(()), "{good}");
        }
        let long = format!("org.{}", "a".repeat(61));
        for bad in [
            "",
            "asio",
            ".",
            "..",
            "org.",
            ".org",
            "org..asio",
            "Org.utter",
            "org.utter/asio",
            "org.utter\\x",
            "org.-x",
            "org.x-",
            "9lives.x",
            "org.utter asio",
            "org.ütter",
            "con.utter",
            "org.nul",
            "com1.x",
            "a.b.c.d.e.f.g.h.i",
            "org.utter\0",
            &long,
        ] {
            assert!(check_id(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_path_means_the_same_file_inside_on_every_system() {
        for good in [
            "lib/libx.so",
            "a",
            "bin/utter-asio-host",
            ".hidden",
            "a/b/c/d/e/f/g/h",
            "console.txt",
            "com10",
        ] {
            assert_eq!(check_path(good), Ok(()), "{good}");
        }
        let long = "a".repeat(121);
        for bad in [
            "",
            "/",
            "/etc/passwd",
            "a/",
            "a//b",
            ".",
            "..",
            "../a",
            "a/../b",
            "a/..",
            "./a",
            "C:/a",
            "C:a",
            "a\\b",
            "a:b",
            "a.",
            "a./b",
            "a ",
            "a b",
            "NUL",
            "nul.txt",
            "lib/Aux.so",
            "COM1",
            "lpt9.x.y",
            "é",
            "a\0b",
            "a/b/c/d/e/f/g/h/i",
            "a\nb",
            "~",
            "a*",
            &long,
        ] {
            assert!(check_path(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_stays_inside(path in "[a-zA-Z./\\\\:~ -]{0,12}") {
            if check_path(&path).is_ok() {
                let normal = |part| matches!(part, std::path::Component::Normal(_));
                prop_assert!(to_system(&path).components().all(normal), "{path:?}");
                prop_assert_eq!(to_system(&path).components().count(), path.split('/').count());
            }
        }
    }
}
