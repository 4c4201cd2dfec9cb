//! Whether the `libtvm_ffi` of this process can serve a compiled library.
//!
//! Asked by [`super::runtime`] before anything of TVM's is called. The library that a process has loaded may be another than
//! the one that the voice was compiled with: an app carries one and finds its voice elsewhere, and `make voice` may have moved on.
//!
//! Compatible is what has the same major and minor version and no smaller patch version. Before its first stable release TVM
//! FFI may change its C ABI with a minor version; within one it only adds functions, which compiled code may call, so an
//! older patch can lack some. Equality would be too much to ask: the package is rebuilt for its index (`0.1.15.post2`), and the
//! library in it numbers itself differently (`0.1.16`).

use std::fmt;

/// A version as TVM FFI's C interface tells it (`TVMFFIVersion`).
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct FfiVersion {
    major: u32,
    minor: u32,
    patch: u32,
}

unsafe extern "C" {
    // The one function that stays the same in all versions; `tvm-ffi-sys`, which links the library, leaves it out.
    fn TVMFFIGetVersion(version: *mut FfiVersion);
}

impl FfiVersion {
    /// That of the library in this process.
    pub(super) fn loaded() -> Self {
        let mut version = Self::default();
        // SAFETY: `version` is valid for the write, and laid out as the C struct.
        unsafe { TVMFFIGetVersion(&raw mut version) };
        version
    }

    /// Reads the number in front of a Python package's version: `0.1.15.post2` and `0.1.15rc1` are 0.1.15. `None` when there are
    /// not three numbers.
    fn of_package(version: &str) -> Option<Self> {
        let mut parts = version.splitn(3, '.');
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next()?.parse().ok()?;
        let patch = parts.next()?;
        let digits = patch.find(|c: char| !c.is_ascii_digit()).unwrap_or(patch.len());
        Some(Self {
            major,
            minor,
            patch: patch[..digits].parse().ok()?,
        })
    }

    /// Whether this library serves what was compiled with the package version `built_with`. One that cannot be read is not served.
    pub(super) fn serves(self, built_with: &str) -> bool {
        Self::of_package(built_with).is_some_and(|built| {
            (self.major, self.minor) == (built.major, built.minor) && self.patch >= built.patch
        })
    }
}

impl fmt::Display for FfiVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOADED: FfiVersion = FfiVersion {
        major: 0,
        minor: 1,
        patch: 16,
    };

    #[test]
    fn the_library_tells_its_version() {
        let loaded = FfiVersion::loaded();
        assert_ne!(loaded, FfiVersion::default());
        assert!(loaded.serves(&loaded.to_string()), "{loaded} serves its own");
    }

    #[test]
    fn a_patch_serves_the_ones_before_it() {
        for built in ["0.1.16", "0.1.15.post2", "0.1.0", "0.1.16rc1", "0.1.9.dev3+abc"] {
            assert!(LOADED.serves(built), "{built}");
        }
    }

    #[test]
    fn a_later_patch_another_minor_or_major_and_nonsense_are_not_served() {
        for built in [
            "0.1.17",
            "0.1.17.post1",
            "0.2.0",
            "0.0.16",
            "1.1.16",
            "",
            "0",
            "0.1",
            "0.1.",
            "0.1.x",
            "v0.1.16",
            "0.1.99999999999",
        ] {
            assert!(!LOADED.serves(built), "{built:?}");
        }
    }
}
