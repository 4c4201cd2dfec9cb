//! A zip archive as the origin of a package. What is peculiar to the crate `zip` stays in this file.
//!
//! An archive comes from anywhere. All its entries are judged before the first is read, and one that is refused refuses the
//! archive: paths by the rules of `names`, no path twice, no links, nothing encrypted, nothing but `store` and `deflate`. Its
//! own sizes are not believed: readers are limited by the sizes in the manifest, and by how far data can sensibly inflate.
//! Zip64 is not taken, since a package has no use for it and its counts have no bounds.

use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use zip::read::{ArchiveOffset, Config, ZipReadOptions};
use zip::{CompressionMethod, ZipArchive};

use super::error::{Fault, PluginError};
use super::names::{MANIFEST, Places};
use super::origin::Origin;

/// Largest archive, in bytes.
pub(super) const LARGEST_ARCHIVE: u64 = 512 << 20;
/// Most entries of an archive, directories among them.
pub(super) const MOST_ENTRIES: usize = 4096;
/// Most that is read to find out what is in an archive: twice what that many entries with names of usual length need.
const MOST_READ_TO_OPEN: u64 = 2 << 20;
/// How many bytes may come of one compressed byte. Deflate can make 1032; libraries are seldom above ten.
const MOST_INFLATION: u64 = 200;
/// Bytes that may come before that is judged.
const INFLATION_SLACK: u64 = 1 << 20;

/// An archive whose entries were judged.
pub(super) struct Archive<R> {
    zip: ZipArchive<Metered<R>>,
    /// Entries that are files, by their paths.
    files: HashMap<String, usize>,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads what is in it.
    ///
    /// # Errors
    /// [`PluginError::Archive`] and [`PluginError::Entry`].
    pub(super) fn open(mut reader: R) -> Result<Self, PluginError> {
        refuse_what_has_no_bounds(&mut reader)?;
        let left = Rc::new(Cell::new(MOST_READ_TO_OPEN));
        let reader = Metered {
            reader,
            left: Rc::clone(&left),
        };
        let config = Config {
            archive_offset: ArchiveOffset::Known(0),
        };
        let mut zip = ZipArchive::with_config(config, reader).map_err(PluginError::archive)?;
        if zip.has_duplicate_names() {
            return Err(PluginError::archive("an entry is there twice"));
        }
        if zip.len() > MOST_ENTRIES {
            return Err(PluginError::archive(format!(
                "it has {} entries; {MOST_ENTRIES} are taken",
                zip.len()
            )));
        }
        let files = judge(&zip)?;
        if zip.has_overlapping_entries().map_err(PluginError::archive)? {
            return Err(PluginError::archive("entries lie over one another"));
        }
        left.set(u64::MAX);
        Ok(Self { zip, files })
    }
}

/// Judges all entries, and gives the numbers of those that are files.
fn judge<R: Read + Seek>(zip: &ZipArchive<R>) -> Result<HashMap<String, usize>, PluginError> {
    let mut places = Places::default();
    let mut files = HashMap::new();
    for index in 0..zip.len() {
        let entry = zip.by_index_data(index).map_err(PluginError::archive)?;
        let shown = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let refuse = |why: &str| Err(PluginError::entry(&shown, why));
        let Ok(name) = std::str::from_utf8(entry.name_raw()) else {
            return refuse("its name is not UTF-8");
        };
        let kind = entry.unix_mode().map_or(0, |mode| mode & 0o170_000);
        let is_directory = entry.is_dir();
        match kind {
            0 => {}
            0o040_000 if is_directory => {}
            0o100_000 if !is_directory => {}
            _ => return refuse("it is a link or something else that is no regular file"),
        }
        if entry.is_symlink() {
            return refuse("it is a link");
        }
        if entry.encrypted() {
            return refuse("it is encrypted");
        }
        if !matches!(
            entry.compression(),
            CompressionMethod::Stored | CompressionMethod::Deflated
        ) {
            return refuse("it is compressed by something else than deflate");
        }
        let entered = match is_directory {
            true => places.enter_directory(name.trim_end_matches('/')),
            false => places.enter_file(name),
        };
        entered.map_err(|why| PluginError::entry(&shown, why))?;
        if !is_directory {
            files.insert(name.to_owned(), index);
        }
    }
    Ok(files)
}

