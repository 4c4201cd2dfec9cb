//! A NumPy array, as `numpy.save` writes it: a magic number, a header which is a Python dictionary, and the numbers.
//!
//! The format is NEP 1's, versions 1 to 3. The header is read as the few literals that NumPy writes into it, not as Python:
//! nothing nests, so no file can make this recurse, and nothing is reserved by what a file claims. Arrays of other types than
//! `f32` are refused rather than converted.

use thiserror::Error;

/// What every array begins with; the version follows.
const MAGIC: &[u8] = b"\x93NUMPY";

/// NumPy's arrays have at most as many.
const MOST_DIMENSIONS: usize = 64;

/// Why an array cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NpyError {
    /// It is of a version that did not exist when this was written.
    #[error("is of version {0}; versions 1 to 3 are read")]
    Version(u8),
    /// It ends before it is complete.
    #[error("is cut off")]
    Cut,
    /// Its header is not what NumPy writes.
    #[error("has a damaged header: {0}")]
    Header(&'static str),
    /// Its numbers are of another type.
    #[error("holds numbers of the type {0:?} and not '<f4'")]
    Type(String),
    /// Its rows are not one after the other.
    #[error("is in Fortran order")]
    Order,
    /// There are more or fewer numbers than its shape says.
    #[error("has {found} bytes of numbers where its shape has {expected}")]
    Length {
        /// In the file.
        found: usize,
        /// By the shape.
        expected: usize,
    },
}

impl NpyError {
    /// What the person who brought the file can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Type(_) | Self::Order => {
                "Convert it: python3 -c \"import numpy; numpy.save('new.npy', \
                 numpy.ascontiguousarray(numpy.load('old.npy'), 'float32'))\""
            }
            _ => "Save it again with numpy.save.",
        }
    }
}

/// What the header says.
#[derive(Debug, Default)]
struct Header {
    descr: Option<String>,
    fortran_order: Option<bool>,
    shape: Option<Vec<usize>>,
}

/// The shape of an array of little-endian `f32` in rows, and the bytes of its numbers, as many as the shape says.
pub(super) fn parse(bytes: &[u8]) -> Result<(Vec<usize>, &[u8]), NpyError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(NpyError::Cut)?;
    let (&[major, _minor], rest) = rest.split_first_chunk().ok_or(NpyError::Cut)?;
    let (length, rest) = match major {
        1 => {
            let (length, rest) = rest.split_first_chunk().ok_or(NpyError::Cut)?;
            (usize::from(u16::from_le_bytes(*length)), rest)
        }
        2 | 3 => {
            let (length, rest) = rest.split_first_chunk().ok_or(NpyError::Cut)?;
            let length = usize::try_from(u32::from_le_bytes(*length));
            (length.map_err(|_| NpyError::Cut)?, rest)
        }
        _ => return Err(NpyError::Version(major)),
    };
    let (header, data) = rest.split_at_checked(length).ok_or(NpyError::Cut)?;
    let header = std::str::from_utf8(header).map_err(|_| NpyError::Header("it is not text"))?;
    let Header {
        descr: Some(descr),
        fortran_order: Some(fortran_order),
        shape: Some(shape),
    } = Literals(header).dictionary()?
    else {
        return Err(NpyError::Header("it lacks one of descr, fortran_order and shape"));
    };
    if descr != "<f4" {
        return Err(NpyError::Type(descr));
    }
    if fortran_order {
        return Err(NpyError::Order);
    }
    let expected = shape
        .iter()
        .try_fold(4_usize, |size, extent| size.checked_mul(*extent));
    let expected = expected.ok_or(NpyError::Header("its shape is beyond all memory"))?;
    if data.len() != expected {
        return Err(NpyError::Length {
            found: data.len(),
            expected,
        });
    }
    Ok((shape, data))
}

/// What is left to be read of a header.
struct Literals<'a>(&'a str);

impl<'a> Literals<'a> {
    /// `{'key': value, …}` and nothing behind it but space.
    fn dictionary(mut self) -> Result<Header, NpyError> {
        let mut header = Header::default();
        self.expect('{')?;
        while !self.take('}') {
            let key = self.string()?;
            self.expect(':')?;
            let is_new = match key {
                "descr" => header.descr.replace(self.string()?.into()).is_none(),
                "fortran_order" => header.fortran_order.replace(self.boolean()?).is_none(),
                "shape" => header.shape.replace(self.tuple()?).is_none(),
                _ => return Err(NpyError::Header("it has a key that is none of NumPy's")),
            };
            if !is_new {
                return Err(NpyError::Header("it has a key twice"));
            }
            if !self.take(',') {
                self.expect('}')?;
                break;
            }
        }
        match self.0.trim_start().is_empty() {
            true => Ok(header),
            false => Err(NpyError::Header("something follows the dictionary")),
        }
    }

