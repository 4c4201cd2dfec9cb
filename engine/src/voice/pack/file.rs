//! Where a voice of the user's is, and what it is called.
//!
//! Part of a pipeline's options and of the host's configuration, so it can be compared and is read again whenever the voice is
//! loaded. Nothing is opened here.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::PackError;

/// A file with a voice, and the name that the voice has.
///
/// The name says what others do: `bf_grandma` reads British English, and is a woman's. A name without such a beginning reads
/// American English: to have another language, give the voice a name with its letter.
///
/// ```
/// use utter::voice::VoiceFile;
///
/// let file: VoiceFile = "af_grandma=voices/grandma.npy".parse()?;
/// assert_eq!(file.name(), "af_grandma");
/// // Without a name it has the file's.
/// let file: VoiceFile = "voices/grandma.npy".parse()?;
/// assert_eq!(file.name(), "grandma");
/// # Ok::<(), utter::voice::PackError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VoiceFile {
    name: String,
    path: PathBuf,
}

impl VoiceFile {
    /// The voice in `path` is to be called `name`.
    ///
    /// # Errors
    /// [`PackError::Name`] for a name that is not made of letters, digits, `_`, `-` and `.`, at most 64 of them.
    pub fn new(name: impl Into<String>, path: impl Into<PathBuf>) -> Result<Self, PackError> {
        let name = name.into();
        check_name(&name)?;
        let path = path.into();
        Ok(Self { name, path })
    }

    /// The voice's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its file.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }
}

/// Reads `NAME=FILE` or `FILE`. A file with `=` in its name, and no folder before it, is written `./FILE`.
impl FromStr for VoiceFile {
    type Err = PackError;

    fn from_str(text: &str) -> Result<Self, PackError> {
        let named = text
            .split_once('=')
            .filter(|(name, _)| !name.contains(['/', '\\']));
        match named {
            Some((name, path)) => Self::new(name, path),
            None => {
                let path = PathBuf::from(text);
                let name = path
                    .file_stem()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                Self::new(name, path)
            }
        }
    }
}

impl fmt::Display for VoiceFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}={}", self.name, self.path.display())
    }
}

/// Whether a voice can have the name: it must be told from the marks of a blend and of a path, on every system.
pub(in crate::voice) fn check_name(name: &str) -> Result<(), PackError> {
    let is_of_names = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let is_name = (1..=64).contains(&name.chars().count())
        && name.chars().all(is_of_names)
        && name.chars().any(char::is_alphanumeric);
    match is_name {
        true => Ok(()),
        false => Err(PackError::Name { name: name.into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_name_of_its_own_or_that_of_the_file() {
        let parse = |text: &str| text.parse::<VoiceFile>().unwrap();
        for (text, name, path) in [
            ("af_grandma=x/y.npy", "af_grandma", "x/y.npy"),
            ("x/y.npy", "y", "x/y.npy"),
            ("größe.bin", "größe", "größe.bin"),
            ("./a=b.bin", "a=b", "./a=b.bin"),
            ("a=b=c.bin", "a", "b=c.bin"),
            ("v1.2.bin", "v1.2", "v1.2.bin"),
        ] {
            if name.contains('=') {
                // It is a path, whose name no voice can have.
                assert!(matches!(text.parse::<VoiceFile>(), Err(PackError::Name { .. })));
                continue;
            }
            let file = parse(text);
            assert_eq!(
                (file.name(), file.path().to_str().unwrap()),
                (name, path),
                "{text}"
            );
        }
        let file = parse("n=./a=b.bin");
        assert_eq!(file.path().to_str().unwrap(), "./a=b.bin");
        assert_eq!(parse(&file.to_string()), file);
    }

    #[test]
    fn no_name_can_be_mistaken_for_a_blend_or_a_path() {
        for name in [
            "", "a b", "a,b", "a:1", "a=b", "../a", "a/b", "a\\b", ".", "..", "-", "a\n",
        ] {
            assert!(
                matches!(VoiceFile::new(name, "x"), Err(PackError::Name { .. })),
                "{name:?}"
            );
        }
        assert!(VoiceFile::new("x".repeat(64), "x").is_ok());
        assert!(VoiceFile::new("x".repeat(65), "x").is_err());
    }
}