impl<R: Read + Seek> Origin for Archive<R> {
    fn open<'a>(&'a mut self, path: &str) -> Result<Box<dyn Read + 'a>, PluginError> {
        let Some(&index) = self.files.get(path) else {
            return Err(PluginError::file(path, Fault::Missing));
        };
        // Who reads archives from their beginning must find the same as who reads their directory.
        let options = ZipReadOptions::new().enforce_header_consistency(true);
        let entry = self
            .zip
            .by_index_with_options(index, options)
            .map_err(|error| PluginError::entry(path, error))?;
        let most = INFLATION_SLACK + MOST_INFLATION * entry.compressed_size().min(LARGEST_ARCHIVE);
        Ok(Box::new(Inflating {
            reader: entry,
            left: most,
        }))
    }

    fn failure(&self, path: &str, error: io::Error) -> PluginError {
        PluginError::entry(path, error)
    }

    fn without_manifest(&self) -> PluginError {
        PluginError::archive(format!("there is no {MANIFEST} at its top"))
    }
}

/// Refuses an archive that is too large, one with a locator of Zip64 before what may be its end record, and one that goes on behind
/// that.
fn refuse_what_has_no_bounds<R: Read + Seek>(reader: &mut R) -> Result<(), PluginError> {
    /// Longest end of an archive: a locator, an end record, and a comment.
    const END: u64 = 20 + 22 + 65_535;
    let length = reader.seek(SeekFrom::End(0)).map_err(PluginError::archive)?;
    if length > LARGEST_ARCHIVE {
        return Err(PluginError::archive(format!(
            "it has {length} bytes; {LARGEST_ARCHIVE} are taken"
        )));
    }
    let from = length.saturating_sub(END);
    reader.seek(SeekFrom::Start(from)).map_err(PluginError::archive)?;
    let mut end = Vec::new();
    reader
        .take(END)
        .read_to_end(&mut end)
        .map_err(PluginError::archive)?;
    let is_zip64 = |locator: &[u8]| locator.starts_with(b"PK\x06\x07") && locator[20..] == *b"PK\x05\x06";
    if end.windows(24).any(is_zip64) {
        return Err(PluginError::archive("it is in the format Zip64"));
    }
    if !ends_with_its_end(&end) {
        return Err(PluginError::archive("it does not end where its end record says"));
    }
    Ok(())
}

/// Whether the last end record there is, with its comment, ends what it is in. Where something stands behind it, or a comment has
/// an end record in it, readers do not agree which archive it is.
fn ends_with_its_end(bytes: &[u8]) -> bool {
    /// An end record without its comment, and where the comment's length is in it.
    const RECORD: usize = 22;
    const COMMENT: usize = 20;
    let place = bytes.windows(4).rposition(|window| window == b"PK\x05\x06");
    let record = place
        .and_then(|place| bytes.get(place..))
        .filter(|record| record.len() >= RECORD);
    record.is_some_and(|record| {
        let comment = u16::from_le_bytes([record[COMMENT], record[COMMENT + 1]]);
        record.len() == RECORD + usize::from(comment)
    })
}

/// A reader that gives no more than what is left.
struct Metered<R> {
    reader: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        match self.left.get().checked_sub(count as u64) {
            Some(left) => self.left.set(left),
            None => return Err(io::Error::other("its directory is too long")),
        }
        Ok(count)
    }
}

impl<R: Seek> Seek for Metered<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.reader.seek(to)
    }
}

/// A reader of what inflates, that fails when it becomes too much for what it comes from.
struct Inflating<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Inflating<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        let too_much = || io::Error::other(format!("it inflates more than {MOST_INFLATION} times"));
        self.left = self.left.checked_sub(count as u64).ok_or_else(too_much)?;
        Ok(count)
    }
}