    /// A string in quotes of either kind. NumPy writes no escapes into those that are read here.
    fn string(&mut self) -> Result<&'a str, NpyError> {
        let quote = match self.take('\'') {
            true => '\'',
            false => {
                self.expect('"')?;
                '"'
            }
        };
        let (string, rest) = self
            .0
            .split_once(quote)
            .ok_or(NpyError::Header("a string does not end"))?;
        self.0 = rest;
        Ok(string)
    }

    fn boolean(&mut self) -> Result<bool, NpyError> {
        self.0 = self.0.trim_start();
        for (word, value) in [("True", true), ("False", false)] {
            if let Some(rest) = self.0.strip_prefix(word) {
                self.0 = rest;
                return Ok(value);
            }
        }
        Err(NpyError::Header("fortran_order is neither True nor False"))
    }

    /// `()`, `(1,)`, `(1, 2)`.
    fn tuple(&mut self) -> Result<Vec<usize>, NpyError> {
        let mut extents = Vec::new();
        self.expect('(')?;
        while !self.take(')') {
            if extents.len() == MOST_DIMENSIONS {
                return Err(NpyError::Header("its shape has more than 64 dimensions"));
            }
            extents.push(self.number()?);
            if !self.take(',') {
                self.expect(')')?;
                break;
            }
        }
        Ok(extents)
    }

    fn number(&mut self) -> Result<usize, NpyError> {
        self.0 = self.0.trim_start();
        let end = self.0.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        digits
            .parse()
            .map_err(|_| NpyError::Header("its shape is not made of numbers"))
    }

    /// Passes over space and, if it comes next, the mark.
    fn take(&mut self, mark: char) -> bool {
        self.0 = self.0.trim_start();
        match self.0.strip_prefix(mark) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, mark: char) -> Result<(), NpyError> {
        match self.take(mark) {
            true => Ok(()),
            false => Err(NpyError::Header("it is not a dictionary as NumPy writes it")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An array of version 1 with this header, and so many bytes of numbers.
    fn array(header: &str, numbers: usize) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(vec![7; numbers]);
        bytes
    }

    fn shape(header: &str, numbers: usize) -> Result<Vec<usize>, NpyError> {
        parse(&array(header, numbers)).map(|(shape, data)| {
            assert_eq!(data.len(), numbers);
            shape
        })
    }

    #[test]
    fn headers_are_read_as_they_are_written() {
        let numpy = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 3), }        \n";
        assert_eq!(shape(numpy, 24), Ok(vec![2, 1, 3]));
        let others = r#"{"shape":(6,),"fortran_order":False,"descr":"<f4"}"#;
        assert_eq!(shape(others, 24), Ok(vec![6]));
        let single = "{'descr': '<f4', 'fortran_order': False, 'shape': ()}\n";
        assert_eq!(shape(single, 4), Ok(vec![]));
        let none = "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9), }\n";
        assert_eq!(shape(none, 0), Ok(vec![0, 9]));
    }

    #[test]
    fn later_versions_have_a_longer_length() {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n";
        for version in [2, 3] {
            let mut bytes = vec![0x93, b'N', b'U', b'M', b'P', b'Y', version, 0];
            bytes.extend(u32::try_from(header.len()).unwrap().to_le_bytes());
            bytes.extend(header.as_bytes());
            bytes.extend([0; 4]);
            assert_eq!(parse(&bytes).unwrap().0, [1]);
        }
        assert_eq!(parse(b"\x93NUMPY\x04\x00\x00\x00"), Err(NpyError::Version(4)));
        assert_eq!(parse(b"\x93NUMPY\x02\x00\xff\xff\xff\xff"), Err(NpyError::Cut));
    }

    #[test]
    fn what_is_no_array_of_floats_in_rows_is_refused() {
        let with = |descr: &str, order: &str, extents: &str| {
            let header = format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {extents}, }}\n");
            shape(&header, 24).unwrap_err()
        };
        for descr in ["<f8", ">f4", "|u1", "<f2", ""] {
            let quoted = format!("'{descr}'");
            assert_eq!(with(&quoted, "False", "(6,)"), NpyError::Type(descr.into()));
        }
        assert_eq!(with("'<f4'", "True", "(6,)"), NpyError::Order);
        for (extents, expected) in [("(5,)", 20), ("(7,)", 28), ("()", 4), ("(0,)", 0)] {
            let length = NpyError::Length { found: 24, expected };
            assert_eq!(with("'<f4'", "False", extents), length);
        }
        let is_header = |error| matches!(error, NpyError::Header(_));
        assert!(is_header(with("[('a', '<f4')]", "False", "(6,)")), "a record");
        assert!(is_header(with("'<f4'", "0", "(6,)")));
        for extents in [
            "6",
            "(-6,)",
            "(6",
            "(,)",
            "(6 6)",
            "(99999999999999999999,)",
            "((6,),)",
        ] {
            assert!(is_header(with("'<f4'", "False", extents)), "{extents}");
        }
        assert!(is_header(with("'<f4'", "False", "(9999999999, 9999999999)")));
        assert!(is_header(with(
            "'<f4'",
            "False",
            &format!("({})", "1,".repeat(65))
        )));
        assert!(is_header(with("'<f4'", "False", "(6,), 'shape': (6,)")), "twice");
        assert!(is_header(with("'<f4'", "False", "(6,), 'other': (6,)")));
        for header in ["", "{}", "{'descr", "{'descr': '<f4'}", "x", "{'shape': (6,)} x"] {
            assert!(is_header(shape(header, 24).unwrap_err()), "{header}");
        }
    }

    #[test]
    fn a_file_that_is_cut_anywhere_is_refused() {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n";
        let whole = array(header, 8);
        assert!(parse(&whole).is_ok());
        for end in 0..whole.len() {
            assert!(parse(&whole[..end]).is_err(), "{end}");
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(header in "\\PC{0,60}|[{}()'\":, <f4adescrhpotun_0-9TrueFals]{0,80}", numbers in 0..40usize) {
            if let Ok(extents) = shape(&header, numbers) {
                prop_assert_eq!(4 * extents.iter().product::<usize>(), numbers);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = parse(&[MAGIC, &bytes].concat());
            let _ = parse(&bytes);
        }
    }
}
