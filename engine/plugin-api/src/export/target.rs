//! A target as C reads it.

use crate::abi::{FailureCode, RawTarget, size_of};
use crate::failure::Failure;
use crate::output::{FormatRange, Target};
use std::ffi::CString;

/// The room for a text of the ABI in bytes, with the NUL behind it.
pub(super) const TEXT_BYTES: usize = 256;

/// How many ranges of formats a target may have.
const MOST_FORMATS: usize = 1024;

/// A target's text with NULs behind it, and what it takes.
pub(super) struct CTarget<'a> {
    target: &'a Target,
    id: CString,
    name: CString,
    formats: &'a [FormatRange],
}

impl<'a> CTarget<'a> {
    /// Names are for people, and come from drivers: what the ABI does not allow of one is left out. An id that was changed would
    /// be another's.
    ///
    /// # Errors
    ///
    /// If no host would take the id.
    pub(super) fn new(target: &'a Target) -> Result<Self, Failure> {
        let id = CString::new(target.id.as_str()).ok();
        let id = id.filter(|id| (1..TEXT_BYTES).contains(&id.count_bytes()));
        let id = id.ok_or_else(|| {
            let message = format!("a target has an id that no host takes: {:?}", target.id);
            Failure::new(FailureCode::Broken, message)
        })?;
        let name = match target.name.trim_matches('\0') {
            "" => &target.id,
            name => name,
        };
        let name = name[..name.floor_char_boundary(TEXT_BYTES - 1)].replace('\0', " ");
        let formats = &target.formats[..target.formats.len().min(MOST_FORMATS)];
        Ok(Self {
            target,
            id,
            name: CString::new(name).unwrap_or_default(),
            formats,
        })
    }

    /// It points into this, which must live for as long as it is used.
    pub(super) fn raw(&self) -> RawTarget {
        RawTarget {
            size: size_of::<RawTarget>(),
            is_default: self.target.is_default.into(),
            id: self.id.as_ptr(),
            name: self.name.as_ptr(),
            formats: self.formats.as_ptr(),
            format_count: self.formats.len() as u32,
            reserved: 0,
        }
    }
}
